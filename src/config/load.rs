//! From file and environment to settings: read, merge, judge. The environment is read here and
//! nowhere else.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use figment::{Figment, Profile, Provider};

use super::fault::{DEFAULT, Fault, Faults};
use super::layer::{File, Rank};
use super::reader::{self, Setting};
use super::variables::{CONFIG_FILE, LANGUAGE, Variables, is_own};
use super::{Config, Language, Origins, older, passed_over, section};
use crate::domain::saying::Saying;

/// The file in force where nobody names another; missing, it is none.
pub const DEFAULT_FILE: &str = "config/backup.toml";
/// Variables by which a terminal says in what language it is to be spoken to, the stronger first.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// Settings in force, and how they came about.
#[derive(Debug)]
pub struct Loaded {
    pub config: Config,
    pub origins: Origins,
    /// What an operator should know of the text although it stands.
    pub notices: Vec<Saying>,
    /// Every known key, in the order of the file.
    pub settings: Vec<Setting>,
}

/// Loads the settings from the process's environment and the file that the command line, the
/// environment or nobody names.
///
/// # Errors
/// With every fault of the text.
pub fn load_from_environment(file: Option<&Path>) -> Result<Loaded, Faults> {
    let mut faults = Faults::new();
    let mut environment = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => environment.push((name, value)),
            Err(_) if is_own(&name) || older::is_known(&name) => {
                faults.push(Fault::new("", name, Saying::new("fault-not-utf8")));
            }
            Err(_) => {}
        }
    }
    match load(file, environment) {
        Ok(loaded) if faults.is_empty() => Ok(loaded),
        Ok(_) => Err(faults),
        Err(more) => Err(faults.into_iter().chain(more).collect()),
    }
}

/// Loads the settings from this environment and this file.
///
/// # Errors
/// With every fault of the text.
pub fn load(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Loaded, Faults> {
    let variables = Variables::new(environment);
    // Without a tree to read, every further fault would be a guess.
    let file = read_file(file, &variables).map_err(|fault| vec![fault])?;
    let own = variables.own();
    let older = older::read(&variables, &file.tree, &own);

    let passed_over = passed_over::notice(&variables, &file.tree, &own);
    let no_source = file.no_source();
    let mut layers = Figment::new();
    for fill in older.values.iter().filter(|value| value.rank == Rank::Fill) {
        layers = layers.merge(fill.clone());
    }
    layers = layers.merge(file);
    for variable in older.values.into_iter().filter(|value| value.rank != Rank::Fill).chain(own) {
        layers = layers.merge(variable);
    }
    let tree = layers.data().ok().and_then(|mut profiles| profiles.remove(&Profile::Default)).unwrap_or_default();

    let database_faulty = older.faults.iter().any(|fault| fault.key.starts_with("postgres"));
    let (config, ledger) = reader::read(layers, tree, |root| section::read(root, database_faulty, no_source));
    let faults: Faults = older.faults.into_iter().chain(ledger.faults).collect();
    let Some(config) = config.filter(|_| faults.is_empty()) else { return Err(faults) };
    let in_force = ledger.settings.iter().filter(|setting| setting.shown.is_some());
    let origins = in_force.map(|setting| (setting.key.clone(), setting.origin.clone())).collect();
    let notices = older.notices.into_iter().chain(passed_over).collect();
    Ok(Loaded { config, origins, notices, settings: ledger.settings })
}

/// The language of whoever is told before there are settings, of their faults or of how the program is
/// called: that which environment or file ask for, faults or not, and where neither does, his terminal's.
pub fn language_of_reader(file: Option<&Path>) -> Language {
    let readable = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    let variables = Variables::new(std::env::vars_os().filter_map(readable));
    asked_language(file, &variables).or_else(|| locale_language(&variables)).unwrap_or_default()
}

fn asked_language(file: Option<&Path>, variables: &Variables) -> Option<Language> {
    let in_file = || read_file(file, variables).ok()?.tree.get("language")?.as_str().map(str::to_owned);
    of_code(variables.get(LANGUAGE).map(str::to_owned).or_else(in_file)?.trim())
}

/// Of `es_PE.UTF-8` the first part is the language; `C` and `POSIX` are none.
fn locale_language(variables: &Variables) -> Option<Language> {
    of_code(LOCALE.iter().find_map(|name| variables.get(name))?.split(['_', '.', '@']).next()?)
}

fn of_code(code: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language.code() == code)
}

fn read_file(file: Option<&Path>, variables: &Variables) -> Result<File, Fault> {
    match (file, variables.get(CONFIG_FILE)) {
        (Some(path), _) => File::read(path, "--config"),
        (None, Some(path)) => File::read(&PathBuf::from(path), CONFIG_FILE),
        (None, None) if Path::new(DEFAULT_FILE).try_exists().unwrap_or(true) => {
            File::read(Path::new(DEFAULT_FILE), DEFAULT)
        }
        (None, None) => Ok(File::absent(Path::new(DEFAULT_FILE))),
    }
}
