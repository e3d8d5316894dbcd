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
}

impl Default for RetrySettings {
    /// Ten attempts over about five hours (nine and a quarter at most); 20 seconds each.
    fn default() -> Self {
        Self {
            attempts: NonZeroU32::MIN.saturating_add(9),
            first: FriendlyDuration::from_secs(5),
            longest: FriendlyDuration::from_secs(6 * 60 * 60),
            timeout: FriendlyDuration::from_secs(20),
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
                let asked = after.unwrap_or_default().min(self.longest.get());
                Next::After(self.bound(attempts).mul_f64(chance.clamp(0.0, 1.0)).max(asked))
            }
        }
    }

    /// The upper bound of the delay after so many failures. Bounds grow from `first` to `longest` by the same factor each
    /// time, so that the attempts cover a receiver's bad night however many they are. The delay itself is uniform below
    /// the bound ("full jitter"), so that messages that failed together do not come back together.
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
            let half = delay(&settings, attempts, None, 0.5).as_secs_f64();
            assert!((half - seconds / 2.0).abs() < 1e-6, "after {attempts}: {half}");
            assert_eq!(delay(&settings, attempts, None, 0.0), Duration::ZERO);
        }
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
