//! What checks are called: findings, reports and history have these names.

use std::collections::{BTreeSet, HashMap};

use super::kinds::{CheckSettings, Declared};
use crate::{
    model::Schema,
    yaml::{Problem, Problems},
};

/// The checks that are made of every file.
pub(super) const ALWAYS: [&str; 2] = ["columns_present", "type"];

/// So many columns of a check are in its name.
const COLUMNS: usize = 3;

/// Names that datasets give: none is blank, and none is that of another check.
///
/// # Errors
/// Every name that cannot be told from another.
pub(super) fn differ(settings: &[CheckSettings]) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let mut lines = HashMap::new();
    for name in settings.iter().filter_map(|settings| settings.common().name.as_ref()) {
        let place = &name.place;
        if name.trim().is_empty() {
            problems
                .push(Problem::new(place.clone(), "the name is blank").hint("leave it out, or say what is checked"));
        } else if ALWAYS.contains(&name.as_str()) {
            let message = format!("`{}` is what a check is called that is always made", name.value);
            problems.push(Problem::new(place.clone(), message).hint("give each check a name of its own"));
        } else if let Some(line) = lines.insert(name.as_str(), place.line) {
            let message = format!("another check is named `{}` (on line {line})", name.value);
            problems.push(Problem::new(place.clone(), message).hint("give each check a name of its own"));
        }
    }
    problems.into_result()
}

/// Gives each check that the dataset does not name one of its own: its kind; where several of a kind have none, with the
/// columns that it looks at (`range:planned`); and where these are the same, with a number (`range:planned-2`).
pub(super) fn give(settings: &[CheckSettings], declared: &mut [Declared], schema: &Schema) {
    let named = settings.iter().filter_map(|settings| settings.common().name.as_ref());
    let mut taken: BTreeSet<String> = named.map(|name| name.value.clone()).collect();
    let mut of_kind: HashMap<String, usize> = HashMap::new();
    for kind in unnamed(settings, declared).map(|check| check.id().to_owned()) {
        *of_kind.entry(kind).or_default() += 1;
    }
    for check in unnamed(settings, declared) {
        let kind = check.id().to_owned();
        let alone = of_kind.get(&kind).is_none_or(|count| *count < 2) && !taken.contains(&kind);
        let base = if alone { kind } else { with_columns(&kind, check, schema) };
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let free = std::iter::once(base.clone()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or(base);
        taken.insert(free.clone());
        check.call(free);
    }
}

fn unnamed<'a>(settings: &'a [CheckSettings], declared: &'a mut [Declared]) -> impl Iterator<Item = &'a mut Declared> {
    let unnamed = settings.iter().map(|settings| settings.common().name.is_none());
    declared.iter_mut().zip(unnamed).filter_map(|(check, unnamed)| unnamed.then_some(check))
}

/// `range:planned`, `not_null:contract,planned,delivered+2`.
fn with_columns(kind: &str, check: &Declared, schema: &Schema) -> String {
    let columns = check.columns();
    let names =
        columns.iter().take(COLUMNS).filter_map(|at| schema.columns.get(*at)).map(|column| column.name.as_str());
    let names = names.collect::<Vec<_>>().join(",");
    match columns.len().saturating_sub(COLUMNS) {
        _ if names.is_empty() => kind.to_owned(),
        0 => format!("{kind}:{names}"),
        more => format!("{kind}:{names}+{more}"),
    }
}
