//! A script that rhai's interpreter runs, and what it may ask of the records.

use super::ir::{NodeId, Ty};
use crate::records::TableId;
use std::collections::BTreeMap;

/// What a script calls to have an island evaluated: no name that an author can write passes for it.
pub const CALL: &str = "__island";
/// `&&` in three values.
pub const ALL: &str = "__all";
/// `||` in three values.
pub const ANY: &str = "__any";
/// Codes and dates as text.
pub const PLAIN: &str = "__plain";
/// A value in a sentence, also one that is not known.
pub const SHOWN: &str = "__shown";

/// A script ready for the interpreter.
#[derive(Debug)]
pub struct Interpreted {
    /// What rhai runs.
    pub ast: rhai::AST,
    /// What is asked of the records, by number.
    pub islands: Vec<Island>,
    /// What a name after a dot means for a row of a table.
    pub members: BTreeMap<(TableId, String), Member>,
}

/// An expression of the language within a script.
#[derive(Clone, Debug)]
pub struct Island {
    /// It.
    pub node: NodeId,
    /// Its type.
    pub ty: Ty,
    /// The variables it reads, and their types where they are known.
    pub inputs: Vec<(u8, Option<Ty>)>,
    /// As the author wrote it.
    pub words: String,
}

/// A member of a row bound to slot 0 of a frame of its own.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its value.
    pub node: NodeId,
    /// Its type.
    pub ty: Ty,
    /// Whether it is filled, for cells.
    pub has: Option<NodeId>,
}
