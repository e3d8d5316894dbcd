//! What people do about an alert, and what comes of it.
//!
//! Acts are kept for ever, in the order in which they were done; how an alert stands with people is worked out from those
//! of its present stretch ([`Handling`]). An acknowledgement ends by an act as well: [`ActKind::Lapsed`] says why.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AlertId, Period, coded};

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

/// An acknowledgement that holds.
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

/// How the present stretch of an alert stands with people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handling {
    /// The acknowledgement, while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
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
    /// What the acts about one alert come to for the stretch that began at a period; acts in the order of time.
    #[must_use]
    pub fn of<'a>(since: Period, acts: impl IntoIterator<Item = &'a Act>) -> Self {
        let mut handling = Self::default();
        for act in acts.into_iter().filter(|act| act.since == since) {
            handling.take(act);
        }
        handling
    }

    /// Whether nobody has done anything about it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn take(&mut self, act: &Act) {
        match act.kind {
            ActKind::Acknowledged => {
                let Act { by, at, period, comment, .. } = act.clone();
                self.acknowledged = Some(Acknowledged { by, at, period, comment });
            }
            // A review date that has passed asked its question.
            ActKind::Lapsed => (self.acknowledged, self.review) = (None, None),
            ActKind::Commented | ActKind::Assigned | ActKind::ReviewSet => {}
        }
        if act.kind != ActKind::Lapsed && !act.comment.is_empty() {
            self.comment = Some((act.by.clone(), act.comment.clone()));
        }
        self.assignee = act.assignee.clone().or(self.assignee.take());
        self.review = act.review.or(self.review);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(nth: u128, kind: ActKind, since: i32) -> Act {
        let month = |month| Period::month(2025, month).expect("a month");
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
        let since = Period::month(2025, 6).expect("a month");
        let review: Date = "2026-01-31".parse().expect("a day");
        let acts = [
            Act { assignee: Some("Al".to_owned()), ..act(1, ActKind::Assigned, 4) },
            Act { comment: "locum found".to_owned(), review: Some(review), ..act(2, ActKind::Acknowledged, 6) },
            Act { assignee: Some("Sam".to_owned()), ..act(3, ActKind::Assigned, 6) },
        ];
        let handling = Handling::of(since, &acts);
        assert_eq!(handling.assignee.as_deref(), Some("Sam"), "Al had an earlier stretch");
        assert_eq!(handling.review, Some(review));
        assert_eq!(handling.acknowledged.as_ref().map(|known| known.comment.as_str()), Some("locum found"));
        assert_eq!(handling.comment, Some(("Jo Bell".to_owned(), "locum found".to_owned())));

        let lapsed = Act { comment: "it worsened".to_owned(), ..act(4, ActKind::Lapsed, 6) };
        let handling = Handling::of(since, acts.iter().chain([&lapsed]));
        assert_eq!((handling.acknowledged, handling.review), (None, None));
        assert_eq!(handling.assignee.as_deref(), Some("Sam"), "who has it, still has it");
        assert_eq!(handling.comment, Some(("Jo Bell".to_owned(), "locum found".to_owned())));
    }

    #[test]
    fn nobody_did_anything() {
        let since = Period::month(2025, 6).expect("a month");
        assert!(Handling::of(since, &[act(1, ActKind::Acknowledged, 4)]).is_empty());
    }
}
