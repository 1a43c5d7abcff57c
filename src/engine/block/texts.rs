//! Texts and keys of many lanes at once. Texts are stored once: each is asked once a block, however many lanes have it.

use super::super::compute::items;
use super::super::id_number;
use super::lanes::{ABSENT, Block, FALSE, NO_ROW, OPEN, OPEN_ROW, OPEN_VALUE, TRUE, UNSET_ROW};
use super::plan::{CellOf, RowAt, TextTest};
use super::which::Which;
use crate::records::{RowId, Sym, TableId};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

impl Block<'_> {
    pub(super) fn of_text(&self, cell: &CellOf, test: &TextTest, which: Which<'_>, out: &mut [u8]) {
        // Hardly two people have one ID number.
        let alike = !matches!(test, TextTest::IdValid | TextTest::IdMale);
        let mut known: FxHashMap<Sym, u8> = FxHashMap::default();
        let mut last = (Sym::BAD, OPEN);
        which.each(|lane| {
            let text = self.text_at(cell, lane);
            if text != last.0 || !alike {
                let ask = || self.asked_of_text(test, text);
                last = (text, if alike { *known.entry(text).or_insert_with(ask) } else { ask() });
            }
            out[lane] = last.1;
        });
    }

    /// What a text is asked; a blank that means "none" holds nothing.
    fn asked_of_text(&self, test: &TextTest, text: Sym) -> u8 {
        let text = match self.cx.store.texts.get(text) {
            Some(text) => Some(text),
            None if text == Sym::NONE => None,
            None => return OPEN,
        };
        let constant = |t: &u32| self.cx.rules.program.texts.get(*t as usize).map_or("", String::as_str);
        let own = || text.into_iter().flat_map(items);
        let holds = match test {
            TextTest::IdValid => text.and_then(id_number::read).is_some(),
            TextTest::IdMale => match text.and_then(id_number::read) {
                Some(number) => number.male,
                None => return OPEN,
            },
            TextTest::Among(list) => text.is_some_and(|text| list.iter().any(|t| constant(t) == text)),
            TextTest::Holds(other) => text.is_some_and(|text| text.contains(constant(other))),
            TextTest::Lacks(wanted) => wanted.iter().any(|w| !constant(w).split('|').any(|w| own().any(|item| item == w))),
            TextTest::AnyItem(inside, list) => own().any(|item| list.iter().any(|t| constant(t) == item) == *inside),
        };
        if holds { TRUE } else { FALSE }
    }

    pub(super) fn id_birth(&self, cell: &CellOf, which: Which<'_>, out: &mut [i32]) {
        which.each(|lane| {
            let text = self.text_at(cell, lane);
            let birth = self.cx.store.texts.get(text).and_then(id_number::read).map_or(ABSENT, |number| number.birth.0);
            out[lane] = if text.is_text() || text == Sym::NONE { birth } else { OPEN_VALUE };
        });
    }

    pub(super) fn keys(&self, order: Ordering, (s, a): (TableId, RowAt), (t, b): (TableId, RowAt), which: Which<'_>, out: &mut [u8]) {
        which.map_both(self.rows_of(a), self.rows_of(b), out, |a, b| self.key_comes(order, (s, a), (t, b)));
    }

    /// Whether the key of a row comes so to that of another.
    pub(super) fn key_comes(&self, order: Ordering, (s, a): (TableId, RowId), (t, b): (TableId, RowId)) -> u8 {
        let known = match (a, b) {
            (OPEN_ROW | UNSET_ROW, _) | (_, OPEN_ROW | UNSET_ROW) => return OPEN,
            (NO_ROW, _) | (_, NO_ROW) => false,
            (a, b) if s == t && a == b => order == Ordering::Equal,
            (a, b) => self.cx.store.key(s, a).cmp(self.cx.store.key(t, b)) == order,
        };
        if known { TRUE } else { FALSE }
    }
}
