//! `config/groups.yaml`: who is told, and the tree that says of what.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Deserialize;

use crate::{
    outbox::ChannelSettings,
    routing::RouteSettings,
    rules::Rule,
    yaml::{Located, Node, Problem, Problems, SourceFile, decode, parse},
};

use super::{Dataset, check_group, check_id};

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
    groups: BTreeMap<String, Located<Group>>,
    route: RouteSettings,
}

pub(super) fn load(file: &Arc<SourceFile>) -> Result<(BTreeMap<String, Group>, RouteSettings), Problems> {
    if file.text.is_empty() {
        return Err(Problems::default());
    }
    let node = parse(file)?;
    let GroupsFile { groups, route } = decode(&node)?;
    let mut problems = Problems::default();
    let mut found = BTreeMap::new();
    for (key, _) in node.get("groups").into_iter().flat_map(Node::entries) {
        let id = Located { value: key.text().unwrap_or_default().to_owned(), place: key.place.clone() };
        check_id(&id, "group", &mut problems);
    }
    for (id, group) in groups {
        if group.channels.is_empty() {
            let message = format!("the group `{id}` has no channels: nobody would be told");
            problems
                .push(Problem::new(group.place.clone(), message).hint("add `channels:` with an email or a webhook"));
        }
        found.insert(id, group.value);
    }
    for target in found.values().filter_map(|group| group.escalates_to.as_ref()) {
        check_group(target, &found, &mut problems);
    }
    problems.into_result().map(|()| (found, route))
}

/// A matcher on a rule, dataset or label that does not exist would never match, and nobody would notice.
pub(super) fn check_matchers(
    route: &RouteSettings,
    rules: &BTreeMap<String, Arc<Rule>>,
    datasets: &BTreeMap<String, Arc<Dataset>>,
    problems: &mut Problems,
) {
    let mut names: BTreeSet<&str> = ["rule", "dataset", "severity"].into();
    for dataset in datasets.values() {
        names.extend(dataset.labels());
    }
    check_branch(route, &names, rules, datasets, problems);
}

fn check_branch(
    route: &RouteSettings,
    names: &BTreeSet<&str>,
    rules: &BTreeMap<String, Arc<Rule>>,
    datasets: &BTreeMap<String, Arc<Dataset>>,
    problems: &mut Problems,
) {
    let known = |problems: &mut Problems, what: &str, pattern: &Located<String>, known: &[&str]| {
        let plain = !pattern.contains(['*', '?', '[', '{']);
        if plain && !known.contains(&pattern.as_str()) {
            problems.push(Problem::unknown(pattern.place.clone(), what, pattern, known.iter().copied()));
        }
    };
    for (name, pattern) in &route.matches {
        match name.as_str() {
            "rule" => known(problems, "rule", pattern, &rules.keys().map(String::as_str).collect::<Vec<_>>()),
            "dataset" => known(problems, "dataset", pattern, &datasets.keys().map(String::as_str).collect::<Vec<_>>()),
            "severity" => known(problems, "severity", pattern, &["info", "warning", "critical"]),
            label if !names.contains(label) => {
                problems.push(Problem::unknown(pattern.place.clone(), "label", label, names.iter().copied()));
            }
            _ => {}
        }
    }
    for branch in &route.routes {
        check_branch(branch, names, rules, datasets, problems);
    }
}
