//! `bellwether validate`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::{
    app::{
        examine::{Examined, examine_watched},
        home::Home,
    },
    config::Config,
    model::{Finding, Period, Verdict},
};

use super::{Exit, Failure, Format, findings, output, progress};

#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    /// The files to judge
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
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
        let bar = progress::bar(path);
        let examined = examine_watched(&config, path, &name, &mut |progress| progress::show(&bar, progress));
        bar.finish_and_clear();
        entries.extend(examined.iter().map(|examined| Entry::of(path, examined)));
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
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<String>,
    dataset: Option<String>,
    periods: Vec<Period>,
    verdict: Verdict,
    findings: Vec<Finding>,
}

impl Entry {
    fn of(path: &Path, examined: &Examined) -> Self {
        Self {
            file: path.display().to_string(),
            table: examined.table.clone(),
            dataset: examined.dataset.as_ref().map(|dataset| dataset.id.clone()),
            periods: examined.periods(),
            verdict: examined.verdict,
            findings: examined.findings.clone(),
        }
    }
}

fn describe(entry: &Entry) -> std::io::Result<()> {
    let verdict = match entry.verdict {
        Verdict::Quarantined | Verdict::Withdrawn => output::bad("would be held back"),
        Verdict::PublishedWithWarnings => output::doubtful("would be published with warnings"),
        Verdict::Published | Verdict::Duplicate | Verdict::Released => output::good("would be published"),
    };
    let periods: Vec<String> = entry.periods.iter().map(ToString::to_string).collect();
    let dataset = entry.dataset.as_deref().unwrap_or("no dataset");
    let file = match &entry.table {
        Some(table) => format!("{} ({table})", entry.file),
        None => entry.file.clone(),
    };
    output::say(format!("{}: {verdict} ({dataset} {})", output::clean(&file), periods.join(", ")))?;
    findings::say(&entry.findings)
}
