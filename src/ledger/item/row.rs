//! What is to be mended, as it is kept.

use super::stage::{Kind, Stage};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One finding's mending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its number (序号), from 1.
    pub id: i64,
    /// How often it was changed.
    pub version: i64,
    /// The finding.
    pub finding: i64,
    /// The sight that tells the problem.
    pub sight: i64,
    /// How far it is.
    pub stage: Stage,
    /// The verdict when last found.
    pub verdict: String,
    /// Whether the last run that judged it found it. If so and `gone` says something, later runs could not judge it.
    pub found: bool,
    /// Whether it was struck off while still found.
    pub forced: bool,
    /// The finding's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The person concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The matter that findings are told together by: `case/C1`.
    pub matter: String,
    /// The day it was entered.
    pub opened: String,
    /// Which run found it no more, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
    /// What sort of time it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The day by which it is to be done (整改时限).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// 整改措施.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measures: Option<String>,
    /// 责任单位.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_unit: Option<String>,
    /// 责任领导.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leader: Option<String>,
    /// 责任人.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// 完成情况.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<String>,
    /// 佐证材料, as the unit names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// Files attached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attached>,
    /// Who struck it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<String>,
    /// By which document (文号).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// On what opinion (核验意见).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opinion: Option<String>,
}

/// A file that proves something: kept elsewhere, known by its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// The hash of its bytes.
    pub sha256: String,
    /// How many bytes.
    pub size: u64,
}

impl Item {
    /// Whether somebody has taken it on.
    pub(super) fn is_assigned(&self) -> bool {
        self.owner_unit.is_some() || self.owner.is_some()
    }

    /// Whether the last run found it.
    pub fn is_still_found(&self) -> bool {
        self.found && self.gone.is_none()
    }

    /// What it holds, as the log tells it: what is blank is left out.
    pub(super) fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    }
}

/// Fields as they were and as they are.
pub(super) type Difference = (Map<String, Value>, Map<String, Value>);

/// What differs: as it was and as it is, null for what was or is blank.
pub(super) fn difference(before: &Item, after: &Item) -> Difference {
    let (was, is) = (before.fields(), after.fields());
    let (mut from, mut to) = (Map::new(), Map::new());
    let names: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    for name in names {
        let (old, new) = (was.get(name).cloned().unwrap_or(Value::Null), is.get(name).cloned().unwrap_or(Value::Null));
        if old != new {
            from.insert(name.clone(), old);
            to.insert(name.clone(), new);
        }
    }
    (from, to)
}

/// Writes an item, new or changed.
pub(super) fn put(connection: &Connection, i: &Item) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO item VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
         ?21, ?22, ?23, ?24, ?25, ?26)",
    )?;
    let files = serde_json::to_string(&i.files).unwrap_or_default();
    let kind = i.kind.map(Kind::word);
    statement
        .execute(params![
            i.id,
            i.version,
            i.finding,
            i.sight,
            i.stage.word(),
            i.verdict,
            i.found,
            i.forced,
            i.unit,
            i.person,
            i.matter,
            i.opened,
            i.gone,
            kind,
            i.due,
            i.measures,
            i.owner_unit,
            i.leader,
            i.owner,
            i.progress,
            i.material,
            files,
            i.closed_by,
            i.closed_on,
            i.document,
            i.opinion
        ])
        .map(|_| ())
}

/// One item.
pub(super) fn get(connection: &Connection, id: i64) -> rusqlite::Result<Option<Item>> {
    connection.prepare_cached("SELECT * FROM item WHERE id = ?1")?.query_row([id], read).optional()
}

/// Every item, by number.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Item>> {
    connection.prepare("SELECT * FROM item ORDER BY id")?.query_map([], read)?.collect()
}

/// A row of the table. A word that the program does not know is no ledger of its own making.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Item> {
    let wrong = |column: usize| rusqlite::Error::InvalidColumnType(column, "item".to_owned(), rusqlite::types::Type::Text);
    let kind: Option<String> = row.get(13)?;
    let files: String = row.get(21)?;
    Ok(Item {
        id: row.get(0)?,
        version: row.get(1)?,
        finding: row.get(2)?,
        sight: row.get(3)?,
        stage: Stage::from_word(row.get_ref(4)?.as_str()?).ok_or_else(|| wrong(4))?,
        verdict: row.get(5)?,
        found: row.get(6)?,
        forced: row.get(7)?,
        unit: row.get(8)?,
        person: row.get(9)?,
        matter: row.get(10)?,
        opened: row.get(11)?,
        gone: row.get(12)?,
        kind: kind.map(|word| Kind::from_word(&word).ok_or_else(|| wrong(13))).transpose()?,
        due: row.get(14)?,
        measures: row.get(15)?,
        owner_unit: row.get(16)?,
        leader: row.get(17)?,
        owner: row.get(18)?,
        progress: row.get(19)?,
        material: row.get(20)?,
        files: serde_json::from_str(&files).map_err(|_| wrong(21))?,
        closed_by: row.get(22)?,
        closed_on: row.get(23)?,
        document: row.get(24)?,
        opinion: row.get(25)?,
    })
}
