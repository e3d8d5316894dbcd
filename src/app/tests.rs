//! Files through the cycle, where the disk says no in the middle of it.

use std::{fs, path::Path};

use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    intake::Claimed,
    model::{Alert, AlertState, Content, Delivery, DeliveryId, Verdict},
    store::DeliveryFilter,
};

use super::{App, cycle::cycle, daemon::Daemon, error::CycleError, home, home::Home, reconsider};

const OCTOBER: &str = include_str!("../../tests/data/les-activity/les-activity-2025-10.csv");
const NAME: &str = "les-activity-2025-10.csv";

mod changing;
mod damping;
mod digests;
mod escalation;
mod late;
mod literate;
mod reading;
mod reviewing;
mod summaries;

struct Desk {
    folder: tempfile::TempDir,
    app: App,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path()).expect("a home");
        home::init(&home).expect("the shipped configuration");
        let config = Config::load(home.root()).expect("it is valid");
        let app = App::open(home, config).await.expect("a home at work");
        Self { folder, app }
    }

    /// A file as the intake hands it over.
    fn claim(&self, name: &str, content: &str) -> Claimed {
        let id = DeliveryId::new();
        let path = self.app.home.claimed().join(id.to_string()).join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, content).expect("written");
        Claimed {
            id,
            original: self.folder.path().join("drop").join(name),
            file_name: name.to_owned(),
            size: content.len() as u64,
            received: self.app.now(),
            path,
        }
    }

    async fn handle(&self, name: &str, content: &str) -> Delivery {
        self.decide(&self.claim(name, content)).await.expect("handled")
    }

    /// Through the cycle with a file of one dataset.
    async fn decide(&self, claimed: &Claimed) -> Result<Delivery, CycleError> {
        let mut deliveries = cycle(&self.app, claimed, true).await?;
        assert_eq!(deliveries.len(), 1);
        Ok(deliveries.remove(0))
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(path)).ok()
    }

    /// The kinds of the notices so far and the groups they went to, oldest first.
    async fn told(&self) -> Vec<String> {
        let mut notices = self.app.store.notices(None).await.expect("the store answers");
        notices.reverse();
        notices
            .into_iter()
            .map(|kept| {
                let kind = match kept.notice.content {
                    Content::Exceptions(_) => "exceptions",
                    Content::Gate(_) => "gate",
                    Content::Operator(_) => "operator",
                    Content::Silence(_) => "silence",
                    Content::Escalation(_) => "escalation",
                    Content::ThreeAs(_) => "three_as",
                    Content::Digest(_) => "digest",
                };
                format!("{kind} to {}", kept.notice.group)
            })
            .collect()
    }

    async fn firing(&self) -> Vec<Alert> {
        let mut alerts = self.app.store.alerts(None).await.expect("the store answers");
        alerts.retain(|alert| alert.state == AlertState::Firing);
        alerts
    }
}

const PUBLISHED: &str = "published/les-activity/2025-10/les-activity-2025-10.csv";

#[tokio::test]
async fn a_file_that_could_not_be_moved_after_its_commit_is_not_taken_for_its_own_duplicate() {
    let desk = Desk::new().await;
    let claimed = desk.claim(NAME, OCTOBER);
    // Nothing can be placed where a file stands in the way of the folder.
    let published = desk.folder.path().join("published/les-activity");
    fs::write(&published, "in the way").expect("written");
    desk.decide(&claimed).await.expect_err("the file cannot be moved");
    let firing = desk.firing().await;
    assert!(!firing.is_empty(), "the decision stands");
    desk.decide(&claimed).await.expect_err("it still cannot");
    fs::remove_file(published).expect("out of the way");

    let delivery = desk.decide(&claimed).await.expect("moved now");
    assert_eq!(delivery.verdict, Verdict::Published);
    assert_eq!(desk.read(PUBLISHED).as_deref(), Some(OCTOBER));
    assert_eq!(desk.firing().await, firing);
    assert_eq!(desk.app.store.deliveries(&DeliveryFilter::default()).await.expect("listed").len(), 1);
    assert!(!claimed.path.exists());
    assert_eq!(desk.app.store.pending_placements().await.expect("listed"), []);
}

#[tokio::test]
async fn a_later_revision_does_not_overtake_one_that_is_not_in_its_place_yet() {
    let desk = Desk::new().await;
    let (first, second) = (desk.claim(NAME, OCTOBER), desk.claim(NAME, &format!("{OCTOBER}\n")));
    let published = desk.folder.path().join("published/les-activity");
    fs::write(&published, "in the way").expect("written");
    desk.decide(&first).await.expect_err("cannot be moved");
    fs::remove_file(published).expect("out of the way");
    let error = desk.decide(&second).await.expect_err("the first is not there yet");
    assert!(error.to_string().contains("waits for an earlier delivery"), "{error}");
    desk.decide(&first).await.expect("moved");
    assert_eq!(desk.decide(&second).await.expect("moved").revision, 2);
    assert_eq!(desk.read(PUBLISHED), Some(format!("{OCTOBER}\n")));
    let aside = "published/les-activity/superseded/2025-10/revision-1/les-activity-2025-10.csv";
    assert_eq!(desk.read(aside).as_deref(), Some(OCTOBER));
}

#[tokio::test]
async fn the_same_bytes_again_are_thrown_away_only_where_they_are_kept() {
    let desk = Desk::new().await;
    let first = desk.handle(NAME, OCTOBER).await;
    let told = desk.told().await;
    let again = desk.handle("renamed-by-hand.csv", OCTOBER).await;
    assert_eq!((again.verdict, again.duplicate_of), (Verdict::Duplicate, Some(first.id)));
    assert_eq!(desk.told().await, told, "nobody is told of a file that was sent twice");

    fs::remove_file(desk.folder.path().join(PUBLISHED)).expect("lost");
    let report = desk.read("published/les-activity/2025-10/les-activity-2025-10.csv.report.txt").expect("a report");
    let third = desk.handle(NAME, OCTOBER).await;
    assert_eq!(third.verdict, Verdict::Duplicate);
    assert_eq!(desk.read(PUBLISHED).as_deref(), Some(OCTOBER), "the bytes are kept in the place of the missing file");
    assert_eq!(desk.read(&format!("{PUBLISHED}.report.txt")), Some(report), "with the report of the first");
    assert_eq!(desk.told().await.split_off(told.len()), ["gate to performance-team"]);
}

#[tokio::test]
async fn the_same_bytes_under_a_name_that_means_something_else_are_judged_by_that_name() {
    let desk = Desk::new().await;
    // Held back for its name; then renamed, as the report advises.
    assert_eq!(desk.handle("october.csv", OCTOBER).await.verdict, Verdict::Quarantined);
    assert_eq!(desk.handle("october.csv", OCTOBER).await.verdict, Verdict::Duplicate);
    assert_eq!(desk.handle(NAME, OCTOBER).await.verdict, Verdict::Published);
    // Where the name says the period, the very bytes of another month are an old file under a new name.
    let bands = include_str!("../../tests/data/hha-bands/hha-achievement-bands-2025-09.csv");
    assert!(desk.handle("hha-achievement-bands-2025-09.csv", bands).await.verdict.is_published());
    let october = desk.handle("hha-achievement-bands-2025-10.csv", bands).await;
    assert_eq!(october.verdict, Verdict::Quarantined);
    assert_eq!(october.findings[0].check, "stale_content", "{october:?}");
    assert_eq!(desk.handle("hha-achievement-bands-2025-10.csv", bands).await.verdict, Verdict::Duplicate);
}

#[tokio::test]
async fn bytes_that_a_later_revision_replaced_change_nothing_and_their_steward_is_told() {
    let desk = Desk::new().await;
    desk.handle(NAME, OCTOBER).await;
    let restated = OCTOBER.replacen("694", "1300", 1);
    assert_ne!(restated, OCTOBER);
    desk.handle(NAME, &restated).await;
    let told = desk.told().await.len();
    let back = desk.handle(NAME, OCTOBER).await;
    assert_eq!(back.verdict, Verdict::Duplicate);
    let message = &back.findings[0].message;
    assert!(message.contains("revision 2 has replaced them since and stays in force"), "{message}");
    assert_eq!(desk.told().await.split_off(told), ["gate to performance-team"]);
    assert_eq!(desk.read(PUBLISHED), Some(restated));
}

#[tokio::test]
async fn nothing_that_is_held_back_is_overwritten_by_another_file_or_its_reports() {
    let desk = Desk::new().await;
    let held = |name: &str| desk.read(&Path::new("quarantine/unrecognised").join(name).to_string_lossy());
    desk.handle("notes.csv.report.txt", "somebody's own").await;
    desk.handle("notes.csv", "one").await;
    desk.handle("notes.csv", "two").await;
    assert_eq!(held("notes.csv.report.txt").as_deref(), Some("somebody's own"));
    assert_eq!((held("notes.2.csv").as_deref(), held("notes.3.csv").as_deref()), (Some("one"), Some("two")));
}

/// Delivered activity of one contract against a plan of 100, by month of 2025.
fn activity(months: &[(u8, u32)]) -> String {
    let row = |(month, delivered): &(u8, u32)| format!("2025-{month:02},Dementia,cost-and-volume,100,{delivered}\n");
    let rows: Vec<String> = months.iter().map(row).collect();
    format!("period,contract,contract_type,planned,delivered\n{}", rows.concat())
}

impl Desk {
    /// What the last notice lists about plans: section, since when, and the figure.
    async fn listed(&self) -> Vec<(&'static str, String, String)> {
        let last = self.app.store.notices(Some(1)).await.expect("the store answers").pop().expect("a notice");
        let Content::Exceptions(notice) = last.notice.content else { panic!("{:?}", last.notice) };
        [
            ("new", notice.new),
            ("continuing", notice.continuing),
            ("resolved", notice.resolved),
            ("withdrawn", notice.withdrawn),
            ("amended", notice.amended),
        ]
        .into_iter()
        .flat_map(|(section, lines)| lines.into_iter().map(move |line| (section, line)))
        .filter(|(_, line)| line.rule == "les-below-60-percent-of-plan")
        .map(|(section, line)| (section, line.since.to_string(), line.value.to_string()))
        .collect()
    }
}

#[tokio::test]
async fn what_is_taken_back_is_listed_with_what_was_said_beside_how_it_stands_now() {
    let desk = Desk::new().await;
    let said = |section, since: &str, value: &str| (section, since.to_owned(), value.to_owned());
    desk.handle("les-activity-1.csv", &activity(&[(9, 90), (10, 50)])).await;
    assert_eq!(desk.listed().await, [said("new", "2025-10", "50")]);
    // October is restated, and November is the first bad month.
    desk.handle("les-activity-2.csv", &activity(&[(10, 90), (11, 40)])).await;
    assert_eq!(desk.listed().await, [said("new", "2025-11", "40"), said("withdrawn", "2025-10", "50")]);
    let firing: Vec<_> = desk.firing().await.into_iter().map(|alert| (alert.rule, alert.since.to_string())).collect();
    assert!(firing.contains(&("les-below-60-percent-of-plan".to_owned(), "2025-11".to_owned())), "{firing:?}");
}

#[tokio::test]
async fn a_changed_rule_is_told_when_it_changes_and_once() {
    let desk = Desk::new().await;
    let said = |section, since: &str, value: &str| (section, since.to_owned(), value.to_owned());
    desk.handle("les-activity-1.csv", &activity(&[(9, 90), (10, 59)])).await;
    assert_eq!(desk.listed().await, [said("new", "2025-10", "59")]);
    let rules = desk.folder.path().join("rules/les.yaml");
    let text = fs::read_to_string(&rules).expect("there");
    for (share, expected) in [("0.5", said("withdrawn", "2025-10", "59")), ("0.95", said("new", "2025-09", "59"))] {
        fs::write(&rules, text.replace("share: 0.6", &format!("share: {share}"))).expect("written");
        desk.app.set_config(Config::load(desk.folder.path()).expect("valid").into());
        let notices = desk.told().await.len();
        let dataset = desk.app.config().datasets.get("les-activity").cloned().expect("a dataset");
        for _ in 0..2 {
            reconsider::reevaluate(&desk.app, &dataset).await.expect("evaluated");
            assert_eq!(desk.told().await.len(), notices + 1);
        }
        assert_eq!(desk.listed().await, [expected]);
        let last = desk.app.store.notices(Some(1)).await.expect("the store answers").pop().expect("a notice");
        let page = crate::reports::render(&last.notice).expect("rendered");
        let text = page.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let why = format!("; now it fires when value < share * plan, with share {share}.");
        assert!(text.contains("The rules were changed on") && text.contains(&why), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_is_told_to_stop_does_not_work_off_its_queue_first() {
    let desk = Desk::new().await;
    let settings = desk.folder.path().join("config/bellwether.yaml");
    let text = fs::read_to_string(&settings).expect("there").replace("listen: 127.0.0.1:8321", "listen: off");
    fs::write(settings, text).expect("written");
    let waiting: Vec<Claimed> = (0..20).map(|n| desk.claim("notes.txt", &n.to_string())).collect();
    let Desk { folder, app } = desk;
    let home = app.home.clone();
    app.store.close().await;

    let stop = CancellationToken::new();
    let daemon = Daemon::start(home.clone()).await.expect("it starts");
    stop.cancel();
    daemon.run(stop).await.expect("it stops");
    assert!(waiting.iter().all(|claimed| claimed.path.exists()), "none was worked on, and none is lost");

    let done = Daemon::start(home).await.expect("it starts").once(&CancellationToken::new()).await.expect("done");
    assert_eq!((done.deliveries.len(), done.troubles.as_slice()), (20, &[] as &[String]));
    assert_eq!(fs::read_dir(folder.path().join("quarantine/unrecognised")).expect("there").count(), 80);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_cannot_be_finished_does_not_keep_the_daemon_from_starting() {
    let desk = Desk::new().await;
    let claimed = desk.claim(NAME, OCTOBER);
    let published = desk.folder.path().join("published/les-activity");
    fs::write(&published, "in the way").expect("written");
    desk.decide(&claimed).await.expect_err("the file cannot be moved");
    let Desk { folder, app } = desk;
    app.store.close().await;

    let mut daemon = Daemon::start(app.home.clone()).await.expect("it starts all the same");
    let stop = CancellationToken::new();
    let found = daemon.next_waiting(&stop).expect("the file is found again");
    daemon.work(&found, &stop).await.expect_err("it still cannot be moved");
    fs::remove_file(published).expect("out of the way");
    let deliveries = daemon.work(&found, &stop).await.expect("moved").expect("not told to stop");
    let decided: Vec<_> = deliveries.iter().map(|delivery| (delivery.id, delivery.verdict)).collect();
    assert_eq!(decided, [(claimed.id, Verdict::Published)]);
    assert_eq!(fs::read_to_string(folder.path().join(PUBLISHED)).expect("there"), OCTOBER);
}
