//! Finding the headers: one row or two, below titles and above the rows.

use super::{Merge, Numbered, plain};
use crate::ingest::value::Value;

/// The headers of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Head {
    /// What stands above them: titles, units, dates; each cell by itself.
    pub above: Vec<String>,
    /// The number of their last row.
    pub line: u32,
    /// The headers by column, plain; of two rows `upper/lower`. Empty where a column has none.
    pub headers: Vec<String>,
    /// How many of the leading rows they and what is above them take.
    pub rows: usize,
    /// How many of those stand above the headers.
    pub titles: u64,
}

/// The lower of two rows of headers holds no longer texts.
const LONGEST_LOWER: usize = 16;

/// Finds the headers among the leading rows of a sheet: the first row with three headers that `known` knows, two where there are but
/// three cells; with the row below where it stands under merged or spread headers.
pub(in crate::ingest) fn find(leading: &[Numbered], merges: &[Merge], known: &dyn Fn(&str) -> bool) -> Option<Head> {
    leading.iter().enumerate().find_map(|(at, (number, row))| {
        // In a text file a header broken over lines takes as many of them.
        let breaks: usize = row.iter().map(|v| v.text().matches('\n').count()).sum();
        let is_next = |below: u32| below <= number.saturating_add(1 + breaks as u32);
        let lower = leading.get(at + 1).filter(|(below, cells)| is_next(*below) && is_lower(*number, row, cells, merges, known));
        let headers = match lower {
            Some((_, cells)) => two_rows(*number, row, cells, merges),
            None => row.iter().map(|v| plain(v.text())).collect(),
        };
        let filled = headers.iter().filter(|h| !h.is_empty()).count();
        let of_two = |h: &str| known(h) || h.split_once('/').is_some_and(|(upper, lower)| known(upper) || known(lower));
        let knows = headers.iter().filter(|h| !h.is_empty() && of_two(h)).count();
        let own = row.iter().filter(|v| known(&plain(v.text()))).count();
        // A row below a title would be taken for the lower of two, were the upper not asked to hold a header itself.
        if own == 0 || knows < if filled <= 3 { 2 } else { 3 } {
            return None;
        }
        let above = leading.get(..at).unwrap_or(&[]).iter().flat_map(|(_, cells)| cells);
        let above = above.filter(|v| !v.is_blank()).map(|v| v.shown().trim().to_owned()).collect();
        let titles = at as u64;
        Some(Head { titles, above, line: lower.map_or(*number, |(below, _)| *below), headers, rows: at + 1 + usize::from(lower.is_some()) })
    })
}

/// Whether a row is the lower of two rows of headers: its texts stand where the row above holds nothing of its own, or a header spread
/// over several columns; and below no header that stands by itself.
fn is_lower(number: u32, upper: &[Value], lower: &[Value], merges: &[Merge], known: &dyn Fn(&str) -> bool) -> bool {
    let spread = |column: usize| merges.iter().find(|m| m.covers(number.saturating_sub(1), column));
    let mut under_spread = 0;
    for (column, cell) in lower.iter().enumerate().filter(|(_, v)| !v.is_blank()) {
        let Value::Text(text) = cell else { return false };
        let text = plain(text);
        if text.chars().count() > LONGEST_LOWER || text.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let above = upper.get(column).map_or("", Value::text);
        let wide = spread(column).is_some_and(|m| m.columns.0 < m.columns.1 && m.rows.0 == m.rows.1);
        let next_is_free = upper.get(column + 1).is_none_or(Value::is_blank) && lower.get(column + 1).is_some_and(|v| !v.is_blank());
        if wide || above.trim().is_empty() || next_is_free {
            under_spread += 1;
        } else if known(&plain(above)) {
            // A record stands below its headers.
            return false;
        }
    }
    under_spread >= 2
}

fn two_rows(number: u32, upper: &[Value], lower: &[Value], merges: &[Merge]) -> Vec<String> {
    let width = upper.len().max(lower.len());
    let mut carried = String::new();
    (0..width)
        .map(|column| {
            let merge = merges.iter().find(|m| m.covers(number.saturating_sub(1), column));
            let first = merge.map_or(column, |m| m.columns.0);
            let own = plain(upper.get(first).map_or("", Value::text));
            let below = plain(lower.get(column).map_or("", Value::text));
            if !own.is_empty() {
                carried.clone_from(&own);
            }
            match (own.is_empty(), below.is_empty()) {
                (true, true) => String::new(),
                (false, true) => own,
                // A text file shows a spread header in its first column only.
                (true, false) if merges.is_empty() && !carried.is_empty() => format!("{carried}/{below}"),
                (true, false) => below,
                (false, false) if own == below => own,
                (false, false) => format!("{own}/{below}"),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, cells: &[&str]) -> Numbered {
        (number, cells.iter().map(|c| if c.is_empty() { Value::Blank } else { Value::Text((*c).to_owned()) }).collect())
    }

    fn known(header: &str) -> bool {
        ["姓名", "现任职务", "性别", "全日制教育/学历", "出生年月", "备注", "机构名称"].contains(&header)
    }

    #[test]
    fn headers_of_two_rows_are_named_by_both() {
        let rows = [
            row(1, &["某县干部名册"]),
            row(2, &["单位：某局", "", "", "2024年3月"]),
            row(3, &["姓  名", "现任\n职务", "全日制教育", "", "出生年月"]),
            row(4, &["", "", "学历", "毕业院校\n及专业", ""]),
            row(5, &["张三", "局长", "大学", "某大学", "1970.05"]),
        ];
        let expected = ["姓名", "现任职务", "全日制教育/学历", "全日制教育/毕业院校及专业", "出生年月"];
        let merge = |r: (u32, u32), c: (usize, usize)| Merge { rows: r, columns: c };
        let merged = [merge((2, 3), (0, 0)), merge((2, 3), (1, 1)), merge((2, 2), (2, 3)), merge((2, 3), (4, 4))];
        for merges in [&[] as &[Merge], &merged] {
            let head = find(&rows, merges, &known);
            assert_eq!(head.as_ref().map(|h| h.headers.iter().map(String::as_str).collect::<Vec<_>>()), Some(expected.to_vec()));
            let head = head.map(|h| (h.line, h.rows, h.above));
            assert_eq!(head, Some((4, 4, vec!["某县干部名册".to_owned(), "单位：某局".to_owned(), "2024年3月".to_owned()])));
        }
    }

    #[test]
    fn a_record_below_its_headers_is_no_header() {
        let rows = [row(1, &["姓名", "性别", "出生年月", "备注"]), row(2, &["张三", "男", "1970.05", ""])];
        let head = find(&rows, &[], &known).map(|h| (h.line, h.rows, h.headers.len()));
        assert_eq!(head, Some((1, 1, 4)));
        // Not even where a header of the row above was left out.
        let rows = [row(1, &["姓名", "", "出生年月", "性别"]), row(2, &["张三", "局长", "1970.05", "男"])];
        assert_eq!(find(&rows, &[], &known).map(|h| h.rows), Some(1));
    }

    #[test]
    fn a_sheet_of_something_else_has_no_headers() {
        assert_eq!(find(&[row(1, &["填表说明"]), row(2, &["一、姓名须与身份证一致"])], &[], &known), None);
        assert_eq!(find(&[], &[], &known), None);
    }
}
