//! How fast a relay is sent to: what its provider allows, and a pause when it says that it is too much.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, de};

use crate::outbox::channels::rates::{Limit, Rates};

/// The first pause of a relay that says it is too much; each that follows is twice as long.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(30);

/// At most so many messages within any time of this length: `30 per minute`.
#[derive(Debug, Clone, Copy)]
pub struct AtMost(Limit);

/// Not a number of messages in a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a number of messages in a time: write 30 per minute (or per second, hour, day)")]
pub struct AtMostError(String);

impl FromStr for AtMost {
    type Err = AtMostError;

    fn from_str(text: &str) -> Result<Self, AtMostError> {
        let mistaken = || AtMostError(text.escape_debug().to_string());
        let (messages, time) = text.split_once(" per ").ok_or_else(mistaken)?;
        let within = match time.trim() {
            "second" => SignedDuration::from_secs(1),
            "minute" => SignedDuration::from_mins(1),
            "hour" => SignedDuration::from_hours(1),
            "day" => SignedDuration::from_hours(24),
            _ => return Err(mistaken()),
        };
        let messages = messages.trim().parse().ok().filter(|messages| (1..=1_000_000).contains(messages));
        Ok(Self(Limit { messages: messages.ok_or_else(mistaken)?, within }))
    }
}

impl<'de> Deserialize<'de> for AtMost {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

crate::model::written_as! { AtMost, {
    "type": "string",
    "pattern": "^\\s*[0-9]+ per (second|minute|hour|day)\\s*$",
    "description": "A number of messages in a time: 30 per minute"
} }

/// What was sent lately to a relay, and whether it wants a pause.
#[derive(Debug)]
pub(super) struct Pace {
    rates: Rates,
    paused: Option<Timestamp>,
    pauses: u32,
}

impl Pace {
    pub(super) fn new(at_most: Option<AtMost>) -> Self {
        let limits: Vec<Limit> = at_most.map(|AtMost(limit)| limit).into_iter().collect();
        Self { rates: Rates::new(limits), paused: None, pauses: 0 }
    }

    /// Counts a message that is sent now.
    ///
    /// # Errors
    /// None may be sent now, and it is not counted; it may at this moment.
    pub(super) fn take(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        match self.paused.filter(|until| *until > now) {
            // A clock that was set back does not make the pause longer than any.
            Some(until) => Err(until.min(after(now, LONGEST_PAUSE))),
            None => self.rates.take(now),
        }
    }

    /// The relay says that it is too much: nothing more for a while.
    pub(super) fn pause(&mut self, now: Timestamp) {
        let pause = (0..self.pauses).fold(FIRST_PAUSE, |pause, _| (pause * 2).min(LONGEST_PAUSE));
        // More pauses than this are as long as the longest.
        self.pauses = (self.pauses + 1).min(10);
        self.paused = Some(after(now, pause));
    }

    /// The relay has taken a message.
    pub(super) fn taken(&mut self) {
        self.pauses = 0;
    }
}

fn after(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_762_245_000 + seconds).expect("a time")
    }

    #[test]
    fn no_more_are_sent_in_any_minute_than_the_provider_allows() {
        let mut pace = Pace::new(Some("2 per minute".parse().expect("a pace")));
        for (now, free) in [
            (0, None),
            (10, None),
            (20, Some(60)),
            (59, Some(60)),
            (60, None),
            (61, Some(70)),
            (70, None),
            (71, Some(120)),
        ] {
            assert_eq!(pace.take(at(now)), free.map_or(Ok(()), |free| Err(at(free))), "{now}");
        }
        let mut free = Pace::new(None);
        assert!((0..1000).all(|_| free.take(at(0)).is_ok()));
    }

    #[test]
    fn a_relay_that_says_it_is_too_much_has_longer_and_longer_pauses() {
        let mut pace = Pace::new(None);
        pace.pause(at(0));
        assert_eq!((pace.take(at(1)), pace.take(at(60))), (Err(at(60)), Ok(())));
        pace.pause(at(60));
        assert_eq!(pace.take(at(60)), Err(at(180)));
        for _ in 0..100 {
            pace.pause(at(200));
        }
        assert_eq!(pace.take(at(200)), Err(at(2000)), "half an hour is the longest");
        assert_eq!(pace.take(at(-100_000)), Err(at(-98_200)), "also when the clock is set back");
        pace.taken();
        pace.pause(at(3000));
        assert_eq!(pace.take(at(3000)), Err(at(3060)));
    }

    #[test]
    fn a_pace_is_a_number_and_a_time() {
        for text in ["0 per minute", "30", "30 per fortnight", "-1 per day", "many per hour", "30/minute", ""] {
            assert!(text.parse::<AtMost>().is_err(), "{text}");
        }
        let AtMost(limit) = "1800 per day".parse().expect("a pace");
        assert_eq!((limit.messages, limit.within), (1800, SignedDuration::from_hours(24)));
    }
}
