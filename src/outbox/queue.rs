//! Where messages stand until they are sent.

use std::{error::Error, future::Future};

use jiff::Timestamp;
use uuid::Uuid;

use super::{ChannelKind, QueuedMessage};

/// A durable queue of messages. Every call is a transaction of its own, over when its future is.
///
/// A lease is lost with the process that held it: what it covered comes up again when it has run out. (One process that
/// knows itself alone, because it holds the home's lock, may end all leases when it starts.)
pub trait Queue: Send + Sync + 'static {
    /// Why the store did not do it.
    type Error: Error + Send + Sync + 'static;

    /// Takes at most `limit` messages of one channel that are due at `now`, oldest first, until `until`: no other call
    /// answers with them before. At most one for each recipient, and none for a recipient with a message that is leased
    /// already: this keeps the order and lets a receiver that hangs hold up only itself.
    fn lease(
        &self,
        channel: ChannelKind,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<QueuedMessage>, Self::Error>> + Send;

    /// The receiver has accepted it. This holds whatever else happened to it meanwhile.
    fn sent(&self, message: &QueuedMessage, at: Timestamp) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// An attempt failed at `at`: counts it, ends the lease, and makes the message due again at `due`. Changes nothing if
    /// the message was sent or is dead. If the receiver asked for `rest`, nothing is leased for it before then.
    fn retry(
        &self,
        message: &QueuedMessage,
        at: Timestamp,
        due: Timestamp,
        rest: Option<Timestamp>,
        reason: &str,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Nothing was attempted, and nothing is to be for this receiver before `until`: ends the lease, counts nothing.
    fn rest(&self, message: &QueuedMessage, until: Timestamp) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// The receiver, at this address, never wants to be called again: ends the lease, counts the attempt, and leases
    /// nothing more for the receiver, until somebody sees to it. The message is kept.
    fn gone(
        &self,
        message: &QueuedMessage,
        at: Timestamp,
        address: &str,
        reason: &str,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// The last attempt failed: counts it, ends the lease, and keeps the message as a dead letter that people can see and
    /// are told of. Changes nothing if the message was sent.
    fn dead(
        &self,
        message: &QueuedMessage,
        at: Timestamp,
        reason: &str,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Ends the lease without counting an attempt: the message is as due as it was.
    fn release(&self, id: Uuid) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// The first moment at which [`Queue::lease`] may have an answer for this channel: a message's due time, or the end
    /// of a lease if that is later. A moment in the past says "now"; none that nothing waits.
    fn next_due(&self, channel: ChannelKind) -> impl Future<Output = Result<Option<Timestamp>, Self::Error>> + Send;
}
