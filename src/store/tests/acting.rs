use super::*;
use crate::model::{Act, ActId, ActKind};

fn act(nth: u128, alert: &Alert, since: &str) -> Act {
    Act {
        id: ActId(Uuid::from_u128(nth)),
        alert: alert.id.clone(),
        since: p(since),
        period: p("2025-10"),
        kind: ActKind::Acknowledged,
        by: "Jo \"é\" Bell".to_owned(),
        at: at(i64::try_from(nth).unwrap()),
        comment: "a locum\nstarts".to_owned(),
        assignee: Some("Sam".to_owned()),
        review: Some("2026-01-31".parse().unwrap()),
        through: Some("team".to_owned()),
    }
}

#[tokio::test]
async fn what_was_done_is_kept_for_ever_and_counts_for_the_present_stretch() {
    let home = Home::new();
    let store = home.store().await;
    let alert = alert("Dementia");
    let (present, earlier) = (alert.since.to_string(), "2024-01");
    let acts = [act(1, &alert, earlier), act(2, &alert, &present), act(3, &alert, &present)];
    let commit = Commit { alerts: vec![alert.clone()], acts: acts.to_vec(), ..Commit::at(at(9)) };
    store.commit(&commit).await.unwrap();
    // The same again, as after a crash before the answer was kept.
    store.commit(&commit).await.unwrap();
    store.close().await;

    let store = home.store().await;
    assert_eq!(store.acts(&alert.id).await.unwrap(), acts);
    assert_eq!(store.acts_of_firing(None).await.unwrap(), acts);
    assert_eq!(store.acts_of_firing(Some(&alert.dataset)).await.unwrap(), acts);
    assert_eq!(store.acts_of_firing(Some("another")).await.unwrap(), []);
}

#[tokio::test]
async fn nothing_is_done_about_an_alert_that_is_not_there() {
    let home = Home::new();
    let store = home.store().await;
    let alert = alert("Dementia");
    let commit = Commit { acts: vec![act(1, &alert, "2025-10")], ..Commit::at(at(9)) };
    store.commit(&commit).await.unwrap_err();
    assert_eq!(store.acts(&alert.id).await.unwrap(), []);
}
