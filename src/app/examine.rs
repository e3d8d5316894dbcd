//! One file, read and checked: which dataset it belongs to, what is wrong with it, and the figures it holds.
//!
//! Nothing outside is changed, so that `bellwether validate` and the daemon judge alike.

use std::{cmp::Reverse, path::Path, sync::Arc, time::Instant};

use crate::{
    config::{Config, Dataset},
    intake::Claimed,
    model::{Finding, Period, Severity, Verdict},
    tables::{self, Extractor, Figures, Limits, PeriodOf, Table},
};

use super::progress::{InLog, Progress};

/// What the gate makes of a file.
#[derive(Debug)]
pub struct Examined {
    /// The dataset that recognised it.
    pub dataset: Option<Arc<Dataset>>,
    /// What is wrong with it, the gravest first.
    pub findings: Vec<Finding>,
    /// Whether it is fit to publish.
    pub verdict: Verdict,
    /// What it holds.
    pub figures: Figures,
}

impl Examined {
    fn decide(dataset: Option<Arc<Dataset>>, mut findings: Vec<Finding>, figures: Figures) -> Self {
        findings.sort_by_key(|finding| Reverse(finding.severity));
        let verdict = Verdict::of(&findings);
        Self { dataset, findings, verdict, figures }
    }

    /// Held back for one reason, before anything could be read.
    #[must_use]
    pub fn refused(dataset: Option<Arc<Dataset>>, check: &str, message: impl Into<String>) -> Self {
        let finding = Finding::of_file(check, Severity::Error, message);
        Self::decide(dataset, vec![finding], Figures::default())
    }

    /// The same file with one more finding.
    #[must_use]
    pub fn with(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        Self::decide(self.dataset, self.findings, self.figures)
    }

    /// The periods that it holds figures for, in order.
    #[must_use]
    pub fn periods(&self) -> Vec<Period> {
        self.figures.periods.iter().copied().collect()
    }
}

/// Reads and checks a file. `name` is the name that it was dropped with. The log says how far a long read is.
#[must_use]
pub fn examine(config: &Config, path: &Path, name: &str) -> Examined {
    let mut log = InLog::new(name, Instant::now());
    examine_watched(config, path, name, &mut |progress| {
        log.tell(progress, Instant::now());
    })
}

/// As [`examine`]; `watch` is told every few thousand rows how far the reading is.
pub fn examine_watched(config: &Config, path: &Path, name: &str, watch: &mut dyn FnMut(Progress)) -> Examined {
    match recognise(config, path, name) {
        Err(reason) => Examined::refused(None, "unrecognised", reason),
        Ok(dataset) => match check(&dataset, path, name, watch) {
            Ok((findings, figures)) => Examined::decide(Some(dataset), findings, figures),
            Err(message) => Examined::refused(Some(dataset), "unreadable", message),
        },
    }
}

/// Examines a claimed file away from the runtime's own threads. A fault of the program in reading one file holds that file
/// back; the next one is served.
pub async fn look(config: &Arc<Config>, claimed: &Claimed) -> Examined {
    let (config, path, name) = (Arc::clone(config), claimed.path.clone(), claimed.file_name.clone());
    let examined = tokio::task::spawn_blocking(move || examine(&config, &path, &name)).await;
    examined.unwrap_or_else(|panic| {
        tracing::error!(file = claimed.file_name, %panic, "reading the file failed");
        Examined::refused(None, "fault", "reading this file ended in a fault of the program; please report it")
    })
}

/// The dataset that takes a file, and the period that its name says, where its dataset has it there.
#[must_use]
pub fn address(config: &Config, path: &Path, name: &str) -> Option<(String, Option<Period>)> {
    let dataset = recognise(config, path, name).ok()?;
    let period = match dataset.period.of_file(name) {
        Ok(PeriodOf::Fixed(period)) => Some(period),
        Ok(PeriodOf::Column(_)) | Err(_) => None,
    };
    Some((dataset.id.clone(), period))
}

/// The dataset whose name pattern the file fits, and of several the one whose columns it has.
fn recognise(config: &Config, path: &Path, name: &str) -> Result<Arc<Dataset>, String> {
    let candidates: Vec<_> = config.datasets.values().filter(|dataset| dataset.takes_name(name)).collect();
    // The share of the dataset's columns that the file has.
    let likeness = |dataset: &Dataset| match tables::probe(path, &dataset.table, &Limits::default()) {
        Ok(header) if header.declared > 0 => header.found as f64 / header.declared as f64,
        _ => 0.0,
    };
    match candidates.as_slice() {
        [] => {
            let like = config.datasets.values().find(|dataset| likeness(dataset) >= 1.0);
            let hint = like.map_or(String::new(), |dataset| {
                format!("; its columns are those of `{}`, whose files are named otherwise", dataset.id)
            });
            Err(format!(
                "no dataset takes files named `{name}`{hint}. Rename it, or add its name to a dataset's `files`"
            ))
        }
        [only] => Ok(Arc::clone(only)),
        several => {
            let mut scored: Vec<_> = several.iter().map(|dataset| (likeness(dataset), *dataset)).collect();
            scored.sort_by(|a, b| b.0.total_cmp(&a.0));
            match scored.as_slice() {
                [first, second, ..] if first.0 > second.0 => Ok(Arc::clone(first.1)),
                _ => {
                    let ids: Vec<String> = several.iter().map(|dataset| format!("`{}`", dataset.id)).collect();
                    Err(format!(
                        "the datasets {} take files named `{name}`, and its header does not tell which",
                        ids.join(", ")
                    ))
                }
            }
        }
    }
}

/// One pass over the rows feeds every check and gathers the measures.
fn check(
    dataset: &Dataset,
    path: &Path,
    name: &str,
    watch: &mut dyn FnMut(Progress),
) -> Result<(Vec<Finding>, Figures), String> {
    let period = dataset.period.of_file(name).map_err(|error| error.to_string())?;
    let mut measures =
        Extractor::new(&dataset.measures, &dataset.table.schema(), &period).map_err(|error| error.to_string())?;
    let mut table = Table::open(path, &dataset.table, &Limits::default()).map_err(|error| error.to_string())?;
    let mut run = dataset.checks.start();
    run.header(table.header());
    let size = path.metadata().map_or(0, |metadata| metadata.len());
    let mut rows = 0;
    while let Some(batch) = table.next_batch().map_err(|error| error.to_string())? {
        run.observe(&batch);
        measures.observe(&batch);
        rows += batch.rows.len() as u64;
        watch(Progress { rows, read: table.bytes_read(), size });
    }
    let mut figures = measures.finish();
    let mut findings = table.findings();
    findings.extend(run.finish());
    findings.append(&mut figures.findings);
    Ok((findings, figures))
}
