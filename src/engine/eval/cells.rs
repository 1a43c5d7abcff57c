//! Cells read for a row: what they hold, whether they are filled, where they refer to, and what is lacking where they are blank.

use super::super::probe::{Lack, Probe};
use super::super::value::{RowVal, Span, Truth};
use super::Eval;
use crate::records::{
    BAD_CODE, BAD_INT, BAD_NUMBER, BLANK_CODE, BLANK_INT, BLANK_NUMBER, BLANK_ROW, Column, FAR_ROW, FieldId, Filled, NONE_CODE, NONE_ROW,
    RowId, TableId,
};
use crate::rules::ir::{Node, NodeId};

impl<'c, P: Probe> Eval<'c, P> {
    /// The row whose cell is read: none when there is no row, or it is not known which.
    #[inline]
    pub(in crate::engine) fn cell_row(&mut self, row: NodeId, table: TableId) -> Option<RowId> {
        match self.row(row) {
            RowVal::Row(row) => Some(row),
            RowVal::Absent => {
                self.probe.lack(Lack::NoRow(table));
                None
            }
            RowVal::Unknown => None,
        }
    }

    /// Says what leaves it open whether rows are one, or whether a row is outside every rule; false if nothing does.
    pub(in crate::engine) fn lack_joining(&mut self, table: TableId, row: RowId) -> bool {
        let store = self.cx.store;
        if store.rows(table).may_be_void(row) {
            return self.lack_void(table, row);
        }
        let Some(from) = store.schema.tables.get(table).and_then(|t| t.joined.as_ref()).map(|j| j.from) else { return false };
        let mut any = false;
        for (cause, field) in store.rows(table).left_open(row) {
            any = true;
            self.probe.lack(match store.rows(from).column(field) {
                Some(_) => Lack::Cell(from, cause, field),
                None => Lack::Column(from, field),
            });
        }
        any
    }

    /// Names the cell that leaves it open whether a row is outside every rule: its own, or that of the row it belongs to.
    fn lack_void(&mut self, table: TableId, row: RowId) -> bool {
        let store = self.cx.store;
        let tables = || store.schema.tables.iter().enumerate();
        let cell = tables().find_map(|(t, def)| match &def.void {
            Some(void) if t == table => Some((t, row, void.field)),
            Some(void) if void.rows.contains(&table) => {
                let link = store.schema.tables.get(table)?.link_to(t)?;
                Some((t, store.follow(table, row, link)?, void.field))
            }
            _ => None,
        });
        if let Some((table, row, field)) = cell {
            self.probe.lack(Lack::Cell(table, row, field));
        }
        cell.is_some()
    }

    #[inline]
    pub(super) fn cell(&mut self, id: NodeId, row: NodeId, table: TableId, field: FieldId) -> Span {
        let row = match self.row(row) {
            RowVal::Row(row) => row,
            RowVal::Absent => {
                self.probe.lack(Lack::NoRow(table));
                return Span::ABSENT;
            }
            RowVal::Unknown => return Span::UNKNOWN,
        };
        if P::WATCH {
            self.probe.cell(table, row, field);
        }
        if P::ASSUMES
            && let Some(value) = self.assumed(table, row, field)
        {
            return value;
        }
        let at = row as usize;
        let value = match self.cx.column(id) {
            Some(Column::Date(v)) => v.get(at).map_or(Span::UNKNOWN, |d| Span::of_date(*d)),
            Some(Column::Int(v)) => match v.get(at).copied() {
                None | Some(BAD_INT | BLANK_INT) => Span::UNKNOWN,
                Some(i) => Span::exact(i64::from(i)),
            },
            Some(Column::Number(v)) => match v.get(at).copied() {
                None | Some(BAD_NUMBER | BLANK_NUMBER) => Span::UNKNOWN,
                Some(n) => Span::exact(n),
            },
            Some(Column::Code(v)) => match v.get(at).copied() {
                Some(NONE_CODE) => Span::exact(-1),
                None | Some(BAD_CODE | BLANK_CODE) => self.any_code(table, field),
                Some(code) => Span::exact(i64::from(code)),
            },
            _ => {
                self.probe.lack(Lack::Column(table, field));
                return self.any_code(table, field);
            }
        };
        if P::WATCH && !value.is_exact() {
            self.lack_cell(table, row, field);
        }
        value
    }

    #[inline]
    pub(super) fn bool_cell(&mut self, id: NodeId, row: NodeId, table: TableId, field: FieldId) -> Truth {
        let Some(row) = self.cell_row(row, table) else { return Truth::Unknown };
        if P::WATCH {
            self.probe.cell(table, row, field);
        }
        if P::ASSUMES
            && let Some(value) = self.assumed(table, row, field)
        {
            return Truth::of(value.lo == 1);
        }
        match self.cx.column(id) {
            Some(Column::Bool(v)) => match v.get(row as usize) {
                Some(0) => Truth::False,
                Some(1) => Truth::True,
                _ => {
                    self.probe.lack(Lack::Cell(table, row, field));
                    Truth::Unknown
                }
            },
            _ => {
                self.probe.lack(Lack::Column(table, field));
                Truth::Unknown
            }
        }
    }

    pub(super) fn has_cell(&mut self, id: NodeId, row: NodeId, table: TableId, field: FieldId) -> Truth {
        let row = match self.row(row) {
            RowVal::Row(row) => row,
            RowVal::Absent => return Truth::False,
            RowVal::Unknown => return Truth::Unknown,
        };
        if P::WATCH {
            self.probe.cell(table, row, field);
        }
        let Some(column) = self.cx.column(id) else {
            self.probe.lack(Lack::Column(table, field));
            return Truth::Unknown;
        };
        match column.filled(row as usize) {
            Filled::Yes => Truth::True,
            Filled::No => Truth::False,
            Filled::Unknown => {
                self.probe.lack(Lack::Cell(table, row, field));
                Truth::Unknown
            }
        }
    }

    #[inline]
    pub(super) fn follow(&mut self, id: NodeId, row: NodeId, table: TableId, field: FieldId) -> RowVal {
        let row = match self.row(row) {
            RowVal::Row(row) => row,
            other => return other,
        };
        match self.cx.column(id) {
            Some(Column::Ref(v)) => match v.get(row as usize).copied().unwrap_or(BLANK_ROW) {
                NONE_ROW => RowVal::Absent,
                FAR_ROW => {
                    let target = match self.cx.store.schema.tables[table].fields[field].ty {
                        crate::records::FieldType::Ref(target) => target,
                        _ => table,
                    };
                    self.probe.lack(Lack::Table(target));
                    RowVal::Unknown
                }
                to if to > FAR_ROW => {
                    self.probe.lack(Lack::Cell(table, row, field));
                    RowVal::Unknown
                }
                to => RowVal::Row(to),
            },
            _ => {
                self.probe.lack(Lack::Column(table, field));
                RowVal::Unknown
            }
        }
    }

    pub(super) fn blank_as(&mut self, cell: NodeId, other: NodeId) -> Span {
        if let Node::Cell(row, table, field) = self.node(cell) {
            let (row, table, field) = (*row, *table, *field);
            if let RowVal::Row(r) = self.row(row)
                && self.cx.column(cell).is_some_and(|c| c.filled(r as usize) == Filled::No)
            {
                if P::WATCH {
                    self.probe.cell(table, r, field);
                }
                return self.span(other);
            }
        }
        match self.span(cell) {
            absent if absent.is_absent() => self.span(other),
            value => value,
        }
    }

    /// A cell is not known exactly: for the start of a derived row, what leaves the joining open is why.
    fn lack_cell(&mut self, table: TableId, row: RowId, field: FieldId) {
        if !self.starts_open(table, row, field) || !self.lack_joining(table, row) {
            self.probe.lack(Lack::Cell(table, row, field));
        }
    }

    /// Whether a cell is the start of rows of which it is open whether they are one.
    fn starts_open(&self, table: TableId, row: RowId, field: FieldId) -> bool {
        let start = self.cx.store.schema.tables.get(table).and_then(|t| t.joined.as_ref()).map(|j| j.start);
        start == Some(field) && self.cx.store.rows(table).left_open(row).next().is_some()
    }

    fn assumed(&self, table: TableId, row: RowId, field: FieldId) -> Option<Span> {
        // The start of rows that may be one is not the start of the first of them, whatever that is.
        if self.starts_open(table, row, field) {
            return None;
        }
        let (table, row, field) = self.cx.settled(table, row, field);
        self.probe.assumed(table, row, field)
    }

    /// What an unknown cell of a field may be: any of its codes, or anything.
    fn any_code(&self, table: TableId, field: FieldId) -> Span {
        let schema = &self.cx.store.schema;
        let list = schema.tables.get(table).and_then(|t| t.fields.get(field)).and_then(|f| match f.ty {
            crate::records::FieldType::Code(list) => schema.lists.get(list),
            _ => None,
        });
        match list {
            Some(list) => Span { lo: 0, hi: list.values.len() as i64 - 1 },
            None => Span::UNKNOWN,
        }
    }
}
