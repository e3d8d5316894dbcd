//! Every period as it was seen when it was the newest.

use super::{
    Latest, Limits, Settings, Side, Test,
    limits::{OUTLIER, finite},
    special::Found,
};

/// What is known of each period, as it was when no later one was known: for every `t` what
/// [`latest`](super::latest)`(&figures[..=t], …)` says, to the last bit, in a fraction of its time.
///
/// The limits of all periods are summed up side by side: for each figure, over all periods that know it.
/// [`AsOf::fill`] may be called again and again; the buffers stay.
#[derive(Debug, Clone, Default)]
pub struct AsOf {
    periods: Vec<Option<Latest>>,
    figures: Vec<Option<f64>>,
    means: Sums,
    rest: Sums,
    screened: Sums,
}

/// What the limits of each period come from: of figures and of moving ranges, sum or mean, and how many there are.
#[derive(Debug, Clone, Default)]
struct Sums {
    centre: Vec<f64>,
    counts: Vec<f64>,
    range: Vec<f64>,
    range_counts: Vec<f64>,
}

impl AsOf {
    /// Replaces what is held by these figures, read with these settings; the arguments are those of
    /// [`latest`](super::latest).
    pub fn fill(&mut self, figures: impl IntoIterator<Item = Option<f64>>, rebase: &[usize], settings: &Settings) {
        self.periods.clear();
        self.figures.clear();
        self.figures.extend(figures.into_iter().map(finite));
        let mut start = 0;
        while start < self.figures.len() {
            let next = rebase.iter().copied().filter(|next| *next > start).min();
            let end = next.unwrap_or(self.figures.len()).min(self.figures.len());
            self.segment(start..end, settings);
            start = end;
        }
    }

    /// The periods, oldest first: none where there is no figure or there are no limits.
    #[must_use]
    pub fn periods(&self) -> &[Option<Latest>] {
        &self.periods
    }

    fn segment(&mut self, of: std::ops::Range<usize>, settings: &Settings) {
        let Some(figures) = self.figures.get(of) else { return };
        // Beyond the baseline the limits stay as they are.
        let moving = settings.baseline.map_or(figures.len(), |baseline| end_of(figures, baseline.figures()));
        let base = figures.get(..moving).unwrap_or(figures);
        self.means.running(base);
        self.rest.of_rest(base, &self.means);
        self.means.correct(&self.rest);
        if settings.screen_outliers {
            self.screened.screen(base, &self.means);
            self.rest.of_screened_rest(base, &self.means, &self.screened);
            self.screened.correct(&self.rest);
            self.means.range.clone_from(&self.screened.range);
        }
        let mut limits = None;
        let (mut known, mut trend) = (0, Run::default());
        for at in 0..figures.len() {
            let figure = figures.get(at).copied().flatten();
            known += usize::from(figure.is_some());
            trend.extend(figure, at.checked_sub(1).and_then(|before| figures.get(before).copied().flatten()));
            if at < moving {
                limits = self.means.limits(at);
            }
            let latest = figure.zip(limits).map(|(figure, limits)| {
                let seen = figures.get(..=at).unwrap_or_default();
                let trend = trend.side.filter(|_| trend.length + 1 >= settings.trend.points());
                let found = found(seen, figure, &limits, trend, settings.shift.points());
                Latest { figure, limits, special: found.named(), figures: known, found }
            });
            self.periods.push(latest);
        }
    }
}

/// Where the first figure after so many stands.
fn end_of(figures: &[Option<f64>], count: usize) -> usize {
    let is_known = |(_, figure): &(usize, &Option<f64>)| figure.is_some();
    figures.iter().enumerate().filter(is_known).nth(count).map_or(figures.len(), |(at, _)| at)
}

fn ranges(figures: &[Option<f64>]) -> impl Iterator<Item = (usize, f64)> + '_ {
    let range = |pair: &[Option<f64>]| match pair {
        [Some(before), Some(now)] => Some(f64::abs(now - before)),
        _ => None,
    };
    figures.windows(2).enumerate().filter_map(move |(at, pair)| Some((at + 1, range(pair)?)))
}

impl Sums {
    fn clear(&mut self, periods: usize) {
        for sums in [&mut self.centre, &mut self.counts, &mut self.range, &mut self.range_counts] {
            sums.clear();
            sums.resize(periods, 0.0);
        }
    }

    /// The means of all figures up to each period, as they come.
    fn running(&mut self, figures: &[Option<f64>]) {
        self.clear(figures.len());
        running(
            figures.iter().enumerate().filter_map(|(at, figure)| Some((at, (*figure)?))),
            &mut self.centre,
            &mut self.counts,
        );
        running(ranges(figures), &mut self.range, &mut self.range_counts);
    }

    /// What these means leave over of each figure and range, summed up for each period.
    fn of_rest(&mut self, figures: &[Option<f64>], means: &Self) {
        self.clear(figures.len());
        for (at, figure) in figures.iter().enumerate().filter_map(|(at, figure)| Some((at, (*figure)?))) {
            add_rest(figure, at, &mut self.centre, &means.centre);
        }
        for (at, range) in ranges(figures) {
            add_rest(range, at, &mut self.range, &means.range);
        }
        self.counts.clone_from(&means.counts);
        self.range_counts.clone_from(&means.range_counts);
    }

    /// The means of those ranges that are below the limit of each period.
    fn screen(&mut self, figures: &[Option<f64>], means: &Self) {
        self.clear(figures.len());
        for (at, range) in ranges(figures) {
            let sums = self.range.iter_mut().zip(&mut self.range_counts).zip(&means.range).skip(at);
            for ((sum, count), mean) in sums {
                let kept = f64::from(u8::from(is_kept(range, *mean)));
                *sum += range * kept;
                *count += kept;
            }
        }
        for (sum, count) in self.range.iter_mut().zip(&self.range_counts) {
            *sum /= count;
        }
    }

    fn of_screened_rest(&mut self, figures: &[Option<f64>], means: &Self, screened: &Self) {
        self.clear(figures.len());
        for (at, range) in ranges(figures) {
            let sums = self.range.iter_mut().zip(&screened.range).zip(&means.range).skip(at);
            for ((sum, screened), mean) in sums {
                *sum += if is_kept(range, *mean) { range - screened } else { 0.0 };
            }
        }
        self.counts.clone_from(&screened.counts);
        self.range_counts.clone_from(&screened.range_counts);
    }

    /// The means once more, with what they leave over.
    fn correct(&mut self, rest: &Self) {
        for ((mean, rest), count) in self.centre.iter_mut().zip(&rest.centre).zip(&rest.counts) {
            *mean += rest / count;
        }
        for ((mean, rest), count) in self.range.iter_mut().zip(&rest.range).zip(&rest.range_counts) {
            *mean += rest / count;
        }
    }

    fn limits(&self, at: usize) -> Option<Limits> {
        // Without a moving range the mean is that of nothing.
        let range = self.range.get(at).copied().filter(|range| !range.is_nan())?;
        Limits::around(*self.centre.get(at)?, range)
    }
}

/// Where nothing varies, nothing is screened.
fn is_kept(range: f64, mean: f64) -> bool {
    range < OUTLIER * mean || mean <= 0.0
}

/// The mean so far, at every place.
fn running(numbers: impl Iterator<Item = (usize, f64)>, means: &mut [f64], counts: &mut [f64]) {
    for (at, number) in numbers {
        if let (Some(mean), Some(count)) = (means.get_mut(at), counts.get_mut(at)) {
            (*mean, *count) = (number, 1.0);
        }
    }
    let (mut sum, mut known) = (0.0, 0.0);
    for (mean, count) in means.iter_mut().zip(counts) {
        sum += *mean;
        known += *count;
        (*mean, *count) = (sum / known, known);
    }
}

fn add_rest(number: f64, from: usize, sums: &mut [f64], means: &[f64]) {
    if let (Some(sums), Some(means)) = (sums.get_mut(from..), means.get(from..)) {
        for (sum, mean) in sums.iter_mut().zip(means) {
            *sum += number - mean;
        }
    }
}

/// For how many steps on end figures went the same way.
#[derive(Default)]
struct Run {
    side: Option<Side>,
    length: usize,
}

impl Run {
    fn extend(&mut self, now: Option<f64>, before: Option<f64>) {
        let side = now.zip(before).and_then(|(now, before)| match now.partial_cmp(&before)? {
            std::cmp::Ordering::Greater => Some(Side::High),
            std::cmp::Ordering::Less => Some(Side::Low),
            std::cmp::Ordering::Equal => None,
        });
        self.length = if side.is_some() && side == self.side { self.length + 1 } else { usize::from(side.is_some()) };
        self.side = side;
    }
}

/// The tests at the newest of the figures seen.
fn found(seen: &[Option<f64>], figure: f64, limits: &Limits, trend: Option<Side>, shift: usize) -> Found {
    let side = limits.side(figure);
    let on_side = |figure: &Option<f64>| side.is_some() && figure.and_then(|figure| limits.side(figure)) == side;
    let run = seen.iter().rev().take(shift).take_while(|figure| on_side(figure)).count();
    let near = |figure: &Option<f64>| figure.is_some_and(|figure| limits.is_near(figure));
    let two_of_three = run >= 3 && limits.is_near(figure) && seen.iter().rev().skip(1).take(2).any(near);
    Found {
        beyond: limits.beyond(figure),
        trend,
        two_of_three: side.filter(|_| two_of_three),
        shift: side.filter(|_| run >= shift),
    }
}

/// For how many periods on end, up to the newest of the figures seen, a test goes back that holds there; of two of three, 3.
#[must_use]
pub fn periods_of(test: Test, side: Side, seen: &[Option<f64>], limits: &Limits) -> usize {
    match test {
        Test::BeyondLimit => {
            let beyond = |figure: &&Option<f64>| figure.and_then(|figure| limits.beyond(figure)) == Some(side);
            seen.iter().rev().take_while(beyond).count()
        }
        Test::Shift => {
            let on_side = |figure: &&Option<f64>| figure.and_then(|figure| limits.side(figure)) == Some(side);
            seen.iter().rev().take_while(on_side).count()
        }
        Test::Trend => {
            let goes_on = |pair: &&[Option<f64>]| match pair {
                [Some(before), Some(now)] => {
                    if side == Side::High {
                        now > before
                    } else {
                        now < before
                    }
                }
                _ => false,
            };
            1 + seen.windows(2).rev().take_while(goes_on).count()
        }
        Test::TwoOfThree => 3,
    }
}
