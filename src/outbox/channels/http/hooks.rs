//! A channel of receivers that are posted to: one endpoint for each group and address.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use futures::future::BoxFuture;
use jiff::Timestamp;

use super::{
    super::{Channel, ChannelSettings, Known, Open, Opening, Settings},
    Body, Limit, Posting, Rates, Target,
};
use crate::{
    model::Disclosure,
    outbox::{Failure, QueuedMessage},
    yaml::{Located, Problems, Shared},
};

/// The settings of a channel that posts: where to, and its own.
pub(in super::super) type Posted<T> = Located<Shared<Target, T>>;

/// What the settings of one kind say beside where to.
pub(in super::super) trait HookSettings {
    /// Whether the path alone lets anybody post.
    const SECRET: bool;

    /// What is wrong with settings that decode; without looking at the world.
    fn check(&self) -> Problems {
        Problems::default()
    }
}

/// One kind of receiver: what it makes of a message.
pub(in super::super) trait Hook: Sized + Send + Sync + 'static {
    /// Its own settings.
    type Settings: HookSettings;
    /// What people call it.
    const NAME: &'static str;
    /// What is added to the address.
    const PATH: Option<&'static str> = None;
    /// How many messages one address takes.
    const LIMITS: &'static [Limit] = &[];

    /// The settings, where a channel is of this kind.
    fn settings(channel: &ChannelSettings) -> Option<&Posted<Self::Settings>>;

    /// Reads what else it needs.
    fn open(settings: &Self::Settings, opening: &Opening<'_>) -> Result<Self, Problems>;

    /// What is posted at this attempt.
    fn body(&self, message: &QueuedMessage, now: Timestamp) -> Result<Body, Failure>;
}

impl<T: HookSettings> Settings for Posted<T> {
    fn recipients(&self) -> Vec<String> {
        vec![self.common.recipient(T::SECRET)]
    }

    fn check(&self) -> Problems {
        let mut problems = self.common.check(&self.place);
        problems.extend(self.own.check());
        problems
    }

    fn target(&self) -> Option<&Target> {
        Some(&self.common)
    }

    fn disclosure(&self) -> Disclosure {
        self.common.disclosure
    }
}

/// The channel: every endpoint by the group that it belongs to and its recipient.
pub(in super::super) struct Hooks<H> {
    endpoints: HashMap<(String, String), Endpoint<H>>,
}

struct Endpoint<H> {
    posting: Posting,
    rates: Mutex<Rates>,
    hook: H,
}

impl<H: Hook> Open for Hooks<H> {
    fn open(opening: &Opening<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut endpoints = HashMap::new();
        for (group, channels) in opening.groups {
            for settings in channels.iter().filter_map(H::settings) {
                if let Some(endpoint) = problems.take(Endpoint::open(settings, opening)) {
                    endpoints.insert(((*group).to_owned(), settings.common.recipient(H::Settings::SECRET)), endpoint);
                }
            }
        }
        problems.into_result().map(|()| Self { endpoints })
    }
}

impl<H: Hook> Endpoint<H> {
    fn open(settings: &Posted<H::Settings>, opening: &Opening<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let posting = problems.take(Posting::open(&settings.common, &settings.place, H::PATH, opening));
        let hook = problems.take(H::open(&settings.own, opening));
        match (posting, hook) {
            (Some(posting), Some(hook)) => Ok(Self { posting, rates: Mutex::new(Rates::new(H::LIMITS)), hook }),
            _ => Err(problems),
        }
    }

    async fn send(&self, message: &QueuedMessage, now: Timestamp) -> Result<(), Failure> {
        let body = self.hook.body(message, now)?;
        let taken = self.rates.lock().unwrap_or_else(PoisonError::into_inner).take(now);
        taken.map_err(|until| Failure::NotYet { until })?;
        self.posting.post(body, now).await
    }
}

impl<H: Hook> Channel for Hooks<H> {
    fn send<'a>(&'a self, message: &'a QueuedMessage, now: Timestamp) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let endpoint = self.endpoints.get(&(message.group.clone(), message.recipient.clone()));
            let gone = || Failure::refused(format!("the group {} has no such {} any more", message.group, H::NAME));
            endpoint.ok_or_else(gone)?.send(message, now).await
        })
    }

    fn known(&self) -> Vec<Known> {
        let known = self.endpoints.iter().map(|((group, recipient), endpoint)| Known {
            group: group.clone(),
            recipient: recipient.clone(),
            address: endpoint.posting.fingerprint(),
        });
        known.collect()
    }
}
