//! `target`: targets that are no plan for each period: a bound, a range, a plan for the quarter, a reduction on last year.
//!
//! | setting | meaning |
//! |---|---|
//! | `plan` | `as_printed`: the target that stands beside each figure, a bound (`≥ 95%`, `18.2 or less`) or a range (`Lower 85% Upper 90%`) by its own ends, a plain plan by the direction that is good |
//! | `at_least`, `at_most` | a bound: below or above it is a breach |
//! | `between` | a range with both its ends: `[85%, 90%]` |
//! | `quarter` | the plan is that of a quarter. `level`: each month's figure is held against the plan of its quarter. `total`: the sum of the quarter's months is, at its last month; before that it cannot be told |
//! | `reduction`, `increase` | on the same period last year, by a share (`5%`) or `any`: a figure that misses it is a breach. Exactly that share meets it |
//! | `good` | with `quarter`, `higher` or `lower`, where the measure does not say which direction is good |
//!
//! One of the shapes is written. Amounts are in the unit of the figures: `92%`, `00:30:00`, `4,242`.
//!
//! ```yaml
//! when: { target: { plan: as_printed } }
//! when: { target: { at_most: 92% } }
//! when: { target: { between: [85%, 90%] } }
//! when: { target: { quarter: level } }
//! when: { target: { reduction: 5% } }
//! ```
//!
//! They stand for `target_missed_by() > 0`, `value > 0.92`, `value < 0.85 || value > 0.9`, `value > quarter_plan()` where lower is better, and
//! `round(value - 0.95 * same_period_last_year(), 6) > 0`. The plan of a quarter stands beside the month itself, beside the
//! quarter's last month, or beside the quarter as a period (`2024/25-Q2`), whichever is found first. A plan in words
//! (`Reduction`) is no plan that a figure can be held against: what it means is said by the rule, for the series that
//! `where` names.

use serde::Deserialize;

use super::{
    super::terms::{Amount, Direction, Good, WrittenIn},
    Kind, Said, needs_plan,
};
use crate::{
    rules::MeasureEntry,
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `target`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    #[serde(default)]
    plan: Option<Printed>,
    #[serde(default)]
    at_least: Option<Located<Amount>>,
    #[serde(default)]
    at_most: Option<Located<Amount>>,
    #[serde(default)]
    between: Option<Located<Vec<Located<Amount>>>>,
    #[serde(default)]
    quarter: Option<Quarter>,
    #[serde(default)]
    reduction: Option<Located<Amount>>,
    #[serde(default)]
    increase: Option<Located<Amount>>,
    #[serde(default)]
    good: Option<Good>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Printed {
    AsPrinted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Quarter {
    Level,
    Total,
}

impl Kind for Target {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let shapes = [
            self.plan.map(|Printed::AsPrinted| as_printed(place, measure)),
            self.at_least.as_ref().map(|bound| at_least(bound, measure)),
            self.at_most.as_ref().map(|bound| at_most(bound, measure)),
            self.between.as_ref().map(|range| between(range, measure)),
            self.quarter.map(|quarter| self.quarter(quarter, place, measure)),
            self.reduction.as_ref().map(|by| on_last_year(by, -1.0)),
            self.increase.as_ref().map(|by| on_last_year(by, 1.0)),
        ];
        let mut said = shapes.into_iter().flatten();
        let (Some(said), None) = (said.next(), said.next()) else {
            let message =
                "one of `plan`, `at_least`, `at_most`, `between`, `quarter`, `reduction` and `increase` is needed";
            return Err(Problem::new(place.clone(), message).into());
        };
        Ok(said?)
    }
}

fn as_printed(place: &Place, measure: &MeasureEntry) -> Result<Said, Problem> {
    needs_plan("target", place, measure)?;
    let message = "{subject}: {value}, where the target is {plan}".to_owned();
    Ok(Said { condition: "target_missed_by() > 0".to_owned(), message })
}

fn at_least(bound: &Located<Amount>, measure: &MeasureEntry) -> Result<Said, Problem> {
    let figure = bound.as_figure(&bound.place, measure)?;
    let message = format!("{{subject}}: {{value}}, below the target of {}", bound.value);
    Ok(Said { condition: format!("value < {figure}"), message })
}

fn at_most(bound: &Located<Amount>, measure: &MeasureEntry) -> Result<Said, Problem> {
    let figure = bound.as_figure(&bound.place, measure)?;
    let message = format!("{{subject}}: {{value}}, above the target of {}", bound.value);
    Ok(Said { condition: format!("value > {figure}"), message })
}

fn between(range: &Located<Vec<Located<Amount>>>, measure: &MeasureEntry) -> Result<Said, Problem> {
    let [low, high] = range.as_slice() else {
        let problem = Problem::new(range.place.clone(), "a range has a lower and an upper end");
        return Err(problem.hint("such as `between: [85%, 90%]`"));
    };
    let (least, most) = (low.as_figure(&low.place, measure)?, high.as_figure(&high.place, measure)?);
    if least > most {
        let message = format!("`{}` is more than `{}`", low.value, high.value);
        return Err(Problem::new(range.place.clone(), message).hint("the lower end stands first"));
    }
    let message = format!("{{subject}}: {{value}}, outside the target of {} to {}", low.value, high.value);
    Ok(Said { condition: format!("value < {least} || value > {most}"), message })
}

impl Target {
    fn quarter(&self, quarter: Quarter, place: &Place, measure: &MeasureEntry) -> Result<Said, Problem> {
        needs_plan("target", place, measure)?;
        let direction = Direction::of(self.good, "`quarter`", place, measure)?;
        let missed = |figure| direction.worse(figure, "quarter_plan()");
        let (figure, condition) = match quarter {
            Quarter::Level => ("value", missed("value")),
            Quarter::Total => {
                let open = "if period_of_year() % 3 > 0 { cannot_tell(\"the quarter is not over\") }";
                ("sum_qtd()", format!("{open} else {{ {} }}", missed("sum_qtd()")))
            }
        };
        let message = format!("{{subject}}: {{{figure}}} against {{quarter_plan()}} planned for the quarter");
        Ok(Said { condition, message })
    }
}

/// `towards` is -1 for a reduction and 1 for an increase.
fn on_last_year(by: &Located<Amount>, towards: f64) -> Result<Said, Problem> {
    let (what, sign) = if towards < 0.0 { ("reduction", ">") } else { ("increase", "<") };
    let against = "{subject}: {value} against {same_period_last_year()} a year earlier";
    match by.written_in {
        WrittenIn::Any => Ok(Said {
            condition: format!("value {sign}= same_period_last_year()"),
            message: format!("{against}, which is no {what}"),
        }),
        WrittenIn::Percent if by.number > 0.0 && (towards > 0.0 || by.number <= 1.0) => {
            // What is left of last year's figure, in decimals: 1 - 0.9 is 0.1.
            let factor = ((1.0 + towards * by.number) * 1e12).round() / 1e12;
            Ok(Said {
                condition: format!("round(value - {factor} * same_period_last_year(), 6) {sign} 0"),
                message: format!("{against}, where the target is {} {what} of {}", article(what), by.value),
            })
        }
        _ => {
            let problem = Problem::new(by.place.clone(), format!("`{}` is no {what} on last year", by.value));
            Err(problem.hint("write a share such as 5%, or any"))
        }
    }
}

fn article(what: &str) -> &'static str {
    if what.starts_with('i') { "an" } else { "a" }
}
