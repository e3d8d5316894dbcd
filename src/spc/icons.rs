//! What is said of the newest point: the icons of variation and of assurance.

use super::{Limits, Side, SpecialCause};
use crate::model::{Assurance, Better, Variation};

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
