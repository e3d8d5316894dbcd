//! Which series a rule looks at, by their labels.

use crate::{
    model::{
        Labels,
        matcher::{Condition, Labelled},
    },
    yaml::Entries,
};

/// `where` of a rule: what each of the labels that it names must be.
pub type Only = Entries<Condition>;

impl Only {
    /// Whether a series with these labels is one of those.
    #[must_use]
    pub fn takes(&self, labels: &Labels) -> bool {
        self.iter().all(|(name, condition)| condition.takes(labels.label(&name.value)))
    }
}
