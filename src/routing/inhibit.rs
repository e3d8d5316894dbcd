//! Inhibition: an alert that fires keeps others silent that say the same of less, as in Prometheus Alertmanager.

use serde::Deserialize;

use crate::{
    model::matcher::{Labelled, Matcher, all_take},
    yaml::{Entries, Located, Problems},
};

use super::names::Names;

/// An inhibition as it is written.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InhibitSettings {
    /// What people read of it.
    #[serde(default)]
    pub name: Option<String>,
    /// What an alert must have that keeps others silent: `severity="critical"`.
    #[serde(default)]
    pub source_matchers: Vec<Located<String>>,
    /// The same, each label with its value, as older files of Alertmanager have it.
    #[serde(default)]
    pub source_match: Entries<Located<String>>,
    /// What an alert must have that is kept silent.
    #[serde(default)]
    pub target_matchers: Vec<Located<String>>,
    /// The same, each label with its value.
    #[serde(default)]
    pub target_match: Entries<Located<String>>,
    /// The labels that both must have alike; one that neither has is alike.
    #[serde(default)]
    pub equal: Vec<Located<String>>,
}

/// An inhibition that is ready for use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inhibition {
    /// What people read of it; empty when it has no name.
    pub name: String,
    /// What an alert has that keeps others silent.
    pub source: Vec<Matcher>,
    /// What an alert has that is kept silent.
    pub target: Vec<Matcher>,
    /// The labels that both have alike.
    pub equal: Vec<String>,
}

impl Inhibition {
    /// Checks an inhibition against the names that there are.
    pub fn compile(settings: &InhibitSettings, names: &Names, problems: &mut Problems) -> Self {
        let side = |texts: &[Located<String>], pairs: &Entries<Located<String>>, problems: &mut Problems| {
            let mut matchers = names.matchers(texts, problems);
            for (name, value) in pairs.iter() {
                let is = crate::model::matcher::Condition::equal(value.value.clone(), false);
                let matcher = Matcher { label: name.value.clone(), is };
                names.check(&matcher, &name.place, &value.place, problems);
                matchers.push(matcher);
            }
            matchers
        };
        let source = side(&settings.source_matchers, &settings.source_match, problems);
        let target = side(&settings.target_matchers, &settings.target_match, problems);
        for label in &settings.equal {
            names.check_label(label, &label.place, problems);
        }
        let equal = settings.equal.iter().map(|label| label.value.clone()).collect();
        Self { name: settings.name.clone().unwrap_or_default(), source, target, equal }
    }

    /// The first of the alerts that fire which keeps another one silent. One that has both sides itself is not kept silent
    /// by others that have both: a group of alike alerts would silence itself.
    pub fn source_of<'a, S: Labelled>(
        &self,
        target: &impl Labelled,
        firing: impl IntoIterator<Item = &'a S>,
    ) -> Option<&'a S> {
        if !all_take(&self.target, target) {
            return None;
        }
        let two_sided = all_take(&self.source, target);
        firing.into_iter().find(|source| {
            all_take(&self.source, *source)
                && self.equal.iter().all(|label| source.label(label) == target.label(label))
                && !(two_sided && all_take(&self.target, *source))
        })
    }
}
