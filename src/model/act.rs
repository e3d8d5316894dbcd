//! What people do about an alert, and what comes of it.
//!
//! Acts are kept for ever, in the order in which they were done; how an alert stands with people is worked out from those
//! of its present stretch ([`Handling`]). An acknowledgement ends by an act as well: [`ActKind::Lapsed`] says why.
//!
//! An act is about the periods from the beginning of its stretch to the newest that was known then. Late and restated
//! figures may move where a stretch begins: the act is still about it as long as the two share a period.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Alert, AlertId, Period,
    calendar::{day_in_london, in_words},
    coded,
};

/// An act's id; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActId(pub Uuid);

impl fmt::Display for ActId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

coded! {
    /// What was done about an alert.
    pub enum ActKind {
        /// Somebody looks after it: it is quiet until it worsens or is to be looked at again.
        Acknowledged = "acknowledged",
        /// Somebody said something of it.
        Commented = "commented",
        /// It was given to somebody.
        Assigned = "assigned",
        /// The day was set on which it is to be looked at again.
        ReviewSet = "review_set",
        /// Its acknowledgement holds no more; the comment says why.
        Lapsed = "lapsed",
    }
}

/// One thing that was done about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Its id.
    pub id: ActId,
    /// The alert.
    pub alert: AlertId,
    /// The first period of the stretch that it is about: what was said of an earlier stretch does not hold for a later one.
    pub since: Period,
    /// The newest period that the alert rested on then.
    pub period: Period,
    /// What was done.
    pub kind: ActKind,
    /// Who did it, by the name that was given; `bellwether` where time or figures did.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What was said with it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Whom it was given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// When it is to be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
    /// The group to which the link was sent by which it was done; none where it was done from the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
}

impl Act {
    /// Whether it is about the present (or last) stretch of its alert.
    #[must_use]
    pub fn is_about(&self, alert: &Alert) -> bool {
        self.alert == alert.id && self.since <= alert.reading.period && alert.since <= self.period
    }
}

/// The acknowledgement among the acts about one alert, in the order of time, that no act has ended; it may be about a
/// stretch that is over.
#[must_use]
pub fn unended<'a>(acts: impl IntoIterator<Item = &'a Act>) -> Option<&'a Act> {
    acts.into_iter().fold(None, |standing, act| match act.kind {
        ActKind::Acknowledged => Some(act),
        ActKind::Lapsed => None,
        ActKind::Commented | ActKind::Assigned | ActKind::ReviewSet => standing,
    })
}

/// An acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who looks after it.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
    /// The newest period that the alert rested on then.
    pub period: Period,
    /// What was said with it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// An acknowledgement that holds no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lapsed {
    /// As it was.
    #[serde(flatten)]
    pub acknowledged: Acknowledged,
    /// When it ended.
    pub ended: Timestamp,
    /// Until what: `it worsened in November 2025`.
    pub until: String,
}

/// How the present stretch of an alert stands with people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handling {
    /// The acknowledgement, while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
    /// The last acknowledgement, when it holds no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed: Option<Lapsed>,
    /// Whom it was given to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// When it is to be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
    /// What was last said of it, and by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<(String, String)>,
}

impl Handling {
    /// What acts come to for the present stretch of an alert; acts in the order of time.
    #[must_use]
    pub fn of<'a>(alert: &Alert, acts: impl IntoIterator<Item = &'a Act>) -> Self {
        let mut handling = Self::default();
        for act in acts.into_iter().filter(|act| act.is_about(alert)) {
            handling.take(act);
        }
        handling
    }

    /// Whether nobody has done anything about it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// All of it in a line: `acknowledged by Jo Bell on 3 November 2025: locum found; given to Sam; to be looked at again on
    /// 31 January 2026`. The words of people are as they were given.
    #[must_use]
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        if let Some(known) = &self.acknowledged {
            parts.push(match known.comment.as_str() {
                "" => known.words(),
                comment => format!("{}: {comment}", known.words()),
            });
        } else if let Some(lapsed) = &self.lapsed {
            parts.push(format!("{}, until {}", lapsed.acknowledged.words(), lapsed.until));
        }
        parts.extend(self.assignee.as_ref().map(|name| format!("given to {name}")));
        parts.extend(self.review.map(|day| format!("to be looked at again on {}", in_words(day))));
        let said = self.acknowledged.as_ref().map(|known| (&known.by, &known.comment));
        if let Some((by, text)) = self.comment.as_ref().filter(|(by, text)| said != Some((by, text))) {
            parts.push(format!("{by}: {text}"));
        }
        parts.join("; ")
    }

    fn take(&mut self, act: &Act) {
        match act.kind {
            ActKind::Acknowledged => {
                let Act { by, at, period, comment, .. } = act.clone();
                (self.acknowledged, self.lapsed) = (Some(Acknowledged { by, at, period, comment }), None);
            }
            ActKind::Lapsed => {
                let lapsed = |acknowledged| Lapsed { acknowledged, ended: act.at, until: act.comment.clone() };
                self.lapsed = self.acknowledged.take().map(lapsed).or(self.lapsed.take());
                // A review date that has passed asked its question.
                self.review = None;
            }
            ActKind::Commented | ActKind::Assigned | ActKind::ReviewSet => {}
        }
        if act.kind != ActKind::Lapsed && !act.comment.is_empty() {
            self.comment = Some((act.by.clone(), act.comment.clone()));
        }
        self.assignee = act.assignee.clone().or(self.assignee.take());
        self.review = act.review.or(self.review);
    }
}

impl Acknowledged {
    fn words(&self) -> String {
        format!("acknowledged by {} on {}", self.by, in_words(day_in_london(self.at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AlertSeverity, AlertState, Labels, Reading, Unit, Value};

    fn month(month: i32) -> Period {
        Period::month(2025, month).expect("a month")
    }

    /// An alert in breach from one month to another.
    fn alert(since: i32, until: i32) -> Alert {
        let message = String::new();
        let reading =
            Reading { period: month(until), value: Value::ABSENT, plan: Value::ABSENT, unit: Unit::Number, message };
        Alert {
            id: AlertId("00".to_owned()),
            rule: "rule".to_owned(),
            dataset: "dataset".to_owned(),
            severity: AlertSeverity::Warning,
            state: AlertState::Firing,
            labels: Labels::default(),
            since: month(since),
            reading,
            cannot_tell: None,
            episodes: Vec::new(),
            withdrawn: None,
        }
    }

    /// An act about months from one to the next.
    fn act(nth: u128, kind: ActKind, since: i32) -> Act {
        Act {
            id: ActId(Uuid::from_u128(nth)),
            alert: AlertId("00".to_owned()),
            since: month(since),
            period: month(since + 1),
            kind,
            by: "Jo Bell".to_owned(),
            at: Timestamp::from_second(i64::try_from(nth).expect("small")).expect("a time"),
            comment: String::new(),
            assignee: None,
            review: None,
            through: None,
        }
    }

    #[test]
    fn what_holds_is_what_was_done_last_in_the_present_stretch() {
        let review: Date = "2026-01-31".parse().expect("a day");
        let acts = [
            Act { assignee: Some("Al".to_owned()), ..act(1, ActKind::Assigned, 3) },
            Act { comment: "locum found".to_owned(), review: Some(review), ..act(2, ActKind::Acknowledged, 6) },
            Act { assignee: Some("Sam".to_owned()), ..act(3, ActKind::Assigned, 6) },
        ];
        let handling = Handling::of(&alert(6, 8), &acts);
        assert_eq!(handling.assignee.as_deref(), Some("Sam"), "Al had an earlier stretch");
        assert_eq!(handling.review, Some(review));
        assert_eq!(handling.acknowledged.as_ref().map(|known| known.comment.as_str()), Some("locum found"));
        assert_eq!(handling.comment, Some(("Jo Bell".to_owned(), "locum found".to_owned())));
        assert_eq!(
            handling.words(),
            "acknowledged by Jo Bell on 1 January 1970: locum found; given to Sam; to be looked at again on \
             31 January 2026"
        );

        let lapsed = Act { comment: "it worsened in August 2025".to_owned(), ..act(4, ActKind::Lapsed, 6) };
        let handling = Handling::of(&alert(6, 8), acts.iter().chain([&lapsed]));
        assert_eq!((&handling.acknowledged, handling.review), (&None, None));
        assert_eq!(handling.assignee.as_deref(), Some("Sam"), "who has it, still has it");
        assert_eq!(
            handling.words(),
            "acknowledged by Jo Bell on 1 January 1970, until it worsened in August 2025; given to Sam; Jo Bell: locum \
             found"
        );
        assert_eq!(unended(acts.iter().chain([&lapsed])), None);
        assert_eq!(unended(&acts), Some(&acts[1]));
    }

    #[test]
    fn an_act_is_about_a_stretch_that_late_or_restated_figures_made_longer_or_shorter() {
        let acts = [act(1, ActKind::Acknowledged, 6)];
        for (since, until, holds) in [(4, 9, true), (7, 9, true), (6, 7, true), (2, 5, false), (8, 9, false)] {
            let handling = Handling::of(&alert(since, until), &acts);
            assert_eq!(handling.acknowledged.is_some(), holds, "from {since} to {until}");
            assert_eq!(handling.is_empty(), !holds);
        }
    }
}
