//! What `aggregate` remembers of a file, group by group.

use std::collections::{BTreeMap, HashSet};

use super::{
    super::super::{
        check::{Found, Tally, same},
        columns::Field,
        failures::{grouped, quoted},
        groups::{Group, GroupRun, Groups},
        keys::{KeyColumn, KeyHash, KeyHasher, RowKeys},
        rows::Rows,
        spread::{deviation, quantile},
        sum::ExactSum,
    },
    Expected, Of,
};
use crate::model::{Cell, Column, Severity, table::Numbers, value::format_number};

/// More values than this are not kept.
const MOST_VALUES: usize = 10_000_000;

/// More groups than this are not listed in a message.
const LISTED: usize = 8;

/// What is remembered of the values of one group.
#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    count: u64,
    sum: ExactSum,
    least: Option<f64>,
    greatest: Option<f64>,
    values: Vec<f64>,
    distinct: HashSet<KeyHash>,
}

impl Gathered {
    /// Adds a cell; `hash` is its own for `distinct`, `values` how many values are kept in all groups.
    fn add(&mut self, of: Of, cell: Cell, hash: Option<KeyHash>, values: &mut usize) {
        if matches!(cell, Cell::Missing(_)) {
            return;
        }
        self.count += 1;
        match (of, cell) {
            (Of::Sum | Of::Mean, Cell::Number(figure)) => self.sum.add(figure),
            (Of::Min, Cell::Number(figure)) => {
                self.least = Some(self.least.map_or(figure, |least| least.min(figure)));
            }
            (Of::Max, Cell::Number(figure)) => {
                self.greatest = Some(self.greatest.map_or(figure, |greatest| greatest.max(figure)));
            }
            (Of::Median | Of::Quantile | Of::Stdev, Cell::Number(figure)) if *values <= MOST_VALUES => {
                *values += 1;
                self.values.push(figure);
            }
            (Of::Distinct | Of::DistinctShare, _) if *values <= MOST_VALUES => {
                *values += hash.map_or(0, |hash| usize::from(self.distinct.insert(hash)));
            }
            _ => {}
        }
    }

    /// Adds figures to the sum; NaN is none.
    fn add_up(&mut self, figures: &[f64]) {
        for figure in figures.iter().filter(|figure| !figure.is_nan()) {
            self.count += 1;
            self.sum.add(*figure);
        }
    }

    fn figure(&mut self, of: Of, at: f64) -> Option<f64> {
        match of {
            Of::Min => self.least,
            Of::Max => self.greatest,
            Of::Sum => Some(self.sum.total()),
            Of::Mean => (self.count > 0).then(|| self.sum.total() / self.count as f64),
            Of::Count => Some(self.count as f64),
            Of::Distinct => Some(self.distinct.len() as f64),
            Of::DistinctShare => (self.count > 0).then(|| self.distinct.len() as f64 / self.count as f64),
            Of::Median | Of::Quantile => quantile(&mut self.values, at),
            Of::Stdev => deviation(&self.values).map(|(_, deviation)| deviation),
        }
    }
}

#[derive(Debug)]
pub(super) struct Gathering {
    pub(super) title: String,
    pub(super) field: [Field; 1],
    pub(super) of: Of,
    pub(super) at: f64,
    pub(super) expected: Expected,
    pub(super) groups: Groups,
    pub(super) hasher: KeyHasher,
    pub(super) known: [KeyColumn; 1],
    /// Of the values of the batch at hand, for `distinct`.
    pub(super) hashes: RowKeys,
    pub(super) gathered: BTreeMap<Group, Gathered>,
    /// How many values are kept.
    pub(super) values: usize,
    /// How many rows were looked at.
    pub(super) rows: u64,
}

impl Tally for Gathering {
    fn observe(&mut self, rows: &Rows<'_>) {
        self.groups.observe(rows);
        self.rows += rows.len();
        if self.of.is_distinct() {
            self.hasher.hashes(&self.field, &mut self.known, rows.batch, &mut self.hashes);
        }
        let Self { field: [field], of, groups, hashes, gathered, values, .. } = self;
        let numbers = field.in_batch(rows.batch).and_then(Column::numbers).map(Numbers::values);
        for GroupRun { group, rows: range } in groups.runs() {
            let gathered = gathered.entry(*group).or_default();
            match (&of, numbers.and_then(|numbers| numbers.get(range.clone()))) {
                (Of::Sum | Of::Mean, Some(numbers)) => gathered.add_up(numbers),
                _ => range.clone().for_each(|index| {
                    gathered.add(*of, field.cell(rows.batch, index), hashes.get(index), values);
                }),
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.groups.merge(other.groups);
        self.values += other.values;
        self.rows += other.rows;
        for (group, other) in other.gathered {
            let gathered = self.gathered.entry(group).or_default();
            gathered.count += other.count;
            gathered.sum.merge(&other.sum);
            gathered.least = gathered.least.into_iter().chain(other.least).reduce(f64::min);
            gathered.greatest = gathered.greatest.into_iter().chain(other.greatest).reduce(f64::max);
            gathered.values.extend(other.values);
            gathered.distinct.extend(other.distinct);
        }
    }

    fn finish(mut self: Box<Self>, _total: u64) -> Vec<Found> {
        let title = &self.title;
        if self.values > MOST_VALUES {
            let most = grouped(MOST_VALUES as u64);
            let seen = format!("{title} is not checked: there are more than {most} values");
            return vec![Found::in_file(seen).aside(Severity::Error)];
        }
        let mut beyond = Vec::new();
        let (of, at, expected, all) = (self.of, self.at, self.expected, self.gathered.len());
        let alone = !self.groups.has_columns();
        if alone && self.gathered.is_empty() {
            self.gathered.insert(Group::default(), Gathered::default());
        }
        for (group, gathered) in &mut self.gathered {
            match gathered.figure(of, at) {
                Some(figure) if !expected.contain(figure) => {
                    beyond.push((self.groups.name(*group).to_owned(), figure));
                }
                None if alone && self.rows > 0 => {
                    let seen = format!("{title} cannot be told: too few of {} rows hold a value", grouped(self.rows));
                    return vec![Found::in_file(seen)];
                }
                _ => {}
            }
        }
        beyond.sort_by(|one, other| one.0.cmp(&other.0));
        let expected = expected.in_words();
        let seen = match &beyond[..] {
            [] => None,
            [(_, figure)] if alone => Some(format!("{title} is {}; expected is {expected}", format_number(*figure))),
            several => {
                let listed = several
                    .iter()
                    .take(LISTED)
                    .map(|(name, figure)| format!("{} {}", quoted(name), format_number(*figure)));
                let listed: Vec<_> = listed.chain((several.len() > LISTED).then(|| "…".to_owned())).collect();
                let (count, all) = (grouped(several.len() as u64), grouped(all as u64));
                Some(format!("{title} is not {expected} in {count} of {all} groups: {}", listed.join(", ")))
            }
        };
        seen.map(Found::in_file).into_iter().chain(self.groups.too_many()).collect()
    }
}
