//! What words and numbers that stand together mean as a period: one line for each way of writing it.

use crate::model::{Granularity, Period};

use super::{
    period_numbers::{day_or_month, financial, one_number, three_numbers, two_numbers},
    period_problem::Refusal,
    period_words::{Item, Number},
};

/// Every meaning of the items, each once.
pub(super) fn readings(items: &[Item<'_>], financial_year: Option<i32>) -> Result<Vec<Period>, Refusal> {
    use Item::{FinancialYear, Month, MonthOfYear, Number as N, Quarter};

    // "Sep-24 Q2 Plan": a month, held against the plan of its quarter.
    let items = items.strip_suffix(&[Item::Plan]).filter(|rest| rest.iter().any(is_month)).unwrap_or(items);
    // "Q2 24/25 Q2 Plan": the quarter, held against its own plan.
    let items = match items {
        [rest @ .., Quarter(plan), Item::Plan] if rest.contains(&Quarter(*plan)) => rest,
        items => items,
    };
    let current = || financial_year.filter(|year| (1900..=2200).contains(year)).ok_or(Refusal::NoYear);
    let found = match items {
        [N(only)] => one_number(*only),
        [N(first), N(second)] => two_numbers(*first, *second),
        [N(first), N(second), N(third)] => three_numbers(*first, *second, *third),

        [Month(month)] => vec![month_of(current()?, *month)],
        [MonthOfYear(number)] => vec![month_of(current()?, calendar_month(*number))],
        [Quarter(quarter)] => vec![Period::quarter(current()?, *quarter)],

        [Month(month), N(year)] => vec![month_in(*year, *month)],
        [N(year), Month(month)] if year.digits.len() == 4 => vec![month_in(*year, *month)],
        [N(_), Month(_)] => return Err(Refusal::NoYear),
        [N(day), Month(month), N(year)] => day_or_month(*year, *month, *day),
        // "April 2, 2024" and "Apr 24/25".
        [Month(month), N(first), N(second)] => {
            let mut found = day_or_month(*second, *month, *first);
            found.push(financial(*first, *second).and_then(|year| month_of(year, *month)));
            found
        }

        [MonthOfYear(number), N(first), N(second)] | [N(first), N(second), MonthOfYear(number)] => {
            vec![financial(*first, *second).and_then(|year| month_of(year, calendar_month(*number)))]
        }
        [Quarter(quarter), N(first), N(second)] | [N(first), N(second), Quarter(quarter)] => {
            vec![financial(*first, *second).and_then(|year| Period::quarter(year, *quarter))]
        }
        [Quarter(_), N(_)] | [N(_), Quarter(_)] => return Err(Refusal::QuarterOfWhichYear),
        [Quarter(quarter), N(first), N(second), Month(month), N(year)]
        | [Month(month), N(year), Quarter(quarter), N(first), N(second)] => {
            let start = financial(*first, *second).ok_or(Refusal::NotAPeriod)?;
            vec![Some(month_in_quarter(*year, *month, *quarter, Some(start))?)]
        }
        [Quarter(quarter), Month(month), N(year)] | [Month(month), N(year), Quarter(quarter)] => {
            vec![Some(month_in_quarter(*year, *month, *quarter, None)?)]
        }

        [FinancialYear, N(first), N(second)] | [N(first), N(second), FinancialYear] => {
            vec![financial(*first, *second).and_then(Period::financial_year)]
        }
        [FinancialYear, N(_)] | [N(_), FinancialYear] => return Err(Refusal::BeginsOrEnds),

        _ if items.iter().filter(|item| is_month(item)).count() > 1 => return Err(Refusal::Several),
        _ => return Err(Refusal::NotAPeriod),
    };
    let mut readings = Vec::new();
    for period in found.into_iter().flatten() {
        if !readings.contains(&period) {
            readings.push(period);
        }
    }
    Ok(readings)
}

/// The quarter and the year of a text that names one of each.
pub(super) fn quarter_and_year(items: &[Item<'_>]) -> Option<(i32, i32)> {
    match items {
        [Item::Quarter(quarter), Item::Number(year)] | [Item::Number(year), Item::Quarter(quarter)] => {
            Some((*quarter, year.year()?))
        }
        _ => None,
    }
}

fn is_month(item: &Item<'_>) -> bool {
    matches!(item, Item::Month(_) | Item::MonthOfYear(_))
}

/// The calendar month of month `number` of the financial year: April is its first.
fn calendar_month(number: i32) -> i32 {
    (number + 2) % 12 + 1
}

fn month_in(year: Number<'_>, month: i32) -> Option<Period> {
    year.year().and_then(|year| Period::month(year, month))
}

/// The calendar month `month` of the financial year that starts in `year`.
fn month_of(year: i32, month: i32) -> Option<Period> {
    Period::month(if month >= 4 { year } else { year + 1 }, month)
}

/// A month whose text also names its quarter, which must be the right one.
fn month_in_quarter(year: Number<'_>, month: i32, quarter: i32, of_year: Option<i32>) -> Result<Period, Refusal> {
    let month = month_in(year, month).ok_or(Refusal::NotAPeriod)?;
    let actual = Period::containing(Granularity::Quarter, month.start()).ok_or(Refusal::NotAPeriod)?;
    let start = i32::from(actual.first_of_financial_year().start().year());
    let named = Period::quarter(of_year.unwrap_or(start), quarter).ok_or(Refusal::NotAPeriod)?;
    if named == actual { Ok(month) } else { Err(Refusal::Contradiction(month, named)) }
}
