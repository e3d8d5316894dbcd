//! Review dates that pass: alerts that are to be looked at again.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, ToSpan, civil::Date};

use crate::{
    config::Config,
    model::{
        Alert, AlertId, Cause, Transition, TransitionKind,
        calendar::{MORNING, hour_in_london, in_words},
    },
    routing::Told,
    store::Commit,
};

use super::{App, acts::lapsed, announce::Announcement, error::CycleError, handling, lines};

/// Says which alerts are to be looked at again because their review date has passed; answers with the moment at which the
/// next one has: nine in London on the day after.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn look(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (now, handlings) = (app.now(), handling::of_firing(&app.store).await?);
    let dated = handlings.iter().filter_map(|(id, handling)| Some((id, handling.review?)));
    let (passed, ahead): (BTreeMap<&AlertId, Date>, BTreeMap<&AlertId, Date>) =
        dated.partition(|(_, day)| passes(*day) <= now);
    let next = ahead.values().map(|day| passes(*day)).min();
    if passed.is_empty() {
        return Ok(next);
    }
    let (config, mut commit) = (app.config(), Commit::at(now));
    let mut due = app.store.alerts(None).await?;
    due.retain(|alert| passed.contains_key(&alert.id));
    for alert in &due {
        let Some(day) = passed.get(&alert.id) else { continue };
        let until = format!("its review date passed on {}", in_words(*day));
        commit.acts.push(lapsed(alert, (alert.since, alert.reading.period), until, now));
    }
    let mut told = lines::as_they_stand(&config, &app.store, due).await?;
    handling::put_in(&app.store, &commit, &mut told).await?;
    say(app, &config, told, commit).await?;
    Ok(next)
}

fn passes(review: Date) -> Timestamp {
    hour_in_london(review.saturating_add(1.day()), MORNING).unwrap_or(Timestamp::MAX)
}

/// One notice for each dataset to each group concerned.
async fn say(app: &App, config: &Arc<Config>, mut told: Vec<Told>, mut commit: Commit) -> Result<(), CycleError> {
    for told in &mut told {
        tracing::info!(alert = %told.alert.id, rule = told.alert.rule, "its review date has passed");
        told.transitions.push(again(&told.alert));
    }
    let mut announcement = Announcement::of(app, config);
    announcement.again(told, Cause::Review).await?;
    announcement.keep(&mut commit).await
}

/// That it goes on, which is no step of its life.
fn again(alert: &Alert) -> Transition {
    Transition {
        alert: alert.id.clone(),
        kind: TransitionKind::Continuing,
        cause: Cause::Review,
        delivery: None,
        since: alert.since,
        reading: alert.reading.clone(),
    }
}
