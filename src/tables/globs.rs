//! Texts in which `*` stands for any text.

use globset::{Error, GlobBuilder, GlobMatcher};
use serde::{Deserialize, Deserializer};

use super::{header_texts::fold, settings::Written};

/// A pattern over whole texts; letters match in either case, and a backslash takes the meaning from what follows it.
pub(super) fn glob(pattern: &str) -> Result<GlobMatcher, Error> {
    let glob = GlobBuilder::new(pattern).case_insensitive(true).backslash_escape(true).build();
    glob.map(|glob| glob.compile_matcher())
}

/// A pattern over the text of a cell, in which `*` stands for any text; letters match in either case.
#[derive(Debug, Clone)]
pub struct RowPattern {
    exact: GlobMatcher,
    /// The same without the differences that are tolerated in headers.
    folded: GlobMatcher,
}

impl RowPattern {
    fn new(pattern: &str) -> Result<Self, Error> {
        Ok(Self { exact: glob(pattern)?, folded: glob(&fold(pattern))? })
    }

    /// Whether the whole text fits.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.exact.is_match(text)
    }

    /// Whether a header fits, spacing, dashes and quotation marks apart.
    pub(super) fn fits_header(&self, text: &str) -> bool {
        self.matches(text) || self.folded.is_match(fold(text))
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        self.exact.glob().glob()
    }
}

impl<'de> Deserialize<'de> for RowPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written(|pattern: &str| {
            Self::new(pattern).map_err(|error| {
                format!("`{pattern}` is no pattern ({}); put a backslash before [ ] {{ }}", error.kind())
            })
        }))
    }
}

crate::model::written_as! { RowPattern, { "type": "string", "description": "A text in which * stands for any text" } }
