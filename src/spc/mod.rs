//! Statistical process control: the XmR chart, read as the NHS reads it ("Making Data Count").
//!
//! Arithmetic only, the same for rules, expressions and pictures, and the settings of a measure's charts. A series of consecutive periods' figures becomes
//! [`Limits`] for each of its segments, the [`SpecialCause`] of each point, and what is said of the newest one:
//! [`Variation`] and [`Assurance`].
//!
//! - [`latest`] answers for the newest period alone and allocates nothing; `latest(&figures[..=t], …)` is the answer as it
//!   was when period `t` was the newest. This is what a rule asks of every period of a history.
//! - [`AsOf`] is that answer for every period at once.
//! - [`Chart`] answers for every period as seen from the newest one, as a chart draws it: a point may be marked because of
//!   points that came after it. A chart can be filled again and keeps its buffers.
//!
//! # Where this follows whom
//!
//! The rules are those of NHS England's Making Data Count tools, as the R package `NHSRplotthedots` (MIT, NHS-R Community)
//! has them; its published examples are among the tests. Outliers are screened only if [`Settings::screen_outliers`] says
//! so: the R package does it unless told otherwise, NHS England's own Excel tool never does.
//!
//! It differs from the R package in what that leaves open or gets wrong:
//!
//! - **Gaps.** The package asks for series without gaps: a period whose row is missing is joined over in silence, and a row
//!   without a value can stop it. Here a period without a figure is a gap. No moving range, trend, shift or two-of-three
//!   crosses it, and it does not count as a point.
//! - **Too few points.** One point, or points that all stand alone between gaps, have no moving range and so no limits. The
//!   package calls such a point common cause; here there is no answer.
//! - **Screening a constant.** Where every moving range is 0 the package's screen drops them all and leaves no limits. Here
//!   there is nothing to screen: the limits lie on the centre.
//! - **A rising trend that ends in a tie.** If another trend starts with the second of the equal points, the package calls
//!   the last rising point falling. Here it stays rising.

mod as_of;
mod chart;
mod declared;
mod icons;
mod limits;
mod newest;
mod rebase;
mod settings;
mod special;

#[cfg(test)]
mod tests;

pub use crate::model::{Assurance, Variation};
pub use as_of::{AsOf, periods_of};
pub use chart::{Chart, Point, Segment};
pub use declared::{ChartSettings, Charting, Rebase};
pub use limits::{Limits, Side};
pub use newest::{Latest, latest};
pub use settings::{Baseline, RunLength, Settings, SettingsError};
pub use special::{SpecialCause, Test};

/// The fewest figures of a segment on which its icons should be trusted. With fewer the limits are trial limits: they still
/// move with every point.
pub const ENOUGH: usize = 13;
