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
//! not read. Findings show the shape of a value and never the value: `*** *** ****`. One cell counts once, for the first of
//! these that it holds.
//!
//! ```yaml
//! - patient_identity: {}
//! - patient_identity: { columns: [comments], look_for: [nhs_number, birth_date] }
//! ```
//!
//! Finding: ``comments holds NHS numbers in 2 of 14 rows, first `*** *** ****` in row 5``

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field},
    failures::{Failures, quoted},
    rows::Rows,
};
use crate::{
    model::{Asked, Cell, ColumnKind},
    yaml::{Place, Problem, Problems},
};

/// Settings of `patient_identity`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientIdentity {
    #[serde(default)]
    columns: Option<ColumnNames>,
    #[serde(default)]
    look_for: Option<Vec<Identity>>,
}

/// By what a patient could be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Identity {
    NhsNumber,
    Postcode,
    BirthDate,
    Email,
}

const ALL: [Identity; 4] = [Identity::NhsNumber, Identity::Postcode, Identity::BirthDate, Identity::Email];

impl Identity {
    fn name(self) -> &'static str {
        match self {
            Self::NhsNumber => "NHS numbers",
            Self::Postcode => "postcodes",
            Self::BirthDate => "dates of birth",
            Self::Email => "email addresses",
        }
    }

    /// Whether a text holds one; `of_birth` says that the column speaks of birth.
    fn is_in(self, text: &str, of_birth: bool) -> bool {
        match self {
            Self::NhsNumber => holds_nhs_number(text),
            Self::Postcode => {
                let alone = text.len() <= 8 && is_match(&POSTCODE, &text.to_uppercase());
                alone || is_match(&POSTCODE, text)
            }
            Self::BirthDate => (of_birth && is_match(&DATE, text)) || is_match(&BORN, text),
            Self::Email => is_match(&EMAIL, text),
        }
    }
}

type Pattern = LazyLock<Option<Regex>>;

static NHS_NUMBER: Pattern = LazyLock::new(|| Regex::new(r"\b\d{3}[ \-]?\d{3}[ \-]?\d{4}\b").ok());
static POSTCODE: Pattern = LazyLock::new(|| {
    Regex::new(r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|[A-HK-Y]\d[ABEHMNPRVWXY]|\d[A-HJKPSTUW]) ?\d[ABD-HJLNP-UW-Z]{2})\b").ok()
});
static DATE: Pattern = LazyLock::new(|| {
    Regex::new(r"\b(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|\d{1,2} [A-Za-z]{3,9} \d{4})\b").ok()
});
static BORN: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:d\.?o\.?b\.?|born|birth)\b[^\d]{0,20}(?:\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2} [a-z]{3,9} \d{4})").ok()
});
static EMAIL: Pattern =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9._%+\-']+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}").ok());
static OF_BIRTH: Pattern = LazyLock::new(|| Regex::new(r"(?i)birth|\bdob\b|^dob|born").ok());
static HEADER: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\bnhs[ _]*(?:no\b|num|id\b)|\bdob\b|date[ _]of[ _]birth|birth[ _]*date|patient[ _]*(?:name|id\b|address|post)|\bsurname\b|\bforename\b").ok()
});

fn is_match(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

fn holds_nhs_number(text: &str) -> bool {
    let found = NHS_NUMBER.as_ref().map(|pattern| pattern.find_iter(text));
    found.into_iter().flatten().any(|found| is_nhs_number(found.as_str()))
}

/// The check digit is 11 less the remainder of the first nine, weighted from 10 down to 2; 11 stands for 0, and a number
/// that would need 10 is not given out.
fn is_nhs_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let [first @ .., check] = &digits[..] else { return false };
    let weighted: u32 = first.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let expected = (11 - weighted % 11) % 11;
    first.len() == 9 && first.iter().any(|digit| *digit != 0) && expected == *check
}

/// The shape of a text, at most 40 characters of it.
fn masked(text: &str) -> String {
    text.chars().take(40).map(|c| if c.is_alphanumeric() { '*' } else { c }).collect()
}

impl Kind for PatientIdentity {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let columns = match &self.columns {
            Some(named) => Declared::find_all(named, context.schema)?,
            None => Declared::all(context.schema).filter(|column| column.kind == ColumnKind::Text).collect(),
        };
        let look_for = self.look_for.clone().unwrap_or_else(|| ALL.to_vec());
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
            of_birth: is_match(&OF_BIRTH, &field.header) || is_match(&OF_BIRTH, &field.title()),
            field,
            asked: Asked::default(),
            kinds: self.look_for.iter().map(|identity| (*identity, file.failures())).collect(),
        });
        let headers = file.header.unexpected.iter().filter(|text| is_match(&HEADER, text)).cloned();
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
                failures.add_cell_as(spot, || masked(spot.text()));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// 943 476 5919 is the example of the NHS Data Dictionary; 987 654 4321 and 999 012 3456 are of its test range.
    #[test]
    fn the_check_digit_tells_nhs_numbers() {
        for (text, is) in [
            ("9434765919", true),
            ("943 476 5919", true),
            ("seen 943-476-5919 on Monday", true),
            ("9434765918", false),
            ("0000000000", false),
            ("19434765919", false),
            ("0161 496 0000", false),
            ("943 476 591", false),
        ] {
            assert_eq!(Identity::NhsNumber.is_in(text, false), is, "{text}");
        }
    }

    #[test]
    fn postcodes_dates_of_birth_and_addresses() {
        for (identity, text, is) in [
            (Identity::Postcode, "LE1 5WW", true),
            (Identity::Postcode, "le15ww", true),
            (Identity::Postcode, "lives in EC1A 1BB since May", true),
            (Identity::Postcode, "E54000015", false),
            (Identity::Postcode, "Y00123", false),
            (Identity::Postcode, "Q1 24/25", false),
            (Identity::BirthDate, "DOB: 12/03/1961", true),
            (Identity::BirthDate, "born 1 May 1961", true),
            (Identity::BirthDate, "seen 12/03/2025", false),
            (Identity::Email, "a.b@example.nhs.uk", true),
            (Identity::Email, "5 @ 3.50", false),
        ] {
            assert_eq!(identity.is_in(text, false), is, "{text}");
        }
        assert!(Identity::BirthDate.is_in("1961-03-12", true));
        assert_eq!(masked("a.b@x.uk 943 476"), "*.*@*.** *** ***");
    }
}
