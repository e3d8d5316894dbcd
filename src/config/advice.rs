//! What is no mistake in rules, and looks like one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{expr::Scripts, model::matcher::Condition, routing::Route, rules::Rule, yaml::Problem};

/// Everything that can be seen without data, in the order of rules and functions.
pub(super) fn notes(rules: &BTreeMap<String, Arc<Rule>>, scripts: &Scripts, route: &Route) -> Vec<Problem> {
    let mut notes = Vec::new();
    for rule in rules.values() {
        settings(rule, scripts, &mut notes);
        receivers(rule, route, &mut notes);
    }
    same_conditions(rules, &mut notes);
    functions(rules, scripts, &mut notes);
    notes
}

fn settings(rule: &Rule, scripts: &Scripts, notes: &mut Vec<Problem>) {
    let used = words(rule);
    for name in rule.settings().settings.keys() {
        if !used.contains(name.as_str()) {
            let message = format!("neither the condition nor the message of `{}` uses `{}`", rule.id(), name.value);
            notes.push(Problem::new(name.place.clone(), message).hint("take it out, or use it"));
        }
        if scripts.has_function(name) {
            let message = format!("there is a function `{}` too: the name alone is the setting", name.value);
            notes.push(Problem::new(name.place.clone(), message).hint("another name is easier to read"));
        }
    }
}

fn receivers(rule: &Rule, route: &Route, notes: &mut Vec<Problem>) {
    if route.names_nobody_for(rule.id(), rule.dataset(), rule.severity()) {
        let message = format!(
            "no branch of the route takes `{}`: its alerts go to {}, who take what nobody else does",
            rule.id(),
            route.top().join(" and ")
        );
        let problem = Problem::new(rule.settings().dataset.place.clone(), message);
        notes.push(problem.hint("add a branch for it to `route` in config/groups.yaml"));
    }
}

/// What makes two rules the same: dataset, measure, labels, condition and settings.
type Sameness = (String, String, Vec<(String, String)>, String, Vec<(String, String)>);

fn same_conditions(rules: &BTreeMap<String, Arc<Rule>>, notes: &mut Vec<Problem>) {
    let mut first: BTreeMap<Sameness, &Rule> = BTreeMap::new();
    for rule in rules.values() {
        let written = rule.settings();
        let setting = |(name, value): (&crate::yaml::Located<String>, &_)| (name.value.clone(), format!("{value:?}"));
        let mut settings: Vec<(String, String)> = written.settings.iter().map(setting).collect();
        settings.sort();
        let matcher =
            |(name, condition): (&crate::yaml::Located<String>, &Condition)| (name.value.clone(), condition.written());
        let mut only: Vec<(String, String)> = written.only.iter().map(matcher).collect();
        only.sort();
        let condition = rule.condition().split_whitespace().collect::<Vec<_>>().join(" ");
        let sameness = (rule.dataset().to_owned(), rule.measure().to_owned(), only, condition, settings);
        match first.get(&sameness) {
            Some(other) => {
                let message = format!("`{}` has the same condition on the same measure as `{}`", rule.id(), other.id());
                let problem = Problem::new(written.dataset.place.clone(), message);
                notes.push(problem.hint("one of them is enough, unless they go to different groups"));
            }
            None => _ = first.insert(sameness, rule),
        }
    }
}

fn functions(rules: &BTreeMap<String, Arc<Rule>>, scripts: &Scripts, notes: &mut Vec<Problem>) {
    let used: BTreeSet<String> = rules.values().flat_map(|rule| words(rule)).map(str::to_owned).collect();
    for (name, place) in scripts.unreached(&used) {
        // A file that nobody uses at all, as the example that every home has, is there for rules to come.
        if !scripts.uses(&place.file, &used) {
            continue;
        }
        notes.push(Problem::new(place, format!("no rule comes to call `{name}`")));
    }
}

/// Every word of a rule's condition and message.
fn words(rule: &Rule) -> BTreeSet<&str> {
    let texts = [rule.condition(), rule.message()];
    texts.into_iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_')).collect()
}
