//! The store through real database files and real Parquet.

mod acting;
mod committing;
mod killing;
mod measuring;
mod opening;
mod receiving;
mod sending;
mod silencing;

use std::{collections::BTreeMap, path::PathBuf};

use jiff::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::model::{
    Alert, AlertId, AlertSeverity, AlertState, Better, Cause, Content, Delivery, DeliveryId, Examination, FailingRow,
    Figure, Finding, Labels, Missing, Notice, NoticeId, OperatorReport, Period, Reading, SeriesKey, Severity,
    Transition, TransitionKind, Unit, Value, Verdict,
};

/// A home of its own for each test.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn database(&self) -> PathBuf {
        self.0.path().join("bellwether.db")
    }

    fn measures(&self) -> PathBuf {
        self.0.path().join("measures")
    }

    async fn store(&self) -> Store {
        Store::open(&self.database(), &self.measures()).await.unwrap()
    }

    async fn reader(&self) -> Option<Store> {
        Store::open_read_only(&self.database(), &self.measures()).await.unwrap()
    }
}

fn p(text: &str) -> Period {
    text.parse().unwrap()
}

/// Seconds after a fixed moment.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_762_000_000 + seconds).unwrap()
}

fn delivery(revision: u32, period: &str) -> Delivery {
    Delivery {
        id: DeliveryId::new(),
        dataset: Some("les".to_owned()),
        file: "les-activity-2025-10.csv".to_owned(),
        table: None,
        hash: "ab".repeat(32),
        revision,
        periods: vec![p(period)],
        verdict: Verdict::Published,
        findings: Vec::new(),
        examination: Examination::default(),
        received: at(0),
        duplicate_of: None,
        size: 1_234,
    }
}

fn of(delivery: &Delivery) -> Commit {
    Commit { deliveries: vec![(delivery.clone(), "settings-1".to_owned())], ..Commit::at(at(1)) }
}

fn reading(period: &str, value: f64) -> Reading {
    let message = format!("{value} of 1,000 — “below plan”");
    Reading { period: p(period), value: Value::number(value), plan: Value::number(1000.0), unit: Unit::Number, message }
}

fn alert(contract: &str) -> Alert {
    let labels = Labels::from_iter([("contract", contract)]);
    Alert {
        id: AlertId::of("les-below-60-percent-of-plan", &labels),
        rule: "les-below-60-percent-of-plan".to_owned(),
        dataset: "les".to_owned(),
        severity: AlertSeverity::Warning,
        state: AlertState::Firing,
        labels,
        since: p("2025-10"),
        reading: reading("2025-10", 412.0),
        cannot_tell: None,
        episodes: Vec::new(),
        withdrawn: None,
    }
}

fn fired(alert: &Alert, delivery: Option<DeliveryId>) -> Transition {
    Transition {
        alert: alert.id.clone(),
        kind: TransitionKind::Firing,
        cause: if delivery.is_some() { Cause::New } else { Cause::RuleChanged },
        delivery,
        since: alert.since,
        reading: alert.reading.clone(),
    }
}

fn notice() -> Notice {
    Notice {
        id: NoticeId(Uuid::now_v7()),
        created: at(1),
        group: "contracts".to_owned(),
        group_name: "Contracts group".to_owned(),
        content: Content::Operator(OperatorReport { title: "A title".to_owned(), paragraphs: vec!["Why.".to_owned()] }),
        link: None,
    }
}

fn message(notice: &Notice, recipient: &str) -> NewMessage {
    NewMessage {
        id: Uuid::now_v7(),
        notice: notice.id,
        group: notice.group.clone(),
        channel: "email".to_owned(),
        recipient: recipient.to_owned(),
        payload: "{}".to_owned(),
        not_before: None,
    }
}
