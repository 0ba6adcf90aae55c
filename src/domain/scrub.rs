//! Text made safe to show: secrets are taken out, and what comes from outside (an error, a name,
//! a server's answer) stays on its one line. Never: decides which text is shown.

/// What stands where a secret stood.
const HIDDEN: &str = "***";

/// The text without any of the secrets, the longest first, so that no rest of one shows.
pub fn scrub(text: &str, secrets: &[String]) -> String {
    let mut secrets: Vec<&str> = secrets.iter().map(String::as_str).filter(|secret| !secret.is_empty()).collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN))
}

/// The text with every character escaped that could begin a line, move a terminal's cursor or
/// turn the direction of reading: nothing in it can pass for a line of our own.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if is_plain(character) {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
    }
    line
}

fn is_plain(character: char) -> bool {
    // Line and paragraph separators, and the marks that reorder the text around them.
    let is_separator = matches!(character, '\u{2028}' | '\u{2029}');
    let is_direction =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !character.is_control() && !is_separator && !is_direction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_secret_is_left() {
        let secrets = ["pass".to_owned(), String::new(), "pass word/1".to_owned()];
        assert_eq!(scrub("login pass word/1 refused, pass", &secrets), "login *** refused, ***");
        assert_eq!(scrub("nothing here", &[]), "nothing here");
    }

    #[test]
    fn text_from_outside_stays_on_its_line() {
        assert_eq!(one_line("a\nINFO: forged\r\u{1b}[2J"), r"a\nINFO: forged\r\u{1b}[2J");
        assert_eq!(one_line("a\u{2028}b\u{202e}c"), r"a\u{2028}b\u{202e}c");
        assert_eq!(one_line("añadido: 日本 \\n"), "añadido: 日本 \\n");
    }
}
