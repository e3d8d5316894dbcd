//! The exception report of a group, worked out of what is kept.
//!
//! Each dataset is judged again as it stood at the newest of its periods that the report covers, by the figures and rules
//! that hold now: so an older period can be tabled, and a restated figure counts as it was restated. What people did, what
//! was taken back and what became of deliveries comes from the store. Nothing here depends on the time of day: the report is
//! of the end of its day in London.

mod corrected;
mod judged;
mod sources;

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, ToSpan, civil::Date};

use crate::{
    config::{Config, Dataset},
    model::{AbsentDataset, CommitteeReport, Handling, History, NotAssured, Period, calendar::hour_in_london},
    routing::Mutes,
    rules::Rule,
    store::{Store, StoreError},
    yaml::nearest,
};

use super::{memory::Memory, outstanding::outstanding};

use judged::{Judged, Matter};

pub use crate::reports::committee as written;

/// Which report is asked for.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The group's id.
    pub group: &'a str,
    /// The period; the newest that the group's datasets have figures of, when none is given.
    pub period: Option<Period>,
    /// The day that it is of.
    pub date: Date,
}

/// A report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CommitteeError {
    /// The name is not that of a group.
    #[error("there is no group `{group}`{}; config/groups.yaml names them", did_you_mean(.nearest.as_deref()))]
    NoGroup {
        /// What was asked for.
        group: String,
        /// The group with the nearest name.
        nearest: Option<String>,
    },
    /// There is nothing to choose a period from.
    #[error(
        "no rule of the group `{0}` has figures yet, so there is no newest period: name one with --period, such as 2025-10"
    )]
    NoPeriod(String),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rules could not be evaluated.
    #[error("evaluating the rules ended in a fault of the program; please report it")]
    Fault,
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"))
}

/// The groups whose alerts a report holds: the group itself, and those that report to it.
#[derive(Debug, Clone)]
struct Covered {
    /// The group's id first, then the others in the order of their ids.
    groups: Vec<String>,
    /// Their names for people, in the same order.
    names: Vec<String>,
}

impl Covered {
    fn of(config: &Config, group: &str) -> Result<Self, CommitteeError> {
        if !config.groups.contains_key(group) {
            let nearest = nearest(group, config.groups.keys().map(String::as_str)).map(str::to_owned);
            return Err(CommitteeError::NoGroup { group: group.to_owned(), nearest });
        }
        let below = |target: &&String| {
            let above = config.groups.get(*target).and_then(|known| known.escalates_to.as_ref());
            above.is_some_and(|above| above.value == group)
        };
        let groups: Vec<String> =
            std::iter::once(group.to_owned()).chain(config.groups.keys().filter(below).cloned()).collect();
        let name = |id: &String| config.groups.get(id).map_or_else(|| id.clone(), |group| group.name.clone());
        Ok(Self { names: groups.iter().map(name).collect(), groups })
    }

    /// Whether one of the groups may hear of a rule.
    fn hears(&self, config: &Config, rule: &Rule) -> bool {
        let reaches = |group: &String| config.policy.route.may_reach(group, rule.id(), rule.dataset(), rule.severity());
        self.groups.iter().any(reaches)
    }
}

/// The groups whose alerts the report of a group holds: the group itself, and those that report to it. None when there is no
/// such group.
#[must_use]
pub fn covered(config: &Config, group: &str) -> Vec<String> {
    Covered::of(config, group).map(|covered| covered.groups).unwrap_or_default()
}

/// Works out the exception report of a group.
///
/// # Errors
/// There is no such group or no period to speak of, or the store fails.
pub async fn committee(
    config: &Arc<Config>,
    store: &Store,
    asked: &Asked<'_>,
) -> Result<CommitteeReport, CommitteeError> {
    let covered = Covered::of(config, asked.group)?;
    let now = end_of(asked.date);
    let rules = rules(config, &covered);
    let mut memory = Memory::of(Some(store.clone()));
    let recall = memory.recall(rules.keys()).await?;
    let period = asked.period.or_else(|| Period::newest(rules.keys().flat_map(|dataset| recall.periods(dataset))));
    let period = period.ok_or_else(|| CommitteeError::NoPeriod(asked.group.to_owned()))?;

    let mutes = mutes(config, store, now).await?;
    let mut report = empty(asked, &covered, period);
    report.missing = missing(config, store, &covered, period, now).await?;
    for (id, rules) in rules {
        let Some(dataset) = config.datasets.get(&id) else { continue };
        let needs = config.needs_of(&rules);
        let histories = memory.histories(&needs).await?;
        let history = histories.get(&id).cloned().unwrap_or_default();
        let newest = newest_within(&history, period);
        report.absent.extend(absent(dataset, &rules, &report.missing, newest, period));
        let Some(newest) = newest else { continue };
        let (dataset, title) = (Arc::clone(dataset), dataset.title.clone());
        let matter = Matter {
            config: Arc::clone(config),
            covered: covered.clone(),
            dataset,
            rules,
            histories,
            derived: needs.derived,
            newest,
            period,
        };
        let judging = tokio::task::spawn_blocking(move || matter.judge());
        let Judged { series, rules, alerts, cannot_tell, failed } = judging.await.map_err(|_| CommitteeError::Fault)?;
        report.series += if is_of(newest, period) { series.len() } else { 0 };
        report.judged.extend(rules);
        report.cannot_tell.extend(cannot_tell);
        report.failed.extend(failed);
        for (mut alert, known) in alerts {
            let handling = Handling::of(&known, &store.acts(&known.id).await?);
            alert.muted = mutes.reason(&known).filter(|_| alert.is_firing());
            report.alerts.push(alert.handled(handling));
        }
        report.corrected.extend(corrected::of(store, (&id, &title), &covered, config, &history, period).await?);
        report.sources.extend(sources::of(config, store, &id, period).await?);
    }
    report.sources.dedup_by(|a, b| a.delivery == b.delivery);
    report.alerts.sort_by(|a, b| a.urgency().cmp(&b.urgency()));
    Ok(report)
}

fn empty(asked: &Asked<'_>, covered: &Covered, period: Period) -> CommitteeReport {
    let (name, below) = covered.names.split_first().map_or((asked.group, &[][..]), |(name, below)| (name, below));
    CommitteeReport {
        group: asked.group.to_owned(),
        group_name: name.to_owned(),
        below: below.to_vec(),
        period,
        date: asked.date,
        disclosure: None,
        series: 0,
        judged: Vec::new(),
        alerts: Vec::new(),
        corrected: Vec::new(),
        missing: Vec::new(),
        absent: Vec::new(),
        cannot_tell: Vec::new(),
        failed: Vec::new(),
        sources: Vec::new(),
    }
}

/// The moment at which a day is over in London.
fn end_of(day: Date) -> Timestamp {
    hour_in_london(day.saturating_add(1.day()), 0).unwrap_or(Timestamp::MAX)
}

/// The rules that the groups hear of, by dataset.
fn rules(config: &Config, covered: &Covered) -> BTreeMap<String, Vec<Arc<Rule>>> {
    let mut rules: BTreeMap<String, Vec<Arc<Rule>>> = BTreeMap::new();
    for rule in config.rules.values().filter(|rule| covered.hears(config, rule)) {
        rules.entry(rule.dataset().to_owned()).or_default().push(Arc::clone(rule));
    }
    rules
}

/// The newest period of a history that is over when the report's is.
fn newest_within(history: &History, period: Period) -> Option<Period> {
    let within = history.periods.iter().copied().filter(|known| known.end() <= period.end());
    within.max_by_key(|known| (known.end(), known.start()))
}

/// Whether a period ends within that of a report, and so is of it.
fn is_of(known: Period, period: Period) -> bool {
    known.end() >= period.start() && known.end() <= period.end()
}

async fn mutes(config: &Config, store: &Store, now: Timestamp) -> Result<Mutes, StoreError> {
    let alerts = if config.policy.inhibitions.is_empty() { Vec::new() } else { store.alerts(None).await? };
    Ok(Mutes::at(now, store.silences_in_force().await?, &config.policy.inhibitions, alerts))
}

/// What did not arrive of the period or before it, that rules of one of the groups would have judged.
async fn missing(
    config: &Config,
    store: &Store,
    covered: &Covered,
    period: Period,
    now: Timestamp,
) -> Result<Vec<NotAssured>, StoreError> {
    let outstanding = outstanding((store, config), now, period, &[], None).await?;
    let told = outstanding.iter().filter_map(|one| {
        let mut lines = covered.groups.iter().filter_map(|group| one.for_group(&config.policy.route, group));
        let mut first = lines.next()?;
        first.measures.extend(lines.flat_map(|line| line.measures));
        first.measures.sort();
        first.measures.dedup();
        Some(first)
    });
    Ok(told.collect())
}

/// A dataset without figures of the period. One whose periods are longer than the report's has none most of the time.
fn absent(
    dataset: &Dataset,
    rules: &[Arc<Rule>],
    missing: &[NotAssured],
    newest: Option<Period>,
    period: Period,
) -> Option<AbsentDataset> {
    let is_current = newest.is_some_and(|newest| is_of(newest, period) || newest.granularity() > period.granularity());
    if is_current || missing.iter().any(|line| line.dataset == dataset.id) {
        return None;
    }
    let mut measures: Vec<String> = rules.iter().map(|rule| rule.measure().to_owned()).collect();
    measures.sort();
    measures.dedup();
    Some(AbsentDataset { dataset: dataset.id.clone(), dataset_title: dataset.title.clone(), measures, newest })
}
