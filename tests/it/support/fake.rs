//! A clock and a source that do as they are told, for lives that pass in seconds.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::artifact::{Form, Kind};
use resguardo::domain::manifest::{ArchiveContent, ArchiveFacts, Content, Facts, SqliteFacts, SqliteTable};
use resguardo::domain::name::SourceName;
use resguardo::domain::trouble::{Stage, Trouble};
use resguardo::source::{Dumped, Source, Survey, Target, Work};
use resguardo::sys::clock::Clock;

/// Shows what it was set to.
#[derive(Default)]
pub(crate) struct FakeClock(AtomicI64);

impl FakeClock {
    pub(crate) fn set(&self, now: DateTime<Utc>) {
        self.0.store(now.timestamp_millis(), Ordering::SeqCst);
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// What a source gives when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// All it holds.
    Full,
    /// All there is: no table and hardly a byte.
    Emptied,
    /// What could be read of it.
    Incomplete,
    FailsPassing,
    /// Fails before its dump begins.
    FailsLasting,
    Panics,
}

/// How long every dump takes, also one that fails.
pub(crate) const DUMP_TAKES: TimeDelta = TimeDelta::seconds(5);

/// Rows of a source in good health; its bytes are as many.
pub(crate) const ROWS: usize = 200;

pub(crate) struct FakeSource {
    name: SourceName,
    kind: Kind,
    clock: Arc<FakeClock>,
    mood: Mutex<Mood>,
}

impl FakeSource {
    pub(crate) fn new(name: &str, kind: Kind, clock: &Arc<FakeClock>) -> Arc<Self> {
        let name = SourceName::new(name).unwrap();
        Arc::new(Self { name, kind, clock: clock.clone(), mood: Mutex::new(Mood::Full) })
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    fn facts(&self, rows: usize) -> Facts {
        if self.kind == Kind::Sqlite {
            let table =
                |name: &str, rows: usize| SqliteTable { name: name.to_owned(), rows: rows as u64, rows_digest: None };
            let tables = if rows == 0 { Vec::new() } else { vec![table("asset", rows - 1), table("place", 1)] };
            return Facts { sqlite: Some(SqliteFacts { tables, ..SqliteFacts::default() }), ..Facts::default() };
        }
        let content = ArchiveContent { files: rows as u64, ..ArchiveContent::default() };
        Facts { archive: Some(ArchiveFacts { content, ..ArchiveFacts::default() }), ..Facts::default() }
    }
}

impl Source for FakeSource {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn form(&self) -> Form {
        if self.kind == Kind::Sqlite { Form::SqliteFile } else { Form::Tar }
    }

    fn survey(&self, _work: &Work) -> Result<Survey, Trouble> {
        let user_tables = match self.mood() {
            Mood::FailsLasting => return Err(Trouble::lasting(Stage::Connect, "wrong password")),
            Mood::Emptied => 0,
            _ => 2,
        };
        let user_tables = (self.kind == Kind::Sqlite).then_some(user_tables);
        Ok(Survey { bytes_max: ROWS as u64, user_tables, warnings: Vec::new() })
    }

    fn dump(&self, out: &mut dyn Write, work: &Work) -> Result<Dumped, Trouble> {
        self.clock.advance(DUMP_TAKES);
        let mood = self.mood();
        let rows = match mood {
            Mood::FailsPassing => return Err(Trouble::passing(Stage::Dump, "the server went away")),
            Mood::Panics => panic!("a bug, on purpose"),
            Mood::Emptied => 0,
            _ => ROWS,
        };
        out.write_all(&vec![b'.'; rows + 1]).map_err(|e| Trouble::passing(Stage::Write, e))?;
        work.stop.check(Stage::Dump)?;
        Ok(Dumped { facts: self.facts(rows), complete: mood != Mood::Incomplete, warnings: Vec::new() })
    }

    fn inspect(&self, _raw: &mut dyn Read, _work: &Work) -> Result<Content, Trouble> {
        Err(Trouble::lasting(Stage::Connect, "nobody inspects what is not real"))
    }

    fn load(&self, _raw: &mut dyn Read, _target: &Target, _work: &Work) -> Result<(), Trouble> {
        Err(Trouble::lasting(Stage::Connect, "nobody loads what is not real"))
    }
}
