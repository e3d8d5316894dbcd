//! `due:` of a dataset: how often it is delivered, by when, and who is told when it is not.
//!
//! ```yaml
//! due:
//!   every: month                      # day, week, month, quarter, financial_year or calendar_year
//!   within: 15 working days           # after the period's end; or 20 days, or { day: 20, of: next month }
//!   from: 2025-04                     # the first period expected; left out: the first that is delivered
//!   owner: performance-team           # told beside the groups of the route; left out: the steward
//!   grace: 2 working days             # so long after the due day it is said to be late; left out: at once
//!   skip:                             # periods that are not produced, and why
//!     2025-08: no report is made in August
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    model::{Days, Due, Granularity, Period, Within},
    yaml::{Entries, Located, Problem, Problems},
};

/// The cadence of a dataset as it is written.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DueSettings {
    every: Granularity,
    within: Located<WithinSettings>,
    #[serde(default)]
    from: Option<Located<String>>,
    #[serde(default)]
    pub(super) owner: Option<Located<String>>,
    #[serde(default)]
    grace: Option<Located<String>>,
    #[serde(default)]
    skip: Entries<Located<String>>,
}

/// `15 working days`, or `{ day: 20, of: next month }`.
#[derive(Debug, Clone)]
enum WithinSettings {
    Days(String),
    DayOf(DayOf),
}

#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct DayOf {
    day: Located<i8>,
    of: Month,
}

/// A month after the one in which the period ends.
#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
enum Month {
    #[serde(rename = "next month")]
    Next,
    #[serde(rename = "second month")]
    Second,
    #[serde(rename = "third month")]
    Third,
}

impl<'de> Deserialize<'de> for WithinSettings {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> serde::de::Visitor<'de> for Either {
            type Value = WithinSettings;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`15 working days`, `20 days` or `{ day: 20, of: next month }`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(WithinSettings::Days(text.to_owned()))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                DayOf::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(WithinSettings::DayOf)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl schemars::JsonSchema for WithinSettings {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Within".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [
                { "type": "string", "pattern": "days?$", "description": "15 working days, 20 days" },
                generator.subschema_for::<DayOf>()
            ]
        })
    }
}

impl DueSettings {
    /// The cadence, if it can be understood.
    ///
    /// # Errors
    /// Every mistake with its place.
    pub(super) fn compile(&self) -> Result<Due, Problems> {
        let mut problems = Problems::default();
        let within = problems.take(within(&self.within));
        let grace = self.grace.as_ref().and_then(|text| problems.take(days(text)));
        let from = self.from.as_ref().and_then(|text| problems.take(period(text, self.every)));
        let mut skip = BTreeMap::new();
        for (text, reason) in self.skip.iter() {
            if reason.trim().is_empty() {
                let problem = Problem::new(reason.place.clone(), "say why the period is not produced");
                problems.push(problem.hint("it stands in reports: no report is made in August"));
            }
            if let Some(period) = problems.take(period(text, self.every)) {
                skip.insert(period, reason.value.clone());
            }
        }
        problems.into_result()?;
        let Some(within) = within else { return Err(Problems::default()) };
        Ok(Due { every: self.every, within, grace, from, skip })
    }
}

fn within(settings: &Located<WithinSettings>) -> Result<Within, Problems> {
    match &settings.value {
        WithinSettings::Days(text) => {
            days(&Located { value: text.clone(), place: settings.place.clone() }).map(Within::Days)
        }
        WithinSettings::DayOf(DayOf { day, .. }) if !(1..=31).contains(&day.value) => {
            Err(Problem::new(day.place.clone(), format!("{} is no day of a month", day.value)).into())
        }
        WithinSettings::DayOf(DayOf { day, of }) => {
            let months = match of {
                Month::Next => 1,
                Month::Second => 2,
                Month::Third => 3,
            };
            Ok(Within::DayOfMonth { day: day.value, months })
        }
    }
}

/// `15 working days`, `20 days`, `1 day`.
fn days(text: &Located<String>) -> Result<Days, Problems> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let found = match words.as_slice() {
        [count, "day" | "days"] => Some((count, false)),
        [count, "working", "day" | "days"] => Some((count, true)),
        _ => None,
    };
    // A year is more than anybody waits for; a mistyped number would be waited for in silence.
    let days = found.and_then(|(count, working)| Some(Days { count: count.parse().ok()?, working }));
    days.filter(|days| days.count <= 366).ok_or_else(|| {
        let message = format!("`{}` is not a number of days up to 366", text.value);
        Problem::new(text.place.clone(), message).hint("write 15 working days, or 20 days").into()
    })
}

fn period(text: &Located<String>, every: Granularity) -> Result<Period, Problems> {
    let period: Period = text
        .parse()
        .map_err(|error: crate::model::period::ParsePeriodError| Problem::new(text.place.clone(), error.to_string()))?;
    if period.granularity() != every {
        let message = format!("{} is not a {}, as `every` says", text.value, every.noun(1));
        return Err(Problem::new(text.place.clone(), message).into());
    }
    Ok(period)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::yaml::{SourceFile, decode, parse};

    fn read(text: &str) -> Result<Due, Vec<String>> {
        let file = Arc::new(SourceFile { path: "les.yaml".into(), text: text.to_owned() });
        parse(&file)
            .and_then(|node| decode::<DueSettings>(&node))
            .and_then(|settings| settings.compile())
            .map_err(Problems::lines)
    }

    #[test]
    fn what_is_written_is_what_is_meant() {
        let due = read("every: month\nwithin: 15 working days\nfrom: 2025-04\ngrace: 1 day\nskip: { 2025-08: none }\n")
            .expect("valid");
        let period = |text: &str| text.parse::<Period>().expect("a period");
        assert_eq!(
            due,
            Due {
                every: Granularity::Month,
                within: Within::Days(Days { count: 15, working: true }),
                grace: Some(Days { count: 1, working: false }),
                from: Some(period("2025-04")),
                skip: [(period("2025-08"), "none".to_owned())].into(),
            }
        );
        let due = read("every: quarter\nwithin: { day: 20, of: second month }\n").expect("valid");
        assert_eq!(due.within, Within::DayOfMonth { day: 20, months: 2 });
    }

    #[test]
    fn mistakes_have_their_places() {
        for (text, expected) in [
            ("every: month\nwithin: soon\n", "les.yaml:2:9: `soon` is not a number of days up to 366"),
            ("every: month\nwithin: 900 days\n", "les.yaml:2:9: `900 days` is not a number of days up to 366"),
            ("every: month\nwithin: { day: 32, of: next month }\n", "les.yaml:2:16: 32 is no day of a month"),
            ("every: month\nwithin: { day: 2, of: last month }\n", "les.yaml:2:23: `last month` is not one of"),
            ("every: month\nwithin: 3 days\nfrom: 2025/26-Q1\n", "les.yaml:3:7: 2025/26-Q1 is not a month"),
            ("every: month\nwithin: 3 days\nskip: { 2025-13: x }\n", "les.yaml:3:9: \"2025-13\" is not a period"),
            ("every: month\nwithin: 3 days\nskip: { 2025-08: '' }\n", "les.yaml:3:18: say why"),
            ("every: moon\nwithin: 3 days\n", "les.yaml:1:8: `moon` is not one of the choices here"),
            ("within: 3 days\n", "les.yaml:1:1: the setting `every` is missing"),
        ] {
            let problems = read(text).expect_err(text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(problems[0].starts_with(expected), "{text}: {problems:?}");
        }
    }
}
