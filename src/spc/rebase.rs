//! When a shift has lasted long enough to set the limits anew.

use super::{ENOUGH, Limits, Point, Settings, Side, special::Run};

/// Where in this segment a rebase may be suggested: see [`Chart::suggested_rebase`](super::Chart::suggested_rebase).
pub(super) fn suggested(points: &[Point], limits: &Limits, settings: &Settings) -> Option<usize> {
    let needed = settings.shift.points();
    let mut run = Run::default();
    for (at, point) in points.iter().enumerate() {
        run.extend(point.figure.and_then(|figure| limits.side(figure)));
        let Some(side) = run.reached(needed).filter(|_| run.length == needed) else { continue };
        let start = at + 1 - needed;
        let (before, after) = points.split_at(start);
        if figures(before) >= ENOUGH && has_held(after, side, settings) {
            return Some(start);
        }
    }
    None
}

/// Whether a level that starts with the first of these points has enough of them and was not left again for the other side.
fn has_held(points: &[Point], side: Side, settings: &Settings) -> bool {
    let mut count = 0;
    let mut is_candidate = |point: &Point| {
        count += usize::from(point.figure.is_some());
        count <= ENOUGH
    };
    let end = points.iter().position(|point| !is_candidate(point)).unwrap_or(points.len());
    let (candidate, _) = points.split_at(end);
    if figures(candidate) < ENOUGH {
        return false;
    }
    let base: Vec<Option<f64>> = candidate.iter().map(|point| point.figure).collect();
    let Some(limits) = Limits::of(&base, settings) else { return false };
    !turns_back(points, end, side, &limits, settings.shift.points())
}

/// Whether a run on the other side starts before `end` and is a shift, or still goes on and may become one.
fn turns_back(points: &[Point], end: usize, side: Side, limits: &Limits, needed: usize) -> bool {
    let mut run = Run::default();
    for (at, point) in points.iter().enumerate() {
        run.extend(point.figure.and_then(|figure| limits.side(figure)));
        let back = run.reached(1).is_some_and(|now| now != side);
        let started = at + 1 - run.length;
        if back && started < end && (run.length >= needed || at + 1 == points.len()) {
            return true;
        }
    }
    false
}

fn figures(points: &[Point]) -> usize {
    points.iter().filter(|point| point.figure.is_some()).count()
}
