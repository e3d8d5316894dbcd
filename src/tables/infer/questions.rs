//! What only people can answer.

/// A question, and how each answer is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    /// Without a full stop at its end.
    pub(super) text: String,
    /// Where an answer goes, and its YAML.
    pub(super) answers: Vec<(String, String)>,
    /// Whether figures would be guessed if they were read before it is answered.
    pub(super) open: bool,
}

impl Question {
    /// A question that leaves the figures as they are.
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), answers: Vec::new(), open: false }
    }

    /// A question without whose answer no figure is read.
    pub(super) fn open(text: &str) -> Self {
        Self { open: true, ..Self::new(text) }
    }

    /// The same with one more answer: where it is written, and what.
    pub(super) fn or(mut self, place: &str, yaml: &str) -> Self {
        self.answers.push((place.to_owned(), yaml.to_owned()));
        self
    }
}
