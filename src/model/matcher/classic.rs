//! Matchers as Alertmanager read them before it took names in UTF-8: tolerant of what stands in a value.

use super::{
    Matcher,
    parse::{MatcherError, matcher},
};

/// Longest first: of `=~` the `=` alone must not be taken.
const OPERATORS: [&str; 4] = ["=~", "!=", "!~", "="];

pub(super) fn parse(text: &str) -> Result<Vec<Matcher>, MatcherError> {
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    split(text).iter().map(|part| one(part)).collect()
}

/// The parts between commas that do not stand in quotes. What follows the last comma may be blank.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut quoted, mut escaped) = (false, false);
    for found in text.chars() {
        match found {
            ',' if !quoted => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            // A comma in quotes leaves what was said of escapes as it is.
            ',' => {}
            '"' if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
        part.push(found);
    }
    let rest = part.trim();
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts
}

fn one(part: &str) -> Result<Matcher, MatcherError> {
    let wrong = |what: &str| MatcherError { column: 1, what: format!("`{part}` {what}") };
    let text = part.trim();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(wrong("does not begin with the name of a label"));
    }
    let rest = rest.trim_start();
    let operator = OPERATORS.into_iter().find(|operator| rest.starts_with(operator));
    let operator = operator.ok_or_else(|| wrong("has no `=`, `!=`, `=~` or `!~` after the name"))?;
    let raw = rest.get(operator.len()..).unwrap_or_default().trim_start();
    let value = value(raw).ok_or_else(|| wrong("has a double quote that is not escaped"))?;
    matcher(name.to_owned(), operator, &value, 1)
}

/// A value without the quotes around it. `\"`, `\n` and `\\` are escapes; any other backslash is itself.
fn value(raw: &str) -> Option<String> {
    let (inner, mut awaits_quote) = raw.strip_prefix('"').map_or((raw, false), |inner| (inner, true));
    let (mut value, mut rest) = (String::new(), inner.chars());
    while let Some(found) = rest.next() {
        match found {
            '\\' => match rest.next() {
                Some('n') => value.push('\n'),
                Some(escaped @ ('"' | '\\')) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            '"' if awaits_quote && rest.as_str().is_empty() => awaits_quote = false,
            '"' => return None,
            _ => value.push(found),
        }
    }
    (!awaits_quote).then_some(value)
}
