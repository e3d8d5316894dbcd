//! A control chart as a notice carries it.

use serde::{Deserialize, Serialize};

use super::{Period, coded};

coded! {
    /// What a point of a control chart says of its process.
    pub enum ChartMark {
        /// Nothing but chance.
        CommonCause = "common_cause",
        /// A special cause in the direction that is not good.
        Concern = "concern",
        /// A special cause in the direction that is good.
        Improvement = "improvement",
        /// A special cause where neither direction is good.
        Special = "special",
    }
}

coded! {
    /// What a point says of its process: the icon of variation, if it is the newest.
    pub enum Variation {
        /// Nothing but chance.
        CommonCause = "common_cause",
        /// Better than chance would have it, by being high.
        ImprovingHigh = "improving_high",
        /// Better than chance would have it, by being low.
        ImprovingLow = "improving_low",
        /// Worse than chance would have it, by being high.
        ConcerningHigh = "concerning_high",
        /// Worse than chance would have it, by being low.
        ConcerningLow = "concerning_low",
        /// High, where neither direction is better.
        NeutralHigh = "neutral_high",
        /// Low, where neither direction is better.
        NeutralLow = "neutral_low",
    }
}

coded! {
    /// Whether the process, left as it is, meets its target.
    pub enum Assurance {
        /// Chance alone will not miss the target.
        ConsistentlyPassing = "consistently_passing",
        /// Chance alone will not meet the target: the process has to change.
        ConsistentlyFailing = "consistently_failing",
        /// The target lies within the limits, or on one: chance decides.
        HitOrMiss = "hit_or_miss",
    }
}

impl Variation {
    /// Whether somebody should look: a special cause in the direction that is not good.
    #[must_use]
    pub const fn is_concerning(self) -> bool {
        matches!(self, Self::ConcerningHigh | Self::ConcerningLow)
    }

    /// Whether this is a special cause in the direction that is good.
    #[must_use]
    pub const fn is_improving(self) -> bool {
        matches!(self, Self::ImprovingHigh | Self::ImprovingLow)
    }

    /// Its colour in charts of Making Data Count, as `#rrggbb`: grey, blue, orange or purple.
    #[must_use]
    pub const fn colour(self) -> &'static str {
        match self {
            Self::CommonCause => "#a6a6a6",
            Self::ImprovingHigh | Self::ImprovingLow => "#00b0f0",
            Self::ConcerningHigh | Self::ConcerningLow => "#e46c0a",
            Self::NeutralHigh | Self::NeutralLow => "#490092",
        }
    }
}

/// An XmR chart of one series, as seen from the newest of its periods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlChart {
    /// Consecutive periods, oldest first.
    pub points: Vec<ChartPoint>,
    /// Where limits were set anew within these periods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rebases: Vec<ChartRebase>,
    /// Where people might set the limits anew; never done by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggested_rebase: Option<Period>,
    /// What the newest point says of the process; none where there are too few figures to trust it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variation: Option<Variation>,
    /// Whether the process meets its plan; none without one, and where there are too few figures to trust it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
}

/// One period of a control chart; all numbers in the unit of the measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChartPoint {
    /// The period.
    pub period: Period,
    /// Its figure; none is a gap.
    pub value: Option<f64>,
    /// Its plan or target.
    pub plan: Option<f64>,
    /// Lower limit, mean and upper limit; none where there are too few figures.
    pub lines: Option<[f64; 3]>,
    /// What the figure says.
    pub mark: ChartMark,
}

/// A decision to set limits anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartRebase {
    /// The first period of the new limits.
    pub from: Period,
    /// Who decided it.
    pub approved_by: String,
    /// What had changed.
    pub comment: String,
}
