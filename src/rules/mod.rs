//! Rules: from files to checked, typed, compiled rules.
//!
//! [`Files`] are read, [`load`] checks them all and gives a [`RuleSet`] or everything that is wrong. The language is in `syntax`
//! (rhai's grammar), `compile` (names and types) and `ir` (what the engine runs). Nothing here looks at a record.

mod clauses;
mod compile;
mod definitions;
mod files;
pub mod functions;
mod interpreted;
pub mod ir;
mod lint;
mod load;
mod moves;
mod profile;
mod reach;
mod reading;
mod regulations;
mod rule;
mod rule_file;
mod syntax;

pub use clauses::{Clause, Clauses, Coverage, Judged, Tally};
pub use files::{Files, FolderError};
pub use interpreted::{ALL, ANY, CALL, Interpreted, Island, Member, PLAIN, SHOWN};
pub use lint::lint;
pub use load::{Interpret, Loading, RuleSet, load, load_as, load_some};
pub use moves::{Move, definition_moves, moves, rules_using};
pub use profile::{InForce, Layer, Limit, Off, Pack, Profile, Told, Waivers, names_rule, read_profile, recall_profile};
pub use reach::{EVERYWHERE, Reach, reach, timed};
pub use reading::Reader;
pub use regulations::{Article, Citation, Edition, Reference, Regulations, article_name};
pub use rule::{
    Body, Check, Dates, DayUnit, Days, Deadline, Each, Evidence, Grade, Rule, Run, Script, ScriptText, Sequence, Severity, Stage, Version,
};
