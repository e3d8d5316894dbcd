//! Webhooks: JSON to a URL, signed as Standard Webhooks 1.0.0 has it.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    ChannelSettings, Opening,
    http::{Body, Hook, HookSettings, Posted},
};
use crate::{
    outbox::{Failure, QueuedMessage},
    yaml::{Located, Problem, Problems},
};

mod body;
mod signature;

pub use body::WebhookFormat;
use signature::SigningKeys;

/// What a group's `webhook:` says beside where to.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// The file with the signing secret (`whsec_…`). While it is being changed, several lines: the new one first. A
    /// signature is made with each.
    pub secret_file: Located<PathBuf>,
    /// What the body looks like.
    #[serde(default)]
    pub format: WebhookFormat,
}

impl HookSettings for WebhookSettings {
    const SECRET: bool = false;
}

/// The keys of one endpoint, and its format.
pub(super) struct Webhook {
    keys: SigningKeys,
    format: WebhookFormat,
}

impl Hook for Webhook {
    type Settings = WebhookSettings;
    const NAME: &'static str = "webhook";

    fn settings(channel: &ChannelSettings) -> Option<&Posted<WebhookSettings>> {
        if let ChannelSettings::Webhook(settings) = channel { Some(settings) } else { None }
    }

    fn open(settings: &WebhookSettings, opening: &Opening<'_>) -> Result<Self, Problems> {
        let secret = opening.places.secret(&settings.secret_file)?;
        let keys = SigningKeys::parse(&secret).map_err(|error| {
            Problem::new(settings.secret_file.place.clone(), error.to_string())
                .hint("make one with: echo \"whsec_$(openssl rand -base64 32)\"")
        })?;
        Ok(Self { keys, format: settings.format })
    }

    fn body(&self, message: &QueuedMessage, now: Timestamp) -> Result<Body, Failure> {
        let mut body = self.format.body(message)?;
        let id = message.id.to_string();
        let signature = self.keys.sign(&id, now.as_second(), &body.bytes);
        body.headers = vec![
            ("webhook-id", id),
            ("webhook-timestamp", now.as_second().to_string()),
            ("webhook-signature", signature),
        ];
        Ok(body)
    }
}

#[cfg(test)]
mod tests;
