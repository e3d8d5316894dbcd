use super::*;
use crate::model::Episode;

/// A commit that touches every table.
fn full(delivery: &Delivery) -> Commit {
    let alert = alert("Dementia");
    let notice = notice();
    Commit {
        transitions: vec![fired(&alert, Some(delivery.id))],
        alerts: vec![alert],
        judged: vec![Judged { introduced: true, ..judged("les", vec![unknown("Diabetes")]) }],
        messages: vec![message(&notice, "chair@example.org")],
        notices: vec![(notice, "1 new exception".to_owned())],
        placements: vec![Placement {
            delivery: delivery.id,
            source: "claimed/é 1.csv".into(),
            targets: vec!["published/les/2025-10/é 1.csv".into()],
            superseded: vec![Move { from: "published/a.csv".into(), to: "published/superseded/a.csv".into() }],
        }],
        ..of(delivery)
    }
}

fn judged(dataset: &str, unjudged: Vec<UnknownRecord>) -> Judged {
    let rules = BTreeMap::from([("below".to_owned(), "value < plan".to_owned())]);
    Judged { dataset: dataset.to_owned(), unjudged, rules_fingerprint: "rules-1".to_owned(), rules, introduced: false }
}

fn unknown(contract: &str) -> UnknownRecord {
    UnknownRecord {
        rule: "les-deterioration".to_owned(),
        labels: Labels::from_iter([("contract", contract)]),
        dataset: "les".to_owned(),
        period: p("2025-10"),
        kind: UnknownKind::CannotTell,
        reason: "no figure for September 2025: suppressed".to_owned(),
        firing_since: Some(p("2025-08")),
    }
}

/// All that can be read, as text to compare.
async fn everything(store: &Store) -> String {
    let alerts = store.alerts(None).await.unwrap();
    let mut lives = Vec::new();
    for alert in &alerts {
        lives.push(store.transitions(&alert.id).await.unwrap());
    }
    format!(
        "{:#?}",
        (
            store.deliveries(&DeliveryFilter::default()).await.unwrap(),
            (alerts, lives, store.unjudged().await.unwrap()),
            store.dataset("les").await.unwrap(),
            store.notices(None).await.unwrap(),
            store.outbox(&OutboxFilter::default()).await.unwrap(),
            store.pending_placements().await.unwrap(),
            store.counts().await.unwrap(),
            store.next_revision("les", &[p("2025-10")]).await.unwrap(),
        )
    )
}

#[tokio::test]
async fn a_commit_is_read_back_as_it_was() {
    let home = Home::new();
    let store = home.store().await;
    let mut delivery = delivery(1, "2025-10");
    delivery.verdict = Verdict::PublishedWithWarnings;
    delivery.periods = vec![p("2025-10"), p("2025/26"), p("2025/26-Q3"), p("2025-W41")];
    delivery.findings = vec![Finding {
        check: "range".to_owned(),
        severity: Severity::Warning,
        message: "‘−5’ is below 0 \u{0} 😀".to_owned(),
        count: 1,
        rows: vec![FailingRow {
            row: 3,
            column: Some("delivered".to_owned()),
            value: Some("−5".to_owned()),
            ..FailingRow::default()
        }],
        owner: Some("primary-care".to_owned()),
        ..Finding::default()
    }];
    delivery.findings = delivery.findings.into_iter().map(|finding| finding.among(14)).collect();
    delivery.examination.left_out = vec!["range".to_owned()];
    let mut commit = full(&delivery);
    commit.alerts[0].cannot_tell = Some("suppressed".to_owned());
    commit.alerts[0].episodes = vec![Episode {
        since: p("2025-08"),
        fired: Some(p("2025-09")),
        resolved: None,
        last: reading("2025-10", 0.1 + 0.2),
        before: None,
    }];
    commit.alerts[0].withdrawn = commit.alerts[0].episodes.first().cloned();
    assert_eq!(store.commit(&commit).await.unwrap(), Committed::Now);

    let kept = store.delivery(delivery.id).await.unwrap().unwrap();
    assert_eq!(kept, KeptDelivery { delivery, settings: "settings-1".to_owned(), recorded: at(1) });
    assert_eq!(store.alerts(Some("les")).await.unwrap(), commit.alerts);
    assert!(store.alerts(Some("other")).await.unwrap().is_empty());
    let life = store.transitions(&commit.alerts[0].id).await.unwrap();
    assert_eq!(life, [KeptTransition { transition: commit.transitions[0].clone(), recorded: at(1) }]);
    assert_eq!(store.unjudged().await.unwrap(), commit.judged[0].unjudged);
    let rules = commit.judged[0].rules.clone();
    let memory = DatasetMemory { introduced: true, rules_fingerprint: Some("rules-1".to_owned()), rules };
    assert_eq!(store.dataset("les").await.unwrap(), memory);
    assert_eq!(store.dataset("other").await.unwrap(), DatasetMemory::default());
    let (notice, subject) = commit.notices[0].clone();
    assert_eq!(store.notice(notice.id).await.unwrap(), Some(KeptNotice { notice, subject }));
    assert_eq!(store.pending_placements().await.unwrap(), commit.placements);
}

#[tokio::test]
async fn the_same_delivery_again_changes_nothing() {
    let home = Home::new();
    let store = home.store().await;
    let delivery = delivery(1, "2025-10");
    store.commit(&full(&delivery)).await.unwrap();
    let before = everything(&store).await;

    let mut again = full(&delivery);
    again.alerts[0].state = AlertState::Resolved;
    again.judged[0].rules_fingerprint = "rules-2".to_owned();
    assert_eq!(store.commit(&again).await.unwrap(), Committed::Already);
    assert_eq!(everything(&store).await, before);
    // The connection is free for the next commit.
    assert_eq!(store.commit(&of(&super::delivery(2, "2025-10"))).await.unwrap(), Committed::Now);
}

#[tokio::test]
async fn a_commit_that_fails_half_way_leaves_nothing() {
    let home = Home::new();
    let store = home.store().await;
    let before = everything(&store).await;
    let mut commit = full(&delivery(1, "2025-10"));
    // The last thing but one that is written: its notice is in no table.
    commit.messages.push(message(&notice(), "chair@example.org"));
    let error = store.commit(&commit).await.unwrap_err();
    assert!(error.to_string().starts_with("could not queue a message"), "{error}");
    assert_eq!(everything(&store).await, before);

    commit.messages.pop();
    assert_eq!(store.commit(&commit).await.unwrap(), Committed::Now);
}

#[tokio::test]
async fn a_full_disk_is_called_so_and_leaves_nothing() {
    let home = Home::new();
    let store = home.store().await;
    let mut tx = store.begin("test").await.unwrap();
    // SQLite lowers the limit to the present size, and answers as it does when the disk is full.
    sqlx::query("PRAGMA max_page_count = 1").execute(&mut *tx).await.unwrap();
    tx.rollback().await.unwrap();
    let mut commit = full(&delivery(1, "2025-10"));
    commit.messages[0].payload = "x".repeat(100_000);
    let error = store.commit(&commit).await.unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
    assert!(store.deliveries(&DeliveryFilter::default()).await.unwrap().is_empty());
}

/// As when the write-ahead log cannot grow: SQLite then undoes the whole transaction itself.
#[tokio::test]
async fn a_disk_that_has_room_again_is_written_to_again() {
    let home = Home::new();
    let store = home.store().await;
    let mut tx = store.begin("test").await.unwrap();
    sqlx::query("ROLLBACK").execute(&mut *tx).await.unwrap();
    drop(tx);
    assert_eq!(store.commit(&full(&delivery(1, "2025-10"))).await.unwrap(), Committed::Now);
}

#[tokio::test]
async fn a_step_of_one_delivery_is_never_doubled() {
    let home = Home::new();
    let store = home.store().await;
    let delivery = delivery(1, "2025-10");
    let mut commit = full(&delivery);
    commit.transitions = vec![commit.transitions[0].clone(); 2];
    store.commit(&commit).await.unwrap();
    let alert = &commit.alerts[0];
    assert_eq!(store.transitions(&alert.id).await.unwrap().len(), 1);

    // The rules may change, change back, and change again: each is a step of its own, in order.
    for seconds in [5, 4, 3] {
        let change = Commit { transitions: vec![fired(alert, None)], ..Commit::at(at(seconds)) };
        store.commit(&change).await.unwrap();
    }
    let life = store.transitions(&alert.id).await.unwrap();
    assert_eq!(life.iter().map(|step| step.recorded).collect::<Vec<_>>(), [at(1), at(5), at(4), at(3)]);
}

#[tokio::test]
async fn what_could_not_be_judged_is_replaced_for_its_dataset_alone() {
    let home = Home::new();
    let store = home.store().await;
    let other = UnknownRecord { dataset: "hha".to_owned(), kind: UnknownKind::Failed, ..unknown("x") };
    for (dataset, records) in [
        ("les", vec![unknown("Diabetes"), unknown("Dementia")]),
        ("hha", vec![other.clone()]),
        ("les", vec![unknown("Wound Care")]),
    ] {
        let judged = vec![judged(dataset, records)];
        store.commit(&Commit { judged, ..Commit::at(at(1)) }).await.unwrap();
    }
    assert_eq!(store.unjudged().await.unwrap(), [other, unknown("Wound Care")]);
}

#[tokio::test]
async fn a_revision_is_one_more_than_the_highest_of_its_periods() {
    let home = Home::new();
    let store = home.store().await;
    assert_eq!(store.next_revision("les", &[p("2025-10")]).await.unwrap(), 1);
    store.commit(&of(&delivery(1, "2025-10"))).await.unwrap();
    store.commit(&of(&delivery(2, "2025-10"))).await.unwrap();
    store.commit(&of(&delivery(1, "2025-09"))).await.unwrap();
    let held_back = Delivery { verdict: Verdict::Quarantined, ..delivery(0, "2025-08") };
    store.commit(&of(&held_back)).await.unwrap();
    for (periods, revision) in [
        (vec!["2025-10"], 3),
        (vec!["2025-09"], 2),
        (vec!["2025-08", "2025-09", "2025-10"], 3),
        (vec!["2025-08"], 1),
        (vec![], 1),
    ] {
        let periods: Vec<Period> = periods.into_iter().map(p).collect();
        assert_eq!(store.next_revision("les", &periods).await.unwrap(), revision, "{periods:?}");
    }
    assert_eq!(store.next_revision("hha", &[p("2025-10")]).await.unwrap(), 1);
}

#[tokio::test]
async fn the_same_bytes_are_found_whatever_became_of_them() {
    let home = Home::new();
    let store = home.store().await;
    let first = delivery(1, "2025-10");
    let unrecognised = Delivery { dataset: None, verdict: Verdict::Quarantined, ..delivery(0, "2025-10") };
    let copy =
        Delivery { verdict: Verdict::Duplicate, duplicate_of: Some(first.id), revision: 0, ..delivery(0, "2025-10") };
    for delivery in [&first, &unrecognised, &copy] {
        store.commit(&of(delivery)).await.unwrap();
    }
    let found = store.same_bytes(&first.hash).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|kept| (kept.delivery.id, kept.settings)).collect();
    assert_eq!(found, [(unrecognised.id, "settings-1".to_owned()), (first.id, "settings-1".to_owned())]);
    assert!(store.same_bytes("00").await.unwrap().is_empty());
}

#[tokio::test]
async fn deliveries_come_newest_first() {
    let home = Home::new();
    let store = home.store().await;
    let mut ids = Vec::new();
    for (seconds, dataset) in [(10, "les"), (30, "hha"), (20, "les")] {
        let delivery = Delivery {
            received: at(seconds),
            dataset: Some(dataset.to_owned()),
            verdict: Verdict::Quarantined,
            ..delivery(0, "2025-10")
        };
        store.commit(&of(&delivery)).await.unwrap();
        ids.push(delivery.id);
    }
    let listed = |dataset: Option<&str>, limit| {
        let (store, filter) = (store.clone(), DeliveryFilter { dataset: dataset.map(str::to_owned), limit });
        async move { store.deliveries(&filter).await.unwrap().into_iter().map(|kept| kept.delivery.id).collect::<Vec<_>>() }
    };
    assert_eq!(listed(None, None).await, [ids[1], ids[2], ids[0]]);
    assert_eq!(listed(Some("les"), None).await, [ids[2], ids[0]]);
    assert_eq!(listed(None, Some(1)).await, [ids[1]]);
}

#[tokio::test]
async fn a_file_stays_to_be_placed_until_it_is() {
    let home = Home::new();
    let store = home.store().await;
    let delivery = delivery(1, "2025-10");
    let mut commit = full(&delivery);
    // The file holds a table of another dataset.
    let other = Delivery { id: delivery.id.of_file(1), dataset: Some("hha".to_owned()), ..delivery };
    let placement = Placement { delivery: other.id, superseded: Vec::new(), ..commit.placements[0].clone() };
    commit.decided(other, placement, "settings-1");
    store.commit(&commit).await.unwrap();
    let source = commit.placements[0].source.clone();
    assert_eq!(store.pending_placements().await.unwrap(), commit.placements);
    assert_eq!(store.placements_from(&source).await.unwrap(), commit.placements);
    store.placed(&source).await.unwrap();
    store.placed(&source).await.unwrap();
    assert!(store.pending_placements().await.unwrap().is_empty());
}

#[tokio::test]
async fn everything_is_counted() {
    let home = Home::new();
    let store = home.store().await;
    store.commit(&full(&delivery(1, "2025-10"))).await.unwrap();
    let held_back = Delivery { verdict: Verdict::Quarantined, ..delivery(0, "2025-10") };
    store.commit(&of(&held_back)).await.unwrap();
    let counts = store.counts().await.unwrap();
    assert_eq!(
        counts.deliveries,
        [
            (Verdict::Published, 1),
            (Verdict::PublishedWithWarnings, 0),
            (Verdict::Quarantined, 1),
            (Verdict::Released, 0),
            (Verdict::Withdrawn, 0),
            (Verdict::Duplicate, 0)
        ]
    );
    assert!(counts.alerts.contains(&(AlertState::Firing, 1)) && counts.alerts.contains(&(AlertState::Resolved, 0)));
    assert!(counts.outbox.contains(&(MessageState::Queued, 1)) && counts.outbox.contains(&(MessageState::Dead, 0)));
}

#[tokio::test]
async fn a_row_that_was_edited_by_hand_is_named() {
    let home = Home::new();
    let store = home.store().await;
    store.commit(&full(&delivery(1, "2025-10"))).await.unwrap();
    let mut tx = store.begin("test").await.unwrap();
    sqlx::query("UPDATE alerts SET since = 'last October'").execute(&mut *tx).await.unwrap();
    sqlx::query("UPDATE deliveries SET verdict = 'fine'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let error = store.alerts(None).await.unwrap_err();
    assert!(matches!(error, StoreError::UnreadableRow { table: "alerts", column: "since", .. }), "{error}");
    let error = store.deliveries(&DeliveryFilter::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::UnreadableRow { table: "deliveries", column: "verdict", .. }), "{error}");
}

#[tokio::test]
async fn what_many_recipients_get_is_kept_once() {
    let home = Home::new();
    let store = home.store().await;
    let mut commit = full(&delivery(1, "2025-10"));
    let notice = commit.notices[0].0.clone();
    commit.messages = (0..5).map(|n| message(&notice, &format!("{n}@example.org"))).collect();
    for message in &mut commit.messages {
        message.payload = format!("{{\"picture\":\"{}\"}}", "x".repeat(10_000));
    }
    commit.messages[4].payload = "{}".to_owned();
    store.commit(&commit).await.unwrap();
    let mut tx = store.begin("test").await.unwrap();
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM payloads").fetch_one(&mut *tx).await.unwrap();
    let long: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox WHERE length(payload) > 100")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!((kept, long), (2, 0));
    // One that was queued before there was such a table.
    let old = commit.messages[3].id.to_string();
    sqlx::query("UPDATE outbox SET payload = '{\"old\":1}' WHERE id = $1").bind(old).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let channel = commit.messages[0].channel.clone();
    let leased = store.lease(&channel, at(100), "me", at(200), 10).await.unwrap();
    let said: Vec<String> = leased.into_iter().map(|message| message.payload.expect("what it says")).collect();
    let first = &commit.messages[0].payload;
    assert_eq!(said.len(), 5);
    assert_eq!(said.iter().filter(|said| *said == first).count(), 3);
    assert!(said.contains(&"{}".to_owned()) && said.contains(&"{\"old\":1}".to_owned()));
}
