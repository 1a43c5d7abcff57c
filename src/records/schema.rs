//! The schema: which tables, fields, types and code lists there are. It is data, read from `schema.toml`.

use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A table's number in [`Schema::tables`].
pub type TableId = usize;
/// A field's number in its table's [`Table::fields`].
pub type FieldId = usize;
/// A code list's number in [`Schema::lists`].
pub type ListId = usize;

/// Every table, field and code list of the records.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Tables, in the order of the file; derived tables last.
    pub tables: Vec<Table>,
    /// Code lists, in the order of the file.
    pub lists: Vec<CodeList>,
    /// What is written into a cell to say outright that there is nothing, where its blank is such a fact.
    pub attested: Vec<String>,
    /// What is written for a date that has not come: "up to now". Reads as blank where that says the same.
    pub still: Vec<String>,
    /// What is written into a date cell that is left blank.
    pub nothing: Vec<String>,
    /// What is written into a cell whose date is not known.
    pub unknown: Vec<String>,
    /// What may follow a date in its cell and says nothing of the date.
    pub after_date: Vec<String>,
    /// What the columns of sheets that people make are headed, and words that tell rows apart there, by what they stand for.
    pub headings: BTreeMap<String, Vec<String>>,
    /// In such sheets the columns of procedural steps: the kind of step, the field, and what the column is headed.
    pub sheet_steps: Vec<(String, String, Vec<String>)>,
    /// Who is who where several sources tell of people.
    pub identity: Option<Identity>,
    /// Rows of several sources that have one owner and agree in these fields are one row.
    pub alike: Vec<(TableId, Vec<FieldId>)>,
    /// Tables of which the first source that has any row of an owner tells all.
    pub told_once: Vec<TableId>,
}

/// What people are known by, and where sources that contradict one another about them are entered.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The table of people.
    pub table: TableId,
    /// The field of ID numbers.
    pub id_number: FieldId,
    /// The field of names.
    pub name: FieldId,
    /// The field of births.
    pub birth: FieldId,
    /// The field of the unit a person is of.
    pub unit: FieldId,
    /// The table of units, and the field of their names.
    pub unit_name: (TableId, FieldId),
    /// The table of posts, its unit and its title.
    pub posts: (TableId, FieldId, FieldId),
    /// The table of contradictions between sources.
    pub told: Contradictions,
}

/// A table with a row for each contradiction between sources.
#[derive(Clone, Copy, Debug)]
pub struct Contradictions {
    /// The table.
    pub table: TableId,
    /// Whom it is about.
    pub person: FieldId,
    /// Which field of the person, by Chinese name: a code. Of others contradictions are told, not entered.
    pub field: FieldId,
    /// The list of those names.
    pub fields: ListId,
    /// What was kept.
    pub kept: FieldId,
    /// What the other source says.
    pub other: FieldId,
}

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    /// ASCII name: `case`.
    pub name: String,
    /// Chinese name: 任免事项.
    pub zh: String,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// The key field.
    pub key: FieldId,
    /// The field that says whose row it is: the first required reference, unless the schema names another.
    pub owner: Option<FieldId>,
    /// Date fields that order the rows; the key comes last.
    pub order: Vec<FieldId>,
    /// When a row is void: outside every rule.
    pub void: Option<Void>,
    /// How the table is made from another, if it is derived.
    pub joined: Option<Joined>,
}

/// Which rows are void, and which tables' rows are void with them.
#[derive(Clone, Debug)]
pub struct Void {
    /// The code field tested.
    pub field: FieldId,
    /// The code that makes a row void.
    pub code: u8,
    /// Tables whose rows of a void owner are void too.
    pub rows: Vec<TableId>,
}

/// A derived table: consecutive rows of one owner read as one.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The table the rows come from.
    pub from: TableId,
    /// Rows equal in these fields may be joined.
    pub by: Vec<FieldId>,
    /// Fields taken from the first row; the rest come from the last.
    pub first: Vec<FieldId>,
    /// The start date.
    pub start: FieldId,
    /// The end date.
    pub end: FieldId,
}

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// ASCII name: `kind`.
    pub name: String,
    /// Chinese name: 任免类型.
    pub zh: String,
    /// Other column names that exports use.
    pub aliases: Vec<String>,
    /// What its cells hold.
    pub ty: FieldType,
    /// A row without it is refused.
    pub required: bool,
    /// What a blank cell means.
    pub blank: Blank,
    /// Reads as blank even when the column was not exported.
    pub even_unexported: bool,
    /// A date that cannot lie before this one of the same row; where it does, it reads as unknown.
    pub not_before: Option<FieldId>,
}

/// What the cells of a field hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// The row's own key.
    Id,
    /// Free text.
    Text,
    /// A date of day, month or year precision.
    Date,
    /// A whole number.
    Int,
    /// A number with up to three decimals.
    Number,
    /// Yes or no.
    Bool,
    /// One value of an ordered list.
    Code(ListId),
    /// The key of a row of another table.
    Ref(TableId),
}

/// What a blank cell of an exported column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// Nothing is known.
    Unknown,
    /// It has not happened (yet), or has no end: later than every date.
    NotHappened,
    /// Since ever: before every date.
    SinceEver,
    /// The same as another date of the row.
    SameAs(FieldId),
    /// There is none: false for yes/no, equal to nothing otherwise.
    None,
}

/// An ordered list of code values; where order matters, the first is the highest.
#[derive(Clone, Debug)]
pub struct CodeList {
    /// ASCII name: `level`.
    pub name: String,
    /// The values.
    pub values: Vec<String>,
    /// Whether the order is a rank, so that `>=` has a meaning.
    pub ordered: bool,
    /// Other words for the values, as forms are written by hand; the longest first. Tables of records know the values alone.
    pub words: Vec<(String, u8)>,
    index: FxHashMap<Box<[u8]>, u8>,
    /// What exports write for a value instead. Rules write the value.
    aliases: BTreeMap<Box<[u8]>, u8>,
}

impl CodeList {
    /// A list of at most 250 values.
    pub fn new(name: String, values: Vec<String>, ordered: bool) -> Self {
        let index = values.iter().take(250).zip(0u8..).map(|(v, i)| (v.as_bytes().into(), i)).collect();
        Self { name, values, ordered, words: Vec::new(), index, aliases: BTreeMap::new() }
    }

    /// The number of a value.
    pub fn code(&self, value: &str) -> Option<u8> {
        self.code_of(value.as_bytes())
    }

    /// The number of a value given as UTF-8.
    #[inline]
    pub fn code_of(&self, value: &[u8]) -> Option<u8> {
        self.index.get(value).copied()
    }

    /// The number of what an export writes: a value, or what is always written for one.
    #[inline]
    pub fn code_meant(&self, written: &[u8]) -> Option<u8> {
        self.code_of(written).or_else(|| self.aliases.get(written).copied())
    }

    /// Adds what exports write for a value instead; false if it is itself a value, or stands for another.
    pub(super) fn alias(&mut self, written: &str, code: u8) -> bool {
        let taken = self.code_meant(written.as_bytes()).is_some_and(|known| known != code || self.code(written).is_some());
        if !taken {
            self.aliases.insert(written.as_bytes().into(), code);
        }
        !taken
    }

    /// What exports write for a value instead, in order.
    pub fn aliases_of(&self, code: u8) -> impl Iterator<Item = &str> {
        self.aliases.iter().filter(move |(_, c)| **c == code).filter_map(|(text, _)| std::str::from_utf8(text).ok())
    }

    /// Adds words for a value.
    pub fn add_words(&mut self, code: u8, words: impl IntoIterator<Item = String>) {
        self.words.extend(words.into_iter().map(|w| (w, code)));
        self.words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        self.words.dedup();
    }

    /// The number of what a form says: a value itself or a word for it.
    pub fn said(&self, text: &str) -> Option<u8> {
        self.code_meant(text.as_bytes()).or_else(|| self.words.iter().find(|(word, _)| word == text).map(|(_, code)| *code))
    }

    /// The value or word that a text begins with, the longest: its number and length in bytes.
    pub fn begins(&self, text: &str) -> Option<(u8, usize)> {
        let values = self.values.iter().zip(0u8..).map(|(v, code)| (v.as_str(), code));
        let words = self.words.iter().map(|(w, code)| (w.as_str(), *code));
        let found = values.chain(words).filter(|(w, _)| text.starts_with(w)).max_by_key(|(w, _)| w.len());
        found.map(|(w, code)| (code, w.len()))
    }

    /// The value of a number.
    pub fn value(&self, code: u8) -> Option<&str> {
        self.values.get(usize::from(code)).map(String::as_str)
    }
}

impl Schema {
    /// Whether a cell says outright that there is nothing.
    #[inline]
    pub fn attests_none(&self, text: &str) -> bool {
        self.attested.iter().any(|a| a == text)
    }

    /// What a column of a sheet that people make is headed, or the words that tell a kind of row.
    pub fn headings(&self, of: &str) -> &[String] {
        self.headings.get(of).map_or(&[], Vec::as_slice)
    }

    /// The table of a name.
    pub fn table(&self, name: &str) -> Option<TableId> {
        self.tables.iter().position(|t| t.name == name)
    }

    /// The code list of a name.
    pub fn list(&self, name: &str) -> Option<ListId> {
        self.lists.iter().position(|l| l.name == name)
    }

    /// The table a file, sheet or database table of this name holds: by name or Chinese name, case and blanks ignored.
    pub fn table_called(&self, name: &str) -> Option<TableId> {
        let name = squeeze(name);
        self.tables.iter().position(|t| t.joined.is_none() && (t.name.eq_ignore_ascii_case(&name) || t.zh == name))
    }
}

impl Table {
    /// The field of a name.
    pub fn field(&self, name: &str) -> Option<FieldId> {
        self.fields.iter().position(|f| f.name == name)
    }

    /// The field a column of this header holds: by name, Chinese name or alias; blanks and line breaks ignored.
    pub fn field_called(&self, header: &str) -> Option<FieldId> {
        let header = squeeze(header);
        self.fields.iter().position(|f| f.name.eq_ignore_ascii_case(&header) || f.zh == header || f.aliases.contains(&header))
    }

    /// The first field that leads to rows of a table.
    pub fn link_to(&self, target: TableId) -> Option<FieldId> {
        self.fields.iter().position(|f| f.ty == FieldType::Ref(target))
    }

    /// The `ref` field by the name it is followed under: `person_id` as `person`, `from_post_id` as `from_post`.
    pub fn link(&self, name: &str) -> Option<FieldId> {
        self.fields.iter().position(|f| matches!(f.ty, FieldType::Ref(_)) && f.name.strip_suffix("_id") == Some(name))
    }
}

/// A header or table name without white space (people break and pad headers: "姓  名", "出生\n年月").
pub fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect()
}
