//! Between the rules and the rest: evaluate away from the runtime's own threads, say what came of it, and keep it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    config::{Config, Dataset},
    model::{Cause, Delivery, DeliveryId, Exceptions, History, LATE_DELIVERY, Overridden, Period},
    routing::Delivered,
    rules::Rule,
    store::{Commit, Judged, UnknownKind, UnknownRecord},
};

use super::{
    App,
    error::CycleError,
    evaluate::{Evaluation, Matter, evaluate},
};

/// Evaluates the rules of a dataset over a history, against the alerts that the store knows. `delivery` is the one that
/// brings the news, if one does.
///
/// # Errors
/// The store fails.
pub async fn judge(
    app: &App,
    config: &Config,
    dataset: &Dataset,
    history: Arc<History>,
    cause: Cause,
    delivery: Option<DeliveryId>,
) -> Result<Evaluation, CycleError> {
    let mut known = app.store.alerts(Some(&dataset.id)).await?;
    // What does not arrive is looked at apart, by `arrivals`.
    known.retain(|alert| alert.rule != LATE_DELIVERY);
    let rules: Vec<Arc<Rule>> = config.rules_on(&dataset.id).cloned().collect();
    let mut elsewhere = BTreeMap::new();
    let others: BTreeSet<String> = rules.iter().flat_map(|rule| rule.elsewhere()).collect();
    for other in others.into_iter().filter(|other| *other != dataset.id) {
        let there = app.store.history(&other).await?;
        elsewhere.insert(other, Arc::new(there));
    }
    let dataset = dataset.id.clone();
    let all = move || {
        let (rules, elsewhere) = (&rules, &elsewhere);
        evaluate(&Matter { dataset: &dataset, rules, history: &history, elsewhere, cause, delivery }, known)
    };
    tokio::task::spawn_blocking(all).await.map_err(|_| CycleError::Ended("evaluating the rules"))
}

/// What an evaluation has to say to groups; nothing when there is no period to speak of. `overrides` are decisions of people
/// that the dataset's figures rest on.
#[must_use]
pub fn delivered(
    dataset: &Dataset,
    delivery: &Delivery,
    cause: Cause,
    first_load: bool,
    evaluation: &Evaluation,
    mut overrides: Vec<Overridden>,
) -> Option<Delivered> {
    // The summary of a history speaks of its newest period, and so does what arrives late; a restatement of its own.
    let of_delivery = Period::newest(delivery.periods.iter().copied());
    let period = if first_load || cause == Cause::Late { evaluation.newest } else { of_delivery }?;
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
pub fn keep(commit: &mut Commit, dataset: &Dataset, config: &Config, evaluation: Evaluation, introduced: bool) {
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
        introduced,
    });
    for told in evaluation.alerts {
        commit.alerts.push(told.alert);
        commit.transitions.extend(told.transitions);
    }
}
