//! Delimited text: CSV and its relatives.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::model::{Finding, Severity};

use super::{
    ReadError, TableSpec,
    decode::{Text, guess_utf16},
    error::Limits,
    formats::{Format, Kind, Opening, likeness, looks_like, open_as},
    header,
    places::Places,
    row::{Row, Rows, is_blank},
    settings::Delimiter,
    splitter::{Quotes, Split, split},
};

/// Delimited text: whatever is text and nothing else.
pub(super) const FORMAT: Format = Format { recognises: is_text, open: |opening| open_as(Kind::Text, opening, open) };

fn is_text(head: &[u8]) -> bool {
    let wide = || head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") || guess_utf16(head).is_some();
    looks_like(head).is_none() && (!head.contains(&0) || wide())
}

fn open(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let Opening { input, name, spec, limits, .. } = opening;
    let declared = spec.table.encoding.map(|encoding| encoding.0);
    let as_it_lies = input.is_file() && declared.is_none_or(|declared| declared == encoding_rs::UTF_8);
    let text = Text::new(input.into_read(), declared);
    let mut rows = Delimited {
        text,
        buffer: String::new(),
        at: 0,
        ended: false,
        line: 1,
        rows: 0,
        name,
        limits,
        delimiter: Delimiter::ALL[0].0,
        as_it_lies,
        doubts: QuoteDoubts::default(),
    };
    while rows.buffer.len() < header::SEARCHED_BYTES && !rows.ended {
        rows.fill()?;
    }
    if rows.ended && is_blank(&rows.buffer) {
        return Err(ReadError::Empty { file: rows.name });
    }
    if let Some(delimiter) = spec.table.delimiter.or_else(|| rows.likeliest(spec)) {
        rows.delimiter = delimiter.0;
    }
    Ok(Box::new(rows))
}

struct Delimited {
    text: Text<Box<dyn Read + Send>>,
    /// Decoded text; what lies before `at` has been read.
    buffer: String,
    at: usize,
    ended: bool,
    line: u64,
    rows: u64,
    name: String,
    limits: Limits,
    delimiter: u8,
    /// Whether its bytes are those of a file, if they are UTF-8.
    as_it_lies: bool,
    doubts: QuoteDoubts,
}

/// Delimited text as it is decoded, for whoever splits it otherwise.
pub(super) struct Flowing {
    pub(super) delimiter: u8,
    /// What was read of it already.
    pub(super) begun: String,
    text: Text<Box<dyn Read + Send>>,
    read: Arc<AtomicU64>,
}

impl Flowing {
    /// Appends the next part to `out`; false at the end.
    pub(super) fn read(&mut self, out: &mut String) -> io::Result<bool> {
        self.text.read(out)
    }

    /// The bytes of the file that have been read, packed ones where it is packed; none where it is a part of an archive.
    pub(super) fn bytes_read(&self) -> Option<u64> {
        Some(self.read.load(Ordering::Relaxed)).filter(|read| *read > 0)
    }
}

/// Rows whose quotation marks are doubtful.
#[derive(Debug, Default)]
pub(super) struct QuoteDoubts {
    stray: Places,
    open: Places,
}

impl QuoteDoubts {
    pub(super) fn add(&mut self, row: u64, quotes: Quotes) {
        match quotes {
            Quotes::Sound => {}
            Quotes::Stray => self.stray.add(row, None, None),
            Quotes::Open => self.open.add(row, None, None),
        }
    }

    fn keep(&mut self, most: usize) {
        self.stray.keep(most);
        self.open.keep(most);
    }

    /// Takes in the doubts of other rows.
    pub(super) fn merge(&mut self, other: Self) {
        self.stray.merge(other.stray);
        self.open.merge(other.open);
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let open = self.open.finding(
            "quotes",
            Severity::Error,
            "a cell begins with a quotation mark that nothing closes, so the rest of the file was read as one cell; \
             close or remove the quotation mark",
        );
        let stray = self.stray.finding(
            "quotes",
            Severity::Warning,
            "text follows a closing quotation mark; a quotation mark within a quoted cell is written twice",
        );
        open.into_iter().chain(stray).collect()
    }
}

impl Delimited {
    fn fill(&mut self) -> Result<(), ReadError> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let read = self.text.read(&mut self.buffer);
        let more = read.map_err(|source| ReadError::unpacking(&self.name, self.line.saturating_sub(1), source))?;
        self.ended = !more;
        Ok(())
    }

    fn rest(&self) -> &str {
        self.buffer.get(self.at..).unwrap_or("")
    }

    /// The delimiter by which the header answers to most columns, the preferred one among equals.
    fn likeliest(&self, spec: &TableSpec) -> Option<Delimiter> {
        let (most, mut best) = (header::most(spec), None);
        for delimiter in Delimiter::ALL {
            let likeness = likeness(&self.head(delimiter.0), spec);
            if best.is_none_or(|(_, best)| likeness > best) {
                best = Some((delimiter, likeness));
            }
            if most.is_some_and(|most| likeness >= most) {
                break;
            }
        }
        best.map(|(delimiter, _)| delimiter)
    }

    /// The first rows as another delimiter would have them, for choosing it.
    fn head(&self, delimiter: u8) -> Vec<Row> {
        let (mut rows, mut rest) = (Vec::new(), self.rest());
        while rows.len() < header::SEARCHED_ROWS && !rest.is_empty() {
            let mut row = Row::default();
            let Split::Row { used, .. } = split(rest, delimiter, self.ended, self.limits.columns, &mut row) else {
                break;
            };
            rows.push(row);
            rest = rest.get(used..).unwrap_or("");
        }
        rows
    }

    /// Goes past a row, if it keeps to the limits.
    fn accept(&mut self, row: &Row, used: usize, lines: u64, quotes: Quotes) -> Result<(), ReadError> {
        self.rows += 1;
        let file = || self.name.clone();
        if row.bytes() > self.limits.row_bytes {
            return Err(ReadError::RowTooLong { file: file(), row: row.number, limit: self.limits.row_bytes });
        }
        if self.rows > self.limits.rows {
            return Err(ReadError::TooManyRows { file: file(), limit: self.limits.rows });
        }
        if self.text.has_nul && row.text().contains('\0') {
            return Err(ReadError::Nul { file: file(), row: row.number });
        }
        self.doubts.add(row.number, quotes);
        self.at += used;
        self.line += lines;
        Ok(())
    }
}

impl Rows for Delimited {
    fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        loop {
            if self.rest().is_empty() {
                if self.ended {
                    return Ok(false);
                }
                self.fill()?;
                continue;
            }
            row.clear(self.line);
            match split(self.rest(), self.delimiter, self.ended, self.limits.columns, row) {
                Split::Row { used, lines, quotes } => {
                    self.accept(row, used, lines, quotes)?;
                    return Ok(true);
                }
                Split::More if self.rest().len() > self.limits.row_bytes => {
                    let (file, limit) = (self.name.clone(), self.limits.row_bytes);
                    return Err(ReadError::RowTooLong { file, row: self.line, limit });
                }
                Split::More => self.fill()?,
                Split::TooManyCells => {
                    let (file, limit) = (self.name.clone(), self.limits.columns);
                    return Err(ReadError::TooManyColumns { file, row: self.line, limit });
                }
            }
        }
    }

    fn findings(&self) -> Vec<Finding> {
        self.doubts.findings()
    }

    fn keep(&mut self, most: usize) {
        self.doubts.keep(most);
    }

    fn plain_text(&self) -> Option<u8> {
        self.as_it_lies.then_some(self.delimiter)
    }

    fn into_text(self: Box<Self>, read: Arc<AtomicU64>) -> Option<Flowing> {
        let Self { text, buffer: begun, delimiter, .. } = *self;
        Some(Flowing { delimiter, begun, text, read })
    }

    fn forget(&mut self) {
        self.doubts = QuoteDoubts::default();
    }
}
