//! Matchers as Prometheus Alertmanager writes them.

use super::{Matcher, classic, condition::Condition, utf8};

/// Why a text is no list of matchers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {what}")]
pub struct MatcherError {
    /// Where, counted in characters from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

/// Reads matchers with commas between them, in braces or without: `severity="critical"`, `{team=~"a|b", x!=""}`.
///
/// Names and values are words or stand in double quotes, in which a backslash escapes as in Go: any name may be quoted,
/// `"sub icb"="06H"`. Regular expressions are for the whole text. What older versions of Alertmanager read otherwise, or
/// alone (`{foo=bar\n}`, `trickier==\\=`), is read as they did, which is how Alertmanager itself falls back.
///
/// # Errors
/// Neither way reads it.
pub fn parse(text: &str) -> Result<Vec<Matcher>, MatcherError> {
    match (utf8::parse(text), classic::parse(text)) {
        (Ok(matchers), Ok(others)) if matchers != others => Ok(others),
        (Ok(matchers), _) | (Err(_), Ok(matchers)) => Ok(matchers),
        (Err(error), Err(_)) => Err(error),
    }
}

/// A matcher of its three parts; `column` is where the value begins.
pub(super) fn matcher(label: String, operator: &str, value: &str, column: usize) -> Result<Matcher, MatcherError> {
    let not = operator.starts_with('!');
    let is = if operator.ends_with('~') {
        let what = |why| format!("`{value}` is not a regular expression: {why}");
        Condition::regex(value, not).map_err(|why| MatcherError { column, what: what(why) })?
    } else {
        Condition::equal(value, not)
    };
    Ok(Matcher { label, is })
}
