//! Time intervals as they are written.

use std::{collections::BTreeSet, ops::RangeInclusive};

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::{
    model::period::MONTHS,
    yaml::{Located, Problem, Problems},
};

use super::interval::{Interval, Intervals};

/// A named time interval: it is any of its stretches.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedIntervalSettings {
    /// By which routes name it.
    pub name: Located<String>,
    /// Its stretches.
    #[serde(default)]
    pub time_intervals: Vec<IntervalSettings>,
}

/// One stretch: all that it names must hold.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalSettings {
    #[serde(default)]
    times: Option<Vec<Located<TimeSettings>>>,
    #[serde(default)]
    weekdays: Option<Vec<Located<String>>>,
    #[serde(default)]
    days_of_month: Option<Vec<Located<String>>>,
    #[serde(default)]
    months: Option<Vec<Located<String>>>,
    #[serde(default)]
    years: Option<Vec<Located<String>>>,
    /// Working days alone (`true`), or the others alone, by the group's own calendar.
    #[serde(default)]
    working_days: Option<bool>,
    #[serde(default)]
    location: Option<Located<String>>,
}

#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct TimeSettings {
    #[serde(default)]
    start_time: Option<String>,
    #[serde(default)]
    end_time: Option<String>,
}

const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

impl Intervals {
    /// Checks the intervals of a file.
    ///
    /// # Errors
    /// Every mistake with its place: a name that stands twice, a range that ends before it begins, an unknown place.
    pub fn compile(settings: &[NamedIntervalSettings]) -> Result<Self, Problems> {
        let (mut problems, mut seen, mut intervals) = (Problems::default(), BTreeSet::new(), Vec::new());
        for named in settings {
            let name = &named.name;
            if name.trim().is_empty() {
                problems.push(Problem::new(name.place.clone(), "a time interval has a name"));
            } else if !seen.insert(&name.value) {
                let message = format!("there is another time interval `{}`", name.value);
                problems.push(Problem::new(name.place.clone(), message));
            }
            let stretches = named.time_intervals.iter().map(|stretch| stretch.compile(&mut problems)).collect();
            intervals.push((name.value.clone(), stretches));
        }
        problems.into_result().map(|()| Self(intervals))
    }
}

impl IntervalSettings {
    fn compile(&self, problems: &mut Problems) -> Interval {
        let weekday = |text: &str| numbered(&WEEKDAYS, text).ok_or(format!("{text} is not a weekday"));
        let month = |text: &str| {
            let named = numbered(&MONTHS, text).map(|at| at + 1).or_else(|| text.parse().ok());
            named.filter(|month| (1..=12).contains(month)).ok_or(format!("{text} is not a month"))
        };
        let year = |text: &str| text.parse::<i32>().map_err(|_| format!("{text} is not a year"));
        let day = |text: &str| {
            let number = text.parse::<i32>().ok().filter(|day| *day != 0 && (-31..=31).contains(day));
            number.ok_or(format!("{text} is not a day of a month: 1 to 31, or -1 for its last day to -31"))
        };
        Interval {
            times: each(self.times.as_deref(), problems, TimeSettings::minutes),
            weekdays: each(self.weekdays.as_deref(), problems, |text| rising(range(text, weekday)?, text)),
            days_of_month: each(self.days_of_month.as_deref(), problems, |text| days(range(text, day)?)),
            months: each(self.months.as_deref(), problems, |text| rising(range(text, month)?, text)),
            years: each(self.years.as_deref(), problems, |text| rising(range(text, year)?, text)),
            working_days: self.working_days,
            location: self.location.as_ref().and_then(|name| zone(name, problems)),
        }
    }
}

fn zone(name: &Located<String>, problems: &mut Problems) -> Option<TimeZone> {
    let zone = TimeZone::get(name).ok();
    if zone.is_none() {
        let problem = Problem::new(name.place.clone(), format!("there is no time zone `{}`", name.value));
        problems.push(problem.hint("such as Europe/London"));
    }
    zone
}

/// Reads every entry of a list; what cannot be read is told at its place.
fn each<S, T>(
    list: Option<&[Located<S>]>,
    problems: &mut Problems,
    read: impl Fn(&S) -> Result<T, String>,
) -> Option<Vec<T>> {
    let read = list?.iter().filter_map(|entry| match read(&entry.value) {
        Ok(value) => Some(value),
        Err(what) => {
            problems.push(Problem::new(entry.place.clone(), what));
            None
        }
    });
    Some(read.collect())
}

impl TimeSettings {
    fn minutes(&self) -> Result<(i32, i32), String> {
        let (Some(start), Some(end)) = (&self.start_time, &self.end_time) else {
            return Err("both `start_time` and `end_time` are needed".to_owned());
        };
        let (start, end) = (minute(start)?, minute(end)?);
        if start < end {
            Ok((start, end))
        } else {
            Err("it ends before it begins; a night is two stretches".to_owned())
        }
    }
}

/// The minute of the day: `09:00`, to `24:00`.
fn minute(text: &str) -> Result<i32, String> {
    let wrong = || format!("`{text}` is not a time of day such as 09:00");
    let two = |text: &str| (text.len() == 2).then(|| text.parse::<u8>().ok()).flatten();
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let (hour, minute) = two(hour).zip(two(minute)).ok_or_else(wrong)?;
    let fits = (hour < 24 && minute < 60) || (hour, minute) == (24, 0);
    if fits { Ok(i32::from(hour) * 60 + i32::from(minute)) } else { Err(wrong()) }
}

/// `monday:friday`, or one member alone.
fn range(text: &str, member: impl Fn(&str) -> Result<i32, String>) -> Result<(i32, i32), String> {
    let text = text.to_lowercase();
    match text.split(':').collect::<Vec<_>>().as_slice() {
        [only] => member(only).map(|only| (only, only)),
        [from, to] => Ok((member(from)?, member(to)?)),
        _ => Err(format!("`{text}` is not a range such as monday:friday")),
    }
}

fn rising((from, to): (i32, i32), text: &str) -> Result<RangeInclusive<i32>, String> {
    if from <= to { Ok(from..=to) } else { Err(format!("`{text}` ends before it begins")) }
}

/// Days of a month, of which the shortest has 28.
fn days((from, to): (i32, i32)) -> Result<(i32, i32), String> {
    let counted = |day: i32| if day < 0 { 28 + day } else { day };
    if from < 0 && to > 0 {
        Err(format!("a range that begins from the end of the month ({from}) ends there too"))
    } else if counted(from) > counted(to) {
        Err(format!("day {to} is always before day {from}"))
    } else {
        Ok((from, to))
    }
}

fn numbered(names: &[&str], text: &str) -> Option<i32> {
    names.iter().position(|name| *name == text).and_then(|at| i32::try_from(at).ok())
}
