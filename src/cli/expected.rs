//! `bellwether expected`.

use clap::Args;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use crate::{
    app::{
        arrivals::{self, Standing},
        home::Home,
    },
    config::Config,
    model::{DueState, Expected, HeldBack, Period},
    store::Store,
};

use super::{
    Exit, Failure, Format,
    output::{self, Listing, Tone},
};

/// How many periods that need no more waiting are listed of each dataset, unless all are asked for.
const SETTLED: usize = 3;

#[derive(Debug, Args)]
pub(super) struct ExpectedArguments {
    /// Only those of this dataset
    #[arg(long, value_name = "ID")]
    dataset: Option<String>,
    /// Every period, not only what is waited for and the last three that arrived
    #[arg(long)]
    all: bool,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

pub(super) async fn list(home: &Home, options: &ExpectedArguments) -> Result<Exit, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    let wanted = |standing: &Standing| options.dataset.as_ref().is_none_or(|id| *id == standing.dataset.id);
    let mut entries = Vec::new();
    for standing in standings(home, &config).await?.into_iter().filter(wanted) {
        let settled = standing.expected.iter().filter(|one| one.state.is_settled()).count();
        let mut hidden = if options.all { 0 } else { settled.saturating_sub(SETTLED) };
        for one in standing.expected {
            if one.state.is_settled() && hidden > 0 {
                hidden -= 1;
                continue;
            }
            entries.push(Entry::of(&standing.dataset.id, one));
        }
    }
    let blind = entries.iter().any(|entry| !entry.holidays_known);
    output::print::<Deliveries>(&entries, options.format)?;
    if blind && options.format == Format::Table {
        let note = "Bank holidays of some of these years are not known, so weekends alone count: config/holidays.csv adds them.";
        output::say(output::doubtful(note))?;
    }
    Ok(Exit::Fine)
}

/// How each dataset stands; nothing has arrived where there is no store yet.
pub(super) async fn standings(home: &Home, config: &Config) -> Result<Vec<Standing>, Failure> {
    let Some(store) = Store::open_read_only(&home.database(), &home.measures()).await? else { return Ok(Vec::new()) };
    Ok(arrivals::standings(&store, config, Timestamp::now()).await?)
}

/// An expected period as programs read it.
#[derive(Debug, Serialize)]
struct Entry {
    dataset: String,
    period: Period,
    due: Date,
    state: DueState,
    arrived: Option<String>,
    held_back: Option<HeldBack>,
    skipped: Option<String>,
    /// Whether the bank holidays of the due day's year are known.
    holidays_known: bool,
    /// How it stands, in words.
    reason: String,
}

impl Entry {
    fn of(dataset: &str, one: Expected) -> Self {
        let waits = matches!(one.state, DueState::Expected | DueState::Due);
        Self {
            dataset: dataset.to_owned(),
            period: one.period,
            due: one.due,
            state: one.state,
            arrived: one.arrived.map(|moment| moment.to_string()),
            held_back: one.held_back.last().copied().filter(|_| one.arrived.is_none()),
            holidays_known: one.holidays_known,
            reason: if waits { String::new() } else { one.in_words() },
            skipped: one.skipped,
        }
    }
}

struct Deliveries;

impl Listing for Deliveries {
    type Entry = Entry;
    const HEADERS: &'static [&'static str] = &["dataset", "period", "due", "state", "why"];
    const EMPTY: &'static str = "Nothing is expected: `due:` in a dataset says when it is, from its first delivery on.";

    fn cells(entry: &Entry) -> Vec<output::Cell> {
        let tone = match entry.state {
            DueState::Late | DueState::Missing | DueState::HeldBack => Tone::Bad,
            DueState::Due | DueState::ArrivedLate => Tone::Doubtful,
            DueState::Arrived => Tone::Good,
            DueState::Expected | DueState::Skipped => Tone::Faint,
        };
        vec![
            entry.dataset.clone().into(),
            entry.period.to_string().into(),
            entry.due.to_string().into(),
            output::Cell::toned(entry.state.code().replace('_', " "), tone),
            entry.reason.clone().into(),
        ]
    }
}
