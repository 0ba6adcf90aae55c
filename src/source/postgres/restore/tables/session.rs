//! A conversation with one database, under the name of the run: whoever comes after a crash knows
//! by it what is still under way at the server, and ends that before it looks at any name.

use std::slice;

use super::relation::Place;
use crate::config::PostgresConfig;
use crate::domain::restoring::Exchange;
use crate::domain::trouble::Trouble;
use crate::source::Work;
use crate::source::postgres::access::Access;
use crate::source::postgres::connect::{Connection, refused};
use crate::source::postgres::load::quoted;
use crate::source::postgres::restore::desk::Desk;
use crate::source::postgres::restore::exchange::Patience;
use crate::source::postgres::restore::sessions;

/// Rows written as text in one session are read in another of the same settings, whatever
/// databases and roles have set. Names of types and tables come with their schema.
const SETTINGS: &str = "
    SET search_path = ''; SET row_security = off; SET default_transaction_read_only = off;
    SET datestyle = ISO; SET intervalstyle = postgres; SET extra_float_digits = 3; SET bytea_output = hex;
    SET lc_monetary = 'C'; SET timezone = 'UTC'; SET xmloption = content; SET lock_timeout = '5s'";

pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) is_superuser: bool,
}

impl Session {
    /// One for as long as the work takes, listed as of whoever makes the database `beside`.
    pub(super) fn open(
        config: &PostgresConfig,
        database: &str,
        beside: &Exchange,
        work: &Work,
    ) -> Result<Self, Trouble> {
        let patient = |connection: Connection| connection.patient(Some(&work.stop));
        Self::begin(config, database, beside, patient, work)
    }

    /// One with the live database once nothing of that run is under way, which waits for no
    /// statement without end. `None` where the database stands no more.
    ///
    /// # Errors
    /// Also where a session of that run does not end.
    pub(super) fn after(
        config: &PostgresConfig,
        beside: &Exchange,
        patience: Patience,
        work: &Work,
    ) -> Result<Option<Self>, Trouble> {
        let desk = Desk::of(config, slice::from_ref(beside), work)?;
        sessions::end_earlier(&desk, slice::from_ref(beside), patience.ending)?;
        if !desk.stands(&beside.live)? {
            return Ok(None);
        }
        let limited = |connection: Connection| connection.limited(patience.removal, None);
        Self::begin(config, &beside.live, beside, limited, work).map(Some)
    }

    fn begin(
        config: &PostgresConfig,
        database: &str,
        beside: &Exchange,
        bound: impl FnOnce(Connection) -> Result<Connection, Trouble>,
        work: &Work,
    ) -> Result<Self, Trouble> {
        let access = Access::read(&config.server)?.named(sessions::name(beside));
        let connection = bound(Connection::open(&access, database, &work.runtime)?)?;
        connection.run(SETTINGS)?;
        let row = connection.row("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")?;
        Ok(Self { is_superuser: row.try_get(0).map_err(|e| refused(&e))?, connection })
    }

    pub(super) fn stands(&self, place: &Place) -> Result<bool, Trouble> {
        self.size(place).map(|size| size.is_some())
    }

    /// What a table takes; `None` where there is none.
    pub(super) fn size(&self, place: &Place) -> Result<Option<u64>, Trouble> {
        let size = "SELECT pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = $1::text AND c.relname = $2::text";
        let rows = self.connection.rows(size, &[&place.schema, &place.name])?;
        rows.first().map(|row| row.try_get::<_, i64>(0).map(i64::unsigned_abs).map_err(|e| refused(&e))).transpose()
    }

    /// Drops a table; returns what it took. Nothing there is no error.
    pub(super) fn drop_table(&self, place: &Place) -> Result<u64, Trouble> {
        let Some(size) = self.size(place)? else { return Ok(0) };
        self.connection.run(&format!("DROP TABLE IF EXISTS {}", place.sql()))?;
        Ok(size)
    }

    /// How many rows `of` has, as in `FROM`.
    pub(super) fn count(&self, of: &str) -> Result<u64, Trouble> {
        let row = self.connection.row(&format!("SELECT count(*) FROM {of}"))?;
        row.try_get::<_, i64>(0).map(i64::unsigned_abs).map_err(|e| refused(&e))
    }

    /// Texts, one of each row.
    pub(super) fn texts(&self, sql: &str) -> Result<Vec<String>, Trouble> {
        let rows = self.connection.rows(sql, &[])?;
        rows.iter().map(|row| row.try_get(0).map_err(|e| refused(&e))).collect()
    }

    /// Gives a table that we made to whoever has the one it was made from: only a superuser can
    /// have made it for somebody else.
    pub(super) fn give(&self, place: &Place, owner: &str) -> Result<(), Trouble> {
        if !self.is_superuser {
            return Ok(());
        }
        let owner = quoted(owner);
        self.connection.run(&format!("ALTER TABLE {} OWNER TO {owner}", place.sql()))
    }
}
