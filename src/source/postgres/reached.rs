//! A server that was reached: what every survey, dump and load begins with. It knows who we are
//! there, has described its database, and programs that fit it are here.

use super::access::Access;
use super::connect::Connection;
use super::server::Database;
use super::tools::Tools;
use crate::config::PostgresServer;
use crate::domain::trouble::Trouble;
use crate::source::{Survey, Work};

/// A few statements: so much room is always enough to begin with.
const STATEMENTS_BYTES_MAX: u64 = 1024 * 1024;

pub(super) struct Reached<'a> {
    pub(super) access: Access<'a>,
    pub(super) connection: Connection,
    pub(super) database: Database,
    pub(super) tools: Tools,
}

impl<'a> Reached<'a> {
    /// # Errors
    /// Where the server cannot be reached, or no programs here fit it.
    pub(super) fn reach(server: &'a PostgresServer, database: &str, work: &Work) -> Result<Self, Trouble> {
        let access = Access::read(server)?;
        let connection = Connection::open(&access, database, &work.runtime)?;
        let database = Database::read(&connection)?;
        let tools = Tools::for_server(database.server_major, work)?;
        Ok(Self { access, connection, database, tools })
    }

    /// What there is to know before a few statements are dumped.
    ///
    /// # Errors
    /// As of [`Reached::reach`].
    pub(super) fn survey(server: &'a PostgresServer, database: &str, work: &Work) -> Result<Survey, Trouble> {
        Self::reach(server, database, work)?;
        Ok(Survey { bytes_max: STATEMENTS_BYTES_MAX, user_tables: None, warnings: Vec::new() })
    }
}
