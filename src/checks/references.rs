//! Reference tables: the lists that values are held against, such as the practices of an area. They are CSV files of the
//! home, read with the configuration; nothing here touches a disk.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

use serde::Deserialize;

use crate::yaml::{Entries, Located, Problem, Problems, nearest};

/// A larger file is no reference table.
pub const MAX_BYTES: u64 = 64 << 20;

/// Lists longer than this are not searched for the nearest value.
const MOST_SEARCHED: usize = 20_000;

/// The content of the files that the checks of a configuration name, by the path that a dataset writes.
#[derive(Debug, Default)]
pub struct References(BTreeMap<String, Result<Vec<u8>, String>>);

impl References {
    /// Adds a file: its bytes, or why it cannot be read.
    pub fn insert(&mut self, path: &str, content: Result<Vec<u8>, String>) {
        self.0.insert(path.to_owned(), content);
    }

    /// The bytes of a file that was read.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).and_then(|content| content.as_deref().ok())
    }

    /// Whether a file was added.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}

/// Where the list of a check stands.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListSettings {
    /// A CSV file with a header, below the home.
    pub(super) file: Located<String>,
    /// The header of the column of the values.
    column: Located<String>,
    /// Only its rows that hold one of these values in these columns.
    #[serde(default)]
    only: Entries<Vec<String>>,
}

/// The distinct values of a column of a reference table, in its order. Memory: the values and some 60 bytes for each.
pub(super) struct List {
    file: String,
    values: Vec<Arc<str>>,
    index: HashMap<Arc<str>, usize>,
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("file", &self.file).field("values", &self.values.len()).finish_non_exhaustive()
    }
}

impl List {
    /// Reads the list that settings name.
    ///
    /// # Errors
    /// The file could not be read, is no CSV in UTF-8 or lacks a column, or no row of it is left.
    pub(super) fn read(settings: &ListSettings, references: &References) -> Result<Self, Problems> {
        let at_file = |message: String| Problem::new(settings.file.place.clone(), message);
        let file = settings.file.as_str();
        let bytes = match references.0.get(file) {
            Some(Ok(bytes)) => bytes,
            Some(Err(why)) => return Err(at_file(format!("`{file}` cannot be read: {why}")).into()),
            None => return Err(at_file(format!("`{file}` was not read")).into()),
        };
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let broken = |error: csv::Error| at_file(format!("`{file}` is not a CSV file in UTF-8: {error}"));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let headers: Vec<_> = reader.headers().map_err(broken)?.iter().map(|header| header.trim().to_owned()).collect();
        let mut problems = Problems::default();
        let mut position = |name: &Located<String>| {
            let found = headers.iter().position(|header| header == name.as_str());
            if found.is_none() {
                problems.push(Problem::unknown(
                    name.place.clone(),
                    &format!("column in `{file}`"),
                    name,
                    headers.iter().map(String::as_str),
                ));
            }
            found
        };
        let column = position(&settings.column);
        let only: Vec<_> = settings.only.iter().filter_map(|(name, values)| Some((position(name)?, values))).collect();
        problems.into_result()?;
        let mut list = Self { file: file.to_owned(), values: Vec::new(), index: HashMap::new() };
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(broken)? {
            let cell = |at: usize| record.get(at).map(str::trim);
            let holds = |(at, values): &(usize, &Vec<String>)| {
                cell(*at).is_some_and(|cell| values.iter().any(|value| value == cell))
            };
            if let Some(value) = column.and_then(cell).filter(|value| !value.is_empty())
                && only.iter().all(holds)
            {
                list.add(value);
            }
        }
        if list.values.is_empty() {
            return Err(at_file(format!("`{file}` has no row that counts: every file would fail")).into());
        }
        Ok(list)
    }

    fn add(&mut self, value: &str) {
        if !self.index.contains_key(value) {
            let value: Arc<str> = value.into();
            self.index.insert(Arc::clone(&value), self.values.len());
            self.values.push(value);
        }
    }

    /// As the dataset names it.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Where a value stands among the distinct ones.
    pub(super) fn position(&self, value: &str) -> Option<usize> {
        self.index.get(value).copied()
    }

    pub(super) fn value(&self, at: usize) -> &str {
        self.values.get(at).map_or("", |value| value)
    }

    /// The value that is most like this one; none in a long list.
    pub(super) fn nearest(&self, value: &str) -> Option<&str> {
        (self.values.len() <= MOST_SEARCHED).then(|| nearest(value, self.values.iter().map(|value| &**value))).flatten()
    }
}
