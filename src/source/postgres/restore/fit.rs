//! Whether a stored dump fits this server: versions of both and of the programs between them,
//! the extensions it needs, the locale where nothing stands there yet whose locale could be taken.

use super::desk::Desk;
use crate::domain::manifest::PostgresFacts;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::load;
use crate::source::postgres::tools::{Tools, Version};

/// What every database has from its beginning.
pub(in crate::source::postgres) const BUILT_IN: &str = "plpgsql";

/// Of each named extension that is here: whether our role may create it.
const EXTENSIONS: &str = "
    SELECT e.name::text,
           bool_or(v.superuser IS NOT TRUE OR coalesce((to_jsonb(v) ->> 'trusted')::boolean, false))
    FROM pg_available_extensions e
    JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version
    WHERE e.name = ANY($1::text[]) GROUP BY 1";

/// Whether the server has used this locale before: for a database, or as a collation.
const LOCALE: &str = "
    SELECT 1::text FROM pg_database WHERE datcollate = $1::text
    UNION ALL SELECT 1::text FROM pg_collation WHERE collcollate = $1::text LIMIT 1";

/// # Errors
/// The first thing that does not fit, with what would.
pub(super) fn check(desk: &Desk<'_>, facts: &PostgresFacts, takes_locale: bool, work: &Work) -> Result<(), Trouble> {
    let (dumped, server) = (major(&facts.server_version), desk.server_major);
    if dumped > server {
        return Err(load::newer(dumped, server));
    }
    let tools = Tools::for_server(server, work)?;
    let restricts = Version::parse(&facts.client_version).is_some_and(Version::knows_restrict);
    if facts.format == "plain" && restricts && !tools.version.knows_restrict() {
        return Err(load::unrestricted(tools.version));
    }
    extensions(desk, facts)?;
    if takes_locale { locale(desk, facts) } else { Ok(()) }
}

fn extensions(desk: &Desk<'_>, facts: &PostgresFacts) -> Result<(), Trouble> {
    let needed: Vec<&str> = facts.extensions.iter().map(|e| e.name.as_str()).filter(|name| *name != BUILT_IN).collect();
    let here = desk.connection.rows(EXTENSIONS, &[&needed])?;
    for extension in needed {
        let Some(row) = here.iter().find(|row| row.get::<_, &str>(0) == extension) else {
            return Err(Trouble::lasting(Stage::Look, format!("the extension {extension} is not on the server"))
                .hint(Saying::new("hint-restore-extension-missing").with("extension", extension)));
        };
        if !(desk.is_superuser || row.get::<_, bool>(1)) {
            return Err(Trouble::lasting(
                Stage::Look,
                format!("{} may not create the extension {extension}", desk.user()),
            )
            .hint(Saying::new("hint-restore-extension").with("extension", extension).with("user", desk.user())));
        }
    }
    Ok(())
}

fn locale(desk: &Desk<'_>, facts: &PostgresFacts) -> Result<(), Trouble> {
    let since = match facts.locale_provider.as_str() {
        "icu" => 15,
        "builtin" => 17,
        _ => 0,
    };
    let (told, provider) = told_locale(facts);
    if desk.server_major < since || (provider == "icu" && !has_icu(desk, told)?) {
        return Err(no_locale(told, provider));
    }
    // Whatever provides the order of texts, these two are of the machine.
    for locale in [&facts.collate, &facts.ctype] {
        let is_everywhere = ["C", "POSIX"].contains(&locale.as_str());
        if !is_everywhere && desk.first(LOCALE, locale)?.is_none() && !can_be_made(desk, locale, "libc") {
            return Err(no_locale(locale, "libc"));
        }
    }
    Ok(())
}

/// A server that was built with ICU has its collations since it was initialised; one of ICU's, by
/// name, every server has.
fn has_icu(desk: &Desk<'_>, locale: &str) -> Result<bool, Trouble> {
    let any = "SELECT 1::text FROM pg_collation WHERE collname LIKE $1::text LIMIT 1";
    Ok(desk.first(any, "%-x-icu")?.is_some() || can_be_made(desk, locale, "icu"))
}

/// Tries it, in a transaction that is not kept: only the machine itself knows its locales.
fn can_be_made(desk: &Desk<'_>, locale: &str, provider: &str) -> bool {
    let literal = locale.replace('\'', "''");
    let made = desk.connection.run(&format!(
        "BEGIN; CREATE COLLATION pg_temp.resguardo_locale (PROVIDER = {provider}, LOCALE = '{literal}'); ROLLBACK"
    ));
    if made.is_err() {
        let _over = desk.connection.run("ROLLBACK");
    }
    made.is_ok()
}

/// The locale a database is to have, and who provides it.
pub(in crate::source::postgres) fn told_locale(facts: &PostgresFacts) -> (&str, &str) {
    (facts.icu_locale.as_ref().unwrap_or(&facts.collate), &facts.locale_provider)
}

/// This locale is not to be had here.
pub(in crate::source::postgres) fn no_locale(locale: &str, provider: &str) -> Trouble {
    Trouble::lasting(Stage::Look, format!("the server has no locale {locale}"))
        .hint(Saying::new("hint-restore-locale").with("locale", locale).with("provider", provider))
}

pub(in crate::source::postgres) fn major(version: &str) -> u32 {
    Version::parse(version).map_or(0, |version| version.major)
}
