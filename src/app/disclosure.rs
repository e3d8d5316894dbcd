//! Which numbers are too small to leave, by the configuration in force.

use std::borrow::Cow;

use crate::{
    config::{Config, Dataset},
    model::{Alert, CommitteeReport, Content, Disclosure, LATE_DELIVERY, Labels, Notice},
    outbox::ChannelSettings,
    reports::{self, Least, Thresholds},
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
        Content::Operator(_)
        | Content::Silence(_)
        | Content::Escalation(_)
        | Content::ThreeAs(_)
        | Content::Digest(_) => None,
    };
    reports::disclosed(notice, how, &Thresholds { of: &|rule, labels| least(config, rule, labels), of_file })
}

/// The report of a committee as it may be read.
#[must_use]
pub fn disclosed_report(config: &Config, report: CommitteeReport, how: Disclosure) -> CommitteeReport {
    let of = |rule: &str, labels: &Labels| least(config, rule, labels);
    reports::disclosed_report(report, how, &Thresholds { of: &of, of_file: None })
}

/// How small numbers leave in what goes to all of a group's channels alike: as by the channel that may say the least.
#[must_use]
pub fn of_group(config: &Config, group: &str) -> Disclosure {
    let channels = config.groups.get(group).map(|group| group.channels.as_slice()).unwrap_or_default();
    let rank = |how: &Disclosure| match how {
        Disclosure::None => 0,
        Disclosure::Mask => 1,
        Disclosure::RoundTo(to) => 1 + u64::from(to.get()),
    };
    channels.iter().map(ChannelSettings::disclosure).max_by_key(rank).unwrap_or_default()
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
fn least(config: &Config, rule: &str, labels: &Labels) -> Option<Least> {
    match config.rules.get(rule) {
        _ if rule == LATE_DELIVERY => None,
        None => strictest(config.datasets.values()).map(|below| Least { below, measure: String::new() }),
        // An alert of a parent counts series.
        Some(rule)
            if rule.roll_up().is_some_and(|roll_up| {
                let parent = labels.get(&roll_up.by).unwrap_or_default();
                *labels == rule.parent_labels(&roll_up.by, parent)
            }) =>
        {
            None
        }
        Some(rule) => {
            let below = config.suppressed_below(rule.dataset(), rule.measure())?;
            Some(Least { below, measure: format!("{}/{}", rule.dataset(), rule.measure()) })
        }
    }
}

/// The highest threshold of the measures of datasets.
fn strictest<'a>(datasets: impl IntoIterator<Item = &'a std::sync::Arc<Dataset>>) -> Option<u32> {
    let measures = datasets.into_iter().flat_map(|dataset| dataset.measures.iter());
    measures.filter_map(|(_, measure)| measure.suppressed_below.as_ref()).map(|below| below.value).max()
}
