//! `links:` in the daemon's settings: where people act on alerts from a message.

use std::str::FromStr;

use serde::Deserialize;

use crate::{
    routing::Length,
    yaml::{Located, Problem, Problems},
};

/// How long a link works where nothing is said.
const VALID: &str = "30 days";

/// Where links in messages lead, and how long they work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// The address under which people reach the daemon's pages, without a slash at its end.
    pub base: String,
    /// Its scheme, host and port, as browsers name where a form was sent from.
    pub origin: String,
    /// How long a link works.
    pub valid: Length,
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinksSettings {
    /// The address under which people reach the daemon, such as `https://bellwether.example.org`.
    base: Located<String>,
    /// How long a link works: `30 days` when left out.
    #[serde(default)]
    valid: Option<Located<String>>,
}

impl LinksSettings {
    pub(super) fn read(&self, problems: &mut Problems) -> Option<Links> {
        let url = web(&self.base.value);
        if url.is_none() {
            let message = format!("`{}` is not an address that links could lead to", self.base.value);
            let hint = "write https:// and a host, such as https://bellwether.example.org";
            problems.push(Problem::new(self.base.place.clone(), message).hint(hint));
        }
        let valid = match &self.valid {
            None => Length::from_str(VALID).ok(),
            Some(text) => {
                let length = text.value.parse::<Length>().ok().filter(|length| !length.is_zero());
                if length.is_none() {
                    let message = format!("`{}` is not how long a link could work", text.value);
                    problems.push(Problem::new(text.place.clone(), message).hint("write 30 days, or 10 working days"));
                }
                length
            }
        };
        let (url, valid) = (url?, valid?);
        let base = url.as_str().trim_end_matches('/').to_owned();
        Some(Links { base, origin: url.origin().ascii_serialization(), valid })
    }

    pub(super) fn place(&self) -> &Located<String> {
        &self.base
    }
}

/// An address, with everything coded that has a meaning elsewhere.
fn web(base: &str) -> Option<reqwest::Url> {
    let url = reqwest::Url::parse(base).ok()?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (is_plain && matches!(url.scheme(), "https" | "http") && url.has_host()).then_some(url)
}
