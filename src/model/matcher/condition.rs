//! What one value must be.

use std::fmt;

use regex::{Regex, RegexBuilder};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

/// How large a regular expression may become.
const LARGEST: usize = 1 << 20;

/// What a value must be: one of some, or none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    not: bool,
    any_of: Vec<Pattern>,
}

#[derive(Debug, Clone)]
enum Pattern {
    /// This text.
    Exact(String),
    /// A text with `*` and `?`.
    Wild(String),
    /// A regular expression for the whole text, and what was written.
    Regex(String, Regex),
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other) && self.text() == other.text()
    }
}

impl Eq for Pattern {}

impl Pattern {
    fn written(text: String) -> Self {
        if text.contains(['*', '?']) { Self::Wild(text) } else { Self::Exact(text) }
    }

    fn text(&self) -> &str {
        match self {
            Self::Exact(text) | Self::Wild(text) | Self::Regex(text, _) => text,
        }
    }

    fn takes(&self, value: &str) -> bool {
        match self {
            Self::Exact(text) => text == value,
            Self::Wild(pattern) => like(pattern, value),
            Self::Regex(_, regex) => regex.is_match(value),
        }
    }
}

impl Condition {
    /// All that is named, as it is written.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.any_of.iter().map(Pattern::text)
    }

    /// Whether it is none of them that a value must be.
    #[must_use]
    pub fn is_not(&self) -> bool {
        self.not
    }

    /// This text and no other; or any other.
    #[must_use]
    pub fn equal(text: impl Into<String>, not: bool) -> Self {
        Self { not, any_of: vec![Pattern::Exact(text.into())] }
    }

    /// A regular expression that the whole text must match; or must not.
    ///
    /// # Errors
    /// What is wrong with the expression, in one line.
    pub fn regex(text: &str, not: bool) -> Result<Self, String> {
        let compiled = |text: &str| {
            RegexBuilder::new(text).size_limit(LARGEST).build().map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
                // The last line says what, those before it show where.
                error => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
            })
        };
        // By itself first: `a)|(b` must not become an expression by what is put around it.
        compiled(text)?;
        let whole = compiled(&format!("^(?:{text})$"))?;
        Ok(Self { not, any_of: vec![Pattern::Regex(text.to_owned(), whole)] })
    }

    /// Whether it holds of a value.
    #[must_use]
    pub fn takes(&self, value: &str) -> bool {
        self.any_of.iter().any(|pattern| pattern.takes(value)) != self.not
    }

    /// The texts without wildcards that it names, in the order in which they are written: what must be there to be named.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.any_of.iter().filter(|pattern| matches!(pattern, Pattern::Exact(_))).map(Pattern::text)
    }

    /// In one word for a fingerprint, no two alike.
    #[must_use]
    pub fn written(&self) -> String {
        let word = if self.not { "none of" } else { "one of" };
        let values: Vec<&str> = self.any_of.iter().map(Pattern::text).collect();
        format!("{word} {values:?}")
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let regex = matches!(self.any_of.as_slice(), [Pattern::Regex(..)]);
        f.write_str(match (self.not, regex) {
            (false, false) => "=",
            (true, false) => "!=",
            (false, true) => "=~",
            (true, true) => "!~",
        })?;
        for (at, pattern) in self.any_of.iter().enumerate() {
            write!(f, "{}{}", if at > 0 { "|" } else { "" }, quoted(pattern.text()))?;
        }
        Ok(())
    }
}

/// A text in double quotes, as [`super::parse`] reads it back.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\""))
}

/// Whether a text has the shape of a pattern in which `*` is any text and `?` one character. The last star alone needs to
/// be tried again, so that no pattern takes longer than the two lengths multiplied.
#[must_use]
pub fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while let Some(&found) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == found => (p, t) = (p + 1, t + 1),
            _ => match &mut star {
                Some((after, from)) => {
                    *from += 1;
                    (p, t) = (*after, *from);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == '*')
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Condition;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, a list of values, or `{ not: … }`")
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Condition, E> {
                Ok(Condition { not: false, any_of: vec![Pattern::written(value.to_owned())] })
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Condition, E> {
                self.visit_str(&value.to_string())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Condition, A::Error> {
                let mut any_of = Vec::new();
                while let Some(value) = list.next_element()? {
                    any_of.push(Pattern::written(value));
                }
                Ok(Condition { not: false, any_of })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Condition, A::Error> {
                let Not { not } = Not::deserialize(MapAccessDeserializer::new(map))?;
                if not.not {
                    return Err(de::Error::custom("`not` stands here twice"));
                }
                Ok(Condition { not: true, ..not })
            }
        }
        deserializer.deserialize_any(Written)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Not {
    not: Condition,
}

crate::model::written_as! { Condition, {
    "anyOf": [
        { "type": ["string", "integer"] },
        { "type": "array", "items": { "type": ["string", "integer"] } },
        {
            "type": "object",
            "properties": {
                "not": { "anyOf": [
                    { "type": ["string", "integer"] },
                    { "type": "array", "items": { "type": ["string", "integer"] } }
                ] }
            },
            "required": ["not"],
            "additionalProperties": false
        }
    ],
    "description": "A value, a list of values, or { not: … }"
} }
