//! Values of a Parquet column → the texts that mean them exactly.

use std::fmt::{Display, Write as _};

use arrow::{
    array::{Array, AsArray, BinaryArray, LargeStringArray, PrimitiveArray, RecordBatch, StringArray, StringViewArray},
    datatypes::{DataType, Float32Type, Float64Type, Int32Type, Int64Type},
    error::ArrowError,
    util::display::{ArrayFormatter, FormatOptions},
};

use super::{super::row::Row, cell_text};

/// How the values of a column are written.
pub(super) struct Texts<'a> {
    column: &'a dyn Array,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Int(&'a PrimitiveArray<Int32Type>),
    LargeInt(&'a PrimitiveArray<Int64Type>),
    Single(&'a PrimitiveArray<Float32Type>),
    Double(&'a PrimitiveArray<Float64Type>),
    Bytes(&'a BinaryArray, ArrayFormatter<'a>),
    Moment(ArrayFormatter<'a>),
    Other(ArrayFormatter<'a>),
}

impl<'a> Texts<'a> {
    /// Of every column of a batch.
    pub(super) fn of_all(batch: &'a RecordBatch, options: &FormatOptions<'a>) -> Result<Vec<Self>, ArrowError> {
        batch.columns().iter().map(|column| Self::new(column.as_ref(), options)).collect()
    }

    fn new(column: &'a dyn Array, options: &FormatOptions<'a>) -> Result<Self, ArrowError> {
        let formatter = || ArrayFormatter::try_new(column, options);
        let kind = match column.data_type() {
            DataType::Utf8 => Kind::Text(column.as_string()),
            DataType::LargeUtf8 => Kind::LargeText(column.as_string()),
            DataType::Utf8View => Kind::TextView(column.as_string_view()),
            DataType::Int32 => Kind::Int(column.as_primitive()),
            DataType::Int64 => Kind::LargeInt(column.as_primitive()),
            DataType::Float32 => Kind::Single(column.as_primitive()),
            DataType::Float64 => Kind::Double(column.as_primitive()),
            DataType::Binary => Kind::Bytes(column.as_binary(), formatter()?),
            DataType::Date64 | DataType::Date32 | DataType::Timestamp(..) => Kind::Moment(formatter()?),
            _ => Kind::Other(formatter()?),
        };
        Ok(Self { column, kind })
    }

    /// Adds a value to a row's open cell; nothing where there is none.
    pub(super) fn push(&self, row: &mut Row, at: usize) {
        if !self.column.is_valid(at) {
            return;
        }
        match &self.kind {
            Kind::Text(texts) => row.push_str(texts.value(at)),
            Kind::LargeText(texts) => row.push_str(texts.value(at)),
            Kind::TextView(texts) => row.push_str(texts.value(at)),
            Kind::Int(numbers) => push(row, numbers.value(at)),
            Kind::LargeInt(numbers) => push(row, numbers.value(at)),
            // A single keeps the decimals that mean it: 0.1 is not 0.10000000149011612.
            Kind::Single(numbers) => push(row, numbers.value(at)),
            Kind::Double(numbers) => cell_text::push_number(row, numbers.value(at), cell_text::Style::Plain),
            // Texts that were written without saying that they are texts; other bytes in hexadecimal.
            Kind::Bytes(values, formatter) => match str::from_utf8(values.value(at)) {
                Ok(text) => row.push_str(text),
                Err(_) => push(row, formatter.value(at)),
            },
            Kind::Moment(formatter) => cell_text::push_iso(row, &formatter.value(at).to_string()),
            Kind::Other(formatter) => push(row, formatter.value(at)),
        }
    }
}

fn push(row: &mut Row, value: impl Display) {
    // Writing to memory cannot fail.
    let _ = write!(row, "{value}");
}
