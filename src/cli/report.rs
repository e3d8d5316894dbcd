//! `bellwether report`.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use jiff::{Timestamp, civil::Date};

use crate::{
    app::{
        committee::{Asked, CommitteeError, committee, written},
        disclosure::disclosed_report,
        home::Home,
    },
    config::Config,
    model::{Disclosure, PaperFormat, Period, calendar::day_in_london},
    store::Store,
};

use super::{Exit, Failure};

const LONG: &str = "\
Write the exception report of a group for a period: for a committee to table, or for a program

It says in three sentences how the measures stand; what the committee is alerted to, advised of and assured about; each alert \
with its chart, since when, plan, owner, acknowledgement, action and review date; what could not be assured; and the deliveries \
that it rests on. Alerts of groups that escalate to the group are in it as well.

  bellwether report --group quality-outcomes --format pdf --output exceptions.pdf
  bellwether report --group finance-contracting --period 2025/26-Q2 --format docx --output exceptions.docx

Counts below the publication threshold of their measure (`suppressed_below`) are withheld, as in every message; `--disclosure \
none` shows them, for the home's own use, and the report says so.

It is worked out of what is kept, by the figures and rules of now: the same day and the same state give the same bytes. Of an \
older period it says how things stood then, by what is known of it now.

Exit codes: 0 when it was written, 2 when there is no such group or no period to speak of, 3 when the store cannot be read or \
the file not written.";

#[derive(Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct ReportArguments {
    /// The group or committee, by its id
    #[arg(long, value_name = "ID")]
    group: String,
    /// The period: 2025-10, 2025/26-Q2, 2025/26; left out: the newest that there are figures of
    #[arg(long, value_name = "PERIOD")]
    period: Option<Period>,
    /// As what it is written
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: ReportFormat,
    /// The day that it is of: what is late or silenced is so by the end of it; left out: today
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// How small numbers stand in it: mask (withheld), `round_to=5` (withheld, and all others rounded), none (as they are)
    #[arg(long, value_name = "HOW", default_value = "mask", value_parser = disclosure)]
    disclosure: Disclosure,
    /// Where it is written; left out: standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ReportFormat {
    /// A page for a browser or a printer
    Html,
    /// A document to read and print, tagged and searchable
    Pdf,
    /// A Word document
    Docx,
    /// Text with marks
    Md,
    /// A workbook with all alerts
    Xlsx,
    /// For programs
    Json,
}

impl From<ReportFormat> for PaperFormat {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Html => Self::Html,
            ReportFormat::Pdf => Self::Pdf,
            ReportFormat::Docx => Self::Docx,
            ReportFormat::Md => Self::Markdown,
            ReportFormat::Xlsx => Self::Xlsx,
            ReportFormat::Json => Self::Json,
        }
    }
}

fn disclosure(text: &str) -> Result<Disclosure, String> {
    let rounded = || text.strip_prefix("round_to=")?.parse().ok().map(Disclosure::RoundTo);
    match text {
        "mask" => Ok(Disclosure::Mask),
        "none" => Ok(Disclosure::None),
        _ => rounded().ok_or_else(|| "write mask, none or round_to=5".to_owned()),
    }
}

pub(super) async fn report(home: &Home, options: &ReportArguments) -> Result<Exit, Failure> {
    let config = Arc::new(Config::load(home.root()).map_err(Failure::configuration)?);
    let is_text = matches!(options.format, ReportFormat::Html | ReportFormat::Md | ReportFormat::Json);
    if options.output.is_none() && !is_text && std::io::stdout().is_terminal() {
        return Err(Failure::usage("this format is not for a terminal: name a file with --output"));
    }
    let Some(store) = Store::open_read_only(&home.database(), &home.measures()).await? else {
        return Err(Failure::usage("nothing was delivered to this home yet: there is nothing to report of"));
    };
    let date = options.date.unwrap_or_else(|| day_in_london(Timestamp::now()));
    let asked = Asked { group: &options.group, period: options.period, date };
    let report = committee(&config, &store, &asked).await.map_err(|error| refused(&error))?;
    let report = disclosed_report(&config, report, options.disclosure);
    let bytes = written(&report, options.format.into()).map_err(Failure::trouble)?;
    match &options.output {
        Some(file) => std::fs::write(file, bytes)
            .map_err(|error| Failure::trouble(format!("{} cannot be written: {error}", file.display())))?,
        None => match std::io::stdout().write_all(&bytes) {
            // Who reads stops early.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            other => other?,
        },
    }
    Ok(Exit::Fine)
}

fn refused(error: &CommitteeError) -> Failure {
    let exit = match error {
        CommitteeError::NoGroup { .. } | CommitteeError::NoPeriod(_) => Exit::Usage,
        CommitteeError::Store(_) | CommitteeError::Fault => Exit::Trouble,
    };
    Failure::of(exit, error)
}
