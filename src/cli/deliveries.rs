//! `bellwether deliveries`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    app::{failing_rows, family, home::Home, place::report_names, publication},
    model::{
        Action, CheckMade, Delivery, DeliveryId, Examination, Finding, Outcome, Override, Period, Severity, TableRead,
        Verdict, ids, value::format_number,
    },
    store::{DeliveryFilter, Store},
};

use super::{
    Exit, Failure, Format, findings, named,
    output::{self, Listing, Tone},
    overrule::{OverruleArguments, decide},
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct DeliveriesArguments {
    #[command(subcommand)]
    decision: Option<Decision>,
    /// Tell all of this one, its findings row by row; the end of an id will do that no other has
    #[arg(value_name = "ID", conflicts_with_all = ["dataset", "limit"])]
    id: Option<String>,
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
    if let Some(written) = &options.id {
        return one(home, named::delivery(home, written).await?, options.format).await;
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
        return Err(named::no_delivery(&id.to_string()));
    };
    let withheld = family::withheld_now(&store, &kept.delivery).await?;
    let placed = places(home, &store, &kept.delivery).await?;
    let Examination { tables, .. } = kept.delivery.examination.clone();
    let checks = kept.delivery.examination.checks_made(&kept.delivery.findings);
    let one =
        One { entry: kept.delivery.into(), placed, withheld, checks, tables, overrides: store.overrides(id).await? };
    match format {
        Format::Json => output::print_json(&one)?,
        Format::Table => one.say()?,
    }
    Ok(Exit::Fine)
}

/// The files of a delivery that are there, below the home: its own first, then its reports and tables.
async fn places(home: &Home, store: &Store, delivery: &Delivery) -> Result<Vec<PathBuf>, Failure> {
    let target = store.placement(delivery.id).await?.and_then(|placement| placement.targets.into_iter().next());
    let Some(target) = target else { return Ok(Vec::new()) };
    let (folder, name) = (target.parent().unwrap_or(&target), target.file_name().unwrap_or_default().to_string_lossy());
    let names = report_names(&name).into_iter().chain([failing_rows::name(&name)]);
    let published = publication::TIDY.into_iter().chain([publication::MANIFEST]).map(str::to_owned);
    let beside = names.chain(published.filter(|_| delivery.verdict.is_published())).map(|name| folder.join(name));
    Ok(std::iter::once(target.clone()).chain(beside).filter(|place| home.root().join(place).exists()).collect())
}

/// All that there is to tell of one delivery.
#[derive(Debug, Serialize)]
struct One {
    #[serde(flatten)]
    entry: Entry,
    /// Its files, below the home folder: as it was dropped (or the folder of what was withdrawn), its reports, its tables.
    placed: Vec<PathBuf>,
    /// Where the file itself is, if not beside its published tables.
    withheld: Option<PathBuf>,
    /// What came of each check.
    checks: Vec<CheckMade>,
    /// What was read.
    tables: Vec<TableRead>,
    /// What people decided over the gate, oldest first.
    overrides: Vec<Override>,
}

impl One {
    fn say(&self) -> std::io::Result<()> {
        let Self { entry, placed, withheld, checks, tables, overrides } = self;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        for (name, text) in [
            ("delivery", entry.id.clone()),
            ("file", entry.file.clone()),
            ("table", text(&entry.table)),
            ("dataset", entry.dataset.clone().unwrap_or_else(|| "none recognised it".to_owned())),
            ("periods", output::periods(&entry.periods)),
            ("revision", if entry.revision > 0 { entry.revision.to_string() } else { String::new() }),
            ("verdict", entry.verdict.words()),
            ("received", output::when(&entry.received)),
            ("bytes", entry.size.to_string()),
            ("same as", text(&entry.duplicate_of)),
            ("placed", place(placed.first(), withheld.as_ref())),
            ("read", read(tables)),
            ("checks", made(checks)),
        ] {
            if !text.is_empty() {
                output::say(format!("{name:<10}{}", output::clean(&text)))?;
            }
        }
        for Override { action, reason, by, at } in overrides {
            let what = format!("by {by} on {}: {reason}", output::when(&at.to_string()));
            let decided = match action {
                Action::Release => "released",
                Action::Withdraw => "withdrawn",
            };
            output::say(format!("{decided:<10}{}", output::clean(&what)))?;
        }
        findings::say(&entry.findings)
    }
}

/// The file where it is; the folder of its tables where it is withheld.
fn place(first: Option<&PathBuf>, withheld: Option<&PathBuf>) -> String {
    match (first, withheld) {
        (Some(first), None) => first.display().to_string(),
        (Some(first), Some(withheld)) => {
            let folder = first.parent().unwrap_or(first);
            format!("{} (tables); the file itself is at {}", folder.display(), withheld.display())
        }
        (None, _) => String::new(),
    }
}

/// `1,056 rows of LES; 14 rows of Prices`
fn read(tables: &[TableRead]) -> String {
    let name = |table: &TableRead| {
        let names: Vec<&str> = [&table.member, &table.sheet].into_iter().flatten().map(String::as_str).collect();
        if names.is_empty() { String::new() } else { format!(" of {}", names.join(", sheet ")) }
    };
    let rows = |table: &TableRead| {
        let noun = if table.rows == 1 { "row" } else { "rows" };
        format!("{} {noun}{}", format_number(table.rows as f64), name(table))
    };
    tables.iter().map(rows).collect::<Vec<_>>().join("; ")
}

/// `12 made, 10 passed; error: range:planned; left_out: unique`
fn made(checks: &[CheckMade]) -> String {
    if checks.is_empty() {
        return String::new();
    }
    let of = |outcome: Outcome| {
        let named = checks.iter().filter(|check| check.outcome == outcome).map(|check| check.check.as_str());
        let named: Vec<&str> = named.collect();
        (!named.is_empty()).then(|| format!("; {}: {}", outcome.code().replace('_', " "), named.join(", ")))
    };
    let left_out = checks.iter().filter(|check| check.outcome == Outcome::LeftOut).count();
    let passed = checks.iter().filter(|check| check.outcome == Outcome::Passed).count();
    let others = [Outcome::Error, Outcome::Warning, Outcome::Note, Outcome::LeftOut].into_iter().filter_map(of);
    format!("{} made, {passed} passed{}", checks.len() - left_out, others.collect::<String>())
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
    const HEADERS: &'static [&'static str] = &["received", "file", "dataset", "periods", "rev", "verdict", "id", "why"];
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
            output::Cell::toned(ids::short(&entry.id), Tone::Faint),
            why.into(),
        ]
    }
}
