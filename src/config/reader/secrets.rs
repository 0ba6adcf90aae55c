//! Secrets of a table. Of a secret nothing is shown, also not of one that is of the wrong type.

use std::path::PathBuf;

use super::{Given, Table, quoted};
use crate::config::fault::DEFAULT;
use crate::config::secret::Secret;
use crate::config::{database_url, http_address};
use crate::domain::saying::Saying;

/// The one key that names a file with an address in it.
const URL_FILE: &str = "url_file";

impl Table<'_> {
    pub(in crate::config) fn password(&mut self) -> Option<Given<Secret>> {
        self.secret("password", "password_file", |_| "***".to_owned())
    }

    /// An address that may hold a password.
    pub(in crate::config) fn url(&mut self) -> Option<Given<Secret>> {
        self.secret("url", URL_FILE, database_url::masked)
    }

    /// An address that is a secret as a whole but for its host. `None` where none is given, or none that
    /// stands. With `is_topic` it has to lead to one.
    pub(in crate::config) fn http_address(&mut self, is_topic: bool) -> Option<Secret> {
        let Given { value: secret, origin, .. } = self.secret("url", URL_FILE, http_address::masked)?;
        let key = if secret.path().is_some() { URL_FILE } else { "url" };
        // One whose file cannot be read has been told of.
        let url = http_address::parse(&secret.read().ok()?);
        if let Err(saying) = url.and_then(|url| if is_topic { http_address::topic(&url).map(drop) } else { Ok(()) }) {
            self.fault(key, &origin, saying);
            return None;
        }
        Some(secret)
    }

    pub(in crate::config) fn token(&mut self) -> Option<Secret> {
        const KEYS: [&str; 2] = ["token", "token_file"];
        let Given { value: secret, origin, .. } = self.secret(KEYS[0], KEYS[1], |_| "***".to_owned())?;
        // No header could hold it. One whose file cannot be read has been told of.
        if secret.read().is_ok_and(|token| token.trim().contains(char::is_control)) {
            self.fault(KEYS[usize::from(secret.path().is_some())], &origin, Saying::new("fault-token"));
        }
        Some(secret)
    }

    /// A secret given as `key`, or in the file that `key_file` names. `show` makes of the text
    /// what may be seen of it.
    fn secret(
        &mut self,
        key: &'static str,
        key_file: &'static str,
        show: impl Fn(&str) -> String,
    ) -> Option<Given<Secret>> {
        let (text, file) = (self.secret_text(key, show), self.optional_text(key_file));
        match self.one_of((key, text), (key_file, file)) {
            (Some(text), _) => Some(Given { value: Secret::value(text.value), rank: text.rank, origin: text.origin }),
            (None, Some(file)) => {
                let secret = Secret::File(PathBuf::from(file.value));
                if let Err((saying, refused)) = secret.check(key_file == URL_FILE) {
                    self.fault_of_file(key_file, &file.origin, saying, refused);
                }
                Some(Given { value: secret, rank: file.rank, origin: file.origin })
            }
            (None, None) => None,
        }
    }

    fn secret_text(&mut self, key: &'static str, show: impl Fn(&str) -> String) -> Option<Given<String>> {
        let Some(found) = self.take(key) else {
            self.record(key, None, DEFAULT);
            return None;
        };
        let Some(text) = found.text() else {
            self.fault(key, &found.origin, Saying::new("fault-secret"));
            return None;
        };
        self.record(key, Some(quoted(&show(text))), &found.origin);
        Some(Given { value: text.to_owned(), rank: found.rank, origin: found.origin })
    }
}
