//! `pattern`: a text is not written as it should be.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a text column |
//! | `matches` | a regular expression (of Rust's `regex`, without look-around) that the whole cell must match |
//! | `contains` | instead: one that must match somewhere in the cell |
//! | `lacks` | instead: one that must match nowhere in the cell |
//!
//! A cell that holds no value is left out. An expression takes time in proportion to the cell and 1 MB at most, whatever it
//! says.
//!
//! ```yaml
//! - pattern: { column: practice, matches: '[A-Y]\d{5}' }
//! - pattern: { column: trust, lacks: '(?i)test|dummy' }
//! ```
//!
//! Finding: ``practice is not written like `[A-Y]\d{5}` in row 3: `a83001` ``

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use super::super::{
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::Declared,
    misfits::Misfits,
};
use crate::{
    model::{Asked, Cell},
    yaml::{Located, Place, Problem, Problems},
};

/// Bytes that a compiled expression may take.
const MOST_BYTES: usize = 1 << 20;

/// Settings of `pattern`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    column: Located<String>,
    #[serde(default)]
    matches: Option<Located<String>>,
    #[serde(default)]
    contains: Option<Located<String>>,
    #[serde(default)]
    lacks: Option<Located<String>>,
}

/// How a cell must stand to a regular expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Must {
    Match,
    Contain,
    Lack,
}

impl Kind for Pattern {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(Declared::find_text(&self.column, context.schema).map_err(Problems::from));
        let asked = problems.take(self.asked(place).map_err(Problems::from));
        let (Some(column), Some((must, pattern))) = (column, asked) else { return Err(problems) };
        let regex = compiled(pattern, must).map_err(Problems::from)?;
        Ok(Box::new(Compiled { column, regex, must, text: pattern.value.clone() }))
    }
}

impl Pattern {
    fn asked(&self, place: &Place) -> Result<(Must, &Located<String>), Problem> {
        match (&self.matches, &self.contains, &self.lacks) {
            (Some(pattern), None, None) => Ok((Must::Match, pattern)),
            (None, Some(pattern), None) => Ok((Must::Contain, pattern)),
            (None, None, Some(pattern)) => Ok((Must::Lack, pattern)),
            _ => Err(Problem::new(place.clone(), "a pattern needs one of `matches`, `contains` and `lacks`")),
        }
    }
}

fn compiled(pattern: &Located<String>, must: Must) -> Result<Regex, Problem> {
    let refused = |error: &regex::Error| {
        let message = match error {
            regex::Error::CompiledTooBig(_) => "this regular expression is too large".to_owned(),
            other => {
                let text = other.to_string();
                let why = text.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
                format!("this is no regular expression: {why}")
            }
        };
        Problem::new(pattern.place.clone(), message)
    };
    // Alone first, so that a bracket too many is one.
    Regex::new(pattern).map_err(|error| refused(&error))?;
    let text = if must == Must::Match { format!(r"\A(?:{})\z", pattern.value) } else { pattern.value.clone() };
    RegexBuilder::new(&text).size_limit(MOST_BYTES).build().map_err(|error| refused(&error))
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    regex: Regex,
    must: Must,
    text: String,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let (regex, mut asked) = (self.regex.clone(), Asked::default());
        let is = match self.must {
            Must::Match => "is not written like",
            Must::Contain => "holds nothing like",
            Must::Lack => "holds something like",
        };
        let seen = format!("{} {is} `{}`", field.title(), self.text);
        let wanted = self.must != Must::Lack;
        Some(Misfits::start(file.failures(), seen, move |rows, failures| {
            let fails = |text: &str, cell| !matches!(cell, Cell::Missing(_)) && regex.is_match(text) != wanted;
            field.failing(rows, &mut asked, fails, |spot| failures.add_cell(spot));
        }))
    }
}
