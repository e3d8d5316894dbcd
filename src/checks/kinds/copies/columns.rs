//! A column whose figures are those of another: it was pasted over it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::{failures::grouped, figures::Look};
use crate::model::{Figure, Labels, Period, SeriesKey, Unit};

/// So large a part of two columns is alike where one is a copy of the other …
const COPIED: f64 = 0.95;
/// … and so large a part may have been before.
const BEFORE: f64 = 0.5;

/// What is said of the measures whose figures are those of another measure, or their own plans; `least` figures must show it.
pub(super) fn copied(look: &Look<'_>, (before, period): (Period, Period), least: usize) -> Vec<String> {
    let mut measures: BTreeMap<&str, BTreeMap<&Labels, &SeriesKey>> = BTreeMap::new();
    for one in look.of(period).iter().filter(|one| one.figure.unit != Some(Unit::Percent)) {
        measures.entry(&one.key.measure).or_default().insert(&one.key.labels, one.key);
    }
    let at = |key: &SeriesKey, period| look.figure(key, period);
    let label = period.label();
    let mut said = Vec::new();
    for (measure, keys) in &measures {
        let plans = |period| {
            let both = keys.values().filter_map(move |key| at(key, period));
            share(both.filter_map(|figure| Some((figure.value.get()?, figure.plan.get()?))), least)
        };
        if let Some(count) = plans(period).is_copied(plans(before)) {
            said.push(format!(
                "the {count} figures of {measure} in {label} are their plans as well: was one column pasted over the other?"
            ));
        }
        let others = measures.range::<str, _>((std::ops::Bound::Excluded(*measure), std::ops::Bound::Unbounded));
        for (other, other_keys) in others {
            let both = |period| {
                let number = |figure: Option<Figure>| figure?.value.get();
                let pairs = keys.iter().filter_map(|(labels, key)| Some((*key, *other_keys.get(labels)?)));
                share(pairs.filter_map(|(one, two)| Some((number(at(one, period))?, number(at(two, period))?))), least)
            };
            if let Some(count) = both(period).is_copied(both(before)) {
                said.push(format!(
                    "the {count} figures of {measure} in {label} are those of {other} as well: was one column pasted over the \
                     other?"
                ));
            }
        }
    }
    said
}

/// How many figures of two columns are alike; none where there are too few to tell.
#[derive(Debug, Clone, Copy)]
struct Share(Option<(usize, usize)>);

impl Share {
    fn part(self) -> Option<f64> {
        self.0.map(|(same, all)| same as f64 / all as f64)
    }

    /// How many figures are copies, where they were not before.
    fn is_copied(self, before: Self) -> Option<String> {
        let now = self.part().filter(|part| *part >= COPIED);
        now.zip(before.part().filter(|part| *part < BEFORE)).and(self.0).map(|(same, _)| grouped(same as u64))
    }
}

fn share(pairs: impl Iterator<Item = (f64, f64)>, least: usize) -> Share {
    let pairs: Vec<(f64, f64)> = pairs.filter(|(one, other)| *one != 0.0 || *other != 0.0).collect();
    let different: BTreeSet<u64> = pairs.iter().map(|(one, _)| one.to_bits()).collect();
    let same = pairs.iter().filter(|(one, other)| one.to_bits() == other.to_bits()).count();
    Share((different.len() >= least).then_some((same, pairs.len())))
}
