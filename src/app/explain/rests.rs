//! What an alert rests on, and who was told of it.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    model::{
        Alert, AlertId, Content, DeliveryId, Exceptions, NoticeId, Outcome, Override, Period, Severity, TransitionKind,
        Verdict,
    },
    store::{DeliveryFilter, KeptDelivery, KeptNotice, MessageState, OutboxFilter, Store, StoreError},
};

/// A delivery that figures come from.
#[derive(Debug, Clone, Serialize)]
pub struct Rest {
    /// Its id.
    pub delivery: DeliveryId,
    /// Its file.
    pub file: String,
    /// Which of the file's tables it is, where that is not plain.
    pub table: Option<String>,
    /// Those of the periods asked for that it is in force for.
    pub periods: Vec<Period>,
    /// Its revision.
    pub revision: u32,
    /// The gate's verdict.
    pub verdict: Verdict,
    /// When its file was claimed.
    pub received: Timestamp,
    /// How many checks it passed.
    pub passed: usize,
    /// The checks that found something: name, severity and message.
    pub found: Vec<(String, Severity, String)>,
    /// What people decided of it.
    pub overrides: Vec<Override>,
}

/// A notice that names the alert.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// The notice.
    pub notice: NoticeId,
    /// When it was decided.
    pub created: Timestamp,
    /// The group.
    pub group: String,
    /// As what the alert was listed: `firing` (new), `worsened`, `continuing`, `resolved`, `withdrawn`, `amended`.
    pub listed_as: TransitionKind,
    /// The notice's subject.
    pub subject: String,
    /// Its messages.
    pub messages: Vec<Message>,
}

/// A message to one recipient.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// `email`, `webhook`, …
    pub channel: String,
    /// Whom it goes to.
    pub recipient: String,
    /// Where it is.
    pub state: MessageState,
    /// How many attempts have ended.
    pub attempts: u32,
    /// When it was handed over.
    pub sent: Option<Timestamp>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// The deliveries in force for periods of a dataset, oldest period first.
pub(super) async fn deliveries(store: &Store, dataset: &str, periods: &[Period]) -> Result<Vec<Rest>, StoreError> {
    let filter = DeliveryFilter { dataset: Some(dataset.to_owned()), limit: None };
    let mut published = store.deliveries(&filter).await?;
    published.retain(|kept| kept.delivery.verdict.is_published());
    let mut rests: Vec<Rest> = Vec::new();
    for period in periods {
        let of_period = published.iter().filter(|kept| kept.delivery.periods.contains(period));
        let Some(kept) = of_period.max_by_key(|kept| kept.delivery.revision) else { continue };
        match rests.iter_mut().find(|rest| rest.delivery == kept.delivery.id) {
            Some(rest) if rest.periods.contains(period) => {}
            Some(rest) => rest.periods.push(*period),
            None => rests.push(rest(store, kept, *period).await?),
        }
    }
    Ok(rests)
}

async fn rest(store: &Store, kept: &KeptDelivery, period: Period) -> Result<Rest, StoreError> {
    let delivery = &kept.delivery;
    let outcomes = delivery.examination.outcomes(&delivery.findings);
    let found = delivery.findings.iter();
    Ok(Rest {
        delivery: delivery.id,
        file: delivery.file.clone(),
        table: delivery.table.clone(),
        periods: vec![period],
        revision: delivery.revision,
        verdict: delivery.verdict,
        received: delivery.received,
        passed: outcomes.filter(|(_, outcome)| *outcome == Outcome::Passed).count(),
        found: found.map(|one| (one.check.clone(), one.severity, one.message.clone())).collect(),
        overrides: store.overrides(delivery.id).await?,
    })
}

/// Who was told of an alert, oldest notice first.
pub(super) async fn told(store: &Store, alert: &Alert) -> Result<Vec<Told>, StoreError> {
    let mut told = Vec::new();
    for KeptNotice { notice, subject } in store.notices(None).await? {
        let Content::Exceptions(exceptions) = &notice.content else { continue };
        let Some(listed_as) = listed(exceptions, &alert.id) else { continue };
        let filter = OutboxFilter { notice: Some(notice.id), ..OutboxFilter::default() };
        let messages = store.outbox(&filter).await?.into_iter().map(|queued| Message {
            channel: queued.channel,
            recipient: queued.recipient,
            state: queued.state,
            attempts: queued.attempts,
            sent: queued.sent,
            last_error: queued.last_error,
        });
        told.push(Told {
            notice: notice.id,
            created: notice.created,
            group: notice.group,
            listed_as,
            subject,
            messages: messages.collect(),
        });
    }
    told.reverse();
    Ok(told)
}

fn listed(exceptions: &Exceptions, alert: &AlertId) -> Option<TransitionKind> {
    use TransitionKind::{Amended, Continuing, Firing, Resolved, Withdrawn, Worsened};
    let sections = [
        (&exceptions.new, Firing),
        (&exceptions.worsened, Worsened),
        (&exceptions.continuing, Continuing),
        (&exceptions.resolved, Resolved),
        (&exceptions.withdrawn, Withdrawn),
        (&exceptions.amended, Amended),
    ];
    sections.into_iter().find(|(lines, _)| lines.iter().any(|line| line.id == *alert)).map(|(_, kind)| kind)
}
