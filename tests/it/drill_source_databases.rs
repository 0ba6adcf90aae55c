//! Drills of databases that ask for more than most: texts in no encoding, libraries that are loaded
//! together with the server, nothing at all.

use std::fs;

use resguardo::domain::drill::What;
use resguardo::domain::name::SourceName;
use resguardo::domain::trouble::Stage;
use resguardo::source::prove::Reference;

use crate::support::drill::{assert_proven, material, prove, remarks, text_of};
use crate::support::postgres::{Server, bench};
use crate::support::restore_postgres::{Stored, hint};

/// Names and rows as an old application wrote them: some in Latin-1, some in UTF-8, all in one database.
const MIXED: &str = r#"
    CREATE FUNCTION pg_temp.raw(hex text) RETURNS text LANGUAGE sql AS
        $$ SELECT convert_from(decode(hex, 'hex'), 'SQL_ASCII') $$;
    DO $$ DECLARE odd text := pg_temp.raw('457370a1f161'); BEGIN
        EXECUTE format('CREATE TABLE %I (id serial PRIMARY KEY, %I text)', odd, odd || ' name');
        EXECUTE format('INSERT INTO %I (id) VALUES (41)', odd);
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (id < 41) NOT VALID', odd, odd || ' small');
        EXECUTE format('COMMENT ON DATABASE app IS %L', odd);
    END $$;
    CREATE TABLE "niños" ("año" int);
    INSERT INTO "niños" VALUES (7);
    CREATE TABLE photo (id int PRIMARY KEY, path text);
    INSERT INTO photo VALUES (1, 'niño.jpg'), (2, pg_temp.raw('61f16f2e6a7067')), (3, 'plain.jpg')"#;

#[test]
fn a_database_in_no_encoding_is_proven_whatever_bytes_it_holds() {
    let (server, bench, media) = (Server::start(), bench(), tempfile::tempdir().unwrap());
    let made = "CREATE DATABASE app TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'";
    server.psql("postgres", made);
    server.psql("app", MIXED);
    let stored = Stored::take(&server.config("app"), &bench.work);
    let mut material = material(&stored);
    let questions = [
        "SELECT path FROM photo WHERE id = 2",
        "SELECT path FROM photo WHERE path = 'niño.jpg'",
        "SELECT length(path) FROM photo WHERE id = 1",
        "SELECT \"año\" FROM \"niños\"",
    ];
    material.questions = questions.map(str::to_owned).to_vec();
    for file in ["niño.jpg", "plain.jpg"] {
        fs::write(media.path().join(file), "x").unwrap();
    }
    let (column, root) = ("photo.path".to_owned(), Ok(media.path().to_owned()));
    material.references = vec![Reference { column, media: SourceName::new("media").unwrap(), root }];
    let evidence = prove(&stored.raw, &material, &bench.work).unwrap();
    assert_proven(&evidence);
    let answers: Vec<_> = evidence.answers.iter().map(|answer| answer.as_ref().map(Option::as_deref)).collect();
    assert_eq!(answers, [Ok(Some("año.jpg")), Ok(Some("niño.jpg")), Ok(Some("9")), Ok(Some("7"))]);
    assert_eq!((evidence.missing[0].named, evidence.missing[0].missing), (3, 1));
    let said = remarks(&evidence);
    assert!(
        matches!(said.as_slice(), [constraint, sequence] if constraint.contains("\"Esp¡ña small\" on")
        && sequence.starts_with("The sequence public.\"Esp¡ña_id_seq\" stands at 1")),
        "{said:?}"
    );
}

#[test]
fn only_what_the_application_made_is_counted() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    let said = || {
        let stored = Stored::take(&server.config("app"), &bench.work);
        let evidence = prove(&stored.raw, &material(&stored), &bench.work).unwrap();
        assert_proven(&evidence);
        [What::Constraints, What::Indexes].map(|what| text_of(&evidence, what).to_owned())
    };
    assert_eq!(said(), ["0 indexes, 0 constraints", "0 b-trees by amcheck"]);
    // With the index of what is stored apart.
    server.psql("app", "CREATE TABLE t (id int PRIMARY KEY, text text)");
    assert_eq!(said(), ["2 indexes, 1 constraints", "2 b-trees by amcheck"]);
}

#[test]
fn what_must_be_loaded_with_the_server_is_or_is_named() {
    let (server, bench) = (Server::start_tcp(&["shared_preload_libraries=pg_stat_statements"]), bench());
    server.psql("postgres", "CREATE DATABASE app");
    // A load that needs it: a row is looked at by a function that asks for statistics.
    server.psql(
        "app",
        "CREATE EXTENSION pg_stat_statements;
         CREATE FUNCTION counted(i int) RETURNS boolean LANGUAGE sql AS
             $$ SELECT count(*) >= 0 AND i > 0 FROM public.pg_stat_statements $$;
         CREATE TABLE t (i int CHECK (counted(i)));
         INSERT INTO t VALUES (1)",
    );
    let stored = Stored::take(&server.config("app"), &bench.work);
    let mut material = material(&stored);
    assert_proven(&prove(&stored.raw, &material, &bench.work).unwrap());
    material.facts.postgres.as_mut().unwrap().extensions.clear();
    let trouble = prove(&stored.raw, &material, &bench.work).unwrap_err();
    assert_eq!(trouble.stage, Stage::SetUp, "{trouble:?}");
    assert!(trouble.error.contains("pg_stat_statements must be loaded via shared_preload_libraries"), "{trouble:?}");
    assert!(hint(&trouble).contains("This says nothing of the backup"), "{trouble:?}");
}
