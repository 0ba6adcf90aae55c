//! Whether a restore could begin as things stand, asked on a quiet day: what our role lacks and what
//! cannot be seen is then mended before it is needed.

use super::desk::Desk;
use super::room;
use super::standing::Standing;
use crate::config::PostgresConfig;
use crate::domain::saying::Saying;
use crate::domain::trouble::Trouble;
use crate::source::{RESTORE_HINDERED, Remark, Work};

/// Whether our role may rename the database and give the new one to its owner. Since 16 a member may
/// be one who cannot speak for the role.
const OWNS: &str = "
    SELECT 'yes' WHERE pg_has_role($1::text::name, 'USAGE') AND pg_has_role($1::text::name,
        CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)";

/// What a restore of this database would be refused for, each with the line that mends it.
pub(super) fn forecast(config: &PostgresConfig, work: &Work) -> Result<Vec<Remark>, Trouble> {
    let desk = Desk::open(config, &[&config.database], work)?;
    if desk.is_standby {
        return Ok(vec![lacks(Saying::new("forecast-standby"))]);
    }
    let mut lacking = Vec::new();
    if !desk.may.create_databases {
        lacking.push(lacks(Saying::new("forecast-createdb").with("user", desk.user())));
    }
    let standing = Standing::read(&desk, &config.database)?;
    if let Some(owner) = standing.as_ref().map(|standing| &standing.owner)
        && desk.first(OWNS, owner)?.is_none()
    {
        lacking.push(lacks(Saying::new("forecast-ownership").with("user", desk.user()).with("owner", owner)));
    }
    let folder = standing.as_ref().and_then(|standing| standing.folder.as_deref());
    if room::seen(&desk, config, folder)?.is_none() {
        lacking.push(lacks(Saying::new("forecast-room").with("user", desk.user())));
    }
    Ok(lacking)
}

fn lacks(saying: Saying) -> Remark {
    Remark { code: RESTORE_HINDERED, saying }
}
