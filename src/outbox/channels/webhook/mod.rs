//! Webhooks: JSON to a URL, signed as Standard Webhooks 1.0.0 has it.

use std::{collections::HashMap, fmt, path::PathBuf, str::FromStr};

use futures::future::BoxFuture;
use jiff::Timestamp;
use reqwest::Url;
use serde::{Deserialize, Deserializer, de};

use super::{Channel, ChannelSettings, Open, Opening, Settings, is_loopback};
use crate::{
    outbox::{Failure, QueuedMessage},
    yaml::{Located, Problem, Problems},
};

mod endpoint;
mod retry_after;
mod signature;

use endpoint::Endpoint;

/// A group's `webhook:`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// Where messages go.
    pub url: Located<WebhookUrl>,
    /// The file with the signing secret (`whsec_…`); several lines while it is being changed.
    pub secret_file: Located<PathBuf>,
    /// A file of certificates (PEM) that are trusted as well as the system's, for a receiver with a private authority.
    #[serde(default)]
    pub ca_file: Option<Located<PathBuf>>,
    /// Allows `http://` to another machine, for a receiver inside a closed network.
    #[serde(default)]
    pub allow_http: bool,
}

/// An `https://` or `http://` address without a user, a password or a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

/// Why a text is no address of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not in the form of an address, or of another kind.
    #[error("this is not a web address such as https://hooks.example.org/bellwether: {0}")]
    Unreadable(String),
    /// Addresses are shown in lists and logs.
    #[error("a web address must hold no user or password: the signature says who calls")]
    Login,
}

impl FromStr for WebhookUrl {
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

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for WebhookUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

crate::model::written_as! { WebhookUrl, { "type": "string", "format": "uri" } }

impl WebhookUrl {
    fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }
}

impl Settings for WebhookSettings {
    fn recipients(&self) -> Vec<String> {
        vec![self.url.to_string()]
    }

    fn check(&self) -> Problems {
        if !self.url.is_plain() || is_loopback(self.url.host()) || self.allow_http {
            return Problems::default();
        }
        let message = format!("messages to {} would travel in the open", self.url.host());
        Problem::new(self.url.place.clone(), message).hint("use https://, or say `allow_http: true`").into()
    }
}

/// The channel: every endpoint by the group that it belongs to and its URL.
pub(super) struct Webhooks {
    endpoints: HashMap<(String, String), Endpoint>,
}

impl Open for Webhooks {
    fn open(opening: &Opening<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut endpoints = HashMap::new();
        for (group, channels) in opening.groups {
            for settings in channels.iter().filter_map(webhook) {
                if let Some(endpoint) = problems.take(Endpoint::open(settings, opening)) {
                    endpoints.insert(((*group).to_owned(), settings.url.to_string()), endpoint);
                }
            }
        }
        problems.into_result().map(|()| Self { endpoints })
    }
}

fn webhook(channel: &ChannelSettings) -> Option<&WebhookSettings> {
    match channel {
        ChannelSettings::Webhook(settings) => Some(settings),
        ChannelSettings::Email(_) => None,
    }
}

impl Channel for Webhooks {
    fn send<'a>(&'a self, message: &'a QueuedMessage, now: Timestamp) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let endpoint = self.endpoints.get(&(message.group.clone(), message.recipient.clone()));
            let gone = || Failure::refused(format!("the group {} has no such webhook any more", message.group));
            endpoint.ok_or_else(gone)?.send(message, now).await
        })
    }
}

#[cfg(test)]
mod tests;
