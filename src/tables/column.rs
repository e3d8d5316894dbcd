//! One declared column: how its cells are read, and what its cells together say of each other.

use crate::model::{Cell, ColumnKind, Finding, Missing, Severity};

use super::{
    ColumnSettings,
    cells::{Unit, missing, read_cell, read_number, read_points, unit},
    column_settings::{Pattern, PercentForm, Reasons, Scale},
    period_column::PeriodColumn,
    places::Places,
    row::{Mark, trim},
};

/// Reads the cells of one column.
#[derive(Debug)]
pub(super) struct ColumnReader {
    pub(super) kind: ColumnKind,
    part: Option<Pattern>,
    percent: Option<PercentForm>,
    scale: f64,
    reasons: Reasons,
    period: PeriodColumn,
    /// What the header says of the scale and is not, or cannot be, heeded.
    scale_finding: Option<Finding>,
    /// Numbers that may be shares or hundredths, and whether others are hundredths for certain.
    doubtful: Places,
    has_points: bool,
}

impl ColumnReader {
    /// `header` is all that stands above the column, `year` the financial year of periods that name none.
    pub(super) fn new(settings: &ColumnSettings, header: &str, year: Option<i32>) -> Self {
        let (scale, scale_finding) = match (settings.scale, printed_scale(header)) {
            (Some(Scale::By(scale)), _) | (Some(Scale::Header), Some(scale)) => (scale, None),
            (Some(Scale::Header), None) => (1.0, Some(no_scale(header))),
            (None, Some(_)) if settings.kind != ColumnKind::Text => (1.0, Some(scale_left(header))),
            (None, _) => (1.0, None),
        };
        Self {
            kind: settings.kind,
            part: settings.part.clone(),
            percent: settings.percent,
            scale,
            reasons: settings.reasons.clone(),
            period: PeriodColumn::new(year, settings.granularity, settings.dates, settings.quarters),
            scale_finding,
            doubtful: Places::default(),
            has_points: false,
        }
    }

    /// Keeps so many places of each kind.
    pub(super) fn keep(&mut self, most: usize) {
        self.doubtful.keep(most);
        self.period.keep(most);
    }

    /// The text that counts, and what it was read as. `row` is for findings; `mark` is what the format knows of the cell
    /// beyond its text.
    pub(super) fn read<'a>(&mut self, row: u64, text: &'a str, mark: Option<Mark>) -> (&'a str, Cell) {
        let text = trim(text);
        let text = self.part.as_ref().and_then(|part| part.find(text, "value")).unwrap_or(text);
        if let Some(reason) = self.reasons.of(text) {
            return (text, Cell::Missing(reason));
        }
        let cell = match self.kind {
            ColumnKind::Period => self.period.read(row, text, mark == Some(Mark::FirstOfMonth)),
            ColumnKind::Number if mark == Some(Mark::Share) => read_cell(ColumnKind::Percent, text),
            ColumnKind::Percent if self.percent.is_some() && unit(text) == Unit::Number => self.share(row, text),
            kind => read_cell(kind, text),
        };
        (text, self.scaled(text, cell))
    }

    /// Whether digits alone are read as the number that they are.
    pub(super) fn takes_plain_figures(&self) -> bool {
        let Self { kind, part, reasons, scale, .. } = self;
        matches!(kind, ColumnKind::Number | ColumnKind::Figure | ColumnKind::Target)
            && part.is_none()
            && reasons.are_none()
            && (scale - 1.0).abs() <= 0.0
    }

    /// Whether cells can say something of the column as a whole, so that all must be read.
    pub(super) fn has_doubts(&self) -> bool {
        self.kind == ColumnKind::Period || self.percent.is_some()
    }

    /// How many cells were doubtful so far.
    pub(super) fn doubts(&self) -> u64 {
        self.doubtful.count() + self.period.doubts()
    }

    /// Takes in what other cells of the column have shown.
    pub(super) fn merge(&mut self, other: Self) {
        self.period.merge(other.period);
        self.doubtful.merge(other.doubtful);
        self.has_points |= other.has_points;
    }

    /// What the column as a whole shows.
    pub(super) fn findings(&self, header: &str) -> Vec<Finding> {
        let mut findings = self.period.findings(header);
        findings.extend(self.scale_finding.clone());
        if self.has_points {
            let message = format!(
                "shares in `{header}` are written both as 73.5 and as 0.735, and these may be either: \
                 write them with a percent sign, or say `percent: points` or `percent: share`"
            );
            findings.extend(self.doubtful.finding("ambiguous_percent", Severity::Error, message));
        }
        findings
    }

    fn scaled(&self, text: &str, cell: Cell) -> Cell {
        match cell {
            // A scale of one changes nothing, and nearly all columns have it.
            Cell::Number(number) if (self.scale - 1.0).abs() > 0.0 && unit(text) == Unit::Number => {
                let scaled = number * self.scale;
                if scaled.is_finite() { Cell::Number(scaled) } else { Cell::Missing(Missing::Unreadable) }
            }
            // A range is read where its measure is gathered, which knows nothing of scales.
            Cell::Missing(Missing::Range) if (self.scale - 1.0).abs() > 0.0 && unit(text) == Unit::Number => {
                Cell::Missing(Missing::Words)
            }
            cell => cell,
        }
    }

    /// A share without a percent sign.
    fn share(&mut self, row: u64, text: &str) -> Cell {
        if text.is_empty() {
            return Cell::Missing(Missing::Blank);
        }
        let number = read_number(text).filter(|_| !text.contains(['£', '€', '$']));
        let share = match (self.percent, number) {
            (Some(PercentForm::Points), _) => read_points(text),
            (Some(PercentForm::Auto), Some(number)) if number.abs() > 1.0 => {
                self.has_points = true;
                read_points(text)
            }
            (Some(PercentForm::Auto), Some(number)) if number.abs() > 0.0 => {
                self.doubtful.add(row, None, Some(text));
                Some(number)
            }
            (_, number) => number,
        };
        share.map_or_else(|| Cell::Missing(missing(text)), Cell::Number)
    }
}

/// The scale that a header says: `£'000`, `£m`.
pub(super) fn printed_scale(header: &str) -> Option<f64> {
    let header = header.to_lowercase().replace('\u{2019}', "'");
    let says = |words: &[&str]| words.iter().any(|word| header.contains(word));
    let unit =
        |units: &[&str]| header.split(|c: char| !c.is_alphanumeric() && c != '£').any(|word| units.contains(&word));
    if says(&["'000,000", "million"]) || unit(&["£m", "£mn"]) {
        Some(1e6)
    } else if says(&["'000", "£000", "(000s)", "thousands"]) || unit(&["£k"]) {
        Some(1e3)
    } else if unit(&["£bn"]) {
        Some(1e9)
    } else {
        None
    }
}

fn no_scale(header: &str) -> Finding {
    let message = format!(
        "`{header}` does not say its scale (such as £'000), which the dataset takes from it; set `scale` to a number"
    );
    Finding::of_file("scale", Severity::Error, message)
}

fn scale_left(header: &str) -> Finding {
    let message = format!("`{header}` names a scale; figures are taken as printed. `scale: header` makes them whole");
    Finding::of_file("scale", Severity::Note, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(form: PercentForm) -> ColumnReader {
        let settings = ColumnSettings { kind: ColumnKind::Percent, percent: Some(form), ..ColumnSettings::default() };
        ColumnReader::new(&settings, "share", None)
    }

    #[test]
    fn one_share_is_one_figure_however_it_is_written() {
        for (form, text) in [
            (PercentForm::Points, "73.5"),
            (PercentForm::Points, "73.5%"),
            (PercentForm::Share, "0.735"),
            (PercentForm::Share, "73.5%"),
            (PercentForm::Auto, "73.5"),
            (PercentForm::Auto, "73.5%"),
            (PercentForm::Auto, "0.735"),
        ] {
            assert_eq!(percent(form).read(2, text, None).1, Cell::Number(0.735), "{form:?} {text}");
        }
        assert_eq!(percent(PercentForm::Share).read(2, "1.2", None).1, Cell::Number(1.2));
        assert_eq!(percent(PercentForm::Points).read(2, "0.5", None).1, Cell::Number(0.005));
        assert_eq!(percent(PercentForm::Points).read(2, "*", None).1, Cell::Missing(Missing::Suppressed));
    }

    #[test]
    fn shares_of_both_forms_in_one_column_are_a_question() {
        let mut column = percent(PercentForm::Auto);
        for (row, text) in [(2, "73.5"), (3, "0"), (4, "100.0%"), (5, "1.0"), (6, "59.0")] {
            column.read(row, text, None);
        }
        let findings = column.findings("share");
        assert_eq!((findings.len(), findings[0].severity, findings[0].rows[0].row), (1, Severity::Error, 5));
    }

    #[test]
    fn the_header_says_the_scale() {
        for (header, scale) in [
            ("YTD £'000 Target", Some(1e3)),
            ("Cost (£\u{2019}000)", Some(1e3)),
            ("Spend £m", Some(1e6)),
            ("£ millions", Some(1e6)),
            ("£ PWH", None),
            ("2.6 per 1,000", None),
            ("MK", None),
        ] {
            assert_eq!(printed_scale(header), scale, "{header}");
        }
        let settings =
            ColumnSettings { kind: ColumnKind::Figure, scale: Some(Scale::Header), ..ColumnSettings::default() };
        let mut column = ColumnReader::new(&settings, "YTD £'000", None);
        assert_eq!(column.read(3, "(51,679)", None).1, Cell::Number(-51_679_000.0));
        assert_eq!(column.read(3, "46%", None).1, Cell::Number(0.46));
        assert_eq!(ColumnReader::new(&settings, "YTD", None).findings("YTD")[0].severity, Severity::Error);
    }
}
