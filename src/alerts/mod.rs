//! The life of an alert over consecutive periods, and what a delivery changed in it.
//!
//! An alert's present state is a pure function of what its rule says of each period, so the order in which deliveries
//! arrive cannot matter: [`live`] folds the signals of all periods into a [`Life`], and [`advance`] compares it with what
//! was known before and names each step. A restated or late month needs nothing else.

mod advance;
mod life;
#[cfg(test)]
mod order;

pub use advance::{Advance, Subject, advance};
pub use life::{Judged, Life, Policy, live};
