//! How a finding is called, how much it weighs and who is told of it, whatever kind of check has made it.

use super::{
    check::{Found, Looks, Matter},
    common::{Amount, Base, Common, Tolerance, Weight},
    failures::{Failures, grouped},
    groups::Groups,
};
use crate::{
    model::{Finding, Severity, finding::ROWS_KEPT},
    yaml::{Located, Place, Problem, Problems},
};

/// More failing rows than this belong in a file of their own, not in a finding.
const MOST_ROWS_KEPT: usize = 10_000;

/// What a dataset says of the findings of a check.
#[derive(Debug)]
pub(super) struct Weighing {
    pub(super) id: String,
    severity: Severity,
    message: Option<String>,
    pub(super) owner: Option<Located<String>>,
    tolerance: Option<Tolerated>,
    warn_above: Option<Tolerated>,
    pub(super) rows_kept: usize,
}

/// How many may fail, in all or in each group.
#[derive(Debug, Clone, Copy)]
struct Tolerated {
    amount: Amount,
    of: Base,
    per_group: bool,
}

/// How many rows were looked at, and how many of them hold a value in every column of the check.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LookedAt {
    pub(super) rows: u64,
    pub(super) values: u64,
}

impl Tolerated {
    fn of(setting: Option<&Located<Tolerance>>) -> Option<Self> {
        setting.map(|tolerance| Self { amount: tolerance.amount, of: tolerance.of, per_group: tolerance.per.is_some() })
    }
}

impl Weighing {
    /// An error under the kind's own name.
    pub(super) fn always(kind: &str) -> Self {
        Self {
            id: kind.to_owned(),
            severity: Severity::Error,
            message: None,
            owner: None,
            tolerance: None,
            warn_above: None,
            rows_kept: ROWS_KEPT,
        }
    }

    /// Whether a share of it is one of the rows that hold a value.
    pub(super) fn is_of_values(&self) -> bool {
        [self.tolerance, self.warn_above].into_iter().flatten().any(|tolerated| tolerated.of == Base::Values)
    }

    /// What the common settings say.
    pub(super) fn build(kind: &str, looks: Looks, common: &Common) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        for (key, place) in unused(looks, common) {
            let message = format!("`{kind}` takes no `{key}`");
            problems.push(Problem::new(place.clone(), message).hint("leave it out"));
        }
        for place in of_values(common).filter(|_| looks == Looks::Figures || kind == "not_null") {
            let message = format!("a share of `{kind}` cannot be `of: values`");
            problems.push(Problem::new(place.clone(), message).hint("leave `of` out"));
        }
        let rows_kept = problems.take(rows_kept(common).map_err(Problems::from)).unwrap_or(ROWS_KEPT);
        if let (Some(warn), None) = (&common.warn_above, &common.tolerance) {
            let problem = Problem::new(warn.place.clone(), "`warn_above` goes with a `tolerance`");
            problems.push(problem.hint("up to `warn_above` is a note, up to `tolerance` a warning, more an error"));
        }
        problems.into_result()?;
        Ok(Self {
            id: common.name.as_ref().map_or(kind, |name| name.as_str()).to_owned(),
            severity: match common.severity.as_ref().map_or(Weight::Error, |severity| severity.value) {
                Weight::Warning => Severity::Warning,
                Weight::Error => Severity::Error,
            },
            message: common.message.clone(),
            owner: common.owner.clone(),
            tolerance: Tolerated::of(common.tolerance.as_ref()),
            warn_above: Tolerated::of(common.warn_above.as_ref()),
            rows_kept,
        })
    }

    /// The finding that something comes to, of so many that were looked at.
    pub(super) fn weigh(&self, found: Found, looked_at: LookedAt, groups: Option<&Groups>, chosen: &str) -> Finding {
        let finding = match found.matter {
            Matter::Aside(severity) => found.named(&self.id, severity, None, chosen),
            Matter::Weighing(severity) => found.named(&self.id, severity, self.message.as_deref(), chosen),
            Matter::Whole => found.named(&self.id, self.severity, self.message.as_deref(), chosen),
            Matter::Defect => {
                let (severity, tolerated) = self.severity_of(&found.failures, looked_at, groups);
                found.named(&self.id, severity, self.message.as_deref(), &format!("{chosen}{tolerated}"))
            }
        };
        Finding { owner: self.owner.as_ref().map(|owner| owner.value.clone()), ..finding.among(looked_at.rows) }
    }

    /// How much so many failing rows weigh, and what to say of it.
    fn severity_of(&self, failures: &Failures, looked_at: LookedAt, groups: Option<&Groups>) -> (Severity, String) {
        let Some(tolerance) = self.tolerance else { return (self.severity, String::new()) };
        let beyond = |tolerated: Tolerated| match groups {
            Some(groups) if tolerated.per_group => groups.exceeding(failures, tolerated.amount),
            _ => {
                let (rows, said) = match tolerated.of {
                    Base::Rows => (looked_at.rows, String::new()),
                    Base::Values => (looked_at.values, format!(" of {} with a value", grouped(looked_at.values))),
                };
                let exceeded = tolerated.amount.is_exceeded(failures.count(), rows);
                exceeded.then(|| format!("{}{said}", tolerated.amount))
            }
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

/// What takes no `where`.
const NO_WHERE: &[Looks] = &[Looks::Header, Looks::Figures, Looks::Delivery];

/// Where a tolerance is a share of the rows that hold a value.
fn of_values(common: &Common) -> impl Iterator<Item = &Place> {
    let all = [&common.tolerance, &common.warn_above].into_iter().flatten();
    all.filter(|tolerance| tolerance.of == Base::Values).map(|tolerance| &tolerance.place)
}

/// The settings that make no sense for what a check looks at.
fn unused(looks: Looks, common: &Common) -> impl Iterator<Item = (&'static str, &Place)> {
    let rows = matches!(looks, Looks::Rows | Looks::RowsTogether | Looks::Figures);
    let of_rows = [
        ("tolerance", common.tolerance.as_ref().map(|setting| &setting.place)),
        ("warn_above", common.warn_above.as_ref().map(|setting| &setting.place)),
        ("rows_kept", common.rows_kept.as_ref().map(|setting| &setting.place)),
    ];
    let of_rows = of_rows.into_iter().filter(move |_| !rows);
    let of_all = [
        ("where", common.looks_where.as_ref().map(|setting| &setting.place), NO_WHERE),
        ("severity", common.severity.as_ref().map(|setting| &setting.place), &[Looks::Header]),
    ];
    let of_all = of_all.into_iter().filter(move |(.., without)| without.contains(&looks));
    of_rows.chain(of_all.map(|(key, place, _)| (key, place))).filter_map(|(key, place)| Some((key, place?)))
}

fn rows_kept(common: &Common) -> Result<usize, Problem> {
    match &common.rows_kept {
        None => Ok(ROWS_KEPT),
        Some(kept) if kept.value <= MOST_ROWS_KEPT => Ok(kept.value),
        Some(kept) => Err(Problem::new(kept.place.clone(), format!("a finding keeps at most {MOST_ROWS_KEPT} rows"))),
    }
}
