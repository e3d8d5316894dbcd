//! What `suppressed` remembers of a file.

use std::collections::BTreeMap;

use super::{
    super::super::{
        check::{Found, Tally, same},
        columns::{Field, Spot},
        expression::{Answer, Asking},
        failures::Failures,
        groups::{Group, Groups},
        rows::Rows,
    },
    Rule,
};
use crate::model::{Asked, Cell, Missing};

/// What is printed and withheld.
#[derive(Debug)]
pub(super) struct Printed {
    pub(super) columns: Vec<Counts>,
    pub(super) rule: Rule,
    pub(super) total_row: Option<Asking>,
    pub(super) groups: Groups,
    pub(super) total: Option<Field>,
}

/// What is known of one column.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) field: Field,
    pub(super) asked: [Asked; 2],
    pub(super) small: Failures,
    pub(super) rough: Failures,
    /// Numbers that are withheld, and could be worked out.
    pub(super) alone: Failures,
    pub(super) groups: BTreeMap<Group, Withheld>,
}

/// What is withheld of the parts of a total row.
#[derive(Debug, Clone, Default)]
pub(super) struct Withheld {
    count: u64,
    /// The first: row, sheet, header and the cell.
    first: Option<(u64, Option<String>, String, String)>,
    /// The total as printed.
    total: Option<String>,
}

impl Counts {
    fn observe(&mut self, rows: &Rows<'_>, rule: Rule) {
        let Self { field, asked: [small_asked, rough_asked], small, rough, .. } = self;
        field.failing_numbers(rows, small_asked, |number| rule.is_small(number), |spot| small.add_cell(spot));
        if rule.multiple.is_some() {
            field.failing_numbers(rows, rough_asked, |number| rule.is_not_rounded(number), |spot| rough.add_cell(spot));
        }
    }

    /// Remembers what a row says of the total of its group.
    fn add(&mut self, rows: &Rows<'_>, index: usize, group: Group, is_total: bool) {
        let spot = self.field.spot(rows, index);
        match spot.cell() {
            Cell::Number(_) if is_total => self.groups.entry(group).or_default().total = Some(spot.text().to_owned()),
            Cell::Missing(Missing::Suppressed) if !is_total => {
                let withheld = self.groups.entry(group).or_default();
                withheld.count += 1;
                withheld.first.get_or_insert_with(|| place(spot));
            }
            _ => {}
        }
    }

    fn merge(&mut self, other: Self) {
        self.small.merge(other.small);
        self.rough.merge(other.rough);
        self.alone.merge(other.alone);
        for (group, other) in other.groups {
            let withheld = self.groups.entry(group).or_default();
            withheld.count += other.count;
            withheld.first = withheld.first.take().into_iter().chain(other.first).min();
            withheld.total = withheld.total.take().or(other.total);
        }
    }

    fn finish(mut self, total: u64, rule: Rule) -> Vec<Found> {
        let title = self.field.title();
        for withheld in self.groups.into_values() {
            if let (1, Some((row, sheet, header, text)), Some(printed)) =
                (withheld.count, withheld.first, withheld.total)
            {
                self.alone.add(sheet.as_deref(), row, &header, || format!("{text}, total {printed}"));
            }
        }
        let most = (rule.threshold - 1.0).to_string();
        let multiple = rule.multiple.unwrap_or(0.0);
        let said = [
            (self.small, format!("{title} prints numbers from 1 to {most}")),
            (self.rough, format!("{title} prints numbers that are no multiples of {multiple}")),
            (self.alone, format!("{title} withholds a single number of a printed total")),
        ];
        let said = said.into_iter().filter(|(failures, _)| !failures.is_empty());
        said.map(|(failures, seen)| Found::in_rows(format!("{seen} in {}", failures.place_and_value(total)), failures))
            .collect()
    }
}

fn place(spot: Spot<'_>) -> (u64, Option<String>, String, String) {
    (spot.row(), spot.rows.sheet().map(str::to_owned), spot.header().to_owned(), spot.text().to_owned())
}

impl Printed {
    /// The one cell of a row that is withheld beside the row's own total.
    fn alone_in_row(&mut self, rows: &Rows<'_>, index: usize) {
        let Some(total) = &self.total else { return };
        if !matches!(total.cell(rows.batch, index), Cell::Number(_)) {
            return;
        }
        let withheld =
            |column: &&mut Counts| column.field.cell(rows.batch, index) == Cell::Missing(Missing::Suppressed);
        let mut withheld = self.columns.iter_mut().filter(withheld);
        if let (Some(Counts { field, alone, .. }), None) = (withheld.next(), withheld.next()) {
            let spot = field.spot(rows, index);
            alone.add_cell_as(spot, || format!("{}, total {}", spot.text(), total.text(rows.batch, index)));
        }
    }
}

impl Tally for Printed {
    fn observe(&mut self, rows: &Rows<'_>) {
        for column in &mut self.columns {
            column.observe(rows, self.rule);
        }
        if self.total.is_some() {
            rows.indices().for_each(|index| self.alone_in_row(rows, index));
        }
        let Some(total_row) = &mut self.total_row else { return };
        let totals = total_row.answers(rows.batch);
        self.groups.observe(rows);
        for (group, index) in self.groups.rows().collect::<Vec<_>>() {
            let is_total = totals.get(index) == Some(&Answer::True);
            for column in &mut self.columns {
                column.add(rows, index, group, is_total);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.groups.merge(other.groups);
        for (column, other) in self.columns.iter_mut().zip(other.columns) {
            column.merge(other);
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let rule = self.rule;
        let found = self.columns.into_iter().flat_map(|column| column.finish(total, rule));
        found.chain(self.groups.too_many()).collect()
    }
}
