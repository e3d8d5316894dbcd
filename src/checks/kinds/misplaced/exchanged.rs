//! Two measures whose figures have changed places: one column was pasted under the header of the other.

use std::collections::BTreeMap;

use super::super::super::{failures::grouped, figures::Look};
use crate::model::{Labels, Period, SeriesKey};

/// How far the middle figure of a measure must have moved before it is held against others: by a fifth. Columns that are
/// nearer to each other than that are not told apart.
const MOVED: f64 = 1.2;
/// In so many of the series at least, both figures are nearer to what the other was than to what they were.
const SHARE: f64 = 0.9;

/// Now and in the period before, both above nought.
type Pair = (f64, f64);

/// What is said of each two of the measures that have changed places since the period before; `least` series must show it.
pub(super) fn exchanged(
    look: &Look<'_>,
    measures: &[String],
    (before, period): (Period, Period),
    least: usize,
) -> Vec<String> {
    let moved: Vec<(&String, BTreeMap<&Labels, Pair>)> = measures
        .iter()
        .map(|measure| (measure, pairs(look, measure, (before, period))))
        .filter(|(_, pairs)| pairs.len() >= least && has_moved(pairs))
        .collect();
    let mut said = Vec::new();
    for (at, (one, of_one)) in moved.iter().enumerate() {
        for (other, of_other) in moved.iter().skip(at + 1) {
            let both = of_one.iter().filter_map(|(labels, pair)| Some((*pair, *of_other.get(labels)?)));
            let both: Vec<(Pair, Pair)> = both.collect();
            let crossed = both.iter().filter(|(one, other)| is_crossed(*one, *other)).count();
            if both.len() < least || (crossed as f64) < SHARE * both.len() as f64 {
                continue;
            }
            let (crossed, all) = (grouped(crossed as u64), grouped(both.len() as u64));
            let (now, then) = (period.label(), before.label());
            said.push(format!(
                "the figures of {one} in {now} are those of {other} in {then}, and the other way round, in {crossed} of {all} \
                 rows: were the two columns exchanged?"
            ));
        }
    }
    said
}

fn pairs<'a>(look: &Look<'a>, measure: &str, (before, period): (Period, Period)) -> BTreeMap<&'a Labels, Pair> {
    let number = |key: &SeriesKey, period| look.figure(key, period)?.value.get().filter(|number| *number > 0.0);
    let of_measure = look.of(period).iter().filter(|one| one.key.measure == measure);
    of_measure.filter_map(|one| Some((&one.key.labels, (number(one.key, period)?, number(one.key, before)?)))).collect()
}

/// Whether the middle figure is another than before.
fn has_moved(pairs: &BTreeMap<&Labels, Pair>) -> bool {
    let mut steps: Vec<f64> = pairs.values().map(|(now, before)| (now / before).ln()).collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).is_some_and(|middle| middle.abs() > MOVED.ln())
}

/// Whether two figures are nearer to what the other was than to what they were.
fn is_crossed(one: Pair, other: Pair) -> bool {
    let apart = |a: f64, b: f64| (a / b).ln().abs();
    apart(one.0, other.1) + apart(other.0, one.1) < apart(one.0, one.1) + apart(other.0, other.1)
}
