//! How the series of a measure stand among each other.

use std::collections::HashMap;

use crate::model::{Better, Period, Series};

/// The figures of the peers at each period, by the value of the label that parts them.
#[derive(Debug, Default)]
pub(super) struct Standings(HashMap<Period, HashMap<Option<String>, Vec<f64>>>);

/// The figures of these series, those apart that have different values of `label`.
pub(super) fn standings<'a>(peers: impl Iterator<Item = &'a Series>, label: Option<&str>) -> Standings {
    let mut all = Standings::default();
    for series in peers {
        let group = label.and_then(|label| series.key.labels.get(label));
        for (period, figure) in series.iter() {
            let Some(number) = figure.value.get() else { continue };
            let groups = all.0.entry(period).or_default();
            match groups.get_mut(&group.map(str::to_owned)) {
                Some(figures) => figures.push(number),
                None => drop(groups.insert(group.map(str::to_owned), vec![number])),
            }
        }
    }
    all.0.values_mut().flat_map(HashMap::values_mut).for_each(|figures| figures.sort_by(f64::total_cmp));
    all
}

impl Standings {
    /// The figures of a period and group, ascending.
    pub(super) fn at(&self, period: Period, group: Option<&str>) -> &[f64] {
        let groups = self.0.get(&period);
        groups.and_then(|groups| groups.get(&group.map(str::to_owned))).map_or(&[], Vec::as_slice)
    }
}

/// How many of these figures (ascending) are better than one, and one more: the best is first, and equals share a place.
/// Where no direction is good, the highest is first.
pub(super) fn rank(figures: &[f64], value: f64, better: Better) -> usize {
    let below = figures.partition_point(|figure| *figure < value);
    let up_to = figures.partition_point(|figure| *figure <= value);
    1 + match better {
        Better::Lower => below,
        Better::Higher | Better::Neither => figures.len() - up_to,
    }
}

/// The figure below which a share (0 to 1) of the figures (ascending) lies, with those between two weighed as most
/// spreadsheets do (`PERCENTILE.INC`; type 7 of Hyndman and Fan). None of no figures.
pub(super) fn quantile(figures: &[f64], share: f64) -> Option<f64> {
    let last = figures.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 and the last place")]
    let (low, part) = (place.floor() as usize, place.fract());
    let (below, above) = (figures.get(low)?, figures.get((low + 1).min(last))?);
    Some(below + (above - below) * part)
}
