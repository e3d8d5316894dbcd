//! Rules: YAML and Rhai compiled; a series at a period becomes a signal.
//!
//! A rule names a dataset and a measure, and looks at every series of it. Its condition, message and settings are an
//! expression language of their own: see [`crate::expr`]. Where history is kept, who is told and what time it is are none
//! of its business: [`Rule::signal`] decides from the figures alone.
//!
//! - [`RuleFile`] is what a file of `rules/` holds, [`RuleSettings`] one rule of it;
//! - [`Catalog`] is what rules may name, filled from the datasets;
//! - [`Rule`] is a rule that names only what there is;
//! - [`RuleTest`] is a test that stands in the rule's own file, as data: who runs it knows how alerts live;
//! - [`Case`] is a test of several rules together, in a file of its own.
//!
//! What a rule waits for is written out in Rhai or named as one of the [`kinds`], each a file of its own.

mod case;
mod catalog;
mod chart;
mod compiled;
mod condition;
mod derived;
mod figures;
mod fingerprint;
pub mod kinds;
mod matchers;
mod persistence;
mod roll_up;
mod rule;
mod rule_test;
mod settings;
mod share;
mod terms;
mod worked_out;

#[cfg(test)]
pub(crate) mod literate;
#[cfg(test)]
mod shipped;

pub use case::{Case, CaseFile, CaseSettings};
pub use catalog::{Catalog, MeasureEntry, Plans};
pub use condition::Condition;
pub use derived::{Derived, DerivedSettings};
pub use figures::{Figures, FiguresError};
pub use matchers::Only;
pub use persistence::Persistence;
pub use roll_up::{From, RollUp};
pub use rule::Rule;
pub use rule_test::{Expectation, RuleTest, TestFigures, TestSeries};
pub use settings::{RuleFile, RuleSettings};
pub use share::Share;
pub use worked_out::with_derived;
