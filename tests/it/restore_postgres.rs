//! Putting PostgreSQL databases back, on real servers: what comes back is what was dumped, what
//! stood there is kept, and nothing that goes wrong on the way touches it.

use std::io::Read;
use std::time::Duration;

use resguardo::config::{DumpFormat, PostgresConfig};
use resguardo::domain::manifest::Facts;
use resguardo::domain::restoring::Exchange;
use resguardo::domain::trouble::{Outlook, Stage, StopReason, Trouble};
use resguardo::source::postgres::restore::PostgresRestore;
use resguardo::source::restore::{Bytes, Restore, Stands, To, Wish};
use rstest::rstest;

use crate::postgres_versions::{bench_of, programs};
use crate::support::mounts::Mounts;
use crate::support::odd::{self, with_format};
use crate::support::postgres::{Server, bench, give};
use crate::support::restore_postgres::{
    Client, Midway, Sight, Stored, databases, everything, hint, prepare, restore, run, whole,
};

/// What no dump holds of the odd database.
const PROPERTIES: &str = r#"
    ALTER DATABASE odd OWNER TO odd_owner;
    COMMENT ON DATABASE odd IS 'it''s odd';
    ALTER DATABASE odd CONNECTION LIMIT 2;
    ALTER DATABASE odd SET timezone = 'America/Lima';
    ALTER DATABASE odd SET default_transaction_read_only = on;
    ALTER ROLE "Odd ""Member""" IN DATABASE odd SET work_mem = '5MB';
    REVOKE ALL ON DATABASE odd FROM PUBLIC;
    GRANT CONNECT, CREATE ON DATABASE odd TO "Odd ""Member""""#;

/// What somebody does to it by mistake.
const DAMAGE: &str = "
    SET default_transaction_read_only = off;
    DROP TABLE twice, events CASCADE; UPDATE numbered SET n = 7; SELECT lo_unlink(70001);
    CREATE TABLE of_today (i integer)";

fn odd_server() -> Server {
    let server = Server::start_with_extension();
    odd::create(&server, odd::Extensions::All);
    server.psql("postgres", PROPERTIES);
    server
}

/// A child that got its parent's new column late has it last; loaded again, before its own. And in
/// which partition a row lies by its enum's hash is another each time.
fn in_order(dump: &str) -> String {
    let dump = dump.replace("(a, b, late) FROM stdin;\n2\t3\tc", "(a, late, b) FROM stdin;\n2\tc\t3");
    let by_hash = |line: &&str| !line.starts_with("sad\t") && !line.starts_with("it's ok\t");
    dump.lines().filter(by_hash).collect::<Vec<_>>().join("\n")
}

#[track_caller]
pub(crate) fn assert_same(left: &str, right: &str) {
    let (left, right) = (in_order(left), in_order(right));
    if left == right {
        return;
    }
    let differ = left.lines().zip(right.lines()).enumerate().find(|(_, (a, b))| a != b);
    panic!("{differ:?}, {} and {} lines", left.lines().count(), right.lines().count());
}

#[rstest]
#[case::plain(DumpFormat::Plain, 1, false)]
#[case::custom(DumpFormat::Custom, 1, true)]
#[case::custom_in_two_jobs(DumpFormat::Custom, 2, true)]
#[case::custom_of_which_there_is_no_file(DumpFormat::Custom, 2, false)]
fn what_was_dumped_comes_back_and_what_stood_there_is_kept(
    #[case] format: DumpFormat,
    #[case] jobs: usize,
    #[case] has_file: bool,
) {
    let (server, bench) = (odd_server(), bench());
    let config = with_format(server.config("odd"), format);
    let stored = Stored::take(&config, &bench.work);
    let good = whole(&server, "odd");
    server.psql("odd", DAMAGE);
    let bad = whole(&server, "odd");
    assert_ne!(bad, good);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odd.dump");
    std::fs::write(&file, &stored.raw).unwrap();
    let wish = Wish { jobs, ..stored.wish(1) };
    let prospect = prepare(&config, &stored.raw, has_file.then_some(file.as_path()), &wish, &bench.work).unwrap();
    let kept = "odd_before_20241112_030100";
    assert_eq!(
        prospect.exchanges,
        [Exchange {
            live: "odd".to_owned(),
            new: "odd_new_20241112_030100".to_owned(),
            old: Some(kept.to_owned()),
            within: None
        }]
    );
    // Until the exchange nothing is touched.
    assert_same(&whole(&server, "odd"), &bad);
    let restore = PostgresRestore::new(&config);
    restore.swap(&prospect.exchanges, &bench.work).unwrap();
    assert_same(&whole(&server, "odd"), &good);
    assert_same(&whole(&server, kept).replace(kept, "odd"), &bad);
    assert_eq!(server.psql("odd", "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'twice'"), "t");

    // Undone, and the undo undone.
    let undo = restore.reversed(&prospect.exchanges, &run(2));
    restore.swap(&undo, &bench.work).unwrap();
    assert_same(&whole(&server, "odd"), &bad);
    let redo = restore.reversed(&undo, &run(3));
    restore.swap(&redo, &bench.work).unwrap();
    assert_same(&whole(&server, "odd"), &good);
    assert_eq!(databases(&server).into_iter().collect::<Vec<_>>(), ["odd", "odd_undone_20241112_030300"]);
    let freed = restore.clean(&redo, &bench.work).unwrap();
    assert!(freed.is_some_and(|bytes| bytes > 1_000_000), "{freed:?}");
    assert_eq!(databases(&server).into_iter().collect::<Vec<_>>(), ["odd"]);
    assert_eq!(restore.clean(&redo, &bench.work), Ok(Some(0)));
    assert_same(&whole(&server, "odd"), &good);
}

#[rstest]
fn a_server_that_never_saw_the_database_gets_it_with_its_roles_and_properties(
    #[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat,
) {
    let (server, fresh, bench) = (odd_server(), Server::start_with_extension(), bench());
    let stored = Stored::take(&with_format(server.config("odd"), format), &bench.work);
    let there = fresh.config("odd");
    let exchanges = restore(&there, &stored, &stored.wish(1), &bench.work).unwrap();
    assert_eq!(exchanges[0].old, None);
    assert_same(&everything(&fresh), &everything(&server));
    assert!(PostgresRestore::new(&there).reversed(&exchanges, &run(2)).is_empty());

    // Once more, onto what now stands there; and beside it under another name.
    restore(&there, &stored, &stored.wish(3), &bench.work).unwrap();
    let wish = Wish { to: To::Database("A \"second\" one".to_owned()), ..stored.wish(4) };
    let exchanges = restore(&there, &stored, &wish, &bench.work).unwrap();
    assert_eq!((exchanges[0].live.as_str(), exchanges[0].old.as_deref()), ("A \"second\" one", None));
    let second = whole(&fresh, "A \"second\" one").replace("\"A \"\"second\"\" one\"", "odd");
    let second = second.replace("A \"second\" one", "odd");
    let without_connect =
        |text: &str| text.lines().filter(|l| !l.starts_with('\\') && !l.is_empty()).collect::<Vec<_>>().join("\n");
    assert_same(&without_connect(&second), &without_connect(&whole(&fresh, "odd")));
    let again = PostgresRestore::new(&there).look(&Wish { run: run(5), ..wish }, &bench.work).unwrap_err();
    assert_eq!(hint(&again), "Name a database that does not exist yet: A \"second\" one does.");
}

#[test]
fn of_an_adopted_file_nothing_is_known_but_what_it_says() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql(
        "app",
        "CREATE TABLE t AS SELECT i FROM generate_series(1, 100) i; CREATE SEQUENCE s; SELECT nextval('s')",
    );
    for (minute, format) in [(1, DumpFormat::Plain), (2, DumpFormat::Custom)] {
        let stored = Stored::take(&with_format(server.config("app"), format), &bench.work);
        let wish = Wish { facts: Facts::default(), properties: None, roles: None, ..stored.wish(minute) };
        let wish = Wish { to: To::Database(format!("again{minute}")), ..wish };
        // What is configured says nothing of the file.
        restore(&with_format(server.config("app"), DumpFormat::Plain), &stored, &wish, &bench.work).unwrap();
        assert_eq!(server.psql(&format!("again{minute}"), "SELECT count(*), sum(i) FROM t"), "100|5050");
    }
}

#[test]
fn an_adopted_dump_of_a_newer_server_is_refused_by_what_it_says_itself() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    let config = server.config("app");
    let stored = Stored::take(&config, &bench.work);
    let before = everything(&server);
    let text = String::from_utf8(stored.raw.clone()).unwrap();
    let (head, rest) = text.split_once("-- Dumped from database version ").unwrap();
    let newer = format!("{head}-- Dumped from database version 99.1{}", &rest[rest.find('\n').unwrap()..]).into_bytes();
    let newer = Stored { raw: newer, facts: Facts::default(), ..stored };
    let trouble = restore(&config, &newer, &newer.wish(1), &bench.work).unwrap_err();
    assert!(trouble.error.starts_with("the dump is of a server 99, this one is "), "{trouble}");
    assert_same(&everything(&server), &before);
}

#[rstest]
#[case::sixteen(16, 16)]
#[case::eighteen(18, 18)]
#[case::to_a_newer(16, 18)]
fn servers_of_other_versions_are_restored(#[case] from: u32, #[case] to: u32) {
    let folders = [from, to].map(programs);
    let (server, fresh, bench) = (Server::start_of(&folders[0]), Server::start_of(&folders[1]), bench_of(&folders));
    odd::create(&server, odd::Extensions::None);
    server.psql("postgres", PROPERTIES);
    for (minute, format) in [(1, DumpFormat::Plain), (2, DumpFormat::Custom)] {
        let config = with_format(server.config("odd"), format);
        let stored = Stored::take(&config, &bench.work);
        let good = whole(&server, "odd");
        let exchanges = restore(&config, &stored, &stored.wish(minute), &bench.work).unwrap();
        assert_same(&whole(&server, "odd"), &good);
        PostgresRestore::new(&config).clean(&exchanges, &bench.work).unwrap();

        restore(&fresh.config("odd"), &stored, &stored.wish(minute), &bench.work).unwrap();
        assert_eq!(Stored::take(&fresh.config("odd"), &bench.work).facts.rows(), stored.facts.rows());
        if from == to {
            assert_same(&everything(&fresh), &everything(&server));
        }
        fresh.psql("postgres", "DROP DATABASE odd");
    }
    if from < to {
        let stored = Stored::take(&fresh.config("postgres"), &bench.work);
        let trouble = PostgresRestore::new(&server.config("other")).look(&stored.wish(3), &bench.work).unwrap_err();
        assert_eq!(trouble.error, format!("the dump is of a server {to}, this one is {from}"));
    }
}

#[rstest]
fn what_a_set_without_properties_says_of_a_database_is_in_its_manifest(
    #[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat,
) {
    let (server, fresh, bench) = (Server::start(), Server::start(), bench());
    server.psql(
        "postgres",
        "CREATE ROLE keeper; CREATE DATABASE latin OWNER keeper ENCODING LATIN1 LOCALE 'C' TEMPLATE template0",
    );
    server.psql("latin", "CREATE TABLE \"año\" (\"größe\" text); INSERT INTO \"año\" VALUES ('ñandú')");
    let stored = Stored::take(&with_format(server.config("latin"), format), &bench.work);
    restore(&fresh.config("latin"), &stored, &Wish { properties: None, ..stored.wish(1) }, &bench.work).unwrap();
    assert_same(&whole(&fresh, "latin"), &whole(&server, "latin"));
    assert_eq!(fresh.psql("latin", "SHOW server_encoding; SELECT * FROM \"año\""), "LATIN1\nñandú");
    // A row too few is found where the rows are counted, also by this name.
    let mut wish = Wish { to: To::Database("again".to_owned()), ..stored.wish(2) };
    wish.facts.postgres.as_mut().unwrap().content.tables[0].rows = 2;
    let trouble = restore(&fresh.config("latin"), &stored, &wish, &bench.work).unwrap_err();
    assert!(trouble.error.starts_with("compare: ") && trouble.error.contains("año"), "{trouble}");
}

/// A database of which each row says of which age it is.
fn of_age(server: &Server, database: &str, age: &str) {
    server.psql(
        database,
        &format!("CREATE TABLE t AS SELECT '{age}' AS age, i FROM generate_series(1, 5000) i; CREATE INDEX ON t (i)"),
    );
}

const SEEN: &str = "SELECT string_agg(DISTINCT age, '+') || ' ' || count(*) FROM t";

#[test]
fn a_client_that_reconnects_sees_old_whole_new_whole_or_a_closed_door() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    of_age(&server, "app", "new");
    let config = server.config("app");
    let stored = Stored::take(&config, &bench.work);
    server.psql("app", "DROP TABLE t");
    of_age(&server, "app", "old");

    let clients: Vec<Client> = (0..3).map(|_| Client::start(&server, "app", SEEN)).collect();
    let exchanges = restore(&config, &stored, &stored.wish(1), &bench.work).unwrap();
    let source = PostgresRestore::new(&config);
    let undo = source.reversed(&exchanges, &run(2));
    source.swap(&undo, &bench.work).unwrap();
    let redo = source.reversed(&undo, &run(3));
    source.swap(&redo, &bench.work).unwrap();
    let undo = source.reversed(&redo, &run(4));
    source.swap(&undo, &bench.work).unwrap();
    assert_eq!(server.psql("app", SEEN), "old 5000");
    for client in clients {
        let (seen, kept_out) = client.end();
        let odd: Vec<&Sight> = seen
            .iter()
            .filter(|sight| {
                !matches!(sight, Sight::Refused)
                    && !matches!(sight, Sight::Rows(rows) if rows == "old 5000" || rows == "new 5000")
            })
            .collect();
        assert!(odd.is_empty(), "{odd:?}");
        assert!(seen.contains(&Sight::Rows("old 5000".to_owned())), "{seen:?}");
        assert!(kept_out < Duration::from_secs(5), "{kept_out:?}");
        println!("kept out for {kept_out:?} at most; saw {} changes", seen.len());
    }
}

/// Breaks, asserts the refusal by its sentence with nothing touched, mends, and restores.
struct Refusal {
    breaks: &'static [(&'static str, &'static str)],
    mends: &'static [(&'static str, &'static str)],
    error: &'static str,
    hint: &'static str,
}

const REFUSALS: [Refusal; 9] = [
    Refusal {
        breaks: &[("app", "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'left open'")],
        mends: &[("app", "ROLLBACK PREPARED 'left open'")],
        error: "replace app: the prepared transaction left open is open in it",
        hint: "Connect to app and end it: ROLLBACK PREPARED 'left open', or COMMIT PREPARED 'left open'.",
    },
    Refusal {
        breaks: &[("app", "SELECT pg_create_logical_replication_slot('reader', 'pgoutput')")],
        mends: &[("app", "SELECT pg_drop_replication_slot('reader')")],
        error: "replace app: the logical replication slot reader reads from it",
        hint: "Whoever reads through it would go on reading the old copy. Stop the reader and drop the slot: \
               SELECT pg_drop_replication_slot('reader').",
    },
    Refusal {
        breaks: &[(
            "app",
            "CREATE SUBSCRIPTION feed CONNECTION '' PUBLICATION p WITH (connect = false, slot_name = NONE)",
        )],
        mends: &[("app", "DROP SUBSCRIPTION feed")],
        error: "replace app: the subscription feed writes into it",
        hint: "It would go on writing into the old copy. Drop it in app: DROP SUBSCRIPTION \"feed\".",
    },
    Refusal {
        breaks: &[("postgres", "ALTER ROLE app NOCREATEDB; ALTER DATABASE app OWNER TO other")],
        mends: &[("postgres", "ALTER ROLE app CREATEDB; ALTER DATABASE app OWNER TO app")],
        error: "app may not create a database",
        hint: "Let the role create the database beside the old one: ALTER ROLE \"app\" CREATEDB.",
    },
    Refusal {
        breaks: &[("postgres", "ALTER DATABASE app OWNER TO other")],
        mends: &[("postgres", "GRANT other TO app")],
        error: "app may not act for the owner other",
        hint: "Let the role act for the owner: GRANT \"other\" TO \"app\", or restore as a superuser.",
    },
    Refusal {
        breaks: &[("postgres", "ALTER DATABASE app ALLOW_CONNECTIONS false")],
        mends: &[("postgres", "ALTER DATABASE app ALLOW_CONNECTIONS true")],
        error: "the database app lets no sessions in",
        hint: "Let sessions in again: ALTER DATABASE \"app\" ALLOW_CONNECTIONS true. Somebody shut them out on purpose, \
               or a restore ended before it could let them in.",
    },
    Refusal {
        breaks: &[("postgres", "CREATE DATABASE app_before_20241112_030100")],
        mends: &[("postgres", "DROP DATABASE app_before_20241112_030100")],
        error: "a database app_before_20241112_030100 stands there already",
        hint: "Rename or drop the database app_before_20241112_030100 if nobody needs it, and try again.",
    },
    Refusal {
        breaks: &[("postgres", "ALTER SYSTEM SET max_wal_size = '1000TB'; SELECT pg_reload_conf()")],
        mends: &[("postgres", "ALTER SYSTEM RESET max_wal_size; SELECT pg_reload_conf()")],
        error: "the database does not fit beside the old one",
        hint: "Make room on the disk of the server's data: ",
    },
    Refusal {
        breaks: &[("postgres", "ALTER DATABASE app SET log_min_duration_statement = 5")],
        mends: &[("postgres", "ALTER DATABASE app RESET log_min_duration_statement")],
        error: "give the new database its properties: permission denied to set parameter \"log_min_duration_statement\"",
        hint: "The new database could not be given a setting or right that the old one has, so nothing was exchanged: \
               let the role app set it, or restore as a superuser.",
    },
];

#[test]
fn each_refusal_says_what_mends_it_and_the_mended_is_restored() {
    let settings = ["max_prepared_transactions=5", "wal_level=logical"];
    let (server, bench) = (Server::start_tcp(&settings), bench());
    server.psql("postgres", "CREATE ROLE app LOGIN PASSWORD 'x' CREATEDB; CREATE ROLE other");
    server.psql("postgres", "GRANT pg_execute_server_program TO app; CREATE DATABASE app OWNER app");
    let config = server.config_tcp("app", "app", "x");
    server.psql("app", "SET ROLE app; CREATE TABLE t (i int); INSERT INTO t VALUES (7)");
    let stored = Stored::take(&config, &bench.work);
    let all = |pairs: &[(&str, &str)]| pairs.iter().for_each(|(database, sql)| drop(server.psql(database, sql)));
    for refusal in REFUSALS {
        all(refusal.breaks);
        // What is asked for takes effect when the server has read it.
        let before = everything(&server);
        let trouble = until_refused(&config, &stored, &bench.work);
        assert_eq!(trouble.error, refusal.error);
        assert!(hint(&trouble).starts_with(refusal.hint), "{}", hint(&trouble));
        assert_eq!(trouble.outlook, Outlook::Lasting);
        assert_same(&everything(&server), &before);
        all(refusal.mends);
        let exchanges = until_restored(&config, &stored, &bench.work);
        assert_eq!(server.psql("app", "SELECT sum(i) FROM t"), "7");
        PostgresRestore::new(&config).clean(&exchanges, &bench.work).unwrap();
        // As it was for the next.
        server.psql("postgres", "REVOKE other FROM app; ALTER DATABASE app OWNER TO app");
    }
    assert_eq!(databases(&server).into_iter().collect::<Vec<_>>(), ["app"]);
}

/// A setting that was reloaded is seen by sessions a moment later.
fn until_refused(config: &PostgresConfig, stored: &Stored, work: &resguardo::source::Work) -> Trouble {
    for _ in 0..100 {
        match restore(config, stored, &stored.wish(1), work) {
            Err(trouble) => return trouble,
            Ok(exchanges) => drop(PostgresRestore::new(config).clean(&exchanges, work).unwrap()),
        }
    }
    panic!("it was not refused");
}

fn until_restored(config: &PostgresConfig, stored: &Stored, work: &resguardo::source::Work) -> Vec<Exchange> {
    let mut last = None;
    for _ in 0..100 {
        match restore(config, stored, &stored.wish(1), work) {
            Ok(exchanges) => return exchanges,
            Err(trouble) => last = Some(trouble),
        }
    }
    panic!("{last:?}");
}

#[test]
fn sessions_that_may_not_be_ended_are_named() {
    let (server, bench) = (Server::start(), bench());
    server
        .psql("postgres", "CREATE ROLE app LOGIN CREATEDB; CREATE ROLE \"who's\" LOGIN; CREATE DATABASE app OWNER app");
    let mut config = server.config("app");
    "app".clone_into(&mut config.server.user);
    let stored = Stored::take(&config, &bench.work);
    let wish = Wish { assume_room: true, ..stored.wish(1) };
    let holding = server.holding("app", "SELECT 1 WHERE false");
    let before = databases(&server);
    let trouble = restore(&config, &stored, &wish, &bench.work).unwrap_err();
    assert_eq!(trouble.error, "replace app: app may not end the sessions of postgres");
    let mends = "Let the role end the sessions of postgres: GRANT pg_signal_backend TO \"app\"; a superuser's end \
                 yourself, or restore as one.";
    assert_eq!(hint(&trouble), mends);
    // It comes after the look: the exchange gives up, and lets everybody in again.
    drop(holding);
    let prospect = prepare(&config, &stored.raw, None, &wish, &bench.work).unwrap();
    let holding = server.holding("app", "SELECT 1 WHERE false");
    let trouble = PostgresRestore::new(&config).swap(&prospect.exchanges, &bench.work).unwrap_err();
    assert_eq!(hint(&trouble), mends);
    assert_eq!(server.psql("app", "SELECT 1"), "1");
    PostgresRestore::new(&config).discard(&prospect.exchanges, &bench.work).unwrap();
    assert_eq!(databases(&server), before);
    drop(holding);
    // Its own sessions and other roles' it may end.
    server.psql("postgres", "GRANT pg_signal_backend TO app");
    let mut theirs = tokio_postgres::Config::new();
    theirs.host_path(server.socket_folder()).user("who's").dbname("app");
    let (client, talk) = bench.work.runtime.block_on(theirs.connect(tokio_postgres::NoTls)).unwrap();
    bench.work.runtime.spawn(talk);
    restore(&config, &stored, &wish, &bench.work).unwrap();
    assert!(bench.work.runtime.block_on(client.query_one("SELECT 1", &[])).is_err());
}

#[test]
fn what_does_not_fit_the_server_is_refused_before_anything_is_made() {
    let (server, fresh, bench) = (odd_server(), Server::start(), bench());
    let stored = Stored::take(&server.config("odd"), &bench.work);
    let before = everything(&fresh);
    let refused = |change: &dyn Fn(&mut Wish)| {
        let mut wish = stored.wish(1);
        wish.facts.postgres.as_mut().unwrap().extensions.retain(|extension| extension.name != "odd_config");
        change(&mut wish);
        let trouble = PostgresRestore::new(&fresh.config("odd")).look(&wish, &bench.work).unwrap_err();
        assert_eq!((trouble.stage, trouble.outlook), (Stage::Look, Outlook::Lasting), "{trouble}");
        assert_same(&everything(&fresh), &before);
        (trouble.error.clone(), hint(&trouble))
    };
    let whole = |wish: &mut Wish| wish.facts = stored.facts.clone();
    assert_eq!(refused(&whole), (
        "the extension odd_config is not on the server".to_owned(),
        "Install the extension odd_config on the database server's machine or image, in the version that the server \
         fits."
            .to_owned()
    ));
    let newer = |wish: &mut Wish| wish.facts.postgres.as_mut().unwrap().server_version = "99.1".to_owned();
    let (error, mends) = refused(&newer);
    assert!(error.starts_with("the dump is of a server 99, this one is "), "{error}");
    assert!(mends.starts_with("Restore to a server of version 99 or newer"), "{mends}");
    let far = |wish: &mut Wish| wish.facts.postgres.as_mut().unwrap().collate = "xx_YY.utf8".to_owned();
    let (error, mends) = refused(&far);
    assert_eq!(error, "the server has no locale xx_YY.utf8");
    assert!(mends.starts_with("Install the locale xx_YY.utf8 (libc) on the database server's machine"), "{mends}");
    let (error, mends) = refused(&|wish| wish.roles = None);
    assert_eq!(error, "the role odd_owner, who owns the database, does not exist");
    assert!(mends.starts_with("Create it: CREATE ROLE \"odd_owner\""), "{mends}");
    let (error, _) = refused(&|wish| wish.to = To::Folder("/tmp/x".into()));
    assert_eq!(error, "restore to /tmp/x: not a database");
    let (_, mends) = refused(&|wish| wish.to = To::Database("x".repeat(64)));
    assert_eq!(mends, "Name the database with 1 to 63 bytes.");
}

#[test]
fn a_role_that_the_dump_names_and_nobody_has_ends_the_load_and_is_named() {
    let (server, fresh, bench) = (Server::start(), Server::start(), bench());
    server.psql("postgres", "CREATE ROLE \"far away\"; CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t (i int); ALTER TABLE t OWNER TO \"far away\"");
    let before = everything(&fresh);
    for format in [DumpFormat::Plain, DumpFormat::Custom] {
        let stored = Stored::take(&with_format(server.config("app"), format), &bench.work);
        let wish = Wish { roles: None, ..stored.wish(1) };
        let trouble = restore(&fresh.config("app"), &stored, &wish, &bench.work).unwrap_err();
        assert_eq!(trouble.stage, Stage::Load);
        assert!(trouble.error.contains("role \"far away\" does not exist"), "{trouble}");
        assert!(!trouble.error.contains("STATEMENT") && !trouble.error.contains("Command was"), "{trouble}");
        assert!(hint(&trouble).starts_with("Create it: CREATE ROLE \"far away\""), "{}", hint(&trouble));
        assert_same(&everything(&fresh), &before);
        assert_eq!(databases(&fresh).len(), 0);
    }
    let stored = Stored::take(&server.config("app"), &bench.work);
    restore(&fresh.config("app"), &stored, &stored.wish(1), &bench.work).unwrap();
    assert_eq!(fresh.psql("app", "SELECT tableowner FROM pg_tables WHERE tablename = 't'"), "far away");
}

#[rstest]
fn part_of_a_dump_leaves_nothing_behind(#[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat) {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql(
        "app",
        "CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i; CREATE INDEX ON t (i)",
    );
    let config = with_format(server.config("app"), format);
    let stored = Stored::take(&config, &bench.work);
    let before = everything(&server);
    let length = stored.raw.len();
    let trailer = match format {
        DumpFormat::Plain => {
            String::from_utf8_lossy(&stored.raw).rfind("--\n-- PostgreSQL database dump complete").unwrap()
        }
        DumpFormat::Custom => length - 1,
    };
    for (minute, end) in [(1, length / 100), (2, length / 2), (3, length * 99 / 100), (4, trailer), (5, 0)] {
        let cut = Stored { raw: stored.raw[..end].to_vec(), ..stored.clone() };
        let trouble = restore(&config, &cut, &stored.wish(minute), &bench.work).unwrap_err();
        assert_eq!(trouble.stage, Stage::Load, "cut at {end} of {length}: {trouble}");
        assert_same(&everything(&server), &before);
    }
    // Whole, but not what the manifest tells of.
    server.psql("app", "UPDATE t SET i = i + 1 WHERE i = 20000; INSERT INTO t VALUES (0, 'one more')");
    let other = Stored::take(&config, &bench.work);
    let before = everything(&server);
    let trouble = restore(&config, &other, &stored.wish(6), &bench.work).unwrap_err();
    assert!(trouble.error.starts_with("compare: "), "{trouble}");
    assert!(hint(&trouble).starts_with("What was loaded is not what was dumped, so it was removed"), "{trouble}");
    assert_same(&everything(&server), &before);
    restore(&config, &other, &other.wish(7), &bench.work).unwrap();
}

/// The children of this process that run this program.
fn children(program: &str) -> Vec<rustix::process::Pid> {
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    let ours = |entry: &std::fs::DirEntry| {
        read(entry.path().join("status")).contains(&format!("\nPPid:\t{}\n", std::process::id()))
            && read(entry.path().join("comm")) == format!("{program}\n")
    };
    let all = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).filter(ours);
    all.map(|entry| rustix::process::Pid::from_raw(entry.file_name().to_string_lossy().parse().unwrap()).unwrap())
        .collect()
}

/// A database large enough that its load is still under way when half of it was given.
fn large(server: &Server) {
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT i, sha512(i::text::bytea) FROM generate_series(1, 100000) i");
}

#[rstest]
#[case::plain(DumpFormat::Plain, "psql")]
#[case::custom(DumpFormat::Custom, "pg_restore")]
fn a_program_killed_in_mid_load_leaves_nothing_behind(#[case] format: DumpFormat, #[case] program: &str) {
    let (server, bench) = (Server::start(), bench());
    large(&server);
    let config = with_format(server.config("app"), format);
    let stored = Stored::take(&config, &bench.work);
    let before = everything(&server);
    let source = PostgresRestore::new(&config);
    let wish = stored.wish(1);
    let exchanges = source.look(&wish, &bench.work).unwrap().exchanges;
    let kill = || {
        for pid in children(program) {
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        }
    };
    let mut raw = Midway { raw: &stored.raw, half: stored.raw.len() / 2, act: kill };
    let trouble = source.prepare(&exchanges, Bytes { raw: &mut raw, file: None }, &wish, &bench.work).unwrap_err();
    assert_eq!(trouble.error, format!("run {program}: killed by signal 9"));
    assert!(hint(&trouble).starts_with(&format!("{program} was killed from outside")), "{trouble}");
    assert_same(&everything(&server), &before);

    // Asked to stop there: the same, and no program is left.
    let mut raw =
        Midway { raw: &stored.raw, half: stored.raw.len() / 2, act: || bench.work.stop.stop(StopReason::Signal) };
    let trouble = source.prepare(&exchanges, Bytes { raw: &mut raw, file: None }, &wish, &bench.work).unwrap_err();
    assert_eq!(trouble.stopped, Some(StopReason::Signal), "{trouble}");
    assert_same(&everything(&server), &before);
    assert!(children(program).is_empty());
}

#[test]
fn a_server_killed_in_mid_load_is_cleared_when_it_is_back() {
    let (server, bench) = (Server::start(), bench());
    large(&server);
    let config = server.config("app");
    let stored = Stored::take(&config, &bench.work);
    let before = everything(&server);
    let source = PostgresRestore::new(&config);
    let wish = stored.wish(1);
    let exchanges = source.look(&wish, &bench.work).unwrap().exchanges;
    let server = std::cell::RefCell::new(server);
    let kill = || server.borrow_mut().kill();
    let mut raw = Midway { raw: &stored.raw, half: stored.raw.len() / 2, act: kill };
    let trouble = source.prepare(&exchanges, Bytes { raw: &mut raw, file: None }, &wish, &bench.work).unwrap_err();
    assert!(hint(&trouble).starts_with("Check that the database server at"), "{trouble} {}", hint(&trouble));
    assert!(source.settle(&exchanges, &bench.work).is_err() && source.discard(&exchanges, &bench.work).is_err());

    let server = server.into_inner().start_again();
    let config = server.config("app");
    let source = PostgresRestore::new(&config);
    assert!(databases(&server).contains("app_new_20241112_030100"));
    assert_eq!(source.settle(&exchanges, &bench.work), Ok(Stands::Old));
    source.discard(&exchanges, &bench.work).unwrap();
    source.discard(&exchanges, &bench.work).unwrap();
    assert_same(&everything(&server), &before);
}

#[test]
fn whatever_an_exchange_was_cut_short_at_it_is_settled_and_clients_are_let_in() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    of_age(&server, "app", "old");
    let config = server.config("app");
    let stored = Stored::take(&config, &bench.work);
    let source = PostgresRestore::new(&config);
    let exchanges = prepare(&config, &stored.raw, None, &stored.wish(1), &bench.work).unwrap().exchanges;
    let (new, old) = (exchanges[0].new.as_str(), exchanges[0].old.as_deref().unwrap());
    let opens = |database: &str| assert_eq!(server.psql(database, SEEN), "old 5000");
    // Before anything, with one shut out, with both.
    for shut in [&[][..], &[new], &[new, "app"]] {
        for database in shut {
            server.psql("postgres", &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false"));
        }
        assert_eq!(source.settle(&exchanges, &bench.work), Ok(Stands::Old));
        opens("app");
        opens(new);
    }
    source.swap(&exchanges, &bench.work).unwrap();
    assert_eq!(source.settle(&exchanges, &bench.work), Ok(Stands::New));
    opens("app");
    opens(old);
    // What an undo would take the place of is never given up, nor is a live database cleaned away.
    let undo = source.reversed(&exchanges, &run(2));
    source.discard(&undo, &bench.work).unwrap();
    opens(old);
    let wrong = [Exchange { live: old.to_owned(), new: "app".to_owned(), old: Some("app".to_owned()), within: None }];
    source.clean(&wrong, &bench.work).unwrap();
    source.discard(&wrong, &bench.work).unwrap();
    opens("app");
    assert_eq!(source.settle(&undo, &bench.work), Ok(Stands::Old));
}

#[test]
fn an_exchange_that_cannot_be_ends_within_seconds_with_everybody_let_in() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    of_age(&server, "app", "old");
    let config = server.config("app");
    let stored = Stored::take(&config, &bench.work);
    let exchanges = prepare(&config, &stored.raw, None, &stored.wish(1), &bench.work).unwrap().exchanges;
    // Somebody holds the databases' own entries.
    let holding = server.holding("postgres", "LOCK TABLE pg_database IN ACCESS EXCLUSIVE MODE");
    drop(holding);
    server.psql("postgres", "CREATE DATABASE app_before_20241112_030100");
    let client = Client::start(&server, "app", SEEN);
    let trouble = PostgresRestore::new(&config).swap(&exchanges, &bench.work).unwrap_err();
    assert!(trouble.error.starts_with("exchange: "), "{trouble}");
    assert_eq!(server.psql("app", SEEN), "old 5000");
    let (seen, kept_out) = client.end();
    assert!(kept_out < Duration::from_secs(5), "{kept_out:?}");
    assert!(!seen.iter().any(|sight| matches!(sight, Sight::Odd(_))), "{seen:?}");
}

#[rstest]
#[case::sixty_bytes("ñ2345678901234567890123456789012345678901234567890123456789")]
#[case::sixty_three_bytes("日本語日本語日本語日本語日本語日本語日本語")]
#[case::quotes_and_capitals("It's \"My\" Data; DROP")]
#[case::the_maintenance_database("postgres")]
#[case::the_other("template1")]
fn databases_of_every_name_are_exchanged(#[case] name: &str) {
    let (server, bench) = (Server::start(), bench());
    if !["postgres", "template1"].contains(&name) {
        server.psql("postgres", &format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\"")));
    }
    of_age(&server, name, "new");
    let config = server.config(name);
    let stored = Stored::take(&config, &bench.work);
    server.psql(name, "UPDATE t SET age = 'old'");
    let exchanges = restore(&config, &stored, &stored.wish(1), &bench.work).unwrap();
    let old = exchanges[0].old.clone().unwrap();
    assert!(old.len() <= 63);
    assert_eq!((server.psql(name, SEEN), server.psql(&old, SEEN)), ("new 5000".to_owned(), "old 5000".to_owned()));
    let source = PostgresRestore::new(&config);
    let undo = source.reversed(&exchanges, &run(2));
    source.swap(&undo, &bench.work).unwrap();
    assert_eq!(server.psql(name, SEEN), "old 5000");
    assert!(source.clean(&undo, &bench.work).unwrap().unwrap() > 0);
}

#[test]
fn a_plain_owner_restores_what_is_his() {
    let (server, bench) = (Server::start_tcp(&[]), bench());
    server.psql("postgres", "CREATE ROLE app LOGIN PASSWORD 'x' CREATEDB; CREATE DATABASE app OWNER app");
    server.psql(
        "app",
        "SET ROLE app; CREATE EXTENSION citext; CREATE TABLE t (i serial, c citext); INSERT INTO t (c) VALUES ('a');
         ALTER TABLE t ENABLE ROW LEVEL SECURITY; SELECT lo_from_bytea(7, 'x')",
    );
    let config = server.config_tcp("app", "app", "x");
    for (minute, format) in [(1, DumpFormat::Plain), (2, DumpFormat::Custom)] {
        let config = with_format(config.clone(), format);
        let stored = Stored::take(&config, &bench.work);
        let good = whole(&server, "app");
        let wish = Wish { assume_room: true, ..stored.wish(minute) };
        let source = PostgresRestore::new(&config);
        assert!(source.look(&wish, &bench.work).unwrap().remarks.is_empty());
        let exchanges = restore(&config, &stored, &wish, &bench.work).unwrap();
        assert_same(&whole(&server, "app"), &good);
        let kept = exchanges[0].old.clone().unwrap();
        assert_same(&whole(&server, &kept).replace(&kept, "app"), &good);
        source.clean(&exchanges, &bench.work).unwrap();
    }
    // An extension that only a superuser creates is named before.
    server.psql("app", "CREATE EXTENSION pageinspect");
    let stored = Stored::take(&config, &bench.work);
    let wish = Wish { assume_room: true, ..stored.wish(3) };
    let trouble = restore(&config, &stored, &wish, &bench.work).unwrap_err();
    assert_eq!(trouble.error, "app may not create the extension pageinspect");
    assert!(hint(&trouble).starts_with("Restore as a superuser"), "{trouble}");
    restore(&server.config("app"), &stored, &stored.wish(4), &bench.work).unwrap();
}

#[test]
fn room_that_cannot_be_seen_is_told_and_assumed_only_on_somebodys_word() {
    let (server, bench) = (Server::start_tcp(&[]), bench());
    server.psql("postgres", "CREATE ROLE app LOGIN PASSWORD 'x' CREATEDB; CREATE DATABASE app OWNER app");
    let mut config = server.config_tcp("app", "app", "x");
    let stored = Stored::take(&config, &bench.work);
    let looked = |config: &PostgresConfig, assume_room| {
        let wish = Wish { assume_room, ..stored.wish(1) };
        let said = PostgresRestore::new(config).look(&wish, &bench.work)?;
        Ok::<_, Trouble>(said.says.iter().map(|s| resguardo::words::Words::english().say(s)).collect::<Vec<_>>())
    };
    let trouble = looked(&config, false).unwrap_err();
    assert_eq!((trouble.stage, trouble.error.as_str()), (Stage::Space, "the room at the server cannot be seen"));
    assert!(hint(&trouble).contains("say so with --assume-room"), "{}", hint(&trouble));
    let said = looked(&config, true).unwrap();
    assert!(said[0].starts_with(&format!("The database app stands at 127.0.0.1:{} now: ", server.port())), "{said:?}");
    assert!(said[0].ends_with(" 0 tables, 0 sessions."), "{said:?}");
    assert!(said[2].contains("is kept as app_before_20241112_030100"), "{said:?}");
    assert!(said.last().unwrap().contains("how much is free cannot be seen"), "{said:?}");

    config.data_volume = Some("/nowhere".into());
    assert!(hint(&looked(&config, true).unwrap_err()).contains("mounted at /nowhere"));
    config.data_volume = Some("/tmp".into());
    assert!(looked(&config, false).unwrap().last().unwrap().ends_with(" free."));
    let mounts = Mounts::new();
    let small = tempfile::tempdir().unwrap();
    mounts.small_disk(small.path(), 5);
    config.data_volume = Some(mounts.seen(small.path()));
    let trouble = looked(&config, true).unwrap_err();
    assert!(hint(&trouble).contains("5.2 MB are free"), "{}", hint(&trouble));
    config.data_volume = None;
    server.psql("postgres", "GRANT pg_execute_server_program TO app");
    assert!(looked(&config, false).unwrap().last().unwrap().ends_with(" free."));
}

/// Rows without end, as a dump gives them.
struct Endless {
    rest: Vec<u8>,
    at: usize,
}

impl Endless {
    fn new() -> Self {
        let head =
            "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.t (x text);\nCOPY public.t (x) FROM stdin;\n";
        Self { rest: head.as_bytes().to_vec(), at: 0 }
    }
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.rest.len() {
            // Not to be made smaller by the server.
            let row = (0..4000_u32).map(|i| char::from(b'!' + (i.wrapping_mul(2_654_435_761) >> 25) as u8 % 60));
            self.rest = format!("{}\n", row.collect::<String>().replace('\\', "/")).repeat(16).into_bytes();
            self.at = 0;
        }
        let read = (&self.rest[self.at..]).read(into)?;
        self.at += read;
        Ok(read)
    }
}

#[test]
fn a_load_ends_before_the_servers_disk_is_full() {
    let (mounts, bench) = (Mounts::new(), bench());
    let settings = ["max_wal_size=32MB", "min_wal_size=2MB", "checkpoint_timeout=30s"];
    let server = Server::start_on_small_disk(&mounts, 600, &settings);
    server.psql("postgres", "CREATE DATABASE app");
    of_age(&server, "app", "old");
    let config = server.config("app");
    let stored = Stored::take(&config, &bench.work);
    let before = everything(&server);
    let source = PostgresRestore::new(&config);
    let wish = stored.wish(1);
    let prospect = source.look(&wish, &bench.work).unwrap();
    let bytes = Bytes { raw: &mut Endless::new(), file: None };
    let trouble = source.prepare(&prospect.exchanges, bytes, &wish, &bench.work).unwrap_err();
    assert_eq!((trouble.stage, trouble.error.as_str()), (Stage::Space, "the disk of the server's data runs full"));
    assert!(hint(&trouble).starts_with("The load was ended while "), "{trouble}");
    assert_same(&everything(&server), &before);
    assert_eq!(databases(&server).len(), 1);
    // Where that can be told before, there is no beginning.
    let mut larger = stored.wish(2);
    larger.facts.postgres.as_mut().unwrap().size_bytes = 600_000_000;
    let trouble = restore(&config, &stored, &larger, &bench.work).unwrap_err();
    assert_eq!(trouble.error, "the database does not fit beside the old one");
    restore(&config, &stored, &stored.wish(3), &bench.work).unwrap();
}

#[test]
fn owners_and_tablespaces_that_are_not_here_are_left_out_on_somebodys_word_or_told() {
    let (server, fresh, bench) = (Server::start(), Server::start(), bench());
    let folder = server.socket_folder().join("fast");
    std::fs::create_dir(&folder).unwrap();
    give(&folder);
    server.psql("postgres", &format!("CREATE TABLESPACE fast LOCATION '{}'", folder.display()));
    server.psql("postgres", "CREATE ROLE \"far away\"; CREATE DATABASE app TABLESPACE fast OWNER \"far away\"");
    let inside =
        "CREATE TABLE t (i int); ALTER TABLE t OWNER TO \"far away\"; CREATE TABLE u (i int) TABLESPACE pg_default";
    server.psql("app", inside);
    server.psql("postgres", "CREATE DATABASE two");
    server.psql("two", &inside.replace("pg_default", "fast"));
    for (minute, format) in [(1, DumpFormat::Plain), (2, DumpFormat::Custom)] {
        // Where it stands, it stands again.
        let config = with_format(server.config("app"), format);
        let stored = Stored::take(&config, &bench.work);
        let exchanges = restore(&config, &stored, &stored.wish(minute), &bench.work).unwrap();
        let lies =
            "SELECT spcname FROM pg_tablespace t JOIN pg_database d ON dattablespace = t.oid WHERE datname = 'app'";
        assert_eq!(server.psql("postgres", lies), "fast");
        PostgresRestore::new(&config).clean(&exchanges, &bench.work).unwrap();

        let stored = Stored::take(&with_format(server.config("two"), format), &bench.work);
        let there = fresh.config("two");
        for (minute, wish) in
            [(3, stored.wish(minute + 2)), (4, Wish { no_owner: true, roles: None, ..stored.wish(minute + 4) })]
        {
            let prospect = prepare(&there, &stored.raw, None, &wish, &bench.work).unwrap();
            let told: Vec<&str> = prospect.remarks.iter().map(|remark| remark.code).collect();
            assert_eq!(told, ["restore_tablespace"][usize::from(minute == 4)..]);
            PostgresRestore::new(&there).swap(&prospect.exchanges, &bench.work).unwrap();
            let owners = "SELECT tablename, tableowner, tablespace IS NULL FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
            let owner = if minute == 4 { "postgres" } else { "far away" };
            assert_eq!(fresh.psql("two", owners), format!("t|{owner}|t\nu|postgres|t"));
            fresh.psql("postgres", "DROP DATABASE two");
            fresh.psql("postgres", "DROP ROLE IF EXISTS \"far away\"");
        }
    }
}

#[test]
fn a_standby_is_not_restored_to() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    let stored = Stored::take(&server.config("app"), &bench.work);
    let signal = server.socket_folder().join("data/standby.signal");
    std::fs::write(&signal, "").unwrap();
    give(&signal);
    let server = server.start_again();
    let trouble = PostgresRestore::new(&server.config("app")).look(&stored.wish(1), &bench.work).unwrap_err();
    assert_eq!(trouble.error, "the server is a standby, where nothing can be written");
    assert_eq!(hint(&trouble), "Name the primary server in the configuration: a standby follows it.");
}
