//! The rows of a table as `COPY … TO STDOUT` sends them: a line a row.

use super::error::Wrong;
use crate::ingest::Progress;
use crate::ingest::sqlite::quoted;
use futures_util::StreamExt;
use memchr::memchr_iter;
use std::pin::pin;
use tokio_postgres::Client;

/// Rows between two tellings of progress.
const STEP: u32 = 8192;

/// Takes the number of a row and its text.
type Taker<'t> = dyn FnMut(u32, &[u8]) -> Result<(), Wrong> + 't;

/// Hands over every row of a table of a schema, numbered in the order they come: the columns named, tabs between them. A column without a
/// name is not fetched.
pub(super) async fn lines(
    client: &Client,
    (schema, table): &(String, String),
    columns: &[&str],
    progress: &dyn Progress,
    to: &mut Taker<'_>,
) -> Result<(), Wrong> {
    let wrong = |e: tokio_postgres::Error| Wrong::reading(&e, Some(table));
    let list = columns.iter().map(|c| if c.is_empty() { "NULL".to_owned() } else { quoted(c) }).collect::<Vec<_>>().join(", ");
    // Rows without a wanted column still count.
    let list = if list.is_empty() { "NULL" } else { &list };
    let stream = client.copy_out(&format!("COPY (SELECT {list} FROM {}.{}) TO STDOUT", quoted(schema), quoted(table))).await;
    let mut stream = pin!(stream.map_err(wrong)?);
    // A line that has not ended. PostgreSQL sends whole ones.
    let mut rest: Vec<u8> = Vec::new();
    let (mut row, mut told) = (0u32, 0u32);
    while let Some(message) = stream.next().await {
        let message = message.map_err(wrong)?;
        let mut from = 0;
        // A line break within a cell is escaped.
        for end in memchr_iter(b'\n', &message) {
            let line = message.get(from..end).unwrap_or_default();
            from = end + 1;
            row = row.saturating_add(1);
            if rest.is_empty() {
                to(row, line)?;
            } else {
                rest.extend_from_slice(line);
                to(row, &rest)?;
                rest.clear();
            }
        }
        rest.extend_from_slice(message.get(from..).unwrap_or_default());
        if row - told >= STEP {
            progress.rows(u64::from(row - told));
            told = row;
        }
    }
    progress.rows(u64::from(row - told));
    if !rest.is_empty() {
        return Err(Wrong::protocol());
    }
    // That the server has no more to say of it shows when it answers again.
    client.batch_execute("SELECT 1").await.map_err(wrong)
}
