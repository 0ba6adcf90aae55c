//! A body of the operator's own making, sent to a webhook: a text with places such as `{{subject}}`,
//! or `{{text:1500}}` where the receiver takes no more than so many characters. Never: knows what
//! stands in a place; lets what stands there end the text of JSON it is put into.

use crate::config::fault::{nearest, shown};
use crate::domain::saying::Saying;

/// What a place may be called.
const NAMES: [&str; 12] =
    ["id", "conversation", "place", "topic", "phase", "severity", PRIORITY, "source", "subject", "text", "body", "at"];
/// A number, which needs no quotes around it.
const PRIORITY: &str = "priority";

const OPENS: &str = "{{";
const CLOSES: &str = "}}";

/// A text that was found to stand, cut at its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyTemplate {
    pieces: Vec<Piece>,
    is_json: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place { name: &'static str, chars_max: usize },
}

impl BodyTemplate {
    /// Reads a template, of JSON or of plain text.
    ///
    /// # Errors
    /// With what cannot stand: a place that does not end, one that is not known, JSON that is none.
    pub fn parse(text: &str, is_json: bool) -> Result<Self, Saying> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, behind)) = rest.split_once(OPENS) {
            let (place, behind) = behind.split_once(CLOSES).ok_or_else(|| {
                let line = text[..text.len() - behind.len()].matches('\n').count() + 1;
                Saying::new("fault-template-open").with("line", line)
            })?;
            pieces.extend([Piece::Text(before.to_owned()), piece(place)?]);
            rest = behind;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        let template = Self { pieces, is_json };
        if is_json {
            for example in EXAMPLES {
                if let Err(error) = serde_json::from_str::<serde_json::Value>(&template.fill(example)) {
                    return Err(Saying::new("fault-template-json").with("error", error));
                }
            }
        }
        Ok(template)
    }

    /// The body, with `value` asked for what stands in each place.
    pub fn fill(&self, value: impl Fn(&str) -> String) -> String {
        let filled = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Place { name, chars_max } => {
                let cut: String = value(name).chars().take(*chars_max).collect();
                if self.is_json { within_json(&cut) } else { cut }
            }
        });
        filled.collect()
    }

    pub fn is_json(&self) -> bool {
        self.is_json
    }
}

fn piece(place: &str) -> Result<Piece, Saying> {
    let (typed, limit) = place.split_once(':').map_or((place, None), |(name, limit)| (name, Some(limit)));
    let typed = typed.trim();
    let Some(name) = NAMES.iter().find(|name| **name == typed) else {
        let saying = match nearest(typed, &NAMES) {
            Some(near) => Saying::new("fault-template-place-near").with("near", near),
            None => Saying::new("fault-template-place").with("known", NAMES.join(" ")),
        };
        return Err(saying.with("found", shown(typed)));
    };
    let chars_max = match limit.map(|limit| limit.trim().parse()) {
        None => usize::MAX,
        Some(Ok(chars_max)) if chars_max > 0 => chars_max,
        Some(_) => return Err(Saying::new("fault-template-limit").with("found", shown(place))),
    };
    Ok(Piece::Place { name, chars_max })
}

/// The text as it stands between the quotes of JSON.
fn within_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// What may stand in places, to try the text around them: also what is no part of an escape, and a
/// number to which no digit may be put.
const EXAMPLES: [fn(&str) -> String; 2] = [|name| example(name, "1", "a"), |name| example(name, "-1", "z")];

fn example(name: &str, priority: &str, other: &str) -> String {
    if name == PRIORITY { priority } else { other }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(name: &str) -> String {
        format!("<{name}>\"\n\\")
    }

    #[test]
    fn what_stands_in_a_place_stays_within_its_quotes() {
        let template = BodyTemplate::parse(r#"{"t": "{{ subject }}: {{text:7}}", "p": {{priority}}}"#, true).unwrap();
        let value = |name: &str| if name == PRIORITY { "4".to_owned() } else { values(name) };
        let body: serde_json::Value = serde_json::from_str(&template.fill(value)).unwrap();
        assert_eq!(body, serde_json::json!({"t": "<subject>\"\n\\: <text>\"", "p": 4}));
    }

    #[test]
    fn what_looks_like_a_place_in_a_value_is_none() {
        let template = BodyTemplate::parse("{{subject}} } }} { {\n{{text}}", false).unwrap();
        assert_eq!(template.fill(|_| "{{id}}".to_owned()), "{{id}} } }} { {\n{{id}}");
        assert_eq!(template.fill(values), "<subject>\"\n\\ } }} { {\n<text>\"\n\\");
    }

    #[test]
    fn characters_are_cut_whole() {
        let template = BodyTemplate::parse("{{text:3}}", false).unwrap();
        assert_eq!(template.fill(|_| "ñandú".to_owned()), "ñan");
    }

    #[test]
    fn what_cannot_stand_is_told() {
        for (text, key) in [
            ("{{subjetc}}", "fault-template-place-near"),
            ("{{colour}}", "fault-template-place"),
            ("{{}}", "fault-template-place"),
            ("\n{{text", "fault-template-open"),
            ("{{text:0}}", "fault-template-limit"),
            ("{{text:few}}", "fault-template-limit"),
            (r#"{"text": {{text}}}"#, "fault-template-json"),
            ("text: {{text}}", "fault-template-json"),
            (r#"{"text": "\u000{{text}}"}"#, "fault-template-json"),
            (r#"{"priority": 1{{priority}}}"#, "fault-template-json"),
            ("", "fault-template-json"),
        ] {
            assert_eq!(BodyTemplate::parse(text, true).map_err(|saying| saying.key), Err(key), "{text}");
        }
    }
}
