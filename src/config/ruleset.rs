//! `rules/*.yaml` and `rules/*.rhai`.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    expr::{Limits, Scripts},
    model::LATE_DELIVERY,
    rules::{Catalog, MeasureEntry, Rule, RuleSettings},
    yaml::{Located, Problem, Problems, SourceFile, decode_partly, parse},
};

use super::{Dataset, Files, check_id};

pub(super) fn load_all(
    files: &Files,
    datasets: &BTreeMap<String, Arc<Dataset>>,
    limits: Limits,
    problems: &mut Problems,
) -> BTreeMap<String, Arc<Rule>> {
    let scripts = problems.take(Scripts::compile(files.scripts.iter().cloned(), limits));
    let catalog = catalog(datasets);
    let there = files.dataset_ids();
    let is_mistaken = |rule: &RuleSettings| match datasets.get(&rule.dataset.value) {
        Some(dataset) => dataset.mistaken.contains(&rule.measure.value),
        None => there.contains(&rule.dataset.value),
    };
    let mut rules: BTreeMap<String, Arc<Rule>> = BTreeMap::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for file in &files.rules {
        for (id, settings) in settings(file, problems) {
            check_id(&id, "rule", problems);
            if id.value == LATE_DELIVERY {
                let message = format!("`{LATE_DELIVERY}` is the program's own rule on what does not arrive");
                problems.push(Problem::new(id.place.clone(), message).hint("give this rule another id"));
                continue;
            }
            if let Some(first) = places.insert(id.value.clone(), id.place.to_string()) {
                let message = format!("there is a rule `{}` already, at {first}", id.value);
                problems.push(Problem::new(id.place.clone(), message));
                continue;
            }
            // Without its scripts or its measure, whose mistakes are reported already, a rule would only echo them.
            let Some(scripts) = scripts.as_ref().filter(|_| !is_mistaken(&settings)) else { continue };
            if let Some(rule) = problems.take(Rule::compile(&id, settings, &catalog, scripts)) {
                rules.insert(id.value.clone(), Arc::new(rule));
            }
        }
    }
    rules
}

/// The rules of a file with the places of their ids. One that does not decode does not hide the others' mistakes.
fn settings(file: &Arc<SourceFile>, problems: &mut Problems) -> Vec<(Located<String>, RuleSettings)> {
    let Some(node) = problems.take(parse(file)) else { return Vec::new() };
    for (key, _) in node.entries().filter(|(key, _)| key.text() != Some("rules")) {
        let name = key.text().unwrap_or_default();
        problems.push(Problem::unknown(key.place.clone(), "setting", name, ["rules"]));
    }
    let Some(rules) = node.get("rules") else {
        problems.push(Problem::new(node.place.clone(), "the file has no `rules:`"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for (id, rule) in rules.entries() {
        let id = Located { value: id.text().unwrap_or_default().to_owned(), place: id.place.clone() };
        let (settings, mistakes) = decode_partly(rule);
        problems.extend(mistakes);
        found.extend(settings.map(|settings| (id, settings)));
    }
    found
}

/// What rules may name.
fn catalog(datasets: &BTreeMap<String, Arc<Dataset>>) -> Catalog {
    let mut catalog = Catalog::default();
    for (id, dataset) in datasets {
        catalog.add_dataset(id);
        for (name, measure) in dataset.measures.iter() {
            let labels = measure.labels.iter().map(|label| label.value.clone()).collect();
            let entry = MeasureEntry {
                labels,
                has_plan: measure.plan.is_some(),
                better: measure.better.otherwise(),
                directions_vary: measure.better.of_all().is_none(),
                unit: dataset.unit_of(measure),
                each_own_unit: dataset.has_mixed_units(measure),
                counted: measure.counted().map(str::to_owned),
                suppressed_below: measure.suppressed_below.as_ref().map(|below| below.value),
            };
            catalog.add_measure(id, &name.value, entry);
        }
    }
    catalog
}
