//! What our role must be allowed: to create a database, to rename the old one, to give the new
//! one to its owner.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::standing::Standing;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::load;
use crate::source::restore::Wish;

/// # Errors
/// The first right that is missing, with the line that gives it.
pub(super) fn check(desk: &Desk<'_>, standing: Option<&Standing>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
    if desk.is_standby {
        return Err(Trouble::lasting(Stage::Connect, "the server is a standby, where nothing can be written")
            .hint(Saying::new("hint-restore-standby")));
    }
    if !desk.may.create_databases {
        return Err(Trouble::lasting(Stage::Connect, format!("{} may not create a database", desk.user()))
            .hint(Saying::new("hint-restore-createdb").with("user", desk.user())));
    }
    let owner = match (standing, &wish.facts.postgres) {
        (Some(standing), _) => &standing.owner,
        (None, Some(facts)) if !wish.no_owner => &facts.owner,
        _ => return Ok(()),
    };
    owner_can_be_set(desk, owner, wish, work)
}

fn owner_can_be_set(desk: &Desk<'_>, owner: &str, wish: &Wish, work: &Work) -> Result<(), Trouble> {
    if desk.first("SELECT rolname::text FROM pg_roles WHERE rolname = $1::text", owner)?.is_none() {
        let comes = desk.may.create_roles && roles_of(wish, work)?.contains(owner);
        return if comes { Ok(()) } else { Err(missing(owner)) };
    }
    // Since 16 a member may be one who cannot speak for the role.
    let speaks_for = if desk.server_major >= 16 { "SET" } else { "MEMBER" };
    let may = format!(
        "SELECT 'yes' WHERE pg_has_role($1::text::name, 'USAGE') AND pg_has_role($1::text::name, '{speaks_for}')"
    );
    if desk.first(&may, owner)?.is_none() {
        return Err(Trouble::lasting(Stage::Connect, format!("{} may not act for the owner {owner}", desk.user()))
            .hint(Saying::new("hint-restore-ownership").with("owner", owner).with("user", desk.user())));
    }
    Ok(())
}

fn missing(role: &str) -> Trouble {
    Trouble::lasting(Stage::Connect, format!("the role {role}, who owns the database, does not exist"))
        .hint(Saying::new("hint-restore-missing-role").with("role", role))
}

/// The roles that come with the set.
fn roles_of(wish: &Wish, work: &Work) -> Result<BTreeSet<String>, Trouble> {
    let Some(roles) = &wish.roles else { return Ok(BTreeSet::new()) };
    let statements = load::globals(roles, work)?;
    Ok(statements.iter().filter_map(|text| load::role(text)).collect())
}
