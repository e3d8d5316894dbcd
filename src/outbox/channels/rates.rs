//! How many messages a receiver takes in a time.

use std::{borrow::Cow, collections::VecDeque};

use jiff::{SignedDuration, Timestamp};

/// At most so many within any time of this length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) messages: usize,
    pub(super) within: SignedDuration,
}

/// What was sent lately to one receiver.
#[derive(Debug)]
pub(super) struct Rates {
    limits: Cow<'static, [Limit]>,
    /// Oldest first.
    sent: VecDeque<Timestamp>,
}

impl Rates {
    pub(super) fn new(limits: impl Into<Cow<'static, [Limit]>>) -> Self {
        Self { limits: limits.into(), sent: VecDeque::new() }
    }

    /// Counts a message that is sent now.
    ///
    /// # Errors
    /// None may be sent now, and it is not counted; it may at this moment.
    pub(super) fn take(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        // A clock that was set back has sent nothing in the future.
        for sent in &mut self.sent {
            *sent = (*sent).min(now);
        }
        let longest = self.limits.iter().map(|limit| limit.within).max().unwrap_or_default();
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent) >= longest) {
            self.sent.pop_front();
        }
        let full = self.limits.iter().filter_map(|limit| {
            let first = self.sent.len().checked_sub(limit.messages).and_then(|first| self.sent.get(first))?;
            let free = first.saturating_add(limit.within).unwrap_or(Timestamp::MAX);
            (free > now).then_some(free)
        });
        if let Some(free) = full.max() {
            return Err(free);
        }
        self.sent.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: &[Limit] = &[
        Limit { messages: 2, within: SignedDuration::from_secs(1) },
        Limit { messages: 5, within: SignedDuration::from_secs(60) },
    ];

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_762_245_000_000 + milliseconds).expect("a time")
    }

    #[test]
    fn every_limit_holds() {
        let mut rates = Rates::new(LIMITS);
        for (now, free) in [
            (0, None),
            (100, None),
            (200, Some(1000)),
            (999, Some(1000)),
            (1000, None),
            (1099, Some(1100)),
            (1100, None),
            (3000, None),
            // The sixth within a minute of the first.
            (5000, Some(60_000)),
            (60_000, None),
            (60_001, Some(60_100)),
        ] {
            assert_eq!(rates.take(at(now)), free.map_or(Ok(()), |free| Err(at(free))), "{now}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_stop_it() {
        let mut rates = Rates::new(LIMITS);
        assert_eq!((rates.take(at(3_600_000)), rates.take(at(3_600_000))), (Ok(()), Ok(())));
        assert_eq!(rates.take(at(0)), Err(at(1000)));
        assert_eq!(rates.take(at(1000)), Ok(()));
    }

    #[test]
    fn no_limit_limits_nothing() {
        let mut rates = Rates::new(Vec::new());
        assert!((0..1000).all(|_| rates.take(at(0)).is_ok()));
        assert!(rates.sent.len() <= 1, "what no limit asks for is not kept");
    }
}
