//! Rows of databases.

use super::adds_up::adds_up;
use super::scratch::{Scratch, pieces};
use super::truth::{SCHEMA, comes_back, is_one_in, read};
use guiju::ingest::read_copied;
use rusqlite::{Connection, params_from_iter, types::Value};

/// A database file, whatever its bytes.
pub fn sqlite_file(input: &[u8]) {
    let scratch = Scratch::new();
    let path = scratch.file("r.db", input);
    read(&[&path], None, &["r.db"]);
}

/// Databases made cell by cell: each piece a table, its name and columns in the first line, its rows below; a cell begins with what it is
/// (`i` a whole number, `r` a fraction, `x` bytes, `n` nothing; else a text, though its bytes be none).
pub fn sqlite_cells(input: &[u8]) {
    let scratch = Scratch::new();
    let path = scratch.path().join("r.db");
    if made(&path, input).is_none() {
        return;
    }
    let Some(store) = read(&[&path], None, &["r.db"]) else { return };
    // Tables that only import writes say what it says and nothing else.
    let imported = input.windows(6).any(|w| w == b"guiju_");
    if !imported && is_one_in(4, input) {
        comes_back(&store);
    }
}

fn made(path: &std::path::Path, input: &[u8]) -> Option<()> {
    let db = Connection::open(path).ok()?;
    db.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN").ok()?;
    for piece in pieces(input) {
        let mut lines = piece.split(|&b| b == b'\n');
        let head = String::from_utf8_lossy(lines.next()?).replace('\0', "");
        let names: Vec<&str> = head.split(',').take(40).collect();
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let (table, columns) = names.split_first()?;
        if columns.is_empty() {
            continue;
        }
        let list: Vec<String> = columns.iter().map(|c| quoted(c)).collect();
        // A name that occurs twice makes no table.
        if db.execute_batch(&format!("CREATE TABLE {}({})", quoted(table), list.join(", "))).is_err() {
            continue;
        }
        let places: Vec<String> = (1..=columns.len()).map(|i| format!("?{i}")).collect();
        for line in lines.take(200) {
            let cells: Vec<&[u8]> = line.split(|&b| b == b'\t').collect();
            // Bytes of a text that are none get in as a cast from a blob.
            let shown: Vec<String> = places
                .iter()
                .enumerate()
                .map(|(i, p)| if is_text(cells.get(i)) { format!("CAST({p} AS TEXT)") } else { p.clone() })
                .collect();
            let values = (0..columns.len()).map(|i| cells.get(i).map_or(Value::Null, |c| value(c)));
            let sql = format!("INSERT INTO {} VALUES({})", quoted(table), shown.join(", "));
            db.prepare_cached(&sql).ok()?.execute(params_from_iter(values)).ok()?;
        }
    }
    db.execute_batch("COMMIT").ok()
}

fn is_text(cell: Option<&&[u8]>) -> bool {
    cell.is_some_and(|c| !matches!(c.first(), None | Some(b'i' | b'r' | b'x' | b'n')))
}

fn value(cell: &[u8]) -> Value {
    let number = || String::from_utf8_lossy(cell.get(1..).unwrap_or_default()).into_owned();
    match cell.first() {
        None | Some(b'n') => Value::Null,
        Some(b'i') => number().parse().map_or(Value::Null, Value::Integer),
        Some(b'r') => number().parse().map_or(Value::Null, Value::Real),
        Some(b'x') => Value::Blob(cell.get(1..).unwrap_or_default().to_vec()),
        Some(_) => Value::Blob(cell.to_vec()),
    }
}

/// What a PostgreSQL server sends of a table: the first line names it and its columns, each with the number of its type; the pieces after it
/// are messages. However they are cut, they mean the same.
///
/// # Panics
/// They do not.
pub fn copied(input: &[u8]) {
    let mut pieces = pieces(input);
    let head = String::from_utf8_lossy(pieces.remove(0)).into_owned();
    let mut words = head.trim().split(',');
    let table = words.next().unwrap_or_default();
    let columns: Vec<(&str, u32)> = words
        .take(40)
        .map(|word| {
            let (name, oid) = word.rsplit_once(':').unwrap_or((word, "25"));
            (name, oid.parse().unwrap_or(25))
        })
        .collect();
    let whole = pieces.concat();
    let bytes: Vec<&[u8]> = whole.chunks(1).collect();
    let mut all = Vec::new();
    for messages in [&pieces[..], &[&whole[..]][..], &bytes[..]] {
        match read_copied(table, &columns, messages, &SCHEMA) {
            Ok(store) => {
                adds_up(&store);
                let lines = whole.iter().filter(|b| **b == b'\n').count() as u64;
                assert_eq!(store.tallies.iter().map(|t| t.read).sum::<u64>(), lines, "every line is a row");
                all.push(Ok((super::truth::content(&store), store.problems)));
            }
            Err(error) => {
                assert!(!error.code().is_empty() && !error.advice().is_empty());
                all.push(Err(error.to_string()));
            }
        }
    }
    assert!(all.windows(2).all(|w| w[0] == w[1]), "it matters where messages are cut");
}
