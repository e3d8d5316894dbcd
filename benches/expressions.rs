//! What a condition on every row costs: over whole columns, in the interpreter, and in a loop written by hand.
//!
//! `cargo bench --bench expressions` measures the three of each line in turn, many times, and prints the best of each:
//! compare within one run only, machines are noisy.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to say")]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use bellwether::{
    expr::{RowExpression, Truth, Work},
    model::{
        Batch, Cell, Column, ColumnDef, ColumnKind, Missing, Schema,
        table::{Cells, Coded, Dictionary, Numbers},
    },
    yaml::{Located, Place, SourceFile},
};

/// Rows of a batch: its figures fit into the second cache, as those that come from a file do.
const ROWS: usize = 1 << 14;
/// The interpreter is so slow that some rows are enough.
const INTERPRETED: usize = 1 << 10;
const ROUNDS: usize = 300;

fn main() {
    println!("{:<58} {:>9} {:>9} {:>9}   million rows a second; ratios", "", "columns", "rows", "by hand");
    let plain = batch(0);
    let (planned, delivered) = (figures(&plain, 2), figures(&plain, 3));
    line("delivered <= 10 * planned", &plain, || {
        planned.iter().zip(delivered).filter(|(planned, delivered)| **delivered > 10.0 * **planned).count()
    });
    line("delivered / planned < 0.9 || planned < 50", &plain, || {
        let holds = |planned: f64, delivered: f64| delivered / planned < 0.9 || planned < 50.0;
        planned.iter().zip(delivered).filter(|(planned, delivered)| !holds(**planned, **delivered)).count()
    });
    line("abs(delivered - planned) <= max(0.5 * planned, 20)", &plain, || {
        let holds = |planned: f64, delivered: f64| (delivered - planned).abs() <= (0.5 * planned).max(20.0);
        planned.iter().zip(delivered).filter(|(planned, delivered)| !holds(**planned, **delivered)).count()
    });
    let (codes, dictionary) = plain.columns[1].coded().expect("coded");
    line("contract in [\"C1\", \"C2\"] || delivered <= 10 * planned", &plain, || {
        let known: Vec<bool> = (0..30).map(|code| ["C1", "C2"].contains(&dictionary.text(code))).collect();
        let rows = codes.iter().zip(planned).zip(delivered);
        let fails = |code: u32, planned, delivered| !known[code as usize] && delivered > 10.0 * planned;
        rows.filter(|((code, planned), delivered)| fails(**code, **planned, **delivered)).count()
    });
    line("contract.starts_with(\"C\") && period >= \"2025-04\"", &plain, || {
        codes.iter().filter(|code| !dictionary.text(**code).starts_with('C')).count()
    });
    let gaps = batch(10);
    let (planned, delivered) = (figures(&gaps, 2), figures(&gaps, 3));
    line("delivered <= 10 * planned  // one figure in ten is blank", &gaps, || {
        let holds = |planned: f64, delivered: f64| delivered <= 10.0 * planned;
        planned.iter().zip(delivered).filter(|(planned, delivered)| !holds(**planned, **delivered)).count()
    });
}

/// Measures a condition in three ways; `by_hand` counts the rows of which it does not hold.
fn line(text: &str, batch: &Batch, by_hand: impl Fn() -> usize) {
    let expression = compile(text);
    let mut work = Work::default();
    let mut best = [Duration::MAX; 3];
    for round in 0..ROUNDS {
        let (took, columns) = timed(|| expression.evaluate_all(black_box(batch), &mut work).others().count());
        best[0] = best[0].min(took);
        if round % 10 == 0 {
            let rows = (0..INTERPRETED).filter(|row| expression.evaluate(black_box(batch), *row) != Truth::True);
            let (took, _) = timed(|| rows.count());
            best[1] = best[1].min(took);
        }
        let (took, hand) = timed(&by_hand);
        best[2] = best[2].min(took);
        assert_eq!(columns, hand, "{text}");
    }
    let rate = |rows: usize, took: Duration| rows as f64 / took.as_secs_f64() / 1e6;
    let [columns, rows, hand] = [rate(ROWS, best[0]), rate(INTERPRETED, best[1]), rate(ROWS, best[2])];
    println!(
        "{text:<58} {columns:>9.1} {rows:>9.2} {hand:>9.1}   {:.0} times the rows, {:.2} of by hand",
        columns / rows,
        columns / hand
    );
}

fn timed<T>(run: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = black_box(run());
    (start.elapsed(), result)
}

fn figures(batch: &Batch, column: usize) -> &[f64] {
    batch.columns[column].numbers().expect("figures").values()
}

/// Figures as a reader of CSV hands them on; of every so many rows, one figure is blank.
fn batch(every: usize) -> Batch {
    let figures = |factor: usize, least: f64| {
        let mut numbers = Numbers::default();
        for row in 0..ROWS {
            if every > 0 && (row + factor).is_multiple_of(every) {
                numbers.push_apart("", Cell::Missing(Missing::Blank));
            } else {
                numbers.push(least + (row * factor % 997) as f64);
            }
        }
        Column::from(Cells::Numbers(numbers))
    };
    let coded = |entries: &[(String, Cell)]| {
        let mut dictionary = Dictionary::default();
        let known: Vec<u32> = entries.iter().map(|(text, cell)| dictionary.push(text, *cell)).collect();
        let codes = (0..ROWS).map(|row| known[row * 7 % known.len()]).collect();
        Column::from(Cells::Coded(Coded { codes, dictionary }))
    };
    let contracts: Vec<_> = (0..30).map(|n| (format!("C{n}"), Cell::Text)).collect();
    let month = |n| format!("2025-{n:02}");
    let periods: Vec<_> = (4..12).map(|n| (month(n), Cell::Period(month(n).parse().expect("a period")))).collect();
    let columns = vec![coded(&periods), coded(&contracts), figures(31, 110.0), figures(17, 0.0)];
    Batch { sheet: None, rows: (2..2 + ROWS as u64).collect(), columns }
}

fn compile(text: &str) -> RowExpression {
    let column = |(name, kind): (&str, _)| ColumnDef { name: name.to_owned(), kind, required: true };
    let columns = [
        ("period", ColumnKind::Period),
        ("contract", ColumnKind::Text),
        ("planned", ColumnKind::Number),
        ("delivered", ColumnKind::Number),
    ];
    let schema = Schema { columns: columns.into_iter().map(column).collect() };
    let file = Arc::new(SourceFile { path: "bench.yaml".into(), text: text.to_owned() });
    let place = Place { span: 0..text.len(), ..Place::start_of(&file) };
    RowExpression::compile(&Located { value: text.to_owned(), place }, &schema).expect("an expression")
}
