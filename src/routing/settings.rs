//! The routing tree as it is written.
//!
//! ```yaml
//! route:
//!   to: [performance-team]                # or receiver: performance-team
//!   routes:
//!     - match: { dataset: les-*, severity: [warning, critical], contract: { not: Total } }
//!       matchers: ['contract_type=~"capitated|cost-and-volume"']
//!       to: [primary-care-medical-services]
//!       continue: true                    # the branches after this one are looked into as well
//!       group_by: [contract_type]         # a message for each; [...] for each alert
//!       wait_for: [les-cost-and-volume]   # the month's other deliveries,
//!       group_wait: 3 working days        # at most so long
//!       repeat: every 3 periods           # each period, every N periods, never
//!       send_resolved: false
//!       acknowledged: until the next period   # or until it worsens
//!       escalation: standard              # the policy for what nobody looks after; none ends the parent's
//!       mute_time_intervals: [august]
//!       active_time_intervals: [office-hours]
//! ```

use serde::Deserialize;

use crate::{
    model::matcher::Condition,
    yaml::{Entries, Located},
};

/// One branch as it is written.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// The groups that receive what ends here. A branch without any hands on what its parent has.
    #[serde(default)]
    pub to: Vec<Located<String>>,
    /// One such group, by the name that Alertmanager has for it.
    #[serde(default)]
    pub receiver: Option<Located<String>>,
    /// `rule`, `dataset`, `severity` or a label, and what it must be: a text, a list, or `{ not: … }`; `*` stands for
    /// anything, `?` for one character.
    #[serde(default, rename = "match")]
    pub matches: Entries<Located<Condition>>,
    /// The same with a regular expression for the whole text.
    #[serde(default)]
    pub match_re: Entries<Located<String>>,
    /// The same as Alertmanager writes it: `severity="critical"`, `team=~"a|b"`.
    #[serde(default)]
    pub matchers: Vec<Located<String>>,
    /// Whether the branches after this one are looked into as well.
    #[serde(default, rename = "continue")]
    pub go_on: Option<Located<bool>>,
    /// The labels by which messages to a group are told apart, or `...` for all of them.
    #[serde(default)]
    pub group_by: Option<Vec<Located<String>>>,
    /// Datasets whose figures of the same month are waited for.
    #[serde(default)]
    pub wait_for: Option<Vec<Located<String>>>,
    /// How long a message waits at most.
    #[serde(default)]
    pub group_wait: Option<Located<String>>,
    /// How often an alert that goes on firing is said again.
    #[serde(default)]
    pub repeat: Option<Located<String>>,
    /// Whether the end of an alert is said.
    #[serde(default)]
    pub send_resolved: Option<bool>,
    /// How long an acknowledgement keeps an alert quiet: `until it worsens`, or `until the next period`.
    #[serde(default)]
    pub acknowledged: Option<Located<String>>,
    /// The escalation policy for alerts that nobody looks after; `none` ends the one of the parent.
    #[serde(default)]
    pub escalation: Option<Located<String>>,
    /// Time intervals in which nothing is sent: it waits until they end.
    #[serde(default)]
    pub mute_time_intervals: Vec<Located<String>>,
    /// Time intervals outside of which nothing is sent.
    #[serde(default)]
    pub active_time_intervals: Vec<Located<String>>,
    /// Alertmanager's, which counts minutes: refused with what to write, except in a tree that is only tried.
    #[serde(default)]
    pub group_interval: Option<Located<String>>,
    /// The same.
    #[serde(default)]
    pub repeat_interval: Option<Located<String>>,
    /// Branches looked into first.
    #[serde(default)]
    pub routes: Vec<RouteSettings>,
}
