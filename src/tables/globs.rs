//! Texts in which `*` stands for any text.

use std::sync::OnceLock;

use globset::{Error, GlobBuilder, GlobMatcher};
use serde::{Deserialize, Deserializer};

use super::{header_texts::fold, settings::Written};

/// A pattern over whole texts; letters match in either case, and a backslash takes the meaning from what follows it. It is
/// compiled when it is first asked: of all patterns of a configuration, a file needs few.
#[derive(Debug, Clone)]
pub struct Glob {
    written: globset::Glob,
    compiled: OnceLock<GlobMatcher>,
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Result<Self, Error> {
        let written = GlobBuilder::new(pattern).case_insensitive(true).backslash_escape(true).build()?;
        Ok(Self { written, compiled: OnceLock::new() })
    }

    /// Whether the whole text fits.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.compiled.get_or_init(|| self.written.compile_matcher()).is_match(text)
    }
}

/// A pattern over the text of a cell, in which `*` stands for any text; letters match in either case.
#[derive(Debug, Clone)]
pub struct RowPattern {
    exact: Glob,
    /// The same without the differences that are tolerated in headers.
    folded: Glob,
}

impl RowPattern {
    pub(super) fn new(pattern: &str) -> Result<Self, Error> {
        Ok(Self { exact: Glob::new(pattern)?, folded: Glob::new(&fold(pattern))? })
    }

    /// Whether the whole text fits.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.exact.is_match(text)
    }

    /// Whether a header fits, spacing, dashes and quotation marks apart.
    pub(super) fn fits_header(&self, text: &str) -> bool {
        self.matches(text) || self.folded.is_match(&fold(text))
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        self.exact.written.glob()
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
