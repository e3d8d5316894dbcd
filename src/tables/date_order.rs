//! Which number of a date such as `05/06/2024` is the day.

use jiff::civil::Date;
use serde::Deserialize;

use crate::model::Period;

/// The order of the numbers of dates that end with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `05/06/2024` is 5 June.
    DayFirst,
    /// `05/06/2024` is 6 May.
    MonthFirst,
}

impl DateOrder {
    /// The day that a text of such numbers means, a time of day behind it left out; none for any other text, and for a day
    /// that the calendar lacks.
    pub(super) fn day(self, text: &str) -> Option<Date> {
        let [first, second, year] = numbers(text)?;
        let (day, month) = match self {
            Self::DayFirst => (first, second),
            Self::MonthFirst => (second, first),
        };
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    /// What a text means in this order, nothing if it is no day in it; none for texts of which the order says nothing.
    pub(super) fn meanings(self, text: &str) -> Option<Vec<Period>> {
        numbers(text).map(|_| self.day(text).and_then(Period::day).into_iter().collect())
    }
}

/// The numbers of a date that ends with its year, of four digits, or of two for one of this century: `70` to `99` may be of
/// either and are no year.
fn numbers(text: &str) -> Option<[i16; 3]> {
    let text = text.trim();
    let date = text.split_once([' ', 'T']).map_or(text, |(date, _)| date);
    let parts: Vec<&str> = date.split(['/', '-', '.']).collect();
    let [first, second, year] = parts[..] else { return None };
    let number = |digits: &str| {
        let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        are_digits.then(|| digits.parse().ok()).flatten()
    };
    let fits = |digits: &str| matches!(digits.len(), 1 | 2);
    let full = match (year.len(), number(year)?) {
        (4, year) => year,
        (2, year @ ..70) => 2000 + year,
        _ => return None,
    };
    (fits(first) && fits(second)).then_some([number(first)?, number(second)?, full])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_order_says_which_number_is_the_day() {
        for (text, day_first, month_first) in [
            ("05/06/2024", Some(date(2024, 6, 5)), Some(date(2024, 5, 6))),
            ("5.6.24", Some(date(2024, 6, 5)), Some(date(2024, 5, 6))),
            ("13-10-2025 00:00", Some(date(2025, 10, 13)), None),
            ("10/13/2025", None, Some(date(2025, 10, 13))),
            ("31/04/2025", None, None),
            ("2025/06/05", None, None),
            ("05-Jun-2024", None, None),
            ("05/06", None, None),
            ("05/06/97", None, None),
            ("05/06/0024", Some(date(24, 6, 5)), Some(date(24, 5, 6))),
        ] {
            assert_eq!(
                (DateOrder::DayFirst.day(text), DateOrder::MonthFirst.day(text)),
                (day_first, month_first),
                "{text}"
            );
        }
    }
}
