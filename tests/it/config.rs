//! The configuration as an operator meets it: real files, an environment, faults and what they
//! say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail a test as the tests themselves do"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use resguardo::config::secret::Secret;
use resguardo::config::{self, Faults, Loaded, MailSecurity, PostgresConfig, REFERENCE, Setting};
use resguardo::domain::artifact::Compression;
use resguardo::words::Words;
use rstest::rstest;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use crate::support::site::{Called, Site};

/// A database that every text may lean on.
const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://ana@db/app");

/// A configuration file of its own, in a folder of its own.
struct Text {
    folder: TempDir,
    path: PathBuf,
}

impl Text {
    fn new(toml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup.toml");
        std::fs::write(&path, toml).unwrap();
        Self { folder, path }
    }

    /// A file beside it, such as a secret's.
    fn beside(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn load(&self, environment: &[(&str, &str)]) -> Result<Loaded, Faults> {
        load(Some(&self.path), environment)
    }
}

fn load(file: Option<&Path>, environment: &[(&str, &str)]) -> Result<Loaded, Faults> {
    config::load(file, environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// What stands in a text, or what its faults say.
fn good(toml: &str, environment: &[(&str, &str)]) -> Loaded {
    Text::new(toml).load(environment).unwrap_or_else(|faults| panic!("{}", told(&faults)))
}

/// The faults of a text, as `key | origin | sentence`, the file's path cut to its name.
fn bad(toml: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let text = Text::new(toml);
    let faults = text.load(environment).expect_err("the text stands");
    let folder = format!("{}/", text.folder.path().display());
    told(&faults).replace(&folder, "").lines().map(str::to_owned).collect()
}

fn told(faults: &Faults) -> String {
    let words = Words::english();
    let lines = faults.iter().map(|fault| {
        let sentence = words.say(&fault.saying);
        assert_ne!(sentence, fault.saying.key, "a fault without a sentence");
        assert!(!sentence.contains('{') || sentence.contains("{…}"), "an empty place in: {sentence}");
        format!("{} | {} | {sentence}", fault.key, fault.origin)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn only(loaded: &Loaded) -> &PostgresConfig {
    let [postgres] = loaded.config.postgres.as_slice() else { panic!("not one: {:?}", loaded.config.postgres) };
    postgres
}

fn password(postgres: &PostgresConfig) -> Option<String> {
    postgres.server.password.as_ref().map(|secret| secret.read().unwrap())
}

fn origin<'l>(loaded: &'l Loaded, key: &str) -> &'l str {
    loaded.origins.get(key).map_or("unset", String::as_str)
}

/// `user@host:port/database password`.
fn address(postgres: &PostgresConfig) -> String {
    let server = &postgres.server;
    let password = password(postgres).unwrap_or_default();
    format!("{}@{}:{}/{} {password}", server.user, server.host, server.port, postgres.database)
}

// Faults

#[test]
fn seven_faults_of_file_and_environment_are_told_at_once_and_no_secret_with_them() {
    let secrets = ["hunter2", "tr0ub4dor", "c0rrect-horse", "918273645", "swordfish"];
    let text = Text::new(
        r#"
        timezone = "America/Puno"
        [schedule]
        backup = "61 3 * * *"
        [retention]
        keep_dayz = 7
        [mail]
        password = 918273645
        [[postgres]]
        name = "one"
        url = "postgres://ana:tr0ub4dor@db:port/app"
        password = "hunter2"
        "#,
    );
    let environment = [
        ("RESGUARDO_LOG__KEEP", "many"),
        ("RESGUARDO_MAIL__PASWORD", "c0rrect-horse"),
        ("POSTGRES_PASSWORD", "swordfish"),
    ];
    let faults = text.load(&environment).expect_err("seven faults stand");
    let file = text.path.display().to_string();
    let found: BTreeSet<(&str, &str)> =
        faults.iter().map(|fault| (fault.key.as_str(), fault.origin.as_str())).collect();
    let planted = BTreeSet::from([
        ("timezone", file.as_str()),
        ("schedule.backup", &file),
        ("retention.keep_dayz", &file),
        ("mail.password", &file),
        ("postgres.0.url", &file),
        ("log.keep", "RESGUARDO_LOG__KEEP"),
        ("mail.pasword", "RESGUARDO_MAIL__PASWORD"),
    ]);
    assert_eq!(found, planted);
    assert_eq!(faults.len(), 7, "{}", told(&faults));
    let everything = format!("{}\n{faults:?}", told(&faults));
    for secret in secrets {
        assert!(!everything.contains(secret), "{secret} was told in {everything}");
    }
}

#[rstest]
#[case::unknown_section(
    "[schedul]\nbackup = '0 3 * * *'",
    "schedul | backup.toml | no such key; did you mean schedule?"
)]
#[case::drill_check_without_source(
    "[[drill.check]]\nsql = 'SELECT 1'\nmin = 1",
    "drill.check.0.source | default | expected a value; none is given"
)]
#[case::drill_check_without_sql(
    "[[drill.check]]\nsource = 'app'\nmin = 1",
    "drill.check.0.sql | default | expected a value; none is given"
)]
#[case::drill_check_of_nothing(
    "[[drill.check]]\nsource = 'app'\nsql = 'SELECT 1'",
    "drill.check.0.min | default | expected a value; none is given"
)]
#[case::drill_check_of_nobody(
    "[[drill.check]]\nsource = 'app'\nsql = 'SELECT 1'\nmin = 1\n[[drill.check]]\nsource = 'crm'\nsql = 'SELECT 1'\nmin = 1",
    "drill.check.1.source | backup.toml | expected a source that is configured (app), found crm"
)]
#[case::drill_drop(
    "[[drill.check]]\nsource = 'app'\nsql = 'SELECT 1'\nmax_drop_percent = 101",
    "drill.check.0.max_drop_percent | backup.toml | expected a number from 0 to 100, found 101"
)]
#[case::drill_min(
    "[[drill.check]]\nsource = 'app'\nsql = 'SELECT 1'\nmin = 'x'",
    "drill.check.0.min | backup.toml | expected a number from -9007199254740992 to 9007199254740992, found \"x\""
)]
#[case::drill_media(
    "[[drill.media_check]]\nsource = 'app'\ncolumn = 'a.b'\nmedia = 'app'",
    "drill.media_check.0.media | backup.toml | expected a source that is configured (), found app"
)]
#[case::drill_column(
    "[[media]]\npath = '/m'\n[[drill.media_check]]\nsource = 'app'\ncolumn = 'photo'\nmedia = 'm'",
    "drill.media_check.0.column | backup.toml | expected a column as table.column or schema.table.column, found \"photo\""
)]
#[case::drill_tables(
    "[drill.check]\nsource = 'app'",
    "drill.check | backup.toml | expected sections of keys, [[drill.check]], each its own"
)]
#[case::drill_age(
    "[drill]\nmax_age_days = 0",
    "drill.max_age_days | backup.toml | expected a whole number from 1 to 3660, found 0"
)]
#[case::drill_schedule(
    "[schedule]\ndrill = 'weekly'",
    "schedule.drill | backup.toml | expected a cron expression of five fields that comes at least once, such as \"0 3 * * *\", found \"weekly\""
)]
#[case::unknown_key("[store]\ncolour = 'red'", "store.colour | backup.toml | no such key")]
#[case::later_key("[mail]\nsignature = 'weekly'", "mail.signature | backup.toml | no such key")]
#[case::empty_unknown_key("[store]\ncolour = ''", "store.colour | backup.toml | no such key")]
#[case::odd_key("\"a\\u001b\" = 1", r"a\u{1b} | backup.toml | no such key")]
#[case::swapped("[[media]]\npaht = '/m'\npath = '/m'", "media.0.paht | backup.toml | no such key; did you mean path?")]
#[case::nothing_kept(
    "[retention]\nkeep_days = 0",
    "retention.keep_days | backup.toml | expected at least 1, or a calendar rule such as keep_weekly = 4 beside it; 0 alone would keep nothing"
)]
#[case::two_passwords(
    "[[postgres]]\nurl = 'postgres://ana:x@db/shop'\npassword_file = '/etc/passwd'",
    "postgres.0.password_file | backup.toml | expected one password; the address in postgres.0.url holds one too"
)]
#[case::word("language = 'fr'", r#"language | backup.toml | expected one of: en es pt; found "fr""#)]
#[case::typed(
    "[schedule]\ncatch_up = 'yes'",
    r#"schedule.catch_up | backup.toml | expected true or false, found "yes""#
)]
#[case::number_as_text(
    "[log]\nkeep = '5'",
    r#"log.keep | backup.toml | expected a whole number from 0 to 100, found "5""#
)]
#[case::fraction("[log]\nkeep = 5.5", "log.keep | backup.toml | expected a whole number from 0 to 100, found 5.5")]
#[case::below(
    "[retention]\nminimum_redundancy = 0",
    "retention.minimum_redundancy | backup.toml | expected a whole number from 1 to 1000, found 0"
)]
#[case::calendar(
    "[retention]\nkeep_weekly = -2",
    "retention.keep_weekly | backup.toml | expected a whole number from -1 to 36525, found -2"
)]
#[case::percent(
    "[retention]\nsuspect_drop_percent = 101",
    "retention.suspect_drop_percent | backup.toml | expected a whole number from 1 to 100, found 101"
)]
#[case::threads(
    "[compression]\nthreads = 9",
    "compression.threads | backup.toml | expected a whole number from 0 to 8, found 9"
)]
#[case::gzip_level(
    "[compression]\nlevel = 13",
    "compression.level | backup.toml | expected a whole number from 1 to 12, found 13"
)]
#[case::zstd_level(
    "[compression]\nmethod = 'zstd'\nlevel = 20",
    "compression.level | backup.toml | expected a whole number from 1 to 19, found 20"
)]
#[case::two_schedules(
    "[schedule]\nbackup = '0 3 * * *'\ntarget_hour = 4",
    "schedule.backup | backup.toml | expected only one of this and schedule.target_hour; both are given"
)]
#[case::listen(
    "[serve]\nlisten = 'localhost:80'",
    r#"serve.listen | backup.toml | expected an address and a port, such as "127.0.0.1:8080", found "localhost:80""#
)]
#[case::list(
    "[contact]\nlines = 'Ana'",
    r#"contact.lines | backup.toml | expected a list of texts, such as ["a", "b"], found "Ana""#
)]
#[case::item("[contact]\nlines = ['Ana', 5]", "contact.lines.1 | backup.toml | expected a text in quotes, found 5")]
#[case::recipient("[mail]\nto = ['ana at example']", r#"mail.to.0 | backup.toml | expected a mail address, or a name and a mail address in angle brackets, found "ana at example""#)]
#[case::glob(
    "[[media]]\npath = '/m'\nexclude = ['[']",
    r#"media.0.exclude.0 | backup.toml | expected a pattern such as "cache/**", found "[""#
)]
#[case::nothing_to_protect("[[media]]\nname = 'm'", "media.0.path | default | expected a value; none is given")]
#[case::single_brackets(
    "[media]\npath = '/m'",
    "media | backup.toml | expected sections of keys, [[media]], each its own"
)]
#[case::not_a_table("media = ['/m']", "media.0 | backup.toml | expected sections of keys, [[media]], each its own")]
#[case::not_a_section("log = true", "log | backup.toml | expected a section of keys, [log]")]
#[case::date(
    "timezone = 2024-11-12",
    "timezone | backup.toml | expected a time zone by its IANA name, such as \"America/Lima\", found {…}"
)]
#[case::name("[[sqlite]]\npath = '/a.db'\nname = 'a b'", r#"sqlite.0.name | backup.toml | expected a name of letters, digits, ".", "_" and "-" that begins with a letter or digit, at most 63 bytes, found "a b""#)]
#[case::reserved(
    "[[sqlite]]\npath = '/a.db'\nname = 'Globals'",
    "sqlite.0.name | backup.toml | expected another name than Globals, under which the server's roles are stored; give the source a name of its own"
)]
#[case::twin(
    "[[sqlite]]\npath = '/Shop.db'\n[[media]]\npath = '/media'\nname = 'sHOP'",
    "media.0.name | backup.toml | expected a name that no other source has, also not in other case; sHOP is taken by sqlite.0.name"
)]
#[case::twin_of_globals(
    "[[media]]\npath = '/app-globals'",
    "media.0.name | default | expected another name than app-globals, under which the server's roles are stored; give the source a name of its own"
)]
#[case::hook_address(
    "[[webhook]]\nurl = 'hooks.x.pe/hunter2'",
    "webhook.0.url | backup.toml | expected an address that begins with https:// or http:// and names a host"
)]
#[case::hook_quoted(
    "[heartbeat]\nurl = '\"https://x.pe\"'",
    "heartbeat.url | backup.toml | expected an address without quotes around it; where docker reads an env_file, they are part of the value"
)]
#[case::hook_nowhere("[[webhook]]\nname = 'ops'", "webhook.0.url | default | expected a value; none is given")]
#[case::hook_two_addresses(
    "[[webhook]]\nurl = 'https://x.pe'\nurl_file = '/dev/null'",
    "webhook.0.url | backup.toml | expected only one of this and webhook.0.url_file; both are given"
)]
#[case::hook_device(
    "[heartbeat]\nurl_file = '/dev/null'",
    "heartbeat.url_file | backup.toml | expected a file that can be read: /dev/null: not a regular file"
)]
#[case::hook_missing_file(
    "[heartbeat]\nurl_file = 'nofile'",
    "heartbeat.url_file | backup.toml | expected a file that can be read: nofile: No such file or directory (os error 2)"
)]
#[case::hook_address_for_a_file(
    "[heartbeat]\nurl_file = 'https://hunter2'",
    "heartbeat.url_file | backup.toml | expected a file that can be read: entity not found"
)]
#[case::hook_bare_address_for_a_file(
    "[heartbeat]\nurl_file = 'x.pe/hunter2'",
    "heartbeat.url_file | backup.toml | expected a file that can be read: entity not found"
)]
#[case::hook_no_topic(
    "[[webhook]]\nurl = 'https://ntfy.sh/'\ntemplate = 'ntfy'",
    "webhook.0.url | backup.toml | expected the address of a topic, as https://ntfy.sh/<topic>; none stands behind the host"
)]
#[case::hook_broken_token(
    "[[webhook]]\nurl = 'https://x.pe'\ntoken = \"hunter\\n2\"",
    "webhook.0.token | backup.toml | expected a token of one line; what was found is not shown"
)]
#[case::hook_template(
    "[[webhook]]\nurl = 'https://x.pe'\ntemplate = 'slcak'",
    "webhook.0.template | backup.toml | expected one of: json slack telegram ntfy; or the path of a file; found \"slcak\"; did you mean slack?"
)]
#[case::hook_no_template(
    "[[webhook]]\nurl = 'https://x.pe'\ntemplate = 'pigeon'",
    "webhook.0.template | backup.toml | expected one of: json slack telegram ntfy; or the path of a file; found \"pigeon\""
)]
#[case::hook_no_template_file(
    "[[webhook]]\nurl = 'https://x.pe'\ntemplate = '/nowhere/x.json'",
    "webhook.0.template | backup.toml | expected a file that can be read: /nowhere/x.json: No such file or directory (os error 2)"
)]
#[case::hook_of_nobody(
    "[[webhook]]\nurl = 'https://x.pe'\ntemplate = 'telegram'",
    "webhook.0.chat | default | expected a value; none is given"
)]
#[case::hook_with_a_chat(
    "[[webhook]]\nurl = 'https://x.pe'\nchat = '@ops'",
    "webhook.0.chat | backup.toml | expected no chat: the template telegram alone asks for one"
)]
#[case::hook_twin(
    "[[webhook]]\nurl = 'https://x.pe'\n[[webhook]]\nurl = 'https://y.pe'\nname = 'JSON'",
    "webhook.1.name | backup.toml | expected a name that no other webhook has, also not in other case; JSON is taken by webhook.0.name"
)]
#[case::hook_timeout(
    "[[webhook]]\nurl = 'https://x.pe'\ntimeout_seconds = 61",
    "webhook.0.timeout_seconds | backup.toml | expected a whole number from 1 to 60, found 61"
)]
#[case::hook_key(
    "[[webhook]]\nurl = 'https://x.pe'\ntimeout_secs = 5",
    "webhook.0.timeout_secs | backup.toml | no such key; did you mean timeout_seconds?"
)]
#[case::hook_tables(
    "[webhook]\nurl = 'https://x.pe'",
    "webhook | backup.toml | expected sections of keys, [[webhook]], each its own"
)]
fn a_fault_of_the_file_is_one_line_with_key_and_origin(#[case] toml: &str, #[case] line: &str) {
    assert_eq!(bad(toml, &[DATABASE]), [line]);
}

#[rstest]
#[case("TARGET_HOUR", "24", "schedule.target_hour", "expected a whole number from 0 to 23, found \"24\"")]
#[case(
    "BACKUP_RETENTION_DAYS",
    "a week",
    "retention.keep_days",
    "expected a whole number from 0 to 36525, found \"a week\""
)]
#[case("TZ", "Lima", "timezone", "expected a time zone by its IANA name, such as \"America/Lima\", found \"Lima\"")]
#[case(
    "BACKUP_RETENTION_DAYS",
    "0",
    "retention.keep_days",
    "expected at least 1, or a calendar rule such as keep_weekly = 4 beside it; 0 alone would keep nothing"
)]
#[case(
    "DATABASE_URL",
    "\"postgres://ana@db/app\"",
    "postgres.0.url",
    "expected an address without quotes around it; where docker reads an env_file, they are part of the value"
)]
#[case("EMAIL_USE_TLS", "perhaps", "mail.security", "expected true or false, found \"perhaps\"")]
#[case(
    "EMAIL_HOST_PASSWORD_FILE",
    "/nowhere/at/all",
    "mail.password_file",
    "expected a file that can be read: /nowhere/at/all: No such file or directory (os error 2)"
)]
#[case("RESGUARDO_SCHEDUL__BACKUP", "0 3 * * *", "schedul", "no such key; did you mean schedule?")]
#[case("RESGUARDO_POSTGRES__O__NAME", "app", "postgres", "expected sections of keys, [[postgres]], each its own")]
#[case("RESGUARDO_SCHEDULE", "0 3 * * *", "schedule", "expected a section of keys, [schedule]")]
fn a_fault_of_the_environment_names_its_variable(
    #[case] name: &str,
    #[case] value: &str,
    #[case] key: &str,
    #[case] sentence: &str,
) {
    let faults = bad("[[sqlite]]\npath = '/a.db'", &[(name, value)]);
    assert_eq!(faults, [format!("{key} | {name} | {sentence}")]);
}

#[rstest]
#[case::database_url(&[("DATABASE_URL", "mysql://ana:hunter2@db/app")], "postgres.0.url | DATABASE_URL")]
#[case::url_port(&[("DATABASE_URL", "postgres://ana:hunter2/x@db/app")], "postgres.0.url | DATABASE_URL")]
#[case::no_url_at_all(&[("DATABASE_URL", "hunter2")], "postgres.0.url | DATABASE_URL")]
#[case::password_for_a_path(&[("POSTGRES_HOST", "db"), ("POSTGRES_PASSWORD_FILE", "hunter2")], "postgres.0.password_file | POSTGRES_PASSWORD_FILE")]
#[case::both(&[("POSTGRES_HOST", "db"), ("POSTGRES_PASSWORD", "hunter2"), ("POSTGRES_PASSWORD_FILE", "/hunter2")], "postgres.0.password | POSTGRES_PASSWORD, POSTGRES_PASSWORD_FILE")]
#[case::both_urls(&[("DATABASE_URL", "postgres://a:hunter2@b/c"), ("DATABASE_URL_FILE", "/x")], "postgres.0.url | DATABASE_URL")]
#[case::port(&[("POSTGRES_HOST", "db"), ("POSTGRES_PORT", "0")], "postgres.0.url | POSTGRES_PORT")]
#[case::both_switches(&[DATABASE, ("EMAIL_USE_TLS", "1"), ("EMAIL_USE_SSL", "on")], "mail.security | EMAIL_USE_SSL")]
#[case::nothing(&[], "postgres | default")]
#[case::empty_is_unset(&[("DATABASE_URL", ""), ("POSTGRES_HOST", "")], "postgres | default")]
fn what_cannot_be_a_database_is_one_fault_without_its_secret(
    #[case] environment: &[(&str, &str)],
    #[case] place: &str,
) {
    let faults = bad("", environment);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].starts_with(&format!("{place} | ")), "{faults:?}");
    assert!(!faults[0].contains("hunter2"), "{faults:?}");
}

#[rstest]
#[case("[store]\ndir = 'x\n", 2)]
#[case("[mail]\npassword = hunter2\n", 2)]
#[case("[mail]\n\npassword = \"hunter2\nhost = 'x'", 3)]
#[case("[mail]\npassword = 'a'\npassword = 'hunter2'", 3)]
#[case("[mail]\npassword = 'hunter2' 'hunter2'", 2)]
#[case("[mail]\npassword = 99999999999999999999999hunter2", 2)]
#[case("[mail]\npassword = \"\\hunter2\"", 2)]
fn broken_toml_is_one_fault_with_its_line_and_without_its_content(#[case] toml: &str, #[case] line: usize) {
    let faults = bad(toml, &[]);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].starts_with(&format!(" | backup.toml | expected TOML, at line {line}, column ")), "{faults:?}");
    assert!(!faults[0].contains("hunter2"), "{faults:?}");
}

#[test]
fn a_file_that_somebody_names_must_be_there() {
    let nowhere = Path::new("/nowhere/backup.toml");
    let places = |faults: Faults| faults.iter().map(|fault| fault.origin.clone()).collect::<Vec<_>>();
    assert_eq!(places(load(Some(nowhere), &[DATABASE]).unwrap_err()), ["--config"]);
    let named = [DATABASE, ("RESGUARDO_CONFIG", "/nowhere/backup.toml")];
    assert_eq!(places(load(None, &named).unwrap_err()), ["RESGUARDO_CONFIG"]);
    let text = Text::new("language = 'es'");
    let named = [DATABASE, ("RESGUARDO_CONFIG", text.path.to_str().unwrap())];
    assert_eq!(load(None, &named).unwrap().config.language, config::Language::Spanish);
}

/// A pipe would keep every command waiting, and a device fill the memory.
#[test]
fn settings_are_a_small_regular_file() {
    let folder = tempfile::tempdir().unwrap();
    let [pipe, large, other] = ["pipe", "large", "other"].map(|name| folder.path().join(name));
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
    std::fs::write(&large, "#".repeat(1024 * 1024 + 1)).unwrap();
    std::fs::write(&other, b"# \xff").unwrap();
    let device = Path::new("/dev/zero");
    for (path, why) in [
        (pipe.as_path(), "not a regular file"),
        (device, "not a regular file"),
        (folder.path(), "not a regular file"),
        (&large, "larger than 1048576 bytes"),
        (&other, "not UTF-8"),
    ] {
        let told = told(&load(Some(path), &[DATABASE]).unwrap_err());
        let shown = path.display();
        assert_eq!(told, format!(" | --config | expected a configuration file that can be read at {shown}: {why}"));
    }
    std::fs::write(&large, format!("language = 'es'\n{}", "#".repeat(1024 * 1024 - 16))).unwrap();
    assert_eq!(load(Some(&large), &[DATABASE]).unwrap().config.language, config::Language::Spanish);
}

/// Where it lies by itself: a mount of what is not there leaves a folder in its place.
#[test]
fn what_is_no_file_where_the_settings_usually_are_is_told_and_not_passed_over() {
    let site = Site::new("");
    std::fs::create_dir_all(site.path("config/backup.toml")).unwrap();
    let program = env!("CARGO_BIN_EXE_resguardo");
    let output = std::process::Command::new(program).arg("list").env_clear().current_dir(site.path("")).output();
    let told = Called::from(output.unwrap()).ends(64).stderr;
    assert!(told.contains("  default: expected a configuration file that can be read at config/backup.toml: not a"));
}

/// Faults are read where there are no settings yet: whoever reads them is asked as help asks him.
#[test]
fn faults_are_told_in_the_language_of_variables_then_settings_then_the_terminal() {
    let site = Site::new("");
    let told = |settings: &str, variables: &[(&str, &str)]| {
        site.configure(settings);
        let output = site.command().arg("list").envs(variables.iter().copied()).output().unwrap();
        Called::from(output).ends(64).stderr
    };
    let (english, spanish, portuguese) =
        ("The configuration cannot be used", "La configuración no se puede usar", "A configuração não pode ser usada");
    let terminal = ("LANG", "es_PE.UTF-8");
    assert!(told("", &[]).starts_with(english));
    assert!(told("", &[terminal]).starts_with(spanish));
    assert!(told("language = [[[", &[terminal]).starts_with(spanish));
    assert!(told("language = 'pt'", &[terminal]).starts_with(portuguese));
    assert!(told("language = 'en'", &[terminal]).starts_with(english));
    assert!(told("language = 'en'", &[terminal, ("RESGUARDO_LANGUAGE", "pt")]).starts_with(portuguese));
    std::fs::remove_file(site.path("backup.toml")).unwrap();
    let output = site.command().arg("run").env("LANG", "es_PE.UTF-8").output().unwrap();
    assert!(Called::from(output).ends(64).stderr.starts_with(spanish));
}

#[test]
fn nothing_to_protect_names_the_file_to_say_it_in() {
    let text = Text::new("language = 'en'");
    let told_of = |faults: Faults| told(&faults);
    let path = text.path.display().to_string();
    assert!(told_of(text.load(&[]).unwrap_err()).ends_with(&format!("or [[files]] to {path}")));
}

#[test]
fn the_environment_chooses_the_language_before_the_file_does() {
    let chosen = |toml, environment: &[(&str, &str)]| good(toml, environment).config.language;
    assert_eq!(chosen("", &[DATABASE]), config::Language::English);
    assert_eq!(chosen("language = 'pt'", &[DATABASE]), config::Language::Portuguese);
    let asked = [DATABASE, ("RESGUARDO_LANGUAGE", "es")];
    assert_eq!(chosen("language = 'pt'", &asked), config::Language::Spanish);
    assert_eq!(good("language = 'es'", &[DATABASE]).notices, []);
}

// Order

#[rstest]
#[case::default("", &[], "0 3 * * *", "default")]
#[case::file("[schedule]\nbackup = '5 1 * * *'", &[], "5 1 * * *", "backup.toml")]
#[case::file_hour("[schedule]\ntarget_hour = 4", &[], "0 4 * * *", "backup.toml")]
#[case::older("[schedule]\nbackup = '5 1 * * *'", &[("TARGET_HOUR", "2")], "0 2 * * *", "TARGET_HOUR")]
#[case::older_with_line_end("", &[("TARGET_HOUR", "02\r")], "0 2 * * *", "TARGET_HOUR")]
#[case::own("[schedule]\ntarget_hour = 4", &[("TARGET_HOUR", "2"), ("RESGUARDO_SCHEDULE__BACKUP", "7 7 * * 1")], "7 7 * * 1", "RESGUARDO_SCHEDULE__BACKUP")]
#[case::own_hour("[schedule]\nbackup = '5 1 * * *'", &[("TARGET_HOUR", "2"), ("RESGUARDO_SCHEDULE__TARGET_HOUR", "9")], "0 9 * * *", "RESGUARDO_SCHEDULE__TARGET_HOUR")]
#[case::empty_is_unset("[schedule]\nbackup = '5 1 * * *'", &[("TARGET_HOUR", "")], "5 1 * * *", "backup.toml")]
fn defaults_then_file_then_older_names_then_own(
    #[case] toml: &str,
    #[case] environment: &[(&str, &str)],
    #[case] expression: &str,
    #[case] from: &str,
) {
    let environment: Vec<_> = environment.iter().copied().chain([DATABASE]).collect();
    let loaded = good(toml, &environment);
    assert_eq!(loaded.config.schedule.backup.expression(), expression);
    let given: Vec<&String> =
        ["schedule.backup", "schedule.target_hour"].iter().filter_map(|key| loaded.origins.get(*key)).collect();
    assert_eq!(given.len(), 1, "{given:?}");
    assert!(given[0].ends_with(from), "{given:?}");
}

#[rstest]
#[case::file("timezone = 'Europe/London'", &[], "Europe/London")]
#[case::tz("timezone = 'Europe/London'", &[("TZ", "America/Lima")], "America/Lima")]
#[case::own("timezone = 'Europe/London'", &[("TZ", "America/Lima"), ("RESGUARDO_TIMEZONE", "Pacific/Apia")], "Pacific/Apia")]
fn the_zone_of_the_environment_wins(#[case] toml: &str, #[case] environment: &[(&str, &str)], #[case] zone: &str) {
    let environment: Vec<_> = environment.iter().copied().chain([DATABASE]).collect();
    assert_eq!(good(toml, &environment).config.timezone.name(), zone);
}

const FILE_ONE: &str = "[[postgres]]\nurl = 'postgres://ana@db/app'";
const FILE_ONE_WITH: &str = "[[postgres]]\nurl = 'postgres://ana@db/app'\npassword = 'own'";
const FILE_ONE_IN_URL: &str = "[[postgres]]\nurl = 'postgres://ana:own@db/app'";
const POSTGRES: [(&str, &str); 5] = [
    ("POSTGRES_HOST", "pg"),
    ("POSTGRES_PORT", "5433"),
    ("POSTGRES_DB", "shop"),
    ("POSTGRES_USER", "eva"),
    ("POSTGRES_PASSWORD", "pw"),
];
const PG: [(&str, &str); 5] =
    [("PGHOST", "pg2"), ("PGPORT", "1"), ("PGDATABASE", "d2"), ("PGUSER", "u2"), ("PGPASSWORD", "pw2")];

#[rstest]
#[case::url_beats_parts("", &[&[DATABASE][..], &POSTGRES[..], &PG[..]], "ana@db:5432/app ")]
#[case::parts("", &[&POSTGRES[..], &PG[..]], "eva@pg:5433/shop pw")]
#[case::never_mixed("", &[&POSTGRES[..1], &PG[..]], "postgres@pg:5432/postgres ")]
#[case::pg("", &[&PG[..]], "u2@pg2:1/d2 pw2")]
#[case::no_other_pg("", &[&PG[..], &[("PGHOSTADDR", "10.0.0.1"), ("PGSERVICE", "x"), ("PGOPTIONS", "-c")][..]], "u2@pg2:1/d2 pw2")]
#[case::password_alone_is_no_source("", &[&POSTGRES[4..], &PG[..]], "u2@pg2:1/d2 pw2")]
#[case::image_defaults("", &[&[("POSTGRES_HOST", "pg"), ("POSTGRES_USER", "eva")][..]], "eva@pg:5432/eva ")]
#[case::socket("", &[&[("PGHOST", "/var/run/postgresql"), ("PGDATABASE", "Gestión 2024")][..]], "postgres@/var/run/postgresql:5432/Gestión 2024 ")]
#[case::six("", &[&[("POSTGRES_HOST", "::1")][..]], "postgres@::1:5432/postgres ")]
#[case::file_beats_older(FILE_ONE, &[&[("DATABASE_URL", "postgres://x:y@z/w")][..], &POSTGRES[..4]], "ana@db:5432/app ")]
#[case::fills(FILE_ONE, &[&POSTGRES[..]], "ana@db:5432/app pw")]
#[case::fills_postgres_first(FILE_ONE, &[&POSTGRES[4..], &PG[..]], "ana@db:5432/app pw")]
#[case::fills_pg(FILE_ONE, &[&PG[..]], "ana@db:5432/app pw2")]
#[case::only_what_is_left_out(FILE_ONE_WITH, &[&POSTGRES[..]], "ana@db:5432/app own")]
#[case::not_over_the_url(FILE_ONE_IN_URL, &[&POSTGRES[..]], "ana@db:5432/app own")]
#[case::own_beats_file(FILE_ONE_WITH, &[&[("RESGUARDO_POSTGRES__0__PASSWORD", "env")][..]], "ana@db:5432/app env")]
#[case::own_beats_url(FILE_ONE_IN_URL, &[&[("RESGUARDO_POSTGRES__0__PASSWORD", "env")][..]], "ana@db:5432/app env")]
#[case::own_url_beats_password(FILE_ONE_WITH, &[&[("RESGUARDO_POSTGRES__0__URL", "postgres://a:env@b/c")][..]], "a@b:5432/c env")]
#[case::own_beats_older("", &[&POSTGRES[..], &[("RESGUARDO_POSTGRES__0__PASSWORD", "env")][..]], "eva@pg:5433/shop env")]
#[case::own_alone("", &[&[("RESGUARDO_POSTGRES__0__URL", "postgres://a@b/c"), ("POSTGRES_PASSWORD", "pw")][..]], "a@b:5432/c pw")]
#[case::own_never_mixed_with_older("", &[&[("RESGUARDO_POSTGRES__0__URL", "postgres://a@b/c"), ("DATABASE_URL", "postgres://x:y@z/w")][..]], "a@b:5432/c ")]
fn a_database_comes_whole_from_one_place(
    #[case] toml: &str,
    #[case] environment: &[&[(&str, &str)]],
    #[case] expected: &str,
) {
    assert_eq!(address(only(&good(toml, &environment.concat()))), expected);
}

#[test]
fn a_password_without_a_database_of_its_own_is_for_none_of_several() {
    let two = "[[postgres]]\nurl = 'postgres://a@b/c'\n[[postgres]]\nurl = 'postgres://a@b/d'";
    let loaded = good(two, &[("POSTGRES_PASSWORD", "pw"), ("PGPASSWORD_FILE", "/nowhere")]);
    assert!(loaded.config.postgres.iter().all(|postgres| postgres.server.password.is_none()));
    let said: Vec<String> = loaded.notices.iter().map(|notice| Words::english().say(notice)).collect();
    assert_eq!(said.len(), 2);
    assert!(said[0].starts_with("POSTGRES_PASSWORD is used for none") && said[1].starts_with("PGPASSWORD_FILE is"));
}

/// What the environment holds beside a database, and what is said of it.
#[rstest]
#[case::one_letter_short("BACKUP_RETENTION_DAY", Some("BACKUP_RETENTION_DAYS"))]
#[case::one_too_many("TARGET_HOURS", Some("TARGET_HOUR"))]
#[case::swapped("EMAIL_HSOT", Some("EMAIL_HOST"))]
#[case::two_off("TARGETS_HOURS", None)]
#[case::another_short_name("TX", None)]
#[case::beside_the_right_one("DATABASE_URL2", None)]
#[case::a_name_of_postgres("PGDATA", None)]
fn a_name_one_letter_off_is_said(#[case] name: &str, #[case] near: Option<&str>) {
    let loaded = good("", &[DATABASE, (name, "3")]);
    let said: Vec<String> = loaded.notices.iter().map(|notice| Words::english().say(notice)).collect();
    let expected = near.map(|near| format!("{name} is set and means nothing here; was {near} meant?"));
    assert_eq!(said, Vec::from_iter(expected));
}

const OTHER: &str = "[[postgres]]\nurl = 'postgres://ana:secret@db:5432/app'";
const SQLITE: &str = "[[sqlite]]\npath = '/app/db.sqlite3'";

/// What is said of a database that variables lead to and the settings do not.
#[rstest]
#[case::alone("", &[("DATABASE_URL", "postgres://a:b@h/c")], None)]
#[case::the_same(OTHER, &[("DATABASE_URL", "postgres://eva:secret@db/app?conn_max_age=60")], None)]
#[case::another_database(OTHER, &[("DATABASE_URL", "postgres://ana:secret@db/shop")], Some("DATABASE_URL leads to db:5432/shop, "))]
#[case::another_server(OTHER, &[("DATABASE_URL", "postgres://ana:secret@h:6000/app")], Some("DATABASE_URL leads to h:6000/app, "))]
#[case::by_parts(OTHER, &[("POSTGRES_HOST", "db"), ("POSTGRES_DB", "shop")], Some("POSTGRES_DB leads to db:5432/shop, "))]
#[case::the_same_by_parts(OTHER, &[("POSTGRES_HOST", "db"), ("POSTGRES_DB", "app"), ("POSTGRES_PASSWORD", "x")], None)]
#[case::a_password_alone(OTHER, &[("POSTGRES_PASSWORD", "x")], None)]
#[case::own_variables(OTHER, &[("RESGUARDO_POSTGRES__0__URL", "postgres://a@h/c"), ("DATABASE_URL", "postgres://ana@db/app")], Some("DATABASE_URL leads to db:5432/app, "))]
#[case::sqlite_beside_postgres(OTHER, &[("DATABASE_URL", "sqlite:////app/db.sqlite3")], Some("DATABASE_URL leads to /app/db.sqlite3, "))]
#[case::another_sqlite(SQLITE, &[("DATABASE_URL", "sqlite:////app/old.sqlite3")], Some("DATABASE_URL leads to /app/old.sqlite3, "))]
#[case::the_same_sqlite(SQLITE, &[("DATABASE_URL", "sqlite:////app/db.sqlite3")], None)]
fn a_database_that_is_passed_over_is_said(
    #[case] toml: &str,
    #[case] environment: &[(&str, &str)],
    #[case] expected: Option<&str>,
) {
    let loaded = good(toml, environment);
    let said: Vec<String> = loaded.notices.iter().map(|notice| Words::english().say(notice)).collect();
    assert_eq!(said.len(), expected.iter().count(), "{said:?}");
    if let (Some(said), Some(expected)) = (said.first(), expected) {
        assert!(said.starts_with(expected) && said.contains("NOT backed up") && !said.contains("secret"), "{said}");
    }
}

#[test]
fn a_host_nobody_names_is_said() {
    let loaded = good("", &[("POSTGRES_DB", "app")]);
    assert_eq!(address(only(&loaded)), "postgres@localhost:5432/app ");
    assert_eq!(Words::english().say(&loaded.notices[0]), "POSTGRES_HOST is not set; localhost is taken.");
}

#[test]
fn an_env_prod_of_a_django_application_works_unchanged() {
    let loaded = good(
        "",
        &[
            ("DJANGO_SECRET_KEY", "django-insecure-#'$ @%"),
            ("DEBUG", "False"),
            ("DATABASE_URL", "postgres://patrimonio:cl%40ve@db:5432/patrimonio?conn_max_age=600"),
            ("TARGET_HOUR", "3"),
            ("BACKUP_RETENTION_DAYS", "14"),
            ("TZ", "America/Lima"),
            ("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"),
            ("EMAIL_HOST", "smtp.example.pe"),
            ("EMAIL_PORT", "465"),
            ("EMAIL_HOST_USER", "avisos@example.pe"),
            ("EMAIL_HOST_PASSWORD", "00123"),
            ("EMAIL_USE_TLS", "False"),
            ("EMAIL_USE_SSL", "True"),
            ("DEFAULT_FROM_EMAIL", "Patrimonio <patrimonio@example.pe>"),
        ],
    );
    let config = &loaded.config;
    assert_eq!(address(only(&loaded)), "patrimonio@db:5432/patrimonio cl@ve");
    assert_eq!(only(&loaded).name.as_str(), "patrimonio");
    assert_eq!(config.schedule.backup.expression(), "0 3 * * *");
    assert_eq!((config.retention.policy.keep_days, config.timezone.name()), (14, "America/Lima"));
    let mail = &config.mail;
    assert_eq!((mail.host.as_str(), mail.port, mail.user.as_str()), ("smtp.example.pe", 465, "avisos@example.pe"));
    assert_eq!(mail.password.as_ref().unwrap().read().unwrap(), "00123");
    assert_eq!(mail.security, MailSecurity::Tls);
    assert_eq!(mail.from, "Patrimonio <patrimonio@example.pe>");
    assert_eq!(mail.to, ["Patrimonio <patrimonio@example.pe>"]);
}

#[rstest]
#[case::nobody(&[], "", &[], "starttls 587")]
#[case::user(&[("EMAIL_HOST_USER", "a@x.pe")], "a@x.pe", &["a@x.pe"], "starttls 587")]
#[case::no_address(&[("EMAIL_HOST_USER", "apikey"), ("EMAIL_USE_TLS", "no")], "", &[], "none 25")]
#[case::from(&[("EMAIL_HOST_USER", "a@x.pe"), ("DEFAULT_FROM_EMAIL", "b@x.pe"), ("EMAIL_USE_SSL", "yes")], "b@x.pe", &["b@x.pe"], "tls 465")]
#[case::to(&[("DEFAULT_FROM_EMAIL", "b@x.pe"), ("RESGUARDO_MAIL__TO__0", "c@x.pe"), ("RESGUARDO_MAIL__TO__1", "d@x.pe")], "b@x.pe", &["c@x.pe", "d@x.pe"], "starttls 587")]
#[case::one(&[("DEFAULT_FROM_EMAIL", "b@x.pe"), ("RESGUARDO_MAIL__TO", "c@x.pe"), ("EMAIL_PORT", "2525")], "b@x.pe", &["c@x.pe"], "starttls 2525")]
#[case::several(&[("DEFAULT_FROM_EMAIL", "b@x.pe"), ("RESGUARDO_MAIL__TO", "c@x.pe,Ana <d@x.pe>")], "b@x.pe", &["c@x.pe", "Ana <d@x.pe>"], "starttls 587")]
fn who_is_told_and_how(
    #[case] environment: &[(&str, &str)],
    #[case] from: &str,
    #[case] to: &[&str],
    #[case] how: &str,
) {
    let environment: Vec<_> = environment.iter().copied().chain([DATABASE]).collect();
    let mail = good("", &environment).config.mail;
    let security = match mail.security {
        MailSecurity::StartTls => "starttls",
        MailSecurity::Tls => "tls",
        MailSecurity::None => "none",
    };
    assert_eq!(
        (mail.from.as_str(), mail.to, format!("{security} {}", mail.port)),
        (from, to.iter().map(|to| (*to).to_owned()).collect(), how.to_owned())
    );
}

#[test]
fn recipients_of_the_file_come_before_the_sender_of_the_environment() {
    let told = |to: &str| {
        let toml = format!("[mail]\nto = {to}");
        good(&toml, &[DATABASE, ("DEFAULT_FROM_EMAIL", "b@x.pe")]).config.mail.to
    };
    assert_eq!(told("['e@x.pe', 'f@x.pe']"), ["e@x.pe", "f@x.pe"]);
    assert_eq!(told("[]"), ["b@x.pe"]);
}

#[rstest]
#[case("sqlite:///db.sqlite3", "db", "db.sqlite3")]
#[case("sqlite:////srv/app/gestion.db", "gestion", "/srv/app/gestion.db")]
fn a_sqlite_address_makes_a_sqlite_source(#[case] url: &str, #[case] name: &str, #[case] path: &str) {
    let loaded = good("", &[("DATABASE_URL", url), ("POSTGRES_HOST", "db")]);
    assert!(loaded.config.postgres.is_empty());
    assert_eq!((loaded.config.sqlite[0].name.as_str(), loaded.config.sqlite[0].path.to_str()), (name, Some(path)));
}

// Secrets

#[rstest]
#[case("00123")]
#[case("123456")]
#[case("true")]
#[case("#'$ @%")]
#[case("[\"a\"]")]
#[case(" p ")]
#[case("ñ{a=1}\"\\n")]
fn a_password_is_never_parsed(#[case] secret: &str) {
    passes_unchanged(secret);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_password_passes_unchanged(secret in "[^\0]{1,40}") {
        passes_unchanged(&secret);
    }
}

fn passes_unchanged(secret: &str) {
    let older = load(None, &[("POSTGRES_HOST", "db"), ("POSTGRES_PASSWORD", secret)]).unwrap();
    assert_eq!(password(only(&older)).as_deref(), Some(secret));
    let own = load(None, &[DATABASE, ("RESGUARDO_POSTGRES__0__PASSWORD", secret)]).unwrap();
    assert_eq!(password(only(&own)).as_deref(), Some(secret));
    let mail = load(None, &[DATABASE, ("EMAIL_HOST_PASSWORD", secret)]).unwrap().config.mail;
    assert_eq!(mail.password.unwrap().read().unwrap(), secret);
}

#[test]
fn every_secret_comes_from_a_file_too_and_is_read_anew() {
    let text = Text::new("");
    let file = text.beside("secret", b"first \r\n");
    let url_file = text.beside("url", b"postgres://ana:first%20@db/app\n");
    let by_file = |environment: &[(&str, &str)]| text.load(environment).unwrap_or_else(|f| panic!("{}", told(&f)));
    let passwords = [
        by_file(&[("POSTGRES_HOST", "db"), ("POSTGRES_PASSWORD_FILE", &file)]).config.postgres[0]
            .server
            .password
            .clone(),
        by_file(&[("PGHOST", "db"), ("PGPASSWORD_FILE", &file)]).config.postgres[0].server.password.clone(),
        by_file(&[("DATABASE_URL_FILE", &url_file)]).config.postgres[0].server.password.clone(),
        by_file(&[("RESGUARDO_POSTGRES__0__URL_FILE", &url_file)]).config.postgres[0].server.password.clone(),
        by_file(&[DATABASE, ("RESGUARDO_POSTGRES__0__PASSWORD_FILE", &file)]).config.postgres[0]
            .server
            .password
            .clone(),
        by_file(&[DATABASE, ("EMAIL_HOST_PASSWORD_FILE", &file)]).config.mail.password,
        by_file(&[DATABASE, ("RESGUARDO_MAIL__PASSWORD_FILE", &file)]).config.mail.password,
    ];
    for secret in passwords.iter().flatten() {
        assert_eq!(secret.read().unwrap(), "first ");
    }
    text.beside("secret", b"second\n\n");
    text.beside("url", b"postgres://ana:second%0A@db/app");
    for secret in &passwords {
        assert_eq!(secret.as_ref().unwrap().read().unwrap(), "second\n");
    }
    std::fs::remove_file(&file).unwrap();
    let error = passwords[0].as_ref().unwrap().read().unwrap_err().to_string();
    assert!(error.starts_with(&file), "{error}");
}

/// Neither hangs nor fills the memory, whatever stands where a small file should.
#[rstest]
fn what_is_no_small_file_is_refused(
    #[values("pipe", "folder", "large")] kind: &str,
    #[values("url_file", "token_file", "template")] key: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.txt");
    let why = match kind {
        "pipe" => {
            mknodat(CWD, &path, FileType::Fifo, Mode::RWXU, 0).unwrap();
            "not a regular file"
        }
        "folder" => {
            std::fs::create_dir(&path).unwrap();
            "not a regular file"
        }
        _ => {
            std::fs::write(&path, format!("https://x.pe/{}", "a".repeat(1024 * 1024))).unwrap();
            "larger than 1048576 bytes"
        }
    };
    let url = if key == "url_file" { "" } else { "url = 'https://x.pe'\n" };
    let toml = format!("[[webhook]]\n{url}{key} = '{}'", path.display());
    let line = format!("webhook.0.{key} | backup.toml | expected a file that can be read: {}: {why}", path.display());
    assert_eq!(bad(&toml, &[DATABASE]), [line]);
}

/// As an orchestrator mounts a secret.
#[test]
fn a_secret_may_stand_behind_a_link() {
    let text = Text::new("");
    let file = text.beside("secret", b"hunter2");
    let link = text.folder.path().join("link");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert_eq!(Secret::File(link).read().unwrap(), "hunter2");
}

#[test]
fn what_is_shown_and_printed_holds_no_secret() {
    let toml = "[mail]\npassword = 'hunter2'\n[[postgres]]\nurl = 'postgres://ana:hunter2@db/app?sslmode=require'\n\
                [[postgres]]\nname = 'b'\nurl = 'postgres://ana@db/app'\npassword = 'hunter2'";
    let loaded = good(toml, &[("RESGUARDO_MAIL__HOST", "smtp.x.pe")]);
    let shown = config::show(&loaded);
    for text in [&shown, &format!("{loaded:?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    let line = |start: &str| shown.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    assert!(line("password = \"***\"").ends_with("backup.toml"), "{shown}");
    assert!(line("host = \"smtp.x.pe\"").ends_with("# RESGUARDO_MAIL__HOST"), "{shown}");
    assert!(line("url = \"postgres://ana:***@db:5432/app?sslmode=require\"").ends_with("backup.toml"), "{shown}");
    assert!(line("language = \"en\"").ends_with("# default"), "{shown}");
    // What is shown is a text in its own right.
    good(&shown.replace(":***@", "@"), &[]);
}

// The rest of the text

#[rstest]
#[case("", 7)]
#[case("keep_weekly = 4", 0)]
#[case("keep_yearly = -1", 0)]
#[case("keep_weekly = 0", 7)]
#[case("keep_days = 3\nkeep_monthly = 12", 3)]
fn calendar_rules_given_alone_replace_the_days(#[case] rules: &str, #[case] keep_days: u32) {
    let loaded = good(&format!("[retention]\n{rules}"), &[DATABASE]);
    assert_eq!(loaded.config.retention.policy.keep_days, keep_days);
}

#[test]
fn every_source_is_read_with_what_it_may_have() {
    let loaded = good(
        r#"
        [compression]
        method = "zstd"
        level = 19
        threads = 0
        [schedule]
        grace_seconds = 60
        [[postgres]]
        url = "postgres://ana@db/Gestión%202024"
        format = "custom"
        globals = false
        schedule = "0 */6 * * *"
        [[sqlite]]
        path = "/app/db.sqlite3"
        schedule = ""
        [[media]]
        path = "/srv/media/"
        exclude = ["cache/**", "*.tmp"]
        allow_empty = true
        [[files]]
        paths = ["/app/.env.prod"]
        "#,
        &[("RESGUARDO_MEDIA__0__EXCLUDE__1", "*.part"), ("RESGUARDO_MEDIA__1__PATH", "/srv/code")],
    );
    let config = loaded.config;
    let postgres = &config.postgres[0];
    assert_eq!((postgres.name.as_str(), postgres.database.as_str()), ("Gesti-n-2024", "Gestión 2024"));
    assert_eq!((postgres.format, postgres.globals), (config::DumpFormat::Custom, false));
    assert_eq!(postgres.schedule.as_ref().unwrap().expression(), "0 */6 * * *");
    assert!(config.sqlite[0].schedule.is_none());
    let names: Vec<&str> = config.media.iter().map(|media| media.name.as_str()).collect();
    assert_eq!((names, config.files[0].name.as_str()), (vec!["media", "code"], "settings"));
    assert_eq!(config.media[0].exclude, ["cache/**", "*.part"]);
    assert_eq!((config.compression.method, config.compression.level), (Compression::Zstd, 19));
    assert!((1..=8).contains(&config.compression.threads));
    assert_eq!(config.schedule.grace, Duration::from_mins(1));
    assert_eq!(loaded.origins["media.0.exclude"].rsplit_once(", ").unwrap().1, "RESGUARDO_MEDIA__0__EXCLUDE__1");
}

#[test]
fn the_origin_of_every_value_is_named() {
    let text = Text::new("[store]\ndir = '/b'");
    let loaded = text.load(&[DATABASE, ("BACKUP_RETENTION_DAYS", "9"), ("RESGUARDO_LOG__KEEP", "2")]).unwrap();
    assert_eq!(origin(&loaded, "store.dir"), text.path.display().to_string());
    assert_eq!(origin(&loaded, "retention.keep_days"), "BACKUP_RETENTION_DAYS");
    assert_eq!(origin(&loaded, "log.keep"), "RESGUARDO_LOG__KEEP");
    assert_eq!(origin(&loaded, "postgres.0.url"), "DATABASE_URL");
    assert_eq!(origin(&loaded, "postgres.0.name"), "default");
    assert_eq!(origin(&loaded, "postgres.0.password"), "unset");
    let parts = good("", &POSTGRES);
    assert_eq!(origin(&parts, "postgres.0.url"), "POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_DB");
}

#[test]
fn what_a_drill_asks_is_read_from_file_and_variables() {
    let toml = "[[media]]\nname = 'media'\npath = '/m'\n\
        [[drill.check]]\nsource = 'app'\nsql = 'SELECT 1'\nmin = 1.5\nequals = 7\n\
        [[drill.media_check]]\nsource = 'app'\ncolumn = 'asset.photo'\nmedia = 'media'";
    let drill = good(toml, &[DATABASE]).config.drill;
    let expected = &drill.checks[0].expected;
    assert_eq!((expected.min, expected.equals.as_deref(), expected.max_drop_percent), (Some(1.5), Some("7"), None));
    assert_eq!(
        (drill.media_checks[0].column.as_str(), drill.media_checks[0].max_missing_percent),
        ("asset.photo", 0.1)
    );
    assert_eq!(drill.dir, Path::new("/var/lib/resguardo/scratch"));
    let variables = [
        DATABASE,
        ("RESGUARDO_DRILL__DIR", "/scratch"),
        ("RESGUARDO_DRILL__CHECK__0__MAX_DROP_PERCENT", "12.5"),
        ("RESGUARDO_SCHEDULE__DRILL", "0 5 * * 0"),
    ];
    let config = good(toml, &variables).config;
    assert_eq!(config.drill.checks[0].expected.max_drop_percent, Some(12.5));
    assert_eq!((config.drill.dir.as_path(), config.schedule.drill.is_some()), (Path::new("/scratch"), true));
    let shown = config::show(&good(toml, &variables));
    assert!(shown.contains("[[drill.check]]") && shown.contains("min = 1.5"), "{shown}");
}

// The reference

#[test]
fn the_reference_gives_exactly_the_defaults() {
    let reference = good(REFERENCE, &[DATABASE]);
    let defaults = good("", &[DATABASE]);
    assert_eq!(format!("{:?}", reference.config), format!("{:?}", defaults.config));
    let shown = |loaded: &Loaded| {
        loaded.settings.iter().map(|Setting { key, shown, .. }| (key.clone(), shown.clone())).collect::<Vec<_>>()
    };
    assert_eq!(shown(&reference), shown(&defaults));
}

#[test]
fn the_reference_names_every_key_that_is_known_and_no_other() {
    let every_kind = "[[sqlite]]\npath = '/a.db'\n[[media]]\npath = '/m'\n[[files]]\npaths = ['/f']\n\
        [[webhook]]\nurl = 'https://x.pe'\n\
        [[drill.check]]\nsource = 'app'\nsql = 'SELECT 1'\nmin = 1\n\
        [[drill.media_check]]\nsource = 'app'\ncolumn = 'a.b'\nmedia = 'm'";
    let known: BTreeSet<String> =
        good(every_kind, &[DATABASE]).settings.iter().map(|setting| setting.key.replace(".0.", ".")).collect();
    assert_eq!(keys_of(REFERENCE), known);
}

#[test]
fn every_example_of_the_reference_stands() {
    let examples: Vec<String> = uncommented(REFERENCE)
        .lines()
        .filter(|line| {
            !["target_hour", "url_file", "password_file", "token_file"].iter().any(|key| line.starts_with(key))
        })
        .map(str::to_owned)
        .collect();
    let loaded = good(&examples.join("\n"), &[]);
    assert_eq!(loaded.config.media[0].exclude, ["cache/**"]);
}

#[test]
fn every_key_of_the_reference_has_a_comment() {
    let mut above = "";
    for line in REFERENCE.lines() {
        if uncommented(line).contains(" = ") && !line.starts_with("# ") {
            assert!(above.starts_with("# "), "no comment above {line}");
        }
        above = line;
    }
}

#[test]
fn the_shipped_file_stands() {
    let shipped = include_str!("../../config/backup.toml");
    good(shipped, &[DATABASE]);
    let in_compose = shipped.to_owned() + include_str!("../../config/compose.toml");
    let config = good(&in_compose, &[DATABASE]);
    assert_eq!((config.config.media.len(), config.config.files.len()), (1, 1));
}

/// The text with the keys that are commented out (`#key`, `#[[section]]`) put in force.
fn uncommented(text: &str) -> String {
    let in_force = |line: &'_ str| match line.strip_prefix('#') {
        Some(key) if !key.is_empty() && !key.starts_with(' ') => key.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(in_force).collect::<Vec<_>>().join("\n")
}

/// The dotted keys of a text, found by eye: sections and what stands before ` = `.
fn keys_of(text: &str) -> BTreeSet<String> {
    let mut section = String::new();
    let mut keys = BTreeSet::new();
    for line in uncommented(text).lines().filter(|line| !line.starts_with('#')) {
        if let Some((key, _)) = line.split_once(" = ") {
            keys.insert(format!("{section}{key}"));
        } else if line.starts_with('[') {
            section = format!("{}.", line.trim_matches(['[', ']']));
        }
    }
    keys
}
