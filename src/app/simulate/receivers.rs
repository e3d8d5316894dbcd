//! Receivers that are played: they note what comes, and answer as the scenario says.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    model::matcher::Condition,
    outbox::{Channel, ChannelKind, Channels, Failure, QueuedMessage},
};

use super::settings::Answering;

/// How long a receiver that is busy asks to be left alone.
const BUSY: Duration = Duration::from_hours(1);

/// All receivers of a simulation. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Receivers(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// How receivers answer: the last that takes an address decides.
    answering: Vec<(Option<Condition>, Answering)>,
    /// Messages that a receiver has.
    taken: HashSet<Uuid>,
    heard: Vec<Heard>,
}

/// A message that came to a receiver.
#[derive(Debug, Clone)]
pub struct Heard {
    /// When.
    pub at: Timestamp,
    /// The message.
    pub message: QueuedMessage,
    /// Whether the receiver had it before.
    pub again: bool,
    /// Whether the receiver has it now.
    pub taken: bool,
    /// Why the sender thinks that it has not.
    pub failure: Option<String>,
}

impl Receivers {
    /// Channels of every kind that lead here.
    #[must_use]
    pub fn channels(&self) -> Channels {
        let channel = || Box::new(self.clone()) as Box<dyn Channel>;
        Channels::of(ChannelKind::ALL.iter().map(|kind| (*kind, channel())))
    }

    /// From now on these answer so.
    pub fn answer(&self, who: Option<Condition>, how: Answering) {
        self.state(|state| state.answering.push((who, how)));
    }

    /// What came since the last question, in the order in which it was queued.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        let mut heard = self.state(|state| std::mem::take(&mut state.heard));
        // Several are under way at once: which comes first is chance.
        heard.sort_by_key(|heard| (heard.at, heard.message.created, heard.message.id));
        heard
    }

    fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Channel for Receivers {
    fn send<'a>(&'a self, message: &'a QueuedMessage, now: Timestamp) -> BoxFuture<'a, Result<(), Failure>> {
        let answer = self.state(|state| {
            let is_of = |who: &Option<Condition>| who.as_ref().is_none_or(|who| who.takes(&message.recipient));
            let last = state.answering.iter().rev().find(|(who, _)| is_of(who));
            let (taken, answer) = last.map_or(Answering::Up, |(_, how)| *how).to_a_message();
            let again = state.taken.contains(&message.id);
            if taken {
                state.taken.insert(message.id);
            }
            let failure = answer.as_ref().err().map(ToString::to_string);
            state.heard.push(Heard { at: now, message: message.clone(), again, taken, failure });
            answer
        });
        Box::pin(std::future::ready(answer))
    }
}

impl Answering {
    /// Whether a message is taken, and what the sender hears.
    fn to_a_message(self) -> (bool, Result<(), Failure>) {
        let again = |reason: &str, after| Err(Failure::Again { reason: reason.to_owned(), after });
        let refused = |reason: &str| Err(Failure::Refused { reason: reason.to_owned() });
        match self {
            Self::Up => (true, Ok(())),
            Self::Down => (false, again("it cannot be reached", None)),
            Self::Failing => (false, again("it answers 500: it fails", None)),
            Self::Busy => (false, again("it answers 429: it is busy", Some(BUSY))),
            Self::Refusing => (false, refused("it refuses: it does not know the recipient")),
            Self::Gone => {
                let reason = "it answers 410: it is gone".to_owned();
                (false, Err(Failure::Gone { reason, address: String::new() }))
            }
            Self::Forgetful => (true, again("its answer is lost", None)),
        }
    }

    /// In words: `down`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Failing => "failing",
            Self::Busy => "busy",
            Self::Refusing => "refusing",
            Self::Gone => "gone",
            Self::Forgetful => "forgetful",
        }
    }
}
