//! The loop over the queue.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::Notify,
    task::{Id, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::{ChannelKind, Channels, Failure, Queue, QueuedMessage, RetrySettings};

mod attempt;

pub use attempt::Counts;
use attempt::{Attempts, Outcome};

/// How many messages of one channel are under way at once.
const PLACES: usize = 8;
/// What a lease lasts beyond the time that an attempt may take, so that its end can be recorded.
const MARGIN: Duration = Duration::from_secs(30);
/// The longest sleep: clocks jump, and other machines may have queued something.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);
/// The sleep when the queue says that something is due and leases nothing, or does not answer.
const SHORT_SLEEP: Duration = Duration::from_secs(1);
/// How long messages under way may take when the process is to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Sends what stands in a queue.
pub struct Sender<Q> {
    attempts: Arc<Attempts<Q>>,
}

/// Messages under way.
#[derive(Default)]
struct Flights {
    tasks: JoinSet<Outcome>,
    messages: HashMap<Id, Arc<QueuedMessage>>,
}

impl<Q: Queue> Sender<Q> {
    /// With the system's clock and randomness.
    #[must_use]
    pub fn new(queue: Arc<Q>, channels: Arc<Channels>, retry: RetrySettings) -> Self {
        Self::with(queue, channels, retry, Timestamp::now, rand::random)
    }

    /// With a clock, and a source of numbers that are uniform over [0, 1).
    pub fn with(
        queue: Arc<Q>,
        channels: Arc<Channels>,
        retry: RetrySettings,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        chance: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Self {
        let (clock, chance) = (Box::new(clock), Box::new(chance));
        Self { attempts: Arc::new(Attempts { queue, channels, retry, clock, chance }) }
    }

    /// The channels that it sends by.
    #[must_use]
    pub fn channels(&self) -> &Channels {
        &self.attempts.channels
    }

    /// Sends what is due, sleeps until more is or `wake` says that something was queued, and so on until `shutdown`.
    /// Messages under way then have five seconds; those that take longer are given back, to be sent again.
    pub async fn run(&self, wake: &Notify, shutdown: &CancellationToken) -> Counts {
        let mut counts = Counts::default();
        let mut flights = Flights::default();
        while !shutdown.is_cancelled() {
            self.start_due(&mut flights, (self.attempts.clock)()).await;
            let pause = self.pause(&flights).await;
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = self.landed(&mut flights, &mut counts) => {}
                () = wake.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        self.land_all(flights, &mut counts).await;
        counts
    }

    /// Sends what is due now, each message once, and says what came of it; stops early at `shutdown`.
    pub async fn drain(&self, shutdown: &CancellationToken) -> Counts {
        // What fails is due again later than this.
        let now = (self.attempts.clock)();
        let mut counts = Counts::default();
        let mut flights = Flights::default();
        while !shutdown.is_cancelled() {
            self.start_due(&mut flights, now).await;
            if flights.tasks.is_empty() {
                return counts;
            }
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = self.landed(&mut flights, &mut counts) => {}
            }
        }
        self.land_all(flights, &mut counts).await;
        counts
    }

    /// Fills the free places of every channel with messages that are due.
    async fn start_due(&self, flights: &mut Flights, now: Timestamp) {
        for channel in ChannelKind::ALL {
            // A lease gives one message for each recipient: there may be more for another.
            for message in self.leased(*channel, now, flights.free(*channel)).await {
                self.start(flights, message);
            }
        }
    }

    async fn leased(&self, channel: ChannelKind, now: Timestamp, limit: usize) -> Vec<QueuedMessage> {
        if limit == 0 {
            return Vec::new();
        }
        let until = later((self.attempts.clock)(), self.attempts.retry.timeout.get().saturating_add(MARGIN));
        self.attempts.queue.lease(channel, now, until, limit).await.unwrap_or_else(|error| {
            tracing::error!(%channel, %error, "messages cannot be taken out of the outbox; trying again");
            Vec::new()
        })
    }

    fn start(&self, flights: &mut Flights, message: QueuedMessage) {
        let (message, attempts) = (Arc::new(message), Arc::clone(&self.attempts));
        let of_task = Arc::clone(&message);
        let task = flights.tasks.spawn(async move { attempts.make(&of_task).await });
        flights.messages.insert(task.id(), message);
    }

    /// How long nothing will be due on a channel with a free place.
    async fn pause(&self, flights: &Flights) -> Duration {
        let mut pause = LONGEST_SLEEP;
        for channel in ChannelKind::ALL.iter().copied().filter(|channel| flights.free(*channel) > 0) {
            let due = match self.attempts.queue.next_due(channel).await {
                Ok(Some(due)) => Duration::try_from(due.duration_since((self.attempts.clock)())).unwrap_or_default(),
                Ok(None) => continue,
                Err(error) => {
                    tracing::error!(%channel, %error, "the outbox does not say what is due; asking again");
                    Duration::ZERO
                }
            };
            pause = pause.min(if due.is_zero() { SHORT_SLEEP } else { due });
        }
        pause
    }

    /// Waits until a message under way is recorded; for ever if none is under way.
    async fn landed(&self, flights: &mut Flights, counts: &mut Counts) {
        let Some(landed) = flights.tasks.join_next_with_id().await else { return std::future::pending().await };
        match landed {
            Ok((id, outcome)) => {
                flights.messages.remove(&id);
                counts.add(&outcome);
            }
            Err(error) => {
                let message = flights.messages.remove(&error.id());
                if let Some(message) = message.filter(|_| error.is_panic()) {
                    self.record_panic(flights, message);
                }
            }
        }
    }

    /// Without a record the message would come up again for ever, with the same end.
    fn record_panic(&self, flights: &mut Flights, message: Arc<QueuedMessage>) {
        let (attempts, of_task) = (Arc::clone(&self.attempts), Arc::clone(&message));
        let failure = Failure::again("bellwether itself failed while it sent this message");
        let task = flights.tasks.spawn(async move { attempts.record(&of_task, Err(failure)).await });
        flights.messages.insert(task.id(), message);
    }

    async fn land_all(&self, mut flights: Flights, counts: &mut Counts) {
        let _ = tokio::time::timeout(GRACE, async {
            while !flights.tasks.is_empty() {
                self.landed(&mut flights, counts).await;
            }
        })
        .await;
        flights.tasks.shutdown().await;
        for message in flights.messages.values() {
            if let Err(error) = self.attempts.queue.release(message.id).await {
                tracing::warn!(id = %message.id, %error, "a message under way is sent again when its lease runs out");
            }
        }
    }
}

impl Flights {
    fn free(&self, channel: ChannelKind) -> usize {
        PLACES.saturating_sub(self.messages.values().filter(|message| message.channel == channel).count())
    }
}

fn later(now: Timestamp, delay: Duration) -> Timestamp {
    let delay = SignedDuration::try_from(delay).unwrap_or(SignedDuration::MAX);
    now.checked_add(delay).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
