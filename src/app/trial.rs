//! Files that are only tried, as people read what would become of them.

use uuid::Uuid;

use crate::{
    model::{DeliveryId, GateReport},
    reports::{self, RenderError},
};

use super::examine::Examined;

/// A page of what the gate makes of files, each with the name that people know it by.
///
/// # Errors
/// The page cannot be rendered.
pub fn page<'a>(tried: impl Iterator<Item = (String, &'a Examined)>) -> Result<String, RenderError> {
    let report = |(file, examined): (String, &Examined)| GateReport {
        delivery: DeliveryId(Uuid::nil()),
        dataset_title: examined.dataset.as_ref().map(|dataset| dataset.title.clone()),
        file,
        table: examined.table.clone(),
        periods: examined.periods(),
        verdict: examined.verdict,
        placed: String::new(),
        withheld: None,
        failing_rows: None,
        findings: examined.findings.clone(),
        examination: examined.examination.clone(),
    };
    reports::trial_page(&tried.map(report).collect::<Vec<_>>())
}
