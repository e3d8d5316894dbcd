//! What is not said of an alert now, and why: silences and inhibition.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{
    Alert, AlertState, Silence, SilenceState,
    calendar::{day_in_london, in_words},
    matcher::{Labelled, all_take},
};

use super::Inhibition;

/// Everything that may keep an alert silent at a moment.
#[derive(Debug, Clone, Default)]
pub struct Mutes {
    silences: Vec<Silence>,
    inhibitors: Vec<Inhibitor>,
}

/// An inhibition, and the alerts that keep others silent by it.
#[derive(Debug, Clone)]
struct Inhibitor {
    rule: Inhibition,
    /// By the values of the labels that must be alike: there may be thousands.
    sources: BTreeMap<Vec<String>, Vec<Alert>>,
}

impl Mutes {
    /// Silences that hold now, and inhibitions with the alerts that may keep others silent: those that fire.
    #[must_use]
    pub fn at(now: Timestamp, mut silences: Vec<Silence>, inhibitions: &[Inhibition], mut alerts: Vec<Alert>) -> Self {
        silences.retain(|silence| silence.state(now) == SilenceState::Active);
        alerts.retain(|alert| alert.state == AlertState::Firing);
        let inhibitors = inhibitions.iter().map(|rule| Inhibitor::of(rule, &alerts)).collect();
        Self { silences, inhibitors }
    }

    /// Why an alert is not told of: `silenced by Jo Bell until 3 December 2025: moving house`.
    #[must_use]
    pub fn reason(&self, alert: &impl Labelled) -> Option<String> {
        let silence = self.silences.iter().find(|silence| silence.takes(alert));
        silence.map(silenced).or_else(|| self.inhibitors.iter().find_map(|inhibitor| inhibitor.reason(alert)))
    }
}

fn silenced(silence: &Silence) -> String {
    let until = in_words(day_in_london(silence.ends));
    format!("silenced by {} until {until}: {}", silence.author, silence.comment)
}

impl Inhibitor {
    fn of(rule: &Inhibition, firing: &[Alert]) -> Self {
        let mut sources: BTreeMap<Vec<String>, Vec<Alert>> = BTreeMap::new();
        for alert in firing.iter().filter(|alert| all_take(&rule.source, *alert)) {
            sources.entry(alike(rule, alert)).or_default().push(alert.clone());
        }
        Self { rule: rule.clone(), sources }
    }

    fn reason(&self, target: &impl Labelled) -> Option<String> {
        let source = self.rule.source_of(target, self.sources.get(&alike(&self.rule, target))?)?;
        let named = if self.rule.name.is_empty() { String::new() } else { format!(" ({})", self.rule.name) };
        let values = source.labels.values();
        let of = if values.is_empty() { String::new() } else { format!(" for {values}") };
        Some(format!("muted while {} fires{of}{named}", source.rule))
    }
}

/// The values of the labels that must be alike.
fn alike(rule: &Inhibition, labelled: &impl Labelled) -> Vec<String> {
    rule.equal.iter().map(|label| labelled.label(label).to_owned()).collect()
}
