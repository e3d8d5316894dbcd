//! `bellwether status`.

use std::{fmt::Display, fs, io};

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
        AlertState, Delivery, DueState, Period, Verdict,
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
    let status = Status::of(home).await?;
    match options.format {
        Format::Json => output::print_json(&status.json())?,
        Format::Table => status.say()?,
    }
    Ok(Exit::Fine)
}

/// How things stand with a home.
struct Status {
    home: String,
    /// The process of the daemon at work.
    running: Option<u32>,
    mistakes: usize,
    /// How many files were taken from the drop folders and are not decided yet.
    in_hand: usize,
    counts: Counts,
    last: Option<Delivery>,
    waiting: Waiting,
    unjudged: usize,
    receivers: Vec<Receiver>,
    /// The next exception report of each group that has one.
    reports: Vec<(String, Option<Planned>)>,
}

impl Status {
    async fn of(home: &Home) -> Result<Self, Failure> {
        let config = Config::load(home.root());
        let (mistakes, waiting) = match &config {
            Ok(config) => (0, Waiting::of(expected::standings(home, config).await?)),
            Err(problems) => (problems.clone().into_iter().count(), Waiting::default()),
        };
        let mut status = Self {
            home: home.root().display().to_string(),
            running: HomeLock::running(home),
            mistakes,
            in_hand: fs::read_dir(home.claimed()).map_or(0, Iterator::count),
            counts: Counts::default(),
            last: None,
            waiting,
            unjudged: 0,
            receivers: Vec::new(),
            reports: Vec::new(),
        };
        let mut deadlines = Vec::new();
        if let Some(store) = Store::open_read_only(&home.database(), &home.measures()).await? {
            let newest = DeliveryFilter { dataset: None, limit: Some(1) };
            status.last = store.deliveries(&newest).await?.pop().map(|kept| kept.delivery);
            status.counts = store.counts().await?;
            status.unjudged = store.unjudged().await?.len();
            status.receivers = store.receivers().await?;
            deadlines = store.deadlines().await?;
        }
        status.reports = config.map(|config| planned(&config, &deadlines, Timestamp::now())).unwrap_or_default();
        Ok(status)
    }

    fn json(&self) -> Value {
        let next_due = self.waiting.next.as_ref();
        json!({
            "home": self.home,
            "running": self.running.is_some(),
            "pid": self.running,
            "configuration_mistakes": self.mistakes,
            "in_hand": self.in_hand,
            "deliveries": by_code(self.counts.deliveries.iter().map(|(verdict, n)| (verdict.code(), *n))),
            "alerts": by_code(self.counts.alerts.iter().map(|(state, n)| (state.code(), *n))),
            "outbox": by_code(self.counts.outbox.iter().map(|(state, n)| (state.code(), *n))),
            "receivers": self.receivers.iter().filter_map(refusing).collect::<Vec<_>>(),
            "unjudged": self.unjudged,
            "outstanding": self.waiting.outstanding,
            "next_due": next_due.map(|(due, dataset, period)| json!({ "dataset": dataset, "period": period, "due": due })),
            "next_digests": self.reports.iter().map(|(group, next)| json!({
                "group": group,
                "at": next.as_ref().map(|next| next.at),
                "papers_due": next.as_ref().map(|next| next.due),
            })).collect::<Vec<_>>(),
            "last_delivery": self.last.as_ref().map(|delivery| delivery.id.to_string()),
        })
    }

    fn say(&self) -> io::Result<()> {
        line("home", &self.home)?;
        line("daemon", self.daemon())?;
        line("configuration", self.configuration())?;
        self.say_deliveries()?;
        line("alerts", alerts(&self.counts))?;
        if self.unjudged > 0 {
            let text = format!("{} series: bellwether alerts --unjudged names them", self.unjudged);
            line("not judged", output::doubtful(&text))?;
        }
        line("outbox", outbox(&self.counts))?;
        let refusing: Vec<String> = self.receivers.iter().filter_map(refused).collect();
        for said in refusing.iter().take(NAMED) {
            line("receiver", output::bad(said))?;
        }
        if let more @ 1.. = refusing.len().saturating_sub(NAMED) {
            line("receivers", output::bad(&format!("{more} more take no messages: bellwether outbox names them")))?;
        }
        for (group, next) in &self.reports {
            line("next report", output::clean(&format!("{group}: {}", next_report(next.as_ref()))))?;
        }
        Ok(())
    }

    fn daemon(&self) -> String {
        self.running
            .map_or_else(|| output::doubtful("not running"), |pid| output::good(&format!("running (process {pid})")))
    }

    fn configuration(&self) -> String {
        match self.mistakes {
            0 => output::good("in order"),
            1 => output::bad("1 mistake: bellwether check names it"),
            n => output::bad(&format!("{n} mistakes: bellwether check names them")),
        }
    }

    fn say_deliveries(&self) -> io::Result<()> {
        if self.in_hand > 0 {
            let files = if self.in_hand == 1 { "1 file".to_owned() } else { format!("{} files", self.in_hand) };
            let then = if self.running.is_some() {
                "being worked on or waiting to be tried again: the log says why"
            } else {
                "worked on when the daemon runs"
            };
            line("in hand", output::doubtful(&format!("{files}, {then}")))?;
        }
        line("deliveries", deliveries(&self.counts))?;
        if let Some(last) = &self.last {
            let text = format!("{} {} ({})", output::when(&last.received.to_string()), last.file, last.verdict.words());
            line("last delivery", output::clean(&text))?;
        }
        if let Some((due, dataset, period)) = &self.waiting.next {
            let text = format!("{dataset} of {}, due on {}", period.label(), in_words(*due));
            line("next expected", output::clean(&text))?;
        }
        if self.waiting.outstanding > 0 {
            let text = format!("{} not arrived: bellwether expected names them", self.waiting.outstanding);
            line("late", output::bad(&text))?;
        }
        Ok(())
    }
}

fn line(name: &str, text: impl Display) -> io::Result<()> {
    output::say(format!("{name:<15}{text}"))
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
    let (warned, released) = (of(Verdict::PublishedWithWarnings), of(Verdict::Released));
    let released = match released {
        0 => String::new(),
        n => output::doubtful(&format!(", {n} released with known issues")),
    };
    format!("{} published ({warned} with warnings){released}, {held_back}", of(Verdict::Published) + warned)
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
