//! `sql`: a query of one's own, whose results are the rows that fail.
//!
//! | setting | meaning |
//! |---|---|
//! | `columns` | the columns that the query may use |
//! | `query` | one `SELECT` in SQLite's SQL over the table `rows` |
//!
//! The table `rows` has the named columns and `row`, the row in the file. Figures are numbers (a percentage a share, a
//! duration seconds), periods their notation (`2025-10`), text is text, and a cell that holds no value is `NULL`. A result that
//! has a column `row` is a failing row, shown with the other columns of the result; without one, the results are about the file
//! as a whole.
//!
//! The query can do nothing but read: no other table, no writing, no files, neither chance nor the time of day. The rows are
//! held in memory, 128 MB of them for each thread that reads; the query is broken off after two hundred million steps of
//! SQLite, a value has at most 1 MB. A check that reaches one of these is not made, and an error says so.
//!
//! ```yaml
//! - sql:
//!     name: one-type-per-contract
//!     columns: [contract, contract_type]
//!     query: SELECT contract, min(row) AS row FROM rows GROUP BY contract HAVING count(DISTINCT contract_type) > 1
//! ```
//!
//! Finding: ``the query finds 1 row, first `Dementia` in row 7``

mod table;

use std::sync::Arc;

use rusqlite::types::Value;
use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field, side_by_side},
    failures::{Failures, grouped, quoted},
    rows::Rows,
};
use crate::{
    model::{Severity, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};
use table::{Table, insert, join, why};

/// More results without a row than this are not listed.
const LISTED: usize = 8;

/// Settings of `sql`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sql {
    columns: ColumnNames,
    query: Located<String>,
}

impl Kind for Sql {
    const LOOKS: Looks = Looks::RowsTogether;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let columns = Declared::find_all(&self.columns, context.schema)?;
        if let Some(taken) = self.columns.iter().find(|name| name.eq_ignore_ascii_case("row")) {
            let problem = Problem::new(taken.place.clone(), "`row` is the row in the file here");
            return Err(problem.hint("declare the column by another name").into());
        }
        let names: Vec<_> = columns.iter().map(|column| column.name.clone()).collect();
        let table = Table::new(&names).map_err(|error| self.refused(&error))?;
        table.bound().and_then(|()| table.0.prepare(&self.query).map(drop)).map_err(|error| self.refused(&error))?;
        Ok(Box::new(Compiled { columns, query: self.query.value.as_str().into() }))
    }
}

impl Sql {
    fn refused(&self, error: &rusqlite::Error) -> Problem {
        let problem = Problem::new(self.query.place.clone(), format!("SQLite refuses this query: {}", why(error)));
        problem.hint("it must be one SELECT over the table `rows` and the named columns")
    }
}

#[derive(Debug)]
struct Compiled {
    columns: Vec<Declared>,
    query: Arc<str>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let fields = Declared::all_in_file(&self.columns, file.header)?;
        let names: Vec<_> = self.columns.iter().map(|column| column.name.clone()).collect();
        let table = Table::new(&names).map_err(|error| why(&error));
        Some(Box::new(Queried { fields, query: Arc::clone(&self.query), table, rows_kept: file.rows_kept }))
    }
}

#[derive(Debug)]
struct Queried {
    fields: Vec<Field>,
    query: Arc<str>,
    /// The rows so far, or why they could not be kept.
    table: Result<Table, String>,
    rows_kept: usize,
}

/// What a query answers.
struct Answer {
    count: u64,
    failures: Failures,
    /// The first results that name no row.
    first: Vec<String>,
}

fn ask(table: &Table, query: &str, rows_kept: usize) -> rusqlite::Result<Answer> {
    table.bound()?;
    let mut statement = table.0.prepare(query)?;
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let at_row = names.iter().position(|name| name.eq_ignore_ascii_case("row"));
    let shown: Vec<usize> = (0..names.len()).filter(|at| Some(*at) != at_row).collect();
    let header = side_by_side(shown.iter().filter_map(|at| names.get(*at)));
    let mut answer = Answer { count: 0, failures: Failures::keeping(rows_kept), first: Vec::new() };
    let mut found: Vec<(u64, String)> = Vec::new();
    let mut results = statement.query([])?;
    while let Some(result) = results.next()? {
        let cells = shown.iter().map(|at| result.get(*at).map(|value| in_words(&value)));
        let cells = side_by_side(cells.collect::<rusqlite::Result<Vec<_>>>()?.into_iter());
        let row = at_row.map(|at| result.get::<_, Value>(at)).transpose()?;
        answer.count += 1;
        if let Some(Value::Integer(row)) = row {
            found.push((u64::try_from(row).unwrap_or(0), cells));
            // The first rows of the file are kept, in whatever order they come.
            if found.len() > 2 * rows_kept.max(LISTED) {
                found.sort();
                found.truncate(rows_kept.max(1));
            }
        } else if answer.first.len() < LISTED {
            answer.first.push(cells);
        }
    }
    found.sort();
    for (row, cells) in found {
        answer.failures.add(None, row, &header, || cells);
    }
    answer.failures = answer.failures.of(answer.count);
    Ok(answer)
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format_number(*number),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

impl Tally for Queried {
    fn observe(&mut self, rows: &Rows<'_>) {
        if let Ok(table) = &self.table
            && let Err(error) = insert(table, &self.fields, rows)
        {
            self.table = Err(why(&error));
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        let joined = match (&self.table, other.table) {
            (Ok(table), Ok(other)) => join(table, &other, self.fields.len()).map_err(|error| why(&error)),
            (Ok(_), Err(why)) => Err(why),
            (Err(_), _) => Ok(()),
        };
        if let Err(why) = joined {
            self.table = Err(why);
        }
    }

    fn finish(self: Box<Self>, _total: u64) -> Vec<Found> {
        let asked = self.table.and_then(|table| ask(&table, &self.query, self.rows_kept).map_err(|error| why(&error)));
        let answer = match asked {
            Ok(answer) => answer,
            Err(why) => {
                let seen = format!("the query could not be answered, so nothing is known of it: {why}");
                return vec![Found::in_file(seen).aside(Severity::Error)];
            }
        };
        if !answer.first.is_empty() {
            let results =
                if answer.count == 1 { "1 result".to_owned() } else { format!("{} results", grouped(answer.count)) };
            let mut listed: Vec<_> = answer.first.iter().map(|cells| quoted(cells)).collect();
            listed.extend((answer.count > listed.len() as u64).then(|| "…".to_owned()));
            return vec![Found::in_file(format!("the query finds {results}: {}", listed.join(", ")))];
        }
        let failures = answer.failures;
        if failures.is_empty() {
            return Vec::new();
        }
        let rows =
            if failures.count() == 1 { "1 row".to_owned() } else { format!("{} rows", grouped(failures.count())) };
        let first = failures.first().map(|(row, value)| format!(", first {} in row {row}", quoted(value)));
        vec![Found::in_rows(format!("the query finds {rows}{}", first.unwrap_or_default()), failures)]
    }
}
