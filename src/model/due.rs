//! When the deliveries of a dataset are due, and what has come of each period.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    Granularity, Period,
    calendar::{Calendar, MORNING, day_in_london, hour_in_london, in_words},
    coded,
};

/// The rule of every alert that says what has not arrived.
pub const LATE_DELIVERY: &str = "late-delivery";

/// A number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// How many.
    pub count: u16,
    /// Whether working days alone count.
    pub working: bool,
}

/// How long after its end a period is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// So many days after its last day.
    Days(Days),
    /// A day of the month `months` after that in which it ends; the last day of a shorter month.
    DayOfMonth {
        /// 1 to 31.
        day: i8,
        /// 1 for the next month.
        months: i32,
    },
}

/// The cadence of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The period that a delivery is expected for.
    pub every: Granularity,
    /// Its due day.
    pub within: Within,
    /// How long after the due day it is said to be late; at once when none is given.
    pub grace: Option<Days>,
    /// The first period that is expected. When none is given, the first that was delivered, and of those after it only what
    /// was not due yet when the first delivery came.
    pub from: Option<Period>,
    /// Periods that are not produced, and why.
    pub skip: BTreeMap<Period, String>,
}

impl Days {
    /// The day that so many days after a day are over.
    #[must_use]
    pub fn after(self, day: Date, calendar: &Calendar) -> Date {
        if self.working {
            calendar.add_working_days(day, self.count)
        } else {
            day.saturating_add(i64::from(self.count).days())
        }
    }
}

impl Due {
    /// The last day on which a period arrives in time.
    #[must_use]
    pub fn day(&self, period: Period, calendar: &Calendar) -> Date {
        let end = period.end();
        match self.within {
            Within::Days(days) => days.after(end, calendar),
            Within::DayOfMonth { day, months } => {
                let Some(month) = Period::containing(Granularity::Month, end) else { return end };
                let month = month.minus(-months);
                month.start().saturating_add(i64::from(day - 1).days()).min(month.end())
            }
        }
    }

    /// The moment from which a period is late: 9:00 in London on the day after its due day and the days of grace.
    #[must_use]
    pub fn late_at(&self, period: Period, calendar: &Calendar) -> Timestamp {
        let day = self.day(period, calendar);
        let last = self.grace.map_or(day, |grace| grace.after(day, calendar));
        hour_in_london(last.saturating_add(1.day()), MORNING).unwrap_or(Timestamp::MAX)
    }

    /// The moment from which a period is missing: when the one after it is late as well.
    #[must_use]
    pub fn missing_at(&self, period: Period, calendar: &Calendar) -> Timestamp {
        self.late_at(period.next(), calendar)
    }
}

/// A period of a delivery, and when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The period; none where a delivery that was held back could not be read so far.
    pub period: Option<Period>,
    /// When its file was claimed.
    pub received: Timestamp,
    /// For a delivery that was held back: how many of its findings are errors.
    pub held_back: Option<usize>,
}

coded! {
    /// What has come of an expected period.
    pub enum DueState {
        /// The period is not over.
        Expected = "expected",
        /// It is over, and its delivery is not late yet.
        Due = "due",
        /// It has not arrived, and its due day is past.
        Late = "late",
        /// It has not arrived, and the period after it is late too.
        Missing = "missing",
        /// Something arrived and was held back.
        HeldBack = "held_back",
        /// It arrived by its due day, or before anything was expected.
        Arrived = "arrived",
        /// It arrived after its due day.
        ArrivedLate = "arrived_late",
        /// It is declared not to be produced.
        Skipped = "skipped",
    }
}

impl DueState {
    /// Whether there is nothing more to wait for.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Arrived | Self::ArrivedLate | Self::Skipped)
    }
}

/// A delivery that was held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// When it came.
    pub received: Timestamp,
    /// How many of its findings are errors.
    pub errors: usize,
    /// Whether it says itself that it is of this period. Otherwise its period could not be read, and this was the newest that
    /// was over when it came.
    pub period_known: bool,
}

/// A period that is or was expected, as it stands at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The period.
    pub period: Period,
    /// The last day on which it arrives in time.
    pub due: Date,
    /// Whether the bank holidays of that day's year are known; otherwise weekends alone count.
    pub holidays_known: bool,
    /// When it becomes late.
    pub late_at: Timestamp,
    /// When it becomes missing.
    pub missing_at: Timestamp,
    /// When the first published delivery of it came.
    pub arrived: Option<Timestamp>,
    /// Deliveries that were held back before that, in the order of time.
    pub held_back: Vec<HeldBack>,
    /// Why it is not produced.
    pub skipped: Option<String>,
    /// How it stands.
    pub state: DueState,
}

impl Expected {
    /// Whether it is waited for longer than it should be.
    #[must_use]
    pub fn is_outstanding(&self, now: Timestamp) -> bool {
        !self.state.is_settled() && self.late_at <= now
    }

    /// Its due day in words: `20 November 2025`, with a warning where holidays are not known.
    #[must_use]
    pub fn due_in_words(&self) -> String {
        let day = in_words(self.due);
        if self.holidays_known { day } else { format!("{day} (bank holidays of {} not known)", self.due.year()) }
    }

    /// What has come of it, in a few words: `not arrived`, `arrived on 3 December 2025 and was held back: 2 errors`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let on = |moment| in_words(day_in_london(moment));
        match (&self.skipped, self.arrived, self.held_back.last()) {
            (Some(reason), ..) => format!("not to be produced: {reason}"),
            (None, Some(arrived), _) => format!("arrived on {}", on(arrived)),
            (None, None, Some(held)) => held.in_words(),
            (None, None, None) => "not arrived".to_owned(),
        }
    }
}

impl HeldBack {
    /// `arrived on 3 December 2025 and was held back: 2 errors`; where its period is not known, that it may be this one.
    #[must_use]
    pub fn in_words(self) -> String {
        let errors = if self.errors == 1 { "error" } else { "errors" };
        let day = in_words(day_in_london(self.received));
        if self.period_known {
            format!("arrived on {day} and was held back: {} {errors}", self.errors)
        } else {
            format!(
                "may have arrived on {day}: a file whose period could not be read was held back, with {} {errors}",
                self.errors
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn due(within: Within) -> Due {
        Due { every: Granularity::Month, within, grace: None, from: None, skip: BTreeMap::new() }
    }

    fn period(text: &str) -> Period {
        text.parse().expect("a period")
    }

    #[test]
    fn due_days_by_the_wall_calendar() {
        let calendar = Calendar::england();
        let working = Within::Days(Days { count: 15, working: true });
        let twenty = Within::Days(Days { count: 20, working: false });
        let of_month = |day, months| Within::DayOfMonth { day, months };
        for (within, of, expected) in [
            (working, "2025-11", date(2025, 12, 19)),
            (working, "2025-12", date(2026, 1, 22)),
            (working, "2026-03", date(2026, 4, 23)),
            (twenty, "2025-12", date(2026, 1, 20)),
            (of_month(20, 1), "2025-12", date(2026, 1, 20)),
            (of_month(31, 2), "2025-12", date(2026, 2, 28)),
            (of_month(20, 1), "2025/26-Q3", date(2026, 1, 20)),
            (of_month(30, 2), "2025/26", date(2026, 5, 30)),
            (working, "2025-W51", date(2026, 1, 14)),
        ] {
            assert_eq!(due(within).day(period(of), &calendar), expected, "{within:?} of {of}");
        }
    }

    #[test]
    fn late_on_the_morning_after_the_grace() {
        let calendar = Calendar::england();
        let mut due = due(Within::DayOfMonth { day: 2, months: 1 });
        // Thursday 2 April 2026, before Easter; British summer time.
        assert_eq!(due.late_at(period("2026-03"), &calendar).to_string(), "2026-04-03T08:00:00Z");
        due.grace = Some(Days { count: 2, working: true });
        assert_eq!(due.late_at(period("2026-03"), &calendar).to_string(), "2026-04-09T08:00:00Z");
        // May is due on 2 June 2026: Thursday the 4th with the grace.
        assert_eq!(due.missing_at(period("2026-04"), &calendar).to_string(), "2026-06-05T08:00:00Z");
    }
}
