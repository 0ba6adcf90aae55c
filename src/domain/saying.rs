//! A text for people that has not yet been put into a language: a key of the catalogue in
//! `words/` and the values of its placeholders. It lets every floor below `words` say what it
//! means without writing the sentence. It never holds a secret.

/// A key of the catalogue, such as `hint-wrong-password`, with its placeholders filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    pub key: &'static str,
    pub args: Vec<(&'static str, String)>,
}

impl Saying {
    /// A saying without placeholders.
    pub fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    /// The same saying with one more placeholder filled.
    #[allow(clippy::needless_pass_by_value, reason = "a number, a text or a name reads best handed in as it is")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}
