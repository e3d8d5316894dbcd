//! What people may ask of silences.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{
    Labels,
    matcher::{MatcherError, parse},
    silence::{Silence, SilenceId, SilenceState},
};

/// A silence that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceRequest {
    /// The matchers, each text as [`parse`] reads it.
    pub matchers: Vec<String>,
    /// From when; at once when none is given.
    pub starts: Option<Timestamp>,
    /// Until when.
    pub ends: Timestamp,
    /// Who asks for it.
    pub author: String,
    /// Why.
    pub comment: String,
}

/// Why a silence is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SilenceError {
    /// A matcher that cannot be read.
    #[error("`{text}` is no matcher: {why}")]
    Matcher {
        /// What was written.
        text: String,
        /// Why not.
        why: MatcherError,
    },
    /// It would mute everything.
    #[error("this would mute every alert: at least one matcher must ask for something, such as severity=\"warning\"")]
    Everything,
    /// It ends before it begins.
    #[error("it would end ({ends}) before it begins ({starts})")]
    Backwards {
        /// From when.
        starts: Timestamp,
        /// Until when.
        ends: Timestamp,
    },
    /// It ended before it was asked for.
    #[error("its end ({0}) is past")]
    Past(Timestamp),
    /// Nobody says who, or why.
    #[error("say {0}: it stands in reports")]
    Unsaid(&'static str),
    /// Already over.
    #[error("silence {0} is over already")]
    Over(SilenceId),
}

impl SilenceRequest {
    /// The silence that is asked for.
    ///
    /// # Errors
    /// It cannot be read, is over before it begins, mutes everything, or nobody says who asks for it and why.
    pub fn grant(&self, id: SilenceId, now: Timestamp) -> Result<Silence, SilenceError> {
        let mut matchers = Vec::new();
        for text in &self.matchers {
            let found = parse(text);
            matchers.extend(found.map_err(|why| SilenceError::Matcher { text: text.clone(), why })?);
        }
        let nothing = Labels::new();
        if matchers.iter().all(|matcher| matcher.takes(&nothing)) {
            return Err(SilenceError::Everything);
        }
        // What would have begun before it was asked for begins now.
        let starts = self.starts.unwrap_or(now).max(now);
        if self.ends < now {
            return Err(SilenceError::Past(self.ends));
        }
        if self.ends < starts {
            return Err(SilenceError::Backwards { starts, ends: self.ends });
        }
        for (text, what) in [(&self.author, "who asks for it"), (&self.comment, "why")] {
            if text.trim().is_empty() {
                return Err(SilenceError::Unsaid(what));
            }
        }
        let (author, comment) = (self.author.trim().to_owned(), self.comment.trim().to_owned());
        Ok(Silence { id, matchers, starts, ends: self.ends, author, comment, created: now })
    }
}

/// A silence that ends now: one that has not begun never does.
///
/// # Errors
/// It is over already.
pub fn expire(silence: &Silence, now: Timestamp) -> Result<Silence, SilenceError> {
    // Its last moment is included: it ends with the one before this.
    let just_before = now.saturating_sub(jiff::SignedDuration::from_millis(1)).unwrap_or(now);
    match silence.state(now) {
        SilenceState::Expired => Err(SilenceError::Over(silence.id)),
        SilenceState::Active => Ok(Silence { ends: just_before.max(silence.starts), ..silence.clone() }),
        SilenceState::Pending => Ok(Silence { starts: just_before, ends: just_before, ..silence.clone() }),
    }
}
