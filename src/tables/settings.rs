//! What a dataset's file says about its table, as YAML. Everything that a file shows by itself is optional.

use std::{fmt, num::NonZeroUsize};

use encoding_rs::Encoding;
use regex::Regex;
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use crate::{
    model::{Categories, ColumnDef, Schema, Unit},
    spc::ChartSettings,
    yaml::{Entries, Located},
};

use super::{
    column_settings::ColumnSettings,
    directions::Directions,
    globs::{Glob, RowPattern},
    layout_settings::{AcrossSettings, AlternateSettings, BlockSettings, Given},
};

/// The section `table`: what cannot be found out from the file itself.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableSettings {
    /// What stands between cells: `,`, `;`, `|` or `tab`. Left out: the one with which the header is found.
    #[serde(default)]
    pub delimiter: Option<Delimiter>,
    /// A name such as `windows-1252`. Left out: UTF-8 or UTF-16 by its byte-order mark or its look, else Windows-1252.
    #[serde(default)]
    pub encoding: Option<TextEncoding>,
    /// How many rows the header covers, 1 to 3.
    #[serde(default)]
    pub header_rows: HeaderRows,
    /// The sheet of a workbook: its name, a pattern (`Activity*`), or its position among those that are not hidden, from 1.
    /// Left out: the only one, or the one whose header answers to the most columns.
    #[serde(default)]
    pub sheet: Option<SheetChoice>,
    /// Patterns (`% of total*`) of the first cell that is not blank; rows that fit one are left out.
    #[serde(default)]
    pub skip_rows: Vec<RowPattern>,
    /// What a row is that repeats an earlier one in every cell.
    #[serde(default)]
    pub repeated_rows: RepeatedRows,
    /// Columns whose labels are merged down: a blank cell takes the text above it.
    #[serde(default)]
    pub fill_down: Vec<Located<String>>,
    /// Figures that belong together on alternate rows.
    #[serde(default)]
    pub alternate: Option<AlternateSettings>,
    /// Figures across the columns.
    #[serde(default)]
    pub across: Option<AcrossSettings>,
    /// Tables stacked in one file.
    #[serde(default)]
    pub blocks: Option<BlockSettings>,
    /// The financial year that periods without a year belong to: `fixed: 2024/25`, or an expression over the `title` rows
    /// or the `file_name` with a group `year` (`2024-25`) or `starts` (`2024`, the year of its April).
    #[serde(default)]
    pub financial_year: Option<Given>,
}

/// What a row is that repeats an earlier one in every cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepeatedRows {
    /// A row like any other: whether it may stand twice is for the checks.
    #[default]
    Keep,
    /// Printed twice: it is read once, and a note says so. Takes 64 bytes of memory a row.
    Drop,
}

/// The character between cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter(pub(super) u8);

impl Delimiter {
    /// Those that are tried, in this order.
    pub(super) const ALL: [Self; 4] = [Self(b','), Self(b';'), Self(b'\t'), Self(b'|')];
}

impl<'de> Deserialize<'de> for Delimiter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written(|text: &str| match text {
            "," => Ok(Self(b',')),
            ";" => Ok(Self(b';')),
            "|" => Ok(Self(b'|')),
            "tab" | "\t" => Ok(Self(b'\t')),
            other => Err(format!("`{other}` is no delimiter: write \",\", \";\", \"|\" or tab")),
        }))
    }
}

crate::model::written_as! { Delimiter, { "enum": [",", ";", "|", "tab", "\t"] } }

/// A character encoding by any of its names in the WHATWG Encoding Standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding(pub(super) &'static Encoding);

impl<'de> Deserialize<'de> for TextEncoding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written(|name: &str| {
            let known = Encoding::for_label_no_replacement(name.as_bytes());
            known.map(Self).ok_or_else(|| {
                format!("there is no encoding `{name}`: write utf-8, utf-16le, utf-16be or windows-1252")
            })
        }))
    }
}

crate::model::written_as! { TextEncoding, { "type": "string", "examples": ["utf-8", "utf-16le", "windows-1252"] } }

/// How many rows a header covers: 1, 2 or 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderRows(pub(super) usize);

impl Default for HeaderRows {
    fn default() -> Self {
        Self(1)
    }
}

impl<'de> Deserialize<'de> for HeaderRows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            1 => Ok(Self(1)),
            2 => Ok(Self(2)),
            3 => Ok(Self(3)),
            rows => Err(de::Error::custom(format!("a header covers 1, 2 or 3 rows, not {rows}"))),
        }
    }
}

crate::model::written_as! { HeaderRows, { "enum": [1, 2, 3] } }

/// The sheet of a workbook.
#[derive(Debug, Clone)]
pub enum SheetChoice {
    /// The first visible sheet is 1.
    Position(NonZeroUsize),
    /// A name, or a pattern in which `*` stands for any text; letters match in either case.
    Named {
        /// As written.
        text: String,
        /// None for a name that makes no pattern.
        pattern: Option<Glob>,
    },
}

impl SheetChoice {
    /// Whether this is the name as it is.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Named { text, .. } if text.trim() == name.trim())
    }

    /// Whether a name fits.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Self::Position(_) => false,
            Self::Named { text, pattern } => {
                pattern.as_ref().is_some_and(|pattern| pattern.is_match(name.trim()))
                    || text.trim().to_lowercase() == name.trim().to_lowercase()
            }
        }
    }
}

impl fmt::Display for SheetChoice {
    /// "`Activity*`", "at position 2".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position(position) => write!(f, "at position {position}"),
            Self::Named { text, .. } => write!(f, "`{text}`"),
        }
    }
}

impl<'de> Deserialize<'de> for SheetChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Choice;
        impl Visitor<'_> for Choice {
            type Value = SheetChoice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a sheet, or its position from 1")
            }

            fn visit_u64<E: de::Error>(self, position: u64) -> Result<SheetChoice, E> {
                let position = usize::try_from(position).ok().and_then(NonZeroUsize::new);
                position.map(SheetChoice::Position).ok_or_else(|| E::custom("the first sheet is at position 1"))
            }

            fn visit_i64<E: de::Error>(self, position: i64) -> Result<SheetChoice, E> {
                self.visit_u64(u64::try_from(position).unwrap_or(0))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SheetChoice, E> {
                Ok(SheetChoice::Named { text: text.to_owned(), pattern: Glob::new(text.trim()).ok() })
            }
        }
        deserializer.deserialize_any(Choice)
    }
}

crate::model::written_as! { SheetChoice, {
    "type": ["string", "integer"],
    "description": "The name of a sheet, in which * stands for any text, or its position from 1"
} }

/// Where the reporting period stands.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "PeriodSettings")]
pub enum PeriodSource {
    /// In this column, row by row; where a pattern is named, the file's name says the newest of them as well.
    Column(Located<String>, Option<FileNamePattern>),
    /// In the file's name.
    FileName(FileNamePattern),
}

/// The same as it is written: a column, the name, or both.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct PeriodSettings {
    #[serde(default)]
    column: Option<Located<String>>,
    #[serde(default)]
    file_name: Option<FileNamePattern>,
}

impl TryFrom<PeriodSettings> for PeriodSource {
    type Error = &'static str;

    fn try_from(settings: PeriodSettings) -> Result<Self, Self::Error> {
        match (settings.column, settings.file_name) {
            (Some(column), pattern) => Ok(Self::Column(column, pattern)),
            (None, Some(pattern)) => Ok(Self::FileName(pattern)),
            (None, None) => Err("where does the period stand? Say its `column`, `file_name`, or both"),
        }
    }
}

/// A regular expression with a group `period`: `(?<period>\d{4}-\d{2})`. A group `year` (`2024-25`) or `starts` (`2024`)
/// says which financial year a period such as `m7` belongs to.
#[derive(Debug, Clone)]
pub struct FileNamePattern(pub(super) Regex);

impl<'de> Deserialize<'de> for FileNamePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written(|text: &str| {
            let regex = regex(text)?;
            let has_period = regex.capture_names().flatten().any(|name| name == "period");
            let asked = r"the expression needs a group for the period: (?<period>\d{4}-\d{2})";
            if has_period { Ok(Self(regex)) } else { Err(asked.to_owned()) }
        }))
    }
}

crate::model::written_as! { FileNamePattern, {
    "type": "string",
    "format": "regex",
    "description": "A regular expression with a group for the period: (?<period>\\d{4}-\\d{2})"
} }

/// One entry of `measures`: a figure that is followed over time.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureSettings {
    /// The column of the figure.
    pub value: Located<String>,
    /// The column of its plan or target.
    #[serde(default)]
    pub plan: Option<Located<String>>,
    /// The columns whose texts tell one series from another.
    #[serde(default)]
    pub labels: Vec<Located<String>>,
    /// Which direction is good.
    #[serde(default)]
    pub better: Directions,
    /// What is counted, for people: `appointments`. A currency (`£`, `pounds`, `EUR`) makes plain numbers money.
    #[serde(default)]
    pub unit: Option<Located<String>>,
    /// Counts from 1 to one less than this are withheld (`*`), as their publisher says: rules reckon with what a suppressed
    /// figure may be. Without it, it may be anything.
    #[serde(default)]
    pub suppressed_below: Option<Located<u32>>,
    /// The categories that a column of text holds, in their order: `[Inadequate, Requires improvement, Good, Outstanding]`.
    /// A figure is the place of its category, from 1, and is written as the word.
    #[serde(default)]
    pub categories: Option<Located<Categories>>,
    /// How its control charts are read, by rules and by reports.
    #[serde(default)]
    pub spc: Option<ChartSettings>,
}

impl MeasureSettings {
    /// What is counted, unless the unit is one that figures are written in: `£`, `%`.
    #[must_use]
    pub fn counted(&self) -> Option<&str> {
        let unit = self.unit.as_ref().map(|unit| unit.trim())?;
        let written = Unit::currency(unit).is_some() || ["", "%", "percent", "per cent"].contains(&unit);
        (!written).then_some(unit)
    }
}

/// All that reading a table of one dataset needs to know.
#[derive(Debug, Clone, Default)]
pub struct TableSpec {
    /// The section `table`.
    pub table: TableSettings,
    /// The section `columns`.
    pub columns: Entries<ColumnSettings>,
}

impl TableSpec {
    /// Whether the dataset says by name which sheet of a workbook is its own.
    #[must_use]
    pub fn names_its_sheet(&self) -> bool {
        matches!(self.table.sheet, Some(SheetChoice::Named { .. }))
    }

    /// The declared columns as other rooms see them.
    #[must_use]
    pub fn schema(&self) -> Schema {
        let column = |(name, settings): (&Located<String>, &ColumnSettings)| ColumnDef {
            name: name.value.clone(),
            kind: settings.kind,
            required: settings.required,
        };
        Schema { columns: self.columns.iter().map(column).collect() }
    }
}

/// A regular expression, or why it is none, in one line.
pub(super) fn regex(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| {
        // The message draws the expression over several lines; its last line says what is wrong.
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or("").trim_start_matches("error: ");
        format!("this is no regular expression: {reason}")
    })
}

/// A setting that is written as text and understood by a function. A refusal is an error at the text itself.
pub(super) struct Written<F>(pub(super) F);

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Written<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}
