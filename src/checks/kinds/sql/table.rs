//! The rows of a file as a table of SQLite, in memory and with bounds.

use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::{
    Connection, Statement,
    hooks::{AuthAction, AuthContext, Authorization},
    limits::Limit,
    params_from_iter,
    types::Value,
};

use super::super::super::{columns::Field, rows::Rows};
use crate::model::Cell;

/// Of 4,096 bytes: 128 MB.
const MOST_PAGES: u32 = 32_768;

/// A value, and the query itself.
const MOST_BYTES: i32 = 1 << 20;

/// How many steps SQLite makes between two looks at the count of them, and how many looks there are.
const STEPS: i32 = 10_000;
const MOST_LOOKS: u32 = if cfg!(test) { 100 } else { 20_000 };

/// What a query may not call: nothing here depends on chance or on the time of day.
const REFUSED: &[&str] =
    &["random", "randomblob", "load_extension", "current_time", "current_date", "current_timestamp", "fts3_tokenizer"];

/// What SQLite says, without the query, which is shown beside it.
pub(super) fn why(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(why)) => why.clone(),
        other => other.to_string(),
    }
}

/// The table `rows` in a database of its own.
#[derive(Debug)]
pub(super) struct Table(pub(super) Connection);

impl Table {
    /// With columns of these names.
    pub(super) fn new(names: &[String]) -> rusqlite::Result<Self> {
        let database = Connection::open_in_memory()?;
        for (limit, most) in [(Limit::SQLITE_LIMIT_LENGTH, MOST_BYTES), (Limit::SQLITE_LIMIT_SQL_LENGTH, MOST_BYTES)] {
            database.set_limit(limit, most)?;
        }
        database.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        database.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
        let quoted = names.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\"")));
        let columns: Vec<String> = ["row INTEGER".to_owned()].into_iter().chain(quoted).collect();
        database.execute_batch(&format!(
            "PRAGMA max_page_count = {MOST_PAGES}; PRAGMA journal_mode = OFF; CREATE TABLE rows ({});",
            columns.join(", ")
        ))?;
        Ok(Self(database))
    }

    fn insertion(&self, columns: usize) -> rusqlite::Result<Statement<'_>> {
        let places = vec!["?"; columns + 1].join(", ");
        self.0.prepare(&format!("INSERT INTO rows VALUES ({places})"))
    }

    /// From here on nothing but reading is possible, and not for ever.
    pub(super) fn bound(&self) -> rusqlite::Result<()> {
        self.0.authorizer(Some(|context: AuthContext<'_>| match context.action {
            AuthAction::Select | AuthAction::Recursive => Authorization::Allow,
            AuthAction::Read { table_name, .. } if !table_name.starts_with("sqlite_") => Authorization::Allow,
            AuthAction::Function { function_name } if !REFUSED.contains(&function_name.to_lowercase().as_str()) => {
                Authorization::Allow
            }
            _ => Authorization::Deny,
        }))?;
        let looks = AtomicU32::new(0);
        self.0.progress_handler(STEPS, Some(move || looks.fetch_add(1, Ordering::Relaxed) >= MOST_LOOKS))
    }
}

fn value(cell: Cell, text: &str) -> Value {
    match cell {
        Cell::Number(number) => Value::Real(number),
        Cell::Text => Value::Text(text.to_owned()),
        Cell::Period(period) => Value::Text(period.to_string()),
        Cell::Missing(_) => Value::Null,
    }
}

/// Adds the cells of fields.
pub(super) fn insert(table: &Table, fields: &[Field], rows: &Rows<'_>) -> rusqlite::Result<()> {
    let mut insertion = table.insertion(fields.len())?;
    for index in rows.indices() {
        let row = Value::Integer(i64::try_from(rows.row(index)).unwrap_or(i64::MAX));
        let cells = fields.iter().map(|field| value(field.cell(rows.batch, index), field.text(rows.batch, index)));
        insertion.execute(params_from_iter([row].into_iter().chain(cells)))?;
    }
    Ok(())
}

/// Adds the rows of another table of as many columns.
pub(super) fn join(table: &Table, other: &Table, columns: usize) -> rusqlite::Result<()> {
    let mut insertion = table.insertion(columns)?;
    let mut selection = other.0.prepare("SELECT * FROM rows")?;
    let mut rows = selection.query([])?;
    while let Some(row) = rows.next()? {
        let cells = (0..=columns).map(|at| row.get::<_, Value>(at)).collect::<rusqlite::Result<Vec<_>>>()?;
        insertion.execute(params_from_iter(cells))?;
    }
    Ok(())
}
