//! `freshness`: the newest period in the file is not the one that it should be.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | the period column |
//! | `file_name` | a regular expression whose group `period` finds the expected period in the file's name: `2025-10`, `2025_10`, `2025/26-Q3` |
//! | `at_least` | the oldest that the newest period may be |
//!
//! One of the two, or both. Periods of other lengths than the expected one are left out. Only what stands in the file and its
//! name is looked at, never the date of today.
//!
//! ```yaml
//! - freshness: { column: period, file_name: 'activity-(?<period>\d{4}-\d{2})' }
//! ```
//!
//! Finding: `the newest period is 2025-09; 2025-10 is what the file's name says`

use regex::Regex;
use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{Declared, Field},
    failures::quoted,
    rows::Rows,
};
use crate::{
    model::{Cell, Column, ColumnKind, Memo, Period, Severity},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `freshness`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freshness {
    column: Located<String>,
    #[serde(default)]
    file_name: Option<Located<String>>,
    #[serde(default)]
    at_least: Option<Located<String>>,
}

impl Kind for Freshness {
    const LOOKS: Looks = Looks::Whole;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(self.periods(context).map_err(Problems::from));
        let file_name =
            self.file_name.as_ref().and_then(|pattern| problems.take(named(pattern).map_err(Problems::from)));
        let at_least = self.at_least.as_ref().and_then(|period| problems.take(read(period).map_err(Problems::from)));
        if self.file_name.is_none() && self.at_least.is_none() {
            problems.push(Problem::new(place.clone(), "what is fresh must be said by `file_name`, `at_least` or both"));
        }
        problems.into_result()?;
        let Some(column) = column else { return Err(Problems::default()) };
        Ok(Box::new(Compiled { column, file_name, at_least }))
    }
}

impl Freshness {
    fn periods(&self, context: Context<'_>) -> Result<Declared, Problem> {
        let column = Declared::find(&self.column, context.schema)?;
        if column.kind == ColumnKind::Period {
            return Ok(column);
        }
        let message = format!("`{}` is a {} column and holds no periods", column.name, column.kind.name());
        Err(Problem::new(self.column.place.clone(), message))
    }
}

fn named(pattern: &Located<String>) -> Result<Regex, Problem> {
    let refused = |message: String| Problem::new(pattern.place.clone(), message);
    let regex = Regex::new(pattern).map_err(|error| {
        let text = error.to_string();
        let why = text.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
        refused(format!("this is no regular expression: {why}"))
    })?;
    if !regex.capture_names().flatten().any(|name| name == "period") {
        return Err(refused("there is no group `(?<period>…)` here".to_owned()));
    }
    Ok(regex)
}

fn read(text: &Located<String>) -> Result<Period, Problem> {
    let problem = || Problem::new(text.place.clone(), format!("`{}` is no period", text.value));
    text.parse().map_err(|_| problem().hint("write 2025-10, 2025/26-Q3, 2025/26, 2025 or 2025-W41"))
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    file_name: Option<Regex>,
    at_least: Option<Period>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let name = &file.about.name;
        let by_name = self.file_name.as_ref().map(|pattern| {
            let found = pattern.captures(name).and_then(|captures| captures.name("period"));
            found.and_then(|found| found.as_str().replace('_', "-").parse().ok()).ok_or_else(|| name.clone())
        });
        let field = self.column.in_file(file.header)?;
        Some(Box::new(Newest {
            field,
            asked: Memo::default(),
            by_name,
            at_least: self.at_least,
            of_each_length: Vec::new(),
        }))
    }
}

#[derive(Debug)]
struct Newest {
    field: Field,
    /// The distinct cells that were looked at.
    asked: Memo<()>,
    /// The period that the file's name says, or the name that says none.
    by_name: Option<Result<Period, String>>,
    at_least: Option<Period>,
    /// The newest period of each length.
    of_each_length: Vec<Period>,
}

impl Newest {
    fn add_cell(&mut self, cell: Cell) {
        if let Cell::Period(period) = cell {
            self.add(period);
        }
    }

    fn add(&mut self, period: Period) {
        match self.of_each_length.iter_mut().find(|known| known.granularity() == period.granularity()) {
            Some(known) if *known < period => *known = period,
            Some(_) => {}
            None => self.of_each_length.push(period),
        }
    }

    /// The newest of the same length as another.
    fn like(&self, expected: Period) -> Option<Period> {
        self.of_each_length.iter().copied().find(|period| period.granularity() == expected.granularity())
    }

    fn judge(&self, expected: Period, fresh: impl Fn(Period) -> bool, why: &str) -> Option<Found> {
        let title = self.field.title();
        match self.like(expected) {
            None => Some(Found::in_file(format!("{title} holds no period like {expected}, which {why}"))),
            Some(newest) if fresh(newest) => None,
            Some(newest) => Some(Found::in_file(format!("the newest {title} is {newest}; {expected} {why}"))),
        }
    }
}

impl Tally for Newest {
    fn observe(&mut self, rows: &Rows<'_>) {
        let coded = self.field.in_batch(rows.batch).and_then(Column::coded).filter(|_| rows.are_all());
        if let Some((_, dictionary)) = coded {
            // Each entry stands in some row that was looked at.
            let mut new = Vec::new();
            self.asked.ask(dictionary, |_, cell| new.push(cell));
            for cell in new {
                self.add_cell(cell);
            }
            return;
        }
        for index in rows.indices() {
            self.add_cell(self.field.cell(rows.batch, index));
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        other.of_each_length.into_iter().for_each(|period| self.add(period));
    }

    fn finish(self: Box<Self>, _total: u64) -> Vec<Found> {
        let by_name = match &self.by_name {
            None => None,
            Some(Ok(expected)) => self.judge(*expected, |newest| newest == *expected, "is what the file's name says"),
            Some(Err(name)) => {
                let seen = format!("the name {} says no period to hold the newest against", quoted(name));
                Some(Found::in_file(seen).aside(Severity::Warning))
            }
        };
        let at_least = self.at_least;
        let old =
            at_least.and_then(|least| self.judge(least, |newest| newest >= least, "is the oldest that it may be"));
        by_name.into_iter().chain(old).collect()
    }
}
