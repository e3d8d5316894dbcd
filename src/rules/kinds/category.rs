//! `category`: what an ordered category is or becomes, and series that appear or are gone.
//!
//! A measure with `categories` in its dataset follows a rating, a tier or a stage: its figure is the place in that list, from
//! 1, and is written as the word.
//!
//! | setting | meaning |
//! |---|---|
//! | `is` | a category, or a list of them |
//! | `becomes` | a category, or a list of them, that the figure was not in the period before |
//! | `changes` | `worse`, `better` or `any` against the period before |
//! | `appears` | `true`: the first figure of a series, in a dataset that had periods before |
//! | `disappears` | `true`: no figure any more, where there was one in the period before |
//! | `good` | `higher` or `lower` in the list, where the measure does not say which direction is good |
//!
//! One of `is`, `becomes`, `changes`, `appears` and `disappears` is written; the last two serve any measure.
//!
//! ```yaml
//! when: { category: { becomes: Inadequate } }
//! when: { category: { changes: better } }
//! when: { category: { appears: true } }
//! ```
//!
//! Of `[Inadequate, Requires improvement, Good, Outstanding]`, the last being the best, they stand for
//! `value == 1 && previous() != 1`, `value > previous()` and `if periods_before() == 0 { cannot_tell("nothing is known from
//! before") } else { known_before() == 0 && known() == 1 }`.

use serde::Deserialize;

use super::{
    super::terms::{Direction, Good, OneOrMore, Turn},
    Kind, Said,
};
use crate::{
    model::Unit,
    rules::MeasureEntry,
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `category`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    #[serde(default)]
    is: Option<Located<OneOrMore<String>>>,
    #[serde(default)]
    becomes: Option<Located<OneOrMore<String>>>,
    #[serde(default)]
    changes: Option<Turn>,
    #[serde(default)]
    appears: bool,
    #[serde(default)]
    disappears: bool,
    #[serde(default)]
    good: Option<Good>,
}

impl Kind for Category {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let shapes = [
            self.is.as_ref().map(|words| is(words, measure)),
            self.becomes.as_ref().map(|words| becomes(words, measure)),
            self.changes.map(|turn| self.changes(turn, place, measure)),
            self.appears.then(|| Ok(appears())),
            self.disappears.then(|| Ok(disappears())),
        ];
        let mut said = shapes.into_iter().flatten();
        let (Some(said), None) = (said.next(), said.next()) else {
            let message = "one of `is`, `becomes`, `changes`, `appears` and `disappears` is needed";
            return Err(Problem::new(place.clone(), message)
                .hint("such as `becomes: Inadequate` or `changes: worse`")
                .into());
        };
        Ok(said?)
    }
}

fn is(words: &Located<OneOrMore<String>>, measure: &MeasureEntry) -> Result<Said, Problem> {
    let places = places(words, measure)?;
    Ok(Said { condition: among("value", &places), message: "{subject}: {value}".to_owned() })
}

fn becomes(words: &Located<OneOrMore<String>>, measure: &MeasureEntry) -> Result<Said, Problem> {
    let places = places(words, measure)?;
    let condition = format!("{} && {}", among("value", &places), among_none("previous()", &places));
    Ok(Said { condition, message: AFTER.to_owned() })
}

const AFTER: &str = "{subject}: {value}, {previous()} the period before";

impl Category {
    fn changes(&self, turn: Turn, place: &Place, measure: &MeasureEntry) -> Result<Said, Problem> {
        let direction = || Direction::of(self.good, "`changes`", place, measure);
        let condition = match turn {
            Turn::Worse => direction()?.worse("value", "previous()"),
            Turn::Better => direction()?.better("value", "previous()"),
            Turn::Any => "value != previous()".to_owned(),
        };
        Ok(Said { condition, message: AFTER.to_owned() })
    }
}

fn appears() -> Said {
    let nothing = "if periods_before() == 0 { cannot_tell(\"nothing is known from before\") }";
    Said {
        condition: format!("{nothing} else {{ known_before() == 0 && known() == 1 }}"),
        message: "{subject}: reported for the first time, {value}".to_owned(),
    }
}

fn disappears() -> Said {
    Said {
        condition: "missing_for() == 1".to_owned(),
        message: "{subject}: no longer reported, {previous()} the period before".to_owned(),
    }
}

/// The places of categories in the measure's list.
fn places(words: &Located<OneOrMore<String>>, measure: &MeasureEntry) -> Result<Vec<u32>, Problem> {
    let Unit::Category(categories) = measure.unit else {
        let problem = Problem::new(words.place.clone(), "this measure has no categories");
        return Err(problem.hint("the dataset's `measures` list them: `categories: [Inadequate, Good]`"));
    };
    let known = || categories.words().iter().map(String::as_str);
    let place = |word: &String| {
        categories.place(word).ok_or_else(|| Problem::unknown(words.place.clone(), "category", word, known()))
    };
    words.0.iter().map(place).collect()
}

fn among(what: &str, places: &[u32]) -> String {
    match places {
        [one] => format!("{what} == {one}"),
        several => format!("{what} in {several:?}"),
    }
}

fn among_none(what: &str, places: &[u32]) -> String {
    match places {
        [one] => format!("{what} != {one}"),
        several => format!("{what} !in {several:?}"),
    }
}
