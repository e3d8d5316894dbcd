//! What people do about alerts: acknowledge, comment, assign, set a review date.

use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    model::{
        Act, ActId, ActKind, Alert, AlertId, AlertState, Period,
        calendar::day_in_london,
        matcher::{Matcher, MatcherError, all_take, parse},
    },
    routing::Traits,
    store::{Commit, StoreError},
};

use super::{App, error::CycleError};

/// Who does what the passing of time or the figures bring about.
pub const OURSELVES: &str = "bellwether";

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 80;
/// The longest comment, in characters.
pub const LONGEST_COMMENT: usize = 1000;
/// How many days ahead a review date may be.
pub const LATEST_REVIEW: i32 = 400;
/// How many alerts an error names.
const NAMED: usize = 5;

/// What somebody wants done about alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActRequest {
    /// Made by who asks: the same request again, after a crash or a second click, is done once.
    pub id: Uuid,
    /// Which alerts: ids or beginnings of them; or matchers such as `contract="Dementia"`, all of which an alert that fires
    /// must have.
    pub alerts: Vec<String>,
    /// What is to be done.
    pub kind: ActKind,
    /// Who does it.
    pub by: String,
    /// What is to be said with it; may be empty.
    #[serde(default)]
    pub comment: String,
    /// Whom they are given to.
    #[serde(default)]
    pub assignee: Option<String>,
    /// When they are to be looked at again.
    #[serde(default)]
    pub review: Option<Date>,
    /// The group whose link it was done by.
    #[serde(default)]
    pub through: Option<String>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// No alert is named.
    #[error("say which alerts: an id (or its beginning) as `bellwether alerts` lists it, or contract=\"Dementia\"")]
    Nothing,
    /// There is no such alert.
    #[error("there is no alert `{0}`: `bellwether alerts` lists them")]
    Unknown(String),
    /// The beginning of an id is that of several.
    #[error("`{beginning}` is the beginning of several alerts: {ids}")]
    Several {
        /// What was written.
        beginning: String,
        /// Some of them.
        ids: String,
    },
    /// It does not fire.
    #[error("{rule} on {labels} (alert {id}) does not fire, it is {state}: there is nothing to look after")]
    NotFiring {
        /// The alert.
        id: AlertId,
        /// Its rule.
        rule: String,
        /// Its labels.
        labels: String,
        /// How it stands.
        state: AlertState,
    },
    /// A matcher that cannot be read.
    #[error("`{text}` is no matcher: {why}")]
    Matcher {
        /// What was written.
        text: String,
        /// Why not.
        why: MatcherError,
    },
    /// Nothing that fires has all of it.
    #[error("no alert that fires has all of this: `bellwether alerts --state firing` lists them")]
    NoneFires,
    /// Something that must be said is not.
    #[error("say {0}")]
    Unsaid(&'static str),
    /// A text is too long.
    #[error("{what} has {length} characters: at most {longest} are kept")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// How long it is.
        length: usize,
        /// How long it may be.
        longest: usize,
    },
    /// A text holds what nobody can read.
    #[error("{0} holds a control character: write plain text")]
    Unreadable(&'static str),
    /// The review date cannot be.
    #[error("the review date {day} is not between today and {latest}")]
    Review {
        /// What was asked for.
        day: Date,
        /// The last day that may be.
        latest: Date,
    },
    /// Only time and figures do this.
    #[error("an acknowledgement lapses by itself: nobody asks for it")]
    Ours,
    /// The store or a template failed.
    #[error(transparent)]
    Cycle(#[from] CycleError),
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        Self::Cycle(error.into())
    }
}

/// Keeps what somebody does about alerts, all of them or none; answers with their ids.
///
/// # Errors
/// What is asked for cannot be done, or the store fails.
pub async fn carry_out(app: &App, asked: &ActRequest) -> Result<Vec<AlertId>, ActError> {
    let now = app.now();
    let said = Said::of(asked, day_in_london(now))?;
    let _alone = app.decide_alone().await;
    let alerts = chosen(&asked.alerts, app.store.alerts(None).await?)?;
    let mut commit = Commit::at(now);
    commit.acts = alerts.iter().map(|alert| said.about(alert, now)).collect();
    app.store.commit(&commit).await?;
    for act in &commit.acts {
        let Act { alert, kind, by, through, .. } = act;
        tracing::info!(%alert, by, through, "{}", kind.code());
    }
    Ok(alerts.into_iter().map(|alert| alert.id).collect())
}

/// The alerts that somebody named, each once, all of which fire.
fn chosen(named: &[String], known: Vec<Alert>) -> Result<Vec<Alert>, ActError> {
    let (matchers, ids): (Vec<&String>, Vec<&String>) =
        named.iter().partition(|text| text.contains(|c: char| !c.is_ascii_alphanumeric()));
    let mut wanted: Vec<AlertId> = Vec::new();
    for beginning in ids {
        wanted.push(by_beginning(beginning, &known)?.id.clone());
    }
    if !matchers.is_empty() {
        let matchers = read(&matchers)?;
        let fires = known.iter().filter(|alert| alert.state == AlertState::Firing);
        let found: Vec<&Alert> = fires.filter(|alert| all_take(&matchers, &Traits::of(alert))).collect();
        if found.is_empty() {
            return Err(ActError::NoneFires);
        }
        wanted.extend(found.into_iter().map(|alert| alert.id.clone()));
    }
    if wanted.is_empty() {
        return Err(ActError::Nothing);
    }
    Ok(known.into_iter().filter(|alert| wanted.contains(&alert.id)).collect())
}

fn by_beginning<'a>(beginning: &str, known: &'a [Alert]) -> Result<&'a Alert, ActError> {
    let begins = |alert: &&Alert| !beginning.is_empty() && alert.id.0.starts_with(beginning);
    let found: Vec<&Alert> = known.iter().filter(begins).collect();
    match found.as_slice() {
        [] => Err(ActError::Unknown(beginning.to_owned())),
        [only] if only.state == AlertState::Firing => Ok(only),
        [only] => Err(ActError::NotFiring {
            id: only.id.clone(),
            rule: only.rule.clone(),
            labels: only.labels.to_string(),
            state: only.state,
        }),
        several => {
            let ids: Vec<&str> = several.iter().take(NAMED).map(|alert| alert.id.0.as_str()).collect();
            Err(ActError::Several { beginning: beginning.to_owned(), ids: ids.join(", ") })
        }
    }
}

fn read(texts: &[&String]) -> Result<Vec<Matcher>, ActError> {
    let mut matchers = Vec::new();
    for text in texts {
        matchers.extend(parse(text).map_err(|why| ActError::Matcher { text: (*text).clone(), why })?);
    }
    Ok(matchers)
}

/// What is said, fit to be kept and shown.
struct Said {
    id: Uuid,
    kind: ActKind,
    by: String,
    comment: String,
    assignee: Option<String>,
    review: Option<Date>,
    through: Option<String>,
}

impl Said {
    fn of(asked: &ActRequest, today: Date) -> Result<Self, ActError> {
        let by = text(&asked.by, "the name", LONGEST_NAME)?;
        let comment = text(&asked.comment, "the comment", LONGEST_COMMENT)?;
        let assignee = asked.assignee.as_deref().map(|name| text(name, "the name of who gets it", LONGEST_NAME));
        let assignee = assignee.transpose()?.filter(|name| !name.is_empty());
        if by.is_empty() {
            return Err(ActError::Unsaid("who does this: it stands in reports"));
        }
        match asked.kind {
            ActKind::Commented if comment.is_empty() => return Err(ActError::Unsaid("what the comment is")),
            ActKind::Assigned if assignee.is_none() => return Err(ActError::Unsaid("whom it is given to")),
            ActKind::ReviewSet if asked.review.is_none() => return Err(ActError::Unsaid("the review date")),
            ActKind::Lapsed => return Err(ActError::Ours),
            _ => {}
        }
        if let Some(day) = asked.review {
            let latest = today.saturating_add(LATEST_REVIEW.days());
            if day < today || day > latest {
                return Err(ActError::Review { day, latest });
            }
        }
        let (id, kind, review, through) = (asked.id, asked.kind, asked.review, asked.through.clone());
        Ok(Self { id, kind, by, comment, assignee, review, through })
    }

    fn about(&self, alert: &Alert, at: Timestamp) -> Act {
        Act {
            id: id(self.id, &alert.id),
            alert: alert.id.clone(),
            since: alert.since,
            period: alert.reading.period,
            kind: self.kind,
            by: self.by.clone(),
            at,
            comment: self.comment.clone(),
            assignee: self.assignee.clone(),
            review: self.review,
            through: self.through.clone(),
        }
    }
}

/// An act's id from that of the request and the alert: its time, and a hash in place of what is random.
fn id(request: Uuid, alert: &AlertId) -> ActId {
    let (time, _) = request.as_u64_pair();
    let hash = blake3::Hasher::new().update(request.as_bytes()).update(alert.0.as_bytes()).finalize();
    let mut rest = [0; 8];
    rest.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    ActId(Uuid::from_u64_pair(time, u64::from_be_bytes(rest) >> 2 | 1 << 63))
}

/// A text on one line, without space around it.
fn text(text: &str, what: &'static str, longest: usize) -> Result<String, ActError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains(char::is_control) {
        return Err(ActError::Unreadable(what));
    }
    match text.chars().count() {
        length if length > longest => Err(ActError::TooLong { what, length, longest }),
        _ => Ok(text),
    }
}

/// An acknowledgement, or a review date, that ends.
#[must_use]
pub(super) fn lapsed(alert: &Alert, (since, period): (Period, Period), until: String, at: Timestamp) -> Act {
    Act {
        id: ActId(Uuid::now_v7()),
        alert: alert.id.clone(),
        since,
        period,
        kind: ActKind::Lapsed,
        by: OURSELVES.to_owned(),
        at,
        comment: until,
        assignee: None,
        review: None,
        through: None,
    }
}
