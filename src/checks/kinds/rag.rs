//! `rag`: the printed rating (red, amber, green) does not follow from plan and actual.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | the text column of the rating |
//! | `actual`, `plan` | columns of figures |
//! | `better` | `higher` or `lower`: which way is good. Where it differs from row to row, use a check for each with `where` |
//! | `within` | how far from plan is amber, as a share of the plan (`5%`, which it is unless named) or a difference |
//! | `green`, `amber`, `red` | what the ratings are called; `Green`, `Amber` or `Yellow`, and `Red` unless named. Capitals do not count |
//!
//! The plan met is green; missed by no more than `within`, amber; by more, red. A rating that is blank or called otherwise
//! (`Grey`, `N/A`), and a row without both figures, are left out.
//!
//! ```yaml
//! - rag: { column: rag, actual: actual, plan: plan, better: lower, where: priority.contains("waiting"), severity: warning }
//! ```
//!
//! Finding: ``the rating rag does not follow from actual and plan (5% is amber) in row 4: `Red · 4303 · 4242, would be amber` ``

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::{Declared, Field, side_by_side},
    misfits::Misfits,
};
use crate::{
    model::{Batch, Cell, Rating, Tolerance},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `rag`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rag {
    column: Located<String>,
    actual: Located<String>,
    plan: Located<String>,
    better: Better,
    #[serde(default = "five_percent")]
    within: Tolerance,
    #[serde(default)]
    green: Option<Located<Vec<String>>>,
    #[serde(default)]
    amber: Option<Located<Vec<String>>>,
    #[serde(default)]
    red: Option<Located<Vec<String>>>,
}

fn five_percent() -> Tolerance {
    Tolerance::Share(0.05)
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Better {
    Higher,
    Lower,
}

impl Kind for Rag {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(Declared::find_text(&self.column, context.schema).map_err(Problems::from));
        let actual = problems.take(Declared::find_figures(&self.actual, context.schema).map_err(Problems::from));
        let plan = problems.take(Declared::find_figures(&self.plan, context.schema).map_err(Problems::from));
        let words = problems.take(self.words().map_err(Problems::from));
        let (Some(column), Some(actual), Some(plan), Some(words)) = (column, actual, plan, words) else {
            return Err(problems);
        };
        Ok(Box::new(Compiled {
            columns: [column, actual, plan],
            judge: Judge { better: self.better, within: self.within, words },
        }))
    }
}

impl Rag {
    /// What each rating is called, in small letters.
    fn words(&self) -> Result<Vec<(String, Rating)>, Problem> {
        let sets: [(_, _, &[&str]); 3] = [
            (&self.green, Rating::Green, &["Green"]),
            (&self.amber, Rating::Amber, &["Amber", "Yellow"]),
            (&self.red, Rating::Red, &["Red"]),
        ];
        let mut words: Vec<(String, Rating)> = Vec::new();
        for (named, rating, otherwise) in sets {
            let place = named.as_ref().map(|named| named.place.clone());
            let named = named.as_ref().map(|named| named.iter().map(String::as_str).collect::<Vec<_>>());
            for word in named.unwrap_or_else(|| otherwise.to_vec()) {
                let word = word.trim().to_lowercase();
                let twin = words.iter().find(|(known, _)| *known == word);
                if let (Some((_, twin)), Some(place)) = (twin, &place) {
                    return Err(Problem::new(place.clone(), format!("`{word}` is {} as well", twin.name())));
                }
                words.push((word, rating));
            }
        }
        Ok(words)
    }
}

#[derive(Debug, Clone)]
struct Judge {
    better: Better,
    within: Tolerance,
    words: Vec<(String, Rating)>,
}

impl Judge {
    fn printed(&self, text: &str) -> Option<Rating> {
        let text = text.trim().to_lowercase();
        self.words.iter().find(|(word, _)| *word == text).map(|(_, rating)| *rating)
    }

    fn expected(&self, actual: f64, plan: f64) -> Rating {
        match self.better {
            Better::Higher => Rating::where_higher_is_better(actual, plan, self.within),
            Better::Lower => Rating::where_lower_is_better(actual, plan, self.within),
        }
    }
}

#[derive(Debug)]
struct Compiled {
    /// Rating, actual and plan.
    columns: [Declared; 3],
    judge: Judge,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let [rating, actual, plan] = &self.columns;
        let fields = [rating.in_file(file.header)?, actual.in_file(file.header)?, plan.in_file(file.header)?];
        let header = side_by_side(fields.iter().map(|field| field.header.as_str()));
        let ([rating, actual, plan], within) = (fields.each_ref().map(Field::title), self.judge.within);
        let seen = format!("the rating {rating} does not follow from {actual} and {plan} ({within} is amber)");
        let ratings = Ratings { fields, judge: self.judge.clone() };
        Some(Misfits::start(file.failures(), seen, move |rows, failures| {
            for index in rows.indices() {
                if let Some(expected) = ratings.contradicted(rows.batch, index) {
                    let cells = side_by_side(ratings.fields.iter().map(|field| field.text(rows.batch, index)));
                    let value = || format!("{cells}, would be {}", expected.name());
                    failures.add_row(rows, index, &header, value);
                }
            }
        }))
    }
}

#[derive(Debug)]
struct Ratings {
    fields: [Field; 3],
    judge: Judge,
}

impl Ratings {
    /// What the rating would be, where another is printed.
    fn contradicted(&self, batch: &Batch, index: usize) -> Option<Rating> {
        let [rating, actual, plan] = &self.fields;
        let printed = self.judge.printed(rating.text(batch, index))?;
        let (Cell::Number(actual), Cell::Number(plan)) = (actual.cell(batch, index), plan.cell(batch, index)) else {
            return None;
        };
        Some(self.judge.expected(actual, plan)).filter(|expected| *expected != printed)
    }
}
