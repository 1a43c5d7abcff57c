//! Calls in words: what a function of rows asks, and what one of values gives.

use super::{Is, Reader, Said, nothing};
use crate::records::TableId;
use crate::rules::syntax::{Expr, Kind};

impl Reader<'_> {
    /// `any(post, …)`: the rows, and the words for those of them that are meant.
    fn rows(&self, set: &Expr, cond: Option<&Expr>, scope: &[TableId]) -> (String, Is) {
        let (words, is) = self.say(set, scope);
        let Is::Rows(table) = is else { return (words, is) };
        let inner: Vec<TableId> = scope.iter().copied().chain([table]).collect();
        match cond {
            Some(cond) => (format!("{words}（{}）", self.condition(cond, &inner)), is),
            None => (words, is),
        }
    }

    pub(super) fn call(&self, name: &str, args: &[Expr], scope: &[TableId]) -> Said {
        let arg = |i: usize| args.get(i).map(|a| self.say(a, scope).0).unwrap_or_default();
        let over = |i: usize, set: &Is| -> String {
            let inner: Vec<TableId> = scope.iter().copied().chain(if let Is::Rows(t) = set { Some(*t) } else { None }).collect();
            args.get(i).map(|a| self.condition(a, &inner)).unwrap_or_default()
        };
        let other = |words: String| (words, Is::Other);
        let date = |words: String| (words, Is::Date);
        if let ("any" | "none" | "all" | "count" | "where" | "latest" | "earliest" | "latest_by" | "earliest_by", Some(set))
        | ("highest" | "lowest" | "first_date" | "last_date" | "sum" | "distinct" | "spans" | "pick", Some(set)) = (name, args.first())
        {
            let (rows, is) = self.rows(set, args.get(1).filter(|_| name != "all"), scope);
            let rows = if matches!(is, Is::Rows(_)) || args.get(1).is_none() { rows } else { format!("{rows}（{}）", over(1, &is)) };
            let row = if let Is::Rows(t) = is { Is::Row(t) } else { Is::Other };
            return match name {
                "any" => (format!("有{rows}"), Is::Truth),
                "none" => (format!("没有{rows}"), Is::Truth),
                "all" if args.len() > 2 => (format!("凡{}（{}）都{}", self.say(set, scope).0, over(1, &is), over(2, &is)), Is::Truth),
                "all" => (format!("凡{}都{}", self.say(set, scope).0, over(1, &is)), Is::Truth),
                "count" => other(format!("{rows}的个数")),
                "where" | "pick" => (rows, is),
                "latest" => (format!("最近的{rows}"), row),
                "earliest" => (format!("最早的{rows}"), row),
                "latest_by" => (format!("{}最近的{rows}", over(2, &is)), row),
                "earliest_by" => (format!("{}最早的{rows}", over(2, &is)), row),
                "highest" => (format!("{rows}中最高的{}", over(2, &is)), Is::Ordered),
                "lowest" => (format!("{rows}中最低的{}", over(2, &is)), Is::Ordered),
                "first_date" => date(format!("{rows}中最早的{}", over(2, &is))),
                "last_date" => date(format!("{rows}中最晚的{}", over(2, &is))),
                "sum" => other(format!("{rows}的{}合计", over(2, &is))),
                "distinct" => {
                    let fields: Vec<String> = (2..args.len()).map(|i| over(i, &is)).collect();
                    other(format!("{rows}中不同的{}的个数", fields.join("、")))
                }
                _ => other(format!("{rows}各段（{}至{}）", over(2, &is), over(3, &is))),
            };
        }
        match (name, args.len()) {
            ("has", 1) => {
                let (words, is) = args.first().map(|a| self.say(a, scope)).unwrap_or_else(nothing);
                let there = matches!(is, Is::Row(_) | Is::Rows(_) | Is::Other);
                (if there { format!("有{words}") } else { format!("{words}已填") }, Is::Truth)
            }
            ("workdays", 2) => other(format!("{}至{}的工作日数（首尾都算）", arg(0), arg(1))),
            ("days", 2) => other(format!("{}至{}的天数（首尾都算）", arg(0), arg(1))),
            ("whole_months", 2) => other(format!("{}至{}的整月数", arg(0), arg(1))),
            ("whole_years", 2) => other(format!("{}至{}的整年数", arg(0), arg(1))),
            ("year", 1) => other(format!("{}的年份", arg(0))),
            ("month", 1) => other(format!("{}的月份", arg(0))),
            ("date", 3) => {
                let year = arg(0);
                let called = if year.ends_with("年度") || year.ends_with("年份") { "" } else { "年" };
                date(format!("{year}{called}{}月{}日", arg(1), arg(2)))
            }
            ("between", 3) => (format!("{}在{}至{}之间", arg(0), arg(1), arg(2)), Is::Truth),
            ("first_of", _) => {
                let is = args.first().map_or(Is::Other, |a| self.say(a, scope).1);
                let all: Vec<String> = args.iter().map(|a| self.say(a, scope).0).collect();
                (all.join("，没有的为"), is)
            }
            ("min" | "max", _) => {
                let said: Vec<Said> = args.iter().map(|a| self.say(a, scope)).collect();
                let dates = said.iter().any(|(_, is)| *is == Is::Date);
                let which = match (name, dates) {
                    ("min", true) => "最早的",
                    ("max", true) => "最晚的",
                    ("min", false) => "最小的",
                    _ => "最大的",
                };
                let all: Vec<String> = said.into_iter().map(|(words, _)| words).collect();
                (format!("{}中{which}", all.join("、")), if dates { Is::Date } else { Is::Other })
            }
            ("held_months", 2) => other(format!("{}合并计算到{}的整月数", arg(0), arg(1))),
            ("reaches", 2) => date(format!("{}合并满{}个月之日", arg(0), arg(1))),
            ("below", 2) => (format!("{}的下{}级", arg(0), arg(1)), Is::Ordered),
            ("above", 2) => (format!("{}的上{}级", arg(0), arg(1)), Is::Ordered),
            ("steps", 2) => other(format!("{}高出{}的级数", arg(0), arg(1))),
            ("higher_of", 2) => (format!("{}、{}中较高的", arg(0), arg(1)), Is::Ordered),
            ("impact_end", 2) => date(format!("{}起{}个月的影响期末日", arg(0), arg(1))),
            ("plus_months", 2) => {
                let sum = matches!(args.get(1).map(|a| &a.kind), Some(Kind::Operator(..)));
                let months = if sum { format!("（{}）", arg(1)) } else { arg(1) };
                date(format!("{}之后{months}个月", arg(0)))
            }
            ("row_if", 2) => {
                let (words, is) = args.first().map(|a| self.say(a, scope)).unwrap_or_else(nothing);
                (format!("{words}（须{}）", over(1, &Is::Other)), is)
            }
            ("blank_as", 2) => other(format!("{}（空白作{}）", arg(0), arg(1))),
            ("last_years", 1) => other(format!("最近{}个完整年度", arg(0))),
            ("years", 2) => other(format!("{}至{}各年", arg(0), arg(1))),
            ("size", 1) => other(format!("{}的项数", arg(0))),
            ("lacking", 2) => other(format!("{}所缺的{}", arg(0), arg(1))),
            ("items", 1) => other(format!("{}各项", arg(0))),
            ("contains", 2) => (format!("{}含有“{}”", arg(0), arg(1)), Is::Truth),
            ("overlaps", 2) => (format!("{}与{}一个含有另一个", arg(0), arg(1)), Is::Truth),
            ("same_text", 2) => (format!("{}与{}相同（不计空格）", arg(0), arg(1)), Is::Truth),
            ("covers", 2) => (format!("{}可能是{}", arg(0), arg(1)), Is::Truth),
            ("id_number_valid", 1) => (format!("{}的位数、日期和校验码无误", arg(0)), Is::Truth),
            ("id_number_birth", 1) => date(format!("{}所载的出生日期", arg(0))),
            ("id_number_male", 1) => (format!("{}的顺序码为男性", arg(0)), Is::Truth),
            ("exported", 1) => (format!("导出了{}", arg(0)), Is::Truth),
            ("lookup", 2) => (format!("与{}相当的{}", arg(1), arg(0)), Is::Ordered),
            ("peers", 2) | ("rows_of", 1) => {
                let table = match args.first().map(|a| &a.kind) {
                    Some(Kind::Name(name)) => self.rules.schema.table(name),
                    _ => None,
                };
                let Some(table) = table else { return other(name.to_owned()) };
                let same = match args.get(1).map(|a| &a.kind) {
                    Some(Kind::Name(field)) => self.member(table, field).map(|(words, _)| format!("同一{words}的")),
                    _ => None,
                };
                (format!("{}{}", same.unwrap_or_else(|| "全部".to_owned()), self.table(table)), Is::Rows(table))
            }
            _ => {
                let names = self.arguments.get(name).map_or(&[][..], Vec::as_slice);
                let said = |(i, a): (usize, &Expr)| match (self.say(a, scope).0, names.get(i)) {
                    (value, Some(name)) if value != self.word(name) => format!("{}为{value}", self.word(name)),
                    (value, _) => value,
                };
                let all: Vec<String> = args.iter().enumerate().map(said).collect();
                other(format!("{}（{}）", self.word(name), all.join("，")))
            }
        }
    }
}
