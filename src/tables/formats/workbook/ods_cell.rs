//! One cell of an `OpenDocument` spreadsheet: what it is said to hold, and what it shows.

use calamine::DataRef;
use quick_xml::events::BytesStart;

use super::{
    super::{super::ReadError, cell_text::Style},
    ods_content::attribute,
};

/// A cell that holds something.
#[derive(Debug)]
pub(super) struct OdsCell {
    /// Where it stands, from 0, and how many cells from there on are like it.
    pub(super) column: u32,
    pub(super) repeated: u32,
    /// Over how many columns it is merged.
    pub(super) spans: u32,
    pub(super) value: Value,
}

/// What a cell holds (`OpenDocument` 1.3, part 3, 19.385).
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64, Style),
    Moment(String),
    Duration(String),
    Bool(bool),
}

impl Value {
    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Moment(text) | Self::Duration(text) => text.len(),
            Self::Number(..) | Self::Bool(_) => 8,
        }
    }

    /// As the value of a cell of any workbook, and how it is shown.
    pub(super) fn data(&self) -> (DataRef<'static>, Style) {
        match self {
            Self::Text(text) => (DataRef::String(text.clone()), Style::Plain),
            Self::Number(number, style) => (DataRef::Float(*number), *style),
            Self::Moment(text) => (DataRef::DateTimeIso(text.clone()), Style::Plain),
            Self::Duration(text) => (DataRef::DurationIso(text.clone()), Style::Plain),
            Self::Bool(value) => (DataRef::Bool(*value), Style::Plain),
        }
    }
}

/// The attributes of a cell.
#[derive(Debug, Default)]
pub(super) struct CellStart {
    kind: Option<String>,
    value: Option<String>,
    is_error: bool,
}

impl CellStart {
    pub(super) fn read(start: &BytesStart<'_>, name: &str) -> Result<Self, ReadError> {
        let kind = attribute(start, "office:value-type", name)?;
        let key = match kind.as_deref() {
            Some("float" | "percentage" | "currency") => "office:value",
            Some("date") => "office:date-value",
            Some("time") => "office:time-value",
            Some("boolean") => "office:boolean-value",
            Some("string") => "office:string-value",
            _ => return Ok(Self { kind, ..Self::default() }),
        };
        let is_error = attribute(start, "calcext:value-type", name)?.is_some_and(|kind| kind == "error");
        Ok(Self { kind, value: attribute(start, key, name)?, is_error })
    }

    /// The value, given what is shown; none for a blank cell.
    pub(super) fn value(self, shown: &Shown) -> Option<Value> {
        let text = || (!shown.text.is_empty()).then(|| Value::Text(shown.text.clone()));
        let Some(written) = self.value.filter(|value| !self.is_error && !value.is_empty()) else { return text() };
        match self.kind.as_deref() {
            Some("percentage") => number(&written).map(|number| Value::Number(number, Style::Percent)),
            Some("float" | "currency") => {
                number(&written).map(|number| Value::Number(number, padding(&shown.text, number)))
            }
            Some("date") => Some(Value::Moment(written)),
            Some("time") => Some(Value::Duration(written)),
            Some("boolean") => Some(Value::Bool(written.eq_ignore_ascii_case("true"))),
            _ => Some(Value::Text(written)),
        }
        // What is said to be a number and is none is what it shows.
        .or_else(text)
    }
}

fn number(written: &str) -> Option<f64> {
    written.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// A code that is shown with zeros before it: `00123`.
fn padding(shown: &str, number: f64) -> Style {
    let shown = shown.trim();
    let padded = shown.len() > 1 && shown.starts_with('0') && shown.bytes().all(|byte| byte.is_ascii_digit());
    if padded && shown.parse() == Ok(number) { Style::Padded(shown.len()) } else { Style::Plain }
}

/// The text of a cell as it is shown: white space in it counts once, as in a web page, unless it is said to be there.
#[derive(Debug, Default)]
pub(super) struct Shown {
    text: String,
    begun: bool,
    after_space: bool,
}

impl Shown {
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Begins a paragraph, on a line of its own.
    pub(super) fn paragraph(&mut self) {
        if self.begun {
            self.text.push('\n');
        }
        self.begun = true;
        self.after_space = true;
    }

    pub(super) fn line(&mut self) {
        self.text.push('\n');
        self.after_space = true;
    }

    pub(super) fn spaces(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
        self.after_space = false;
    }

    pub(super) fn literal(&mut self, c: char) {
        self.text.push(c);
        self.after_space = false;
    }

    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            let space = matches!(c, ' ' | '\t' | '\r' | '\n');
            if !space {
                self.text.push(c);
            } else if !self.after_space {
                self.text.push(' ');
            }
            self.after_space = space;
        }
    }
}
