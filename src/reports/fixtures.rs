//! The Local Enhanced Services figures of April to October 2025, as notices.

use crate::model::{
    AlertId, AlertLine, AlertSeverity, Cause, ColumnRead, Content, DeliveryId, Examination, Exceptions, FailingRow,
    Finding, GateReport, Labels, Notice, NoticeId, Period, Severity, TableRead, Unit, UnknownLine, Value, Verdict,
    value::format_number,
};
use uuid::Uuid;

const DELIVERY: DeliveryId = DeliveryId(Uuid::from_u128(0x0199_7a3c_0000_7000_8000_0000_0000_0001));

pub(super) fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

pub(super) fn notice(content: Content) -> Notice {
    Notice {
        id: NoticeId(Uuid::from_u128(0x0199_7a3c_0000_7000_8000_0000_0000_0002)),
        created: "2025-11-14T09:30:00Z".parse().expect("a time"),
        group: "primary-care-medical-services".to_owned(),
        group_name: "Primary Care Medical Services Group".to_owned(),
        content,
        link: None,
    }
}

/// A notice of October 2025 without any alert.
pub(super) fn empty() -> Exceptions {
    let (dataset, title) = ("les-activity".to_owned(), "Local Enhanced Services activity".to_owned());
    Exceptions {
        delivery: Some(DELIVERY),
        file: "les-activity-2025-10.csv".to_owned(),
        revision: 1,
        series_judged: 14,
        ..Exceptions::empty(dataset, title, period("2025-10"), Cause::New)
    }
}

/// An alert of `les-below-60-percent-of-plan` at October 2025, from the figures since May 2025.
pub(super) fn below_plan(contract: &str, since: &str, plan: f64, figures: [f64; 6]) -> AlertLine {
    let october = period("2025-10");
    let labels: Labels = [("contract", contract), ("contract_type", "cost-and-volume")].into_iter().collect();
    let trail: Vec<(Period, Value)> =
        (0..6).rev().zip(figures).map(|(back, figure)| (october.minus(back), Value::number(figure))).collect();
    let [.., previous, value] = figures;
    AlertLine {
        id: AlertId::of("les-below-60-percent-of-plan", &labels),
        rule: "les-below-60-percent-of-plan".to_owned(),
        rule_summary: "Delivered activity is below 60% of plan".to_owned(),
        severity: AlertSeverity::Warning,
        labels,
        message: format!(
            "{contract}: {} delivered, {:.1}% of the {} planned",
            format_number(value),
            value / plan * 100.0,
            format_number(plan)
        ),
        since: period(since),
        periods: u32::try_from(october.since(period(since)).expect("months") + 1).expect("a few"),
        period: october,
        value: Value::number(value),
        plan: Value::number(plan),
        unit: Unit::Number,
        counted: None,
        was: None,
        said_since: None,
        previous: Value::number(previous),
        trail,
        chart: None,
        handling: crate::model::Handling::default(),
    }
}

/// The published figures under another name.
pub(super) fn alert(contract: &str) -> AlertLine {
    below_plan(contract, "2025-10", 1332.0, [588.0, 774.0, 1078.0, 753.0, 813.0, 694.0])
}

pub(super) fn unknown(contract: &str, reason: &str, firing_since: Option<&str>) -> UnknownLine {
    UnknownLine {
        rule: "les-below-60-percent-of-plan".to_owned(),
        labels: [("contract", contract)].into_iter().collect(),
        period: period("2025-10"),
        reason: reason.to_owned(),
        firing_since: firing_since.map(period),
    }
}

/// What October 2025 brought.
pub(super) fn october() -> Exceptions {
    Exceptions {
        new: vec![
            alert("Dementia"),
            below_plan("Diabetes", "2025-10", 975.0, [861.0, 917.0, 958.0, 610.0, 742.0, 579.0]),
        ],
        continuing: vec![
            below_plan("Post Bariatric Monitoring", "2025-08", 254.0, [66.0, 151.0, 182.0, 92.0, 84.0, 72.0]),
            below_plan("Simple Injections", "2025-05", 27455.0, [10303.0, 10974.0, 12084.0, 11250.0, 12702.0, 12521.0]),
        ],
        resolved: vec![below_plan("Wound Care", "2025-05", 6877.0, [1729.0, 3146.0, 3770.0, 3300.0, 4070.0, 4266.0])],
        ..empty()
    }
}

/// What was read of it.
fn examination() -> Examination {
    let column = |(name, header, by_tolerance): (&str, Option<&str>, bool)| ColumnRead {
        name: name.to_owned(),
        header: header.map(str::to_owned),
        by_tolerance,
    };
    let columns = [
        ("period", Some("period"), false),
        ("contract", Some("contract"), false),
        ("contract_type", Some("Contract  type"), true),
        ("planned", Some("planned"), false),
        ("delivered", Some("delivered"), false),
        ("comment", None, false),
    ];
    let names = ["columns_present", "type", "not_null", "allowed_values", "unique", "delivered-is-plausible", "range"];
    Examination {
        tables: vec![TableRead {
            header_row: 1,
            rows: 14,
            columns: columns.into_iter().map(column).collect(),
            unexpected: vec!["notes".to_owned()],
            ..TableRead::default()
        }],
        checks: names.map(str::to_owned).to_vec(),
        left_out: vec!["range".to_owned()],
    }
}

/// A delivery that was held back for two defects.
pub(super) fn held_back() -> GateReport {
    let row = |row, column: &str, value: &str| FailingRow {
        row,
        column: Some(column.to_owned()),
        value: Some(value.to_owned()),
        ..FailingRow::default()
    };
    GateReport {
        delivery: DELIVERY,
        dataset_title: Some("Local Enhanced Services activity".to_owned()),
        file: "les-activity-2025-10.csv".to_owned(),
        table: None,
        periods: vec![period("2025-10")],
        verdict: Verdict::Quarantined,
        placed: "quarantine/les-activity/les-activity-2025-10.csv".to_owned(),
        withheld: None,
        failing_rows: Some("les-activity-2025-10.csv.failing-rows.csv".to_owned()),
        findings: vec![
            Finding {
                check: "delivered-is-plausible".to_owned(),
                severity: Severity::Warning,
                message: "more than ten times the plan was delivered".to_owned(),
                count: 1,
                rows: vec![FailingRow { row: 14, ..FailingRow::default() }],
                ..Finding::default()
            },
            Finding {
                check: "not_null".to_owned(),
                severity: Severity::Error,
                message: "planned is blank: every row needs a figure".to_owned(),
                count: 13,
                rows: vec![row(2, "planned", ""), row(3, "planned", " ")],
                ..Finding::default()
            },
            Finding {
                check: "allowed_values".to_owned(),
                severity: Severity::Error,
                message: "contract_type is neither cost-and-volume nor capitated".to_owned(),
                count: 1,
                rows: vec![row(7, "contract_type", "block <b>")],
                ..Finding::default()
            },
        ],
        examination: examination(),
    }
}
