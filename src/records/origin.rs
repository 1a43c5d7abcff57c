//! Where rows came from: file and line. Files are mostly read from top to bottom, so rows are told by runs of lines.

/// The file and line of each row.
#[derive(Clone, Debug)]
pub enum Origins {
    /// Stretches of rows on lines that follow one another.
    Runs(Vec<Run>, u32),
    /// Each row by itself.
    Rows(Vec<(u32, u32)>),
}

/// Rows from `row` on, on lines from `line` on.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    row: u32,
    file: u32,
    line: u32,
}

impl Default for Origins {
    fn default() -> Self {
        Self::Runs(Vec::new(), 0)
    }
}

impl Origins {
    /// Adds the next row's.
    #[inline]
    pub fn push(&mut self, file: u32, line: u32) {
        match self {
            Self::Runs(runs, len) => {
                let goes_on = runs.last().is_some_and(|r| r.file == file && r.line.wrapping_add(*len - r.row) == line);
                if !goes_on {
                    runs.push(Run { row: *len, file, line });
                }
                *len += 1;
                if runs.len() > 4096 && runs.len() > *len as usize / 2 {
                    *self = Self::Rows((0..self.len()).filter_map(|r| self.get(r)).collect());
                }
            }
            Self::Rows(rows) => rows.push((file, line)),
        }
    }

    /// Adds rows on lines that follow one another.
    pub(super) fn push_run(&mut self, file: u32, line: u32, count: u32) {
        if count == 0 {
            return;
        }
        self.push(file, line);
        match self {
            Self::Runs(_, len) => *len += count - 1,
            Self::Rows(rows) => rows.extend((1..count).map(|i| (file, line + i))),
        }
    }

    /// Rows of one file on lines that ascend from 1 on, as runs: the first row and its line. None if they are not.
    pub(super) fn ascending(&self) -> Option<Vec<(u32, u32)>> {
        let one = |file: Option<u32>| move |other: u32| file.is_none_or(|file| file == other);
        let (runs, is_one): (Vec<(u32, u32)>, bool) = match self {
            Self::Runs(runs, _) => {
                let same = one(runs.first().map(|run| run.file));
                (runs.iter().map(|run| (run.row, run.line)).collect(), runs.iter().all(|run| same(run.file)))
            }
            Self::Rows(rows) => {
                let same = one(rows.first().map(|(file, _)| *file));
                ((0u32..).zip(rows).map(|(row, (_, line))| (row, *line)).collect(), rows.iter().all(|(file, _)| same(*file)))
            }
        };
        let on = |a: &(u32, u32), b: &(u32, u32)| a.1 as u64 + u64::from(b.0 - a.0) <= u64::from(b.1);
        let from_one = runs.first().is_none_or(|(_, line)| *line >= 1);
        (is_one && from_one && runs.is_sorted_by(on)).then_some(runs)
    }

    /// The file and line of a row.
    pub fn get(&self, row: usize) -> Option<(u32, u32)> {
        match self {
            Self::Runs(runs, len) => {
                let row = u32::try_from(row).ok().filter(|r| r < len)?;
                let at = runs.partition_point(|r| r.row <= row).checked_sub(1)?;
                runs.get(at).map(|r| (r.file, r.line + (row - r.row)))
            }
            Self::Rows(rows) => rows.get(row).copied(),
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Runs(_, len) => *len as usize,
            Self::Rows(rows) => rows.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same rows in another order.
    #[must_use]
    pub(super) fn reordered(&self, order: &[u32]) -> Self {
        let mut origins = Self::default();
        for &row in order {
            if let Some((file, line)) = self.get(row as usize) {
                origins.push(file, line);
            }
        }
        origins
    }

    /// The same rows as of this file.
    pub(super) fn append_as(&mut self, file: u32, other: &Self) {
        match other {
            Self::Runs(runs, len) => {
                for (i, run) in runs.iter().enumerate() {
                    let end = runs.get(i + 1).map_or(*len, |next| next.row);
                    self.push_run(file, run.line, end - run.row);
                }
            }
            Self::Rows(rows) => rows.iter().for_each(|&(_, line)| self.push(file, line)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_again_whatever_their_order() {
        let mut origins = Origins::default();
        let lines = [2, 3, 4, 7, 8, 20];
        lines.iter().for_each(|&l| origins.push(1, l));
        let back: Vec<u32> = (0..6).filter_map(|r| origins.get(r)).map(|(_, l)| l).collect();
        assert_eq!(back, lines);
        assert!(matches!(&origins, Origins::Runs(runs, 6) if runs.len() == 3));
        let turned = origins.reordered(&[5, 0, 3]);
        assert_eq!((0..4).filter_map(|r| turned.get(r)).collect::<Vec<_>>(), [(1, 20), (1, 2), (1, 7)]);
    }

    #[test]
    fn many_runs_become_rows() {
        let mut origins = Origins::default();
        (0..20_000u32).for_each(|i| origins.push(0, i * 3));
        assert!(matches!(origins, Origins::Rows(_)));
        assert_eq!(origins.get(19_999), Some((0, 59_997)));
        assert_eq!(origins.get(20_000), None);
    }
}
