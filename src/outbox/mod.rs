//! Sending what was decided: lease, send, record.
//!
//! A message is one rendering of a notice for one recipient on one channel. It stands in a durable [`Queue`], written in
//! the transaction that decided it; the [`Sender`] comes later, outside any transaction. It *leases* messages, hands each
//! to its [channel](channels), and *records* what came of it:
//!
//! - **sent**: the receiver has accepted it;
//! - **to be tried again**, after a delay that grows ([`RetrySettings`]) and never before the receiver wants it;
//! - **dead**: the receiver refuses it for good, or the last try failed. Somebody must see to it.
//!
//! A message is delivered at least once: if the process dies between the receiver's answer and the record, or the answer
//! is lost, the message is sent again. It then has the same id (`Message-ID`, `webhook-id`, file name), so that receivers
//! can tell.
//!
//! One message at a time is under way to one receiver, oldest first, and a few to each channel. So a receiver that hangs
//! costs its channel one place and others nothing, and messages that are accepted at the first try arrive in order; one
//! that must be tried again can be overtaken.

pub mod channels;
mod duration;
mod enclosure;
mod message;
mod queue;
mod retry;
mod secrets;
mod sender;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use channels::{
    Channel, ChannelKind, ChannelSettings, Channels, Known, Opening,
    alertmanager::AlertmanagerSettings,
    email::{AtMost, EmailAddress, EmailSettings, Recipients, SmtpSettings, SmtpTls, Transport},
    folder::FolderSettings,
    http::{OutboundSettings, Target, WebAddress},
    install_crypto_provider,
    slack::SlackSettings,
    specimen,
    teams::{Mention, TeamsSettings},
    webhook::{WebhookFormat, WebhookSettings},
};
pub use duration::FriendlyDuration;
pub use enclosure::Enclosure;
pub use message::{Failure, Payload, QueuedMessage};
pub use queue::Queue;
pub use retry::RetrySettings;
pub use secrets::SecretPlaces;
pub use sender::{Counts, Sender};
