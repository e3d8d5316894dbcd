//! The period that the name of a file says.

use std::collections::BTreeSet;

use crate::model::{Finding, Period};

use super::{
    PeriodSource, named_periods,
    periods::{self, PeriodProblem},
};

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
            Self::Column(column) => return Ok(PeriodOf::Column(column.value.clone())),
            Self::FileName(pattern) => &pattern.0,
        };
        let file = || name.to_owned();
        let found = pattern.captures(name).and_then(|captures| captures.name("period"));
        let found = found.ok_or_else(|| FileNameError::NoMatch { file: file(), pattern: pattern.to_string() })?;
        let captures = pattern.captures(name);
        let group = |group: &str| captures.as_ref()?.name(group).map(|found| found.as_str());
        let year = group("year").and_then(periods::financial_year_of).or_else(|| group("starts")?.parse().ok());
        let period = periods::read_period(found.as_str(), year);
        period.map(PeriodOf::Fixed).map_err(|problem| FileNameError::Unclear { file: file(), problem })
    }
    /// Where the rows say their periods: whether the file's name (without folders) speaks of others than these. What the
    /// rows say counts.
    #[must_use]
    pub fn contradiction(&self, name: &str, periods: &BTreeSet<Period>) -> Option<Finding> {
        matches!(self, Self::Column(_)).then(|| named_periods::finding(name, periods)).flatten()
    }
}
