//! The contract of every source, for each form of PostgreSQL's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use resguardo::config::DumpFormat;
use resguardo::domain::name::SourceName;
use resguardo::source::postgres::{PostgresDump, PostgresGlobals, PostgresProperties};
use resguardo::source::{Source, Target};
use rstest::rstest;

use crate::contract::{self, Case};
use crate::support::postgres::Server;

/// A small database with a bit of everything that loads in the order it was dumped.
const DATA: &str = "
    CREATE TABLE item (id serial PRIMARY KEY, name text, at timestamptz DEFAULT now(), photo bytea);
    INSERT INTO item (name, photo) SELECT 'it''s ' || i, decode(repeat(md5(i::text), 20), 'hex')
        FROM generate_series(1, 3000) i;
    CREATE TABLE empty (id integer REFERENCES item);
    SELECT lo_from_bytea(0, convert_to(repeat('0123456789', 10000), 'UTF8'));
    COMMENT ON DATABASE data IS 'it''s';";

struct PostgresCase {
    server: Server,
    form: Form,
    targets: AtomicU32,
}

#[derive(Clone, Copy)]
enum Form {
    Dump(DumpFormat),
    Properties,
    Globals,
}

impl PostgresCase {
    fn source_of(&self, database: &str) -> Arc<dyn Source> {
        let mut config = self.server.config(database);
        match self.form {
            Form::Dump(format) => {
                config.format = format;
                Arc::new(PostgresDump::new(&config))
            }
            Form::Properties => Arc::new(PostgresProperties::new(&config)),
            Form::Globals => Arc::new(PostgresGlobals::new(SourceName::globals(None), &config)),
        }
    }
}

impl Case for PostgresCase {
    fn source(&self) -> Arc<dyn Source> {
        self.source_of("data")
    }

    fn empty_target(&self) -> (Target, Arc<dyn Source>) {
        let name = format!("target {}", self.targets.fetch_add(1, Ordering::Relaxed));
        // Properties make their database themselves.
        if !matches!(self.form, Form::Properties) {
            self.server.psql("postgres", &format!("CREATE DATABASE \"{name}\" TEMPLATE template0"));
        }
        let again = self.source_of(&name);
        (Target::Database(name), again)
    }

    fn taken_target(&self) -> Target {
        match self.form {
            // A server always holds roles; they are no reason to refuse.
            Form::Globals => Target::Path("/nowhere".into()),
            _ => Target::Database("data".to_owned()),
        }
    }

    fn unreadable(&self) -> Option<Arc<dyn Source>> {
        let mut config = self.server.config("data");
        "weak".clone_into(&mut config.server.user);
        matches!(self.form, Form::Dump(_)).then(|| Arc::new(PostgresDump::new(&config)) as Arc<dyn Source>)
    }

    fn mark(&self) -> Option<String> {
        Some("/bin/pg_".to_owned())
    }
}

#[rstest]
#[case::plain(Form::Dump(DumpFormat::Plain))]
#[case::custom(Form::Dump(DumpFormat::Custom))]
#[case::properties(Form::Properties)]
#[case::globals(Form::Globals)]
fn keeps_the_contract(#[case] form: Form) {
    let server = Server::start();
    server.psql("postgres", "CREATE ROLE weak LOGIN; CREATE DATABASE data");
    server.psql("data", DATA);
    contract::check(&PostgresCase { server, form, targets: AtomicU32::new(0) });
}
