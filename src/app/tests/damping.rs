//! What flaps, what is no longer muted, and why what was said is otherwise now, through the daemon's own steps in virtual
//! time.

use super::escalation::{Autumn, RULE};
use crate::{
    app::silences::{self, SilenceAsked, SilenceRequest},
    model::{Content, Exceptions},
    reports,
};

impl Autumn {
    /// The sections of new notices to the group in which the alert stands, oldest first.
    async fn sections(&mut self) -> Vec<String> {
        let notices = self.new_notices().await;
        let listed = |said: &Exceptions| {
            let flapping = said.flapping.iter().map(|flapping| &flapping.line);
            let sections = [
                ("new", said.new.iter().collect::<Vec<_>>()),
                ("worsened", said.worsened.iter().collect()),
                ("continuing", said.continuing.iter().collect()),
                ("resolved", said.resolved.iter().collect()),
                ("amended", said.amended.iter().collect()),
                ("flapping", flapping.collect()),
            ];
            let of_rule = sections.into_iter().filter(|(_, lines)| lines.iter().any(|line| line.rule == RULE));
            of_rule.map(|(section, _)| section.to_owned()).collect::<Vec<_>>()
        };
        notices
            .iter()
            .flat_map(|kept| match &kept.notice.content {
                Content::Exceptions(said) => listed(said),
                _ => Vec::new(),
            })
            .collect()
    }
}

#[tokio::test]
async fn what_flaps_is_said_once_until_it_is_steady() {
    let mut autumn = Autumn::beginning("2025-11-20T10:00:00Z").await;
    let mut course = Vec::new();
    for (month, delivered) in (1..).zip([50, 90, 50, 90, 50, 90, 50, 90, 90, 90, 90]) {
        autumn.file("2025-11-20T10:00:00Z", month, delivered).await;
        course.push(autumn.sections().await.join(" "));
    }
    // The third turn is in June; the last is in August, and October is the second month after it.
    assert_eq!(course, ["new", "resolved", "new", "resolved", "new", "flapping", "", "", "", "resolved", ""]);
    let notices = autumn.desk.app.store.notices(None).await.expect("listed");
    let mut rendered = notices.iter().map(|kept| reports::render(&kept.notice).expect("rendered"));
    let page = rendered.find(|page| page.subject.starts_with("June 2025")).expect("a page");
    assert!(page.subject.contains("1 flapping"), "{}", page.subject);
    let text = page.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("fired and ended 3 times in the last 12 months, and is not in breach now"), "{text}");
    assert_eq!(page.json["data"]["flapping"][0]["rule"], RULE);
}

#[tokio::test]
async fn what_was_silenced_from_the_start_is_told_when_the_silence_is_over() {
    let mut autumn = Autumn::beginning("2025-11-20T10:00:00Z").await;
    let request = SilenceRequest {
        matchers: vec![format!("rule={RULE}")],
        starts: None,
        ends: "2025-12-01T12:00:00Z".parse().expect("a time"),
        author: "Jo Bell".to_owned(),
        comment: "moving house".to_owned(),
    };
    silences::carry_out(&autumn.desk.app, &SilenceAsked::Add(request)).await.expect("granted");
    autumn.file("2025-11-20T11:00:00Z", 10, 50).await;
    autumn.at("2025-11-27T09:00:00Z").await;
    assert_eq!(autumn.sections().await, [""; 0]);
    autumn.set("2025-12-01T12:00:01Z");
    crate::app::waiting::look(&autumn.desk.app).await.expect("looked");
    assert_eq!(autumn.sections().await, ["new"]);
    autumn.restart().await;
    // Told on Monday 1 December: the clock of its escalation begins then.
    assert_eq!(autumn.next().await, "2025-12-08T09:00:00Z");
    assert_eq!(autumn.sections().await, [""; 0], "once");
    let notices = autumn.desk.app.store.notices(None).await.expect("listed");
    let mut subjects = notices.iter().map(|kept| kept.subject.as_str());
    assert!(subjects.any(|subject| subject.starts_with("October 2025, no longer muted: 1 new alert")), "{notices:?}");
}

#[tokio::test]
async fn a_restatement_says_what_the_figure_was() {
    let mut autumn = Autumn::beginning("2025-11-20T10:00:00Z").await;
    autumn.file("2025-11-20T10:00:00Z", 10, 50).await;
    autumn.file("2025-11-21T10:00:00Z", 10, 55).await;
    assert_eq!(autumn.sections().await, ["new", "amended"]);
    let notices = autumn.desk.app.store.notices(None).await.expect("listed");
    let amended = notices.iter().find(|kept| kept.subject.contains("amended")).expect("told");
    let page = reports::render(&amended.notice).expect("rendered");
    let text = page.text.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "October 2025 was restated by revision 2 (les-activity-2.csv).",
        "The figure for October 2025 was given as 50 and is now 55.",
    ] {
        assert!(text.contains(said), "{said:?} in {text}");
    }
}
