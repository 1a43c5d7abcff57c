//! A SQLite file read again: rows in pages that are what they were come from what was kept of the last time, the others are read anew.
//! What comes of it is what reading everything gives. Wherever anything is not as simple as it must be, everything is read.

use super::Progress;
use super::bytes::Hash;
use super::error::IngestError;
use super::pages::{Layout, Leaf, Pages, Print, handles};
use super::sidecar::{Keep, Keeping, Recalled};
use super::source::Named;
use super::sqlite::{self, Found, Rows};
use crate::records::{Batch, Builder, Kept, ReadAs, Stretch};
use rayon::prelude::*;
use rusqlite::Connection;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Where more than one page in so many has changed, everything is read.
const MOSTLY_SAME: usize = 4;

/// Where more than one page in so many has changed, all is kept anew.
const HARDLY_CHANGED: usize = 32;

/// How a file was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anew {
    /// The hash of what the file holds; none where it was not worked out.
    pub hash: Option<Hash>,
    /// How many rows were read anew; none where all were.
    pub rows: Option<u64>,
}

/// The tables of a file with what is to be known of them.
struct Whole {
    layout: Layout,
    print: Print,
    /// By table found: its pages.
    leaves: Vec<Vec<Leaf>>,
}

/// Reads every known table as of one moment, as [`sqlite::read`] does.
pub(super) fn read(file: &Named, builder: &mut Builder, progress: &dyn Progress, keep: &Keep<'_>) -> Result<Anew, IngestError> {
    // These are closed after the connections: see `pages`.
    let mut files = handles(&file.path).unwrap_or_default();
    let connections = sqlite::connect(file)?;
    let first = connections.first().ok_or_else(|| IngestError::Busy { file: file.name.clone() })?;
    let mut attempt = builder.another();
    let (found, past) = sqlite::tables(first, file, &[], &mut attempt)?;
    let roots = roots(first, &found).filter(|_| past.is_none() && is_open_on(&files, &file.path));
    drop(past);
    let key = format!("{}\n{}", keep.key, roots.as_ref().map_or("", |(_, schema)| schema));
    let keep = Keep { key: &key, ..*keep };
    let recalled = Recalled::open(&keep);
    let Some((whole, mut pages)) = roots.and_then(|(roots, _)| look(&file.path, &mut files, recalled.as_ref(), &roots)) else {
        keep.forget();
        drop(connections);
        drop(files);
        return sqlite::read(file, &[], builder, progress).map(|()| Anew::default());
    };
    let hash = pages.hash(&whole.print).ok();
    let recalled = recalled.filter(|r| r.layout == whole.layout && r.tables() == found.len());
    let plan = recalled.as_ref().and_then(|r| plan(&found, &whole, r)).filter(|plan| plan.changed * MOSTLY_SAME <= plan.pages);
    let (connections, spliced) = match recalled.zip(plan) {
        Some((recalled, plan)) => {
            let (connections, rows) = splice(connections, file, &found, &plan, &recalled, &mut attempt, progress)?;
            (connections, rows.map(|rows| (rows, plan.changed * HARDLY_CHANGED > plan.pages)))
        }
        None => (connections, None),
    };
    let (connections, rows, keep_anew) = match spliced {
        Some((rows, keep_anew)) => {
            *builder = attempt;
            (connections, Some(rows), keep_anew)
        }
        None => {
            drop(attempt);
            (sqlite::read_by(connections, file, &[], builder, progress)?, None, true)
        }
    };
    // What cannot be kept is read the next time.
    let kept = !keep_anew || keep_all(&keep, &mut pages, &whole, &found, builder).is_ok_and(|kept| kept.is_some());
    if !kept {
        keep.forget();
    }
    drop(connections);
    drop(files);
    Ok(Anew { hash, rows })
}

/// Whether the handles are of the file that is there.
#[cfg(unix)]
fn is_open_on(files: &[File], path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(there) = path.metadata() else { return false };
    let same = |file: &File| file.metadata().is_ok_and(|m| (m.dev(), m.ino()) == (there.dev(), there.ino()));
    !files.is_empty() && files.iter().all(same)
}

/// Whether the handles are of the file that is there: where that cannot be told, they are not taken to be.
#[cfg(not(unix))]
fn is_open_on(_: &[File], _: &Path) -> bool {
    false
}

/// The first page of each table found, and all that the database says of its tables. None where one is no plain table, or two are one.
fn roots(connection: &Connection, found: &[Found]) -> Option<(Vec<u32>, String)> {
    let mut tables: BTreeSet<usize> = BTreeSet::new();
    let mut roots = Vec::new();
    let mut said: Vec<(String, String, String)> = Vec::new();
    let list = |sql: &str| -> rusqlite::Result<Vec<(String, String, u32, String)>> {
        let mut list = connection.prepare(sql)?;
        let rows = list.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        rows.collect()
    };
    let all =
        list("SELECT type, name, rootpage, coalesce(sql, '') FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name").ok()?;
    for table in found {
        let (_, _, root, _) = all.iter().find(|(kind, name, ..)| kind == "table" && *name == table.name)?;
        let mut fields: Vec<usize> = table.columns.iter().map(|(field, _)| *field).collect();
        let count = fields.len();
        fields.sort_unstable();
        fields.dedup();
        let in_range = match table.rowids {
            Some((_, low, high)) => low >= 1 && high < i64::from(u32::MAX) - 16,
            None => {
                connection
                    .query_row(&format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1)", sqlite::quoted(&table.name)), [], |r| r.get(0))
                    == Ok(0)
            }
        };
        if !tables.insert(table.table) || fields.len() < count || !in_range || table.refused || table.open {
            return None;
        }
        roots.push(*root);
    }
    said.extend(all.into_iter().map(|(kind, name, _, sql)| (kind, name, sql)));
    Some((roots, serde_json::to_string(&said).ok()?))
}

/// Looks at all pages. None where the file is not as simple as it must be.
fn look<'f>(path: &Path, files: &'f mut [File], before: Option<&Recalled>, roots: &[u32]) -> Option<(Whole, Pages<'f>)> {
    let mut pages = Pages::of(path, files).ok()??;
    let before = before.filter(|b| b.layout == pages.layout).map(|b| &b.print);
    let seed = before.map_or_else(|| RandomState::new().hash_one(std::process::id()), |b| b.seed);
    let print = pages.print(before, seed).ok()?;
    let leaves = roots.iter().map(|root| pages.leaves(*root).ok().flatten()).collect::<Option<Vec<_>>>()?;
    Some((Whole { layout: pages.layout, print, leaves }, pages))
}

/// Which rows are kept and which are read anew.
struct Plan {
    /// By table found, in order.
    tables: Vec<Vec<Span>>,
    /// How many pages of rows are to be read …
    changed: usize,
    /// … of how many.
    pages: usize,
}

/// Rows after one rowid up to another, kept or to be read, with how many pages they lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    kept: bool,
    after: i64,
    upto: i64,
    pages: usize,
}

fn plan(found: &[Found], whole: &Whole, recalled: &Recalled) -> Option<Plan> {
    let (was, is) = (&recalled.print.pages, &whole.print.pages);
    let same = |page: u32| {
        let at = (page as usize).wrapping_sub(1);
        was.get(at).is_some() && was.get(at) == is.get(at)
    };
    let mut plan = Plan { tables: Vec::new(), changed: 0, pages: 0 };
    for (table, leaves) in found.iter().zip(&whole.leaves) {
        let (old, further) = recalled.pages_of(recalled.table(&table.name)?)?;
        let long: FxHashSet<u32> = further.iter().filter(|(_, page)| !same(*page)).map(|(leaf, _)| *leaf).collect();
        let afters = std::iter::once(i64::MIN).chain(old.iter().map(|leaf| leaf.upto));
        let bounds: FxHashMap<u32, (i64, i64)> = old.iter().zip(afters).map(|(leaf, after)| (leaf.page, (after, leaf.upto))).collect();
        let mut spans: Vec<Span> = Vec::new();
        let mut after = i64::MIN;
        for leaf in leaves {
            let kept = bounds.get(&leaf.page).filter(|_| same(leaf.page) && !long.contains(&leaf.page));
            let span = match kept {
                Some(&(after, upto)) => Span { kept: true, after, upto, pages: 1 },
                None => Span { kept: false, after, upto: leaf.upto, pages: 1 },
            };
            after = leaf.upto;
            match spans.last_mut() {
                Some(last) if last.kept == span.kept && last.upto == span.after => (last.upto, last.pages) = (span.upto, last.pages + 1),
                _ => spans.push(span),
            }
        }
        plan.pages += leaves.len();
        plan.changed += spans.iter().filter(|span| !span.kept).map(|span| span.pages).sum::<usize>();
        plan.tables.push(spans);
    }
    Some(plan)
}

/// Puts together what was kept and what is read anew; how many rows were. None where something is not as it should be.
fn splice(
    connections: Vec<Connection>,
    file: &Named,
    found: &[Found],
    plan: &Plan,
    recalled: &Recalled,
    builder: &mut Builder,
    progress: &dyn Progress,
) -> Result<(Vec<Connection>, Option<u64>), IngestError> {
    let n = connections.len();
    let schema = Arc::clone(builder.schema());
    let shares: Vec<Vec<&[Span]>> = plan.tables.iter().map(|spans| shares(spans, n)).collect();
    let read = |(part, connection): (usize, Connection)| -> rusqlite::Result<(Batch, Vec<Vec<usize>>, Connection)> {
        let mut batch = Batch::new(&schema);
        let taking = Rows::of(&connection)?;
        let mut counts = Vec::new();
        for (order, (table, shares)) in found.iter().zip(&shares).enumerate() {
            let spans = shares.get(part).copied().unwrap_or_default().iter().filter(|span| !span.kept);
            let ranges: Vec<(i64, i64)> = spans.map(|span| (span.after.saturating_add(1), span.upto)).collect();
            let mut of_table = Vec::new();
            if !ranges.is_empty() {
                if part == 0 {
                    progress.file(&table.file);
                }
                let sheet = batch.sheet(table.table, &table.file, table.columns.clone());
                let (sheet, counted) = taking.take_ranges(table, ranges.into_iter(), sheet, progress)?;
                of_table = counted;
                batch.add(order * n + part, sheet);
            }
            counts.push(of_table);
        }
        drop(taking);
        Ok((batch, counts, connection))
    };
    let done: rusqlite::Result<Vec<_>> = connections.into_par_iter().enumerate().map(read).collect();
    let (mut batches, mut counts, mut connections) = (Vec::new(), Vec::new(), Vec::new());
    for (batch, of_part, connection) in done.map_err(|e| sqlite::error(&file.name, &e))? {
        batches.push(batch);
        counts.push(of_part);
        connections.push(connection);
    }
    let rows: usize = counts.iter().flatten().flatten().sum();
    let mut new = builder.another();
    new.absorb(batches);
    let recall = || -> Option<()> {
        let mut tables: Vec<(ReadAs<'_>, Kept, Vec<Stretch>)> = Vec::new();
        for (t, (table, spans)) in found.iter().zip(&plan.tables).enumerate() {
            let mut counted = counts.iter().filter_map(|of_part| of_part.get(t)).flatten();
            let mut stretches = Vec::with_capacity(spans.len());
            for span in spans {
                stretches.push(match span.kept {
                    true => Stretch::Kept(line(span.after), line(span.upto)),
                    false => Stretch::New(*counted.next()?),
                });
            }
            tables.push((read_as(table), recalled.table(&table.name)?.kept.clone(), stretches));
        }
        builder.recall_texts(&recalled.texts()?)?;
        builder.recall(&tables, new, &|block, buffer| recalled.load(block, buffer))
    };
    let recalled = recall();
    Ok((connections, recalled.map(|()| rows as u64)))
}

/// A rowid as the line that the row stands on.
fn line(rowid: i64) -> u32 {
    rowid.clamp(0, i64::from(u32::MAX)) as u32
}

fn read_as(table: &Found) -> ReadAs<'_> {
    ReadAs { table: table.table, file: &table.file, fields: &table.columns }
}

/// As many parts, in order, with about as many pages to be read in each.
fn shares(spans: &[Span], n: usize) -> Vec<&[Span]> {
    let total: usize = spans.iter().filter(|span| !span.kept).map(|span| span.pages).sum();
    let (mut shares, mut left, mut met) = (Vec::new(), spans, 0);
    for part in 1..=n {
        let enough = (total * part).div_ceil(n);
        let within = |span: &&Span| {
            met += if span.kept { 0 } else { span.pages };
            part == n || met <= enough
        };
        let end = left.iter().take_while(within).count();
        met = spans.iter().take(spans.len() - left.len() + end).filter(|span| !span.kept).map(|span| span.pages).sum();
        let (share, rest) = left.split_at_checked(end).unwrap_or((left, &[]));
        shares.push(share);
        left = rest;
    }
    shares
}

/// Keeps all that was read. None where it cannot be kept.
fn keep_all(keep: &Keep<'_>, pages: &mut Pages<'_>, whole: &Whole, found: &[Found], builder: &Builder) -> io::Result<Option<()>> {
    let mut keeping = Keeping::begin(keep, whole.layout, &whole.print)?;
    for (table, leaves) in found.iter().zip(&whole.leaves) {
        let mut failed = None;
        let mut put = |blocks: Vec<Vec<u8>>| {
            let mut first = None;
            for block in blocks {
                match keeping.block(&block) {
                    Ok(number) => first = first.or(Some(number)),
                    Err(e) => failed = Some(e),
                }
            }
            first
        };
        let kept = builder.keep(read_as(table), &mut put);
        if let Some(failed) = failed {
            return Err(failed);
        }
        let Some(kept) = kept else { return Ok(None) };
        let Some(further) = pages.further(leaves)? else { return Ok(None) };
        keeping.table(&table.name, kept, leaves, &further)?;
    }
    keeping.end(&builder.keep_texts(), keep.path).map(Some)
}
