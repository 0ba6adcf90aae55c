//! Databases replaced in place, by a role that owns its database and may create none: what comes back
//! is what was dumped, what goes wrong leaves what stood there, and nobody ever sees a part.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use resguardo::config::{DumpFormat, PostgresConfig};
use resguardo::domain::manifest::Facts;
use resguardo::domain::trouble::{Outlook, StopReason, Trouble};
use resguardo::source::Work;
use resguardo::source::postgres::restore::PostgresRestore;
use resguardo::source::restore::{Bytes, Restore, Stands, To, Wish};
use rstest::rstest;

use crate::restore_postgres::assert_same;
use crate::support::odd::with_format;
use crate::support::postgres::{Server, bench};
use crate::support::restore_postgres::{Client, Sight, Stored, databases, hint, run, whole};
use crate::support::site::Site;

const ODD: &str = include_str!("support/odd_database.sql");

/// A role with a database of its own, and no other right.
fn owner(server: &Server, database: &str) -> PostgresConfig {
    server.psql("postgres", &format!("CREATE ROLE app LOGIN; CREATE DATABASE {database} OWNER app"));
    let mut config = server.config(database);
    "app".clone_into(&mut config.server.user);
    config
}

fn as_app(server: &Server, database: &str, sql: &str) {
    server.psql(database, &format!("SET SESSION AUTHORIZATION app;\n{sql}"));
}

fn wish(stored: &Stored, minute: u32) -> Wish {
    Wish { assume_room: true, ..stored.wish(minute) }
}

/// Looks and replaces, as the job does.
fn replace(config: &PostgresConfig, raw: &mut dyn Read, wish: &Wish, work: &Work) -> Result<(), Trouble> {
    let restore = PostgresRestore::new(config);
    let prospect = restore.look(wish, work)?;
    assert!(prospect.in_place && prospect.exchanges.is_empty());
    let mut begun = None;
    let replaced = restore.replace(
        Bytes { raw, file: None },
        wish,
        &mut |transaction| {
            begun = Some(transaction.to_owned());
            Ok(())
        },
        work,
    );
    let stands = restore.settle_replaced(begun.as_deref(), work)?;
    assert_eq!(stands == Stands::New, replaced.is_ok(), "{replaced:?}");
    replaced
}

/// The odd database as its owner would make it; one extension is somebody else's.
fn odd_by_its_owner(server: &Server) -> PostgresConfig {
    let config = owner(server, "odd");
    server.psql("postgres", "ALTER ROLE app CREATEROLE");
    server.psql(
        "odd",
        "CREATE EXTENSION odd_config; GRANT SELECT, INSERT, DELETE ON odd_config_settings TO app;
         INSERT INTO odd_config_settings VALUES ('c', 'ours', false)",
    );
    let ours: Vec<&str> = ODD.lines().filter(|line| !line.contains("odd_config")).collect();
    let ours = ours.join("\n").replace("CREATE ROLE odd_owner;", "CREATE ROLE odd_owner; GRANT odd_owner TO app;");
    as_app(server, "odd", &ours.replace(", FORCE ROW LEVEL SECURITY", ""));
    as_app(
        server,
        "odd",
        "CREATE PUBLICATION pub FOR TABLE twice; CREATE TYPE rng AS RANGE (subtype = int);
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO odd_owner;
         ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
         GRANT CREATE ON SCHEMA public TO odd_owner; CREATE AGGREGATE agg(int) (sfunc = int4pl, stype = int);
         CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
         CREATE TEXT SEARCH CONFIGURATION words (COPY = simple); CREATE STATISTICS st ON a, b FROM twice",
    );
    server.psql("postgres", "ALTER ROLE app NOCREATEROLE");
    config
}

const DAMAGE: &str = "
    DROP TABLE twice, events CASCADE; UPDATE numbered SET n = 7; SELECT lo_unlink(70001); SELECT lo_create(9);
    CREATE TABLE of_today (i integer); CREATE SCHEMA extra; CREATE TABLE extra.t (i integer);
    DROP EXTENSION pg_trgm; DELETE FROM odd_config_settings WHERE key = 'c';
    REVOKE CREATE ON SCHEMA public FROM odd_owner; GRANT CREATE ON SCHEMA public TO PUBLIC;
    COMMENT ON SCHEMA public IS 'mine'; ALTER SCHEMA public OWNER TO app; CREATE PUBLICATION more FOR TABLE parent;
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO odd_owner;
    ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC";

#[rstest]
fn what_was_dumped_comes_back_in_place(#[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat) {
    let (server, bench) = (Server::start_with_extension(), bench());
    let config = with_format(odd_by_its_owner(&server), format);
    let stored = Stored::take(&config, &bench.work);
    let good = whole(&server, "odd");
    as_app(&server, "odd", DAMAGE);
    let bad = whole(&server, "odd");
    assert_ne!(bad, good);
    replace(&config, &mut stored.raw.as_slice(), &wish(&stored, 1), &bench.work).unwrap();
    assert_same(&whole(&server, "odd"), &good);
    // Once more, onto itself; and analyzed.
    replace(&config, &mut stored.raw.as_slice(), &wish(&stored, 2), &bench.work).unwrap();
    assert_same(&whole(&server, "odd"), &good);
    assert_eq!(server.psql("odd", "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'twice'"), "t");
    assert_eq!(databases(&server).into_iter().collect::<Vec<_>>(), ["odd"]);
    let said = PostgresRestore::new(&config).look(&wish(&stored, 3), &bench.work).unwrap();
    let said: Vec<String> = said.says.iter().map(|says| resguardo::words::Words::english().say(says)).collect();
    assert!(said[1].starts_with("The role app may not create a database, so odd is replaced in place"), "{said:?}");
    assert!(said[3].ends_with("stay as they are: odd_config, plpgsql."), "{said:?}");
}

/// Gives all of it, and then says that it is not what was verified.
struct Flipped<'a>(&'a [u8]);

impl Read for Flipped<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the bytes are not those that were verified"));
        }
        self.0.read(into)
    }
}

/// A table of which each row says of which age it is.
fn of_age(server: &Server, age: &str) {
    let table = format!("CREATE TABLE t AS SELECT '{age}' AS age, i FROM generate_series(1, 5000) i");
    as_app(server, "app", &format!("DROP TABLE IF EXISTS t; {table}; CREATE INDEX ON t (i)"));
}

const SEEN: &str = "SELECT string_agg(DISTINCT age, '+') || ' ' || count(*) FROM t";

/// Ends the transaction by what looks like the end of a function's body.
const UNSEEN_COMMIT: &str = "
SELECT pg_catalog.set_config('search_path', 'public', false);
CREATE DOMAIN public.atomic AS integer;
CREATE FUNCTION public.f(a integer,\n    BEGIN ATOMIC\n, b integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
END;
SELECT 1 / 0;";

#[rstest]
fn what_is_not_whole_leaves_what_stood_there(#[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat) {
    let (server, bench) = (Server::start(), bench());
    let config = with_format(owner(&server, "app"), format);
    of_age(&server, "new");
    let stored = Stored::take(&config, &bench.work);
    of_age(&server, "old");
    let before = whole(&server, "app");
    let refused = |raw: &mut dyn Read, wish: &Wish| {
        let trouble = replace(&config, raw, wish, &bench.work).unwrap_err();
        assert_same(&whole(&server, "app"), &before);
        assert_eq!(server.psql("app", SEEN), "old 5000");
        trouble
    };
    let length = stored.raw.len();
    for end in [0, length / 100, length / 2, length * 99 / 100, length - 40] {
        refused(&mut &stored.raw[..end], &wish(&stored, 1));
    }
    let trouble = refused(&mut Flipped(&stored.raw), &wish(&stored, 1));
    assert!(trouble.error.contains("the bytes are not those that were verified"), "{trouble}");
    let mut other = wish(&stored, 1);
    other.facts.postgres.as_mut().unwrap().content.tables[0].rows += 1;
    let trouble = refused(&mut stored.raw.as_slice(), &other);
    assert!(trouble.error.starts_with("compare: the dump holds other rows of public.t"), "{trouble}");
    if format == DumpFormat::Plain {
        let text = String::from_utf8(stored.raw.clone()).unwrap();
        for (planted, why) in [
            ("COMMIT;", "it would end the transaction it is loaded in: commit"),
            ("SELECT 1 \\; COMMIT;\n;", "it holds a command for psql within a statement"),
            ("\\; COMMIT;\n", "it holds a command for psql"),
            ("rollback;", "it would end the transaction it is loaded in: rollback"),
            (UNSEEN_COMMIT, "violates unique constraint \"resguardo_"),
        ] {
            let planted = text.replace("CREATE INDEX", &format!("{planted}\nCREATE INDEX"));
            assert_ne!(planted, text);
            let adopted = Wish { facts: Facts::default(), ..wish(&stored, 1) };
            let trouble = refused(&mut planted.as_bytes(), &adopted);
            assert!(trouble.error.contains(why), "{trouble}");
        }
        let unended = format!("{}COMMIT", &text[..text.find("CREATE INDEX").unwrap()]);
        refused(&mut unended.as_bytes(), &wish(&stored, 1));
    }
    replace(&config, &mut stored.raw.as_slice(), &wish(&stored, 2), &bench.work).unwrap();
    assert_eq!(server.psql("app", SEEN), "new 5000");
}

#[test]
fn a_run_that_is_asked_to_stop_in_mid_load_leaves_what_stood_there() {
    let (server, bench) = (Server::start(), bench());
    let config = owner(&server, "app");
    of_age(&server, "new");
    let stored = Stored::take(&config, &bench.work);
    of_age(&server, "old");
    let before = whole(&server, "app");
    let restore = PostgresRestore::new(&config);
    let work = Work { stop: resguardo::sys::stop::Stop::new(), ..bench.work.clone() };
    let mut transaction = None;
    let half = stored.raw.len() / 2;
    let asked = work.stop.clone();
    let mut raw = (&stored.raw[..half]).chain(Asks(|| asked.stop(StopReason::Signal))).chain(&stored.raw[half..]);
    let mut begun = |told: &str| {
        transaction = Some(told.to_owned());
        Ok(())
    };
    let trouble =
        restore.replace(Bytes { raw: &mut raw, file: None }, &wish(&stored, 1), &mut begun, &work).unwrap_err();
    assert_eq!(trouble.stopped, Some(StopReason::Signal), "{trouble}");
    assert_eq!(restore.settle_replaced(transaction.as_deref(), &bench.work), Ok(Stands::Old));
    assert_same(&whole(&server, "app"), &before);
}

/// Does something where it is read.
struct Asks<F: FnMut()>(F);

impl<F: FnMut()> Read for Asks<F> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        (self.0)();
        Ok(0)
    }
}

#[rstest]
#[case::each_statement_by_itself("read committed")]
#[case::who_looks_at_one_instant("repeatable read")]
fn a_client_sees_old_whole_or_new_whole(#[case] isolation: &str) {
    let (server, bench) = (Server::start(), bench());
    let config = owner(&server, "app");
    of_age(&server, "new");
    let stored = Stored::take(&config, &bench.work);
    of_age(&server, "old");
    server.psql("postgres", &format!("ALTER ROLE app SET default_transaction_isolation = '{isolation}'"));
    let clients: Vec<Client> = (0..3).map(|_| Client::start_as(&server, "app", "app", SEEN)).collect();
    for minute in 1..6 {
        replace(&config, &mut stored.raw.as_slice(), &wish(&stored, minute), &bench.work).unwrap();
    }
    for client in clients {
        let (seen, _) = client.end();
        let whole = |rows: &String| rows == "old 5000" || rows == "new 5000";
        let odd = seen.iter().find(|sight| match sight {
            Sight::Refused => false,
            Sight::Rows(rows) => !whole(rows),
            Sight::Odd(_) => true,
        });
        assert_eq!(odd, None);
    }
    assert_eq!(server.psql("app", SEEN), "new 5000");
}

#[test]
fn the_server_says_what_became_of_a_transaction() {
    let (server, bench) = (Server::start(), bench());
    let config = owner(&server, "app");
    of_age(&server, "old");
    let restore = PostgresRestore::new(&config);
    let settled = |transaction: Option<&str>| restore.settle_replaced(transaction, &bench.work);
    let here = server.psql("postgres", "SELECT system_identifier FROM pg_control_system()");
    let transaction = |number: &str| format!("{here}:{number}");
    let committed = server.psql("app", "SELECT txid_current()");
    let aborted = server.psql("app", "BEGIN; SELECT txid_current(); ROLLBACK");
    assert_eq!(settled(Some(&transaction(&committed))), Ok(Stands::New));
    assert_eq!(settled(Some(&transaction(&aborted))), Ok(Stands::Old));
    assert_eq!(settled(Some(&transaction("4000000000000"))), Ok(Stands::Old));
    // Another server had one of that number too.
    assert_eq!(settled(Some(&format!("7{here}:{committed}"))), Ok(Stands::Old));
    // One that is still open is ended, and clients are let in.
    let _held = server.holding(
        "app",
        "SET SESSION AUTHORIZATION app; DROP TABLE t; CREATE TABLE open AS SELECT 1 WHERE txid_current() > 0",
    );
    let open = server.psql(
        "postgres",
        "SELECT backend_xid FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()",
    );
    server.psql("postgres", "ALTER DATABASE app ALLOW_CONNECTIONS false; GRANT pg_signal_backend TO app");
    // It was begun by a superuser, whom only a superuser ends.
    let superuser = PostgresRestore::new(&server.config("app"));
    assert_eq!(superuser.settle_replaced(Some(&transaction(&open)), &bench.work), Ok(Stands::Old));
    assert_eq!(server.psql("app", SEEN), "old 5000");
    server.psql("postgres", "ALTER DATABASE app ALLOW_CONNECTIONS false");
    assert_eq!(settled(None), Ok(Stands::Old));
    assert_eq!(server.psql("app", SEEN), "old 5000");
}

#[test]
fn what_cannot_be_taken_away_is_named_before_anything_is_touched() {
    let (server, bench) = (Server::start(), bench());
    let config = owner(&server, "app");
    of_age(&server, "new");
    let stored = Stored::take(&config, &bench.work);
    server.psql("postgres", "CREATE ROLE other");
    for (breaks, mends, what) in [
        (
            "CREATE TABLE theirs (i int); ALTER TABLE theirs OWNER TO other",
            "DROP TABLE theirs",
            "table public.theirs of other",
        ),
        ("CREATE SCHEMA theirs AUTHORIZATION other", "DROP SCHEMA theirs", "schema theirs of other"),
        (
            "CREATE FUNCTION theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "DROP FUNCTION theirs",
            "function public.theirs() of postgres",
        ),
        ("SELECT lo_create(77)", "SELECT lo_unlink(77)", "large object 77 of postgres"),
    ] {
        server.psql("app", breaks);
        let before = whole(&server, "app");
        let trouble = PostgresRestore::new(&config).look(&wish(&stored, 1), &bench.work).unwrap_err();
        assert_eq!(trouble.error, format!("replace app: app may not remove the {what}"));
        assert_eq!(trouble.outlook, Outlook::Lasting);
        let owner = what.rsplit(' ').next().unwrap();
        assert!(hint(&trouble).starts_with(&format!("Let the role act for the owner: GRANT \"{owner}\" TO \"app\"")));
        assert_same(&whole(&server, "app"), &before);
        server.psql("app", mends);
    }
    // Somebody else's schema `public` stays, and what is ours in it is replaced.
    server.psql("app", "ALTER SCHEMA public OWNER TO postgres; GRANT CREATE ON SCHEMA public TO app");
    of_age(&server, "old");
    let before = whole(&server, "app").replace("old", "new");
    replace(&config, &mut stored.raw.as_slice(), &wish(&stored, 1), &bench.work).unwrap();
    assert_same(&whole(&server, "app"), &before);
    // A new name needs a new database.
    let elsewhere = Wish { to: To::Database("again".to_owned()), ..wish(&stored, 2) };
    let trouble = PostgresRestore::new(&config).look(&elsewhere, &bench.work).unwrap_err();
    assert_eq!(trouble.error, "app may not create a database");
    assert_eq!(run(2), elsewhere.run);
}

#[test]
fn tables_of_an_extension_that_the_role_may_not_fill_stay_as_empty_as_they_are() {
    let (server, bench) = (Server::start_with_extension(), bench());
    let config = owner(&server, "app");
    server.psql("app", "CREATE EXTENSION odd_config; GRANT SELECT ON odd_config_settings TO app");
    of_age(&server, "new");
    let empty = Stored::take(&config, &bench.work);
    server.psql("app", "INSERT INTO odd_config_settings VALUES ('c', 'theirs', false)");
    let full = Stored::take(&config, &bench.work);
    server.psql("app", "DELETE FROM odd_config_settings WHERE key = 'c'");
    of_age(&server, "old");
    let trouble = PostgresRestore::new(&config).look(&wish(&full, 1), &bench.work).unwrap_err();
    assert_eq!(trouble.error, "app may not fill public.odd_config_settings, a table of an extension");
    assert!(hint(&trouble).starts_with("Let the role fill it: GRANT INSERT, DELETE ON public.odd_config_settings"));
    for format in [DumpFormat::Plain, DumpFormat::Custom] {
        replace(&with_format(config.clone(), format), &mut empty.raw.as_slice(), &wish(&empty, 2), &bench.work)
            .unwrap();
        assert_eq!(server.psql("app", SEEN), "new 5000");
    }
    assert_eq!(server.psql("app", "SELECT count(*) FROM odd_config_settings"), "2");
}

#[test]
fn a_server_that_has_too_little_room_for_locks_is_told_of_before() {
    let (server, bench) = (Server::start_tcp(&["max_locks_per_transaction=10", "max_connections=20"]), bench());
    let config = owner(&server, "app");
    of_age(&server, "new");
    let stored = Stored::take(&config, &bench.work);
    replace(&config, &mut stored.raw.as_slice(), &wish(&stored, 1), &bench.work).unwrap();
    for number in 0..40 {
        as_app(&server, "app", &format!("CREATE TABLE t{number} (i serial PRIMARY KEY, x text)"));
    }
    let before = whole(&server, "app");
    let trouble = PostgresRestore::new(&config).look(&wish(&stored, 2), &bench.work).unwrap_err();
    assert!(trouble.error.ends_with("and the server has room for 200"), "{trouble}");
    assert!(hint(&trouble).contains("ALTER SYSTEM SET max_locks_per_transaction = "), "{}", hint(&trouble));
    assert_same(&whole(&server, "app"), &before);
}

/// The program, configured for the role that owns its database.
fn site(server: &Server, settings: &str) -> Site {
    Site::new(&format!(
        "{settings}\n[[postgres]]\nname = \"app\"\nurl = \"postgres://app@/app?host={}\"\n",
        server.socket_folder().display()
    ))
}

fn back_up(site: &Site) -> String {
    site.call(&["backup", "--json"]).ends(0).json()["backup_id"].as_str().unwrap().to_owned()
}

const RESTORE: [&str; 6] = ["restore", "--source", "app", "--yes", "--assume-room", "--json"];

#[test]
fn what_stood_before_is_not_the_latest_and_an_undo_names_it() {
    let server = Server::start();
    owner(&server, "app");
    of_age(&server, "new");
    let site = site(&server, "");
    let first = back_up(&site);
    let latest = || site.call(&[&RESTORE[..], &["--latest"]].concat()).ends(0).json()["backup_id"].clone();
    for age in ["old", "older"] {
        of_age(&server, age);
        assert_eq!(latest(), first.as_str(), "a restore of the newest is not an undo");
        assert_eq!(server.psql("app", SEEN), "new 5000");
    }
    let undone = site.call(&["restore", "--undo", "--yes", "--json"]).ends(4).json();
    let hint = undone["hint"].as_str().unwrap();
    assert!(hint.starts_with("A restore replaced app in place") && hint.ends_with("--source app"), "{hint}");
}

#[test]
fn a_safety_backup_is_taken_first_and_is_the_way_back() {
    let server = Server::start();
    owner(&server, "app");
    of_age(&server, "new");
    let hook = format!(
        "[restore]\nbefore_hook = [{:?}, \"-qX\", \"-h\", {:?}, \"-U\", \"app\", \"-c\", \"INSERT INTO t VALUES ('last', 0)\", \"app\"]",
        server.program("psql").display().to_string(),
        server.socket_folder().display().to_string()
    );
    let site = site(&server, &hook);
    let first = back_up(&site);
    of_age(&server, "old");
    let called = site.call(&[&RESTORE[..], &["--set", &first]].concat()).ends(0);
    assert!(called.stderr.contains("A safety backup of app is taken first, and read again"), "{}", called.stderr);
    let report = called.json();
    assert_eq!(server.psql("app", SEEN), "new 5000");
    let listed = site.call(&["list", "--json"]).ends(0).json();
    let safety = &listed["sets"][0];
    assert_eq!((safety["pinned"].as_bool(), safety["state"].as_str()), (Some(true), Some("complete")), "{safety:#}");
    assert!(safety["label"].as_str().unwrap().starts_with("before restore-"), "{safety:#}");
    let safety = safety["id"].as_str().unwrap();
    let warnings = report["warnings"].as_array().unwrap();
    let told = warnings.iter().find(|warning| warning["code"] == "restore_in_place").unwrap();
    assert!(told["text"].as_str().unwrap().ends_with(&format!("restore --set {safety} --source app")), "{told:#}");
    assert!(site.path("backups/.resguardo/restores").read_dir().unwrap().next().is_none());
    // With what was written last, before the application stopped.
    site.call(&[&RESTORE[..], &["--set", safety]].concat()).ends(0);
    assert_eq!(server.psql("app", SEEN), "last+old 5001");
}

#[test]
fn what_can_no_longer_be_dumped_is_replaced_only_on_the_operators_word() {
    let server = Server::start();
    owner(&server, "app");
    of_age(&server, "new");
    let site = site(&server, "");
    let first = back_up(&site);
    of_age(&server, "old");
    as_app(&server, "app", "ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY");
    let before = whole(&server, "app");
    let report = site.call(&[&RESTORE[..], &["--set", &first]].concat()).ends(4).json();
    assert!(report["error"].as_str().unwrap().starts_with("make a safety backup: "), "{report:#}");
    assert!(report["hint"].as_str().unwrap().contains("or say --no-safety-backup"), "{report:#}");
    assert_same(&whole(&server, "app"), &before);
    assert_eq!(site.call(&["list", "--json"]).ends(0).json()["sets"].as_array().unwrap().len(), 1);
    let called = site.call(&[&RESTORE[..], &["--set", &first, "--no-safety-backup"]].concat()).ends(0);
    assert!(called.stderr.contains("NO SAFETY BACKUP IS TAKEN"), "{}", called.stderr);
    assert_eq!(server.psql("app", SEEN), "new 5000");
}

#[test]
fn a_planted_commit_ends_with_its_sentence_and_code() {
    let server = Server::start();
    let config = owner(&server, "app");
    of_age(&server, "new");
    let site = site(&server, "");
    let stored = Stored::take(&config, &bench().work);
    of_age(&server, "old");
    let planted = String::from_utf8(stored.raw).unwrap().replace("CREATE INDEX", "COMMIT;\nCREATE INDEX");
    std::fs::write(site.path("planted.sql"), planted).unwrap();
    let before = whole(&server, "app");
    let file = site.path("planted.sql").display().to_string();
    let report = site.call(&[&RESTORE[..], &["--db", &file]].concat()).ends(1).json();
    let error = report["error"].as_str().unwrap();
    assert_eq!(error, "restore app: read: it would end the transaction it is loaded in: commit");
    assert_same(&whole(&server, "app"), &before);
}

#[test]
fn a_restore_that_is_killed_is_settled_by_what_the_server_says() {
    let server = Server::start();
    owner(&server, "app");
    as_app(&server, "app", "CREATE TABLE many AS SELECT i, sha512(i::text::bytea) FROM generate_series(1, 200000) i");
    of_age(&server, "new");
    let site = site(&server, "");
    let first = back_up(&site);
    of_age(&server, "old");
    let before = whole(&server, "app");
    let quiet = std::process::Stdio::null;
    let mut restore = site.command();
    let mut child = restore.args(RESTORE).args(["--set", &first]).stdout(quiet()).stderr(quiet()).spawn().unwrap();
    let journal = || {
        // Beside it may lie what it is written anew as.
        let mut entries = site.path("backups/.resguardo/restores").read_dir().ok()?.flatten().map(|entry| entry.path());
        let entry = entries.find(|path| path.extension().is_some_and(|ending| ending == "json"))?;
        let text = std::fs::read_to_string(&entry).ok()?;
        let journal: serde_json::Value = serde_json::from_str(&text).ok()?;
        journal["parts"][0]["in_place"]["transaction"].is_string().then_some((entry, text))
    };
    let until = Instant::now() + Duration::from_mins(1);
    let (path, text) = loop {
        assert!(Instant::now() < until, "it never began: {}", site.log());
        if let Some(found) = journal() {
            break found;
        }
    };
    child.kill().unwrap();
    child.wait().unwrap();
    site.call(&["backup"]).ends(0);
    assert_same(&whole(&server, "app"), &before);
    let log = || std::fs::read_to_string(site.path("logs/restore.log")).unwrap_or_default() + &site.log();
    assert!(log().contains("A restore of app was cut short before the new data stood in its place"), "{}", log());
    // Killed a moment later, the server would have said that it was done.
    let journal: serde_json::Value = serde_json::from_str(&text).unwrap();
    let safety = journal["parts"][0]["in_place"]["safety"].as_str().unwrap().to_owned();
    let begun = journal["parts"][0]["in_place"]["transaction"].as_str().unwrap();
    let (here, _) = begun.split_once(':').unwrap();
    let committed = format!("{here}:{}", server.psql("app", "SELECT txid_current()"));
    std::fs::write(path, text.replace(begun, &committed)).unwrap();
    server.psql("postgres", "ALTER DATABASE app ALLOW_CONNECTIONS false");
    site.call(&["backup"]).ends(0);
    let said = format!("The new data stands; what stood there before is in the set {safety}");
    assert!(log().contains(&said), "{}", log());
    assert_eq!(server.psql("app", SEEN), "old 5000");
    assert!(site.path("backups/.resguardo/restores").read_dir().unwrap().next().is_none());
}
