//! What is not said at once: it waits for the month's other deliveries, for company, or for a time at which it may be said.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{AlertId, AlertLine, Calendar, Exceptions, Handling, Labels, Period, TransitionKind, Verdict};

use super::{
    Hold, Intervals, Mutes, Traits,
    compose::{Speech, is_quiet},
};

/// Something said that waits. It is kept whole, so that a restart changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The group's id.
    pub group: String,
    /// The labels that all of it has in common.
    pub labels: Labels,
    /// What it waits for.
    pub hold: Hold,
    /// Since when.
    pub since: Timestamp,
    /// What is said.
    pub exceptions: Exceptions,
}

/// Whether something is said now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Now,
    /// It waits, and is looked at again at a moment at the latest.
    Waits {
        /// When.
        until: Timestamp,
        /// For what: `les-prices for October 2025`, `it is weekends`.
        why: String,
    },
}

impl Held {
    /// What was composed at a moment.
    #[must_use]
    pub fn of(speech: Speech, since: Timestamp) -> Self {
        let Speech { group, labels, hold, exceptions } = speech;
        Self { group, labels, hold, since, exceptions }
    }

    /// Whether another is said together with it.
    #[must_use]
    pub fn belongs_with(&self, other: &Self) -> bool {
        let key = |held: &Self| (held.group.clone(), held.labels.clone(), held.hold.clone(), held.exceptions.period);
        key(self) == key(other)
    }
}

/// Whether what waits since a moment for a period's figures is said now. `has_arrived` tells of a dataset whether its
/// figures up to a period are there.
#[must_use]
pub fn standing(
    (hold, period, since): (&Hold, Period, Timestamp),
    has_arrived: &dyn Fn(&str, Period) -> bool,
    (intervals, calendar): (&Intervals, &Calendar),
    now: Timestamp,
) -> Standing {
    let missing: Vec<&str> =
        hold.wait_for.iter().map(String::as_str).filter(|dataset| !has_arrived(dataset, period)).collect();
    let complete = !hold.wait_for.is_empty() && missing.is_empty();
    if let Some(until) = hold.at_most.filter(|_| !complete).map(|length| length.after(since, calendar))
        && now < until
    {
        let why = if missing.is_empty() {
            "others of the same group".to_owned()
        } else {
            format!("{} for {}", missing.join(", "), period.label())
        };
        return Standing::Waits { until, why };
    }
    match intervals.mutes(hold, now, calendar) {
        None => Standing::Now,
        Some(why) => {
            let until = intervals.opens(hold, now, calendar).unwrap_or_else(|| Intervals::look_again(now));
            Standing::Waits { until, why }
        }
    }
}

/// What was held, in the order in which it was composed, as one message. An alert is named once, as it stands now: one that
/// began and was over before anything was said is not named. What was silenced in the meantime is named as muted; how the
/// alerts that fire stand with people is as it is now.
#[must_use]
pub fn merge(held: Vec<Held>, mutes: &Mutes, handlings: &BTreeMap<AlertId, Handling>) -> Option<Exceptions> {
    let mut of_datasets: Vec<Exceptions> = Vec::new();
    for one in held {
        let mut later = one.exceptions;
        // Whether somebody looks after them is asked again at the end.
        later.continuing.append(&mut later.looked_after);
        match of_datasets.iter_mut().find(|earlier| earlier.dataset == later.dataset) {
            Some(earlier) => *earlier = follow(std::mem::replace(earlier, later.clone()), later),
            None => of_datasets.push(later),
        }
    }
    for of_dataset in &mut of_datasets {
        of_dataset.mute(mutes);
        of_dataset.look_after(handlings);
    }
    let mut merged = of_datasets.into_iter().reduce(join)?;
    merged.sort();
    (!merged.is_empty()).then_some(merged)
}

const SECTIONS: [TransitionKind; 6] = [
    TransitionKind::Firing,
    TransitionKind::Worsened,
    TransitionKind::Continuing,
    TransitionKind::Resolved,
    TransitionKind::Withdrawn,
    TransitionKind::Amended,
];

/// What one delivery of a dataset said, after what an earlier one said that nobody has heard.
fn follow(mut earlier: Exceptions, mut later: Exceptions) -> Exceptions {
    use TransitionKind::{Amended, Firing, Resolved, Withdrawn};
    for before in SECTIONS {
        for line in std::mem::take(earlier.section_mut(before)) {
            let now = SECTIONS.into_iter().find_map(|kind| Some((kind, later.take_line(kind, &line.id)?)));
            match (before, now) {
                (_, None) => later.section_mut(before).push(line),
                // It began, and nobody has heard of it.
                (Firing, Some((Resolved | Withdrawn, _))) => {}
                (Firing, Some((_, line))) => later.section_mut(Firing).push(line),
                // It ended, and nobody has heard of it: to its readers it goes on.
                (Resolved, Some((Firing, line))) => later.section_mut(Amended).push(line),
                (_, Some((kind, line))) => later.section_mut(kind).push(line),
            }
        }
    }
    let known: Vec<AlertId> = later.flapping.iter().map(|flapping| flapping.line.id.clone()).collect();
    later.flapping.extend(earlier.flapping.into_iter().filter(|flapping| !known.contains(&flapping.line.id)));
    later.first_load |= earlier.first_load;
    later
}

/// Two datasets in one message.
fn join(mut one: Exceptions, mut other: Exceptions) -> Exceptions {
    let with = |one: &mut String, other: &str, between: &str| {
        if !other.is_empty() {
            one.push_str(if one.is_empty() { "" } else { between });
            one.push_str(other);
        }
    };
    with(&mut one.dataset, &other.dataset, "+");
    with(&mut one.dataset_title, &other.dataset_title, " and ");
    with(&mut one.file, &other.file, ", ");
    one.delivery = other.delivery.or(one.delivery);
    one.revision = one.revision.max(other.revision);
    if other.verdict != Verdict::Published {
        one.verdict = other.verdict;
    }
    one.first_load &= other.first_load;
    one.series_judged += other.series_judged;
    for kind in SECTIONS {
        let lines = std::mem::take(other.section_mut(kind));
        one.section_mut(kind).extend(lines);
    }
    one.overrides.append(&mut other.overrides);
    one.findings.append(&mut other.findings);
    one.muted.append(&mut other.muted);
    one.looked_after.append(&mut other.looked_after);
    one.flapping.append(&mut other.flapping);
    one.cannot_tell.append(&mut other.cannot_tell);
    one.failed.append(&mut other.failed);
    for outstanding in other.not_assured {
        if !one.not_assured.contains(&outstanding) {
            one.not_assured.push(outstanding);
        }
    }
    one
}

impl Held {
    /// The alerts that it would tell of and that are muted now.
    pub fn muted<'a>(&'a self, mutes: &'a Mutes) -> impl Iterator<Item = &'a AlertId> {
        let said = &self.exceptions;
        let lines = [&said.new, &said.worsened, &said.continuing, &said.amended].into_iter().flatten();
        lines.filter(|line| mutes.reason(&Traits::of_line(line, &said.dataset)).is_some()).map(|line| &line.id)
    }
}

impl Exceptions {
    fn take_line(&mut self, kind: TransitionKind, id: &AlertId) -> Option<AlertLine> {
        let section = self.section_mut(kind);
        let at = section.iter().position(|line| line.id == *id)?;
        Some(section.remove(at))
    }

    /// Sets aside what goes on and is looked after.
    fn look_after(&mut self, handlings: &BTreeMap<AlertId, Handling>) {
        use TransitionKind::{Resolved, Withdrawn};
        for kind in SECTIONS.into_iter().filter(|kind| !matches!(kind, Resolved | Withdrawn)) {
            for mut line in std::mem::take(self.section_mut(kind)) {
                line.handling = handlings.get(&line.id).cloned().unwrap_or_default();
                if is_quiet(kind, &line) { &mut self.looked_after } else { self.section_mut(kind) }.push(line);
            }
        }
    }

    /// Sets aside what must not be said now. What is taken back is said all the same.
    fn mute(&mut self, mutes: &Mutes) {
        let dataset = self.dataset.clone();
        for kind in SECTIONS.into_iter().filter(|kind| *kind != TransitionKind::Withdrawn) {
            for line in std::mem::take(self.section_mut(kind)) {
                match mutes.reason(&Traits::of_line(&line, &dataset)) {
                    None => self.section_mut(kind).push(line),
                    Some(by) if kind != TransitionKind::Resolved => {
                        self.muted.push(crate::model::MutedLine { line, by });
                    }
                    Some(_) => {}
                }
            }
        }
    }
}
