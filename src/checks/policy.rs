//! What a dataset says of a check whatever its kind: which rows it looks at, how many of them may fail, how a finding is
//! called, how much it weighs and who is told of it.

use super::{
    check::{Check, Context, Found, Looks, Matter, Start, Tally},
    chooser::Chooser,
    columns::Declared,
    common::{Amount, Common, Tolerance, Weight},
    expression::Condition,
    failures::{Failures, quoted},
    groups::Groups,
    keys::KeyHasher,
    rows::Rows,
};
use crate::{
    model::{Batch, Finding, Severity, finding::ROWS_KEPT},
    yaml::{Located, Place, Problem, Problems},
};

/// More failing rows than this belong in a file of their own, not in a finding.
const MOST_ROWS_KEPT: usize = 10_000;

/// A check with what the dataset says of it.
#[derive(Debug)]
pub(super) struct Declaration {
    check: Box<dyn Check>,
    pub(super) id: String,
    severity: Severity,
    message: Option<String>,
    pub(super) owner: Option<Located<String>>,
    looks_where: Option<Condition>,
    /// The columns of `looks_where`.
    where_columns: Vec<Declared>,
    tolerance: Option<Tolerated>,
    warn_above: Option<Tolerated>,
    /// The columns whose values make up the groups of a tolerance.
    per: Vec<Declared>,
    hasher: KeyHasher,
    rows_kept: usize,
}

/// How many rows may fail, in all or in each group.
#[derive(Debug, Clone, Copy)]
struct Tolerated {
    amount: Amount,
    per_group: bool,
}

impl Declaration {
    /// A check that is always on: an error under the kind's own name.
    pub(super) fn always(kind: &str, check: Box<dyn Check>) -> Self {
        Self {
            check,
            id: kind.to_owned(),
            severity: Severity::Error,
            message: None,
            owner: None,
            looks_where: None,
            where_columns: Vec::new(),
            tolerance: None,
            warn_above: None,
            per: Vec::new(),
            hasher: KeyHasher::default(),
            rows_kept: ROWS_KEPT,
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
        for (key, place) in unused(looks, common) {
            let message = format!("`{kind}` takes no `{key}`");
            problems.push(Problem::new(place.clone(), message).hint("leave it out"));
        }
        let looks_where = common.looks_where.as_ref().map(|text| Condition::compile(text, context.schema));
        let looks_where = looks_where.and_then(|compiled| problems.take(compiled));
        let per = problems.take(groups(kind, looks, common, context)).unwrap_or_default();
        let rows_kept = problems.take(rows_kept(common).map_err(Problems::from)).unwrap_or(ROWS_KEPT);
        if let (Some(warn), None) = (&common.warn_above, &common.tolerance) {
            let problem = Problem::new(warn.place.clone(), "`warn_above` goes with a `tolerance`");
            problems.push(problem.hint("up to `warn_above` is a note, up to `tolerance` a warning, more an error"));
        }
        problems.into_result()?;
        let Some(check) = check else { return Err(Problems::default()) };
        let named = |position: &usize| Declared::at(*position, context.schema);
        let tolerated = |setting: &Option<Located<Tolerance>>| {
            setting.as_ref().map(|tolerance| Tolerated { amount: tolerance.amount, per_group: tolerance.per.is_some() })
        };
        Ok(Self {
            check,
            id: common.name.as_ref().map_or(kind, |name| name.as_str()).to_owned(),
            severity: match common.severity.as_ref().map_or(Weight::Error, |severity| severity.value) {
                Weight::Warning => Severity::Warning,
                Weight::Error => Severity::Error,
            },
            message: common.message.clone(),
            owner: common.owner.clone(),
            where_columns: looks_where.iter().flat_map(Condition::columns).filter_map(named).collect(),
            looks_where,
            tolerance: tolerated(&common.tolerance),
            warn_above: tolerated(&common.warn_above),
            per,
            hasher: KeyHasher::default(),
            rows_kept,
        })
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
        let tally = self.check.start(&Start { rows_kept: self.rows_kept, ..*file })?;
        let groups = (!per.is_empty()).then(|| Groups::new(per, self.hasher.clone()));
        let chooser = self.looks_where.clone().map(|condition| Chooser::new(condition, where_fields));
        Some(Watch { tally, chooser, groups, looked_at: 0 })
    }

    /// What a tally has found, as findings.
    pub(super) fn findings(&self, watch: Watch) -> Vec<Finding> {
        let Watch { tally, chooser, groups, looked_at } = watch;
        let chosen = self.looks_where.as_ref().map(|condition| format!(" (where {})", quoted(condition.text())));
        let found = tally.finish(looked_at).into_iter();
        let mut findings: Vec<_> =
            found.map(|found| self.weigh(found, looked_at, groups.as_ref(), chosen.as_deref().unwrap_or(""))).collect();
        // They are about rows that were not looked at, so they are no share of those that were.
        let asides =
            chooser.map(Chooser::finish).into_iter().flatten().chain(groups.and_then(|groups| groups.too_many()));
        findings.extend(asides.map(|found| self.weigh(found, 0, None, "")));
        findings
    }

    fn weigh(&self, found: Found, rows: u64, groups: Option<&Groups>, chosen: &str) -> Finding {
        let finding = match found.matter {
            Matter::Aside(severity) => found.named(&self.id, severity, None, chosen),
            Matter::Weighing(severity) => found.named(&self.id, severity, self.message.as_deref(), chosen),
            Matter::Whole => found.named(&self.id, self.severity, self.message.as_deref(), chosen),
            Matter::Defect => {
                let (severity, tolerated) = self.severity_of(&found.failures, rows, groups);
                found.named(&self.id, severity, self.message.as_deref(), &format!("{chosen}{tolerated}"))
            }
        };
        Finding { owner: self.owner.as_ref().map(|owner| owner.value.clone()), ..finding.among(rows) }
    }

    /// How much so many failing rows weigh, and what to say of it.
    fn severity_of(&self, failures: &Failures, rows: u64, groups: Option<&Groups>) -> (Severity, String) {
        let Some(tolerance) = self.tolerance else { return (self.severity, String::new()) };
        let beyond = |tolerated: Tolerated| match groups {
            Some(groups) if tolerated.per_group => groups.exceeding(failures, tolerated.amount),
            _ => tolerated.amount.is_exceeded(failures.count(), rows).then(|| tolerated.amount.to_string()),
        };
        if let Some(beyond) = beyond(tolerance) {
            return (self.severity, format!(", more than the tolerated {beyond}"));
        }
        match self.warn_above.and_then(beyond) {
            Some(beyond) => (self.severity.min(Severity::Warning), format!(", more than {beyond}")),
            None => (Severity::Note, ", which is tolerated".to_owned()),
        }
    }
}

/// The settings that make no sense for what a check looks at.
fn unused(looks: Looks, common: &Common) -> impl Iterator<Item = (&'static str, &Place)> {
    let rows = matches!(looks, Looks::Rows | Looks::RowsTogether);
    let of_rows = [
        ("tolerance", common.tolerance.as_ref().map(|setting| &setting.place)),
        ("warn_above", common.warn_above.as_ref().map(|setting| &setting.place)),
        ("rows_kept", common.rows_kept.as_ref().map(|setting| &setting.place)),
    ];
    let of_rows = of_rows.into_iter().filter(move |_| !rows);
    let of_header = [
        ("where", common.looks_where.as_ref().map(|setting| &setting.place)),
        ("severity", common.severity.as_ref().map(|setting| &setting.place)),
    ];
    of_rows
        .chain(of_header.into_iter().filter(move |_| looks == Looks::Header))
        .filter_map(|(key, place)| Some((key, place?)))
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

fn rows_kept(common: &Common) -> Result<usize, Problem> {
    match &common.rows_kept {
        None => Ok(ROWS_KEPT),
        Some(kept) if kept.value <= MOST_ROWS_KEPT => Ok(kept.value),
        Some(kept) => Err(Problem::new(kept.place.clone(), format!("a finding keeps at most {MOST_ROWS_KEPT} rows"))),
    }
}

/// What a check has seen of a file, or of a part of it.
#[derive(Debug)]
pub(super) struct Watch {
    tally: Box<dyn Tally>,
    chooser: Option<Chooser>,
    groups: Option<Groups>,
    looked_at: u64,
}

impl Watch {
    /// Looks at the next rows.
    pub(super) fn observe(&mut self, batch: &Batch) {
        let Self { tally, chooser, groups, looked_at } = self;
        let mut rows = Rows::all(batch).chosen(chooser.as_mut().map(|chooser| chooser.choose(batch)));
        if let Some(groups) = groups {
            groups.observe(batch, rows.indices());
            rows = rows.grouped(Some(groups.of_batch()));
        }
        *looked_at += rows.len();
        tally.observe(&rows);
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
        self.looked_at += other.looked_at;
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
