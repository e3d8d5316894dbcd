//! Rules, alerts and deliveries by their ids, as people write them.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    app::home::Home,
    model::{Alert, Delivery, DeliveryId, ids},
    rules::Rule,
    store::{DeliveryFilter, Store},
    yaml::nearest,
};

use super::{Failure, output};

/// How many of several that may be meant are listed.
const LISTED: usize = 10;

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
    Failure::usage(format!("there is no rule `{id}`{hint}"))
}

/// The alert whose id begins so; none where there is none.
///
/// # Errors
/// Several begin so.
pub(super) fn alert<'a>(alerts: &'a [Alert], written: &str) -> Result<Option<&'a Alert>, Failure> {
    let found: Vec<&Alert> = alerts.iter().filter(|alert| alert.id.0.starts_with(written)).collect();
    match found.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        several => {
            let named = |alert: &&Alert| format!("{}  {} {}", alert.id, alert.rule, alert.labels);
            Err(ambiguous("alerts begin with", written, &several.iter().map(named).collect::<Vec<_>>()))
        }
    }
}

/// The delivery that somebody means: by its id, or as much of its beginning or end as no other has.
///
/// # Errors
/// There is none, or several; or the store fails.
pub(super) async fn delivery(home: &Home, written: &str) -> Result<DeliveryId, Failure> {
    if let Ok(whole) = written.trim().parse() {
        return Ok(DeliveryId(whole));
    }
    let known = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => store.deliveries(&DeliveryFilter::default()).await?,
        None => Vec::new(),
    };
    let meant = |delivery: &Delivery| ids::is_meant(delivery.id.0, written);
    let found: Vec<Delivery> = known.into_iter().map(|kept| kept.delivery).filter(meant).collect();
    match found.as_slice() {
        [] => Err(no_delivery(written)),
        [only] => Ok(only.id),
        several => {
            let named = |delivery: &Delivery| format!("{}  {}", delivery.id, delivery.file);
            Err(ambiguous("deliveries have an id like", written, &several.iter().map(named).collect::<Vec<_>>()))
        }
    }
}

fn ambiguous(several: &str, written: &str, all: &[String]) -> Failure {
    let lines: Vec<String> = all.iter().take(LISTED).map(|line| format!("\n  {}", output::clean(line))).collect();
    Failure::usage(format!("{} {several} `{written}`; write more of it:{}", all.len(), lines.concat()))
}

/// Nothing has this id.
pub(super) fn no_delivery(written: &str) -> Failure {
    Failure::usage(format!("there is no delivery {written}; `bellwether deliveries` lists those that there are"))
}

/// Nothing has this id.
pub(super) fn no_alert(written: &str) -> Failure {
    Failure::usage(format!("there is no alert {written}; `bellwether alerts` lists those that there are"))
}
