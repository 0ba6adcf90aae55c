//! Databases whose order of texts comes from elsewhere than the machine: from ICU, from the server
//! itself. They come back with it, or it is said what is missing.

use resguardo::config::DumpFormat;
use resguardo::domain::trouble::{Outlook, Stage};
use resguardo::source::postgres::restore::PostgresRestore;
use resguardo::source::restore::{Restore, Wish};
use rstest::rstest;

use crate::postgres_versions::{bench_of, programs};
use crate::support::odd::with_format;
use crate::support::postgres::{Bench, Server, bench};
use crate::support::restore_postgres::{Stored, everything, hint, restore, whole};

/// In the first, capitals and small letters are one.
const ICU: &str = "LOCALE_PROVIDER icu ICU_LOCALE 'es-u-ks-level2' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'";
const BUILTIN: &str = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'";

/// The locale of a database as its server has it, whatever the version calls it.
const LOCALE: &str = "SELECT to_jsonb(d) ->> 'datlocprovider',
                             coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
                             datcollate, datctype FROM pg_database d WHERE datname = 'app'";

fn create(server: &Server, locale: &str) {
    server.psql("postgres", &format!("CREATE DATABASE app TEMPLATE template0 {locale}"));
    server.psql("app", "CREATE TABLE t (word text); INSERT INTO t VALUES ('ñu'), ('Nube'), ('ola'), ('Ñandú')");
    server.psql("app", "CREATE INDEX ON t (word)");
}

fn goes_there_and_back(server: &Server, fresh: &Server, bench: &Bench) {
    let (locale, order) = (server.psql("app", LOCALE), "SELECT string_agg(word, ' ' ORDER BY word) FROM t");
    let ordered = server.psql("app", order);
    for (minute, format) in [(1, DumpFormat::Plain), (2, DumpFormat::Custom)] {
        let config = with_format(server.config("app"), format);
        let stored = Stored::take(&config, &bench.work);
        let good = whole(server, "app");
        server.psql("app", "DELETE FROM t WHERE word = 'ola'");
        let exchanges = restore(&config, &stored, &stored.wish(minute), &bench.work).unwrap();
        assert_eq!(whole(server, "app"), good);
        PostgresRestore::new(&config).clean(&exchanges, &bench.work).unwrap();
        // Onto a server that never saw it: with the set's properties, and from the manifest alone.
        let without = Wish { properties: None, ..stored.wish(minute + 2) };
        for wish in [stored.wish(minute), without] {
            restore(&fresh.config("app"), &stored, &wish, &bench.work).unwrap();
            assert_eq!((fresh.psql("app", LOCALE), fresh.psql("app", order)), (locale.clone(), ordered.clone()));
            fresh.psql("postgres", "DROP DATABASE app");
        }
    }
}

#[test]
fn a_database_ordered_by_icu_comes_back_so() {
    let (server, fresh, bench) = (Server::start(), Server::start(), bench());
    create(&server, ICU);
    assert_eq!(server.psql("app", LOCALE), "i|es-u-ks-level2|C|C.UTF-8");
    goes_there_and_back(&server, &fresh, &bench);
}

#[test]
fn a_database_ordered_by_the_server_itself_comes_back_so() {
    let folder = programs(18);
    let (server, fresh, bench) = (Server::start_of(&folder), Server::start_of(&folder), bench_of(&[folder]));
    create(&server, BUILTIN);
    assert_eq!(server.psql("app", LOCALE), "b|C.UTF-8|C|C");
    goes_there_and_back(&server, &fresh, &bench);
}

#[rstest]
#[case::a_server_without_icu(16, "es-u-ks-level2", "icu", "C")]
#[case::a_server_before_its_own_locales(16, "C.UTF-8", "builtin", "C")]
#[case::a_machine_without_the_locale(16, "xx_YY.utf8", "libc", "xx_YY.utf8")]
#[case::a_machine_without_the_locale_beside(18, "C.UTF-8", "builtin", "xx_YY.utf8")]
fn a_locale_that_is_not_to_be_had_is_refused_by_its_name(
    #[case] major: u32,
    #[case] locale: &str,
    #[case] provider: &str,
    #[case] collate: &str,
) {
    let folder = programs(major);
    let (server, fresh, bench) = (Server::start(), Server::start_of(&folder), bench_of(&[folder]));
    create(&server, "");
    let mut stored = Stored::take(&server.config("app"), &bench.work);
    let facts = stored.facts.postgres.as_mut().unwrap();
    provider.clone_into(&mut facts.locale_provider);
    collate.clone_into(&mut facts.collate);
    facts.icu_locale = (provider != "libc").then(|| locale.to_owned());
    let before = everything(&fresh);
    let trouble = PostgresRestore::new(&fresh.config("app")).look(&stored.wish(1), &bench.work).unwrap_err();
    // Of two the one that is missing is named.
    let (missing, of) = if collate == "C" { (locale, provider) } else { (collate, "libc") };
    assert_eq!(trouble.error, format!("the server has no locale {missing}"));
    assert_eq!((trouble.stage, trouble.outlook), (Stage::Look, Outlook::Lasting));
    assert!(hint(&trouble).starts_with(&format!("Install the locale {missing} ({of}) on ")), "{}", hint(&trouble));
    assert_eq!(everything(&fresh), before);
}
