//! What a dataset's file says about each column, as YAML.

use std::num::NonZeroUsize;

use regex::Regex;
use serde::{Deserialize, Deserializer};

use crate::{
    model::{ColumnKind, Granularity, Missing},
    yaml::Located,
};

use super::{
    date_order::DateOrder,
    globs::RowPattern,
    layout_settings::{Given, Position},
    quarter_year::QuarterYear,
    row::trim,
    settings::{Written, regex},
};

/// One entry of `columns`: where a column of the file is found, and what it holds.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnSettings {
    /// The text above the column, when it is not the name itself.
    #[serde(default)]
    pub header: Option<String>,
    /// Other texts that it has gone by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Which it is, from left to right, of several columns that go by the same header: 1 for the first. Each of them is
    /// declared, with the same `header`.
    #[serde(default)]
    pub nth: Option<NonZeroUsize>,
    /// Where it stands, from 1, when what is above it is blank or does not tell it from others. A `header` besides is no longer
    /// looked for: the file is warned of where another text stands there, and held back where it stands over another column.
    #[serde(default)]
    pub position: Option<Position>,
    /// Its text, when it stands in no column: `fixed: capitated`, or an expression with a group `value` over the `title`
    /// rows or the `file_name`.
    #[serde(default)]
    pub from: Option<Given>,
    /// Other declared columns whose texts, side by side with a space between, are its text: `[year, month]` of a table that
    /// prints `2025` and `October` in columns of their own.
    #[serde(default)]
    pub joined: Vec<Located<String>>,
    /// An expression whose group `value` is the part of a cell that counts: `^(?<value>\d+)/\d+$` of a rank `39/42`.
    #[serde(default)]
    pub part: Option<Pattern>,
    /// What the periods of a period column are: `month`, `quarter`, `financial_year`, `year`, `week` or `day`. A date is
    /// then the period that begins on it, and a cell of another kind a finding. Left out: whatever each cell is.
    #[serde(default)]
    pub granularity: Option<Granularity>,
    /// Which number of a date that ends with its year is the day, in a period column: `day_first` (05/06/2024 is 5 June) or
    /// `month_first`. Its periods are then days, unless `granularity` says otherwise. Left out: such a date is a question.
    #[serde(default)]
    pub dates: Option<DateOrder>,
    /// What the one year beside a quarter is, in a period column: that of the `calendar` (2024Q1 is January to March 2024),
    /// or the one in which the financial year begins (`financial_begins`) or ends (`financial_ends`). Left out: such a
    /// quarter is a question.
    #[serde(default)]
    pub quarters: Option<QuarterYear>,
    /// What a number without a percent sign is in a percent column.
    #[serde(default)]
    pub percent: Option<PercentForm>,
    /// What figures are multiplied by, percentages and durations left as they are: `1000`, or `header` when the text above
    /// says it (`£'000`).
    #[serde(default)]
    pub scale: Option<Scale>,
    /// Words that stand for a figure or period, besides those that are known everywhere: by reason, a list of patterns.
    #[serde(default)]
    pub reasons: Reasons,
    /// What the cells hold.
    #[serde(default)]
    pub kind: ColumnKind,
    /// Whether a file without the column is held back.
    #[serde(default = "yes")]
    pub required: bool,
}

fn yes() -> bool {
    true
}

/// How shares are written that have no percent sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PercentForm {
    /// `73.5` is 73.5%.
    Points,
    /// `0.735` is 73.5%.
    Share,
    /// Whichever the column's numbers show; a column that shows both is held back.
    Auto,
}

/// What figures are multiplied by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// What the header says.
    Header,
    /// This.
    By(f64),
}

impl<'de> Deserialize<'de> for Scale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written(|text: &str| match text.parse::<f64>() {
            _ if text == "header" => Ok(Self::Header),
            Ok(by) if by.is_finite() && by != 0.0 => Ok(Self::By(by)),
            _ => Err(format!("`{text}` is no scale: write a number such as 1000, or header")),
        }))
    }
}

crate::model::written_as! { Scale, { "anyOf": [{ "type": "number" }, { "const": "header" }] } }

/// Words that stand for a figure, by the reason that they give.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// A small number withheld.
    #[serde(default)]
    pub suppressed: Vec<RowPattern>,
    /// Not published yet.
    #[serde(default)]
    pub not_available: Vec<RowPattern>,
    /// A figure makes no sense here.
    #[serde(default)]
    pub not_applicable: Vec<RowPattern>,
}

impl Reasons {
    /// Whether there are none.
    pub(super) fn are_none(&self) -> bool {
        self.suppressed.is_empty() && self.not_available.is_empty() && self.not_applicable.is_empty()
    }

    /// The reason that a text gives.
    pub(super) fn of(&self, text: &str) -> Option<Missing> {
        let lists = [
            (&self.suppressed, Missing::Suppressed),
            (&self.not_available, Missing::NotAvailable),
            (&self.not_applicable, Missing::NotApplicable),
        ];
        lists
            .into_iter()
            .find(|(patterns, _)| patterns.iter().any(|pattern| pattern.matches(text)))
            .map(|(_, reason)| reason)
    }
}

/// A regular expression with a group that is the part wanted: `value`, or `year` or `starts` for a financial year.
#[derive(Debug, Clone)]
pub struct Pattern(pub(super) Regex);

impl Pattern {
    /// The part of a text that the group finds.
    pub(super) fn find<'a>(&self, text: &'a str, group: &str) -> Option<&'a str> {
        Some(trim(self.0.captures(text)?.name(group)?.as_str()))
    }

    /// Whether the expression has the group.
    pub(super) fn has(&self, group: &str) -> bool {
        self.0.capture_names().flatten().any(|name| name == group)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written(|text: &str| {
            let pattern = Self(regex(text)?);
            let asked =
                "the expression needs a group for what is wanted: (?<value>…), or (?<year>…) for a financial year";
            let has = ["value", "year", "starts"].into_iter().any(|group| pattern.has(group));
            if has { Ok(pattern) } else { Err(asked.to_owned()) }
        }))
    }
}

crate::model::written_as! { Pattern, {
    "type": "string",
    "format": "regex",
    "description": "A regular expression with a group for the part that is wanted: (?<value>…), (?<year>…) or (?<starts>…)"
} }
