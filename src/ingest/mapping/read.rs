//! A mapping at work: what it looks up is read first, then the tables that it makes rows of.

use super::again::ByKey;
use super::apply::{Applying, Seen};
use super::bind::Headers;
use super::lookup::{Finding, Finds};
use super::tables::{self, Askew, Visitor};
use super::{Mapping, names};
use crate::ingest::error::IngestError;
use crate::ingest::package::{self, Package};
use crate::ingest::postgres::{self, Server};
use crate::ingest::refused::{Keyed, Lines, Original};
use crate::ingest::source::{Named, Source};
use crate::ingest::{Progress, Silent};
use crate::records::{Builder, Cell, Schema};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A mapping, with what it looks up in these sources.
pub(in crate::ingest) struct Prepared<'m> {
    mapping: &'m Mapping,
    found: Finds,
}

impl<'m> Prepared<'m> {
    /// Reads the tables in which something is looked up.
    ///
    /// # Errors
    /// A source that cannot be read.
    pub(in crate::ingest) fn new<'s>(mapping: &'m Mapping, sources: impl Iterator<Item = &'s Source>) -> Result<Self, IngestError> {
        let mut finding = Finding::new(mapping);
        if finding.is_needed() {
            for source in sources {
                visit(source, &mut finding)?;
            }
        }
        Ok(Self { mapping, found: finding.found })
    }

    /// Tells of the people what should be looked at.
    pub(in crate::ingest) fn tell(&self, builder: &mut Builder) {
        self.found.people.notes.iter().for_each(|n| builder.note(n.clone()));
    }

    /// Reads CSV files that are mapped.
    pub(in crate::ingest) fn csv(&self, files: &[Named], builder: &mut Builder, progress: &dyn Progress) -> Result<(), IngestError> {
        let schema = Arc::clone(builder.schema());
        let shared: &Builder = builder;
        let read: Vec<Result<Seen, IngestError>> = files
            .par_iter()
            .map(|file| {
                let mut applying = Applying::new(self.mapping, &schema, shared, &self.found, 0);
                tables::csv(file, &mut applying, progress)?;
                Ok(applying.seen)
            })
            .collect();
        for seen in read {
            take(seen?, builder);
        }
        Ok(())
    }

    /// Reads the mapped sheets of a workbook; their names.
    pub(in crate::ingest) fn workbook(
        &self,
        file: &Named,
        builder: &mut Builder,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, IngestError> {
        self.read(builder, |applying| tables::workbook(file, applying, progress))
    }

    /// Reads the mapped tables of a database; their names.
    pub(in crate::ingest) fn database(
        &self,
        file: &Named,
        builder: &mut Builder,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, IngestError> {
        self.read(builder, |applying| tables::database(file, applying, progress))
    }

    /// Reads the mapped tables of a database server; their names.
    pub(in crate::ingest) fn server(
        &self,
        server: &Server,
        builder: &mut Builder,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, IngestError> {
        self.read(builder, |applying| postgres::visit(server, applying, progress))
    }

    /// Reads the tables of a package.
    pub(in crate::ingest) fn package(&self, package: &Package, builder: &mut Builder, progress: &dyn Progress) -> Result<(), IngestError> {
        let schema = Arc::clone(builder.schema());
        let shared: &Builder = builder;
        let read: Vec<Result<(Seen, u64), IngestError>> = package
            .tables
            .par_iter()
            .map(|file| {
                let mut applying = Applying::new(self.mapping, &schema, shared, &self.found, 0);
                let rows = tables::set(file, &mut applying, progress)?;
                Ok((applying.seen, rows))
            })
            .collect();
        let (mut taken, mut rows) = (Vec::new(), Vec::new());
        for one in read {
            let (seen, count) = one?;
            taken.extend(seen.taken.iter().cloned());
            rows.push(count);
            take(seen, builder);
        }
        package::count_differs(package, &rows).into_iter().for_each(|n| builder.note(n));
        package::unread(package, &taken, |set| self.mapping.why_aside(set)).into_iter().for_each(|n| builder.note(n));
        Ok(())
    }

    /// Refused rows of a database server as they stand now, by their keys.
    ///
    /// # Errors
    /// The server cannot be read any more.
    pub(in crate::ingest) fn originals_by_key(
        &self,
        server: &Server,
        schema: &Schema,
        keyed: &Keyed,
        found: &mut Vec<(String, Original)>,
    ) -> Result<(), IngestError> {
        let mut copying = ByKey {
            mapping: self.mapping,
            schema,
            found: &self.found,
            keyed,
            name: String::new(),
            cited: String::new(),
            wanted: BTreeSet::new(),
            keys: Vec::new(),
            headers: Vec::new(),
            there: BTreeMap::new(),
            originals: Vec::new(),
        };
        postgres::visit(server, &mut copying, &Silent)?;
        found.extend(copying.originals);
        Ok(())
    }

    fn read(
        &self,
        builder: &mut Builder,
        visit: impl FnOnce(&mut Applying<'_>) -> Result<(), IngestError>,
    ) -> Result<Vec<String>, IngestError> {
        let schema = Arc::clone(builder.schema());
        let mut applying = Applying::new(self.mapping, &schema, builder, &self.found, 0);
        visit(&mut applying)?;
        let seen = applying.seen;
        let taken = seen.taken.clone();
        take(seen, builder);
        Ok(taken)
    }
}

fn take(seen: Seen, builder: &mut Builder) {
    seen.wanted.iter().for_each(|&(table, field)| {
        builder.wants(table, field);
    });
    seen.declared.iter().for_each(|&table| builder.declare(table));
    seen.notes.into_iter().for_each(|n| builder.note(n));
    builder.absorb(seen.batches);
}

pub(super) fn visit(source: &Source, to: &mut dyn Visitor) -> Result<(), IngestError> {
    match source {
        Source::Csv(files) => files.mapped.iter().try_for_each(|file| tables::csv(file, to, &Silent)),
        Source::Sqlite(file) => tables::database(file, to, &Silent),
        Source::Workbook { file, .. } => tables::workbook(file, to, &Silent),
        Source::Postgres(server) => postgres::visit(server, to, &Silent),
        Source::Package(package) => package.tables.iter().try_for_each(|file| tables::set(file, to, &Silent).map(|_| ())),
        Source::Ndjson(..) | Source::Sheet(_) | Source::Forms(_) => Ok(()),
    }
}

/// Some rows of mapped tables as they stand, and the name of each table, by which it is known when it is read again.
pub(in crate::ingest) fn originals(
    mapping: &Mapping,
    source: &Source,
    lines: &Lines,
    found: &mut Vec<(String, Original)>,
) -> Result<(), IngestError> {
    // Rows of a server are found by their keys, not by lines.
    if matches!(source, Source::Postgres(_)) {
        return Ok(());
    }
    let mut copying = Copying { mapping, lines, name: String::new(), cited: String::new(), at: None, found };
    visit(source, &mut copying)
}

/// Copies the rows of some lines.
struct Copying<'c> {
    mapping: &'c Mapping,
    lines: &'c Lines,
    name: String,
    cited: String,
    at: Option<Original>,
    found: &'c mut Vec<(String, Original)>,
}

impl Visitor for Copying<'_> {
    fn begin(&mut self, name: &str, cited: &str) -> bool {
        name.clone_into(&mut self.name);
        cited.clone_into(&mut self.cited);
        self.lines.contains_key(cited) && self.mapping.takes(name) != Some(false)
    }

    fn knows(&self, header: &str) -> bool {
        self.mapping.names_column(&self.name, header)
    }

    fn head(&mut self, _line: u32, headers: Headers) -> bool {
        let is_mapped = self.mapping.blocks_of(&self.name, &headers).next().is_some();
        self.at = is_mapped.then(|| Original { file: self.cited.clone(), headers: headers.plain, rows: BTreeMap::new() });
        is_mapped
    }

    fn needs(&self, _column: usize) -> bool {
        true
    }

    fn row(&mut self, line: u32, cells: &[Cell<'_>], _wrong: Option<&Askew<'_>>) {
        let wanted = self.lines.get(&self.cited).is_some_and(|lines| lines.contains(&line));
        if let (true, Some(original)) = (wanted, &mut self.at) {
            let texts = cells.iter().map(|c| names::said(c).unwrap_or_default().into_owned()).collect();
            original.rows.insert(line, texts);
        }
    }

    fn end(&mut self) {
        self.found.extend(self.at.take().map(|original| (self.name.clone(), original)));
    }
}
