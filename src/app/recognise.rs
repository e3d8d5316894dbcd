//! Which datasets the tables of a file are for: by its name, and where several datasets take the name, by its headers.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    config::{Config, Dataset},
    model::{Delivery, Period},
    tables::{self, HeaderMatch, Limits, PeriodOf, TableSource},
};

/// What a file is made of.
#[derive(Debug)]
pub struct Recognised {
    /// The datasets, each once.
    pub datasets: Vec<Taken>,
    /// The members of an archive that no dataset takes.
    pub left: Vec<String>,
}

/// A dataset, and what it takes from a file.
#[derive(Debug)]
pub struct Taken {
    /// The dataset.
    pub dataset: Arc<Dataset>,
    /// The members of an archive; empty where the file itself is meant.
    pub members: Vec<String>,
    /// The sheet of a workbook that several datasets read.
    pub sheet: Option<Arc<str>>,
}

impl Taken {
    /// The tables that it takes from the file.
    #[must_use]
    pub fn sources<'a>(&'a self, path: &'a Path) -> Vec<TableSource<'a>> {
        match self.members.as_slice() {
            [] => vec![TableSource::from(path)],
            members => members.iter().map(|member| TableSource { path, member: Some(member) }).collect(),
        }
    }

    /// Which of the file's tables it takes, for people.
    #[must_use]
    pub fn table(&self) -> Option<String> {
        match self.members.as_slice() {
            [] => self.sheet.as_deref().map(str::to_owned),
            [only] => Some(only.clone()),
            [first, rest @ ..] => Some(format!("{first} and {} more", rest.len())),
        }
    }
}

/// The datasets that take the tables of a file, which was dropped as `name`.
///
/// # Errors
/// None does, or it cannot be told which: the reason, for people.
pub fn recognise(config: &Config, path: &Path, name: &str) -> Result<Recognised, String> {
    // An archive is a folder of files: what datasets take by its own name is a file like any other.
    let (mut members, mut left) = (Vec::new(), Vec::new());
    for member in tables::members(path).map_err(|error| error.to_string())? {
        let source = TableSource { path, member: Some(&member) };
        match candidates(config, &source.name()).as_slice() {
            [] => left.push(member),
            several => {
                let chosen = choose(several, source, &source.name())?;
                members.extend(chosen.into_iter().map(|(dataset, sheet)| (dataset, sheet, member.clone())));
            }
        }
    }
    if !members.is_empty() {
        return Ok(Recognised { datasets: by_dataset(members), left });
    }
    let candidates = candidates(config, name);
    if candidates.is_empty() {
        return Err(nobody_takes(config, path, name));
    }
    let chosen = choose(&candidates, path.into(), name)?;
    let taken = |(dataset, sheet)| Taken { dataset, members: Vec::new(), sheet };
    Ok(Recognised { datasets: chosen.into_iter().map(taken).collect(), left: Vec::new() })
}

/// What a delivery's dataset takes from its file; none where the dataset does not take it any more.
///
/// # Errors
/// As [`recognise`].
pub fn taken_by(config: &Config, path: &Path, delivery: &Delivery) -> Result<Option<Taken>, String> {
    let taken = recognise(config, path, &delivery.file)?.datasets;
    Ok(taken.into_iter().find(|taken| Some(&taken.dataset.id) == delivery.dataset.as_ref()))
}

/// A dataset and, where the file's name says it, the period: what the name claims of a file before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The dataset's id.
    pub dataset: String,
    /// The period that the name says.
    pub period: Option<Period>,
}

/// Where the tables of a file belong by its name; empty when no dataset takes it.
#[must_use]
pub fn addresses(config: &Config, path: &Path, name: &str) -> Vec<Address> {
    let taken = recognise(config, path, name).map(|recognised| recognised.datasets).unwrap_or_default();
    let address = |taken: Taken| {
        let period = match taken.dataset.period.of_file(name) {
            Ok(PeriodOf::Fixed(period)) if taken.members.is_empty() => Some(period),
            Ok(_) | Err(_) => None,
        };
        Address { dataset: taken.dataset.id.clone(), period }
    };
    taken.into_iter().map(address).collect()
}

fn candidates(config: &Config, name: &str) -> Vec<Arc<Dataset>> {
    config.datasets.values().filter(|dataset| dataset.takes_name(name)).cloned().collect()
}

fn nobody_takes(config: &Config, path: &Path, name: &str) -> String {
    let like = config.datasets.values().find(|dataset| {
        tables::probe(path, &dataset.table, &Limits::default())
            .is_ok_and(|header| header.declared > 0 && header.found == header.declared)
    });
    let hint = like.map_or(String::new(), |dataset| {
        format!("; its columns are those of `{}`, whose files are named otherwise", dataset.id)
    });
    format!("no dataset takes files named `{name}`{hint}. Rename it, or add its name to a dataset's `files`")
}

/// A dataset, and the sheet that it reads where others read other sheets.
type Chosen = (Arc<Dataset>, Option<Arc<str>>);

/// A dataset, and how a header answers to it.
type Answer<'a> = (&'a Arc<Dataset>, HeaderMatch);

/// One dataset of those that take the name; or several, where each finds a sheet of its own in a workbook.
fn choose(candidates: &[Arc<Dataset>], source: TableSource<'_>, name: &str) -> Result<Vec<Chosen>, String> {
    if let [only] = candidates {
        return Ok(vec![(Arc::clone(only), None)]);
    }
    let mut problem = None;
    let mut headers = Vec::new();
    for dataset in candidates {
        match tables::probe(source, &dataset.table, &Limits::default()) {
            Ok(header) => headers.push((dataset, header)),
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    if let (true, Some(problem)) = (headers.is_empty(), problem) {
        return Err(problem.to_string());
    }
    // A sheet that a dataset names is its own, whatever stands in it; others must have all that it requires.
    let mut by_sheet: BTreeMap<Option<Arc<str>>, Vec<&Answer<'_>>> = BTreeMap::new();
    let complete = |dataset: &Dataset, header: &HeaderMatch| {
        header.missing.is_empty() || (dataset.table.names_its_sheet() && header.sheet.is_some())
    };
    for answer in headers.iter().filter(|(dataset, header)| complete(dataset, header)) {
        by_sheet.entry(answer.1.sheet.clone()).or_default().push(answer);
    }
    if by_sheet.is_empty() {
        by_sheet.insert(None, headers.iter().collect());
    }
    let several = by_sheet.len() > 1;
    let best = by_sheet
        .into_iter()
        .map(|(sheet, answers)| best(&answers, name).map(|dataset| (dataset, sheet.filter(|_| several))));
    best.collect()
}

/// The dataset to whose columns the header answers best.
fn best(answers: &[&Answer<'_>], name: &str) -> Result<Arc<Dataset>, String> {
    let share =
        |header: &HeaderMatch| if header.declared == 0 { 0.0 } else { header.found as f64 / header.declared as f64 };
    let most = answers.iter().map(|(_, header)| share(header)).fold(0.0, f64::max);
    let equal: Vec<&Arc<Dataset>> =
        answers.iter().filter(|(_, header)| share(header) >= most).map(|(dataset, _)| *dataset).collect();
    match equal.as_slice() {
        [only] => Ok(Arc::clone(only)),
        several => {
            let ids: Vec<String> = several.iter().map(|dataset| format!("`{}`", dataset.id)).collect();
            Err(format!(
                "the datasets {} take files named `{name}`, and its header does not tell which",
                ids.join(", ")
            ))
        }
    }
}

/// Each dataset once, with all members that it takes, in their order.
fn by_dataset(members: Vec<(Arc<Dataset>, Option<Arc<str>>, String)>) -> Vec<Taken> {
    let mut datasets: Vec<Taken> = Vec::new();
    for (dataset, sheet, member) in members {
        match datasets.iter_mut().find(|taken| taken.dataset.id == dataset.id) {
            Some(taken) => taken.members.push(member),
            None => datasets.push(Taken { dataset, members: vec![member], sheet }),
        }
    }
    datasets
}
