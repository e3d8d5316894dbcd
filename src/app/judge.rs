//! Between the rules and the rest: evaluate away from the runtime's own threads, tell the groups concerned, and keep it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    config::{Config, Dataset},
    expr::Setting,
    model::{
        Alert, AlertId, Cause, ChangedRule, Delivery, DeliveryId, Exceptions, LATE_DELIVERY, Overridden, Period,
        value::format_number,
    },
    routing::Delivered,
    rules::{Persistence, Rule},
    store::{Commit, Judged, StoreError, UnknownKind, UnknownRecord},
};

use super::{
    App,
    announce::Announcement,
    away::away,
    error::CycleError,
    evaluate::{Evaluation, Matter, evaluate},
    handling,
    memory::Memory,
    outstanding,
    recall::Recall,
    removed::{self, Lost},
};

/// What makes the rules of a dataset be evaluated.
#[derive(Debug)]
pub struct News<'a> {
    /// The dataset.
    pub dataset: &'a Dataset,
    /// What kind of news it is.
    pub cause: Cause,
    /// The delivery that brings the news; where none does, the one that people know last.
    pub delivery: Option<&'a Delivery>,
    /// Whether it is told though the dataset's history was never announced.
    pub speaks: bool,
    /// What somebody decides of the delivery over the gate.
    pub decision: Option<Overridden>,
}

/// Evaluates the rules over what the memory has of their dataset, tells each group concerned, and puts what came of it into
/// the commit, which holds the other deliveries of the same file.
///
/// # Errors
/// The store fails.
pub async fn pronounce(
    announcement: &mut Announcement<'_>,
    commit: &mut Commit,
    memory: &mut Memory,
    news: News<'_>,
) -> Result<(), CycleError> {
    let (app, config) = (announcement.app, Arc::clone(&announcement.config));
    let (dataset, cause, delivery, speaks) = (news.dataset, news.cause, news.delivery, news.speaks);
    let tells = one(announcement, commit, memory, news).await?;
    // Rules of other datasets may ask for these figures; of a long history, when all of it is there.
    for other in config.resting_on(&dataset.id).filter(|_| tells && cause != Cause::RuleChanged) {
        if !is_introduced(app, commit, &other.id).await? {
            continue;
        }
        let cause = if cause == Cause::TakenBack { cause } else { Cause::Elsewhere };
        let news = News { dataset: other, cause, delivery, speaks, decision: None };
        one(announcement, commit, memory, news).await?;
    }
    Ok(())
}

/// Whether the first load of a dataset was announced, be it by this commit.
async fn is_introduced(app: &App, commit: &Commit, dataset: &str) -> Result<bool, CycleError> {
    let now = commit.judged.iter().any(|judged| judged.dataset == dataset && judged.introduced);
    Ok(now || app.store.dataset(dataset).await?.introduced)
}

/// The same for one dataset; answers whether it may be told of at all.
async fn one(
    announcement: &mut Announcement<'_>,
    commit: &mut Commit,
    memory: &mut Memory,
    news: News<'_>,
) -> Result<bool, CycleError> {
    let (app, config) = (announcement.app, &Arc::clone(&announcement.config));
    let News { dataset, cause, delivery, speaks, decision } = news;
    let brings = delivery.filter(|_| cause != Cause::RuleChanged).map(|delivery| delivery.id);
    let recall = memory.recall(config.rests_on(&dataset.id)).await?.clone();
    let known = known(app, commit, &dataset.id).await?;
    let mut evaluation = judge(config, dataset, recall, known, cause, brings).await?;
    handling::settle(app, config, &mut evaluation.alerts, commit).await?;
    let introduced = is_introduced(app, commit, &dataset.id).await?;
    let tells = introduced || speaks;
    // Other rules that see the same are no news, nor are other datasets that change nothing.
    let is_news = !matches!(cause, Cause::RuleChanged | Cause::Elsewhere)
        || evaluation.alerts.iter().any(|told| told.before != Some(told.alert.state));
    if let Some(delivery) = delivery.filter(|_| tells && is_news) {
        let overruled = decision.as_ref().map(|decision| decision.delivery);
        let mut overrides = app.store.overridden(&dataset.id).await?;
        overrides.retain(|one| Some(one.delivery) != overruled);
        overrides.extend(decision);
        if let Some(mut delivered) = delivered(dataset, delivery, cause, !introduced, &evaluation, overrides) {
            let arriving: Vec<&Delivery> =
                commit.deliveries.iter().map(|(of_file, _)| of_file).chain([delivery]).collect();
            if cause == Cause::RuleChanged {
                let mut known = app.store.dataset(&dataset.id).await?.rules;
                let changed = |(rule, now): (String, String)| {
                    let was = known.remove(&rule).filter(|was| *was != now);
                    ChangedRule { rule, was, now }
                };
                delivered.head.changed_rules = definitions(config, dataset).into_iter().map(changed).collect();
            }
            delivered.outstanding =
                outstanding::outstanding((&app.store, config), app.now(), delivered.head.period, &arriving, overruled)
                    .await?;
            announcement.exceptions(&delivered).await?;
        }
    }
    keep(commit, dataset, config, evaluation, tells);
    Ok(tells)
}

/// When the rules on a dataset fire, in words, by their ids.
fn definitions(config: &Config, dataset: &Dataset) -> BTreeMap<String, String> {
    config.rules_on(&dataset.id).map(|rule| (rule.id().to_owned(), definition(rule))).collect()
}

/// When a rule fires, as people read it who are told that it was changed.
fn definition(rule: &Rule) -> String {
    let written = |value: &Setting| match value {
        Setting::Number(number) => format_number(*number),
        Setting::Bool(value) => value.to_string(),
        Setting::Text(text) => text.clone(),
    };
    let settings = rule.settings().settings.iter();
    let settings: Vec<String> = settings.map(|(name, value)| format!("{} {}", name.value, written(value))).collect();
    let with = if settings.is_empty() { String::new() } else { format!(", with {}", settings.join(", ")) };
    let persistence = match rule.persistence() {
        Persistence { periods: 1, .. } => String::new(),
        Persistence { periods, of_last } if periods == of_last => format!(", for {periods} periods"),
        Persistence { periods, of_last } => format!(", for {periods} of {of_last} periods"),
    };
    format!("{}{with}{persistence}", rule.condition())
}

/// The alerts of a dataset as they stand, with what this commit did to them.
async fn known(app: &App, commit: &Commit, dataset: &str) -> Result<Vec<Alert>, CycleError> {
    let mut known = app.store.alerts(Some(dataset)).await?;
    let changed = commit.alerts.iter().filter(|alert| alert.dataset == dataset);
    // Of what was changed twice, the last counts.
    let changed: BTreeMap<&AlertId, &Alert> = changed.map(|alert| (&alert.id, alert)).collect();
    known.retain(|alert| !changed.contains_key(&alert.id));
    known.extend(changed.into_values().cloned());
    // What does not arrive is looked at apart, by `arrivals`.
    known.retain(|alert| alert.rule != LATE_DELIVERY);
    Ok(known)
}

/// Evaluates the rules of a dataset over its history and those of others, against the alerts that are known. `delivery` is
/// the one that brings the news, if one does. Of the histories only what the rules on one measure ask for is in memory at a
/// time.
async fn judge(
    config: &Arc<Config>,
    dataset: &Dataset,
    recall: Recall,
    known: Vec<Alert>,
    cause: Cause,
    delivery: Option<DeliveryId>,
) -> Result<Evaluation, CycleError> {
    // The rules on each measure, with the alerts of these.
    let mut of_measures: BTreeMap<String, (Vec<Arc<Rule>>, Vec<Alert>)> = BTreeMap::new();
    let mut measures: HashMap<&str, &str> = HashMap::new();
    for rule in config.rules_on(&dataset.id) {
        of_measures.entry(rule.measure().to_owned()).or_default().0.push(Arc::clone(rule));
        measures.insert(rule.id(), rule.measure());
    }
    let mut orphans = Vec::new();
    for alert in known {
        match measures.get(alert.rule.as_str()).and_then(|measure| of_measures.get_mut(*measure)) {
            Some((_, known)) => known.push(alert),
            None => orphans.push(alert),
        }
    }
    let (config, dataset) = (Arc::clone(config), dataset.id.clone());
    let all = move || {
        let newest = Period::newest(recall.periods(&dataset));
        let mut evaluation = Evaluation { newest, ..Evaluation::default() };
        for (rules, known) in of_measures.into_values() {
            let elsewhere = recall.around(&config.needs_of(&rules))?;
            let history = elsewhere.get(&dataset).cloned().unwrap_or_default();
            let matter =
                Matter { dataset: &dataset, rules: &rules, history: &history, elsewhere: &elsewhere, cause, delivery };
            evaluation.join(evaluate(&matter, &known));
        }
        Ok(evaluation)
    };
    let evaluated: Result<Evaluation, StoreError> = away("evaluating the rules", all).await?;
    let mut evaluation = evaluated?;
    evaluation.alerts.extend(removed::close(&orphans, Lost::Rule, cause, delivery));
    Ok(evaluation)
}

/// What an evaluation has to say to groups; nothing when there is no period to speak of. `overrides` are decisions of people
/// that the dataset's figures rest on.
fn delivered(
    dataset: &Dataset,
    delivery: &Delivery,
    cause: Cause,
    first_load: bool,
    evaluation: &Evaluation,
    mut overrides: Vec<Overridden>,
) -> Option<Delivered> {
    // The summary of a history speaks of its newest period, and so does what arrives late; a restatement of its own.
    let of_delivery = Period::newest(delivery.periods.iter().copied());
    let period =
        if first_load || matches!(cause, Cause::Late | Cause::Elsewhere) { evaluation.newest } else { of_delivery }?;
    // What this delivery replaces, it need not answer for.
    let replaced = |one: &Overridden| {
        one.delivery != delivery.id && one.periods.iter().all(|period| delivery.periods.contains(period))
    };
    overrides.retain(|one| cause == Cause::RuleChanged || !replaced(one));
    let head = Exceptions {
        delivery: Some(delivery.id),
        file: delivery.file.clone(),
        table: delivery.table.clone(),
        revision: delivery.revision,
        verdict: delivery.verdict,
        first_load,
        overrides,
        series_judged: evaluation.judged,
        findings: delivery.findings.clone(),
        ..Exceptions::empty(dataset.id.clone(), dataset.title.clone(), period, cause)
    };
    Some(Delivered {
        head,
        alerts: evaluation.alerts.clone(),
        unjudged: evaluation.unjudged.clone(),
        outstanding: Vec::new(),
    })
}

/// Puts what an evaluation came to into the commit; `introduced` says whether the dataset's first load is announced.
fn keep(commit: &mut Commit, dataset: &Dataset, config: &Config, evaluation: Evaluation, introduced: bool) {
    let unjudged = evaluation.unjudged.into_iter().map(|unjudged| UnknownRecord {
        rule: unjudged.line.rule,
        labels: unjudged.line.labels,
        dataset: dataset.id.clone(),
        period: unjudged.line.period,
        kind: if unjudged.failed { UnknownKind::Failed } else { UnknownKind::CannotTell },
        reason: unjudged.line.reason,
        firing_since: unjudged.line.firing_since,
    });
    commit.judged.push(Judged {
        dataset: dataset.id.clone(),
        unjudged: unjudged.collect(),
        rules_fingerprint: config.rules_fingerprint(&dataset.id),
        rules: definitions(config, dataset),
        introduced,
    });
    for told in evaluation.alerts {
        commit.alerts.push(told.alert);
        commit.transitions.extend(told.transitions);
    }
}
