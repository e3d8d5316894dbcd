//! The text of a JSON file → its records, each as the text that it stands as, without holding more than one.

use std::io::Read;

use super::super::{ReadError, decode::Text, error::Limits};

/// How the records of a file are held together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One after the other.
    Lines,
    /// In an array; whether that is within an object.
    Array { wrapped: bool },
    /// After the last.
    Ended,
}

/// The records of a file, one after the other.
pub(super) struct Records<R> {
    text: Text<R>,
    buffer: String,
    at: usize,
    ended: bool,
    shape: Shape,
    unit: &'static str,
    /// Lines that lie before `at`, and records that were given out.
    lines: u64,
    count: u64,
    name: String,
    limits: Limits,
}

impl<R: Read> Records<R> {
    /// Finds out how the records are held together.
    pub(super) fn open(text: Text<R>, name: &str, limits: Limits) -> Result<Self, ReadError> {
        let mut records = Self {
            text,
            buffer: String::new(),
            at: 0,
            ended: false,
            shape: Shape::Lines,
            unit: "line",
            lines: 0,
            count: 0,
            name: name.to_owned(),
            limits,
        };
        match records.peek(0)? {
            Some((b'[', at)) => {
                records.go_past(at);
                records.shape = Shape::Array { wrapped: false };
                records.unit = "record";
            }
            Some((b'{', at)) => {
                if let Some(start) = records.array_in_object(at + 1)? {
                    records.go_past(start);
                    records.shape = Shape::Array { wrapped: true };
                    records.unit = "record";
                }
            }
            _ => return Err(records.refusal("there is no JSON in it")),
        }
        Ok(records)
    }

    /// What a record is counted by: "line" or "record".
    pub(super) fn unit(&self) -> &'static str {
        self.unit
    }

    /// The next record and its number: its line, or its place in the array, from 1.
    pub(super) fn next_record(&mut self) -> Result<Option<(u64, &str)>, ReadError> {
        self.discard();
        let mut first = self.peek(0)?;
        match self.shape {
            Shape::Ended => return Ok(None),
            Shape::Lines if first.is_none() => return Ok(None),
            Shape::Lines => {}
            Shape::Array { wrapped } => {
                if let (Some((b',', at)), true) = (first, self.count > 0) {
                    first = self.peek(at + 1)?;
                    if !matches!(first, Some((b'{', _))) {
                        return Err(self.refusal("a comma stands where a record should"));
                    }
                } else if let Some((b']', at)) = first {
                    self.go_past(at);
                    self.finish(wrapped)?;
                    self.shape = Shape::Ended;
                    return Ok(None);
                } else if self.count > 0 {
                    return Err(self.refusal("the array is not closed, so the file is cut off or damaged"));
                }
            }
        }
        let Some((_, start)) = first else {
            return Err(self.refusal("the array is not closed, so the file is cut off or damaged"));
        };
        let end = self.end_of_value(start)?;
        self.count += 1;
        self.lines += newlines(self.buffer.get(self.at..start));
        let number = if self.shape == Shape::Lines { self.lines + 1 } else { self.count };
        self.lines += newlines(self.buffer.get(start..end));
        self.at = end;
        Ok(Some((number, self.buffer.get(start..end).unwrap_or(""))))
    }

    /// Reads on after the array.
    fn finish(&mut self, wrapped: bool) -> Result<(), ReadError> {
        if wrapped {
            if self.array_in_object(self.at)?.is_some() {
                return Err(self.refusal("it holds several arrays of objects; drop each as a file of its own"));
            }
            match self.peek(self.at_of_end())? {
                Some((b'}', at)) => self.go_past(at),
                _ => return Err(self.refusal("the object is not closed, so the file is cut off or damaged")),
            }
        }
        match self.peek(self.at)? {
            None => Ok(()),
            Some(_) => Err(self.refusal("something follows after its end")),
        }
    }

    /// Where the end of the object was found by [`Records::array_in_object`].
    fn at_of_end(&self) -> usize {
        self.at
    }

    /// Goes over the fields of an object from `at` on: answers with the place of the first array of objects, or goes to
    /// the end of the object.
    fn array_in_object(&mut self, mut at: usize) -> Result<Option<usize>, ReadError> {
        loop {
            let (sign, place) = self.peek(at)?.ok_or_else(|| self.refusal("the object is not closed"))?;
            match sign {
                b',' => at = place + 1,
                b'"' => {
                    let colon = self.end_of_value(place)?;
                    let Some((b':', colon)) = self.peek(colon)? else {
                        return Err(self.refusal("a field has no value"));
                    };
                    let Some((sign, value)) = self.peek(colon + 1)? else {
                        return Err(self.refusal("a field has no value"));
                    };
                    if sign == b'[' && matches!(self.peek(value + 1)?, Some((b'{', _))) {
                        return Ok(Some(value));
                    }
                    at = self.end_of_value(value)?;
                }
                b'}' => {
                    if self.count > 0 {
                        self.at = place;
                    }
                    return Ok(None);
                }
                _ => return Err(self.refusal("it is no sound JSON")),
            }
        }
    }

    /// The first character from `from` on that is no white space, and its place.
    fn peek(&mut self, from: usize) -> Result<Option<(u8, usize)>, ReadError> {
        let mut from = from.max(self.at);
        loop {
            let rest = self.buffer.as_bytes().get(from..).unwrap_or_default();
            if let Some(offset) = rest.iter().position(|byte| !byte.is_ascii_whitespace()) {
                return Ok(rest.get(offset).map(|byte| (*byte, from + offset)));
            }
            from = self.buffer.len();
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Where the value that begins at `start` ends.
    fn end_of_value(&mut self, start: usize) -> Result<usize, ReadError> {
        let (mut at, mut depth, mut quoted, mut escaped) = (start, 0_usize, false, false);
        loop {
            while let Some(byte) = self.buffer.as_bytes().get(at) {
                let over = match byte {
                    _ if escaped => {
                        escaped = false;
                        false
                    }
                    b'\\' if quoted => {
                        escaped = true;
                        false
                    }
                    b'"' => {
                        quoted = !quoted;
                        !quoted && depth == 0
                    }
                    _ if quoted => false,
                    b'{' | b'[' => {
                        depth += 1;
                        false
                    }
                    b'}' | b']' | b',' if depth == 0 => return Ok(at),
                    byte if depth == 0 && byte.is_ascii_whitespace() => return Ok(at),
                    b'}' | b']' => {
                        depth -= 1;
                        depth == 0
                    }
                    _ => false,
                };
                at += 1;
                if over {
                    return Ok(at);
                }
            }
            if at - start > self.limits.row_bytes {
                let (file, limit) = (self.name.clone(), self.limits.row_bytes);
                return Err(ReadError::RowTooLong { file, row: self.count + 1, limit });
            }
            if !self.fill()? {
                return if depth == 0 && !quoted {
                    Ok(at)
                } else {
                    Err(self.refusal("the record is not closed, so the file is cut off or damaged"))
                };
            }
        }
    }

    fn go_past(&mut self, at: usize) {
        self.lines += newlines(self.buffer.get(self.at..=at));
        self.at = at + 1;
    }

    /// Forgets what has been given out.
    fn discard(&mut self) {
        self.buffer.drain(..self.at);
        self.at = 0;
    }

    fn fill(&mut self) -> Result<bool, ReadError> {
        if self.ended {
            return Ok(false);
        }
        let more = self.text.read(&mut self.buffer);
        self.ended = !more.map_err(|source| ReadError::unpacking(&self.name, self.count, source))?;
        Ok(!self.ended)
    }

    fn refusal(&self, reason: &str) -> ReadError {
        let place = format!("after {} {}", self.unit, self.count);
        ReadError::Record { file: self.name.clone(), place, reason: reason.to_owned() }
    }
}

fn newlines(text: Option<&str>) -> u64 {
    text.map_or(0, |text| text.bytes().filter(|byte| *byte == b'\n').count() as u64)
}
