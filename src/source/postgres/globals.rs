//! The roles of a server and who is a member of whom: a dump alone restores without its owners.
//! They hold password hashes, which only some roles may read; without them a restore is still
//! worth far more than none.

use std::io::{Read, Write};

use super::access::connection_string;
use super::counter::Trailer;
use super::dump::Run;
use super::reached::Reached;
use super::{load, server};
use crate::config::PostgresConfig;
use crate::domain::artifact::{Form, Kind};
use crate::domain::manifest::Facts;
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::trouble::Trouble;
use crate::source::{Dumped, Remark, Source, Survey, Target, Work};

/// The roles of the server that a database lies on.
pub struct PostgresGlobals {
    name: SourceName,
    config: PostgresConfig,
}

impl PostgresGlobals {
    /// `name` is [`SourceName::globals`]; the server is reached through this database.
    pub fn new(name: SourceName, config: &PostgresConfig) -> Self {
        Self { name, config: config.clone() }
    }
}

impl Source for PostgresGlobals {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn kind(&self) -> Kind {
        Kind::Globals
    }

    fn form(&self) -> Form {
        Form::PlainSql
    }

    fn survey(&self, work: &Work) -> Result<Survey, Trouble> {
        Reached::survey(&self.config.server, &self.config.database, work)
    }

    fn dump(&self, out: &mut dyn Write, work: &Work) -> Result<Dumped, Trouble> {
        let database = &self.config.database;
        let Reached { access, connection, tools, .. } = Reached::reach(&self.config.server, database, work)?;
        let mut command = access
            .command(&tools.program("pg_dumpall"), database, "UTF8")
            .args(["--globals-only", "--no-password", "--database"])
            .arg(connection_string(database));
        let mut warnings = Vec::new();
        if !server::may_read_passwords(&connection)? {
            command = command.arg("--no-role-passwords");
            let saying = Saying::new("warning-no-role-passwords").with("user", &self.config.server.user);
            warnings.push(Remark { code: "no_role_passwords", saying });
        }
        drop(connection);
        let run = Run { source: &self.name, access: &access, database, work };
        run.plain("pg_dumpall", &command, Trailer::Globals, out)?;
        Ok(Dumped { facts: Facts::default(), complete: true, warnings })
    }

    fn load(&self, raw: &mut dyn Read, target: &Target, work: &Work) -> Result<(), Trouble> {
        // Roles belong to the whole server; any database of it stands for it.
        load::database(target)?;
        load::roles(&self.config, raw, work)
    }
}
