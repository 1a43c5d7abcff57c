//! The columns of the workbook that goes out and comes back: those that write it and those that read it agree here.

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// 序号, by which people speak of a row; renumbered as they like.
    Number,
    /// 反馈问题.
    Problem,
    /// 结论.
    Verdict,
    /// 问题类型.
    Type,
    /// 依据.
    Basis,
    /// 整改建议, from the rules.
    Advice,
    /// 整改措施.
    Measures,
    /// 责任单位.
    Unit,
    /// 责任领导.
    Leader,
    /// 责任人.
    Owner,
    /// 整改类型.
    Kind,
    /// 整改时限.
    Due,
    /// 整改状态.
    Stage,
    /// 完成情况.
    Progress,
    /// 佐证材料.
    Material,
    /// 销号.
    Closing,
    /// What a row is known by.
    Mark,
}

use Column::{
    Advice, Basis, Closing, Due, Kind, Leader, Mark, Material, Measures, Number, Owner, Problem, Progress, Stage, Type, Unit, Verdict,
};

impl Column {
    /// All of them, in order.
    pub const ALL: [Self; 17] =
        [Number, Problem, Verdict, Type, Basis, Advice, Measures, Unit, Leader, Owner, Kind, Due, Stage, Progress, Material, Closing, Mark];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Number => "序号",
            Problem => "反馈问题",
            Verdict => "结论",
            Type => "问题类型",
            Basis => "依据",
            Advice => "整改建议",
            Measures => "整改措施",
            Unit => "责任单位",
            Leader => "责任领导",
            Owner => "责任人",
            Kind => "整改类型",
            Due => "整改时限",
            Stage => "整改状态",
            Progress => "完成情况",
            Material => "佐证材料",
            Closing => "销号",
            Mark => "编号（勿改）",
        }
    }

    /// How wide it is, in characters.
    pub(super) fn width(self) -> f64 {
        match self {
            Number => 6.0,
            Problem => 52.0,
            Measures | Progress => 32.0,
            Basis | Advice => 28.0,
            Type | Material | Closing => 20.0,
            Mark => 16.0,
            Unit => 14.0,
            Verdict | Leader | Owner | Kind | Due | Stage => 11.0,
        }
    }

    /// Its place, from 0.
    pub(super) fn place(self) -> u16 {
        Self::ALL.iter().zip(0u16..).find(|(column, _)| **column == self).map_or(0, |(_, n)| n)
    }

    /// The letter by which a spreadsheet calls a place: A for 0, AA for 26.
    pub fn letter(mut place: usize) -> String {
        let mut letters = Vec::new();
        loop {
            letters.push(char::from(b'A'.saturating_add(u8::try_from(place % 26).unwrap_or(0))));
            if place < 26 {
                break;
            }
            place = place / 26 - 1;
        }
        letters.iter().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_spreadsheets() {
        for (place, letters) in [(0, "A"), (16, "Q"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(Column::letter(place), letters);
        }
    }

    #[test]
    fn every_column_stands_where_it_says() {
        for (n, column) in Column::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(column.place()), n);
        }
    }
}
