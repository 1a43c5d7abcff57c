//! What holds of whatever is read.

use super::adds_up::adds_up;
use super::scratch::Scratch;
use guiju::diagnostic::{Diagnostic, Source};
use guiju::ingest::{self, IngestError, Mapping, Silent, write_store};
use guiju::records::{Fate, Problem, RowId, Schema, Store, Wanted, parse_schema};
use guiju::rules::Files;
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// The schema that comes with the program.
pub static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    let files = Files::built_in();
    let source = files.get("schema.toml").unwrap_or_else(|| panic!("no schema"));
    Arc::new(parse_schema(&[Arc::clone(source)]).unwrap_or_else(|errors| panic!("{}", said(&errors).join("\n"))))
});

/// Reads sources twice, and asks of what was read all that holds of every reader. `named`: one of these stands in every error.
///
/// # Panics
/// It does not hold.
pub fn read(sources: &[&Path], mapping: Option<&Mapping>, named: &[&str]) -> Option<Store> {
    let sources: Vec<String> = sources.iter().map(|p| p.display().to_string()).collect();
    let once = || ingest::read_mapped(&sources, mapping, &SCHEMA, &Wanted::all(&SCHEMA), &Silent);
    let (first, again) = (once(), once());
    match (first, again) {
        (Ok(first), Ok(again)) => {
            adds_up(&first);
            first.problems.iter().for_each(told);
            assert_eq!(first.problems, again.problems, "the same is told of the same");
            assert_eq!(first.tallies, again.tallies, "the same is counted of the same");
            assert_eq!(content(&first), content(&again), "the same is read of the same");
            Some(first)
        }
        (Err(first), Err(again)) => {
            explained(&first, named);
            assert_eq!(first.to_string(), again.to_string(), "the same is said of the same");
            None
        }
        (first, again) => panic!("read once, and once not: {:?} {:?}", first.err(), again.err()),
    }
}

/// What is told of a row or cell says where it is, what is wrong and what would be right.
fn told(p: &Problem) {
    assert!(!p.file.is_empty() && !p.code.is_empty() && !p.why.is_empty(), "{p:?}");
    // A form is a row itself, and a sheet that does not say of which year it is is refused whole.
    let placed = p.row > 0 || p.file.contains(".lrm") || p.code == "sheet::needs-year";
    assert!(p.fate != Fate::Refused || (placed && !p.right.is_empty()), "refused without its place: {p:?}");
    assert!(p.value.chars().count() <= 41, "{p:?}");
    assert!(guiju::records::CODES.contains(&p.code), "not in the manual: {p:?}");
}

/// An error names its file, in Chinese, with what to do.
///
/// # Panics
/// It does not.
pub fn explained(error: &IngestError, named: &[&str]) {
    let text = error.to_string();
    assert!(named.iter().any(|n| text.contains(n)), "which file? {text}");
    assert!(text.chars().any(is_chinese) && error.advice().chars().any(is_chinese) && !error.code().is_empty(), "{text}");
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..'\u{a000}').contains(&c)
}

/// What import writes reads back the same: dear, so asked of few inputs.
///
/// # Panics
/// It does not.
pub fn comes_back(store: &Store) {
    let scratch = Scratch::new();
    let path = scratch.path().join("back.db");
    write_store(store, &path).unwrap_or_else(|e| panic!("{e}"));
    let sources = [path.display().to_string()];
    let back = ingest::read(&sources, &SCHEMA, &Wanted::all(&SCHEMA), &Silent);
    let back = match back {
        Ok(back) => back,
        // Nothing was in it.
        Err(IngestError::NoTable { .. }) => return assert!(store.tables.iter().all(|rows| rows.len == 0)),
        Err(error) => panic!("what was written cannot be read: {error}"),
    };
    adds_up(&back);
    let sorted = |store: &Store| {
        let mut all = content(store);
        all.sort();
        all
    };
    assert_eq!(back.problems, store.problems, "what was told is told again");
    assert_eq!(back.tallies, store.tallies, "what was counted is counted again");
    assert_eq!(sorted(&back), sorted(store), "what was written reads back the same");
}

/// One input in so many is asked the dear questions; always the same ones.
pub fn is_one_in(many: u64, input: &[u8]) -> bool {
    let hash = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3));
    (hash >> 17).is_multiple_of(many)
}

/// Every row as text: its cells, whether each is filled, and how the row stands.
pub fn content(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    for (t, def) in store.schema.tables.iter().enumerate() {
        let rows = store.rows(t);
        if rows.exported {
            all.push(def.name.clone());
        }
        for r in 0..rows.len as RowId {
            let cells: Vec<String> = (0..def.fields.len())
                .map(|f| format!("{:?}/{:?}", store.show(t, r, f), rows.column(f).map(|c| c.filled(r as usize))))
                .collect();
            let how = (rows.is_ghost(r), rows.is_void(r), rows.orphans.contains(&r));
            all.push(format!("{} {} {how:?} {}", def.name, store.key(t, r), cells.join(" ")));
        }
    }
    all
}

/// Complaints about a text each lie in it, and say something.
///
/// # Panics
/// They do not.
pub fn placed(errors: &[Diagnostic]) {
    assert!(!errors.is_empty(), "refused without a word");
    for e in errors {
        let text = &e.source.text;
        assert!(e.span.start <= e.span.end && e.span.end <= text.len(), "{} {:?}: {}", e.source.name, e.span, e.message);
        assert!(text.is_char_boundary(e.span.start) && text.is_char_boundary(e.span.end), "{:?}: {}", e.span, e.message);
        assert!(e.message.chars().any(is_chinese) && !e.code.is_empty(), "{} {}", e.code, e.message);
        assert!(e.line() > 0, "{}", e.message);
    }
}

/// Complaints as texts.
pub fn said(errors: &[Diagnostic]) -> Vec<String> {
    errors.iter().map(|e| format!("{}:{}:{:?} {} {}", e.source.name, e.line(), e.span, e.code, e.message)).collect()
}

/// A text as a file.
pub fn source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source { name: name.to_owned(), text: text.to_owned() })
}
