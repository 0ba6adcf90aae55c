//! Conversations with a database whose texts may be any bytes, held as in an encoding that has one
//! letter for each byte (LATIN1): nothing is then invalid, and what is UTF-8 all the same is read and
//! written as that.

use std::borrow::Cow;

use super::Connection;

impl Connection {
    /// The same conversation; where it is so, statements that run and texts that come back are taken
    /// for bytes.
    pub(in crate::source::postgres) fn bytewise(self, is_so: bool) -> Self {
        Self { is_bytewise: is_so, ..self }
    }

    /// A text of the server's as people read it.
    pub(in crate::source::postgres) fn heard(&self, text: String) -> String {
        if self.is_bytewise { of_letters(text) } else { text }
    }

    /// A statement as the server is to read it.
    pub(super) fn said<'a>(&self, statement: &'a str) -> Cow<'a, str> {
        if self.is_bytewise { Cow::Owned(in_letters(statement)) } else { Cow::Borrowed(statement) }
    }
}

fn in_letters(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn of_letters(text: String) -> String {
    let bytes: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(letter).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_a_text_come_back_as_it_and_others_letter_by_letter() {
        for text in ["plain", "ñandú", "日本"] {
            assert_eq!(of_letters(in_letters(text)), text);
        }
        assert_eq!(of_letters("Espa\u{f1}a".to_owned()), "España");
    }
}
