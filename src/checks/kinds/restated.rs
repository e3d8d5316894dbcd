//! `restated`: a new revision of a known period changes its figures.
//!
//! | setting | meaning |
//! |---|---|
//! | `beyond` | how far a figure may move without a finding: `10%` of what it was, or `5`; any distance unless said |
//!
//! What changed is always said as a note. A figure that moves further than `beyond`, one that is withheld or blank where
//! there was a number, and one that is no longer there at all are findings. Words that make way for a number are none.
//!
//! ```yaml
//! - restated: { beyond: 10%, tolerance: 2%, severity: warning }
//! ```
//!
//! Findings: ``October 2025 restated: 2 of 14 figures changed, the largest Dementia, October 2025: 694 → 900 (+29.68%)``;
//! ``1 of 14 restated figures moves further than 10%, first Dementia, October 2025: 694 → 900 (+29.68%)``;
//! ``1 figure is no longer there, first Dementia, October 2025: it was 694``

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    failures::{Failures, grouped},
    figures::{Answer, Failing, FigureCheck, FigureKind, Look, columns, name, written},
    known::{Delivery, is_reported},
};
use crate::{
    model::{Figure, History, Period, Severity, Tolerance, Unit, value::format_number},
    yaml::{Place, Problems},
};

/// Settings of `restated`.
#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restated {
    #[serde(default)]
    beyond: Option<Tolerance>,
}

impl FigureKind for Restated {
    const LOOKS: Looks = Looks::Figures;

    fn build(&self, _: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        Ok(Box::new(Compiled { beyond: self.beyond, columns: columns(context) }))
    }
}

#[derive(Debug)]
struct Compiled {
    beyond: Option<Tolerance>,
    columns: BTreeMap<String, String>,
}

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        let Some(history) = look.own() else { return Answer::default() };
        let again: BTreeSet<Period> = look.delivered.periods.intersection(&history.periods).copied().collect();
        if again.is_empty() {
            return Answer::default();
        }
        let mut changes = Changes { failing: look.failing(), total: 0, changed: 0, plans: 0, new: 0, largest: None };
        for one in look.delivered.each().filter(|one| again.contains(&one.period)) {
            self.compare(&one, history, &mut changes);
        }
        let gone = gone(look, history, &again);
        let note = changes.note(&again, gone.len());
        let Changes { failing, total, .. } = changes;
        let first = failing.first().unwrap_or_default().to_owned();
        let (count, verb) = (failing.count(), if failing.count() == 1 { "moves" } else { "move" });
        let how = self.beyond.map_or_else(|| "to no number".to_owned(), |beyond| format!("further than {beyond}"));
        let seen = format!("{} of {} restated figures {verb} {how}, first {first}", grouped(count), grouped(total));
        let found = [Some(Found::in_file(note).aside(Severity::Note)), failing.found(seen), no_longer_there(&gone)];
        Answer { looked_at: total, found: found.into_iter().flatten().collect() }
    }
}

impl Compiled {
    fn compare(&self, one: &Delivery<'_>, history: &History, changes: &mut Changes) {
        changes.total += 1;
        let Some(was) = history.get(one.key).and_then(|series| series.at(one.period)) else {
            changes.new += u64::from(is_reported(one.figure.value));
            return;
        };
        changes.plans += u64::from(was.plan != one.figure.plan);
        if was.value == one.figure.value {
            return;
        }
        changes.changed += 1;
        let moved = format!("{} → {}{}", written(was), written(one.figure), by(was, one.figure));
        let size = size(was, one.figure);
        if changes.largest.as_ref().is_none_or(|(largest, _)| size > *largest) {
            changes.largest = Some((size, format!("{}: {moved}", name(one.key, one.period))));
        }
        let is_too_far = match (was.value.get(), one.figure.value.get()) {
            (Some(was), Some(now)) => self.beyond.is_some_and(|beyond| !beyond.equal(now, was)),
            (Some(_), None) => true,
            (None, _) => false,
        };
        if is_too_far {
            changes.failing.add(one, self.columns.get(&one.key.measure).map_or("", String::as_str), &moved);
        }
    }
}

struct Changes {
    failing: Failing,
    total: u64,
    changed: u64,
    plans: u64,
    new: u64,
    largest: Option<(f64, String)>,
}

impl Changes {
    fn note(&self, again: &BTreeSet<Period>, gone: usize) -> String {
        let periods = match (again.first(), again.last()) {
            (Some(first), Some(last)) if again.len() > 1 => {
                format!("{} periods, {} to {},", again.len(), first.label(), last.label())
            }
            (first, _) => first.map(|period| period.label()).unwrap_or_default(),
        };
        let changed = if self.changed == 0 { "none".to_owned() } else { grouped(self.changed) };
        let mut note = format!("{periods} restated: {changed} of {} figures changed", grouped(self.total));
        if let Some((_, largest)) = &self.largest {
            note.extend([", the largest ", largest]);
        }
        for (count, what) in
            [(gone as u64, "no longer there"), (self.new, "new"), (self.plans, "with another plan than before")]
        {
            if count > 0 {
                note.extend(["; ", &grouped(count), " ", what]);
            }
        }
        note
    }
}

/// The figures of the periods that are restated which are not delivered again, in words.
fn gone(look: &Look<'_>, history: &History, again: &BTreeSet<Period>) -> Vec<String> {
    let mut gone = Vec::new();
    for series in history.series() {
        for (period, was) in series.iter().filter(|(period, was)| again.contains(period) && is_reported(was.value)) {
            if look.delivery(&series.key, period).is_none() {
                gone.push(format!("{}: it was {}", name(&series.key, period), written(was)));
            }
        }
    }
    gone
}

fn no_longer_there(gone: &[String]) -> Option<Found> {
    let first = gone.first()?;
    let count = gone.len() as u64;
    let verb = if count == 1 { "figure is" } else { "figures are" };
    let seen = format!("{} {verb} no longer there, first {first}", grouped(count));
    Some(Found::in_rows(seen, Failures::default().of(count)))
}

/// How large a change is beside what was there.
fn size(was: Figure, now: Figure) -> f64 {
    match (was.value.get(), now.value.get()) {
        (Some(was), Some(now)) if was != 0.0 => ((now - was) / was).abs(),
        (Some(_), Some(_)) => f64::MAX,
        _ => 0.0,
    }
}

/// " (+29.68%)"; of shares in points.
fn by(was: Figure, now: Figure) -> String {
    let (Some(before), Some(after)) = (was.value.get(), now.value.get()) else { return String::new() };
    let plus = if after > before { "+" } else { "" };
    match was.unit.or(now.unit).unwrap_or_default() {
        Unit::Percent => format!(" ({plus}{})", Unit::Percent.write_difference(after - before)),
        _ if before == 0.0 => String::new(),
        _ => {
            let share = (after - before) / before.abs() * 10_000.0;
            format!(" ({plus}{}%)", format_number(share.round() / 100.0))
        }
    }
}
