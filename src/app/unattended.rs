//! What nobody looks after: how each alert that fires stands with each group that was told of it and has an escalation
//! policy.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    config::Config,
    model::{Act, Alert, AlertId, AlertState, Period, Silence, SilenceState, StepTaken, StepTo, ToldOf},
    routing::{self, Clock, Due, Escalating, Escalation, Mutes, Outlook, Traits},
    store::{Store, StoreError},
};

use super::routes;

/// All that is known of alerts that fire, at one moment.
#[derive(Debug)]
pub struct Unattended<'a> {
    config: &'a Config,
    now: Timestamp,
    mutes: Mutes,
    silences: Vec<Silence>,
    firing: BTreeMap<AlertId, Alert>,
    /// Those that are over, with when that was said.
    over: Vec<(Alert, Timestamp)>,
    acts: HashMap<AlertId, Vec<Act>>,
    told: HashMap<AlertId, Vec<ToldOf>>,
    taken: HashMap<AlertId, Vec<StepTaken>>,
    worsened: BTreeMap<AlertId, Vec<Period>>,
}

/// How an alert stands with a group that has an escalation policy for it.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// The group.
    pub group: &'a str,
    /// The policy.
    pub policy: &'a Escalation,
    /// The steps that were taken in the present stretch, oldest first.
    pub taken: Vec<StepTaken>,
    /// What holds now.
    pub progress: Progress,
}

/// The same in words and days, for people and programs.
#[derive(Debug, Clone, Serialize)]
pub struct Escalates {
    /// The group.
    pub group: String,
    /// The policy.
    pub policy: String,
    /// The steps that were taken in the present stretch, oldest first.
    pub taken: Vec<StepTaken>,
    /// Whom it goes to next, and when, if nobody acts.
    pub next: Option<StepTo>,
    /// Why nothing is taken further now, if so.
    pub paused: Option<String>,
}

/// What holds of a policy now.
#[derive(Debug, Clone)]
pub enum Progress {
    /// The group was not told yet.
    Untold,
    /// Somebody looks after it.
    Acknowledged,
    /// Nothing is taken further, and why.
    Paused(String),
    /// Nobody looks after it: since when, and what is due.
    Runs(Clock, Outlook),
}

impl<'a> Unattended<'a> {
    /// Reads what is known.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read(store: &Store, config: &'a Config, now: Timestamp) -> Result<Self, StoreError> {
        let mutes = routes::mutes(store, &config.policy, now).await?;
        let mut ended = store.ended().await?;
        let (firing, over): (Vec<Alert>, Vec<Alert>) =
            store.alerts(None).await?.into_iter().partition(|alert| alert.state == AlertState::Firing);
        let over = over.into_iter().filter_map(|alert| ended.remove(&alert.id).map(|at| (alert, at))).collect();
        Ok(Self {
            config,
            now,
            mutes,
            silences: store.silences().await?,
            firing: firing.into_iter().map(|alert| (alert.id.clone(), alert)).collect(),
            over,
            acts: by_alert(store.acts_of_firing(None).await?, |act| &act.alert),
            told: by_alert(store.told_of_firing().await?, |told| &told.alert),
            taken: by_alert(store.steps_taken(None).await?, |taken| &taken.alert),
            worsened: store.worsened().await?,
        })
    }

    /// The alerts that fire.
    pub fn firing(&self) -> impl Iterator<Item = &Alert> {
        self.firing.values()
    }

    /// How an alert stands with each of its groups that has a policy for it; nothing of an alert that does not fire.
    #[must_use]
    pub fn standings(&self, alert: &AlertId) -> Vec<Standing<'a>> {
        let Some(alert) = self.firing.get(alert) else { return Vec::new() };
        let config: &'a Config = self.config;
        let receivers = config.policy.route.receivers(&Traits::of(alert)).into_iter();
        let standing = |(group, manner)| {
            let policy = config.policy.escalation(manner)?;
            let of_stretch = self.taken.get(&alert.id).into_iter().flatten();
            let taken: Vec<StepTaken> =
                of_stretch.filter(|taken| taken.group == group && taken.is_of(alert.since)).cloned().collect();
            let progress = self.progress(alert, group, policy, &taken);
            Some(Standing { group, policy, taken, progress })
        };
        receivers.filter_map(standing).collect()
    }

    /// When a group was first told of the present stretch of an alert.
    #[must_use]
    pub fn told(&self, alert: &Alert, group: &str) -> Option<Timestamp> {
        self.first_told(alert, group).map(|told| told.at)
    }

    fn first_told(&self, alert: &Alert, group: &str) -> Option<&ToldOf> {
        let mut told = self.told.get(&alert.id)?.iter();
        told.find(|told| told.group == group && told.is_of(alert.since))
    }

    fn progress(&self, alert: &Alert, group: &str, policy: &Escalation, taken: &[StepTaken]) -> Progress {
        let Some(first) = self.first_told(alert, group) else { return Progress::Untold };
        let Some(clock) = self.clock(alert, group, first) else { return Progress::Acknowledged };
        let parent = self.parent(alert);
        if let Some(by) = self.mutes.reason(alert).or_else(|| self.spoken_for(parent.as_ref(), group)) {
            return Progress::Paused(by);
        }
        let worsened = self.worsened.get(&alert.id).into_iter().flatten();
        let known = Escalating {
            severity: alert.severity,
            newest: alert.reading.period,
            clock,
            worsened: worsened.copied().rfind(|period| period.start() > first.period.start()),
            unmuted: self.unmuted(alert, parent.as_ref(), clock.at),
            taken,
        };
        Progress::Runs(clock, self.decide(group, policy, &known))
    }

    /// Since when nobody looks after an alert of which a group was told; none while somebody does.
    fn clock(&self, alert: &Alert, group: &str, first: &ToldOf) -> Option<Clock> {
        let acts = self.acts.get(&alert.id).into_iter().flatten().filter(|act| act.is_about(alert));
        let clock = routing::clock((first.at, first.period), acts)?;
        // That an acknowledgement lapsed is told with the newest figures.
        let told = self.told.get(&alert.id).into_iter().flatten();
        let told = told.filter(|told| told.group == group && told.at <= clock.at).map(|told| told.period);
        Some(Clock { period: Period::newest(told.chain([clock.period])).unwrap_or(clock.period), ..clock })
    }

    fn decide(&self, group: &str, policy: &Escalation, known: &Escalating<'_>) -> Outlook {
        let opens = |step: &routing::Step, moment| {
            let recipient = self.config.recipient(step, group);
            let calendar = recipient.map_or(&self.config.calendar, |to| self.config.calendar_of(&to.group));
            calendar.at_work(moment)
        };
        routing::decide(policy, known, self.config.calendar_of(group), &opens, self.now)
    }

    /// How an alert stands with each of its groups that has a policy for it, in words.
    #[must_use]
    pub fn in_words(&self, alert: &AlertId) -> Vec<Escalates> {
        let state = |standing: Standing<'_>| {
            let (next, paused) = match &standing.progress {
                Progress::Untold => (None, Some("the group was not told yet".to_owned())),
                Progress::Acknowledged => (None, Some("somebody looks after it".to_owned())),
                Progress::Paused(why) => (None, Some(why.clone())),
                Progress::Runs(_, outlook) => (outlook.due.map(|due| (due, self.now)).or(outlook.next), None),
            };
            let next = next.and_then(|(due, at)| {
                let to = self.config.recipient(standing.policy.step(due.step)?, standing.group)?;
                Some(StepTo { to: self.config.in_words(&to), at })
            });
            let (group, policy) = (standing.group.to_owned(), standing.policy.name.clone());
            Escalates { group, policy, taken: standing.taken, next, paused }
        };
        self.standings(alert).into_iter().map(state).collect()
    }

    /// What comes next once a step is taken.
    #[must_use]
    pub fn after(&self, standing: &Standing<'_>, step: &StepTaken, clock: Clock) -> Option<(Due, Timestamp)> {
        let alert = self.firing.get(&step.alert)?;
        let taken: Vec<StepTaken> = standing.taken.iter().chain([step]).cloned().collect();
        let known = Escalating {
            severity: alert.severity,
            newest: alert.reading.period,
            clock,
            worsened: None,
            unmuted: None,
            taken: &taken,
        };
        self.decide(standing.group, standing.policy, &known).next
    }

    /// The alert that speaks for this one with those of its siblings, if its rule has one.
    fn parent(&self, alert: &Alert) -> Option<AlertId> {
        let rule = self.config.rules.get(&alert.rule)?;
        let by = &rule.roll_up()?.by;
        let labels = rule.parent_labels(by, alert.labels.get(by)?);
        (labels != alert.labels).then(|| AlertId::of(rule.id(), &labels))
    }

    /// What is done about a parent is done about those that it speaks for.
    fn spoken_for(&self, parent: Option<&AlertId>, group: &str) -> Option<String> {
        let parent = self.firing.get(parent?).filter(|parent| self.mutes.reason(*parent).is_none())?;
        let hears = self.config.policy.route.receivers(&Traits::of(parent)).iter().any(|(known, _)| *known == group);
        hears.then(|| format!("alert {} speaks for it: {}", parent.id, parent.labels.values()))
    }

    /// When what muted an alert ended last, if that was after a moment: a silence, an alert that inhibited it, or one that
    /// spoke for it.
    fn unmuted(&self, alert: &Alert, parent: Option<&AlertId>, after: Timestamp) -> Option<Timestamp> {
        let silences = self.silences.iter().filter(|silence| silence.state(self.now) == SilenceState::Expired);
        let silences = silences.filter(|silence| silence.starts < silence.ends && silence.takes(alert));
        let silences = silences.map(|silence| silence.ends);
        let inhibits = |over: &Alert| {
            let mut rules = self.config.policy.inhibitions.iter();
            Some(&over.id) == parent || rules.any(|rule| rule.source_of(alert, [over]).is_some())
        };
        let over = self.over.iter().filter(|(_, at)| *at > after).filter(|(over, _)| inhibits(over));
        silences.chain(over.map(|(_, at)| *at)).filter(|at| *at > after).max()
    }
}

fn by_alert<T>(all: Vec<T>, alert: impl Fn(&T) -> &AlertId) -> HashMap<AlertId, Vec<T>> {
    let mut found: HashMap<AlertId, Vec<T>> = HashMap::new();
    for one in all {
        found.entry(alert(&one).clone()).or_default().push(one);
    }
    found
}
