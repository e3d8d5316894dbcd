//! What the channels that post to a web address share.
//!
//! | file | what it is |
//! |---|---|
//! | `address.rs` | web addresses in settings, and how they are shown |
//! | `outbound.rs` | where messages may go |
//! | `posting.rs`, `retry_after.rs` | one request, and what the answer means |
//! | `rates.rs` | how many a receiver takes |
//! | `hooks.rs` | the channel that a kind of receiver makes of these |

mod address;
mod hooks;
mod outbound;
mod posting;
mod retry_after;

pub(super) use super::rates::Limit;
use super::rates::Rates;
pub use address::{Target, WebAddress};
pub(super) use hooks::{Hook, HookSettings, Hooks, Posted};
pub use outbound::OutboundSettings;
pub(super) use posting::Body;
use posting::Posting;
