//! A mistake that decoding met, in the words of people who write YAML.

use std::fmt;

use serde::de;

use super::{
    Node, Place,
    node::{NodeKey, key_of},
    problem::suggest,
};

/// One mistake, and the node to leave out for finding the next.
#[derive(Debug)]
pub(super) struct DecodeError {
    pub(super) message: String,
    pub(super) hint: Option<Box<str>>,
    pub(super) place: Option<Place>,
    pub(super) at: Option<NodeKey>,
    pub(super) missing: Option<&'static str>,
    /// The key that is not known, and those that are.
    unknown: Option<Box<(String, &'static [&'static str])>>,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

impl DecodeError {
    pub(super) fn new(message: String) -> Self {
        Self { message, hint: None, place: None, at: None, missing: None, unknown: None }
    }

    /// The innermost node that an error passes through is where it stands.
    pub(super) fn locate(mut self, node: &Node) -> Self {
        self.place.get_or_insert_with(|| node.place.clone());
        self.at.get_or_insert_with(|| key_of(node));
        self
    }

    /// The place is a key; what is left out for the next pass is the entry that holds it.
    pub(super) fn leave_out(mut self, node: &Node) -> Self {
        self.at = Some(key_of(node));
        self
    }

    /// Keys that the mapping takes as well, if it is one of its own keys that is not known.
    pub(super) fn also_known(mut self, keys: &'static [&'static str], mapping: &Node) -> Self {
        if let Some((field, known)) = self.unknown.as_deref()
            && mapping.entries().any(|(key, _)| self.place.as_ref() == Some(&key.place))
        {
            self.hint = suggest(field, known.iter().chain(keys).copied()).map(String::into_boxed_str);
        }
        self
    }
}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let hint = suggest(field, expected.iter().copied()).map(String::into_boxed_str);
        let unknown = Some(Box::new((field.to_owned(), expected)));
        Self { hint, unknown, ..Self::new(format!("there is no setting `{field}` here")) }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let hint = suggest(variant, expected.iter().copied()).map(String::into_boxed_str);
        Self { hint, ..Self::new(format!("`{variant}` is not one of the choices here")) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { missing: Some(field), ..Self::new(format!("the setting `{field}` is missing")) }
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!("{} found where {} is expected", describe(found), in_words(expected)))
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!("{} found where {} is expected", describe(found), in_words(expected)))
    }
}

/// What serde calls by the names of Rust, as people who write YAML do.
fn in_words(expected: &dyn de::Expected) -> String {
    match expected.to_string().as_str() {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, zero or more,".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a nonzero u32" => "a whole number of at least 1".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" => "a text".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a mapping (`key: value`)".to_owned(),
        text if text.starts_with("struct ") => "a mapping (`key: value`)".to_owned(),
        text => text.to_owned(),
    }
}

fn describe(found: de::Unexpected<'_>) -> String {
    match found {
        de::Unexpected::Str(text) => format!("the text `{text}`"),
        de::Unexpected::Bool(value) => format!("`{value}`"),
        de::Unexpected::Unsigned(number) => format!("the number {number}"),
        de::Unexpected::Signed(number) => format!("the number {number}"),
        de::Unexpected::Float(number) => format!("the number {number}"),
        de::Unexpected::Unit => "nothing".to_owned(),
        de::Unexpected::Seq => "a list".to_owned(),
        de::Unexpected::Map => "a mapping (`key: value`)".to_owned(),
        other => other.to_string(),
    }
}
