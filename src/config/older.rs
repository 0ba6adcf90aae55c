//! The names that an application's `.env.prod` already has. They beat the file and yield to
//! `RESGUARDO_*`; a database comes whole from `DATABASE_URL`, else from `POSTGRES_*`, else from
//! the five `PG*`, and never from a mixture.

use figment::value::Dict;

use super::database_url::{self, DatabaseUrl, HOST_DEFAULT, PORT_DEFAULT, PostgresUrl};
use super::fault::{Fault, Faults, distance, shown};
use super::found::boolean;
use super::layer::{Rank, Variable};
use super::secret::Secret;
use super::variables::Variables;
use crate::domain::saying::Saying;

/// Each older name and the key it stands for.
const NAMES: [(&str, &str); 10] = [
    ("TARGET_HOUR", "schedule.target_hour"),
    ("BACKUP_RETENTION_DAYS", "retention.keep_days"),
    ("TZ", "timezone"),
    ("EMAIL_HOST", "mail.host"),
    ("EMAIL_PORT", "mail.port"),
    ("EMAIL_HOST_USER", "mail.user"),
    ("EMAIL_HOST_PASSWORD", "mail.password"),
    ("EMAIL_HOST_PASSWORD_FILE", "mail.password_file"),
    ("DEFAULT_FROM_EMAIL", "mail.from"),
    // Only where nobody else is to be told; hence of the weakest rank, below.
    ("DEFAULT_FROM_EMAIL", RECIPIENT),
];
const RECIPIENT: &str = "mail.to.0";

pub(super) const URL: &str = "DATABASE_URL";
pub(super) const URL_FILE: &str = "DATABASE_URL_FILE";
const STARTTLS: &str = "EMAIL_USE_TLS";
const TLS: &str = "EMAIL_USE_SSL";

/// One family of names for a PostgreSQL database.
pub(super) struct Family {
    pub(super) host: &'static str,
    pub(super) port: &'static str,
    pub(super) database: &'static str,
    user: &'static str,
    password: &'static str,
    password_file: &'static str,
}

pub(super) const FAMILIES: [Family; 2] = [
    Family {
        host: "POSTGRES_HOST",
        port: "POSTGRES_PORT",
        database: "POSTGRES_DB",
        user: "POSTGRES_USER",
        password: "POSTGRES_PASSWORD",
        password_file: "POSTGRES_PASSWORD_FILE",
    },
    Family {
        host: "PGHOST",
        port: "PGPORT",
        database: "PGDATABASE",
        user: "PGUSER",
        password: "PGPASSWORD",
        password_file: "PGPASSWORD_FILE",
    },
];
/// The user that every PostgreSQL server starts out with.
const USER_DEFAULT: &str = "postgres";
/// The shortest name that another is compared with.
const NEAR_CHARS_MIN: usize = 6;

/// What the older names say.
#[derive(Default)]
pub(super) struct Older {
    pub(super) values: Vec<Variable>,
    pub(super) faults: Faults,
    pub(super) notices: Vec<Saying>,
}

/// Reads the older names, given what file and `RESGUARDO_*` already say of databases.
pub(super) fn read(variables: &Variables, file: &Dict, own: &[Variable]) -> Older {
    let mut older = Older::default();
    for (name, key) in NAMES {
        let rank = if key == RECIPIENT { Rank::Fill } else { Rank::Older };
        older.give(variables, name, key, rank);
    }
    mail_security(variables, &mut older);
    let described = described(file, own);
    match described.as_slice() {
        [] => database(variables, file, &mut older),
        [only] => password(variables, only, &mut older),
        _ => passwords_of_none(variables, &mut older),
    }
    older.notices.extend(near_misses(variables));
    older
}

impl Older {
    /// Hands a variable on as it is, where it is set.
    fn give(&mut self, variables: &Variables, name: &str, key: &str, rank: Rank) {
        if let Some(value) = variables.get(name) {
            self.push(name, key, value, rank);
        }
    }

    fn push(&mut self, name: &str, key: &str, value: &str, rank: Rank) {
        self.values.push(Variable { name: name.to_owned(), key: key.to_owned(), value: value.to_owned(), rank });
    }

    fn fault(&mut self, key: &str, name: &str, saying: Saying) {
        self.faults.push(Fault::new(key, name, saying));
    }
}

/// Django's two switches are one choice: TLS by STARTTLS, or from the first byte.
fn mail_security(variables: &Variables, older: &mut Older) {
    const KEY: &str = "mail.security";
    let [starttls, tls] = [STARTTLS, TLS].map(|name| {
        let text = variables.get(name)?;
        let value = boolean(text);
        if value.is_none() {
            older.fault(KEY, name, Saying::new("fault-boolean").with("found", shown(text)));
        }
        value
    });
    let (name, security) = match (starttls, tls) {
        (Some(true), Some(true)) => {
            let saying = Saying::new("fault-both").with("other", STARTTLS);
            return older.fault(KEY, TLS, saying);
        }
        (_, Some(true)) => (TLS, "tls"),
        (Some(true), _) => (STARTTLS, "starttls"),
        (Some(false), _) => (STARTTLS, "none"),
        // Without EMAIL_USE_TLS nothing is said against our own default.
        (None, _) => return,
    };
    older.push(name, KEY, security, Rank::Older);
}

/// The keys of the PostgreSQL sources that file and `RESGUARDO_*` describe: each entry of the
/// file, and each that a variable gives an address.
pub(super) fn described(file: &Dict, own: &[Variable]) -> Vec<String> {
    let in_file = file.get("postgres").and_then(|entries| entries.as_dict());
    let mut entries: Vec<String> =
        in_file.into_iter().flat_map(Dict::keys).map(|index| format!("postgres.{index}")).collect();
    for variable in own {
        let address = variable.key.strip_suffix(".url").or_else(|| variable.key.strip_suffix(".url_file"));
        if let Some(entry) = address.filter(|entry| entry.starts_with("postgres.")) {
            entries.push(entry.to_owned());
        }
    }
    entries.sort();
    entries.dedup();
    entries
}

/// Whether a variable of this name is one of the older names.
pub(super) fn is_known(name: &str) -> bool {
    known().any(|known| known == name)
}

/// All older names.
fn known() -> impl Iterator<Item = &'static str> {
    let of_family = |f: &Family| [f.host, f.port, f.database, f.user, f.password, f.password_file];
    let single = NAMES.iter().map(|(name, _)| *name).chain([URL, URL_FILE, STARTTLS, TLS]);
    single.chain(FAMILIES.iter().flat_map(of_family))
}

/// Variables that were most likely meant to be an older name that is not set, one letter off.
fn near_misses(variables: &Variables) -> impl Iterator<Item = Saying> {
    variables.names().filter(|name| !is_known(name)).filter_map(|name| {
        // Around a short name every other is near: `TZ`, `TX`.
        let mut unset = known().filter(|near| near.len() >= NEAR_CHARS_MIN && variables.get(near).is_none());
        // How far it is takes a while to tell, and every start of the program asks of every variable.
        let is_as_long = |near: &str| near.len().abs_diff(name.chars().count()) <= 1;
        let near = unset.find(|near| is_as_long(near) && distance(name, near) == 1)?;
        Some(Saying::new("notice-near-name").with("name", name).with("near", near))
    })
}

/// One source from the first of the older ways to name a database.
fn database(variables: &Variables, file: &Dict, older: &mut Older) {
    match (variables.get(URL), variables.get(URL_FILE)) {
        (Some(_), Some(_)) => {
            return older.fault("postgres.0.url", URL, Saying::new("fault-both").with("other", URL_FILE));
        }
        (Some(url), None) => return address(URL, "postgres.0.url", url, file, older),
        (None, Some(path)) => return address(URL_FILE, "postgres.0.url_file", path, file, older),
        (None, None) => {}
    }
    if let Some(family) = FAMILIES.iter().find(|family| family.is_given(variables)) {
        database_of_family(variables, family, older);
    }
}

fn address(name: &str, key: &str, value: &str, file: &Dict, older: &mut Older) {
    let secret = if name == URL_FILE { Secret::File(value.into()) } else { Secret::value(value) };
    if let Err((saying, refused)) = secret.check(true) {
        return older.faults.push(Fault::new(key, name, saying).unreadable(refused));
    }
    match database_url::parse(&secret.read().unwrap_or_default()) {
        Ok(DatabaseUrl::Postgres(_)) => {
            older.push(name, key, value, Rank::Older);
        }
        // Where the file describes its SQLite sources itself, this one is among them.
        Ok(DatabaseUrl::Sqlite(_)) if file.contains_key("sqlite") => {}
        Ok(DatabaseUrl::Sqlite(path)) => {
            older.push(name, "sqlite.0.path", &path.to_string_lossy(), Rank::Older);
        }
        Err(saying) => older.fault(key, name, saying),
    }
}

/// An address made of single variables.
fn database_of_family(variables: &Variables, family: &Family, older: &mut Older) {
    let port = match variables.get(family.port).map(|text| (text, text.trim().parse())) {
        None => PORT_DEFAULT,
        Some((_, Ok(port))) if port > 0 => port,
        Some((text, _)) => {
            let saying = Saying::new("fault-integer").with("min", 1).with("max", u16::MAX).with("found", shown(text));
            return older.fault("postgres.0.url", family.port, saying);
        }
    };
    if variables.get(family.host).is_none() {
        older.notices.push(Saying::new("notice-host-default").with("name", family.host).with("host", HOST_DEFAULT));
    }
    let names = [family.host, family.port, family.user, family.database];
    let name = names.into_iter().filter(|name| variables.get(name).is_some()).collect::<Vec<_>>().join(", ");
    older.push(&name, "postgres.0.url", &family.url(variables, port).to_text(), Rank::Older);
    older.give(variables, family.password, "postgres.0.password", Rank::Older);
    older.give(variables, family.password_file, "postgres.0.password_file", Rank::Older);
}

/// The password of the one database described elsewhere, where it has none of its own.
fn password(variables: &Variables, entry: &str, older: &mut Older) {
    if let Some(family) = FAMILIES.iter().find(|family| family.password_name(variables).is_some()) {
        older.give(variables, family.password, &format!("{entry}.password"), Rank::Fill);
        older.give(variables, family.password_file, &format!("{entry}.password_file"), Rank::Fill);
    }
}

/// Which of several databases a password belongs to, nobody can say.
fn passwords_of_none(variables: &Variables, older: &mut Older) {
    for name in FAMILIES.iter().filter_map(|family| family.password_name(variables)) {
        older.notices.push(Saying::new("notice-password-of-none").with("name", name));
    }
}

impl Family {
    /// Whether it names a database.
    pub(super) fn is_given(&self, variables: &Variables) -> bool {
        variables.get(self.host).or(variables.get(self.database)).is_some()
    }

    /// The address it makes. What is missing is what PostgreSQL's own image takes: a user `postgres`, and
    /// a database named like its user.
    pub(super) fn url(&self, variables: &Variables, port: u16) -> PostgresUrl {
        let user = variables.get(self.user).unwrap_or(USER_DEFAULT);
        PostgresUrl {
            host: variables.get(self.host).unwrap_or(HOST_DEFAULT).to_owned(),
            port,
            user: user.to_owned(),
            password: None,
            database: variables.get(self.database).unwrap_or(user).to_owned(),
            ..PostgresUrl::default()
        }
    }

    fn password_name(&self, variables: &Variables) -> Option<&'static str> {
        [self.password, self.password_file].into_iter().find(|name| variables.get(name).is_some())
    }
}
