//! Roles that a restore makes and that nobody can log in as: the set holds no passwords where the
//! role that backed up might not read them.

use std::collections::BTreeSet;

use crate::domain::restoring::listed;
use crate::domain::saying::Saying;
use crate::source::Remark;
use crate::source::postgres::load::{quoted, role};

/// The roles that these statements make without a password though they may log in, in one sentence
/// with the line that gives the first its own.
pub(super) fn missing(statements: &[Vec<u8>]) -> Option<Remark> {
    let says = |text: &[u8], word: &str| {
        text.split(u8::is_ascii_whitespace).any(|found| found.trim_ascii() == word.as_bytes())
    };
    let about = |word: &'static str| {
        statements
            .iter()
            .filter(move |text| says(text, word))
            .filter_map(|text| role(text))
            .collect::<BTreeSet<String>>()
    };
    let (may_log_in, have_one) = (about("LOGIN"), about("PASSWORD"));
    let without: Vec<&str> = may_log_in.difference(&have_one).map(String::as_str).collect();
    let first = without.first()?;
    let saying = Saying::new("warning-restore-passwords").with("first", quoted(first));
    let saying = saying.with("roles", listed(without.iter().copied()));
    Some(Remark { code: "restore_passwords", saying })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_log_in_and_has_no_password_is_named() {
        let named = |texts: &[&str]| {
            let statements: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
            missing(&statements).map(|remark| remark.saying.args)
        };
        let attributes = "WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS";
        let ana = format!("ALTER ROLE ana {attributes}");
        let told = named(&["CREATE ROLE ana", &ana, "CREATE ROLE readers", "ALTER ROLE readers WITH NOLOGIN"]).unwrap();
        assert_eq!(told, [("first", "\"ana\"".to_owned()), ("roles", "ana".to_owned())]);
        let with_one = format!("{ana} PASSWORD 'SCRAM-SHA-256$4096:x'");
        assert_eq!(named(&["CREATE ROLE ana", &with_one]), None);
        assert_eq!(named(&[]), None);
    }
}
