//! `[mail]`: how people are told.

use lettre::message::{Mailbox, Mailboxes};

use crate::config::reader::{Table, quoted};
use crate::config::{MailConfig, MailSecurity};
use crate::domain::saying::Saying;
use crate::domain::telling::ProofEvery;

const SECURITIES: [(&str, MailSecurity); 3] =
    [("starttls", MailSecurity::StartTls), ("tls", MailSecurity::Tls), ("none", MailSecurity::None)];
const PROOFS: [(&str, ProofEvery); 3] =
    [("weekly", ProofEvery::Week), ("monthly", ProofEvery::Month), ("never", ProofEvery::Never)];
/// More mails a day than this are read by nobody.
const MAILS_PER_DAY_MAX: u32 = 1000;

pub(super) fn read(table: &mut Table<'_>) -> MailConfig {
    let host = table.text("host", "");
    let security = table.word("security", &SECURITIES, MailSecurity::StartTls, "starttls");
    // The port that goes with the security, as mail servers have it.
    let port_default = match security {
        MailSecurity::StartTls => 587,
        MailSecurity::Tls => 465,
        MailSecurity::None => 25,
    };
    let port = table.integer("port", 1..=u16::MAX, port_default);
    let user = table.text("user", "");
    let password = table.password().map(|given| given.value);
    let empty_or_address = |text: &str| (text.is_empty() || is_address(text)).then(|| text.to_owned());
    let from = table.parsed("from", "", Saying::new("fault-address"), empty_or_address).unwrap_or_default();
    let to = table.texts("to", &Saying::new("fault-address"), |text| is_address(text) || several(text).is_some());
    let to: Vec<String> = to.into_iter().flat_map(|text| several(&text).unwrap_or_else(|| vec![text])).collect();
    let max_per_day = table.integer("max_per_day", 1..=MAILS_PER_DAY_MAX, 10);
    let proof = table.word("proof", &PROOFS, ProofEvery::Week, "weekly");

    // Whoever the mail server knows can be told, and can be named as the one who writes.
    let user_address = Some(user.as_str()).filter(|user| is_address(user));
    let user_origin = table.origin("user");
    let to = match user_address {
        Some(user) if to.is_empty() => {
            table.record("to", Some(format!("[{user:?}]")), &user_origin);
            vec![user.to_owned()]
        }
        _ => to,
    };
    let from = match (from.is_empty(), user_address) {
        (true, Some(user)) => {
            table.record("from", Some(quoted(user)), &user_origin);
            user.to_owned()
        }
        _ => from,
    };
    MailConfig { host, port, user, password, security, from, to, max_per_day, proof }
}

/// One variable names several as the head of a letter does, separated by commas.
fn several(text: &str) -> Option<Vec<String>> {
    let addresses = text.parse::<Mailboxes>().ok()?;
    let addresses: Vec<String> = addresses.iter().map(Mailbox::to_string).collect();
    (addresses.len() > 1).then_some(addresses)
}

fn is_address(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}
