//! What rules ask for that the known figures have never held.

use std::collections::BTreeSet;

use crate::{
    config::Config,
    store::{Part, Store, StoreError},
    yaml::{Problem, nearest},
};

use super::memory::Memory;

/// Labels in `where` whose value no series that is known has.
///
/// # Errors
/// The store fails.
pub async fn unseen_labels(config: &Config, store: &Store) -> Result<Vec<Problem>, StoreError> {
    let mut notes = Vec::new();
    for rule in config.rules.values().filter(|rule| !rule.settings().only.0.is_empty()) {
        let mut memory = Memory::of(Some(store.clone()));
        let history = memory.part(rule.dataset(), Part::of_measure(rule.measure())).await?;
        let of_measure: Vec<_> = history.series().collect();
        if of_measure.is_empty() {
            continue;
        }
        for (name, matcher) in rule.settings().only.iter() {
            let seen: BTreeSet<&str> = of_measure.iter().filter_map(|series| series.key.labels.get(name)).collect();
            for value in matcher.named().filter(|value| !seen.contains(value)) {
                let message = format!("no series of `{}` that is known has {}: {value}", rule.measure(), name.value);
                let problem = Problem::new(name.place.clone(), message);
                notes.push(match nearest(value, seen.iter().copied()) {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => problem,
                });
            }
        }
    }
    Ok(notes)
}
