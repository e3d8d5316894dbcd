//! What is said of the newest point: the icons of variation and of assurance.

use super::{Limits, Side, SpecialCause};
use crate::model::{Better, coded};

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
    /// What a special cause, or none, means where `better` is good.
    #[must_use]
    pub fn of(special: Option<SpecialCause>, better: Better) -> Self {
        match (special.map(|special| special.side), better) {
            (None, _) => Self::CommonCause,
            (Some(Side::High), Better::Higher) => Self::ImprovingHigh,
            (Some(Side::High), Better::Lower) => Self::ConcerningHigh,
            (Some(Side::High), Better::Neither) => Self::NeutralHigh,
            (Some(Side::Low), Better::Higher) => Self::ConcerningLow,
            (Some(Side::Low), Better::Lower) => Self::ImprovingLow,
            (Some(Side::Low), Better::Neither) => Self::NeutralLow,
        }
    }

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

impl Assurance {
    /// Holds a target against limits: those of the newest segment, and the target of the newest period.
    ///
    /// `None` without a target, or where neither direction is better.
    #[must_use]
    pub fn of(limits: &Limits, better: Better, target: Option<f64>) -> Option<Self> {
        let target = target.filter(|target| !target.is_nan())?;
        let higher = match better {
            Better::Higher => true,
            Better::Lower => false,
            Better::Neither => return None,
        };
        Some(match limits.beyond(target) {
            None => Self::HitOrMiss,
            Some(side) if (side == Side::Low) == higher => Self::ConsistentlyPassing,
            Some(_) => Self::ConsistentlyFailing,
        })
    }
}
