//! What a script may use before it is stopped.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use rhai::{Dynamic, Engine};

use super::failure::Stop;

/// What one evaluation may use. Depth and sizes are fixed: functions call each other at most 8 deep, a text has at most
/// 64 KB, a list or map at most 1,000 entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps of the interpreter: an expression of one line takes about ten.
    pub operations: u64,
    /// Time on the clock; it is looked at every 256 operations.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { operations: 200_000, time: Duration::from_millis(250) }
    }
}

/// Functions that call functions. With [`FUNCTION_DEPTH`], this bounds the interpreter's own stack: both at once fit into
/// the two megabytes of a worker's thread even in a build without optimisation, where a level takes 12 KB.
const CALL_DEPTH: usize = 8;
/// Expressions within expressions in a function, in the parser's own count: about 15 pairs of brackets.
const FUNCTION_DEPTH: usize = 32;
/// The same outside functions; also the terms of one sum.
const EXPRESSION_DEPTH: usize = 40;
/// Bytes of one text.
const TEXT_SIZE: usize = 64 << 10;
/// Entries of one list or map, those of lists within it included: so also how deep lists can lie within lists.
const LIST_SIZE: usize = 1_000;
/// Variables that are alive at once.
const VARIABLES: usize = 256;
/// Functions of one `.rhai` file.
const FUNCTIONS: usize = 500;

/// Operations between two looks at the clock.
const STRIDE: u64 = 256;

thread_local! {
    /// When the evaluation that runs on this thread had done its first [`STRIDE`] operations.
    static STARTED: Cell<Option<Instant>> = const { Cell::new(None) };
}

pub(super) fn apply(limits: Limits, engine: &mut Engine) {
    engine
        .set_max_operations(limits.operations.max(1))
        .set_max_call_levels(CALL_DEPTH)
        .set_max_expr_depths(EXPRESSION_DEPTH, FUNCTION_DEPTH)
        .set_max_string_size(TEXT_SIZE)
        .set_max_array_size(LIST_SIZE)
        .set_max_map_size(LIST_SIZE)
        .set_max_variables(VARIABLES)
        .set_max_functions(FUNCTIONS)
        .on_progress(move |operations| out_of_time(operations, limits.time));
}

/// Short evaluations, which are nearly all, never ask for the time.
fn out_of_time(operations: u64, allowed: Duration) -> Option<Dynamic> {
    if !operations.is_multiple_of(STRIDE) {
        return None;
    }
    if operations == STRIDE {
        STARTED.set(Some(Instant::now()));
        return None;
    }
    let over = STARTED.get().is_some_and(|started| started.elapsed() > allowed);
    over.then(|| Dynamic::from(Stop::OutOfTime(allowed)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{
        SeriesExpression, Truth, View,
        fixture::{compile_scripts, located, names, period, series},
    };

    /// Runs a condition that calls `f`, on a thread as small as a worker's.
    fn failure(script: &str, limits: Limits) -> String {
        let scripts = compile_scripts(&[script], limits).unwrap_or_else(|e| panic!("{e}"));
        let run = move || {
            let expression = SeriesExpression::compile(&located("f(value) > 0"), &names(), &scripts).expect("valid");
            match expression.evaluate(View::alone(&series(&[Some(10.0)]), period("2025-04"))) {
                Truth::Failed(words) => words,
                other => panic!("{other:?}"),
            }
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread").join().expect("no overflow")
    }

    #[test]
    fn endless_scripts_are_stopped() {
        let limits = Limits { time: Duration::from_mins(1), ..Limits::default() };
        let operations = "stopped after too many operations: does it ever end?";
        for script in [
            "fn f(x) { loop { } }",
            "fn f(x) { while true { x += 1; } x }",
            "fn f(x) { for i in 0..1000000 { x += 1; } x }",
            "fn f(x) { for i in 0..1000 { for j in 0..1000 { for k in 0..1000 { x = j; } } } x }",
        ] {
            assert!(failure(script, limits).starts_with(operations), "{script}");
        }
        let deep = "functions call each other too deep: do they ever end?";
        // As deep as the parser allows, in every call.
        let brackets = format!("fn f(x) {{ {}f(x){} }}", "1 + (".repeat(13), ")".repeat(13));
        let switches = format!("fn f(x) {{ {}f(x){} }}", "switch 1 { 1 => ".repeat(13), "}".repeat(13));
        for script in ["fn f(x) { f(x) }", "fn f(x) { g(x) } fn g(x) { 1 + f(x) }", &brackets, &switches] {
            assert!(failure(script, limits).starts_with(deep), "{script}");
        }
        let large = "a text or list grew too large";
        for script in [
            "fn f(x) { let s = \"abc\"; loop { s += s; } }",
            "fn f(x) { let s = \"abc\"; loop { s = `${s}${s}`; } }",
            "fn f(x) { let a = [1]; loop { a = [a, a]; } }",
            "fn f(x) { let a = [1]; loop { a = [a]; } }",
            "fn f(x) { let a = #{}; loop { a = #{a: a}; } }",
            "fn f(x) { let a = []; loop { push(a, 1); } }",
            "fn f(x) { let a = []; loop { a.push(\"0123456789\"); } }",
        ] {
            assert!(failure(script, limits).starts_with(large), "{script}: {}", failure(script, limits));
        }
    }

    #[test]
    fn a_script_that_takes_too_long_is_stopped() {
        let limits = Limits { operations: u64::MAX, time: Duration::from_millis(20) };
        let words = failure("fn f(x) { loop { x += 1; } }", limits);
        assert_eq!(words, "stopped after 20 ms: does it ever end?");
    }
}
