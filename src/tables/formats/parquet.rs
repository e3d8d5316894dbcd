//! Parquet: typed columns, each value as the text that means it exactly.
//!
//! In memory are the footer, at most 64 MB of it as it is written, and the pages and rows that are being decoded, at most
//! [`Limits::held_bytes`](super::super::Limits::held_bytes), by however many threads.

use std::{fs::File, path::Path};

use arrow::util::display::FormatOptions;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::{
    super::{
        ReadError,
        error::Limits,
        row::{Row, Rows},
    },
    Format, Opening,
    apart::{self, Halt, Sink},
    input::megabytes,
    named::{Kind, open_as},
    parquet_footer::{self, Shape},
    parquet_pages::{Need, need},
    parquet_pieces::RowPieces,
    parquet_texts::Texts,
};
use crate::model::Finding;

/// Parquet files.
pub(super) const FORMAT: Format =
    Format { recognises: |head| head.starts_with(b"PAR1"), open: |opening| open_as(Kind::Parquet, opening, open) };

pub(super) const WHAT: &str = "a Parquet file";

fn open(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let Opening { input, name, limits, .. } = opening;
    let as_it_lies = input.is_file();
    let file = input.into_file(limits.unpacked_bytes).map_err(|source| ReadError::unpacking(&name, 0, source))?;
    let rows = apart::read(&name.clone(), WHAT, move |sink| send(file, &name, &limits, sink))?;
    Ok(Box::new(Typed { rows, as_it_lies, limits }))
}

/// Rows of typed columns.
struct Typed {
    rows: Box<dyn Rows>,
    /// Whether it is a file of its own.
    as_it_lies: bool,
    limits: Limits,
}

impl Rows for Typed {
    fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        self.rows.read(row)
    }

    fn findings(&self) -> Vec<Finding> {
        self.rows.findings()
    }

    fn in_pieces(&self, path: &Path, rows: usize, threads: usize) -> Option<RowPieces> {
        if self.as_it_lies { RowPieces::of(path, &self.limits, rows, threads) } else { None }
    }
}

/// Looks through what a file says of itself; answers with that, and with what decoding its rows needs.
pub(super) fn look_through(file: &File, name: &str, limits: &Limits) -> Result<(ArrowReaderMetadata, Need), ReadError> {
    let damaged = |error: &dyn std::fmt::Display| ReadError::damaged(name, WHAT, error);
    let nested = |column: &str| {
        let reason = "its values are lists or records; write one value a row and column".to_owned();
        ReadError::Record { file: name.to_owned(), place: format!("column `{column}`"), reason }
    };
    let columns = limits.columns;
    match parquet_footer::shape(file).map_err(|source| ReadError::unpacking(name, 0, source))? {
        Shape::Flat(found) if found <= columns => {}
        Shape::Flat(_) => return Err(ReadError::TooManyColumns { file: name.to_owned(), row: 0, limit: columns }),
        Shape::Nested(column) => return Err(nested(&column)),
        Shape::Odd => return Err(damaged(&"its list of columns contradicts itself")),
        Shape::TooLong => {
            let reason = "its footer is longer than any".to_owned();
            return Err(ReadError::TooLarge { file: name.to_owned(), reason });
        }
    }
    let said = ArrowReaderMetadata::load(file, ArrowReaderOptions::default()).map_err(|error| damaged(&error))?;
    if let Some(field) = said.schema().fields().iter().find(|field| field.data_type().is_nested()) {
        return Err(nested(field.name()));
    }
    let need = need(file, said.metadata(), name)?;
    Ok((said, need))
}

/// Row 0 is the header; the rows are counted from 1.
fn send(file: File, name: &str, limits: &Limits, sink: &mut Sink) -> Result<(), Halt> {
    let damaged = |error: &dyn std::fmt::Display| ReadError::damaged(name, WHAT, error);
    let (said, need) = look_through(&file, name, limits)?;
    let batch = need.rows_within(limits.held_bytes).ok_or_else(|| {
        let most = megabytes(limits.held_bytes);
        let reason = format!("its pages take more than {most} at a time; write it in smaller pages");
        ReadError::TooLarge { file: name.to_owned(), reason }
    })?;
    let mut header = Row::default();
    for field in said.schema().fields() {
        header.push_str(field.name());
        header.end_cell();
    }
    sink.opened(None)?;
    sink.push(header)?;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, said).with_batch_size(batch);
    let options = FormatOptions::default();
    let mut number = 0;
    for batch in builder.build().map_err(|error| damaged(&error))? {
        let batch = batch.map_err(|error| damaged(&error))?;
        let texts = Texts::of_all(&batch, &options).map_err(|error| damaged(&error))?;
        for at in 0..batch.num_rows() {
            number += 1;
            let mut row = Row::default();
            row.clear(number);
            for text in &texts {
                text.push(&mut row, at);
                row.end_cell();
            }
            if number > limits.rows {
                return Err(ReadError::TooManyRows { file: name.to_owned(), limit: limits.rows }.into());
            }
            if row.bytes() > limits.row_bytes {
                return Err(
                    ReadError::RowTooLong { file: name.to_owned(), row: number, limit: limits.row_bytes }.into()
                );
            }
            sink.push(row)?;
        }
    }
    Ok(())
}
