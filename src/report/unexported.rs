//! What was not exported, and the rules that it leaves undecided: one group for each table or column, whatever the number of rules.

use super::{Report, words};
use crate::engine::{Finding, Missing, Verdict};
use std::collections::BTreeMap;

/// A table or column that was not exported.
#[derive(Debug)]
pub(super) struct Group<'r> {
    /// The table or column.
    pub what: &'r Missing,
    /// The rules that need it, by code.
    pub rules: Vec<Blind<'r>>,
}

/// A rule that it leaves undecided.
#[derive(Debug)]
pub(super) struct Blind<'r> {
    pub code: &'r str,
    pub title: &'r str,
    /// The table of its subjects.
    pub table: &'r str,
    /// How many subjects it cannot decide; none where the table of the subjects is itself what is lacking.
    pub subjects: Option<u64>,
    /// What else it lacks.
    pub also: Vec<&'r Missing>,
}

impl Group<'_> {
    /// How many rules need it: some codes stand for several, over different subjects.
    pub(super) fn codes(&self) -> usize {
        let mut codes: Vec<&str> = self.rules.iter().map(|r| r.code).collect();
        codes.dedup();
        codes.len()
    }
}

impl Blind<'_> {
    /// Whom it cannot judge: 任免事项 420 个.
    pub(super) fn whom(&self, report: &Report) -> String {
        match self.subjects {
            Some(n) => format!("{} {} 个", report.names.table(self.table), words::count(n)),
            None => "没有可判的对象".to_owned(),
        }
    }

    /// （还缺：处分）; empty where nothing else is lacking.
    pub(super) fn also(&self, report: &Report) -> String {
        let names: Vec<String> = self.also.iter().map(|m| name(report, m)).collect();
        if names.is_empty() { String::new() } else { format!("（还缺：{}）", names.join("、")) }
    }
}

/// The table or column by its Chinese name: 处分, 程序节点.结束日期.
pub(super) fn name(report: &Report, what: &Missing) -> String {
    let table = report.names.table(&what.table);
    match &what.field {
        Some(field) => format!("{table}.{}", report.names.field(&what.table, field)),
        None => table.to_owned(),
    }
}

/// Whether a finding stands for all subjects that something not exported leaves undecided: it is told with its group.
pub(super) fn is_grouped(finding: &Finding) -> bool {
    finding.verdict == Verdict::Unverified && finding.subject.id == "*"
}

/// Every table and column that was not exported and that a rule needs, in order.
pub(super) fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<&Missing, Vec<Blind<'_>>> = BTreeMap::new();
    for lack in &report.outcome.unexported {
        for what in &lack.missing {
            groups.entry(what).or_default().push(Blind {
                code: &lack.code,
                title: &lack.title,
                table: &lack.table,
                subjects: (lack.subjects > 0).then_some(lack.subjects),
                also: lack.missing.iter().filter(|m| *m != what).collect(),
            });
        }
    }
    groups
        .into_iter()
        .map(|(what, mut rules)| {
            rules.sort_by_key(|r| (r.code, r.table));
            Group { what, rules }
        })
        .collect()
}

/// How many rules need a table or column that was not exported.
pub(super) fn starved_by(report: &Report, table: &str, field: Option<&str>) -> usize {
    let needs = |m: &&Missing| m.table == table && m.field.as_deref() == field;
    groups(report).iter().find(|g| needs(&g.what)).map_or(0, Group::codes)
}
