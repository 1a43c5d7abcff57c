//! `guiju.toml`: a team's defaults, kept beside the records or in the working folder, so that the everyday command is short.
//! The command line wins over the records' folder, and that over the working folder.

use super::output::reason;
use super::settings::Gate;
use super::trouble::{Plain, Trouble};
use crate::dates::Day;
use crate::diagnostic::{Diagnostic, Source, nearest};
use crate::document::{self, Node, Table, Value};
use crate::report::Format;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file's name.
const NAME: &str = "guiju.toml";
/// Every key there is.
const KEYS: [&str; 13] =
    ["rules", "profile", "mapping", "schema", "as_of", "select", "ignore", "format", "fail_on", "jobs", "ledger", "waivers", "baseline"];

/// What the files say; paths are relative to the working folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// The folder of rules.
    pub rules: Option<PathBuf>,
    /// The profile.
    pub profile: Option<PathBuf>,
    /// The mapping of the sources: a name of a shipped one, or a file.
    pub mapping: Option<String>,
    /// Further schema files.
    pub schema: Option<Vec<PathBuf>>,
    /// The day the question is asked on.
    pub as_of: Option<Day>,
    /// Rules to run.
    pub select: Option<Vec<String>>,
    /// Rules to leave out.
    pub ignore: Option<Vec<String>>,
    /// The format of `check`.
    pub format: Option<Format>,
    /// From which findings on a run fails.
    pub fail_on: Option<Gate>,
    /// Threads.
    pub jobs: Option<u16>,
    /// The ledger that runs are recorded in.
    pub ledger: Option<PathBuf>,
    /// The waivers in force.
    pub waivers: Option<PathBuf>,
    /// The findings known already.
    pub baseline: Option<PathBuf>,
}

/// Reads the files that stand beside the sources and in the working folder.
///
/// # Errors
/// A file that cannot be read, and everything wrong in any of them.
pub fn load(sources: &[String]) -> Result<Config, Trouble> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let beside = sources.iter().map(Path::new).filter_map(|p| {
        if p.is_dir() {
            Some(p)
        } else if p.is_file() {
            p.parent()
        } else {
            None
        }
    });
    let mut seen = Vec::new();
    for folder in beside.chain([Path::new("")]) {
        let path = folder.join(NAME);
        // A link and its target are one file.
        if let Ok(real) = path.canonicalize()
            && !seen.contains(&real)
        {
            seen.push(real);
            paths.push(path);
        }
    }
    let mut config = Config::default();
    let mut sink = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path)
            .map_err(|e| Trouble::Rules(Plain::new("config::unreadable", format!("读不了 {}：{}", path.display(), reason(&e)))))?;
        // One that lies about where nobody thought of it is found by its whole path.
        let whole = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
        let source = Arc::new(Source { name: whole.display().to_string(), text });
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        config = config.or(read(&source, &folder, &mut sink));
    }
    if sink.is_empty() { Ok(config) } else { Err(Trouble::Files(sink)) }
}

impl Config {
    /// What this file says, and what the other says where this one is silent.
    fn or(self, other: Self) -> Self {
        Self {
            rules: self.rules.or(other.rules),
            profile: self.profile.or(other.profile),
            mapping: self.mapping.or(other.mapping),
            schema: self.schema.or(other.schema),
            as_of: self.as_of.or(other.as_of),
            select: self.select.or(other.select),
            ignore: self.ignore.or(other.ignore),
            format: self.format.or(other.format),
            fail_on: self.fail_on.or(other.fail_on),
            jobs: self.jobs.or(other.jobs),
            ledger: self.ledger.or(other.ledger),
            waivers: self.waivers.or(other.waivers),
            baseline: self.baseline.or(other.baseline),
        }
    }
}

fn read(source: &Arc<Source>, folder: &Path, sink: &mut Vec<Diagnostic>) -> Config {
    let doc = match document::parse(source) {
        Ok(doc) => doc,
        Err(error) => {
            sink.push(*error);
            return Config::default();
        }
    };
    let texts = |doc: &Table, key: &str, sink: &mut Vec<Diagnostic>| -> Option<Vec<String>> {
        doc.get(key).map(|v| document::texts(source, v, sink).into_iter().map(|p| p.value).collect())
    };
    let path = |key: &str, sink: &mut Vec<Diagnostic>| -> Option<PathBuf> {
        doc.get(key).and_then(|v| document::text(source, v, sink)).map(|p| folder.join(p))
    };
    let config = Config {
        rules: path("rules", sink),
        profile: path("profile", sink),
        mapping: doc.get("mapping").and_then(|v| document::text(source, v, sink)).map(|m| mapping(folder, m)),
        schema: texts(&doc, "schema", sink).map(|all| all.iter().map(|p| folder.join(p)).collect()),
        as_of: doc.get("as_of").and_then(|v| document::day(source, v, sink)),
        select: texts(&doc, "select", sink),
        ignore: texts(&doc, "ignore", sink),
        format: doc.get("format").and_then(|v| word(source, v, Format::from_name, &Format::ALL.map(Format::name), sink)),
        fail_on: doc.get("fail_on").and_then(|v| word(source, v, Gate::from_name, &Gate::NAMES, sink)),
        jobs: doc.get("jobs").and_then(|v| jobs(source, v, sink)),
        ledger: path("ledger", sink),
        waivers: path("waivers", sink),
        baseline: path("baseline", sink),
    };
    document::report_unknown_keys(source, &doc, &KEYS, sink);
    config
}

/// A name of a shipped mapping stays one; a file lies beside this one.
fn mapping(folder: &Path, written: &str) -> String {
    if crate::ingest::shipped_names().contains(&written) { written.to_owned() } else { folder.join(written).display().to_string() }
}

fn word<T>(source: &Arc<Source>, value: &Value, of: impl Fn(&str) -> Option<T>, known: &[&str], sink: &mut Vec<Diagnostic>) -> Option<T> {
    let text = document::text(source, value, sink)?;
    let meant = of(text);
    if meant.is_none() {
        let near = nearest(text, known.iter().copied()).map(|n| format!("，是否想写“{n}”？")).unwrap_or_default();
        sink.push(
            Diagnostic::new("config::bad-value", source, value.span.clone(), format!("不能是“{text}”"))
                .help(format!("可以是：{}{near}", known.join("、"))),
        );
    }
    meant
}

fn jobs(source: &Arc<Source>, value: &Value, sink: &mut Vec<Diagnostic>) -> Option<u16> {
    let n = match value.value {
        Node::Int(n) => u16::try_from(n).ok().filter(|n| (1..=1024).contains(n)),
        _ => None,
    };
    if n.is_none() {
        sink.push(Diagnostic::new("config::bad-value", source, value.span.clone(), "应为 1 至 1024 的整数"));
    }
    n
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (Config, Vec<Diagnostic>) {
        let source = Arc::new(Source { name: NAME.into(), text: text.into() });
        let mut sink = Vec::new();
        let config = read(&source, Path::new("data"), &mut sink);
        (config, sink)
    }

    #[test]
    fn every_key_is_read_and_paths_are_relative_to_the_file() {
        let (config, sink) = read_text(
            "rules = 'rules'\nprofile = '../strict.toml'\nmapping = 'county.mapping.toml'\nschema = ['county.toml']\nas_of = 2026-06-30\nselect = ['GS', 'SY001']\nignore = 'local'\nformat = 'table'\nfail_on = '待核'\njobs = 2\nledger = '../book.db'\nwaivers = 'waivers.toml'\nbaseline = 'known.txt'\n",
        );
        assert!(sink.is_empty(), "{sink:?}");
        assert_eq!(config.rules, Some(PathBuf::from("data/rules")));
        assert_eq!(config.profile, Some(PathBuf::from("data/../strict.toml")));
        assert_eq!(config.mapping.as_deref(), Some("data/county.mapping.toml"));
        assert_eq!(read_text("mapping = 'a01'").0.mapping.as_deref(), Some("a01"));
        assert_eq!(config.schema, Some(vec![PathBuf::from("data/county.toml")]));
        assert_eq!(config.as_of, Day::ymd(2026, 6, 30));
        assert_eq!(config.select, Some(vec!["GS".into(), "SY001".into()]));
        assert_eq!(config.ignore, Some(vec!["local".into()]));
        assert_eq!((config.format, config.fail_on, config.jobs), (Some(Format::Table), Gate::from_name("待核"), Some(2)));
        assert_eq!(config.ledger, Some(PathBuf::from("data/../book.db")));
        assert_eq!(config.waivers, Some(PathBuf::from("data/waivers.toml")));
        assert_eq!(config.baseline, Some(PathBuf::from("data/known.txt")));
    }

    #[test]
    fn unknown_keys_and_wrong_values_are_all_reported_with_their_places() {
        let (_, sink) = read_text("as_off = 2026-06-30\njobs = 0\nformat = 'tabel'\nas_of = 'soon'\n");
        let mut codes: Vec<(&str, usize)> = sink.iter().map(|d| (d.code, d.line())).collect();
        codes.sort_by_key(|c| c.1);
        assert_eq!(codes, [("toml::unknown-key", 1), ("config::bad-value", 2), ("config::bad-value", 3), ("toml::wrong-type", 4)]);
        assert!(sink.iter().any(|d| d.help.as_deref() == Some("是否想写“as_of”？")));
    }

    #[test]
    fn the_first_file_wins_key_by_key() {
        let (near, _) = read_text("as_of = 2026-06-30");
        let (far, _) = read_text("as_of = 2020-01-01\njobs = 3");
        let both = near.or(far);
        assert_eq!((both.as_of, both.jobs), (Day::ymd(2026, 6, 30), Some(3)));
    }
}
