//! `complete`: an entry of a reference table does not report.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | the text column of those who report |
//! | `reference` | the table of all who should, as for [`reference`](mod@super::reference) |
//! | `by` | the columns whose values make up the groups in each of which all should report, such as the period |
//! | `holding` | columns that must hold a value for a row to count as a report |
//! | `may_miss` | how many entries may be missing in each group: a count (`3`) or a share (`2%`); none unless named |
//!
//! A group in which nobody reports is not seen: see [`freshness`](super::freshness) and [`aggregate`](super::aggregate).
//!
//! Memory: a bit for each entry in each group, 128 MB at most; beyond that an error says that the check was not made.
//!
//! ```yaml
//! - complete:
//!     column: practice
//!     reference: { file: config/reference/practices.csv, column: code }
//!     by: [period]
//!     holding: [delivered]
//! ```
//!
//! Finding: ``practice is not complete: of the 102 values of config/reference/practices.csv 2 are missing for `2025-10` (A83001,
//! A83005)``

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field},
    common::Amount,
    failures::{grouped, quoted},
    groups::{Group, GroupRun, Groups},
    keys::KeyHasher,
    references::{List, ListSettings},
    rows::Rows,
};
use crate::{
    model::{Cell, Column, Memo, Severity},
    yaml::{Located, Place, Problems},
};

/// More words of 64 entries than this are not kept.
const MOST_WORDS: usize = 16 << 20;

/// More groups, and more missing entries of one, than this are not listed in a message.
const LISTED: usize = 8;

/// Settings of `complete`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    column: Located<String>,
    reference: ListSettings,
    #[serde(default)]
    by: Option<ColumnNames>,
    #[serde(default)]
    holding: Option<ColumnNames>,
    #[serde(default)]
    may_miss: Option<Amount>,
}

impl Kind for Complete {
    const LOOKS: Looks = Looks::Whole;

    fn files(&self) -> Vec<&Located<String>> {
        vec![&self.reference.file]
    }

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(Declared::find_text(&self.column, context.schema).map_err(Problems::from));
        let list = problems.take(List::read(&self.reference, context.references));
        let mut named = |names: &Option<ColumnNames>| {
            names.as_ref().map_or(Some(Vec::new()), |names| problems.take(Declared::find_all(names, context.schema)))
        };
        let (by, holding) = (named(&self.by), named(&self.holding));
        let (Some(column), Some(list), Some(by), Some(holding)) = (column, list, by, holding) else {
            return Err(problems);
        };
        let may_miss = self.may_miss.unwrap_or(Amount::Count(0));
        Ok(Box::new(Compiled { column, list: Arc::new(list), by, holding, may_miss, hasher: KeyHasher::default() }))
    }
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    list: Arc<List>,
    by: Vec<Declared>,
    holding: Vec<Declared>,
    may_miss: Amount,
    hasher: KeyHasher,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        let columns = [&self.column].into_iter().chain(&self.by).chain(&self.holding);
        columns.map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        Some(Box::new(Reports {
            field: self.column.in_file(file.header)?,
            holding: Declared::all_in_file(&self.holding, file.header)?,
            groups: Groups::new(Declared::all_in_file(&self.by, file.header)?, self.hasher.clone()),
            list: Arc::clone(&self.list),
            entries: Memo::default(),
            may_miss: self.may_miss,
            reported: BTreeMap::new(),
            overflow: false,
        }))
    }
}

#[derive(Debug)]
struct Reports {
    field: Field,
    holding: Vec<Field>,
    groups: Groups,
    list: Arc<List>,
    /// The entry that each distinct cell of a coded column is.
    entries: Memo<Option<usize>>,
    may_miss: Amount,
    /// A bit for each entry that reports.
    reported: BTreeMap<Group, Vec<u64>>,
    overflow: bool,
}

impl Reports {
    fn words(&self) -> usize {
        self.list.len().div_ceil(64)
    }

    fn report(&mut self, group: Group, entry: Option<usize>) {
        let (words, groups) = (self.words(), self.reported.len());
        let bits = match self.reported.entry(group) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) if (groups + 1) * words <= MOST_WORDS => new.insert(vec![0; words]),
            Entry::Vacant(_) => {
                self.overflow = true;
                return;
            }
        };
        if let Some(entry) = entry
            && let Some(word) = bits.get_mut(entry / 64)
        {
            *word |= 1 << (entry % 64);
        }
    }

    /// The entries that do not report in a group, in the order of the reference table.
    fn missing(&self, bits: &[u64]) -> Vec<usize> {
        let reports = |entry: &usize| bits.get(entry / 64).is_some_and(|word| word & (1 << (entry % 64)) != 0);
        (0..self.list.len()).filter(|entry| !reports(entry)).collect()
    }

    /// "2 are missing for `2025-10` (A83001, A83005)".
    fn in_words(&self, group: Group, missing: &[usize]) -> String {
        let are = if missing.len() == 1 { "is" } else { "are" };
        let of =
            if self.groups.has_columns() { format!(" for {}", quoted(self.groups.name(group))) } else { String::new() };
        let listed: Vec<_> = missing.iter().take(LISTED).map(|entry| self.list.value(*entry)).collect();
        let more = if missing.len() > LISTED { ", …" } else { "" };
        format!("{} {are} missing{of} ({}{more})", grouped(missing.len() as u64), listed.join(", "))
    }
}

impl Tally for Reports {
    fn observe(&mut self, rows: &Rows<'_>) {
        self.groups.observe(rows);
        let list = Arc::clone(&self.list);
        let (mut entries, groups) = (std::mem::take(&mut self.entries), self.groups.runs().to_vec());
        let distinct = self.field.in_batch(rows.batch).and_then(Column::coded);
        let distinct = distinct.map(|(codes, all)| (codes, entries.ask(all, |text, _| list.position(text))));
        for GroupRun { group, rows: range } in groups {
            // Who reports in many rows mostly does so in rows that follow each other.
            let (mut before, mut code_before) = (None, None);
            for index in range {
                let code = distinct.and_then(|(codes, _)| codes.get(index));
                if self.holding.is_empty() && code.is_some() && code == code_before {
                    continue;
                }
                code_before = code;
                let holds = self.holding.iter().all(|field| !matches!(field.cell(rows.batch, index), Cell::Missing(_)));
                let entry = match (code, distinct) {
                    _ if !holds => None,
                    (Some(code), Some((_, entries))) => entries.get(*code as usize).copied().flatten(),
                    _ => list.position(self.field.text(rows.batch, index)),
                };
                if before.replace(entry) != Some(entry) {
                    self.report(group, entry);
                }
            }
        }
        self.entries = entries;
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.groups.merge(other.groups);
        self.overflow |= other.overflow;
        for (group, others) in other.reported {
            self.report(group, None);
            if let Some(bits) = self.reported.get_mut(&group) {
                bits.iter_mut().zip(others).for_each(|(word, other)| *word |= other);
            }
        }
    }

    fn finish(mut self: Box<Self>, _total: u64) -> Vec<Found> {
        if !self.groups.has_columns() && self.reported.is_empty() {
            self.report(Group::default(), None);
        }
        let (title, file, entries) = (self.field.title(), self.list.file(), self.list.len() as u64);
        let mut found: Vec<Found> = self.groups.too_many().into_iter().collect();
        if self.overflow {
            let seen = format!(
                "whether {title} is complete is not checked: too many groups for the {} values",
                grouped(entries)
            );
            found.push(Found::in_file(seen).aside(Severity::Error));
        }
        let mut beyond: Vec<(&str, String)> = Vec::new();
        for (group, bits) in &self.reported {
            let missing = self.missing(bits);
            if self.may_miss.is_exceeded(missing.len() as u64, entries) {
                beyond.push((self.groups.name(*group), self.in_words(*group, &missing)));
            }
        }
        beyond.sort();
        if !beyond.is_empty() {
            let listed: Vec<_> = beyond.iter().take(LISTED).map(|(_, words)| words.as_str()).collect();
            let more = if beyond.len() > LISTED {
                format!("; so are some in {} more", beyond.len() - LISTED)
            } else {
                String::new()
            };
            let (listed, entries) = (listed.join("; "), grouped(entries));
            let seen = format!("{title} is not complete: of the {entries} values of {file} {listed}{more}");
            found.push(Found::in_file(seen));
        }
        found
    }
}
