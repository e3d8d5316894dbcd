//! When a message is tried again, and when no more.

use std::{num::NonZeroU32, time::Duration};

use serde::{Deserialize, Deserializer, de};

use super::{Failure, FriendlyDuration};

/// How long and how often a message is tried (`retry:` in the daemon's settings).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetrySettings {
    /// How many attempts, the first included, before it is a dead letter.
    pub attempts: NonZeroU32,
    /// The upper bound of the delay after the first failure.
    pub first: FriendlyDuration,
    /// The upper bound of the delay before the last attempt, and of the delay that a receiver may ask for.
    pub longest: FriendlyDuration,
    /// How long one attempt may take.
    #[serde(deserialize_with = "above_zero")]
    pub timeout: FriendlyDuration,
    /// How long a receiver may take nothing before the operator's group is told.
    pub tell_after: FriendlyDuration,
}

/// The least part of its upper bound that a delay is.
const LEAST: f64 = 0.8;

impl Default for RetrySettings {
    /// Fifty attempts over four to five and a half days: a receiver that is down over a bank holiday weekend loses nothing.
    /// 20 seconds each. The operator hears of a receiver that has taken nothing for a day.
    fn default() -> Self {
        Self {
            attempts: NonZeroU32::MIN.saturating_add(49),
            first: FriendlyDuration::from_secs(5),
            longest: FriendlyDuration::from_secs(24 * 60 * 60),
            timeout: FriendlyDuration::from_secs(20),
            tell_after: FriendlyDuration::from_secs(24 * 60 * 60),
        }
    }
}

fn above_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FriendlyDuration, D::Error> {
    let duration = FriendlyDuration::deserialize(deserializer)?;
    if duration.get().is_zero() {
        return Err(de::Error::custom("an attempt needs some time: write 20s"));
    }
    Ok(duration)
}

/// What follows from a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Another attempt after this delay.
    After(Duration),
    /// A dead letter, and why.
    Dead(String),
}

impl RetrySettings {
    /// Decides. `attempts` have failed, this one included; `chance` is uniform over [0, 1).
    pub(super) fn decide(&self, attempts: u32, failure: &Failure, chance: f64) -> Next {
        match failure {
            Failure::Refused { reason } => Next::Dead(reason.clone()),
            Failure::Again { reason, .. } if attempts >= self.attempts.get() => match attempts {
                1 => Next::Dead(format!("given up after one attempt: {reason}")),
                _ => Next::Dead(format!("given up after {attempts} attempts: {reason}")),
            },
            Failure::Again { after, .. } => {
                let part = LEAST + (1.0 - LEAST) * chance.clamp(0.0, 1.0);
                Next::After(self.bound(attempts).mul_f64(part).max(self.asked(*after)))
            }
            // The sender keeps these without asking.
            Failure::Gone { .. } | Failure::NotYet { .. } => Next::After(self.bound(attempts)),
        }
    }

    /// The time that a receiver asks for, as far as it is heard.
    pub(super) fn asked(&self, after: Option<Duration>) -> Duration {
        after.unwrap_or_default().min(self.longest.get())
    }

    /// The upper bound of the delay after so many failures. Bounds grow from `first` to `longest` by the same factor each
    /// time, so that the attempts cover a receiver's bad night however many they are. The delay itself is uniform
    /// over the last fifth below the bound, so that messages that failed together do not come back together.
    fn bound(&self, attempts: u32) -> Duration {
        let (first, longest) = (self.first.get().min(self.longest.get()), self.longest.get());
        let steps = self.attempts.get().saturating_sub(2);
        if steps == 0 || first.is_zero() {
            return first;
        }
        let step = f64::from(attempts.saturating_sub(1).min(steps)) / f64::from(steps);
        let bound = first.as_secs_f64() * (longest.as_secs_f64() / first.as_secs_f64()).powf(step);
        Duration::try_from_secs_f64(bound).unwrap_or(longest).min(longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::testing::decode;

    fn retry(text: &str) -> RetrySettings {
        decode(text).expect(text)
    }

    fn delay(settings: &RetrySettings, attempts: u32, after: Option<u64>, chance: f64) -> Duration {
        let failure = Failure::Again { reason: "busy".to_owned(), after: after.map(Duration::from_secs) };
        match settings.decide(attempts, &failure, chance) {
            Next::After(delay) => delay,
            Next::Dead(reason) => panic!("dead: {reason}"),
        }
    }

    #[test]
    fn delays_grow_by_one_factor_from_first_to_longest() {
        let settings = retry("{attempts: 5, first: 10s, longest: 80s, timeout: 1s}");
        for (attempts, seconds) in [(1, 10.0), (2, 20.0), (3, 40.0), (4, 80.0)] {
            let bound = delay(&settings, attempts, None, 1.0).as_secs_f64();
            assert!((bound - seconds).abs() < 1e-6, "after {attempts}: {bound}");
            let least = delay(&settings, attempts, None, 0.0).as_secs_f64();
            assert!((least - seconds * 0.8).abs() < 1e-6, "after {attempts}: {least}");
        }
    }

    /// The example of Standard Webhooks 1.0.0 goes on for three days and four hours.
    #[test]
    fn a_receiver_that_is_down_for_four_days_loses_nothing() {
        let settings = RetrySettings::default();
        let days = |chance: f64| {
            let delays = (1..settings.attempts.get()).map(|attempts| delay(&settings, attempts, None, chance));
            delays.sum::<Duration>().as_secs_f64() / 86_400.0
        };
        assert!(days(0.0) > 4.0 && days(1.0) < 5.6, "{} to {}", days(0.0), days(1.0));
    }

    #[test]
    fn the_receiver_may_ask_for_more_time_but_not_for_ever() {
        let settings = retry("{attempts: 5, first: 10s, longest: 80s, timeout: 1s}");
        assert_eq!(delay(&settings, 1, Some(30), 0.5), Duration::from_secs(30));
        assert_eq!(delay(&settings, 1, Some(1), 1.0), Duration::from_secs(10));
        assert_eq!(delay(&settings, 1, Some(u64::MAX), 0.5), Duration::from_secs(80));
    }

    #[test]
    fn a_refusal_or_the_last_try_ends_it() {
        let settings = retry("{attempts: 3}");
        assert_eq!(settings.decide(1, &Failure::refused("no such user"), 0.5), Next::Dead("no such user".to_owned()));
        assert!(matches!(settings.decide(2, &Failure::again("busy"), 0.5), Next::After(_)));
        let dead = Next::Dead("given up after 3 attempts: busy".to_owned());
        assert_eq!(settings.decide(3, &Failure::again("busy"), 0.5), dead);
        assert_eq!(
            settings.decide(4, &Failure::again("busy"), 0.5),
            Next::Dead("given up after 4 attempts: busy".into())
        );
    }

    #[test]
    fn odd_settings_still_give_a_delay() {
        for text in
            ["{attempts: 2}", "{first: 0s}", "{first: 2h, longest: 1h}", "{longest: 0s}", "{attempts: 4294967295}"]
        {
            let settings = retry(text);
            assert!(delay(&settings, 1, None, 1.0) <= settings.longest.get(), "{text}");
        }
    }

    #[test]
    fn settings_that_cannot_be_meant_are_refused() {
        for (text, message) in [
            ("{attempts: 0}", "a.yaml:1:12: the number 0 found where a whole number of at least 1 is expected"),
            ("{timeout: 0s}", "a.yaml:1:11: an attempt needs some time: write 20s"),
            ("{first: 5}", "a.yaml:1:9: `5` has no unit: write 5s for seconds"),
            ("{longst: 5s}", "a.yaml:1:2: there is no setting `longst` here (did you mean `longest`?)"),
        ] {
            assert_eq!(decode::<RetrySettings>(text).map(|_| ()), Err(vec![message.to_owned()]));
        }
    }
}
