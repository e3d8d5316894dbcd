//! Rules by the ids that were given.

use std::{collections::BTreeMap, sync::Arc};

use crate::{rules::Rule, yaml::nearest};

use super::{Exit, Failure};

/// The rules of these ids, or all when none is given.
///
/// # Errors
/// An id that is not there, with the nearest one that is.
pub(super) fn rules(known: &BTreeMap<String, Arc<Rule>>, ids: &[String]) -> Result<Vec<Arc<Rule>>, Failure> {
    if ids.is_empty() {
        return Ok(known.values().cloned().collect());
    }
    ids.iter().map(|id| known.get(id).cloned().ok_or_else(|| unknown(known, id))).collect()
}

fn unknown(known: &BTreeMap<String, Arc<Rule>>, id: &str) -> Failure {
    let near = nearest(id, known.keys().map(String::as_str));
    let hint = near.map_or(String::new(), |near| format!(": did you mean `{near}`?"));
    Failure { exit: Exit::Usage, message: format!("there is no rule `{id}`{hint}") }
}
