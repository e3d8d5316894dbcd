//! `misplaced`: the figures of a measure no longer go with the series that they went with, as when a column slips by a row or
//! is sorted without the others, or when two columns are exchanged. Sums, sizes and organisations are then as ever, and no
//! single figure looks wrong.
//!
//! | setting | meaning |
//! |---|---|
//! | `measure` | the measure that is looked at; each of them unless named, shares left out |
//! | `fall` | by how much the rank correlation with the period before may be lower than it was a period earlier: `0.2` unless said |
//! | `least` | how many series must have figures in both periods, noughts left out: `20` unless said |
//!
//! Compared are the ranks of the series in two periods (Spearman's coefficient: 1 where the order is the same, near 0
//! where it is that of chance), with those of the two periods before. So nothing is judged before the third period, and
//! figures that jump about every month are not held to an order. Besides `fall`, the two must differ by more than chance
//! would have it once in some two thousand times: Fisher's z of ranks has the variance 1.06 / (n − 3) (Fieller, Hartley and Pearson 1957).
//!
//! Two measures are exchanged where the middle figure of each has moved by a fifth or more, and nine series in ten have figures
//! that are nearer to what the other measure was. That is asked from the second period on, of all measures, shares too.
//! The period before, and the periods that are looked at, are as in [`against_previous`](super::against_previous).
//!
//! ```yaml
//! - misplaced: { severity: warning }
//! - misplaced: { measure: attendances, fall: 0.1 }
//! ```
//!
//! Findings: ``the order of 240 figures of attendances in October 2025 is not that of September 2025 (rank correlation 0.12,
//! 0.98 a period earlier): did figures slip to other rows?``, ``the figures of attended in October 2025 are those of waiting in
//! September 2025, and the other way round, in 198 of 203 rows: were the two columns exchanged?``

mod exchanged;
mod exchanged_rows;

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    failures::grouped,
    figures::{Answer, FigureCheck, FigureKind, Look, measure},
    known::Delivery,
};
use crate::{
    model::{Period, SeriesKey, Unit, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};

const FALL: f64 = 0.2;
const LEAST: usize = 20;
/// With fewer there is no order to speak of, and the variance of Fisher's z is not defined.
const FEWEST: usize = 5;
/// Standard deviations between two correlations that chance hardly makes: one-sided, 1 in 2,150.
const DEVIATIONS: f64 = 3.3;

/// Settings of `misplaced`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Misplaced {
    #[serde(default)]
    measure: Option<Located<String>>,
    #[serde(default)]
    fall: Option<Located<f64>>,
    #[serde(default)]
    least: Option<Located<usize>>,
}

impl FigureKind for Misplaced {
    const LOOKS: Looks = Looks::Delivery;

    fn build(&self, _: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        let mut problems = Problems::default();
        if let Some(name) = &self.measure {
            problems.take(measure(name, context).map(|_| ()).map_err(Problems::from));
        }
        if let Some(fall) = self.fall.as_ref().filter(|fall| !(0.0..=1.0).contains(&fall.value)) {
            problems.push(Problem::new(fall.place.clone(), "a correlation falls by a number from 0 to 1"));
        }
        if let Some(least) = self.least.as_ref().filter(|least| least.value < FEWEST) {
            problems.push(Problem::new(least.place.clone(), format!("{FEWEST} series at least have an order")));
        }
        problems.into_result()?;
        let measures = match &self.measure {
            Some(measure) => vec![measure.value.clone()],
            None => context.measures.iter().map(|measure| measure.name.clone()).collect(),
        };
        Ok(Box::new(Compiled {
            measures,
            shares_too: self.measure.is_some(),
            all: self.measure.is_none(),
            fall: self.fall.as_ref().map_or(FALL, |fall| fall.value),
            least: self.least.as_ref().map_or(LEAST, |least| least.value),
        }))
    }
}

#[derive(Debug)]
struct Compiled {
    measures: Vec<String>,
    shares_too: bool,
    /// Whether no measure was named.
    all: bool,
    fall: f64,
    least: usize,
}

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        let of_measures = |period| self.measures.iter().filter_map(move |measure| self.compare(look, measure, period));
        Answer::of_periods(look.news(), |period| {
            let before = look.before(period).map(|before| (before, period));
            let exchanged = before.map(|periods| exchanged::exchanged(look, &self.measures, periods, self.least));
            let rows = before.filter(|_| self.all).map(|periods| exchanged_rows::exchanged(look, periods));
            let exchanged = exchanged.into_iter().chain(rows).flatten();
            of_measures(period).chain(exchanged).map(Found::in_file).collect::<Vec<_>>()
        })
    }
}

impl Compiled {
    fn compare(&self, look: &Look<'_>, measure: &str, period: Period) -> Option<String> {
        let before = look.before(period)?;
        let earlier = look.before(before)?;
        let compared = look.of(period).iter().filter(|one| self.is_compared(one, measure));
        let series: Vec<&SeriesKey> = compared.map(|one| one.key).collect();
        let now = correlation(look, &series, (before, period), self.least)?;
        let then = correlation(look, &series, (earlier, before), self.least)?;
        if then.of - now.of <= self.fall || !differ(now, then) {
            return None;
        }
        let (count, period, before) = (grouped(now.series as u64), period.label(), before.label());
        let (now, then) = (hundredths(now.of), hundredths(then.of));
        Some(format!(
            "the order of {count} figures of {measure} in {period} is not that of {before} (rank correlation {now}, {then} a \
             period earlier): did figures slip to other rows?"
        ))
    }

    fn is_compared(&self, one: &Delivery<'_>, measure: &str) -> bool {
        let is_share = one.figure.unit == Some(Unit::Percent);
        one.key.measure == measure && (self.shares_too || !is_share)
    }
}

/// How alike the order of some series is in two periods.
#[derive(Clone, Copy)]
struct Correlation {
    of: f64,
    series: usize,
}

/// Over the series that have a number in both, nought in neither; none where these are too few or all alike.
fn correlation(
    look: &Look<'_>,
    series: &[&SeriesKey],
    (one, other): (Period, Period),
    least: usize,
) -> Option<Correlation> {
    let number = |key: &SeriesKey, period| look.figure(key, period)?.value.get();
    let pairs = series.iter().filter_map(|key| Some((number(key, one)?, number(key, other)?)));
    // Nought has no place in an order: of many, a few others would make or break it, and what began or ended did not slip.
    let pairs = pairs.filter(|(one, other)| *one != 0.0 && *other != 0.0);
    let (first, second): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let of = (first.len() >= least).then(|| pearson(&ranks(&first), &ranks(&second))).flatten()?;
    Some(Correlation { of, series: first.len() })
}

/// The rank of each number among all, from 1; equal ones share the mean of theirs.
fn ranks(numbers: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = numbers.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut ranks = vec![0.0; numbers.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| a.1.total_cmp(&b.1).is_eq()) {
        let shared = before as f64 + f64::midpoint(tied.len() as f64, 1.0);
        for (at, _) in tied {
            if let Some(rank) = ranks.get_mut(*at) {
                *rank = shared;
            }
        }
        before += tied.len();
    }
    ranks
}

/// None where one of the two does not vary.
fn pearson(first: &[f64], second: &[f64]) -> Option<f64> {
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    let (of_first, of_second) = (mean(first), mean(second));
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for (a, b) in first.iter().zip(second) {
        let (a, b) = (a - of_first, b - of_second);
        (both, one, other) = (both + a * b, one + a * a, other + b * b);
    }
    (one > 0.0 && other > 0.0).then(|| both / (one * other).sqrt())
}

/// Whether two rank correlations differ by more than chance.
fn differ(one: Correlation, other: Correlation) -> bool {
    // An order that is wholly kept has no z; as near to it as matters has.
    let z = |of: f64| of.clamp(-0.9999, 0.9999).atanh();
    let variance = |of: Correlation| 1.06 / (of.series as f64 - 3.0);
    (z(one.of) - z(other.of)).abs() > DEVIATIONS * (variance(one) + variance(other)).sqrt()
}

fn hundredths(number: f64) -> String {
    format_number((number * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_and_their_correlation_are_spearmans() {
        assert_eq!(ranks(&[10.0, 30.0, 20.0, 30.0]), [1.0, 3.5, 2.0, 3.5]);
        // Hours of television and IQ of ten people, a textbook's example: −0.1758 (29/165).
        let iq = [106.0, 86.0, 100.0, 101.0, 99.0, 103.0, 97.0, 113.0, 112.0, 110.0];
        let hours = [7.0, 0.0, 27.0, 50.0, 28.0, 29.0, 20.0, 12.0, 6.0, 17.0];
        let found = pearson(&ranks(&iq), &ranks(&hours)).expect("both vary");
        assert!((found + 29.0 / 165.0).abs() < 1e-12, "{found}");
        assert_eq!(pearson(&ranks(&[1.0, 1.0]), &ranks(&[1.0, 2.0])), None);
    }

    #[test]
    fn few_series_must_differ_more() {
        let of = |of, series| Correlation { of, series };
        // By hand: atanh(0.95) − atanh(0.6) = 1.1386; 3.3 √(2 · 1.06 / 17) = 1.1654 and 3.3 √(2 · 1.06 / 37) = 0.7899.
        assert!(!differ(of(0.6, 20), of(0.95, 20)));
        assert!(differ(of(0.6, 40), of(0.95, 40)));
    }
}
