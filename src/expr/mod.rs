//! Expressions over the columns of a row and over the figures of a series, written in Rhai.
//!
//! One way of thinking holds for all of them:
//!
//! - There is one kind of number, a finite `f64`: `1 / 2` is a half, `n % 2` and `1..=6` work on the same numbers.
//!   Comparison is exact: `60 < 60.00000001` holds. What would be infinite or no number is an error in words.
//! - Values of different kinds are never compared, added or multiplied in silence: that is an error in words.
//! - A figure that is not there makes the answer "cannot tell", with the reason. It is never nought and never an error,
//!   and no script can turn it into one: the language has no `try` here.
//! - A suppressed count is an unknown from 1 to one less than the measure's threshold: where every possible value gives the
//!   same answer, a condition over a series has that answer.
//! - A script has limits on operations, time, depth and size. One that goes over them fails, visibly.
//! - Names are known when an expression is compiled: an unknown variable, label or function is a [`crate::yaml::Problem`]
//!   with its place in the file and the nearest known name.
//!
//! The functions that all of them have:
//!
//! | | |
//! |---|---|
//! | `abs(x)` `floor(x)` `ceil(x)` `sqrt(x)` `min(a, b)` `max(a, b)` | as ever |
//! | `round(x)` `round(x, decimals)` | halves away from zero |
//! | `len(text)` `contains(text, part)` `starts_with(…)` `ends_with(…)` `lower(text)` `upper(text)` | also as `text.len()` |
//! | `x in [a, b]` `x !in [a, b]` `len(list)` `push(list, x)` `for x in list` `for n in 1..=6` | lists have no index |
//! | `to_string(x)` `print(x)` `debug(x)` | what is printed goes to the log at level debug |
//! | `cannot_tell("reason")` | ends the evaluation |
//!
//! Those that expressions over a series and `.rhai` files have besides; where a figure that they need is not there, the
//! answer is "cannot tell":
//!
//! | | |
//! |---|---|
//! | `previous()` `ago(n)` | the figure of the period before, of `n` periods before (`ago(0)` is this one) |
//! | `previous_plan()` `plan_ago(n)` | the same of the plan |
//! | `same_period_last_year()` | the figure of the same month, quarter or year a year earlier |
//! | `mean(n)` `median(n)` | of the `n` periods *before* this one, so that `value > mean(3)` reads as it means |
//! | `trend(n)` | by how much the last `n` figures, this one included, rise a period (least squares) |
//! | `sum_ytd()` `plan_ytd()` | the sum from April to this period, of figures or of plans |
//! | `sum_since("2024-10")` `plan_since("2024-10")` | the same from a period on |
//! | `year_plan()` | the sum of the plans of the whole financial year |
//! | `period_of_year()` `periods_of_year()` | 7 for October, of 12; 3 for the third quarter, of 4 |
//! | `highest()` `lowest()` `highest(n)` `highest_since("2024-04")` … | the extreme of the figures before this one: all, of `n` periods, from a period on |
//! | `best()` `worst()` | the same, by the direction of the measure that is good |
//! | `rises()` `falls()` | for how many periods on end the figure rose or fell |
//! | `known()` `known_before()` | how many periods have a figure: up to this one, before it |
//! | `missing_for()` `suppressed_for()` | for how many periods on end up to this one there is no figure, or a suppressed one |
//! | `rank()` `peers()` `peers(least)` | 1 for the best of the series that the rule looks at; how many of them have a figure, fewer than `least` cannot be told |
//! | `peer_mean()` `peer_median()` `peer_quantile(0.25)` | of their figures at this period; all of these also within a label: `rank("sub_icb")` |
//! | `other("cost")` `other("cost", n)` `other_plan("cost")` | the figure of another measure with the same labels, `n` periods ago; `other("les-prices/price")` of another dataset, by the labels that both have |
//! | `sum_qtd()` `quarter_plan()` | the sum of the quarter's months up to this one; the plan that stands at this month, at the quarter's last one, or at the quarter |
//! | `forecast()` `forecast(11)` | what the year comes to at the rate since April, in all its periods or in 11 of them |
//! | `forecast_by_plan()` | what it comes to at the share of the plan that was reached so far |
//! | `rag("5%")` `rag("5% lower", 1)` | 1 green, 2 amber, 3 red against the plan, where lower is better; one period ago |
//! | `periods_before()` | how many periods before this one the dataset has figures for |
//! | `in_force("les-prices/price")` | the newest figure of a period that has begun: a year's price, for each of its months |
//! | `funnel_upper("patients", "share", 0.998)` `funnel_lower(…)` `funnel_rate("patients", "share")` | how far chance takes a figure from the rate of its peers: see [`crate::rules::kinds::outlier`] |
//! | `spc_concern()` `spc_improvement()` `spc_special()` | whether the control chart shows a special cause: in the direction that is not good, that is good, in either; `spc_concern("trend, shift")` counts these tests only |
//! | `spc_failing()` `spc_passing()` | whether the chart's limits lie beyond the plan (or a target: `spc_failing(95)`), so that chance alone will not meet it (will not miss it) |
//! | `spc_centre()` `spc_lower()` `spc_upper()` `spc_points()` | the mean and limits of the chart, and how many figures there are since the last rebase |
//! | `spc_why()` | the special cause in words: "seven months below the mean, since April 2025" |
//!
//! Control charts are read as the measure's `spc` says ([`crate::spc::ChartSettings`]), and as they stood at each period: limits
//! come from the figures up to then. A suppressed figure of an earlier period is a gap of the chart.
//!
//! Most conditions are plain arithmetic, comparison, logic and known functions. They are evaluated without the
//! interpreter: over whole columns ([`RowExpression::evaluate_all`]), and from the figures of a series at once. The answers
//! are the same, and where there is none, the interpreter says why.
//!
//! Expressions over the accepted measures of all datasets have functions of their own, such as
//! `sum("les-activity", "activity", #{contract: "Dementia"})`; the check `claims` lists them.
//!
//! [`FigureExpression`] is about these, [`RowExpression`] about one row of a table, [`SeriesExpression`] and [`Template`]
//! about one period of a series; [`Scripts`] are the functions of the `.rhai` files.

#[cfg(test)]
mod agreement;
mod chance;
mod code;
mod columns;
mod engine;
mod explained;
mod failure;
mod figures;
#[cfg(test)]
mod fixture;
mod formula;
mod functions;
mod funnels;
mod grid;
mod kind;
mod known;
mod lane;
mod limits;
mod lowered;
mod names;
mod operators;
mod origin;
mod possible;
mod questions;
mod reading;
mod row;
mod scripts;
mod series;
mod session;
mod setting;
mod standings;
mod template;
mod variable;
mod view;

pub use columns::{Answer, Truths, Work};
pub use explained::{Explained, Named};
pub use failure::Truth;
pub use figures::{Asks, FigureExpression, NoNumber};
pub use formula::{Amount, Formula};
pub use lane::Lane;
pub use limits::Limits;
pub use row::RowExpression;
pub use scripts::Scripts;
pub use series::{Names, SERIES_VARIABLES, SeriesExpression};
pub use setting::Setting;
pub use template::Template;
pub use view::{Around, View};
