//! How small numbers leave by a channel.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// How counts of a measure leave that are withheld below a threshold (`suppressed_below`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// Counts from 1 to one less than the threshold are withheld, with what they could be worked out from.
    #[default]
    Mask,
    /// The same, and all others are rounded to the nearest multiple of this number.
    RoundTo(NonZeroU32),
    /// Every figure leaves as it is: for receivers who may see them.
    None,
}
