//! Series over all their periods at once.
//!
//! What conditions ask of the series is worked out once for all periods and for all conditions that ask the same; then
//! each operation of a condition runs over the periods of all these series as over the rows of a table.

use std::sync::Arc;

use super::{
    Around, View,
    grid::{Grid, Steps},
    lowered::{self, Columns, NO, Pool, Program, STOPPED, Source, Text, YES},
    questions::Question,
    reading::{Reading, Slot},
    series::SeriesExpression,
};
use crate::{
    model::{Period, Series},
    spc::{AsOf, Charting, Latest},
};

/// Some series and the periods in which they are looked at, with what was worked out of them so far. Its rows are the
/// periods of the first series, then those of the second, and so on.
#[derive(Debug, Default)]
pub struct Lane<'a> {
    series: Vec<&'a Series>,
    periods: &'a [Period],
    /// What the periods are to each other; none if they are of several kinds.
    steps: Option<Steps>,
    /// The figures of each series; empty where they lie too far apart.
    grids: Vec<Grid>,
    /// Answers to what is asked of the series alone, whichever condition asks.
    numbers: Vec<(Slot, Vec<f64>)>,
    charts: Vec<(Arc<Charting>, Vec<Option<Latest>>)>,
    /// For each row, which series and which period it is of.
    rows: (Vec<u32>, Vec<u32>),
    spare: Vec<Vec<f64>>,
    as_of: AsOf,
    pool: Pool,
    answers: Vec<u8>,
}

/// Answers that are the same in many rows.
enum Spread<T> {
    Rows(Vec<T>),
    Series(Vec<T>),
    Periods(Vec<T>),
}

impl<'a> Lane<'a> {
    /// How many rows are worth going through at a time: they stay in the processor's caches.
    const ROWS: usize = 1024;

    /// How many series over so many periods are worth looking at together.
    #[must_use]
    pub fn together(periods: usize) -> usize {
        (Self::ROWS / periods.max(1)).max(1)
    }

    /// A series in these periods, which are in the order of time.
    #[must_use]
    pub fn new(series: &'a Series, periods: &'a [Period]) -> Self {
        let mut lane = Self::default();
        lane.go_on(&[series], periods);
        lane
    }

    /// Goes on with other series, in the memory of those before.
    pub fn go_on(&mut self, series: &[&'a Series], periods: &'a [Period]) {
        self.spare.extend(self.numbers.drain(..).map(|(_, column)| column));
        self.charts.clear();
        self.series.clear();
        self.series.extend_from_slice(series);
        if self.periods != periods || self.steps.is_none() {
            self.steps = Steps::of(periods);
        }
        self.periods = periods;
        self.grids.resize_with(series.len(), Grid::default);
        let first = self.steps.as_ref().and(periods.first());
        let filled = first
            .is_some_and(|first| self.grids.iter_mut().zip(series).all(|(grid, series)| grid.fill(series, *first)));
        if !filled {
            self.steps = None;
        }
        let (of_series, of_periods) = &mut self.rows;
        if of_series.len() != series.len() * periods.len()
            || of_periods.last().is_none_or(|last| *last as usize + 1 != periods.len())
        {
            let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
            of_series.clear();
            of_periods.clear();
            for series in 0..series.len() {
                of_series.extend(periods.iter().map(|_| place(series)));
                of_periods.extend((0..periods.len()).map(place));
            }
        }
    }

    /// The series.
    #[must_use]
    pub fn series(&self) -> &[&'a Series] {
        &self.series
    }

    /// The periods.
    #[must_use]
    pub fn periods(&self) -> &'a [Period] {
        self.periods
    }

    fn views<'b>(&'b self, around: &'b Arc<Around>) -> impl Iterator<Item = View<'b>> {
        let of = move |series: &'b &'a Series| {
            self.periods.iter().map(move |period| View { series, period: *period, around })
        };
        self.series.iter().flat_map(of)
    }

    /// Where the answers to what a slot asks stand, worked out if they are not known.
    fn place(&mut self, slot: &Slot, around: &Arc<Around>) -> usize {
        if let Some(known) = self.numbers.iter().position(|(known, _)| known == slot && slot.is_own()) {
            return known;
        }
        let mut column = self.spare.pop().unwrap_or_default();
        column.clear();
        if let Slot::Asked(Question::Chart(question)) = slot
            && self.steps.is_some()
        {
            let chart = self.chart(question.charting());
            let latest = self.charts.get(chart).map_or(&[][..], |(_, latest)| latest.as_slice());
            column.extend(self.views(around).zip(latest).map(|(view, latest)| question.number(latest.as_ref(), view)));
        } else {
            self.fill(slot, around, &mut column);
        }
        self.numbers.push((slot.clone(), column));
        self.numbers.len() - 1
    }

    fn fill(&self, slot: &Slot, around: &Arc<Around>, column: &mut Vec<f64>) {
        for (at, series) in self.series.iter().enumerate() {
            let known = self.steps.as_ref().zip(self.grids.get(at)).is_some_and(|(steps, grid)| match slot {
                Slot::Value => {
                    column.extend(steps.places(grid).map(|place| super::grid::at(&grid.values, place)));
                    true
                }
                Slot::Plan => {
                    column.extend(steps.places(grid).map(|place| super::grid::at(&grid.plans, place)));
                    true
                }
                Slot::Asked(Question::Own(question)) => question.answer_all(grid, steps, series.better, column),
                _ => false,
            });
            if !known {
                let view = |period: &Period| View { series, period: *period, around };
                column.extend(self.periods.iter().map(|period| slot.number(view(period))));
            }
        }
    }

    /// Where the control charts of the series stand, as they were at each period.
    fn chart(&mut self, charting: &Arc<Charting>) -> usize {
        if let Some(known) = self.charts.iter().position(|(known, _)| known == charting) {
            return known;
        }
        let mut latest = Vec::with_capacity(self.series.len() * self.periods.len());
        if let (Some(steps), Some(first)) = (&self.steps, self.periods.first()) {
            for (series, grid) in self.series.iter().zip(&self.grids) {
                let begin = steps.places(grid).next().map_or(*first, |place| first.minus(place));
                let rebases: Vec<usize> = charting.starts(&series.key.labels, begin).collect();
                let figures = grid.values.iter().map(|value| Some(*value).filter(|value| !value.is_nan()));
                self.as_of.fill(figures, &rebases, &charting.settings);
                let known = self.as_of.periods();
                let at = |place: i32| usize::try_from(place).ok().and_then(|place| known.get(place).copied().flatten());
                latest.extend(steps.places(grid).map(at));
            }
        }
        self.charts.push((Arc::clone(charting), latest));
        self.charts.len() - 1
    }

    /// Answers that rest on texts; these are asked once for each series or period where they are the same.
    fn spread<T>(
        &self,
        program: &Program<Slot>,
        around: &Arc<Around>,
        slot: Option<usize>,
        answer: impl Fn(&Reading<'_>) -> T,
    ) -> Spread<T> {
        let ask = |view| answer(&Reading::new(program, view));
        let view = |series, period| View { series, period, around };
        match (slot.and_then(|slot| program.texts.get(slot)), self.series.first(), self.periods.first()) {
            (Some(Slot::Label(_) | Slot::Subject), _, Some(period)) => {
                Spread::Series(self.series.iter().map(|series| ask(view(series, *period))).collect())
            }
            (Some(Slot::Period), Some(series), _) => {
                Spread::Periods(self.periods.iter().map(|period| ask(view(series, *period))).collect())
            }
            _ => Spread::Rows(self.views(around).map(ask).collect()),
        }
    }

    fn source<'b, T>(&'b self, spread: &'b Spread<T>) -> Source<'b, T> {
        match spread {
            Spread::Rows(rows) => Source::Flat(rows),
            Spread::Series(answers) => Source::Coded(&self.rows.0, answers),
            Spread::Periods(answers) => Source::Coded(&self.rows.1, answers),
        }
    }

    fn run(&mut self, program: &Program<Slot>, around: &Arc<Around>) {
        let places: Vec<usize> = program.numbers.iter().map(|slot| self.place(slot, around)).collect();
        let (mut answers, mut pool) = (std::mem::take(&mut self.answers), std::mem::take(&mut self.pool));
        let told = |leaves: &Reading<'_>, test| lowered::test(test, leaves).map_or(STOPPED, u8::from);
        let tests =
            program.tests.iter().map(|test| self.spread(program, around, test.only_slot(), |one| told(one, test)));
        let tests: Vec<_> = tests.collect();
        let long = |text: &Text| self.spread(program, around, text.only_slot(), |one| lowered::length(text, one));
        let lengths: Vec<_> = program.lengths.iter().map(long).collect();
        let column = |place: &usize| self.numbers.get(*place).map_or(&[][..], |(_, column)| column.as_slice());
        let columns = Columns {
            numbers: places.iter().map(|place| Source::Flat(column(place))).collect(),
            lengths: lengths.iter().map(|spread| self.source(spread)).collect(),
            tests: tests.iter().map(|spread| self.source(spread)).collect(),
        };
        answers.clear();
        answers.resize(self.series.len() * self.periods.len(), STOPPED);
        program.answer_all(&columns, &mut answers, &mut pool);
        (self.answers, self.pool) = (answers, pool);
    }

    /// Makes the answers of those rows stand as stopped in which a column has no number.
    fn stop_without(&mut self, slot: &Slot, around: &Arc<Around>) {
        let place = self.place(slot, around);
        let Some((_, column)) = self.numbers.get(place) else { return };
        for (answer, number) in self.answers.iter_mut().zip(column) {
            if number.is_nan() {
                *answer = STOPPED;
            }
        }
    }
}

impl SeriesExpression {
    /// Whether it holds in each row of a lane; none where [`SeriesExpression::evaluate`] has the reason why that cannot be
    /// said.
    pub fn evaluate_all(&self, lane: &mut Lane<'_>, around: &Arc<Around>, answers: &mut Vec<Option<bool>>) {
        answers.clear();
        let Some(program) = self.program() else {
            return answers.extend(self.interpret_all(lane.views(around)));
        };
        lane.run(program, around);
        for slot in self.needs() {
            lane.stop_without(&slot, around);
        }
        let may_be_known = |at: usize| {
            let is_suppressed = || lane.steps.is_none() || lane.grids.get(at).is_some_and(|grid| grid.suppressed);
            self.suppressed_below().is_some() && is_suppressed()
        };
        for (at, (series, said)) in lane.series.iter().zip(lane.answers.chunks(lane.periods.len().max(1))).enumerate() {
            let may_be_known = may_be_known(at) || series.is_unsure();
            answers.extend(said.iter().zip(lane.periods).map(|(answer, period)| match *answer {
                YES => Some(true),
                NO => Some(false),
                _ if may_be_known => self.evaluate(View { series, period: *period, around }).holds(),
                _ => None,
            }));
        }
    }
}
