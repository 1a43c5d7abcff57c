//! What a run did not look at, though it may look as if it had: subjects whose rows were refused, rules that know no period.

use super::scope::Scope;
use super::settings::Settings;
use crate::records::Store;
use crate::report::Notice;
use crate::rules::{Rule, RuleSet};
use std::collections::{BTreeMap, BTreeSet};

/// How many are named; of more it is said how many there are.
const NAMED: usize = 5;

/// What the reader should know.
pub(super) fn unseen(rules: &RuleSet, store: &Store, chosen: &[usize], (settings, scope): (&Settings, &Scope)) -> Vec<Notice> {
    let chosen: Vec<&Rule> = chosen.iter().filter_map(|&i| rules.rules.get(i)).collect();
    refused(store, &chosen).into_iter().chain(without_period(rules, &chosen, settings, scope)).collect()
}

/// Subjects that were refused: no rule is asked of them.
fn refused(store: &Store, chosen: &[&Rule]) -> Option<Notice> {
    let subjects: BTreeSet<usize> = chosen.iter().map(|rule| rule.subject).collect();
    let mut named: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for table in subjects {
        let rows = store.rows(table);
        for row in (0..rows.len as u32).filter(|&row| rows.is_ghost(row) && !rows.open_ghosts.get(row as usize).is_some_and(|open| *open)) {
            let key = store.key(table, row);
            if !key.is_empty() {
                named.entry(table).or_default().insert(key);
            }
        }
    }
    let total: usize = named.values().map(BTreeSet::len).sum();
    let of = |(table, keys): (&usize, &BTreeSet<&str>)| {
        let name = store.schema.tables.get(*table).map_or("", |t| t.zh.as_str());
        format!("{name} {}", listed(&keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>()))
    };
    let all: Vec<String> = named.iter().map(of).collect();
    (total > 0).then(|| {
        let said = format!("有 {total} 个对象因所在的行被拒收，没有核查，不等于没有问题：{}；改正后重新核查", all.join("；"));
        Notice::new("check::unjudged", said)
    })
}

/// Rules without a day of their own, where only a period is asked about.
fn without_period(rules: &RuleSet, chosen: &[&Rule], settings: &Settings, scope: &Scope) -> Option<Notice> {
    if scope.since.is_none() && scope.until.is_none() {
        return None;
    }
    let codes: BTreeSet<&str> = chosen.iter().filter(|rule| rules.has_no_day(rule)).map(|rule| rule.code.as_str()).collect();
    let codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
    let inside = scope.since.is_none_or(|day| day <= settings.as_of) && scope.until.is_none_or(|day| settings.as_of <= day);
    let how = if inside { "不论事情发生在何时，都已列出" } else { "截至日期不在这段时期内，没有核查" };
    (!codes.is_empty()).then(|| {
        let said = format!("有 {} 条规则不按事情发生的日期，只按截至日期核查，{how}：{}", codes.len(), listed(&codes));
        Notice::new("check::no-period", said)
    })
}

fn listed(all: &[String]) -> String {
    let named = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join("、");
    if all.len() > NAMED { format!("{named} 等") } else { named }
}
