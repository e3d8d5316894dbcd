//! Web addresses as settings have them, and how they are shown: an address can hold what lets anybody post to it.

use std::{fmt, path::PathBuf, str::FromStr};

use reqwest::Url;
use secrecy::ExposeSecret;
use serde::{Deserialize, Deserializer, de};

use super::super::is_loopback;
use crate::{
    model::Disclosure,
    outbox::Opening,
    yaml::{CommonKeys, Located, Place, Problem, Problems},
};

/// An `https://` or `http://` address without a user, a password or a fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct WebAddress(Url);

/// Why a text is no web address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not in the form of an address, or of another kind.
    #[error("this is not a web address such as https://hooks.example.org/bellwether: {0}")]
    Unreadable(String),
    /// Addresses are shown in lists and logs.
    #[error("a web address must hold no user or password: the signature says who calls")]
    Login,
}

impl FromStr for WebAddress {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let mut url: Url = text.parse().map_err(|error| UrlError::Unreadable(format!("{error}")))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(UrlError::Unreadable("it must begin with https://".to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::Login);
        }
        // A fragment is never sent.
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl fmt::Debug for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown(true))
    }
}

impl<'de> Deserialize<'de> for WebAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

crate::model::written_as! { WebAddress, { "type": "string", "format": "uri" } }

impl WebAddress {
    /// The address itself, for the one who calls it.
    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    /// The host alone, which may be shown.
    pub(in super::super) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether it is called without TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Tells this address from every other without saying it.
    pub(super) fn fingerprint(&self) -> String {
        blake3::hash(self.0.as_str().as_bytes()).to_hex().to_string()
    }

    /// The address with what must not be seen left out: the query, and the path too where that is the `secret`. What is
    /// left out is told from others by the beginning of its fingerprint.
    pub(super) fn shown(&self, secret: bool) -> String {
        let mut url = self.0.clone();
        if self.0.query().is_none() && !secret {
            return url.into();
        }
        url.set_query(None);
        if secret {
            url.set_path("");
        }
        let fingerprint = self.fingerprint();
        format!("{}…#{}", String::from(url), fingerprint.get(..8).unwrap_or(&fingerprint))
    }

    /// Another path below the same address.
    pub(in super::super) fn below(&self, path: &str) -> Self {
        let mut url = self.0.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        Self(url)
    }
}

/// Where a channel posts to: what the settings of all such channels have beside their own.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
pub struct Target {
    /// Where messages go.
    #[serde(default)]
    pub url: Option<Located<WebAddress>>,
    /// A file that holds the address instead: one that lets anybody post who knows it does not belong into settings.
    #[serde(default)]
    pub url_file: Option<Located<PathBuf>>,
    /// A file of certificates (PEM) that are trusted as well as the system's, for a receiver with a private authority.
    #[serde(default)]
    pub ca_file: Option<Located<PathBuf>>,
    /// Allows `http://` to another machine, for a receiver inside a closed network.
    #[serde(default)]
    pub allow_http: bool,
    /// How small numbers leave: `mask`, `{ round_to: 5 }` or `none`.
    #[serde(default)]
    pub disclosure: Disclosure,
}

impl CommonKeys for Target {
    const KEYS: &'static [&'static str] = &["url", "url_file", "ca_file", "allow_http", "disclosure"];

    fn take<'de, A: de::MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "url" => self.url = map.next_value()?,
            "url_file" => self.url_file = map.next_value()?,
            "ca_file" => self.ca_file = map.next_value()?,
            "allow_http" => self.allow_http = map.next_value()?,
            "disclosure" => self.disclosure = map.next_value()?,
            _ => return Err(de::Error::unknown_field(key, Self::KEYS)),
        }
        Ok(())
    }
}

impl Target {
    /// How it is named in the outbox, in lists and in logs. The same as long as the settings name it so: what is behind a
    /// file may change.
    pub(in super::super) fn recipient(&self, secret: bool) -> String {
        match (&self.url, &self.url_file) {
            (Some(url), _) => url.shown(secret),
            (None, Some(file)) => format!("the address in {}", file.display()),
            (None, None) => String::new(),
        }
    }

    /// The host, where the settings themselves say it.
    pub(in super::super) fn host(&self) -> Option<(&str, &Place)> {
        self.url.as_ref().map(|url| (url.host(), &url.place))
    }

    /// Where the settings say it.
    pub(in super::super) fn place(&self) -> Option<&Place> {
        self.url.as_ref().map(|url| &url.place).or_else(|| self.url_file.as_ref().map(|file| &file.place))
    }

    /// What is wrong with it, without looking at a file.
    pub(in super::super) fn check(&self, whole: &Place) -> Problems {
        match (&self.url, &self.url_file) {
            (Some(url), None) => self.check_plain(url, &url.place),
            (None, Some(_)) => Problems::default(),
            (None, None) => Problem::new(whole.clone(), "it is not said where messages go")
                .hint("write `url:` with the address, or `url_file:` with a file that holds it")
                .into(),
            (Some(_), Some(file)) => Problem::new(file.place.clone(), "`url` and `url_file` say the same twice")
                .hint("leave one of them out")
                .into(),
        }
    }

    fn check_plain(&self, url: &WebAddress, place: &Place) -> Problems {
        if !url.is_plain() || is_loopback(url.host()) || self.allow_http {
            return Problems::default();
        }
        let message = format!("messages to {} would travel in the open", url.host());
        Problem::new(place.clone(), message).hint("use https://, or say `allow_http: true`").into()
    }

    /// The address, and where it is said, if messages may go there.
    pub(super) fn address(&self, opening: &Opening<'_>, whole: &Place) -> Result<(WebAddress, Place), Problems> {
        self.check(whole).into_result()?;
        let (address, place) = match (&self.url, &self.url_file) {
            (Some(url), _) => (url.value.clone(), url.place.clone()),
            (None, Some(file)) => {
                let text = opening.places.secret(file)?;
                let address = text.expose_secret().parse().map_err(|error: UrlError| {
                    // What is in the file is not said.
                    let said = match error {
                        UrlError::Unreadable(_) => "it must hold one address that begins with https://".to_owned(),
                        UrlError::Login => error.to_string(),
                    };
                    Problem::new(file.place.clone(), format!("{}: {said}", file.display()))
                })?;
                (address, file.place.clone())
            }
            (None, None) => return Err(Problems::default()),
        };
        self.check_plain(&address, &place).into_result()?;
        opening.outbound.check(address.host(), &place)?;
        Ok((address, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> WebAddress {
        text.parse().expect(text)
    }

    #[test]
    fn what_lets_anybody_post_is_not_shown() {
        let flow = "https://prod-12.uksouth.logic.azure.com/workflows/5f/triggers/manual/paths/invoke?api-version=1&sig=hunter2";
        let slack = "https://hooks.slack.com/services/T000/B000/hunter2";
        for (text, secret, shown) in [
            ("https://hooks.example.org/bellwether", false, "https://hooks.example.org/bellwether"),
            ("https://hooks.example.org/x?token=hunter2", false, "https://hooks.example.org/x…#"),
            (flow, true, "https://prod-12.uksouth.logic.azure.com/…#"),
            (slack, true, "https://hooks.slack.com/…#"),
        ] {
            let said = address(text).shown(secret);
            assert!(said.starts_with(shown) && !said.contains("hunter2"), "{said}");
            assert!(!format!("{:?}", address(text)).contains("hunter2"));
        }
        let other = address(&slack.replace("hunter2", "hunter3"));
        assert_ne!(address(slack).shown(true), other.shown(true), "two addresses at one host are told apart");
    }

    #[test]
    fn a_path_is_added_below_the_address() {
        for (base, whole) in [
            ("http://alerts.example.org:9093", "http://alerts.example.org:9093/api/v2/alerts"),
            ("http://alerts.example.org/am/", "http://alerts.example.org/am/api/v2/alerts"),
        ] {
            assert_eq!(address(base).below("/api/v2/alerts").url().as_str(), whole);
        }
    }
}
