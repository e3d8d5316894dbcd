//! What one delivery changed → what is said to each group.

use std::collections::BTreeMap;

use crate::model::{
    Alert, AlertId, AlertLine, AlertSeverity, AlertState, Cause, Exceptions, Labels, MutedLine, NotAssured, Transition,
    TransitionKind, UnknownLine, Untold,
};

use super::{Hold, Manner, Mutes, Policy, Route, Steadiness, Traits};

/// An alert that a delivery looked at, with what happened to it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The alert as it stands now.
    pub alert: Alert,
    /// How it stood before the delivery; none when it was not known.
    pub before: Option<AlertState>,
    /// The steps that the delivery brought about.
    pub transitions: Vec<Transition>,
    /// Whether it is worse than it was known to be.
    pub worsened: bool,
    /// What people read about it as it stands now.
    pub line: AlertLine,
    /// What people read about stretches that were said to fire, and that the figures of the delivery deny.
    pub taken_back: Vec<AlertLine>,
    /// A group that is told whatever the route says.
    pub owner: Option<String>,
    /// The labels of an alert of the same rule that speaks for this one to those who hear of it.
    pub parent: Option<Labels>,
}

/// A series that a rule could not judge at the newest period.
#[derive(Debug, Clone)]
pub struct Unjudged {
    /// What people read about it.
    pub line: UnknownLine,
    /// The rule's severity, for the route.
    pub severity: AlertSeverity,
    /// Whether the rule went wrong, rather than the figures being silent.
    pub failed: bool,
}

/// All that one delivery (or the first load of a history) brought about.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The notice as it would be without any alert: the head that all groups share.
    pub head: Exceptions,
    /// The alerts of the dataset.
    pub alerts: Vec<Told>,
    /// What could not be judged.
    pub unjudged: Vec<Unjudged>,
    /// What did not arrive, and is named to each group whose rules would have judged it.
    pub outstanding: Vec<Outstanding>,
}

/// A period that did not arrive, and the rules that would have judged it.
#[derive(Debug, Clone)]
pub struct Outstanding {
    /// What people read about it; its measures are put in for each group.
    pub line: NotAssured,
    /// The rules on its dataset: id, severity and measure.
    pub rules: Vec<(String, AlertSeverity, String)>,
}

/// What is said to one group, and what it waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// The group's id.
    pub group: String,
    /// The labels that all of it has in common, where the route groups by labels.
    pub labels: Labels,
    /// What it waits for.
    pub hold: Hold,
    /// What is said.
    pub exceptions: Exceptions,
}

/// What one delivery comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// What is said to each group that has something to be told, in the order of the groups' ids.
    pub said: Vec<Speech>,
    /// What is said to nobody, or not to a group that would otherwise hear of it, and why.
    pub unsaid: Vec<Untold>,
    /// Alerts that fire and would have been said to groups if they were not muted.
    pub kept_silent: Vec<(AlertId, String)>,
}

/// What is said to each group, and what is not.
///
/// The first load of a history is one summary of what fires now. Later, an alert is listed by what its group knows
/// already: an alert that began and ended within months that arrived late was never said, and is not. What is muted, and
/// what goes on and is acknowledged, is named beside the rest, and never alone. What flaps is
/// said once to flap, and again when it is steady.
#[must_use]
pub fn compose(policy: &Policy, delivered: &Delivered, mutes: &Mutes) -> Composed {
    let route = &policy.route;
    let (notices, unsaid) = (BTreeMap::new(), Vec::new());
    let mut composing = Composing { policy, route, head: &delivered.head, notices, unsaid, kept_silent: Vec::new() };
    for told in &delivered.alerts {
        composing.tell(told, mutes);
    }
    for unknown in &delivered.unjudged {
        composing.tell_unjudged(unknown, mutes);
    }
    let Composing { notices, mut unsaid, kept_silent, .. } = composing;
    let mut said = Vec::new();
    for ((group, labels, hold), mut exceptions) in notices {
        if exceptions.is_empty() {
            unsaid.extend(exceptions.set_aside().map(|(line, why)| untold(&group, line, why)));
            continue;
        }
        let outstanding = delivered.outstanding.iter();
        exceptions.not_assured = outstanding.filter_map(|one| one.for_group(route, &group)).collect();
        exceptions.name_changed_rules();
        exceptions.sort();
        said.push(Speech { group, labels, hold, exceptions });
    }
    Composed { said, unsaid, kept_silent }
}

fn untold(group: &str, line: &AlertLine, why: String) -> Untold {
    Untold { group: group.to_owned(), rule: line.rule.clone(), labels: line.labels.clone(), why }
}

/// What tells one message from another.
type Key = (String, Labels, Hold);

struct Composing<'a> {
    policy: &'a Policy,
    route: &'a Route,
    head: &'a Exceptions,
    notices: BTreeMap<Key, Exceptions>,
    unsaid: Vec<Untold>,
    kept_silent: Vec<(AlertId, String)>,
}

impl<'a> Composing<'a> {
    fn tell(&mut self, told: &Told, mutes: &Mutes) {
        let alert = &told.alert;
        let (traits, owner) = (Traits::of(alert), told.owner.as_deref());
        let steadiness = self.steadiness(alert);
        let turn = section(told, self.head);
        let section = damped(turn, alert, steadiness);
        let is_damped = turn.is_some() && section.is_none();
        let silent = mutes.reason(&traits);
        // Who hears of the parent has the names there.
        let of_parent = told.parent.as_ref().map(|labels| Traits { labels, ..traits });
        let of_parent = of_parent.filter(|parent| mutes.reason(parent).is_none());
        let of_parent = of_parent.map(|parent| self.route.receivers(&parent)).unwrap_or_default();
        for (group, manner) in self.receivers(traits, owner) {
            let has_parent = of_parent.iter().any(|(known, _)| *known == group);
            let why_not = section.and_then(|section| match &silent {
                _ if has_parent => Some("the alert of those that it is one of names it".to_owned()),
                _ if !self.is_said(section, (alert, steadiness), manner) => Some(manner.why_not(section)),
                // That it is over, while nobody heard of it, is nothing to name.
                Some(by) if alert.state != AlertState::Firing => Some(format!("it is over, {by}")),
                _ => None,
            });
            let why_not = why_not.or_else(|| is_damped.then(|| "it flaps, and is not steady yet".to_owned()));
            if let Some(why) = why_not {
                self.unsaid.push(untold(group, &told.line, why));
            } else if let Some(section) = section {
                if silent.is_some() {
                    self.kept_silent.push((alert.id.clone(), group.to_owned()));
                }
                let flapping = self.policy.flapping;
                let notice = self.notice(group, manner, traits);
                match &silent {
                    None if let Steadiness::Begins(times) = steadiness => {
                        notice.flapping.push(flapping.line(told.line.clone(), times, alert));
                    }
                    None if is_quiet(section, &told.line) => notice.looked_after.push(told.line.clone()),
                    None => notice.section_mut(section).push(told.line.clone()),
                    Some(by) => notice.muted.push(MutedLine { line: told.line.clone(), by: by.clone() }),
                }
            }
            // What was said and is not true is taken back, muted or not.
            if !self.head.first_load && !told.taken_back.is_empty() {
                self.notice(group, manner, traits).withdrawn.extend(told.taken_back.iter().cloned());
            }
        }
    }

    fn tell_unjudged(&mut self, unknown: &Unjudged, mutes: &Mutes) {
        let (line, dataset) = (&unknown.line, self.head.dataset.as_str());
        let traits = Traits { rule: &line.rule, dataset, severity: unknown.severity, labels: &line.labels };
        if !unknown.failed && mutes.reason(&traits).is_some() {
            return;
        }
        for (group, manner) in self.receivers(traits, None) {
            let notice = self.notice(group, manner, traits);
            if unknown.failed { &mut notice.failed } else { &mut notice.cannot_tell }.push(line.clone());
        }
    }

    /// The groups of the route, and before them an owner that it does not name, who is told in the manner of the top.
    fn receivers<'b>(&self, traits: Traits<'_>, owner: Option<&'b str>) -> Vec<(&'b str, &'b Manner)>
    where
        'a: 'b,
    {
        static PLAIN: std::sync::LazyLock<Manner> = std::sync::LazyLock::new(Manner::default);
        let routed = self.route.receivers(&traits);
        let apart = owner.filter(|owner| !routed.iter().any(|(group, _)| group == owner));
        apart.map(|owner| (owner, &*PLAIN)).into_iter().chain(routed).collect()
    }

    /// How an alert stands, where a newer period is told of: of older ones, that it flapped is no news.
    fn steadiness(&self, alert: &Alert) -> Steadiness {
        match self.head.cause {
            Cause::New if !self.head.first_load => self.policy.flapping.at(alert, self.head.period),
            _ => Steadiness::Steady,
        }
    }

    /// Whether a branch wants this said of an alert. A review date is somebody's own wish, and what flapped is said to go on.
    fn is_said(&self, section: TransitionKind, (alert, steadiness): (&Alert, Steadiness), manner: &Manner) -> bool {
        match section {
            _ if matches!(steadiness, Steadiness::Begins(_) | Steadiness::Ends) => true,
            TransitionKind::Resolved => !manner.quiet_end,
            TransitionKind::Continuing if self.head.cause != Cause::Review => {
                let fired = alert.episodes.last().and_then(|episode| episode.fired);
                manner.repeat.is_due(fired.unwrap_or(alert.since), alert.reading.period)
            }
            _ => true,
        }
    }

    fn notice(&mut self, group: &str, manner: &Manner, traits: Traits<'_>) -> &mut Exceptions {
        let key = (group.to_owned(), manner.group_by.labels(traits), manner.hold.clone());
        self.notices.entry(key).or_insert_with(|| self.head.clone())
    }
}

/// What is left to be said of an alert that flaps: that it does, that it worsened, and that it is steady again.
fn damped(section: Option<TransitionKind>, alert: &Alert, steadiness: Steadiness) -> Option<TransitionKind> {
    use TransitionKind::{Continuing, Firing, Resolved, Worsened};
    match (steadiness, alert.state) {
        (Steadiness::Steady, _) => section,
        (Steadiness::Begins(_), AlertState::Firing) => Some(Firing),
        (Steadiness::Ends, AlertState::Firing) => section.filter(|kind| *kind == Worsened).or(Some(Continuing)),
        (Steadiness::Begins(_) | Steadiness::Ends, AlertState::Resolved) => Some(Resolved),
        _ => section.filter(|kind| !matches!(kind, Firing | Continuing | Resolved)),
    }
}

/// Whether this is no news, because somebody looks after it. That it is over is always said.
pub(super) fn is_quiet(section: TransitionKind, line: &AlertLine) -> bool {
    let goes_on = matches!(section, TransitionKind::Continuing | TransitionKind::Amended);
    goes_on && line.handling.acknowledged.is_some()
}

impl Outstanding {
    /// What a group is told of it: the measures that rules would have judged of which the group may hear.
    #[must_use]
    pub fn for_group(&self, route: &Route, group: &str) -> Option<NotAssured> {
        let hears = |rule: &str, severity| route.may_reach(group, rule, &self.line.dataset, severity);
        let mut measures: Vec<String> = self
            .rules
            .iter()
            .filter(|(rule, severity, _)| hears(rule, *severity))
            .map(|(_, _, measure)| measure.clone())
            .collect();
        measures.sort();
        measures.dedup();
        (!measures.is_empty()).then(|| NotAssured { measures, ..self.line.clone() })
    }
}

/// Where an alert is listed as it stands now; none when there is nothing to say of it.
fn section(told: &Told, head: &Exceptions) -> Option<TransitionKind> {
    use TransitionKind::{Amended, Continuing, Firing, Resolved, Withdrawn, Worsened};
    let now = told.alert.state;
    if head.first_load {
        return (now == AlertState::Firing).then_some(Firing);
    }
    let has = |kind| told.transitions.iter().any(|step| step.kind == kind);
    let was_firing = told.before == Some(AlertState::Firing);
    match now {
        AlertState::Firing if was_firing => {
            [Worsened, Continuing, Amended].into_iter().find(|kind| has(*kind)).or_else(|| {
                // The stretch that was said ended or was taken back, and another began, all within this delivery. One that
                // began and ended before it was never said.
                let present = |step: &Transition| step.kind == Firing && step.since == told.alert.since;
                let began = told.transitions.iter().any(present);
                began.then_some(if has(Withdrawn) { Firing } else { Amended })
            })
        }
        AlertState::Firing => has(Firing).then_some(Firing),
        // What was taken back has lines of its own.
        _ if has(Withdrawn) => None,
        // A file that brings a newer month may restate older ones.
        _ if head.cause == Cause::New && !was_firing && has(Amended) => Some(Amended),
        // What was said of a past stretch is different now, or a past stretch came to light.
        _ if head.cause == Cause::Restated && (has(Amended) || has(Firing)) => Some(Amended),
        AlertState::Resolved if was_firing => Some(Resolved),
        // A single file may bring a month in which it fired and a newer one in which it did not.
        AlertState::Resolved if has(Firing) && head.cause == Cause::New => Some(Resolved),
        _ => None,
    }
}

impl Exceptions {
    pub(super) fn section_mut(&mut self, kind: TransitionKind) -> &mut Vec<AlertLine> {
        match kind {
            TransitionKind::Worsened => &mut self.worsened,
            TransitionKind::Continuing => &mut self.continuing,
            TransitionKind::Resolved => &mut self.resolved,
            TransitionKind::Withdrawn => &mut self.withdrawn,
            TransitionKind::Amended => &mut self.amended,
            TransitionKind::Firing | TransitionKind::Pending | TransitionKind::Cleared => &mut self.new,
        }
    }

    /// Leaves the changed rules of which something is said.
    fn name_changed_rules(&mut self) {
        let mut changed = std::mem::take(&mut self.changed_rules);
        let lines = [&self.new, &self.worsened, &self.continuing, &self.resolved, &self.withdrawn, &self.amended];
        changed.retain(|changed| lines.iter().any(|lines| lines.iter().any(|line| line.rule == changed.rule)));
        self.changed_rules = changed;
    }

    /// The most severe and the longest first.
    pub(super) fn sort(&mut self) {
        for section in [
            &mut self.new,
            &mut self.worsened,
            &mut self.continuing,
            &mut self.resolved,
            &mut self.withdrawn,
            &mut self.amended,
        ] {
            section.sort_by(urgency);
        }
        self.muted.sort_by(|a, b| urgency(&a.line, &b.line));
        self.looked_after.sort_by(urgency);
        let key = |line: &UnknownLine| (line.rule.clone(), line.labels.clone());
        self.cannot_tell.sort_by_key(key);
        self.failed.sort_by_key(key);
    }
}

fn urgency(a: &AlertLine, b: &AlertLine) -> std::cmp::Ordering {
    let key = |line: &AlertLine| (std::cmp::Reverse(line.severity), line.since);
    key(a).cmp(&key(b)).then_with(|| (&a.rule, &a.labels).cmp(&(&b.rule, &b.labels)))
}
