//! Prometheus Alertmanager: alerts are forwarded to its API, so that its own routes and receivers carry them on.
//!
//! Alertmanager forgets an alert when its end has passed. A monthly alert is not sent again every few minutes, as
//! Prometheus does: it is sent with an end that lies [`AlertmanagerSettings::keep`] ahead, and with a new end whenever it is
//! told of again. When it is over, it is sent with its end.

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    ChannelSettings, Opening,
    http::{Body, Hook, HookSettings, Posted},
};
use crate::{
    outbox::{Failure, FriendlyDuration, QueuedMessage},
    yaml::Problems,
};

/// What a group's `alertmanager:` says beside where to.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertmanagerSettings {
    /// How long Alertmanager goes on with an alert of which it hears no more: longer than it takes until it is told of
    /// again.
    #[serde(default = "hundred_days")]
    pub keep: FriendlyDuration,
}

fn hundred_days() -> FriendlyDuration {
    FriendlyDuration::from_secs(100 * 24 * 60 * 60)
}

impl HookSettings for AlertmanagerSettings {
    const SECRET: bool = false;
}

/// Nothing is needed beside the address.
pub(super) struct Alertmanager;

impl Hook for Alertmanager {
    type Settings = AlertmanagerSettings;
    const NAME: &'static str = "Alertmanager";
    const PATH: Option<&'static str> = Some("/api/v2/alerts");

    fn settings(channel: &ChannelSettings) -> Option<&Posted<AlertmanagerSettings>> {
        if let ChannelSettings::Alertmanager(settings) = channel { Some(settings) } else { None }
    }

    fn open(_: &AlertmanagerSettings, _: &Opening<'_>) -> Result<Self, Problems> {
        Ok(Self)
    }

    fn body(&self, message: &QueuedMessage, _: Timestamp) -> Result<Body, Failure> {
        Body::json(&message.payload.json)
    }
}
