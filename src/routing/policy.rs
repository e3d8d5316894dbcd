//! All that decides who is told what, and when: the tree, the time intervals and escalation policies that it names, and
//! inhibition.

use serde::Deserialize;

use crate::yaml::{Located, Problems};

use super::{
    Escalation, Flapping, Manner, Names, Route, RouteSettings,
    escalation::EscalationSettings,
    inhibit::{InhibitSettings, Inhibition},
    interval::Intervals,
    interval_settings::NamedIntervalSettings,
};

/// A tree and what belongs to it, as `config/groups.yaml` and a file of Alertmanager hold them. What else stands in the
/// file is not looked at.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
pub struct PolicySettings {
    /// The tree.
    pub route: Located<RouteSettings>,
    /// The time intervals that it names.
    #[serde(default)]
    pub time_intervals: Vec<NamedIntervalSettings>,
    /// Which alerts keep which others silent.
    #[serde(default)]
    pub inhibit_rules: Vec<InhibitSettings>,
    /// To whom alerts are taken that nobody looks after.
    #[serde(default)]
    pub escalation_policies: Vec<EscalationSettings>,
    /// From when on an alert is said to be flapping.
    #[serde(default)]
    pub flapping: Flapping,
}

/// All that decides who is told what, and when.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Which group an alert goes to.
    pub route: Route,
    /// The time intervals of the home.
    pub intervals: Intervals,
    /// Which alerts keep which others silent.
    pub inhibitions: Vec<Inhibition>,
    /// To whom alerts are taken that nobody looks after.
    pub escalations: Vec<Escalation>,
    /// From when on an alert is said to be flapping.
    pub flapping: Flapping,
}

impl Policy {
    /// Checks a policy against the names that there are.
    ///
    /// # Errors
    /// Every mistake with its place.
    pub fn compile(settings: &PolicySettings, mut names: Names) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        names.intervals = settings.time_intervals.iter().map(|interval| interval.name.value.clone()).collect();
        names.escalations = settings.escalation_policies.iter().map(|policy| policy.name.value.clone()).collect();
        let escalations = Escalation::compile(&settings.escalation_policies, &names, &mut problems);
        let intervals = problems.take(Intervals::compile(&settings.time_intervals));
        let inhibitions = settings.inhibit_rules.iter();
        let inhibitions = inhibitions.map(|settings| Inhibition::compile(settings, &names, &mut problems)).collect();
        let route = problems.take(Route::compile(&settings.route, &settings.route.place, &names));
        problems.into_result()?;
        let (Some(route), Some(intervals)) = (route, intervals) else { return Err(Problems::default()) };
        Ok(Self { route, intervals, inhibitions, escalations, flapping: settings.flapping })
    }

    /// The escalation policy of a manner, if it has one.
    #[must_use]
    pub fn escalation(&self, manner: &Manner) -> Option<&Escalation> {
        let name = manner.escalation.as_ref()?;
        self.escalations.iter().find(|policy| policy.name == *name)
    }
}
