//! Two rows whose figures have changed places.

use super::super::super::{
    figures::Look,
    profiles::{Profile, differing, named, profiles},
};
use crate::model::{Labels, Period};

/// How many times the figures of a row must be what they were, or as small a part, on average, before it is held against
/// others.
const MOVED: f64 = 2.0;
/// How many times each of them may be what that of the other row was.
const KEPT: f64 = 1.2;
/// So many figures must show it, of this size.
const LEAST: usize = 2;
const FROM: f64 = 10.0;
/// Where more rows than this in a hundred move so far, rows move by nature.
const MOST: usize = 5;

/// What is said of each two rows whose figures have changed places since the period before.
pub(super) fn exchanged(look: &Look<'_>, (before, period): (Period, Period)) -> Vec<String> {
    let (now, then) = (profiles(look, period), profiles(look, before));
    let both = now.iter().filter_map(|(labels, now)| Some((*labels, now, then.get(labels)?)));
    let moved: Vec<(&Labels, &Profile<'_>, &Profile<'_>)> =
        both.filter(|(_, now, then)| apart(now, then).is_some_and(|apart| mean(&apart) > MOVED.ln())).collect();
    // Two may always be.
    if moved.len() > 2 && moved.len() * 100 > MOST * now.len() {
        return Vec::new();
    }
    let mut said = Vec::new();
    for (at, (one, now, then)) in moved.iter().enumerate() {
        // Ward by specialty, only one of the two is mistaken for another.
        let alike = moved.iter().skip(at + 1).filter(|(other, ..)| differing(one, other).len() == 1);
        for (other, other_now, other_then) in alike {
            let near = |now, then| apart(now, then).is_some_and(|apart| apart.iter().all(|apart| *apart < KEPT.ln()));
            if near(now, other_then) && near(other_now, then) {
                let (one, other, period, before) = (named(one), named(other), period.label(), before.label());
                said.push(format!(
                    "the figures of {one} in {period} are near to those of {other} in {before}, and the other way round: were \
                     the two rows exchanged?"
                ));
            }
        }
    }
    said
}

/// How far figures lie from others, each as the logarithm of how many times it is the other; none where few are in both.
fn apart(one: &Profile<'_>, other: &Profile<'_>) -> Option<Vec<f64>> {
    let pairs = one.iter().filter_map(|(measure, figure)| Some((*figure, *other.get(measure)?)));
    let large = pairs.filter(|(one, other)| one.max(*other) >= FROM && *one > 0.0 && *other > 0.0);
    let apart: Vec<f64> = large.map(|(one, other)| (one / other).ln().abs()).collect();
    (apart.len() >= LEAST).then_some(apart)
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}
