//! Parquet to figures.

use std::{fs::File, path::Path};

use arrow::array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::encode;
use crate::{
    model::{Better, Figure, History, Missing, Period, SeriesKey, Value},
    store::error::{Result, StoreError},
};

/// Adds a file's figures to a history. Nothing is taken as given: a file that says something else than the columns of
/// [`super`] is damaged, also when its hash is right.
pub(super) fn into_history(history: &mut History, period: Period, file: File, path: &Path) -> Result<()> {
    let damaged = |reason: String| StoreError::DamagedMeasures { path: path.to_owned(), reason };
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| damaged(error.to_string()))?;
    for batch in reader {
        let batch = batch.map_err(|error| damaged(error.to_string()))?;
        add(history, period, &batch).map_err(damaged)?;
    }
    Ok(())
}

fn add(history: &mut History, period: Period, batch: &RecordBatch) -> std::result::Result<(), String> {
    let measure = Text::of(batch, "measure")?;
    let labels = Text::of(batch, "labels")?;
    let better = Text::of(batch, "better")?;
    let values = Values::of(batch, "value", "value_missing")?;
    let plans = Values::of(batch, "plan", "plan_missing")?;
    for row in 0..batch.num_rows() {
        let labels =
            serde_json::from_str(labels.required(row)?).map_err(|error| format!("labels of row {row}: {error}"))?;
        let key = SeriesKey { measure: measure.required(row)?.to_owned(), labels };
        let figure = Figure { value: values.at(row)?, plan: plans.at(row)? };
        history.insert(key, direction(better.required(row)?)?, period, figure);
    }
    Ok(())
}

fn direction(code: &str) -> std::result::Result<Better, String> {
    [Better::Higher, Better::Lower, Better::Neither]
        .into_iter()
        .find(|better| encode::code(*better) == code)
        .ok_or_else(|| format!("{code:?} is no direction"))
}

fn column<'b>(batch: &'b RecordBatch, name: &str) -> std::result::Result<&'b ArrayRef, String> {
    batch.column_by_name(name).ok_or_else(|| format!("it has no column {name}"))
}

/// A column of text.
struct Text<'b> {
    name: &'static str,
    array: &'b StringArray,
}

impl<'b> Text<'b> {
    fn of(batch: &'b RecordBatch, name: &'static str) -> std::result::Result<Self, String> {
        let array = column(batch, name)?.as_any().downcast_ref();
        array.map(|array| Self { name, array }).ok_or_else(|| format!("its column {name} is not text"))
    }

    fn at(&self, row: usize) -> Option<&'b str> {
        self.array.is_valid(row).then(|| self.array.value(row))
    }

    fn required(&self, row: usize) -> std::result::Result<&'b str, String> {
        self.at(row).ok_or_else(|| format!("{} is null in row {row}", self.name))
    }
}

/// A column of numbers and the column of reasons beside it.
struct Values<'b> {
    name: &'static str,
    numbers: &'b Float64Array,
    reasons: Text<'b>,
}

impl<'b> Values<'b> {
    fn of(batch: &'b RecordBatch, name: &'static str, reasons: &'static str) -> std::result::Result<Self, String> {
        let numbers = column(batch, name)?.as_any().downcast_ref();
        let numbers = numbers.ok_or_else(|| format!("its column {name} is not of doubles"))?;
        Ok(Self { name, numbers, reasons: Text::of(batch, reasons)? })
    }

    fn at(&self, row: usize) -> std::result::Result<Value, String> {
        let number = self.numbers.is_valid(row).then(|| self.numbers.value(row));
        match (number, self.reasons.at(row)) {
            (Some(number), None) if number.is_finite() => Ok(Value::Number(number)),
            (None, Some(code)) => {
                Missing::from_code(code).map(Value::missing).ok_or_else(|| format!("{code:?} is no reason"))
            }
            _ => Err(format!("{} of row {row} is neither a number nor a reason", self.name)),
        }
    }
}
