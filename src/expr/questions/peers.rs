//! How a series stands among its peers: the series that the same rule looks at, with a figure at the same period.

use std::sync::Arc;

use super::{Argument, Signatures, Takes, Unanswered, View, end_of};
use crate::{
    expr::{
        failure::{Outcome, wrong},
        functions::whole,
        standings::{quantile, rank},
    },
    model::Value,
};

pub(super) const SIGNATURES: Signatures = &[
    ("rank", &[]),
    ("rank", &[Takes::Text]),
    ("peers", &[]),
    ("peers", &[Takes::Number]),
    ("peers", &[Takes::Text]),
    ("periods_before", &[]),
    ("peers", &[Takes::Number, Takes::Text]),
    ("peer_mean", &[]),
    ("peer_mean", &[Takes::Text]),
    ("peer_median", &[]),
    ("peer_median", &[Takes::Text]),
    ("peer_quantile", &[Takes::Number]),
    ("peer_quantile", &[Takes::Number, Takes::Text]),
];

/// What is asked, and the label whose values are compared apart: `rank("sub_icb")` is the rank within the sub-ICB.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::expr) struct PeerQuestion {
    asks: Asks,
    within: Option<Arc<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Asks {
    /// 1 for the best; equals share a place.
    Rank,
    /// How many have a figure, this one among them; fewer than so many cannot be told.
    Count(i32),
    /// How many periods before this one the dataset has figures for.
    PeriodsBefore,
    Mean,
    /// The figure below which this share lies.
    Quantile(f64),
}

pub(super) fn question(name: &str, arguments: &[Argument<'_>]) -> Option<Outcome<PeerQuestion>> {
    let (number, within) = match *arguments {
        [] => (None, None),
        [Argument::Text(label)] => (None, Some(label)),
        [Argument::Number(number)] => (Some(number), None),
        [Argument::Number(number), Argument::Text(label)] => (Some(number), Some(label)),
        _ => return None,
    };
    let asks = match (name, number) {
        ("rank", None) => Asks::Rank,
        ("periods_before", None) if within.is_none() => Asks::PeriodsBefore,
        ("peers", None) => Asks::Count(0),
        ("peers", Some(least)) => match whole(least, 1..=1_000_000) {
            Ok(least) => Asks::Count(least),
            Err(stopped) => return Some(Err(stopped)),
        },
        ("peer_mean", None) => Asks::Mean,
        ("peer_median", None) => Asks::Quantile(0.5),
        ("peer_quantile", Some(share)) if (0.0..=1.0).contains(&share) => Asks::Quantile(share),
        ("peer_quantile", Some(share)) => {
            return Some(wrong(format!("a share from 0 to 1 is needed here, not {share}")));
        }
        _ => return None,
    };
    Some(Ok(PeerQuestion { asks, within: within.map(Arc::from) }))
}

impl PeerQuestion {
    pub(super) fn answer(&self, view: View<'_>) -> Result<f64, Unanswered> {
        let View { series, period, around } = view;
        let standings = around.standings(self.within.as_deref());
        let group = self.within.as_deref().and_then(|label| series.key.labels.get(label));
        let figures = standings.at(period, group);
        let nobody = || Unanswered::Because(format!("no peer has a figure for {}", period.label()));
        match self.asks {
            Asks::Rank => {
                let value = series.at(period).map_or(Value::ABSENT, |figure| figure.value);
                match value {
                    Value::Number(value) => Ok(rank(figures, value, series.better) as f64),
                    Value::Missing { missing } => Err(Unanswered::Missing("figure", period, missing)),
                    Value::Bound(bound) => end_of(bound, "figure", period),
                }
            }
            Asks::PeriodsBefore => Ok(around.periods_before(period) as f64),
            Asks::Count(least) if (figures.len() as f64) < f64::from(least) => {
                let (there, when) = (figures.len(), period.label());
                let have = if there == 1 { "peer has" } else { "peers have" };
                Err(Unanswered::Because(format!("only {there} {have} a figure for {when}, and {least} are needed")))
            }
            Asks::Count(_) => Ok(figures.len() as f64),
            Asks::Mean if figures.is_empty() => Err(nobody()),
            Asks::Mean => Ok(figures.iter().sum::<f64>() / figures.len() as f64),
            Asks::Quantile(share) => quantile(figures, share).ok_or_else(nobody),
        }
    }
}
