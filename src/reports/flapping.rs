//! Alerts that have begun to fire and end again and again: a line for each.

use serde::Serialize;

use super::{
    alert::{AlertView, Change, MESSAGE},
    clean,
};
use crate::model::FlappingLine;

/// One of them.
#[derive(Debug, Serialize)]
pub(super) struct FlappingView {
    pub(super) label: String,
    /// "fired and ended 3 times in the last 12 months, and is not in breach now; …".
    pub(super) words: String,
    pub(super) rule: String,
}

pub(super) fn views(flapping: &[FlappingLine], whole: &str) -> Vec<FlappingView> {
    let view = |flapping: &FlappingLine| {
        let AlertView { label, rule, .. } = AlertView::of(&flapping.line, Change::Continuing, whole, |_| None);
        FlappingView { label, words: clean::line(&flapping.words, MESSAGE), rule }
    };
    flapping.iter().map(view).collect()
}
