//! Half a year of deliveries that come late, are held back, or do not come, in virtual time. Every date is worked by hand
//! with the wall calendar: the 15th working day after a month's end, bank holidays of England left out.

use std::{
    collections::BTreeSet,
    fs,
    sync::{Arc, Mutex},
};

use jiff::Timestamp;

use super::{Desk, activity};
use crate::{
    app::{App, arrivals, clock::Clock, home, home::Home},
    config::Config,
    model::{AlertState, Content, DueState, LATE_DELIVERY, NoticeId},
};

const LES: &str = "config/datasets/les-activity.yaml";
const DUE: &str = "due:\n  every: month\n  within: 15 working days\n  from: 2025-09\n  owner: medicines-safety\n";

struct Year {
    desk: Desk,
    now: Arc<Mutex<Timestamp>>,
    told: BTreeSet<NoticeId>,
    files: u32,
}

impl Year {
    /// A home at work in which the activity is due as `due` says.
    async fn beginning(moment: &str, due: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path()).expect("a home");
        home::init(&home).expect("the shipped configuration");
        let now = Arc::new(Mutex::new(moment.parse().expect("a time")));
        let app = app(&home, due, &now).await;
        Self { desk: Desk { folder, app }, now, told: BTreeSet::new(), files: 0 }
    }

    /// The process ends and another begins, perhaps with another `due:`.
    async fn restart(&mut self, due: &str) {
        let home = self.desk.app.home.clone();
        self.desk.app.store.close().await;
        self.desk.app = app(&home, due, &self.now).await;
    }

    fn set(&self, moment: &str) {
        *self.now.lock().expect("not poisoned") = moment.parse().expect("a time");
    }

    /// A moment at which the schedule looks; what is said at it, by group.
    async fn at(&mut self, moment: &str) -> Vec<String> {
        self.set(moment);
        arrivals::evaluate(&self.desk.app).await.expect("evaluated");
        self.said().await
    }

    /// When the schedule would look next.
    async fn next(&mut self) -> String {
        arrivals::evaluate(&self.desk.app).await.expect("evaluated").expect("a moment").to_string()
    }

    /// A file of one month comes; what is said of lateness then.
    async fn file(&mut self, moment: &str, content: &str) -> Vec<String> {
        self.set(moment);
        self.files += 1;
        self.desk.handle(&format!("les-activity-{}.csv", self.files), content).await;
        arrivals::evaluate(&self.desk.app).await.expect("evaluated");
        self.said().await
    }

    /// What was said of lateness since the last look: `group section [critical]: message`.
    async fn said(&mut self) -> Vec<String> {
        let mut notices = self.desk.app.store.notices(None).await.expect("listed");
        notices.reverse();
        // By their ids: a clock that is set back puts a later notice before an earlier one.
        notices.retain(|kept| self.told.insert(kept.notice.id));
        let mut said = Vec::new();
        for kept in notices {
            let Content::Exceptions(notice) = kept.notice.content else { continue };
            for (section, lines) in [
                ("new", notice.new),
                ("worsened", notice.worsened),
                ("continuing", notice.continuing),
                ("amended", notice.amended),
                ("withdrawn", notice.withdrawn),
                ("resolved", notice.resolved),
            ] {
                for line in lines.iter().filter(|line| line.rule == LATE_DELIVERY) {
                    let severity = if line.severity.code() == "critical" { " critical" } else { "" };
                    said.push(format!("{} {section}{severity}: {}", kept.notice.group, line.message));
                }
            }
        }
        said
    }

    /// What the last report to a group could not assure.
    async fn not_assured(&self) -> Vec<String> {
        let notices = self.desk.app.store.notices(None).await.expect("listed");
        let reports = notices.into_iter().filter_map(|kept| match kept.notice.content {
            Content::Exceptions(report) if report.delivery.is_some() => Some(report),
            _ => None,
        });
        let last = reports.into_iter().next().expect("a report");
        last.not_assured
            .iter()
            .map(|line| format!("{} of {} due {}: {}", line.measures.join(" "), line.period, line.due, line.reason))
            .collect()
    }
}

async fn app(home: &Home, due: &str, now: &Arc<Mutex<Timestamp>>) -> App {
    let file = home.root().join(LES);
    let text = fs::read_to_string(&file).expect("there");
    let without = text.split("\ndue:").next().expect("a beginning");
    fs::write(file, format!("{without}\n{due}")).expect("written");
    let config = Config::load(home.root()).unwrap_or_else(|problems| panic!("{problems}"));
    let now = Arc::clone(now);
    let clock = Clock::of(move || *now.lock().expect("not poisoned"));
    App::open_at(home.clone(), config, clock).await.expect("a home at work")
}

/// A month as it is delivered; 2026 begins with month 13.
fn month(number: u8, delivered: u32) -> String {
    let (year, number) = (2025 + u16::from((number - 1) / 12), (number - 1) % 12 + 1);
    activity(&[(number, delivered)]).replace("2025-", &format!("{year}-"))
}

/// What both the owner and the group of the route are told.
fn both(text: &str) -> [String; 2] {
    let (section, message) = text.split_once(": ").expect("a section");
    ["medicines-safety", "primary-care-medical-services"]
        .map(|group| format!("{group} {section}: Local Enhanced Services activity: {message}"))
}

const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn half_a_year_told_as_it_happened() {
    let mut year = Year::beginning("2025-10-01T10:00:00Z", DUE).await;
    assert_eq!(year.at("2025-10-01T10:00:00Z").await, NOTHING);
    // 1–3, 6–10, 13–17, 20 and 21 October; summer time.
    assert_eq!(year.next().await, "2025-10-22T08:00:00Z");
    assert_eq!(year.file("2025-10-20T10:00:00Z", &month(9, 90)).await, NOTHING);

    // October is due on Friday 21 November: three full weeks.
    assert_eq!(year.at("2025-11-22T08:59:59Z").await, NOTHING);
    assert_eq!(year.next().await, "2025-11-22T09:00:00Z");
    let late = both("new: October 2025 has not arrived; it was due on 21 November 2025");
    assert_eq!(year.at("2025-11-22T09:00:00Z").await, late);
    assert_eq!(year.at("2025-11-22T21:00:00Z").await, NOTHING, "once");
    year.restart(DUE).await;
    assert_eq!(year.at("2025-11-22T08:50:00Z").await, NOTHING, "a clock that is set back a little takes nothing back");
    // A file without the plan is held back.
    let held = month(10, 80).replace(",100,", ",,");
    assert_eq!(
        year.file("2025-11-24T11:00:00Z", &held).await,
        both(
            "amended: October 2025 was due on 21 November 2025; it arrived on 24 November 2025 and was held back: 1 error"
        )
    );
    // So is one without a row, of which nobody knows the month.
    let header = month(10, 80).lines().next().expect("a header").to_owned();
    assert_eq!(
        year.file("2025-11-25T11:00:00Z", &header).await,
        both(
            "amended: October 2025 was due on 21 November 2025; it may have arrived on 25 November 2025: a file whose \
             period could not be read was held back, with 1 error"
        )
    );
    assert_eq!(
        year.file("2025-11-26T11:00:00Z", &month(10, 80)).await,
        both("resolved: October 2025 arrived on 26 November 2025; it was due on 21 November 2025")
    );

    // November is due on 19 December; it is declared not to be produced after it was missed.
    let late = both("new: November 2025 has not arrived; it was due on 19 December 2025");
    assert_eq!(year.at("2025-12-20T09:00:00Z").await, late);
    let due = format!("{DUE}  skip: {{ 2025-11: most measures were left out }}\n");
    year.restart(&due).await;
    assert_eq!(
        year.at("2026-01-05T09:00:00Z").await,
        both("resolved: November 2025 is not to be produced: most measures were left out")
    );

    // December: the 1st of January is a holiday, so that the 22nd is the last day; the evening is in time.
    assert_eq!(year.file("2026-01-22T23:30:00Z", &month(12, 90)).await, NOTHING);
    assert_eq!(year.at("2026-01-23T09:00:00Z").await, NOTHING);

    // January does not come, and when February is late too it is missing.
    let late = both("new: January 2026 has not arrived; it was due on 20 February 2026");
    assert_eq!(year.at("2026-02-21T09:00:00Z").await, late);
    assert_eq!(
        year.at("2026-03-21T09:00:00Z").await,
        both(
            "worsened critical: 2 months are outstanding (1 missing): January 2026, February 2026; the first was due on \
             20 February 2026"
        )
    );
    assert_eq!(
        year.file("2026-03-25T12:00:00Z", &month(14, 90)).await,
        both(
            "amended critical: January 2026 is missing; it was due on 20 February 2026 and had not arrived by 21 March 2026"
        )
    );

    // March: Good Friday and Easter Monday make the 23rd of April the last day. Its report says what is lacking.
    assert_eq!(year.file("2026-04-23T20:00:00Z", &month(15, 40)).await, NOTHING);
    assert_eq!(year.not_assured().await, ["activity of 2026-01 due 2026-02-20: not arrived"]);
    year.restart(&due).await;
    assert_eq!(year.at("2026-04-24T08:00:00Z").await, NOTHING);
    assert_eq!(
        year.file("2026-05-01T08:00:00Z", &month(13, 90)).await,
        both("resolved critical: January 2026 arrived on 1 May 2026; it was due on 20 February 2026")
    );
    assert_eq!(year.file("2026-05-02T08:00:00Z", &month(13, 45)).await, NOTHING, "a restatement is no late delivery");

    // Nobody is there for a year: one notice to each group says it all. April 2027 was due on 24 May.
    assert_eq!(
        year.at("2027-06-01T12:00:00Z").await,
        both(
            "new critical: 13 months are outstanding (12 missing): all from April 2026 to April 2027; the first was due \
             on 22 May 2026"
        )
    );
    assert_eq!(year.at("2027-06-02T12:00:00Z").await, NOTHING);
    // May 2027 ends on a bank holiday: 1–4, 7–11, 14–18 and 21 June.
    assert_eq!(year.next().await, "2027-06-22T08:00:00Z");

    let steps: Vec<String> = {
        let alerts = year.desk.app.store.alerts(None).await.expect("listed");
        let alert = alerts.into_iter().find(|alert| alert.rule == LATE_DELIVERY).expect("an alert");
        assert_eq!((alert.state, alert.since.to_string()), (AlertState::Firing, "2026-04".to_owned()));
        let steps = year.desk.app.store.transitions(&alert.id).await.expect("listed");
        steps.iter().map(|step| format!("{} {}", step.transition.kind.code(), step.transition.since)).collect()
    };
    assert_eq!(
        steps,
        [
            "firing 2025-10",
            "amended 2025-10",
            "amended 2025-10",
            "resolved 2025-10",
            "firing 2025-11",
            "resolved 2025-11",
            "firing 2026-01",
            "worsened 2026-01",
            "amended 2026-01",
            "resolved 2026-01",
            "firing 2026-04",
        ]
    );
}

#[tokio::test]
async fn without_a_first_period_nothing_is_late_that_was_due_before_the_first_delivery() {
    let due = DUE.replace("  from: 2025-09\n", "");
    let mut year = Year::beginning("2026-03-02T09:00:00Z", &due).await;
    assert_eq!(year.at("2026-03-02T09:00:00Z").await, NOTHING, "a dataset that never had a delivery");
    // A history with a gap: January is missing from it, and was due on 20 February.
    let history = activity(&[(9, 90), (10, 90), (11, 90), (12, 90)]);
    assert_eq!(year.file("2026-03-02T10:00:00Z", &history).await, NOTHING);
    let standings = arrivals::standings(&year.desk.app.store, &year.desk.app.config(), year.desk.app.now()).await;
    let standings = standings.expect("read");
    let states: Vec<String> = standings
        .iter()
        .filter(|standing| standing.dataset.id == "les-activity")
        .flat_map(|standing| standing.expected.iter().map(|one| format!("{} {}", one.period, one.state)))
        .collect();
    assert_eq!(
        states,
        ["2025-09 arrived", "2025-10 arrived", "2025-11 arrived", "2025-12 arrived", "2026-02 due", "2026-03 expected"]
    );
    let late = both("new: February 2026 has not arrived; it was due on 20 March 2026");
    assert_eq!(year.at("2026-03-21T09:00:00Z").await, late);
}

#[tokio::test]
async fn a_clock_that_was_wrong_by_years_is_taken_back_and_a_history_that_comes_late_is_not_told() {
    let mut year = Year::beginning("2025-10-20T10:00:00Z", DUE).await;
    assert_eq!(year.file("2025-10-20T10:00:00Z", &month(9, 90)).await, NOTHING);
    assert_eq!(year.at("2035-01-01T00:00:00Z").await.len(), 2);
    let taken_back = year.at("2025-10-20T10:05:00Z").await;
    assert_eq!(taken_back.len(), 2, "{taken_back:?}");
    assert!(taken_back.iter().all(|said| said.contains(" withdrawn critical: ")), "{taken_back:?}");
    assert_eq!(year.at("9999-12-01T00:00:00Z").await, NOTHING, "no period has such a day");
    // Four months at once, each late, none of them said before: there is nothing to be said of them now.
    let history = activity(&[(10, 90), (11, 90), (12, 90)]);
    assert_eq!(year.file("2026-02-03T10:00:00Z", &history).await, NOTHING);
    let standings = arrivals::standings(&year.desk.app.store, &year.desk.app.config(), year.desk.app.now()).await;
    let late = standings.expect("read").into_iter().flat_map(|standing| standing.expected);
    assert_eq!(late.filter(|one| one.state == DueState::ArrivedLate).count(), 3);
}

#[tokio::test]
async fn a_report_names_what_other_datasets_of_its_group_lack() {
    let mut year = Year::beginning("2025-10-20T10:00:00Z", DUE).await;
    // The bands are watched by the same group, and expected by the 20th of the next month.
    let groups = year.desk.folder.path().join("config/groups.yaml");
    let text = fs::read_to_string(&groups).expect("there");
    let text = text.replace("to: [neighbourhood-care]", "to: [primary-care-medical-services]");
    fs::write(groups, text).expect("written");
    let bands = year.desk.folder.path().join("config/datasets/hha-achievement-bands.yaml");
    let text = fs::read_to_string(&bands).expect("there");
    let due = "due: { every: month, within: { day: 20, of: next month }, from: 2025-09 }\n";
    fs::write(bands, format!("{text}\n{due}")).expect("written");
    year.restart(DUE).await;

    year.file("2025-10-20T12:00:00Z", &month(9, 40)).await;
    assert_eq!(year.not_assured().await, NOTHING, "it is not late yet");
    year.file("2025-11-21T12:00:00Z", &month(10, 45)).await;
    assert_eq!(
        year.not_assured().await,
        [
            "low_achievers of 2025-09 due 2025-10-20: not arrived",
            "low_achievers of 2025-10 due 2025-11-20: not arrived",
        ]
    );
    let mail = year.desk.app.store.notices(None).await.expect("listed");
    let report = mail.iter().find(|kept| kept.notice.group == "primary-care-medical-services").expect("told");
    let rendered = crate::reports::render(&report.notice).expect("rendered");
    let line = "September 2025 and October 2025, the first due 20 October 2025, not";
    assert!(rendered.html.contains(line), "{}", rendered.html);
    assert!(rendered.text.contains("Could not be assured"), "{}", rendered.text);
    assert_eq!(rendered.json["data"]["not_assured"][0]["state"], "missing");
    assert_eq!(rendered.json["data"]["not_assured"][0]["due"], "2025-10-20");
}

#[tokio::test]
async fn what_becomes_late_of_several_datasets_at_once_is_one_notice_to_each_group() {
    let due = DUE.replace("  owner: medicines-safety\n", "");
    let year = Year::beginning("2025-10-01T10:00:00Z", &due).await;
    let bands = year.desk.folder.path().join("config/datasets/hha-achievement-bands.yaml");
    let text = fs::read_to_string(&bands).expect("there");
    fs::write(bands, format!("{text}\ndue: {{ every: month, within: 21 days, from: 2025-09 }}\n")).expect("written");
    // A route may name the program's own rule.
    let groups = year.desk.folder.path().join("config/groups.yaml");
    let text = fs::read_to_string(&groups).expect("there");
    let branch = "  routes:\n    - match: { rule: late-delivery, severity: critical }\n      to: [quality-outcomes]\n";
    fs::write(groups, text.replacen("  routes:\n", branch, 1)).expect("written");
    let mut year = year;
    year.restart(&due).await;

    // Both are due on 21 October.
    let said = year.at("2025-10-22T08:00:00Z").await;
    let team: Vec<&String> = said.iter().filter(|line| line.starts_with("performance-team new: ")).collect();
    assert_eq!((said.len(), team.len()), (3, 2), "{said:?}");
    let notices = year.desk.app.store.notices(None).await.expect("listed");
    let of_team: Vec<&str> = notices
        .iter()
        .filter(|kept| kept.notice.group == "performance-team")
        .map(|kept| kept.subject.as_str())
        .collect();
    assert_eq!(of_team, ["Late deliveries: 2 new alerts – Expected deliveries"]);
    // A month later both are missing: those who hear of what is critical hear of it as well as the owners.
    let said = year.at("2025-11-22T09:00:00Z").await;
    let critical = said.iter().filter(|line| line.starts_with("quality-outcomes worsened critical: ")).count();
    assert_eq!(critical, 2, "{said:?}");
}
