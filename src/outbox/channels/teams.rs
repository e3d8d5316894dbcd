//! Microsoft Teams: cards to a channel, through a workflow that begins "when a Teams webhook request is received".
//!
//! A success says that the workflow has the card, not that it is shown: Teams answers 202 before it posts anything.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{
    ChannelSettings, Opening,
    http::{Body, Hook, HookSettings, Limit, Posted},
};
use crate::{
    outbox::{Failure, QueuedMessage},
    yaml::{Located, Problem, Problems},
};

/// What a group's `teams:` says beside where to.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamsSettings {
    /// Who is named on the first card of each message, so that Teams tells them.
    #[serde(default)]
    pub mentions: Vec<Mention>,
}

/// How many people a card names, and how long a name and an id may be: a card has little room.
const MENTIONS: usize = 20;
const LONGEST: usize = 100;

/// Somebody who is named.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mention {
    /// The name, as it is shown.
    pub name: Located<String>,
    /// Their user principal name (`jo.bell@example.org`) or object id in Entra.
    pub id: Located<String>,
}

impl HookSettings for TeamsSettings {
    /// The address holds a signature; whoever has it can post.
    const SECRET: bool = true;

    fn check(&self) -> Problems {
        let mut problems = Problems::default();
        if let Some(mention) = self.mentions.get(MENTIONS) {
            let message = format!("at most {MENTIONS} people can be named on a card");
            problems.push(Problem::new(mention.name.place.clone(), message).hint("name a team, or its lead"));
        }
        for text in self.mentions.iter().flat_map(|mention| [&mention.name, &mention.id]) {
            let fits = (1..=LONGEST).contains(&text.trim().chars().count());
            if !fits || text.contains(['<', '>']) || text.contains(char::is_control) {
                let message = format!("at most {LONGEST} characters, without < and >, are needed here");
                problems
                    .push(Problem::new(text.place.clone(), message).hint("{ name: Jo Bell, id: jo.bell@example.org }"));
            }
        }
        problems
    }
}

/// Nothing is needed beside the address.
pub(super) struct Teams;

impl Hook for Teams {
    type Settings = TeamsSettings;
    const NAME: &'static str = "Teams workflow";
    /// What was published for connectors; a safe bound for workflows too.
    const LIMITS: &'static [Limit] = &[
        Limit { messages: 4, within: SignedDuration::from_secs(1) },
        Limit { messages: 60, within: SignedDuration::from_secs(30) },
        Limit { messages: 100, within: SignedDuration::from_hours(1) },
        Limit { messages: 1800, within: SignedDuration::from_hours(24) },
    ];

    fn settings(channel: &ChannelSettings) -> Option<&Posted<TeamsSettings>> {
        if let ChannelSettings::Teams(settings) = channel { Some(settings) } else { None }
    }

    fn open(_: &TeamsSettings, _: &Opening<'_>) -> Result<Self, Problems> {
        Ok(Self)
    }

    fn body(&self, message: &QueuedMessage, _: Timestamp) -> Result<Body, Failure> {
        Body::json(&message.payload.json)
    }
}
