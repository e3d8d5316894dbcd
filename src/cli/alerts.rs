//! `bellwether alerts`.

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
    alert_history::history,
    named::no_alert,
    output::{self, Listing, Tone},
    unjudged::unjudged,
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
    /// Show every step of the life of one alert; the beginning of its id will do
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
    let Some(store) = Store::open_read_only(&home.database(), &home.measures()).await? else {
        if let Some(id) = &options.history {
            return Err(no_alert(id));
        }
        output::print::<Alerts>(&[], options.format)?;
        return Ok(Exit::Fine);
    };
    if let Some(id) = &options.history {
        return history(&store, id, options.format).await;
    }
    if options.unjudged {
        return unjudged(&store, options.rule.as_deref(), options.format).await;
    }
    let entries = entries(home, &store, chosen(store.alerts(None).await?, options)).await?;
    output::print::<Alerts>(&entries, options.format)?;
    Ok(Exit::Fine)
}

/// Those that were asked for, the most pressing first.
fn chosen(mut alerts: Vec<Alert>, options: &AlertsArguments) -> Vec<Alert> {
    alerts.retain(|alert| {
        let in_state = match &options.state {
            Some(state) => alert.state.code() == state,
            None => alert.state != AlertState::Inactive,
        };
        in_state && options.rule.as_ref().is_none_or(|rule| alert.rule == *rule)
    });
    let order = |alert: &Alert| match alert.state {
        AlertState::Firing => 0,
        AlertState::Pending => 1,
        AlertState::Withdrawn => 2,
        AlertState::Resolved => 3,
        AlertState::Inactive => 4,
    };
    alerts.sort_by(|a, b| (order(a), &a.rule, a.since, &a.labels).cmp(&(order(b), &b.rule, b.since, &b.labels)));
    alerts
}

/// With what mutes them, what people do about them, and what comes next.
async fn entries(home: &Home, store: &Store, alerts: Vec<Alert>) -> Result<Vec<Entry>, Failure> {
    // Without a configuration there are no inhibitions, and nothing is sent that could be muted or taken further.
    let (config, now) = (Config::load(home.root()).ok(), Timestamp::now());
    let (mutes, unattended) = match &config {
        Some(config) => {
            (routes::mutes(store, &config.policy, now).await?, Some(Unattended::read(store, config, now).await?))
        }
        None => (Mutes::default(), None),
    };
    let handlings = handling::of_firing(store).await?;
    let entry = |alert: Alert| {
        let firing = Some(&alert).filter(|alert| alert.state == AlertState::Firing);
        let by = firing.and_then(|alert| mutes.reason(&routes::Traits::of(alert)));
        let handling = handlings.get(&alert.id).cloned();
        let escalates = unattended.as_ref().map_or_else(Vec::new, |unattended| unattended.in_words(&alert.id));
        Entry { muted: by, handling, escalates, ..Entry::from(alert) }
    };
    Ok(alerts.into_iter().map(entry).collect())
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
