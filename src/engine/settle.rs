//! What intervals leave open is tried out: a rule is decided when it comes out the same for every day that each imprecise date may
//! stand for, and for every value that a blank yes/no or code may have. Intervals alone forget that one cell read twice is one.

use super::context::Context;
use super::eval::Eval;
use super::judge::judge;
use super::probe::{Assuming, Lack};
use super::ruling::Rulings;
use super::value::Span;
use super::verdict::Verdict;
use crate::records::{Column, FieldId, FieldType, RowId, TableId};
use crate::rules::Rule;

/// How many combinations are tried at most; beyond that the answer stays 待核.
const MOST: usize = 4096;

/// A cell, as [`Context::settled`] names it.
type Place = (TableId, RowId, FieldId);

/// Replaces 待核 by what every possible value of the cells lacking agrees on, if they agree.
pub(super) fn settle(cx: &Context<'_>, rule: &Rule, row: RowId, rulings: &mut Rulings) {
    let Some(cells) = open_cells(cx, rulings) else { return };
    let combinations = cells.iter().try_fold(1usize, |n, (_, values)| n.checked_mul(values.len()).filter(|n| *n <= MOST));
    let Some(combinations) = combinations else { return };
    let mut agreed: Option<Answer> = None;
    let mut eval = Eval::new(cx, Assuming::default());
    let mut one = Rulings::default();
    for n in 0..combinations {
        eval.probe.cells = pick(&cells, n);
        one.clear();
        judge(&mut eval, rule, row, &mut one);
        // What a script says of a finding may differ from one combination to the next.
        if one.failure.is_some() || (rule.script.is_some() && one.found()) {
            return;
        }
        let answer = answer(&one);
        match &agreed {
            None => agreed = Some(answer),
            Some(known) if *known == answer => {}
            Some(_) => return,
        }
    }
    if let Some(answer) = agreed {
        adopt(rulings, &answer);
    }
}

/// What is said of each part: its name, year and place, and the verdict.
type Answer = Vec<(Option<String>, Option<i32>, Option<String>, Verdict)>;

fn answer(rulings: &Rulings) -> Answer {
    let said = rulings.list.iter().filter_map(|r| Some((r.part.clone(), r.year, r.under.clone(), r.verdict?)));
    let mut all: Answer = said.collect();
    all.sort();
    all
}

/// Takes over what all combinations agreed on, part by part. A part of which none of them says anything is in order.
fn adopt(rulings: &mut Rulings, answer: &Answer) {
    if answer.iter().any(|(.., verdict)| *verdict == Verdict::Unverified) {
        return;
    }
    for ruling in rulings.list.iter_mut().filter(|r| r.verdict == Some(Verdict::Unverified)) {
        let same = answer.iter().find(|(part, year, under, _)| *part == ruling.part && *year == ruling.year && *under == ruling.under);
        ruling.verdict = Some(same.map_or(Verdict::Compliant, |(.., verdict)| *verdict));
        ruling.lacks.clear();
    }
    rulings.counts = [0; 8];
    for (.., verdict) in answer {
        if let Some(count) = rulings.counts.get_mut(*verdict as usize) {
            *count += 1;
        }
    }
}

/// The cells that leave rulings open and the values each may have; none where something else leaves them open too.
fn open_cells(cx: &Context<'_>, rulings: &Rulings) -> Option<Vec<(Place, Vec<i64>)>> {
    let mut cells: Vec<(Place, Vec<i64>)> = Vec::new();
    for ruling in rulings.list.iter().filter(|r| r.verdict == Some(Verdict::Unverified)) {
        for lack in &ruling.lacks {
            let (t, r, f) = match *lack {
                Lack::Cell(t, r, f) => (t, r, f),
                // A row that is known not to be there: other cells may still decide.
                Lack::NoRow(_) => continue,
                _ => return None,
            };
            let place = cx.settled(t, r, f);
            if cells.iter().all(|(known, _)| *known != place) {
                cells.push((place, values(cx, place)?));
            }
        }
    }
    (!cells.is_empty()).then_some(cells)
}

/// Every value a cell may have, where they are few.
fn values(cx: &Context<'_>, (table, row, field): Place) -> Option<Vec<i64>> {
    match cx.store.rows(table).column(field)? {
        Column::Date(v) => {
            let date = Span::of_date(*v.get(row as usize)?);
            let days = date.hi.checked_sub(date.lo)?;
            (0..=366).contains(&days).then(|| (date.lo..=date.hi).collect())
        }
        Column::Bool(_) => Some(vec![0, 1]),
        Column::Code(_) => {
            let FieldType::Code(list) = cx.store.schema.tables.get(table)?.fields.get(field)?.ty else { return None };
            Some((0..cx.store.schema.lists.get(list)?.values.len() as i64).collect())
        }
        _ => None,
    }
}

/// The n-th combination.
fn pick(cells: &[(Place, Vec<i64>)], mut n: usize) -> Vec<(Place, Span)> {
    let mut picked = Vec::with_capacity(cells.len());
    for (place, values) in cells {
        if let Some(value) = values.get(n % values.len().max(1)) {
            picked.push((*place, Span::exact(*value)));
        }
        n /= values.len().max(1);
    }
    picked
}
