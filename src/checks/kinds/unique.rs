//! `unique`: two rows have the same key.
//!
//! | setting | meaning |
//! |---|---|
//! | `columns` | the columns that make up the key together |
//! | `blanks` | with `count`, a blank cell is a value like any other; with `skip`, as unless named, its row has no key |
//!
//! Values are compared, not spellings: `2025-10` and `Oct-25` are one period, `1,000` and `1000` one number. Text is
//! compared as printed. A row with a blank cell in the key is left out unless blanks count; [`not_null`](super::not_null)
//! finds it. Every row of a repeated key is counted and reported; those after the first name the row of the first.
//!
//! Memory: 14 bytes a row; the length of the key does not matter. 104 bits of a hash are compared: two of 20 million keys
//! share them with a likelihood below 10⁻¹⁶, two of a thousand million below 10⁻¹³. What stands in repeated rows is seen
//! when they are read once more.
//!
//! ```yaml
//! - unique: { columns: [period, contract] }
//! ```
//!
//! Finding: ``period · contract must be unique: 2 of 14 rows share 1 key, first `2025-10 · Dementia` in rows 3 and 7``

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::{ColumnNames, Declared},
    keys::KeyHasher,
    repeated::{Repeats, Seen},
};
use crate::yaml::{Place, Problems};

/// Settings of `unique`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unique {
    columns: ColumnNames,
    #[serde(default)]
    blanks: Blanks,
}

/// What a blank cell of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Blanks {
    #[default]
    Skip,
    Count,
}

impl Kind for Unique {
    const LOOKS: Looks = Looks::RowsTogether;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let columns = Declared::find_all(&self.columns, context.schema)?;
        let hasher = match self.blanks {
            Blanks::Skip => KeyHasher::default(),
            Blanks::Count => KeyHasher::with_blanks(),
        };
        Ok(Box::new(Compiled { columns, hasher }))
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
        let fields = Declared::all_in_file(&self.columns, file.header)?;
        Some(Box::new(Repeats::new(fields, &self.hasher, file, |seen| {
            let Seen { title, place, keys, .. } = seen;
            format!("{title} must be unique: {place} share {keys}, {}", seen.first())
        })))
    }
}
