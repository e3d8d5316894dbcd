//! A sample file → proposed dataset definitions, as commented YAML.
//!
//! The table is found by its look (`place`, `heading`), and so is its layout (`shape`); what its columns hold is found by
//! the reader itself: the sample is read once as each kind, and a column is of the kind as which its cells can be read.
//! The settings that it is read with are parsed from the text that is written, so what is proposed is what will be read.
//! Where figures could be read in two ways, a question stands in place of a guess.

mod also;
mod alternate;
mod bare;
mod beyond;
mod columns;
mod dates;
mod file_name;
mod heading;
mod held;
mod key;
mod names;
mod nearly;
mod notes;
mod nulls;
mod periods;
mod place;
mod questions;
mod relations;
mod sample;
mod shape;
mod spec;
mod stacked;
mod totals;
mod withheld;
mod write;
mod years;

use std::{collections::BTreeSet, path::Path};

use self::{
    columns::{Column, Columns},
    file_name::Name,
    place::Place,
    questions::Question,
    sample::{Printed, Reading, Sample, Source},
    years::Years,
};
use super::{
    ReadError,
    error::{self, Limits},
};
use crate::model::{ColumnKind, Period};

/// A dataset definition that takes the sample as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the dataset may be called: `config/datasets/<id>.yaml`.
    pub id: String,
    /// The sheet that it is for, where a workbook has several with a table.
    pub sheet: Option<String>,
    /// The definition, commented.
    pub yaml: String,
    /// What only people can answer; each is a comment in the definition too, with the ways to write an answer.
    pub questions: Vec<String>,
}

/// The group that is to answer for the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steward {
    /// Its id.
    pub group: String,
    /// Whether there is such a group; if not, the definition says that it is a placeholder.
    pub is_known: bool,
}

/// Nothing can be proposed.
#[derive(Debug, thiserror::Error)]
pub enum InferError {
    /// The file cannot be read as a table.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No row looks like a header.
    #[error(
        "where is the table in {file}? None of its first {searched} rows is a row of column names with rows of the same \
         width below it; give it one, or describe the layout by hand (see `table` in the shipped datasets)"
    )]
    NoTable {
        /// The file's name without folders.
        file: String,
        /// How many rows were looked at.
        searched: usize,
    },
    /// The first row of the table is one of its data.
    #[error(
        "what are the columns of {file} called? Row {row} looks like data, not like column names ({data}); put a row of names \
         above it"
    )]
    NoHeader {
        /// The file's name without folders.
        file: String,
        /// Its number in the file, from 1.
        row: u64,
        /// What shows it.
        data: String,
    },
    /// A sheet was named of a file that has none.
    #[error("{file} is no workbook and has no sheets; leave the sheet out")]
    NoSheets {
        /// The file's name without folders.
        file: String,
    },
    /// A layout was found that the reader does not take: a fault of this program.
    #[error("the layout that was found contradicts itself ({settings}); please report it, with the header of the file")]
    Contradiction {
        /// The settings.
        settings: String,
    },
}

impl InferError {
    /// Whether it says that a table is none, not that the file cannot be read.
    fn is_of_the_table(&self) -> bool {
        matches!(self, Self::NoTable { .. } | Self::NoHeader { .. })
    }
}

/// Proposes a dataset for files like this one: one for each sheet of a workbook that is not hidden and holds a table, or
/// for `sheet` alone. Kinds and checks come from the first 10,000 rows; all rows are counted.
///
/// # Errors
/// The file cannot be read, or no table is found in it.
pub fn infer(
    path: &Path,
    steward: &Steward,
    sheet: Option<&str>,
    limits: &Limits,
) -> Result<Vec<Proposal>, InferError> {
    let file = error::file_name(path);
    let place::Found { places, mut unread, small } = place::find(path, &file, sheet, limits)?;
    let several = places.len() > 1;
    let (id, mut ids) = (file_name::read(&file).id, BTreeSet::new());
    let (mut tables, mut refused) = (Vec::new(), None);
    for place in &places {
        let sheet = place.sheet.as_deref().filter(|_| several);
        let id = names::id_of_sheet(&id, sheet, &mut ids);
        match understand(path, &file, place, limits) {
            Ok(understood) => tables.push((id, understood)),
            // One sheet that is no table keeps nobody from the others.
            Err(error) if error.is_of_the_table() => {
                unread.extend(sheet.map(str::to_owned));
                refused.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    if let (true, Some(error)) = (tables.is_empty(), refused) {
        return Err(error);
    }
    let asked = unread.iter().map(|sheet| unread_sheet(sheet)).collect();
    // Said once, beside the first of the tables.
    let others = std::iter::once(Others { asked, small }).chain(std::iter::repeat_with(Others::default));
    let propose = |((id, understood), others)| propose(&file, steward, id, &understood, others);
    Ok(tables.into_iter().zip(others).map(propose).collect())
}

/// What a table was found to be.
struct Understood<'a> {
    name: Name,
    sample: Sample<'a>,
    columns: Columns,
}

/// What is to be said of the other sheets of a workbook.
#[derive(Default)]
struct Others {
    asked: Vec<Question>,
    /// Those that are left out, for their few figures.
    small: Vec<String>,
}

fn unread_sheet(sheet: &str) -> Question {
    Question::new(&format!(
        "Is the sheet {} wanted? It holds figures, but no row of column names was found above them: give it one, or describe \
         its layout by hand. It is not read as it stands",
        names::quoted(sheet)
    ))
}

fn understand<'a>(
    path: &'a Path,
    file: &str,
    place: &'a Place,
    limits: &'a Limits,
) -> Result<Understood<'a>, InferError> {
    let rows = place.held.rows.as_slice();
    if let Some(data) = bare::data_as_header(rows, &place.heading) {
        return Err(InferError::NoHeader { file: file.to_owned(), row: place.heading.last_row, data });
    }
    let name = file_name::read(file);
    let years = years::read(file, rows.get(..place.heading.first).unwrap_or_default());
    let shape = shape::find(rows, &place.heading, &years, place.held.sheet.is_some());
    let mut sample = Sample { path, limits, place, shape, years, needs_year: false };
    let mut columns = columns::settle(&mut sample).map_err(|error| match error {
        // No column is told from the others by its name.
        InferError::Read(ReadError::NoHeader { file, searched, .. }) => InferError::NoTable { file, searched },
        error => error,
    })?;
    if columns.rows == 0 {
        // What looked like rows is footnotes, or blank.
        return Err(InferError::NoTable { file: file.to_owned(), searched: place.heading.first + 1 });
    }
    if let Some((period, pattern)) = &sample.years.month {
        say_month_in_title(&mut columns, (*period, pattern), &name);
    }
    Ok(Understood { name, sample, columns })
}

fn propose(file: &str, steward: &Steward, id: String, understood: &Understood<'_>, others: Others) -> Proposal {
    let Understood { name, sample, columns } = understood;
    let mut questions = questions(sample, columns, name);
    questions.extend(others.asked);
    write::proposal(&write::Parts { file, id, steward, sample, columns, name, questions, small: others.small })
}

/// The month that the rows above the table say is the period, unless the file's name says another; where a column says it
/// too, it is held against that.
fn say_month_in_title(columns: &mut Columns, (month, pattern): (Period, &str), name: &Name) {
    match columns.period.and_then(|at| columns.all.get(at)) {
        None if name.period.as_ref().is_none_or(|(named, _)| *named == month) => {
            let taken = columns.all.iter().any(|column| column.printed.name == "period");
            let name = if taken { "reporting_period" } else { "period" };
            columns.period = Some(columns.all.len());
            columns.all.push(in_title(name, month, pattern));
        }
        Some(column) if column.reading.periods.iter().all(|period| *period == month.to_string()) => {
            let mut column = in_title("month_in_title", month, pattern);
            column.printed.optional = true;
            columns.all.push(column);
        }
        _ => {}
    }
}

/// The period that the rows above the table say, as a column.
fn in_title(name: &str, month: Period, pattern: &str) -> Column {
    let period = &month.to_string();
    let printed = Printed {
        texts: vec![period.to_owned()],
        ..Printed::made(name.to_owned(), Source::InTitle(pattern.to_owned()))
    };
    let reading = Reading { values: 1, periods: vec![period.to_owned()], ..Reading::default() };
    let seen = [(period.to_owned(), 1)].into();
    Column { printed, kind: ColumnKind::Period, reading, blank: 0, seen, extra: String::new(), suppressed_below: None }
}

fn questions(sample: &Sample<'_>, columns: &Columns, name: &Name) -> Vec<Question> {
    let mut questions = sample.shape.questions.clone();
    // A total that says so in place of its period is followed with no period.
    let said =
        columns.period.and_then(|at| columns.all.get(at)).is_some_and(|period| period.extra.contains("not_applicable"));
    questions.extend(sample.shape.of_totals.clone().filter(|_| !said));
    questions.extend(columns.questions.iter().cloned());
    if columns.period.is_none() && name.period.is_none() {
        questions.push(Question::new(&format!(
            "Which period are the figures for? Neither a column{}, nor the file's name, nor a title says it. As it stands, \
             the definition takes files whose name holds a month, such as 2025-10",
            unread_period(columns)
        )));
    }
    if name.doubtful_year && columns.period.is_none() {
        questions.push(Question::new(
            "Does the financial year in the file's name begin or end in that year? It is taken to begin in it",
        ));
    }
    questions.extend(contradiction(&sample.years, columns, name));
    if columns.labels.is_none() {
        questions.push(Question::new(
            "What tells one row from another? No text columns do, so no measure is proposed: two rows for the same \
             series and period would hold the file back",
        ));
    }
    if columns.all.iter().all(|column| !column.is_figure()) {
        questions.push(Question::new("What is to be followed over time? No column holds figures alone"));
    }
    questions
}

/// Why a column that is called a period is none: ` (`quarter` holds `Q1`: …)`.
fn unread_period(columns: &Columns) -> String {
    let called = |column: &&Column| column.kind == ColumnKind::Text && columns::says_period(column);
    let why = columns.all.iter().filter(called).find_map(|column| {
        let text = column.seen.keys().next()?;
        let problem = super::periods::read_period(text, None).err()?;
        Some(format!(" (in `{}`, {problem})", column.printed.name))
    });
    why.unwrap_or_default()
}

/// The name of a file says another month than its titles.
fn contradiction(years: &Years, columns: &Columns, name: &Name) -> Option<Question> {
    let ((titled, _), (named, _)) = (years.month.as_ref()?, name.period.as_ref()?);
    let differ = columns.period.is_none() && titled.granularity() == named.granularity() && titled != named;
    differ.then(|| {
        Question::open(&format!("The name says {named}, and a title {titled}: which period are the figures for"))
            .or("if the title's, as the period", "period: { column: period }")
            .or("and under `columns`", "period: { kind: period, from: { title: '(?<value>[A-Za-z]+ \\d{4})' } }")
    })
}
