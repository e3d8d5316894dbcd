//! What a silence would mute.

use std::collections::BTreeMap;

use crate::{
    model::{Alert, AlertState, Period, matcher::Matcher, matcher::MatcherError, matcher::all_take, matcher::parse},
    routing::Traits,
};

/// What a silence would mute, and would have muted.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Alerts that fire now.
    pub now: Vec<Alert>,
    /// For every period, newest first, how many alerts fired.
    pub periods: Vec<(Period, usize)>,
}

/// The matchers of texts such as `contract="Dementia"`.
///
/// # Errors
/// The first text that cannot be read, with why.
pub fn matchers(texts: &[String]) -> Result<Vec<Matcher>, (String, MatcherError)> {
    let mut matchers = Vec::new();
    for text in texts {
        matchers.extend(parse(text).map_err(|error| (text.clone(), error))?);
    }
    Ok(matchers)
}

/// What a silence with these matchers would mute of all alerts that there are or were.
#[must_use]
pub fn preview(matchers: &[Matcher], alerts: Vec<Alert>) -> Preview {
    let about: Vec<Alert> = alerts.into_iter().filter(|alert| all_take(matchers, &Traits::of(alert))).collect();
    let mut periods: BTreeMap<Period, usize> = BTreeMap::new();
    for alert in &about {
        for period in fired(alert) {
            *periods.entry(period).or_default() += 1;
        }
    }
    let now = about.into_iter().filter(|alert| alert.state == AlertState::Firing).collect();
    Preview { now, periods: periods.into_iter().rev().collect() }
}

/// The periods in which an alert fired, as its present life has them.
fn fired(alert: &Alert) -> Vec<Period> {
    let mut periods = Vec::new();
    for episode in &alert.episodes {
        let Some(first) = episode.fired else { continue };
        let (mut period, last) = (first, episode.last.period);
        while period <= last {
            periods.push(period);
            period = period.next();
        }
    }
    periods.sort();
    periods.dedup();
    periods
}
