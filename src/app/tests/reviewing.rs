//! Review dates in virtual time.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use uuid::Uuid;

use super::{Desk, activity};
use crate::{
    app::{
        App,
        acts::{self, ActRequest},
        clock::Clock,
        home,
        home::Home,
        requests::{self, Answer, Request},
        silences::{SilenceAsked, SilenceRequest},
        waiting,
    },
    config::Config,
    model::{ActKind, Content, Exceptions},
};

struct Watched {
    desk: Desk,
    now: Arc<Mutex<Timestamp>>,
}

async fn open(home: &Home, now: &Arc<Mutex<Timestamp>>) -> App {
    let (config, now) = (Config::load(home.root()).expect("it is valid"), Arc::clone(now));
    App::open_at(home.clone(), config, Clock::of(move || *now.lock().expect("not poisoned"))).await.expect("at work")
}

impl Watched {
    /// October's figure fires.
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path()).expect("a home");
        home::init(&home).expect("the shipped configuration");
        let file = home.root().join("config/datasets/les-activity.yaml");
        let text = fs::read_to_string(&file).expect("there");
        // Nothing is late here, and nothing is taken further.
        fs::write(file, text.split("\ndue:").next().expect("a beginning")).expect("written");
        let groups = home.root().join("config/groups.yaml");
        let text = fs::read_to_string(&groups).expect("there").replace("      escalation: standard\n", "");
        fs::write(groups, text).expect("written");
        let now = Arc::new(Mutex::new("2025-11-20T12:00:00Z".parse().expect("a time")));
        let app = open(&home, &now).await;
        let watched = Self { desk: Desk { folder, app }, now };
        watched.desk.handle("les-activity-2025-10.csv", &activity(&[(9, 90), (10, 50)])).await;
        watched
    }

    async fn restart(&mut self) {
        let home = self.desk.app.home.clone();
        self.desk.app.store.close().await;
        self.desk.app = open(&home, &self.now).await;
    }

    /// What time asks for at a moment; when it asks again.
    async fn at(&self, moment: &str) -> Option<String> {
        *self.now.lock().expect("not poisoned") = moment.parse().expect("a time");
        waiting::look(&self.desk.app).await.expect("looked").map(|next| next.to_string())
    }

    /// What was said since so many notices, of reviews.
    async fn said(&self, since: usize) -> Vec<(String, Exceptions)> {
        let notices = self.desk.app.store.notices(None).await.expect("listed");
        let new = notices.len() - since;
        let new = notices.into_iter().take(new).map(|kept| (kept.subject, kept.notice.content));
        new.filter_map(|(subject, content)| match content {
            Content::Exceptions(exceptions) => Some((subject, exceptions)),
            _ => None,
        })
        .collect()
    }

    async fn notices(&self) -> usize {
        self.desk.app.store.notices(None).await.expect("listed").len()
    }
}

fn request(id: u128, kind: ActKind, review: Option<&str>) -> ActRequest {
    ActRequest {
        id: Uuid::from_u128(id),
        alerts: vec!["contract=Dementia".to_owned(), "rule=les-below-60-percent-of-plan".to_owned()],
        kind,
        by: "Jo Bell".to_owned(),
        comment: "a locum starts".to_owned(),
        assignee: None,
        review: review.map(|day| day.parse().expect("a day")),
        through: None,
    }
}

#[tokio::test]
async fn on_the_morning_after_its_review_date_an_alert_is_said_again_once() {
    let mut watched = Watched::new().await;
    acts::carry_out(&watched.desk.app, &request(1, ActKind::Acknowledged, Some("2026-01-31"))).await.expect("done");
    let before = watched.notices().await;
    assert_eq!(watched.at("2025-11-20T12:01:00Z").await.as_deref(), Some("2026-02-01T09:00:00Z"));
    watched.restart().await;
    assert_eq!(watched.at("2026-02-01T08:59:59Z").await.as_deref(), Some("2026-02-01T09:00:00Z"));
    assert_eq!(watched.said(before).await, []);

    // However late it is looked at.
    watched.at("2026-02-20T00:00:00Z").await;
    let said = watched.said(before).await;
    let [(subject, notice)] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!(subject, "October 2025, to be looked at again: 1 alert continuing – Local Enhanced Services activity");
    assert_eq!(notice.continuing.len(), 1);
    let line = &notice.continuing[0];
    assert_eq!((line.value.get(), line.plan.get(), line.trail.len()), (Some(50.0), Some(100.0), 2));
    assert_eq!(
        line.handling.words(),
        "acknowledged by Jo Bell on 20 November 2025, until its review date passed on 31 January 2026; Jo Bell: a \
         locum starts"
    );
    watched.restart().await;
    watched.at("2026-02-20T00:00:01Z").await;
    assert_eq!(watched.said(before).await.len(), 1, "once");
}

#[tokio::test]
async fn a_review_date_in_summer_passes_by_the_clocks_of_london_and_a_silence_holds() {
    let watched = Watched::new().await;
    acts::carry_out(&watched.desk.app, &request(1, ActKind::ReviewSet, Some("2026-06-30"))).await.expect("done");
    assert_eq!(watched.at("2025-11-20T12:01:00Z").await.as_deref(), Some("2026-07-01T08:00:00Z"));
    let silence = Request::Silence(SilenceAsked::Add(SilenceRequest {
        matchers: vec!["contract=Dementia".to_owned()],
        starts: None,
        ends: "2026-12-31T00:00:00Z".parse().expect("a time"),
        author: "Jo Bell".to_owned(),
        comment: "moving".to_owned(),
    }));
    assert!(matches!(requests::carry_out_one(&watched.desk.app, &silence).await, Answer::Done(_)));
    let before = watched.notices().await;
    watched.at("2026-07-01T08:00:00Z").await;
    assert_eq!(watched.said(before).await, []);
    let alert = watched.desk.firing().await.into_iter().find(|alert| alert.rule.contains("below")).expect("it fires");
    let acts = watched.desk.app.store.acts(&alert.id).await.expect("listed");
    let kinds: Vec<ActKind> = acts.iter().map(|act| act.kind).collect();
    assert_eq!(kinds, [ActKind::ReviewSet, ActKind::Lapsed]);
}

#[tokio::test]
async fn the_same_request_again_is_done_once() {
    let watched = Watched::new().await;
    for _ in 0..2 {
        let asked = Request::Act(request(7, ActKind::Acknowledged, None));
        let answer = requests::carry_out_one(&watched.desk.app, &asked).await;
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }
    let answer = requests::carry_out_one(&watched.desk.app, &Request::Act(request(8, ActKind::Lapsed, None))).await;
    assert!(matches!(answer, Answer::Refused(_)), "nobody asks for that");
    let alert = watched.desk.firing().await.into_iter().find(|alert| alert.rule.contains("below")).expect("it fires");
    assert_eq!(watched.desk.app.store.acts(&alert.id).await.expect("listed").len(), 1);
}
