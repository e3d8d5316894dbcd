//! Alerts that fire and are not told of now: a line for each.

use serde::Serialize;

use super::{
    alert::{AlertView, Change, MESSAGE},
    clean,
};
use crate::model::MutedLine;

/// One of them.
#[derive(Debug, Serialize)]
pub(super) struct MutedView {
    pub(super) label: String,
    /// "silenced by Jo Bell until 3 December 2025: moving house".
    pub(super) by: String,
    pub(super) rule: String,
    pub(super) since: String,
}

pub(super) fn views(muted: &[MutedLine], whole: &str) -> Vec<MutedView> {
    let view = |muted: &MutedLine| {
        let AlertView { label, rule, since, .. } = AlertView::of(&muted.line, Change::Continuing, whole, |_| None);
        MutedView { label, by: clean::line(&muted.by, MESSAGE), rule, since }
    };
    muted.iter().map(view).collect()
}
