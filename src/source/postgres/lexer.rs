//! A small lexer of plain SQL as `pg_dump` writes it, fed with pieces of any size. It knows just enough (strings,
//! quoted names, dollar quotes, comments) to tell where a statement begins and ends, so that a function body or a
//! comment that looks like a COPY line is never taken for one. It never looks into COPY rows (see `rows`) and
//! never holds more than [`TEXT_BYTES_MAX`].

/// So much of a statement is kept. The longest that matters is a COPY line: 1,600 columns, each
/// a quoted name of 63 bytes, all of them quotes.
const TEXT_BYTES_MAX: usize = 256 * 1024;

/// Splits a stream of SQL into what is worth looking at.
pub(super) struct Lexer {
    state: State,
    /// The statement so far, without comments and leading space.
    text: Vec<u8>,
    /// A comment or meta-command so far; the tag of an open dollar quote.
    line: Vec<u8>,
    /// The last thing seen was a whole statement: its text makes room with the next byte.
    ended: bool,
    parentheses: u32,
    /// Length of the name or number that ends here.
    word: u32,
    last: u8,
    standard_strings: bool,
    /// psql would have found a command of its own within a statement.
    pub(super) is_stray: bool,
}

/// What was found in a piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen<'a> {
    Nothing,
    /// A statement ended; [`Lexer::text`] holds it without its semicolon.
    Statement,
    /// A part of the inside of a string, as written; [`Lexer::text`] holds what stands before.
    Literal(&'a [u8]),
    /// A `--` comment between two statements; [`Lexer::line`] holds it.
    Comment,
    /// A command of psql's own; [`Lexer::line`] holds it.
    Meta,
}

#[derive(Clone, Copy)]
enum State {
    Ground,
    /// After a `-` or `/` that may begin a comment.
    Dash,
    Slash,
    LineComment,
    BlockComment {
        depth: u32,
        last: u8,
    },
    String {
        escapes: bool,
    },
    /// After a backslash in a string with escapes.
    Escape,
    /// After a quote that ends a string unless another follows.
    StringEnd {
        escapes: bool,
    },
    Name,
    /// After a `$` that may open a dollar quote.
    Tag,
    /// In a dollar quote, so many bytes into what may be its end.
    Body {
        matched: usize,
    },
    Meta,
}

impl Lexer {
    pub(super) fn new() -> Self {
        Self {
            state: State::Ground,
            text: Vec::new(),
            line: Vec::new(),
            ended: false,
            parentheses: 0,
            word: 0,
            last: 0,
            standard_strings: true,
            is_stray: false,
        }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn is_outside(&self) -> bool {
        matches!(self.state, State::Ground | State::StringEnd { .. })
    }

    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Reads on until something is worth looking at; returns how many bytes that took.
    pub(super) fn push<'a>(&mut self, piece: &'a [u8]) -> (usize, Seen<'a>) {
        if self.ended && !piece.is_empty() {
            self.ended = false;
            self.text.clear();
        }
        let mut used = 0;
        while used < piece.len() {
            let (more, seen) = self.step(&piece[used..]);
            used += more;
            if seen != Seen::Nothing {
                return (used, seen);
            }
        }
        (used, Seen::Nothing)
    }

    /// One step on a piece that is not empty. It takes at least a byte or changes state.
    fn step<'a>(&mut self, rest: &'a [u8]) -> (usize, Seen<'a>) {
        let byte = rest[0];
        match self.state {
            State::Ground => (1, self.ground(byte)),
            State::Dash if byte == b'-' => self.enter_line(State::LineComment, b"--"),
            State::Dash => self.back_to_ground(b"-"),
            State::Slash if byte == b'*' => {
                self.state = State::BlockComment { depth: 1, last: 0 };
                (1, Seen::Nothing)
            }
            State::Slash => self.back_to_ground(b"/"),
            State::LineComment => self.rest_of_line(rest, Seen::Comment),
            State::Meta => self.rest_of_line(rest, Seen::Meta),
            State::BlockComment { depth, last } => {
                self.state = match (last, byte, depth) {
                    (b'*', b'/', 1) => State::Ground,
                    (b'*', b'/', _) => State::BlockComment { depth: depth - 1, last: 0 },
                    (b'/', b'*', _) => State::BlockComment { depth: depth.saturating_add(1), last: 0 },
                    _ => State::BlockComment { depth, last: byte },
                };
                (1, Seen::Nothing)
            }
            State::String { escapes } => self.string(rest, escapes),
            State::Escape => {
                self.keep(&rest[..1]);
                self.state = State::String { escapes: true };
                (1, Seen::Nothing)
            }
            State::StringEnd { escapes } if byte == b'\'' => {
                self.keep(b"'");
                self.state = State::String { escapes };
                (1, Seen::Nothing)
            }
            State::StringEnd { .. } => self.back_to_ground(b""),
            State::Name => {
                let end = memchr::memchr(b'"', rest);
                let used = end.map_or(rest.len(), |quote| quote + 1);
                self.keep(&rest[..used]);
                if end.is_some() {
                    // A doubled quote opens the name again at once: the same to us.
                    self.state = State::Ground;
                }
                (used, Seen::Nothing)
            }
            State::Tag => self.tag(byte),
            State::Body { matched } => self.body(rest, matched),
        }
    }

    fn ground<'a>(&mut self, byte: u8) -> Seen<'a> {
        let word = std::mem::take(&mut self.word);
        let last = std::mem::replace(&mut self.last, byte);
        match byte {
            b'\'' => {
                let marked = word == 1 && last.eq_ignore_ascii_case(&b'e');
                self.state = State::String { escapes: marked || !self.standard_strings };
            }
            b'"' => self.state = State::Name,
            b'-' => {
                self.state = State::Dash;
                return Seen::Nothing;
            }
            b'/' => {
                self.state = State::Slash;
                return Seen::Nothing;
            }
            b'$' if word == 0 => {
                self.line.clear();
                self.line.push(byte);
                self.state = State::Tag;
                return Seen::Nothing;
            }
            b'\\' => {
                self.is_stray = !self.text.is_empty();
                self.line.clear();
                self.line.push(byte);
                self.state = State::Meta;
                return Seen::Nothing;
            }
            b'(' => self.parentheses = self.parentheses.saturating_add(1),
            b')' => self.parentheses = self.parentheses.saturating_sub(1),
            b';' if self.parentheses == 0 => {
                self.ended = true;
                match self.text.as_slice() {
                    b"SET standard_conforming_strings = on" => self.standard_strings = true,
                    b"SET standard_conforming_strings = off" => self.standard_strings = false,
                    _ => {}
                }
                return Seen::Statement;
            }
            _ if byte.is_ascii_whitespace() && self.text.is_empty() => return Seen::Nothing,
            _ if is_word(byte) => self.word = word.saturating_add(1),
            _ => {}
        }
        self.keep(&[byte]);
        Seen::Nothing
    }

    fn enter_line<'a>(&mut self, state: State, start: &[u8]) -> (usize, Seen<'a>) {
        self.line.clear();
        self.line.extend_from_slice(start);
        self.state = state;
        (1, Seen::Nothing)
    }

    fn back_to_ground<'a>(&mut self, held: &[u8]) -> (usize, Seen<'a>) {
        self.keep(held);
        self.state = State::Ground;
        (0, Seen::Nothing)
    }

    /// The rest of a comment or meta-command. A comment within a statement is mere space.
    fn rest_of_line<'a>(&mut self, rest: &[u8], whole: Seen<'a>) -> (usize, Seen<'a>) {
        let end = memchr::memchr(b'\n', rest);
        append(&mut self.line, &rest[..end.unwrap_or(rest.len())]);
        let Some(end) = end else { return (rest.len(), Seen::Nothing) };
        self.state = State::Ground;
        if self.text.is_empty() {
            return (end + 1, whole);
        }
        self.keep(b"\n");
        (end + 1, Seen::Nothing)
    }

    fn string<'a>(&mut self, rest: &'a [u8], escapes: bool) -> (usize, Seen<'a>) {
        let end = if escapes { memchr::memchr2(b'\'', b'\\', rest) } else { memchr::memchr(b'\'', rest) };
        let inside = &rest[..end.unwrap_or(rest.len())];
        let used = end.map_or(rest.len(), |end| end + 1);
        self.keep(&rest[..used]);
        match end.map(|end| rest[end]) {
            Some(b'\'') => self.state = State::StringEnd { escapes },
            Some(_) => self.state = State::Escape,
            None => {}
        }
        (used, if inside.is_empty() { Seen::Nothing } else { Seen::Literal(inside) })
    }

    fn tag<'a>(&mut self, byte: u8) -> (usize, Seen<'a>) {
        let is_first = self.line.len() == 1;
        if byte == b'$' {
            self.line.push(byte);
            let tag = std::mem::take(&mut self.line);
            self.keep(&tag);
            self.line = tag;
            self.state = State::Body { matched: 0 };
            (1, Seen::Nothing)
        } else if is_word(byte) && !(is_first && byte.is_ascii_digit()) && self.line.len() < TEXT_BYTES_MAX {
            self.line.push(byte);
            (1, Seen::Nothing)
        } else {
            let held = std::mem::take(&mut self.line);
            self.back_to_ground(&held)
        }
    }

    /// A dollar quote holds a `$` only at its two ends, so a failed match can only begin anew at
    /// the byte that failed it.
    fn body<'a>(&mut self, rest: &[u8], matched: usize) -> (usize, Seen<'a>) {
        if matched == 0 {
            let start = memchr::memchr(b'$', rest);
            let used = start.map_or(rest.len(), |start| start + 1);
            self.keep(&rest[..used]);
            self.state = State::Body { matched: usize::from(start.is_some()) };
            return (used, Seen::Nothing);
        }
        self.keep(&rest[..1]);
        self.state = if rest[0] != self.line[matched] {
            State::Body { matched: usize::from(rest[0] == b'$') }
        } else if matched + 1 == self.line.len() {
            State::Ground
        } else {
            State::Body { matched: matched + 1 }
        };
        (1, Seen::Nothing)
    }

    fn keep(&mut self, bytes: &[u8]) {
        append(&mut self.text, bytes);
    }
}

fn append(to: &mut Vec<u8>, bytes: &[u8]) {
    let room = TEXT_BYTES_MAX.saturating_sub(to.len());
    to.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// What a name without quotes may hold; every byte of a character beyond ASCII counts.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is seen of a text, with the parts of one string joined.
    fn trace<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<(&'static str, Vec<u8>)> {
        let mut lexer = Lexer::new();
        let mut seen_so_far: Vec<(&'static str, Vec<u8>)> = Vec::new();
        for piece in pieces {
            let mut rest = piece;
            while !rest.is_empty() {
                let (used, seen) = lexer.push(rest);
                match seen {
                    Seen::Nothing => {}
                    Seen::Statement => seen_so_far.push(("statement", lexer.text().to_vec())),
                    Seen::Comment => seen_so_far.push(("comment", lexer.line().to_vec())),
                    Seen::Meta => seen_so_far.push(("meta", lexer.line().to_vec())),
                    Seen::Literal(inside) => match seen_so_far.last_mut() {
                        Some(("literal", before)) => before.extend_from_slice(inside),
                        _ => seen_so_far.push(("literal", inside.to_vec())),
                    },
                }
                rest = &rest[used..];
            }
        }
        seen_so_far
    }

    fn statements(text: &str) -> Vec<String> {
        let seen = trace(std::iter::once(text.as_bytes()));
        seen.into_iter()
            .filter(|(kind, _)| *kind == "statement")
            .map(|(_, text)| String::from_utf8(text).unwrap())
            .collect()
    }

    #[test]
    fn a_semicolon_ends_a_statement_only_in_the_ground_state() {
        for whole in [
            "SELECT 'a;''b;'",
            r"SELECT E'\';', 'c'",
            r"SELECT '\', e'\\', name'\'",
            "SELECT \"a;\"\"b;\" FROM \"new\n;\"",
            "SELECT $$;$$, $a$;$b$;$a;$a$, $_$ $_X$; $_$, $1, a$b$c",
            "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; SELECT ')';)",
            "SELECT 1 - -2 / 3 * 4",
        ] {
            assert_eq!(statements(&format!("{whole};\n\nnext;")), [whole, "next"]);
        }
        assert_eq!(statements("SELECT /* ; /* ; */ ; /*/ */ */ 1 -- ;\n+ 2;"), ["SELECT  1 \n+ 2"]);
        assert_eq!(statements("SET standard_conforming_strings = off;SELECT '\\';';")[1], "SELECT '\\';'");
    }

    #[test]
    fn comments_and_meta_commands_are_told_only_between_statements() {
        let seen = trace(std::iter::once(
            b"-- one\n\\restrict x\nSELECT -- two\n'-- three\n\\no'\n;--four\n$$\n-- five\n\\.\n$$;".as_slice(),
        ));
        let told: Vec<_> = seen.into_iter().filter(|(kind, _)| matches!(*kind, "comment" | "meta")).collect();
        let expected = [("comment", "-- one"), ("meta", "\\restrict x"), ("comment", "--four")];
        assert_eq!(told, expected.map(|(kind, text)| (kind, text.as_bytes().to_vec())));
    }

    #[test]
    fn no_more_of_a_statement_is_kept_than_the_limit() {
        let long = format!("SELECT '{}';", "x".repeat(3 * TEXT_BYTES_MAX));
        assert_eq!(statements(&long)[0].len(), TEXT_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn where_pieces_break_changes_nothing(
            parts in prop::collection::vec(prop::sample::select(vec![
                "'", "''", "\"", "$", "$a$", "$_$", "$1", "-", "--", "/", "*", "/*", "*/", "\n", "\\", "\\restrict x\n",
                "E'", "e", "E", " ", ";", "(", ")", "COPY a.b FROM stdin;", "x1", "é",
                "SET standard_conforming_strings = off;", "SET standard_conforming_strings = on;",
            ]), 0..60),
            lengths in prop::collection::vec(1..9_usize, 1..20),
        ) {
            let text = parts.concat();
            let mut lengths = lengths.into_iter().cycle();
            let mut rest = text.as_bytes();
            let pieces = std::iter::from_fn(|| {
                let (piece, after) = rest.split_at(lengths.next().unwrap_or(1).min(rest.len()));
                rest = after;
                (!piece.is_empty()).then_some(piece)
            });
            prop_assert_eq!(trace(pieces), trace(std::iter::once(text.as_bytes())));
        }
    }
}
