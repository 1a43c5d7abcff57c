//! Which mapping a source is read through: the one given, or a shipped one that a source shows by its form to fit.

use super::Mapping;
use super::read::Prepared;
use super::shipped::shipped;
use crate::ingest::error::IngestError;
use crate::ingest::package;
use crate::ingest::source::Source;
use crate::records::Schema;

/// The information sets of a package.
const SETS: &str = "a01";

/// The mappings of some sources.
pub(in crate::ingest) struct Choice<'g> {
    given: Option<&'g Mapping>,
    sets: Option<Mapping>,
}

/// The mappings of some sources, with what they look up in them.
pub(in crate::ingest) struct Ready<'c> {
    choice: &'c Choice<'c>,
    given: Option<Prepared<'c>>,
    sets: Option<Prepared<'c>>,
}

/// Which of the mappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Given,
    Sets,
}

impl<'g> Choice<'g> {
    /// Takes shipped mappings for the sources that they fit by themselves.
    ///
    /// # Errors
    /// A county's own schema contradicts a shipped mapping that is needed.
    pub(in crate::ingest) fn new(given: Option<&'g Mapping>, sources: &[Source], schema: &Schema) -> Result<Self, IngestError> {
        let mut choice = Self { given, sets: None };
        if sources.iter().any(|s| choice.which(s) == Some(Which::Sets)) {
            choice.sets = Some(own(SETS, schema)?);
        }
        Ok(choice)
    }

    /// A mapping given goes before those that fit by themselves, where it names one of the source's tables.
    fn which(&self, source: &Source) -> Option<Which> {
        let named = |name: &str| self.given.is_some_and(|m| m.takes(name) != Some(false));
        match source {
            Source::Package(package) if !package.tables.iter().any(|t| named(&package::set_of(t))) => Some(Which::Sets),
            _ => self.given.map(|_| Which::Given),
        }
    }

    /// The mapping of a source.
    pub(in crate::ingest) fn of(&self, source: &Source) -> Option<&Mapping> {
        match self.which(source)? {
            Which::Given => self.given,
            Which::Sets => self.sets.as_ref(),
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
        let prepared = |mapping: Option<&'c Mapping>, which: Which| -> Result<Option<Prepared<'c>>, IngestError> {
            let of = || sources.iter().filter(|s| self.which(s) == Some(which));
            mapping.map(|m| Prepared::new(m, of())).transpose()
        };
        Ok(Ready { choice: self, given: prepared(self.given, Which::Given)?, sets: prepared(self.sets.as_ref(), Which::Sets)? })
    }
}

impl<'c> Ready<'c> {
    /// The mapping of a source, with what it looks up.
    pub(in crate::ingest) fn of(&self, source: &Source) -> Option<&Prepared<'c>> {
        match self.choice.which(source)? {
            Which::Given => self.given.as_ref(),
            Which::Sets => self.sets.as_ref(),
        }
    }
}

fn own(name: &str, schema: &Schema) -> Result<Mapping, IngestError> {
    let wrong = |why: String| IngestError::Mapping { name: name.to_owned(), why };
    let found = shipped(name, schema).ok_or_else(|| wrong("没有这个映射".to_owned()))?;
    found.map_err(|errors| wrong(errors.first().map(|e| e.message.clone()).unwrap_or_default()))
}
