//! Texts that stand in no cell of the table: fixed ones, and those that titles and file names hold.

use super::{
    ReadError, TableSpec,
    layout_settings::Given,
    periods,
    row::{Row, is_blank, trim},
};

/// Where such texts are looked for.
pub(super) struct Surroundings<'a> {
    /// The file's name without folders.
    pub(super) file: &'a str,
    /// The rows above the header, and the header.
    pub(super) titles: &'a [Row],
}

impl Surroundings<'_> {
    /// For each declared column, its text when it stands in no cell; blank where a column that is not required is not given.
    ///
    /// # Errors
    /// The expression of a required column does not fit.
    pub(super) fn texts(&self, spec: &TableSpec) -> Result<Vec<Option<String>>, ReadError> {
        let text = |(name, column): (&crate::yaml::Located<String>, &super::ColumnSettings)| {
            let find = |given: &Given| self.find(given, &["value"], &format!("`{}`", name.value));
            match column.from.as_ref().map(find).transpose() {
                Err(ReadError::NotGiven { .. }) if !column.required => Ok(Some(String::new())),
                found => found.map(|found| found.map(|(_, text)| text)),
            }
        };
        spec.columns.iter().map(text).collect()
    }

    /// The year in whose April the file's financial year starts, if the dataset says where to find it.
    ///
    /// # Errors
    /// It is not there, or no year.
    pub(super) fn year(&self, spec: &TableSpec) -> Result<Option<i32>, ReadError> {
        let Some(given) = &spec.table.financial_year else { return Ok(None) };
        let what = "the financial year";
        let (group, text) = self.find(given, &["year", "starts"], what)?;
        let year = if group == "starts" { text.parse().ok() } else { periods::financial_year_of(&text) };
        year.map(Some).ok_or_else(|| self.not_given(given, what))
    }

    fn find(&self, given: &Given, groups: &[&'static str], what: &str) -> Result<(&'static str, String), ReadError> {
        let find = |text: &str, pattern: &super::column_settings::Pattern| {
            groups.iter().find_map(|group| Some((*group, pattern.find(text, group)?.to_owned())))
        };
        let found = match given {
            Given::Fixed(text) => groups.first().map(|group| (*group, trim(text).to_owned())),
            Given::FileName(pattern) => find(self.file, pattern),
            Given::Title(pattern) => self.titles.iter().find_map(|row| find(&text_of(row), pattern)),
        };
        found.ok_or_else(|| self.not_given(given, what))
    }

    fn not_given(&self, given: &Given, what: &str) -> ReadError {
        let (place, pattern) = match given {
            Given::Fixed(text) => ("the dataset's definition", text.clone()),
            Given::Title(pattern) => ("the rows above the table", pattern.0.to_string()),
            Given::FileName(pattern) => ("the file's name", pattern.0.to_string()),
        };
        ReadError::NotGiven { file: self.file.to_owned(), what: what.to_owned(), place, pattern }
    }
}

/// The cells of a row that hold anything, side by side.
fn text_of(row: &Row) -> String {
    row.cells().filter(|cell| !is_blank(cell)).map(trim).collect::<Vec<_>>().join(" ")
}
