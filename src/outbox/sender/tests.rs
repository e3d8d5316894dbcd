//! The loop, over a queue in memory and with a clock that stands still until all wait.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use futures::future::BoxFuture;
use tokio::time::{Instant, sleep};

use super::*;
use crate::outbox::{
    channels::Channel,
    testing::{MemoryQueue, State, decode, message},
};

/// A channel that does what a test says, and notes when each message was tried.
struct Stub<F> {
    respond: F,
    log: Arc<Log>,
}

#[derive(Default)]
struct Log {
    /// Recipient, last digits of the id, and seconds since the beginning.
    tried: Mutex<Vec<(String, u128, f64)>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

impl Log {
    fn tried(&self) -> Vec<(String, u128, f64)> {
        self.tried.lock().unwrap().clone()
    }

    fn times(&self) -> Vec<f64> {
        self.tried().iter().map(|(_, _, time)| *time).collect()
    }
}

type Response = BoxFuture<'static, Result<(), Failure>>;

impl<F: Fn(&QueuedMessage) -> Response + Send + Sync> Channel for Stub<F> {
    fn send<'a>(&'a self, message: &'a QueuedMessage, now: Timestamp) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let seconds = now.duration_since(start()).as_secs_f64();
            let number = message.id.as_u128() & 0xFFFF;
            self.log.tried.lock().unwrap().push((message.recipient.clone(), number, seconds));
            let under_way = self.log.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.log.most_under_way.fetch_max(under_way, Ordering::SeqCst);
            let response = (self.respond)(message).await;
            self.log.under_way.fetch_sub(1, Ordering::SeqCst);
            response
        })
    }
}

fn start() -> Timestamp {
    "2025-11-04T08:31:00Z".parse().unwrap()
}

/// A clock that goes with tokio's.
fn clock() -> impl Fn() -> Timestamp + Send + Sync + 'static {
    let began = Instant::now();
    move || later(start(), began.elapsed())
}

const SETTINGS: &str = "{attempts: 4, first: 10s, longest: 40s, timeout: 20s}";

fn sender<Q: Queue>(
    queue: &Arc<Q>,
    respond: impl Fn(&QueuedMessage) -> Response + Send + Sync + 'static,
) -> (Arc<Sender<Q>>, Arc<Log>) {
    let log = Arc::new(Log::default());
    let stub: Box<dyn Channel> = Box::new(Stub { respond, log: Arc::clone(&log) });
    let channels = Arc::new(Channels::of([(ChannelKind::Email, stub)]));
    let retry = decode(SETTINGS).expect("valid");
    (Arc::new(Sender::with(Arc::clone(queue), channels, retry, clock(), || 0.5)), log)
}

fn email(number: u128, recipient: &str) -> QueuedMessage {
    message(number, ChannelKind::Email, recipient)
}

fn answer(result: Result<(), Failure>) -> Response {
    Box::pin(std::future::ready(result))
}

fn after(seconds: u64) -> Response {
    Box::pin(async move {
        sleep(Duration::from_secs(seconds)).await;
        Ok(())
    })
}

/// Runs the loop for so long, then stops it.
async fn run_for<Q: Queue>(sender: &Arc<Sender<Q>>, seconds: u64) -> Counts {
    let stop = CancellationToken::new();
    let (sender, stopped) = (Arc::clone(sender), stop.clone());
    let run = tokio::spawn(async move { sender.run(&Notify::new(), &stopped).await });
    sleep(Duration::from_secs(seconds)).await;
    stop.cancel();
    run.await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn failures_are_tried_again_later_with_the_same_id_until_the_receiver_accepts() {
    let queue = MemoryQueue::of([email(1, "a")]);
    let calls = AtomicUsize::new(0);
    let (sender, log) = sender(&queue, move |_| match calls.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => answer(Err(Failure::again("busy"))),
        _ => answer(Ok(())),
    });
    let counts = run_for(&sender, 600).await;
    assert_eq!(counts, Counts { sent: 1, again: 2, ..Counts::default() });
    assert_eq!(queue.row(1).state, State::Sent);
    // Nine tenths of the bounds 10 s and 20 s, one after the other.
    assert_eq!(log.tried(), [("a".to_owned(), 1, 0.0), ("a".to_owned(), 1, 9.0), ("a".to_owned(), 1, 27.0)]);
}

#[tokio::test(start_paused = true)]
async fn the_last_failure_makes_a_dead_letter() {
    let queue = MemoryQueue::of([email(1, "a")]);
    let (sender, log) = sender(&queue, |_| answer(Err(Failure::again("busy"))));
    let counts = run_for(&sender, 600).await;
    assert_eq!(counts, Counts { again: 3, dead: 1, ..Counts::default() });
    assert_eq!(queue.row(1).state, State::Dead("given up after 4 attempts: busy".to_owned()));
    assert_eq!((queue.row(1).message.attempts, queue.row(1).leased), (4, None));
    assert_eq!(log.times(), [0.0, 9.0, 27.0, 63.0]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_final_and_the_receivers_wish_is_heard() {
    let queue = MemoryQueue::of([email(1, "a"), email(2, "b")]);
    let (sender, log) = sender(&queue, |message| {
        answer(Err(match message.recipient.as_str() {
            "a" => Failure::refused("no such user"),
            _ => Failure::Again { reason: "busy".to_owned(), after: Some(Duration::from_secs(30)) },
        }))
    });
    run_for(&sender, 100).await;
    assert_eq!(queue.row(1).state, State::Dead("no such user".to_owned()));
    let times: Vec<_> = log.tried().into_iter().filter(|(to, ..)| to == "b").map(|(_, _, time)| time).collect();
    assert_eq!(times, [0.0, 30.0, 60.0, 96.0]);
}

#[tokio::test(start_paused = true)]
async fn one_that_asks_for_time_is_left_alone_by_all_its_messages() {
    let queue = MemoryQueue::of([email(1, "busy"), email(2, "busy"), email(3, "other")]);
    let calls = AtomicUsize::new(0);
    let (sender, log) = sender(&queue, move |message| {
        answer(match message.recipient.as_str() {
            "busy" if calls.fetch_add(1, Ordering::SeqCst) == 0 => {
                Err(Failure::Again { reason: "busy".to_owned(), after: Some(Duration::from_secs(38)) })
            }
            _ => Ok(()),
        })
    });
    run_for(&sender, 100).await;
    let tried = log.tried();
    let busy: Vec<(u128, f64)> =
        tried.iter().filter(|(to, ..)| to == "busy").map(|(_, number, time)| (*number, *time)).collect();
    assert_eq!(busy, [(1, 0.0), (1, 38.0), (2, 38.0)]);
    assert!(tried.contains(&("other".to_owned(), 3, 0.0)));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_must_wait_its_turn_loses_no_attempt() {
    let queue = MemoryQueue::of([email(1, "a")]);
    let turn = later(start(), Duration::from_secs(12));
    let calls = AtomicUsize::new(0);
    let (sender, log) = sender(&queue, move |_| match calls.fetch_add(1, Ordering::SeqCst) {
        0 => answer(Err(Failure::NotYet { until: turn })),
        _ => answer(Ok(())),
    });
    let counts = run_for(&sender, 100).await;
    assert_eq!((log.times(), queue.row(1).message.attempts), (vec![0.0, 12.0], 0));
    assert_eq!(counts, Counts { sent: 1, again: 1, ..Counts::default() });
}

#[tokio::test(start_paused = true)]
async fn one_that_is_gone_is_not_called_and_keeps_its_messages() {
    let queue = MemoryQueue::of([email(1, "gone"), email(2, "gone")]);
    let (sender, log) =
        sender(&queue, |_| answer(Err(Failure::Gone { reason: "410 Gone".to_owned(), address: "a".to_owned() })));
    let counts = run_for(&sender, 600).await;
    assert_eq!((log.times(), counts), (vec![0.0], Counts { again: 1, ..Counts::default() }));
    assert_eq!((queue.row(1).state, queue.row(2).state), (State::Queued, State::Queued));
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_hangs_holds_up_only_itself() {
    let hanging = (1..=20).map(|number| email(number, "hangs"));
    let queue = MemoryQueue::of(hanging.chain((21..=120).map(|number| email(number, &format!("r{number}")))));
    let (sender, log) = sender(&queue, |message| match message.recipient.as_str() {
        "hangs" => Box::pin(std::future::pending()),
        _ => after(1),
    });
    run_for(&sender, 19).await;
    // Seven places are left for the others: a hundred messages of a second each.
    assert!((21..=120).all(|number| queue.row(number).state == State::Sent));
    assert_eq!(log.tried().iter().filter(|(to, ..)| to == "hangs").count(), 1);
    assert_eq!(log.most_under_way.load(Ordering::SeqCst), 8);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_is_a_failure() {
    let queue = MemoryQueue::of([email(1, "hangs")]);
    let (sender, _) = sender(&queue, |_| Box::pin(std::future::pending()));
    let counts = sender.drain(&CancellationToken::new()).await;
    assert_eq!(counts, Counts { again: 1, ..Counts::default() });
    let row = queue.row(1);
    assert_eq!((row.reason.as_str(), row.message.attempts), ("no answer within 20s", 1));
    assert_eq!(row.due, later(start(), Duration::from_secs(29)));
}

#[tokio::test(start_paused = true)]
async fn messages_to_one_receiver_arrive_in_order() {
    let queue = MemoryQueue::of((1..=5).map(|number| email(number, "a")));
    let (sender, log) = sender(&queue, |message| after(6 - (message.id.as_u128() & 0xF) as u64));
    sender.drain(&CancellationToken::new()).await;
    assert_eq!(log.tried().iter().map(|(_, number, _)| *number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(log.most_under_way.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn draining_sends_what_is_due_and_says_what_came_of_it() {
    let mut later_on = email(4, "d");
    later_on.created = later(start(), Duration::from_secs(1));
    let queue = MemoryQueue::of([email(1, "a"), email(2, "b"), email(3, "c"), later_on]);
    let (sender, _) = sender(&queue, |message| {
        answer(match message.recipient.as_str() {
            "b" => Err(Failure::again("busy")),
            "c" => Err(Failure::refused("never")),
            _ => Ok(()),
        })
    });
    let counts = sender.drain(&CancellationToken::new()).await;
    assert_eq!(counts, Counts { sent: 1, again: 1, dead: 1, unrecorded: 0 });
    assert_eq!(queue.row(4).state, State::Queued);
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_goes_out_at_once_and_what_is_due_later_goes_out_then() {
    let queue = MemoryQueue::of([]);
    let (sender, log) = sender(&queue, |_| answer(Ok(())));
    let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
    let (waker, stopped) = (Arc::clone(&wake), stop.clone());
    let run = tokio::spawn(async move { sender.run(&waker, &stopped).await });
    sleep(Duration::from_secs(7)).await;
    queue.push(email(1, "a"));
    let mut later_on = email(2, "b");
    later_on.created = later(start(), Duration::from_millis(21_500));
    queue.push(later_on);
    wake.notify_one();
    sleep(Duration::from_secs(20)).await;
    stop.cancel();
    run.await.unwrap();
    assert_eq!(log.times(), [7.0, 21.5]);
}

/// A queue that counts questions and fails when told to.
struct Watched {
    inner: Arc<MemoryQueue>,
    questions: AtomicUsize,
    failures: AtomicUsize,
}

#[derive(Debug, thiserror::Error)]
#[error("the disk is full")]
struct DiskFull;

impl Watched {
    fn over(inner: Arc<MemoryQueue>, failures: usize) -> Arc<Self> {
        Arc::new(Self { inner, questions: AtomicUsize::new(0), failures: AtomicUsize::new(failures) })
    }

    fn fails(&self) -> Result<(), DiskFull> {
        let left = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_ok() { Err(DiskFull) } else { Ok(()) }
    }
}

fn never<T>(result: Result<T, std::convert::Infallible>) -> Result<T, DiskFull> {
    result.map_err(|error| match error {})
}

impl Queue for Watched {
    type Error = DiskFull;

    async fn lease(
        &self,
        channel: ChannelKind,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<QueuedMessage>, DiskFull> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        never(self.inner.lease(channel, now, until, limit).await)
    }

    async fn sent(&self, message: &QueuedMessage, at: Timestamp) -> Result<(), DiskFull> {
        self.fails()?;
        never(self.inner.sent(message, at).await)
    }

    async fn retry(
        &self,
        message: &QueuedMessage,
        at: Timestamp,
        due: Timestamp,
        rest: Option<Timestamp>,
        reason: &str,
    ) -> Result<(), DiskFull> {
        never(self.inner.retry(message, at, due, rest, reason).await)
    }

    async fn rest(&self, message: &QueuedMessage, until: Timestamp) -> Result<(), DiskFull> {
        never(self.inner.rest(message, until).await)
    }

    async fn gone(&self, message: &QueuedMessage, at: Timestamp, address: &str, reason: &str) -> Result<(), DiskFull> {
        never(self.inner.gone(message, at, address, reason).await)
    }

    async fn dead(&self, message: &QueuedMessage, at: Timestamp, reason: &str) -> Result<(), DiskFull> {
        never(self.inner.dead(message, at, reason).await)
    }

    async fn release(&self, id: uuid::Uuid) -> Result<(), DiskFull> {
        never(self.inner.release(id).await)
    }

    async fn next_due(&self, channel: ChannelKind) -> Result<Option<Timestamp>, DiskFull> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        never(self.inner.next_due(channel).await)
    }
}

#[tokio::test(start_paused = true)]
async fn idling_asks_once_a_minute() {
    let queue = Watched::over(MemoryQueue::of([]), 0);
    let (sender, _) = sender(&queue, |_| answer(Ok(())));
    run_for(&sender, 599).await;
    // Ten rounds of two questions for each channel.
    assert_eq!(queue.questions.load(Ordering::SeqCst), 20 * ChannelKind::ALL.len());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_another_process_holds_is_not_asked_for_without_a_pause() {
    let inner = MemoryQueue::of([email(1, "a")]);
    let queue = Watched::over(Arc::clone(&inner), 0);
    let (until, now) = (later(start(), Duration::from_secs(50)), start());
    inner.lease(ChannelKind::Email, now, until, 1).await.unwrap();
    let (sender, log) = sender(&queue, |_| answer(Ok(())));
    run_for(&sender, 100).await;
    assert_eq!(log.times(), [50.0]);
    assert!(queue.questions.load(Ordering::SeqCst) < 15 * ChannelKind::ALL.len());
}

#[tokio::test(start_paused = true)]
async fn a_record_that_fails_is_made_again_and_the_message_is_not() {
    let inner = MemoryQueue::of([email(1, "a")]);
    let queue = Watched::over(Arc::clone(&inner), 2);
    let (sender, log) = sender(&queue, |_| answer(Ok(())));
    let counts = run_for(&sender, 100).await;
    assert_eq!(counts, Counts { sent: 1, ..Counts::default() });
    assert_eq!((inner.row(1).state, log.tried().len()), (State::Sent, 1));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_recorded_comes_up_again() {
    let inner = MemoryQueue::of([email(1, "a")]);
    let queue = Watched::over(Arc::clone(&inner), 5);
    let (sender, log) = sender(&queue, |_| answer(Ok(())));
    let counts = run_for(&sender, 100).await;
    assert_eq!(counts, Counts { sent: 1, unrecorded: 1, ..Counts::default() });
    // When the lease of 20 s and 30 s is over.
    assert_eq!((inner.row(1).state, log.times()), (State::Sent, vec![0.0, 50.0]));
}

#[tokio::test(start_paused = true)]
async fn stopping_waits_for_what_is_nearly_done_and_gives_back_the_rest() {
    let queue = MemoryQueue::of([email(1, "quick"), email(2, "hangs"), email(3, "quick")]);
    let (sender, _) = sender(&queue, |message| match message.recipient.as_str() {
        "quick" => after(4),
        _ => Box::pin(std::future::pending()),
    });
    let before = Instant::now();
    let counts = run_for(&sender, 1).await;
    assert_eq!(before.elapsed().as_secs(), 6);
    assert_eq!(counts, Counts { sent: 1, ..Counts::default() });
    assert_eq!(queue.row(1).state, State::Sent);
    // Neither the one given back nor the one never begun has lost an attempt.
    for number in [2, 3] {
        let row = queue.row(number);
        assert_eq!((row.state, row.leased, row.message.attempts), (State::Queued, None, 0), "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_mistake_of_ours_costs_the_message_an_attempt_and_the_loop_nothing() {
    let queue = MemoryQueue::of([email(1, "a"), email(2, "b")]);
    let (sender, _) = sender(&queue, |message| match message.recipient.as_str() {
        "a" => panic!("a mistake, for this test"),
        _ => answer(Ok(())),
    });
    run_for(&sender, 600).await;
    assert_eq!(queue.row(2).state, State::Sent);
    let reason = "given up after 4 attempts: bellwether itself failed while it sent this message";
    assert_eq!(queue.row(1).state, State::Dead(reason.to_owned()));
}
