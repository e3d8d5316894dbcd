//! The life of an alert over consecutive periods, and what a delivery changed in it.
//!
//! An alert's present state is a pure function of what its rule says of each period, so the order in which deliveries
//! arrive cannot matter: [`stretches`] folds the answers of all periods into those of a [`Life`], and [`advance`] compares
//! it with what was known before and names each step. A restated or late month needs nothing else.
//!
//! What does not arrive lives the same way: [`expected`] says how each period of a dataset stands, and [`late`] folds the
//! moments at which one became late, was held back, went missing or arrived.

mod advance;
mod close;
mod expected;
mod late;
mod life;
#[cfg(test)]
mod order;
mod outstanding;

pub use advance::{Advance, Subject, advance};
pub use close::close;
pub use expected::{expected, next_moment};
pub use late::{Lateness, ended, late, moment};
pub use life::{Answer, Life, Policy, Stretch, stretches};
use life::{Judged, live};
