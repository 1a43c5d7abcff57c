//! Which tables and views of a database the schema knows, and what their columns hold.

use super::address::Address;
use super::error::Wrong;
use crate::ingest::error::IngestError;
use crate::ingest::header;
use crate::records::{Builder, FieldId, FieldType, TableId};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio_postgres::Client;
use tokio_postgres::types::{FromSql, Type};

/// A table or view of the database that is a table of the schema.
#[derive(Debug)]
pub(super) struct Found {
    pub table: TableId,
    /// Its name in the database, and its schema's.
    pub name: (String, String),
    /// As findings cite it.
    pub file: String,
    /// The wanted columns.
    pub columns: Vec<Column>,
}

/// A column to be read.
#[derive(Debug)]
pub(super) struct Column {
    pub field: FieldId,
    /// Its name in the database.
    pub name: String,
    pub kind: Kind,
}

/// What a column's texts mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What they say.
    Text,
    /// A whole number.
    Int,
    /// A decimal number, with as many zeros as its column has places.
    Decimal,
    /// A binary fraction.
    Real,
    /// `t` or `f`.
    Bool,
    /// A day, perhaps with a time of the day, of which a field of days takes the day.
    Day,
    /// Nothing a cell can hold: an array, bytes, a document.
    Unreadable,
}

impl Found {
    /// The fields of its columns and how these are headed.
    pub fn fields(&self) -> Vec<(FieldId, String)> {
        self.columns.iter().map(|c| (c.field, c.name.clone())).collect()
    }
}

/// Tables, views and the like that the user may name without their schema, or those of the schema named; each with what it is a
/// part of, if anything.
const TABLES: &str = "
SELECT c.oid, n.nspname::text, c.relname::text,
       (SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno LIMIT 1)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND CASE WHEN $1::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = $1::text END
ORDER BY c.relname";

/// Columns in order, each with its type (of a domain the type below) and the type's category.
const COLUMNS: &str = "
SELECT a.attname::text, CASE WHEN t.typtype = 'd' THEN b.oid ELSE t.oid END, t.typcategory::text
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum";

/// One row of [`TABLES`].
pub(super) struct Relation {
    oid: u32,
    pub schema: String,
    pub name: String,
    part_of: Option<u32>,
}

/// The tables that the schema knows and nobody has taken, in the schema's order.
pub(super) async fn tables(client: &Client, address: &Address, taken: &[String], builder: &mut Builder) -> Result<Vec<Found>, IngestError> {
    let relations = relations(client, address).await.map_err(|w| w.of(address))?;
    let schema = Arc::clone(builder.schema());
    let known: BTreeSet<u32> = relations.iter().filter(|r| schema.table_called(&r.name).is_some()).map(|r| r.oid).collect();
    let mut found = Vec::new();
    for relation in relations.iter().filter(|r| !taken.contains(&r.name)) {
        // Who reads a table reads its parts.
        if relation.part_of.is_some_and(|whole| known.contains(&whole)) {
            continue;
        }
        let cited = address.cite(&relation.name);
        let Some(table) = schema.table_called(&relation.name) else {
            builder.note(header::unknown_table(&schema, &cited, &relation.name));
            continue;
        };
        let columns = columns(client, relation).await.map_err(|w| w.of(address))?;
        let columns = wanted(table, &cited, columns, builder);
        found.push(Found { table, name: (relation.schema.clone(), relation.name.clone()), file: cited, columns });
    }
    if found.is_empty() && taken.is_empty() {
        let seen = match relations.len() {
            0 => "（看不到任何表：请核对数据库、schema 和用户的权限）".to_owned(),
            n => format!("（看得到 {n} 个表，表名都不认得）"),
        };
        return Err(IngestError::NoTable { path: address.to_string(), found: seen });
    }
    found.sort_by(|a, b| (a.table, &a.name).cmp(&(b.table, &b.name)));
    Ok(found)
}

/// Of the columns of a table, which are read; what is to be told of the others is told.
pub(super) fn wanted(table: TableId, cited: &str, columns: Vec<(String, Kind)>, builder: &mut Builder) -> Vec<Column> {
    let schema = Arc::clone(builder.schema());
    let names = || columns.iter().map(|(name, _)| name.as_str());
    let understood = header::understand(&schema, table, cited, 0, names());
    header::lacking(&schema, table, cited, 0, &understood, names()).into_iter().for_each(|n| builder.note(n));
    understood.notes.into_iter().for_each(|n| builder.note(n));
    builder.declare(table);
    let wanted = understood.fields.iter().zip(columns).filter_map(|(field, (name, kind))| {
        let field = field.filter(|&f| builder.wants(table, f))?;
        // A time of the day is lost where a day is wanted, and nowhere else.
        let is_day = schema.tables.get(table).and_then(|t| t.fields.get(field)).is_some_and(|f| f.ty == FieldType::Date);
        let kind = if kind == Kind::Day && !is_day { Kind::Text } else { kind };
        Some(Column { field, name, kind })
    });
    wanted.collect()
}

/// The tables, views and the like that there are.
pub(super) async fn relations(client: &Client, address: &Address) -> Result<Vec<Relation>, Wrong> {
    let wrong = |e: tokio_postgres::Error| Wrong::reading(&e, None);
    if let Some(schema) = &address.schema {
        let there = client.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1::text", &[schema]).await.map_err(wrong)?;
        if there.is_empty() {
            return Err(Wrong::no_schema(schema));
        }
    }
    let rows = client.query(TABLES, &[&address.schema]).await.map_err(wrong)?;
    rows.iter().map(|r| Ok(Relation { oid: get(r, 0)?, schema: get(r, 1)?, name: get(r, 2)?, part_of: get(r, 3)? })).collect()
}

/// The columns of one of them, and what they hold.
pub(super) async fn columns(client: &Client, relation: &Relation) -> Result<Vec<(String, Kind)>, Wrong> {
    let rows = client.query(COLUMNS, &[&relation.oid]).await.map_err(|e| Wrong::reading(&e, Some(&relation.name)))?;
    rows.iter().map(|r| Ok((get(r, 0)?, kind(get::<Option<u32>>(r, 1)?, get(r, 2)?)))).collect()
}

fn get<'r, T: FromSql<'r>>(row: &'r tokio_postgres::Row, column: usize) -> Result<T, Wrong> {
    // The types are those asked for, so what fails is the text.
    row.try_get(column).map_err(|_| Wrong::names())
}

/// What columns of a type hold.
pub(super) fn kind(oid: Option<u32>, category: &str) -> Kind {
    match oid.and_then(Type::from_oid) {
        Some(Type::BOOL) => Kind::Bool,
        Some(Type::INT2 | Type::INT4 | Type::INT8) => Kind::Int,
        Some(Type::FLOAT4 | Type::FLOAT8) => Kind::Real,
        Some(Type::NUMERIC) => Kind::Decimal,
        Some(Type::DATE | Type::TIMESTAMP | Type::TIMESTAMPTZ) => Kind::Day,
        Some(Type::BYTEA | Type::JSON | Type::JSONB | Type::XML) => Kind::Unreadable,
        // Arrays, composites, geometry, ranges.
        _ if ["A", "C", "G", "R"].contains(&category) => Kind::Unreadable,
        _ => Kind::Text,
    }
}
