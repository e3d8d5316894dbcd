use std::collections::BTreeSet;

use super::*;

/// Queues messages to different people one second apart and gives their ids, oldest first.
async fn queue(store: &Store, count: i64) -> Vec<Uuid> {
    let notice = notice();
    let notices = vec![(notice.clone(), "Subject".to_owned())];
    store.commit(&Commit { notices, ..Commit::at(at(0)) }).await.unwrap();
    let mut ids = Vec::new();
    for second in 0..count {
        let message = message(&notice, &format!("member-{second}@example.org"));
        ids.push(message.id);
        store.commit(&Commit { messages: vec![message], ..Commit::at(at(second)) }).await.unwrap();
    }
    ids
}

/// Records that an attempt failed at its beginning.
async fn retry(store: &Store, id: Uuid, owner: &str, due: Timestamp, reason: &str) -> Recorded {
    store.retry(id, owner, &Failed { at: at(0), reason }, due, None).await.unwrap()
}

fn ids(messages: &[QueuedMessage]) -> Vec<Uuid> {
    messages.iter().map(|message| message.id).collect()
}

async fn state(store: &Store, id: Uuid) -> QueuedMessage {
    let all = store.outbox(&OutboxFilter::default()).await.unwrap();
    all.into_iter().find(|message| message.id == id).unwrap()
}

#[tokio::test]
async fn the_oldest_due_messages_are_leased_first() {
    let home = Home::new();
    let store = home.store().await;
    let queued = queue(&store, 4).await;
    // The last one is queued at second 3: at second 2 it is not due.
    let leased = store.lease("email", at(2), "a", at(60), 2).await.unwrap();
    assert_eq!(ids(&leased), queued[..2]);
    assert!(leased.iter().all(|message| message.state == MessageState::Sending && message.attempts == 0));
    assert_eq!(ids(&store.lease("email", at(2), "b", at(60), 10).await.unwrap()), queued[2..3]);
    assert!(store.lease("email", at(2), "b", at(60), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_senders_never_get_the_same_message() {
    let home = Home::new();
    let (one, two) = (home.store().await, home.store().await);
    let queued = queue(&one, 60).await;
    let mut taken = Vec::new();
    // Ten rounds of both at once, three messages each: all are taken, and none is left for an eleventh.
    for _ in 0..10 {
        let (of_one, of_two) = tokio::join!(
            one.lease("email", at(100), "one", at(200), 3),
            two.lease("email", at(100), "two", at(200), 3)
        );
        taken.extend(ids(&of_one.unwrap()));
        taken.extend(ids(&of_two.unwrap()));
    }
    assert!(one.lease("email", at(100), "one", at(200), 3).await.unwrap().is_empty());
    assert_eq!(taken.len(), queued.len());
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), queued.into_iter().collect());
}

#[tokio::test]
async fn a_lease_that_runs_out_is_given_to_the_next() {
    let home = Home::new();
    let store = home.store().await;
    let id = queue(&store, 1).await[0];
    store.lease("email", at(10), "a", at(40), 1).await.unwrap();
    assert!(store.lease("email", at(39), "b", at(80), 1).await.unwrap().is_empty());
    assert_eq!(ids(&store.lease("email", at(40), "b", at(80), 1).await.unwrap()), [id]);

    // What the first says of it no longer counts, unless it says that the message is sent.
    assert_eq!(retry(&store, id, "a", at(50), "timed out").await, Recorded::Nothing);
    assert!(!store.dead(id, "a", at(50), "timed out").await.unwrap());
    assert_eq!(state(&store, id).await.lease_owner.as_deref(), Some("b"));
    assert_eq!(store.sent(id, at(51)).await.unwrap(), Recorded::Done);
    assert_eq!(retry(&store, id, "b", at(52), "refused").await, Recorded::Nothing);
    let message = state(&store, id).await;
    assert_eq!((message.state, message.sent, message.attempts), (MessageState::Sent, Some(at(51)), 1));
}

#[tokio::test]
async fn a_failed_attempt_is_due_again_when_it_was_said() {
    let home = Home::new();
    let store = home.store().await;
    assert_eq!(store.next_due("email").await.unwrap(), None);
    let id = queue(&store, 1).await[0];
    assert_eq!(store.next_due("email").await.unwrap(), Some(at(0)));
    store.lease("email", at(0), "a", at(30), 1).await.unwrap();
    assert_eq!(store.next_due("email").await.unwrap(), Some(at(30)));
    assert_ne!(retry(&store, id, "a", at(90), "421 try again later").await, Recorded::Nothing);
    assert_eq!(store.next_due("email").await.unwrap(), Some(at(90)));
    assert!(store.lease("email", at(89), "a", at(120), 1).await.unwrap().is_empty());
    let leased = store.lease("email", at(90), "a", at(120), 1).await.unwrap();
    assert_eq!(leased[0].attempts, 1);
    assert_eq!(leased[0].last_error.as_deref(), Some("421 try again later"));
    store.sent(id, at(91)).await.unwrap();
    assert_eq!(store.next_due("email").await.unwrap(), None);
}

#[tokio::test]
async fn a_dead_letter_is_reported_once_and_can_be_queued_again() {
    let home = Home::new();
    let store = home.store().await;
    let queued = queue(&store, 2).await;
    store.lease("email", at(5), "a", at(30), 2).await.unwrap();
    for id in &queued {
        assert!(store.dead(*id, "a", at(6), "550 no such user").await.unwrap());
    }
    let unreported = store.dead_unreported().await.unwrap();
    assert_eq!(ids(&unreported), queued);
    assert_eq!(unreported[0].last_error.as_deref(), Some("550 no such user"));

    store.commit(&Commit { dead_reported: queued[..1].to_vec(), ..Commit::at(at(20)) }).await.unwrap();
    assert_eq!(ids(&store.dead_unreported().await.unwrap()), queued[1..]);
    let report = notice();
    let commit = Commit {
        messages: vec![message(&report, "operator@example.org")],
        notices: vec![(report, "A message could not be delivered".to_owned())],
        dead_reported: vec![queued[1]],
        ..Commit::at(at(7))
    };
    store.commit(&commit).await.unwrap();
    assert!(store.dead_unreported().await.unwrap().is_empty());

    assert!(store.requeue(queued[0], at(8)).await.unwrap());
    assert!(!store.requeue(queued[0], at(8)).await.unwrap(), "it is no longer dead");
    let message = state(&store, queued[0]).await;
    assert_eq!((message.state, message.attempts, message.reported), (MessageState::Queued, 0, false));
    let dead = OutboxFilter { state: Some(MessageState::Dead), ..OutboxFilter::default() };
    assert_eq!(ids(&store.outbox(&dead).await.unwrap()), queued[1..]);
}

#[tokio::test]
async fn what_a_stopped_or_killed_sender_held_is_due_at_once() {
    let home = Home::new();
    let store = home.store().await;
    let queued = queue(&store, 3).await;
    store.lease("email", at(5), "this process", at(600), 3).await.unwrap();
    assert!(store.release(queued[0], "this process").await.unwrap());
    assert!(!store.release(queued[1], "another process").await.unwrap());
    let leased = store.lease("email", at(6), "this process", at(600), 10).await.unwrap();
    assert_eq!(ids(&leased), queued[..1]);
    assert_eq!(store.end_leases().await.unwrap(), 3);
    let leased = store.lease("email", at(6), "its successor", at(600), 10).await.unwrap();
    assert_eq!(ids(&leased), queued);
    assert_eq!(leased[0].attempts, 0, "a killed sender uses no attempt up");
}

#[tokio::test]
async fn one_message_at_a_time_is_under_way_to_one_recipient() {
    let home = Home::new();
    let store = home.store().await;
    let notice = notice();
    let to = ["chair@example.org", "chair@example.org", "secretary@example.org"];
    let messages: Vec<_> = to.iter().map(|recipient| message(&notice, recipient)).collect();
    let queued: Vec<Uuid> = messages.iter().map(|message| message.id).collect();
    let notices = vec![(notice, "October".to_owned())];
    store.commit(&Commit { notices, messages, ..Commit::at(at(0)) }).await.unwrap();
    let leased = store.lease("email", at(1), "a", at(60), 10).await.unwrap();
    assert_eq!(ids(&leased), [queued[0], queued[2]]);
    assert!(store.lease("email", at(1), "a", at(60), 10).await.unwrap().is_empty());
    assert!(store.lease("webhook", at(1), "a", at(60), 10).await.unwrap().is_empty());
    store.sent(queued[0], at(2)).await.unwrap();
    assert_eq!(ids(&store.lease("email", at(2), "a", at(60), 10).await.unwrap()), queued[1..2]);
}

/// How many texts of messages are kept.
async fn texts(store: &Store) -> i64 {
    let mut tx = store.begin("test").await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM payloads").fetch_one(&mut *tx).await.unwrap()
}

#[tokio::test]
async fn what_was_sent_long_ago_is_known_to_be_sent_and_not_what_it_said() {
    let home = Home::new();
    let store = home.store().await;
    let notice = notice();
    let messages: Vec<NewMessage> = ["old", "dead", "waits", "new"]
        .map(|name| NewMessage { payload: format!("{{\"for\":\"{name}\"}}"), ..message(&notice, name) })
        .into();
    // Somebody else was told the same as the one that waits.
    let same = NewMessage { payload: messages[2].payload.clone(), ..message(&notice, "old too") };
    let notices = vec![(notice.clone(), "Subject".to_owned())];
    let all = messages.iter().cloned().chain([same.clone()]).collect();
    store.commit(&Commit { notices, messages: all, ..Commit::at(at(0)) }).await.unwrap();
    let leased = store.lease("email", at(0), "a", at(60), 10).await.unwrap();
    assert_eq!(leased.len(), 5);
    for (id, second) in [(messages[0].id, 1), (same.id, 1), (messages[3].id, 50)] {
        store.sent(id, at(second)).await.unwrap();
    }
    store.dead(messages[1].id, "a", at(1), "refused").await.unwrap();
    store.release(messages[2].id, "a").await.unwrap();

    assert_eq!((texts(&store).await, store.forget_sent(at(50)).await.unwrap()), (4, 2));
    assert_eq!((texts(&store).await, store.forget_sent(at(50)).await.unwrap()), (3, 0));
    let gone = state(&store, messages[0].id).await;
    assert_eq!((gone.state, gone.sent, gone.attempts), (MessageState::Sent, Some(at(1)), 1));
    // What was not sent is sent as it was written.
    assert!(store.requeue(messages[1].id, at(60)).await.unwrap());
    let leased = store.lease("email", at(60), "b", at(120), 10).await.unwrap();
    let said: BTreeSet<String> = leased.into_iter().filter_map(|message| message.payload).collect();
    assert_eq!(said, [&messages[1], &messages[2]].map(|message| message.payload.clone()).into());
}
