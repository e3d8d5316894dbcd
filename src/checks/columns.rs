//! From the column names of a setting to columns of the schema, and from those to columns of a file.

use crate::{
    model::{Batch, Cell, Column, ColumnDef, ColumnKind, Header, Missing, Schema},
    yaml::{Located, Problem, Problems},
};

/// Several columns as a setting names them.
pub(super) type ColumnNames = Located<Vec<Located<String>>>;

/// A declared column that a check looks at.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    pub(super) position: usize,
    pub(super) name: String,
    pub(super) kind: ColumnKind,
}

impl Declared {
    pub(super) fn new(position: usize, column: &ColumnDef) -> Self {
        Self { position, name: column.name.clone(), kind: column.kind }
    }

    /// Every declared column.
    pub(super) fn all(schema: &Schema) -> impl Iterator<Item = Self> {
        schema.columns.iter().enumerate().map(|(position, column)| Self::new(position, column))
    }

    /// The column that a setting names.
    pub(super) fn find(name: &Located<String>, schema: &Schema) -> Result<Self, Problem> {
        Self::all(schema)
            .find(|column| column.name == name.value)
            .ok_or_else(|| Problem::unknown(name.place.clone(), "column", name, schema.names()))
    }

    /// The columns that a setting names: at least one, each once.
    pub(super) fn find_all(names: &ColumnNames, schema: &Schema) -> Result<Vec<Self>, Problems> {
        let mut problems = Problems::default();
        if names.is_empty() {
            problems.push(Problem::new(names.place.clone(), "no column is named here"));
        }
        for (i, name) in names.iter().enumerate() {
            if names.iter().take(i).any(|before| before.value == name.value) {
                problems.push(Problem::new(name.place.clone(), format!("`{}` stands here twice", name.value)));
            }
        }
        let found =
            names.iter().filter_map(|name| problems.take(Self::find(name, schema).map_err(Problems::from))).collect();
        problems.into_result().map(|()| found)
    }

    /// The column in a file; none where the file does not have it.
    pub(super) fn in_file(&self, header: &Header) -> Option<Field> {
        let header = header.found.get(self.position)?.clone()?;
        Some(Field { position: self.position, name: self.name.clone(), header })
    }

    /// The columns in a file; none where the file lacks any of them.
    pub(super) fn all_in_file(columns: &[Self], header: &Header) -> Option<Vec<Field>> {
        columns.iter().map(|column| column.in_file(header)).collect()
    }
}

/// What a kind of column is called.
pub(super) fn kind_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Number => "number",
        ColumnKind::Percent => "percent",
        ColumnKind::Duration => "duration",
        ColumnKind::Period => "period",
        ColumnKind::Figure => "figure",
        ColumnKind::Target => "target",
    }
}

/// A declared column as a file has it.
#[derive(Debug, Clone)]
pub(super) struct Field {
    position: usize,
    name: String,
    /// As printed.
    pub(super) header: String,
}

impl Field {
    /// Its name, with the header where that is another: `planned`, `band_0_10 ("0-10%")`.
    pub(super) fn title(&self) -> String {
        if self.header.eq_ignore_ascii_case(&self.name) {
            self.name.clone()
        } else {
            format!("{} (\"{}\")", self.name, self.header)
        }
    }

    pub(super) fn in_batch<'a>(&self, batch: &'a Batch) -> Option<&'a Column> {
        batch.columns.get(self.position)
    }

    /// Where a cell stands: the header of its column, which differs from cell to cell where columns became rows.
    pub(super) fn header_of<'a>(&'a self, batch: &'a Batch, index: usize) -> &'a str {
        let place = self.in_batch(batch).and_then(|column| column.place(index));
        place.and_then(|place| place.header.as_deref()).unwrap_or(&self.header)
    }

    /// The numbers of the rows, each with its index in the batch and the cell of this column.
    pub(super) fn cells<'a>(&self, batch: &'a Batch) -> impl Iterator<Item = (u64, usize, Cell)> + use<'a> {
        let column = self.in_batch(batch);
        batch.rows.iter().enumerate().map(move |(i, row)| {
            let cell = column.map_or(Cell::Missing(Missing::Absent), |column| column.cell(i));
            let row = column.and_then(|column| column.place(i)).map_or(*row, |place| place.row);
            (row, i, cell)
        })
    }

    /// A cell of this column as printed.
    pub(super) fn text<'a>(&self, batch: &'a Batch, index: usize) -> &'a str {
        self.in_batch(batch).map_or("", |column| column.text(index))
    }
}

/// Several columns of a file as one: their headers (or their cells in a row) side by side.
pub(super) fn side_by_side<T: Into<String>>(parts: impl Iterator<Item = T>) -> String {
    parts.map(Into::into).collect::<Vec<String>>().join(" · ")
}
