//! What the tests of health and metrics share: a standing in which everything has a value, one in
//! which nothing has, a listener that answers from a standing, and a request as a line of text.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::artifact::Kind;
use resguardo::domain::id::BackupId;
use resguardo::domain::language::Language;
use resguardo::domain::name::SourceName;
use resguardo::domain::report::{self, Job, JobHistory, Outcome, RunReport, Trigger};
use resguardo::domain::retention::Policy;
use resguardo::domain::set::{AdoptedFile, Catalog, CatalogArtifact, CatalogSet, Caveats, Drilled, Verified};
use resguardo::domain::standing::{Running, SourceStanding, Standing, StoreSpace};
use resguardo::domain::telling::ProofEvery;
use resguardo::serve::{self, Gather};
use resguardo::words::Words;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const SEVEN_DAYS: Policy =
    Policy { keep_days: 7, keep_daily: 0, keep_weekly: 0, keep_monthly: 0, keep_yearly: 0, minimum_redundancy: 3 };

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn source(name: &str) -> SourceName {
    SourceName::new(name).unwrap()
}

/// A store just made: one source, nothing run yet.
pub(crate) fn empty_standing() -> Standing {
    Standing {
        now: time("2024-11-12T12:00:00Z"),
        zone: chrono_tz::America::Lima,
        store_dir: "/backups".to_owned(),
        catalog: Catalog::default(),
        sources: vec![source_standing("patrimonio", Kind::Postgres)],
        jobs: BTreeMap::new(),
        nights: BTreeMap::new(),
        proof: ProofEvery::Never,
        retention: SEVEN_DAYS,
        running: Vec::new(),
        next_runs: BTreeMap::new(),
        space: None,
        verify_overdue: None,
        old_copies: Vec::new(),
        unsettled: Vec::new(),
        untold: BTreeMap::new(),
        withheld: BTreeMap::new(),
        unheard: None,
        drill_max_age: None,
        store_troubles: Vec::new(),
        store_refusal: None,
        store_cautions: Vec::new(),
    }
}

/// Two sources, sets of every kind, jobs run and under way: each metric has a value.
pub(crate) fn full_standing() -> Standing {
    let sets = vec![
        set("20241109_030000", "2024-11-09T08:00:00Z", |set| {
            set.pinned = true;
            let verified = Verified { at: time("2024-11-10T11:00:00Z"), ok: true };
            set.artifacts.iter_mut().for_each(|artifact| artifact.verify = Some(verified));
            for (artifact, seconds) in set.artifacts.iter_mut().zip([42.5, 3.25]) {
                let at = time("2024-11-10T10:00:00Z");
                artifact.drill =
                    Some(Drilled { at, proven: true, restore_seconds: Some(seconds), caveats: Caveats::default() });
            }
        }),
        set("20241110_030000", "2024-11-10T08:00:00Z", |set| set.artifacts[0].present = false),
        set("20241111_030000", "2024-11-11T08:00:00Z", |set| {
            set.outcome = Outcome::Partial;
            set.artifacts[1].complete = false;
        }),
        set("20241112_030000", "2024-11-12T08:00:00Z", |_| {}),
    ];
    let adopted = vec![AdoptedFile {
        path: "db/old.sql.gz".to_owned(),
        size_bytes: 5,
        kind: Kind::Postgres,
        source: None,
        id: None,
        verify: None,
    }];
    let run = RunReport {
        version: report::VERSION,
        run: "backup-20241112_030000".to_owned(),
        job: Job::Backup,
        trigger: Trigger::Schedule,
        outcome: Outcome::Succeeded,
        started_at: time("2024-11-12T08:00:00Z"),
        ended_at: time("2024-11-12T08:00:07.250Z"),
        duration_seconds: 7.25,
        backup_id: Some(BackupId::parse("20241112_030000").unwrap()),
        stage: None,
        error: None,
        hint: None,
        sources: Vec::new(),
        pruned: Vec::new(),
        pruned_files: Vec::new(),
        warnings: Vec::new(),
    };
    let counts = BTreeMap::from([(Outcome::Succeeded, 40), (Outcome::Failed, 2)]);
    Standing {
        catalog: Catalog { sets, adopted, ..Catalog::default() },
        sources: vec![source_standing("patrimonio", Kind::Postgres), source_standing("media", Kind::Media)],
        jobs: BTreeMap::from([(Job::Backup, JobHistory { last: Some(run), counts })]),
        running: vec![Running {
            run: "verify-20241112_065500".to_owned(),
            job: Job::Verify,
            started_at: time("2024-11-12T11:55:00Z"),
            deadline_at: time("2024-11-12T17:55:00Z"),
            sources: BTreeSet::new(),
        }],
        next_runs: BTreeMap::from([(Job::Backup, time("2024-11-13T08:00:00Z"))]),
        space: Some(StoreSpace { store_bytes: 400_000_005, free_bytes: 7_000_000_000, total_bytes: 9_000_000_000 }),
        ..empty_standing()
    }
}

pub(crate) fn source_standing(name: &str, kind: Kind) -> SourceStanding {
    SourceStanding {
        name: source(name),
        kind,
        max_age: TimeDelta::hours(25),
        last_attempt: None,
        interrupted_in_row: 0,
        missed: None,
        nights_without: 0,
        known_since: None,
    }
}

/// A complete set of both sources, then changed.
fn set(id: &str, started_at: &str, change: impl FnOnce(&mut CatalogSet)) -> CatalogSet {
    let artifacts = [("patrimonio", Kind::Postgres, 45_100_000), ("media", Kind::Media, 54_900_000)];
    let mut set = set_of(&BackupId::parse(id).unwrap(), time(started_at), &artifacts);
    change(&mut set);
    set
}

/// A complete set of these sources, each with what it is and its bytes.
pub(crate) fn set_of(id: &BackupId, started_at: DateTime<Utc>, artifacts: &[(&str, Kind, u64)]) -> CatalogSet {
    let artifact = |(name, kind, size_bytes): &(&str, Kind, u64)| CatalogArtifact {
        source: source(name),
        kind: *kind,
        path: format!("{}/{name}_{id}", kind.folder()),
        size_bytes: *size_bytes,
        raw_bytes: size_bytes * 4,
        ended_at: started_at + TimeDelta::milliseconds(6500),
        complete: true,
        present: true,
        user_tables: (*kind == Kind::Postgres).then_some(12),
        rows: None,
        entries: (*kind == Kind::Media).then_some(300),
        verify: None,
        drill: None,
        suspect: false,
    };
    CatalogSet {
        id: id.clone(),
        outcome: Outcome::Succeeded,
        label: None,
        started_at,
        ended_at: started_at + TimeDelta::seconds(7),
        depends_on: Vec::new(),
        artifacts: artifacts.iter().map(artifact).collect(),
        pinned: false,
        accepted: false,
        unreadable: false,
    }
}

/// Answers on a port of its own, until dropped or stopped.
pub(crate) struct Answering {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    runtime: tokio::runtime::Runtime,
}

impl Answering {
    pub(crate) fn start(gather: Gather) -> Self {
        Self::in_language(gather, Language::English)
    }

    /// The same for readers of this language.
    pub(crate) fn in_language(gather: Gather, language: Language) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = serve::router(gather, Words::of(language));
        let served = runtime.spawn(serve::serve(listener, router, async {
            let _stopped = stopped.await;
        }));
        Self { address, stop: Some(stop), served, runtime }
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) {
        drop(self.stop.take());
        self.runtime.block_on(&mut self.served).unwrap().unwrap();
    }

    /// The status line's code, the head and the body of the answer to `METHOD path`.
    pub(crate) fn ask(&self, question: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(stream, "{question} HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        let mut answer = String::new();
        // To its end: every answer closes its connection.
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
        let code = head.split(' ').nth(1).unwrap().parse().unwrap();
        (code, head.to_owned(), body.to_owned())
    }
}
