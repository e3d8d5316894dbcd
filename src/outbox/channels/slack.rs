//! Slack: messages in a channel, through an incoming webhook.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{
    ChannelSettings, Opening,
    http::{Body, Hook, HookSettings, Limit, Posted},
};
use crate::{
    outbox::{Failure, QueuedMessage},
    yaml::Problems,
};

/// What a group's `slack:` says beside where to: nothing.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlackSettings {}

impl HookSettings for SlackSettings {
    /// The path holds the token.
    const SECRET: bool = true;
}

/// Nothing is needed beside the address.
pub(super) struct Slack;

impl Hook for Slack {
    type Settings = SlackSettings;
    const NAME: &'static str = "Slack webhook";
    const LIMITS: &'static [Limit] = &[Limit { messages: 1, within: SignedDuration::from_secs(1) }];

    fn settings(channel: &ChannelSettings) -> Option<&Posted<SlackSettings>> {
        if let ChannelSettings::Slack(settings) = channel { Some(settings) } else { None }
    }

    fn open(_: &SlackSettings, _: &Opening<'_>) -> Result<Self, Problems> {
        Ok(Self)
    }

    fn body(&self, message: &QueuedMessage, _: Timestamp) -> Result<Body, Failure> {
        Body::json(&message.payload.json)
    }
}
