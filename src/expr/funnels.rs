//! What the peers of a series have in common: their overall rate, and whether they differ by more than chance.

use std::{collections::BTreeMap, sync::Arc};

use super::chance::{Chance, dispersion};
use crate::model::{Labels, Period, Series, Value};

use super::view::Around;

/// What a figure is to the measure that stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Figures {
    /// A share of it: 0.2 of 50 patients.
    Share,
    /// How many of it: 10 of 50 patients.
    Count,
    /// Events among it, each of which may have several: 10 falls in 50 bed days.
    Events,
}

/// Which funnel: what stands beside the figure, and who is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    pub(super) dataset: Option<Arc<str>>,
    pub(super) measure: Arc<str>,
    pub(super) figures: Figures,
    pub(super) within: Option<Arc<str>>,
}

/// A count, and what it is a count of.
type Peer = (f64, f64);

/// The rate of all peers together, and by how much they differ more than by chance; by period and group.
pub(super) type Funnels = BTreeMap<(Period, Option<String>), Common>;

/// What peers have in common at a period.
#[derive(Debug, Clone, Default)]
pub(super) struct Common {
    pub(super) rate: f64,
    pub(super) dispersion: f64,
    pub(super) peers: usize,
}

impl Asked {
    /// What stands beside a figure: of the same dataset, for the same period; of another one, what is in force then.
    pub(super) fn base(&self, around: &Around, labels: &Labels, period: Period) -> Option<f64> {
        match &self.dataset {
            None => around.beside(labels, &self.measure)?.at(period)?.value.get(),
            Some(dataset) => around.elsewhere(dataset, &self.measure, labels).next()?.in_force(period)?.1.value.get(),
        }
        .filter(|base| *base > 0.0)
    }

    /// How many a figure stands for.
    pub(super) fn count(&self, value: f64, base: f64) -> f64 {
        match self.figures {
            // A share is printed with few digits: what it is a share of is whole.
            Figures::Share => (value * base).round(),
            Figures::Count | Figures::Events => value,
        }
    }

    /// What chance makes of a base at a rate.
    pub(super) fn chance(&self, base: f64, rate: f64) -> Chance {
        match self.figures {
            Figures::Share | Figures::Count => Chance::Binomial { among: base.round(), rate },
            Figures::Events => Chance::Poisson { expected: base * rate },
        }
    }

    fn group<'a>(&self, series: &'a Series) -> Option<&'a str> {
        self.within.as_deref().and_then(|label| series.key.labels.get(label))
    }

    /// What these peers have in common.
    pub(super) fn funnels<'a>(&self, around: &Around, peers: impl Iterator<Item = &'a Series>) -> Funnels {
        let mut all: BTreeMap<(Period, Option<String>), Vec<Peer>> = BTreeMap::new();
        for series in peers {
            for (period, figure) in series.iter() {
                let Value::Number(value) = figure.value else { continue };
                let Some(base) = self.base(around, &series.key.labels, period) else { continue };
                let group = self.group(series).map(str::to_owned);
                all.entry((period, group)).or_default().push((self.count(value, base), base));
            }
        }
        all.into_iter().map(|(key, peers)| (key, self.common(&peers))).collect()
    }

    fn common(&self, peers: &[Peer]) -> Common {
        let (count, base) = peers.iter().fold((0.0, 0.0), |(all, bases), (count, base)| (all + count, bases + base));
        let rate = count / base;
        let deviation = |(count, base): &Peer| {
            let chance = self.chance(*base, rate);
            Some((count - chance.mean()) / chance.variance().sqrt()).filter(|deviation| deviation.is_finite())
        };
        Common { rate, dispersion: dispersion(peers.iter().filter_map(deviation).collect()), peers: peers.len() }
    }

    /// What the peers of a series have in common at a period.
    pub(super) fn at<'a>(&self, funnels: &'a Funnels, series: &Series, period: Period) -> Option<&'a Common> {
        funnels.get(&(period, self.group(series).map(str::to_owned)))
    }
}
