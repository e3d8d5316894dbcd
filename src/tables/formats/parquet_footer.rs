//! The footer of a Parquet file, looked through before a reader that trusts it sees any.
//!
//! The crate builds the tree of columns by calling itself once a level and makes room for as many children as an
//! element claims, so that a footer of some kB could exhaust the stack or the memory, and end the process. Tables are
//! flat: the first element has all others as its children, and they have none. That is all that is read here, in the
//! compact encoding of Thrift.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

/// No footer is longer: about a thousand columns in a thousand groups of rows.
const LONGEST: u64 = 64 << 20;
/// How deep structures are gone into that do not matter here.
const DEPTH: usize = 32;

/// What the list of columns says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// So many columns, none within another.
    Flat(usize),
    /// This column has columns within it.
    Nested(String),
    /// The list contradicts itself, or cannot be read; the reader may say more.
    Odd,
    /// The footer is longer than any.
    TooLong,
}

/// Looks at the footer of a file.
pub(super) fn shape(file: &File) -> io::Result<Shape> {
    let mut file = file;
    let length = file.seek(SeekFrom::End(0))?;
    let Some(tail) = length.checked_sub(8) else { return Ok(Shape::Odd) };
    file.seek(SeekFrom::Start(tail))?;
    let mut size = [0; 4];
    file.read_exact(&mut size)?;
    let size = u64::from(u32::from_le_bytes(size));
    let Some(start) = tail.checked_sub(size) else { return Ok(Shape::Odd) };
    if size > LONGEST {
        return Ok(Shape::TooLong);
    }
    file.seek(SeekFrom::Start(start))?;
    let mut footer = Vec::new();
    file.take(size).read_to_end(&mut footer)?;
    Ok(Thrift::new(&footer).columns().unwrap_or(Shape::Odd))
}

/// What is left of a structure in the compact encoding.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
}

/// The numbers in the header of a page.
#[derive(Debug, Default)]
pub(super) struct PageNumbers {
    /// 2 is a dictionary.
    pub(super) kind: i64,
    pub(super) unpacked: i64,
    pub(super) packed: i64,
    pub(super) values: i64,
    pub(super) encoding: i64,
}

/// Kinds of values.
const INT32: u8 = 5;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// How many bytes have not been read.
    pub(super) fn left(&self) -> usize {
        self.bytes.len()
    }

    /// The header of a page: its kind (field 1), its sizes (2, 3), and the header of its kind (5, 7, 8).
    pub(super) fn page(&mut self) -> Option<PageNumbers> {
        let (mut page, mut field) = (PageNumbers::default(), 0);
        while let kind @ 1.. = self.field(&mut field)? {
            match (field, kind) {
                (1, INT32) => page.kind = self.signed()?,
                (2, INT32) => page.unpacked = self.signed()?,
                (3, INT32) => page.packed = self.signed()?,
                (5 | 7 | 8, STRUCT) => {
                    // The encoding is the second number, or the fourth where blanks and rows are counted too.
                    let (at, mut inner) = (if field == 8 { 4 } else { 2 }, 0);
                    while let kind @ 1.. = self.field(&mut inner)? {
                        match kind {
                            INT32 if inner == 1 => page.values = self.signed()?,
                            INT32 if inner == at => page.encoding = self.signed()?,
                            kind => self.skip(kind, DEPTH)?,
                        }
                    }
                }
                _ => self.skip(kind, DEPTH)?,
            }
        }
        Some(page)
    }

    /// Field 2 of the footer is the list of columns.
    fn columns(&mut self) -> Option<Shape> {
        let mut field = 0;
        while let kind @ 1.. = self.field(&mut field)? {
            if (field, kind) != (2, LIST) {
                self.skip(kind, DEPTH)?;
                continue;
            }
            let (kind, count) = self.list()?;
            if kind != STRUCT || count == 0 {
                return None;
            }
            let (_, children) = self.column()?;
            for _ in 1..count {
                let (name, within) = self.column()?;
                if within != 0 {
                    return Some(Shape::Nested(name));
                }
            }
            let flat = usize::try_from(children).is_ok_and(|children| children == count - 1);
            return Some(if flat { Shape::Flat(count - 1) } else { Shape::Odd });
        }
        None
    }

    /// The name of a column (field 4) and how many it has within it (field 5).
    fn column(&mut self) -> Option<(String, i64)> {
        let (mut name, mut children, mut field) = (String::new(), 0, 0);
        while let kind @ 1.. = self.field(&mut field)? {
            match (field, kind) {
                (4, BINARY) => name = String::from_utf8_lossy(self.binary()?).into_owned(),
                (5, INT32) => children = self.signed()?,
                _ => self.skip(kind, DEPTH)?,
            }
        }
        Some((name, children))
    }

    /// The next field of a structure: its kind, 0 at the structure's end; its number in `field`.
    fn field(&mut self, field: &mut i64) -> Option<u8> {
        let head = self.byte()?;
        if head == 0 {
            return Some(0);
        }
        *field = if head >> 4 == 0 { self.signed()? } else { *field + i64::from(head >> 4) };
        Some(head & 15)
    }

    fn list(&mut self) -> Option<(u8, usize)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { usize::try_from(self.unsigned()?).ok()? } else { usize::from(head >> 4) };
        Some((head & 15, count))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // Truth stands in the kind itself.
            1 | 2 => {}
            3 => drop(self.byte()?),
            4..=6 => drop(self.unsigned()?),
            7 => drop(self.take(8)?),
            BINARY => drop(self.binary()?),
            LIST | 10 => {
                let (kind, count) = self.list()?;
                for _ in 0..count {
                    // In a list, truth is a byte.
                    self.skip(if matches!(kind, 1 | 2) { 3 } else { kind }, depth)?;
                }
            }
            STRUCT => {
                let mut field = 0;
                while let kind @ 1.. = self.field(&mut field)? {
                    self.skip(kind, depth)?;
                }
            }
            // The footer has no maps.
            _ => return None,
        }
        Some(())
    }

    fn binary(&mut self) -> Option<&[u8]> {
        let length = usize::try_from(self.unsigned()?).ok()?;
        self.take(length)
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// Seven bits a byte, the lowest first.
    fn unsigned(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(number);
            }
        }
        None
    }

    /// As [`Thrift::unsigned`], with the sign in the lowest bit.
    fn signed(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        Some((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }
}
