//! `patient_identity`: a cell holds something by which a patient could be known.
//!
//! | setting | meaning |
//! |---|---|
//! | `columns` | the columns to look at; all text columns unless named |
//! | `look_for` | any of `nhs_number`, `postcode`, `birth_date`, `email`; all of them unless named |
//!
//! - `nhs_number`: ten digits, together or as 3-3-4 with spaces or hyphens, whose last is the check digit (modulus 11). Of ten
//!   digits that mean something else, one in eleven passes: leave out columns of such codes
//! - `postcode`: a whole UK postcode, capitals in text, any letters in a cell of its own. Practices have postcodes too: leave
//!   their column out
//! - `birth_date`: a date, in a column or behind a word that speaks of birth (`DOB`, `born`)
//! - `email`: an address
//!
//! Headers that no declared column answers to are looked at as well, for names such as `NHS Number`: what stands below them is
//! not read. One cell counts once, for the first of these that it holds.
//!
//! Findings show the shape of a value and never the value: `*** *** ****`. What this check looks for is hidden in the findings
//! of all other checks of the dataset as well, in every column; NHS numbers are, whether a dataset has this check or not.
//!
//! ```yaml
//! - patient_identity: {}
//! - patient_identity: { columns: [comments], look_for: [nhs_number, birth_date] }
//! ```
//!
//! Finding: ``comments holds NHS numbers in 2 of 14 rows, first `*** *** ****` in row 5``

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field},
    failures::{Failures, quoted},
    identity::{ALL, Identity, is_of_birth, is_of_patients},
    rows::Rows,
};
use crate::{
    model::{Asked, Cell, ColumnKind},
    yaml::{Place, Problem, Problems},
};

/// Settings of `patient_identity`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientIdentity {
    #[serde(default)]
    columns: Option<ColumnNames>,
    #[serde(default)]
    look_for: Option<Vec<Identity>>,
}

impl PatientIdentity {
    /// What it looks for.
    pub(in crate::checks) fn sought(&self) -> &[Identity] {
        self.look_for.as_deref().unwrap_or(&ALL)
    }
}

impl Kind for PatientIdentity {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let columns = match &self.columns {
            Some(named) => Declared::find_all(named, context.schema)?,
            None => Declared::all(context.schema).filter(|column| column.kind == ColumnKind::Text).collect(),
        };
        let look_for = self.sought().to_vec();
        if look_for.is_empty() {
            return Err(Problem::new(place.clone(), "nothing is looked for here").into());
        }
        Ok(Box::new(Compiled { columns, look_for }))
    }
}

#[derive(Debug)]
struct Compiled {
    columns: Vec<Declared>,
    look_for: Vec<Identity>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let fields = self.columns.iter().filter_map(|column| column.in_file(file.header));
        let columns = fields.map(|field| Looked {
            of_birth: is_of_birth(&field.header) || is_of_birth(&field.title()),
            field,
            asked: Asked::default(),
            kinds: self.look_for.iter().map(|identity| (*identity, file.failures().personal())).collect(),
        });
        let headers = file.header.unexpected.iter().filter(|text| is_of_patients(text)).cloned();
        Some(Box::new(Sought { columns: columns.collect(), headers: headers.collect() }))
    }
}

#[derive(Debug)]
struct Sought {
    columns: Vec<Looked>,
    /// Headers of columns that are not read and must not be there.
    headers: Vec<String>,
}

/// One column.
#[derive(Debug)]
struct Looked {
    field: Field,
    of_birth: bool,
    asked: Asked,
    kinds: Vec<(Identity, Failures)>,
}

impl Looked {
    fn observe(&mut self, rows: &Rows<'_>) {
        let Self { field, of_birth, asked, kinds } = self;
        let sought: Vec<Identity> = kinds.iter().map(|(identity, _)| *identity).collect();
        let holds = |text: &str| sought.iter().position(|identity| identity.is_in(text, *of_birth));
        let fails = |text: &str, cell| !matches!(cell, Cell::Missing(_)) && holds(text).is_some();
        field.failing(rows, asked, fails, |spot| {
            let found = holds(spot.text()).and_then(|at| kinds.get_mut(at));
            if let Some((_, failures)) = found {
                failures.add_cell(spot);
            }
        });
    }
}

impl Tally for Sought {
    fn observe(&mut self, rows: &Rows<'_>) {
        for column in &mut self.columns {
            column.observe(rows);
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        for (column, other) in self.columns.iter_mut().zip(other.columns) {
            for ((_, failures), (_, others)) in column.kinds.iter_mut().zip(other.kinds) {
                failures.merge(others);
            }
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let headers = self.headers.into_iter().map(|header| {
            Found::in_file(format!("there is a column {}, which must not be in the file", quoted(&header)))
        });
        let cells = self.columns.into_iter().flat_map(|Looked { field, kinds, .. }| {
            let found = kinds.into_iter().filter(|(_, failures)| !failures.is_empty());
            found.map(move |(identity, failures)| {
                let place = failures.place_and_value(total);
                Found::in_rows(format!("{} holds {} in {place}", field.title(), identity.name()), failures)
            })
        });
        headers.chain(cells).collect()
    }
}
