//! The workbook: real numbers in their units, the header frozen, a filter on every column.

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{Cell, Table};
use crate::{
    model::{Notice, Unit},
    reports::clean,
};

/// The narrowest and the widest column, in characters.
const WIDTHS: (usize, usize) = (8, 60);
const SECONDS_A_DAY: f64 = 86_400.0;

pub(super) fn write(table: &Table, notice: &Notice) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let mut properties = DocProperties::new().set_author("bellwether").set_title("Alerts");
    // The same notice makes the same bytes.
    if let Ok(created) = ExcelDateTime::from_timestamp(notice.created.as_second()) {
        properties = properties.set_creation_datetime(&created);
    }
    workbook.set_properties(&properties);
    fill(workbook.add_worksheet().set_name("Alerts")?, table)?;
    workbook.save_to_buffer()
}

fn fill(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let header = Format::new().set_bold().set_background_color(Color::RGB(0x00E1_E6EB));
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (column, name) in (0..).zip(&table.headers) {
        sheet.write_string_with_format(0, column, name, &header)?;
        sheet.set_column_width(column, width(table, usize::from(column)))?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => sheet.write_string_with_format(row, column, text, &wrapped)?,
                Cell::Count(count) => sheet.write_number_with_format(row, column, *count, &number("0"))?,
                Cell::Figure(figure, unit) => {
                    let (figure, format) = in_cells(*figure, *unit);
                    sheet.write_number_with_format(row, column, figure, &number(format))?
                }
            };
        }
    }
    let last = |len: usize| u16::try_from(len.saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, table.rows.len().try_into().unwrap_or(u32::MAX), last(table.headers.len()))?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

fn number(format: &str) -> Format {
    Format::new().set_num_format(format).set_align(FormatAlign::Top)
}

/// A figure as spreadsheets have it, and its number format.
fn in_cells(figure: f64, unit: Unit) -> (f64, &'static str) {
    match unit {
        Unit::Percent => (figure, "0.0%"),
        Unit::Duration => (figure / SECONDS_A_DAY, "[h]:mm:ss"),
        Unit::Pounds => (figure, "£#,##0.00"),
        Unit::Euros => (figure, "€#,##0.00"),
        Unit::Dollars => (figure, "[$$-409]#,##0.00"),
        Unit::Number | Unit::Category(_) if figure.fract() == 0.0 => (figure, "#,##0"),
        Unit::Number | Unit::Category(_) => (figure, "#,##0.00"),
    }
}

fn width(table: &Table, column: usize) -> f64 {
    let of = |row: &Vec<Cell>| match row.get(column) {
        Some(Cell::Text(text)) => clean::columns(text),
        Some(Cell::Count(_) | Cell::Figure(..)) | None => 12,
    };
    let header = table.headers.get(column).map_or(0, |header| clean::columns(header) + 3);
    let widest = table.rows.iter().map(of).max().unwrap_or(0).max(header);
    (widest + 1).clamp(WIDTHS.0, WIDTHS.1) as f64
}
