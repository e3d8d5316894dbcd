//! Which rows a check looks at: those for which its `where` holds.

use super::{
    check::Found,
    columns::{Field, side_by_side},
    expression::{Answer, Condition, Truth, Work},
    failures::{Failures, quoted},
    rows::Rows,
};
use crate::model::{Batch, Severity, finding::ROWS_KEPT};

/// Chooses the rows for which a condition holds.
#[derive(Debug)]
pub(super) struct Chooser {
    condition: Condition,
    fields: Vec<Field>,
    /// The headers of the fields, side by side.
    header: String,
    chosen: Vec<bool>,
    asked: u64,
    untold: Failures,
    broken: Failures,
    /// The first row where the expression failed, and what went wrong there.
    why_broken: Option<(u64, String)>,
    work: Work,
}

impl Chooser {
    /// Chooses by a condition over fields.
    pub(super) fn new(condition: Condition, fields: Vec<Field>) -> Self {
        let header = side_by_side(fields.iter().map(|field| field.header.as_str()));
        let (untold, broken) = (Failures::keeping(ROWS_KEPT), Failures::keeping(ROWS_KEPT));
        Self {
            condition,
            fields,
            header,
            chosen: Vec::new(),
            asked: 0,
            untold,
            broken,
            why_broken: None,
            work: Work::default(),
        }
    }

    /// Whether each row of a batch is chosen.
    pub(super) fn choose(&mut self, batch: &Batch) -> &[bool] {
        let Self { condition, fields, header, chosen, untold, broken, why_broken, work, .. } = self;
        let rows = Rows::all(batch);
        self.asked += rows.len();
        chosen.clear();
        chosen.resize(batch.rows.len(), true);
        let truths = condition.evaluate_all(batch, work);
        for (index, answer) in truths.others() {
            if let Some(chosen) = chosen.get_mut(index) {
                *chosen = answer == Answer::True;
            }
            let failures = match answer {
                Answer::True | Answer::False => continue,
                Answer::CannotTell => &mut *untold,
                Answer::Failed => &mut *broken,
            };
            if let (Answer::Failed, None, Truth::Failed(why)) = (answer, &*why_broken, truths.truth(index)) {
                *why_broken = Some((rows.row(index), why));
            }
            failures
                .add_row(&rows, index, header, || side_by_side(fields.iter().map(|field| field.text(batch, index))));
        }
        chosen
    }

    /// Takes in what another has seen.
    pub(super) fn merge(&mut self, other: Self) {
        self.asked += other.asked;
        self.untold.merge(other.untold);
        self.broken.merge(other.broken);
        self.why_broken = self.why_broken.take().into_iter().chain(other.why_broken).min();
    }

    /// The rows of which it is not known whether they should have been looked at.
    pub(super) fn finish(self) -> Vec<Found> {
        let (expression, mut found) = (quoted(self.condition.text()), Vec::new());
        if let Some((_, why)) = self.why_broken {
            let place = self.broken.place(self.asked);
            let seen = format!("where {expression} failed in {place}, not looked at: {why}");
            found.push(Found::in_rows(seen, self.broken).aside(Severity::Error));
        }
        if !self.untold.is_empty() {
            let place = self.untold.place(self.asked);
            let seen = format!("where {expression} cannot be told in {place}, not looked at: a cell holds no value");
            found.push(Found::in_rows(seen, self.untold).aside(Severity::Note));
        }
        found
    }
}
