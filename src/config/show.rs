//! The settings in force as text: TOML, with the origin of each value behind it and `***` where
//! a secret stands; and the reference of all keys.

use super::load::Loaded;

/// Every key with its default and a comment.
pub const REFERENCE: &str = include_str!("../../config/reference.toml");

/// Every value in force with its origin.
pub fn show(loaded: &Loaded) -> String {
    let mut lines = Vec::new();
    let mut section = "";
    for setting in &loaded.settings {
        let Some(shown) = &setting.shown else { continue };
        let (path, key) = setting.key.rsplit_once('.').unwrap_or(("", &setting.key));
        if path != section {
            section = path;
            lines.push(match path.rsplit_once('.') {
                Some((list, _)) => format!("\n[[{list}]]"),
                None => format!("\n[{path}]"),
            });
        }
        lines.push(format!("{:<40} # {}", format!("{key} = {shown}"), setting.origin));
    }
    lines.join("\n") + "\n"
}
