//! `duplicate_rows`: a row says the same as another in every declared column.
//!
//! | setting | meaning |
//! |---|---|
//! | `except` | columns that may differ, such as a row number; none unless named |
//!
//! As [`unique`](super::unique) over all declared columns that the file has, except that a blank cell is a value like any
//! other. Columns that the dataset does not declare are not looked at. Memory as there: 14 bytes
//! a row.
//!
//! ```yaml
//! - duplicate_rows: {}
//! ```
//!
//! Finding: ``2 of 14 rows say the same as another in every column, first `2025-10 · Dementia` in rows 3 and 7``

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::{ColumnNames, Declared},
    keys::KeyHasher,
    repeated::Repeats,
};
use crate::yaml::{Place, Problem, Problems};

/// Settings of `duplicate_rows`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateRows {
    #[serde(default)]
    except: Option<ColumnNames>,
}

impl Kind for DuplicateRows {
    const LOOKS: Looks = Looks::RowsTogether;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let except = self.except.as_ref().map(|names| Declared::find_all(names, context.schema)).transpose()?;
        let except = except.unwrap_or_default();
        let left = |column: &Declared| !except.iter().any(|left_out| left_out.position == column.position);
        let columns: Vec<_> = Declared::all(context.schema).filter(left).collect();
        if columns.is_empty() {
            return Err(Problem::new(place.clone(), "no column is left: every row would be the same").into());
        }
        Ok(Box::new(Compiled { columns, hasher: KeyHasher::with_blanks() }))
    }
}

#[derive(Debug)]
struct Compiled {
    columns: Vec<Declared>,
    hasher: KeyHasher,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let fields: Vec<_> = self.columns.iter().filter_map(|column| column.in_file(file.header)).collect();
        let repeats = Repeats::new(fields, &self.hasher, file, |seen| {
            format!("{} say the same as another in every column, {}", seen.place, seen.first())
        });
        Some(Box::new(repeats))
    }
}
