//! Reference tables: the lists that values are held against, such as the practices of an area. They are CSV files of the
//! home, read with the configuration; nothing here touches a disk.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    fmt,
    io::Cursor,
    sync::{Arc, LazyLock},
};

use serde::Deserialize;

use crate::yaml::{Entries, Located, Problem, Problems, nearest};

/// A larger file is no reference table.
pub const MAX_BYTES: u64 = 64 << 20;

/// A row of a table has about so many bytes.
const BYTES_A_VALUE: usize = 16;

/// No more room than for so many values is made before they are read.
const MOST_ROOM: usize = 1 << 16;

/// Lists longer than this are not searched for the nearest value.
const MOST_SEARCHED: usize = 20_000;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The content of the files that the checks of a configuration name, by the path that a dataset writes.
#[derive(Debug, Default)]
pub struct References(BTreeMap<String, Result<Arc<[u8]>, String>>);

impl References {
    /// Adds a file: its bytes, or why it cannot be read.
    pub fn insert(&mut self, path: &str, content: Result<Vec<u8>, String>) {
        self.0.insert(path.to_owned(), content.map(Arc::from));
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

/// The distinct values of a column of a reference table, in its order. They are made out when they are first asked for: of
/// all datasets with their tables, a file needs one. Memory: the values and some 60 bytes for each; until then the table.
pub(super) struct List {
    file: String,
    values: LazyLock<Values, Box<dyn FnOnce() -> Values + Send>>,
}

#[derive(Default)]
struct Values {
    ordered: Vec<Arc<str>>,
    index: HashMap<Arc<str>, usize>,
}

/// The rows of a reference table that count.
struct Counted {
    reader: csv::Reader<Cursor<Arc<[u8]>>>,
    record: csv::ByteRecord,
    column: usize,
    /// Columns, and the values of which they must hold one.
    only: Vec<(usize, Vec<String>)>,
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Counted {
    /// Goes to the next row; false at the end.
    fn next(&mut self) -> Result<bool, csv::Error> {
        self.reader.read_byte_record(&mut self.record)
    }

    /// What a cell of the row holds.
    fn cell(&self, at: usize) -> Option<&str> {
        str::from_utf8(self.record.get(at)?).ok().map(str::trim)
    }

    /// The value of the row; none where it is blank, or the row does not count.
    fn value(&self) -> Option<&str> {
        let is_one_of = |at, values: &[String]| values.iter().any(|one| Some(one.as_str()) == self.cell(at));
        let counts = || self.only.iter().all(|(at, values)| is_one_of(*at, values));
        self.cell(self.column).filter(|value| !value.is_empty() && counts())
    }

    /// The values of this row and of all further ones; room is made for so many.
    fn values_from(mut self, first: &str, room: usize) -> Values {
        let mut values = Values { ordered: Vec::with_capacity(room), index: HashMap::with_capacity(room) };
        values.add(first);
        // What is no UTF-8 was refused.
        while let Ok(true) = self.next() {
            self.value().into_iter().for_each(|value| values.add(value));
        }
        values
    }
}

impl Values {
    fn add(&mut self, value: &str) {
        if let Entry::Vacant(new) = self.index.entry(value.into()) {
            self.ordered.push(Arc::clone(new.key()));
            new.insert(self.ordered.len() - 1);
        }
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
        let broken = |error: csv::Error| at_file(format!("`{file}` is not a CSV file in UTF-8: {error}"));
        let mut cursor = Cursor::new(Arc::clone(bytes));
        cursor.set_position(if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() as u64 } else { 0 });
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(cursor);
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
        let only = settings.only.iter().filter_map(|(name, values)| Some((position(name)?, values.clone()))).collect();
        let Some(column) = column.filter(|_| problems.is_empty()) else { return Err(problems) };
        if str::from_utf8(bytes).is_err()
            && let Some(Err(error)) = reader.records().find(Result::is_err)
        {
            return Err(broken(error).into());
        }
        let mut counted = Counted { reader, record: csv::ByteRecord::new(), column, only };
        let first = loop {
            if !counted.next().map_err(broken)? {
                return Err(at_file(format!("`{file}` has no row that counts: every file would fail")).into());
            }
            if let Some(first) = counted.value() {
                break first.to_owned();
            }
        };
        let room = (bytes.len() / BYTES_A_VALUE).min(MOST_ROOM);
        let values: Box<dyn FnOnce() -> Values + Send> = Box::new(move || counted.values_from(&first, room));
        Ok(Self { file: file.to_owned(), values: LazyLock::new(values) })
    }

    /// As the dataset names it.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub(super) fn len(&self) -> usize {
        self.values.ordered.len()
    }

    /// Where a value stands among the distinct ones.
    pub(super) fn position(&self, value: &str) -> Option<usize> {
        self.values.index.get(value).copied()
    }

    pub(super) fn value(&self, at: usize) -> &str {
        self.values.ordered.get(at).map_or("", |value| value)
    }

    /// The value that is most like this one; none in a long list.
    pub(super) fn nearest(&self, value: &str) -> Option<&str> {
        let known = &self.values.ordered;
        (known.len() <= MOST_SEARCHED).then(|| nearest(value, known.iter().map(|value| &**value))).flatten()
    }
}
