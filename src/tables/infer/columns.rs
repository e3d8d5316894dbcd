//! What each column of the sample holds.

use std::collections::{BTreeMap, HashSet};

use crate::model::{ColumnKind, Granularity, Period};

use super::{
    super::{cells::read_number, column::printed_scale},
    InferError, dates, key,
    names::scalar,
    nearly, nulls, periods,
    questions::Question,
    sample::{Printed, Reading, Sample, Source},
    spec, withheld,
};

/// A text column with at most so many different texts …
const MOST_VALUES: usize = 12;
/// … each of them at least so often, has no others.
const REPETITIONS: usize = 4;

/// A column with all that is proposed of it.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) printed: Printed,
    pub(super) kind: ColumnKind,
    /// How it was read as that kind.
    pub(super) reading: Reading,
    /// How many cells hold nothing.
    pub(super) blank: usize,
    /// Each different text with how often it stands there.
    pub(super) seen: BTreeMap<String, usize>,
    /// Settings beyond its kind and place, each with a comma before it.
    pub(super) extra: String,
    /// Numbers below this are withheld, as its cells say.
    pub(super) suppressed_below: Option<u32>,
}

/// The columns, and how they tell rows apart.
#[derive(Debug)]
pub(super) struct Columns {
    /// All rows of the sample.
    pub(super) rows: u64,
    pub(super) all: Vec<Column>,
    /// The column that says the period of each row.
    pub(super) period: Option<usize>,
    /// The text columns that tell series from each other; none if no columns do.
    pub(super) labels: Option<Vec<usize>>,
    /// What only people can answer.
    pub(super) questions: Vec<Question>,
}

/// Whether two halves are of the shape of a postcode: `LE1` and `5WW`, `EC1A` and `1BB`.
fn is_postcode(out: &str, within: &str) -> bool {
    let letters = out.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = out.get(letters..).unwrap_or("");
    let out_fits = (1..=2).contains(&letters)
        && (1..=2).contains(&digits.len())
        && digits.starts_with(|c: char| c.is_ascii_digit());
    let mut within = within.bytes();
    let within_fits = within.len() == 3
        && within.next().is_some_and(|byte| byte.is_ascii_digit())
        && within.all(|byte| byte.is_ascii_alphabetic());
    out_fits && within_fits
}

impl Column {
    /// Whether one of its texts holds ten digits on end, as NHS numbers and codes of other kinds do.
    pub(super) fn has_ten_digits(&self) -> bool {
        let ten = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 10);
        self.seen.keys().any(|text| ten(&text.replace([' ', '-'], "")))
    }

    /// Whether one of its texts is of several words, as names are and codes are not.
    pub(super) fn has_words(&self) -> bool {
        self.seen.keys().any(|text| text.trim().contains(' '))
    }

    /// Whether one of its texts holds what may be a postcode: `LE1 5WW`, `le15ww`.
    pub(super) fn has_postcode(&self) -> bool {
        self.seen.keys().any(|text| {
            let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
            let in_two = words.windows(2).any(|pair| matches!(pair, [out, within] if is_postcode(out, within)));
            in_two
                || words.iter().any(|word| {
                    word.split_at_checked(word.len().saturating_sub(3))
                        .is_some_and(|(out, within)| is_postcode(out, within))
                })
        })
    }

    /// Whether every row has a value.
    pub(super) fn is_full(&self) -> bool {
        self.blank == 0 && !self.printed.texts.is_empty() && self.reading.values == self.printed.texts.len()
    }

    pub(super) fn is_figure(&self) -> bool {
        !matches!(self.kind, ColumnKind::Text | ColumnKind::Period)
    }

    /// Whether it numbers the rows, as programs do that put out their own index: nameless, and rising from row to row.
    pub(super) fn counts_rows(&self) -> bool {
        let numbers: Option<Vec<u64>> = self.printed.texts.iter().map(|text| text.trim().parse().ok()).collect();
        let is_nameless = self.printed.above.is_empty() && matches!(self.printed.source, Source::Position(_));
        is_nameless && numbers.is_some_and(|numbers| numbers.len() > 1 && numbers.is_sorted_by(|one, next| one < next))
    }

    /// Whether its figures are shares of others, by their kind or name.
    pub(super) fn is_share(&self) -> bool {
        let named = || self.has_word(&SHARES) || self.printed.name.contains("percent");
        self.kind == ColumnKind::Percent || (self.is_figure() && named())
    }

    /// Whether its texts look like a list of their own.
    pub(super) fn is_closed(&self) -> bool {
        self.kind == ColumnKind::Text
            && (2..=MOST_VALUES).contains(&self.seen.len())
            && self.seen.values().all(|count| *count >= REPETITIONS)
            && self.printed.beyond.iter().all(|text| self.seen.contains_key(text))
    }

    pub(super) fn has_word(&self, words: &[&str]) -> bool {
        has_word(&self.printed.name, words)
    }
}

fn has_word(name: &str, words: &[&str]) -> bool {
    name.split('_').any(|word| words.contains(&word))
}

pub(super) const PERIOD_WORDS: [&str; 8] = ["period", "month", "quarter", "year", "date", "week", "day", "fy"];
const SHARES: [&str; 5] = ["percent", "percentage", "pct", "share", "proportion"];

/// A share printed as such is seldom larger: 1.2 are 120%.
const MOST_SHARE: f64 = 1.5;

/// Finds out the kinds by reading the sample as each of them.
pub(super) fn settle(sample: &mut Sample<'_>) -> Result<Columns, InferError> {
    let mut columns = settle_layout(sample)?;
    name_period(&mut columns);
    Ok(columns)
}

/// A column of periods that nothing stands above is called so, if no other is.
fn name_period(columns: &mut Columns) {
    let taken = columns.all.iter().any(|column| column.printed.name == "period");
    let period = columns.period.and_then(|at| columns.all.get_mut(at)).filter(|_| !taken);
    let nameless =
        |column: &&mut Column| column.printed.above.is_empty() && matches!(column.printed.source, Source::Position(_));
    if let Some(column) = period.filter(nameless) {
        "period".clone_into(&mut column.printed.name);
    }
}

fn settle_layout(sample: &mut Sample<'_>) -> Result<Columns, InferError> {
    let mut columns = look(sample)?;
    sample.shape.period_parts = periods::parts(&columns.all, columns.period);
    if sample.shape.period_parts.is_some() {
        columns = look(sample)?;
    }
    if columns.labels.is_some() || !has_repeats(&columns.all) {
        return Ok(columns);
    }
    // Rows that are printed twice hide what tells the others apart.
    sample.shape.repeated = true;
    let once = look(sample)?;
    sample.shape.repeated = once.labels.is_some();
    Ok(if sample.shape.repeated { once } else { columns })
}

fn look(sample: &mut Sample<'_>) -> Result<Columns, InferError> {
    let (rows, columns) = sample.read()?;
    sample.needs_year = sample.shape.across.as_ref().is_some_and(|across| !across.has_year);
    let periods = read_periods(sample, &columns)?;
    let read = |kind| sample.read_as(&columns, |_| kind).map(|(readings, _)| readings);
    let (texts, numbers) = (read(ColumnKind::Text)?, read(ColumnKind::Number)?);
    let (shares, durations) = (read(ColumnKind::Percent)?, read(ColumnKind::Duration)?);
    let (mixed, targets) = (read(ColumnKind::Figure)?, read(ColumnKind::Target)?);
    let mut questions = Vec::new();
    let mut all = Vec::with_capacity(columns.len());
    for (at, printed) in columns.iter().enumerate() {
        let mut column = as_text(printed, texts.get(at));
        if printed.position.is_some_and(|at| sample.shape.period_parts.is_some_and(|parts| parts.contains(&at))) {
            all.push(column);
            continue;
        }
        let fitting = |readings: &[Reading]| readings.get(at).filter(|reading| reading.fits()).cloned();
        let given = |readings: &[Reading]| readings.get(at).and_then(nulls::without);
        if let (false, Some((kind, reading))) =
            (is_code(&column), figure(&column, given(&numbers), given(&shares), given(&durations), given(&mixed)))
        {
            (column.kind, column.reading) = (kind, reading);
            nulls::settle(&mut column);
        }
        if let Some(reading) = fitting(&periods)
            && (column.kind == ColumnKind::Text && reads_like_period(&column) || says_period(&column))
        {
            let only = |other| if other == at { ColumnKind::Period } else { ColumnKind::Text };
            let (_, doubts) = sample.read_as(&columns, only)?;
            if !doubts && !has_leading_zeros(printed) {
                (column.kind, column.reading) = (ColumnKind::Period, reading);
            }
        }
        dates::settle(&mut column, &mut questions);
        months_by_day(&mut column);
        withheld::settle(&mut column, numbers.get(at));
        nearly::settle(&mut column, periods.get(at), mixed.get(at), targets.get(at), &mut questions);
        units(&mut column, &mut questions);
        all.push(column);
    }
    let period = periods::column(&all);
    let labels = key::labels(&all, period);
    Ok(Columns { rows, all, period, labels, questions: nearly::gather(questions) })
}

/// Dates that all begin a month, or all end one, stand for the month.
fn months_by_day(column: &mut Column) {
    let days = || column.reading.periods.iter().filter_map(|text| text.parse::<Period>().ok());
    let month = |day: Period| Period::containing(Granularity::Month, day.start());
    let are_days = days().all(|period| period.granularity() == Granularity::Day) && days().next().is_some();
    let all = |is: fn(Period, Period) -> bool| days().all(|day| month(day).is_some_and(|month| is(day, month)));
    let begin = all(|day, month| day.start() == month.start());
    if column.kind != ColumnKind::Period || !are_days || !(begin || all(|day, month| day.end() == month.end())) {
        return;
    }
    let months: Vec<String> = days().filter_map(month).map(|month| month.to_string()).collect();
    column.reading.periods = months;
    column.extra.push_str(", granularity: month");
}

/// Every column read as periods, with the financial year that stands outside the table where it helps.
fn read_periods(sample: &mut Sample<'_>, columns: &[Printed]) -> Result<Vec<Reading>, InferError> {
    let (plain, _) = sample.read_as(columns, |_| ColumnKind::Period)?;
    let known = sample.years.of_file.is_some() || sample.years.of_titles.is_some();
    if sample.needs_year || !known {
        return Ok(plain);
    }
    sample.needs_year = true;
    let (with_year, _) = sample.read_as(columns, |_| ColumnKind::Period)?;
    let mut pairs = columns.iter().zip(plain.iter().zip(&with_year));
    let helps = |(column, (plain, year)): (&Printed, (&Reading, &Reading))| {
        has_word(&column.name, &PERIOD_WORDS) && year.unreadable < plain.unreadable
    };
    sample.needs_year = pairs.any(helps);
    Ok(if sample.needs_year { with_year } else { plain })
}

/// Whether any row stands twice, alike in every cell.
fn has_repeats(all: &[Column]) -> bool {
    let rows = all.iter().map(|column| column.printed.texts.len()).max().unwrap_or(0);
    let mut seen = HashSet::with_capacity(rows);
    let text = |column: &Column, row: usize| column.printed.texts.get(row).cloned().unwrap_or_default();
    !(0..rows).all(|row| seen.insert(all.iter().map(|column| text(column, row)).collect::<Vec<_>>()))
}

/// The units that the header says: `£'000`, and shares written as 73.5.
fn units(column: &mut Column, questions: &mut Vec<Question>) {
    let scalable = matches!(column.kind, ColumnKind::Number | ColumnKind::Figure | ColumnKind::Target);
    if scalable && printed_scale(&column.printed.above).is_some() {
        column.extra.push_str(", scale: header");
    }
    let points = column.reading.most.is_some_and(|most| most > MOST_SHARE && most <= 1000.0);
    let bare = column.seen.keys().all(|text| !text.contains(['%', '£', ':']));
    if column.kind != ColumnKind::Number || !says_share(column) || !points || !bare {
        return;
    }
    let numbers = column.seen.iter().filter_map(|(text, count)| Some((read_number(text)?, *count)));
    let (mut over, mut all) = (0, 0);
    for (_, count) in numbers.clone().filter(|(number, _)| *number != 0.0) {
        all += count;
    }
    for (_, count) in numbers.filter(|(number, _)| *number > MOST_SHARE) {
        over += count;
    }
    // Occupied beds may be more than there are: 1.62 among shares is 162%, and 0.4 among points 0.4%.
    let form = match () {
        () if over * 2 >= all => "points",
        () if over * 20 <= all => "share",
        () => {
            let name = scalar(&column.printed.name);
            let line = |form| format!("{name}: {{ kind: percent{}, percent: {form} }}", spec::column(&column.printed));
            let text = format!(
                "Does 0.5 in `{name}` mean 50% or 0.5%? {over} of {all} numbers are larger than {MOST_SHARE}, the others are \
                 not; they are read as they stand until then"
            );
            let question = Question::new(&text).or("if 50%, under `columns`", &line("share"));
            questions.push(question.or("if 0.5%", &line("points")));
            return;
        }
    };
    column.kind = ColumnKind::Percent;
    column.extra.push_str(", percent: ");
    column.extra.push_str(form);
}

/// A text without the name of a period above it is one when it has a month's name or a year.
pub(super) fn reads_like_period(column: &Column) -> bool {
    let four_digits = |text: &String| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 4);
    column.seen.keys().all(|text| text.contains(|c: char| c.is_ascii_alphabetic()) || four_digits(text))
        || matches!(column.printed.source, Source::Period | Source::InTitle(_) | Source::Joined(_))
}

fn as_text(printed: &Printed, reading: Option<&Reading>) -> Column {
    let mut seen = BTreeMap::new();
    for text in printed.texts.iter().filter(|text| !text.is_empty()) {
        *seen.entry(text.clone()).or_insert(0) += 1;
    }
    Column {
        kind: ColumnKind::Text,
        reading: reading.cloned().unwrap_or_default(),
        blank: printed.texts.iter().filter(|text| text.is_empty()).count(),
        seen,
        extra: String::new(),
        suppressed_below: None,
        printed: printed.clone(),
    }
}

/// The kind of a column of figures.
fn figure(
    column: &Column,
    numbers: Option<Reading>,
    shares: Option<Reading>,
    durations: Option<Reading>,
    mixed: Option<Reading>,
) -> Option<(ColumnKind, Reading)> {
    let signs = || column.seen.keys().any(|text| text.contains('%'));
    let named = || says_share(column);
    match (shares, numbers, durations) {
        (Some(shares), _, _) if signs() => Some((ColumnKind::Percent, shares)),
        // 0.563 under a heading that says per cent; 1 and 0 alone may be anything.
        (Some(shares), _, _) if named() && column.seen.keys().any(|text| text.contains('.')) => {
            Some((ColumnKind::Percent, shares))
        }
        (_, Some(numbers), _) => Some((ColumnKind::Number, numbers)),
        (_, _, Some(durations)) => Some((ColumnKind::Duration, durations)),
        // Numbers, shares and durations in one column, each with its own unit.
        _ => mixed.map(|mixed| (ColumnKind::Figure, mixed)),
    }
}

/// Whether the header says that the column holds shares. `0-10%` is a band of them, of which something is counted.
fn says_share(column: &Column) -> bool {
    let printed = match &column.printed.source {
        Source::Header(text) => text,
        _ => &column.printed.above,
    };
    let band =
        |at: usize| printed.get(..at).is_some_and(|before| before.trim_end().ends_with(|c: char| c.is_ascii_digit()));
    let sign = printed.match_indices('%').any(|(at, _)| !band(at));
    let words = printed.to_lowercase();
    sign || words.split(|c: char| !c.is_alphanumeric()).any(|word| SHARES.contains(&word))
}

/// Codes are texts although they may be made of digits.
fn is_code(column: &Column) -> bool {
    let last = column.printed.name.rsplit('_').find(|word| !word.chars().all(|c| c.is_ascii_digit())).unwrap_or("");
    has_leading_zeros(&column.printed) || ["code", "id", "ref", "reference", "urn", "ukprn", "postcode"].contains(&last)
}

fn has_leading_zeros(printed: &Printed) -> bool {
    let coded = |text: &String| text.len() > 1 && text.starts_with('0') && text.chars().all(|c| c.is_ascii_digit());
    printed.texts.iter().any(coded)
}

/// Whether digits alone may be periods here.
pub(super) fn says_period(column: &Column) -> bool {
    column.has_word(&PERIOD_WORDS)
}

#[cfg(test)]
mod tests {
    use super::is_postcode;

    #[test]
    fn postcodes_have_two_halves() {
        for (out, within) in [("LE1", "5WW"), ("EC1A", "1BB"), ("M1", "1ae"), ("B33", "8TH")] {
            assert!(is_postcode(out, within), "{out} {within}");
        }
        // A trust's code, a practice's, words, and nothing.
        for (out, within) in [("RWE", "01A"), ("Y0", "123"), ("The", "Old"), ("St1", ""), ("", "5WW"), ("LE123", "5WW")]
        {
            assert!(!is_postcode(out, within), "{out} {within}");
        }
    }
}
