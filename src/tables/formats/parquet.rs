//! Parquet: typed columns, each value as the text that means it exactly.
//!
//! In memory are the footer, at most 64 MB of it as it is written, and the pages and rows that are being decoded, at most
//! [`Limits::held_bytes`](super::super::Limits::held_bytes).

use std::fs::File;

use arrow::{
    array::{Array, AsArray},
    datatypes::{DataType, Float32Type, Float64Type},
    util::display::{ArrayFormatter, FormatOptions},
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{
    super::{
        ReadError,
        error::Limits,
        row::{Row, Rows},
    },
    Format, Opening,
    apart::{self, Halt, Sink},
    cell_text,
    named::{Kind, open_as},
    parquet_footer::{self, Shape},
    parquet_pages::rows_at_a_time,
};

/// Parquet files.
pub(super) const FORMAT: Format =
    Format { recognises: |head| head.starts_with(b"PAR1"), open: |opening| open_as(Kind::Parquet, opening, open) };

pub(super) const WHAT: &str = "a Parquet file";

fn open(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let Opening { input, name, limits, .. } = opening;
    let file = input.into_file(limits.unpacked_bytes).map_err(|source| ReadError::unpacking(&name, 0, source))?;
    apart::read(&name.clone(), WHAT, move |sink| send(file, &name, &limits, sink))
}

/// Row 0 is the header; the rows are counted from 1.
fn send(file: File, name: &str, limits: &Limits, sink: &mut Sink) -> Result<(), Halt> {
    let damaged = |error: &dyn std::fmt::Display| ReadError::damaged(name, WHAT, error);
    let nested = |column: &str| {
        let reason = "its values are lists or records; write one value a row and column".to_owned();
        ReadError::Record { file: name.to_owned(), place: format!("column `{column}`"), reason }
    };
    let columns = limits.columns;
    match parquet_footer::shape(&file).map_err(|source| ReadError::unpacking(name, 0, source))? {
        Shape::Flat(found) if found <= columns => {}
        Shape::Flat(_) => {
            return Err(ReadError::TooManyColumns { file: name.to_owned(), row: 0, limit: columns }.into());
        }
        Shape::Nested(column) => return Err(nested(&column).into()),
        Shape::Odd => return Err(damaged(&"its list of columns contradicts itself").into()),
        Shape::TooLong => {
            return Err(ReadError::TooLarge {
                file: name.to_owned(),
                reason: "its footer is longer than any".to_owned(),
            }
            .into());
        }
    }
    let again = file.try_clone().map_err(|source| ReadError::Open { file: name.to_owned(), source })?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(&error))?;
    let schema = builder.schema().clone();
    if let Some(field) = schema.fields().iter().find(|field| field.data_type().is_nested()) {
        return Err(nested(field.name()).into());
    }
    let batch = rows_at_a_time(&again, builder.metadata(), name, limits)?;
    let mut header = Row::default();
    for field in schema.fields() {
        header.push_str(field.name());
        header.end_cell();
    }
    sink.opened(None)?;
    sink.push(header)?;
    let options = FormatOptions::default();
    let mut number = 0;
    for batch in builder.with_batch_size(batch).build().map_err(|error| damaged(&error))? {
        let batch = batch.map_err(|error| damaged(&error))?;
        let texts = batch.columns().iter().map(|column| Texts::new(column.as_ref(), &options));
        let texts = texts.collect::<Result<Vec<_>, _>>().map_err(|error| damaged(&error))?;
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

/// How the values of a column are written.
enum Texts<'a> {
    Single(&'a arrow::array::PrimitiveArray<Float32Type>),
    Double(&'a arrow::array::PrimitiveArray<Float64Type>),
    Bytes(&'a dyn Array, ArrayFormatter<'a>),
    Moment(&'a dyn Array, ArrayFormatter<'a>),
    Other(&'a dyn Array, ArrayFormatter<'a>),
}

impl<'a> Texts<'a> {
    fn new(column: &'a dyn Array, options: &FormatOptions<'a>) -> Result<Self, arrow::error::ArrowError> {
        let formatter = || ArrayFormatter::try_new(column, options);
        Ok(match column.data_type() {
            DataType::Float32 => Self::Single(column.as_primitive()),
            DataType::Float64 => Self::Double(column.as_primitive()),
            DataType::Binary => Self::Bytes(column, formatter()?),
            DataType::Date64 | DataType::Date32 | DataType::Timestamp(..) => Self::Moment(column, formatter()?),
            _ => Self::Other(column, formatter()?),
        })
    }

    fn push(&self, row: &mut Row, at: usize) {
        match self {
            // A single keeps the decimals that mean it: 0.1 is not 0.10000000149011612.
            Self::Single(values) if values.is_valid(at) => row.push_str(&values.value(at).to_string()),
            Self::Double(values) if values.is_valid(at) => {
                cell_text::push_number(row, values.value(at), cell_text::Style::Plain);
            }
            Self::Bytes(values, formatter) if values.is_valid(at) => {
                // Texts that were written without saying that they are texts; other bytes in hexadecimal.
                match std::str::from_utf8(values.as_binary::<i32>().value(at)) {
                    Ok(text) => row.push_str(text),
                    Err(_) => row.push_str(&formatter.value(at).to_string()),
                }
            }
            Self::Moment(values, formatter) if values.is_valid(at) => {
                cell_text::push_iso(row, &formatter.value(at).to_string());
            }
            Self::Other(values, formatter) if values.is_valid(at) => {
                row.push_str(&formatter.value(at).to_string());
            }
            _ => {}
        }
    }
}
