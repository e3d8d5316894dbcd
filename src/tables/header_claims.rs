//! Which column of a file answers to which declared column.
//!
//! A column goes by its header, or an alias; by the texts above it in up to three forms (see [`Texts::forms`]), first as
//! they are, then without the differences that are tolerated. Columns that go by one header are told apart by their order.

use std::collections::{BTreeSet, HashMap};

use crate::{
    model::{Finding, Severity, finding::column_name},
    yaml::{Located, nearest},
};

use super::{
    ColumnSettings, TableSpec,
    header_texts::{Texts, fold},
    layout_check::Origin,
    layout_settings::Position,
    places::shorten,
    row::trim,
};

/// A column that is looked for.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) header: &'a str,
    aliases: Vec<&'a str>,
    pub(super) required: bool,
    pub(super) search: Search,
    /// Whether its header is known, though it is not looked for by it.
    has_header: bool,
}

/// How a column is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// By what stands above it.
    Text,
    /// By what stands above it and `of` columns: the one at this place among them, from 0.
    Among { place: usize, of: usize },
    /// It stands here.
    At(usize),
    /// It is in no column of the file by itself.
    Nowhere,
}

impl Search {
    /// For a column that stands in the file.
    fn of(position: Option<Position>) -> Self {
        position.map_or(Self::Text, |position| Self::At(position.0))
    }

    pub(super) fn by_text(self) -> bool {
        matches!(self, Self::Text | Self::Among { .. })
    }
}

/// The declared columns.
pub(super) fn declared(spec: &TableSpec) -> impl Iterator<Item = Wanted<'_>> {
    spec.columns.iter().map(|(name, settings)| Wanted {
        name,
        header: header_of(name, settings),
        aliases: settings.aliases.iter().map(|alias| trim(alias)).collect(),
        required: settings.required,
        has_header: settings.header.is_some(),
        search: match settings.nth {
            _ if spec.origin(name) != Origin::File => Search::Nowhere,
            None => Search::of(settings.position),
            Some(nth) => Search::Among { place: nth.get() - 1, of: among(spec, header_of(name, settings)) },
        },
    })
}

fn header_of<'a>(name: &'a Located<String>, settings: &'a ColumnSettings) -> &'a str {
    trim(settings.header.as_deref().unwrap_or(name))
}

/// How many columns go by a header and are told apart by their order.
fn among(spec: &TableSpec, header: &str) -> usize {
    spec.columns.iter().filter(|(name, settings)| settings.nth.is_some() && header_of(name, settings) == header).count()
}

/// A column that a layout needs besides the declared ones, by its header or its place.
pub(super) fn helper(column: Option<&Located<String>>, position: Option<Position>) -> Wanted<'_> {
    let header = column.map_or("", |column| trim(column));
    let search = match (column, position) {
        (None, None) => Search::Nowhere,
        (column, position) => Search::of(position.filter(|_| column.is_none())),
    };
    Wanted { name: header, header, aliases: Vec::new(), required: column.is_some(), search, has_header: false }
}

impl Wanted<'_> {
    /// Which of some headers it is the likeliest to have been renamed to.
    pub(super) fn likeliest<'a>(&self, headers: &'a [String]) -> Option<&'a str> {
        let known = || headers.iter().map(String::as_str);
        let names = std::iter::once(self.header).chain(self.aliases.iter().copied()).chain([self.name]);
        names.into_iter().find_map(|name| nearest(name, known()))
    }
}

/// A column of the file that a declared column was found in.
pub(super) struct Claim {
    pub(super) position: usize,
    pub(super) printed: String,
    /// Its header is written otherwise than it is declared.
    pub(super) tolerated: bool,
    /// How many other columns would answer just as well.
    twins: usize,
    /// It was found by its place, and is called otherwise there.
    renamed: Option<Renamed>,
}

/// What became of the header of a column that is found by its place.
enum Renamed {
    /// It stands nowhere.
    Gone,
    /// It stands over this column.
    Elsewhere(usize),
}

/// For each column that is looked for, the one that answers to it.
pub(super) fn claims(texts: &Texts, wanted: &[Wanted<'_>]) -> Vec<Option<Claim>> {
    let forms = texts.forms();
    let placed = |column: &Wanted<'_>| match column.search {
        Search::At(position) if position < texts.width() => {
            let printed = forms.last().and_then(|form| form.get(position)).cloned().unwrap_or_default();
            let renamed = if column.has_header { renamed(&forms, position, column, wanted) } else { None };
            Some(Claim { position, printed, tolerated: false, twins: 0, renamed })
        }
        _ => None,
    };
    let mut claims: Vec<Option<Claim>> = wanted.iter().map(placed).collect();
    let placed: BTreeSet<usize> = claims.iter().flatten().map(|claim| claim.position).collect();
    let mut taken = placed.clone();
    for tolerant in [false, true] {
        let indexes: Vec<_> = forms.iter().map(|form| Index::new(form, tolerant)).collect();
        for by_alias in [false, true] {
            for (form, index) in forms.iter().zip(&indexes) {
                for (claim, wanted) in claims.iter_mut().zip(wanted).filter(|(claim, _)| claim.is_none()) {
                    let texts = if by_alias { wanted.aliases.as_slice() } else { std::slice::from_ref(&wanted.header) };
                    let (free, place, of) = match wanted.search {
                        Search::Text => (index.positions(texts, &taken), 0, 1),
                        Search::Among { place, of } => (index.positions(texts, &placed), place, of),
                        Search::At(_) | Search::Nowhere => continue,
                    };
                    // Where one of several is wanting it is not known which.
                    let Some(position) = free.get(place).copied().filter(|_| free.len() >= of) else { continue };
                    taken.insert(position);
                    let printed = form.get(position).cloned().unwrap_or_default();
                    *claim =
                        Some(Claim { position, printed, tolerated: tolerant, twins: free.len() - of, renamed: None });
                }
            }
        }
    }
    claims
}

/// What became of the header of a column that is found by its place; none where it stands there, as it is tolerated.
fn renamed(forms: &[Vec<String>], position: usize, column: &Wanted<'_>, wanted: &[Wanted<'_>]) -> Option<Renamed> {
    let names: Vec<_> = std::iter::once(column.header).chain(column.aliases.iter().copied()).map(fold).collect();
    // Several columns may have one header, which is why they are found by their places.
    let twin = |at: usize| wanted.iter().any(|other| other.search == Search::At(at) && other.header == column.header);
    let stands = |at: usize| forms.iter().filter_map(|form| form.get(at)).any(|text| names.contains(&fold(text)));
    let width = forms.first().map_or(0, Vec::len);
    let elsewhere = || (0..width).find(|at| stands(*at) && !twin(*at)).map_or(Renamed::Gone, Renamed::Elsewhere);
    if stands(position) { None } else { Some(elsewhere()) }
}

impl Claim {
    /// What people should know of it.
    pub(super) fn findings(&self, wanted: &Wanted<'_>) -> Vec<Finding> {
        let (name, printed) = (wanted.name, shorten(&self.printed));
        let mut findings = Vec::new();
        if self.twins > 0 {
            let message = match wanted.search {
                Search::Among { of, .. } => format!(
                    "`{printed}` stands {} times in the header, and the dataset tells {of} of them apart by their order: \
                     which is `{name}` is not known",
                    self.twins + of
                ),
                _ => format!(
                    "{} columns of the file could be `{name}`: `{printed}` stands {} times in the header; \
                     name the group above it too, or rename one",
                    self.twins + 1,
                    self.twins + 1
                ),
            };
            findings.push(Finding::of_file("ambiguous_header", Severity::Error, message));
        }
        findings.extend(self.renamed.as_ref().map(|renamed| {
            let (column, header) = (column_name(self.position), wanted.header);
            let is = format!("`{name}` is read by its place, column {column}, whose header is `{printed}`");
            match renamed {
                Renamed::Gone => {
                    let message = format!(
                        "{is} where the dataset has `{header}`: if it is the same column, add `{printed}` to its `aliases`"
                    );
                    Finding::of_file("header_changed", Severity::Warning, message)
                }
                Renamed::Elsewhere(at) => {
                    let elsewhere = column_name(*at);
                    let message = format!(
                        "{is}, while `{header}` stands over column {elsewhere}: correct the `position` of `{name}`, or its \
                         `header`"
                    );
                    Finding::of_file("header_changed", Severity::Error, message)
                }
            }
        }));
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
