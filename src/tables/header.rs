//! The header: which rows it covers, and which column of the file answers to which declared column.
//!
//! A header over several rows names a column in up to three ways: by the texts above it, joined by a space; by the same
//! with group texts that are merged to the right over blank cells; and by its last row alone.

use std::collections::{BTreeSet, HashMap};

use crate::{
    model::{Finding, Header, Severity},
    yaml::Located,
};

use super::{
    TableSpec,
    header_texts::{fold, forms},
    layout_check::Origin,
    layout_settings::{AcrossColumns, Position},
    periods,
    places::shorten,
    row::{Row, trim},
};

/// The header stands within so many rows …
pub(super) const SEARCHED_ROWS: usize = 100;
/// … and bytes of text.
pub(super) const SEARCHED_BYTES: usize = 256 << 10;

/// Which columns a layout needs besides the declared ones.
const HELPERS: usize = 2;

/// Which year `Sept` is of does not matter for telling that it is a period.
const ANY_YEAR: i32 = 2000;

/// The header of a file.
pub(super) struct Found {
    /// How many of the rows given are title or header.
    pub(super) rows: usize,
    /// What the file has.
    pub(super) header: Header,
    /// For each declared column, where it stands in the file; none for those that a layout makes.
    pub(super) positions: Vec<Option<usize>>,
    /// Where the text stands that tells alternate rows apart, and their figures unless they stand across.
    pub(super) alternate: Option<usize>,
    pub(super) figures: Option<usize>,
    /// The columns that become rows, each with its text.
    pub(super) across: Vec<(usize, String)>,
    /// The texts above each column, those of merged groups included.
    pub(super) texts: Vec<String>,
    /// How many declared columns it answers to.
    matched: usize,
    /// How many cells the header has, and up to which of them it names columns.
    pub(super) cells: usize,
    pub(super) named: usize,
    /// What people should know of the match.
    pub(super) findings: Vec<Finding>,
}

impl Found {
    /// How many declared columns the file has.
    pub(super) fn matched(&self) -> usize {
        self.matched
    }
}

/// Finds the header among the first rows of a file: the first place that answers to the most declared columns, at least
/// one of them required. Of stacked tables: the first that answers to all required columns. None when there is none.
pub(super) fn find(rows: &[Row], spec: &TableSpec) -> Option<Found> {
    let wanted = wanted(spec);
    let mut best: Option<Match> = None;
    for (first, window) in rows.windows(spec.table.header_rows.0).enumerate() {
        let found = Match::new(first, window, &wanted, spec);
        if spec.table.blocks.is_some() && found.is_complete(&wanted) {
            return Some(found.into_found(&wanted));
        }
        if found.is_header(&wanted) && best.as_ref().is_none_or(|best| found.matched(&wanted) > best.matched(&wanted)) {
            best = Some(found);
        }
    }
    best.map(|best| best.into_found(&wanted))
}

/// The header that begins another block, if the rows are one.
pub(super) fn again(window: &[Row], spec: &TableSpec) -> Option<Found> {
    let wanted = wanted(spec);
    let found = Match::new(0, window, &wanted, spec);
    found.is_complete(&wanted).then(|| found.into_found(&wanted))
}

/// The texts that a declared column may go by, as people are told them: "`period`, `contract`".
pub(super) fn wanted_texts(spec: &TableSpec) -> String {
    let texts = wanted(spec).into_iter().filter(|wanted| wanted.required && wanted.search == Search::Text);
    let mut texts: Vec<_> = texts.map(|wanted| format!("`{}`", wanted.header)).collect();
    if spec.table.across.is_some() {
        texts.push("the columns that `across` names".to_owned());
    }
    texts.join(", ")
}

struct Wanted<'a> {
    name: &'a str,
    header: &'a str,
    aliases: Vec<&'a str>,
    required: bool,
    search: Search,
}

/// How a column is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// By what stands above it.
    Text,
    /// It stands here.
    At(usize),
    /// It is in no column of the file by itself.
    Nowhere,
}

impl Search {
    fn of(position: Option<Position>) -> Self {
        position.map_or(Self::Text, |position| Self::At(position.0))
    }
}

/// The declared columns, and after them those that alternate rows need.
fn wanted(spec: &TableSpec) -> Vec<Wanted<'_>> {
    let columns = spec.columns.iter().map(|(name, settings)| Wanted {
        name,
        header: trim(settings.header.as_deref().unwrap_or(name)),
        aliases: settings.aliases.iter().map(|alias| trim(alias)).collect(),
        required: settings.required,
        search: if spec.origin(name) == Origin::File { Search::of(settings.position) } else { Search::Nowhere },
    });
    columns.chain(helpers(spec)).collect()
}

/// The columns that tell alternate rows apart and hold their figures; [`Search::Nowhere`] where the layout has none.
fn helpers(spec: &TableSpec) -> [Wanted<'_>; HELPERS] {
    let Some(alternate) = &spec.table.alternate else { return [helper(None, None), helper(None, None)] };
    [helper(alternate.column.as_ref(), alternate.position), helper(alternate.value.as_ref(), None)]
}

fn helper(column: Option<&Located<String>>, position: Option<Position>) -> Wanted<'_> {
    let header = column.map_or("", |column| trim(column));
    let search = match (column, position) {
        (Some(_), _) => Search::Text,
        (None, Some(position)) => Search::At(position.0),
        (None, None) => Search::Nowhere,
    };
    Wanted { name: header, header, aliases: Vec::new(), required: column.is_some(), search }
}

/// How one place in the file answers to the declared columns.
struct Match {
    rows: usize,
    last_row: u64,
    cells: usize,
    /// The texts above each column of the file, joined.
    full: Vec<String>,
    /// The same with the texts of merged groups.
    merged: Vec<String>,
    claims: Vec<Option<Claim>>,
    across: Vec<(usize, String)>,
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
    fn new(first: usize, window: &[Row], wanted: &[Wanted<'_>], spec: &TableSpec) -> Self {
        let forms = forms(window);
        let cells = window.iter().map(Row::len).max().unwrap_or(0);
        let placed = |wanted: &Wanted<'_>| match wanted.search {
            Search::At(position) if position < cells => {
                let printed = forms.last().and_then(|form| form.get(position)).cloned().unwrap_or_default();
                Some(Claim { position, printed, tolerated: false, twins: 0 })
            }
            _ => None,
        };
        let mut claims: Vec<Option<Claim>> = wanted.iter().map(placed).collect();
        let mut taken: BTreeSet<usize> = claims.iter().flatten().map(|claim| claim.position).collect();
        for tolerant in [false, true] {
            let indexes: Vec<_> = forms.iter().map(|form| Index::new(form, tolerant)).collect();
            for by_alias in [false, true] {
                for (form, index) in forms.iter().zip(&indexes) {
                    for (claim, wanted) in claims.iter_mut().zip(wanted) {
                        if claim.is_some() || wanted.search != Search::Text {
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
        let across = spec.table.across.as_ref().map(|across| across_columns(&across.columns, &forms, &taken));
        let last_row = window.last().map_or(0, |row| row.number);
        let merged = forms.get(1).or(forms.first()).cloned().unwrap_or_default();
        let full = forms.into_iter().next().unwrap_or_default();
        let across = across.unwrap_or_default();
        Self { rows: first + window.len(), last_row, cells, full, merged, claims, across }
    }

    /// The columns that were found by what stands above them.
    fn by_text<'a>(&'a self, wanted: &'a [Wanted<'_>]) -> impl Iterator<Item = (bool, &'a Wanted<'a>)> {
        let texts = self.claims.iter().zip(wanted).filter(|(_, wanted)| wanted.search == Search::Text);
        texts.map(|(claim, wanted)| (claim.is_some(), wanted))
    }

    fn matched(&self, wanted: &[Wanted<'_>]) -> usize {
        self.by_text(wanted).filter(|(found, _)| *found).count() + self.across.len()
    }

    /// Whether it answers to anything that a file must have.
    fn is_header(&self, wanted: &[Wanted<'_>]) -> bool {
        !self.across.is_empty() || self.by_text(wanted).any(|(found, wanted)| found && wanted.required)
    }

    /// Whether it answers to all that a file must have and that can be told by its text.
    fn is_complete(&self, wanted: &[Wanted<'_>]) -> bool {
        // One period alone may be a title.
        let told = self.across.len() > 1 || self.by_text(wanted).any(|(found, _)| found);
        told && self.is_header(wanted) && self.by_text(wanted).all(|(found, wanted)| found || !wanted.required)
    }

    fn into_found(self, wanted: &[Wanted<'_>]) -> Found {
        let matched = self.matched(wanted);
        let claimed = self.claims.iter().flatten().map(|claim| claim.position);
        let taken: BTreeSet<usize> = claimed.chain(self.across.iter().map(|(position, _)| *position)).collect();
        let declared = wanted.len() - HELPERS;
        let unexpected = self.full.iter().enumerate().filter(|(at, text)| !text.is_empty() && !taken.contains(at));
        let header = Header {
            row: self.last_row,
            found: self
                .claims
                .iter()
                .zip(wanted)
                .take(declared)
                .map(|(claim, wanted)| claim_text(claim.as_ref(), wanted))
                .collect(),
            unexpected: unexpected.map(|(_, text)| text.clone()).collect(),
        };
        let claims = self.claims.iter().zip(wanted).filter_map(|(claim, wanted)| Some((claim.as_ref()?, wanted)));
        let position = |claim: Option<&Option<Claim>>| claim?.as_ref().map(|claim| claim.position);
        Found {
            rows: self.rows,
            header,
            positions: self.claims.iter().take(declared).map(|claim| position(Some(claim))).collect(),
            alternate: position(self.claims.get(declared)),
            figures: position(self.claims.get(declared + 1)),
            matched,
            cells: self.cells,
            named: self.full.iter().rposition(|text| !text.is_empty()).map_or(0, |last| last + 1),
            findings: claims.flat_map(|(claim, wanted)| claim.findings(wanted)).collect(),
            across: self.across,
            texts: self.merged,
        }
    }
}

/// What the file prints above a column; the name of one that the layout makes.
fn claim_text(claim: Option<&Claim>, wanted: &Wanted<'_>) -> Option<String> {
    match claim {
        Some(claim) if claim.printed.is_empty() => Some(wanted.name.to_owned()),
        Some(claim) => Some(claim.printed.clone()),
        None => (wanted.search == Search::Nowhere).then(|| wanted.name.to_owned()),
    }
}

/// The columns that become rows: not taken, and with a text that answers to the setting.
fn across_columns(columns: &AcrossColumns, forms: &[Vec<String>], taken: &BTreeSet<usize>) -> Vec<(usize, String)> {
    let width = forms.first().map_or(0, Vec::len);
    let text = |position: usize| {
        let texts = forms.iter().rev().filter_map(|form| form.get(position)).filter(|text| !text.is_empty());
        let mut fitting = texts.filter(|text| match columns {
            AcrossColumns::Headers(patterns) => patterns.iter().any(|pattern| pattern.matches(text)),
            AcrossColumns::Periods(of) => periods::of_length(text, Some(ANY_YEAR), of).is_some(),
        });
        fitting.next().cloned()
    };
    let free = (0..width).filter(|position| !taken.contains(position));
    free.filter_map(|position| Some((position, text(position)?))).collect()
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
