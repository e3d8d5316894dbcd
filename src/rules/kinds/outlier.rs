//! `outlier`: the figure lies further from the rate of all peers than chance alone takes it, for what it is a share of.
//! These are the limits of a funnel plot.
//!
//! | setting | meaning |
//! |---|---|
//! | `share_of`, `count_of`, `events_per` | what the figure is to another measure, one of these: a share of it (20% of 50 patients), how many of it (10 of 50), or events that one may have several of (10 falls in 50 bed days) |
//! | `limits` | `99.8%` (three standard deviations; the default) or `95%` (two) |
//! | `side` | `worse` (the default), `better`, `high`, `low` or `both` |
//! | `within` | a label: only series with the same value of it are peers |
//! | `overdispersed` | `true` where peers are known to differ by more than chance for reasons that nobody measures |
//!
//! ```yaml
//! when: { outlier: { count_of: patients } }
//! ```
//!
//! stands for `value > funnel_upper("patients", "count", 0.998)` where lower is better. Peers are the series that the rule
//! looks at; their rate is that of all of them together. Beyond the limits means that chance alone (binomial for `share_of`
//! and `count_of`, Poisson for `events_per`) has as many or more in at most one case of a thousand (of forty for 95%), by
//! the exact distribution. Where so few stand behind a figure that even all or none of them may be chance, it cannot be
//! told. The other measure may be of another dataset, as list sizes that come once a quarter: the figure in force is taken.
//!
//! `overdispersed` widens the limits as Spiegelhalter has it (Funnel plots for comparing institutional performance,
//! Statistics in Medicine 24 (2005), 1185–1202): by the square root of the mean square of the standardised deviations, the
//! outermost tenths winsorised, where that is more than chance; at least ten peers are needed.

use serde::Deserialize;

use super::{Kind, Said};
use crate::{
    model::Better,
    rules::MeasureEntry,
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `outlier`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outlier {
    #[serde(default)]
    share_of: Option<String>,
    #[serde(default)]
    count_of: Option<String>,
    #[serde(default)]
    events_per: Option<String>,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    side: Side,
    #[serde(default)]
    within: Option<Located<String>>,
    #[serde(default)]
    overdispersed: bool,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, schemars::JsonSchema)]
enum Limits {
    #[default]
    #[serde(rename = "99.8%")]
    Three,
    #[serde(rename = "95%")]
    Two,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Side {
    #[default]
    Worse,
    Better,
    High,
    Low,
    Both,
}

impl Kind for Outlier {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let (of, what) = match (&self.share_of, &self.count_of, &self.events_per) {
            (Some(of), None, None) => (of, "share"),
            (None, Some(of), None) => (of, "count"),
            (None, None, Some(of)) => (of, "events"),
            _ => {
                let problem = Problem::new(place.clone(), "what the figure is a share of is needed");
                return Err(problem.hint("one of `share_of`, `count_of` and `events_per` names a measure").into());
            }
        };
        let within = match &self.within {
            Some(label) => {
                super::needs_label(label, measure)?;
                format!(", {:?}", label.value)
            }
            None => String::new(),
        };
        let (level, percent) = match self.limits {
            Limits::Three => ("0.998", "99.8%"),
            Limits::Two => ("0.95", "95%"),
        };
        let what_words = if self.overdispersed { format!("{what}, overdispersed") } else { what.to_owned() };
        let limit = |side: &str| format!("funnel_{side}({of:?}, {what_words:?}, {level}{within})");
        let rate = format!("funnel_rate({of:?}, {what_words:?}{within})");
        let above = format!("value > {}", limit("upper"));
        let below = format!("value < {}", limit("lower"));
        let condition = match self.end(place, measure)? {
            End::High => above,
            End::Low => below,
            End::Both => format!("{above} || {below}"),
        };
        let base = super::other(of, 0).replacen("other", if of.contains('/') { "in_force" } else { "other" }, 1);
        let (own, all) = match what {
            "share" => ("{value}".to_owned(), format!("{{{rate}:percent}}")),
            "count" => (format!("{{value}} of {{{base}}} ({{value / {base}:percent}})"), format!("{{{rate}:percent}}")),
            _ => (format!("{{value}} in {{{base}}}"), format!("{{{rate} * {base}:1}} at their rate")),
        };
        let message =
            format!("{{subject}}: {own} against {all} among its peers, beyond the {percent} limits of chance");
        Ok(Said { condition, message })
    }
}

enum End {
    High,
    Low,
    Both,
}

impl Outlier {
    /// Which end is looked at, by the direction of the measure that is good.
    fn end(&self, place: &Place, measure: &MeasureEntry) -> Result<End, Problem> {
        let better = if measure.directions_vary { Better::Neither } else { measure.better };
        Ok(match (self.side, better) {
            (Side::Both, _) => End::Both,
            (Side::High, _) | (Side::Worse, Better::Lower) | (Side::Better, Better::Higher) => End::High,
            (Side::Low, _) | (Side::Worse, Better::Higher) | (Side::Better, Better::Lower) => End::Low,
            (Side::Worse | Side::Better, Better::Neither) => {
                let problem = Problem::new(place.clone(), "no one direction of this measure is good");
                return Err(
                    problem.hint("write `side: both`, `high` or `low`, or `better` in the dataset's `measures`")
                );
            }
        })
    }
}
