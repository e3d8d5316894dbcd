//! `bellwether status`.

use clap::Args;
use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value, json};

use crate::{
    app::{
        arrivals::Standing,
        digests::{Planned, planned},
        home::Home,
        lock::HomeLock,
    },
    config::Config,
    model::{
        AlertState, DueState, Period, Verdict,
        calendar::{in_words, london},
    },
    store::{Counts, DeliveryFilter, MessageState, Receiver, Refusal, Store},
};

use super::{Exit, Failure, Format, expected, output};

/// How many receivers are named that take no messages.
const NAMED: usize = 5;

#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

pub(super) async fn status(home: &Home, options: &StatusArguments) -> Result<Exit, Failure> {
    let running = HomeLock::running(home);
    let config = Config::load(home.root());
    let (mistakes, waiting) = match &config {
        Ok(config) => (0, Waiting::of(expected::standings(home, config).await?)),
        Err(problems) => (problems.clone().into_iter().count(), Waiting::default()),
    };
    let mut deadlines = Vec::new();
    let (counts, last, unjudged, receivers) = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => {
            let filter = DeliveryFilter { dataset: None, limit: Some(1) };
            let last = store.deliveries(&filter).await?.pop();
            deadlines = store.deadlines().await?;
            (store.counts().await?, last, store.unjudged().await?.len(), store.receivers().await?)
        }
        None => (Counts::default(), None, 0, Vec::new()),
    };
    let last = last.map(|kept| kept.delivery);
    let planned = config.map(|config| planned(&config, &deadlines, Timestamp::now())).unwrap_or_default();
    match options.format {
        Format::Json => output::print_json(&json!({
            "home": home.root().display().to_string(),
            "running": running.is_some(),
            "pid": running,
            "configuration_mistakes": mistakes,
            "deliveries": by_code(counts.deliveries.iter().map(|(verdict, n)| (verdict.code(), *n))),
            "alerts": by_code(counts.alerts.iter().map(|(state, n)| (state.code(), *n))),
            "outbox": by_code(counts.outbox.iter().map(|(state, n)| (state.code(), *n))),
            "receivers": receivers.iter().filter_map(refusing).collect::<Vec<_>>(),
            "unjudged": unjudged,
            "outstanding": waiting.outstanding,
            "next_due": waiting.next.as_ref().map(|(due, dataset, period)| json!({ "dataset": dataset, "period": period, "due": due })),
            "next_digests": planned.iter().map(|(group, next)| json!({
                "group": group,
                "at": next.as_ref().map(|next| next.at),
                "papers_due": next.as_ref().map(|next| next.due),
            })).collect::<Vec<_>>(),
            "last_delivery": last.as_ref().map(|delivery| delivery.id.to_string()),
        }))?,
        Format::Table => {
            let line = |name: &str, text: String| output::say(format!("{name:<15}{text}"));
            line("home", home.root().display().to_string())?;
            line(
                "daemon",
                running.map_or_else(
                    || output::doubtful("not running"),
                    |pid| output::good(&format!("running (process {pid})")),
                ),
            )?;
            line(
                "configuration",
                match mistakes {
                    0 => output::good("in order"),
                    n => output::bad(&format!("{n} mistakes: bellwether check names them")),
                },
            )?;
            line("deliveries", deliveries(&counts))?;
            if let Some(last) = last {
                let text =
                    format!("{} {} ({})", output::when(&last.received.to_string()), last.file, last.verdict.code());
                line("last delivery", output::clean(&text))?;
            }
            if let Some((due, dataset, period)) = &waiting.next {
                let text = format!("{dataset} of {}, due on {}", period.label(), in_words(*due));
                line("next expected", output::clean(&text))?;
            }
            if waiting.outstanding > 0 {
                let text = format!("{} not arrived: bellwether expected names them", waiting.outstanding);
                line("late", output::bad(&text))?;
            }
            line("alerts", alerts(&counts))?;
            if unjudged > 0 {
                line(
                    "not judged",
                    output::doubtful(&format!("{unjudged} series: bellwether alerts --unjudged names them")),
                )?;
            }
            line("outbox", outbox(&counts))?;
            let refusing: Vec<String> = receivers.iter().filter_map(refused).collect();
            for said in refusing.iter().take(NAMED) {
                line("receiver", output::bad(said))?;
            }
            if let more @ 1.. = refusing.len().saturating_sub(NAMED) {
                line("receivers", output::bad(&format!("{more} more take no messages: bellwether outbox names them")))?;
            }
            for (group, next) in &planned {
                line("next report", output::clean(&format!("{group}: {}", next_report(next.as_ref()))))?;
            }
        }
    }
    Ok(Exit::Fine)
}

/// A receiver that takes no messages, for programs.
fn refusing(receiver: &Receiver) -> Option<Value> {
    let (state, since) = match receiver.refusal()? {
        Refusal::Disabled(since) => ("disabled", since),
        Refusal::Failing(since) => ("failing", since),
    };
    Some(json!({
        "channel": receiver.channel,
        "recipient": receiver.recipient,
        "group": receiver.group,
        "state": state,
        "since": since.to_string(),
        "reason": receiver.reason,
        "waiting": receiver.waiting,
    }))
}

/// The same in a line, with what to do about it.
fn refused(receiver: &Receiver) -> Option<String> {
    let (state, since, advice) = match receiver.refusal()? {
        Refusal::Disabled(since) => {
            ("asked never to be called again on", since, format!(": bellwether outbox enable {}", receiver.group))
        }
        Refusal::Failing(since) => ("takes nothing since", since, ", and it goes on being tried".to_owned()),
    };
    let (since, waiting) = (output::when(&since.to_string()), receiver.waiting);
    let waiting = if waiting == 1 { "1 message waits".to_owned() } else { format!("{waiting} messages wait") };
    let text = format!(
        "{} ({}, group {}) {state} {since} ({}); {waiting}{advice}",
        receiver.recipient, receiver.channel, receiver.group, receiver.reason
    );
    Some(output::clean(&text))
}

/// `14 November 2025 at 09:00, for papers due on 19 November 2025`
fn next_report(next: Option<&Planned>) -> String {
    match next {
        Some(Planned { due, at }) => {
            let at = at.to_zoned(london());
            format!("{} at {}, for papers due on {}", in_words(at.date()), at.strftime("%H:%M"), in_words(*due))
        }
        None => "none: all days on which papers are due are over".to_owned(),
    }
}

/// What is waited for.
#[derive(Default)]
struct Waiting {
    /// How many periods are late, missing or held back.
    outstanding: usize,
    /// What is due soonest.
    next: Option<(Date, String, Period)>,
}

impl Waiting {
    fn of(standings: Vec<Standing>) -> Self {
        let mut waiting = Self::default();
        for Standing { dataset, expected } in standings {
            for one in expected {
                match one.state {
                    DueState::Late | DueState::Missing | DueState::HeldBack => waiting.outstanding += 1,
                    DueState::Due | DueState::Expected => {
                        let next = (one.due, dataset.id.clone(), one.period);
                        waiting.next = Some(waiting.next.take().map_or(next.clone(), |soonest| soonest.min(next)));
                    }
                    DueState::Arrived | DueState::ArrivedLate | DueState::Skipped => {}
                }
            }
        }
        waiting
    }
}

fn by_code<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> Value {
    Value::Object(counts.map(|(code, n)| (code.to_owned(), n.into())).collect::<Map<_, _>>())
}

fn deliveries(counts: &Counts) -> String {
    let of = |verdict| counts.deliveries.iter().find(|(v, _)| *v == verdict).map_or(0, |(_, n)| *n);
    let held_back = match of(Verdict::Quarantined) {
        0 => "none held back".to_owned(),
        n => output::bad(&format!("{n} held back")),
    };
    let warned = of(Verdict::PublishedWithWarnings);
    format!("{} published ({warned} with warnings), {held_back}", of(Verdict::Published) + warned)
}

fn alerts(counts: &Counts) -> String {
    let of = |state| counts.alerts.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
    let firing = match of(AlertState::Firing) {
        0 => output::good("none firing"),
        n => output::bad(&format!("{n} firing")),
    };
    format!("{firing}, {} pending, {} resolved", of(AlertState::Pending), of(AlertState::Resolved))
}

fn outbox(counts: &Counts) -> String {
    let of = |state| counts.outbox.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
    let waiting = of(MessageState::Queued) + of(MessageState::Sending);
    let dead = match of(MessageState::Dead) {
        0 => "no dead letters".to_owned(),
        n => output::bad(&format!("{n} dead letters")),
    };
    format!("{} sent, {waiting} waiting, {dead}", of(MessageState::Sent))
}
