//! Parquet to figures.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    ops::Range,
    path::Path,
};

use arrow::array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection},
    },
    file::metadata::PageIndexPolicy,
};

use super::encode;
use crate::{
    model::{Better, Bound, Figure, History, Missing, Period, Series, SeriesKey, Unit, Value},
    store::error::{Result, StoreError},
};

/// Figures that are read of one file after the other, in the order of their periods.
#[derive(Debug)]
pub(super) struct Gathering {
    history: History,
    series: Vec<Series>,
    /// Where each series stands, by its measure and the text of its labels: these are parsed once, not for each figure.
    places: HashMap<String, HashMap<String, usize>>,
}

impl Gathering {
    /// No figures of these periods yet.
    pub(super) fn of(periods: BTreeSet<Period>) -> Self {
        let mut history = History::default();
        history.periods = periods;
        Self { history, series: Vec::new(), places: HashMap::new() }
    }

    /// The series of a measure with these labels, as text.
    fn series(&mut self, measure: &str, labels: &str, row: usize) -> std::result::Result<&mut Series, String> {
        if !self.places.contains_key(measure) {
            self.places.insert(measure.to_owned(), HashMap::new());
        }
        let known = self.places.get_mut(measure);
        let place = if let Some(place) = known.as_ref().and_then(|known| known.get(labels)) {
            *place
        } else {
            let parsed = serde_json::from_str(labels).map_err(|error| format!("labels of row {row}: {error}"))?;
            let key = SeriesKey { measure: measure.to_owned(), labels: parsed };
            known.map(|known| known.insert(labels.to_owned(), self.series.len()));
            self.series.push(Series::new(key, Better::default()));
            self.series.len() - 1
        };
        self.series.get_mut(place).ok_or_else(|| format!("row {row} is of no series"))
    }

    /// All of them.
    pub(super) fn finish(self) -> History {
        let mut history = self.history;
        for series in self.series {
            if history.get(&series.key).is_none() {
                history.add(series);
                continue;
            }
            // The same labels, written in another way.
            for (period, figure) in series.iter() {
                history.insert(series.key.clone(), series.better, period, figure);
            }
        }
        history
    }
}

fn reader(file: File) -> parquet::errors::Result<ParquetRecordBatchReaderBuilder<File>> {
    // Only the pages of the rows that are asked for are read.
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
}

/// How many rows of which measure follow each other in a file.
pub(super) fn runs(file: File, path: &Path) -> Result<Vec<(String, usize)>> {
    let damaged = |reason: String| StoreError::DamagedMeasures { path: path.to_owned(), reason };
    let builder = reader(file).map_err(|error| damaged(error.to_string()))?;
    let measures = ProjectionMask::columns(builder.parquet_schema(), ["measure"]);
    let batches = builder.with_projection(measures).build().map_err(|error| damaged(error.to_string()))?;
    let mut runs: Vec<(String, usize)> = Vec::new();
    for batch in batches {
        let batch = batch.map_err(|error| damaged(error.to_string()))?;
        let measures = Text::of(&batch, "measure").map_err(damaged)?;
        for row in 0..batch.num_rows() {
            let measure = measures.required(row).map_err(damaged)?;
            match runs.last_mut() {
                Some((last, count)) if last == measure => *count += 1,
                _ => runs.push((measure.to_owned(), 1)),
            }
        }
    }
    Ok(runs)
}

/// Adds some rows of a file to what is gathered. Nothing is taken as given: a file that says something else than the
/// columns of [`super`] is damaged, also when its hash is right.
pub(super) fn add(
    gathering: &mut Gathering,
    period: Period,
    file: File,
    path: &Path,
    rows: Vec<Range<usize>>,
) -> Result<()> {
    let damaged = |reason: String| StoreError::DamagedMeasures { path: path.to_owned(), reason };
    let builder = reader(file).map_err(|error| damaged(error.to_string()))?;
    let total = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
    let selection = RowSelection::from_consecutive_ranges(rows.into_iter(), total);
    let batches = builder.with_row_selection(selection).build().map_err(|error| damaged(error.to_string()))?;
    for batch in batches {
        let batch = batch.map_err(|error| damaged(error.to_string()))?;
        add_batch(gathering, period, &batch).map_err(damaged)?;
    }
    Ok(())
}

fn add_batch(gathering: &mut Gathering, period: Period, batch: &RecordBatch) -> std::result::Result<(), String> {
    let measure = Text::of(batch, "measure")?;
    let labels = Text::of(batch, "labels")?;
    let better = Text::of(batch, "better")?;
    let values = Values::of(batch, "value", "value_missing")?;
    let plans = Values::of(batch, "plan", "plan_missing")?;
    let ends = [number_column(batch, "plan_at_least"), number_column(batch, "plan_at_most")];
    let units = batch.column_by_name("unit").map(|_| Text::of(batch, "unit")).transpose()?;
    for row in 0..batch.num_rows() {
        let unit = units.as_ref().and_then(|units| units.at(row)).map(unit).transpose()?;
        let [at_least, at_most] = ends.map(|end| end.filter(|end| end.is_valid(row)).map(|end| end.value(row)));
        let plan = match (at_least, at_most) {
            (None, None) => plans.at(row)?,
            _ => Value::Bound(Bound { at_least, at_most }),
        };
        let figure = Figure { value: values.at(row)?, plan, unit };
        let series = gathering.series(measure.required(row)?, labels.required(row)?, row)?;
        // Where a measure's good direction was changed, the newest period says it.
        series.better = direction(better.required(row)?)?;
        series.insert(period, figure);
    }
    Ok(())
}

/// A column that only files with such targets have.
fn number_column<'b>(batch: &'b RecordBatch, name: &str) -> Option<&'b Float64Array> {
    batch.column_by_name(name)?.as_any().downcast_ref()
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
        let mut gathering = Gathering::of(BTreeSet::from([period]));
        add_batch(&mut gathering, period, &change(batch))?;
        Ok(gathering.finish().get(&key()).and_then(|series| series.at(period)))
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
