//! Alerts that nobody looks after, through the look of the daemon in virtual time. Every day is worked by hand with the wall
//! calendar of the end of 2025.

use std::{
    collections::BTreeSet,
    fs,
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use uuid::Uuid;

use super::{Desk, activity};
use crate::{
    app::{
        App,
        clock::Clock,
        home,
        home::Home,
        silences::{self, SilenceAsked, SilenceRequest},
        waiting,
    },
    config::Config,
    model::{Act, ActId, ActKind, Alert, Content, NoticeId, SilenceId, StepTaken},
    store::{Commit, KeptNotice, OutboxFilter},
};

pub(super) const RULE: &str = "les-below-60-percent-of-plan";
const POLICY: &str = "escalation_policies:
  - name: standard
    steps:
      - { after: 5 working days, to: { role: chair } }
      - { after: 10 working days, to: { group: parent } }
      - { after: 3 periods, to: { group: parent, role: secretary } }
    repeat: { every: 1 period }
  - name: committee
    steps: [{ after: 10 working days, to: { role: chair } }]
";

pub(super) struct Autumn {
    pub(super) desk: Desk,
    now: Arc<Mutex<Timestamp>>,
    told: BTreeSet<NoticeId>,
    files: u32,
}

impl Autumn {
    pub(super) async fn beginning(moment: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path()).expect("a home");
        home::init(&home).expect("the shipped configuration");
        // What is late is told elsewhere.
        let dataset = folder.path().join("config/datasets/les-activity.yaml");
        let text = fs::read_to_string(&dataset).expect("there");
        fs::write(dataset, text.split("\ndue:").next().expect("a beginning")).expect("written");
        let groups = folder.path().join("config/groups.yaml");
        let text = fs::read_to_string(&groups).expect("there");
        let (before, rest) = text.split_once("escalation_policies:").expect("policies");
        let (_, after) = rest.split_once("\n\n").expect("an end");
        fs::write(groups, format!("{before}{POLICY}\n{after}")).expect("written");
        let now = Arc::new(Mutex::new(moment.parse().expect("a time")));
        let app = app(&home, &now).await;
        Self { desk: Desk { folder, app }, now, told: BTreeSet::new(), files: 0 }
    }

    /// The process ends and another begins.
    pub(super) async fn restart(&mut self) {
        let home = self.desk.app.home.clone();
        self.desk.app.store.close().await;
        self.desk.app = app(&home, &self.now).await;
    }

    pub(super) fn set(&self, moment: &str) {
        *self.now.lock().expect("not poisoned") = moment.parse().expect("a time");
    }

    /// Delivered activity of one contract against a plan of 100.
    pub(super) async fn file(&mut self, moment: &str, month: u8, delivered: u32) {
        self.set(moment);
        self.files += 1;
        let name = format!("les-activity-{}.csv", self.files);
        self.desk.handle(&name, &activity(&[(month, delivered)])).await;
    }

    /// A look at a moment; the escalations said at it: `to whom by which address: subject`.
    pub(super) async fn at(&mut self, moment: &str) -> Vec<String> {
        self.set(moment);
        waiting::look(&self.desk.app).await.expect("looked");
        self.said().await
    }

    pub(super) async fn next(&self) -> String {
        let next = waiting::look(&self.desk.app).await.expect("looked");
        next.map_or("never".to_owned(), |at| at.to_string())
    }

    /// Those that were not looked at yet, oldest first.
    pub(super) async fn new_notices(&mut self) -> Vec<KeptNotice> {
        let mut notices = self.desk.app.store.notices(None).await.expect("listed");
        notices.reverse();
        notices.retain(|kept| self.told.insert(kept.notice.id));
        notices
    }

    async fn said(&mut self) -> Vec<String> {
        let notices = self.new_notices().await;
        let mut said = Vec::new();
        for kept in notices.iter().filter(|kept| matches!(kept.notice.content, Content::Escalation(_))) {
            let filter = OutboxFilter { notice: Some(kept.notice.id), ..OutboxFilter::default() };
            let messages = self.desk.app.store.outbox(&filter).await.expect("listed");
            let mut to: Vec<String> = messages.into_iter().map(|message| message.recipient).collect();
            to.sort();
            said.push(format!("{}: {}", to.join(" "), kept.subject));
        }
        said
    }

    async fn alert(&self) -> Alert {
        let firing = self.desk.firing().await;
        firing.into_iter().find(|alert| alert.rule == RULE).expect("it fires")
    }

    async fn act(&self, moment: &str, kind: ActKind) {
        self.set(moment);
        let alert = self.alert().await;
        let mut commit = Commit::at(self.desk.app.now());
        commit.acts.push(Act {
            id: ActId(Uuid::now_v7()),
            alert: alert.id,
            since: alert.since,
            period: alert.reading.period,
            kind,
            by: "Jo Bell".to_owned(),
            at: commit.recorded,
            comment: String::new(),
            assignee: None,
            review: None,
            through: None,
        });
        self.desk.app.store.commit(&commit).await.expect("kept");
    }

    async fn steps(&self) -> Vec<StepTaken> {
        self.desk.app.store.steps_taken(Some(&self.alert().await.id)).await.expect("listed")
    }
}

async fn app(home: &Home, now: &Arc<Mutex<Timestamp>>) -> App {
    let config = Config::load(home.root()).unwrap_or_else(|problems| panic!("{problems}"));
    let now = Arc::clone(now);
    let clock = Clock::of(move || *now.lock().expect("not poisoned"));
    App::open_at(home.clone(), config, clock).await.expect("a home at work")
}

const NOTHING: [&str; 0] = [];
const CHAIR: &str = "pcms-chair@example.org: Escalated: Dementia · cost-and-volume: ";
const PARENT: &str = "contracts-committee@example.org: Escalated: Dementia · cost-and-volume: ";

#[tokio::test]
async fn it_goes_to_the_chair_then_to_the_committee_and_ends_with_an_acknowledgement() {
    let mut autumn = Autumn::beginning("2025-12-11T14:00:00Z").await;
    autumn.file("2025-12-11T14:00:00Z", 10, 50).await;
    assert_eq!(autumn.at("2025-12-11T14:00:01Z").await, NOTHING);
    // 12, 15–18 December.
    assert_eq!(autumn.next().await, "2025-12-18T09:00:00Z");
    let said = autumn.at("2025-12-18T09:00:00Z").await;
    assert!(said.len() == 1 && said[0].starts_with(CHAIR), "{said:?}");
    assert!(said[0].contains(" – Primary Care Medical Serv"), "{said:?}");
    autumn.restart().await;
    assert_eq!(autumn.at("2025-12-18T09:00:00Z").await, NOTHING, "a restart doubles nothing");
    // 19, 22–24 and 29 December. The group itself has a copy.
    assert_eq!(autumn.next().await, "2025-12-29T09:00:00Z");
    let said = autumn.at("2025-12-29T09:00:00Z").await;
    assert!(said.len() == 2 && said[0].starts_with(PARENT), "{said:?}");
    let copy = "pcms-chair@example.org pcms-secretary@example.org: Escalated to Primary Care Contracts Sub Committee: ";
    assert!(said[1].starts_with(copy), "{said:?}");

    autumn.act("2025-12-30T10:00:00Z", ActKind::Acknowledged).await;
    autumn.file("2025-12-31T10:00:00Z", 11, 50).await;
    autumn.file("2026-01-20T10:00:00Z", 12, 50).await;
    assert_eq!(autumn.at("2026-02-20T10:00:00Z").await, NOTHING);
    let steps: Vec<String> =
        autumn.steps().await.iter().map(|step| format!("{} {} {}", step.step, step.to, step.why)).collect();
    assert_eq!(
        steps,
        [
            "1 primary-care-medical-services, chair not acknowledged for 5 working days",
            "2 primary-care-contracts not acknowledged for 10 working days"
        ]
    );
    // The acknowledgement lapses on Friday 20 February 2026: it begins anew.
    autumn.act("2026-02-20T11:00:00Z", ActKind::Lapsed).await;
    assert_eq!(autumn.next().await, "2026-02-27T09:00:00Z");
    let said = autumn.at("2026-02-27T09:00:00Z").await;
    assert!(said.len() == 1 && said[0].starts_with(CHAIR), "{said:?}");
}

#[tokio::test]
async fn a_message_says_what_since_when_and_what_comes_next() {
    let mut autumn = Autumn::beginning("2025-11-20T10:00:00Z").await;
    autumn.file("2025-11-20T10:00:00Z", 10, 50).await;
    autumn.at("2025-11-27T09:00:00Z").await;
    autumn.at("2025-12-04T09:00:00Z").await;
    let notices = autumn.desk.app.store.notices(None).await.expect("listed");
    let of = |group: &str| {
        let mut found = notices.iter().filter(|kept| kept.notice.group == group);
        let kept = found.find(|kept| matches!(kept.notice.content, Content::Escalation(_))).expect("a notice");
        crate::reports::render(&kept.notice).expect("rendered")
    };
    let committee = of("primary-care-contracts");
    for text in [
        "1 alert of Primary Care Medical Services Group that nobody looks after is\nescalated to you.",
        "Primary Care Medical Services Group was told on 20 November 2025.",
        "further because: not acknowledged for 10 working days.",
        "Already taken to Primary Care Medical Services Group (chair) on 27\n  November 2025.",
    ] {
        assert!(committee.text.contains(text), "{text:?} in\n{}", committee.text);
    }
    assert!(
        committee.html.contains("50 in October 2025") || committee.html.contains("50.0% of plan"),
        "{}",
        committee.html
    );
    let json = &committee.json;
    assert_eq!(json["type"], "bellwether.escalation");
    let case = &json["data"]["alerts"][0];
    assert_eq!(
        (case["rule"].as_str(), case["why"].as_str()),
        (Some(RULE), Some("not acknowledged for 10 working days"))
    );
    assert_eq!(case["earlier"][0]["at"], "2025-11-27T09:00:00Z");
    let copy = of("primary-care-medical-services");
    assert!(copy.text.contains("went to Primary Care Contracts Sub\nCommittee."), "{}", copy.text);
}

#[tokio::test]
async fn a_clock_that_jumps_a_month_takes_one_step_at_once() {
    let mut autumn = Autumn::beginning("2025-11-20T10:00:00Z").await;
    autumn.file("2025-11-20T10:00:00Z", 10, 50).await;
    assert_eq!(autumn.at("2025-12-22T10:00:00Z").await.len(), 1);
    assert_eq!(autumn.at("2025-12-22T10:00:00Z").await, NOTHING);
    // It is set back, and the daemon begins again.
    autumn.restart().await;
    assert_eq!(autumn.at("2025-11-20T11:00:00Z").await, NOTHING);
    // 23, 24, 29, 30 and 31 December.
    assert_eq!(autumn.next().await, "2025-12-31T09:00:00Z");
    assert_eq!(autumn.at("2025-12-31T09:00:00Z").await.len(), 2);
}

#[tokio::test]
async fn it_goes_on_in_periods_until_it_is_resolved() {
    let mut autumn = Autumn::beginning("2025-11-20T10:00:00Z").await;
    autumn.file("2025-11-20T10:00:00Z", 8, 50).await;
    autumn.at("2025-11-27T09:00:00Z").await;
    autumn.at("2025-12-04T09:00:00Z").await;
    autumn.file("2025-12-10T10:00:00Z", 9, 50).await;
    assert_eq!(autumn.at("2025-12-10T10:00:00Z").await, NOTHING, "two periods");
    autumn.file("2025-12-10T11:00:00Z", 10, 50).await;
    let said = autumn.at("2025-12-10T11:00:00Z").await;
    assert!(said.len() == 2 && said[0].starts_with("contracts-secretary@example.org: "), "{said:?}");
    autumn.file("2025-12-11T11:00:00Z", 11, 50).await;
    assert_eq!(autumn.at("2025-12-11T11:00:00Z").await.len(), 2, "again, a period later");
    autumn.file("2025-12-12T11:00:00Z", 12, 90).await;
    assert_eq!(autumn.at("2026-02-11T11:00:00Z").await, NOTHING, "it is over");
}

#[tokio::test]
async fn a_silence_stops_the_clock() {
    let mut autumn = Autumn::beginning("2025-11-20T10:00:00Z").await;
    autumn.file("2025-11-20T10:00:00Z", 10, 50).await;
    let request = SilenceRequest {
        matchers: vec![format!("rule={RULE}")],
        starts: None,
        ends: "2025-12-01T12:00:00Z".parse().expect("a time"),
        author: "Jo Bell".to_owned(),
        comment: "moving house".to_owned(),
    };
    let silence = silences::carry_out(&autumn.desk.app, &SilenceAsked::Add(request)).await.expect("granted");
    assert_ne!(silence.id, SilenceId(Uuid::nil()));
    assert_eq!(autumn.at("2025-11-27T09:00:00Z").await, NOTHING);
    // Over on Monday 1 December: 2–5 and 8 December.
    assert_eq!(autumn.at("2025-12-01T12:00:01Z").await, NOTHING);
    assert_eq!(autumn.next().await, "2025-12-08T09:00:00Z");
    assert_eq!(autumn.at("2025-12-08T09:00:00Z").await.len(), 1);
}

#[tokio::test]
async fn late_figures_that_move_the_beginning_of_a_stretch_begin_nothing_anew() {
    let mut autumn = Autumn::beginning("2025-11-20T10:00:00Z").await;
    autumn.file("2025-11-20T10:00:00Z", 10, 50).await;
    assert_eq!(autumn.at("2025-11-27T09:00:00Z").await.len(), 1);
    autumn.file("2025-11-27T10:00:00Z", 9, 40).await;
    assert_eq!(autumn.alert().await.since.to_string(), "2025-09");
    assert_eq!(autumn.at("2025-11-28T09:00:00Z").await, NOTHING);
    assert_eq!(autumn.next().await, "2025-12-04T09:00:00Z");
}
