//! What routes, inhibition and silences look at.

use crate::model::{Alert, AlertLine, AlertSeverity, Labels, matcher::Labelled};

/// The traits of an alert: its rule, dataset and severity under these names, and its labels.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// The dataset's id.
    pub dataset: &'a str,
    /// The alert's severity.
    pub severity: AlertSeverity,
    /// The alert's labels.
    pub labels: &'a Labels,
}

impl<'a> Traits<'a> {
    /// Those of an alert.
    #[must_use]
    pub fn of(alert: &'a Alert) -> Self {
        Self { rule: &alert.rule, dataset: &alert.dataset, severity: alert.severity, labels: &alert.labels }
    }

    /// Those of an alert as a notice about a dataset shows it.
    #[must_use]
    pub fn of_line(line: &'a AlertLine, dataset: &'a str) -> Self {
        Self { rule: &line.rule, dataset, severity: line.severity, labels: &line.labels }
    }
}

impl<'a> Traits<'a> {
    fn get(self, name: &str) -> &'a str {
        match name {
            "rule" => self.rule,
            "dataset" => self.dataset,
            "severity" => self.severity.code(),
            label => self.labels.label(label),
        }
    }
}

impl Labelled for Traits<'_> {
    fn label(&self, name: &str) -> &str {
        self.get(name)
    }
}

impl Labelled for Alert {
    fn label(&self, name: &str) -> &str {
        Traits::of(self).get(name)
    }
}

/// Whether a name is that of a trait rather than of a label.
pub(super) fn is_trait(name: &str) -> bool {
    matches!(name, "rule" | "dataset" | "severity")
}
