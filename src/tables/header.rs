//! The header: which rows it covers, and which column of the file answers to which declared column.
//!
//! A header over several rows names a column in up to three ways: by the texts above it, joined by a space; by the same
//! with group texts that are merged to the right over blank cells; and by its last row alone.

use std::collections::{BTreeSet, HashMap};

use crate::model::{Finding, Header, Severity};

use super::{
    TableSpec,
    places::shorten,
    row::{Row, is_blank, is_space, trim},
};

/// The header stands within so many rows …
pub(super) const SEARCHED_ROWS: usize = 100;
/// … and bytes of text.
pub(super) const SEARCHED_BYTES: usize = 256 << 10;

/// The header of a file.
pub(super) struct Found {
    /// How many of the rows given are title or header.
    pub(super) rows: usize,
    /// What the file has.
    pub(super) header: Header,
    /// For each declared column, where it stands in the file.
    pub(super) positions: Vec<Option<usize>>,
    /// How many cells the header has, and up to which of them it names columns.
    pub(super) cells: usize,
    pub(super) named: usize,
    /// What people should know of the match.
    pub(super) findings: Vec<Finding>,
}

impl Found {
    /// How many declared columns the file has.
    pub(super) fn matched(&self) -> usize {
        self.positions.iter().flatten().count()
    }
}

/// Finds the header among the first rows of a file: the first place that answers to the most declared columns, at least
/// one of them required. None when there is none.
pub(super) fn find(rows: &[Row], spec: &TableSpec) -> Option<Found> {
    let height = spec.table.header_rows.0;
    let wanted = wanted(spec);
    let mut best: Option<Match> = None;
    for (first, window) in rows.windows(height).enumerate() {
        let found = Match::new(first, window, &wanted);
        let required = found.claims.iter().zip(&wanted).any(|(claim, wanted)| claim.is_some() && wanted.required);
        if required && best.as_ref().is_none_or(|best| found.matched() > best.matched()) {
            best = Some(found);
        }
    }
    best.map(|best| best.into_found(&wanted))
}

/// The texts that a declared column may go by, as people are told them: "`period`, `contract`".
pub(super) fn wanted_texts(spec: &TableSpec) -> String {
    let texts = wanted(spec).into_iter().filter(|wanted| wanted.required);
    texts.map(|wanted| format!("`{}`", wanted.header)).collect::<Vec<_>>().join(", ")
}

struct Wanted<'a> {
    name: &'a str,
    header: &'a str,
    aliases: Vec<&'a str>,
    required: bool,
}

fn wanted(spec: &TableSpec) -> Vec<Wanted<'_>> {
    let columns = spec.columns.iter().map(|(name, settings)| Wanted {
        name,
        header: trim(settings.header.as_deref().unwrap_or(name)),
        aliases: settings.aliases.iter().map(|alias| trim(alias)).collect(),
        required: settings.required,
    });
    columns.collect()
}

/// How one place in the file answers to the declared columns.
struct Match {
    rows: usize,
    last_row: u64,
    cells: usize,
    /// The texts above each column of the file, joined.
    full: Vec<String>,
    claims: Vec<Option<Claim>>,
}

/// A column of the file that a declared column was found in.
struct Claim {
    position: usize,
    printed: String,
    tolerated: bool,
    /// How many other columns would answer just as well.
    twins: usize,
}

impl Match {
    fn new(first: usize, window: &[Row], wanted: &[Wanted<'_>]) -> Self {
        let forms = forms(window);
        let mut claims: Vec<Option<Claim>> = wanted.iter().map(|_| None).collect();
        let mut taken = BTreeSet::new();
        for tolerant in [false, true] {
            let indexes: Vec<_> = forms.iter().map(|form| Index::new(form, tolerant)).collect();
            for by_alias in [false, true] {
                for (form, index) in forms.iter().zip(&indexes) {
                    for (claim, wanted) in claims.iter_mut().zip(wanted) {
                        if claim.is_some() {
                            continue;
                        }
                        let texts =
                            if by_alias { wanted.aliases.as_slice() } else { std::slice::from_ref(&wanted.header) };
                        let free = index.positions(texts, &taken);
                        let Some(position) = free.first().copied() else { continue };
                        taken.insert(position);
                        let printed = form.get(position).cloned().unwrap_or_default();
                        *claim = Some(Claim { position, printed, tolerated: tolerant, twins: free.len() - 1 });
                    }
                }
            }
        }
        let last_row = window.last().map_or(0, |row| row.number);
        let cells = window.iter().map(Row::len).max().unwrap_or(0);
        let full = forms.into_iter().next().unwrap_or_default();
        Self { rows: first + window.len(), last_row, cells, full, claims }
    }

    fn matched(&self) -> usize {
        self.claims.iter().flatten().count()
    }

    fn into_found(self, wanted: &[Wanted<'_>]) -> Found {
        let taken: BTreeSet<usize> = self.claims.iter().flatten().map(|claim| claim.position).collect();
        let unexpected = self.full.iter().enumerate().filter(|(at, text)| !text.is_empty() && !taken.contains(at));
        let header = Header {
            row: self.last_row,
            found: self.claims.iter().map(|claim| claim.as_ref().map(|claim| claim.printed.clone())).collect(),
            unexpected: unexpected.map(|(_, text)| text.clone()).collect(),
        };
        let claims = self.claims.iter().zip(wanted).filter_map(|(claim, wanted)| Some((claim.as_ref()?, wanted)));
        Found {
            rows: self.rows,
            header,
            positions: self.claims.iter().map(|claim| claim.as_ref().map(|claim| claim.position)).collect(),
            cells: self.cells,
            named: self.full.iter().rposition(|text| !text.is_empty()).map_or(0, |last| last + 1),
            findings: claims.flat_map(|(claim, wanted)| claim.findings(wanted)).collect(),
        }
    }
}

impl Claim {
    fn findings(&self, wanted: &Wanted<'_>) -> Vec<Finding> {
        let (name, printed) = (wanted.name, shorten(&self.printed));
        let mut findings = Vec::new();
        if self.twins > 0 {
            let message = format!(
                "{} columns of the file could be `{name}`: `{printed}` stands {} times in the header; \
                 name the group above it too, or rename one",
                self.twins + 1,
                self.twins + 1
            );
            findings.push(Finding::of_file("ambiguous_header", Severity::Error, message));
        }
        if self.tolerated {
            let message =
                format!("`{name}` was read from the column `{printed}`, which is not written like `{}`", wanted.header);
            findings.push(Finding::of_file("header_tolerance", Severity::Note, message));
        }
        findings
    }
}

/// The texts of one form, for finding columns by them.
struct Index {
    tolerant: bool,
    positions: HashMap<String, Vec<usize>>,
}

impl Index {
    fn new(form: &[String], tolerant: bool) -> Self {
        let mut positions: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, text) in form.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let key = if tolerant { fold(text) } else { text.clone() };
            positions.entry(key).or_default().push(position);
        }
        Self { tolerant, positions }
    }

    /// The columns that go by any of the texts and are not taken, in the order of the texts.
    fn positions(&self, texts: &[&str], taken: &BTreeSet<usize>) -> Vec<usize> {
        let mut found = Vec::new();
        for text in texts {
            let positions = if self.tolerant { self.positions.get(&fold(text)) } else { self.positions.get(*text) };
            found.extend(positions.into_iter().flatten().filter(|position| !taken.contains(position)));
            if !found.is_empty() {
                break;
            }
        }
        found
    }
}

/// What each column of the file may be called: joined texts first, the last row alone at the end.
fn forms(window: &[Row]) -> Vec<Vec<String>> {
    let width = window.iter().map(Row::len).max().unwrap_or(0);
    let cell = |row: &Row, at: usize| trim(row.get(at).unwrap_or("")).to_owned();
    let plain: Vec<Vec<String>> = window.iter().map(|row| (0..width).map(|at| cell(row, at)).collect()).collect();
    if let [only] = plain.as_slice() {
        return vec![only.clone()];
    }
    let last = plain.last().cloned().unwrap_or_default();
    let merged: Vec<Vec<String>> = plain
        .iter()
        .enumerate()
        .map(|(at, row)| if at + 1 < plain.len() { fill_right(row) } else { row.clone() })
        .collect();
    vec![join(&plain, width), join(&merged, width), last]
}

/// A group text stands over the blank cells to its right too.
fn fill_right(row: &[String]) -> Vec<String> {
    let mut group = "";
    let filled = row.iter().map(|text| {
        if !text.is_empty() {
            group = text;
        }
        group.to_owned()
    });
    filled.collect()
}

fn join(rows: &[Vec<String>], width: usize) -> Vec<String> {
    let column = |at: usize| {
        let texts = rows.iter().filter_map(|row| row.get(at)).filter(|text| !is_blank(text));
        texts.map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    (0..width).map(column).collect()
}

/// A header text without the differences that are tolerated: case, runs of white space and line ends, the many dashes
/// and quotation marks, invisible characters.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c if is_space(c) => {}
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => folded.push('-'),
            '\u{2018}' | '\u{2019}' => folded.push('\''),
            '\u{201c}' | '\u{201d}' => folded.push('"'),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded.trim().to_owned()
}
