//! `config/groups.yaml`: who is told, and the tree that says of what.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Deserialize;

use crate::{
    outbox::ChannelSettings,
    routing::{Route, RouteSettings},
    yaml::{Entries, Located, Node, Problem, Problems, SourceFile},
};

use super::{Dataset, Decoded, Files, check_id, decode_file};

/// A committee, group or team.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name for people.
    pub name: String,
    /// The group that hears of what this one does not act on.
    #[serde(default)]
    pub escalates_to: Option<Located<String>>,
    /// Who chairs it.
    #[serde(default)]
    pub chair: Option<Person>,
    /// How it is reached. A group without channels is told nothing, which is a mistake.
    #[serde(default)]
    pub channels: Vec<ChannelSettings>,
}

/// Someone with a role in a group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The address.
    #[serde(default)]
    pub email: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupsFile {
    groups: Entries<Group>,
    route: RouteSettings,
}

/// The file, as far as it can be understood.
pub(super) struct Groups {
    pub(super) by_id: BTreeMap<String, Group>,
    /// The ids of all groups, also of those with mistakes.
    ids: BTreeSet<String>,
    route: RouteSettings,
}

pub(super) fn load(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Groups> {
    let Decoded { node, settings, whole } = decode_file::<GroupsFile>(file, problems)?;
    let ids = node.get("groups").map(Node::keys).unwrap_or_default().into_iter().collect();
    let mut groups = BTreeMap::new();
    for (id, group) in settings.groups.0 {
        check_id(&id, "group", problems);
        if group.channels.is_empty() && whole {
            let message = format!("the group `{}` has no channels: nobody would be told", id.value);
            let hint = "add `channels:` with an email or a webhook";
            problems.push(Problem::new(id.place.clone(), message).hint(hint));
        }
        for channel in &group.channels {
            problems.extend(channel.check());
        }
        groups.insert(id.value, group);
    }
    let loaded = Groups { by_id: groups, ids, route: settings.route };
    for target in loaded.by_id.values().filter_map(|group| group.escalates_to.as_ref()) {
        loaded.check_name(target, problems);
    }
    Some(loaded)
}

impl Groups {
    /// A group that is named must be there.
    pub(super) fn check_name(&self, name: &Located<String>, problems: &mut Problems) {
        if !self.ids.contains(&name.value) {
            let known = self.ids.iter().map(String::as_str);
            problems.push(Problem::unknown(name.place.clone(), "group", name, known));
        }
    }

    /// The route, if it names only what there is. A matcher on a rule, dataset or label that does not exist would never
    /// match, and nobody would notice.
    pub(super) fn check_route(
        &self,
        files: &Files,
        datasets: &BTreeMap<String, Arc<Dataset>>,
        problems: &mut Problems,
    ) -> Option<Route> {
        let mut labels: BTreeSet<&str> = ["rule", "dataset", "severity"].into();
        labels.extend(datasets.values().flat_map(|dataset| dataset.labels()));
        // A rule or dataset with mistakes of its own is there all the same.
        let known = Known { labels, rules: files.rule_ids(), datasets: files.dataset_ids() };
        check_branch(&self.route, &known, problems);
        problems.take(Route::compile(&self.route, &self.ids.iter().map(String::as_str).collect()))
    }
}

struct Known<'a> {
    labels: BTreeSet<&'a str>,
    rules: BTreeSet<String>,
    datasets: BTreeSet<String>,
}

fn check_branch(route: &RouteSettings, known: &Known<'_>, problems: &mut Problems) {
    for (name, pattern) in route.matches.iter() {
        match name.as_str() {
            "rule" => check_pattern("rule", pattern, &known.rules, problems),
            "dataset" => check_pattern("dataset", pattern, &known.datasets, problems),
            "severity" => {
                let severities = ["info", "warning", "critical"].map(str::to_owned).into();
                check_pattern("severity", pattern, &severities, problems);
            }
            label if !known.labels.contains(label) => {
                problems.push(Problem::unknown(name.place.clone(), "label", label, known.labels.iter().copied()));
            }
            _ => {}
        }
    }
    for branch in &route.routes {
        check_branch(branch, known, problems);
    }
}

/// A text without wildcards must be one that there is. One with wildcards may wait for what is yet to come.
fn check_pattern(what: &str, pattern: &Located<String>, known: &BTreeSet<String>, problems: &mut Problems) {
    let plain = !pattern.contains(['*', '?', '[', '{', '\\']);
    if plain && !known.contains(&pattern.value) {
        let names = known.iter().map(String::as_str);
        problems.push(Problem::unknown(pattern.place.clone(), what, pattern, names));
    }
}
