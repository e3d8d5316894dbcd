//! Working days: weekends, and the bank holidays of England and Wales.
//!
//! The holidays stand in one file beside this one, as gov.uk publishes them, for 2012 to 2028. In other years weekends alone
//! count, which [`Calendar::knows`] tells, so that it can be said wherever a day is worked out. A home adds holidays of its
//! own, and those of later years.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};

const ENGLAND: &str = include_str!("calendar/bank-holidays-england-and-wales.csv");
/// A title that takes a day out of the holidays.
const WORKING_DAY: &str = "working day";
/// The hour in London at which work ends.
const EVENING: i8 = 17;
/// Greenwich time, and British summer time from the last Sunday of March to that of October; written out, so that it does
/// not hang on a database that a machine may lack.
const LONDON: &str = "GMT0BST,M3.5.0/1,M10.5.0";

/// The hour, in London, at which the day of those begins who are told something.
pub const MORNING: i8 = 9;

/// Which days are worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    holidays: BTreeMap<Date, String>,
    /// The years whose holidays are known.
    years: BTreeSet<i16>,
}

/// A line of a list of holidays that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a holiday: write a date and its name, such as 2029-12-25,Christmas Day")]
pub struct HolidayError {
    /// The line, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
}

impl Calendar {
    /// England, as far as it is known.
    #[must_use]
    pub fn england() -> Self {
        let mut calendar = Self { holidays: BTreeMap::new(), years: BTreeSet::new() };
        // The file is the program's own, and a test reads every line of it.
        let _ = calendar.extend(ENGLAND);
        calendar
    }

    /// Adds the holidays of a list: a line `date,name` each (`2029-12-25,Christmas Day`) below a header. A day named
    /// `working day` is none. A year that the list names counts as known.
    ///
    /// # Errors
    /// Every line that cannot be read; the others are added.
    pub fn extend(&mut self, list: &str) -> Result<(), Vec<HolidayError>> {
        let mut errors = Vec::new();
        for (at, line) in list.trim_start_matches('\u{feff}').lines().enumerate() {
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') || (at == 0 && text.starts_with("date,")) {
                continue;
            }
            match holiday(text) {
                Some((day, name)) => self.put(day, name),
                None => errors.push(HolidayError { line: at + 1, text: text.to_owned() }),
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn put(&mut self, day: Date, name: &str) {
        self.years.insert(day.year());
        if name.eq_ignore_ascii_case(WORKING_DAY) {
            self.holidays.remove(&day);
        } else {
            self.holidays.insert(day, name.to_owned());
        }
    }

    /// Closes one more day, whatever else is known of its year.
    pub fn close(&mut self, day: Date, why: &str) {
        self.holidays.insert(day, why.to_owned());
    }

    /// Whether the bank holidays of a day's year are known. In other years weekends alone count.
    #[must_use]
    pub fn knows(&self, day: Date) -> bool {
        self.years.contains(&day.year())
    }

    /// The name of the bank holiday that a day is.
    #[must_use]
    pub fn holiday(&self, day: Date) -> Option<&str> {
        self.holidays.get(&day).map(String::as_str)
    }

    /// Monday to Friday, bank holidays left out.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains_key(&day)
    }

    /// The `count`th working day after a day, which is itself not counted; the day itself for 0.
    #[must_use]
    pub fn add_working_days(&self, day: Date, count: u16) -> Date {
        let (mut day, mut left) = (day, count);
        while left > 0 && day < Date::MAX {
            day = day.saturating_add(1.day());
            left -= u16::from(self.is_working_day(day));
        }
        day
    }

    /// The `count`th working day before a day, which is itself not counted; for 0 the day itself, or the working day before it
    /// where it is none.
    #[must_use]
    pub fn working_days_before(&self, day: Date, count: u16) -> Date {
        let (mut day, mut left) = (day, count);
        while (left > 0 || !self.is_working_day(day)) && day > Date::MIN {
            // The day that is gone back from counts for nothing, whether it is worked or not.
            day = day.saturating_sub(1.day());
            left = left.saturating_sub(u16::from(self.is_working_day(day)));
        }
        day
    }

    /// The moment itself in working hours, which are from nine to five in London on a working day; otherwise nine o'clock
    /// on the next morning that is worked.
    #[must_use]
    pub fn at_work(&self, moment: Timestamp) -> Timestamp {
        let day = day_in_london(moment);
        let hour = |day, hour| hour_in_london(day, hour).unwrap_or(Timestamp::MAX);
        if self.is_working_day(day) && moment < hour(day, EVENING) {
            return moment.max(hour(day, MORNING));
        }
        hour(self.add_working_days(day, 1), MORNING)
    }
}

fn holiday(line: &str) -> Option<(Date, &str)> {
    let (day, name) = line.split_once(',')?;
    let name = name.trim().trim_matches('"');
    let day = day.trim();
    // Jiff reads more than a date alone, such as a time after it.
    let day = (day.len() == 10).then(|| day.parse().ok())??;
    (!name.is_empty()).then_some((day, name))
}

/// The time zone of every due day.
#[must_use]
pub fn london() -> TimeZone {
    TimeZone::posix(LONDON).unwrap_or(TimeZone::UTC)
}

/// The day that it is in London.
#[must_use]
pub fn day_in_london(moment: Timestamp) -> Date {
    moment.to_zoned(london()).date()
}

/// The moment at which a clock in London shows this hour; none beyond the years that a timestamp holds.
#[must_use]
pub fn hour_in_london(day: Date, hour: i8) -> Option<Timestamp> {
    day.at(hour, 0, 0, 0).to_zoned(london()).ok().map(|time| time.timestamp())
}

/// A day as people write it: `3 December 2025`.
#[must_use]
pub fn in_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_list_is_read_whole() {
        let mut calendar = Calendar::england();
        assert_eq!(calendar.extend(ENGLAND), Ok(()));
        assert_eq!(calendar.holidays.len(), ENGLAND.lines().count() - 1);
        assert_eq!(calendar.years, (2012..=2028).collect());
        // As gov.uk has them: Easter of 2026, a substitute day, and two that came once.
        for (day, name) in [
            (date(2026, 4, 3), "Good Friday"),
            (date(2026, 4, 6), "Easter Monday"),
            (date(2022, 9, 19), "Bank Holiday for the State Funeral of Queen Elizabeth II"),
            (date(2023, 5, 8), "Bank holiday for the coronation of King Charles III"),
        ] {
            assert_eq!(calendar.holiday(day), Some(name), "{day}");
        }
        assert_eq!(calendar.holiday(date(2026, 12, 28)), Some("Boxing Day"), "the 26th is a Saturday");
    }

    #[test]
    fn working_days_by_the_wall_calendar() {
        let calendar = Calendar::england();
        for (from, count, to) in [
            // Thursday 2 April 2026 → Friday and Monday are Easter → Tuesday.
            (date(2026, 4, 2), 1, date(2026, 4, 7)),
            // 31 March 2026: 1, 2, 7, 8, 9, 10, 13, 14, 15, 16, 17, 20, 21, 22, 23 April.
            (date(2026, 3, 31), 15, date(2026, 4, 23)),
            // 30 November 2025: 1–5, 8–12, 15–19 December are fifteen.
            (date(2025, 11, 30), 15, date(2025, 12, 19)),
            // 31 December 2025: 2, 5–9, 12–16, 19–22 January (the 1st is a holiday).
            (date(2025, 12, 31), 15, date(2026, 1, 22)),
            // Christmas Eve 2025 → 25 and 26 are holidays, a weekend follows.
            (date(2025, 12, 24), 1, date(2025, 12, 29)),
            (date(2025, 12, 25), 0, date(2025, 12, 25)),
        ] {
            assert_eq!(calendar.add_working_days(from, count), to, "{from} and {count} working days");
        }
    }

    #[test]
    fn a_home_adds_days_and_takes_them_out() {
        let mut calendar = Calendar::england();
        assert!(!calendar.knows(date(2029, 12, 25)) && calendar.is_working_day(date(2029, 12, 25)), "weekends alone");
        let list = "date,title\n# ours\n2029-12-25,Christmas Day\n2026-04-06,working day\n2026-07-01,\"Trust day\"\n";
        assert_eq!(calendar.extend(list), Ok(()));
        assert!(calendar.knows(date(2029, 1, 1)) && !calendar.is_working_day(date(2029, 12, 25)));
        assert!(calendar.is_working_day(date(2026, 4, 6)));
        assert_eq!(calendar.holiday(date(2026, 7, 1)), Some("Trust day"));
        let errors =
            calendar.extend("2030-13-01,Never\n\n2030-01-01\n2030-01-01T10:00,Time\n").expect_err("unreadable");
        assert_eq!(errors.iter().map(|error| error.line).collect::<Vec<_>>(), [1, 3, 4]);
    }

    #[test]
    fn nine_in_the_morning_is_an_hour_earlier_in_summer() {
        let at = |day| hour_in_london(day, 9).expect("a moment").to_string();
        assert_eq!(at(date(2026, 3, 28)), "2026-03-28T09:00:00Z");
        assert_eq!(at(date(2026, 3, 29)), "2026-03-29T08:00:00Z");
        assert_eq!(at(date(2026, 10, 24)), "2026-10-24T08:00:00Z");
        assert_eq!(at(date(2026, 10, 25)), "2026-10-25T09:00:00Z");
        assert_eq!(day_in_london("2026-06-30T23:30:00Z".parse().expect("a time")), date(2026, 7, 1));
    }
}
