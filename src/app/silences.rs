//! Silences: asked for, ended before their time, over; and telling the groups that they keep from hearing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    config::Config,
    model::{
        Alert, AlertState, Content, OperatorReport, Silence, SilenceId, SilenceState,
        calendar::{day_in_london, in_words},
    },
    routing::{SilenceError, Traits, expire},
    store::{Commit, StoreError},
};

use super::{App, announce::Announcement, disclosure, error::CycleError};

pub use crate::routing::SilenceRequest;

/// How many alerts a notice lists.
const LISTED: usize = 20;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SilenceAsked {
    /// A silence.
    Add(SilenceRequest),
    /// That one ends.
    Expire(SilenceId),
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum SilenceFailure {
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] SilenceError),
    /// There is none.
    #[error("there is no silence {0}: `bellwether silences list` lists them")]
    Unknown(SilenceId),
    /// The store or a template failed.
    #[error(transparent)]
    Cycle(#[from] CycleError),
}

impl From<StoreError> for SilenceFailure {
    fn from(error: StoreError) -> Self {
        Self::Cycle(error.into())
    }
}

/// What a silence comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Added,
    Ended,
    Over,
}

/// Keeps a silence, or ends one, and tells the groups concerned. Answers with the silence as it is now.
///
/// # Errors
/// What is asked for makes no sense, or the store fails.
pub async fn carry_out(app: &App, asked: &SilenceAsked) -> Result<Silence, SilenceFailure> {
    let now = app.now();
    let (silence, event) = match asked {
        SilenceAsked::Add(request) => (request.grant(SilenceId(Uuid::now_v7()), now)?, Event::Added),
        SilenceAsked::Expire(id) => {
            let known = app.store.silences().await?.into_iter().find(|silence| silence.id == *id);
            (expire(&known.ok_or(SilenceFailure::Unknown(*id))?, now)?, Event::Ended)
        }
    };
    let mut commit = Commit::at(now);
    commit.silences.push(silence.clone());
    if event == Event::Ended {
        commit.silences_over.push(silence.id);
    }
    say(app, &[(silence.clone(), event)], commit).await?;
    Ok(silence)
}

/// Tells that silences are over; answers with the moment at which the next one is.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn end(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (now, in_force) = (app.now(), app.store.silences_in_force().await?);
    let (over, lasting): (Vec<Silence>, Vec<Silence>) =
        in_force.into_iter().partition(|silence| silence.state(now) == SilenceState::Expired);
    if !over.is_empty() {
        let mut commit = Commit::at(now);
        commit.silences_over = over.iter().map(|silence| silence.id).collect();
        let over: Vec<(Silence, Event)> = over.into_iter().map(|silence| (silence, Event::Over)).collect();
        say(app, &over, commit).await?;
    }
    // Its last moment is included: it is over with the next one.
    let just_after = |silence: &Silence| silence.ends.saturating_add(jiff::SignedDuration::from_millis(1)).ok();
    Ok(lasting.iter().filter_map(just_after).min())
}

async fn say(app: &App, events: &[(Silence, Event)], mut commit: Commit) -> Result<(), CycleError> {
    let (config, alerts) = (app.config(), app.store.alerts(None).await?);
    let mut announcement = Announcement::of(app, &config);
    for (silence, event) in events {
        tracing::info!(silence = %silence.id, about = silence.subject(), ?event, "silence");
        for group in concerned(&config, silence, &alerts) {
            let content = Content::Silence(report(&config, silence, *event, &group, &alerts));
            announcement.tell(&group, None, content);
        }
    }
    announcement.keep(&mut commit).await
}

/// The groups that hear of what a silence is about: of alerts that there are or were, or else of rules that it may be
/// about; the operator's when there is none.
fn concerned(config: &Config, silence: &Silence, alerts: &[Alert]) -> Vec<String> {
    let about = alerts.iter().filter(|alert| silence.takes(&Traits::of(alert)));
    let mut groups: Vec<String> = about.flat_map(|alert| receivers(config, alert)).collect();
    if groups.is_empty() {
        let rules = config.rules.values().map(|rule| (rule.id(), rule.dataset(), rule.severity()));
        for (rule, dataset, severity) in rules.filter(|(rule, ..)| names_rule(silence, rule)) {
            let may =
                config.groups.keys().filter(|group| config.policy.route.may_reach(group, rule, dataset, severity));
            groups.extend(may.cloned());
        }
    }
    groups.sort();
    groups.dedup();
    if groups.is_empty() { vec![config.daemon.operator.value.clone()] } else { groups }
}

/// Whether what a silence says of rules, if anything, takes this one.
fn names_rule(silence: &Silence, rule: &str) -> bool {
    let mut of_rules = silence.matchers.iter().filter(|matcher| matcher.label == "rule").peekable();
    of_rules.peek().is_some() && of_rules.all(|matcher| matcher.is.takes(rule))
}

fn receivers(config: &Config, alert: &Alert) -> Vec<String> {
    let found = config.policy.route.receivers(&Traits::of(alert));
    found.into_iter().map(|(group, _)| group.to_owned()).collect()
}

/// What one group is told.
fn report(config: &Config, silence: &Silence, event: Event, group: &str, alerts: &[Alert]) -> OperatorReport {
    let day = |moment: Timestamp| in_words(day_in_london(moment));
    let subject = silence.subject();
    let title = match event {
        Event::Added => format!("Silenced until {}: {subject}", day(silence.ends)),
        Event::Ended => format!("A silence was ended: {subject}"),
        Event::Over => format!("A silence is over: {subject}"),
    };
    let mut paragraphs = vec![format!(
        "{} asked for silence about {subject} from {} to {}: “{}”.",
        silence.author,
        day(silence.starts),
        day(silence.ends),
        silence.comment
    )];
    let firing: Vec<&Alert> = alerts
        .iter()
        .filter(|alert| alert.state == AlertState::Firing && silence.takes(&Traits::of(alert)))
        .filter(|alert| receivers(config, alert).iter().any(|receiver| receiver == group))
        .collect();
    paragraphs.push(match (event, firing.len()) {
        (Event::Added, 0) => "No alert that fires now is about this.".to_owned(),
        (Event::Added, n) => format!("Alerts that fire now and are not told of any more: {n}."),
        (_, 0) => "No alert that fires now was silenced by it.".to_owned(),
        (_, n) => format!("Alerts that it silenced and that fire now: {n}."),
    });
    paragraphs.extend(
        firing
            .iter()
            .take(LISTED)
            .map(|alert| format!("{} since {}: {}", alert.rule, alert.since.label(), disclosure::said(config, alert))),
    );
    if firing.len() > LISTED {
        paragraphs.push(format!("And {} more: `bellwether alerts` lists them.", firing.len() - LISTED));
    }
    paragraphs.push(format!("Silence {}", silence.id));
    OperatorReport { title, paragraphs }
}
