//! What a script may use before it is stopped.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use rhai::{Dynamic, Engine};

use super::failure::Stop;

/// What one evaluation may use. Depth and sizes are fixed: see the constants of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps of the interpreter: an expression of one line takes about ten.
    pub operations: u64,
    /// Time on the clock; looked at every [`STRIDE`] operations.
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
