//! The accepted table as other programs read it: one row a row, one column a declared column, in CSV and in Parquet.
//!
//! | kind of column | CSV | Parquet |
//! |---|---|---|
//! | text | as printed | text |
//! | number, percent, duration | the number (`0.563` for 56.3%, seconds) | double |
//! | figure, target | the number; words as printed | double, and `<column>_text` as printed |
//! | period | `2025-10` | text |
//!
//! A cell without a value keeps its reason: in CSV it stands as printed (`*`, `TBC`, nothing), in Parquet it is null and
//! `<column>_missing` says why (`suppressed`, `blank`, …). Columns that the file does not have are left empty.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::Path,
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, Float64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema as ArrowSchema},
    error::ArrowError,
};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::WriterProperties,
};

use crate::model::{Batch, Cell, Column, ColumnKind, Schema};

use super::{Limits, ReadError, Table, TableSource, TableSpec};

/// The rows of a group of the Parquet file: memory is bounded by it.
const GROUP_ROWS: usize = 128 << 10;

/// A table cannot be written in tidy form.
#[derive(Debug, thiserror::Error)]
pub enum TidyError {
    /// It cannot be read any more as it was.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The disk fails.
    #[error("the tidy table cannot be written: {0}")]
    Write(#[from] io::Error),
    /// The CSV file cannot be written.
    #[error("the tidy table cannot be written as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// The Parquet file cannot be written.
    #[error("the tidy table cannot be written as Parquet: {0}")]
    Parquet(#[from] ParquetError),
    /// The columns do not make a table.
    #[error("the tidy table cannot be made: {0}")]
    Arrow(#[from] ArrowError),
}

/// Reads tables of one dataset again and writes them, one after the other, to a CSV file and a Parquet file.
///
/// # Errors
/// The file cannot be read, or the others cannot be written.
pub fn write_tidy(
    sources: &[TableSource<'_>],
    spec: &TableSpec,
    limits: &Limits,
    csv: &Path,
    parquet: &Path,
) -> Result<(), TidyError> {
    let schema = spec.schema();
    let mut writer = Writer::new(&schema, csv, parquet)?;
    for source in sources {
        let mut table = Table::open(*source, spec, limits)?;
        while let Some(batch) = table.next_batch()? {
            writer.write(&schema, &batch)?;
        }
    }
    writer.finish()
}

struct Writer {
    csv: csv::Writer<BufWriter<File>>,
    parquet: ArrowWriter<File>,
    fields: Arc<ArrowSchema>,
}

impl Writer {
    fn new(schema: &Schema, csv: &Path, parquet: &Path) -> Result<Self, TidyError> {
        let fields = Arc::new(ArrowSchema::new(
            schema.columns.iter().flat_map(|column| fields(&column.name, column.kind)).collect::<Vec<_>>(),
        ));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .build();
        let parquet = ArrowWriter::try_new(File::create(parquet)?, Arc::clone(&fields), Some(properties))?;
        let mut csv = csv::Writer::from_writer(BufWriter::new(File::create(csv)?));
        csv.write_record(schema.names())?;
        Ok(Self { csv, parquet, fields })
    }

    fn write(&mut self, schema: &Schema, batch: &Batch) -> Result<(), TidyError> {
        for row in 0..batch.rows.len() {
            for column in &batch.columns {
                self.csv.write_field(printed(column.text(row), column.cell(row)))?;
            }
            self.csv.write_record(None::<&[u8]>)?;
        }
        let columns =
            schema.columns.iter().zip(&batch.columns).flat_map(|(declared, column)| arrays(declared.kind, column));
        self.parquet.write(&RecordBatch::try_new(Arc::clone(&self.fields), columns.collect())?)?;
        Ok(())
    }

    fn finish(self) -> Result<(), TidyError> {
        let file = self.csv.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        self.parquet.into_inner()?.sync_all()?;
        Ok(())
    }
}

/// A cell as CSV has it.
fn printed(text: &str, cell: Cell) -> String {
    match cell {
        Cell::Number(number) => number.to_string(),
        Cell::Period(period) => period.to_string(),
        Cell::Text | Cell::Missing(_) => text.to_owned(),
    }
}

fn fields(name: &str, kind: ColumnKind) -> Vec<Field> {
    let text = |name: String| Field::new(name, DataType::Utf8, true);
    let number = Field::new(name, DataType::Float64, true);
    let missing = text(format!("{name}_missing"));
    match kind {
        ColumnKind::Text | ColumnKind::Period => vec![text(name.to_owned()), missing],
        ColumnKind::Number | ColumnKind::Percent | ColumnKind::Duration => vec![number, missing],
        ColumnKind::Figure | ColumnKind::Target => vec![number, text(format!("{name}_text")), missing],
    }
}

fn arrays(kind: ColumnKind, column: &Column) -> Vec<ArrayRef> {
    let texts = |of: &dyn Fn(&str, Cell) -> Option<String>| -> ArrayRef {
        Arc::new((0..column.len()).map(|row| of(column.text(row), column.cell(row))).collect::<StringArray>())
    };
    let numbers = || -> ArrayRef {
        let number = |row| match column.cell(row) {
            Cell::Number(number) => Some(number),
            _ => None,
        };
        Arc::new((0..column.len()).map(number).collect::<Float64Array>())
    };
    let value = |text: &str, cell: Cell| match cell {
        Cell::Missing(_) => None,
        cell => Some(printed(text, cell)),
    };
    let missing = |_: &str, cell: Cell| match cell {
        Cell::Missing(missing) => Some(missing.code().to_owned()),
        _ => None,
    };
    match kind {
        ColumnKind::Text | ColumnKind::Period => vec![texts(&value), texts(&missing)],
        ColumnKind::Number | ColumnKind::Percent | ColumnKind::Duration => vec![numbers(), texts(&missing)],
        ColumnKind::Figure | ColumnKind::Target => {
            vec![numbers(), texts(&|text, _| Some(text.to_owned())), texts(&missing)]
        }
    }
}
