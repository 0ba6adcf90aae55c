//! Addresses that messages are posted to: `https://hooks.slack.com/services/T0/B0/secret`. Whoever
//! knows one may use it, so nothing of it is ever shown but the host.

use url::Url;

use crate::domain::saying::Saying;

/// Reads an address.
///
/// # Errors
/// With what is expected; never with a part of the address.
pub fn parse(text: &str) -> Result<Url, Saying> {
    let text = text.trim();
    if text.starts_with(['"', '\'']) {
        return Err(Saying::new("fault-url-quoted"));
    }
    let is_usable = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    Url::parse(text).ok().filter(is_usable).ok_or_else(|| Saying::new("fault-http-address"))
}

/// The last part of its path, as ntfy has it.
///
/// # Errors
/// Where it has none.
pub fn topic(url: &Url) -> Result<&str, Saying> {
    let last = url.path_segments().and_then(|segments| segments.rev().find(|segment| !segment.is_empty()));
    last.ok_or_else(|| Saying::new("fault-http-topic"))
}

/// The host an address leads to, with its port where that is not the usual one.
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// An address as it may be shown. One that cannot be read is not shown at all.
pub(super) fn masked(text: &str) -> String {
    parse(text).map_or_else(|_| "***".to_owned(), |url| format!("{}://{}/***", url.scheme(), host(&url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_the_host_is_shown() {
        for (text, shown) in [
            ("https://hooks.example.org/services/T0/hunter2", "https://hooks.example.org/***"),
            (" http://ana:hunter2@127.0.0.1:8443/?token=hunter2#hunter2\n", "http://127.0.0.1:8443/***"),
            ("https://[::1]:9/hunter2", "https://[::1]:9/***"),
            ("hunter2", "***"),
            ("ftp://hunter2/", "***"),
            ("https:///", "***"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn what_is_no_address_is_told_without_it() {
        for text in ["", "hunter2", "mailto:hunter2@x", "https://", "https://hunter2:port/"] {
            assert_eq!(parse(text), Err(Saying::new("fault-http-address")), "{text}");
        }
        assert_eq!(parse("'https://x/'"), Err(Saying::new("fault-url-quoted")));
    }
}
