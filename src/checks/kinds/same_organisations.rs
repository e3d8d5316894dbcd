//! `same_organisations`: practices, trusts or contracts that reported in the period before are gone, or new ones appear.
//!
//! | setting | meaning |
//! |---|---|
//! | `label` | the label whose values are compared |
//! | `measure` | the measure whose series are looked at; all that have the label unless named |
//! | `gone` | how many may be gone: `2`, or `1%` of those before; none unless said |
//! | `new` | how many may be new; any number unless said |
//!
//! One that reports a blank does not report; one whose figure is withheld does. One that reports nothing but noughts (shares left out), and had
//! figures of a hundred or more in the period before, counts as gone and is said by itself. Which are gone or new, as far as that is
//! allowed, is said as a note. The period before, and the periods that are looked at, are as in
//! [`against_previous`](super::against_previous).
//!
//! ```yaml
//! - same_organisations: { label: practice, gone: 1%, severity: warning }
//! - same_organisations: { label: contract, new: 0 }
//! ```
//!
//! Findings: ``contract: 1 of 14 of September 2025 is gone in October 2025: `Dementia` ``; ``contract: 1 of 14 of September 2025 has
//! nothing but noughts in October 2025: `ECGs` ``

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    common::Amount,
    failures::quoted,
    figures::{Answer, FigureCheck, FigureKind, Look, measure},
    known::is_reported,
};
use crate::{
    model::{Figure, Period, SeriesKey, Severity, Unit},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `same_organisations`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SameOrganisations {
    label: Located<String>,
    #[serde(default)]
    measure: Option<Located<String>>,
    #[serde(default)]
    gone: Option<Amount>,
    #[serde(default)]
    new: Option<Amount>,
}

impl FigureKind for SameOrganisations {
    const LOOKS: Looks = Looks::Delivery;

    fn build(&self, _: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        let mut measures: Vec<_> = context.measures.iter().collect();
        if let Some(name) = &self.measure {
            measures = vec![measure(name, context)?];
        }
        let labels = || measures.iter().flat_map(|measure| measure.labels.iter().map(String::as_str));
        if !labels().any(|label| label == self.label.value) {
            return Err(Problem::unknown(self.label.place.clone(), "label", &self.label, labels()).into());
        }
        Ok(Box::new(Compiled {
            label: self.label.value.clone(),
            measure: self.measure.as_ref().map(|measure| measure.value.clone()),
            gone: self.gone.unwrap_or(Amount::Count(0)),
            new: self.new,
        }))
    }
}

/// Who had figures so large does not end by itself.
const LARGE: f64 = 100.0;

#[derive(Debug)]
struct Compiled {
    label: String,
    measure: Option<String>,
    gone: Amount,
    new: Option<Amount>,
}

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        Answer::of_periods(look.news(), |period| self.compare(look, period))
    }
}

impl Compiled {
    fn compare(&self, look: &Look<'_>, period: Period) -> Vec<Found> {
        let Some(before) = look.before(period) else { return Vec::new() };
        let (now, then) = (self.reporting(look, period), self.reporting(look, before));
        let total = then.len() as u64;
        let gone = told(&then.difference(&now).copied().collect::<Vec<_>>(), |count, verb, names| {
            let (label, before, period) = (&self.label, before.label(), period.label());
            let seen = format!("{label}: {count} of {total} of {before} {verb} gone in {period}: {names}");
            (seen, self.gone.is_exceeded(count, total))
        });
        let new = told(&now.difference(&then).copied().collect::<Vec<_>>(), |count, verb, names| {
            let (label, before, period) = (&self.label, before.label(), period.label());
            let seen = format!("{label}: {count} {verb} new in {period}, beside {total} of {before}: {names}");
            (seen, self.new.is_some_and(|new| new.is_exceeded(count, total)))
        });
        let noughts = told(&self.noughts(look, (before, period)), |count, _, names| {
            let (label, before, period) = (&self.label, before.label(), period.label());
            let verb = if count == 1 { "has" } else { "have" };
            let seen =
                format!("{label}: {count} of {total} of {before} {verb} nothing but noughts in {period}: {names}");
            (seen, self.gone.is_exceeded(count, total))
        });
        gone.into_iter().chain(noughts).chain(new).collect()
    }

    /// The values of the label whose numbers are all noughts, and were not before.
    fn noughts<'a>(&self, look: &Look<'a>, (before, period): (Period, Period)) -> Vec<&'a str> {
        // By value, the greatest number of all its series, now and before.
        let mut greatest: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for one in look.of(period) {
            // A share of nothing may be any.
            let is_share = one.figure.unit == Some(Unit::Percent);
            let mine = !is_share && self.measure.as_ref().is_none_or(|measure| *measure == one.key.measure);
            let Some(value) = one.key.labels.get(&self.label).filter(|_| mine && is_reported(one.figure.value)) else {
                continue;
            };
            // What is withheld is no nought.
            let now = one.figure.value.get().map_or(f64::INFINITY, f64::abs);
            let then = look.figure(one.key, before).and_then(|figure| figure.value.get()).map_or(0.0, f64::abs);
            let (most_now, most_then) = greatest.entry(value).or_default();
            (*most_now, *most_then) = (most_now.max(now), most_then.max(then));
        }
        let are_noughts = |(now, then): &(f64, f64)| *now == 0.0 && *then >= LARGE;
        greatest.into_iter().filter(|(_, numbers)| are_noughts(numbers)).map(|(value, _)| value).collect()
    }

    /// The values of the label that report a figure in a period.
    fn reporting<'a>(&self, look: &Look<'a>, period: Period) -> BTreeSet<&'a str> {
        let value = |key: &'a SeriesKey, figure: Figure| {
            let mine = self.measure.as_ref().is_none_or(|measure| *measure == key.measure);
            key.labels.get(&self.label).filter(|_| mine && is_reported(figure.value))
        };
        if look.delivered.periods.contains(&period) {
            look.of(period).iter().filter_map(|one| value(one.key, one.figure)).collect()
        } else {
            let series = look.own().into_iter().flat_map(crate::model::History::series);
            series.filter_map(|series| value(&series.key, series.at(period)?)).collect()
        }
    }
}

/// What to say of those that are gone or new; `say` has the words, and whether there are too many.
fn told(names: &[&str], say: impl Fn(u64, &str, &str) -> (String, bool)) -> Option<Found> {
    const SHOWN: usize = 5;
    if names.is_empty() {
        return None;
    }
    let mut shown = names.iter().take(SHOWN).map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        shown.extend([" and ", &(names.len() - SHOWN).to_string(), " more"]);
    }
    let count = names.len() as u64;
    let (seen, is_too_many) = say(count, if count == 1 { "is" } else { "are" }, &shown);
    let found = Found::in_file(seen).counting(count);
    Some(if is_too_many { found } else { found.aside(Severity::Note) })
}
