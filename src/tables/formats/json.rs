//! JSON: an array of objects, an object that holds one such array, or one object a line (NDJSON).
//!
//! The keys of the first records are the header. Numbers keep the text that they are written with, `null` is a blank
//! cell, and what is nested is refused: there is more than one way to make a table of it. Records are counted from 1,
//! those of NDJSON by their lines; the header is row 0.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    io::Read,
};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::model::{Finding, Severity};

use super::{
    super::{
        ReadError,
        decode::Text,
        error::Limits,
        header::{SEARCHED_BYTES, SEARCHED_ROWS},
        places::Places,
        row::{Row, Rows},
    },
    Format, Opening,
    json_records::Records,
    named::{Kind, open_as},
};

/// JSON and NDJSON.
pub(super) const FORMAT: Format = Format { recognises: is_json, open: |opening| open_as(Kind::Json, opening, open) };

/// Whether text begins as an object does, or as an array of objects or arrays. `[Contract],[Planned]` is text.
fn is_json(head: &[u8]) -> bool {
    let head = [b"\xEF\xBB\xBF".as_slice(), b"\xFF\xFE", b"\xFE\xFF"]
        .iter()
        .find_map(|mark| head.strip_prefix(*mark))
        .unwrap_or(head);
    // UTF-16 has zeros between these characters.
    let mut signs = head.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != 0);
    match (signs.next(), signs.next()) {
        (Some(b'{'), second) => matches!(second, Some(b'"' | b'}')),
        (Some(b'['), second) => matches!(second, Some(b'{' | b'[' | b']')),
        _ => false,
    }
}

fn open(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let Opening { input, name, spec, limits, .. } = opening;
    let text = Text::new(input.into_read(), spec.table.encoding.map(|encoding| encoding.0));
    let mut json = Json {
        records: Records::open(text, &name, limits)?,
        name,
        limits,
        ahead: VecDeque::new(),
        columns: HashMap::new(),
        names: Vec::new(),
        header_given: false,
        rows: 0,
        unexpected: Places::default(),
    };
    json.find_header()?;
    Ok(Box::new(json))
}

struct Json {
    records: Records<Box<dyn Read + Send>>,
    name: String,
    limits: Limits,
    /// The records that were read for their keys.
    ahead: VecDeque<Record>,
    /// Where each key stands.
    columns: HashMap<String, usize>,
    names: Vec<String>,
    header_given: bool,
    rows: u64,
    unexpected: Places,
}

/// One object: its place and its fields as texts.
struct Record {
    number: u64,
    fields: Vec<(String, String)>,
}

impl Json {
    fn find_header(&mut self) -> Result<(), ReadError> {
        let mut bytes = 0;
        while self.ahead.len() < SEARCHED_ROWS && bytes < SEARCHED_BYTES {
            let Some(record) = self.next_record()? else { break };
            for (key, text) in &record.fields {
                bytes += key.len() + text.len();
                if !self.columns.contains_key(key) {
                    self.columns.insert(key.clone(), self.names.len());
                    self.names.push(key.clone());
                }
            }
            self.ahead.push_back(record);
        }
        if self.names.len() > self.limits.columns {
            let (file, limit) = (self.name.clone(), self.limits.columns);
            return Err(ReadError::TooManyColumns { file, row: 0, limit });
        }
        Ok(())
    }

    fn next_record(&mut self) -> Result<Option<Record>, ReadError> {
        let unit = self.records.unit();
        let Some((number, text)) = self.records.next_record()? else { return Ok(None) };
        let refused =
            |reason: String| ReadError::Record { file: self.name.clone(), place: format!("{unit} {number}"), reason };
        let Fields(raw) = serde_json::from_str(text).map_err(|error| {
            refused(format!("this is no JSON object ({error}); a table is an array of objects, or one object a line"))
        })?;
        let mut fields: Vec<(String, String)> = Vec::with_capacity(raw.len());
        for (key, value) in raw {
            let text = cell(value.get()).ok_or_else(|| {
                refused(format!("`{key}` holds an object or array, not one value; give each figure a field of its own"))
            })?;
            if fields.iter().any(|(other, _)| *other == key) {
                return Err(refused(format!("`{key}` stands twice in one record, and it cannot be told which counts")));
            }
            fields.push((key, text));
        }
        Ok(Some(Record { number, fields }))
    }

    fn write(&mut self, record: &Record, row: &mut Row) {
        row.clear(record.number);
        let mut texts = vec![""; self.names.len()];
        for (key, text) in &record.fields {
            match self.columns.get(key).and_then(|at| texts.get_mut(*at)) {
                Some(place) => *place = text,
                None => self.unexpected.add(record.number, Some(key), Some(text)),
            }
        }
        for text in texts {
            row.push_str(text);
            row.end_cell();
        }
    }
}

impl Rows for Json {
    fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        if !self.header_given {
            self.header_given = true;
            row.clear(0);
            for name in &self.names {
                row.push_str(name);
                row.end_cell();
            }
            return Ok(true);
        }
        let next = match self.ahead.pop_front() {
            Some(ahead) => Some(ahead),
            None => self.next_record()?,
        };
        let Some(record) = next else { return Ok(false) };
        self.rows += 1;
        if self.rows > self.limits.rows {
            return Err(ReadError::TooManyRows { file: self.name.clone(), limit: self.limits.rows });
        }
        self.write(&record, row);
        Ok(true)
    }

    fn keep(&mut self, most: usize) {
        self.unexpected.keep(most);
    }

    fn findings(&self) -> Vec<Finding> {
        let message = format!(
            "records have a field that none of the first {SEARCHED_ROWS} has, so it was not read; \
             give every record the same fields, with null where there is nothing"
        );
        self.unexpected.finding("unexpected_field", Severity::Error, message).into_iter().collect()
    }
}

/// The text of a value that is neither object nor array.
fn cell(value: &str) -> Option<String> {
    match value.as_bytes().first()? {
        b'{' | b'[' => None,
        b'"' => serde_json::from_str(value).ok(),
        b'n' => Some(String::new()),
        b't' => Some("TRUE".to_owned()),
        b'f' => Some("FALSE".to_owned()),
        _ => Some(value.to_owned()),
    }
}

/// The fields of an object as they are written, in their order.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Object).map(Fields)
    }
}
