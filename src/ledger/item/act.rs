//! What people do about what is to be mended: take it on, tell how far it is, attach proof, strike it off, take it up again.

use super::row::{self, Attached, Difference, Item, difference};
use super::stage::{Kind, Stage};
use crate::ledger::error::LedgerError;
use crate::ledger::log::{self, Act, Entry};
use crate::ledger::{Ledger, users};
use rusqlite::Transaction;
use serde_json::{Map, Value};
use std::path::Path;

/// Who mends it, how and by when. What is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// 责任单位.
    pub unit: Option<String>,
    /// 责任领导.
    pub leader: Option<String>,
    /// 责任人.
    pub owner: Option<String>,
    /// What sort of time.
    pub kind: Option<Kind>,
    /// By which day.
    pub due: Option<String>,
    /// 整改措施.
    pub measures: Option<String>,
}

/// How far it is. What is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The state.
    pub stage: Option<Stage>,
    /// 完成情况.
    pub progress: Option<String>,
    /// 整改措施.
    pub measures: Option<String>,
    /// 佐证材料.
    pub material: Option<String>,
}

/// On what it is struck off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closing {
    /// 核验意见.
    pub opinion: String,
    /// 文号.
    pub document: Option<String>,
    /// Why it is struck off although it is still found, or before it was put up to be verified.
    pub forced: Option<String>,
}

/// Assigns. Gives how many were changed.
///
/// # Errors
/// No such item, one that is closed or waived, a kind that needs a day without one, nobody to mend it, nobody who may act; or the ledger cannot be written.
pub fn assign(ledger: &mut Ledger, act: &Act<'_>, ids: &[i64], to: &Assignment) -> Result<usize, LedgerError> {
    change(ledger, act, "assign", None, ids, |item| {
        if matches!(item.stage, Stage::Unclaimed | Stage::Returned) {
            move_to(item, Stage::Assigned)?;
        } else if matches!(item.stage, Stage::Closed | Stage::Waived) {
            return Err(illegal(item, Stage::Assigned));
        }
        set(&mut item.owner_unit, &to.unit);
        set(&mut item.leader, &to.leader);
        set(&mut item.owner, &to.owner);
        set(&mut item.due, &to.due);
        set(&mut item.measures, &to.measures);
        item.kind = to.kind.or(item.kind);
        sound(item)?;
        if item.is_assigned() { Ok(()) } else { Err(LedgerError::NoOwner { item: item.id }) }
    })
}

/// Tells how far it is. Gives how many were changed.
///
/// # Errors
/// No such item, a move that is not permitted, nobody who may act; or the ledger cannot be written.
pub fn progress(ledger: &mut Ledger, act: &Act<'_>, ids: &[i64], to: &Progress) -> Result<usize, LedgerError> {
    change(ledger, act, "progress", None, ids, |item| {
        if let Some(stage) = to.stage {
            if stage == Stage::Closed || stage == Stage::Returned {
                return Err(illegal(item, stage));
            }
            move_to(item, stage)?;
        }
        set(&mut item.progress, &to.progress);
        set(&mut item.measures, &to.measures);
        set(&mut item.material, &to.material);
        Ok(())
    })
}

/// Strikes off, in the name of whoever acts. Gives how many were changed.
///
/// # Errors
/// No such item, one not put up to be verified or still found (unless forced), nobody named who may act; or the ledger cannot be written.
pub fn close(ledger: &mut Ledger, act: &Act<'_>, ids: &[i64], on: &Closing) -> Result<usize, LedgerError> {
    let Some(by) = act.user else { return Err(LedgerError::Nobody) };
    change(ledger, act, "close", on.forced.as_deref(), ids, |item| {
        match on.forced {
            None if item.stage == Stage::Verifying && item.is_still_found() => return Err(LedgerError::StillFound { item: item.id }),
            None => move_to(item, Stage::Closed)?,
            Some(_) if matches!(item.stage, Stage::Closed | Stage::Waived) => return Err(illegal(item, Stage::Closed)),
            Some(_) => item.stage = Stage::Closed,
        }
        item.forced = item.is_still_found();
        item.closed_by = Some(by.to_owned());
        item.closed_on = Some(act.at.get(..10).unwrap_or(act.at).to_owned());
        item.document.clone_from(&on.document);
        item.opinion = Some(on.opinion.clone());
        Ok(())
    })
}

/// Takes up again what was closed, or was put up to be verified and is not mended. Gives how many were changed.
///
/// # Errors
/// No such item, one in another state, nobody who may act; or the ledger cannot be written.
pub fn reopen(ledger: &mut Ledger, act: &Act<'_>, ids: &[i64], why: &str) -> Result<usize, LedgerError> {
    change(ledger, act, "reopen", Some(why), ids, |item| {
        match item.stage {
            Stage::Verifying => move_to(item, Stage::Working)?,
            _ => move_to(item, Stage::Returned)?,
        }
        (item.forced, item.closed_by, item.closed_on, item.document, item.opinion) = (false, None, None, None, None);
        Ok(())
    })
}

/// Attaches files. Those of the same bytes and name are attached once.
///
/// # Errors
/// No such item, nobody who may act; or the ledger cannot be written.
pub fn attach(ledger: &mut Ledger, act: &Act<'_>, ids: &[i64], files: &[Attached]) -> Result<usize, LedgerError> {
    change(ledger, act, "attach", None, ids, |item| {
        for file in files {
            if !item.files.contains(file) {
                item.files.push(file.clone());
            }
        }
        Ok(())
    })
}

/// Changes items in a person's name: all of them or none, in one entry of the log.
pub(super) fn change(
    ledger: &mut Ledger,
    act: &Act<'_>,
    action: &str,
    why: Option<&str>,
    ids: &[i64],
    to: impl FnMut(&mut Item) -> Result<(), LedgerError>,
) -> Result<usize, LedgerError> {
    ledger.transaction(|tx, path| change_within(tx, path, act, (action, why), ids, to))
}

/// The same within a transaction.
pub(super) fn change_within(
    tx: &Transaction<'_>,
    path: &Path,
    act: &Act<'_>,
    (action, why): (&str, Option<&str>),
    ids: &[i64],
    mut to: impl FnMut(&mut Item) -> Result<(), LedgerError>,
) -> Result<usize, LedgerError> {
    let fail = |e: rusqlite::Error| LedgerError::of(path, &e);
    users::acting(tx, path, act.user.ok_or(LedgerError::Nobody)?)?;
    let mut changed = Vec::new();
    for &id in ids {
        let was = row::get(tx, id).map_err(fail)?.ok_or(LedgerError::UnknownItem { item: id.to_string() })?;
        let mut is = was.clone();
        to(&mut is)?;
        if is == was {
            continue;
        }
        is.version = is.version.saturating_add(1);
        row::put(tx, &is).map_err(fail)?;
        changed.push((id, difference(&was, &is)));
    }
    let whole = |pick: fn(&Difference) -> &Map<String, Value>| -> String {
        match changed.as_slice() {
            [(_, one)] => Value::Object(pick(one).clone()).to_string(),
            many => Value::Object(many.iter().map(|(id, d)| (id.to_string(), Value::Object(pick(d).clone()))).collect()).to_string(),
        }
    };
    let (before, after) = (whole(|d| &d.0), whole(|d| &d.1));
    let (kind, id) = match changed.as_slice() {
        [] => return Ok(0),
        [(id, _)] => ("item", id.to_string()),
        many => ("items", many.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(" ")),
    };
    log::append(tx, path, act, &Entry { action, kind, id: &id, why, before: Some(&before), after: Some(&after) })?;
    Ok(changed.len())
}

/// Moves an item by a person's hand.
pub(super) fn move_to(item: &mut Item, to: Stage) -> Result<(), LedgerError> {
    if !item.stage.may(to) {
        return Err(illegal(item, to));
    }
    item.stage = to;
    Ok(())
}

fn illegal(item: &Item, to: Stage) -> LedgerError {
    LedgerError::IllegalMove { item: item.id, from: item.stage, to }
}

/// A kind of time that needs a day has one.
pub(super) fn sound(item: &Item) -> Result<(), LedgerError> {
    match item.kind {
        Some(kind) if kind.needs_day() && item.due.is_none() => Err(LedgerError::NoDay { item: item.id, kind }),
        _ => Ok(()),
    }
}

/// An empty text blanks.
fn set(field: &mut Option<String>, to: &Option<String>) {
    if let Some(text) = to {
        *field = Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    }
}
