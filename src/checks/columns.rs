//! From the column names of a setting to columns of the schema, and from those to columns of a file.

use super::rows::Rows;
use crate::{
    model::{Asked, Batch, Cell, Column, ColumnDef, ColumnKind, Header, Missing, Schema, finding::cell_name},
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

    /// The column at a position.
    pub(super) fn at(position: usize, schema: &Schema) -> Option<Self> {
        schema.columns.get(position).map(|column| Self::new(position, column))
    }

    /// The column that a setting names.
    pub(super) fn find(name: &Located<String>, schema: &Schema) -> Result<Self, Problem> {
        Self::all(schema)
            .find(|column| column.name == name.value)
            .ok_or_else(|| Problem::unknown(name.place.clone(), "column", name, schema.names()))
    }

    /// The text column that a setting names.
    pub(super) fn find_text(name: &Located<String>, schema: &Schema) -> Result<Self, Problem> {
        let column = Self::find(name, schema)?;
        if column.kind != ColumnKind::Text {
            let message = format!("`{}` is a {} column; this check is for text", column.name, column.kind.name());
            return Err(Problem::new(name.place.clone(), message).hint("declare it as text"));
        }
        Ok(column)
    }

    /// The column of figures that a setting names.
    pub(super) fn find_figures(name: &Located<String>, schema: &Schema) -> Result<Self, Problem> {
        let column = Self::find(name, schema)?;
        if matches!(column.kind, ColumnKind::Text | ColumnKind::Period) {
            let message = format!("`{}` is a {} column and holds no figures", column.name, column.kind.name());
            let problem = Problem::new(name.place.clone(), message);
            return Err(problem.hint("number, percent, duration, figure and target columns do"));
        }
        Ok(column)
    }

    /// The columns of figures that a setting names: at least one, each once.
    pub(super) fn find_all_figures(names: &ColumnNames, schema: &Schema) -> Result<Vec<Self>, Problems> {
        let mut problems = Problems::default();
        let all = problems.take(Self::find_all(names, schema));
        for name in names.iter().filter(|name| schema.position(name).is_some()) {
            problems.take(Self::find_figures(name, schema).map_err(Problems::from));
        }
        problems.into_result().map(|()| all.unwrap_or_default())
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
        let at = header.positions.get(self.position).copied().flatten();
        let header = header.found.get(self.position)?.clone()?;
        Some(Field { position: self.position, name: self.name.clone(), header, at })
    }

    /// The columns in a file; none where the file lacks any of them.
    pub(super) fn all_in_file(columns: &[Self], header: &Header) -> Option<Vec<Field>> {
        columns.iter().map(|column| column.in_file(header)).collect()
    }
}

/// A declared column as a file has it.
#[derive(Debug, Clone)]
pub(super) struct Field {
    position: usize,
    name: String,
    /// As printed.
    pub(super) header: String,
    /// Which column of the file it is, from 0.
    at: Option<usize>,
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

    /// A cell as a spreadsheet names it, where the file is a workbook.
    pub(super) fn cell_name(&self, batch: &Batch, index: usize) -> Option<String> {
        batch.sheet.as_ref()?;
        let place = self.in_batch(batch).and_then(|column| column.place(index));
        let row = place.map(|place| place.row).or_else(|| batch.rows.get(index).copied())?;
        Some(cell_name(place.and_then(|place| place.column).or(self.at)?, row))
    }

    /// Calls `each` with every cell that fails, in the order of the rows. Where the column is coded, `fails` is asked once
    /// about each distinct cell of the file: `asked` remembers, and goes with this field and this question.
    pub(super) fn failing<'a>(
        &'a self,
        rows: &Rows<'a>,
        asked: &mut Asked,
        fails: impl Fn(&str, Cell) -> bool,
        mut each: impl FnMut(Spot<'a>),
    ) {
        let mut each = |index| {
            if rows.has(index) {
                each(Spot { field: self, rows: *rows, index });
            }
        };
        if let Some(column) = self.in_batch(rows.batch) {
            column.failing(asked, &fails, &mut each);
        }
        self.failing_beyond(rows.batch, |cell| fails("", cell), each);
    }

    /// As [`Field::failing`], for a question about numbers; nothing else fails.
    #[inline]
    pub(super) fn failing_numbers<'a>(
        &'a self,
        rows: &Rows<'a>,
        asked: &mut Asked,
        fails: impl Fn(f64) -> bool,
        mut each: impl FnMut(Spot<'a>),
    ) {
        if let Some(column) = self.in_batch(rows.batch) {
            column.failing_numbers(asked, fails, |index| {
                if rows.has(index) {
                    each(Spot { field: self, rows: *rows, index });
                }
            });
        }
    }

    /// As [`Field::failing`], for a question about cells that hold no value; nothing else fails.
    pub(super) fn failing_missing<'a>(
        &'a self,
        rows: &Rows<'a>,
        asked: &mut Asked,
        fails: impl Fn(Missing) -> bool,
        mut each: impl FnMut(Spot<'a>),
    ) {
        let mut each = |index| {
            if rows.has(index) {
                each(Spot { field: self, rows: *rows, index });
            }
        };
        if let Some(column) = self.in_batch(rows.batch) {
            column.failing_missing(asked, &fails, &mut each);
        }
        self.failing_beyond(rows.batch, |cell| matches!(cell, Cell::Missing(missing) if fails(missing)), each);
    }

    /// The rows that the column of a batch does not reach, or that has no such column.
    fn failing_beyond(&self, batch: &Batch, fails: impl Fn(Cell) -> bool, each: impl FnMut(usize)) {
        let absent = self.in_batch(batch).map_or(0, Column::len)..batch.rows.len();
        if !absent.is_empty() && fails(Cell::Missing(Missing::Absent)) {
            absent.for_each(each);
        }
    }

    /// The cell of this column in a row of a batch.
    pub(super) fn spot<'a>(&'a self, rows: &Rows<'a>, index: usize) -> Spot<'a> {
        Spot { field: self, rows: *rows, index }
    }

    /// What the cell of this column in a row was read as.
    pub(super) fn cell(&self, batch: &Batch, index: usize) -> Cell {
        self.in_batch(batch).map_or(Cell::Missing(Missing::Absent), |column| column.cell(index))
    }

    /// A cell of this column as printed.
    pub(super) fn text<'a>(&self, batch: &'a Batch, index: usize) -> &'a str {
        self.in_batch(batch).map_or("", |column| column.text(index))
    }
}

/// One cell of a column of a file.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    field: &'a Field,
    pub(super) rows: Rows<'a>,
    /// The row within the batch.
    pub(super) index: usize,
}

impl<'a> Spot<'a> {
    /// The cell as printed.
    pub(super) fn text(&self) -> &'a str {
        self.field.text(self.rows.batch, self.index)
    }

    /// What it was read as.
    pub(super) fn cell(&self) -> Cell {
        self.field.cell(self.rows.batch, self.index)
    }

    /// The row of the file that it stands in.
    pub(super) fn row(&self) -> u64 {
        let place = self.field.in_batch(self.rows.batch).and_then(|column| column.place(self.index));
        place.map_or_else(|| self.rows.row(self.index), |place| place.row)
    }

    /// The cell as a spreadsheet names it, where the file is a workbook.
    pub(super) fn name(&self) -> Option<String> {
        self.field.cell_name(self.rows.batch, self.index)
    }

    /// The header above it as printed.
    pub(super) fn header(&self) -> &'a str {
        self.field.header_of(self.rows.batch, self.index)
    }
}

/// Several columns of a file as one: their headers (or their cells in a row) side by side.
pub(super) fn side_by_side<T: Into<String>>(parts: impl Iterator<Item = T>) -> String {
    parts.map(Into::into).collect::<Vec<String>>().join(" · ")
}
