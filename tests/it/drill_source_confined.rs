//! What a dump holds reaches nothing in a drill: functions of whoever owns a table in production are
//! carried out by the drill's superuser, and views may ask other servers.

use std::fs;

use resguardo::config::DumpFormat;
use rstest::rstest;

use crate::support::drill::{assert_proven, material, prove, remarks};
use crate::support::odd::with_format;
use crate::support::postgres::{Server, bench, give};
use crate::support::restore_postgres::Stored;

#[test]
fn a_function_in_a_dump_runs_no_program_and_reaches_no_file_beyond_scratch() {
    let (server, bench) = (Server::start(), bench());
    let place = tempfile::tempdir_in("/tmp").unwrap();
    let secret = place.path().join("secret");
    fs::write(&secret, "of the user the server runs as").unwrap();
    fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    give(&secret);
    give(place.path());
    let here = place.path().display();
    server.psql("postgres", "CREATE ROLE web LOGIN; CREATE DATABASE app OWNER web");
    let attack = format!(
        "SET ROLE web;
         CREATE FUNCTION public.fine(i integer) RETURNS boolean LANGUAGE plpgsql AS $$
         BEGIN
             IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
                 BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''cat >{here}/ran'''; EXCEPTION WHEN OTHERS THEN NULL; END;
                 BEGIN EXECUTE 'COPY (SELECT 1) TO ''{here}/written'''; EXCEPTION WHEN OTHERS THEN NULL; END;
             END IF;
             RETURN true;
         END $$;
         CREATE TABLE public.t (i integer CHECK (public.fine(i)));
         INSERT INTO public.t VALUES (1)"
    );
    server.psql("app", &attack);
    let stored = Stored::take(&server.config("app"), &bench.work);
    let mut material = material(&stored);
    material.questions = vec![
        format!("SELECT pg_read_file('{}')", secret.display()),
        "SELECT pg_read_file('/etc/hostname')".to_owned(),
        "SELECT pg_ls_dir('/tmp')".to_owned(),
        "SELECT now()::text || set_config('timezone', 'Asia/Kolkata', true) || upper('ñ' COLLATE \"C.utf8\")"
            .to_owned(),
    ];
    let evidence = prove(&stored.raw, &material, &bench.work).unwrap();
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["secret"]);
    assert_proven(&evidence);
    assert_eq!(remarks(&evidence), [""; 0], "this machine's kernel confines programs");
    for answer in &evidence.answers[..3] {
        assert!(answer.as_ref().is_err_and(|why| why.contains("Permission denied")), "{answer:?}");
    }
    assert!(evidence.answers[3].as_ref().is_ok_and(Option::is_some), "{:?}", evidence.answers);
}

#[test]
fn what_production_set_for_its_sessions_lifts_no_bound() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app; ALTER DATABASE app SET maintenance_work_mem = '2GB'");
    server.psql("postgres", "ALTER ROLE postgres SET work_mem = '1GB'; ALTER ROLE postgres SET jit = on");
    let stored = Stored::take(&server.config("app"), &bench.work);
    let mut material = material(&stored);
    let settings = ["maintenance_work_mem", "work_mem", "jit"];
    material.questions = settings.iter().map(|name| format!("SELECT current_setting('{name}')")).collect();
    let evidence = prove(&stored.raw, &material, &bench.work).unwrap();
    let answers: Vec<_> = evidence.answers.iter().map(|answer| answer.as_ref().unwrap().as_deref()).collect();
    assert_eq!(answers, [Some("32MB"), Some("4MB"), Some("off")]);
}

/// Views that are filled from another server, and how.
const BY_FOREIGN_TABLE: &str = "
    CREATE EXTENSION postgres_fdw;
    CREATE SERVER production FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'PLACE', dbname 'outside');
    CREATE USER MAPPING FOR postgres SERVER production OPTIONS (user 'postgres', password 'a;b');
    CREATE FOREIGN TABLE asked (n bigint) SERVER production;
    CREATE MATERIALIZED VIEW held AS SELECT n FROM asked";
const BY_LINK: &str = "
    CREATE EXTENSION dblink;
    CREATE MATERIALIZED VIEW held AS
        SELECT n FROM dblink('host=PLACE dbname=outside user=postgres', 'SELECT n FROM asked') AS asked (n bigint)";

#[rstest]
#[case::by_a_foreign_table(BY_FOREIGN_TABLE, DumpFormat::Plain)]
#[case::by_a_foreign_table_of_a_custom_dump(BY_FOREIGN_TABLE, DumpFormat::Custom)]
#[case::by_a_link(BY_LINK, DumpFormat::Plain)]
fn no_other_server_is_asked(#[case] made: &str, #[case] format: DumpFormat) {
    let (production, server, bench) = (Server::start(), Server::start(), bench());
    production.psql("postgres", "CREATE DATABASE outside");
    // Whoever asks leaves a trace that no rollback takes away.
    production.psql("outside", "CREATE SEQUENCE times; CREATE VIEW asked AS SELECT nextval('times') AS n");
    let times = || production.psql("outside", "SELECT last_value, is_called FROM times");
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", &made.replace("PLACE", &production.socket_folder().display().to_string()));
    server.psql("app", "CREATE UNIQUE INDEX ON held (n); CREATE MATERIALIZED VIEW more AS SELECT n FROM held");
    assert_eq!(times(), "1|t");
    let stored = Stored::take(&with_format(server.config("app"), format), &bench.work);
    let evidence = prove(&stored.raw, &material(&stored), &bench.work).unwrap();
    assert_eq!(times(), "1|t");
    assert_proven(&evidence);
    let left = "Materialized views that the drill left empty, for this database can ask other servers: 2. They were not \
                proven.";
    assert_eq!(remarks(&evidence), [left]);
}
