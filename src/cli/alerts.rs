//! `bellwether alerts`.

use std::collections::BTreeMap;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    app::{
        handling,
        home::Home,
        routes::{self, Mutes},
        unattended::{Escalates, Unattended},
    },
    config::Config,
    model::{
        Alert, AlertSeverity, AlertState, Handling, Labels, Period, Unit,
        calendar::{day_in_london, in_words},
    },
    store::Store,
};

use super::{
    Exit, Failure, Format,
    act::{Doing, act},
    output::{self, Listing, Tone},
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct AlertsArguments {
    #[command(subcommand)]
    doing: Option<Doing>,
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = ["pending", "firing", "resolved", "withdrawn", "inactive"])]
    state: Option<String>,
    /// Only those of this rule
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// Show the series that rules could not judge at the newest period instead
    #[arg(long, conflicts_with_all = ["state", "history"])]
    unjudged: bool,
    /// Show every step of the life of one alert
    #[arg(long, value_name = "ALERT")]
    history: Option<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

pub(super) async fn list(home: &Home, options: &AlertsArguments) -> Result<Exit, Failure> {
    if let Some(doing) = &options.doing {
        return act(home, doing).await;
    }
    let store = Store::open_read_only(&home.database(), &home.measures()).await?;
    if let Some(id) = &options.history {
        let id = crate::model::AlertId(id.clone());
        let steps = match &store {
            Some(store) => store.transitions(&id).await?,
            None => Vec::new(),
        };
        let entries: Vec<Step> = steps.into_iter().map(Step::from).collect();
        output::print::<Steps>(&entries, options.format)?;
        return Ok(Exit::Fine);
    }
    let rule = |id: &str| options.rule.as_deref().is_none_or(|wanted| wanted == id);
    if options.unjudged {
        let records = match &store {
            Some(store) => store.unjudged().await?,
            None => Vec::new(),
        };
        let entries: Vec<Unknown> =
            records.into_iter().filter(|record| rule(&record.rule)).map(Unknown::from).collect();
        output::print::<Unjudged>(&entries, options.format)?;
        return Ok(Exit::Fine);
    }
    let alerts = match &store {
        Some(store) => store.alerts(None).await?,
        None => Vec::new(),
    };
    let wanted = |alert: &Alert| match &options.state {
        Some(state) => alert.state.code() == state,
        None => alert.state != AlertState::Inactive,
    };
    let mut alerts: Vec<Alert> = alerts.into_iter().filter(|alert| rule(&alert.rule) && wanted(alert)).collect();
    alerts.sort_by(|a, b| {
        let order = |alert: &Alert| match alert.state {
            AlertState::Firing => 0,
            AlertState::Pending => 1,
            AlertState::Withdrawn => 2,
            AlertState::Resolved => 3,
            AlertState::Inactive => 4,
        };
        (order(a), &a.rule, a.since, &a.labels).cmp(&(order(b), &b.rule, b.since, &b.labels))
    });
    // Without a configuration there are no inhibitions, and nothing is sent that could be muted or taken further.
    let (config, now) = (Config::load(home.root()).ok(), Timestamp::now());
    let (mutes, unattended) = match (&store, &config) {
        (Some(store), Some(config)) => {
            (routes::mutes(store, &config.policy, now).await?, Some(Unattended::read(store, config, now).await?))
        }
        _ => (Mutes::default(), None),
    };
    let handlings = match &store {
        Some(store) => handling::of_firing(store).await?,
        None => BTreeMap::new(),
    };
    let entry = |alert: Alert| {
        let firing = Some(&alert).filter(|alert| alert.state == AlertState::Firing);
        let by = firing.and_then(|alert| mutes.reason(&routes::Traits::of(alert)));
        let handling = handlings.get(&alert.id).cloned();
        let escalates = unattended.as_ref().map_or_else(Vec::new, |unattended| unattended.in_words(&alert.id));
        Entry { muted: by, handling, escalates, ..Entry::from(alert) }
    };
    let entries: Vec<Entry> = alerts.into_iter().map(entry).collect();
    output::print::<Alerts>(&entries, options.format)?;
    Ok(Exit::Fine)
}

/// An alert as programs read it. The fields up to `message` stay as they are.
#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    rule: String,
    severity: AlertSeverity,
    state: AlertState,
    labels: Labels,
    since: Period,
    period: Period,
    value: Option<f64>,
    plan: Option<f64>,
    message: String,
    dataset: String,
    cannot_tell: Option<String>,
    /// Of `value` and `plan`.
    unit: Unit,
    /// Why nobody is told of it now.
    muted: Option<String>,
    /// How it stands with people, while it fires.
    handling: Option<Handling>,
    /// How far it was taken because nobody looks after it, and what comes next, for each group with a policy for it.
    escalates: Vec<Escalates>,
}

impl From<Alert> for Entry {
    fn from(alert: Alert) -> Self {
        Self {
            id: alert.id.0,
            rule: alert.rule,
            severity: alert.severity,
            state: alert.state,
            labels: alert.labels,
            since: alert.since,
            period: alert.reading.period,
            value: alert.reading.value.get(),
            plan: alert.reading.plan.get(),
            message: alert.reading.message,
            dataset: alert.dataset,
            cannot_tell: alert.cannot_tell,
            unit: alert.reading.unit,
            muted: None,
            handling: None,
            escalates: Vec::new(),
        }
    }
}

struct Alerts;

impl Listing for Alerts {
    type Entry = Entry;
    const HEADERS: &'static [&'static str] = &["state", "since", "period", "severity", "rule", "message", "id"];
    const EMPTY: &'static str = "No alerts.";

    fn cells(entry: &Entry) -> Vec<output::Cell> {
        let mut message = match &entry.cannot_tell {
            Some(reason) => format!("{} (since then: {reason})", entry.message),
            None => entry.message.clone(),
        };
        if let Some(by) = &entry.muted {
            message = format!("{message} ({by})");
        }
        if let Some(handling) = &entry.handling {
            message = format!("{message} ({})", handling.words());
        }
        for escalates in &entry.escalates {
            if let Some(last) = escalates.taken.last() {
                message = format!("{message} (escalated to {})", last.to);
            }
            if let Some(next) = &escalates.next {
                let day = in_words(day_in_london(next.at));
                message = format!("{message} (goes to {} on {day})", next.to);
            }
        }
        vec![
            output::Cell::toned(entry.state.code(), tone(entry.state)),
            entry.since.to_string().into(),
            entry.period.to_string().into(),
            entry.severity.code().into(),
            entry.rule.clone().into(),
            message.into(),
            output::Cell::toned(entry.id.clone(), Tone::Faint),
        ]
    }
}

fn tone(state: AlertState) -> Tone {
    match state {
        AlertState::Firing => Tone::Bad,
        AlertState::Pending => Tone::Doubtful,
        AlertState::Resolved => Tone::Good,
        AlertState::Withdrawn | AlertState::Inactive => Tone::Faint,
    }
}

/// A series without an answer, as programs read it.
#[derive(Debug, Serialize)]
struct Unknown {
    rule: String,
    kind: &'static str,
    dataset: String,
    labels: Labels,
    period: Period,
    reason: String,
    firing_since: Option<Period>,
}

impl From<crate::store::UnknownRecord> for Unknown {
    fn from(record: crate::store::UnknownRecord) -> Self {
        Self {
            rule: record.rule,
            kind: record.kind.code(),
            dataset: record.dataset,
            labels: record.labels,
            period: record.period,
            reason: record.reason,
            firing_since: record.firing_since,
        }
    }
}

struct Unjudged;

impl Listing for Unjudged {
    type Entry = Unknown;
    const HEADERS: &'static [&'static str] = &["kind", "rule", "series", "period", "why"];
    const EMPTY: &'static str = "Every rule could judge every series.";

    fn cells(entry: &Unknown) -> Vec<output::Cell> {
        let tone = if entry.kind == "failed" { Tone::Bad } else { Tone::Doubtful };
        vec![
            output::Cell::toned(entry.kind.replace('_', " "), tone),
            entry.rule.clone().into(),
            entry.labels.values().into(),
            entry.period.to_string().into(),
            entry.reason.clone().into(),
        ]
    }
}

/// A step of an alert's life, as programs read it.
#[derive(Debug, Serialize)]
struct Step {
    recorded: String,
    kind: &'static str,
    cause: &'static str,
    delivery: Option<String>,
    since: Period,
    period: Period,
    value: Option<f64>,
    plan: Option<f64>,
    message: String,
    unit: Unit,
}

impl From<crate::store::KeptTransition> for Step {
    fn from(kept: crate::store::KeptTransition) -> Self {
        let step = kept.transition;
        Self {
            recorded: kept.recorded.to_string(),
            kind: step.kind.code(),
            cause: step.cause.code(),
            delivery: step.delivery.map(|id| id.to_string()),
            since: step.since,
            period: step.reading.period,
            value: step.reading.value.get(),
            plan: step.reading.plan.get(),
            message: step.reading.message,
            unit: step.reading.unit,
        }
    }
}

struct Steps;

impl Listing for Steps {
    type Entry = Step;
    const HEADERS: &'static [&'static str] = &["recorded", "step", "because", "since", "period", "message", "delivery"];
    const EMPTY: &'static str = "There is no alert with this id.";

    fn cells(entry: &Step) -> Vec<output::Cell> {
        vec![
            output::when(&entry.recorded).into(),
            entry.kind.into(),
            entry.cause.replace('_', " ").into(),
            entry.since.to_string().into(),
            entry.period.to_string().into(),
            entry.message.clone().into(),
            output::Cell::toned(entry.delivery.clone().unwrap_or_default(), Tone::Faint),
        ]
    }
}
