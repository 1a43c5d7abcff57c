//! Which mapping a source is read through: the one given, or a shipped one that a source shows by its form to fit.

use super::Mapping;
use super::read::Prepared;
use super::shipped::shipped;
use crate::ingest::error::IngestError;
use crate::ingest::source::Source;
use crate::ingest::{package, workbook};
use crate::records::{Builder, Schema};

/// The information sets of a package, with the codes of the systems.
const SETS: &str = "a01";
/// The information sets of a workbook that people fill in, with headers and values in words.
const BOOK: &str = "v2018";

/// The mappings of some sources.
pub(in crate::ingest) struct Choice<'g> {
    given: Option<&'g Mapping>,
    sets: Option<Mapping>,
    book: Option<Mapping>,
    /// Of each source, in order.
    which: Vec<Option<Which>>,
}

/// The mappings of some sources, with what they look up in them.
pub(in crate::ingest) struct Ready<'c> {
    choice: &'c Choice<'c>,
    given: Option<Prepared<'c>>,
    sets: Option<Prepared<'c>>,
    book: Option<Prepared<'c>>,
}

/// Which of the mappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Given,
    Sets,
    Book,
}

impl Which {
    /// A mapping given goes before those that fit by themselves, where it names one of the source's tables.
    fn of(source: &Source, given: Option<&Mapping>) -> Option<Self> {
        let named = |name: &str| given.is_some_and(|m| m.takes(name) != Some(false));
        match source {
            Source::Package(package) if !package.tables.iter().any(|t| named(&package::set_of(t))) => Some(Self::Sets),
            Source::Workbook { file, .. } => {
                let names = workbook::names_if(file, &is_set_of_people);
                let fits = !names.is_empty() && !names.iter().any(|n| named(n));
                if fits { Some(Self::Book) } else { given.map(|_| Self::Given) }
            }
            _ => given.map(|_| Self::Given),
        }
    }
}

/// Whether sheets are named as the workbook's: `A01人员`, and posts or units.
fn is_set_of_people(names: &[String]) -> bool {
    let any = |set: &str| names.iter().any(|n| n.trim().to_ascii_uppercase().strip_prefix(set).is_some_and(|rest| !rest.is_ascii()));
    any("A01") && (any("A02") || any("B01"))
}

impl<'g> Choice<'g> {
    /// Takes shipped mappings for the sources that they fit by themselves.
    ///
    /// # Errors
    /// A county's own schema contradicts a shipped mapping that is needed.
    pub(in crate::ingest) fn new(given: Option<&'g Mapping>, sources: &[Source], schema: &Schema) -> Result<Self, IngestError> {
        let which: Vec<Option<Which>> = sources.iter().map(|s| Which::of(s, given)).collect();
        let own = |of: Which, name: &str| which.contains(&Some(of)).then(|| own(name, schema)).transpose();
        Ok(Self { given, sets: own(Which::Sets, SETS)?, book: own(Which::Book, BOOK)?, which })
    }

    /// The mapping of a source, by its number.
    pub(in crate::ingest) fn of(&self, source: usize) -> Option<&Mapping> {
        match self.which.get(source).copied()?? {
            Which::Given => self.given,
            Which::Sets => self.sets.as_ref(),
            Which::Book => self.book.as_ref(),
        }
    }

    /// Reads what the mappings look up, each in the sources that are read through it.
    ///
    /// # Errors
    /// A source that cannot be read.
    pub(in crate::ingest) fn prepare<'c>(&'c self, sources: &[Source]) -> Result<Ready<'c>, IngestError>
    where
        'g: 'c,
    {
        let prepared = |mapping: Option<&'c Mapping>, of: Which| -> Result<Option<Prepared<'c>>, IngestError> {
            let sources = || sources.iter().zip(&self.which).filter(|(_, w)| **w == Some(of)).map(|(s, _)| s);
            mapping.map(|m| Prepared::new(m, sources())).transpose()
        };
        Ok(Ready {
            choice: self,
            given: prepared(self.given, Which::Given)?,
            sets: prepared(self.sets.as_ref(), Which::Sets)?,
            book: prepared(self.book.as_ref(), Which::Book)?,
        })
    }
}

impl<'c> Ready<'c> {
    /// The mapping of a source, by its number, with what it looks up.
    pub(in crate::ingest) fn of(&self, source: usize) -> Option<&Prepared<'c>> {
        match self.choice.which.get(source).copied()?? {
            Which::Given => self.given.as_ref(),
            Which::Sets => self.sets.as_ref(),
            Which::Book => self.book.as_ref(),
        }
    }

    /// Tells what was seen of the sources before they are read.
    pub(in crate::ingest) fn tell(&self, builder: &mut Builder) {
        [&self.given, &self.sets, &self.book].into_iter().flatten().for_each(|p| p.tell(builder));
    }
}

fn own(name: &str, schema: &Schema) -> Result<Mapping, IngestError> {
    let wrong = |why: String| IngestError::Mapping { name: name.to_owned(), why };
    let found = shipped(name, schema).ok_or_else(|| wrong("没有这个映射".to_owned()))?;
    found.map_err(|errors| wrong(errors.first().map(|e| e.message.clone()).unwrap_or_default()))
}
