//! One file, read and checked: which datasets it is for, what is wrong with it, and the figures it holds. What is known
//! of earlier deliveries and other datasets is held against these afterwards: see [`super::memory::Memory::hold`].
//!
//! Nothing outside is changed, so that `bellwether validate` and the daemon judge alike.

use std::{cmp::Reverse, fs::Metadata, path::Path, sync::Arc, time::Instant};

use crate::{
    checks::Privacy,
    config::{Config, Dataset},
    intake::{Claimed, Stamp},
    model::{Examination, Finding, Period, Severity, Verdict},
    tables::Figures,
};

use super::{
    pass::{Checked, check},
    progress::{InLog, Progress},
    recognise::{Taken, recognise},
};

const CHANGED: &str = "it was written, replaced or moved while it was read, so what was read of it may be of two files; \
                       drop it again once it is complete";

/// More deliveries than a file can make; their ids count up to here.
const MOST_DATASETS: usize = 200;

/// What the gate makes of a file, or of the tables in it that are one dataset's.
#[derive(Debug)]
pub struct Examined {
    /// The dataset that recognised it.
    pub dataset: Option<Arc<Dataset>>,
    /// Which of the file's tables it is, where that is not plain.
    pub table: Option<String>,
    /// What is wrong with it, the gravest first.
    pub findings: Vec<Finding>,
    /// Whether it is fit to publish.
    pub verdict: Verdict,
    /// What it holds.
    pub figures: Arc<Figures>,
    /// What was read of it, and which checks were made.
    pub examination: Examination,
}

impl Examined {
    fn decide(dataset: Option<Arc<Dataset>>, findings: Vec<Finding>, figures: Arc<Figures>) -> Self {
        // Whoever found it, and whatever it quotes: from here on it is reported, kept and sent.
        let privacy = privacy(dataset.as_deref());
        let mut findings: Vec<Finding> = findings.into_iter().map(|finding| privacy.hide(finding)).collect();
        findings.sort_by_key(|finding| Reverse(finding.severity));
        let verdict = Verdict::of(&findings);
        Self { dataset, table: None, findings, verdict, figures, examination: Examination::default() }
    }

    /// Held back for one reason, before anything could be read.
    #[must_use]
    pub fn refused(dataset: Option<Arc<Dataset>>, check: &str, message: impl Into<String>) -> Self {
        let finding = Finding::of_file(check, Severity::Error, message);
        Self::decide(dataset, vec![finding], Arc::default())
    }

    /// Held back for one reason, whatever was read.
    fn but(self, check: &str, message: &str) -> Self {
        Self { table: self.table, ..Self::refused(self.dataset, check, message) }
    }

    /// The same file with one more finding.
    #[must_use]
    pub fn with(self, finding: Finding) -> Self {
        self.with_all([finding])
    }

    /// The same file with what the checks of its figures found.
    #[must_use]
    pub fn held(mut self, findings: Vec<Finding>) -> Self {
        for name in self.dataset.iter().flat_map(|dataset| dataset.checks.names_of_figures()) {
            if !self.examination.checks.iter().any(|made| made == name) {
                self.examination.checks.push(name.to_owned());
            }
        }
        self.with_all(findings)
    }

    /// The same file with more findings.
    fn with_all(mut self, findings: impl IntoIterator<Item = Finding>) -> Self {
        self.findings.extend(findings);
        let Self { table, examination, .. } = self;
        Self { table, examination, ..Self::decide(self.dataset, self.findings, self.figures) }
    }

    /// The periods that it holds figures for, in order.
    #[must_use]
    pub fn periods(&self) -> Vec<Period> {
        self.figures.periods.iter().copied().collect()
    }
}

/// What is hidden in the findings about a file, also of no dataset.
fn privacy(dataset: Option<&Dataset>) -> Privacy {
    dataset.map_or_else(Privacy::default, |dataset| dataset.checks.privacy())
}

/// Reads and checks a file; `name` is the name that it was dropped with. There is one answer for each dataset that takes
/// a table of it, and at least one. The log says how far a long read is.
#[must_use]
pub fn examine(config: &Config, path: &Path, name: &str) -> Vec<Examined> {
    let mut log = InLog::new(name, Instant::now());
    examine_watched(config, path, name, &mut |progress| {
        log.tell(progress, Instant::now());
    })
}

/// As [`examine`]; `watch` is told every few thousand rows how far the reading is.
pub fn examine_watched(config: &Config, path: &Path, name: &str, watch: &mut dyn FnMut(Progress)) -> Vec<Examined> {
    // A file is opened more than once, and read in several places at a time.
    let stamp = || path.metadata().ok().filter(Metadata::is_file).map(|metadata| Stamp::of(&metadata));
    let before = stamp();
    let examined = examine_once(config, path, name, watch);
    let is_same = before.is_none_or(|before| stamp().is_some_and(|after| after.same_content(&before)));
    if is_same { examined } else { examined.into_iter().map(|of| of.but("changed", CHANGED)).collect() }
}

fn examine_once(config: &Config, path: &Path, name: &str, watch: &mut dyn FnMut(Progress)) -> Vec<Examined> {
    let recognised = match recognise(config, path, name) {
        Err(reason) => return vec![Examined::refused(None, "unrecognised", reason)],
        Ok(recognised) if recognised.datasets.len() > MOST_DATASETS => {
            let reason = format!("it holds tables of more than {MOST_DATASETS} datasets; split it");
            return vec![Examined::refused(None, "unrecognised", reason)];
        }
        Ok(recognised) => recognised,
    };
    let mut examined: Vec<Examined> =
        recognised.datasets.iter().map(|taken| examine_dataset(taken, path, name, watch)).collect();
    if let Some(left) = left_out(&recognised.left) {
        examined = examined.into_iter().map(|examined| examined.with(left.clone())).collect();
    }
    examined
}

/// What no dataset takes is said, so that nobody believes it was read.
fn left_out(members: &[String]) -> Option<Finding> {
    let (first, rest) = members.split_first()?;
    let message = match rest.len() {
        0 => format!("`{first}` in the archive is not read: no dataset takes files of its name"),
        more => format!("`{first}` and {more} more in the archive are not read: no dataset takes files of their names"),
    };
    Some(Finding::of_file("not_read", Severity::Note, message))
}

/// Reads and checks the tables that one dataset takes from a file.
fn examine_dataset(taken: &Taken, path: &Path, name: &str, watch: &mut dyn FnMut(Progress)) -> Examined {
    let sources = taken.sources(path);
    let (mut findings, mut figures) = (Vec::new(), Figures::default());
    let (mut first, mut examination): (Option<String>, _) = (None, Examination::default());
    for source in &sources {
        // The name of a file says its period; that of a member as well.
        let own = source.member.map(|_| source.name());
        match check(&taken.dataset, *source, own.as_deref().unwrap_or(name), watch) {
            Err(message) => findings.push(Finding::of_file("unreadable", Severity::Error, message)),
            Ok(Checked { findings: mut found, figures: of_table, examination: mut read }) => {
                if sources.len() > 1 {
                    for finding in &mut found {
                        place_in(finding, &source.name());
                    }
                    read.tables.iter_mut().for_each(|table| table.member = Some(source.name()));
                }
                examination.join(read);
                findings.append(&mut found);
                figures.join(of_table, [first.as_deref().unwrap_or(name), &source.name()]);
            }
        }
        first.get_or_insert_with(|| source.name());
    }
    findings.append(&mut figures.findings);
    hide_headers(&mut examination, privacy(Some(&taken.dataset)));
    Examined {
        table: taken.table(),
        examination,
        ..Examined::decide(Some(Arc::clone(&taken.dataset)), findings, Arc::new(figures))
    }
}

/// A header may be a cell of a row that was taken for one.
fn hide_headers(examination: &mut Examination, privacy: Privacy) {
    for table in &mut examination.tables {
        let found = table.columns.iter_mut().filter_map(|column| column.header.as_mut());
        for header in found.chain(&mut table.unexpected) {
            *header = privacy.hide_in_text(header);
        }
    }
}

/// Says in which member of an archive a finding is.
pub(super) fn place_in(finding: &mut Finding, member: &str) {
    finding.message = format!("{member}: {}", finding.message);
    for row in &mut finding.rows {
        row.sheet = Some(row.sheet.take().map_or_else(|| member.to_owned(), |sheet| format!("{member}/{sheet}")));
    }
}

/// Examines a claimed file away from the runtime's own threads. A fault of the program in reading one file holds that file
/// back; the next one is served.
pub async fn look(config: &Arc<Config>, claimed: &Claimed) -> Vec<Examined> {
    let (config, path, name) = (Arc::clone(config), claimed.path.clone(), claimed.file_name.clone());
    let examined = tokio::task::spawn_blocking(move || examine(&config, &path, &name)).await;
    examined.unwrap_or_else(|panic| {
        tracing::error!(file = claimed.file_name, %panic, "reading the file failed");
        vec![Examined::refused(None, "fault", "reading this file ended in a fault of the program; please report it")]
    })
}
