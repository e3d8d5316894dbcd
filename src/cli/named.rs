//! Rules, alerts, deliveries and silences by their ids, as people write them.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    app::home::Home,
    model::{Alert, Delivery, DeliveryId, Silence, SilenceId, ids},
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
    only(found, "alerts begin with", written, |alert| format!("{}  {} {}", alert.id, alert.rule, alert.labels))
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
    let found = only(found, "deliveries have an id like", written, |one| format!("{}  {}", one.id, one.file))?;
    found.map(|delivery| delivery.id).ok_or_else(|| no_delivery(written))
}

/// The silence that somebody means, in the same way.
///
/// # Errors
/// There is none, or several; or the store fails.
pub(super) async fn silence(home: &Home, written: &str) -> Result<SilenceId, Failure> {
    let known = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => store.silences().await?,
        None => Vec::new(),
    };
    let found: Vec<Silence> = known.into_iter().filter(|silence| ids::is_meant(silence.id.0, written)).collect();
    let found = only(found, "silences have an id like", written, |one| format!("{}  {}", one.id, one.subject()))?;
    let none = || format!("there is no silence {written}; `bellwether silences list` lists those that there are");
    found.map(|silence| silence.id).ok_or_else(|| Failure::usage(none()))
}

/// The only one of those that may be meant; none where there are none.
fn only<T>(mut found: Vec<T>, several: &str, written: &str, line: impl Fn(&T) -> String) -> Result<Option<T>, Failure> {
    if found.len() < 2 {
        return Ok(found.pop());
    }
    let lines: Vec<String> =
        found.iter().take(LISTED).map(|one| format!("\n  {}", output::clean(&line(one)))).collect();
    Err(Failure::usage(format!("{} {several} `{written}`; write more of it:{}", found.len(), lines.concat())))
}

/// Nothing has this id.
pub(super) fn no_delivery(written: &str) -> Failure {
    Failure::usage(format!("there is no delivery {written}; `bellwether deliveries` lists those that there are"))
}

/// Nothing has this id.
pub(super) fn no_alert(written: &str) -> Failure {
    Failure::usage(format!("there is no alert {written}; `bellwether alerts` lists those that there are"))
}
