//! What an organisation, or whatever the labels name, reports in a period: its figures side by side.

use std::collections::BTreeMap;

use super::figures::Look;
use crate::model::{Figure, Labels, Period, SeriesKey, Unit};

/// Numbers by measure, and the plans of measures, noughts and shares left out: these are alike by chance.
pub(super) type Profile<'a> = BTreeMap<(&'a str, Is), f64>;

/// What a number of a measure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Is {
    Figure,
    Plan,
}

/// The profiles of a period, be it delivered or known, by labels.
pub(super) fn profiles<'a>(look: &Look<'a>, period: Period) -> BTreeMap<&'a Labels, Profile<'a>> {
    let mut profiles: BTreeMap<&Labels, Profile<'_>> = BTreeMap::new();
    let mut add = |key: &'a SeriesKey, figure: Figure| {
        for (is, value) in [(Is::Figure, figure.value), (Is::Plan, figure.plan)] {
            let number = value.get().filter(|number| *number != 0.0 && figure.unit != Some(Unit::Percent));
            if let Some(number) = number {
                profiles.entry(&key.labels).or_default().insert((&key.measure, is), number);
            }
        }
    };
    look.of_any(period).iter().for_each(|one| add(one.key, one.figure));
    profiles
}

/// How many digits the whole parts of figures have together, each figure counted once: the more, the less are they alike by
/// chance.
pub(super) fn digits<'a>(figures: impl Iterator<Item = &'a f64>) -> f64 {
    let different: BTreeMap<u64, f64> = figures.map(|figure| (figure.to_bits(), *figure)).collect();
    different.values().map(|figure| figure.abs().max(1.0).log10().floor() + 1.0).sum()
}

/// Who the labels name, for people.
pub(super) fn named(labels: &Labels) -> String {
    super::failures::quoted(&labels.values())
}

/// The labels in which two differ.
pub(super) fn differing<'a>(one: &'a Labels, other: &Labels) -> Vec<&'a str> {
    one.iter().filter(|(label, value)| other.get(label) != Some(value)).map(|(label, _)| label).collect()
}
