//! A column of periods: each cell alone, and whether the column as a whole says that some of them mean something else.

use std::collections::BTreeMap;

use crate::model::{Cell, Finding, Granularity, Period, Severity};

use super::{
    cells::missing,
    date_order::DateOrder,
    periods::{self, Reading},
    places::Places,
    quarter_year::QuarterYear,
    row::is_blank,
};

/// What is remembered from cell to cell.
#[derive(Debug, Default)]
pub(super) struct PeriodColumn {
    /// The financial year of periods that name none.
    year: Option<i32>,
    /// The last text: periods repeat for many rows.
    last: Option<(String, Option<Reading>)>,
    /// Which kinds of periods stand in the column beyond doubt.
    certain: Vec<Granularity>,
    /// The kind of period that the dataset says the column holds.
    declared: Option<Granularity>,
    /// Which number of a date the dataset says is the day.
    order: Option<DateOrder>,
    /// What the dataset says the year beside a quarter is.
    quarters: Option<QuarterYear>,
    /// Cells that hold periods of another kind than declared.
    otherwise: Places,
    /// Cells that could be of another kind, by that kind: `2011-12` is a month here and may be a financial year.
    doubtful: BTreeMap<Granularity, Places>,
    /// As many places as are kept of each, where that was said.
    most: Option<usize>,
}

impl PeriodColumn {
    /// With the financial year of periods that name none, if it is known, and what the dataset declares: the kind of period
    /// the order of dates, and the year of quarters. Dates are days where it does not say what else they are.
    pub(super) fn new(
        year: Option<i32>,
        declared: Option<Granularity>,
        order: Option<DateOrder>,
        quarters: Option<QuarterYear>,
    ) -> Self {
        let declared = declared.or(order.map(|_| Granularity::Day));
        Self { year, declared, order, quarters, ..Self::default() }
    }

    /// Keeps so many places of each kind.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = Some(most);
        self.otherwise.keep(most);
    }

    /// Reads a cell. `first_of_month`: it is a date of a spreadsheet, which is how spreadsheets hold months; it is read
    /// as one unless the column has shown other days before.
    pub(super) fn read(&mut self, row: u64, text: &str, first_of_month: bool) -> Cell {
        if self.last.as_ref().is_none_or(|(last, _)| last != text) {
            let reading = self.reading(text);
            let stands_for_month =
                first_of_month && self.declared.is_none() && !self.certain.contains(&Granularity::Day);
            let reading = reading.map(|reading| if stands_for_month { month_of(reading) } else { reading });
            self.last = Some((text.to_owned(), reading));
        }
        let Some((_, Some(reading))) = &self.last else {
            let reason = if is_blank(text) { crate::model::Missing::Blank } else { missing(text) };
            return Cell::Missing(reason);
        };
        if let Some(declared) = self.declared {
            if reading.period.granularity() != declared {
                self.otherwise.add(row, None, Some(text));
            }
            return Cell::Period(reading.period);
        }
        if reading.also.is_empty() {
            let granularity = reading.period.granularity();
            if !self.certain.contains(&granularity) {
                self.certain.push(granularity);
            }
        }
        for other in &reading.also {
            let places = self.doubtful.entry(other.granularity()).or_default();
            self.most.into_iter().for_each(|most| places.keep(most));
            places.add(row, None, Some(text));
        }
        Cell::Period(reading.period)
    }

    /// Takes in what other cells of the column have shown.
    pub(super) fn merge(&mut self, other: Self) {
        for granularity in other.certain {
            if !self.certain.contains(&granularity) {
                self.certain.push(granularity);
            }
        }
        for (granularity, places) in other.doubtful {
            self.doubtful.entry(granularity).or_default().merge(places);
        }
        self.otherwise.merge(other.otherwise);
    }

    /// How many cells could be of another kind.
    pub(super) fn doubts(&self) -> u64 {
        self.doubtful.values().map(Places::count).sum::<u64>() + self.otherwise.count()
    }

    /// What a text means. Where the dataset declares a kind of period, that settles it; what is none of that kind is read
    /// as what it is, and is a finding.
    fn reading(&self, text: &str) -> Option<Reading> {
        if let Some(period) = self.quarters.and_then(|quarters| quarters.meaning(text)) {
            return Some(Reading { period, also: Vec::new() });
        }
        let Some(declared) = self.declared else { return periods::read(text, self.year).ok() };
        let by_order = self.order.and_then(|order| order.meanings(text));
        let meanings = by_order.unwrap_or_else(|| periods::meanings(text, self.year));
        let period = match periods::of_granularity(&meanings, declared)[..] {
            [only] => only,
            [] => *meanings.first()?,
            _ => return None,
        };
        Some(Reading { period, also: Vec::new() })
    }

    fn otherwise(&self, header: &str, declared: Granularity) -> Option<Finding> {
        let (setting, one, written) = words(declared);
        let message = format!(
            "each period in `{header}` is {one} (`granularity: {setting}`), and these are not; write {written}"
        );
        self.otherwise.finding("granularity", Severity::Error, message)
    }

    /// Cells of another kind than declared, and cells that were read as one kind of period while others in the column are of the kind that they might be as well.
    pub(super) fn findings(&self, header: &str) -> Vec<Finding> {
        let contested = self.doubtful.iter().filter(|(other, _)| self.certain.contains(other));
        let finding = |(other, places): (&Granularity, &Places)| {
            let kind = match other {
                Granularity::FinancialYear => "financial years",
                other => other.noun(2),
            };
            let message = format!(
                "periods in `{header}` were read as months and can be {kind} too, which others in the column are; \
                 write each in a notation that means one thing, such as 2011/12 or Dec-11"
            );
            places.finding("ambiguous_period", Severity::Error, message)
        };
        contested
            .filter_map(finding)
            .chain(self.declared.and_then(|declared| self.otherwise(header, declared)))
            .collect()
    }
}

/// The name of a kind of period in a dataset's file, what one is called, and how it is written.
fn words(granularity: Granularity) -> (&'static str, &'static str, &'static str) {
    match granularity {
        Granularity::Day => ("day", "a day", "2025-10-06"),
        Granularity::Week => ("week", "a week", "2025-W41 or the Monday 2025-10-06"),
        Granularity::Month => ("month", "a month", "2025-10, Oct-25 or the first day 2025-10-01"),
        Granularity::Quarter => ("quarter", "a quarter", "Q3 2025/26 or the first day 2025-10-01"),
        Granularity::FinancialYear => ("financial_year", "a financial year", "2025/26 or the first day 2025-04-01"),
        Granularity::CalendarYear => ("year", "a calendar year", "2025 or the first day 2025-01-01"),
    }
}

/// A day as the month that it is in, which may be meant as the day.
fn month_of(day: Reading) -> Reading {
    match Period::containing(Granularity::Month, day.period.start()) {
        Some(month) => Reading { period: month, also: vec![day.period] },
        None => day,
    }
}
