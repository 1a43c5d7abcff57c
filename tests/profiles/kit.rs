//! A profile and its packs as texts, loaded as a run loads them.

use guiju::diagnostic::{Diagnostic, Source};
use guiju::engine::{Options, Outcome, check};
use guiju::ingest;
use guiju::rules::{Files, Loading, Profile, RuleSet, load_as, read_profile};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A pack's head.
pub const COUNTY: &str = "name = 'yunze'\ntitle = '云泽县'\nlayer = '县'\n";
pub const CITY: &str = "name = 'lanzhou-shi'\ntitle = '岚州市'\nlayer = '市'\n";
/// A rule of a pack; `NAME` stands for its code.
pub const RULE: &str = "code = 'NAME'\nslug = 'own'\ntitle = '本地'\nsubject = 'case'\nwhen = 'has(notice)'\nanchor = 'notice.start'\nremedy = '改正'\n\
    [[version]]\nbasis = ['local-visit#两个月回访']\nseverity = '提醒'\nleast = 3\nrequire = 'workdays(notice.start, notice.end) >= least'\nmessage = '少于{least}'\n";

/// Reads a profile that lies in a folder of its own with its packs' files.
pub fn read(profile: &str, packs: &[(&str, &str)]) -> Result<(Files, Profile), Vec<Diagnostic>> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in packs {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let source = Arc::new(Source { name: "profile.toml".into(), text: profile.into() });
    let mut files = Files::built_in();
    read_profile(&source, folder.path(), &mut files).map(|p| (files, p))
}

/// Loads the rules under a profile.
pub fn load(profile: &str, packs: &[(&str, &str)]) -> Result<RuleSet, Vec<Diagnostic>> {
    let (files, profile) = read(profile, packs)?;
    load_as(&files, &Loading { profile: Some(&profile), ..Loading::default() })
}

/// The same where nothing is wrong.
pub fn sound(profile: &str, packs: &[(&str, &str)]) -> RuleSet {
    load(profile, packs).unwrap_or_else(|errors| panic!("{}", told(&errors).join("\n")))
}

/// Diagnostics on a line each: code, the place's file and line, the other place's, message, help.
pub fn told(errors: &[Diagnostic]) -> Vec<String> {
    let file = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let also = |d: &Diagnostic| d.also.as_ref().map_or_else(String::new, |p| format!(" ↔ {}:{}", file(&p.source.name), p.line()));
    let help = |d: &Diagnostic| d.help.as_ref().map_or_else(String::new, |h| format!("（{h}）"));
    errors.iter().map(|d| format!("{} {}:{}{} {}{}", d.code, file(&d.source.name), d.line(), also(d), d.message, help(d))).collect()
}

/// What the sample county comes to.
pub fn outcome(rules: &RuleSet, folder: &str) -> Outcome {
    let store = ingest::read(&[folder.to_owned()], &rules.schema, &rules.wanted(), &ingest::Silent).expect("the sample can be read");
    check(rules, &store, &Options::on("2026-06-30".parse().expect("a day")))
}

/// The rules under a profile of the samples.
pub fn sample(name: &str) -> (Files, Profile, RuleSet) {
    let path = Path::new("samples/profiles").join(name);
    let source = Arc::new(Source { name: path.display().to_string(), text: fs::read_to_string(&path).expect("the profile can be read") });
    let mut files = Files::built_in();
    let profile =
        read_profile(&source, Path::new("samples/profiles"), &mut files).unwrap_or_else(|errors| panic!("{}", told(&errors).join("\n")));
    let rules = load_as(&files, &Loading { profile: Some(&profile), ..Loading::default() });
    let rules = rules.unwrap_or_else(|errors| panic!("{}", told(&errors).join("\n")));
    (files, profile, rules)
}
