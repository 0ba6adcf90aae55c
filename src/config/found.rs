//! One value of the merged text before it is judged: what was written, and by whom.

use figment::value::{Dict, Value};

use super::fault::shown;
use super::layer::Rank;

/// A value as it was written. Not `Debug`: it may be a secret.
pub(super) struct Found {
    pub(super) value: Value,
    pub(super) rank: Rank,
    pub(super) origin: String,
}

impl Found {
    pub(super) fn text(&self) -> Option<&str> {
        self.value.as_str()
    }

    /// A whole number; from a variable, the text of one.
    pub(super) fn integer(&self) -> Option<i128> {
        match (&self.value, self.rank) {
            (Value::String(_, text), rank) if rank != Rank::File => text.trim().parse().ok(),
            (value, _) => value.to_i128().or_else(|| value.to_u128()?.try_into().ok()),
        }
    }

    /// Any number; from a variable, the text of one.
    pub(super) fn number(&self) -> Option<f64> {
        let number = match (&self.value, self.rank) {
            (Value::String(_, text), rank) if rank != Rank::File => text.trim().parse().ok()?,
            (Value::Num(_, number), _) => number.to_f64().or_else(|| Some(number.to_i128()? as f64))?,
            _ => return None,
        };
        Some(number).filter(|number| number.is_finite())
    }

    /// A text, a number or a switch, as it is written.
    pub(super) fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::String(_, text) => Some(text.clone()),
            Value::Bool(..) | Value::Num(..) => Some(self.shown()),
            _ => None,
        }
    }

    /// Yes or no; from a variable, in the spellings that Django packages take.
    pub(super) fn boolean(&self) -> Option<bool> {
        match (&self.value, self.rank) {
            (Value::String(_, text), rank) if rank != Rank::File => boolean(text),
            (value, _) => value.to_bool(),
        }
    }

    /// The items of a list, in order. One text of a variable is a list of one.
    pub(super) fn items(&self) -> Option<Vec<(usize, Value)>> {
        match &self.value {
            Value::Dict(_, dict) => indexed(dict),
            Value::String(..) if self.rank != Rank::File => Some(vec![(0, self.value.clone())]),
            _ => None,
        }
    }

    /// The value as a fault may show it. Not for secrets.
    pub(super) fn shown(&self) -> String {
        match &self.value {
            Value::String(_, text) => shown(text),
            Value::Bool(_, value) => value.to_string(),
            Value::Num(_, number) => match number.to_i128() {
                Some(whole) => whole.to_string(),
                None => number.to_f64().map_or_else(String::new, |number| number.to_string()),
            },
            Value::Dict(_, dict) if indexed(dict).is_some() => "[…]".to_owned(),
            _ => "{…}".to_owned(),
        }
    }
}

/// A list that was laid out as a table of its indexes.
pub(super) fn indexed(dict: &Dict) -> Option<Vec<(usize, Value)>> {
    let mut items =
        dict.iter().map(|(index, item)| Some((index.parse().ok()?, item.clone()))).collect::<Option<Vec<_>>>()?;
    items.sort_by_key(|(index, _)| *index);
    Some(items)
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}
