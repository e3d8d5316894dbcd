//! Time intervals as Prometheus Alertmanager has them: times of day, weekdays, days of the month (also counted from its
//! end), months, years, and the place whose clocks they mean; and working days, by the calendar of a group.
//!
//! Without a `location` the clock is UTC's, as there.

use std::{collections::BTreeSet, ops::RangeInclusive};

use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, civil::Date, tz::TimeZone};

use crate::model::{Calendar, calendar::day_in_london};

use super::manner::Hold;

/// How far ahead the end of an interval is looked for: two years and a little.
const DAYS_AHEAD: i64 = 750;

/// One stretch of recurring time: all that it names must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interval {
    /// Minutes of the day, the last one excluded.
    pub(super) times: Option<Vec<(i32, i32)>>,
    /// 0 is Sunday.
    pub(super) weekdays: Option<Vec<RangeInclusive<i32>>>,
    /// 1 to 31, or -1 for the last day of the month to -31.
    pub(super) days_of_month: Option<Vec<(i32, i32)>>,
    /// 1 is January.
    pub(super) months: Option<Vec<RangeInclusive<i32>>>,
    pub(super) years: Option<Vec<RangeInclusive<i32>>>,
    /// Whether it is a working day, by the calendar asked about, in London.
    pub(super) working_days: Option<bool>,
    pub(super) location: Option<TimeZone>,
}

impl Interval {
    /// Whether a moment lies in it.
    #[must_use]
    pub fn contains(&self, at: Timestamp, calendar: &Calendar) -> bool {
        let local = self.local(at);
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let among = |ranges: &Option<Vec<RangeInclusive<i32>>>, value: i32| {
            ranges.as_ref().is_none_or(|ranges| ranges.iter().any(|range| range.contains(&value)))
        };
        let day = i32::from(local.day());
        let last = i32::from(local.days_in_month());
        self.times.as_ref().is_none_or(|times| times.iter().any(|(from, to)| (*from..*to).contains(&minute)))
            && self.days_of_month.as_ref().is_none_or(|days| days.iter().any(|days| day_among(*days, day, last)))
            && among(&self.months, i32::from(local.month()))
            && among(&self.weekdays, i32::from(local.weekday().to_sunday_zero_offset()))
            && among(&self.years, i32::from(local.year()))
            && self.working_days.is_none_or(|wanted| calendar.is_working_day(day_in_london(at)) == wanted)
    }

    fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.location.clone().unwrap_or(TimeZone::UTC))
    }

    /// The moments of a day at which it may begin or end.
    fn bounds(&self, day: Date) -> impl Iterator<Item = Timestamp> {
        let zone = self.location.clone().unwrap_or(TimeZone::UTC);
        let midnight = zone.to_zoned(day.at(0, 0, 0, 0)).ok();
        let minutes = self.times.iter().flatten().flat_map(|(from, to)| [*from, *to]);
        let minutes: Vec<i32> = std::iter::once(0).chain(minutes).collect();
        minutes.into_iter().filter_map(move |minute| {
            let hour = i8::try_from(minute / 60).ok()?;
            let at = if hour == 24 {
                midnight.as_ref()?.tomorrow().ok()?
            } else {
                zone.to_zoned(day.at(hour, i8::try_from(minute % 60).ok()?, 0, 0)).ok()?
            };
            Some(at.timestamp())
        })
    }
}

/// Whether a day of a month of `last` days lies in a range that may be counted from the month's end. A range that begins
/// after the end of the month is none; one that reaches out of it ends with it.
fn day_among((begin, end): (i32, i32), day: i32, last: i32) -> bool {
    let counted = |day: i32| if day < 0 { last + day + 1 } else { day };
    let (begin, end) = (counted(begin), counted(end));
    begin <= last && (begin.max(-last)..=end.clamp(-last, last)).contains(&day)
}

/// The time intervals of a home, by name.
#[derive(Debug, Clone, Default)]
pub struct Intervals(pub(super) Vec<(String, Vec<Interval>)>);

impl Intervals {
    /// Whether one of the stretches of an interval contains a moment; none that is not there does.
    #[must_use]
    pub fn contains(&self, name: &str, at: Timestamp, calendar: &Calendar) -> bool {
        self.of(name).any(|interval| interval.contains(at, calendar))
    }

    /// Which of some intervals contain a moment.
    #[must_use]
    pub fn containing<'a>(&self, names: &'a [String], at: Timestamp, calendar: &Calendar) -> Vec<&'a str> {
        names.iter().map(String::as_str).filter(|name| self.contains(name, at, calendar)).collect()
    }

    /// Why nothing is said at a moment: `the time interval weekends`.
    #[must_use]
    pub fn mutes(&self, hold: &Hold, at: Timestamp, calendar: &Calendar) -> Option<String> {
        // One that a newer configuration no longer has holds nothing up.
        let active: Vec<&String> = hold.active.iter().filter(|name| self.of(name).next().is_some()).collect();
        if !active.is_empty() && !active.iter().any(|name| self.contains(name, at, calendar)) {
            return Some(format!("it is not {}", words(&hold.active)));
        }
        let muting = self.containing(&hold.mute, at, calendar);
        (!muting.is_empty()).then(|| format!("it is {}", words(&muting)))
    }

    /// The first moment from one on at which something may be said; none within two years.
    #[must_use]
    pub fn opens(&self, hold: &Hold, from: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
        if self.mutes(hold, from, calendar).is_none() {
            return Some(from);
        }
        let own: Vec<&Interval> = hold.mute.iter().chain(&hold.active).flat_map(|name| self.of(name)).collect();
        let zones = own.iter().any(|interval| interval.working_days.is_some());
        for ahead in -1..=DAYS_AHEAD {
            let day = from.to_zoned(TimeZone::UTC).date().saturating_add(ahead.days());
            let mut moments: BTreeSet<Timestamp> = own.iter().flat_map(|interval| interval.bounds(day)).collect();
            if zones {
                moments.extend(crate::model::calendar::hour_in_london(day, 0));
            }
            let opens = moments.into_iter().find(|at| *at > from && self.mutes(hold, *at, calendar).is_none());
            if opens.is_some() {
                return opens;
            }
        }
        None
    }

    fn of(&self, name: &str) -> impl Iterator<Item = &Interval> {
        self.0.iter().filter(move |(known, _)| known == name).flat_map(|(_, intervals)| intervals)
    }

    /// A moment a little later, where nothing better is known.
    #[must_use]
    pub fn look_again(at: Timestamp) -> Timestamp {
        at.saturating_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX)
    }
}

fn words<T: AsRef<str>>(names: &[T]) -> String {
    names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" or ")
}
