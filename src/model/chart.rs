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
