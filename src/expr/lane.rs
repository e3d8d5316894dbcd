//! One series over all its periods at once.
//!
//! What conditions ask of a series is worked out once for all of its periods and for all conditions that ask the same;
//! then each operation of a condition runs over the periods as over rows of a table.

use std::sync::Arc;

use super::{
    Around, View,
    lowered::{self, Columns, NO, Pool, Program, STOPPED, Source, YES},
    reading::{Reading, Slot},
    series::{SeriesExpression, figure},
};
use crate::model::{Period, Series};

/// A series and the periods in which it is looked at, with what was worked out of it so far.
#[derive(Debug)]
pub struct Lane<'a> {
    series: &'a Series,
    periods: &'a [Period],
    /// Answers to what is asked of the series alone, whichever condition asks.
    numbers: Vec<(Slot, Vec<f64>)>,
    pool: Pool,
    answers: Vec<u8>,
}

impl<'a> Lane<'a> {
    /// A series in these periods, which are in the order of time.
    #[must_use]
    pub fn new(series: &'a Series, periods: &'a [Period]) -> Self {
        Self { series, periods, numbers: Vec::new(), pool: Pool::default(), answers: Vec::new() }
    }

    /// Goes on with another series, in the memory of the one before.
    pub fn go_on(&mut self, series: &'a Series, periods: &'a [Period]) {
        (self.series, self.periods) = (series, periods);
        self.numbers.clear();
    }

    /// The series.
    #[must_use]
    pub fn series(&self) -> &'a Series {
        self.series
    }

    /// Its periods.
    #[must_use]
    pub fn periods(&self) -> &'a [Period] {
        self.periods
    }

    fn numbers_of(&mut self, program: &Program<Slot>, around: &Arc<Around>) -> Vec<usize> {
        let mut places = Vec::with_capacity(program.numbers.len());
        for slot in &program.numbers {
            let known = self.numbers.iter().position(|(known, _)| known == slot && slot.is_own());
            places.push(known.unwrap_or_else(|| {
                let view = |period: &Period| View { series: self.series, period: *period, around };
                let column = self.periods.iter().map(|period| slot.number(view(period))).collect();
                self.numbers.push((slot.clone(), column));
                self.numbers.len() - 1
            }));
        }
        places
    }

    fn run(&mut self, program: &Program<Slot>, around: &Arc<Around>) {
        let places = self.numbers_of(program, around);
        let read = |period: &Period| Reading::new(program, View { series: self.series, period: *period, around });
        let told =
            |test| self.periods.iter().map(read).map(move |one| lowered::test(test, &one).map_or(STOPPED, u8::from));
        let tests: Vec<Vec<u8>> = program.tests.iter().map(|test| told(test).collect()).collect();
        let long = |text| self.periods.iter().map(read).map(move |one| lowered::length(text, &one));
        let lengths: Vec<Vec<f64>> = program.lengths.iter().map(|text| long(text).collect()).collect();
        let column = |place: &usize| self.numbers.get(*place).map_or(&[][..], |(_, column)| column.as_slice());
        let columns = Columns {
            numbers: places.iter().map(|place| Source::Flat(column(place))).collect(),
            lengths: lengths.iter().map(|column| Source::Flat(column.as_slice())).collect(),
            tests: tests.iter().map(|column| Source::Flat(column.as_slice())).collect(),
        };
        self.answers.clear();
        self.answers.resize(self.periods.len(), STOPPED);
        program.answer_all(&columns, &mut self.answers, &mut self.pool);
    }
}

impl SeriesExpression {
    /// Whether it holds in each period of a lane; none where [`SeriesExpression::evaluate`] has the reason why that
    /// cannot be said.
    pub fn evaluate_all(&self, lane: &mut Lane<'_>, around: &Arc<Around>, answers: &mut Vec<Option<bool>>) {
        answers.clear();
        let (series, periods) = (lane.series, lane.periods);
        let view = |period| View { series, period, around };
        let Some(program) = self.program() else {
            return answers.extend(periods.iter().map(|period| self.evaluate(view(*period)).holds()));
        };
        lane.run(program, around);
        answers.extend(lane.answers.iter().zip(periods).map(|(answer, period)| {
            let there = || self.names_what_is_there(series, figure(view(*period)));
            match *answer {
                YES if there() => Some(true),
                NO if there() => Some(false),
                _ if self.suppressed_below().is_some() || series.is_unsure() => self.evaluate(view(*period)).holds(),
                _ => None,
            }
        }));
    }
}
