//! The records: what a personnel export says, in typed columns, and the schema that says what it can say.
//!
//! Readers fill a [`Builder`]; [`Builder::finish`] makes a [`Store`], which never changes again. Nothing here does I/O,
//! judges, or knows a rule. A cell is a value, a blank, or unreadable; rows refused stay as ghosts that prove nothing.

mod book;
mod build;
mod cell;
mod column;
mod contradiction;
mod correct;
mod date;
mod digest;
mod draft;
mod fill;
mod finish;
mod groups;
mod id_number;
mod joined;
mod kept;
mod lookup;
mod origin;
mod packed;
mod part;
mod places;
mod problem;
mod resolve;
mod schema;
mod schema_file;
mod sheet;
mod store;
mod text;
mod told_before;
mod unique;
mod unite;
mod unsaid;
mod wanted;
mod ways;
mod who;

pub use build::{Batch, Builder, Reading};
pub use cell::Cell;
pub use column::{
    BAD_BOOL, BAD_CODE, BAD_DATE, BAD_INT, BAD_NUMBER, BAD_ROW, BLANK_BOOL, BLANK_CODE, BLANK_DATE, BLANK_INT, BLANK_NUMBER, BLANK_ROW,
    Column, FAR_ROW, Filled, NONE_CODE, NONE_ROW,
};
pub use correct::{REASON, STOOD, Stood};
pub use digest::{Depth, Digest, columns};
pub use groups::{Beyond, Groups};
pub use id_number::whole_id_number;
pub use kept::{Kept, Load, ReadAs, Stretch};
pub use lookup::Lookup;
pub use origin::{Origins, Run};
pub use places::{Copied, Places};
pub use problem::{CODES, Fate, FieldTally, Problem, Tally, masked, masked_text, shown};
pub use schema::{
    Blank, CodeList, Contradictions, Field, FieldId, FieldType, Identity, Joined, ListId, Schema, Table, TableId, Void, squeeze,
};
pub use schema_file::parse as parse_schema;
pub use sheet::Sheet;
pub use store::{Children, Link, RowId, Rows, Store, show_thousandths};
pub use text::{Keys, Sym, Texts};
pub use wanted::Wanted;
pub use ways::{Hop, Ways};
