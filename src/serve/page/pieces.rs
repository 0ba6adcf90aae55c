//! A sentence in pieces: what stands between backticks is a command, and set as one. Signs that turn
//! the direction of writing, and those that are none, are shown as a mark: a name could pass for another
//! by them. What is too long to be read keeps its beginning and its end.

use std::borrow::Cow;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) is_code: bool,
    pub(super) text: String,
}

/// The signs by which text turns its direction, in and out.
const TURNING: [std::ops::RangeInclusive<char>; 2] = ['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];

/// A longer sentence quotes what some program said: how it begins and how it ends is what is read.
const BEGINNING_CHARS: usize = 400;
const END_CHARS: usize = 200;

/// The pieces of a sentence; one in which the backticks do not pair is left as it is.
pub(super) fn pieces(sentence: &str) -> Vec<Piece> {
    let sentence = marked(&short(sentence));
    if sentence.matches('`').count() % 2 == 1 {
        return vec![Piece { is_code: false, text: sentence }];
    }
    let parts = sentence.split('`').enumerate();
    parts.map(|(number, text)| Piece { is_code: number % 2 == 1, text: text.to_owned() }).collect()
}

/// The same text, its signs that mislead shown as a mark.
pub(super) fn marked(text: &str) -> String {
    let is_none = |sign: char| sign.is_control() && !sign.is_whitespace();
    let is_marked = |sign: char| is_none(sign) || TURNING.iter().any(|signs| signs.contains(&sign));
    text.replace(is_marked, "\u{fffd}")
}

fn short(sentence: &str) -> Cow<'_, str> {
    let count = sentence.chars().count();
    if count <= BEGINNING_CHARS + END_CHARS {
        return Cow::Borrowed(sentence);
    }
    let beginning: String = sentence.chars().take(BEGINNING_CHARS).collect();
    let end: String = sentence.chars().skip(count - END_CHARS).collect();
    Cow::Owned(format!("{beginning} […] {end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_words() {
        let told =
            |sentence: &str| pieces(sentence).into_iter().map(|piece| (piece.is_code, piece.text)).collect::<Vec<_>>();
        let piece = |is_code: bool, text: &str| (is_code, text.to_owned());
        assert_eq!(told("run `a b`, now"), [piece(false, "run "), piece(true, "a b"), piece(false, ", now")]);
        assert_eq!(told("it`s"), [piece(false, "it`s")]);
        assert_eq!(told("a\u{202e}b\u{2069}c"), [piece(false, "a\u{fffd}b\u{fffd}c")]);
        assert_eq!(told("a\0b\u{1b}c\n"), [piece(false, "a\u{fffd}b\u{fffd}c\n")]);
    }

    #[test]
    fn of_a_long_sentence_both_ends_are_read() {
        let told = |chars: usize| pieces(&format!("{}é", "á".repeat(chars - 1))).remove(0).text;
        assert_eq!(told(600).chars().count(), 600);
        let cut = told(10_000);
        assert_eq!(cut, format!("{} […] {}é", "á".repeat(400), "á".repeat(199)));
    }
}
