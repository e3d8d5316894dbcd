//! Taking further what nobody looks after: the steps that are due, one message for each recipient.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    config::Config,
    model::{
        Alert, AlertId, AlertLine, EscalatedAlert, EscalationReport, NoticeId, Recipient, StepId, StepTaken, StepTo,
    },
    routing::{Clock, Due},
    store::Commit,
};

use super::{
    App,
    announce::Announcement,
    error::CycleError,
    handling, lines,
    unattended::{Progress, Standing, Unattended},
};

/// Takes the steps that are due, at most one for an alert and a group. Answers with the next moment at which one is.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn take(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (config, now) = (app.config(), app.now());
    if config.policy.escalations.is_empty() {
        return Ok(None);
    }
    let unattended = Unattended::read(&app.store, &config, now).await?;
    let taking = Taking { config: &config, now, unattended: &unattended };
    let (mut due, mut next): (Vec<Taken>, Option<Timestamp>) = (Vec::new(), None);
    for alert in unattended.firing() {
        for standing in unattended.standings(&alert.id) {
            let (taken, then) = taking.follow(alert, &standing);
            next = [next, then].into_iter().flatten().min();
            due.extend(taken);
        }
    }
    if !due.is_empty() {
        let mut commit = Commit::at(now);
        let lines = lines_of(app, &config, &due, &commit).await?;
        let mut announcement = Announcement::of(app, &config);
        say(&mut announcement, &mut commit, due, &lines);
        announcement.keep(&mut commit).await?;
    }
    Ok(next)
}

/// A step that is taken, and what is to be said of it.
struct Taken {
    alert: Alert,
    step: StepTaken,
    clock: Clock,
    told: Timestamp,
    earlier: Vec<StepTo>,
    next: Option<StepTo>,
}

struct Taking<'a> {
    config: &'a Config,
    now: Timestamp,
    unattended: &'a Unattended<'a>,
}

impl Taking<'_> {
    /// The step that is due of an alert for a group, and when the one after it is.
    fn follow(&self, alert: &Alert, standing: &Standing<'_>) -> (Option<Taken>, Option<Timestamp>) {
        let Progress::Runs(clock, outlook) = &standing.progress else { return (None, None) };
        let Some((due, to)) = outlook.due.and_then(|due| Some((due, self.recipient(standing, due)?))) else {
            return (None, outlook.next.map(|(_, at)| at));
        };
        let step = self.step(alert, standing, *clock, due, &to);
        let next = self.unattended.after(standing, &step, *clock);
        let named = |recipient: &Recipient, at| StepTo { to: self.config.in_words(recipient), at };
        let taken = Taken {
            alert: alert.clone(),
            clock: *clock,
            told: self.unattended.told(alert, standing.group).unwrap_or(clock.at),
            earlier: standing.taken.iter().map(|taken| named(&taken.to, taken.at)).collect(),
            next: next.and_then(|(due, at)| Some(named(&self.recipient(standing, due)?, at))),
            step,
        };
        (Some(taken), next.map(|(_, at)| at))
    }

    fn recipient(&self, standing: &Standing<'_>, due: Due) -> Option<Recipient> {
        self.config.recipient(standing.policy.step(due.step)?, standing.group)
    }

    fn step(&self, alert: &Alert, standing: &Standing<'_>, clock: Clock, due: Due, to: &Recipient) -> StepTaken {
        let why = standing.policy.step(due.step).map_or_else(String::new, |step| step.reason(alert.severity));
        let again = if due.repetition == 0 { "" } else { ", and still nobody looks after it" };
        StepTaken {
            id: StepId(Uuid::now_v7()),
            alert: alert.id.clone(),
            since: alert.since,
            period: alert.reading.period,
            group: standing.group.to_owned(),
            policy: standing.policy.name.clone(),
            round: clock.round,
            step: due.step,
            repetition: due.repetition,
            to: to.clone(),
            at: self.now,
            why: format!("{why}{again}"),
            // The notice is made when all that goes to its recipient is known.
            notice: NoticeId(Uuid::nil()),
        }
    }
}

/// What people read of each alert that is taken further.
async fn lines_of(
    app: &App,
    config: &Config,
    due: &[Taken],
    commit: &Commit,
) -> Result<BTreeMap<AlertId, AlertLine>, CycleError> {
    let alerts: BTreeMap<&AlertId, &Alert> = due.iter().map(|taken| (&taken.alert.id, &taken.alert)).collect();
    let alerts = alerts.into_values().cloned().collect();
    let mut told = lines::as_they_stand(config, &app.store, alerts).await?;
    handling::put_in(&app.store, commit, &mut told).await?;
    Ok(told.into_iter().map(|told| (told.alert.id, told.line)).collect())
}

/// One message to each recipient, and a copy to each group whose alerts went to another.
fn say(
    announcement: &mut Announcement<'_>,
    commit: &mut Commit,
    due: Vec<Taken>,
    lines: &BTreeMap<AlertId, AlertLine>,
) {
    let config = Arc::clone(&announcement.config);
    let mut to_each: BTreeMap<Recipient, Vec<(StepTaken, EscalatedAlert)>> = BTreeMap::new();
    for taken in due {
        let Some(line) = lines.get(&taken.alert.id) else { continue };
        let case = taken.case(&config, line);
        to_each.entry(taken.step.to.clone()).or_default().push((taken.step, case));
    }
    for (to, mut cases) in to_each {
        cases.sort_by(|(_, a), (_, b)| {
            let key = |case: &EscalatedAlert| (std::cmp::Reverse(case.line.severity), case.unattended);
            key(a).cmp(&key(b)).then_with(|| a.line.id.cmp(&b.line.id))
        });
        let mut copies: BTreeMap<String, Vec<EscalatedAlert>> = BTreeMap::new();
        for (step, case) in cases.iter().filter(|(step, _)| step.group != to.group) {
            copies.entry(step.group.clone()).or_default().push(case.clone());
        }
        let all = cases.iter().map(|(_, case)| case.clone()).collect();
        let report = EscalationReport { role: to.role.clone(), copy_of: None, cases: all };
        let notice = announcement.escalation(to.clone(), report);
        for (step, _) in cases {
            tracing::info!(alert = %step.alert, group = step.group, to = %step.to, "escalated: {}", step.why);
            commit.escalations.push(StepTaken { notice, ..step });
        }
        for (group, cases) in copies {
            let report = EscalationReport { role: None, copy_of: Some(config.in_words(&to)), cases };
            announcement.escalation(Recipient { group, role: None }, report);
        }
    }
}

impl Taken {
    fn case(&self, config: &Config, line: &AlertLine) -> EscalatedAlert {
        let dataset = config.datasets.get(&self.alert.dataset);
        EscalatedAlert {
            line: line.clone(),
            dataset_title: dataset.map_or_else(|| self.alert.dataset.clone(), |dataset| dataset.title.clone()),
            group_name: config.name_of(&self.step.group).to_owned(),
            told: self.told,
            unattended: self.clock.at,
            why: self.step.why.clone(),
            earlier: self.earlier.clone(),
            next: self.next.clone(),
        }
    }
}
