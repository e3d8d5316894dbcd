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
    expr::{Limits, Names, RowExpression, Scripts, SeriesExpression, Setting, Truth, View, Work},
    model::{
        Batch, Better, Cell, Column, ColumnDef, ColumnKind, Figure, Labels, Missing, Period, Schema, Series, SeriesKey,
        Value,
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
    line("delivered <= 9 * planned", &plain, || {
        planned.iter().zip(delivered).filter(|(planned, delivered)| **delivered > 9.0 * **planned).count()
    });
    line("delivered / planned < 9 || planned < 50", &plain, || {
        let holds = |planned: f64, delivered: f64| delivered / planned < 9.0 || planned < 50.0;
        planned.iter().zip(delivered).filter(|(planned, delivered)| !holds(**planned, **delivered)).count()
    });
    line("abs(delivered - planned) <= max(0.5 * planned, 880)", &plain, || {
        let holds = |planned: f64, delivered: f64| (delivered - planned).abs() <= (0.5 * planned).max(880.0);
        planned.iter().zip(delivered).filter(|(planned, delivered)| !holds(**planned, **delivered)).count()
    });
    line("delivered <= planned  // half of the rows fail", &plain, || {
        planned.iter().zip(delivered).filter(|(planned, delivered)| **delivered > **planned).count()
    });
    let (codes, dictionary) = plain.columns[1].coded().expect("coded");
    line("contract in [\"C1\", \"C2\"] || delivered <= 9 * planned", &plain, || {
        let known: Vec<bool> = (0..30).map(|code| ["C1", "C2"].contains(&dictionary.text(code))).collect();
        let rows = codes.iter().zip(planned).zip(delivered);
        let fails = |code: u32, planned, delivered| !known[code as usize] && delivered > 9.0 * planned;
        rows.filter(|((code, planned), delivered)| fails(**code, **planned, **delivered)).count()
    });
    line("contract.starts_with(\"C\") && period >= \"2025-04\"", &plain, || {
        codes.iter().filter(|code| !dictionary.text(**code).starts_with('C')).count()
    });
    let gaps = batch(10);
    let (planned, delivered) = (figures(&gaps, 2), figures(&gaps, 3));
    line("delivered <= 9 * planned  // one figure in ten is blank", &gaps, || {
        let holds = |planned: f64, delivered: f64| delivered <= 9.0 * planned;
        planned.iter().zip(delivered).filter(|(planned, delivered)| !holds(**planned, **delivered)).count()
    });
    println!("\nmillion periods of series a second");
    for text in ["value < share * plan", "value > mean(3) && value > previous()", "below(value, share * plan)"] {
        println!("{text:<58} {:>9.2}", periods(text));
    }
}

/// How many million periods of series a condition is answered for in a second.
fn periods(text: &str) -> f64 {
    let script = SourceFile { path: "bench.rhai".into(), text: "fn below(a, b) { a < b }".to_owned() };
    let scripts = Scripts::compile([Arc::new(script)], Limits::default()).expect("a script");
    let settings = [("share".to_owned(), Setting::Number(0.6))].into_iter().collect();
    let names = Names { has_plan: true, settings, ..Names::default() };
    let condition = SeriesExpression::compile(&located(text), &names, &scripts).expect("an expression");
    let key = SeriesKey { measure: "activity".to_owned(), labels: Labels::new() };
    let (mut series, first) = (Series::new(key, Better::Higher), Period::month(2023, 11).expect("a month"));
    for month in 0..36 {
        let value = Value::Number(f64::from(100 + month * 13 % 90));
        series.insert(first.minus(-month), Figure { value, plan: Value::Number(200.0), unit: None });
    }
    let ask = || {
        (0..36)
            .filter(|month| condition.evaluate(View::alone(black_box(&series), first.minus(-month))) == Truth::True)
            .count()
    };
    let best = (0..ROUNDS).map(|_| timed(ask).0).min().unwrap_or_default();
    36.0 / best.as_secs_f64() / 1e6
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
            numbers.extend(&[least + (row * factor % 997) as f64]);
            if every > 0 && (row + factor).is_multiple_of(every) {
                numbers.set_apart(row, "", Cell::Missing(Missing::Blank));
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
    RowExpression::compile(&located(text), &schema).expect("an expression")
}

fn located(text: &str) -> Located<String> {
    let file = Arc::new(SourceFile { path: "bench.yaml".into(), text: text.to_owned() });
    let place = Place { span: 0..text.len(), ..Place::start_of(&file) };
    Located { value: text.to_owned(), place }
}
