//! Figures to Parquet.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Float64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema},
};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::{metadata::KeyValue, properties::WriterProperties},
};

use crate::{
    model::{Better, Bound, Figure, Labels, Missing, Period, SeriesKey, Unit, Value},
    store::{
        error::{Result, StoreError},
        rows,
    },
};

/// One period's figures as the bytes of a Parquet file, the same whatever order they come in.
pub(super) fn parquet(dataset: &str, period: Period, figures: Vec<(SeriesKey, Better, Figure)>) -> Result<Vec<u8>> {
    let figures = in_order(dataset, period, figures)?;
    let labels = figures.iter().map(|(key, ..)| label_text(&key.labels)).collect::<Result<Vec<_>>>()?;
    let failed =
        |source: ParquetError| StoreError::Parquet { dataset: dataset.to_owned(), period, source: Box::new(source) };
    let batch = batch(&figures, labels).map_err(failed)?;
    written(dataset, period, &batch).map_err(failed)
}

fn in_order(
    dataset: &str,
    period: Period,
    mut figures: Vec<(SeriesKey, Better, Figure)>,
) -> Result<Vec<(SeriesKey, Better, Figure)>> {
    figures.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    match figures.array_windows().find(|[(a, ..), (b, ..)]| a == b) {
        None => Ok(figures),
        Some([(key, ..), _]) => Err(StoreError::TwoFigures {
            dataset: dataset.to_owned(),
            period,
            measure: key.measure.clone(),
            labels: key.labels.to_string(),
        }),
    }
}

fn label_text(labels: &Labels) -> Result<String> {
    rows::json("the labels of a series", labels)
}

pub(super) fn batch(
    figures: &[(SeriesKey, Better, Figure)],
    labels: Vec<String>,
) -> std::result::Result<RecordBatch, ParquetError> {
    let numbers = |of: fn(&Figure) -> Value| -> ArrayRef {
        Arc::new(figures.iter().map(|(_, _, figure)| split(of(figure)).0).collect::<Float64Array>())
    };
    let reasons = |of: fn(&Figure) -> Value| -> ArrayRef {
        Arc::new(figures.iter().map(|(_, _, figure)| split(of(figure)).1).collect::<StringArray>())
    };
    let mut columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("measure", Arc::new(StringArray::from_iter_values(figures.iter().map(|(key, ..)| &key.measure))), false),
        ("labels", Arc::new(StringArray::from_iter_values(labels)), false),
        ("better", Arc::new(StringArray::from_iter_values(figures.iter().map(|(_, better, _)| code(*better)))), false),
        ("value", numbers(|figure| figure.value), true),
        ("value_missing", reasons(|figure| figure.value), true),
        ("plan", numbers(|figure| figure.plan), true),
        ("plan_missing", reasons(|figure| figure.plan), true),
        (
            "unit",
            Arc::new(figures.iter().map(|(_, _, figure)| figure.unit.map(Unit::code)).collect::<StringArray>()),
            true,
        ),
    ];
    if figures.iter().any(|(_, _, figure)| matches!(figure.plan, Value::Bound(_))) {
        columns.push(("plan_at_least", ends(figures, |bound| bound.at_least), true));
        columns.push(("plan_at_most", ends(figures, |bound| bound.at_most), true));
    }
    let field = |(name, array, nullable): &(&str, ArrayRef, bool)| {
        let kind: DataType = array.data_type().clone();
        Field::new(*name, kind, *nullable)
    };
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    Ok(RecordBatch::try_new(Arc::new(schema), columns.into_iter().map(|(_, array, _)| array).collect())?)
}

/// One end of the plans that are a bound or a range.
fn ends(figures: &[(SeriesKey, Better, Figure)], end: impl Fn(Bound) -> Option<f64>) -> ArrayRef {
    let of = |(_, _, figure): &(SeriesKey, Better, Figure)| match figure.plan {
        Value::Bound(bound) => end(bound).filter(|end| end.is_finite()),
        Value::Number(_) | Value::Missing { .. } => None,
    };
    Arc::new(figures.iter().map(of).collect::<Float64Array>())
}

fn written(dataset: &str, period: Period, batch: &RecordBatch) -> std::result::Result<Vec<u8>, ParquetError> {
    let about = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(vec![
            about("bellwether.dataset", dataset.to_owned()),
            about("bellwether.period", period.to_string()),
        ]))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(bytes)
}

/// A number or a reason: of the two columns one is null. What is not finite is no number.
fn split(value: Value) -> (Option<f64>, Option<&'static str>) {
    match value {
        Value::Number(number) if number.is_finite() => (Some(number), None),
        Value::Number(_) => (None, Some(Missing::Unreadable.code())),
        Value::Missing { missing } => (None, Some(missing.code())),
        // Its ends stand in columns of their own.
        Value::Bound(bound) => match bound.only_end().filter(|end| end.is_finite()) {
            Some(end) => (Some(end), None),
            None => (None, Some(Missing::Words.code())),
        },
    }
}

pub(super) fn code(better: Better) -> &'static str {
    match better {
        Better::Higher => "higher",
        Better::Lower => "lower",
        Better::Neither => "neither",
    }
}
