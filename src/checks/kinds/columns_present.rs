//! `columns_present`: a column that the dataset requires is not in the file. Always on; it has no settings.
//!
//! Every absent column is one error, with the header of the file that it may be meant by. Checks on an absent column are
//! not made. Where a check looks at an optional column and the file does not have it, a note says so.
//!
//! Finding: ``there is no column `planned` in row 1: is it `Planned activity`?``

use std::collections::BTreeSet;

use super::super::{
    check::{Check, Found, Start, Tally},
    failures::{quoted, row_of},
    rows::Rows,
};
use crate::{
    model::{Header, Schema, Severity},
    yaml::nearest,
};

/// More headers than this are not listed in a message.
const HEADERS_LISTED: usize = 8;

#[derive(Debug)]
pub(in super::super) struct ColumnsPresent {
    required: Vec<(usize, String)>,
    /// Optional columns that a check looks at.
    checked: Vec<(usize, String)>,
}

impl ColumnsPresent {
    /// `checked` are the positions of the columns that the dataset's checks look at.
    pub(in super::super) fn new(schema: &Schema, checked: &BTreeSet<usize>) -> Self {
        let columns = || schema.columns.iter().enumerate();
        Self {
            required: columns().filter(|(_, column)| column.required).map(|(at, c)| (at, c.name.clone())).collect(),
            checked: columns()
                .filter(|(at, column)| !column.required && checked.contains(at))
                .map(|(at, c)| (at, c.name.clone()))
                .collect(),
        }
    }
}

impl Check for ColumnsPresent {
    fn columns(&self) -> Vec<usize> {
        Vec::new()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let header = file.header;
        let missing = self.required.iter().filter(|(position, _)| is_absent(header, *position));
        let mut found: Vec<_> = missing.map(|(at, name)| Found::in_file(absence(name, *at, header))).collect();
        let unchecked: Vec<_> = self
            .checked
            .iter()
            .filter(|(position, _)| is_absent(header, *position))
            .map(|(_, name)| format!("`{name}`"))
            .collect();
        if !unchecked.is_empty() {
            let seen = format!("checks on {} are left out: the file does not have it", unchecked.join(", "));
            found.push(Found::in_file(seen).aside(Severity::Note));
        }
        (!found.is_empty()).then(|| Box::new(Absences(found)) as Box<dyn Tally>)
    }
}

fn is_absent(header: &Header, position: usize) -> bool {
    !matches!(header.found.get(position), Some(Some(_)))
}

fn absence(name: &str, position: usize, header: &Header) -> String {
    let unexpected = || header.unexpected.iter().map(String::as_str);
    let known = header.likeliest.get(position).and_then(Option::as_deref);
    let hint = match known.or_else(|| nearest(name, unexpected())) {
        Some(near) => format!(": is it {}?", quoted(near)),
        None if header.unexpected.is_empty() => String::new(),
        None => {
            let listed: Vec<_> = unexpected().take(HEADERS_LISTED).map(quoted).collect();
            let more = if header.unexpected.len() > HEADERS_LISTED { ", …" } else { "" };
            format!("; no declared column answers to {}{more}", listed.join(", "))
        }
    };
    let place = match header.row {
        0 => String::new(),
        row => format!(" in {}", row_of(row, header.sheet.as_deref())),
    };
    format!("there is no column `{name}`{place}{hint}")
}

/// The header tells all: rows add nothing.
#[derive(Debug)]
struct Absences(Vec<Found>);

impl Tally for Absences {
    fn observe(&mut self, _rows: &Rows<'_>) {}

    fn merge(&mut self, _other: Box<dyn Tally>) {}

    fn finish(self: Box<Self>, _total: u64) -> Vec<Found> {
        self.0
    }
}
