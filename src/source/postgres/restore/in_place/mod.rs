//! Putting a database back where none can be created beside it: in one transaction of our own, all
//! that a dump brings is taken away, the dump is streamed, and COMMIT is sent only once its digest,
//! its end and all counts agree. Until then everybody else waits or sees what stood there, and no
//! COMMIT succeeds that is not ours.
//!
//! Never: commits what did not agree; takes away what our role could not make again; leaves clients
//! shut out, whatever happens.

mod clearing;
mod door;
mod look;
mod session;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::desk::Desk;
use super::{beside, compare, watch};
use crate::config::{DumpFormat, PostgresConfig};
use crate::domain::manifest::{PostgresContent, PostgresFacts};
use crate::domain::progress::Event;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::connect::refused;
use crate::source::postgres::counter::{Counter, Trailer};
use crate::source::postgres::load;
use crate::source::postgres::tools::Tools;
use crate::source::postgres::without::{Leave, Stays, Without};
use crate::source::postgres::{dump as stream, fitting, restricting};
use crate::source::restore::{Begun, Bytes, Stands, Wish};
use crate::sys::stop::Stop;
pub(super) use look::{is_the_way, look};
use session::Session;

/// What is committed is durable once the server says so; locks are waited for no longer than clients
/// wait for an answer; and what role or database set for their sessions does not end ours.
const BEGIN: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
    SET synchronous_commit = on; SET lock_timeout = '10s'; SET client_min_messages = warning;
    BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;\n";
/// A transaction by its number and its server: another one has a transaction of that number too.
const TRANSACTION: &str = "(SELECT system_identifier FROM pg_catalog.pg_control_system()) || ':' || txid_current()";
/// What of it no COPY counts.
const OBJECTS: &str = "(SELECT count(*) FROM pg_catalog.pg_largeobject_metadata)";

/// While it stands the transaction cannot be committed, whoever asks for that: two rows that may not
/// be equal are, and only the end of the transaction looks at it. Gone with the transaction.
const GATE: &str = "CREATE TEMPORARY TABLE {gate} (shut integer UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP;
    INSERT INTO pg_temp.{gate} VALUES (1), (1);\n";
const OPEN_GATE: &str = "DELETE FROM pg_temp.{gate};\n";

/// A server ends a session within an instant, unless it writes much or its disk hangs.
const END_MAX: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Replaces what stands in the database by what was dumped. `begun` is told the transaction before
/// anything is done in it: by that number it is settled, whatever happens.
///
/// # Errors
/// Where what stood there stands as it was, or it must be asked ([`settle`]) what stands.
pub(super) fn replace(
    config: &PostgresConfig,
    bytes: &mut Bytes<'_>,
    wish: &Wish,
    begun: &mut Begun<'_>,
    work: &Work,
) -> Result<(), Trouble> {
    let live = config.database.as_str();
    let stage = |stage, expected_bytes| {
        work.progress.event(Event::Stage { source: Some(config.name.clone()), stage, expected_bytes });
    };
    stage("load", wish.raw_bytes);
    let desk = Desk::open(config, &[live], work)?;
    let stays = look::check(&desk, live, wish, work)?;
    beside::roles(&desk, wish, work)?;
    let leave = Leave { stays: Some(stays), ..beside::left_out(&desk, wish, work)? };
    let tools = Tools::for_server(desk.server_major, work)?;
    let mut load = Load {
        desk: &desk,
        session: Session::start(&desk.access, &tools, live, &format!("resguardo restore {}", wish.run), work)?,
        pid: 0,
        gate: format!("resguardo_{}", restricting::token()),
        live,
        tools: &tools,
        leave: &leave,
        work,
    };
    let watching = Desk::open(config, &[live], work)?;
    watch::over(&watching, config, live, || {
        let transaction = load.begin(begun)?;
        let counted = load.stream(bytes.raw)?;
        stage("compare", None);
        load.agrees(&transaction, &counted, wish.facts.postgres.as_ref())
    })?;
    stage("swap", None);
    load.commit()?;
    // The data stands; what the server knows of it comes by itself in time, only later.
    stage("analyze", None);
    let _later = beside::analyze(&desk, live, wish.jobs, work);
    Ok(())
}

/// What stands after a replacement that was cut short: what the server says became of its
/// transaction. One that is still open is ended, and clients are let in again.
pub(super) fn settle(config: &PostgresConfig, transaction: Option<&str>, work: &Work) -> Result<Stands, Trouble> {
    let live = config.database.as_str();
    let desk = Desk::open(config, &[live], work)?;
    let stands = transaction.map_or(Ok(Stands::Old), |transaction| outcome(&desk, transaction))?;
    if desk.stands(live)? {
        door::open(&desk, live)?;
    }
    Ok(stands)
}

fn outcome(desk: &Desk<'_>, transaction: &str) -> Result<Stands, Trouble> {
    let (server, transaction) = transaction.split_once(':').unwrap_or_default();
    let here = "SELECT 1::text FROM pg_control_system() WHERE system_identifier::text = $1::text";
    if desk.first(here, server)?.is_none() {
        return Ok(Stands::Old);
    }
    // A number that the server has not given yet is one that it lost in a crash.
    let status = "SELECT CASE WHEN $1::text::int8 <= txid_current() THEN txid_status($1::text::int8) END";
    let session = "SELECT pid FROM pg_stat_activity WHERE backend_xid::text = ($1::text::int8 % 4294967296)::text";
    let until = Instant::now() + END_MAX;
    loop {
        let rows = desk.connection.rows(status, &[&transaction])?;
        let said = rows.first().map(|row| row.try_get::<_, Option<String>>(0)).transpose().map_err(|e| refused(&e))?;
        match said.flatten().as_deref() {
            Some("committed") => return Ok(Stands::New),
            Some("in progress") => {}
            _ => return Ok(Stands::Old),
        }
        let rows = desk.connection.rows(session, &[&transaction])?;
        let pid: Option<i32> = rows.first().map(|row| row.try_get(0)).transpose().map_err(|e| refused(&e))?;
        if let Some(pid) = pid {
            desk.connection.rows("SELECT pg_terminate_backend($1::int4)", &[&pid])?;
        }
        if Instant::now() >= until {
            let pid = pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string());
            let error = format!("the session {pid} of the restore does not end");
            return Err(Trouble::passing(Stage::Swap, error).hint(Saying::new("hint-restore-session-stays")));
        }
        Stop::new().wait(LOOK_EVERY);
    }
}

/// A replacement under way.
struct Load<'a> {
    desk: &'a Desk<'a>,
    session: Session<'a>,
    pid: i32,
    /// The name of what holds the transaction shut: known to nobody.
    gate: String,
    live: &'a str,
    tools: &'a Tools,
    leave: &'a Leave,
    work: &'a Work,
}

impl Load<'_> {
    /// Begins the transaction and takes away what stands, while nobody else is let in.
    fn begin(&mut self, begun: &mut Begun<'_>) -> Result<String, Trouble> {
        let pid = self.session.ask("pg_backend_pid()", || {})?;
        self.pid = pid.parse().map_err(|_| Trouble::passing(Stage::Load, format!("no process {pid}")))?;
        self.session.tell(BEGIN)?;
        self.session.tell(&GATE.replace("{gate}", &self.gate))?;
        let transaction = self.session.ask(TRANSACTION, || {})?;
        begun(&transaction)?;
        door::shut(self.desk, self.live, self.pid)?;
        let mut blocker = None;
        let cleared = self
            .session
            .tell(&format!("{} \\gexec\n", clearing::STATEMENTS))
            .and_then(|()| self.session.ask("'cleared'", || blocker = door::blocker(self.desk, self.pid)));
        door::open(self.desk, self.live)?;
        // What ended it while it waited for a lock is that lock.
        cleared.map_err(|trouble| if trouble.stopped.is_some() { trouble } else { blocker.unwrap_or(trouble) })?;
        Ok(transaction)
    }

    /// Streams the dump; returns what was counted in it once every byte was read and all rows arrived.
    fn stream(&mut self, raw: &mut dyn Read) -> Result<PostgresContent, Trouble> {
        let (format, mut raw) = beside::recognised(raw)?;
        let mut counter = Counter::new(Trailer::Dump);
        match format {
            DumpFormat::Plain => self.sql(&mut raw, &mut counter)?,
            DumpFormat::Custom => {
                let work = self.work;
                let give = |reader: &mut dyn Write| {
                    stream::pass(raw, work, None, |piece| {
                        // What ends `pg_restore` early is told by its exit status.
                        let _ended = reader.write_all(piece);
                        Ok(())
                    })
                };
                let pg_restore = self.tools.program("pg_restore");
                stream::as_sql(&pg_restore, work, give, |sql| self.sql(sql, &mut counter))?;
            }
        }
        let blocks = counter.blocks.clone();
        let content = counter.finish().map_err(|e| Trouble::lasting(Stage::Dump, e).while_doing("load"))?;
        // Its answer comes after everything before it.
        self.session.ask("'loaded'", || {})?;
        if self.session.copied != blocks {
            return Err(Trouble::lasting(Stage::Dump, "load: not every row arrived that was sent"));
        }
        Ok(content)
    }

    fn sql(&mut self, raw: &mut dyn Read, counter: &mut Counter) -> Result<(), Trouble> {
        let server = self.desk.server_major;
        let (head, first) = load::head(raw, self.tools, server)?;
        let (before, after) = fitting::around(&head, server);
        self.session.tell(&first)?;
        self.session.pass(Without::new(before.chain(after).chain(raw), self.leave), |piece| counter.push(piece))
    }

    /// Whether the transaction is still the one that was begun, and holds what the manifest says.
    fn agrees(
        &mut self,
        transaction: &str,
        counted: &PostgresContent,
        facts: Option<&PostgresFacts>,
    ) -> Result<(), Trouble> {
        let told = facts.map(|facts| without_closed(&facts.content, self.leave.stays.as_ref()));
        compare::counts(counted, told.as_ref())?;
        if self.session.ask(TRANSACTION, || {})? != transaction {
            return Err(Trouble::lasting(Stage::Load, "the dump ended the transaction it was loaded in by itself"));
        }
        let objects = self.session.ask(OBJECTS, || {})?;
        compare::large_objects(objects.parse().unwrap_or_default(), counted)
    }

    /// Lets it be seen: at once, by everybody.
    fn commit(mut self) -> Result<(), Trouble> {
        self.work.stop.check(Stage::Swap)?;
        door::shut(self.desk, self.live, self.pid)?;
        let opened = self.session.tell(&OPEN_GATE.replace("{gate}", &self.gate));
        let committed = opened.and_then(|()| self.session.commit());
        committed.and(door::open(self.desk, self.live))
    }
}

/// Tables of others' extensions that our role may not fill were left out, as empty as they were.
fn without_closed(told: &PostgresContent, stays: Option<&Stays>) -> PostgresContent {
    let mut told = told.clone();
    let is_closed = |schema: &str, name: &str| {
        stays.is_some_and(|stays| stays.closed.contains(&(schema.to_owned(), name.to_owned())))
    };
    told.tables.retain(|table| table.rows > 0 || !is_closed(&table.schema, &table.name));
    told
}
