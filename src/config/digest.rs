//! `digest:` of a group: when its papers are due, and how long before that it has the exception report.
//!
//! ```yaml
//! digest:
//!   papers_due: third Wednesday       # or 5 working days before last Thursday, or days: [2025-11-19, 2026-01-21]
//!   not_in: [August]                  # months without a meeting
//!   before: 3 working days
//!   attach: [pdf, docx]               # also xlsx, html, md, json; pdf where left out
//! ```

use std::{collections::BTreeSet, fmt};

use jiff::civil::Date;
use serde::{
    Deserialize, Deserializer,
    de::{self, SeqAccess, Visitor},
};

use crate::{
    model::{Deadlines, PaperFormat, PapersDue, written_as},
    yaml::{Located, Problem, Problems},
};

/// When a group has the exception report, as it is written.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DigestSettings {
    /// When papers are due: `third Wednesday`, `5 working days before last Thursday` (of each month), or a list of days. A
    /// weekday that is a holiday stands for the working day before it.
    papers_due: Located<Due>,
    /// The months without a meeting.
    #[serde(default)]
    not_in: Vec<Located<Month>>,
    /// How long before that the report is sent: `3 working days`.
    before: WorkingDays,
    /// As what the report is attached: `pdf` where left out.
    #[serde(default)]
    attach: Option<Vec<Located<PaperFormat>>>,
}

/// A month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, schemars::JsonSchema)]
enum Month {
    January = 1,
    February,
    March,
    April,
    May,
    June,
    July,
    August,
    September,
    October,
    November,
    December,
}

/// When papers are due: words, or days.
#[derive(Debug, Clone)]
struct Due(PapersDue);

/// A day, and no time.
struct Day(Date);

/// `3 working days`.
#[derive(Debug, Clone, Copy)]
struct WorkingDays(u16);

impl<'de> Deserialize<'de> for Due {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Due;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`third Wednesday`, `5 working days before last Thursday` or a list of days")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Due, E> {
                text.parse().map(Due).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut listed: A) -> Result<Due, A::Error> {
                let mut days = BTreeSet::new();
                while let Some(Day(day)) = listed.next_element()? {
                    days.insert(day);
                }
                Ok(Due(PapersDue::Days(days)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Jiff reads more than a date alone, such as a time after it.
        let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
        day.map(Self).ok_or_else(|| de::Error::custom(format!("`{text}` is not a day: write it as 2025-11-19")))
    }
}

impl<'de> Deserialize<'de> for WorkingDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let count = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            [count, "working", "day" | "days"] => count.parse().ok(),
            _ => None,
        };
        // More is a slip: figures of two months would be told by then.
        let count = count.filter(|count| *count <= 40);
        count.map(Self).ok_or_else(|| {
            de::Error::custom(format!("`{text}` is not a number of working days up to 40: write 3 working days"))
        })
    }
}

written_as! { Due, {
    "anyOf": [
        {
            "type": "string",
            "pattern": "(first|second|third|fourth|last) (Monday|Tuesday|Wednesday|Thursday|Friday)$",
            "description": "third Wednesday, 5 working days before last Thursday: of each month"
        },
        { "type": "array", "items": { "type": "string", "format": "date" }, "description": "Days one by one" }
    ]
} }

written_as! { WorkingDays, {
    "type": "string",
    "pattern": "^[0-9]+ working days?$",
    "description": "3 working days"
} }

impl DigestSettings {
    /// The deadlines.
    #[must_use]
    pub fn deadlines(&self) -> Deadlines {
        let not_in = self.not_in.iter().map(|month| month.value as i8).collect();
        Deadlines { due: self.papers_due.value.0.clone(), not_in, before: self.before.0 }
    }

    /// As what the report is attached.
    #[must_use]
    pub fn attached(&self) -> Vec<PaperFormat> {
        let named = |attach: &Vec<Located<PaperFormat>>| attach.iter().map(|format| format.value).collect();
        self.attach.as_ref().map_or_else(|| vec![PaperFormat::Pdf], named)
    }

    /// What would never be, or be twice.
    pub(super) fn check(&self, problems: &mut Problems) {
        let due = &self.papers_due;
        match &due.value.0 {
            PapersDue::Days(days) if days.is_empty() => {
                let problem = Problem::new(due.place.clone(), "papers are due on no day, so that there is no digest");
                problems.push(problem.hint("write days such as [2025-11-19, 2026-01-21], or take `digest:` out"));
            }
            PapersDue::Days(_) => {
                if let Some(month) = self.not_in.first() {
                    let message = "days that are listed one by one are all meant";
                    problems.push(Problem::new(month.place.clone(), message).hint("take `not_in` out"));
                }
            }
            PapersDue::Monthly { .. } => {
                let months: BTreeSet<Month> = self.not_in.iter().map(|month| month.value).collect();
                if let (Some(month), 12) = (self.not_in.first(), months.len()) {
                    problems.push(Problem::new(month.place.clone(), "no month is left in which papers are due"));
                }
            }
        }
        let attach = self.attach.as_deref().unwrap_or_default();
        for (at, format) in attach.iter().enumerate() {
            if attach.iter().take(at).any(|other| other.value == format.value) {
                problems.push(Problem::new(format.place.clone(), format!("`{}` is attached already", format.value)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::{
        model::Calendar,
        yaml::{SourceFile, decode, parse},
    };

    fn read(text: &str) -> Result<DigestSettings, Vec<String>> {
        let file = Arc::new(SourceFile { path: "g.yaml".into(), text: text.to_owned() });
        let read = parse(&file).and_then(|node| decode::<DigestSettings>(&node)).and_then(|settings| {
            let mut problems = Problems::default();
            settings.check(&mut problems);
            problems.into_result().map(|()| settings)
        });
        read.map_err(Problems::lines)
    }

    #[test]
    fn what_is_written_is_what_is_meant() {
        let settings = read("papers_due: third Wednesday\nnot_in: [August, December]\nbefore: 3 working days\n");
        let settings = settings.expect("valid");
        let calendar = Calendar::england();
        let deadlines = settings.deadlines();
        assert_eq!(deadlines.from(date(2025, 11, 20), &calendar).next(), Some(date(2026, 1, 21)));
        assert_eq!((deadlines.before, settings.attached()), (3, vec![PaperFormat::Pdf]));
        let listed = read("papers_due: [2026-01-21, 2025-11-19]\nbefore: 1 working day\nattach: [docx, xlsx]\n");
        let listed = listed.expect("valid");
        assert_eq!(listed.deadlines().from(date(2025, 1, 1), &calendar).next(), Some(date(2025, 11, 19)));
        assert_eq!(listed.attached(), [PaperFormat::Docx, PaperFormat::Xlsx]);
        assert_eq!(
            read("papers_due: last Friday\nbefore: 0 working days\nattach: []\n").expect("valid").attached(),
            []
        );
    }

    #[test]
    fn mistakes_have_their_places() {
        for (text, expected) in [
            (
                "papers_due: thirdWednesday\nbefore: 3 working days\n",
                "g.yaml:1:13: `thirdWednesday` does not say when papers",
            ),
            (
                "papers_due: fifth Monday\nbefore: 3 working days\n",
                "g.yaml:1:13: `fifth Monday` does not say when papers",
            ),
            (
                "papers_due: [2025-11-19, 2025-11-31]\nbefore: 3 working days\n",
                "g.yaml:1:26: `2025-11-31` is not a day",
            ),
            ("papers_due: []\nbefore: 3 working days\n", "g.yaml:1:13: papers are due on no day"),
            ("papers_due: [2025-11-19]\nnot_in: [May]\nbefore: 3 working days\n", "g.yaml:2:10: days that are listed"),
            (
                "papers_due: last Friday\nnot_in: [Augst]\nbefore: 3 working days\n",
                "g.yaml:2:10: `Augst` is not one of",
            ),
            ("papers_due: last Friday\nbefore: 3 days\n", "g.yaml:2:9: `3 days` is not a number of working days"),
            ("papers_due: last Friday\nbefore: 300 working days\n", "g.yaml:2:9: `300 working days` is not a number"),
            ("papers_due: last Friday\nbefore: 1 working day\nattach: [pdf, pdf]\n", "g.yaml:3:15: `pdf` is attached"),
            ("papers_due: last Friday\nbefore: 1 working day\nattach: [odt]\n", "g.yaml:3:10: `odt` is not one of"),
            ("papers_due: last Friday\n", "g.yaml:1:1: the setting `before` is missing"),
        ] {
            let problems = read(text).expect_err(text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(problems[0].starts_with(expected), "{text}: {problems:?}");
        }
    }
}
