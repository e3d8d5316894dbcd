//! Alerts that go on and are no news, because somebody looks after them: a line for each.

use serde::Serialize;

use super::alert::{AlertView, Change};
use crate::model::AlertLine;

/// One of them.
#[derive(Debug, Serialize)]
pub(super) struct LookedAfterView {
    pub(super) label: String,
    /// "acknowledged by Jo Bell on 3 November 2025: locum found; to be looked at again on 31 January 2026".
    pub(super) handling: String,
    pub(super) rule: String,
    pub(super) since: String,
}

pub(super) fn views(lines: &[AlertLine], whole: &str) -> Vec<LookedAfterView> {
    let view = |line: &AlertLine| {
        let AlertView { label, handling, rule, since, .. } = AlertView::of(line, Change::Continuing, whole, |_| None);
        LookedAfterView { label, handling: handling.unwrap_or_default(), rule, since }
    };
    lines.iter().map(view).collect()
}
