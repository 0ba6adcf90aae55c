//! SQL without what this server or this role cannot carry out: owners that cannot be set,
//! tablespaces that are not there. Everything else passes byte by byte; rows and the inside of
//! strings and bodies are never looked at.

use std::collections::BTreeSet;
use std::io::{self, Read};

use super::lexer::{Lexer, Seen};
use super::rows::Rows;
use super::statement;

/// A statement that may be left out is held until it ends; a longer one passes.
const HELD_BYTES_MAX: usize = 64 * 1024;
const PIECE_BYTES: usize = 64 * 1024;
const TABLESPACE: &[u8] = b"SET default_tablespace = ";
/// How what may be left out begins.
const STARTS: [&[u8]; 2] = [b"ALTER ", TABLESPACE];

/// What is left out.
#[derive(Debug, Clone, Default)]
pub(super) struct Leave {
    pub(super) owners: bool,
    /// Every tablespace but these, where the ones that are here are known to be too few.
    pub(super) tablespaces_but: Option<BTreeSet<String>>,
}

impl Leave {
    pub(super) fn nothing(&self) -> bool {
        !self.owners && self.tablespaces_but.is_none()
    }

    /// What stands in the place of a statement; `None` where it stays.
    fn instead(&self, text: &[u8]) -> Option<&'static [u8]> {
        if let (Some(here), Some(rest)) = (&self.tablespaces_but, text.strip_prefix(TABLESPACE)) {
            let is_named = !rest.starts_with(b"'");
            let (name, _) = statement::name(rest)?;
            return (is_named && !here.contains(&name)).then_some(b"\nSET default_tablespace = '';");
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
            held: Vec::new(),
            is_passing: false,
            out: Vec::new(),
            given: 0,
            piece: vec![0; PIECE_BYTES].into_boxed_slice(),
        }
    }

    fn take(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() {
            let used = match &mut self.rows {
                Some(rows) => {
                    let (used, has_ended) = rows.push(rest);
                    self.out.extend_from_slice(&rest[..used]);
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
                let instead = if self.is_passing { None } else { self.leave.instead(text) };
                self.out.extend_from_slice(instead.unwrap_or(&self.held));
                if statement::is_copy(text) {
                    self.rows = Some(Rows::new());
                }
                self.held.clear();
                self.is_passing = false;
            }
            Seen::Comment | Seen::Meta => self.pass(),
            Seen::Nothing | Seen::Literal(_) => {
                let text = self.lexer.text();
                let may_be = STARTS.iter().any(|start| start.iter().zip(text).all(|(a, b)| a == b));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut into[..1])
        }
    }

    const DUMP: &str = "--\n-- x\n--\n\n\\restrict a\n\nSET default_tablespace = fast;\n
ALTER TABLE public.\"a OWNER TO b\" OWNER TO \"some; one\";
ALTER TABLE public.t ADD CHECK (x <> ' OWNER TO app');
SET default_tablespace = '';
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$
ALTER TABLE public.t OWNER TO app;
$$;
COPY public.t (x) FROM stdin;
ALTER TABLE public.t OWNER TO app;
SET default_tablespace = fast;
\\.

SET default_tablespace = slow;
ALTER FUNCTION public.f() OWNER TO app;

--
-- PostgreSQL database dump complete
--

\\unrestrict a
";

    fn read(leave: &Leave) -> String {
        let (mut whole, mut slow) = (String::new(), String::new());
        Without::new(DUMP.as_bytes(), leave).read_to_string(&mut whole).unwrap();
        Without::new(Slow(DUMP.as_bytes()), leave).read_to_string(&mut slow).unwrap();
        assert_eq!(whole, slow);
        whole
    }

    #[test]
    fn only_what_is_to_be_left_out_is() {
        assert_eq!(read(&Leave::default()), DUMP);
        let owners = read(&Leave { owners: true, tablespaces_but: None });
        let without = DUMP
            .replace("\n\nALTER TABLE public.\"a OWNER TO b\" OWNER TO \"some; one\";", "")
            .replace("\nALTER FUNCTION public.f() OWNER TO app;", "");
        assert_eq!(owners, without);
        let here = BTreeSet::from(["slow".to_owned()]);
        let tablespaces = read(&Leave { owners: false, tablespaces_but: Some(here) });
        assert_eq!(tablespaces, DUMP.replacen("SET default_tablespace = fast;", "SET default_tablespace = '';", 1));
    }
}
