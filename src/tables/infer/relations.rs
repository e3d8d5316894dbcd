//! What the figures of a sample have to do with each other, as checks: totals beside their parts, shares of two figures, rows
//! that add up the others, codes that are written alike.

mod withholding;

use std::collections::BTreeMap;

use crate::model::{Cell, ColumnKind};

use super::{
    super::cells::read_cell,
    columns::{Column, Columns},
    names::{quoted, scalar},
    totals::OfRowsAbove,
    withheld::is_withheld,
};

/// So many parts make a total at most.
const MOST_PARTS: usize = 12;
/// Fewer rows that agree may do so by chance.
const LEAST_ROWS: usize = 5;
/// Rows that add up the others are called so.
const TOTALS: [&str; 8] = ["total", "totals", "grand total", "overall total", "england", "all", "national", "wales"];

/// A proposal: why, and the check.
pub(super) struct Proposed {
    pub(super) why: &'static str,
    pub(super) yaml: String,
}

/// A column of figures as numbers, with what its cells show of them.
struct Figures<'a> {
    column: &'a Column,
    numbers: Vec<Option<f64>>,
    /// Whether the column holds a hundred times these numbers.
    hundredfold: bool,
}

impl Figures<'_> {
    /// Of a column that prints shares as numbers up to a hundred.
    fn in_points(self) -> Self {
        let numbers = self.numbers.iter().map(|number| number.map(|number| number / 100.0)).collect();
        Self { numbers, hundredfold: true, ..self }
    }

    fn name(&self) -> String {
        scalar(&self.column.printed.name)
    }

    /// Whether all of them lie between nought and one, most of them with decimals.
    fn may_be_shares(&self) -> bool {
        let broken = self.column.seen.keys().filter(|text| decimals(text) > 1).count();
        broken * 2 > self.column.seen.len() && self.numbers.iter().flatten().all(|number| (0.0..=1.0).contains(number))
    }

    /// Whether some of its numbers are withheld.
    fn withholds(&self) -> bool {
        self.column.printed.texts.iter().any(|text| is_withheld(text))
    }

    fn withholds_at(&self, row: usize) -> bool {
        self.column.printed.texts.get(row).is_some_and(|text| is_withheld(text))
    }

    fn at(&self, row: usize) -> Option<f64> {
        self.numbers.get(row).copied().flatten()
    }
}

/// Every check that the figures of the sample speak for.
pub(super) fn proposals(columns: &Columns, above: Option<&OfRowsAbove>) -> Vec<Proposed> {
    let of_kind = |kind| columns.all.iter().filter(move |column| column.kind == kind).map(figures);
    // Shares need not be called so: 0.8512.
    let (below_one, counts): (Vec<_>, Vec<_>) = of_kind(ColumnKind::Number).partition(Figures::may_be_shares);
    // Nor have a sign: 85.12 under `Percentage`.
    let (points, counts): (Vec<_>, Vec<_>) = counts.into_iter().partition(|figures| figures.column.is_share());
    let points = points.into_iter().map(Figures::in_points);
    let shares: Vec<Figures<'_>> = of_kind(ColumnKind::Percent).chain(below_one).chain(points).collect();
    let total = total_row(columns);
    let mut all: Vec<Proposed> = counts.iter().enumerate().filter_map(|(at, _)| parts(&counts, at)).collect();
    all.extend(shares.iter().filter_map(|share| share_of(share, &counts, total.as_ref())));
    all.extend(total.as_ref().and_then(|total| totals(total, columns, &counts)));
    all.extend(above.and_then(|above| of_rows_above(above, columns)));
    all.extend(withholding::proposals(&counts));
    all.extend(columns.labels.iter().flatten().filter_map(|at| code(columns.all.get(*at)?, total.as_ref())));
    all
}

fn figures(column: &Column) -> Figures<'_> {
    // With points, 73.5 is the share 0.735, as 73.5% is.
    let points = column.extra.contains("percent: points");
    let number = |text: &String| match read_cell(ColumnKind::Number, text.trim().trim_end_matches('%')) {
        Cell::Number(number) if points || text.contains('%') => Some(number / 100.0),
        Cell::Number(number) => Some(number),
        _ => None,
    };
    Figures { column, numbers: column.printed.texts.iter().map(number).collect(), hundredfold: false }
}

/// The columns next to one that add up to it, in every row that tells.
fn parts_of<'a, 'b>(counts: &'a [Figures<'b>], at: usize) -> Option<&'a [Figures<'b>]> {
    let total = counts.get(at)?;
    let before = (2..=MOST_PARTS.min(at)).filter_map(|width| counts.get(at - width..at));
    let after = (2..=MOST_PARTS).filter_map(|width| counts.get(at + 1..at + 1 + width));
    before.chain(after).find(|of| adds_up(total, of))
}

/// A total beside its parts.
fn parts(counts: &[Figures<'_>], at: usize) -> Option<Proposed> {
    let (total, of) = (counts.get(at)?, parts_of(counts, at)?);
    let of: Vec<String> = of.iter().map(Figures::name).collect();
    Some(Proposed {
        why: "In every row the parts added up to their total.",
        yaml: format!(
            "parts: {{ name: {}, total: {}, of: [{}], severity: warning }}",
            named(total.column, "adds-up"),
            total.name(),
            of.join(", ")
        ),
    })
}

/// Whether parts make up a total wherever it stands, and do so often enough, each of them.
fn adds_up(total: &Figures<'_>, parts: &[Figures<'_>]) -> bool {
    let (mut telling, mut used) = (0, vec![false; parts.len()]);
    for row in 0..total.numbers.len() {
        let Some(sum) = total.at(row) else { continue };
        // What is withheld may be any small number.
        if parts.iter().any(|part| part.withholds_at(row)) {
            continue;
        }
        let values: Vec<f64> = parts.iter().map(|part| part.at(row).unwrap_or(0.0)).collect();
        if (values.iter().sum::<f64>() - sum).abs() > 1e-6 * sum.abs().max(1.0) {
            return false;
        }
        telling += usize::from(values.iter().filter(|value| **value != 0.0).count() > 1);
        used.iter_mut().zip(&values).for_each(|(used, value)| *used |= *value != 0.0);
    }
    telling >= LEAST_ROWS && used.iter().filter(|used| **used).count() > 1
}

/// Two figures of which a column prints the share.
fn share_of(share: &Figures<'_>, counts: &[Figures<'_>], total: Option<&TotalRow<'_>>) -> Option<Proposed> {
    let decimals = share.column.seen.keys().map(|text| decimals(text)).max()?;
    let in_points = share.hundredfold
        || share.column.extra.contains("percent: points")
        || share.column.seen.keys().any(|t| t.contains('%'));
    let shown = if in_points { decimals + 2 } else { decimals };
    let slack = 0.51 * 10_f64.powi(-i32::try_from(shown.min(8)).unwrap_or(8));
    let pairs = || counts.iter().flat_map(|part| counts.iter().map(move |whole| (part, whole)));
    let found = |rest: bool| {
        let is = |(part, whole): &(&Figures<'_>, &Figures<'_>)| {
            !std::ptr::eq(*part, *whole) && is_share(share, part, whole, rest, slack)
        };
        pairs().find(is).map(|(part, whole)| (part, whole, rest))
    };
    let (part, whole, rest) = found(false).or_else(|| found(true))?;
    let (name, whole) = (share.name(), whole.name());
    let name = if share.hundredfold { format!("{name} / 100") } else { name };
    let part = if rest { format!("({whole} - {})", part.name()) } else { part.name() };
    // A national share may leave out those who report a part only.
    let but = total.map_or(String::new(), |total| format!(", where: '{}'", total.expression("!=")));
    Some(Proposed {
        why: "In every row the share was that of two figures.",
        yaml: format!(
            "row_expression: {{ name: {}, expression: \"abs({part} - {name} * {whole}) <= {slack:.8} * {whole}\", severity: \
             warning, message: {}{but} }}",
            named(share.column, "is-the-share"),
            quoted(&format!("{} is not {part} by {whole}", share.column.printed.name))
        ),
    })
}

/// Whether a share is that of a part, or of the rest, in every row.
fn is_share(share: &Figures<'_>, part: &Figures<'_>, whole: &Figures<'_>, rest: bool, slack: f64) -> bool {
    let mut telling = 0;
    for row in 0..share.numbers.len() {
        let (Some(share), Some(part), Some(whole)) = (share.at(row), part.at(row), whole.at(row)) else { continue };
        let part = if rest { whole - part } else { part };
        if (part - share * whole).abs() > slack * whole.abs() {
            return false;
        }
        telling += usize::from(share > 0.0 && share < 1.0 && whole > 0.0);
    }
    telling >= LEAST_ROWS
}

fn decimals(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, after)| after.chars().take_while(char::is_ascii_digit).count())
}

/// The rows that add up others: the column that says so, and the text there.
struct TotalRow<'a> {
    column: &'a Column,
    text: String,
    rows: Vec<bool>,
}

impl TotalRow<'_> {
    /// What holds of these rows with `==`, of all others with `!=`, within single quotes.
    fn expression(&self, is: &str) -> String {
        // Another month may write it in other letters: TOTAL, Total.
        format!("lower({}) {is} {}", self.column.printed.name, quoted(&self.text.to_lowercase())).replace('\'', "''")
    }
}

fn total_row(columns: &Columns) -> Option<TotalRow<'_>> {
    let is_total = |text: &str| TOTALS.contains(&text.trim().to_lowercase().as_str());
    columns.all.iter().filter(|column| column.kind == ColumnKind::Text).find_map(|column| {
        let text = column.seen.keys().find(|text| is_total(text))?.clone();
        let rows = column.printed.texts.iter().map(|one| one.eq_ignore_ascii_case(&text)).collect();
        Some(TotalRow { column, text, rows })
    })
}

/// The columns whose figures the total row adds up, period by period.
fn totals(total: &TotalRow<'_>, columns: &Columns, counts: &[Figures<'_>]) -> Option<Proposed> {
    let several = |column: &&Column| {
        let mut periods = column.reading.periods.iter();
        periods.next().is_some_and(|first| periods.any(|period| period != first))
    };
    let period = columns.period.and_then(|at| columns.all.get(at)).filter(several);
    let group = |row: usize| period.and_then(|column| column.printed.texts.get(row)).map_or("", String::as_str);
    let adds_up = |figures: &&Figures<'_>| {
        let mut groups: BTreeMap<&str, (f64, Vec<f64>, usize)> = BTreeMap::new();
        for (row, is_total) in total.rows.iter().enumerate() {
            let (sum, totals, parts) = groups.entry(group(row)).or_default();
            match figures.at(row) {
                Some(figure) if *is_total => totals.push(figure),
                Some(figure) => (*sum, *parts) = (*sum + figure, *parts + 1),
                None => {}
            }
        }
        let right = |(sum, totals, _): &(f64, Vec<f64>, usize)| matches!(&totals[..], [total] if (total - sum).abs() <= 1e-6 * sum.abs().max(1.0) && *total != 0.0);
        groups.values().all(right) && groups.values().all(|(.., parts)| *parts >= LEAST_ROWS)
    };
    let of: Vec<String> = counts.iter().filter(adds_up).map(Figures::name).collect();
    let by = period.map_or(String::new(), |period| format!(", by: [{}]", scalar(&period.printed.name)));
    (!of.is_empty()).then(|| Proposed {
        why: "The total row was what the other rows add up to.",
        yaml: format!(
            "totals: {{ total_row: '{}', columns: [{}]{by}, severity: warning }}",
            total.expression("=="),
            of.join(", ")
        ),
    })
}

/// Totals that are left out, and add up the rows above them.
fn of_rows_above(above: &OfRowsAbove, columns: &Columns) -> Option<Proposed> {
    let at = |position: usize| columns.all.iter().find(|column| column.printed.position == Some(position));
    let figures = above.columns.iter().filter_map(|position| at(*position)).filter(|column| column.is_figure());
    let of: Vec<String> = figures.map(|column| scalar(&column.printed.name)).collect();
    let says = format!("{} == {}", at(above.at)?.printed.name, quoted(&above.label)).replace('\'', "''");
    (!of.is_empty()).then(|| Proposed {
        why: "Each total row, left out above, was what the rows since the one before add up to.",
        yaml: format!(
            "totals: {{ total_row: '{says}', columns: [{}], of: rows_above, severity: warning }}",
            of.join(", ")
        ),
    })
}

/// A column of codes that are all made alike.
fn code(column: &Column, total: Option<&TotalRow<'_>>) -> Option<Proposed> {
    // The row of totals has no code of its own.
    let total = total.filter(|total| std::ptr::eq(total.column, column));
    let is_total = |text: &&String| total.is_some_and(|total| text.eq_ignore_ascii_case(&total.text));
    let codes = || column.seen.keys().chain(&column.printed.beyond).filter(|text| !is_total(text));
    let plain = |text: &String| text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let has_digits = codes().any(|text| text.contains(|c: char| c.is_ascii_digit()));
    let lengths = || codes().map(String::len);
    let (least, most) = (lengths().min()?, lengths().max()?);
    if column.seen.len() < 10 || !has_digits || !codes().all(plain) || !(3..=9).contains(&least) || most > 9 {
        return None;
    }
    let class = |at: usize| {
        let all = |is: fn(&char) -> bool| codes().all(|text| text.chars().nth(at).is_some_and(|c| is(&c)));
        match (all(char::is_ascii_digit), all(char::is_ascii_uppercase)) {
            (true, _) => "\\d",
            (_, true) => "[A-Z]",
            _ => "[A-Z0-9]",
        }
    };
    let pattern =
        if least == most { (0..least).map(class).collect::<String>() } else { format!("[A-Z0-9]{{{least},{most}}}") };
    Some(Proposed {
        why: "All codes were written alike.",
        yaml: format!(
            "pattern: {{ name: {}, column: {}, matches: '{pattern}', severity: warning{} }}",
            named(column, "is-a-code"),
            scalar(&column.printed.name),
            total.map_or(String::new(), |total| format!(", where: '{}'", total.expression("!=")))
        ),
    })
}

/// The name of a check of a column.
fn named(column: &Column, what: &str) -> String {
    format!("{}-{what}", column.printed.name.replace('_', "-"))
}
