//! How far chance alone takes a count: limits of a funnel plot, as D. J. Spiegelhalter, "Funnel plots for comparing
//! institutional performance", Statistics in Medicine 24 (2005), 1185–1202, has them, without the interpolation between
//! whole counts.

/// What a count is a matter of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Chance {
    /// So many, each with this probability.
    Binomial { among: f64, rate: f64 },
    /// So many expected, without an upper bound.
    Poisson { expected: f64 },
}

/// How many standard deviations the exact sums begin beyond the limits.
const FAR: f64 = 12.0;
/// From this variance on, the normal distribution is as good: the limits differ by about one count in a thousand.
const MANY: f64 = 1e6;

impl Chance {
    pub(super) fn mean(self) -> f64 {
        match self {
            Self::Binomial { among, rate } => among * rate,
            Self::Poisson { expected } => expected,
        }
    }

    pub(super) fn variance(self) -> f64 {
        match self {
            Self::Binomial { among, rate } => among * rate * (1.0 - rate),
            Self::Poisson { expected } => expected,
        }
    }

    fn most(self) -> f64 {
        match self {
            Self::Binomial { among, .. } => among,
            Self::Poisson { .. } => f64::INFINITY,
        }
    }

    /// The highest count that is not beyond the limit: more than it happens by chance with a probability of at most
    /// `tail`. `dispersion` is 1 where chance alone is at work. None where even the highest count may be chance.
    pub(super) fn upper(self, tail: f64, dispersion: f64) -> Option<f64> {
        let limit = if dispersion > 1.0 || self.variance() > MANY {
            self.mean() + deviations(tail) * (dispersion * self.variance()).sqrt()
        } else {
            let start = (self.mean() + FAR * self.variance().sqrt() + FAR).ceil().min(self.most());
            let (mut count, mut sum, mut part) = (start, 0.0, self.probability(start));
            loop {
                sum += part;
                if sum > tail || count <= 0.0 {
                    break count;
                }
                part /= self.ratio(count);
                count -= 1.0;
            }
        };
        (limit < self.most()).then_some(limit)
    }

    /// The lowest count that is not beyond the limit. None where even nought may be chance.
    pub(super) fn lower(self, tail: f64, dispersion: f64) -> Option<f64> {
        let limit = if dispersion > 1.0 || self.variance() > MANY {
            self.mean() - deviations(tail) * (dispersion * self.variance()).sqrt()
        } else {
            let start = (self.mean() - FAR * self.variance().sqrt() - FAR).floor().max(0.0);
            let (mut count, mut sum, mut part) = (start, 0.0, self.probability(start));
            loop {
                sum += part;
                if sum >= tail || count >= self.most() {
                    break count;
                }
                count += 1.0;
                part *= self.ratio(count);
            }
        };
        (limit > 0.0).then_some(limit)
    }

    /// The probability of a count.
    fn probability(self, count: f64) -> f64 {
        // Nought times the logarithm of nought is nought here.
        let times_ln = |times: f64, of: f64| if times == 0.0 { 0.0 } else { times * of.ln() };
        let logarithm = match self {
            Self::Binomial { among, rate } => {
                let rest = among - count;
                ln_factorial(among) - ln_factorial(count) - ln_factorial(rest)
                    + times_ln(count, rate)
                    + times_ln(rest, 1.0 - rate)
            }
            Self::Poisson { expected } => times_ln(count, expected) - expected - ln_factorial(count),
        };
        logarithm.exp()
    }

    /// The probability of a count as a multiple of that of one less.
    fn ratio(self, count: f64) -> f64 {
        match self {
            Self::Binomial { among, rate } => (among - count + 1.0) / count * rate / (1.0 - rate),
            Self::Poisson { expected } => expected / count,
        }
    }
}

/// The limits that are drawn, in standard deviations.
fn deviations(tail: f64) -> f64 {
    if tail > 0.01 { 1.959_963_984_540_054 } else { 3.090_232_306_167_813_5 }
}

/// The logarithm of n!, by Stirling's series; correct to about 12 digits.
fn ln_factorial(n: f64) -> f64 {
    let (mut x, mut product) = (n + 1.0, 1.0);
    while x < 12.0 {
        product *= x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse / 1680.0))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - product.ln()
}

/// By how much counts vary more than chance alone has them vary: the mean square of standardised deviations, of which the
/// outermost tenth at either end is drawn in to the next one (winsorised). 1 where that may be chance too: up to two
/// standard errors above 1.
pub(super) fn dispersion(mut deviations: Vec<f64>) -> f64 {
    deviations.sort_by(f64::total_cmp);
    let (count, outer) = (deviations.len(), deviations.len() / 10);
    let ends = deviations.get(outer).zip(count.checked_sub(outer + 1).and_then(|last| deviations.get(last)));
    let Some((low, high)) = ends.map(|(low, high)| (*low, *high)) else { return 1.0 };
    let sum: f64 = deviations.iter().map(|one| one.clamp(low, high).powi(2)).sum();
    let mean = sum / count as f64;
    if mean > 1.0 + 2.0 * (2.0 / count as f64).sqrt() { mean } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `scipy.stats` 1.17.1: `binom.ppf(q, n, rate)`, `poisson.ppf(q, expected)`; what has no limit there is `n` or 0.
    #[test]
    fn limits_are_those_of_the_exact_distributions() {
        for (chance, tail, lower, upper) in [
            (Chance::Binomial { among: 50.0, rate: 0.2 }, 0.001, Some(2.0), Some(19.0)),
            (Chance::Binomial { among: 50.0, rate: 0.2 }, 0.025, Some(5.0), Some(16.0)),
            (Chance::Binomial { among: 2.0, rate: 0.5 }, 0.001, None, None),
            (Chance::Binomial { among: 2.0, rate: 0.5 }, 0.025, None, None),
            (Chance::Binomial { among: 8.0, rate: 0.5 }, 0.001, None, None),
            (Chance::Binomial { among: 8.0, rate: 0.5 }, 0.025, Some(1.0), Some(7.0)),
            (Chance::Binomial { among: 10.0, rate: 0.5 }, 0.001, Some(1.0), Some(9.0)),
            (Chance::Binomial { among: 10.0, rate: 0.5 }, 0.025, Some(2.0), Some(8.0)),
            (Chance::Binomial { among: 11.0, rate: 0.5 }, 0.001, Some(1.0), Some(10.0)),
            (Chance::Binomial { among: 11.0, rate: 0.5 }, 0.025, Some(2.0), Some(9.0)),
            (Chance::Binomial { among: 200.0, rate: 0.015 }, 0.001, None, Some(9.0)),
            (Chance::Binomial { among: 200.0, rate: 0.015 }, 0.025, None, Some(7.0)),
            (Chance::Binomial { among: 1000.0, rate: 0.9133 }, 0.001, Some(885.0), Some(940.0)),
            (Chance::Binomial { among: 1000.0, rate: 0.9133 }, 0.025, Some(895.0), Some(930.0)),
            (Chance::Binomial { among: 98.0, rate: 0.9286 }, 0.001, Some(82.0), Some(97.0)),
            (Chance::Binomial { among: 98.0, rate: 0.9286 }, 0.025, Some(86.0), Some(96.0)),
            (Chance::Binomial { among: 40.0, rate: 0.8061 }, 0.001, Some(24.0), Some(39.0)),
            (Chance::Binomial { among: 40.0, rate: 0.8061 }, 0.025, Some(27.0), Some(37.0)),
            (Chance::Binomial { among: 100_000.0, rate: 0.3 }, 0.001, Some(29553.0), Some(30448.0)),
            (Chance::Binomial { among: 100_000.0, rate: 0.3 }, 0.025, Some(29716.0), Some(30284.0)),
            (Chance::Poisson { expected: 0.5 }, 0.001, None, Some(4.0)),
            (Chance::Poisson { expected: 0.5 }, 0.025, None, Some(2.0)),
            (Chance::Poisson { expected: 3.0 }, 0.001, None, Some(10.0)),
            (Chance::Poisson { expected: 3.0 }, 0.025, None, Some(7.0)),
            (Chance::Poisson { expected: 5.0 }, 0.001, None, Some(13.0)),
            (Chance::Poisson { expected: 5.0 }, 0.025, Some(1.0), Some(10.0)),
            (Chance::Poisson { expected: 6.9 }, 0.001, None, Some(16.0)),
            (Chance::Poisson { expected: 6.9 }, 0.025, Some(2.0), Some(12.0)),
            (Chance::Poisson { expected: 7.0 }, 0.001, Some(1.0), Some(16.0)),
            (Chance::Poisson { expected: 7.0 }, 0.025, Some(2.0), Some(13.0)),
            (Chance::Poisson { expected: 10.0 }, 0.001, Some(2.0), Some(21.0)),
            (Chance::Poisson { expected: 10.0 }, 0.025, Some(4.0), Some(17.0)),
            (Chance::Poisson { expected: 25.0 }, 0.001, Some(11.0), Some(42.0)),
            (Chance::Poisson { expected: 25.0 }, 0.025, Some(16.0), Some(35.0)),
            (Chance::Poisson { expected: 100.0 }, 0.001, Some(71.0), Some(132.0)),
            (Chance::Poisson { expected: 100.0 }, 0.025, Some(81.0), Some(120.0)),
            (Chance::Poisson { expected: 1234.5 }, 0.001, Some(1127.0), Some(1344.0)),
            (Chance::Poisson { expected: 1234.5 }, 0.025, Some(1166.0), Some(1304.0)),
        ] {
            assert_eq!((chance.lower(tail, 1.0), chance.upper(tail, 1.0)), (lower, upper), "{chance:?} {tail}");
        }
    }

    /// `scipy.stats.mstats.winsorize(z, 0.1)`, and the mean of the squares.
    #[test]
    fn dispersion_is_the_winsorised_mean_square() {
        let z = vec![-9.0, -3.0, -2.5, -1.0, -0.5, 0.2, 0.8, 1.5, 2.0, 2.5, 3.5, 8.0];
        assert!((dispersion(z) - DISPERSION).abs() < 1e-12);
        assert_eq!(dispersion(vec![1.0, -1.0, 0.5]).to_bits(), 1.0_f64.to_bits());
        assert_eq!(dispersion(Vec::new()).to_bits(), 1.0_f64.to_bits());
    }

    const DISPERSION: f64 = 5.265;
}
