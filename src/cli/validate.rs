//! `bellwether validate`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::{
    app::{
        examine::{Examined, examine},
        home::Home,
    },
    config::Config,
    model::{FailingRow, Finding, Period, Severity, Verdict},
};

use super::{Exit, Failure, Format, output};

#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    /// The files to judge
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn validate(home: &Home, options: &ValidateArguments) -> Result<Exit, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    let mut entries = Vec::with_capacity(options.files.len());
    for path in &options.files {
        std::fs::File::open(path).map_err(|error| Failure {
            exit: Exit::Usage,
            message: format!("bellwether: {} cannot be read: {error}", path.display()),
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        entries.push(Entry::of(path, &examine(&config, path, &name)));
    }
    match options.format {
        Format::Json => output::print_json(&entries)?,
        Format::Table => entries.iter().try_for_each(describe)?,
    }
    let held_back = entries.iter().any(|entry| entry.verdict == Verdict::Quarantined);
    Ok(if held_back { Exit::Findings } else { Exit::Fine })
}

/// What the gate makes of a file, as programs read it.
#[derive(Debug, Serialize)]
struct Entry {
    file: String,
    dataset: Option<String>,
    periods: Vec<Period>,
    verdict: Verdict,
    findings: Vec<Finding>,
}

impl Entry {
    fn of(path: &Path, examined: &Examined) -> Self {
        Self {
            file: path.display().to_string(),
            dataset: examined.dataset.as_ref().map(|dataset| dataset.id.clone()),
            periods: examined.periods(),
            verdict: examined.verdict,
            findings: examined.findings.clone(),
        }
    }
}

fn describe(entry: &Entry) -> std::io::Result<()> {
    let verdict = match entry.verdict {
        Verdict::Quarantined => output::bad("would be held back"),
        Verdict::PublishedWithWarnings => output::doubtful("would be published with warnings"),
        Verdict::Published | Verdict::Duplicate => output::good("would be published"),
    };
    let periods: Vec<String> = entry.periods.iter().map(ToString::to_string).collect();
    let dataset = entry.dataset.as_deref().unwrap_or("no dataset");
    output::say(format!("{}: {verdict} ({dataset} {})", output::clean(&entry.file), periods.join(", ")))?;
    for finding in &entry.findings {
        let severity = match finding.severity {
            Severity::Error => output::bad("error"),
            Severity::Warning => output::doubtful("warning"),
            Severity::Note => output::faint("note"),
        };
        output::say(format!("  {severity}  {}: {}", finding.check, output::clean(&finding.message)))?;
        for row in &finding.rows {
            output::say(format!("           {}", output::clean(&place(row))))?;
        }
        let more = finding.count.saturating_sub(finding.rows.len() as u64);
        if more > 0 && !finding.rows.is_empty() {
            output::say(format!("           and {more} more"))?;
        }
    }
    Ok(())
}

fn place(row: &FailingRow) -> String {
    let mut text = format!("row {}", row.row);
    if let Some(sheet) = &row.sheet {
        text = format!("sheet {sheet}, {text}");
    }
    if let Some(column) = &row.column {
        text = format!("{text}, {column}");
    }
    match &row.value {
        Some(value) => format!("{text}: `{value}`"),
        None => text,
    }
}
