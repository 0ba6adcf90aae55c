//! The odd database, and what must hold for it on a server of any version.

use resguardo::config::{DumpFormat, PostgresConfig};
use resguardo::domain::manifest::{Content, PostgresContent};
use resguardo::source::postgres::{PostgresDump, PostgresGlobals, PostgresProperties};
use resguardo::source::{Source, Target, Work};

use super::postgres::{Bench, Server};

const SQL: &str = include_str!("odd_database.sql");

/// Whether the extensions it uses are installed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extensions {
    All,
    None,
}

/// Makes the database `odd`.
pub(crate) fn create(server: &Server, extensions: Extensions) {
    create_as(server, extensions, "");
}

/// The same with more said of the database: its encoding, its locale.
pub(crate) fn create_as(server: &Server, extensions: Extensions, more: &str) {
    server.psql("postgres", &format!("CREATE DATABASE odd TEMPLATE template0 {more}"));
    let mut sql = SQL.to_owned();
    if extensions == Extensions::None {
        let lines = SQL.lines().filter(|line| !line.contains("EXTENSION") && !line.contains("odd_config"));
        sql = lines.collect::<Vec<_>>().join("\n").replace("other.hstore", "text").replace(" citext", " text");
    }
    server.psql("odd", &sql);
}

/// Dumps, inspects, loads and dumps again, in both formats; returns what was counted.
pub(crate) fn goes_there_and_back(server: &Server, bench: &Bench) -> PostgresContent {
    let contents = [DumpFormat::Plain, DumpFormat::Custom].map(|format| {
        let config = with_format(server.config("odd"), format);
        let source = PostgresDump::new(&config);
        let (raw, content) = dump(&config, bench);
        assert_eq!(source.inspect(&mut raw.as_slice(), &bench.work), Ok(Content::Postgres(content.clone())));

        server.psql("postgres", "DROP DATABASE IF EXISTS again");
        server.psql("postgres", "CREATE DATABASE again TEMPLATE template0");
        source.load(&mut raw.as_slice(), &into("again"), &bench.work).unwrap();
        let (_, again) = dump(&with_format(server.config("again"), format), bench);
        assert_eq!(put_in_order(again), put_in_order(content.clone()));
        content
    });
    assert_eq!(contents[0], contents[1]);
    contents[0].clone()
}

/// The properties of the odd database and the roles of its server, brought to a fresh one.
pub(crate) fn properties_and_roles_come_back(server: &Server, fresh: &Server, bench: &Bench) {
    server.psql(
        "postgres",
        r#"ALTER DATABASE odd OWNER TO odd_owner;
           COMMENT ON DATABASE odd IS 'it''s
odd';
           ALTER DATABASE odd CONNECTION LIMIT 7;
           ALTER DATABASE odd SET timezone = 'America/Lima';
           ALTER ROLE "Odd ""Member""" IN DATABASE odd SET work_mem = '5MB';
           ALTER ROLE "Odd ""Member""" SET lock_timeout = '3s';
           REVOKE ALL ON DATABASE odd FROM PUBLIC;
           GRANT CONNECT, CREATE ON DATABASE odd TO "Odd ""Member""""#,
    );
    let questions = [
        "SELECT rolname, rolcanlogin, rolconnlimit, rolpassword, shobj_description(oid, 'pg_authid') \
         FROM pg_authid WHERE rolname ~* 'odd' ORDER BY 1",
        "SELECT roleid::regrole, member::regrole, admin_option FROM pg_auth_members WHERE roleid::regrole::text ~* 'odd'",
        "SELECT datname, datdba::regrole, datconnlimit, datacl, shobj_description(oid, 'pg_database'), datcollate, \
         encoding FROM pg_database WHERE datname = 'odd'",
        "SELECT setrole::regrole, setdatabase = 0, setconfig FROM pg_db_role_setting ORDER BY 1, 2",
    ];
    let (here, there) = (server.config("odd"), fresh.config("odd"));
    let work = &bench.work;
    let globals = raw_of(&PostgresGlobals::new(here.name.clone(), &here), work);
    let create = raw_of(&PostgresProperties::new(&here), work);
    let loading = PostgresGlobals::new(there.name.clone(), &there);
    // Twice: what exists is passed over.
    loading.load(&mut globals.as_slice(), &into("postgres"), work).unwrap();
    loading.load(&mut globals.as_slice(), &into("postgres"), work).unwrap();
    // Public tools alone bring the properties back.
    fresh.psql("postgres", &String::from_utf8(create).unwrap());
    for question in questions {
        let (ours, theirs) = (server.psql("postgres", question), fresh.psql("postgres", question));
        assert!(!ours.is_empty(), "{question}");
        assert_eq!(theirs, ours, "{question}");
    }
    // An existing role is never altered.
    fresh.psql("postgres", "ALTER ROLE odd_owner CONNECTION LIMIT 1");
    loading.load(&mut globals.as_slice(), &into("postgres"), work).unwrap();
    assert_eq!(fresh.psql("postgres", "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'odd_owner'"), "1");
}

pub(crate) fn with_format(mut config: PostgresConfig, format: DumpFormat) -> PostgresConfig {
    config.format = format;
    config
}

pub(crate) fn dump(config: &PostgresConfig, bench: &Bench) -> (Vec<u8>, PostgresContent) {
    let mut raw = Vec::new();
    let dumped = PostgresDump::new(config).dump(&mut raw, &bench.work).unwrap();
    let Content::Postgres(content) = dumped.facts.content() else { panic!("no facts") };
    (raw, content)
}

pub(crate) fn raw_of(source: &dyn Source, work: &Work) -> Vec<u8> {
    let mut raw = Vec::new();
    source.dump(&mut raw, work).unwrap();
    raw
}

pub(crate) fn into(database: &str) -> Target {
    Target::Database(database.to_owned())
}

/// A child that got its parent's new column late has it last; loaded again, before its own. The
/// one table whose rows are compared by number alone.
fn put_in_order(mut content: PostgresContent) -> PostgresContent {
    for table in content.tables.iter_mut().filter(|table| table.name == "child") {
        table.columns.sort();
        table.rows_digest.clear();
    }
    content
}
