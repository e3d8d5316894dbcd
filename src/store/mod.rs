//! All that is kept: the only SQL of the program, and the measures' history as Parquet.
//!
//! The store keeps decisions and makes none. What one delivery changed is one [`Commit`], kept whole or not at all; what
//! follows from it (moving the file, sending messages) is remembered as a [`Placement`] and as rows of the outbox, each
//! done again after a crash until it is recorded as done.
//!
//! | file | keeps |
//! |---|---|
//! | `database` | the open database: connections, settings, versions |
//! | `commit` | the one transaction |
//! | `deliveries`, `alerts`, `datasets`, `notices`, `placements` | a table or two each |
//! | `arrivals` | when each period of a dataset came |
//! | `acts`, `escalations` | what people did about alerts; who was told of them, and whom they were taken to |
//! | `digests` | the deadlines of papers that groups have |
//! | `summaries` | the summaries of periods that groups were given |
//! | `silences`, `held` | what people asked not to hear of; what waits to be said |
//! | `outbox/`, `receivers` | messages, leases, dead letters; who does not take messages now |
//! | `measures/` | the Parquet files and their manifest |
//!
//! **SQLite and PostgreSQL.** The database is SQLite in WAL mode: one writer, and readers that never wait for it, in this
//! process or another. Queries and migrations keep to what PostgreSQL understands too (`$1` placeholders, TEXT and BIGINT
//! only, `ON CONFLICT`, `RETURNING`). For PostgreSQL these places change, and no others: in `database` the pragmas,
//! `BEGIN IMMEDIATE`, the address and the look into `sqlite_master`; in `outbox/lease` the query of a lease, which gains
//! `FOR UPDATE SKIP LOCKED`; in `error` the meaning of error codes.

mod acts;
mod alerts;
mod arrivals;
mod commit;
mod counts;
mod database;
mod datasets;
mod deliveries;
mod digests;
mod error;
mod escalations;
mod escape;
mod held;
mod measures;
mod notices;
mod outbox;
mod overrides;
mod placements;
mod receivers;
mod rows;
mod silences;
mod summaries;
#[cfg(test)]
mod tests;

pub use alerts::{KeptTransition, UnknownKind, UnknownRecord};
pub use commit::{Commit, Committed, Judged};
pub use counts::Counts;
pub use database::Store;
pub use datasets::DatasetMemory;
pub use deliveries::{DeliveryFilter, KeptDelivery};
pub use digests::{DeadlineStep, KeptDeadline};
pub use error::{Result, StoreError};
pub use held::HeldNotice;
pub use measures::{Archive, MeasureFile, Part};
pub use notices::KeptNotice;
pub use outbox::{Failed, MessageState, NewMessage, OutboxFilter, QueuedMessage, Recorded};
pub use overrides::Overruled;
pub use placements::{Move, Placement};
pub use receivers::{Receiver, ReceiverTold, Refusal};
