//! Between the rules and the rest: evaluate away from the runtime's own threads, tell the groups concerned, and keep it.

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
    announce::Announcement,
    error::CycleError,
    evaluate::{Evaluation, Matter, evaluate},
    outstanding,
};

/// What makes the rules of a dataset be evaluated.
#[derive(Debug)]
pub struct News<'a> {
    /// The dataset.
    pub dataset: &'a Dataset,
    /// All that is known of it now.
    pub history: Arc<History>,
    /// What kind of news it is.
    pub cause: Cause,
    /// The delivery that brings the news; where none does, the one that people know last.
    pub delivery: Option<&'a Delivery>,
    /// Whether it is told though the dataset's history was never announced.
    pub speaks: bool,
    /// What somebody decides of the delivery over the gate.
    pub decision: Option<Overridden>,
}

/// Evaluates the rules over what is known now, tells each group concerned, and puts what came of it into the commit, which
/// holds the other deliveries of the same file.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn pronounce(
    app: &App,
    config: &Config,
    news: News<'_>,
    commit: &mut Commit,
    announcement: &mut Announcement,
) -> Result<(), CycleError> {
    let News { dataset, history, cause, delivery, speaks, decision } = news;
    let brings = delivery.filter(|_| cause != Cause::RuleChanged).map(|delivery| delivery.id);
    let evaluation = judge(app, config, dataset, history, cause, brings).await?;
    let introduced = app.store.dataset(&dataset.id).await?.introduced;
    let tells = introduced || speaks;
    // Other rules that see the same are no news.
    let is_news =
        cause != Cause::RuleChanged || evaluation.alerts.iter().any(|told| told.before != Some(told.alert.state));
    if let Some(delivery) = delivery.filter(|_| tells && is_news) {
        let overruled = decision.as_ref().map(|decision| decision.delivery);
        let mut overrides = app.store.overridden(&dataset.id).await?;
        overrides.retain(|one| Some(one.delivery) != overruled);
        overrides.extend(decision);
        if let Some(mut delivered) = delivered(dataset, delivery, cause, !introduced, &evaluation, overrides) {
            let arriving: Vec<&Delivery> =
                commit.deliveries.iter().map(|(of_file, _)| of_file).chain([delivery]).collect();
            delivered.outstanding =
                outstanding::outstanding(app, config, delivered.head.period, &arriving, overruled).await?;
            announcement.exceptions(config, &delivered, app.now())?;
        }
    }
    keep(commit, dataset, config, evaluation, tells);
    Ok(())
}

/// Evaluates the rules of a dataset over a history, against the alerts that the store knows. `delivery` is the one that
/// brings the news, if one does.
async fn judge(
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
        introduced,
    });
    for told in evaluation.alerts {
        commit.alerts.push(told.alert);
        commit.transitions.extend(told.transitions);
    }
}
