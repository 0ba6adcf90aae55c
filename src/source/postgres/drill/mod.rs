//! Proving a dump: a throw-away server of the manifest's kind is made in scratch, the dump is
//! restored into it as a restore would, dumped again, and looked at from every side.
//!
//! Given: raw bytes, what the manifest says of them, a scratch folder. Returns: what was seen.
//! Never: reaches another server than its own, listens but on its private socket, runs as root,
//! lets what a dump holds reach anything but scratch, leaves anything running.

mod ask;
mod compare;
mod home;
mod lacking;
mod passage;
mod preload;
mod reach;
mod restore;
mod server;
mod validity;
mod watch;

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use super::access::Access;
use super::connect::Connection;
use super::restore::fit;
use super::server::NO_ENCODING;
use super::throwaway::{self, Throwaway};
use super::tools::{Tools, Version};
use super::{load, nameless};
use crate::config::{DumpFormat, PostgresConfig, PostgresServer};
use crate::domain::artifact::Form;
use crate::domain::drill::{Judgement, What};
use crate::domain::manifest::PostgresFacts;
use crate::domain::progress::Event;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::proofs::{self, Heard};
use crate::source::prove::{Evidence, Material, Prove};
use crate::source::restore::Bytes;
pub(in crate::source) use ask::{column_fault, question_fault};
pub(in crate::source) use home::clear_left_over;

/// A new database is a little larger than one that was vacuumed, and its indexes are sorted on the
/// same disk.
const GROWTH_PERCENT: u64 = 120;
/// The server's own files, and its log, which grows with what is loaded and is kept so small.
const SERVER_BYTES: u64 = 96 * 1024 * 1024;
const LOG_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Where no manifest tells the size of the database, each byte of SQL is taken for two of data and
/// indexes.
const UNTOLD_PERCENT: u64 = 200;
/// A server that dies takes a session with it a moment before it is gone itself.
const DEATH_WAIT: Duration = Duration::from_secs(1);
/// A database is restored under its own name, unless a new server has one of that name.
const TAKEN: [&str; 3] = ["postgres", "template0", "template1"];
const STAND_IN: &str = "resguardo_drill";
/// What is no UTF-8 would end a session of ours. So, once the second dump is made, those with a database
/// in no encoding are told of one that has a letter for each byte.
const SEEN_BYTEWISE: [&str; 2] = [
    "SET default_transaction_read_only = off",
    "UPDATE pg_catalog.pg_database SET encoding = pg_catalog.pg_char_to_encoding('LATIN1')
     WHERE encoding = pg_catalog.pg_char_to_encoding('SQL_ASCII')",
];
const SEAT: &str = "postgres";

const ALL_BUT_LOAD: [What; 6] =
    [What::Rows, What::LargeObjects, What::Sequences, What::Schema, What::Constraints, What::Indexes];

/// Proves dumps of PostgreSQL databases.
pub struct PostgresDrill;

impl Prove for PostgresDrill {
    fn ready(&self, material: &Material, work: &Work) -> Result<(), Trouble> {
        let work = &throwaway::as_its_user(work)?;
        passage::must_be_free(work)?;
        nameless::lender(&work.sys, &work.stop)?;
        let tools = tools(material, work)?;
        let restricts = |facts: &PostgresFacts| {
            facts.format == "plain" && Version::parse(&facts.client_version).is_some_and(Version::knows_restrict)
        };
        if material.facts.postgres.as_ref().is_some_and(restricts) && !tools.version.knows_restrict() {
            return Err(load::unrestricted(tools.version));
        }
        material.facts.postgres.as_ref().map_or(Ok(()), |facts| lacking::must_be_nothing(&tools, facts, work))
    }

    fn room_bytes(&self, material: &Material) -> u64 {
        let told = material.facts.postgres.as_ref().map(|facts| facts.size_bytes / 100 * GROWTH_PERCENT);
        let data = told.or(material.raw_bytes.map(|raw| raw / 100 * UNTOLD_PERCENT)).unwrap_or(0);
        data + data.min(LOG_BYTES_MAX) + SERVER_BYTES
    }

    fn prove(&self, bytes: Bytes<'_>, material: &Material, scratch: &Path, work: &Work) -> Result<Evidence, Trouble> {
        // What loads and asks reads what strangers wrote, as the server does.
        let work = &throwaway::as_its_user(work)?;
        let tools = tools(material, work)?;
        let mut server = server::start(&tools, material, scratch, work)?;
        let site = Site::new(&server, material, scratch, work);
        let held = watch::over(scratch, work, || {
            server::must_be_ours(&server, &site)?;
            hold(&server, &site, bytes.raw)
        });
        let is_well = held.as_ref().is_ok_and(all_is_well);
        if !is_well {
            work.stop.check(Stage::Load)?;
            // What a server says that dies is no finding.
            if let (false, Some(words)) = (watch::is_of_room(&held), server.last_words(DEATH_WAIT)) {
                return Err(died(&words));
            }
            watch::must_not_be_full(&held, scratch)?;
        }
        held
    }
}

/// What every step works with.
struct Site<'a> {
    material: &'a Material,
    facts: Option<&'a PostgresFacts>,
    /// The database in the throw-away server.
    config: PostgresConfig,
    scratch: &'a Path,
    work: &'a Work,
}

impl<'a> Site<'a> {
    fn new(server: &Throwaway, material: &'a Material, scratch: &'a Path, work: &'a Work) -> Self {
        let facts = material.facts.postgres.as_ref();
        let address = PostgresServer {
            host: server.socket().display().to_string(),
            port: server::PORT,
            user: server::superuser(material).to_owned(),
            password: None,
            sslmode: "disable".to_owned(),
            sslrootcert: None,
        };
        let config = PostgresConfig {
            name: material.source.clone(),
            server: address,
            database: database(material).to_owned(),
            format: if material.form == Form::CustomDump { DumpFormat::Custom } else { DumpFormat::Plain },
            globals: false,
            data_volume: None,
            schedule: None,
        };
        Self { material, facts, config, scratch, work }
    }

    /// Whether nobody promised its texts to be of any encoding.
    fn is_bytewise(&self) -> bool {
        self.facts.is_some_and(|facts| facts.encoding == NO_ENCODING)
    }

    fn stage(&self, stage: &'static str, expected_bytes: Option<u64>) {
        let source = Some(self.material.source.clone());
        self.work.progress.event(Event::Stage { source, stage, expected_bytes });
    }
}

/// The name of the database in the throw-away server.
fn database(material: &Material) -> &str {
    let name = material.facts.postgres.as_ref().map_or(material.source.as_str(), |facts| &facts.database);
    if TAKEN.contains(&name) { STAND_IN } else { name }
}

/// The drill itself, on a server that runs.
fn hold(server: &Throwaway, site: &Site<'_>, raw: &mut dyn Read) -> Result<Evidence, Trouble> {
    let (material, mut heard) = (site.material, Heard::new(raw));
    site.stage("load", material.raw_bytes);
    let began = Instant::now();
    let remarks = reach::remark(server.confined()).into_iter();
    let left_empty = match restore::restore(server, site, &mut heard)? {
        Err(why) => {
            let failed = proofs::of_failed_load(why, &ALL_BUT_LOAD, material);
            return Ok(Evidence { remarks: remarks.collect(), ..failed });
        }
        Ok(left_empty) => left_empty,
    };
    let left_empty = (left_empty > 0).then(|| Saying::new("remark-left-empty").with("count", left_empty));
    let mut evidence = Evidence {
        restore_seconds: Some(began.elapsed().as_secs_f64()),
        remarks: remarks.chain(left_empty).collect(),
        ..Evidence::default()
    };
    evidence.proofs.push(proofs::passed(What::Load, &Saying::new("proof-loaded")));
    site.stage("compare", None);
    compare::compare(site, &mut evidence)?;
    if site.is_bytewise() {
        let seat = Connection::open(&Access::read(&site.config.server)?, SEAT, &site.work.runtime)?;
        SEEN_BYTEWISE.iter().try_for_each(|statement| seat.run(statement))?;
    }
    validity::look(site, &mut evidence)?;
    ask::questions(site, &mut evidence)?;
    ask::references(site, &mut evidence)?;
    site.work.progress.event(Event::StageEnded { source: material.source.clone() });
    Ok(evidence)
}

fn all_is_well(evidence: &Evidence) -> bool {
    evidence.proofs.iter().all(|proof| proof.judgement == Judgement::Passed)
        && evidence.answers.iter().all(Result::is_ok)
}

/// Programs of the version that was dumped, as it says itself; any, where nothing tells.
fn tools(material: &Material, work: &Work) -> Result<Tools, Trouble> {
    let major = material.facts.postgres.as_ref().map_or(0, |facts| fit::major(&facts.server_version));
    Tools::to_serve(major, &work.sys, &work.stop)
}

fn died(last_words: &str) -> Trouble {
    Trouble::passing(Stage::Load, format!("the throw-away server ended: {last_words}"))
        .hint(Saying::new("hint-drill-died"))
}
