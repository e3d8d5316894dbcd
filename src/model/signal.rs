//! What a rule says of one series at one period.

use serde::{Deserialize, Serialize};

/// The answer of a rule. There is no fourth: a rule that fails never passes for clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The condition holds; the rule's message for this series and period.
    Breach(String),
    /// The condition does not hold.
    Clear,
    /// The figures do not allow an answer, and why: "no figure for September 2025: suppressed".
    CannotTell(String),
    /// The rule itself went wrong (an error in its script, a limit reached), and how.
    Failed(String),
}
