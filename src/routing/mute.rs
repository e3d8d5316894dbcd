//! What is not said of an alert now, and why: silences and inhibition.

use jiff::Timestamp;

use crate::model::{
    Alert, AlertState, Silence, SilenceState,
    calendar::{day_in_london, in_words},
    matcher::Labelled,
};

use super::{Inhibition, Traits};

/// Everything that may keep an alert silent at a moment.
#[derive(Debug, Clone, Default)]
pub struct Mutes {
    silences: Vec<Silence>,
    inhibitions: Vec<Inhibition>,
    firing: Vec<Alert>,
}

impl Mutes {
    /// Silences that hold now, and inhibitions with the alerts that may keep others silent: those that fire.
    #[must_use]
    pub fn at(now: Timestamp, mut silences: Vec<Silence>, inhibitions: &[Inhibition], mut alerts: Vec<Alert>) -> Self {
        silences.retain(|silence| silence.state(now) == SilenceState::Active);
        alerts.retain(|alert| alert.state == AlertState::Firing);
        Self { silences, inhibitions: inhibitions.to_vec(), firing: alerts }
    }

    /// Why an alert is not told of: `silenced by Jo Bell until 3 December 2025: moving house`.
    #[must_use]
    pub fn reason(&self, alert: &impl Labelled) -> Option<String> {
        let silence = self.silences.iter().find(|silence| silence.takes(alert));
        silence.map(silenced).or_else(|| self.inhibitions.iter().find_map(|rule| rule.reason(alert, &self.firing)))
    }
}

fn silenced(silence: &Silence) -> String {
    let until = in_words(day_in_london(silence.ends));
    format!("silenced by {} until {until}: {}", silence.author, silence.comment)
}

impl Inhibition {
    fn reason(&self, target: &impl Labelled, firing: &[Alert]) -> Option<String> {
        let sources: Vec<Traits<'_>> = firing.iter().map(Traits::of).collect();
        let source = self.source_of(target, &sources)?;
        let named = if self.name.is_empty() { String::new() } else { format!(" ({})", self.name) };
        let values = source.labels.values();
        let of = if values.is_empty() { String::new() } else { format!(" for {values}") };
        Some(format!("muted while {} fires{of}{named}", source.rule))
    }
}
