//! The server, spoken to through a database that no exchange touches: what is created, renamed
//! and dropped cannot be the database one sits in.

use std::time::Duration;

use super::{names, sessions};
use crate::config::PostgresConfig;
use crate::domain::restoring::Exchange;
use crate::domain::trouble::Trouble;
use crate::source::Work;
use crate::source::postgres::access::Access;
use crate::source::postgres::connect::{Connection, refused};
use crate::sys::stop::Stop;

/// Every server has both, unless somebody dropped the first.
const SEATS: [&str; 2] = ["postgres", "template1"];

const WHO: &str = "
    SELECT current_setting('server_version_num')::int / 10000, pg_is_in_recovery(),
           r.rolsuper, r.rolcreatedb, r.rolsuper OR r.rolcreaterole,
           r.rolsuper OR pg_has_role('pg_execute_server_program', 'USAGE')
    FROM pg_roles r WHERE r.rolname = current_user";

/// A conversation with the server, and what we may do there.
pub(in crate::source::postgres) struct Desk<'a> {
    pub(super) access: Access<'a>,
    pub(in crate::source::postgres) connection: Connection,
    pub(in crate::source::postgres) server_major: u32,
    pub(super) is_standby: bool,
    pub(super) is_superuser: bool,
    pub(super) may: May,
}

/// What our role is allowed.
pub(super) struct May {
    pub(super) create_databases: bool,
    pub(super) create_roles: bool,
    /// On the server's machine.
    pub(super) run_programs: bool,
}

impl<'a> Desk<'a> {
    /// # Errors
    /// Where the server cannot be reached.
    pub(in crate::source::postgres) fn open(
        config: &'a PostgresConfig,
        busy: &[&str],
        work: &Work,
    ) -> Result<Self, Trouble> {
        Self::with(Access::read(&config.server)?, busy, work)
    }

    /// The same for the one who makes these exchanges: every session is listed as his.
    ///
    /// # Errors
    /// As of [`Desk::open`].
    pub(super) fn of(config: &'a PostgresConfig, exchanges: &[Exchange], work: &Work) -> Result<Self, Trouble> {
        let access = Access::read(&config.server)?;
        let access = match exchanges.first() {
            Some(exchange) => access.named(sessions::name(exchange)),
            None => access,
        };
        Self::with(access, &names::of(exchanges), work)
    }

    fn with(access: Access<'a>, busy: &[&str], work: &Work) -> Result<Self, Trouble> {
        let connection = seat(&access, busy, work)?;
        let row = connection.row(WHO)?;
        let is = |at: usize| row.try_get::<_, bool>(at).map_err(|e| refused(&e));
        Ok(Self {
            server_major: row.try_get::<_, i32>(0).map_err(|e| refused(&e))?.unsigned_abs(),
            is_standby: is(1)?,
            is_superuser: is(2)?,
            may: May { create_databases: is(2)? || is(3)?, create_roles: is(4)?, run_programs: is(5)? },
            access,
            connection,
        })
    }

    /// The same for what takes long.
    pub(in crate::source::postgres) fn patient(self, work: Option<&Work>) -> Result<Self, Trouble> {
        Ok(Self { connection: self.connection.patient(work.map(|work| &work.stop))?, ..self })
    }

    /// The same, where no statement takes longer than this.
    pub(super) fn limited(self, at_most: Duration, stop: Option<&Stop>) -> Result<Self, Trouble> {
        Ok(Self { connection: self.connection.limited(at_most, stop)?, ..self })
    }

    pub(super) fn user(&self) -> &'a str {
        &self.access.server.user
    }

    /// The first column of the first row, where there is one.
    pub(in crate::source::postgres) fn first(&self, sql: &str, database: &str) -> Result<Option<String>, Trouble> {
        self.connection.rows(sql, &[&database])?.first().map(|row| row.try_get(0).map_err(|e| refused(&e))).transpose()
    }

    pub(super) fn stands(&self, database: &str) -> Result<bool, Trouble> {
        Ok(self.first("SELECT datname::text FROM pg_database WHERE datname = $1::text", database)?.is_some())
    }
}

fn seat(access: &Access<'_>, busy: &[&str], work: &Work) -> Result<Connection, Trouble> {
    let mut free = SEATS.iter().filter(|seat| !busy.contains(seat));
    let open = |seat: &str| Connection::open(access, seat, &work.runtime);
    let first = free.next().map_or_else(|| open(SEATS[1]), |seat| open(seat));
    match (first, free.next()) {
        // Whatever keeps us out of the one need not keep us out of the other.
        (Err(why), Some(other)) => open(other).map_err(|_| why),
        (first, _) => first,
    }
}
