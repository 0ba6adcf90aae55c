//! Drills of PostgreSQL dumps on real servers: what is whole is proven, whatever server it came from,
//! and every damage is seen by the proof that is meant to see it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use resguardo::config::{DumpFormat, PostgresConfig};
use resguardo::domain::artifact::Form;
use resguardo::domain::drill::Judgement::{Failed, Passed, Skipped};
use resguardo::domain::drill::What;
use resguardo::domain::name::SourceName;
use resguardo::source::prove::{Material, MissingFiles, Reference};
use rstest::rstest;

use crate::postgres_versions::{bench_of, programs};
use crate::support::drill::{
    assert_proven, bare, failed, is_exposed, judgements, material, passed_again, processes, prove, prove_in, remarks,
    scratch, text_of,
};
use crate::support::odd::{self, with_format};
use crate::support::postgres::{Bench, Server, bench};
use crate::support::restore_postgres::Stored;

/// What a server, a database and a role may set that must not be seen in a dump.
const ODD_SETTINGS: &str = r#"
    ALTER DATABASE odd OWNER TO odd_owner;
    ALTER DATABASE odd SET timezone = 'Asia/Kolkata';
    ALTER DATABASE odd SET bytea_output = 'escape';
    ALTER DATABASE odd SET datestyle = 'German, DMY';
    ALTER DATABASE odd SET intervalstyle = 'sql_standard';
    ALTER DATABASE odd SET extra_float_digits = 0;
    ALTER DATABASE odd SET default_transaction_read_only = on;
    ALTER DATABASE odd SET search_path = 'other';
    ALTER DATABASE odd CONNECTION LIMIT 0;
    ALTER ROLE "Odd ""Member""" IN DATABASE odd SET work_mem = '5MB';
    REVOKE ALL ON DATABASE odd FROM PUBLIC"#;

/// A tablespace of its own, constraints that were never checked, sequences that lag; privileges and
/// comments on what a server or an extension brings.
const ODD_PRODUCTION: &str = "
    CREATE TABLE lagging (id serial PRIMARY KEY, other integer);
    INSERT INTO lagging (id) VALUES (41);
    CREATE TABLE checked (i integer);
    INSERT INTO checked VALUES (-1);
    ALTER TABLE checked ADD CONSTRAINT positive CHECK (i > 0) NOT VALID;
    CREATE INDEX ON ONLY events (kind);
    COMMENT ON EXTENSION citext IS NULL;
    COMMENT ON SCHEMA public IS 'ours';
    GRANT ALL ON SCHEMA public TO odd_owner;
    GRANT SELECT ON LARGE OBJECT 70001, 70003 TO odd_owner;
    GRANT SELECT (a) ON twice TO odd_owner;
    GRANT SELECT ON odd_config_settings TO odd_owner;
    ALTER DEFAULT PRIVILEGES IN SCHEMA other GRANT SELECT ON TABLES TO odd_owner;
    REVOKE EXECUTE ON FUNCTION pg_sleep(float8), similarity(text, text) FROM PUBLIC";

const ALL: [What; 7] =
    [What::Load, What::Rows, What::LargeObjects, What::Sequences, What::Schema, What::Constraints, What::Indexes];

#[rstest]
#[case::plain(DumpFormat::Plain, "")]
#[case::custom(DumpFormat::Custom, "")]
#[case::plain_in_another_encoding(DumpFormat::Plain, "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")]
#[case::custom_in_no_encoding(DumpFormat::Custom, "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'POSIX'")]
fn the_odd_database_is_proven(#[case] format: DumpFormat, #[case] made: &str) {
    let server = Server::start_with_extension();
    let bench = bench_of(&[server.private_programs()]);
    odd::create_as(&server, odd::Extensions::All, made);
    server.psql("odd", ODD_PRODUCTION);
    server.psql("postgres", ODD_SETTINGS);
    let space = tempfile::tempdir().unwrap();
    crate::support::postgres::give(space.path());
    let located = format!("CREATE TABLESPACE \"odd'space\" LOCATION '{}'", space.path().display());
    server.psql("postgres", &located);
    server.psql(
        "odd",
        "SET default_transaction_read_only = off; SET default_tablespace = 'odd''space';
         CREATE TABLE public.spaced AS SELECT 1 AS i",
    );
    let stored = Stored::take(&with_format(server.config("odd"), format), &bench.work);

    let place = scratch();
    let (is_over, seen) = (AtomicBool::new(false), AtomicUsize::new(0));
    let evidence = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let running = processes(place.path());
                seen.fetch_max(running.len(), Ordering::Relaxed);
                let exposed: Vec<_> = running.iter().filter(|process| is_exposed(process)).collect();
                assert!(exposed.is_empty(), "{exposed:?}");
            }
        });
        let evidence = prove_in(place.path(), &mut stored.raw.as_slice(), &material(&stored), &bench.work);
        is_over.store(true, Ordering::Relaxed);
        evidence.unwrap()
    });
    assert!(seen.into_inner() > 3, "its processes were not seen");
    assert_proven(&evidence);
    assert_eq!(evidence.proofs.iter().map(|proof| proof.what).collect::<Vec<_>>(), ALL);
    assert!(text_of(&evidence, What::Rows).contains(" tables, "), "{:?}", evidence.proofs);
    assert_eq!(text_of(&evidence, What::LargeObjects), "3 large objects");
    assert_eq!(
        remarks(&evidence),
        [
            "Constraints that were never held against all rows (NOT VALID): 1, the first positive on public.checked.",
            "Indexes of partitioned tables that not all partitions have: 1, the first public.events_kind_idx.",
            "The sequence public.lagging_id_seq stands at 1, and public.lagging.id already holds 41: new rows may collide.",
        ]
    );
}

/// A register as most applications have one.
fn register() -> (Server, Bench) {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE ROLE app LOGIN; CREATE DATABASE app OWNER app");
    server.psql(
        "app",
        "SET ROLE app;
         CREATE TABLE bien (id serial PRIMARY KEY, nombre text NOT NULL, foto text);
         INSERT INTO bien (nombre, foto) SELECT 'Desk no. ' || n, 'fotos/' || n || '.jpg' FROM generate_series(1, 300) n;
         INSERT INTO bien (nombre, foto) VALUES ('none', ''), ('none', NULL), ('twice', 'fotos/1.jpg');
         CREATE INDEX ON bien (nombre);
         SELECT lo_from_bytea(70001, '\\x00ff27')",
    );
    (server, bench)
}

fn config(server: &Server) -> PostgresConfig {
    server.config("app")
}

fn instead(stored: &Stored, this: &str, that: &str) -> Vec<u8> {
    let text = std::str::from_utf8(&stored.raw).unwrap();
    assert_eq!(text.matches(this).count(), 1, "{this}");
    text.replace(this, that).into_bytes()
}

#[test]
fn what_does_not_load_is_no_proof() {
    let (server, bench) = register();
    let stored = Stored::take(&config(&server), &bench.work);
    let material = material(&stored);
    assert_proven(&prove(&stored.raw, &material, &bench.work).unwrap());
    let cases = [
        ("\nCREATE INDEX ", "\nCREATE ODD INDEX ", "syntax error"),
        ("7\tDesk no. 7\tfotos/7.jpg\n", "7\tDesk no. 7\n", "missing data for column"),
        ("-- PostgreSQL database dump complete", "--", "trailer"),
        ("ALTER TABLE public.bien OWNER TO app;", "ALTER TABLE public.bien OWNER TO gone;", "gone"),
    ];
    for (this, that, said) in cases {
        let evidence = prove(&instead(&stored, this, that), &material, &bench.work).unwrap();
        let text = failed(&evidence, What::Load);
        assert!(text.contains(said), "{text}");
        assert_eq!(evidence.restore_seconds, None);
        assert!(evidence.proofs[1..].iter().all(|proof| proof.judgement == Skipped), "{:?}", evidence.proofs);
    }
}

#[test]
fn a_custom_dump_that_is_cut_or_altered_is_no_proof() {
    let (server, bench) = register();
    let stored = Stored::take(&with_format(config(&server), DumpFormat::Custom), &bench.work);
    let material = material(&stored);
    assert_proven(&prove(&stored.raw, &material, &bench.work).unwrap());
    let cut = &stored.raw[..stored.raw.len() - 200];
    let evidence = prove(cut, &material, &bench.work).unwrap();
    assert!(!failed(&evidence, What::Load).is_empty());
}

#[test]
fn an_index_that_is_not_in_order_is_named() {
    let (server, bench) = register();
    // Its order depends on who asks: the session that checks is another than the one that loaded.
    server.psql(
        "app",
        "CREATE FUNCTION odd_cmp(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
         $$SELECT CASE WHEN pg_catalog.current_setting('session_replication_role') = 'replica'
                       THEN pg_catalog.btint4cmp($2, $1) ELSE pg_catalog.btint4cmp($1, $2) END$$;
         CREATE OPERATOR CLASS odd_ops FOR TYPE integer USING btree AS
             OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 odd_cmp(integer, integer);
         CREATE INDEX odd_index ON bien (id odd_ops)",
    );
    let stored = Stored::take(&config(&server), &bench.work);
    let evidence = prove(&stored.raw, &material(&stored), &bench.work).unwrap();
    let text = failed(&evidence, What::Indexes);
    assert!(text.starts_with("public.odd_index: item order invariant violated"), "{text}");
}

#[test]
fn questions_are_answered_read_only_and_files_that_rows_name_are_looked_up() {
    let (server, bench) = register();
    let stored = Stored::take(&config(&server), &bench.work);
    let media = tempfile::tempdir().unwrap();
    std::fs::create_dir(media.path().join("fotos")).unwrap();
    for number in (1..=300).filter(|number| ![17, 100].contains(number)) {
        std::fs::write(media.path().join(format!("fotos/{number}.jpg")), "x").unwrap();
    }
    let reference = |column: &str, root: Result<&Path, &str>| Reference {
        column: column.to_owned(),
        media: SourceName::new("media").unwrap(),
        root: root.map(Path::to_owned).map_err(str::to_owned),
    };
    let questions = [
        "SELECT count(*), 'more' FROM bien",
        "SELECT nombre FROM bien WHERE id = 0",
        "SELECT NULL",
        "SELECT generate_series(1, 100000000)",
        "SELECT repeat('ñ', 5000);",
        "WITH gone AS (DELETE FROM bien RETURNING 1) SELECT count(*) FROM gone",
        "SELECT nextval('bien_id_seq')",
        "SELECT nothing FROM bien",
        "DROP TABLE bien",
        "SELECT FROM bien",
        "SELECT 1; COMMIT; DROP TABLE bien",
    ];
    let mut material = material(&stored);
    material.questions = questions.map(str::to_owned).to_vec();
    material.references = vec![
        reference("bien.foto", Ok(media.path())),
        reference("public.bien.nothing", Ok(media.path())),
        reference("bien.foto", Err("nothing of media was drilled")),
    ];
    let evidence = prove(&stored.raw, &material, &bench.work).unwrap();
    let long = "ñ".repeat(1000);
    let answers: Vec<_> = evidence.answers.iter().map(|answer| answer.as_ref().map(Option::as_deref)).collect();
    assert_eq!(answers[..5], [Ok(Some("303")), Ok(None), Ok(None), Ok(Some("1")), Ok(Some(long.as_str()))]);
    let refusals = ["WITH", "read-only", "\"nothing\" does not exist", "no value", "no value", "multiple commands"];
    for (answer, refusal) in answers[5..].iter().zip(refusals) {
        assert!(answer.is_err_and(|text| text.contains(refusal)), "{answer:?}");
    }
    let found = MissingFiles { named: 300, missing: 2, examples: vec!["fotos/100.jpg".into(), "fotos/17.jpg".into()] };
    let mut first = evidence.missing[0].clone();
    first.examples.sort();
    assert_eq!((first, &evidence.missing[1..]), (found, [MissingFiles::default(), MissingFiles::default()].as_slice()));
    let skipped: Vec<&str> =
        evidence.proofs.iter().filter(|proof| proof.what == What::Media).map(|proof| proof.text.as_str()).collect();
    assert!(skipped[0].contains("nothing does not exist"), "{skipped:?}");
    assert_eq!(skipped[1], "bien.foto: nothing of media was drilled");
    assert_eq!(judgements(&evidence)[..7], ALL.map(|what| (what, Passed)));
}

#[test]
fn a_set_that_says_nothing_of_its_content_or_has_no_roles_proves_what_it_can() {
    let (server, bench) = register();
    let stored = Stored::take(&config(&server), &bench.work);
    let evidence = prove(&stored.raw, &Material { roles: None, ..material(&stored) }, &bench.work).unwrap();
    assert_proven(&evidence);
    let of_server = Material { facts: bare(Form::PlainSql).facts, ..material(&stored) };
    let evidence = prove(&stored.raw, &of_server, &bench.work).unwrap();
    let judged = judgements(&evidence);
    assert_eq!(judged[0], (What::Load, Passed), "{:?}", evidence.proofs);
    assert_eq!(judged[1..5], ALL[1..5].iter().map(|what| (*what, Skipped)).collect::<Vec<_>>());
    let none_there = instead(&stored, "ALTER TABLE public.bien OWNER TO app;", "ALTER TABLE public.bien OWNER TO who;");
    let evidence = prove(&none_there, &of_server, &bench.work).unwrap();
    assert_eq!(judgements(&evidence)[0], (What::Load, Failed));
}

/// Hosted servers give nobody their roles: what is granted to them is no reason for a no.
#[rstest]
fn a_set_without_roles_is_proven_whomever_its_dump_names(
    #[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat,
) {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE ROLE app; CREATE ROLE \"odd, role\"; CREATE DATABASE hosted OWNER app");
    server.psql(
        "hosted",
        "CREATE TABLE t AS SELECT i FROM generate_series(1, 9) i;
         GRANT SELECT ON t TO \"odd, role\";
         GRANT UPDATE (i) ON t TO \"odd, role\" WITH GRANT OPTION;
         ALTER TABLE t ENABLE ROW LEVEL SECURITY;
         CREATE ROLE reads; CREATE ROLE writes;
         CREATE POLICY p ON t FOR SELECT TO reads, \"odd, role\" USING (i::text <> ' TO nobody ');
         ALTER DEFAULT PRIVILEGES FOR ROLE writes IN SCHEMA public GRANT SELECT ON TABLES TO reads",
    );
    let stored = Stored::take(&with_format(server.config("hosted"), format), &bench.work);
    let evidence = prove(&stored.raw, &Material { roles: None, ..material(&stored) }, &bench.work).unwrap();
    assert_proven(&evidence);
    // What the dump says of them still counts: without the policy it is another database.
    if format == DumpFormat::Plain {
        let cut = instead(&stored, "CREATE POLICY p ON public.t", "CREATE POLICY q ON public.t");
        let evidence = prove(&cut, &Material { roles: None, ..material(&stored) }, &bench.work).unwrap();
        assert!(judgements(&evidence).contains(&(What::Schema, Failed)), "{:?}", evidence.proofs);
    }
}

#[rstest]
#[case::own_programs_of_16(16, 16, "")]
#[case::own_programs_of_18(18, 18, "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'")]
#[case::newer_programs(16, 18, "")]
fn dumps_of_other_versions_are_proven(#[case] major: u32, #[case] here: u32, #[case] made: &str) {
    let server = Server::start_of(&programs(major));
    odd::create_as(&server, odd::Extensions::None, made);
    let stored = Stored::take(&server.config("odd"), &bench_of(&[programs(major), programs(18)]).work);
    // Newer ones only where there are none of its own: the drill takes those of the version itself.
    let bench = bench_of(&[programs(here)]);
    let evidence = prove(&stored.raw, &material(&stored), &bench.work).unwrap();
    let judged = judgements(&evidence);
    assert!(judged.iter().all(|(_, judgement)| *judgement != Failed), "{:#?}", evidence.proofs);
    assert_eq!(judged[..6], ALL[..6].iter().map(|what| (*what, Passed)).collect::<Vec<_>>());
}

#[test]
fn a_database_named_as_one_that_every_server_has_is_proven_under_another_name() {
    let (server, bench) = (Server::start(), bench());
    // What every new database has, made anew by hand.
    server
        .psql("postgres", "DROP EXTENSION plpgsql; CREATE EXTENSION plpgsql; DROP SCHEMA public; CREATE SCHEMA public");
    server.psql("postgres", "CREATE TABLE t AS SELECT i FROM generate_series(1, 9) i");
    let stored = Stored::take(&server.config("postgres"), &bench.work);
    assert_proven(&prove(&stored.raw, &material(&stored), &bench.work).unwrap());
}

/// Production as its environment names it must neither be written nor asked.
#[test]
fn what_the_environment_says_of_production_is_not_heard() {
    let production = Server::start_tcp(&[]);
    let name = "drill_source::what_the_environment_says_of_production_is_not_heard";
    let before = production.psql("postgres", "SELECT datname FROM pg_database");
    let is_outer = passed_again(name, |mut command| {
        command.env("PGHOSTADDR", "127.0.0.1").env("PGPORT", production.port().to_string());
        command.env("PGSERVICE", "production").env("PGOPTIONS", "-c default_transaction_read_only=on");
        command.env("PGDATA", "/nowhere").env("PGDATABASE", "production").env("PGUSER", "nobody");
        command.env("PGTZ", "Asia/Kolkata").env("PGSYSCONFDIR", "/nowhere").env("PGHOST", "127.0.0.1");
        command
    });
    if is_outer {
        assert_eq!(production.psql("postgres", "SELECT datname FROM pg_database"), before);
        return;
    }
    let (server, bench) = register();
    let stored = Stored::take(&config(&server), &bench.work);
    assert_proven(&prove(&stored.raw, &material(&stored), &bench.work).unwrap());
}
