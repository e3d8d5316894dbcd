//! Receivers that do not take messages.

use super::*;

const WHO: &str = "chair@example.org";

/// Queues so many messages to one receiver, a second apart, and gives their ids, oldest first.
async fn queue(store: &Store, count: i64) -> Vec<Uuid> {
    let notice = notice();
    let notices = vec![(notice.clone(), "Subject".to_owned())];
    store.commit(&Commit { notices, ..Commit::at(at(0)) }).await.unwrap();
    let mut ids = Vec::new();
    for second in 0..count {
        let message = message(&notice, WHO);
        ids.push(message.id);
        store.commit(&Commit { messages: vec![message], ..Commit::at(at(second)) }).await.unwrap();
    }
    ids
}

async fn leased(store: &Store, now: i64) -> Vec<Uuid> {
    let leased = store.lease("email", at(now), "a", at(now + 30), 10).await.unwrap();
    leased.iter().map(|message| message.id).collect()
}

async fn told(store: &Store, told: Option<ReceiverTold>) {
    let receiver = store.receivers().await.unwrap().remove(0);
    store.commit(&Commit { receivers_told: vec![(receiver, told)], ..Commit::at(at(0)) }).await.unwrap();
}

#[tokio::test]
async fn one_that_wants_to_be_left_alone_gets_no_message_before_then() {
    let home = Home::new();
    let store = home.store().await;
    let queued = queue(&store, 2).await;
    assert_eq!(leased(&store, 5).await, queued[..1]);
    let busy = Failed { at: at(6), reason: "429" };
    assert_eq!(store.retry(queued[0], "a", &busy, at(7), Some(at(100))).await.unwrap(), Recorded::News);
    assert_eq!(store.next_due("email").await.unwrap(), Some(at(100)));
    assert!(leased(&store, 99).await.is_empty());
    assert_eq!(leased(&store, 100).await, queued[..1]);
    // Where nothing was attempted, nothing is counted.
    assert_eq!(store.rest(queued[0], "a", at(200), "enough").await.unwrap(), Recorded::Done);
    let kept = store.outbox(&OutboxFilter::default()).await.unwrap();
    assert!(kept.iter().any(|message| message.id == queued[0] && message.attempts == 1));
    assert!(leased(&store, 199).await.is_empty());
    assert_eq!(leased(&store, 200).await, queued[..1]);
}

#[tokio::test]
async fn one_that_is_gone_gets_nothing_until_it_is_enabled() {
    let home = Home::new();
    let store = home.store().await;
    let queued = queue(&store, 2).await;
    leased(&store, 5).await;
    let gone = Failed { at: at(6), reason: "410 Gone" };
    assert_eq!(store.gone(queued[0], "another", &gone, "abc").await.unwrap(), Recorded::Nothing);
    assert_eq!(store.gone(queued[0], "a", &gone, "abc").await.unwrap(), Recorded::News);
    assert_eq!((leased(&store, 1_000_000).await.len(), store.next_due("email").await.unwrap()), (0, None));
    let [receiver] = store.receivers().await.unwrap().try_into().unwrap();
    assert_eq!((receiver.disabled, receiver.address.as_deref(), receiver.waiting), (Some(at(6)), Some("abc"), 2));
    told(&store, Some(ReceiverTold::Disabled)).await;
    assert_eq!(store.receivers().await.unwrap()[0].told, Some(ReceiverTold::Disabled));

    assert!(store.enable_receiver("email", WHO).await.unwrap());
    assert!(!store.enable_receiver("email", WHO).await.unwrap(), "nothing more is known of it");
    assert_eq!(leased(&store, 10).await, queued[..1]);
}

#[tokio::test]
async fn an_outage_begins_with_its_first_failure_and_ends_with_a_message() {
    let home = Home::new();
    let store = home.store().await;
    let queued = queue(&store, 2).await;
    for (now, news) in [(5, Recorded::News), (50, Recorded::Done)] {
        assert_eq!(leased(&store, now).await, queued[..1]);
        let down = Failed { at: at(now + 1), reason: "refused" };
        assert_eq!(store.retry(queued[0], "a", &down, at(now + 2), None).await.unwrap(), news);
    }
    assert_eq!(store.receivers().await.unwrap()[0].failing_since, Some(at(6)));
    told(&store, Some(ReceiverTold::Failing)).await;

    leased(&store, 60).await;
    assert_eq!(store.sent(queued[0], at(61)).await.unwrap(), Recorded::News);
    let receiver = store.receivers().await.unwrap().remove(0);
    assert_eq!((receiver.failing_since, receiver.recovered), (None, Some(at(61))));
    // The next one is no news; what was told ends what is known.
    leased(&store, 62).await;
    assert_eq!(store.sent(queued[1], at(63)).await.unwrap(), Recorded::Done);
    assert_eq!(store.receivers().await.unwrap()[0].recovered, Some(at(61)));
    told(&store, None).await;
    assert!(store.receivers().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_outage_that_nobody_was_told_of_leaves_nothing() {
    let home = Home::new();
    let store = home.store().await;
    let queued = queue(&store, 1).await;
    leased(&store, 5).await;
    store.retry(queued[0], "a", &Failed { at: at(6), reason: "refused" }, at(7), None).await.unwrap();
    leased(&store, 7).await;
    assert_eq!(store.sent(queued[0], at(8)).await.unwrap(), Recorded::Done);
    assert!(store.receivers().await.unwrap().is_empty());
}

#[tokio::test]
async fn messages_can_be_handed_to_another_receiver() {
    let home = Home::new();
    let store = home.store().await;
    let queued = queue(&store, 2).await;
    leased(&store, 5).await;
    store.sent(queued[0], at(6)).await.unwrap();
    let [(channel, group, recipient)] = store.awaited().await.unwrap().try_into().unwrap();
    assert_eq!((channel.as_str(), recipient.as_str()), ("email", WHO));
    assert!(store.was_written_to("email", &group, WHO).await.unwrap());
    assert!(!store.was_written_to("email", &group, "new@example.org").await.unwrap());
    assert_eq!(store.redirect("email", &group, WHO, "new@example.org", at(9)).await.unwrap(), 1);
    let leased = store.lease("email", at(9), "a", at(30), 10).await.unwrap();
    assert_eq!((leased[0].id, leased[0].recipient.as_str()), (queued[1], "new@example.org"));
}

#[tokio::test]
async fn what_was_given_up_is_no_outage_of_the_next_message() {
    let home = Home::new();
    let store = home.store().await;
    let queued = queue(&store, 2).await;
    for (nth, known) in [(0, 1), (1, 0)] {
        leased(&store, 5).await;
        store.retry(queued[nth], "a", &Failed { at: at(6), reason: "refused" }, at(7), None).await.unwrap();
        leased(&store, 7).await;
        assert!(store.dead(queued[nth], "a", at(8), "given up").await.unwrap());
        // The second message still waits when the first is given up.
        assert_eq!(store.receivers().await.unwrap().len(), known);
    }
}
