//! Connections to a relay: a few at once, and each used again while it is fresh.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::Instant;

/// How long a farewell may take; the message is safe by then.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long an unused connection is kept: relays close theirs after minutes, and a burst of messages needs seconds.
const FRESH: Duration = Duration::from_secs(10);
/// How many messages go over one connection: some relays allow no more.
const MOST: u32 = 50;

/// A connection, and how many messages went over it.
pub(super) struct Open {
    pub(super) connection: AsyncSmtpConnection,
    messages: u32,
}

impl Open {
    pub(super) fn new(connection: AsyncSmtpConnection) -> Self {
        Self { connection, messages: 0 }
    }

    /// Says goodbye, and waits for no answer: the outcome of a message does not wait for good manners.
    pub(super) fn close(mut self) {
        tokio::spawn(async move {
            let _ = tokio::time::timeout(FAREWELL, self.connection.abort()).await;
        });
    }
}

/// Connections that wait for the next message.
#[derive(Clone, Default)]
pub(super) struct Pool {
    idle: Arc<Mutex<Vec<(Instant, Open)>>>,
}

impl Pool {
    /// One that was used a moment ago.
    pub(super) fn take(&self) -> Option<Open> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().map(|(_, open)| open)
    }

    /// Keeps one over which a message went, for a while.
    pub(super) fn put(&self, mut open: Open) {
        open.messages += 1;
        if open.messages >= MOST || open.connection.has_broken() {
            return open.close();
        }
        let now = Instant::now();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((now, open));
        let pool = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep_until(now + FRESH).await;
            pool.close_older_than(now);
        });
    }

    fn close_older_than(&self, last: Instant) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (old, fresh): (Vec<_>, Vec<_>) = idle.drain(..).partition(|(since, _)| *since <= last);
        *idle = fresh;
        drop(idle);
        for (_, open) in old {
            open.close();
        }
    }
}
