//! SQL without what this server or this role cannot carry out: owners that cannot be set,
//! tablespaces that are not there, what stays as it stands, what asks other servers. Everything else passes byte by byte; rows
//! and the inside of strings and bodies are never looked at. Where the dump is loaded within a
//! transaction of ours, nothing that would end it passes ([`super::within`]).

mod roles;

use std::collections::BTreeSet;
use std::io::{self, Read};

use super::lexer::{Lexer, Seen};
use super::load::quoted;
use super::rows::Rows;
use super::statement;
use super::within::Within;

/// A statement that may be left out is held until it ends; a longer one passes.
const HELD_BYTES_MAX: usize = 64 * 1024;
const PIECE_BYTES: usize = 64 * 1024;
const TABLESPACE: &[u8] = b"SET default_tablespace = ";
/// How what may be left out begins.
const STARTS: [&[u8]; 2] = [b"ALTER ", TABLESPACE];
/// What a database holds that can ask other servers: a dump makes it before it is used.
const ASKERS: [&[u8]; 2] = [b"CREATE SERVER ", b"CREATE EXTENSION IF NOT EXISTS dblink "];
/// By what word it does, and with whose password.
const ASKS: [&[u8]; 2] = [REFRESH, b"CREATE USER MAPPING "];
const REFRESH: &[u8] = b"REFRESH MATERIALIZED VIEW ";
/// The same where something stays as it stands.
const STARTS_IN_PLACE: [&[u8]; 8] =
    [b"CREATE EXTENSION ", b"CREATE SCHEMA ", b"COMMENT ON ", b"GRANT ", b"REVOKE ", b"COPY ", b"BEGIN", b"COMMIT"];

/// What is left out.
#[derive(Debug, Clone, Default)]
pub(super) struct Leave {
    pub(super) owners: bool,
    /// Every tablespace but these, where the ones that are here are known to be too few.
    pub(super) tablespaces_but: Option<BTreeSet<String>>,
    /// Loaded in place, within a transaction of ours: what stays, and is not made again.
    pub(super) stays: Option<Stays>,
    /// What would ask other servers, where the dump makes something that can.
    pub(super) asks_others: bool,
    /// Where the roles that a dump names are not known, each but these is made before it is named. They
    /// may do nothing.
    pub(super) roles_but: Option<BTreeSet<String>>,
}

/// What stays as it stands where a dump is loaded in place.
#[derive(Debug, Clone, Default)]
pub(super) struct Stays {
    pub(super) extensions: BTreeSet<String>,
    /// They are not made again, but owned, commented and granted as the dump says.
    pub(super) schemas: BTreeSet<String>,
    /// Of these nothing is said again.
    pub(super) untouched: BTreeSet<String>,
    /// Tables that stay as empty as they are.
    pub(super) closed: BTreeSet<(String, String)>,
}

impl Stays {
    fn has(&self, text: &[u8]) -> bool {
        let is_one_of = |start: &[u8], names: &BTreeSet<String>| {
            let rest = text.strip_prefix(start)?;
            Some(names.contains(&statement::name(rest)?.0))
        };
        let of_schema = || {
            let is_grant = text.starts_with(b"GRANT ") || text.starts_with(b"REVOKE ");
            let at = is_grant.then(|| memchr::memmem::find(text, b" ON SCHEMA "))??;
            let (name, _) = statement::name(&text[at + b" ON SCHEMA ".len()..])?;
            Some(self.untouched.contains(&name))
        };
        let found = [
            is_one_of(b"CREATE EXTENSION IF NOT EXISTS ", &self.extensions),
            is_one_of(b"COMMENT ON EXTENSION ", &self.extensions),
            is_one_of(b"CREATE SCHEMA ", &self.schemas),
            is_one_of(b"ALTER SCHEMA ", &self.untouched),
            is_one_of(b"COMMENT ON SCHEMA ", &self.untouched),
            of_schema(),
        ];
        found.contains(&Some(true))
    }

    fn keeps_out(&self, copy: &[u8]) -> bool {
        statement::copy(copy).is_some_and(|copy| self.closed.contains(&(copy.schema, copy.table)))
    }
}

impl Leave {
    pub(super) fn nothing(&self) -> bool {
        !self.owners
            && self.tablespaces_but.is_none()
            && self.stays.is_none()
            && !self.asks_others
            && self.roles_but.is_none()
    }

    /// Whether it is found in the text alone: `pg_restore` can leave out owners and tablespaces itself.
    pub(super) fn is_in_its_text(&self) -> bool {
        self.asks_others || self.roles_but.is_some()
    }

    /// What stands in the place of a statement; `None` where it stays.
    fn instead(&self, text: &[u8]) -> Option<&'static [u8]> {
        if let (Some(here), Some(rest)) = (&self.tablespaces_but, text.strip_prefix(TABLESPACE)) {
            let is_named = !rest.starts_with(b"'");
            let (name, _) = statement::name(rest)?;
            return (is_named && !here.contains(&name)).then_some(b"\nSET default_tablespace = '';");
        }
        if self.stays.as_ref().is_some_and(|stays| stays.has(text)) {
            return Some(b"");
        }
        let owner = text.starts_with(b"ALTER ").then(|| memchr::memmem::rfind(text, b" OWNER TO "))??;
        let (_, after) = statement::name(&text[owner + b" OWNER TO ".len()..])?;
        (self.owners && after.is_empty()).then_some(b"")
    }
}

/// Reads SQL, leaving out.
pub(super) struct Without<'a, R> {
    raw: R,
    leave: &'a Leave,
    lexer: Lexer,
    rows: Option<Rows>,
    /// The rows that come are left out: there must be none.
    is_closed: bool,
    /// The dump has made what can ask other servers.
    is_asker: bool,
    /// The roles that were made.
    made: BTreeSet<String>,
    left_empty: u64,
    /// Where nothing may end the transaction.
    within: Option<Within>,
    /// Why it does not go on.
    refused: Option<String>,
    /// The statement so far, where it may be left out.
    held: Vec<u8>,
    is_passing: bool,
    out: Vec<u8>,
    given: usize,
    piece: Box<[u8]>,
}

impl<'a, R: Read> Without<'a, R> {
    pub(super) fn new(raw: R, leave: &'a Leave) -> Self {
        Self {
            raw,
            leave,
            lexer: Lexer::new(),
            rows: None,
            is_closed: false,
            is_asker: false,
            made: BTreeSet::new(),
            left_empty: 0,
            within: leave.stays.as_ref().map(|_| Within::default()),
            refused: None,
            held: Vec::new(),
            is_passing: false,
            out: Vec::new(),
            given: 0,
            piece: vec![0; PIECE_BYTES].into_boxed_slice(),
        }
    }

    /// How many materialized views were not filled.
    pub(super) fn left_empty(&self) -> u64 {
        self.left_empty
    }

    fn take(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() && self.refused.is_none() {
            let used = match &mut self.rows {
                Some(rows) => {
                    let (used, has_ended) = rows.push(rest);
                    if !self.is_closed {
                        self.out.extend_from_slice(&rest[..used]);
                    } else if rows.count > 0 {
                        self.refused = Some("it holds rows of a table of an extension that stays".to_owned());
                    }
                    if has_ended {
                        self.rows = None;
                    }
                    used
                }
                None => self.sql(rest),
            };
            rest = &rest[used..];
        }
    }

    fn sql(&mut self, rest: &[u8]) -> usize {
        let (used, seen) = self.lexer.push(rest);
        self.held.extend_from_slice(&rest[..used]);
        match seen {
            Seen::Statement => {
                let text = self.lexer.text();
                let ours = self.within.as_mut().map_or(Ok(false), |within| within.statement(text, self.lexer.is_stray));
                let Ok(is_ours) = ours.map_err(|why| self.refused = Some(why)) else { return used };
                self.is_closed = self.leave.stays.as_ref().is_some_and(|stays| stays.keeps_out(text));
                let is_one = |starts: &[&[u8]]| self.leave.asks_others && begins_with(text, starts);
                let asks = is_one(&ASKS) && self.is_asker;
                self.is_asker |= is_one(&ASKERS);
                self.left_empty += u64::from(asks && text.starts_with(REFRESH));
                let is_left_out = !self.is_passing && (is_ours || self.is_closed || asks);
                let instead = if self.is_passing { None } else { self.leave.instead(text) };
                let instead = if is_left_out { Some(&b""[..]) } else { instead };
                if let Some(here) = self.leave.roles_but.as_ref().filter(|_| !self.is_passing && instead.is_none()) {
                    for role in roles::named(text) {
                        if !here.contains(&role) && self.made.insert(role.clone()) {
                            self.out.extend_from_slice(format!("\nCREATE ROLE {};", quoted(&role)).as_bytes());
                        }
                    }
                }
                self.out.extend_from_slice(instead.unwrap_or(&self.held));
                if statement::is_copy(text) {
                    self.rows = Some(Rows::new());
                }
                self.held.clear();
                self.is_passing = false;
            }
            Seen::Meta => {
                let ours = self.within.as_ref().map_or(Ok(()), |_| Within::meta(self.lexer.line()));
                if ours.map_err(|why| self.refused = Some(why)).is_ok() {
                    self.pass();
                }
            }
            Seen::Comment => self.pass(),
            Seen::Nothing | Seen::Literal(_) => {
                let text = self.lexer.text();
                let in_place: &[&[u8]] = if self.within.is_some() { &STARTS_IN_PLACE } else { &[] };
                let begins = |start: &&[u8]| start.iter().zip(text).all(|(a, b)| a == b);
                let asking: &[&[u8]] = if self.leave.asks_others { &ASKS } else { &[] };
                let naming: &[&[u8]] = if self.leave.roles_but.is_some() { &roles::STARTS } else { &[] };
                let may_be = STARTS.iter().chain(in_place).chain(asking).chain(naming).any(begins);
                if !may_be || self.held.len() > HELD_BYTES_MAX {
                    self.is_passing = true;
                }
                if self.is_passing {
                    self.pass();
                }
            }
        }
        used
    }

    fn pass(&mut self) {
        self.out.append(&mut self.held);
    }
}

impl<R: Read> Read for Without<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() {
            if let Some(why) = &self.refused {
                return Err(io::Error::new(io::ErrorKind::InvalidData, why.clone()));
            }
            self.out.clear();
            self.given = 0;
            let read = self.raw.read(&mut self.piece)?;
            if read == 0 {
                self.pass();
                if self.out.is_empty() {
                    return Ok(0);
                }
            }
            let piece = std::mem::take(&mut self.piece);
            self.take(&piece[..read]);
            self.piece = piece;
        }
        let read = (&self.out[self.given..]).read(into)?;
        self.given += read;
        Ok(read)
    }
}

fn begins_with(text: &[u8], starts: &[&[u8]]) -> bool {
    starts.iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests;
