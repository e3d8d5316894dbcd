//! The styles of an `OpenDocument` spreadsheet that hide: sheets that are not shown, rows without height, columns without
//! width.

use std::collections::HashSet;

use quick_xml::events::BytesStart;

use super::{super::super::ReadError, ods_content::attribute, sheets_limit};

/// No spreadsheet has more styles that hide rows or columns; others are not remembered.
const MOST: usize = 1000;

/// The names of the styles that hide.
#[derive(Debug, Default)]
pub(super) struct Styles {
    /// The style whose properties come next.
    open: Option<String>,
    sheets: HashSet<String>,
    rows: HashSet<String>,
    columns: HashSet<String>,
}

impl Styles {
    /// Takes in an element outside the sheets.
    pub(super) fn take(&mut self, start: &BytesStart<'_>, name: &str) -> Result<(), ReadError> {
        match start.name().0 {
            "style:style" => self.open = attribute(start, "style:name", name)?,
            "style:table-properties" => {
                let hidden = attribute(start, "table:display", name)?.is_some_and(|shown| shown == "false");
                self.sheets.extend(self.open.take().filter(|_| hidden));
                sheets_limit(self.sheets.len(), name)?;
            }
            "style:table-row-properties" if self.rows.len() < MOST => {
                let flat = attribute(start, "style:row-height", name)?.is_some_and(|height| is_nought(&height));
                self.rows.extend(self.open.take().filter(|_| flat));
            }
            "style:table-column-properties" if self.columns.len() < MOST => {
                let flat = attribute(start, "style:column-width", name)?.is_some_and(|width| is_nought(&width));
                self.columns.extend(self.open.take().filter(|_| flat));
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a sheet is hidden.
    pub(super) fn hide_sheet(&self, start: &BytesStart<'_>, name: &str) -> Result<bool, ReadError> {
        Ok(attribute(start, "table:style-name", name)?.is_some_and(|style| self.sheets.contains(&style)))
    }

    /// Whether a row is hidden: by hand, by a filter, or by having no height.
    pub(super) fn hide_row(&self, start: &BytesStart<'_>, name: &str) -> Result<bool, ReadError> {
        is_hidden(&self.rows, start, name)
    }

    /// Whether a column is hidden.
    pub(super) fn hide_column(&self, start: &BytesStart<'_>, name: &str) -> Result<bool, ReadError> {
        is_hidden(&self.columns, start, name)
    }
}

fn is_hidden(flat: &HashSet<String>, start: &BytesStart<'_>, name: &str) -> Result<bool, ReadError> {
    let collapsed = attribute(start, "table:visibility", name)?.is_some_and(|visibility| visibility != "visible");
    let style = if flat.is_empty() { None } else { attribute(start, "table:style-name", name)? };
    Ok(collapsed || style.is_some_and(|style| flat.contains(&style)))
}

/// `0cm`.
fn is_nought(length: &str) -> bool {
    let number = length.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    number.parse::<f64>().is_ok_and(|number| number <= 0.0)
}
