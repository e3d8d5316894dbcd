//! What is not said at once, or not at all: what mutes alerts now, and notices that wait in the store.

use std::collections::HashSet;

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    config::Config,
    model::{Alert, AlertId, Content, Period},
    reports::RenderError,
    routing::{Held, Mutes, Speech, Standing, merge, standing},
    store::{Commit, HeldNotice, StoreError},
};

use super::{
    App, announce::Announcement, arrivals, digests, error::CycleError, escalations, handling, receivers, reviews, send,
    silences, summaries, unmuted,
};

/// Does what the passing of time asks for: says what is late, that silences are over, which review dates have passed, what
/// has waited long enough or is no longer muted, and which receivers take nothing, sums up months, gives what is to be
/// tabled, lets go of what old messages said, and takes further what nobody looks after. Answers with the next moment at
/// which to look again.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn look(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let _alone = app.decide_alone().await;
    let late = arrivals::evaluate(app).await?;
    let (over, reviewed) = (silences::end(app).await?, reviews::look(app).await?);
    let spoken = speak(app).await?;
    unmuted::tell(app).await?;
    let failing = receivers::report(app).await?;
    let (summed_up, tabled) = (summaries::tell(app).await?, digests::tell(app).await?);
    send::forget(app).await?;
    // Last: what was told a moment ago is not taken further.
    let moments = [late, over, reviewed, spoken, failing, summed_up, tabled, escalations::take(app).await?];
    Ok(moments.into_iter().flatten().min())
}

/// All that mutes alerts now. `told` are alerts as they are about to be kept.
///
/// # Errors
/// The store fails.
pub async fn mutes(app: &App, config: &Config, told: &[Alert]) -> Result<Mutes, StoreError> {
    let (now, inhibitions) = (app.now(), &config.policy.inhibitions);
    let silences = app.store.silences_in_force().await?;
    let mut alerts = if inhibitions.is_empty() { Vec::new() } else { app.store.alerts(None).await? };
    let newer: HashSet<&AlertId> = told.iter().map(|told| &told.id).collect();
    alerts.retain(|alert| !newer.contains(&alert.id));
    alerts.extend(told.iter().cloned());
    Ok(Mutes::at(now, silences, inhibitions, alerts))
}

/// Whether there is nothing that a speech would have to wait for.
#[must_use]
pub fn is_said_now(config: &Config, speech: &Speech, now: Timestamp) -> bool {
    let (hold, period) = (&speech.hold, speech.exceptions.period);
    let by = (&config.policy.intervals, config.calendar_of(&speech.group));
    // Whether others have arrived is asked when this is kept: they may be in the same file.
    standing((hold, period, now), &|_, _| false, by, now) == Standing::Now
}

/// A notice that waits, as the store keeps it.
///
/// # Errors
/// It cannot be written as JSON.
pub fn kept(held: &Held) -> Result<HeldNotice, CycleError> {
    let body = serde_json::to_string(held).map_err(|error| RenderError::Json(error.to_string()))?;
    Ok(HeldNotice { id: Uuid::now_v7(), group: held.group.clone(), body, since: held.since })
}

/// Says what has waited long enough; answers with the moment at which the next is to be looked at.
async fn speak(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (config, now) = (app.config(), app.now());
    let waiting = together(app.store.held().await?);
    if waiting.is_empty() {
        return Ok(None);
    }
    let (mutes, handlings) = (mutes(app, &config, &[]).await?, handling::of_firing(&app.store).await?);
    let (mut announcement, mut commit, mut next) = (Announcement::of(app, &config), Commit::at(now), None);
    for (ids, held) in waiting {
        let Some(first) = held.first() else {
            commit.released.extend(ids);
            continue;
        };
        let arrived = arrived(app, first).await?;
        let has_arrived = |dataset: &str, _: Period| arrived.iter().any(|known| known == dataset);
        let (group, period) = (first.group.clone(), first.exceptions.period);
        let by = (&config.policy.intervals, config.calendar_of(&group));
        let standing = if is_asked_for(&config, first) {
            standing((&first.hold, period, first.since), &has_arrived, by, now)
        } else {
            Standing::Now
        };
        match standing {
            Standing::Now => {
                let silent = held.iter().flat_map(|one| one.muted(&mutes)).map(|alert| (alert.clone(), group.clone()));
                commit.unsaid.extend(silent);
                if let Some(exceptions) = merge(held, &mutes, &handlings) {
                    announcement.tell(&group, None, Content::Exceptions(exceptions));
                }
                commit.released.extend(ids);
            }
            Standing::Waits { until, why } => {
                tracing::debug!(group, %period, %until, "what is to be said waits for {why}");
                next = [next, Some(until)].into_iter().flatten().min();
            }
        }
    }
    if !commit.released.is_empty() {
        announcement.keep(&mut commit).await?;
    }
    Ok(next)
}

/// Whether a branch still wants this to wait: a newer configuration may not.
fn is_asked_for(config: &Config, held: &Held) -> bool {
    let mut branches = config.policy.route.walk();
    branches.any(|branch| branch.manner.hold == held.hold && branch.manner.to.contains(&held.group))
}

/// What is said together, with the ids of what the store keeps of it. What cannot be read is given up, loudly.
fn together(kept: Vec<HeldNotice>) -> Vec<(Vec<Uuid>, Vec<Held>)> {
    let mut waiting: Vec<(Vec<Uuid>, Vec<Held>)> = Vec::new();
    for row in kept {
        let held: Held = match serde_json::from_str(&row.body) {
            Ok(held) => held,
            Err(error) => {
                tracing::error!(notice = %row.id, group = row.group, %error, "a notice that waited cannot be read: it is given up");
                waiting.push((vec![row.id], Vec::new()));
                continue;
            }
        };
        match waiting.iter_mut().find(|(_, known)| known.first().is_some_and(|known| known.belongs_with(&held))) {
            Some((ids, known)) => {
                ids.push(row.id);
                known.push(held);
            }
            None => waiting.push((vec![row.id], vec![held])),
        }
    }
    waiting
}

/// The datasets waited for whose figures up to the period are there.
async fn arrived(app: &App, held: &Held) -> Result<Vec<String>, StoreError> {
    let mut arrived = Vec::new();
    for dataset in &held.hold.wait_for {
        let arrivals = app.store.arrivals(dataset).await?;
        let published = arrivals.iter().filter(|arrival| arrival.held_back.is_none());
        let newest = published.filter_map(|arrival| arrival.period).map(Period::end).max();
        if newest.is_some_and(|newest| newest >= held.exceptions.period.end()) {
            arrived.push(dataset.clone());
        }
    }
    Ok(arrived)
}
