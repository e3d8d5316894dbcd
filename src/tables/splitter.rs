//! Delimited text → cells, by RFC 4180 and by what files do besides.
//!
//! Rows end with a line feed, a carriage return, or both. A cell that begins with a quotation mark goes on to the next
//! one that is not doubled, over line ends too; text after that belongs to the cell still. A quotation mark in the middle
//! of a cell is a letter like any other.

use super::row::Row;

/// What [`split`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// A row, which took so many bytes and lines.
    Row {
        /// Bytes of the input, its line end included.
        used: usize,
        /// Lines of the file.
        lines: u64,
        /// What is doubtful about its quotation marks.
        quotes: Quotes,
    },
    /// The row goes on beyond the input.
    More,
    /// The row has more cells than the limit.
    TooManyCells,
}

/// Whether the quotation marks of a row stand where they should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// They do, or there are none.
    Sound,
    /// Text follows after a closing one: it was probably meant as a letter.
    Stray,
    /// The last one opens a cell and nothing closes it.
    Open,
}

/// Reads one row from the start of `input`, which is not empty. `last` says that the file ends with it.
pub(super) fn split(input: &str, delimiter: u8, last: bool, max_cells: usize, row: &mut Row) -> Split {
    let mut splitter =
        Splitter { input, bytes: input.as_bytes(), delimiter, last, at: 0, lines: 0, quotes: Quotes::Sound };
    loop {
        let end = splitter.cell(row);
        row.end_cell();
        match end {
            End::Cell if row.len() >= max_cells => return Split::TooManyCells,
            End::Cell => {}
            End::More => return Split::More,
            End::Row => {
                return Split::Row { used: splitter.at, lines: splitter.lines.max(1), quotes: splitter.quotes };
            }
        }
    }
}

enum End {
    Cell,
    Row,
    More,
}

struct Splitter<'a> {
    input: &'a str,
    bytes: &'a [u8],
    delimiter: u8,
    last: bool,
    at: usize,
    lines: u64,
    quotes: Quotes,
}

impl Splitter<'_> {
    fn cell(&mut self, row: &mut Row) -> End {
        if self.bytes.get(self.at) == Some(&b'"') {
            self.at += 1;
            if let Some(end) = self.quoted(row) {
                return end;
            }
        }
        self.plain(row)
    }

    /// Up to the delimiter or the end of the row.
    fn plain(&mut self, row: &mut Row) -> End {
        let start = self.at;
        let delimiter = self.delimiter;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let found = rest.iter().position(|byte| *byte == delimiter || *byte == b'\n' || *byte == b'\r');
        self.at = found.map_or(self.bytes.len(), |offset| start + offset);
        row.push_str(self.input.get(start..self.at).unwrap_or(""));
        match self.bytes.get(self.at) {
            Some(byte) if *byte == delimiter => {
                self.at += 1;
                End::Cell
            }
            Some(_) => self.line_end(),
            None if self.last => End::Row,
            None => End::More,
        }
    }

    /// Past a line feed, a carriage return, or both.
    fn line_end(&mut self) -> End {
        let return_first = self.bytes.get(self.at) == Some(&b'\r');
        self.at += 1;
        self.lines += 1;
        match self.bytes.get(self.at) {
            Some(b'\n') if return_first => self.at += 1,
            // The line feed may be the first byte of what has not been read yet.
            None if return_first && !self.last => return End::More,
            _ => {}
        }
        End::Row
    }

    /// Up to the quotation mark that closes the cell. None when it does; what follows is read as plain text.
    fn quoted(&mut self, row: &mut Row) -> Option<End> {
        loop {
            let start = self.at;
            let rest = self.bytes.get(start..).unwrap_or_default();
            let Some(offset) = rest.iter().position(|byte| *byte == b'"') else {
                self.at = self.bytes.len();
                self.count_lines(start);
                row.push_str(self.input.get(start..).unwrap_or(""));
                self.quotes = Quotes::Open;
                return Some(if self.last { End::Row } else { End::More });
            };
            self.at = start + offset + 1;
            self.count_lines(start);
            row.push_str(self.input.get(start..start + offset).unwrap_or(""));
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    row.push_str("\"");
                }
                Some(byte) if *byte == self.delimiter || *byte == b'\n' || *byte == b'\r' => return None,
                Some(_) => {
                    self.quotes = Quotes::Stray;
                    return None;
                }
                None if self.last => return None,
                None => return Some(End::More),
            }
        }
    }

    /// Counts the line ends within a cell, from `start` to here.
    fn count_lines(&mut self, start: usize) {
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        let feeds = text.split(|byte| *byte == b'\n').count() - 1;
        let returns = text.windows(2).filter(|pair| matches!(pair, [b'\r', next] if *next != b'\n')).count();
        self.lines += (feeds + returns) as u64;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        let (mut rest, mut rows) = (text, Vec::new());
        while !rest.is_empty() {
            let mut row = Row::default();
            let Split::Row { used, .. } = split(rest, b',', true, 100, &mut row) else { panic!("{rest:?}") };
            rows.push(row.cells().map(str::to_owned).collect());
            rest = &rest[used..];
        }
        rows
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_csv_crate(text in "[ab\",\n\r é]{0,40}") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            // The csv crate passes over empty lines, which count as rows here.
            let is_empty_line = |row: &Vec<String>| row.len() == 1 && row[0].is_empty();
            let ours: Vec<_> = cells(&text).into_iter().filter(|row| !is_empty_line(row)).collect();
            let expected: Vec<_> = expected.into_iter().filter(|row| !is_empty_line(row)).collect();
            prop_assert_eq!(ours, expected);
        }

        #[test]
        fn a_row_in_pieces_is_the_row_as_a_whole(text in "[ab\",\n\r]{1,30}", cut in 0_usize..30) {
            let piece = &text[..cut.min(text.len())];
            let (mut whole, mut part) = (Row::default(), Row::default());
            let as_whole = split(&text, b',', true, 100, &mut whole);
            if !piece.is_empty() && split(piece, b',', false, 100, &mut part) != Split::More {
                prop_assert_eq!(part, whole);
                prop_assert_eq!(split(piece, b',', false, 100, &mut Row::default()), as_whole);
            }
        }
    }
}
