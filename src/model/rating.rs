//! Red, amber, green: how a figure stands to its plan.

use super::Tolerance;

/// A colour; the later, the worse. Grey is no colour but the want of a figure or a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    /// The plan is met.
    Green,
    /// It is missed by no more than is tolerated.
    Amber,
    /// It is missed by more.
    Red,
}

impl Rating {
    /// The rating of a figure that should be at least its plan.
    #[must_use]
    pub fn where_higher_is_better(actual: f64, plan: f64, amber: Tolerance) -> Self {
        Self::of(|tolerance| tolerance.at_least(actual, plan), amber)
    }

    /// The rating of a figure that should be at most its plan.
    #[must_use]
    pub fn where_lower_is_better(actual: f64, plan: f64, amber: Tolerance) -> Self {
        Self::of(|tolerance| tolerance.at_most(actual, plan), amber)
    }

    fn of(reaches: impl Fn(Tolerance) -> bool, amber: Tolerance) -> Self {
        if reaches(Tolerance::default()) {
            Self::Green
        } else if reaches(amber) {
            Self::Amber
        } else {
            Self::Red
        }
    }

    /// "green", "amber", "red".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }

    /// 1 for green, 2 for amber, 3 for red.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Green => 1,
            Self::Amber => 2,
            Self::Red => 3,
        }
    }
}
