//! `copies`: figures stand a second time: two organisations with the same figures, one that is what all others add up to, a
//! column that was pasted over another.
//!
//! | setting | meaning |
//! |---|---|
//! | `least` | so many figures of an organisation must be alike: `2` unless said |
//!
//! Noughts and shares are left out, since they are alike by chance; so are two organisations whose figures have few digits
//! for how many there are, or that differ in several labels. What was so in the period before as well is in the nature of the data and is left out; where one
//! in a hundred had the figures of another that differs in the same label then, these are not compared. A column of five
//! figures or more is held against others only where the period before is known. That period, and the periods that are looked at, are as in
//! [`against_previous`](super::against_previous).
//!
//! ```yaml
//! - copies: { severity: warning }
//! ```
//!
//! Findings: ``RXX and RXZ have the same 9 figures in May 2025: does one stand twice?``; ``ALL has in all 4 figures of May 2025
//! what the 120 others come to: is it a total among them?``; ``the 14 figures of delivered in May 2025 are their plans as well:
//! was one column pasted over the other?``

mod columns;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    failures::grouped,
    figures::{Answer, FigureCheck, FigureKind, Look},
    profiles::{Profile, differing, digits, named, profiles},
};
use crate::{
    model::{Labels, Period, Tolerance},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `copies`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Copies {
    #[serde(default)]
    least: Option<Located<usize>>,
}

/// So many figures of an organisation are alike by no chance, if they have digits enough.
const LEAST: usize = 2;
/// Fewer than this may add up to another of them by chance, or be alike in two columns.
const LEAST_ROWS: usize = 5;
/// A total of the period before may not have added up to the last.
const ROUGHLY: f64 = 0.1;
/// Digits beyond those that tell each two of them apart.
const DIGITS: f64 = 3.0;
/// No more than this is named of twins.
const SHOWN: usize = 5;

impl FigureKind for Copies {
    const LOOKS: Looks = Looks::Delivery;

    fn build(&self, _: &Place, _: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        if let Some(least) = self.least.as_ref().filter(|least| least.value < 2) {
            return Err(Problem::new(least.place.clone(), "two figures at least must be alike").into());
        }
        Ok(Box::new(Compiled { least: self.least.as_ref().map_or(LEAST, |least| least.value) }))
    }
}

#[derive(Debug)]
struct Compiled {
    least: usize,
}

/// All who report in a period.
type All<'a> = BTreeMap<&'a Labels, Profile<'a>>;

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        Answer::of_periods(look.news(), |period| {
            let before = look.before(period);
            let (now, then) = (profiles(look, period), before.map(|before| profiles(look, before)).unwrap_or_default());
            let columns = before.map(|before| columns::copied(look, (before, period), LEAST_ROWS));
            let rows = self.twins(&now, &then, period).into_iter().chain(self.totals(&now, &then, period));
            rows.chain(columns.into_iter().flatten()).map(Found::in_file).collect::<Vec<_>>()
        })
    }
}

impl Compiled {
    fn twins(&self, now: &All<'_>, then: &All<'_>, period: Period) -> Option<String> {
        let mut before: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
        let were = self.alike(then);
        for pair in &were {
            *before.entry(differing(pair.0, pair.1)).or_default() += 1;
        }
        let usual = |pair: (&Labels, &Labels)| {
            before.get(&differing(pair.0, pair.1)).is_some_and(|count| count * 100 > then.len())
        };
        let were: BTreeSet<_> = were.iter().copied().collect();
        let twins: Vec<_> = self
            .alike(now)
            .into_iter()
            .filter(|pair| !were.contains(pair) && !usual(*pair) && differing(pair.0, pair.1).len() == 1)
            .collect();
        let period = period.label();
        match &twins[..] {
            [] => None,
            [(one, other)] => {
                let count = now.get(one).map_or(0, BTreeMap::len);
                let (one, other) = (named(one), named(other));
                Some(format!("{one} and {other} have the same {count} figures in {period}: does one stand twice?"))
            }
            several => {
                let pairs = several.iter().map(|(one, other)| format!("{} and {}", named(one), named(other)));
                let shown: Vec<_> = pairs.take(SHOWN).chain((several.len() > SHOWN).then(|| "…".to_owned())).collect();
                let (count, shown) = (grouped(several.len() as u64), shown.join(", "));
                Some(format!("{count} pairs have the same figures in {period}: {shown}: does one of each stand twice?"))
            }
        }
    }

    /// Each two who report the same, none of them twice.
    fn alike<'a>(&self, all: &All<'a>) -> Vec<(&'a Labels, &'a Labels)> {
        let telling = 2.0 * (all.len().max(1) as f64).log10() + DIGITS;
        let mut by_figures: BTreeMap<Vec<_>, &Labels> = BTreeMap::new();
        let mut alike = Vec::new();
        for (labels, profile) in all {
            if profile.len() < self.least || digits(profile.values()) < telling {
                continue;
            }
            let figures = profile.iter().map(|(measure, figure)| (*measure, figure.to_bits())).collect();
            match by_figures.get(&figures) {
                Some(first) => alike.push((*first, *labels)),
                None => {
                    by_figures.insert(figures, labels);
                }
            }
        }
        alike
    }

    /// One whose figures are what all others come to.
    fn totals(&self, now: &All<'_>, then: &All<'_>, period: Period) -> Option<String> {
        // One that is followed by nature may be called otherwise now.
        let total = total(now, self.least, 0.0).filter(|_| total(then, self.least, ROUGHLY).is_none())?;
        let (count, others) = (now.get(total).map_or(0, BTreeMap::len), grouped(now.len() as u64 - 1));
        let (total, period) = (named(total), period.label());
        Some(format!(
            "{total} has in all {count} figures of {period} what the {others} others come to: is it a total among them?"
        ))
    }
}

/// One whose figures are what all others come to, give or take such a part of them.
fn total<'a>(all: &All<'a>, least: usize, slack: f64) -> Option<&'a Labels> {
    if all.len() <= LEAST_ROWS {
        return None;
    }
    let mut sums: BTreeMap<_, f64> = BTreeMap::new();
    for (measure, figure) in all.values().flatten() {
        *sums.entry(*measure).or_default() += figure;
    }
    let is_total = |profile: &Profile<'_>| {
        let others = |measure, figure: f64| sums.get(measure).map_or(0.0, |sum| sum - figure);
        let nearly = |figure: f64, others: f64| {
            Tolerance::default().equal(figure, others) || (figure - others).abs() <= slack.max(1e-9) * figure.abs()
        };
        profile.len() >= least && profile.iter().all(|(measure, figure)| nearly(*figure, others(measure, *figure)))
    };
    all.iter().find(|(_, profile)| is_total(profile)).map(|(labels, _)| *labels)
}
