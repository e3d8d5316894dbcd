//! Alerts that groups were not told of because they were muted, once they no longer are.

use std::collections::BTreeMap;

use crate::{
    model::{Alert, AlertId, AlertState, Cause, ToldOf, Transition, TransitionKind},
    routing::{Told, Traits},
    store::Commit,
};

use super::{App, announce::Announcement, error::CycleError, handling, lines, waiting};

/// Tells what still fires and nobody was told of, now that nothing mutes it any more.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn tell(app: &App) -> Result<(), CycleError> {
    let unsaid = app.store.unsaid().await?;
    if unsaid.is_empty() {
        return Ok(());
    }
    let (config, mut commit) = (app.config(), Commit::at(app.now()));
    let mutes = waiting::mutes(app, &config, &[]).await?;
    let firing = app.store.alerts(None).await?.into_iter().filter(|alert| alert.state == AlertState::Firing);
    let firing: BTreeMap<AlertId, Alert> = firing.map(|alert| (alert.id.clone(), alert)).collect();
    let mut told: BTreeMap<AlertId, Vec<ToldOf>> = BTreeMap::new();
    for of in app.store.told_of_firing().await? {
        told.entry(of.alert.clone()).or_default().push(of);
    }
    let mut due: BTreeMap<AlertId, Alert> = BTreeMap::new();
    for (id, group) in unsaid {
        let alert = firing.get(&id);
        if alert.is_some_and(|alert| mutes.reason(&Traits::of(alert)).is_some()) {
            continue;
        }
        let knows = |alert: &&Alert| told.get(&id).is_some_and(|told| told.iter().any(|of| of.is_of(alert.since)));
        due.extend(alert.filter(|alert| !knows(alert)).map(|alert| (id.clone(), alert.clone())));
        commit.unsaid_over.push((id, group));
    }
    let mut announcement = Announcement::of(app, &config);
    let mut told = lines::as_they_stand(&config, &app.store, due.into_values().collect()).await?;
    handling::put_in(&app.store, &commit, &mut told).await?;
    told.iter_mut().for_each(begin);
    announcement.again(told, Cause::Unmuted).await?;
    if !commit.unsaid_over.is_empty() {
        announcement.keep(&mut commit).await?;
    }
    Ok(())
}

/// To those who hear of it now, it begins to fire.
fn begin(told: &mut Told) {
    tracing::info!(alert = %told.alert.id, rule = told.alert.rule, "nothing mutes it any more, and nobody was told");
    let Alert { id, since, reading, .. } = &told.alert;
    told.transitions.push(Transition {
        alert: id.clone(),
        kind: TransitionKind::Firing,
        cause: Cause::Unmuted,
        delivery: None,
        since: *since,
        reading: reading.clone(),
    });
    told.before = None;
}
