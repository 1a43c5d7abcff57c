//! Waivers brought to bear on a run: the findings they hold for are marked, and what is to be told of them is told.

use super::baseline::asked;
use super::output;
use super::run::Checked;
use super::scope::Scope;
use super::settings::Settings;
use super::trouble::{Plain, Trouble};
use crate::diagnostic::Source;
use crate::engine::Finding;
use crate::ledger::{About, Cap, Caps, Target, Waivers, waive};
use crate::records::{FieldType, Lookup, RowId, TableId};
use crate::report::Notice;
use crate::rules::{Grade, RuleSet};
use std::path::Path;
use std::sync::Arc;

/// The waivers of a file.
#[derive(Clone, Debug)]
pub(super) struct InForce {
    /// The whole text.
    pub text: String,
    /// What it says.
    pub waivers: Waivers,
}

/// Reads a waiver file.
///
/// # Errors
/// It cannot be read, or something is wrong in it.
pub(super) fn read(path: &Path) -> Result<InForce, Trouble> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Trouble::Rules(Plain::new("waiver::unreadable", format!("读不了豁免文件 {shown}：{}", output::reason(&e)))))?;
    parse(shown, text)
}

/// Reads the text of a waiver file.
///
/// # Errors
/// Something is wrong in it.
pub(super) fn parse(name: String, text: String) -> Result<InForce, Trouble> {
    let source = Arc::new(Source { name, text });
    let waivers = Waivers::parse(&source).map_err(Trouble::Files)?;
    Ok(InForce { text: source.text.clone(), waivers })
}

/// Marks what is waived, and notes what is to be told.
pub(super) fn apply(in_force: &InForce, checked: &mut Checked, settings: &Settings, scope: &Scope) {
    let Checked { report, rules, store } = checked;
    let whole = scope.is_everything() && settings.select.is_empty() && settings.ignore.is_empty() && !report.is_partial();
    let all: std::collections::BTreeSet<String> = asked(report).into_iter().map(str::to_owned).collect();
    let all = all.iter().map(String::as_str).collect();
    let lookup = Lookup::new(store);
    let about = |finding: &Finding| about(&lookup, finding);
    let told = waive(&in_force.waivers, &mut report.outcome.findings, (settings.as_of, caps(&rules.set)), &about, whole.then_some(&all));
    report.notices.extend(told.into_iter().map(|t| Notice::new(t.code, t.message)));
    for (i, waiver) in in_force.waivers.list.iter().enumerate() {
        if let Target::Rule(code, _) = &waiver.target
            && !rules.set.rules.iter().any(|r| r.code == *code)
        {
            let said = format!("第 {} 项豁免（{}）所指的规则 {code} 不在所用的规则中，不起作用", i + 1, waiver.document);
            report.notices.push(Notice::new("waiver::unknown-rule", said));
        }
    }
}

/// How long findings may be waived: as the profile says, if it says anything of it.
pub(super) fn caps(rules: &RuleSet) -> Caps {
    let Some(waivers) = rules.in_force.as_ref().and_then(|in_force| in_force.waivers.as_ref()) else { return Caps::default() };
    let of = |grade: Grade| match waivers.caps.iter().find(|(g, _)| *g == grade) {
        Some((_, Some(longest))) => Cap::Within(*longest),
        Some((_, None)) => Cap::Never,
        None => Cap::Free,
    };
    Caps { breach: of(Grade::Breach), advice: of(Grade::Advice), unverified: of(Grade::Unverified) }
}

/// The matter that a finding is about, and its kind.
pub(super) fn about(lookup: &Lookup<'_>, finding: &Finding) -> About {
    let store = lookup.store();
    let schema = &store.schema;
    let of_case = || -> Option<(TableId, RowId)> {
        let table = schema.table(&finding.subject.table)?;
        let row = lookup.find(table, &finding.subject.id)?;
        let cases = schema.table("case")?;
        if table == cases {
            return Some((table, row));
        }
        let def = schema.tables.get(table)?;
        let field = def.fields.iter().position(|f| f.ty == FieldType::Ref(cases))?;
        Some((cases, store.follow(table, row, field)?))
    };
    let Some((cases, case)) = of_case() else { return About::default() };
    let kind = schema.tables.get(cases).and_then(|def| def.field("kind"));
    About { case: Some(store.key(cases, case).to_owned()), kind: kind.and_then(|f| store.show(cases, case, f)) }
}
