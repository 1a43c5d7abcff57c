//! How people lay out a sheet: titles and notes above and below, headers of one row or two with merged cells, a row that names the unit
//! of those below it, totals. Pure functions over cells; what a row is, is told, and nothing that may be a record is passed over.

mod head;
mod row;

pub(super) use head::{Head, find};
pub(super) use row::{Aside, Kind, Reading, is_total};

use super::value::Value;

/// A row of cells with its number, from 1.
pub(super) type Numbered = (u32, Vec<Value>);

/// Cells that are one, as rows and columns from 0, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Merge {
    pub rows: (u32, u32),
    pub columns: (usize, usize),
}

impl Merge {
    fn covers(&self, row: u32, column: usize) -> bool {
        (self.rows.0..=self.rows.1).contains(&row) && (self.columns.0..=self.columns.1).contains(&column)
    }
}

/// What a cell shows, without blanks and line breaks, digits and signs of half width but for brackets: headers are compared by it.
pub(super) fn plain(text: &str) -> String {
    let half = crate::dates::spelled::half_width(&crate::records::squeeze(text));
    half.chars()
        .map(|c| match c {
            '(' => '（',
            ')' => '）',
            c => c,
        })
        .collect::<String>()
        .trim_matches(['：', ':', '*', '＊'])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_compared_without_what_pads_them() {
        for text in ["出生年月", "出生\n年月", " 出生\r\n年　月 ", "出生年月：", "*出生年月"] {
            assert_eq!(plain(text), "出生年月");
        }
        assert_eq!(plain("副处职\n(正处)\n时间"), "副处职（正处）时间");
        assert_eq!(plain("２０２３年度"), "2023年度");
    }
}
