//! How alerts stand with people, as a delivery finds it and leaves it.

use std::collections::BTreeMap;

use crate::{
    config::Config,
    model::{Act, Alert, AlertId, AlertState, Handling, unended},
    routing::{Told, lapse},
    store::{Commit, Store, StoreError},
};

use super::{App, acts::lapsed};

/// How each alert that fires stands with people, where anybody did anything.
///
/// # Errors
/// The store fails.
pub async fn of_firing(store: &Store) -> Result<BTreeMap<AlertId, Handling>, StoreError> {
    let acts = by_alert(store.acts_of_firing(None).await?);
    if acts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let firing = store.alerts(None).await?.into_iter().filter(|alert| alert.state == AlertState::Firing);
    let handling = |alert: Alert| Some((alert.id.clone(), Handling::of(&alert, acts.get(&alert.id)?)));
    Ok(firing.filter_map(handling).filter(|(_, handling)| !handling.is_empty()).collect())
}

/// Ends the acknowledgements that what changed leaves without ground, in the same commit, and puts into what is told how the
/// alerts stand with people then.
///
/// # Errors
/// The store fails.
pub(super) async fn settle(
    app: &App,
    config: &Config,
    told: &mut [Told],
    commit: &mut Commit,
) -> Result<(), StoreError> {
    let acts = known(&app.store, commit).await?;
    if acts.is_empty() {
        return Ok(());
    }
    for one in told.iter() {
        let Some(act) = acts.get(&one.alert.id).and_then(unended) else { continue };
        if let Some(until) = lapse(one, act, &config.policy.route) {
            commit.acts.push(lapsed(&one.alert, (act.since, act.period), until, app.now()));
        }
    }
    put_in(&app.store, commit, told).await
}

/// Puts into what is told how the alerts stand with people, by what is kept and by what a commit adds.
///
/// # Errors
/// The store fails.
pub(super) async fn put_in(store: &Store, commit: &Commit, told: &mut [Told]) -> Result<(), StoreError> {
    let acts = known(store, commit).await?;
    for one in told {
        let Some(acts) = acts.get(&one.alert.id) else { continue };
        let handling = Handling::of(&one.alert, acts);
        for line in std::iter::once(&mut one.line).chain(&mut one.taken_back) {
            line.handling = handling.clone();
        }
    }
    Ok(())
}

/// What was done about alerts that fire as far as the store knows, and what a commit adds.
async fn known(store: &Store, commit: &Commit) -> Result<BTreeMap<AlertId, Vec<Act>>, StoreError> {
    let mut acts = store.acts_of_firing(None).await?;
    acts.extend(commit.acts.iter().cloned());
    Ok(by_alert(acts))
}

fn by_alert(acts: Vec<Act>) -> BTreeMap<AlertId, Vec<Act>> {
    let mut by_alert: BTreeMap<AlertId, Vec<Act>> = BTreeMap::new();
    for act in acts {
        by_alert.entry(act.alert.clone()).or_default().push(act);
    }
    by_alert
}
