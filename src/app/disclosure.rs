//! Which numbers are too small to leave, by the configuration in force.

use std::borrow::Cow;

use crate::{
    config::{Config, Dataset},
    model::{Alert, AlertLine, Content, Disclosure, LATE_DELIVERY, Labels, Notice},
    reports::{self, Thresholds},
};

/// The notice as it may leave by a channel.
#[must_use]
pub fn disclosed<'a>(config: &Config, notice: &'a Notice, how: Disclosure) -> Cow<'a, Notice> {
    let of_file = match &notice.content {
        Content::Exceptions(exceptions) => {
            config.datasets.get(&exceptions.dataset).and_then(|found| strictest([found]))
        }
        Content::Gate(report) => {
            let title = report.dataset_title.as_ref();
            strictest(config.datasets.values().filter(|dataset| title.is_none_or(|title| *title == dataset.title)))
        }
        Content::Operator(_) | Content::Silence(_) | Content::Escalation(_) | Content::ThreeAs(_) => None,
    };
    let of_line = |line: &AlertLine| least(config, &line.rule, &line.labels);
    let of_rule = |rule: &str| least(config, rule, &Labels::default());
    reports::disclosed(notice, how, &Thresholds { of_line: &of_line, of_rule: &of_rule, of_file })
}

/// What may be said of an alert in a text that goes to every channel alike: the rule's message, or, where that may hold a
/// number that is too small, which series it is.
#[must_use]
pub fn said(config: &Config, alert: &Alert) -> String {
    match least(config, &alert.rule, &alert.labels) {
        Some(_) => alert.labels.values(),
        None => alert.reading.message.clone(),
    }
}

/// The least count that may leave of what a rule looks at. A rule that is gone may have been about any measure.
fn least(config: &Config, rule: &str, labels: &Labels) -> Option<u32> {
    match config.rules.get(rule) {
        _ if rule == LATE_DELIVERY => None,
        None => strictest(config.datasets.values()),
        // An alert of a parent counts series.
        Some(rule)
            if rule.roll_up().is_some_and(|roll_up| {
                let parent = labels.get(&roll_up.by).unwrap_or_default();
                *labels == rule.parent_labels(&roll_up.by, parent)
            }) =>
        {
            None
        }
        Some(rule) => config.suppressed_below(rule.dataset(), rule.measure()),
    }
}

/// The highest threshold of the measures of datasets.
fn strictest<'a>(datasets: impl IntoIterator<Item = &'a std::sync::Arc<Dataset>>) -> Option<u32> {
    let measures = datasets.into_iter().flat_map(|dataset| dataset.measures.iter());
    measures.filter_map(|(_, measure)| measure.suppressed_below.as_ref()).map(|below| below.value).max()
}
