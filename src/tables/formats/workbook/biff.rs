//! The records of Excel's binary workbooks ([MS-XLS]) and the texts in them.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use super::compound::{u16_at, u32_at};

/// What goes on in another record, because it was longer than one may be.
const CONTINUE: u16 = 0x003C;

/// A record: its kind, and where in the stream its data stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) kind: u16,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The records of a stream from a place on, up to its end. The last is none if it is cut off.
pub(super) struct Records<'a> {
    pub(super) stream: &'a [u8],
    pub(super) at: usize,
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let start = self.at.checked_add(4)?;
        let header = self.stream.get(self.at..start)?;
        let end = start + usize::from(u16_at(header, 2));
        self.stream.get(start..end)?;
        self.at = end;
        Some(Record { kind: u16_at(header, 0), start, end })
    }
}

/// How texts are written: Excel 97 and later in Unicode, Excel 5 and 95 in a code page.
#[derive(Debug, Clone, Copy)]
pub(super) enum Texts {
    Unicode,
    Bytes(&'static Encoding),
}

impl Texts {
    /// The encoding of a code page by its number.
    pub(super) fn of_code_page(number: u16) -> &'static Encoding {
        let label = match number {
            874 => "windows-874".to_owned(),
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            10_000 | 32_768 => return MACINTOSH,
            other => format!("windows-{other}"),
        };
        Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
    }
}

/// Reads data that may go on in the records after its own.
pub(super) struct Cursor<'a> {
    stream: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Cursor<'a> {
    /// From `at` on, in a record that ends at `end`.
    pub(super) fn new(stream: &'a [u8], at: usize, end: usize) -> Self {
        Self { stream, at, end }
    }

    /// Where the next byte stands, and where its record ends; none after the last.
    pub(super) fn place(&mut self) -> Option<(usize, usize)> {
        while self.at >= self.end {
            self.go_on()?;
        }
        Some((self.at, self.end))
    }

    /// Goes to the record that this one goes on in.
    fn go_on(&mut self) -> Option<()> {
        let next = Records { stream: self.stream, at: self.end }.next().filter(|next| next.kind == CONTINUE)?;
        (self.at, self.end) = (next.start, next.end);
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (at, _) = self.place()?;
        self.at += 1;
        self.stream.get(at).copied()
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    /// A text before which its length stands, in two bytes or one.
    pub(super) fn text(&mut self, texts: Texts, long: bool) -> Option<String> {
        let length = if long { self.u16()? } else { u16::from(self.byte()?) };
        match texts {
            Texts::Unicode => {
                // Of no letters, some leave out how they are written.
                let wide = length > 0 && self.byte()? & 1 == 1;
                self.letters(length.into(), wide)
            }
            Texts::Bytes(encoding) => {
                let bytes: Option<Vec<u8>> = (0..length).map(|_| self.byte()).collect();
                Some(encoding.decode_without_bom_handling(&bytes?).0.into_owned())
            }
        }
    }

    /// A text of the table of texts; its runs of formats and its phonetic reading are left out.
    pub(super) fn shared_text(&mut self) -> Option<String> {
        let (length, wide, after) = self.shared_head()?;
        let text = self.letters(length, wide)?;
        self.skip(after)?;
        Some(text)
    }

    /// Goes past a text of the table of texts.
    pub(super) fn skip_shared_text(&mut self) -> Option<()> {
        let (mut left, mut wide, after) = self.shared_head()?;
        while left > 0 {
            let taken = self.take(left, &mut wide)?;
            left -= taken.len() / if wide { 2 } else { 1 };
        }
        self.skip(after)
    }

    /// How many letters a text has, whether they are of two bytes each, and how many bytes follow them.
    fn shared_head(&mut self) -> Option<(usize, bool, usize)> {
        let length = self.u16()?;
        let flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.u16()?) * 4 };
        let phonetic = if flags & 4 == 0 { 0 } else { usize::from(self.u16()?) | usize::from(self.u16()?) << 16 };
        Some((length.into(), flags & 1 == 1, runs + phonetic))
    }

    fn letters(&mut self, length: usize, mut wide: bool) -> Option<String> {
        let (mut units, mut left) = (Vec::new(), length);
        while left > 0 {
            let taken = self.take(left, &mut wide)?;
            let before = units.len();
            if wide {
                units.extend(taken.chunks_exact(2).map(|unit| u16_at(unit, 0)));
            } else {
                units.extend(taken.iter().map(|byte| u16::from(*byte)));
            }
            left -= units.len() - before;
        }
        Some(String::from_utf16_lossy(&units))
    }

    /// The letters that stand in this record, at most so many, at least one. Where letters go on in another record, it
    /// begins with how they are written there.
    fn take(&mut self, letters: usize, wide: &mut bool) -> Option<&'a [u8]> {
        while self.end - self.at < if *wide { 2 } else { 1 } {
            self.go_on()?;
            *wide = self.byte()? & 1 == 1;
        }
        let width = if *wide { 2 } else { 1 };
        let bytes = letters.min((self.end - self.at) / width) * width;
        let taken = self.stream.get(self.at..self.at + bytes)?;
        self.at += bytes;
        Some(taken)
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            let (at, end) = self.place()?;
            let step = bytes.min(end - at);
            self.at += step;
            bytes -= step;
        }
        Some(())
    }
}

/// Where the texts of the table of texts stand.
#[derive(Debug, Default)]
pub(super) struct SharedTexts {
    texts: Vec<u32>,
    /// Where the data of each record begins that they stand in.
    records: Vec<u32>,
}

impl SharedTexts {
    /// Finds every text of the table in this record and those that it goes on in. What their count says does not matter.
    pub(super) fn read(stream: &[u8], table: Record) -> Self {
        let mut found = Self::default();
        let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let mut cursor = Cursor::new(stream, table.start + 8, table.end);
        found.records.push(narrow(table.start));
        let mut known = table.end;
        while let Some((at, _)) = cursor.place() {
            found.texts.push(narrow(at));
            let whole = cursor.skip_shared_text().is_some();
            found.note_records(stream, known, cursor.end);
            known = cursor.end;
            if !whole {
                break;
            }
        }
        found
    }

    /// Notes the records that stand between these places.
    fn note_records(&mut self, stream: &[u8], from: usize, to: usize) {
        let new = Records { stream, at: from }.take_while(|record| record.end <= to);
        self.records.extend(new.map(|record| u32::try_from(record.start).unwrap_or(u32::MAX)));
    }

    /// The text of this number.
    pub(super) fn get(&self, stream: &[u8], number: usize) -> Option<String> {
        let at = *self.texts.get(number)?;
        let before = self.records.partition_point(|start| *start <= at);
        let start = *self.records.get(before.checked_sub(1)?)? as usize;
        let end = start + usize::from(u16_at(stream, start.checked_sub(2)?));
        // A text never begins where its record ends.
        if at as usize >= end {
            return None;
        }
        Cursor::new(stream, at as usize, end).shared_text()
    }
}

/// A number in the short form: a whole number or the upper half of another, perhaps in hundredths.
pub(super) fn short_number(bytes: &[u8]) -> f64 {
    let word = u32_at(bytes, 0);
    let number = if word & 2 == 2 {
        // The sign stays where it is.
        f64::from(word.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(word & !3) << 32)
    };
    if word & 1 == 1 { number / 100.0 } else { number }
}

/// A number of eight bytes.
pub(super) fn long_number(bytes: &[u8], at: usize) -> Option<f64> {
    bytes.get(at..).and_then(<[u8]>::first_chunk::<8>).map(|eight| f64::from_le_bytes(*eight))
}
