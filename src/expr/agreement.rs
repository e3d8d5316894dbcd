//! Conditions of every shape over cells of every kind: what is lowered to operations over columns must give the
//! interpreter's answers, row by row and word by word.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Answer, RowExpression, Truth, Work};
use crate::{
    model::{
        Batch, Cell, Column, ColumnDef, ColumnKind, Missing, Schema,
        table::{Cells, Coded, Dictionary, Numbers},
    },
    yaml::{Located, Place, SourceFile},
};

fn located(text: &str) -> Located<String> {
    let file = Arc::new(SourceFile { path: "les.yaml".into(), text: text.to_owned() });
    let place = Place { span: 0..text.len(), ..Place::start_of(&file) };
    Located { value: text.to_owned(), place }
}

const COLUMNS: [(&str, ColumnKind); 5] = [
    ("planned", ColumnKind::Number),
    ("delivered", ColumnKind::Figure),
    ("contract", ColumnKind::Text),
    ("scheme", ColumnKind::Text),
    ("period", ColumnKind::Period),
];

fn schema() -> Schema {
    let column = |(name, kind): (&str, _)| ColumnDef { name: name.to_owned(), kind, required: true };
    Schema { columns: COLUMNS.into_iter().map(column).collect() }
}

/// Expressions of each kind of value.
#[derive(Clone)]
pub(super) struct Written {
    pub(super) number: BoxedStrategy<String>,
    pub(super) text: BoxedStrategy<String>,
    pub(super) condition: BoxedStrategy<String>,
}

fn one_of(texts: &[&str]) -> BoxedStrategy<String> {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    prop::sample::select(texts).boxed()
}

/// Fills the `_`s of a form.
fn form(forms: &'static [&'static str], parts: [&BoxedStrategy<String>; 3]) -> BoxedStrategy<String> {
    let parts = (prop::sample::select(forms), parts[0].clone(), parts[1].clone(), parts[2].clone());
    parts.prop_map(|(form, a, b, c)| form.replace("_1", &a).replace("_2", &b).replace("_3", &c)).boxed()
}

/// What can be written with these as the smallest parts.
pub(super) fn written(numbers: &[&str], texts: &[&str], conditions: &[&str]) -> Written {
    let constants =
        ["0", "1", "2", "-3", "0.5", "1332", "1e308", "1e-308", "0.1", "60.00000001", "-0.0", "9007199254740993"];
    let known = ["\"Dementia\"", "\"dem\"", "\"\"", "\"2025-10\"", "\"ß\""];
    let mut level = Written {
        number: prop_oneof![2 => one_of(numbers), 1 => one_of(&constants)].boxed(),
        text: prop_oneof![2 => one_of(texts), 1 => one_of(&known)].boxed(),
        condition: prop_oneof![3 => one_of(conditions), 1 => one_of(&["true", "false"])].boxed(),
    };
    for _ in 0..3 {
        let Written { number: n, text: t, condition: c } = level.clone();
        let number = prop_oneof![
            4 => n.clone(),
            6 => form(&["(_1 + _2)", "(_1 - _2)", "(_1 * _2)", "(_1 / _2)", "(_1 % _2)", "(_1 ** _2)"], [&n, &n, &n]),
            3 => form(&["min(_1, _2)", "max(_1, _2)", "_1.max(_2)", "round(_1, 2)", "round(_1, 0)", "round(_1, _2)"], [&n, &n, &n]),
            3 => form(&["-(_1)", "+(_1)", "abs(_1)", "floor(_1)", "ceil(_1)", "round(_1)", "sqrt(_1)", "_1.abs()"], [&n, &n, &n]),
            1 => form(&["len(_1)", "_1.len()", "_1.lower().len()"], [&t, &t, &t]),
            1 => form(&["(if _1 { _2 } else { _3 })", "(if _1 { _2 } else if !(_1) { _3 } else { _2 })"], [&c, &n, &n]),
        ];
        let text = prop_oneof![
            12 => t.clone(),
            2 => form(&["lower(_1)", "upper(_1)", "_1.lower()", "_1.upper()", "lower(upper(_1))"], [&t, &t, &t]),
            1 => form(&["(_1 + _2)", "to_string(_1)"], [&t, &t, &t]),
        ];
        let compared = &["_1 < _2", "_1 <= _2", "_1 > _2", "_1 >= _2", "_1 == _2", "_1 != _2"];
        let condition = prop_oneof![
            2 => c.clone(),
            6 => form(compared, [&n, &n, &n]),
            3 => form(compared, [&t, &t, &t]),
            3 => form(&["_1.starts_with(_2)", "ends_with(_1, _2)", "_1.contains(_2)", "_1 in _2", "_1 !in _2"], [&t, &t, &t]),
            2 => form(&["_1 in [0, 1332, 0.5]", "_1 !in [_2]", "_1 in []", "[1, 2].contains(_1)", "contains([60], _1)"], [&n, &n, &n]),
            2 => form(&["_1 in [\"Dementia\", \"ECGs\"]", "_1 !in [\"\", _2]", "_1 in []", "[\"ECGs\"].contains(_1)"], [&t, &t, &t]),
            6 => form(&["(_1 && _2)", "(_1 || _2)", "(_1 && _2 && _3)", "(_1 || _2 || _3)", "(_1 || _2 && _3)"], [&c, &c, &c]),
            3 => form(&["!(_1)", "((_1) == (_2))", "((_1) != (_2))", "(if _1 { _2 } else { _3 })"], [&c, &c, &c]),
            // Of the wrong kind.
            1 => form(&["_1 == _2", "_1 > _2", "_1 in [_2]", "_1 && _2", "_3 || _1", "!_1", "_1 == ()"], [&n, &t, &c]),
        ];
        level = Written { number: number.boxed(), text: text.boxed(), condition: condition.boxed() };
    }
    level
}

fn condition() -> BoxedStrategy<String> {
    let conditions = ["planned > delivered", "delivered <= 10 * planned", "contract == scheme"];
    written(&["planned", "delivered"], &["contract", "scheme", "period"], &conditions).condition
}

type CellText = (String, Cell);

fn missing() -> impl Strategy<Value = CellText> {
    let all = [Missing::Blank, Missing::Suppressed, Missing::NotAvailable, Missing::Unreadable, Missing::Absent];
    prop::sample::select(all.to_vec()).prop_map(|missing| ("*".to_owned(), Cell::Missing(missing)))
}

fn number_cell() -> impl Strategy<Value = CellText> {
    let known =
        [0.0, -0.0, 1.0, 60.0, 60.000_000_01, 1332.0, 694.0, 1e308, -1e308, 5e-324, f64::MAX, f64::MIN_POSITIVE];
    let any = prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO;
    let number =
        prop_oneof![4 => prop::sample::select(known.to_vec()), 2 => (-40..40_i32).prop_map(f64::from), 1 => any];
    number.prop_map(|number| (number.to_string(), Cell::Number(number)))
}

fn text_cell() -> impl Strategy<Value = CellText> {
    let known = ["Dementia", "ECGs", "dem", "", "2025-10", "İstanbul", "ß", "ΑΣ"].map(str::to_owned);
    let long = prop::sample::select(vec![4_096, 4_097, 66_000]).prop_map(|length| "x".repeat(length));
    prop_oneof![30 => prop::sample::select(known.to_vec()), 5 => "\\PC{0,8}", 1 => long]
        .prop_map(|text| (text, Cell::Text))
}

fn period_cell() -> impl Strategy<Value = CellText> {
    let known = ["2025-10", "2025/26-Q3", "2025/26", "2025", "2025-W41", "2025-10-06"].map(str::to_owned);
    let period = |text: String| text.parse().map(|period| (text, Cell::Period(period))).expect("a period");
    prop::sample::select(known.to_vec()).prop_map(period)
}

/// A cell of a column, with now and then one that it is not declared to hold.
fn cell(kind: ColumnKind, gaps: bool) -> BoxedStrategy<CellText> {
    let fit = match kind {
        ColumnKind::Text => text_cell().boxed(),
        ColumnKind::Period => period_cell().boxed(),
        _ => number_cell().boxed(),
    };
    if gaps {
        prop_oneof![16 => fit, 2 => missing(), 1 => number_cell(), 1 => text_cell(), 1 => period_cell()].boxed()
    } else {
        fit
    }
}

#[derive(Debug, Clone, Copy)]
enum Storage {
    Plain,
    Coded,
    Numbers,
}

fn kept(cells: &[CellText], storage: Storage) -> Column {
    match storage {
        Storage::Plain => {
            let mut column = Column::default();
            for (text, cell) in cells {
                column.push(text, *cell);
            }
            column
        }
        Storage::Coded => {
            let mut dictionary = Dictionary::default();
            let codes = cells.iter().map(|(text, cell)| dictionary.push(text, *cell)).collect();
            Cells::Coded(Coded { codes, dictionary }).into()
        }
        Storage::Numbers => {
            let mut numbers = Numbers::default();
            for (text, cell) in cells {
                match cell {
                    // Every other number is printed in some way of its own.
                    Cell::Number(number) if text.len() % 2 == 0 => numbers.extend(&[*number]),
                    _ => {
                        numbers.extend(&[0.0]);
                        numbers.set_apart(numbers.values().len() - 1, text, *cell);
                    }
                }
            }
            Cells::Numbers(numbers).into()
        }
    }
}

/// Rows of the schema, each column kept in some way.
fn batch(rows: std::ops::Range<usize>) -> impl Strategy<Value = Batch> {
    (rows, any::<bool>()).prop_flat_map(|(rows, gaps)| {
        let columns: Vec<_> = COLUMNS
            .iter()
            .map(|(_, kind)| {
                let storages = match kind {
                    ColumnKind::Text | ColumnKind::Period => vec![Storage::Plain, Storage::Coded],
                    _ => vec![Storage::Plain, Storage::Coded, Storage::Numbers],
                };
                let cells = prop::collection::vec(cell(*kind, gaps), rows);
                (cells, prop::sample::select(storages)).prop_map(|(cells, storage)| kept(&cells, storage))
            })
            .collect();
        columns.prop_map(move |columns| Batch { sheet: None, rows: (2..2 + rows as u64).collect(), columns })
    })
}

/// Other rows of the same cells; coded columns keep their dictionaries, which grow.
fn turned(mut batch: Batch) -> Batch {
    for column in &mut batch.columns {
        if let Cells::Coded(coded) = column.cells_mut() {
            coded.codes.reverse();
            let one_more = coded.dictionary.push("1332", Cell::Number(1332.0));
            if let Some(code) = coded.codes.first_mut() {
                *code = one_more;
            }
            continue;
        }
        let cells: Vec<CellText> =
            (0..column.len()).rev().map(|row| (column.text(row).to_owned(), column.cell(row))).collect();
        *column = kept(&cells, Storage::Plain);
    }
    batch
}

fn same(expression: &RowExpression, batch: &Batch, work: &mut Work) -> Result<(), TestCaseError> {
    let truths = expression.evaluate_all(batch, work);
    let mut others = Vec::new();
    for row in 0..batch.rows.len() {
        let interpreted = expression.evaluate(batch, row);
        let answer = match &interpreted {
            Truth::True => Answer::True,
            Truth::False => Answer::False,
            Truth::CannotTell(_) => Answer::CannotTell,
            Truth::Failed(_) => Answer::Failed,
        };
        prop_assert_eq!(truths.answer(row), answer, "row {}: {:?}", row, interpreted);
        prop_assert_eq!(truths.truth(row), interpreted);
        if answer != Answer::True {
            others.push((row, answer));
        }
    }
    prop_assert_eq!(truths.others().collect::<Vec<_>>(), others);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn columns_answer_as_rows_do(text in condition(), batches in prop::collection::vec(batch(0..12), 2)) {
        let Ok(expression) = RowExpression::compile(&located(&text), &schema()) else { return Ok(()) };
        let mut work = Work::default();
        for batch in batches {
            same(&expression, &batch, &mut work)?;
            same(&expression, &turned(batch), &mut work)?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn blocks_follow_each_other(text in condition(), batch in batch(1_000..2_100)) {
        let Ok(expression) = RowExpression::compile(&located(&text), &schema()) else { return Ok(()) };
        let mut work = Work::default();
        same(&expression, &batch, &mut work)?;
        same(&expression, &turned(batch), &mut work)?;
    }
}

#[test]
fn what_is_plain_is_lowered() {
    for (text, is_lowered) in [
        ("delivered <= 10 * planned", true),
        ("abs(delivered - planned) / max(planned, 1) < 0.5 || contract in [\"ECGs\", \"Dementia\"]", true),
        ("if contract.starts_with(\"D\") { delivered > 5 } else { round(planned, 1) != 2 }", true),
        ("period >= \"2025-04\" && period.len() == 7 && !(contract == lower(scheme))", true),
        ("contract !in [\"ECGs\"] && delivered in [1, -2]", true),
        ("contract == 3", false),
        ("contract + \"x\" == \"Dementiax\"", false),
        ("switch planned { 1 => true, _ => false }", false),
        ("`${contract}` == \"x\"", false),
    ] {
        let expression = RowExpression::compile(&located(text), &schema()).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(expression.program().is_some(), is_lowered, "{text}");
    }
}

#[test]
fn columns_that_are_not_there_cannot_be_told() {
    let expression = RowExpression::compile(&located("planned > delivered"), &schema()).expect("valid");
    let number = ("3".to_owned(), Cell::Number(3.0));
    let columns = vec![kept(&[number.clone(), number.clone()], Storage::Plain), kept(&[number], Storage::Numbers)];
    let (mut batch, mut work) = (Batch { sheet: None, rows: vec![2, 3], columns }, Work::default());
    let shorter = expression.evaluate_all(&batch, &mut work);
    assert_eq!((shorter.answer(0), shorter.answer(1)), (Answer::False, Answer::CannotTell));
    batch.columns.pop();
    assert_eq!(
        expression.evaluate_all(&batch, &mut work).truth(0),
        Truth::CannotTell("there is no column delivered".to_owned())
    );
}
