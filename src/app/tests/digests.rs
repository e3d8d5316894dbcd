//! The exception report before papers are due, in virtual time; the days by the wall calendar of the end of 2025.

use std::fs;

use super::escalation::Autumn;
use crate::{
    app::{committee, digests, waiting},
    model::{Content, PaperFormat, calendar::day_in_london},
    reports,
};

const DIGEST: &str = "    digest: { papers_due: third Wednesday, before: 3 working days, attach: [pdf, docx, xlsx] }\n    hears: [three_as";

impl Autumn {
    /// What the committee was given that was not looked at yet.
    async fn given(&mut self, moment: &str) -> Vec<String> {
        self.set(moment);
        waiting::look(&self.desk.app).await.expect("looked");
        let notices = self.new_notices().await.into_iter();
        let given = notices.filter(|kept| matches!(kept.notice.content, Content::Digest(_)));
        given.map(|kept| format!("{}: {}", kept.notice.group, kept.subject)).collect()
    }

    fn edit_groups(&self, from: &str, to: &str) {
        let groups = self.desk.folder.path().join("config/groups.yaml");
        let text = fs::read_to_string(&groups).expect("there");
        assert!(text.contains(from), "{from:?} in {text}");
        fs::write(groups, text.replacen(from, to, 1)).expect("written");
    }

    /// Autumn, with a committee to which the group's alerts go and that has papers.
    async fn with_papers() -> Self {
        let mut autumn = Self::beginning("2025-10-20T10:00:00Z").await;
        autumn.edit_groups("to: [primary-care-medical-services]", "to: [primary-care-quality]");
        autumn.edit_groups("    hears: [three_as", DIGEST);
        autumn.restart().await;
        autumn
    }
}

#[tokio::test]
async fn a_report_is_given_once_for_each_deadline_and_says_what_the_papers_say() {
    let mut autumn = Autumn::with_papers().await;
    autumn.file("2025-10-20T10:00:00Z", 9, 90).await;
    autumn.file("2025-11-13T10:00:00Z", 10, 50).await;
    // Papers are due on Wednesday 19 November: 18, 17 and 14 November, a Friday.
    assert_eq!(autumn.given("2025-11-14T08:59:59Z").await, [""; 0]);
    autumn.restart().await;
    let given = autumn.given("2025-11-14T09:00:00Z").await;
    assert_eq!(given, ["quality-outcomes: October 2025: alert 2, advise 0, assure 0 – papers due 19 November"]);
    autumn.restart().await;
    assert_eq!(autumn.given("2025-11-14T09:00:00Z").await, [""; 0], "once");
    assert_eq!(autumn.given("2025-11-10T09:00:00Z").await, [""; 0], "by a clock that was set back too");
    assert_eq!(autumn.given("2025-11-19T16:00:00Z").await, [""; 0]);

    let notices = autumn.desk.app.store.notices(None).await.expect("listed");
    let notice = notices.into_iter().map(|kept| kept.notice).find(|one| matches!(one.content, Content::Digest(_)));
    let notice = notice.expect("given");
    let mail = reports::mail(&notice, &reports::TemplateSet::default()).expect("rendered");
    let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "Exception report for October 2025",
        "Papers are due on Wednesday 19 November 2025. The report is attached, to be tabled as it is: PDF, Word document and workbook.",
        "For October 2025, 1 series was judged by 2 rules: 2 alerts fire (2 new).",
        "The gravest is Dementia · cost-and-volume: 50 in October 2025 against a plan of 100 (50.0% of plan), in breach since October 2025.",
        "Waiting for a decision",
        "Dementia · cost-and-volume fires, and nobody has said that they look after it.",
    ] {
        assert!(text.contains(said), "{said:?} in {text}");
    }
    // The papers are those of `bellwether report` of the same day.
    let app = &autumn.desk.app;
    let (config, date) = (app.config(), day_in_london(notice.created));
    let asked =
        committee::Asked { group: "quality-outcomes", period: Some("2025-10".parse().expect("a period")), date };
    let report = committee::committee(&config, &app.store, &asked).await.expect("made");
    let formats = [PaperFormat::Pdf, PaperFormat::Docx, PaperFormat::Xlsx];
    assert_eq!(mail.files.len(), formats.len());
    for (file, format) in mail.files.iter().zip(formats) {
        assert_eq!(file.name, format!("exception-report-quality-outcomes-2025-10.{format}"));
        assert!(file.bytes == reports::committee(&report, format).expect("written"), "{format}");
    }
}

#[tokio::test]
async fn a_deadline_that_passed_is_missed_and_the_next_one_is_kept() {
    let mut autumn = Autumn::with_papers().await;
    autumn.file("2025-11-13T10:00:00Z", 10, 50).await;
    // Evening of the day on which papers are due: nobody works until the next morning.
    assert_eq!(autumn.given("2025-11-19T17:00:00Z").await, [""; 0]);
    let kept = autumn.desk.app.store.deadlines().await.expect("listed");
    assert_eq!(kept.iter().map(|one| one.due.to_string()).collect::<Vec<_>>(), ["2025-12-17"], "{kept:?}");
    // Wednesday 17 December: 16, 15 and 12 December.
    assert_eq!(autumn.given("2025-12-12T09:00:00Z").await.len(), 1);
    let config = autumn.desk.app.config();
    let kept = autumn.desk.app.store.deadlines().await.expect("listed");
    let next = digests::planned(&config, &kept, "2025-12-12T10:00:00Z".parse().expect("a time"));
    let next = next.first().and_then(|(_, next)| next.clone()).expect("one");
    // Wednesday 21 January 2026: 20, 19 and 16 January.
    assert_eq!(
        (next.due.to_string(), next.at.to_string()),
        ("2026-01-21".to_owned(), "2026-01-16T09:00:00Z".to_owned())
    );
}

#[tokio::test]
async fn without_figures_it_waits_for_them_until_the_deadline() {
    let mut autumn = Autumn::with_papers().await;
    assert_eq!(autumn.given("2025-11-14T09:00:00Z").await, [""; 0]);
    autumn.file("2025-11-18T10:00:00Z", 10, 50).await;
    assert_eq!(autumn.given("2025-11-18T10:00:01Z").await.len(), 1);
}

#[tokio::test]
async fn a_deadline_that_is_moved_has_one_report_and_one_that_is_taken_out_none() {
    let mut autumn = Autumn::with_papers().await;
    autumn.file("2025-11-13T10:00:00Z", 10, 50).await;
    assert_eq!(autumn.given("2025-11-14T09:00:00Z").await.len(), 1);
    // From the 19th to the 18th or the 20th: the report was given. To the 28th: 25 November is after the old day.
    for (from, to, more) in [
        ("third Wednesday", "[2025-11-18]", 0),
        ("[2025-11-18]", "[2025-11-20]", 0),
        ("[2025-11-20]", "[2025-11-28]", 1),
        ("[2025-11-28]", "[2025-12-17]", 0),
    ] {
        autumn
            .edit_groups(&format!("    digest: {{ papers_due: {from},"), &format!("    digest: {{ papers_due: {to},"));
        autumn.restart().await;
        assert_eq!(autumn.given("2025-11-14T10:00:00Z").await, [""; 0], "{to}");
        assert_eq!(autumn.given("2025-11-25T10:00:00Z").await.len(), more, "{to}");
    }
    autumn.edit_groups(
        "    digest: { papers_due: [2025-12-17], before: 3 working days, attach: [pdf, docx, xlsx] }\n",
        "",
    );
    autumn.restart().await;
    assert_eq!(autumn.given("2025-12-12T10:00:00Z").await, [""; 0]);
    let kept = autumn.desk.app.store.deadlines().await.expect("listed");
    assert!(kept.iter().all(|one| one.given), "nothing is awaited: {kept:?}");
}
