//! `rules/*.yaml` and `rules/*.rhai`.

use std::{collections::BTreeMap, sync::Arc};

use serde::de::DeserializeOwned;

use crate::{
    expr::{Limits, Scripts},
    model::LATE_DELIVERY,
    rules::{Catalog, Derived, DerivedSettings, MeasureEntry, Rule, RuleSettings},
    yaml::{Located, Node, Problem, Problems, SourceFile, decode_partly, parse},
};

use super::{Dataset, Files, check_id, measures};

pub(super) fn load_all(
    files: &Files,
    datasets: &BTreeMap<String, Arc<Dataset>>,
    limits: Limits,
    problems: &mut Problems,
) -> Loaded {
    load(files, None, datasets, limits, |_| true, problems)
}

/// The rules of the home, or those of a file that is tried in their place, with the scripts and measures of the home; `keep`
/// may change a rule before it is read, and says whether it is wanted.
pub(super) fn load(
    files: &Files,
    tried: Option<&Arc<SourceFile>>,
    datasets: &BTreeMap<String, Arc<Dataset>>,
    limits: Limits,
    mut keep: impl FnMut(&mut Node) -> bool,
    problems: &mut Problems,
) -> Loaded {
    let scripts = problems.take(Scripts::compile(files.scripts.iter().cloned(), limits));
    let mut catalog = catalog(datasets);
    let of_home = files.rules.iter().filter(|_| tried.is_none());
    let mut written: Vec<Written> = of_home.chain(tried).map(|file| read(file, &mut keep, problems)).collect();
    if tried.is_some() {
        written.push(measures_of_home(files, &written, problems));
    }
    let there = files.dataset_ids();
    let is_mistaken = |rule: &RuleSettings| match datasets.get(&rule.dataset.value) {
        Some(dataset) => dataset.mistaken.contains(&rule.measure.value),
        None => there.contains(&rule.dataset.value),
    };
    let mut rules: BTreeMap<String, Arc<Rule>> = BTreeMap::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    let measures = written.iter().flat_map(|file| file.measures.clone()).collect();
    let derived = match &scripts {
        Some(scripts) => measures::load(measures, &mut catalog, scripts, problems),
        None => Vec::new(),
    };
    for file in written {
        for (id, settings) in file.rules {
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
    Loaded { rules, derived, scripts }
}

/// The rules by id, the measures of one's own, each after those that it needs, and the functions.
pub(super) struct Loaded {
    pub(super) rules: BTreeMap<String, Arc<Rule>>,
    pub(super) derived: Vec<Arc<Derived>>,
    pub(super) scripts: Option<Scripts>,
}

/// What a file says, with the places of ids and names.
#[derive(Default)]
struct Written {
    rules: Vec<(Located<String>, RuleSettings)>,
    measures: Vec<(Located<String>, DerivedSettings)>,
}

const SECTIONS: [&str; 2] = ["rules", "measures"];

fn read(file: &Arc<SourceFile>, keep: &mut impl FnMut(&mut Node) -> bool, problems: &mut Problems) -> Written {
    let Some(node) = problems.take(parse(file)) else { return Written::default() };
    let is_known = |key: &Node| key.text().is_some_and(|name| SECTIONS.contains(&name));
    for (key, _) in node.entries().filter(|(key, _)| !is_known(key)) {
        let name = key.text().unwrap_or_default();
        problems.push(Problem::unknown(key.place.clone(), "setting", name, SECTIONS));
    }
    if SECTIONS.iter().all(|section| node.get(section).is_none()) {
        problems.push(Problem::new(node.place.clone(), "the file has no `rules:`"));
    }
    Written {
        rules: section(&node, "rules", keep, problems),
        measures: section(&node, "measures", &mut |_| true, problems),
    }
}

/// The measures of the home besides those that a file which is tried defines itself.
fn measures_of_home(files: &Files, tried: &[Written], problems: &mut Problems) -> Written {
    let is_tried = |name: &str, of: &DerivedSettings| {
        let mut tried = tried.iter().flat_map(|file| &file.measures);
        tried.any(|(known, other)| known.value == name && other.dataset.value == of.dataset.value)
    };
    let of_home = files.rules.iter().flat_map(|file| read(file, &mut |_| false, problems).measures);
    let measures = of_home.filter(|(name, of)| !is_tried(name, of)).collect();
    Written { rules: Vec::new(), measures }
}

/// The entries of a section. One that does not decode does not hide the others' mistakes.
fn section<T: DeserializeOwned>(
    node: &Node,
    name: &str,
    keep: &mut impl FnMut(&mut Node) -> bool,
    problems: &mut Problems,
) -> Vec<(Located<String>, T)> {
    let mut found = Vec::new();
    for (id, entry) in node.get(name).into_iter().flat_map(Node::entries) {
        let id = Located { value: id.text().unwrap_or_default().to_owned(), place: id.place.clone() };
        let mut entry = entry.clone();
        if !keep(&mut entry) {
            continue;
        }
        let (settings, mistakes) = decode_partly(&entry);
        problems.extend(mistakes);
        found.extend(settings.map(|settings| (id, settings)));
    }
    found
}

/// What rules may name.
pub(super) fn catalog(datasets: &BTreeMap<String, Arc<Dataset>>) -> Catalog {
    let mut catalog = Catalog::default();
    for (id, dataset) in datasets {
        catalog.add_dataset(id);
        for (name, measure) in dataset.measures.iter() {
            let labels = measure.labels.iter().map(|label| label.value.clone()).collect();
            let entry = MeasureEntry {
                labels,
                plans: dataset.plans_of(measure),
                better: measure.better.otherwise(),
                directions_vary: measure.better.of_all().is_none(),
                unit: dataset.unit_of(measure),
                each_own_unit: dataset.has_mixed_units(measure),
                counted: measure.counted().map(str::to_owned),
                suppressed_below: measure.suppressed_below.as_ref().map(|below| below.value),
                charting: measure.spc.as_ref().map(|spc| Arc::new(spc.charting())).unwrap_or_default(),
            };
            catalog.add_measure(id, &name.value, entry);
        }
    }
    catalog
}
