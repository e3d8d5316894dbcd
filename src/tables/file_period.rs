//! The period that the name of a file says.

use std::collections::BTreeSet;

use crate::model::{Finding, Period, Severity};

use super::{PeriodSource, named_periods, period_problem::PeriodProblem, periods, settings::FileNamePattern};

/// Where the period of a row comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodOf {
    /// From the column of this name.
    Column(String),
    /// It is the same for every row.
    Fixed(Period),
}

/// The name of a file does not say its period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// The pattern does not fit.
    #[error("the name {file} does not fit `{pattern}`, so the period of its figures is unknown; rename the file")]
    NoMatch {
        /// The file's name.
        file: String,
        /// The pattern.
        pattern: String,
    },
    /// What stands there is not one period.
    #[error("the period in the name {file} is unclear: {problem}; rename the file")]
    Unclear {
        /// The file's name.
        file: String,
        /// Why.
        problem: PeriodProblem,
    },
}

impl PeriodSource {
    /// Where the periods of a file of this name (without folders) come from.
    ///
    /// # Errors
    /// The name should say the period and does not.
    pub fn of_file(&self, name: &str) -> Result<PeriodOf, FileNameError> {
        let pattern = match self {
            Self::Column(column, _) => return Ok(PeriodOf::Column(column.value.clone())),
            Self::FileName(pattern) => pattern,
        };
        pattern.of_file(name).map(PeriodOf::Fixed)
    }

    /// Where the rows say their periods: whether the file's name (without folders) speaks of others than these. What the
    /// rows say counts.
    #[must_use]
    pub fn contradiction(&self, name: &str, periods: &BTreeSet<Period>) -> Option<Finding> {
        match self {
            Self::FileName(_) => None,
            Self::Column(_, None) => named_periods::finding(name, periods),
            Self::Column(_, Some(pattern)) => pattern.contradiction(name, periods),
        }
    }
}

impl FileNamePattern {
    /// The period that a file's name says.
    fn of_file(&self, name: &str) -> Result<Period, FileNameError> {
        let pattern = &self.0;
        let file = || name.to_owned();
        let found = pattern.captures(name).and_then(|captures| captures.name("period"));
        let found = found.ok_or_else(|| FileNameError::NoMatch { file: file(), pattern: pattern.to_string() })?;
        let captures = pattern.captures(name);
        let group = |group: &str| captures.as_ref()?.name(group).map(|found| found.as_str());
        let year = group("year").and_then(periods::financial_year_of).or_else(|| group("starts")?.parse().ok());
        let period = periods::read_period(found.as_str(), year);
        period.map_err(|problem| FileNameError::Unclear { file: file(), problem })
    }

    /// What to say when the newest period of the rows is not the one that the name says.
    fn contradiction(&self, name: &str, periods: &BTreeSet<Period>) -> Option<Finding> {
        let newest = periods.iter().copied().max_by_key(|period| (period.end(), period.start()))?;
        let said = match self.of_file(name) {
            Ok(said) if newest.start() >= said.start() && newest.end() <= said.end() => return None,
            Ok(said) => {
                format!("the name {name} says {}, and the newest figures are of {}", said.label(), newest.label())
            }
            Err(problem) => problem.to_string(),
        };
        let message = format!("{said}; what the file holds was taken: see whether it is the right file");
        Some(Finding::of_file("file_name", Severity::Warning, message))
    }
}
