//! What a dataset says of a check of rows whatever its kind: which rows it looks at, and in which groups; how its findings
//! weigh is in `weighing`.

use super::{
    check::{Check, Context, Looks, Start, Tally},
    chooser::Chooser,
    columns::{Declared, Field},
    common::Common,
    expression::Condition,
    failures::quoted,
    groups::Groups,
    keys::KeyHasher,
    rows::Rows,
    weighing::{LookedAt, Weighing},
};
use crate::{
    model::{Batch, Cell, Finding},
    yaml::{Located, Problem, Problems},
};

/// A check with what the dataset says of it.
#[derive(Debug)]
pub(super) struct Declaration {
    check: Box<dyn Check>,
    weighing: Weighing,
    looks_where: Option<Condition>,
    /// The columns of `looks_where`.
    where_columns: Vec<Declared>,
    /// The columns whose values make up the groups of a tolerance.
    per: Vec<Declared>,
    /// The columns that the check looks at, where a tolerance is a share of the rows that hold a value in them.
    holding: Vec<Declared>,
    hasher: KeyHasher,
}

impl Declaration {
    /// A check that is always on: an error under the kind's own name.
    pub(super) fn always(kind: &str, check: Box<dyn Check>) -> Self {
        Self {
            check,
            weighing: Weighing::always(kind),
            looks_where: None,
            where_columns: Vec::new(),
            per: Vec::new(),
            holding: Vec::new(),
            hasher: KeyHasher::default(),
        }
    }

    /// A check of a dataset. `check` is what its own settings came to, so that the mistakes of both are told together.
    pub(super) fn build(
        kind: &str,
        looks: Looks,
        check: Result<Box<dyn Check>, Problems>,
        common: &Common,
        context: Context<'_>,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let check = problems.take(check);
        let weighing = problems.take(Weighing::build(kind, looks, common));
        let looks_where = common.looks_where.as_ref().map(|text| Condition::compile(text, context.schema));
        let looks_where = looks_where.and_then(|compiled| problems.take(compiled));
        let per = problems.take(groups(kind, looks, common, context)).unwrap_or_default();
        problems.into_result()?;
        let (Some(check), Some(weighing)) = (check, weighing) else { return Err(Problems::default()) };
        let named = |position: &usize| Declared::at(*position, context.schema);
        let of_values = check.columns().into_iter().filter(|_| weighing.is_of_values());
        Ok(Self {
            holding: of_values.filter_map(|position| named(&position)).collect(),
            check,
            weighing,
            where_columns: looks_where.iter().flat_map(Condition::columns).filter_map(named).collect(),
            looks_where,
            per,
            hasher: KeyHasher::default(),
        })
    }

    /// What its findings are called.
    pub(super) fn id(&self) -> &str {
        &self.weighing.id
    }

    /// Calls its findings otherwise.
    pub(super) fn call(&mut self, name: String) {
        self.weighing.id = name;
    }

    /// The columns that its own settings name, in their order, each once.
    pub(super) fn about(&self) -> Vec<usize> {
        let mut columns = Vec::new();
        for column in self.check.columns() {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// The group that is told of what it finds.
    pub(super) fn owner(&self) -> Option<&Located<String>> {
        self.weighing.owner.as_ref()
    }

    /// Positions of the columns that it looks at.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        let around = self.where_columns.iter().chain(&self.per).map(|column| column.position);
        self.check.columns().into_iter().chain(around)
    }

    /// Begins with a file; none when the file lacks the columns that it looks at.
    pub(super) fn start(&self, file: &Start<'_>) -> Option<Watch> {
        let where_fields = Declared::all_in_file(&self.where_columns, file.header)?;
        let per = Declared::all_in_file(&self.per, file.header)?;
        let tally = self.check.start(&Start { rows_kept: self.weighing.rows_kept, ..*file })?;
        let groups = (!per.is_empty()).then(|| Groups::new(per, self.hasher.clone()));
        let chooser = self.looks_where.clone().map(|condition| Chooser::new(condition, where_fields));
        let holding = self.holding.iter().filter_map(|column| column.in_file(file.header)).collect();
        Some(Watch { tally, chooser, groups, holding, looked_at: LookedAt::default() })
    }

    /// What a tally has found, as findings.
    pub(super) fn findings(&self, watch: Watch) -> Vec<Finding> {
        let Watch { tally, chooser, groups, looked_at, .. } = watch;
        let chosen = self.looks_where.as_ref().map(|condition| format!(" (where {})", quoted(condition.text())));
        let found = tally.finish(looked_at.rows).into_iter();
        let mut findings: Vec<_> = found
            .map(|found| self.weighing.weigh(found, looked_at, groups.as_ref(), chosen.as_deref().unwrap_or("")))
            .collect();
        // They are about rows that were not looked at, so they are no share of those that were.
        let asides =
            chooser.map(Chooser::finish).into_iter().flatten().chain(groups.and_then(|groups| groups.too_many()));
        findings.extend(asides.map(|found| self.weighing.weigh(found, LookedAt::default(), None, "")));
        findings
    }
}

/// The columns of the groups: those of `tolerance` and `warn_above`, which must be the same.
fn groups(kind: &str, looks: Looks, common: &Common, context: Context<'_>) -> Result<Vec<Declared>, Problems> {
    let mut named = [&common.tolerance, &common.warn_above].into_iter().flatten().filter_map(|t| t.per.as_ref());
    let Some(per) = named.next() else { return Ok(Vec::new()) };
    if looks != Looks::Rows {
        let message = format!("the tolerance of `{kind}` cannot be per group");
        return Err(Problem::new(per.place.clone(), message).into());
    }
    let columns = |per: &Located<Vec<Located<String>>>| per.iter().map(|name| name.value.clone()).collect::<Vec<_>>();
    if let Some(other) = named.find(|other| columns(other) != columns(per)) {
        let message = "the groups of `warn_above` must be those of `tolerance`";
        return Err(Problem::new(other.place.clone(), message).into());
    }
    Declared::find_all(per, context.schema)
}

/// Whether a row holds a value in every one of these columns.
fn hold(columns: &[Field], batch: &Batch, index: usize) -> bool {
    columns.iter().all(|column| !matches!(column.cell(batch, index), Cell::Missing(_)))
}

/// What a check has seen of a file, or of a part of it.
#[derive(Debug)]
pub(super) struct Watch {
    tally: Box<dyn Tally>,
    chooser: Option<Chooser>,
    groups: Option<Groups>,
    /// The columns that must hold a value where a tolerance is a share of such rows.
    holding: Vec<Field>,
    looked_at: LookedAt,
}

impl Watch {
    /// Looks at the next rows.
    pub(super) fn observe(&mut self, batch: &Batch) {
        let Self { tally, chooser, groups, holding, looked_at } = self;
        let mut rows = Rows::all(batch).chosen(chooser.as_mut().map(|chooser| chooser.choose(batch)));
        if let Some(groups) = groups {
            let holds = |index| hold(holding, batch, index);
            groups.observe_counting(&rows, if holding.is_empty() { None } else { Some(&holds) });
            rows = rows.grouped(Some(groups.runs()));
        }
        looked_at.rows += rows.len();
        if !holding.is_empty() {
            looked_at.values += rows.indices().filter(|index| hold(holding, batch, *index)).count() as u64;
        }
        tally.observe(&rows);
    }

    /// See [`Tally::observe_skipped`].
    pub(super) fn observe_skipped(&mut self, batch: &Batch) {
        self.tally.observe_skipped(&Rows::all(batch));
    }

    /// Takes in what another watch of the same check has seen.
    pub(super) fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        if let (Some(chooser), Some(other)) = (&mut self.chooser, other.chooser) {
            chooser.merge(other);
        }
        if let (Some(groups), Some(other)) = (&mut self.groups, other.groups) {
            groups.merge(other);
        }
        self.looked_at.rows += other.looked_at.rows;
        self.looked_at.values += other.looked_at.values;
    }

    /// See [`Tally::settle`].
    pub(super) fn settle(&mut self) -> Vec<u64> {
        self.tally.settle()
    }

    /// See [`Tally::see_again`].
    pub(super) fn see_again(&mut self, batch: &Batch) {
        self.tally.see_again(&Rows::all(batch));
    }
}
