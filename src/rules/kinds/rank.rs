//! `rank`: the figure stands among the worst or the best of its peers.
//!
//! | setting | meaning |
//! |---|---|
//! | `worst`, `best` | a share of the peers: `25%` is the lowest or the highest quarter, `10%` a tenth; one of them |
//! | `within` | a label: only series with the same value of it are peers, as practices of one sub-ICB |
//! | `peers` | how many peers must have a figure, or it cannot be told; without it, 4 for a quarter, 10 for a tenth |
//! | `of` | the figure is a rank already, as `33` of 42: among how many, a number or a measure |
//!
//! ```yaml
//! when: { rank: { worst: 10% } }
//! for: 3
//! ```
//!
//! stands for `rank() / peers(10) > 0.9`. Peers are the series that the rule looks at (`where` says which) that have a
//! figure at the period. The best is first, by the direction of the measure that is good; equals share the better place,
//! so that nobody is among the worst for being as good as most. Of 42, the worst quarter begins with place 32.

use serde::Deserialize;

use super::{super::share::Share, Kind, Said};
use crate::{
    model::Better,
    rules::MeasureEntry,
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `rank`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rank {
    #[serde(default)]
    worst: Option<Share>,
    #[serde(default)]
    best: Option<Share>,
    #[serde(default)]
    within: Option<Located<String>>,
    #[serde(default)]
    peers: Option<u32>,
    #[serde(default)]
    of: Option<String>,
}

impl Kind for Rank {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let (share, comparison, end) = match (self.worst, self.best) {
            (Some(worst), None) => (worst.get(), format!("> {}", rest_of(worst)), "worst"),
            (None, Some(best)) => (best.get(), format!("<= {best}"), "best"),
            _ => {
                let problem = Problem::new(place.clone(), "one end of the ranks is needed");
                return Err(problem.hint("write `worst: 25%` or `best: 25%`").into());
            }
        };
        if !(share > 0.0 && share < 1.0) {
            let problem = Problem::new(place.clone(), "a share of the peers is more than none and less than all");
            return Err(problem.hint("such as `worst: 25%`").into());
        }
        let (place_of, all) = if let Some(of) = &self.of {
            ("value".to_owned(), among(of))
        } else {
            if measure.better == Better::Neither && !measure.directions_vary {
                let problem = Problem::new(place.clone(), "no direction of this measure is good");
                return Err(problem.hint("the dataset's `measures` say which: `better: higher` or `lower`").into());
            }
            self.asked(share, measure)?
        };
        let ends = super::percent(share);
        let message = match &self.of {
            Some(_) => format!("{{subject}}: place {{{place_of}:0}} of {{{all}:0}} (the {end} {ends})"),
            None => format!("{{subject}}: {{value}} is place {{{place_of}:0}} of {{{all}:0}} (the {end} {ends})"),
        };
        Ok(Said { condition: format!("{place_of} / {all} {comparison}"), message })
    }
}

impl Rank {
    /// The place and the number of peers, as functions.
    fn asked(&self, share: f64, measure: &MeasureEntry) -> Result<(String, String), Problem> {
        // With fewer than this, even the last one stands for more than the share.
        let enough = (1.0 / share - 1e-9).ceil();
        let least = self.peers.map_or(enough, f64::from).max(1.0);
        let Some(label) = &self.within else { return Ok(("rank()".to_owned(), format!("peers({least})"))) };
        super::needs_label(label, measure)?;
        Ok((format!("rank(\"{}\")", label.value), format!("peers({least}, \"{}\")", label.value)))
    }
}

/// A number as it is; anything else names a measure.
fn among(of: &str) -> String {
    if of.parse::<u32>().is_ok() { of.to_owned() } else { super::other(of, 0) }
}

/// What a share leaves of the whole: 0.75 of 25%, without the last digits of binary fractions.
fn rest_of(share: Share) -> f64 {
    ((1.0 - share.get()) * 1e9).round() / 1e9
}
