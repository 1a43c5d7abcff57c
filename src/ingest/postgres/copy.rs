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
pub(super) type Taker<'t> = dyn FnMut(u32, &[u8]) -> Result<(), Wrong> + 't;

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
    let mut lines = Lines::default();
    let mut told = 0u32;
    while let Some(message) = stream.next().await {
        lines.take(&message.map_err(wrong)?, to)?;
        if lines.row - told >= STEP {
            progress.rows(u64::from(lines.row - told));
            told = lines.row;
        }
    }
    progress.rows(u64::from(lines.row - told));
    lines.end()?;
    // That the server has no more to say of it shows when it answers again.
    client.batch_execute("SELECT 1").await.map_err(wrong)
}

/// The lines of messages, which need not end where messages do.
#[derive(Default)]
pub(super) struct Lines {
    /// A line that has not ended. PostgreSQL sends whole ones.
    rest: Vec<u8>,
    /// Lines so far.
    row: u32,
}

impl Lines {
    /// Hands over the lines that a message ends.
    pub fn take(&mut self, message: &[u8], to: &mut Taker<'_>) -> Result<(), Wrong> {
        let mut from = 0;
        // A line break within a cell is escaped.
        for end in memchr_iter(b'\n', message) {
            let line = message.get(from..end).unwrap_or_default();
            from = end + 1;
            self.row = self.row.saturating_add(1);
            if self.rest.is_empty() {
                to(self.row, line)?;
            } else {
                self.rest.extend_from_slice(line);
                to(self.row, &self.rest)?;
                self.rest.clear();
            }
        }
        self.rest.extend_from_slice(message.get(from..).unwrap_or_default());
        Ok(())
    }

    /// No more comes: a line that has not ended is none.
    pub fn end(self) -> Result<(), Wrong> {
        if self.rest.is_empty() { Ok(()) } else { Err(Wrong::protocol()) }
    }
}
