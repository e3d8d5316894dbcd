//! How a chart is read.

use serde::Deserialize;
use thiserror::Error;

/// How a chart is read. The default is that of NHS England's Excel tool: limits of all points, runs of 7, no screening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// The limits come from the first so many figures of each segment. `None`: from all of them.
    pub baseline: Option<Baseline>,
    /// How many points rising or falling make a trend.
    pub trend: RunLength,
    /// How many points on one side of the centre make a shift.
    pub shift: RunLength,
    /// Whether moving ranges of 3.267 times their mean and above are left out and the mean taken again, once.
    pub screen_outliers: bool,
}

/// The number of figures after which the limits of a segment stay as they are: 12 or more.
///
/// Figures are counted, not periods: a gap does not fill a place of the baseline. A segment with fewer figures has limits
/// from all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "usize")]
pub struct Baseline(usize);

/// How many points make a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "usize")]
pub enum RunLength {
    /// As some teams have it.
    Six,
    /// As Making Data Count has it.
    #[default]
    Seven,
}

crate::model::written_as! { Baseline, { "type": "integer", "minimum": 12 } }
crate::model::written_as! { RunLength, { "enum": [6, 7] } }

/// A number that is no setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// A baseline of fewer than 12.
    #[error("limits cannot be fixed after {0} figures: give {least} or more", least = Baseline::LEAST)]
    Baseline(usize),
    /// A run of neither 6 nor 7.
    #[error("a run of {0} points is not one that is used: give 6 or 7")]
    RunLength(usize),
}

impl Baseline {
    /// The shortest that there is.
    pub const LEAST: usize = 12;

    /// How many figures.
    #[must_use]
    pub const fn figures(self) -> usize {
        self.0
    }
}

impl TryFrom<usize> for Baseline {
    type Error = SettingsError;

    /// [`SettingsError::Baseline`] below 12.
    fn try_from(figures: usize) -> Result<Self, SettingsError> {
        if figures < Self::LEAST { Err(SettingsError::Baseline(figures)) } else { Ok(Self(figures)) }
    }
}

impl RunLength {
    /// How many points.
    #[must_use]
    pub const fn points(self) -> usize {
        match self {
            Self::Six => 6,
            Self::Seven => 7,
        }
    }
}

impl TryFrom<usize> for RunLength {
    type Error = SettingsError;

    /// [`SettingsError::RunLength`] for all but 6 and 7.
    fn try_from(points: usize) -> Result<Self, SettingsError> {
        match points {
            6 => Ok(Self::Six),
            7 => Ok(Self::Seven),
            other => Err(SettingsError::RunLength(other)),
        }
    }
}
