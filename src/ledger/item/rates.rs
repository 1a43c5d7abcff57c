//! Completion as real notices count it: what is done over what there is; what is mended in the main is not counted as done.

use super::stage::Stage;
use crate::ledger::Ledger;
use crate::ledger::error::LedgerError;
use serde::Serialize;
use std::collections::BTreeMap;

/// How much is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rates {
    /// Everything to be mended; what is waived is not.
    pub total: u64,
    /// Struck off (完成整改).
    pub done: u64,
    /// Of these, struck off while still found.
    pub forced: u64,
    /// 基本完成.
    pub nearly: u64,
    /// 长期坚持.
    pub lasting: u64,
    /// Everything else (未完成).
    pub open: u64,
    /// Waived, outside the total.
    pub waived: u64,
}

/// How much is done by unit: its id, and what it is called; none for what is of no unit.
pub type ByUnit = BTreeMap<(Option<String>, Option<String>), Rates>;

impl Rates {
    /// Counts so many of a state, `forced` of them struck off while still found.
    pub fn add(&mut self, stage: Stage, n: u64, forced: u64) {
        let counter = match stage {
            Stage::Waived => {
                self.waived += n;
                return;
            }
            Stage::Closed => &mut self.done,
            Stage::Nearly => &mut self.nearly,
            Stage::Lasting => &mut self.lasting,
            _ => &mut self.open,
        };
        *counter += n;
        self.forced += forced;
        self.total += n;
    }

    /// Done in hundredths of a percent, rounded half up; all of them only where nothing is left. None where there is nothing to do.
    pub fn hundredths(&self) -> Option<u64> {
        let rounded = (u128::from(self.done) * 20_000 + u128::from(self.total)).checked_div(2 * u128::from(self.total))?;
        let rounded = u64::try_from(rounded).unwrap_or(10_000);
        Some(if self.done < self.total { rounded.min(9_999) } else { rounded })
    }

    /// 98.71%.
    pub fn percent(&self) -> String {
        self.hundredths().map_or_else(|| "—".to_owned(), |n| format!("{}.{:02}%", n / 100, n % 100))
    }
}

/// How much is done, of all and by unit.
///
/// # Errors
/// The ledger cannot be read.
pub fn rates(ledger: &Ledger) -> Result<(Rates, ByUnit), LedgerError> {
    let mut all = Rates::default();
    let mut units = ByUnit::new();
    let mut read = || -> rusqlite::Result<()> {
        let mut statement = ledger.connection().prepare(
            "SELECT i.unit, c.name, i.stage, i.n, (SELECT count(*) FROM item WHERE forced = 1 AND unit IS i.unit AND stage = i.stage)
             FROM (SELECT unit, stage, count(*) AS n FROM item GROUP BY unit, stage) i LEFT JOIN called c ON c.kind = 'unit' AND c.id = i.unit",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let stage = Stage::from_word(row.get_ref(2)?.as_str()?).unwrap_or(Stage::Unclaimed);
            let (n, forced) = (row.get::<_, i64>(3)?, row.get::<_, i64>(4)?);
            let (n, forced) = (u64::try_from(n).unwrap_or(0), u64::try_from(forced).unwrap_or(0));
            all.add(stage, n, forced);
            units.entry((row.get(0)?, row.get(1)?)).or_default().add(stage, n, forced);
        }
        Ok(())
    };
    read().map_err(|e| ledger.error(&e))?;
    Ok((all, units))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(done: u64, nearly: u64, open: u64) -> Rates {
        let mut rates = Rates::default();
        rates.add(Stage::Closed, done, 0);
        rates.add(Stage::Nearly, nearly, 0);
        rates.add(Stage::Working, open, 0);
        rates
    }

    #[test]
    fn what_is_done_in_the_main_is_not_done() {
        // A published notice: of 697 problems 688 done, 4 in the main, 5 not; 总体完成率98.71%.
        let rates = of(688, 4, 5);
        assert_eq!((rates.total, rates.nearly, rates.open), (697, 4, 5));
        assert_eq!(rates.percent(), "98.71%");
    }

    #[test]
    fn all_is_only_said_of_all() {
        assert_eq!(of(1_000_000, 0, 1).percent(), "99.99%");
        assert_eq!(of(3, 0, 0).percent(), "100.00%");
        assert_eq!(of(0, 0, 3).percent(), "0.00%");
        assert_eq!(of(1, 0, 7).percent(), "12.50%");
        assert_eq!(of(2, 1, 0).percent(), "66.67%");
        assert_eq!(Rates::default().percent(), "—");
    }

    #[test]
    fn what_is_waived_is_counted_apart() {
        let mut rates = of(1, 0, 1);
        rates.add(Stage::Waived, 5, 0);
        assert_eq!((rates.total, rates.waived, rates.percent().as_str()), (2, 5, "50.00%"));
    }
}
