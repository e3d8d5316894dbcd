//! The header: which rows it covers, and which column of the file answers to which declared column.
//!
//! A header over several rows names a column in up to three ways: by the texts above it, joined by a space; by the same
//! with the texts of the groups that it belongs to; and by its last row alone.

use std::collections::BTreeSet;

use crate::model::{Finding, Header};

use super::{
    TableSpec, header_across,
    header_across::AcrossAt,
    header_claims,
    header_claims::{Claim, Search, Wanted, declared, helper},
    header_texts::Texts,
    row::Row,
};

/// The header stands within so many rows …
pub(super) const SEARCHED_ROWS: usize = 100;
/// … and bytes of text.
pub(super) const SEARCHED_BYTES: usize = 256 << 10;

/// Which columns a layout needs besides the declared ones.
const HELPERS: usize = 2;

/// The header of a file.
#[derive(Clone)]
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
    /// The columns that become rows.
    pub(super) across: Vec<AcrossAt>,
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
            return Some(found.into_found(&wanted, spec));
        }
        let is_full = spec.table.across.is_none() && found.is_full(&wanted);
        if found.is_header(&wanted) && best.as_ref().is_none_or(|best| found.matched(&wanted) > best.matched(&wanted)) {
            best = Some(found);
        }
        if is_full {
            break;
        }
    }
    best.map(|best| best.into_found(&wanted, spec))
}

/// How many columns a header can answer to; none where that is not known before.
pub(super) fn most(spec: &TableSpec) -> Option<usize> {
    let by_text = wanted(spec).into_iter().filter(|wanted| wanted.search.by_text()).count();
    spec.table.across.is_none().then_some(by_text)
}

/// The header that begins another block, if the rows are one.
pub(super) fn again(window: &[Row], spec: &TableSpec) -> Option<Found> {
    let wanted = wanted(spec);
    let found = Match::new(0, window, &wanted, spec);
    found.is_complete(&wanted).then(|| found.into_found(&wanted, spec))
}

/// The texts that a declared column may go by, as people are told them: "`period`, `contract`".
pub(super) fn wanted_texts(spec: &TableSpec) -> String {
    let texts = wanted(spec).into_iter().filter(|wanted| wanted.required && wanted.search.by_text());
    let mut texts: Vec<_> = texts.map(|wanted| format!("`{}`", wanted.header)).collect();
    if spec.table.across.is_some() {
        texts.push("the columns that `across` names".to_owned());
    }
    texts.join(", ")
}

/// The declared columns, and after them those that alternate rows need: the one that tells the rows apart, and the one
/// that holds their figures.
fn wanted(spec: &TableSpec) -> Vec<Wanted<'_>> {
    let helpers = match &spec.table.alternate {
        None => [helper(None, None), helper(None, None)],
        Some(alternate) => {
            [helper(alternate.column.as_ref(), alternate.position), helper(alternate.value.as_ref(), None)]
        }
    };
    let helpers: [Wanted<'_>; HELPERS] = helpers;
    declared(spec).chain(helpers).collect()
}

/// How one place in the file answers to the declared columns.
struct Match {
    rows: usize,
    last_row: u64,
    texts: Texts,
    claims: Vec<Option<Claim>>,
    across: Vec<AcrossAt>,
}

impl Match {
    fn new(first: usize, window: &[Row], wanted: &[Wanted<'_>], spec: &TableSpec) -> Self {
        let texts = Texts::new(window);
        let claims = header_claims::claims(&texts, wanted);
        let taken: BTreeSet<usize> = claims.iter().flatten().map(|claim| claim.position).collect();
        let across = spec.table.across.as_ref().map(|across| header_across::columns(across, &texts, &taken));
        let last_row = window.last().map_or(0, |row| row.number);
        Self { rows: first + window.len(), last_row, texts, claims, across: across.unwrap_or_default() }
    }

    /// The columns that were found by what stands above them.
    fn by_text<'a>(&'a self, wanted: &'a [Wanted<'_>]) -> impl Iterator<Item = (bool, &'a Wanted<'a>)> {
        let texts = self.claims.iter().zip(wanted).filter(|(_, wanted)| wanted.search.by_text());
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

    /// Whether no other place can answer to more.
    fn is_full(&self, wanted: &[Wanted<'_>]) -> bool {
        self.is_header(wanted) && self.by_text(wanted).all(|(found, _)| found)
    }

    fn into_found(self, wanted: &[Wanted<'_>], spec: &TableSpec) -> Found {
        let matched = self.matched(wanted);
        let claimed = self.claims.iter().flatten().map(|claim| claim.position);
        let taken: BTreeSet<usize> = claimed.chain(self.across.iter().map(|column| column.position)).collect();
        let texts = self.texts.full();
        let free = (0..texts.len()).filter(|at| !taken.contains(at) && self.texts.lowest(*at).is_some());
        let free: Vec<_> = free.filter_map(|at| Some((at, texts.get(at)?.clone()))).collect();
        let across = spec.table.across.as_ref().map_or_else(Vec::new, |across| {
            let unexpected: Vec<_> = free.iter().map(|(at, _)| (*at, self.texts.levels(*at))).collect();
            header_across::findings(across, &self.across, &unexpected)
        });
        let claims = || self.claims.iter().zip(wanted);
        let own = claims().filter_map(|(claim, wanted)| Some(claim.as_ref()?.findings(wanted))).flatten();
        let findings = own.chain(across).collect();
        let declared = wanted.len() - HELPERS;
        let unexpected: Vec<String> = free.into_iter().map(|(_, text)| text).collect();
        let likeliest = |(claim, wanted): (&Option<Claim>, &Wanted<'_>)| {
            let absent = claim.is_none() && wanted.search.by_text();
            wanted.likeliest(&unexpected).filter(|_| absent).map(str::to_owned)
        };
        let position = |claim: Option<&Option<Claim>>| claim?.as_ref().map(|claim| claim.position);
        let positions: Vec<_> = self.claims.iter().take(declared).map(|claim| position(Some(claim))).collect();
        let header = Header {
            row: self.last_row,
            sheet: None,
            positions: positions.clone(),
            tolerated: self
                .claims
                .iter()
                .take(declared)
                .map(|claim| claim.as_ref().is_some_and(|c| c.tolerated))
                .collect(),
            found: claims().take(declared).map(|(claim, wanted)| claim_text(claim.as_ref(), wanted)).collect(),
            likeliest: claims().take(declared).map(likeliest).collect(),
            unexpected,
            printed: texts.clone(),
        };
        Found {
            rows: self.rows,
            header,
            positions,
            alternate: position(self.claims.get(declared)),
            figures: position(self.claims.get(declared + 1)),
            matched,
            cells: self.texts.width(),
            named: (0..self.texts.width()).rev().find(|at| self.texts.lowest(*at).is_some()).map_or(0, |last| last + 1),
            findings,
            across: self.across,
            texts,
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
