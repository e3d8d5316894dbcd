//! A home of its own for each test, the real program at work on it, and receivers that behave as badly as real ones.

mod daemon;
mod home;
mod python;
mod receiver;

use std::time::{Duration, Instant};

pub(crate) use daemon::{Daemon, http_get};
pub(crate) use home::{Home, SECRET, les_file};
pub(crate) use python::{Relay, verify_signatures, verify_signatures_with};
pub(crate) use receiver::{Answer, Receiver, Request};

/// Longer than anything here takes on a slow machine, and short enough to learn that it hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// Asks again and again until there is an answer.
///
/// # Panics
/// There is none in a minute and a half; `else_say` tells what there is instead.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>, else_say: impl FnOnce() -> String) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}\n{}", else_say());
        std::thread::sleep(Duration::from_millis(20));
    }
}
