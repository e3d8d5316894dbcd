//! The newest period alone.

use super::{
    Assurance, ENOUGH, Limits, Settings, Side, SpecialCause, Test, Variation,
    limits::finite,
    special::{Found, Walk},
};
use crate::model::Better;

/// What is known of the newest period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Latest {
    /// Its figure.
    pub figure: f64,
    /// The limits of its segment.
    pub limits: Limits,
    /// Why it is not of common cause; `None` if it is.
    pub special: Option<SpecialCause>,
    /// How many figures its segment has, this one included.
    pub figures: usize,
    /// Every test that holds of it.
    pub(super) found: Found,
}

impl Latest {
    /// The side that a test finds it on, also where a test of higher priority names it.
    #[must_use]
    pub fn side(&self, test: Test) -> Option<Side> {
        self.found.side(test)
    }

    /// The icon of variation.
    #[must_use]
    pub fn variation(&self, better: Better) -> Variation {
        Variation::of(self.special, better)
    }

    /// The icon of assurance, by the target of the newest period: see [`Assurance::of`].
    #[must_use]
    pub fn assurance(&self, better: Better, target: Option<f64>) -> Option<Assurance> {
        Assurance::of(&self.limits, better, target)
    }

    /// Whether the segment has fewer than 13 figures, so that the icons mean little.
    #[must_use]
    pub const fn is_short(&self) -> bool {
        self.figures < ENOUGH
    }
}

/// What is known of the newest of these consecutive periods. Allocates nothing; takes time in proportion to the newest
/// segment.
///
/// `figures` are in the measure's own unit, oldest first; `None`, and what is not finite, is a gap. `rebase` names the
/// periods, counted from 0 and in any order, at which a segment starts; those beyond the end are not yet known and change
/// nothing, so that `latest(&figures[..=t], rebase, settings)` is the answer as of period `t`.
///
/// `None` if the newest period has no figure, or its segment no limits: see [`Limits::of`]. Older figures never stand in
/// for it.
#[must_use]
pub fn latest(figures: &[Option<f64>], rebase: &[usize], settings: &Settings) -> Option<Latest> {
    let start = rebase.iter().copied().filter(|start| *start < figures.len()).max().unwrap_or(0);
    let segment = figures.get(start..)?;
    let figure = finite(*segment.last()?)?;
    let limits = Limits::of(segment, settings)?;
    // No test looks further back than its run is long.
    let reach = settings.trend.points().max(settings.shift.points());
    let (older, newest) = segment.split_at(segment.len().saturating_sub(reach));
    let mut walk = Walk::new(&limits, settings);
    let found = newest.iter().fold(None, |_, figure| Some(walk.step(finite(*figure))))?.of_newest(figure, &limits);
    let count = |periods: &[Option<f64>]| periods.iter().filter(|figure| finite(**figure).is_some()).count();
    Some(Latest { figure, limits, special: found.named(), figures: count(older) + count(newest), found })
}
