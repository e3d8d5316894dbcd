//! Whether the parts of a dataset's `table` and `columns` fit together, before any file is read.

use std::num::NonZeroUsize;

use crate::{
    model::ColumnKind,
    yaml::{Located, Problem, Problems},
};

use super::{
    ColumnSettings, TableSpec,
    layout_settings::{AlternateSettings, Given},
};

/// Where the text of a declared column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A column of the file.
    File,
    /// One text for the whole file: its setting `from`.
    Given,
    /// The texts of other columns of the file: its setting `joined`.
    Joined,
    /// The title of its block.
    Title,
    /// What stands above the columns that become rows, at this level of the header, the lowest being 0.
    AcrossName(usize),
    /// Their figures.
    AcrossValue,
    /// The figures of this kind of alternate rows.
    Alternate(usize),
}

impl TableSpec {
    /// Where a declared column comes from.
    pub(super) fn origin(&self, name: &str) -> Origin {
        let table = &self.table;
        let is = |column: &Located<String>| column.value == name;
        if let Some(kind) = table.alternate.as_ref().and_then(|alternate| alternate.rows.keys().position(is)) {
            Origin::Alternate(kind)
        } else if let Some(level) =
            table.across.as_ref().and_then(|across| across.levels().position(|level| is(level.name)))
        {
            Origin::AcrossName(level)
        } else if table.across.as_ref().is_some_and(|across| across.value.as_ref().is_some_and(is)) {
            Origin::AcrossValue
        } else if table.blocks.as_ref().is_some_and(|blocks| is(&blocks.title)) {
            Origin::Title
        } else if self.columns.get(name).is_some_and(|column| column.from.is_some()) {
            Origin::Given
        } else if self.columns.get(name).is_some_and(|column| !column.joined.is_empty()) {
            Origin::Joined
        } else {
            Origin::File
        }
    }

    /// The places, among the declared columns, of those that a column is joined from.
    pub(super) fn joined(&self, name: &str) -> Vec<usize> {
        let declared = |name: &Located<String>| self.columns.keys().position(|known| known.value == name.value);
        self.columns.get(name).map_or_else(Vec::new, |column| column.joined.iter().filter_map(declared).collect())
    }

    /// Checks that the settings of the layout name declared columns and do not contradict each other.
    ///
    /// # Errors
    /// Every mistake, where it stands.
    pub fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        self.check_made(&mut problems);
        let joined = self.columns.iter().flat_map(|(_, column)| &column.joined);
        for name in self.table.fill_down.iter().chain(joined) {
            if self.is_declared(name, &mut problems) && self.origin(name) != Origin::File {
                problems.push(Problem::new(
                    name.place.clone(),
                    format!("`{}` stands in no column of the file", name.value),
                ));
            }
        }
        if let Some(alternate) = &self.table.alternate {
            self.check_alternate(alternate, &mut problems);
        }
        if let Some(across) = &self.table.across {
            if across.levels().count() > self.table.header_rows.0 {
                problems.push(
                    Problem::new(across.name.place.clone(), "`above` names more levels than the header has rows")
                        .hint("say with `header_rows` how many rows the header covers"),
                );
            }
            match (&across.value, &self.table.alternate) {
                (Some(value), Some(_)) => problems.push(
                    Problem::new(value.place.clone(), "`value` and `alternate` both say where the figures go")
                        .hint("leave out `value`: the columns of `alternate` take the figures"),
                ),
                (None, None) => problems.push(Problem::new(
                    across.name.place.clone(),
                    "`across` needs `value`, the column for the figures",
                )),
                _ => {}
            }
        }
        if let Some(Given::Title(pattern) | Given::FileName(pattern)) = &self.table.financial_year
            && !pattern.has("year")
            && !pattern.has("starts")
            && let Some((name, _)) = self.columns.iter().next()
        {
            let message = "the expression of `financial_year` needs a group (?<year>…) or (?<starts>…)";
            problems.push(Problem::new(name.place.clone(), message));
        }
        self.check_header(&mut problems);
        for (name, column) in self.columns.iter() {
            check_column(name, column, self.origin(name), &mut problems);
            self.check_nth(name, column, &mut problems);
        }
        problems.into_result()
    }

    /// The header of a file is found by the text above a column that every file has.
    fn check_header(&self, problems: &mut Problems) {
        let alternate = self.table.alternate.as_ref();
        let by_text = |(name, column): (&Located<String>, &ColumnSettings)| {
            column.required && column.position.is_none() && self.origin(name) == Origin::File
        };
        let is_told = self.table.across.is_some()
            || alternate.is_some_and(|alternate| alternate.column.is_some() || alternate.value.is_some())
            || self.columns.iter().any(by_text);
        if let Some((name, _)) = self.columns.iter().next().filter(|_| !is_told) {
            let message = "nothing tells which row of a file is the header: no column that every file has is found by the \
                           text above it";
            let hint = "leave out the `position` of one whose `header` stands above no other";
            problems.push(Problem::new(name.place.clone(), message).hint(hint));
        }
    }

    /// The columns that the layout makes: each declared, and made once.
    fn check_made(&self, problems: &mut Problems) {
        let table = &self.table;
        let names = table.across.iter().flat_map(|across| across.levels().map(|level| level.name));
        let across = names.chain(table.across.iter().filter_map(|across| across.value.as_ref()));
        let alternate = table.alternate.iter().flat_map(|alternate| alternate.rows.keys());
        let made: Vec<_> = table.blocks.iter().map(|blocks| &blocks.title).chain(across).chain(alternate).collect();
        for (at, name) in made.iter().enumerate() {
            self.is_declared(name, problems);
            if made.iter().take(at).any(|before| before.value == name.value) {
                let message = format!("`{}` is made twice by the layout", name.value);
                problems.push(Problem::new(name.place.clone(), message));
            }
        }
    }

    /// Columns that go by one header: each is declared, so that it is known which is which.
    fn check_nth(&self, name: &Located<String>, column: &ColumnSettings, problems: &mut Problems) {
        let header_of = |name: &Located<String>, column: &ColumnSettings| {
            column.header.clone().unwrap_or_else(|| name.value.clone())
        };
        let header = header_of(name, column);
        let others = self.columns.iter().filter(|(other, column)| header_of(other, column) == header);
        let mut places: Vec<_> = others.map(|(_, column)| column.nth.map(NonZeroUsize::get)).collect();
        places.sort_unstable();
        let all_told = places.iter().zip(1..).all(|(place, expected)| *place == Some(expected));
        if column.nth.is_some() && !all_told {
            let message = format!("not all columns with the header `{header}` are told apart");
            let hint = "declare each of them, with `nth: 1`, `nth: 2` and so on";
            problems.push(Problem::new(name.place.clone(), message).hint(hint));
        }
    }

    fn is_declared(&self, name: &Located<String>, problems: &mut Problems) -> bool {
        let known = self.columns.get(name).is_some();
        if !known {
            let names = self.columns.keys().map(|name| name.value.as_str());
            problems.push(Problem::unknown(name.place.clone(), "column", name, names));
        }
        known
    }

    fn check_alternate(&self, alternate: &AlternateSettings, problems: &mut Problems) {
        let Some((first, _)) = alternate.rows.iter().next() else { return };
        let mut say = |message: &str, hint: &str| problems.push(Problem::new(first.place.clone(), message).hint(hint));
        if alternate.rows.0.len() < 2 {
            say("rows alternate between two kinds at least", "name each kind under `rows`, or leave `alternate` out");
        }
        if alternate.column.is_some() == alternate.position.is_some() {
            say(
                "it is not clear which column tells the rows apart",
                "write either `column` (its header) or `position`",
            );
        }
        if alternate.value.is_some() == self.table.across.is_some() {
            say("it is not clear where the figures stand", "write either `value` (a header) or `across`");
        }
    }
}

/// The settings of one column that would have no effect, or none that makes sense.
fn check_column(name: &Located<String>, column: &ColumnSettings, origin: Origin, problems: &mut Problems) {
    let mut say = |message: String, hint: &str| problems.push(Problem::new(name.place.clone(), message).hint(hint));
    let by_header = column.header.is_some() || !column.aliases.is_empty() || column.nth.is_some();
    let located = by_header || column.position.is_some();
    if origin != Origin::File && located {
        let hint = "leave out `header`, `aliases`, `nth` and `position`, or what else makes the column";
        say(format!("`{}` is made by the layout and is looked for in the file as well", name.value), hint);
    }
    if column.position.is_some() && column.nth.is_some() {
        say(format!("`{}` is looked for by its order and by its position", name.value), "write one of them");
    }
    if column.from.is_some() && origin != Origin::Given {
        say(format!("`{}` is made by the layout and given by `from` as well", name.value), "leave out one of them");
    }
    if !column.joined.is_empty() && origin != Origin::Joined {
        say(
            format!("`{}` is made by the layout or by `from`, and by `joined` as well", name.value),
            "leave out one of them",
        );
    }
    if let Some(Given::Title(pattern) | Given::FileName(pattern)) = &column.from
        && !pattern.has("value")
    {
        say(format!("the expression of `{}` has no group for the value", name.value), "write (?<value>…) around it");
    }
    if column.part.as_ref().is_some_and(|part| !part.has("value")) {
        say(format!("`part` of `{}` has no group for the value", name.value), "write (?<value>…) around it");
    }
    if column.percent.is_some() && column.kind != ColumnKind::Percent {
        say(format!("`percent` of `{}` has no effect", name.value), "it is for columns of `kind: percent`");
    }
    if column.granularity.is_some() && column.kind != ColumnKind::Period {
        say(format!("`granularity` of `{}` has no effect", name.value), "it is for columns of `kind: period`");
    } else if column.granularity.is_some() && matches!(origin, Origin::AcrossName(_)) {
        say(format!("`granularity` of `{}` has no effect", name.value), "the columns of `across` say what they are");
    }
    if column.dates.is_some() && (column.kind != ColumnKind::Period || matches!(origin, Origin::AcrossName(_))) {
        say(format!("`dates` of `{}` has no effect", name.value), "it is for columns of `kind: period`");
    }
    if column.quarters.is_some() && (column.kind != ColumnKind::Period || matches!(origin, Origin::AcrossName(_))) {
        say(format!("`quarters` of `{}` has no effect", name.value), "it is for columns of `kind: period`");
    }
    if column.scale.is_some() && !matches!(column.kind, ColumnKind::Number | ColumnKind::Figure | ColumnKind::Target) {
        say(format!("`scale` of `{}` has no effect", name.value), "it is for columns of kind number, figure or target");
    }
}
