//! When the papers of a group are due: a day of each month, or days one by one.

use std::{collections::BTreeSet, str::FromStr};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::Calendar;

/// How many months ahead a deadline is looked for.
const MONTHS: i32 = 600;

/// A weekday of a month: the third Wednesday, the last Thursday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekdayOfMonth {
    /// 1 to 4; -1 for the last.
    nth: i8,
    weekday: Weekday,
}

/// The days on which papers are due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PapersDue {
    /// So many working days before a weekday of each month; with none, that day, or the working day before it where it is a
    /// holiday.
    Monthly {
        /// How many.
        before: u16,
        /// The day.
        day: WeekdayOfMonth,
    },
    /// These.
    Days(BTreeSet<Date>),
}

/// The deadlines of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlines {
    /// The days.
    pub due: PapersDue,
    /// The months (1 to 12) without one.
    pub not_in: BTreeSet<i8>,
    /// How many working days before each of them the report is made.
    pub before: u16,
}

/// Why a text does not say when papers are due.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` does not say when papers are due: write third Wednesday, 5 working days before last Thursday, or a list of days"
)]
pub struct PapersDueError(String);

impl FromStr for PapersDue {
    type Err = PapersDueError;

    fn from_str(text: &str) -> Result<Self, PapersDueError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let monthly = match words.as_slice() {
            [nth, weekday] => WeekdayOfMonth::of(nth, weekday).map(|day| (0, day)),
            [count, "working", "day" | "days", "before", nth, weekday] => {
                count.parse().ok().zip(WeekdayOfMonth::of(nth, weekday))
            }
            _ => None,
        };
        // More than a month of working days is a slip.
        let (before, day) =
            monthly.filter(|(before, _)| *before <= 25).ok_or_else(|| PapersDueError(text.to_owned()))?;
        Ok(Self::Monthly { before, day })
    }
}

impl WeekdayOfMonth {
    fn of(nth: &str, weekday: &str) -> Option<Self> {
        let nth = match nth {
            "first" => 1,
            "second" => 2,
            "third" => 3,
            "fourth" => 4,
            "last" => -1,
            _ => return None,
        };
        let weekday = match weekday {
            "Monday" => Weekday::Monday,
            "Tuesday" => Weekday::Tuesday,
            "Wednesday" => Weekday::Wednesday,
            "Thursday" => Weekday::Thursday,
            "Friday" => Weekday::Friday,
            _ => return None,
        };
        Some(Self { nth, weekday })
    }
}

impl Deadlines {
    /// The deadlines on a day and after it, in order.
    #[must_use]
    pub fn from<'a>(&'a self, day: Date, calendar: &'a Calendar) -> Box<dyn Iterator<Item = Date> + 'a> {
        match &self.due {
            PapersDue::Days(days) => Box::new(days.range(day..).copied()),
            PapersDue::Monthly { before, day: weekday } => {
                let months = (0..MONTHS).map_while(move |ahead| day.first_of_month().checked_add(ahead.months()).ok());
                let months = months.filter(|month| !self.not_in.contains(&month.month()));
                let meant = months.filter_map(|month| month.nth_weekday_of_month(weekday.nth, weekday.weekday).ok());
                let due = meant.map(|meant| calendar.working_days_before(meant, *before));
                Box::new(due.filter(move |due| *due >= day))
            }
        }
    }

    /// Whether papers are due on a day.
    #[must_use]
    pub fn is_one(&self, day: Date, calendar: &Calendar) -> bool {
        self.from(day, calendar).next() == Some(day)
    }

    /// The day on which the report for a deadline is made.
    #[must_use]
    pub fn made_on(&self, due: Date, calendar: &Calendar) -> Date {
        calendar.working_days_before(due, self.before)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn deadlines(text: &str, not_in: &[i8]) -> Deadlines {
        let due = text.parse().expect("understood");
        Deadlines { due, not_in: not_in.iter().copied().collect(), before: 3 }
    }

    fn first(deadlines: &Deadlines, from: Date, count: usize) -> Vec<Date> {
        deadlines.from(from, &Calendar::england()).take(count).collect()
    }

    #[test]
    fn deadlines_by_the_wall_calendar() {
        let third = deadlines("third Wednesday", &[8]);
        assert_eq!(first(&third, date(2026, 6, 17), 3), [date(2026, 6, 17), date(2026, 7, 15), date(2026, 9, 16)]);
        // 4 May and 6 April 2026 are holidays, and so is the Friday before Easter; 1 June is none.
        let monday = deadlines("first Monday", &[]);
        assert_eq!(first(&monday, date(2026, 4, 1), 3), [date(2026, 4, 2), date(2026, 5, 1), date(2026, 6, 1)]);
        // The last Thursday of 2025 is Christmas Day: 24, 23, 22, 19, 18 December. 29 January 2026: 28, 27, 26, 23, 22.
        let before = deadlines("5 working days before last Thursday", &[]);
        assert_eq!(first(&before, date(2025, 12, 1), 2), [date(2025, 12, 18), date(2026, 1, 22)]);
        // 7 April 2026, a Tuesday: Easter Monday and Good Friday are not worked. 2 April, 1 April and 31 March.
        let early = deadlines("3 working days before first Tuesday", &[]);
        assert_eq!(first(&early, date(2026, 3, 31), 1), [date(2026, 3, 31)], "in the month before its meeting");
        assert_eq!(
            first(&early, date(2026, 4, 1), 1),
            [date(2026, 4, 29)],
            "4 May 2026 is a holiday: 1 May, 30, 29 April"
        );
    }

    #[test]
    fn a_report_is_made_so_many_working_days_before() {
        let calendar = Calendar::england();
        let listed = Deadlines {
            due: PapersDue::Days([date(2026, 1, 2), date(2026, 4, 8)].into()),
            not_in: BTreeSet::new(),
            before: 3,
        };
        assert_eq!(first(&listed, date(2026, 1, 1), 9), [date(2026, 1, 2), date(2026, 4, 8)]);
        // 2 January 2026 is a Friday: 31, 30 and 29 December are worked, and the 1st is not.
        assert_eq!(listed.made_on(date(2026, 1, 2), &calendar), date(2025, 12, 29));
        // Wednesday 8 April 2026: 7, 2 and 1 April.
        assert_eq!(listed.made_on(date(2026, 4, 8), &calendar), date(2026, 4, 1));
        assert!(listed.is_one(date(2026, 4, 8), &calendar) && !listed.is_one(date(2026, 4, 7), &calendar));
    }

    #[test]
    fn other_words_are_refused() {
        for text in [
            "fifth Monday",
            "third Sunday",
            "Wednesday",
            "5 days before last Thursday",
            "90 working days before last Friday",
            "",
        ] {
            assert!(text.parse::<PapersDue>().is_err(), "{text}");
        }
    }
}
