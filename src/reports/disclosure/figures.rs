//! The figures of alerts that one message shows, and which of them are withheld.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AlertLine, ChartMark, ChartPoint, ControlChart, Disclosure, Labels, Missing, Period, Value};

use super::Least;

/// What is withheld of the figures of one message.
pub(super) struct Withheld {
    how: Disclosure,
    /// Totals from which a withheld figure could be worked out: measure, series and period.
    totals: BTreeSet<(String, Labels, Period)>,
}

/// The figures of one measure at one period that a message would show, by series.
type Shown = BTreeMap<(String, Period), BTreeMap<Labels, f64>>;

impl Withheld {
    /// `lines` are all alerts of the message whose measures have a threshold, each with what else is shown of its figures.
    pub(super) fn of<'a>(
        lines: impl Iterator<Item = (&'a AlertLine, &'a [ChartPoint], Least)>,
        how: Disclosure,
    ) -> Self {
        let (mut shown, mut below) = (Shown::new(), BTreeMap::new());
        for (line, points, least) in lines.filter(|(.., least)| !least.measure.is_empty()) {
            let pointed = points.iter().filter_map(|point| Some((point.period, point.value?)));
            let trailed = trailed(line).filter_map(|(period, value)| Some((period, value.get()?)));
            for (period, figure) in pointed.chain(trailed) {
                shown.entry((least.measure.clone(), period)).or_default().insert(line.labels.clone(), figure);
            }
            below.insert(least.measure, least.below);
        }
        let total_of = |((measure, period), parts): ((String, Period), BTreeMap<Labels, f64>)| {
            let labels = total(&parts, *below.get(&measure)?)?.clone();
            Some((measure, labels, period))
        };
        Self { how, totals: shown.into_iter().filter_map(total_of).collect() }
    }

    /// The figure of a series at a period, as it may leave.
    pub(super) fn value(&self, value: Value, at: Period, labels: &Labels, least: &Least) -> Value {
        let Value::Number(number) = value else { return value };
        if is_small(number, least.below) || self.is_total(at, labels, least) {
            return Value::missing(Missing::Suppressed);
        }
        Value::Number(self.rounded(number))
    }

    fn is_total(&self, at: Period, labels: &Labels, least: &Least) -> bool {
        !self.totals.is_empty() && self.totals.contains(&(least.measure.clone(), labels.clone(), at))
    }

    fn is_withheld(&self, value: Value, at: Period, labels: &Labels, least: &Least) -> bool {
        value.get().is_some() && self.value(value, at, labels, least).get().is_none()
    }

    /// An alert's figures, and the words that may say them.
    pub(super) fn strip(&self, line: &mut AlertLine, least: &Least) {
        let hides = |period: Period, value: Value| self.is_withheld(value, period, &line.labels, least);
        let charted = line.chart.iter().flat_map(|chart| &chart.points);
        let mut charted = charted.filter_map(|point| Some((point.period, Value::Number(point.value?))));
        let any = charted.any(|(period, value)| hides(period, value))
            || trailed(line).any(|(period, value)| hides(period, value))
            || line.was.is_some_and(|was| hides(line.period, was));
        if line.value.get().is_some_and(|number| is_small(number, least.below)) {
            let counted = line.counted.as_deref().map(|counted| format!(" {counted}")).unwrap_or_default();
            line.message = format!(
                "fewer than {}{counted} in {}: below the publication threshold, so that the figure is withheld",
                least.below,
                line.period.label()
            );
        } else if any {
            line.message = not_said(&line.rule_summary, least.below);
        } else if let Disclosure::RoundTo(to) = self.how {
            line.message = format!("{}. Figures are rounded to the nearest {to}", line.rule_summary);
        }
        // Limits are worked out of every figure: with all but one of them, they say the last.
        line.chart = line.chart.take().filter(|_| !any).map(|chart| self.rounded_chart(chart));
        let (labels, before) = (line.labels.clone(), line.period.previous());
        let value = |value, at| self.value(value, at, &labels, least);
        line.value = value(line.value, line.period);
        line.previous = value(line.previous, before);
        line.was = line.was.map(|was| value(was, line.period));
        for (period, figure) in &mut line.trail {
            *figure = value(*figure, *period);
        }
    }

    /// The figures of a chart of an alert. With one that is withheld go its limits, and it becomes a run chart.
    pub(super) fn strip_chart(&self, mut chart: ControlChart, labels: &Labels, least: &Least) -> ControlChart {
        let mut any = false;
        for point in &mut chart.points {
            let known = point.value.map_or(Value::ABSENT, Value::Number);
            if self.is_withheld(known, point.period, labels, least) {
                (point.value, any) = (None, true);
            }
        }
        if any {
            for point in &mut chart.points {
                (point.lines, point.mark) = (None, ChartMark::CommonCause);
            }
            let points = chart.points;
            chart =
                ControlChart { points, rebases: Vec::new(), suggested_rebase: None, variation: None, assurance: None };
        }
        self.rounded_chart(chart)
    }

    fn rounded(&self, number: f64) -> f64 {
        match self.how {
            Disclosure::RoundTo(to) => (number / f64::from(to.get())).round() * f64::from(to.get()),
            Disclosure::Mask | Disclosure::None => number,
        }
    }

    fn rounded_chart(&self, mut chart: ControlChart) -> ControlChart {
        for point in &mut chart.points {
            point.value = point.value.map(|number| self.rounded(number));
            point.lines = point.lines.map(|lines| lines.map(|number| self.rounded(number)));
        }
        chart
    }
}

/// What stands in the place of a message that may say a figure.
pub(super) fn not_said(about: &str, below: u32) -> String {
    format!("{about}. Figures below the publication threshold (fewer than {below}) are withheld")
}

/// Nothing is no small number.
fn is_small(number: f64, below: u32) -> bool {
    number != 0.0 && number.abs() < f64::from(below)
}

/// The figures of an alert with their periods.
fn trailed(line: &AlertLine) -> impl Iterator<Item = (Period, Value)> {
    let newest = [(line.period, line.value), (line.period.previous(), line.previous)];
    line.trail.iter().copied().chain(newest)
}

/// The series whose figure is the sum of all others, if exactly one of the others is withheld.
fn total(parts: &BTreeMap<Labels, f64>, below: u32) -> Option<&Labels> {
    let mut small = parts.values().filter(|figure| is_small(**figure, below));
    small.next().filter(|_| small.next().is_none())?;
    let all: f64 = parts.values().sum();
    // Counts are whole: a total is half of itself and its parts.
    let is_total = |figure: f64| !is_small(figure, below) && (2.0 * figure - all).abs() < 0.5;
    parts.iter().find(|(_, figure)| is_total(**figure)).map(|(labels, _)| labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixtures::{alert, period};

    fn least() -> Least {
        Least { below: 5, measure: "les-activity/activity".to_owned() }
    }

    /// Alerts with figures of October, as a message would show them.
    fn masked(figures: &[(&str, f64)]) -> Vec<(String, Option<f64>)> {
        let line = |(name, figure): &(&str, f64)| {
            let value = Value::Number(*figure);
            AlertLine { value, previous: Value::ABSENT, trail: vec![(period("2025-10"), value)], ..alert(name) }
        };
        let mut lines: Vec<AlertLine> = figures.iter().map(line).collect();
        let withheld = Withheld::of(lines.iter().map(|line| (line, &[][..], least())), Disclosure::Mask);
        for line in &mut lines {
            withheld.strip(line, &least());
            assert_eq!(line.trail.last().map(|(_, value)| *value), Some(line.value), "the trail says no more");
        }
        lines.iter().map(|line| (line.labels.values(), line.value.get())).collect()
    }

    /// Those whose figures are withheld.
    fn withheld(figures: &[(&str, f64)]) -> Vec<String> {
        masked(figures).into_iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect()
    }

    #[test]
    fn a_total_is_withheld_where_it_would_say_the_one_part_that_is() {
        // 100 + 203 + 3 = 306.
        let whole = [("North", 100.0), ("South", 203.0), ("East", 3.0), ("Total", 306.0)];
        assert_eq!(withheld(&whole).len(), 2, "{:?}", masked(&whole));
        assert!(
            masked(&whole)
                .iter()
                .filter(|(_, value)| value.is_none())
                .all(|(name, _)| { name.contains("East") || name.contains("Total") })
        );
        // Without one of its parts, with two that are withheld, or with none, a total says nothing of any.
        assert_eq!(withheld(&[whole[0], whole[2], whole[3]]).len(), 1);
        assert_eq!(withheld(&[whole[0], ("South", 2.0), whole[2], ("Total", 105.0)]).len(), 2);
        assert_eq!(withheld(&[whole[0], whole[1], ("Total", 303.0)]), [""; 0]);
    }

    #[test]
    fn limits_do_not_give_away_a_figure_among_them() {
        let point = |value| ChartPoint {
            period: period("2025-10"),
            value: Some(value),
            plan: None,
            lines: Some([101.0, 207.0, 313.0]),
            mark: ChartMark::CommonCause,
        };
        let charted = |figures: &[f64]| {
            let points = figures.iter().map(|value| point(*value)).collect();
            let chart =
                ControlChart { points, rebases: Vec::new(), suggested_rebase: None, variation: None, assurance: None };
            let mut line = AlertLine { chart: Some(chart), ..alert("Dementia") };
            let withheld = Withheld::of(std::iter::once((&line, &[][..], least())), Disclosure::Mask);
            withheld.strip(&mut line, &least());
            line
        };
        let whole = charted(&[210.0, 199.0]);
        assert!(whole.chart.is_some() && whole.message == alert("Dementia").message);
        let without = charted(&[210.0, 4.0]);
        assert!(without.chart.is_none() && without.message.contains("fewer than 5"), "{without:#?}");
    }
}
