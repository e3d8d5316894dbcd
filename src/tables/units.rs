//! The unit of figures: from the kind of their column, or from the cell.
//!
//! A percentage of 76% is 0.76 and a number of 73.5 is 73.5, so figures of different units must never meet: not a figure
//! and its plan, not two periods of one series.

use crate::model::{Batch, Cell, ColumnKind, Unit};

use super::cells;

/// A figure or plan as it is printed, and what it was read as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printed<'a> {
    kind: ColumnKind,
    text: &'a str,
    number: f64,
}

impl<'a> Printed<'a> {
    /// The cell of a column of this kind; none where it holds no figure.
    pub(super) fn of(batch: &'a Batch, (column, kind): (usize, ColumnKind), at: usize) -> Option<Self> {
        let column = batch.columns.get(column)?;
        match column.cell(at) {
            Cell::Number(number) => Some(Self { kind, text: column.text(at), number }),
            Cell::Text | Cell::Period(_) | Cell::Missing(_) => None,
        }
    }

    /// The unit that column or cell say. A nought is a nought in any unit.
    fn unit(self) -> Option<Unit> {
        match (self.kind, printed(self.text)) {
            (ColumnKind::Percent, _) => Some(Unit::Percent),
            (ColumnKind::Duration, _) => Some(Unit::Duration),
            (_, Unit::Number) if self.is_nought() => None,
            (_, unit) => Some(unit),
        }
    }

    fn is_nought(self) -> bool {
        self.number.abs() <= 0.0
    }

    fn is_declared(self) -> bool {
        matches!(self.kind, ColumnKind::Percent | ColumnKind::Duration)
    }

    /// Whether this can be a share that is written without a percent sign.
    fn may_be_share(self) -> bool {
        self.kind != ColumnKind::Figure && self.unit() == Some(Unit::Number) && self.number.abs() <= 1.0
    }
}

/// The unit in which a cell prints its figure.
fn printed(text: &str) -> Unit {
    match cells::unit(text) {
        cells::Unit::Percent => Unit::Percent,
        cells::Unit::Duration => Unit::Duration,
        cells::Unit::Number if text.is_ascii() && !text.contains('$') => Unit::Number,
        cells::Unit::Number => {
            text.chars().find_map(|c| Unit::currency(c.encode_utf8(&mut [0; 4]))).unwrap_or_default()
        }
    }
}

/// A figure and its plan are printed in different units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mixed;

/// The unit of a figure and its plan; none where neither shows one.
pub(super) fn of_pair(figure: Option<Printed<'_>>, plan: Option<Printed<'_>>) -> Result<Option<Unit>, Mixed> {
    let units = (figure.and_then(Printed::unit), plan.and_then(Printed::unit));
    let (Some(figure), Some(plan), (Some(of_figure), Some(of_plan))) = (figure, plan, units) else {
        return Ok(units.0.or(units.1));
    };
    let shares = |share: Printed<'_>, other: Printed<'_>| {
        share.unit() == Some(Unit::Percent) && share.kind != ColumnKind::Figure && other.may_be_share()
    };
    match of_figure.with(of_plan) {
        Some(unit) => Ok(Some(unit)),
        None if plan.is_nought() || figure.is_nought() && figure.is_declared() => Ok(Some(of_figure)),
        None if figure.is_nought() => Ok(Some(of_plan)),
        None if shares(figure, plan) || shares(plan, figure) => Ok(Some(Unit::Percent)),
        None => Err(Mixed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(kind: ColumnKind, text: &str) -> Option<Printed<'_>> {
        match cells::read_cell(kind, text) {
            Cell::Number(number) => Some(Printed { kind, text, number }),
            _ => None,
        }
    }

    #[test]
    fn a_figure_and_its_plan_have_one_unit() {
        use ColumnKind::{Duration, Figure, Number, Percent, Target};
        for (figure, plan, unit) in [
            ((Number, "1,332"), (Number, "1,400"), Ok(Some(Unit::Number))),
            ((Number, "£0.96"), (Number, "1.20"), Ok(Some(Unit::Pounds))),
            ((Number, "(£5)"), (Number, ""), Ok(Some(Unit::Pounds))),
            ((Number, "$5"), (Number, "€5"), Err(Mixed)),
            ((Percent, "0.567"), (Target, "=<92%"), Ok(Some(Unit::Percent))),
            ((Percent, "56.7%"), (Number, "0.6"), Ok(Some(Unit::Percent))),
            ((Percent, "56.7%"), (Number, "60"), Err(Mixed)),
            ((Percent, "0%"), (Number, "60"), Ok(Some(Unit::Percent))),
            ((Figure, "56.7%"), (Target, "0.6"), Err(Mixed)),
            ((Figure, "73.5"), (Target, "76.00%"), Err(Mixed)),
            ((Figure, "0"), (Target, "76.00%"), Ok(Some(Unit::Percent))),
            ((Figure, "56.7%"), (Target, "0"), Ok(Some(Unit::Percent))),
            ((Figure, "*"), (Target, "01:05:37"), Ok(Some(Unit::Duration))),
            ((Figure, "56.7%"), (Target, "Reduction"), Ok(Some(Unit::Percent))),
            ((Duration, "00:00:00"), (Target, ""), Ok(Some(Unit::Duration))),
            ((Figure, "0"), (Target, "0"), Ok(None)),
        ] {
            assert_eq!(of_pair(cell(figure.0, figure.1), cell(plan.0, plan.1)), unit, "{figure:?} {plan:?}");
        }
    }
}
