//! What is known of an alert that a group does not look after → the step that is due now, and when to look again.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Act, ActKind, AlertSeverity, Calendar, Period, StepTaken};

use super::{After, Escalation, Length, Step};

/// Between steps that are not counted from each other at least so much time passes.
const APART: Length = Length::WorkingDays(1);

/// Since when nobody looks after an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// How many acknowledgements of the stretch have lapsed.
    pub round: u32,
    /// Since when: the group was first told, or the last acknowledgement lapsed.
    pub at: Timestamp,
    /// The newest period that the alert rested on then.
    pub period: Period,
}

/// Since when nobody looks after an alert of which a group was first told then; none while an acknowledgement holds. `acts`
/// are those of its present stretch, oldest first.
#[must_use]
pub fn clock<'a>(told: (Timestamp, Period), acts: impl IntoIterator<Item = &'a Act>) -> Option<Clock> {
    let mut clock = Clock { round: 0, at: told.0, period: told.1 };
    let mut acknowledged = false;
    for act in acts {
        match act.kind {
            ActKind::Acknowledged => acknowledged = true,
            ActKind::Lapsed if acknowledged => {
                acknowledged = false;
                clock = Clock { round: clock.round + 1, at: act.at.max(told.0), period: act.period };
            }
            ActKind::Lapsed | ActKind::Commented | ActKind::Assigned | ActKind::ReviewSet => {}
        }
    }
    (!acknowledged).then_some(clock)
}

/// What is known of an alert that fires, as a group was told of it.
#[derive(Debug, Clone, Copy)]
pub struct Escalating<'a> {
    /// How much it weighs.
    pub severity: AlertSeverity,
    /// The newest period that it rests on.
    pub newest: Period,
    /// Since when nobody looks after it.
    pub clock: Clock,
    /// The newest period at which it had worsened since the group was first told.
    pub worsened: Option<Period>,
    /// When last something ended that muted it.
    pub unmuted: Option<Timestamp>,
    /// The steps that were taken in this stretch for this group, oldest first.
    pub taken: &'a [StepTaken],
}

/// A step that is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Its number, from 1.
    pub step: u32,
    /// How often it was taken before in this round.
    pub repetition: u32,
}

/// What is to be done, and when to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outlook {
    /// The step to be taken now.
    pub due: Option<Due>,
    /// The next one whose moment is known: it, and its moment.
    pub next: Option<(Due, Timestamp)>,
}

/// Which step is due at a moment, one at most. `calendar` is that of the group that was told; `opens` tells of a step and
/// a moment when those whom it goes to are next at work.
#[must_use]
pub fn decide(
    policy: &Escalation,
    known: &Escalating<'_>,
    calendar: &Calendar,
    opens: &dyn Fn(&Step, Timestamp) -> Timestamp,
    now: Timestamp,
) -> Outlook {
    let deciding = Deciding { policy, known, calendar };
    let mut outlook = Outlook::default();
    for (due, from) in deciding.candidates() {
        let Some(step) = policy.step(due.step) else { continue };
        // What became due while nobody was at work is taken when they are again.
        let at = opens(step, from.max(now));
        if at > now {
            outlook.next = [outlook.next, Some((due, at))].into_iter().flatten().min_by_key(|(_, at)| *at);
        } else if outlook.due.is_none() {
            outlook.due = Some(due);
        }
    }
    outlook
}

/// When each step of a policy that hangs on nothing but time would be taken of an alert that is told at a moment and that
/// nobody looks after, by the steps' numbers.
#[must_use]
pub fn moments(
    policy: &Escalation,
    severity: AlertSeverity,
    calendar: &Calendar,
    opens: &dyn Fn(&Step, Timestamp) -> Timestamp,
    told: Timestamp,
) -> BTreeMap<u32, Timestamp> {
    let (mut from, mut passed, mut moments) = (told, Length::ZERO, BTreeMap::new());
    for (number, step) in policy.steps_for(severity) {
        let After::Time(length) = step.after else { continue };
        let distance = length.beyond(passed).filter(|distance| !distance.is_zero() || moments.is_empty());
        from = opens(step, distance.unwrap_or(APART).after(from, calendar));
        passed = length;
        moments.insert(number, from);
    }
    moments
}

struct Deciding<'a> {
    policy: &'a Escalation,
    known: &'a Escalating<'a>,
    calendar: &'a Calendar,
}

impl<'a> Deciding<'a> {
    /// Steps that may be taken next, each with the moment from which on, in the order of the policy.
    fn candidates(&self) -> Vec<(Due, Timestamp)> {
        let mut found = Vec::new();
        let (mut time, mut periods) = (Vec::new(), Vec::new());
        for (number, step) in self.policy.steps_for(self.known.severity) {
            match step.after {
                After::Time(length) => time.push((number, length)),
                After::Periods(count) => periods.push((number, count)),
                After::Worsening => found.extend(self.on_worsening(number)),
            }
        }
        found.extend(self.in_time(&time));
        found.extend(self.in_periods(&periods));
        found.extend(self.repeated());
        found.sort_by_key(|(due, _)| due.step);
        found
    }

    /// The first step of those in time that was not taken, counted from the one before it.
    fn in_time(&self, steps: &[(u32, Length)]) -> Option<(Due, Timestamp)> {
        let next = steps.iter().position(|(number, _)| self.last(*number).is_none())?;
        let (number, length) = *steps.get(next)?;
        let due = Due { step: number, repetition: 0 };
        let before = next.checked_sub(1).and_then(|before| steps.get(before));
        Some(match before.and_then(|(number, before)| Some((*number, self.last(*number)?, *before))) {
            Some((before, taken, passed)) => {
                let distance = length.beyond(passed).filter(|distance| !distance.is_zero()).unwrap_or(APART);
                (due, self.moment(taken.at, distance, Some(before)))
            }
            None => (due, self.moment(self.known.clock.at, length, None)),
        })
    }

    /// The same of those in periods.
    fn in_periods(&self, steps: &[(u32, u16)]) -> Option<(Due, Timestamp)> {
        let next = steps.iter().position(|(number, _)| self.last(*number).is_none())?;
        let (number, count) = *steps.get(next)?;
        let before = next.checked_sub(1).and_then(|before| steps.get(before));
        let (from, distance) = match before.and_then(|(number, before)| Some((self.last(*number)?, *before))) {
            Some((taken, before)) => (taken.period, count.saturating_sub(before).max(1)),
            // The first period counts as well.
            None => (self.known.clock.period, count.saturating_sub(1)),
        };
        self.has_passed(from, distance)?;
        Some((Due { step: number, repetition: 0 }, self.moment(self.known.clock.at, Length::ZERO, None)))
    }

    /// A step on worsening, once for each period at which it worsened.
    fn on_worsening(&self, number: u32) -> Option<(Due, Timestamp)> {
        let worsened = self.known.worsened?;
        let of_step = || self.known.taken.iter().filter(|taken| taken.step == number && self.is_of_policy(taken));
        if of_step().any(|taken| taken.period.end() >= worsened.end()) {
            return None;
        }
        let round = self.known.clock.round;
        let before = of_step().filter(|taken| taken.round == round).count();
        let due = Due { step: number, repetition: u32::try_from(before).unwrap_or(u32::MAX) };
        Some((due, self.moment(self.known.clock.at, Length::ZERO, None)))
    }

    /// The last step again, counted from when it was last taken.
    fn repeated(&self) -> Option<(Due, Timestamp)> {
        let again = self.policy.repeat?;
        let is_repeated = |step: &Step| step.after != After::Worsening;
        let (number, _) = self.policy.steps_for(self.known.severity).rfind(|(_, step)| is_repeated(step))?;
        let last = self.last(number)?;
        let due = Due { step: number, repetition: last.repetition + 1 };
        if again.at_most.is_some_and(|at_most| due.repetition > at_most) {
            return None;
        }
        let distance = match again.every {
            After::Time(every) => every,
            After::Periods(every) => self.has_passed(last.period, every).map(|()| APART)?,
            After::Worsening => return None,
        };
        Some((due, self.moment(last.at, distance, Some(number))))
    }

    /// The moment that is so long after another, at which the step `before` was taken if it is counted from one. What muted
    /// the alert does not count, nor what another policy waited for; and steps that are not counted from each other are a
    /// working day apart.
    fn moment(&self, from: Timestamp, distance: Length, before: Option<u32>) -> Timestamp {
        let taken = || self.known.taken.iter();
        let by_another = taken().filter(|taken| !self.is_of_policy(taken)).map(|taken| taken.at).max();
        let counted = [Some(from), self.known.unmuted, by_another].into_iter().flatten().max().unwrap_or(from);
        let others = taken().filter(|taken| taken.at >= from && Some(taken.step) != before).map(|taken| taken.at).max();
        let apart = others.map(|at| APART.after(at, self.calendar));
        [Some(distance.after(counted, self.calendar)), apart].into_iter().flatten().max().unwrap_or(counted)
    }

    fn has_passed(&self, from: Period, periods: u16) -> Option<()> {
        self.known.newest.since(from).filter(|passed| *passed >= i32::from(periods)).map(|_| ())
    }

    /// When a step was last taken in this round.
    fn last(&self, number: u32) -> Option<&'a StepTaken> {
        let round = self.known.clock.round;
        let of_step = |taken: &&StepTaken| taken.step == number && taken.round == round && self.is_of_policy(taken);
        self.known.taken.iter().filter(of_step).max_by_key(|taken| taken.repetition)
    }

    fn is_of_policy(&self, taken: &StepTaken) -> bool {
        taken.policy == self.policy.name
    }
}
