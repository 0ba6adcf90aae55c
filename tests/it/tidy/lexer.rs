//! Rust text as tokens, as far as the checks need it: names, strings and marks, each with its
//! line. Comments are dropped, so that a rule broken only in words is not broken. It never
//! judges, and it takes what the compiler would refuse.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier or keyword; a raw one without its `r#`.
    Name,
    /// The content of a string of any kind, its escapes as written.
    Text,
    /// One mark, or `::`.
    Mark,
    /// A number, a character, a lifetime: nothing a rule looks at.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub text: String,
    pub line: usize,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Name | Kind::Mark) && self.text == text
    }
}

/// True where the tokens at `at` are exactly these names and marks.
pub(super) fn reads(tokens: &[Token], at: usize, texts: &[&str]) -> bool {
    tokens.get(at..at + texts.len()).is_some_and(|found| found.iter().zip(texts).all(|(token, text)| token.is(text)))
}

/// The tokens of a file. A string in an attribute that spells a path (`with = "crate::a::b"`) is
/// given as the tokens of that path: the compiler will read it so.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0, line: 1, found: Vec::new() };
    while lexer.at < lexer.chars.len() {
        lexer.step();
    }
    paths_in_attributes(&lexer.found)
}

/// The index of the bracket that closes the one at `open`; the end where none does.
pub(super) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if ["(", "[", "{"].iter().any(|mark| token.is(mark)) {
            depth += 1;
        } else if [")", "]", "}"].iter().any(|mark| token.is(mark)) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return index;
            }
        }
    }
    tokens.len()
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    found: Vec<Token>,
}

impl Lexer {
    fn step(&mut self) {
        let line = self.line;
        let here = self.chars[self.at];
        if here.is_whitespace() {
            self.take(1);
        } else if self.starts("//") {
            self.take_while(|c| c != '\n');
        } else if self.starts("/*") {
            self.block_comment();
        } else if here == '"' {
            let content = self.string();
            self.push(Kind::Text, content, line);
        } else if here == '\'' {
            self.character_or_lifetime();
        } else if here.is_numeric() {
            let number = self.take_while(|c| c.is_alphanumeric() || c == '_');
            self.push(Kind::Other, number, line);
        } else if here.is_alphabetic() || here == '_' {
            self.name_or_prefixed_string();
        } else {
            let mark = if self.starts("::") { self.take(2) } else { self.take(1) };
            self.push(Kind::Mark, mark, line);
        }
    }

    fn name_or_prefixed_string(&mut self) {
        let line = self.line;
        let name = self.take_while(|c| c.is_alphanumeric() || c == '_');
        let hashes = self.chars[self.at..].iter().take_while(|c| **c == '#').count();
        let opens = self.chars.get(self.at + hashes) == Some(&'"');
        match name.as_str() {
            "r" | "br" | "cr" if opens => {
                let content = self.raw_string(hashes);
                self.push(Kind::Text, content, line);
            }
            "b" | "c" if opens && hashes == 0 => {
                let content = self.string();
                self.push(Kind::Text, content, line);
            }
            // A raw name: the name itself follows.
            "r" if hashes == 1 => {
                self.take(1);
            }
            _ => self.push(Kind::Name, name, line),
        }
    }

    fn string(&mut self) -> String {
        self.take(1);
        let start = self.at;
        while let Some(c) = self.peek(0).filter(|c| *c != '"') {
            self.take(if c == '\\' { 2 } else { 1 });
        }
        let content = self.chars[start..self.at].iter().collect();
        self.take(1);
        content
    }

    fn raw_string(&mut self, hashes: usize) -> String {
        self.take(hashes + 1);
        let end = format!("\"{}", "#".repeat(hashes));
        let start = self.at;
        while self.at < self.chars.len() && !self.starts(&end) {
            self.take(1);
        }
        let content = self.chars[start..self.at].iter().collect();
        self.take(hashes + 1);
        content
    }

    fn character_or_lifetime(&mut self) {
        let line = self.line;
        self.take(1);
        if self.peek(0) == Some('\\') {
            self.take(2);
            self.take_while(|c| c != '\'');
            self.take(1);
        } else if self.peek(1) == Some('\'') {
            self.take(2);
        } else {
            self.take_while(|c| c.is_alphanumeric() || c == '_');
        }
        self.push(Kind::Other, String::new(), line);
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.chars.len() {
            if self.starts("/*") {
                depth += 1;
                self.take(2);
            } else if self.starts("*/") {
                depth -= 1;
                self.take(2);
                if depth == 0 {
                    return;
                }
            } else {
                self.take(1);
            }
        }
    }

    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, c)| self.peek(offset) == Some(c))
    }

    fn peek(&self, offset: usize) -> Option<char> {
        self.chars.get(self.at + offset).copied()
    }

    fn take(&mut self, count: usize) -> String {
        let end = (self.at + count).min(self.chars.len());
        let taken: String = self.chars[self.at..end].iter().collect();
        self.line += taken.matches('\n').count();
        self.at = end;
        taken
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let count = self.chars[self.at..].iter().take_while(|c| wanted(**c)).count();
        self.take(count)
    }

    fn push(&mut self, kind: Kind, text: String, line: usize) {
        self.found.push(Token { kind, text, line });
    }
}

fn paths_in_attributes(found: &[Token]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(found.len());
    let mut attribute_ends = 0;
    for (index, token) in found.iter().enumerate() {
        if reads(found, index, &["#", "["]) {
            attribute_ends = closing(found, index + 1);
        } else if reads(found, index, &["#", "!", "["]) {
            attribute_ends = closing(found, index + 2);
        }
        if token.kind == Kind::Text && index < attribute_ends && spells_a_path(&token.text) {
            let path = token.text.split("::").flat_map(|name| [(Kind::Mark, "::"), (Kind::Name, name)]).skip(1);
            tokens.extend(path.map(|(kind, text)| Token { kind, text: text.to_owned(), line: token.line }));
        } else {
            tokens.push(token.clone());
        }
    }
    tokens
}

fn spells_a_path(text: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    text.contains("::") && text.split("::").all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(Kind, &str, usize)]) {
        let found = tokens(text);
        let found: Vec<_> = found.iter().map(|token| (token.kind, token.text.as_str(), token.line)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn comments_vanish_and_lines_are_counted_through_them() {
        check("// a\n/* b /* c */\n d */ e", &[(Kind::Name, "e", 3)]);
        check("/// a\n//! b\nc", &[(Kind::Name, "c", 3)]);
    }

    #[test]
    fn strings_of_every_kind_are_one_token() {
        check(r#""a \" b" c"#, &[(Kind::Text, r#"a \" b"#, 1), (Kind::Name, "c", 1)]);
        check("r#\"a \" // b\"# c", &[(Kind::Text, "a \" // b", 1), (Kind::Name, "c", 1)]);
        check("b\"a\" br\"\\\" c\"d\"", &[(Kind::Text, "a", 1), (Kind::Text, "\\", 1), (Kind::Text, "d", 1)]);
        check("\"a\nb\" c", &[(Kind::Text, "a\nb", 1), (Kind::Name, "c", 2)]);
    }

    #[test]
    fn a_quote_opens_a_character_or_a_lifetime_never_a_string() {
        check(r"'\'' a", &[(Kind::Other, "", 1), (Kind::Name, "a", 1)]);
        check("'\"' a", &[(Kind::Other, "", 1), (Kind::Name, "a", 1)]);
        check("'a b", &[(Kind::Other, "", 1), (Kind::Name, "b", 1)]);
        check(r"b'\\' a", &[(Kind::Name, "b", 1), (Kind::Other, "", 1), (Kind::Name, "a", 1)]);
        check(r"'\u{1F}' a", &[(Kind::Other, "", 1), (Kind::Name, "a", 1)]);
    }

    #[test]
    fn raw_names_are_names() {
        check("r#store::x", &[(Kind::Name, "store", 1), (Kind::Mark, "::", 1), (Kind::Name, "x", 1)]);
    }

    #[test]
    fn a_path_in_an_attributes_string_is_a_path() {
        check(
            "#[a(\"b::c\")] \"b::c\"",
            &[
                (Kind::Mark, "#", 1),
                (Kind::Mark, "[", 1),
                (Kind::Name, "a", 1),
                (Kind::Mark, "(", 1),
                (Kind::Name, "b", 1),
                (Kind::Mark, "::", 1),
                (Kind::Name, "c", 1),
                (Kind::Mark, ")", 1),
                (Kind::Mark, "]", 1),
                (Kind::Text, "b::c", 1),
            ],
        );
    }
}
