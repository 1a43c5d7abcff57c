//! The list of what to fill in, unit by unit: exactly which cells the rules wait for, and which rules do.

use super::{Names, words, xlsx};
use crate::engine::{Finding, Missing, Outcome, Verdict};
use crate::records::{Filled, RowId, Store, TableId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

/// A cell, or a whole row, to fill in or to verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The unit, by id and name; none where it belongs to none.
    pub unit: Option<String>,
    /// The person, by id and name.
    pub person: String,
    /// The subjects that wait for it: 任免事项 C-2024-017.
    pub subjects: BTreeSet<String>,
    /// The table.
    pub table: String,
    /// The row's key; empty where a row is to be added.
    pub id: String,
    /// The field; empty where the whole row is meant.
    pub field: String,
    /// What stands there now: 空白, 填写有误, 没有写明, 2024-03, 未见记录.
    pub now: String,
    /// Where: file, line and column.
    pub place: String,
    /// The rules that need it.
    pub rules: BTreeSet<String>,
    /// Whether only such rules need it as the office itself must settle: the unit's own sheet leaves it out.
    pub confidential: bool,
}

/// The unit, the person, the cell or row; for a row that is not there, the subject that waits for it.
type Place<'f> = (Option<&'f str>, Option<&'f str>, &'f Missing, Option<&'f str>);

/// What findings of 待核 wait for, by unit, then person, table, row and field. What was not exported is in no unit's hands and left out.
pub fn supplement(outcome: &Outcome, store: &Store, names: &Names) -> Vec<Wanted> {
    let mut rows: HashMap<TableId, HashMap<&str, RowId>> = HashMap::new();
    let mut all: BTreeMap<Place<'_>, Wanted> = BTreeMap::new();
    for finding in outcome.findings.iter().filter(|f| f.verdict == Verdict::Unverified && f.subject.id != "*") {
        for missing in finding.missing.iter().filter(|m| m.table != "calendar") {
            // A row that is not there is wanted for each subject by itself.
            let whose = missing.id.is_none().then_some(finding.subject.id.as_str());
            let key = (finding.unit_id.as_deref(), finding.person_id.as_deref(), missing, whose);
            let wanted = all.entry(key).or_insert_with(|| wanted(finding, missing, store, names, &mut rows));
            wanted.rules.insert(finding.code.clone());
            wanted.confidential &= finding.confidential;
            wanted.subjects.insert(words::subject(names, &finding.subject));
        }
    }
    all.into_values().collect()
}

fn wanted<'s>(
    finding: &Finding,
    missing: &Missing,
    store: &'s Store,
    names: &Names,
    rows: &mut HashMap<TableId, HashMap<&'s str, RowId>>,
) -> Wanted {
    let at = store.schema.table(&missing.table).and_then(|t| {
        let key_of = |r: RowId| (store.key(t, r), r);
        let index = rows.entry(t).or_insert_with(|| (0..store.rows(t).len as RowId).map(key_of).collect());
        Some((t, *index.get(missing.id.as_deref()?)?))
    });
    let field = at.zip(missing.field.as_deref()).and_then(|((t, _), field)| store.schema.tables.get(t)?.field(field));
    let (now, place) = match (at, field) {
        (Some((t, row)), Some(f)) => {
            let now = store.show(t, row, f).unwrap_or_else(|| match store.filled(t, row, f) {
                Filled::No => "空白".to_owned(),
                _ if !store.has_column(t, row, f) => "表上没有这一栏".to_owned(),
                _ if !store.is_told_wrong(t, row, f) => "没有写明".to_owned(),
                _ => "填写有误".to_owned(),
            });
            (now, if store.has_column(t, row, f) { store.place(t, row, f) } else { store.row_place(t, row) })
        }
        (Some((t, row)), None) => ("整行有误，未采用".to_owned(), store.row_place(t, row)),
        (None, _) => ("未见记录".to_owned(), String::new()),
    };
    Wanted {
        unit: finding.unit_id.as_deref().map(|id| names.unit(id)),
        person: finding.person_id.as_deref().map(|id| names.person(id)).unwrap_or_default(),
        subjects: BTreeSet::new(),
        table: names.table(&missing.table).to_owned(),
        id: missing.id.clone().unwrap_or_default(),
        field: missing.field.as_deref().map(|f| names.field(&missing.table, f).to_owned()).unwrap_or_default(),
        now,
        place,
        rules: BTreeSet::new(),
        confidential: true,
    }
}

/// Further units have no sheet of their own: the sheet of all has them.
const UNIT_SHEETS: usize = 200;

/// A workbook: one sheet of everything, then one for each unit, with a column to fill in.
///
/// # Errors
/// What the writer says.
pub fn supplement_xlsx(wanted: &[Wanted], out: &mut dyn Write) -> io::Result<()> {
    let headers = ["单位", "人员", "对象", "表", "编码", "字段", "现值", "位置", "需要它的规则", "补充为"].map(str::to_owned).to_vec();
    let cells = |w: &&Wanted| {
        let join = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join("、");
        let unit = w.unit.clone().unwrap_or_default();
        let subjects = join(&w.subjects);
        vec![
            unit,
            w.person.clone(),
            subjects,
            w.table.clone(),
            w.id.clone(),
            w.field.clone(),
            w.now.clone(),
            w.place.clone(),
            join(&w.rules),
            String::new(),
        ]
    };
    let mut units: BTreeMap<(bool, &str), Vec<&Wanted>> = BTreeMap::new();
    for w in wanted {
        units.entry((w.unit.is_none(), w.unit.as_deref().unwrap_or("未关联单位"))).or_default().push(w);
    }
    let all: Vec<&Wanted> = units.values().flatten().copied().collect();
    // What the office itself must settle stands in the sheet of all alone.
    let of_units = units.iter().map(|((_, unit), wanted)| {
        let sent: Vec<&Wanted> = wanted.iter().copied().filter(|w| !w.confidential).collect();
        ((*unit).to_owned(), sent)
    });
    let of_units = of_units.filter(|(_, wanted)| !wanted.is_empty()).take(UNIT_SHEETS);
    let sheets = std::iter::once(("补充材料清单".to_owned(), all)).chain(of_units);
    xlsx::texts(sheets.map(|(name, wanted)| (name, headers.clone(), wanted.iter().map(cells).collect())), out)
}
