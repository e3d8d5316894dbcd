use super::*;
use crate::model::{Silence, SilenceId};

fn silence(nth: u128, ends: i64) -> Silence {
    Silence {
        id: SilenceId(Uuid::from_u128(nth)),
        matchers: crate::model::matcher::parse(r#"contract="Dementia",area!~"N.*""#).unwrap(),
        starts: Timestamp::from_second(1_000).unwrap(),
        ends: Timestamp::from_second(ends).unwrap(),
        author: "Jo Bell".to_owned(),
        comment: "the clinic \"moves\"".to_owned(),
        created: Timestamp::from_second(1_000).unwrap(),
    }
}

#[tokio::test]
async fn silences_are_kept_as_they_are_now_until_their_end_is_told() {
    let home = Home::new();
    let store = home.store().await;
    let mut commit = Commit::at(Timestamp::UNIX_EPOCH);
    commit.silences = vec![silence(1, 2_000), silence(2, 3_000)];
    store.commit(&commit).await.unwrap();
    let mut shorter = Commit::at(Timestamp::UNIX_EPOCH);
    shorter.silences = vec![silence(2, 1_500)];
    shorter.silences_over = vec![SilenceId(Uuid::from_u128(1))];
    store.commit(&shorter).await.unwrap();
    store.close().await;

    let store = home.store().await;
    assert_eq!(store.silences().await.unwrap(), [silence(2, 1_500), silence(1, 2_000)]);
    assert_eq!(store.silences_in_force().await.unwrap(), [silence(2, 1_500)]);
}

#[tokio::test]
async fn what_waits_is_there_until_it_is_said_with_the_commit_that_says_it() {
    let home = Home::new();
    let store = home.store().await;
    let held = |nth: u128, since: i64| HeldNotice {
        id: Uuid::from_u128(nth),
        group: "team".to_owned(),
        body: format!("{{\"nth\":{nth}}}"),
        since: Timestamp::from_second(since).unwrap(),
    };
    let mut commit = Commit::at(Timestamp::UNIX_EPOCH);
    commit.held = vec![held(1, 20), held(2, 10), held(3, 30)];
    store.commit(&commit).await.unwrap();
    store.close().await;

    let store = home.store().await;
    assert_eq!(store.held().await.unwrap(), [held(2, 10), held(1, 20), held(3, 30)]);
    let mut said = Commit::at(Timestamp::UNIX_EPOCH);
    said.released = vec![Uuid::from_u128(2), Uuid::from_u128(3)];
    // Nothing is taken out by a commit that fails: its message is for a notice that is not there.
    let mut broken = said.clone();
    broken.messages.push(NewMessage {
        id: Uuid::from_u128(9),
        notice: NoticeId(Uuid::from_u128(8)),
        group: "team".to_owned(),
        channel: "email".to_owned(),
        recipient: "chair@example.org".to_owned(),
        payload: "{}".to_owned(),
        not_before: None,
    });
    store.commit(&broken).await.unwrap_err();
    assert_eq!(store.held().await.unwrap().len(), 3);
    store.commit(&said).await.unwrap();
    assert_eq!(store.held().await.unwrap(), [held(1, 20)]);
}
