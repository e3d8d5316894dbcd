//! Bytes of a file → a stream of typed column batches, and the figures in them.
//!
//! A [`Table`] is opened as what its bytes are (`formats`: one file a format, one line in its registry), its header is
//! found (`header`), what is printed becomes one row for each combination of labels and period (`layout`, `blocks`: see
//! `layout_settings` for what a dataset can say), and the rows come as [`Batch`](crate::model::Batch)es, each cell read by
//! its declared kind (`column`, `cells`, `periods`). What the reader itself finds amiss, or leaves out, is a finding with its rows: nothing is dropped or
//! guessed silently. An [`Extractor`] makes the figures of the batches.
//!
//! [`read`] is one pass over a file for any number of [`Observer`]s (`scan`): by all cores where the file is plain
//! delimited text, else row by row. What a row is, is decided in one place for both (`taker`).

mod blocks;
mod cells;
mod column;
mod column_settings;
mod date_order;
mod decode;
mod delimited;
mod directions;
mod error;
mod figure_room;
mod figures;
mod file_period;
mod formats;
mod given;
mod globs;
mod header;
mod header_across;
mod header_claims;
mod header_texts;
mod infer;
mod layout;
mod layout_check;
mod layout_settings;
#[cfg(test)]
mod layout_tests;
mod measures;
mod named_periods;
mod period_column;
mod period_numbers;
mod period_problem;
mod period_readings;
mod period_words;
mod periods;
mod places;
mod quarter_year;
mod row;
mod scan;
mod seen;
mod settings;
mod skipped;
mod source;
mod splitter;
mod table;
mod tail;
mod taker;
#[cfg(test)]
mod tests;
mod tidy;
mod units;

pub use cells::read_cell;
pub use column_settings::{ColumnSettings, Pattern, PercentForm, Reasons, Scale};
pub use directions::Directions;
pub use error::{Limits, ReadError};
pub use figures::Figures;
pub use file_period::{FileNameError, PeriodOf};
pub use formats::members;
pub use globs::RowPattern;
pub use infer::{InferError, Proposal, Steward, infer};
pub use layout_settings::{
    AcrossColumns, AcrossSettings, AlternateSettings, BlankCells, BlockSettings, Given, LevelSettings, Position,
    TitleIn,
};
pub use measures::{Extractor, UnknownColumn};
pub use period_problem::PeriodProblem;
pub use periods::read_period;
pub use scan::{Observer, Read, read};
pub use settings::{
    Delimiter, FileNamePattern, HeaderRows, MeasureSettings, PeriodSource, RepeatedRows, SheetChoice, TableSettings,
    TableSpec, TextEncoding,
};
pub use source::TableSource;
pub use table::{HeaderMatch, Table, probe};
pub use tidy::{TidyError, write_tidy};
