//! What was read of a delivery, and which checks it went through.

use serde::{Deserialize, Serialize};

use super::{Finding, Severity, coded, finding::Share};

/// What was read of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Examination {
    /// Each table, in the order of the file.
    pub tables: Vec<TableRead>,
    /// What the checks are called that were made of all of it.
    pub checks: Vec<String>,
    /// Those that were not made, because the file lacks what they look at.
    pub left_out: Vec<String>,
}

/// One table of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TableRead {
    /// The member of an archive that it is, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row that the header stands in, from 1; its last, when it covers several.
    pub header_row: u64,
    /// How many rows of data it has.
    pub rows: u64,
    /// The declared columns, in their order.
    pub columns: Vec<ColumnRead>,
    /// Headers that no declared column answers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unexpected: Vec<String>,
}

/// A declared column, and what it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRead {
    /// Its name in the dataset.
    pub name: String,
    /// Its header as printed; none where the file has no such column.
    pub header: Option<String>,
    /// Whether the header is written otherwise than it is declared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_tolerance: bool,
}

coded! {
    /// What came of a check.
    pub enum Outcome {
        /// Nothing to tell.
        Passed = "passed",
        /// Something worth knowing.
        Note = "note",
        /// A warning.
        Warning = "warning",
        /// What holds a delivery back.
        Error = "error",
        /// It was not made: the file lacks what it looks at.
        LeftOut = "left_out",
    }
}

/// A check as programs are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckMade {
    /// What it is called; its findings have this name.
    pub check: String,
    /// What came of it; what it found weighs as much as the gravest of its findings.
    pub outcome: Outcome,
    /// How many rows (or figures, or places) its findings count together.
    pub count: u64,
    /// How many rows or figures it looked at, and which share of them fails, where a finding says so; of several findings,
    /// that with the largest share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<u64>,
    /// See `looked_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
}

impl Examination {
    /// Each check with what came of it, in their order.
    #[must_use]
    pub fn checks_made(&self, findings: &[Finding]) -> Vec<CheckMade> {
        let made = |(check, outcome): (&str, Outcome)| {
            let own = || findings.iter().filter(|finding| finding.check == check);
            let largest = |one: &&Finding, other: &&Finding| {
                let share = |finding: &Finding| finding.share.map_or(0.0, Share::get);
                share(one).total_cmp(&share(other))
            };
            let worst = own().max_by(largest);
            CheckMade {
                check: check.to_owned(),
                outcome,
                count: own().fold(0, |count, finding| count.saturating_add(finding.count)),
                looked_at: worst.and_then(|finding| finding.looked_at),
                share: worst.and_then(|finding| finding.share),
            }
        };
        self.outcomes(findings).map(made).collect()
    }

    /// What came of each check, in their order.
    pub fn outcomes<'a>(&'a self, findings: &'a [Finding]) -> impl Iterator<Item = (&'a str, Outcome)> {
        let outcome = |name: &str| {
            let of_check = findings.iter().filter(|finding| finding.check == name);
            match of_check.map(|finding| finding.severity).max() {
                Some(Severity::Error) => Outcome::Error,
                Some(Severity::Warning) => Outcome::Warning,
                Some(Severity::Note) => Outcome::Note,
                None if self.left_out.iter().any(|left_out| left_out == name) => Outcome::LeftOut,
                None => Outcome::Passed,
            }
        };
        self.checks.iter().map(move |name| (name.as_str(), outcome(name)))
    }

    /// Takes in what was read of another table of the delivery.
    pub fn join(&mut self, other: Self) {
        // What was made of one table was made.
        self.left_out.retain(|name| self.tables.is_empty() || other.left_out.contains(name));
        if self.tables.is_empty() {
            self.left_out = other.left_out;
        }
        self.tables.extend(other.tables);
        for name in other.checks {
            if !self.checks.contains(&name) {
                self.checks.push(name);
            }
        }
    }
}
