//! Rows by the million over our own conversations: counted where they are moved within one
//! database, streamed piece by piece from one database into another.

use std::pin::pin;

use futures_util::{SinkExt, TryStreamExt};

use super::Connection;
use crate::domain::trouble::Trouble;

impl Connection {
    /// Runs one statement; returns how many rows it read or wrote.
    ///
    /// # Errors
    /// Where the server refuses or does not answer in time.
    pub(in crate::source::postgres) fn count(&self, statement: &str) -> Result<u64, Trouble> {
        self.answer(self.client.execute(statement, &[]))
    }

    /// Hands what `from`, a `COPY … TO STDOUT`, gives here to `to`, a `COPY … FROM STDIN`, there, and
    /// returns how many rows arrived. A piece is asked for once the one before it is on its way:
    /// what is held does not grow with the rows.
    ///
    /// # Errors
    /// Where either server refuses or breaks off.
    pub(in crate::source::postgres) fn copy(&self, from: &str, there: &Connection, to: &str) -> Result<u64, Trouble> {
        self.answer(async {
            let mut rows = pin!(self.client.copy_out(from).await?);
            let mut sink = pin!(there.client.copy_in(to).await?);
            while let Some(piece) = rows.try_next().await? {
                sink.feed(piece).await?;
            }
            sink.finish().await
        })
    }
}
