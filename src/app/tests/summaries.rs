//! The summary of a month to a committee, in virtual time; the days by the wall calendar.

use std::fs;

use super::escalation::Autumn;
use crate::{app::waiting, model::Content, reports};

const BANDS: &str = include_str!("../../../tests/data/hha-bands/hha-achievement-bands-2025-09.csv");

impl Autumn {
    /// The subjects of the summaries that were not looked at yet.
    async fn summed_up(&mut self, moment: &str) -> Vec<String> {
        self.set(moment);
        waiting::look(&self.desk.app).await.expect("looked");
        let notices = self.new_notices().await.into_iter();
        let summaries = notices.filter(|kept| matches!(kept.notice.content, Content::ThreeAs(_)));
        summaries.map(|kept| format!("{}: {}", kept.notice.group, kept.subject)).collect()
    }
}

/// From Thursday 20 November: Friday, Monday, and Tuesday at nine.
#[tokio::test]
async fn a_group_says_how_long_its_summary_waits() {
    let mut autumn = Autumn::beginning("2025-10-20T10:00:00Z").await;
    let groups = autumn.desk.folder.path().join("config/groups.yaml");
    let text = fs::read_to_string(&groups).expect("there").replace("      escalation: standard\n", "");
    let text = text.replace("to: [primary-care-medical-services]", "to: [primary-care-quality]");
    let text = text.replace(
        "hears: [three_as, escalations]",
        "hears: [three_as, escalations]\n    three_as_after: 3 working days",
    );
    fs::write(&groups, text.replace("to: [neighbourhood-care]", "to: [primary-care-quality]")).expect("written");
    autumn.restart().await;
    autumn.desk.handle("hha-achievement-bands-2025-09.csv", BANDS).await;
    autumn.file("2025-10-20T10:00:00Z", 9, 90).await;
    assert_eq!(autumn.summed_up("2025-10-20T10:00:01Z").await.len(), 1);
    autumn.file("2025-11-20T10:00:00Z", 10, 50).await;
    assert_eq!(autumn.summed_up("2025-11-25T08:59:59Z").await, [""; 0]);
    assert_eq!(autumn.summed_up("2025-11-25T09:00:00Z").await.len(), 1);
}

#[tokio::test]
async fn a_month_is_summed_up_once_when_it_is_complete_or_ten_working_days_after_its_first_delivery() {
    let mut autumn = Autumn::beginning("2025-10-20T10:00:00Z").await;
    let groups = autumn.desk.folder.path().join("config/groups.yaml");
    let text = fs::read_to_string(&groups).expect("there").replace("      escalation: standard\n", "");
    let text = text.replace("to: [primary-care-medical-services]", "to: [primary-care-quality]");
    fs::write(&groups, text.replace("to: [neighbourhood-care]", "to: [primary-care-quality]")).expect("written");
    autumn.restart().await;

    autumn.desk.handle("hha-achievement-bands-2025-09.csv", BANDS).await;
    autumn.file("2025-10-20T10:00:00Z", 9, 90).await;
    let said = autumn.summed_up("2025-10-20T10:00:01Z").await;
    assert!(said.len() == 1 && said[0].starts_with("quality-outcomes: September 2025: alert "), "{said:?}");
    assert_eq!(autumn.summed_up("2025-11-20T10:00:00Z").await, [""; 0], "once");

    // Thursday 20 November: 21, 24–28 November and 1–4 December. The bands do not come.
    autumn.file("2025-11-20T10:00:00Z", 10, 50).await;
    assert_eq!(autumn.summed_up("2025-11-20T10:00:01Z").await, [""; 0]);
    assert_eq!(autumn.summed_up("2025-12-04T08:59:59Z").await, [""; 0]);
    autumn.restart().await;
    let said = autumn.summed_up("2025-12-04T09:00:00Z").await;
    assert!(said.len() == 1 && said[0].starts_with("quality-outcomes: October 2025: alert 2, advise 0"), "{said:?}");
    autumn.restart().await;
    assert_eq!(autumn.summed_up("2025-12-04T09:00:00Z").await, [""; 0]);

    let notices = autumn.desk.app.store.notices(None).await.expect("listed");
    let mut summaries = notices.iter().filter(|kept| matches!(kept.notice.content, Content::ThreeAs(_)));
    let page = reports::render(&summaries.next().expect("said").notice).expect("rendered");
    let text = page.text.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "October 2025: 2 matters to alert the committee to, 0 to advise it of, 0 to assure it about.",
        "Primary Care Quality Group: Dementia: 50 delivered, 50.0% of the 100 planned New, since October 2025.",
        "Assure (0)",
    ] {
        assert!(text.contains(said), "{said:?} in {text}");
    }
    assert!(page.html.contains("Alert") && page.html.contains("Advise"), "{}", page.html);
    assert_eq!(page.json["data"]["matters"][0]["three_a"], "alert");
}
