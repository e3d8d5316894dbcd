//! All that decides who is told what, and when: the tree, the time intervals that it names, and inhibition.

use serde::Deserialize;

use crate::yaml::{Located, Problems};

use super::{
    Names, Route, RouteSettings,
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
}

impl Policy {
    /// Checks a policy against the names that there are.
    ///
    /// # Errors
    /// Every mistake with its place.
    pub fn compile(settings: &PolicySettings, mut names: Names) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        names.intervals = settings.time_intervals.iter().map(|interval| interval.name.value.clone()).collect();
        let intervals = problems.take(Intervals::compile(&settings.time_intervals));
        let inhibitions = settings.inhibit_rules.iter();
        let inhibitions = inhibitions.map(|settings| Inhibition::compile(settings, &names, &mut problems)).collect();
        let route = problems.take(Route::compile(&settings.route, &settings.route.place, &names));
        problems.into_result()?;
        let (Some(route), Some(intervals)) = (route, intervals) else { return Err(Problems::default()) };
        Ok(Self { route, intervals, inhibitions })
    }
}
