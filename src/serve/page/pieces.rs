//! A sentence in pieces: what stands between backticks is a command, and set as one. Signs that turn
//! the direction of writing are shown as a mark: a name could pass for another by them.

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) is_code: bool,
    pub(super) text: String,
}

/// The signs by which text turns its direction, in and out.
const TURNING: [std::ops::RangeInclusive<char>; 2] = ['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];

/// The pieces of a sentence; one in which the backticks do not pair is left as it is.
pub(super) fn pieces(sentence: &str) -> Vec<Piece> {
    let sentence = sentence.replace(|sign| TURNING.iter().any(|signs| signs.contains(&sign)), "\u{fffd}");
    if sentence.matches('`').count() % 2 == 1 {
        return vec![Piece { is_code: false, text: sentence }];
    }
    let parts = sentence.split('`').enumerate();
    parts.map(|(number, text)| Piece { is_code: number % 2 == 1, text: text.to_owned() }).collect()
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
    }
}
