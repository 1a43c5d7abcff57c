//! What cannot stand in a sheet: cells that read as unknown, rows refused, and what is told of them.

use super::Sheet;
use crate::diagnostic::nearest;
use crate::records::cell::{Bad, Cell};
use crate::records::fill::Fill;
use crate::records::problem::{Fate, Problem, shown};
use crate::records::schema::{FieldId, FieldType};

impl Sheet {
    /// The cell of the `index`-th column cannot stand for a reason that its field does not know: unknown, and the row is refused if the
    /// field is required.
    pub fn wrong(&mut self, index: usize, code: &'static str, text: &str, why: &str, right: &str) {
        let Some(fill) = self.part.fills.get_mut(index) else { return };
        self.given += 1;
        fill.push_bad(&mut self.part.keys);
        let (required, header) = (fill.required, fill.header.clone());
        if required {
            self.refused.get_or_insert(code);
        }
        if !self.askew {
            let fate = if required { Fate::Refused } else { Fate::Blanked };
            self.tell(&header, code, fate, shown(text), why.to_owned(), right.to_owned());
        }
    }

    /// Refuses the current row for what its cells do not show (a short line). Called before its cells, of which no more is told.
    pub fn refuse_row(&mut self, code: &'static str, why: &str, right: &str) {
        self.refused.get_or_insert(code);
        self.askew = true;
        self.tell("", code, Fate::Refused, String::new(), why.to_owned(), right.to_owned());
    }

    /// Refuses the current row for what was told before. Called before its cells, of which no more is told.
    pub fn refuse_again(&mut self) {
        self.refuse_told("data::refused-at-import");
    }

    /// Refuses the current row for what is told of the whole sheet. Called before its cells, of which no more is told.
    pub fn refuse_told(&mut self, code: &'static str) {
        self.refused.get_or_insert(code);
        self.askew = true;
    }

    /// Refuses the current row, naming the column meant and what stands there. Called before its cells, of which no more is told.
    pub fn refuse_text(&mut self, column: &str, code: &'static str, text: &str, why: &str, right: &str) {
        self.refused = Some(code);
        self.askew = true;
        self.tell(column, code, Fate::Refused, shown(text), why.to_owned(), right.to_owned());
    }

    /// The cell of the `index`-th column cannot be read for what its text says: unknown.
    pub fn unreadable(&mut self, index: usize, column: &str, code: &'static str, text: &str, why: &str, right: &str) {
        self.unknown(index);
        self.tell(column, code, Fate::Blanked, shown(text), why.to_owned(), right.to_owned());
    }

    /// The rows so far turn out to lack a required cell: that of the last column.
    pub(super) fn refuse_all_before(&mut self) {
        let Some(header) = self.part.fills.last().map(|f| f.header.clone()) else { return };
        let line = self.line;
        for row in 0..self.part.len {
            self.line = self.part.origins.get(row).map_or(0, |(_, line)| line);
            self.tell(&header, Bad::Missing.code(), Fate::Refused, String::new(), Bad::Missing.why(), "不能为空".to_owned());
            if self.part.ghost.len() <= row {
                self.part.ghost.resize(row + 1, false);
            }
            if let Some(ghost) = self.part.ghost.get_mut(row)
                && !std::mem::replace(ghost, true)
            {
                self.part.refused += 1;
                *self.part.reasons.entry(Bad::Missing.code()).or_default() += 1;
            }
        }
        self.line = line;
    }

    /// The row has no key, because its cell was not given or the file has no such column.
    #[cold]
    pub(super) fn no_key(&mut self) {
        if let Some(index) = self.part.fills.iter().position(Fill::is_key) {
            self.cell(index, Cell::Blank);
            return;
        }
        self.part.keys.push("");
        self.refused.get_or_insert("data::missing");
        let zh = self.schema.tables.get(self.part.table).and_then(|t| t.fields.get(t.key)).map_or("", |f| f.zh.as_str()).to_owned();
        self.tell(&zh, "data::missing", Fate::Refused, String::new(), "文件没有编码列".to_owned(), format!("应有“{zh}”列"));
    }

    fn tell(&mut self, column: &str, code: &'static str, fate: Fate, value: String, why: String, right: String) {
        let table = self.schema.tables.get(self.part.table).map(|t| t.name.clone()).unwrap_or_default();
        let problem = Problem::noted(&self.part.file, code, why, right).of_table(table).at_row(self.line).in_column(column);
        // The value is shortened already.
        self.part.problems.push(Problem { value, ..problem.fated(fate) });
    }

    /// A cell cannot be read by its field's type: it is unknown, and the row is refused if the field is required.
    #[cold]
    pub(super) fn reject(&mut self, index: usize, cell: Cell<'_>, bad: Bad) {
        let Some(fill) = self.part.fills.get(index) else { return };
        let (required, field, header) = (fill.required, fill.field, fill.header.clone());
        if required {
            self.refused.get_or_insert(bad.code());
        }
        if self.askew {
            return;
        }
        let fate = if required { Fate::Refused } else { Fate::Blanked };
        let value = match cell {
            Cell::Blank | Cell::Garbled | Cell::Uncomputed => String::new(),
            Cell::Text(t) => shown(t),
            Cell::Int(i) => shown(&i.to_string()),
            Cell::Real(x) => shown(&x.to_string()),
            Cell::Bool(b) => b.to_string(),
            Cell::Day(d) => d.to_string(),
        };
        let right = self.right(field, bad, &value);
        self.tell(&header, bad.code(), fate, value, bad.why(), right);
    }

    fn right(&self, field: FieldId, bad: Bad, value: &str) -> String {
        match bad {
            Bad::Missing => "不能为空".to_owned(),
            Bad::Date(_) => "日期写作 2024-03-04、2024-03 或 2024".to_owned(),
            Bad::Int => "应为整数".to_owned(),
            Bad::Number => "应为数字，至多三位小数".to_owned(),
            Bad::Bool => "应为 是/否（true/false、1/0、Y/N 亦可）".to_owned(),
            Bad::LostDigits => "请把这一列设为文本格式后重新填写、导出".to_owned(),
            Bad::Garbled => "请核对原始记录后重新导出".to_owned(),
            Bad::Uncomputed => "请用 Excel 或 WPS 打开，重新计算并保存，或者把公式改成数值".to_owned(),
            Bad::Code => {
                let ty = self.schema.tables.get(self.part.table).and_then(|t| t.fields.get(field)).map(|f| f.ty);
                let Some(FieldType::Code(list)) = ty else { return String::new() };
                let Some(list) = self.schema.lists.get(list) else { return String::new() };
                match nearest(value, list.values.iter().map(String::as_str)) {
                    Some(near) => format!("是否应为“{near}”？可用值：{}", list.values.join("、")),
                    None => format!("可用值：{}", list.values.join("、")),
                }
            }
        }
    }
}
