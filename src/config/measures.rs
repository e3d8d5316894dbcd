//! `measures:` of `rules/*.yaml`: measures of one's own, in the order in which they can be worked out.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    expr::Scripts,
    rules::{Catalog, Derived, DerivedSettings},
    yaml::{Located, Problem, Problems},
};

use super::check_id;

type Named = (Located<String>, DerivedSettings);

/// Compiles them, and adds them to what rules may name.
pub(super) fn load(
    measures: Vec<Named>,
    catalog: &mut Catalog,
    scripts: &Scripts,
    problems: &mut Problems,
) -> Vec<Arc<Derived>> {
    let named = name(measures, catalog, problems);
    let compiled = named.into_iter().filter_map(|(name, settings)| {
        let derived = problems.take(Derived::compile(&name, settings, catalog, scripts))?;
        Some((name, Arc::new(derived)))
    });
    let compiled: Vec<_> = compiled.collect();
    in_order(compiled, problems)
}

/// Those whose measure is there, each after the one that it is worked out of; all of them can be named then.
fn name(mut left: Vec<Named>, catalog: &mut Catalog, problems: &mut Problems) -> Vec<Named> {
    let mut named = Vec::new();
    loop {
        let (ready, waiting): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, settings)| catalog.measure(&settings.dataset, &settings.from).is_ok());
        left = waiting;
        if ready.is_empty() {
            break;
        }
        for (name, settings) in ready {
            check_id(&name, "measure", problems);
            if catalog.measure(&settings.dataset, &name).is_ok() {
                let message = format!("`{}` has a measure `{}` already", settings.dataset.value, name.value);
                problems.push(Problem::new(name.place.clone(), message).hint("give this one another name"));
                continue;
            }
            let from = catalog.measure(&settings.dataset, &settings.from).map_err(Problems::from);
            let entry = from.and_then(|from| settings.entry(&name, from));
            if let Some(entry) = problems.take(entry) {
                catalog.add_measure(&settings.dataset.value, &name.value, entry);
                named.push((name, settings));
            }
        }
    }
    for (_, settings) in left {
        problems
            .extend(catalog.measure(&settings.dataset, &settings.from).err().map(Problems::from).unwrap_or_default());
    }
    named
}

/// Each after those that it needs.
fn in_order(mut left: Vec<(Located<String>, Arc<Derived>)>, problems: &mut Problems) -> Vec<Arc<Derived>> {
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let open: BTreeSet<String> = left.iter().map(|(_, one)| whole_name(one)).collect();
        let (ready, waiting): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, one)| one.needs().iter().all(|need| !open.contains(need)));
        left = waiting;
        if ready.is_empty() {
            for (name, _) in &left {
                let message = format!("`{}` is worked out of itself, by way of what it names", name.value);
                problems.push(Problem::new(name.place.clone(), message));
            }
            break;
        }
        ordered.extend(ready.into_iter().map(|(_, one)| one));
    }
    ordered
}

fn whole_name(derived: &Derived) -> String {
    format!("{}/{}", derived.dataset(), derived.name())
}
