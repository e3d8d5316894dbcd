//! `bellwether deliveries`.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    app::home::Home,
    model::{Action, Delivery, DeliveryId, Finding, Override, Period, Severity, Verdict},
    store::{DeliveryFilter, Store},
};

use super::{
    Exit, Failure, Format, findings,
    output::{self, Listing, Tone},
    overrule::{OverruleArguments, decide},
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct DeliveriesArguments {
    #[command(subcommand)]
    decision: Option<Decision>,
    /// Tell all of this one, its findings row by row
    #[arg(value_name = "ID", conflicts_with_all = ["dataset", "limit"])]
    id: Option<uuid::Uuid>,
    /// Only those of this dataset
    #[arg(long, value_name = "ID")]
    dataset: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// What people decide over the gate.
#[derive(Debug, Subcommand)]
enum Decision {
    /// Publish a delivery that was held back; every report that rests on it says so
    Release(OverruleArguments),
    /// Take a published delivery back; the revision before it counts again
    Withdraw(OverruleArguments),
}

pub(super) async fn list(home: &Home, options: &DeliveriesArguments) -> Result<Exit, Failure> {
    match &options.decision {
        Some(Decision::Release(asked)) => return decide(home, asked, Action::Release).await,
        Some(Decision::Withdraw(asked)) => return decide(home, asked, Action::Withdraw).await,
        None => {}
    }
    if let Some(id) = options.id {
        return one(home, DeliveryId(id), options.format).await;
    }
    let filter = DeliveryFilter { dataset: options.dataset.clone(), limit: options.limit };
    let kept = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => store.deliveries(&filter).await?,
        None => Vec::new(),
    };
    let entries: Vec<Entry> = kept.into_iter().map(|kept| kept.delivery.into()).collect();
    output::print::<Deliveries>(&entries, options.format)?;
    Ok(Exit::Fine)
}

async fn one(home: &Home, id: DeliveryId, format: Format) -> Result<Exit, Failure> {
    let kept = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => store.delivery(id).await?.map(|kept| (kept, store)),
        None => None,
    };
    let Some((kept, store)) = kept else {
        let message =
            format!("bellwether: there is no delivery {id}; `bellwether deliveries` lists those that there are");
        return Err(Failure { exit: Exit::Usage, message });
    };
    let placement = store.placement(id).await?;
    let entry = Entry::from(kept.delivery);
    if format == Format::Json {
        output::print_json(&entry)?;
        return Ok(Exit::Fine);
    }
    let periods: Vec<String> = entry.periods.iter().map(ToString::to_string).collect();
    let place = placement.and_then(|placement| placement.targets.into_iter().next());
    for (name, text) in [
        ("delivery", entry.id),
        ("file", entry.file),
        ("table", entry.table.unwrap_or_default()),
        ("dataset", entry.dataset.unwrap_or_else(|| "none recognised it".to_owned())),
        ("periods", periods.join(", ")),
        ("revision", if entry.revision > 0 { entry.revision.to_string() } else { String::new() }),
        ("verdict", entry.verdict.words()),
        ("received", output::when(&entry.received)),
        ("bytes", entry.size.to_string()),
        ("same as", entry.duplicate_of.unwrap_or_default()),
        ("placed", place.map_or(String::new(), |place| place.display().to_string())),
    ] {
        if !text.is_empty() {
            output::say(format!("{name:<10}{}", output::clean(&text)))?;
        }
    }
    for one in store.overrides(id).await? {
        let Override { action, reason, by, at } = one;
        let what = format!("by {by} on {}: {reason}", output::when(&at.to_string()));
        let decided = match action {
            Action::Release => "released",
            Action::Withdraw => "withdrawn",
        };
        output::say(format!("{decided:<10}{}", output::clean(&what)))?;
    }
    findings::say(&entry.findings)?;
    Ok(Exit::Fine)
}

/// A delivery as programs read it. The fields up to `findings` stay as they are.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    id: String,
    dataset: Option<String>,
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<String>,
    hash: String,
    revision: u32,
    periods: Vec<Period>,
    verdict: Verdict,
    findings: Vec<Finding>,
    received: String,
    size: u64,
    duplicate_of: Option<String>,
}

impl From<Delivery> for Entry {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.to_string(),
            dataset: delivery.dataset,
            file: delivery.file,
            table: delivery.table,
            hash: delivery.hash,
            revision: delivery.revision,
            periods: delivery.periods,
            verdict: delivery.verdict,
            findings: delivery.findings,
            received: delivery.received.to_string(),
            size: delivery.size,
            duplicate_of: delivery.duplicate_of.map(|id| id.to_string()),
        }
    }
}

struct Deliveries;

impl Listing for Deliveries {
    type Entry = Entry;
    const HEADERS: &'static [&'static str] = &["received", "file", "dataset", "periods", "rev", "verdict", "why"];
    const EMPTY: &'static str = "Nothing has been delivered yet.";

    fn cells(entry: &Entry) -> Vec<output::Cell> {
        let periods = match entry.periods.as_slice() {
            [] => String::new(),
            [only] => only.to_string(),
            [first, .., last] => format!("{first} … {last}"),
        };
        let tone = match entry.verdict {
            Verdict::Published => Tone::Good,
            Verdict::PublishedWithWarnings | Verdict::Released => Tone::Doubtful,
            Verdict::Quarantined | Verdict::Withdrawn => Tone::Bad,
            Verdict::Duplicate => Tone::Faint,
        };
        // Notes change nothing; that of a duplicate is all there is to say of it.
        let matters = |finding: &&Finding| finding.severity > Severity::Note || entry.verdict == Verdict::Duplicate;
        let why = entry.findings.iter().find(matters).map_or(String::new(), |finding| finding.message.clone());
        vec![
            output::when(&entry.received).into(),
            output::file(&entry.file, entry.table.as_deref()).into(),
            entry.dataset.clone().unwrap_or_default().into(),
            periods.into(),
            if entry.revision == 0 { String::new() } else { entry.revision.to_string() }.into(),
            output::Cell::toned(entry.verdict.words(), tone),
            why.into(),
        ]
    }
}
