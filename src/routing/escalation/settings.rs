//! Escalation policies as they are written.
//!
//! ```yaml
//! escalation_policies:
//!   - name: standard
//!     steps:
//!       - { after: at once, severity: critical, to: { role: chair } }
//!       - { after: 5 working days, to: { role: chair } }
//!       - { after: 10 working days, to: { group: parent } }
//!       - { after: worsening, to: { group: parent, role: secretary } }
//!     repeat: { every: 5 working days, at_most: 3 }   # the last step
//! ```

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{
    model::matcher::{Condition, Matcher},
    routing::{Length, Names},
    yaml::{Located, Place, Problem, Problems},
};

use super::{After, Again, Escalation, PARENT, ROLES, Step, Target, TargetGroup};

/// What a branch says that ends the policy of its parent.
pub(in crate::routing) const NONE: &str = "none";

/// A policy as it is written.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationSettings {
    /// By which branches of the route name it.
    pub name: Located<String>,
    /// Its steps, in the order in which they are taken.
    pub steps: Vec<StepSettings>,
    /// How often the last step is taken again.
    #[serde(default)]
    pub repeat: Option<RepeatSettings>,
}

/// One step as it is written.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepSettings {
    /// `5 working days` (or `48h`) without acknowledgement, `3 periods` at which it fired, `worsening`, or `at once`.
    pub after: Located<String>,
    /// The severity of the alerts that it is for, or a list of them; left out: all.
    #[serde(default)]
    pub severity: Option<Located<Condition>>,
    /// Whom it goes to.
    pub to: Located<TargetSettings>,
}

/// Whom a step goes to.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetSettings {
    /// A group by its id, or `parent`: the one that the group escalates to. Left out: the group that was told itself.
    #[serde(default)]
    pub group: Option<Located<String>>,
    /// `chair`, `sro`, `clinical_lead`, `secretary` or `members`, by email. Left out: all channels of the group.
    #[serde(default)]
    pub role: Option<Located<String>>,
}

/// How often the last step is taken again.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatSettings {
    /// `5 working days`, `48h` or `2 periods`.
    pub every: Located<String>,
    /// How often at most; left out: until it is acknowledged, resolved, withdrawn or silenced.
    #[serde(default)]
    pub at_most: Option<Located<u32>>,
}

impl Escalation {
    /// Checks the policies of a file against the names that there are.
    pub fn compile(settings: &[EscalationSettings], names: &Names, problems: &mut Problems) -> Vec<Self> {
        let mut seen = BTreeSet::new();
        settings.iter().map(|policy| Self::of(policy, names, &mut seen, problems)).collect()
    }

    fn of(settings: &EscalationSettings, names: &Names, seen: &mut BTreeSet<String>, problems: &mut Problems) -> Self {
        let name = &settings.name;
        let mut refuse = |place: &Place, message: String, hint: &str| {
            problems.push(Problem::new(place.clone(), message).hint(hint));
        };
        if name.trim().is_empty() || *name.value == *NONE {
            refuse(&name.place, format!("`{}` cannot be the name of a policy", name.value), "call it `standard`");
        } else if !seen.insert(name.value.clone()) {
            refuse(&name.place, format!("the policy `{}` stands here twice", name.value), "give it another name");
        }
        if settings.steps.is_empty() {
            let hint = "add a step: { after: 5 working days, to: { role: chair } }";
            refuse(&name.place, format!("the policy `{}` has no steps", name.value), hint);
        }
        let steps: Vec<Step> = settings.steps.iter().filter_map(|step| Step::of(step, names, problems)).collect();
        in_order(settings, problems);
        let repeat = settings.repeat.as_ref().and_then(|repeat| Again::of(repeat, steps.last(), problems));
        Self { name: name.value.clone(), steps, repeat }
    }
}

impl Step {
    fn of(settings: &StepSettings, names: &Names, problems: &mut Problems) -> Option<Self> {
        if let Some(severity) = &settings.severity {
            let matcher = Matcher { label: "severity".to_owned(), is: severity.value.clone() };
            names.check(&matcher, &severity.place, &severity.place, problems);
        }
        let after = After::read(&settings.after, problems);
        let severity = settings.severity.as_ref().map(|severity| severity.value.clone());
        let to = Target::of(&settings.to, names, problems);
        Some(Self { after: after?, severity, to, place: settings.to.place.clone() })
    }
}

impl After {
    fn read(text: &Located<String>, problems: &mut Problems) -> Option<Self> {
        let after = match text.as_str() {
            "at once" => Some(Self::Time(Length::ZERO)),
            "worsening" => Some(Self::Worsening),
            text => Self::counted(text),
        };
        if after.is_none() {
            let message = format!("`{}` does not say when", text.value);
            let hint = "write `5 working days`, `48h`, `3 periods`, `worsening` or `at once`";
            problems.push(Problem::new(text.place.clone(), message).hint(hint));
        }
        after
    }

    /// A length or a number of periods, of at least one.
    fn counted(text: &str) -> Option<Self> {
        if let Some(count) = text.strip_suffix(" periods").or_else(|| text.strip_suffix(" period")) {
            return count.trim().parse().ok().filter(|count| *count > 0).map(Self::Periods);
        }
        text.parse::<Length>().ok().filter(|length| !length.is_zero()).map(Self::Time)
    }
}

impl Target {
    fn of(settings: &Located<TargetSettings>, names: &Names, problems: &mut Problems) -> Self {
        let TargetSettings { group, role } = &settings.value;
        if let Some(role) = role.as_ref().filter(|role| !ROLES.contains(&role.as_str())) {
            problems.push(Problem::unknown(role.place.clone(), "role", role, ROLES));
        }
        if let Some(group) = group.as_ref().filter(|group| *group.value != *PARENT) {
            names.check_group(group, problems);
        }
        if group.is_none() && role.is_none() {
            let message = "this does not say whom the step goes to";
            let hint = "write { role: chair }, { group: parent } or { group: quality-outcomes, role: secretary }";
            problems.push(Problem::new(settings.place.clone(), message).hint(hint));
        }
        let group = match group.as_ref().map(|group| group.value.as_str()) {
            None => TargetGroup::Own,
            Some(PARENT) => TargetGroup::Parent,
            Some(name) => TargetGroup::Named(name.to_owned()),
        };
        Self { group, role: role.as_ref().map(|role| role.value.clone()) }
    }
}

impl Again {
    fn of(settings: &RepeatSettings, last: Option<&Step>, problems: &mut Problems) -> Option<Self> {
        let mut refuse = |place: &Place, message: String, hint: &str| {
            problems.push(Problem::new(place.clone(), message).hint(hint));
        };
        let every = After::counted(&settings.every);
        if every.is_none() {
            let message = format!("`{}` does not say how often", settings.every.value);
            refuse(&settings.every.place, message, "write `5 working days`, `48h` or `2 periods`");
        }
        if let Some(at_most) = settings.at_most.as_ref().filter(|at_most| at_most.value == 0) {
            refuse(&at_most.place, "a step that is repeated 0 times is not repeated".to_owned(), "leave `repeat` out");
        }
        if last.is_some_and(|last| last.after == After::Worsening) {
            let message = "the last step is taken each time that it worsens: it cannot be repeated besides".to_owned();
            refuse(&settings.every.place, message, "put the step that is to be repeated last");
        }
        Some(Self { every: every?, at_most: settings.at_most.as_ref().map(|at_most| at_most.value) })
    }
}

/// Steps in time, and steps in periods, each later than the one before: the distance between them is what counts. Those for
/// different severities may stand at the same distance.
fn in_order(settings: &EscalationSettings, problems: &mut Problems) {
    let (mut time, mut periods): (Option<Length>, Option<u16>) = (None, None);
    for step in &settings.steps {
        let text = step.after.as_str();
        let after = if text == "at once" { Some(After::Time(Length::ZERO)) } else { After::counted(text) };
        let message = match after {
            Some(After::Time(length)) => {
                let before = time.replace(length);
                match before.map(|before| length.beyond(before)) {
                    Some(None) => "the steps before it are counted otherwise: in working days, or by the clock",
                    Some(Some(_)) if before.is_some_and(|before| length < before) => "a step before it is later",
                    Some(Some(distance)) if distance.is_zero() && step.severity.is_none() => {
                        "the step before it is taken at the same time: the first of the two would be all"
                    }
                    _ => continue,
                }
            }
            Some(After::Periods(count)) => match periods.replace(count) {
                Some(before) if count < before || (count == before && step.severity.is_none()) => {
                    "a step before it is as late, or later"
                }
                _ => continue,
            },
            Some(After::Worsening) | None => continue,
        };
        let problem = Problem::new(step.after.place.clone(), format!("`{text}` is out of order: {message}"));
        problems.push(problem.hint("let each step be later than the one before it"));
    }
}
