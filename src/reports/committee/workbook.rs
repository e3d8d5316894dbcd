//! The report as a workbook: every alert, with numbers as numbers and days as days.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{
    assured::{GapOf, gaps},
    facts, label, owner, sources, summary,
};
use crate::{
    model::{
        CommitteeReport, TabledAlert, Unit, Value,
        calendar::{day_in_london, in_words},
    },
    reports::{
        RenderError,
        alert::{LABEL, MESSAGE},
        clean, words,
    },
};

pub(super) fn write(report: &CommitteeReport) -> Result<Vec<u8>, RenderError> {
    fill(report).map_err(|error| RenderError::File { what: "workbook", reason: error.to_string() })
}

/// What a cell holds. Text is text, whatever it begins with.
enum Cell {
    Text(String),
    Count(f64),
    Figure(Value, Unit),
    Day(Date),
    Empty,
}

/// The paper, by its number in a workbook.
const A4: u8 = 9;

/// A column: its title, and its width in characters.
type Column = (&'static str, f64);

fn fill(report: &CommitteeReport) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = day(report.date)?;
    book.set_properties(
        &DocProperties::new()
            .set_title(format!("Exception report: {}, {}", report.group_name, report.period.label()))
            .set_author("bellwether")
            .set_creation_datetime(&made),
    );
    summarise(book.add_worksheet().set_name("Summary")?, report)?;
    list(book.add_worksheet().set_name("Alerts")?, &ALERTS, report.alerts.iter().map(alert))?;
    list(book.add_worksheet().set_name("Not assured")?, &GAPS, not_assured(report).into_iter())?;
    list(book.add_worksheet().set_name("Sources")?, &SOURCES, report.sources.iter().map(source))?;
    book.save_to_buffer()
}

fn summarise(sheet: &mut Worksheet, report: &CommitteeReport) -> Result<(), XlsxError> {
    let (bold, wrapped) = (Format::new().set_bold(), wrapped());
    sheet.set_column_width(0, 26)?.set_column_width(1, 90)?;
    let title = Format::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(0, 0, "Exception report", &title)?;
    let group = clean::line(&report.group_name, LABEL);
    let mut row = 1;
    for fact in facts(report, &group, &report.period.label()) {
        sheet.write_string_with_format(row, 0, fact.name, &bold)?;
        sheet.write_string_with_format(row, 1, &fact.text, &wrapped)?;
        row += 1;
    }
    for sentence in summary::sentences(report) {
        row += 1;
        sheet.write_string_with_format(row, 1, &sentence, &wrapped)?;
    }
    row += 2;
    for (at, title) in
        ["What was judged", "Period", "Series", "Clear", "Firing", "Pending", "Not judged"].into_iter().enumerate()
    {
        sheet.write_string_with_format(row, narrow(at), title, &header())?;
    }
    sheet.set_column_range_width(2, 6, 14)?;
    for judged in &report.judged {
        row += 1;
        let about = format!("{}: {} ({})", judged.dataset_title, judged.rule_summary, judged.rule);
        sheet.write_string_with_format(row, 0, clean::line(&judged.measure.replace('_', " "), LABEL), &wrapped)?;
        sheet.write_string_with_format(
            row,
            1,
            format!("{} – {}", judged.period.label(), clean::line(&about, MESSAGE)),
            &wrapped,
        )?;
        let counts = [judged.series, judged.clear, judged.firing, judged.pending, judged.cannot_tell];
        for (at, count) in counts.into_iter().enumerate() {
            sheet.write_number(row, narrow(at + 2), count as f64)?;
        }
    }
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    Ok(())
}

const ALERTS: [Column; 22] = [
    ("About", 30.0),
    ("Standing", 12.0),
    ("3As", 9.0),
    ("Severity", 10.0),
    ("Message", 60.0),
    ("Period", 16.0),
    ("Figure", 14.0),
    ("Plan", 14.0),
    ("Figure before", 14.0),
    ("Unit", 12.0),
    ("Since", 16.0),
    ("Periods", 9.0),
    ("Owner", 28.0),
    ("Acknowledged by", 22.0),
    ("Acknowledged on", 16.0),
    ("Action", 40.0),
    ("Review", 14.0),
    ("Muted", 30.0),
    ("Rule", 30.0),
    ("Dataset", 30.0),
    ("Labels", 40.0),
    ("Alert", 18.0),
];

fn alert(alert: &TabledAlert) -> Vec<Cell> {
    let (line, handling) = (&alert.line, &alert.line.handling);
    let text = |text: &str| Cell::Text(clean::line(text, MESSAGE));
    let maybe = |given: Option<&str>| given.map_or(Cell::Empty, text);
    let known = handling.acknowledged.as_ref();
    vec![
        Cell::Text(label(alert)),
        text(alert.standing.code()),
        text(alert.three_a.code()),
        text(line.severity.code()),
        text(&line.message),
        Cell::Text(line.period.label()),
        Cell::Figure(line.value, line.unit),
        Cell::Figure(line.plan, line.unit),
        Cell::Figure(line.previous, line.unit),
        text(line.counted.as_deref().unwrap_or_else(|| line.unit.code())),
        Cell::Text(line.since.label()),
        Cell::Count(f64::from(line.periods)),
        Cell::Text(owner(alert)),
        maybe(known.map(|known| known.by.as_str())),
        known.map_or(Cell::Empty, |known| Cell::Day(day_in_london(known.at))),
        maybe(handling.comment.as_ref().map(|(_, said)| said.as_str())),
        handling.review.map_or(Cell::Empty, Cell::Day),
        maybe(alert.muted.as_deref()),
        text(&line.rule),
        text(&alert.dataset_title),
        text(&line.labels.to_string()),
        text(&line.id.0),
    ]
}

const GAPS: [Column; 5] =
    [("What", 18.0), ("Dataset or rule", 40.0), ("Of which", 40.0), ("Period", 16.0), ("Why", 70.0)];

fn not_assured(report: &CommitteeReport) -> Vec<Vec<Cell>> {
    let text = |text: &str| Cell::Text(clean::line(text, MESSAGE));
    let rows = gaps(report).into_iter().map(|gap| {
        let (about, which, period) = match gap.of {
            GapOf::Due(line) => (&line.dataset_title, words::list(&line.measures), line.period.label()),
            GapOf::Absent(one) => (&one.dataset_title, words::list(&one.measures), report.period.label()),
            GapOf::Series(line) => (&line.rule, line.labels.values(), line.period.label()),
            GapOf::Released(source) => (&source.dataset_title, source.file.clone(), sources::periods(&source.periods)),
        };
        vec![text(gap.words), text(about), text(&which), Cell::Text(period), Cell::Text(gap.reason())]
    });
    rows.collect()
}

const SOURCES: [Column; 9] = [
    ("Dataset", 36.0),
    ("File", 36.0),
    ("Period", 24.0),
    ("Revision", 10.0),
    ("Received", 14.0),
    ("Verdict", 24.0),
    ("Findings", 10.0),
    ("Decisions", 60.0),
    ("Delivery", 38.0),
];

fn source(source: &crate::model::Source) -> Vec<Cell> {
    let decisions: Vec<String> = source
        .decisions
        .iter()
        .map(|one| {
            format!("{} by {} on {}: {}", one.action.code(), one.by, in_words(day_in_london(one.at)), one.reason)
        })
        .collect();
    vec![
        Cell::Text(clean::line(&source.dataset_title, LABEL)),
        Cell::Text(clean::file(&source.file, source.table.as_deref(), MESSAGE)),
        Cell::Text(sources::periods(&source.periods)),
        Cell::Count(f64::from(source.revision)),
        Cell::Day(day_in_london(source.received)),
        Cell::Text(source.verdict.words()),
        Cell::Count(source.issues as f64),
        Cell::Text(clean::line(&decisions.join("; "), MESSAGE)),
        Cell::Text(source.delivery.to_string()),
    ]
}

/// A sheet with a frozen header, which can be filtered and is repeated on every page that is printed.
fn list(sheet: &mut Worksheet, columns: &[Column], rows: impl Iterator<Item = Vec<Cell>>) -> Result<(), XlsxError> {
    for (at, (title, width)) in columns.iter().enumerate() {
        sheet.set_column_width(narrow(at), *width)?;
        sheet.write_string_with_format(0, narrow(at), *title, &header())?;
    }
    let (wrapped, days) = (wrapped(), Format::new().set_num_format("d mmm yyyy").set_align(FormatAlign::Top));
    let mut last = 0;
    for (at, row) in (1_u32..).zip(rows) {
        last = at;
        for (column, cell) in row.into_iter().enumerate() {
            let column = narrow(column);
            match cell {
                Cell::Text(text) => sheet.write_string_with_format(at, column, text, &wrapped)?,
                Cell::Count(count) => sheet.write_number_with_format(at, column, count, &number("#,##0"))?,
                Cell::Day(date) => sheet.write_datetime_with_format(at, column, day(date)?, &days)?,
                Cell::Figure(Value::Number(figure), unit) => figure_at(sheet, (at, column), figure, unit)?,
                Cell::Figure(missing, _) if missing == Value::ABSENT => continue,
                Cell::Figure(missing, _) => {
                    sheet.write_string_with_format(at, column, missing.to_string(), &wrapped)?
                }
                Cell::Empty => continue,
            };
        }
    }
    sheet.set_freeze_panes(1, 1)?.set_repeat_rows(0, 0)?;
    sheet.autofilter(0, 0, last, narrow(columns.len().saturating_sub(1)))?;
    // Printed, the first column stands on every page as well.
    sheet.set_repeat_columns(0, 0)?.set_landscape().set_paper_size(A4);
    Ok(())
}

/// A figure as a number with the format of its unit; categories are words.
fn figure_at(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    figure: f64,
    unit: Unit,
) -> Result<&mut Worksheet, XlsxError> {
    let (figure, format) = match unit {
        Unit::Number => (figure, "#,##0.####"),
        Unit::Percent => (figure, "0.0#%"),
        // Days are the unit of times in a workbook.
        Unit::Duration => (figure / 86_400.0, "[h]:mm:ss"),
        Unit::Pounds => (figure, "[$£-809]#,##0.00"),
        Unit::Euros => (figure, "[$€-2] #,##0.00"),
        Unit::Dollars => (figure, "[$$-409]#,##0.00"),
        Unit::Category(_) => {
            return sheet.write_string_with_format(row, column, words::quantity(figure, unit), &wrapped());
        }
    };
    // A whole number would keep the point of its decimals.
    let format = if unit == Unit::Number && figure.fract() == 0.0 { "#,##0" } else { format };
    sheet.write_number_with_format(row, column, figure, &number(format))
}

fn header() -> Format {
    Format::new().set_bold().set_background_color(0x00DD_E3E8).set_text_wrap().set_align(FormatAlign::Top)
}

fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

fn number(format: &str) -> Format {
    Format::new().set_num_format(format).set_align(FormatAlign::Top)
}

fn day(date: Date) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    ExcelDateTime::from_ymd(u16::try_from(date.year()).unwrap_or(1900), part(date.month()), part(date.day()))
}

/// There are a few columns at most.
fn narrow(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}
