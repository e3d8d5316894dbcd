//! `bellwether silences`.

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, civil::Date};
use serde::Serialize;

use crate::{
    app::{
        home::Home,
        preview::{self, Preview},
        requests::Request,
        silences::{SilenceAsked, SilenceRequest},
    },
    model::{Alert, Labels, Period, Silence, SilenceState, calendar::hour_in_london, ids},
    store::Store,
};

use super::{
    Exit, Failure, Format,
    ask::ask,
    named,
    output::{self, Listing, Tone},
};

#[derive(Debug, Args)]
pub(super) struct SilencesArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Mute alerts for a while; the groups that would have heard of them are told
    Add(AddArguments),
    /// List silences that are pending or active, newest first
    List(ListArguments),
    /// End a silence before its time
    Expire {
        /// The silence: its id, or as much of its beginning or end as no other has
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Tell what a silence would mute: alerts that fire now, and how many fired in each period
    Preview(PreviewArguments),
}

#[derive(Debug, Args)]
struct AddArguments {
    /// What the alerts have, all of it: contract="Dementia" severity=warning 'rule=~"les-.*"' 'area!="North"'
    #[arg(value_name = "MATCHER", required = true)]
    matchers: Vec<String>,
    /// From when: 2025-12-01 (its beginning in London), or 2025-12-01T09:00:00Z; left out: at once
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Timestamp>,
    /// Until when: 2025-12-31 (its end in London), or 2025-12-31T17:00:00Z
    #[arg(long, value_name = "TIME", value_parser = last_moment, required_unless_present = "lasting")]
    until: Option<Timestamp>,
    /// For how long: 4h, 10 days, 2 weeks
    #[arg(long = "for", id = "lasting", value_name = "TIME", value_parser = length, conflicts_with = "until")]
    lasting: Option<SignedDuration>,
    /// Who asks for it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why, for everybody who reads a report that names it
    #[arg(long, value_name = "TEXT")]
    comment: String,
}

#[derive(Debug, Args)]
struct ListArguments {
    /// Those that are over as well
    #[arg(long)]
    all: bool,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Args)]
struct PreviewArguments {
    /// What the alerts have, all of it
    #[arg(value_name = "MATCHER", required = true)]
    matchers: Vec<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

const TIME: &str = "write a day (2025-12-31) or a time (2025-12-31T17:00:00Z)";

fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let begins = day(text).and_then(|day| hour_in_london(day, 0));
    begins.map_or_else(|| text.parse().map_err(|_| TIME.to_owned()), Ok)
}

/// The last millisecond of a day belongs to it.
fn last_moment(text: &str) -> Result<Timestamp, String> {
    let ends = day(text).and_then(|day| day.tomorrow().ok()).and_then(|next| hour_in_london(next, 0));
    let ends = ends.and_then(|next| next.checked_sub(SignedDuration::from_millis(1)).ok());
    ends.map_or_else(|| text.parse().map_err(|_| TIME.to_owned()), Ok)
}

fn length(text: &str) -> Result<SignedDuration, String> {
    let span: Span = text.parse().map_err(|_| "write 4h, 10 days or 2 weeks".to_owned())?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours());
    length.ok().filter(SignedDuration::is_positive).ok_or_else(|| "write 4h, 10 days or 2 weeks".to_owned())
}

pub(super) async fn silences(home: &Home, options: &SilencesArguments) -> Result<Exit, Failure> {
    match &options.action {
        Action::Add(options) => add(home, options).await,
        Action::List(options) => list(home, options).await,
        Action::Expire { id } => {
            let meant = named::silence(home, id).await?;
            let id = ask(home, &Request::Silence(SilenceAsked::Expire(meant))).await?;
            output::say(format!("silence {id} is over"))?;
            Ok(Exit::Fine)
        }
        Action::Preview(options) => try_out(home, options).await,
    }
}

async fn add(home: &Home, options: &AddArguments) -> Result<Exit, Failure> {
    let begins = options.from.unwrap_or_else(Timestamp::now);
    let lasting = options.lasting.unwrap_or_default();
    let ends = options.until.or_else(|| begins.checked_add(lasting).ok()).unwrap_or(Timestamp::MAX);
    let request = SilenceRequest {
        matchers: options.matchers.clone(),
        starts: options.from,
        ends,
        author: options.by.clone(),
        comment: options.comment.clone(),
    };
    let id = ask(home, &Request::Silence(SilenceAsked::Add(request))).await?;
    output::say(format!("silence {id} until {}", output::when(&ends.to_string())))?;
    Ok(Exit::Fine)
}

async fn list(home: &Home, options: &ListArguments) -> Result<Exit, Failure> {
    let now = Timestamp::now();
    let kept = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => store.silences().await?,
        None => Vec::new(),
    };
    let wanted = |silence: &Silence| options.all || silence.state(now) != SilenceState::Expired;
    let entries: Vec<Entry> =
        kept.into_iter().filter(wanted).map(|silence| Entry { state: silence.state(now), silence }).collect();
    output::print::<Silences>(&entries, options.format)?;
    Ok(Exit::Fine)
}

/// A silence as programs read it.
#[derive(Debug, Serialize)]
struct Entry {
    state: SilenceState,
    #[serde(flatten)]
    silence: Silence,
}

struct Silences;

impl Listing for Silences {
    type Entry = Entry;
    const HEADERS: &'static [&'static str] = &["state", "about", "from", "until", "by", "why", "id"];
    const EMPTY: &'static str = "No silences.";

    fn cells(entry: &Entry) -> Vec<output::Cell> {
        let tone = match entry.state {
            SilenceState::Active => Tone::Doubtful,
            SilenceState::Pending => Tone::Plain,
            SilenceState::Expired => Tone::Faint,
        };
        let silence = &entry.silence;
        vec![
            output::Cell::toned(entry.state.code(), tone),
            silence.subject().into(),
            output::when(&silence.starts.to_string()).into(),
            output::when(&silence.ends.to_string()).into(),
            silence.author.clone().into(),
            silence.comment.clone().into(),
            output::Cell::toned(ids::short(&silence.id.to_string()), Tone::Faint),
        ]
    }
}

/// What a silence would mute, as programs read it.
#[derive(Debug, Serialize)]
struct Tried {
    firing: Vec<Muted>,
    periods: Vec<OfPeriod>,
}

#[derive(Debug, Serialize)]
struct Muted {
    id: String,
    rule: String,
    labels: Labels,
    since: Period,
    message: String,
}

#[derive(Debug, Serialize)]
struct OfPeriod {
    period: Period,
    firing: usize,
}

async fn try_out(home: &Home, options: &PreviewArguments) -> Result<Exit, Failure> {
    let matchers = preview::matchers(&options.matchers)
        .map_err(|(text, error)| Failure::usage(output::clean(&format!("`{text}` is no matcher: {error}"))))?;
    let alerts = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => store.alerts(None).await?,
        None => Vec::new(),
    };
    let Preview { now, periods } = preview::preview(&matchers, alerts);
    let tried = Tried {
        firing: now.into_iter().map(Muted::from).collect(),
        periods: periods.into_iter().map(|(period, firing)| OfPeriod { period, firing }).collect(),
    };
    if options.format == Format::Json {
        output::print_json(&tried)?;
        return Ok(Exit::Fine);
    }
    output::say(output::strong("Firing now, and muted"))?;
    output::print::<Firing>(&tried.firing, Format::Table)?;
    output::say(format!("\n{}", output::strong("Fired in each period")))?;
    output::print::<Periods>(&tried.periods, Format::Table)?;
    Ok(Exit::Fine)
}

impl From<Alert> for Muted {
    fn from(alert: Alert) -> Self {
        let Alert { id, rule, labels, since, reading, .. } = alert;
        Self { id: id.0, rule, labels, since, message: reading.message }
    }
}

struct Firing;

impl Listing for Firing {
    type Entry = Muted;
    const HEADERS: &'static [&'static str] = &["rule", "series", "since", "message", "id"];
    const EMPTY: &'static str = "No alert that fires now has all of this.";

    fn cells(entry: &Muted) -> Vec<output::Cell> {
        vec![
            entry.rule.clone().into(),
            entry.labels.values().into(),
            entry.since.to_string().into(),
            entry.message.clone().into(),
            output::Cell::toned(entry.id.clone(), Tone::Faint),
        ]
    }
}

struct Periods;

impl Listing for Periods {
    type Entry = OfPeriod;
    const HEADERS: &'static [&'static str] = &["period", "alerts"];
    const EMPTY: &'static str = "No alert ever had all of this.";

    fn cells(entry: &OfPeriod) -> Vec<output::Cell> {
        vec![entry.period.to_string().into(), entry.firing.to_string().into()]
    }
}
