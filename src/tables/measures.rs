//! Batches → the figures of each measure, by series and period.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
};

use crate::{
    model::{
        Batch, Bound, Categories, Cell, ColumnKind, Figure, Finding, Labels, Memo, Missing, Period, Schema, SeriesKey,
        Severity, Unit, Value, finding::ROWS_KEPT,
    },
    yaml::{Entries, Located},
};

use super::{
    Figures, MeasureSettings, PeriodOf,
    cells::{missing, read_bound},
    figure_room::{MOST_FIGURES, Room},
    figures::{Reported, is_given},
    periods,
    places::Places,
    units::{Mixed, Printed, of_pair},
};

/// A measure or the period names a column that is not declared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no column `{0}`")]
pub struct UnknownColumn(pub String);

/// Collects the figures of a dataset's measures from batches. Several may share a file: see [`Extractor::merge`].
pub struct Extractor {
    period: PeriodAt,
    measures: Arc<[Measure]>,
    figures: BTreeMap<(SeriesKey, Period), (Figure, u64)>,
    /// For more figures.
    room: Room,
    periods: BTreeSet<Period>,
    /// Those for which a figure is given.
    given: BTreeSet<Period>,
    /// Which distinct cells of the column of periods are periods.
    are_periods: Memo<bool>,
    unclear_periods: Places,
    /// Rows that say no period and hold no figure.
    empty_without_period: Places,
    /// Rows that belong to no period, by a word that the dataset declares for that: a total over all of them.
    of_no_period: Places,
    mixed_units: Places,
    /// Texts that are none of the categories of their measure.
    no_categories: Places,
    /// The first row whose period is unclear, and why.
    period_problem: Option<(u64, String)>,
    blank_labels: Places,
    duplicates: Duplicates,
    /// There are more figures than are kept.
    overflows: bool,
}

/// Rows with a figure for a series and period that an earlier row has one for. A row with several measures is one.
struct Duplicates {
    count: u64,
    /// The last row that was added.
    last: Option<u64>,
    /// The first of them, each with what it is for.
    first: Vec<(u64, (SeriesKey, Period))>,
    /// As many as are kept.
    most: usize,
}

impl Default for Duplicates {
    fn default() -> Self {
        // Each is shown with the first row of its kind.
        Self { count: 0, last: None, first: Vec::new(), most: ROWS_KEPT / 2 }
    }
}

impl Duplicates {
    fn add(&mut self, row: u64, key: &(SeriesKey, Period)) {
        // The measures of a row come one after the other.
        if self.last.replace(row) == Some(row) {
            return;
        }
        self.count += 1;
        if self.first.len() < self.most {
            self.first.push((row, key.clone()));
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.first.extend(other.first);
        self.first.sort();
        self.first.truncate(self.most);
    }
}

#[derive(Clone, Copy)]
enum PeriodAt {
    Column(usize),
    Fixed(Period),
}

struct Measure {
    name: String,
    value: (usize, ColumnKind),
    plan: Option<(usize, ColumnKind)>,
    /// The currency that the measure says its figures are in.
    currency: Option<Unit>,
    /// What the texts of its column are the places in.
    categories: Option<Categories>,
    labels: Vec<(String, usize)>,
}

impl Extractor {
    /// For the batches of one file whose columns are those of `schema`.
    ///
    /// # Errors
    /// A measure or the period names a column that the schema does not have.
    pub fn new(measures: &Entries<MeasureSettings>, schema: &Schema, period: &PeriodOf) -> Result<Self, UnknownColumn> {
        let position = |name: &str| schema.position(name).ok_or_else(|| UnknownColumn(name.to_owned()));
        let column = |name: &str| {
            let at = position(name)?;
            Ok((at, schema.columns.get(at).map_or_else(ColumnKind::default, |column| column.kind)))
        };
        let measure = |(name, settings): (&Located<String>, &MeasureSettings)| {
            let labels = settings.labels.iter().map(|label| Ok((label.value.clone(), position(label)?)));
            Ok(Measure {
                name: name.value.clone(),
                value: column(&settings.value)?,
                plan: settings.plan.as_ref().map(|plan| column(plan)).transpose()?,
                currency: settings.unit.as_ref().and_then(|unit| Unit::currency(unit)),
                categories: settings.categories.as_ref().map(|categories| categories.value),
                labels: labels.collect::<Result<_, _>>()?,
            })
        };
        let period = match period {
            PeriodOf::Column(name) => PeriodAt::Column(position(name)?),
            PeriodOf::Fixed(period) => PeriodAt::Fixed(*period),
        };
        let measures = measures.iter().map(measure).collect::<Result<_, _>>()?;
        Ok(Self::begin(period, measures, Room::of(MOST_FIGURES)))
    }

    fn begin(period: PeriodAt, measures: Arc<[Measure]>, room: Room) -> Self {
        Self {
            period,
            measures,
            figures: BTreeMap::new(),
            room,
            periods: BTreeSet::new(),
            given: BTreeSet::new(),
            are_periods: Memo::default(),
            unclear_periods: Places::default(),
            empty_without_period: Places::default(),
            of_no_period: Places::default(),
            mixed_units: Places::default(),
            no_categories: Places::default(),
            period_problem: None,
            blank_labels: Places::default(),
            duplicates: Duplicates::default(),
            overflows: false,
        }
    }

    /// One for other rows of the same file, which has taken in none.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::begin(self.period, Arc::clone(&self.measures), self.room.share())
    }

    /// Lets each of its findings keep so many rows; otherwise they keep the first twenty.
    pub fn keep_rows(&mut self, most: usize) {
        let Self { unclear_periods, empty_without_period, of_no_period, mixed_units, blank_labels, duplicates, .. } =
            self;
        let places = [unclear_periods, empty_without_period, of_no_period, mixed_units, blank_labels];
        Places::keep_all(places, most);
        duplicates.most = most / 2;
    }

    /// Positions of the columns that it looks at.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<usize> {
        let period = if let PeriodAt::Column(column) = self.period { Some(column) } else { None };
        let of = |measure: &Measure| {
            let labels = measure.labels.iter().map(|(_, column)| *column);
            [measure.value].into_iter().chain(measure.plan).map(|(at, _)| at).chain(labels).collect::<Vec<_>>()
        };
        period.into_iter().chain(self.measures.iter().flat_map(of)).collect()
    }

    /// Takes in a batch.
    pub fn observe(&mut self, batch: &Batch) {
        if self.measures.is_empty() && self.takes_coded_periods(batch) {
            return;
        }
        for (at, row) in batch.rows.iter().enumerate() {
            if let Some(period) = self.period(batch, at, *row) {
                self.periods.insert(period);
                for measure in 0..self.measures.len() {
                    self.add(batch, at, *row, measure, period);
                }
            }
        }
    }

    /// Takes in the periods of a batch by its distinct ones; false where rows must be looked at one by one.
    fn takes_coded_periods(&mut self, batch: &Batch) -> bool {
        let PeriodAt::Column(at) = self.period else { return false };
        let Some(column) = batch.columns.get(at) else { return false };
        let Some((_, dictionary)) = column.coded() else { return false };
        // Every entry stands in some row that was read.
        let are_periods = self.are_periods.ask(dictionary, |_, cell| match cell {
            Cell::Period(period) => {
                self.periods.insert(period);
                true
            }
            _ => false,
        });
        are_periods.iter().all(|is_period| *is_period)
    }

    /// Takes in what another extractor of the same measures has made of other rows of the same file. Each takes its
    /// batches in the order of the file; the figures are those of one that has taken them all.
    pub fn merge(&mut self, other: Self) {
        self.periods.extend(other.periods);
        self.given.extend(other.given);
        self.unclear_periods.merge(other.unclear_periods);
        self.empty_without_period.merge(other.empty_without_period);
        self.of_no_period.merge(other.of_no_period);
        self.mixed_units.merge(other.mixed_units);
        self.no_categories.merge(other.no_categories);
        self.period_problem = self.period_problem.take().into_iter().chain(other.period_problem).min();
        self.blank_labels.merge(other.blank_labels);
        self.overflows |= other.overflows;
        // By row: figures come measure by measure.
        let mut across = BTreeMap::new();
        self.room.merge(other.room);
        for (key, (figure, row)) in other.figures {
            match self.figures.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert((figure, row));
                }
                Entry::Occupied(mut entry) => {
                    let later = row.max(entry.get().1);
                    across.entry(later).or_insert_with(|| entry.key().clone());
                    if row < entry.get().1 {
                        entry.insert((figure, row));
                    }
                }
            }
        }
        let count = across.len() as u64;
        self.duplicates.merge(Duplicates { count, first: across.into_iter().collect(), ..Duplicates::default() });
        self.duplicates.merge(other.duplicates);
    }

    /// All figures, when every batch has been taken in.
    #[must_use]
    pub fn finish(self) -> Figures {
        let duplicates = self.duplicate_series();
        let why = self.period_problem.map(|(_, why)| why).unwrap_or_default();
        let overflow = self.overflows.then(|| {
            let message =
                format!("the file holds more than {MOST_FIGURES} figures; use fewer labels, or split the file");
            Finding::of_file("too_many_figures", Severity::Error, message)
        });
        let findings = [
            self.unclear_periods.finding(
                "period",
                Severity::Error,
                format!("rows do not say which period they are for: {why}"),
            ),
            self.empty_without_period.finding(
                "period",
                Severity::Warning,
                "rows say no period that can be read, and hold no figure: they are left out",
            ),
            self.of_no_period.finding(
                "period",
                Severity::Note,
                "rows belong to no period, as `reasons: not_applicable` of the period says: their figures are checked and \
                 not followed",
            ),
            self.mixed_units.finding(
                "mixed_units",
                Severity::Error,
                "a figure and its plan are printed in different units (number, percentage, duration), so they cannot be \
                 compared; write both alike",
            ),
            self.no_categories.finding(
                "category",
                Severity::Error,
                "texts are none of the categories of their measure; correct them, or add to the measure's `categories`",
            ),
            self.blank_labels.finding(
                "blank_label",
                Severity::Error,
                "rows leave a label blank, so it is not known which series their figures belong to",
            ),
            duplicates,
            overflow,
        ];
        // Without measures nothing can be given, and the rows say all that there is.
        let given = if self.measures.is_empty() { &self.periods } else { &self.given };
        let reported = Reported::of(self.periods.clone(), given);
        Figures::of(self.figures, reported, findings.into_iter().flatten().collect())
    }

    /// Pairs of rows for one series and period. Which rows those are is not known beyond the most figures that are kept.
    fn duplicate_series(&self) -> Option<Finding> {
        let mut places = Places::default();
        places.keep(2 * self.duplicates.most);
        for (row, key) in self.duplicates.first.iter().filter(|_| !self.overflows) {
            let shown = format!("{} · {}", key.0.labels.values(), key.1);
            let first = self.figures.get(key).map_or(*row, |(_, first)| *first);
            places.add(first, None, Some(&shown));
            places.add(*row, None, Some(&shown));
        }
        let finding = places.finding(
            "duplicate_series",
            Severity::Error,
            "two rows hold a figure for the same series and period; each pair is named, the first row first",
        );
        finding.map(|finding| Finding { count: 2 * self.duplicates.count, ..finding })
    }

    fn period(&mut self, batch: &Batch, at: usize, row: u64) -> Option<Period> {
        let column = match self.period {
            PeriodAt::Fixed(period) => return Some(period),
            PeriodAt::Column(column) => batch.columns.get(column),
        };
        let (text, cell) =
            column.map_or(("", Cell::Missing(Missing::Absent)), |column| (column.text(at), column.cell(at)));
        if let Cell::Period(period) = cell {
            return Some(period);
        }
        // A dash alone, which no dataset declares, may be a period that was forgotten.
        if cell == Cell::Missing(Missing::NotApplicable) && missing(text) != Missing::NotApplicable {
            self.of_no_period.add(row, None, Some(text));
            return None;
        }
        if !self.holds_a_figure(batch, at) {
            self.empty_without_period.add(row, None, Some(text));
            return None;
        }
        self.unclear_periods.add(row, None, Some(text));
        let why = || match cell {
            Cell::Missing(Missing::Unreadable) => periods::read_period(text, None)
                .err()
                .map_or_else(|| "not readable".to_owned(), |problem| problem.to_string()),
            Cell::Missing(missing) => missing.reason().to_owned(),
            _ => format!("`{text}` was not read as a period; the column's kind must be `period`"),
        };
        self.period_problem.get_or_insert_with(|| (row, why()));
        None
    }

    /// Whether any measure would have a figure from the row.
    fn holds_a_figure(&self, batch: &Batch, at: usize) -> bool {
        let says =
            |missing| matches!(missing, Missing::Unreadable | Missing::Words | Missing::Range | Missing::Suppressed);
        let none = |value| matches!(value, Value::Missing { missing } if !says(missing));
        !self.measures.iter().all(|measure| none(measure.value(batch, Some(measure.value), at)))
    }

    fn add(&mut self, batch: &Batch, at: usize, row: u64, measure: usize, period: Period) {
        let Some(measure) = self.measures.get(measure) else { return };
        let labels = match labels(measure, batch, at) {
            Ok(labels) => labels,
            Err(blank) => {
                self.blank_labels.add(row, Some(blank), None);
                return;
            }
        };
        let unit = unit(measure, batch, at).unwrap_or_else(|Mixed| {
            let plan = measure.plan.and_then(|(plan, _)| Some(batch.columns.get(plan)?.text(at)));
            self.mixed_units.add(row, Some(&measure.name), plan);
            None
        });
        let [value, plan] = [Some(measure.value), measure.plan].map(|column| measure.value(batch, column, at));
        let plan = measure.bound(batch, at).map_or(plan, Value::Bound);
        if measure.categories.is_some() {
            for (value, column) in [(value, Some(measure.value)), (plan, measure.plan)] {
                if value == Value::missing(Missing::Unreadable) {
                    let text = column.and_then(|(column, _)| Some(batch.columns.get(column)?.text(at)));
                    self.no_categories.add(row, Some(&measure.name), text);
                }
            }
        }
        let figure = Figure { value, plan, unit };
        if is_given(figure.value) {
            self.given.insert(period);
        }
        let key = SeriesKey { measure: measure.name.clone(), labels };
        match self.figures.entry((key, period)) {
            Entry::Vacant(entry) if self.room.take() => {
                entry.insert((figure, row));
            }
            Entry::Vacant(_) => self.overflows = true,
            Entry::Occupied(entry) => self.duplicates.add(row, entry.key()),
        }
    }
}

/// The unit of a row's figure and plan, where they show one.
fn unit(measure: &Measure, batch: &Batch, at: usize) -> Result<Option<Unit>, Mixed> {
    if let Some(categories) = measure.categories {
        return Ok(Some(Unit::Category(categories)));
    }
    let plan = measure.plan.and_then(|plan| Printed::of(batch, plan, at));
    let unit = of_pair(Printed::of(batch, measure.value, at), plan)?;
    let with_currency = |unit: Unit| measure.currency.filter(|_| unit == Unit::Number).unwrap_or(unit);
    Ok(unit.map(with_currency))
}

/// The labels of a row, or the name of one that is blank. A label whose column the file does not have is left out.
fn labels<'a>(measure: &'a Measure, batch: &Batch, at: usize) -> Result<Labels, &'a str> {
    let mut labels = Labels::new();
    for (name, column) in &measure.labels {
        let Some(column) = batch.columns.get(*column) else { continue };
        match column.cell(at) {
            Cell::Missing(Missing::Absent) => {}
            Cell::Missing(Missing::Blank) => return Err(name),
            // A period has many notations and is one label.
            Cell::Period(period) => labels.insert(name, period.to_string()),
            _ => labels.insert(name, column.text(at)),
        }
    }
    Ok(labels)
}

impl Measure {
    /// What stands in a column of the measure: a figure, or the place of a category.
    fn value(&self, batch: &Batch, column: Option<(usize, ColumnKind)>, at: usize) -> Value {
        let text = || column.and_then(|(column, _)| Some(batch.columns.get(column)?.text(at)));
        match (value(batch, column, at), self.categories) {
            (Value::Missing { missing: Missing::Unreadable }, Some(categories)) => {
                text().map_or(Value::ABSENT, |text| {
                    let place = categories.place(text).map(|place| Value::Number(f64::from(place)));
                    place.unwrap_or_else(|| Value::missing(missing(text.trim())))
                })
            }
            (value, _) => value,
        }
    }
}

impl Measure {
    /// A target that is no single figure.
    fn bound(&self, batch: &Batch, at: usize) -> Option<Bound> {
        let (column, _) = self.plan.filter(|(_, kind)| *kind == ColumnKind::Target)?;
        let column = batch.columns.get(column)?;
        match column.cell(at) {
            // The cell has the end in the unit of the column, where the text may be in thousands.
            Cell::Number(end) => read_bound(column.text(at))
                .map(|bound| Bound { at_least: bound.at_least.map(|_| end), at_most: bound.at_most.map(|_| end) }),
            Cell::Missing(Missing::Range) => read_bound(column.text(at)),
            _ => None,
        }
    }
}

fn value(batch: &Batch, column: Option<(usize, ColumnKind)>, at: usize) -> Value {
    match column.and_then(|(column, _)| batch.columns.get(column)).map(|column| column.cell(at)) {
        None => Value::ABSENT,
        Some(Cell::Number(number)) => Value::number(number),
        Some(Cell::Missing(missing)) => Value::missing(missing),
        Some(Cell::Text | Cell::Period(_)) => Value::missing(Missing::Unreadable),
    }
}
