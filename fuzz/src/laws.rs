//! Files that people write for the program: schemas, rules with their scripts, profiles with their packs.

use super::scratch::{Scratch, parts};
use super::truth::{SCHEMA, placed, said, source};
use guiju::diagnostic::Diagnostic;
use guiju::ingest::{self, Silent};
use guiju::records::{Wanted, parse_schema};
use guiju::rules::{Files, Loading, load, load_as, read_profile};
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// Several files, of which the first is the schema and the others add to it; with it, a table can be read.
pub fn schema(input: &[u8]) {
    let texts: Vec<String> = parts(input).into_iter().map(|(_, text)| String::from_utf8_lossy(text).into_owned()).collect();
    let files: Vec<_> = texts.iter().enumerate().map(|(i, text)| source(&format!("{i}.toml"), text)).collect();
    let (once, again) = (parse_schema(&files), parse_schema(&files));
    assert_eq!(once.as_ref().err().map(|e| said(e)), again.as_ref().err().map(|e| said(e)));
    match once {
        Err(errors) => placed(&errors),
        Ok(schema) => {
            let schema = Arc::new(schema);
            let scratch = Scratch::new();
            let plain = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            for table in schema.tables.iter().filter(|t| t.joined.is_none() && plain(&t.name)).take(3) {
                let names: Vec<&str> = table.fields.iter().map(|f| f.name.as_str()).collect();
                let name = super::scratch::safe(&format!("{}.csv", table.name));
                scratch.file(
                    &name,
                    format!("{}\n1{}\n2{}\n", names.join(","), ",2".repeat(names.len()), ",一".repeat(names.len())).as_bytes(),
                );
            }
            let _ = ingest::read(&[scratch.path().display().to_string()], &schema, &Wanted::all(&schema), &Silent)
                .map(|s| super::adds_up::adds_up(&s));
        }
    }
}

/// The schema and the law; of the shared words a few, since loading them all takes its time.
static FEW: LazyLock<Files> = LazyLock::new(|| {
    let all = Files::built_in();
    let mut files = Files::default();
    for path in ["schema.toml", "regulations.toml"] {
        if let Some(source) = all.get(path) {
            files.add(path, &source.text);
        }
    }
    let words = "[case]\nlast = \"latest(step, kind == '任职通知')\"\nof_kind = { args = [\"k\"], is = \"any(step, kind == k)\" }\n";
    files.add("definitions.toml", words);
    files
});

/// Files of a folder of rules, each with its path: beside the schema and the law, or in their place.
pub fn rules(input: &[u8]) {
    let mut files = FEW.clone();
    for (path, text) in parts(input) {
        files.add(path.trim(), &String::from_utf8_lossy(text));
    }
    let (once, again) = (load(&files), load(&files));
    assert_eq!(once.as_ref().err().map(|e| said(e)), again.as_ref().err().map(|e| said(e)));
    match &once {
        Err(errors) => named(errors, &files),
        Ok(rules) => {
            let wanted = rules.wanted();
            let _ = wanted;
        }
    }
}

fn named(errors: &[Diagnostic], files: &Files) {
    placed(errors);
    for e in errors {
        assert!(files.all().any(|(_, source)| source.name == e.source.name), "{}: {}", e.source.name, e.message);
    }
}

/// A profile, and the files of its packs by path beside it; rules load under it, or it is told where it is wrong.
pub fn profile(input: &[u8]) {
    let mut files = parts(input);
    if files.is_empty() {
        return;
    }
    let (_, text) = files.remove(0);
    let scratch = Scratch::new();
    for (path, text) in &files {
        // Nothing leads out of the folder.
        let path: String = path.trim().split('/').map(super::scratch::safe).take(4).collect::<Vec<_>>().join("/");
        if !scratch.path().join(&path).is_dir() && may_hold(scratch.path(), &path) {
            scratch.file(&path, text);
        }
    }
    let text = source("p.toml", &String::from_utf8_lossy(text));
    let once = || {
        let mut all = BASE.clone();
        let read = read_profile(&text, scratch.path(), &mut all);
        match read {
            Err(errors) => Err(errors),
            Ok(profile) => {
                load_as(&all, &Loading { profile: Some(&profile), ..Loading::default() }).map(|rules| format!("{:?}", rules.in_force))
            }
        }
    };
    let (first, again) = (once(), once());
    match (&first, &again) {
        (Ok(one), Ok(other)) => assert_eq!(one, other),
        (Err(one), Err(other)) => {
            placed(one);
            assert_eq!(said(one), said(other));
        }
        _ => panic!("loaded once, and once not"),
    }
}

/// A file of the same name may stand where a folder is wanted.
fn may_hold(folder: &Path, path: &str) -> bool {
    let mut at = folder.to_path_buf();
    let names: Vec<&str> = path.split('/').collect();
    names.iter().take(names.len().saturating_sub(1)).all(|name| {
        at.push(name);
        !at.is_file()
    })
}

/// The rules that the samples' profile speaks of, and no others: the rest would only take time.
static BASE: LazyLock<Files> = LazyLock::new(|| {
    let kept = ["/HF/HF001", "/TH/TH001", "/JL/JL002", "pack.toml"];
    let all = Files::built_in();
    let _ = &*SCHEMA;
    all.without(|path| path.contains('/') && !kept.iter().any(|k| path.contains(k)))
});
