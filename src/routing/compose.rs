//! What one delivery changed → one notice for each group.

use std::collections::BTreeMap;

use crate::model::{
    Alert, AlertLine, AlertSeverity, AlertState, Cause, Exceptions, Labels, NotAssured, Transition, TransitionKind,
    UnknownLine,
};

use super::{Route, Traits};

/// An alert that a delivery looked at, with what happened to it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The alert as it stands now.
    pub alert: Alert,
    /// How it stood before the delivery; none when it was not known.
    pub before: Option<AlertState>,
    /// The steps that the delivery brought about.
    pub transitions: Vec<Transition>,
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

/// One notice for each group that has something to be told, by group id.
///
/// The first load of a history is one summary of what fires now. Later, an alert is listed by what its group knows
/// already: an alert that began and ended within months that arrived late was never said, and is not.
#[must_use]
pub fn compose(route: &Route, delivered: &Delivered) -> BTreeMap<String, Exceptions> {
    let mut notices: BTreeMap<String, Exceptions> = BTreeMap::new();
    let dataset = delivered.head.dataset.as_str();
    let mut for_each = |traits: Traits<'_>, owner: Option<&str>, knows: &[&str], say: &dyn Fn(&mut Exceptions)| {
        let routed = route.receivers(traits);
        let groups = owner.filter(|owner| !routed.contains(owner)).into_iter().chain(routed.iter().copied());
        for group in groups.filter(|group| !knows.contains(group)) {
            say(notices.entry(group.to_owned()).or_insert_with(|| delivered.head.clone()));
        }
    };
    for told in &delivered.alerts {
        let alert = &told.alert;
        let owner = told.owner.as_deref();
        let traits =
            Traits { rule: &alert.rule, dataset: &alert.dataset, severity: alert.severity, labels: &alert.labels };
        // Who hears of the parent has the names there.
        let of_parent = told.parent.as_ref().map(|labels| route.receivers(Traits { labels, ..traits }));
        if let Some(section) = section(told, &delivered.head) {
            for_each(traits, owner, &of_parent.unwrap_or_default(), &|notice| {
                notice.section_mut(section).push(told.line.clone());
            });
        }
        if !delivered.head.first_load && !told.taken_back.is_empty() {
            for_each(traits, owner, &[], &|notice| notice.withdrawn.extend(told.taken_back.iter().cloned()));
        }
    }
    for unknown in &delivered.unjudged {
        let line = &unknown.line;
        let traits = Traits { rule: &line.rule, dataset, severity: unknown.severity, labels: &line.labels };
        for_each(traits, None, &[], &|notice| {
            if unknown.failed { &mut notice.failed } else { &mut notice.cannot_tell }.push(line.clone());
        });
    }
    notices.retain(|_, notice| !notice.is_empty());
    for (group, notice) in &mut notices {
        notice.not_assured =
            delivered.outstanding.iter().filter_map(|outstanding| outstanding.for_group(route, group)).collect();
        notice.sort();
    }
    notices
}

impl Outstanding {
    /// What a group is told of it: the measures that rules would have judged of which the group may hear.
    fn for_group(&self, route: &Route, group: &str) -> Option<NotAssured> {
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
    fn section_mut(&mut self, kind: TransitionKind) -> &mut Vec<AlertLine> {
        match kind {
            TransitionKind::Worsened => &mut self.worsened,
            TransitionKind::Continuing => &mut self.continuing,
            TransitionKind::Resolved => &mut self.resolved,
            TransitionKind::Withdrawn => &mut self.withdrawn,
            TransitionKind::Amended => &mut self.amended,
            TransitionKind::Firing | TransitionKind::Pending | TransitionKind::Cleared => &mut self.new,
        }
    }

    /// The most severe and the longest first.
    fn sort(&mut self) {
        for section in [
            &mut self.new,
            &mut self.worsened,
            &mut self.continuing,
            &mut self.resolved,
            &mut self.withdrawn,
            &mut self.amended,
        ] {
            section.sort_by(|a, b| {
                let key = |line: &AlertLine| (std::cmp::Reverse(line.severity), line.since);
                key(a).cmp(&key(b)).then_with(|| (&a.rule, &a.labels).cmp(&(&b.rule, &b.labels)))
            });
        }
        let key = |line: &UnknownLine| (line.rule.clone(), line.labels.clone());
        self.cannot_tell.sort_by_key(key);
        self.failed.sort_by_key(key);
    }
}
