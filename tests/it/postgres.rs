//! PostgreSQL as a source, against a real server: what is dumped is counted right, proven whole,
//! loads again and counts the same; what goes wrong is said so that somebody can act.

use std::io::Write;
use std::process::Command;

use resguardo::config::secret::Secret;
use resguardo::config::{DumpFormat, PostgresConfig};
use resguardo::domain::trouble::{Outlook, Stage, Trouble};
use resguardo::source::postgres::{PostgresDump, PostgresGlobals, PostgresProperties};
use resguardo::source::{Source, Work};
use rstest::rstest;

use crate::support::odd::{self, dump, into, raw_of, with_format};
use crate::support::postgres::{Bench, Server, bench, give};

#[test]
fn an_odd_database_is_counted_loaded_and_counted_the_same_in_both_formats() {
    let (server, bench) = (Server::start_with_extension(), bench());
    odd::create(&server, odd::Extensions::All);
    let content = odd::goes_there_and_back(&server, &bench);
    assert_eq!(content.large_objects.rows, 3);
    assert_eq!(content.sequences.len().to_string(), server.psql("odd", "SELECT count(*) FROM pg_sequences"));
    // The server's own count of every table, under no policy and without what inherits from it.
    // pg_dump writes partitions by the hash of an enum as rows of their root, and of what belongs to
    // an extension only what that asks for.
    let counts = server.psql(
        "odd",
        r#"SELECT format('%s.%s', relnamespace::regnamespace, quote_ident(relname)) || ': ' || (xpath('/table/row/c/text()',
            query_to_xml(format('SELECT count(*) AS c FROM %s %s %s', CASE relkind WHEN 'r' THEN 'ONLY' END, oid::regclass,
              CASE relname WHEN 'odd_config_settings' THEN 'WHERE NOT is_default' END), true, false, '')))[1]
          FROM pg_class
          WHERE (relkind = 'r' AND relname NOT LIKE 'by\_mood\__' OR relname = 'by_mood')
            AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
            AND relname <> 'odd_config_kept_by_it'
          ORDER BY relnamespace::regnamespace::text COLLATE "C", relname COLLATE "C""#,
    );
    let quoted = |name: &str| {
        let is_plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
    };
    let counted: Vec<String> =
        content.tables.iter().map(|t| format!("{}.{}: {}", quoted(&t.schema), quoted(&t.name), t.rows)).collect();
    assert_eq!(counted.join("\n"), counts);
}

#[test]
fn tables_of_an_extension_are_none_of_the_users() {
    let (server, bench) = (Server::start_with_extension(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE EXTENSION odd_config; CREATE TABLE t (i integer)");
    server.psql("app", "INSERT INTO odd_config_settings VALUES ('c', 'ours', false)");
    let source = PostgresDump::new(&server.config("app"));
    for user_tables in [1, 0] {
        let dumped = source.dump(&mut Vec::new(), &bench.work).unwrap();
        assert_eq!(dumped.facts.user_tables(), Some(user_tables));
        assert_eq!(source.survey(&bench.work).unwrap().user_tables, Some(user_tables));
        // What the dump holds is counted all the same.
        assert_eq!(dumped.facts.rows(), Some(1));
        server.psql("app", "DROP TABLE IF EXISTS t");
    }
}

#[test]
fn a_dump_cut_after_any_byte_of_its_last_kilobyte_is_not_whole() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT i FROM generate_series(1, 300) i; CREATE INDEX ON t (i)");
    let source = PostgresDump::new(&server.config("app"));
    let raw = raw_of(&source, &bench.work);
    assert!(source.inspect(&mut raw.as_slice(), &bench.work).is_ok());
    for end in raw.len() - 1024..raw.len() {
        assert!(source.inspect(&mut &raw[..end], &bench.work).is_err(), "cut at {end} of {}", raw.len());
    }
}

/// Settings of the database and the role that change what `pg_dump` writes, or stop it.
const SETTINGS: &str = "
    ALTER DATABASE app SET timezone = 'America/Lima';
    ALTER DATABASE app SET bytea_output = 'escape';
    ALTER DATABASE app SET quote_all_identifiers = on;
    ALTER DATABASE app SET standard_conforming_strings = off;
    ALTER DATABASE app SET datestyle = 'German, DMY';
    ALTER DATABASE app SET intervalstyle = 'sql_standard';
    ALTER DATABASE app SET extra_float_digits = -10;
    ALTER DATABASE app SET client_encoding = 'LATIN1';
    ALTER DATABASE app SET default_transaction_read_only = on;
    ALTER ROLE postgres IN DATABASE app SET lock_timeout = '1ms';
    ALTER ROLE postgres SET search_path = 'nowhere';";

#[test]
fn settings_of_database_and_role_change_no_row() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql(
        "app",
        r"CREATE TABLE t (at timestamptz, bytes bytea, cash money, real float8, span interval, of regclass, e text);
          INSERT INTO t VALUES ('2024-01-01 12:00+00', '\x00ff5c27', 1234.5, 0.1, '1 day 02:00', 'pg_class', 'ñ\''');
          SELECT lo_from_bytea(0, '\x27005c')",
    );
    let config = server.config("app");
    let (_, before) = dump(&config, &bench);
    server.psql("postgres", SETTINGS);
    let (raw, after) = dump(&config, &bench);
    assert_eq!(after, before);
    let text = String::from_utf8(raw).unwrap();
    assert!(
        text.contains("2024-01-01 12:00:00+00\t\\\\x00ff5c27\t$1,234.50\t0.1\t1 day 02:00:00\tpg_class\tñ"),
        "{text}"
    );
}

#[test]
fn the_environment_changes_nothing() {
    const INNER: &str = "RESGUARDO_TEST_HAS_ODD_ENVIRONMENT";
    if std::env::var_os(INNER).is_none() {
        // The same test again, where every variable that PostgreSQL's programs obey leads astray.
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "postgres::the_environment_changes_nothing"])
            .envs([(INNER, "1"), ("PGHOSTADDR", "127.0.0.2"), ("PGHOST", "/nowhere"), ("PGPORT", "1")])
            .envs([("PGSERVICE", "nowhere"), ("PGSERVICEFILE", "/nowhere"), ("PGPASSFILE", "/nowhere")])
            .envs([("PGOPTIONS", "-c bytea_output=escape"), ("PGTZ", "Asia/Tokyo"), ("PGDATESTYLE", "German")])
            .envs([("PGDATA", "/nowhere"), ("PGUSER", "nobody"), ("PGDATABASE", "no"), ("PGSSLMODE", "verify-full")])
            .envs([("PGCLIENTENCODING", "LATIN1"), ("PGREQUIRESSL", "1"), ("PSQLRC", "/nowhere")])
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    let row = r"timestamptz '2024-01-01 12:00+00' AS at, bytea '\x00ff' AS b, 'ñ' AS c";
    server.psql("app", &format!("CREATE TABLE t AS SELECT {row}"));
    for format in [DumpFormat::Plain, DumpFormat::Custom] {
        let config = with_format(server.config("app"), format);
        let (raw, content) = dump(&config, &bench);
        server.psql("postgres", "DROP DATABASE IF EXISTS again");
        server.psql("postgres", "CREATE DATABASE again TEMPLATE template0");
        PostgresDump::new(&config).load(&mut raw.as_slice(), &into("again"), &bench.work).unwrap();
        assert_eq!(dump(&with_format(server.config("again"), format), &bench).1, content);
        if format == DumpFormat::Plain {
            let text = String::from_utf8(raw).unwrap();
            assert!(text.contains("2024-01-01 12:00:00+00\t\\\\x00ff\tñ\n"), "{text}");
        }
    }
    raw_of(&PostgresGlobals::new(server.config("app").name, &server.config("app")), &bench.work);
    raw_of(&PostgresProperties::new(&server.config("app")), &bench.work);
}

/// Every character that a shell, a connection string, a URL or SQL could trip over, and names that
/// libpq would take for connection strings.
const ODD_NAMES: [&str; 3] = ["`$#'\"@%/: \\ñ日", "=", "postgres://x?y=z"];

#[test]
fn odd_names_and_passwords_work() {
    let (server, bench) = (Server::start_tcp(&[]), bench());
    for odd in ODD_NAMES {
        odd_name_and_password_work(&server, &bench.work, odd);
    }
}

fn odd_name_and_password_work(server: &Server, work: &Work, odd: &str) {
    let (database, role, password) = (format!("{odd}Da{odd}ta"), format!("Ro{odd}le"), format!("pa{odd}ss{odd}"));
    let again = format!("again {odd}");
    let name = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let literal = |text: &str| format!("E'{}'", text.replace('\\', r"\\").replace('\'', "''"));
    let (database_name, role_name) = (name(&database), name(&role));
    server.psql("postgres", &format!("CREATE ROLE {role_name} LOGIN CREATEDB PASSWORD {}", literal(&password)));
    server.psql("postgres", &format!("CREATE DATABASE {database_name} OWNER {role_name}"));
    server.psql("postgres", &format!("COMMENT ON DATABASE {database_name} IS {}", literal(odd)));
    let config = server.config_tcp(&database, &role, &password);

    let properties = PostgresProperties::new(&config);
    properties.load(&mut raw_of(&properties, work).as_slice(), &into(&again), work).unwrap();
    let comment = format!(
        "SELECT '<' || shobj_description(oid, 'pg_database') || '>' FROM pg_database WHERE datname = {}",
        literal(&again)
    );
    assert_eq!(server.psql("postgres", &comment), format!("<{odd}>"));

    for format in [DumpFormat::Plain, DumpFormat::Custom] {
        let source = PostgresDump::new(&with_format(config.clone(), format));
        let mut raw = Vec::new();
        let dumped = source.dump(&mut raw, work).unwrap();
        assert_eq!(dumped.facts.postgres.unwrap().owner, role);
        source.load(&mut raw.as_slice(), &into(&again), work).unwrap();
    }
    let mut globals = Vec::new();
    let dumped = PostgresGlobals::new(config.name.clone(), &config).dump(&mut globals, work).unwrap();
    assert_eq!(dumped.warnings[0].code, "no_role_passwords");
    let globals = String::from_utf8(globals).unwrap();
    assert!(globals.contains(&format!("ALTER ROLE {role_name} WITH")), "{globals}");
}

#[test]
fn a_latin1_database_is_dumped_in_its_own_encoding() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE latin ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    server.psql("latin", "CREATE TABLE \"año\" (\"größe\" text); INSERT INTO \"año\" VALUES ('ñandú')");
    for format in [DumpFormat::Plain, DumpFormat::Custom] {
        let config = with_format(server.config("latin"), format);
        let (raw, content) = dump(&config, &bench);
        assert_eq!((content.tables[0].name.as_str(), content.tables[0].columns[0].as_str()), ("año", "größe"));
        assert!(format == DumpFormat::Custom || raw.windows(6).any(|six| six == b"\xf1and\xfa\n"));
        server.psql("postgres", "DROP DATABASE IF EXISTS again");
        let properties = PostgresProperties::new(&config);
        let create = raw_of(&properties, &bench.work);
        properties.load(&mut create.as_slice(), &into("again"), &bench.work).unwrap();
        PostgresDump::new(&config).load(&mut raw.as_slice(), &into("again"), &bench.work).unwrap();
        assert_eq!(server.psql("again", "SHOW server_encoding"), "LATIN1");
        assert_eq!(dump(&with_format(server.config("again"), format), &bench).1, content);
    }
}

#[test]
fn properties_and_roles_come_back_on_a_fresh_server() {
    let (server, bench) = (Server::start_with_extension(), bench());
    odd::create(&server, odd::Extensions::All);
    odd::properties_and_roles_come_back(&server, &Server::start(), &bench);
}

/// The trouble of a survey and of a dump, which must say the same.
fn trouble(config: &PostgresConfig, bench: &Bench) -> Trouble {
    let source = PostgresDump::new(config);
    let surveyed = source.survey(&bench.work).unwrap_err();
    let dumped = source.dump(&mut Vec::new(), &bench.work).unwrap_err();
    assert_eq!(surveyed, dumped);
    dumped
}

fn key(trouble: &Trouble) -> &'static str {
    trouble.hint.as_ref().map_or("", |hint| hint.key)
}

#[test]
fn what_keeps_us_out_is_named_with_what_to_do_about_it() {
    let (server, bench) = (Server::start_tcp(&[]), bench());
    server.psql("postgres", "CREATE ROLE app LOGIN PASSWORD 'geheim77'; CREATE ROLE full LOGIN CONNECTION LIMIT 0");
    server.psql("postgres", "ALTER ROLE full PASSWORD 'geheim77'");
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("postgres", "CREATE DATABASE closed; REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
    let good = server.config_tcp("app", "app", "geheim77");
    PostgresDump::new(&good).dump(&mut Vec::new(), &bench.work).unwrap();
    let changed = |change: fn(&mut PostgresConfig)| {
        let mut config = good.clone();
        change(&mut config);
        config
    };
    for (config, hint, outlook) in [
        (changed(|c| c.server.password = Some(Secret::value("falsch99"))), "hint-wrong-password", Outlook::Lasting),
        (changed(|c| c.server.password = None), "hint-no-password", Outlook::Lasting),
        (changed(|c| c.server.user = "nobody".into()), "hint-wrong-password", Outlook::Lasting),
        (changed(|c| c.server.user = "full".into()), "hint-too-many-connections", Outlook::Passing),
        (changed(|c| c.server.port = 1), "hint-unreachable", Outlook::Passing),
        (changed(|c| c.server.host = "/nowhere".into()), "hint-unreachable", Outlook::Passing),
        (changed(|c| c.database = "missing".into()), "hint-no-database", Outlook::Lasting),
        (changed(|c| c.database = "closed".into()), "hint-no-connect", Outlook::Lasting),
        (changed(|c| c.server.sslmode = "require".into()), "hint-tls", Outlook::Lasting),
        (
            changed(|c| c.server.password = Some(Secret::File("/nowhere/file".into()))),
            "hint-password-file",
            Outlook::Lasting,
        ),
    ] {
        let trouble = trouble(&config, &bench);
        assert_eq!((key(&trouble), trouble.outlook, trouble.stage), (hint, outlook, Stage::Connect), "{trouble}");
        assert!(!format!("{trouble:?}").contains("falsch99"), "{trouble:?}");
    }
}

#[test]
fn rows_that_may_not_be_read_fail_the_dump_with_the_line_that_mends_it() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE ROLE weak LOGIN; CREATE DATABASE two; CREATE DATABASE three");
    server.psql("two", "CREATE TABLE open (i int); CREATE TABLE secret (i int); GRANT SELECT ON open TO weak");
    server.psql(
        "three",
        "CREATE TABLE guarded (i int); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; GRANT SELECT ON guarded TO weak",
    );
    for (database, hint, table) in
        [("two", "hint-grant", "public.secret"), ("three", "hint-row-security", "public.guarded")]
    {
        for format in [DumpFormat::Plain, DumpFormat::Custom] {
            let mut config = with_format(server.config(database), format);
            "weak".clone_into(&mut config.server.user);
            let trouble = PostgresDump::new(&config).dump(&mut Vec::new(), &bench.work).unwrap_err();
            assert_eq!((key(&trouble), trouble.outlook, trouble.stage), (hint, Outlook::Lasting, Stage::Dump));
            assert!(trouble.error.starts_with("run pg_dump: exit status 1: pg_dump: error: "), "{trouble}");
            assert!(trouble.hint.unwrap().args.contains(&("table", table.to_owned())));
        }
    }
}

/// Ends the server when the first bytes arrive.
struct Killing<'a>(&'a mut Server, bool);

impl Write for Killing<'_> {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        if !std::mem::replace(&mut self.1, true) {
            self.0.kill();
        }
        Ok(piece.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[rstest]
fn a_server_that_dies_in_mid_dump_fails_it(#[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat) {
    let (mut server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT sha512(i::text::bytea) FROM generate_series(1, 200000) i");
    let config = with_format(server.config("app"), format);
    let trouble = PostgresDump::new(&config).dump(&mut Killing(&mut server, false), &bench.work).unwrap_err();
    assert_eq!((trouble.stage, trouble.outlook), (Stage::Dump, Outlook::Passing), "{trouble}");
    assert_eq!(key(&trouble), "hint-unreachable", "{trouble}");
}

#[test]
fn a_row_of_a_hundred_megabytes_passes_in_bounded_memory() {
    /// The most of our memory that was ever in use, in KiB.
    fn peak() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT repeat('x', 100000000) AS row FROM generate_series(1, 2)");
    let before = peak();
    let source = PostgresDump::new(&server.config("app"));
    let dumped = source.dump(&mut std::io::sink(), &bench.work).unwrap();
    let grown = peak() - before;
    let table = &dumped.facts.postgres.unwrap().content.tables[0];
    let row = xxhash_rust::xxh3::xxh3_128(&vec![b'x'; 100_000_000]);
    assert_eq!((table.rows, table.rows_digest.clone()), (2, format!("xxh3sum:{:032x}", row.wrapping_mul(2))));
    assert!(grown < 8 * 1024, "{grown} KiB more than before");
}

#[test]
fn no_command_of_psqls_own_runs_from_a_dump() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT 1 AS i");
    server.psql("postgres", "CREATE DATABASE empty");
    let source = PostgresDump::new(&server.config("app"));
    let dumped = String::from_utf8(raw_of(&source, &bench.work)).unwrap();
    // As a program before restrictions would have written it, with a command planted.
    let lines = dumped.lines().filter(|line| !line.starts_with("\\restrict ") && !line.starts_with("\\unrestrict "));
    let planted = tempfile::tempdir().unwrap();
    let file = planted.path().join("was-run");
    let mut old: Vec<String> = lines.map(str::to_owned).collect();
    old.insert(4, format!("\\! touch {}", file.display()));
    let old = old.join("\n").trim_end().to_owned() + "\n\n";
    assert!(source.inspect(&mut old.as_bytes(), &bench.work).is_ok(), "the planted dump is whole");
    let refused = source.load(&mut old.as_bytes(), &into("empty"), &bench.work).unwrap_err();
    assert!(refused.error.contains("restrict"), "{refused}");
    assert!(!file.exists());
}

/// Ends our own `pg_dump` when the first bytes arrive.
struct KillingTheProgram;

impl Write for KillingTheProgram {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        for entry in std::fs::read_dir("/proc")?.flatten() {
            let read = |file: &str| std::fs::read_to_string(entry.path().join(file)).unwrap_or_default();
            let is_ours = read("status").contains(&format!("\nPPid:\t{}\n", std::process::id()));
            if is_ours && read("comm") == "pg_dump\n" {
                let pid = entry.file_name().to_string_lossy().parse().unwrap();
                let pid = rustix::process::Pid::from_raw(pid).unwrap();
                rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
            }
        }
        Ok(piece.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[rstest]
fn a_program_that_is_killed_in_mid_dump_fails_it(#[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat) {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT sha512(i::text::bytea) FROM generate_series(1, 200000) i");
    let config = with_format(server.config("app"), format);
    let trouble = PostgresDump::new(&config).dump(&mut KillingTheProgram, &bench.work).unwrap_err();
    assert_eq!((trouble.stage, trouble.outlook), (Stage::Dump, Outlook::Passing));
    assert_eq!((trouble.error.as_str(), key(&trouble)), ("run pg_dump: killed by signal 9", "hint-killed"));
}

#[test]
fn a_table_that_somebody_holds_is_waited_for_so_long_and_named() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE free (i int); CREATE TABLE held (i int)");
    let _holding = server.holding("app", "LOCK TABLE held");
    let source = PostgresDump::new(&server.config("app")).with_lock_wait_max(std::time::Duration::from_millis(50));
    let trouble = source.dump(&mut Vec::new(), &bench.work).unwrap_err();
    assert_eq!((key(&trouble), trouble.outlook, trouble.stage), ("hint-locked", Outlook::Passing, Stage::Dump));
    assert!(trouble.hint.unwrap().args.contains(&("table", "public.held".to_owned())));
}

/// A signer, a stranger, and a certificate of the signer for `localhost`, with the settings that
/// make a server show it.
fn certificates() -> (tempfile::TempDir, [String; 3]) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let openssl = |args: &[&str]| {
        let made = Command::new("openssl").args(args).current_dir(folder.path()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    for signer in ["signer", "stranger"] {
        let (key, certificate, subject) = (format!("{signer}.key"), format!("{signer}.crt"), format!("/CN={signer}"));
        openssl(
            &["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", &subject]
                .iter()
                .copied()
                .chain(["-keyout", &key, "-out", &certificate])
                .collect::<Vec<_>>(),
        );
    }
    openssl(&["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=db", "-keyout", "db.key", "-out", "db.csr"]);
    std::fs::write(at("names"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl(
        &["x509", "-req", "-in", "db.csr", "-CA", "signer.crt", "-CAkey", "signer.key", "-CAcreateserial"]
            .iter()
            .copied()
            .chain(["-days", "9", "-extfile", "names", "-out", "db.crt"])
            .collect::<Vec<_>>(),
    );
    give(folder.path());
    give(&at("db.key"));
    let file = |setting: &str, name: &str| format!("{setting}={}", at(name).display());
    let (certificate, key) = (file("ssl_cert_file", "db.crt"), file("ssl_key_file", "db.key"));
    (folder, ["ssl=on".to_owned(), certificate, key])
}

#[test]
fn certificates_are_asked_for_as_sslmode_says() {
    let (folder, settings) = certificates();
    let at = |name: &str| folder.path().join(name);
    let (server, bench) = (Server::start_tcp(&settings.each_ref().map(String::as_str)), bench());
    server.psql("postgres", "CREATE ROLE app LOGIN PASSWORD 'x'; CREATE DATABASE app OWNER app");

    // The certificate is for `localhost`; whoever asks for 127.0.0.1 meets another name.
    for (host, sslmode, root, good) in [
        ("127.0.0.1", "disable", None, true),
        ("127.0.0.1", "prefer", None, true),
        ("127.0.0.1", "require", None, true),
        ("127.0.0.1", "require", Some("stranger.crt"), false),
        ("127.0.0.1", "verify-ca", Some("signer.crt"), true),
        ("127.0.0.1", "verify-ca", Some("stranger.crt"), false),
        ("127.0.0.1", "verify-ca", None, false),
        ("127.0.0.1", "verify-full", Some("signer.crt"), false),
        ("localhost", "verify-full", Some("signer.crt"), true),
        ("localhost", "verify-full", Some("stranger.crt"), false),
    ] {
        let mut config = server.config_tcp("app", "app", "x");
        host.clone_into(&mut config.server.host);
        sslmode.clone_into(&mut config.server.sslmode);
        config.server.sslrootcert = root.map(at);
        let dumped = PostgresDump::new(&config).dump(&mut Vec::new(), &bench.work);
        match dumped {
            Ok(_) => assert!(good, "{host} {sslmode} {root:?}"),
            Err(trouble) => {
                assert!(!good, "{host} {sslmode} {root:?}: {trouble}");
                assert_eq!(key_of(&trouble), ("hint-tls", Outlook::Lasting), "{trouble}");
            }
        }
    }
}

fn key_of(trouble: &Trouble) -> (&'static str, Outlook) {
    (key(trouble), trouble.outlook)
}

#[test]
fn who_only_prefers_to_encrypt_is_content_where_that_is_refused() {
    let (folder, settings) = certificates();
    let rules = folder.path().join("rules");
    std::fs::write(&rules, "local all all trust\nhostssl all all all reject\nhostnossl all all all scram-sha-256\n")
        .unwrap();
    let rules = format!("hba_file={}", rules.display());
    let (server, bench) = (Server::start_tcp(&[&settings[0], &settings[1], &settings[2], &rules]), bench());
    server.psql("postgres", "CREATE ROLE app LOGIN PASSWORD 'x'");
    let mut config = server.config_tcp("postgres", "app", "x");
    for (sslmode, good) in [("prefer", true), ("allow", true), ("disable", true), ("require", false)] {
        sslmode.clone_into(&mut config.server.sslmode);
        let dumped = PostgresDump::new(&config).dump(&mut Vec::new(), &bench.work);
        assert_eq!(dumped.is_ok(), good, "{sslmode}: {dumped:?}");
        if let Err(trouble) = dumped {
            assert_eq!(key_of(&trouble), ("hint-not-let-in", Outlook::Lasting), "{trouble}");
        }
    }
    // What is refused either way is told as it is.
    "prefer".clone_into(&mut config.server.sslmode);
    config.server.password = Some(Secret::value("wrong"));
    assert_eq!(key(&trouble(&config, &bench)), "hint-wrong-password");
}
