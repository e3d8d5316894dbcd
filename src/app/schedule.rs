//! When to look for what did not arrive: at the next moment at which something becomes late, and whenever something changed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::clock::Clock;

/// How long at most the schedule sleeps at a time. A sleep neither counts the time that a machine is suspended nor sees that
/// its clock is set; to wake is to compare two times, and touches nothing else.
const LONGEST: Duration = Duration::from_mins(10);
/// How long a moment waits for a file that is still being written: it may be the one that is awaited.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
/// How long a daemon that begins waits at least: files that lie in the drop folder are worked on first.
const START: SignedDuration = SignedDuration::from_secs(15);

/// The next moment at which to look.
#[derive(Debug)]
pub struct Schedule {
    clock: Clock,
    next: Option<Timestamp>,
    put_off: bool,
}

impl Schedule {
    /// The schedule of a daemon that begins, with the time that files take to settle.
    #[must_use]
    pub fn starting(clock: Clock, settle: Duration) -> Self {
        let next = clock.now().saturating_add(START).and_then(|soon| soon.saturating_add(settle)).ok();
        Self { clock, next, put_off: false }
    }

    /// Looks again at that moment; never, without one, unless something changes.
    pub fn set(&mut self, next: Option<Timestamp>) {
        (self.next, self.put_off) = (next, false);
    }

    /// Looks as soon as it can be: something changed.
    pub fn hurry(&mut self) {
        self.next = Some(self.clock.now());
    }

    /// Tries again a little later.
    pub fn try_again(&mut self) {
        self.set(self.clock.now().saturating_add(PATIENCE).ok());
    }

    /// Whether it is time to look. While files are `moving` the moment is put off, once and for a minute.
    pub fn is_due(&mut self, moving: bool) -> bool {
        if self.next.is_none_or(|next| next > self.clock.now()) {
            return false;
        }
        if moving && !self.put_off {
            self.try_again();
            self.put_off = true;
            return false;
        }
        true
    }

    /// Sleeps until it is time to look.
    pub async fn wait(&self) {
        let Some(next) = self.next else { return std::future::pending().await };
        loop {
            let left = next.duration_since(self.clock.now());
            match Duration::try_from(left) {
                Ok(left) if !left.is_zero() => tokio::time::sleep(left.min(LONGEST)).await,
                // A time that is past is a negative duration.
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::time::Instant;

    use super::*;

    /// A clock that goes with tokio's, and is set by hand.
    fn clock(offset: &Arc<Mutex<SignedDuration>>) -> Clock {
        let (offset, begun) = (Arc::clone(offset), Instant::now());
        let zero: Timestamp = "2026-03-20T00:00:00Z".parse().expect("a time");
        Clock::of(move || {
            let gone = SignedDuration::try_from(begun.elapsed()).expect("short");
            zero.saturating_add(gone + *offset.lock().expect("not poisoned")).expect("a time")
        })
    }

    #[tokio::test(start_paused = true)]
    async fn it_wakes_at_its_moment_and_soon_after_a_clock_was_set_past_it() {
        let offset = Arc::new(Mutex::new(SignedDuration::ZERO));
        let mut schedule = Schedule::starting(clock(&offset), Duration::ZERO);
        let begun = Instant::now();
        schedule.set(Some("2026-03-20T09:00:00Z".parse().expect("a time")));
        schedule.wait().await;
        assert_eq!(begun.elapsed().as_secs(), 9 * 3600);
        assert!(schedule.is_due(false));

        let begun = Instant::now();
        schedule.set(Some("2026-04-20T08:00:00Z".parse().expect("a time")));
        let waiting = tokio::spawn(async move { schedule.wait().await });
        tokio::time::sleep(Duration::from_hours(1)).await;
        *offset.lock().expect("not poisoned") = SignedDuration::from_hours(24 * 365);
        waiting.await.expect("it wakes");
        assert!(begun.elapsed() <= Duration::from_hours(1) + LONGEST, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_is_being_written_is_waited_for_and_not_for_ever() {
        let mut schedule = Schedule::starting(clock(&Arc::default()), Duration::ZERO);
        schedule.hurry();
        assert!(!schedule.is_due(true));
        schedule.wait().await;
        assert!(schedule.is_due(true), "a minute later");
        schedule.set(None);
        assert!(!schedule.is_due(false));
    }
}
