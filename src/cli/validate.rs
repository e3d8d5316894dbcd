//! `bellwether validate`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use serde::Serialize;

use crate::{
    app::{
        examine::{Examined, examine_watched},
        home::Home,
        memory::Memory,
        trial,
    },
    config::Config,
    model::{Finding, Outcome, Period, TableRead, Verdict},
    store::Store,
};

use super::{Exit, Failure, findings, junit, output, progress};

#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    /// The files to judge
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How the answer is given
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Write the answer to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How the answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Format {
    /// Lines for people.
    #[default]
    Table,
    /// One JSON document for programs.
    Json,
    /// XML as of `JUnit`, for CI systems: a suite for each delivery, a case for each check.
    Junit,
    /// A page for people.
    Html,
}

pub(super) async fn validate(home: &Home, options: &ValidateArguments) -> Result<Exit, Failure> {
    let config = Arc::new(Config::load(home.root()).map_err(Failure::configuration)?);
    let store = Store::open_read_only(&home.database(), &home.measures()).await?;
    let mut memory = Memory::of(store);
    let mut tried: Vec<(&Path, Examined)> = Vec::with_capacity(options.files.len());
    for path in &options.files {
        std::fs::File::open(path).map_err(|error| Failure::of_file(path, "read", &error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let bar = progress::bar(path);
        let examined = examine_watched(&config, path, &name, &mut |progress| progress::show(&bar, progress));
        bar.finish_and_clear();
        for examined in examined {
            let examined = memory.hold_if_fit(&config, examined).await?;
            // The next file is judged as if this one had been dropped before it.
            if let Some(dataset) = examined.dataset.as_ref().filter(|_| examined.verdict.is_published()) {
                memory.learn(dataset, &examined.figures);
            }
            tried.push((path.as_path(), examined));
        }
    }
    let answer = answer(&tried, options.format)?;
    match &options.output {
        None => output::say(answer.trim_end())?,
        Some(path) => {
            let plain = anstream::adapter::strip_str(answer.trim_end());
            std::fs::write(path, format!("{plain}\n"))
                .map_err(|error| Failure::trouble(format!("{} cannot be written: {error}", path.display())))?;
        }
    }
    let held_back = tried.iter().any(|(_, examined)| examined.verdict == Verdict::Quarantined);
    // The process ends with this: giving memory back piece by piece would only keep people waiting.
    std::mem::forget((config, tried));
    Ok(if held_back { Exit::Findings } else { Exit::Fine })
}

fn answer(tried: &[(&Path, Examined)], format: Format) -> Result<String, Failure> {
    let entries = || tried.iter().map(|(path, examined)| Entry::of(path, examined)).collect::<Vec<_>>();
    match format {
        Format::Table => Ok(entries().iter().flat_map(describe).collect::<Vec<_>>().join("\n")),
        Format::Json => serde_json::to_string_pretty(&entries()).map_err(Failure::trouble),
        Format::Junit => junit::document(&entries()).map_err(Failure::trouble),
        Format::Html => {
            let named = tried.iter().map(|(path, examined)| {
                (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), examined)
            });
            trial::page(named).map_err(Failure::trouble)
        }
    }
}

/// What the gate makes of a file, as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) table: Option<String>,
    pub(super) dataset: Option<String>,
    pub(super) periods: Vec<Period>,
    pub(super) verdict: Verdict,
    pub(super) findings: Vec<Finding>,
    /// What came of each check of the dataset.
    pub(super) checks: Vec<Checked>,
    /// What was read.
    tables: Vec<TableRead>,
}

/// What came of a check.
#[derive(Debug, Serialize)]
pub(super) struct Checked {
    pub(super) check: String,
    pub(super) outcome: Outcome,
}

impl Entry {
    fn of(path: &Path, examined: &Examined) -> Self {
        let outcomes = examined.examination.outcomes(&examined.findings);
        Self {
            file: path.display().to_string(),
            table: examined.table.clone(),
            dataset: examined.dataset.as_ref().map(|dataset| dataset.id.clone()),
            periods: examined.periods(),
            verdict: examined.verdict,
            findings: examined.findings.clone(),
            checks: outcomes.map(|(check, outcome)| Checked { check: check.to_owned(), outcome }).collect(),
            tables: examined.examination.tables.clone(),
        }
    }

    /// The file, and which of its tables it is where that is not plain.
    pub(super) fn title(&self) -> String {
        output::file(&self.file, self.table.as_deref())
    }
}

fn describe(entry: &Entry) -> Vec<String> {
    let verdict = match entry.verdict {
        Verdict::Quarantined | Verdict::Withdrawn => output::bad("would be held back"),
        Verdict::PublishedWithWarnings => output::doubtful("would be published with warnings"),
        Verdict::Published | Verdict::Duplicate | Verdict::Released => output::good("would be published"),
    };
    let dataset = entry.dataset.as_deref().unwrap_or("no dataset");
    let (title, periods) = (output::clean(&entry.title()), output::periods(&entry.periods));
    let of = format!("{dataset} {periods}");
    let mut lines = vec![format!("{title}: {verdict} ({})", of.trim_end())];
    lines.extend(entry.findings.iter().flat_map(findings::lines));
    lines
}
