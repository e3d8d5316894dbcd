//! The settings under `table` that describe how a printed table becomes rows of one figure each.
//!
//! | setting | for |
//! |---|---|
//! | `fill_down: [area]` | labels merged down: a blank cell of these columns takes the text above it |
//! | `alternate: { column: Planned/Delivered Activity, rows: { planned: Planned Activity, delivered: Delivered Activity } }` | figures on alternate rows: each kind of row becomes a column |
//! | `across: { columns: months, name: period, value: figure }` | figures across the columns: each column becomes a row |
//! | `across: { columns: [Plan, Actual], name: kind, above: { columns: months, name: period }, value: figure }` | the same under a header of several levels, each a column |
//! | `blocks: { title: measure }` | tables stacked in one file, each with its title and its header |
//! | `repeated_rows: drop` | rows printed twice: one that repeats another in every cell is read once |
//! | `financial_year: { file_name: '(?<year>\d{4}-\d{2})' }` | the year that `M7`, `Q2` and `Sept` belong to |
//!
//! They work together: with `across` and `alternate` each month becomes a row that holds the figures of all kinds of rows.
//! The columns that they make are declared under `columns` like those that stand in the file.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, SeqAccess, Visitor},
};

use crate::{
    model::Granularity,
    yaml::{Entries, Located},
};

use super::{column_settings::Pattern, globs::RowPattern, periods};

/// Which year `Sept` is of does not matter for telling that it is a period.
pub(super) const ANY_YEAR: i32 = 2000;

/// `alternate`: rows that belong together, told apart by the text of one of their cells.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlternateSettings {
    /// The header of the column whose text tells the rows apart …
    #[serde(default)]
    pub column: Option<Located<String>>,
    /// … or where it stands, when it has none.
    #[serde(default)]
    pub position: Option<Position>,
    /// For each declared column, the text of the rows that its figures stand in.
    pub rows: Entries<String>,
    /// The header of the column that holds the figures; left out with `across`.
    #[serde(default)]
    pub value: Option<Located<String>>,
}

/// `across`: columns of the file that become rows.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcrossSettings {
    /// Which columns.
    pub columns: AcrossColumns,
    /// The declared column for what stands above each of them.
    pub name: Located<String>,
    /// What stands over several of them together, in a row above: another level of the header.
    #[serde(default)]
    pub above: Option<Box<LevelSettings>>,
    /// The declared column for its figure; left out with `alternate`, whose columns take the figures.
    #[serde(default)]
    pub value: Option<Located<String>>,
    /// Whether a blank cell makes a row.
    #[serde(default)]
    pub blank: BlankCells,
}

/// `above`: the groups that columns across belong to.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LevelSettings {
    /// Which groups. A column across that is in none of them is left as it is.
    pub columns: AcrossColumns,
    /// The declared column for what the group is called.
    pub name: Located<String>,
    /// What stands over several groups together.
    #[serde(default)]
    pub above: Option<Box<LevelSettings>>,
}

/// One level of the header of columns across.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level<'a> {
    pub(super) columns: &'a AcrossColumns,
    pub(super) name: &'a Located<String>,
}

impl AcrossSettings {
    /// Every level, the lowest first.
    pub(super) fn levels(&self) -> impl Iterator<Item = Level<'_>> {
        let above = std::iter::successors(self.above.as_deref(), |level| level.above.as_deref());
        let above = above.map(|level| Level { columns: &level.columns, name: &level.name });
        std::iter::once(Level { columns: &self.columns, name: &self.name }).chain(above)
    }
}

/// The columns that become rows: `months`, `quarters`, `years`, `periods` of any length, or a list of patterns of headers.
/// Columns that are declared by themselves are none of them.
#[derive(Debug, Clone)]
pub enum AcrossColumns {
    /// Those whose header is a period of one of these lengths.
    Periods(&'static [Granularity]),
    /// Those whose header fits.
    Headers(Vec<RowPattern>),
}

impl AcrossColumns {
    fn named(name: &str) -> Option<Self> {
        use Granularity::{CalendarYear, Day, FinancialYear, Month, Quarter, Week};
        Some(Self::Periods(match name {
            "months" => &[Month],
            "quarters" => &[Quarter],
            "years" => &[FinancialYear, CalendarYear],
            "periods" => &[Month, Quarter, FinancialYear, CalendarYear, Week, Day],
            _ => return None,
        }))
    }

    /// Whether a header answers to it, in whatever year its period is.
    pub(super) fn fits(&self, text: &str) -> bool {
        match self {
            Self::Headers(patterns) => patterns.iter().any(|pattern| pattern.fits_header(text)),
            Self::Periods(lengths) => periods::of_length(text, Some(ANY_YEAR), lengths).is_some(),
        }
    }
}

impl<'de> Deserialize<'de> for AcrossColumns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Columns;
        impl<'de> Visitor<'de> for Columns {
            type Value = AcrossColumns;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("months, quarters, years, periods, or a list of headers")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<AcrossColumns, E> {
                AcrossColumns::named(text).ok_or_else(|| {
                    E::custom(format!("`{text}` is none of months, quarters, years, periods, nor a list of headers"))
                })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<AcrossColumns, A::Error> {
                let mut patterns = Vec::new();
                while let Some(pattern) = items.next_element()? {
                    patterns.push(pattern);
                }
                if patterns.is_empty() {
                    Err(de::Error::custom("no header is listed here"))
                } else {
                    Ok(AcrossColumns::Headers(patterns))
                }
            }
        }
        deserializer.deserialize_any(Columns)
    }
}

crate::model::written_as! { AcrossColumns, {
    "anyOf": [
        { "enum": ["months", "quarters", "years", "periods"] },
        { "type": "array", "items": { "type": "string" }, "minItems": 1 }
    ],
    "description": "Every header that is a period of this length, or a list of patterns of headers"
} }

/// What a cell that is blank in all rows that belong together is, among columns that become rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlankCells {
    /// No row: nothing was reported. A note counts them.
    #[default]
    Skip,
    /// A row whose figure is blank.
    Keep,
}

/// `blocks`: a header that stands again begins another table of the same columns.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockSettings {
    /// The declared column for the title of the table.
    pub title: Located<String>,
    /// Where the title stands.
    #[serde(default)]
    pub title_in: TitleIn,
}

/// Where the title of a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TitleIn {
    /// In the row above the header.
    #[default]
    Above,
    /// In the header's own first cell.
    Header,
}

/// A text that does not stand in a cell of the table.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// This text.
    Fixed(String),
    /// What the group `value` (`year` or `starts` of a financial year) of an expression finds in the rows above the header.
    Title(Pattern),
    /// The same in the file's name.
    FileName(Pattern),
}

/// A place among the columns of a file, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position(pub(super) usize);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match usize::deserialize(deserializer)? {
            position @ 1..=16_384 => Ok(Self(position - 1)),
            other => Err(de::Error::custom(format!("columns count from 1 to 16384, and {other} is none of them"))),
        }
    }
}

crate::model::written_as! { Position, { "type": "integer", "minimum": 1, "maximum": 16384 } }
