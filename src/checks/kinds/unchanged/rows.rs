//! Rows all of whose figures are those of the period before: a part of the file was not renewed.

use super::super::super::{
    common::Amount,
    failures::{grouped, quoted},
    figures::Look,
    profiles::{digits, profiles},
};
use crate::model::{Labels, Period};

/// So many figures, of so many digits together, stand still by no chance.
const FIGURES: usize = 2;
const DIGITS: f64 = 5.0;
/// So many rows must be so.
const ROWS: usize = 3;
/// And so many times the share of them that were so a period earlier.
const TIMES: f64 = 2.0;

/// What is said of the rows of a period that stand still, if more of them do than is allowed.
pub(super) fn unchanged(look: &Look<'_>, period: Period, above: Amount) -> Option<String> {
    let before = look.before(period)?;
    let earlier = look.before(before)?;
    let (still, all) = still(look, (before, period));
    let (were, of) = self::still(look, (earlier, before));
    let share = |some: usize, all: usize| some as f64 / all.max(1) as f64;
    let usual = of == 0 || share(still.len(), all) < TIMES * share(were.len(), of);
    if still.len() < ROWS || usual || !above.is_exceeded(still.len() as u64, all as u64) || still.len() == all {
        return None;
    }
    let first = still.first().map_or(String::new(), |labels| quoted(&labels.values()));
    let (count, all, period, before) =
        (grouped(still.len() as u64), grouped(all as u64), period.label(), before.label());
    Some(format!(
        "{count} of {all} rows have in {period} all the figures of {before}, more than {above}, first {first}: were they not renewed?"
    ))
}

/// The rows whose figures are all those of the earlier period, and how many have figures that would tell.
fn still<'a>(look: &Look<'a>, (earlier, later): (Period, Period)) -> (Vec<&'a Labels>, usize) {
    let (now, then) = (profiles(look, later), profiles(look, earlier));
    let telling = now.iter().filter(|(_, figures)| figures.len() >= FIGURES && digits(figures.values()) >= DIGITS);
    let both: Vec<_> = telling.filter_map(|(labels, figures)| Some((*labels, figures, then.get(labels)?))).collect();
    let still = both.iter().filter(|(_, now, then)| now == then).map(|(labels, ..)| *labels).collect();
    (still, both.len())
}
