//! Parquet to figures.

use std::{fs::File, path::Path};

use arrow::array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::encode;
use crate::{
    model::{Better, Figure, History, Missing, Period, SeriesKey, Unit, Value},
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
    let units = batch.column_by_name("unit").map(|_| Text::of(batch, "unit")).transpose()?;
    for row in 0..batch.num_rows() {
        let labels =
            serde_json::from_str(labels.required(row)?).map_err(|error| format!("labels of row {row}: {error}"))?;
        let key = SeriesKey { measure: measure.required(row)?.to_owned(), labels };
        let unit = units.as_ref().and_then(|units| units.at(row)).map(unit).transpose()?;
        let figure = Figure { value: values.at(row)?, plan: plans.at(row)?, unit };
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

fn unit(code: &str) -> std::result::Result<Unit, String> {
    Unit::from_code(code).ok_or_else(|| format!("{code:?} is no unit"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Labels;

    fn key() -> SeriesKey {
        SeriesKey { measure: "waits".to_owned(), labels: Labels::new() }
    }

    /// The file of one figure, and what is read from it.
    fn read(change: impl Fn(RecordBatch) -> RecordBatch) -> std::result::Result<Option<Figure>, String> {
        let figure = Figure { value: Value::Number(0.567), plan: Value::ABSENT, unit: Some(Unit::Percent) };
        let batch = encode::batch(&[(key(), Better::Higher, figure)], vec!["{}".to_owned()]).expect("a batch");
        let period = "2025-10".parse().expect("a period");
        let mut history = History::default();
        add(&mut history, period, &change(batch))?;
        Ok(history.get(&key()).and_then(|series| series.at(period)))
    }

    #[test]
    fn files_of_earlier_versions_have_no_unit() {
        let new = read(|batch| batch).expect("readable").expect("there");
        assert_eq!((new.value, new.unit), (Value::Number(0.567), Some(Unit::Percent)));
        let old = read(|batch| batch.project(&[0, 1, 2, 3, 4, 5, 6]).expect("seven columns"));
        assert_eq!(old, Ok(Some(Figure { unit: None, ..new })));
    }

    #[test]
    fn a_unit_that_is_none_is_damage() {
        let furlongs = |batch: RecordBatch| {
            let mut columns = batch.columns().to_vec();
            columns[7] = std::sync::Arc::new(StringArray::from(vec!["furlong"]));
            RecordBatch::try_new(batch.schema(), columns).expect("columns that fit")
        };
        assert_eq!(read(furlongs), Err("\"furlong\" is no unit".to_owned()));
    }
}
