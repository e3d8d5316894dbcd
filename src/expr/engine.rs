//! The interpreter, with the language cut down to what rules need.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{Dynamic, Engine, OptimizationLevel, Token};

use super::{Limits, functions, known, limits, operators, origin::Origin, questions};
use crate::yaml::Problem;

/// The functions that can be called, and with how many arguments.
pub(super) type Arities = BTreeMap<String, BTreeSet<usize>>;

/// What expressions over rows run in.
pub(super) fn for_rows(limits: Limits) -> Engine {
    let mut engine = Engine::new_raw();
    limits::apply(limits, &mut engine);
    engine
        // Operators of our own; the interpreter's shortcuts would pass them by.
        .set_fast_operators(false)
        .set_optimization_level(OptimizationLevel::None)
        .set_allow_anonymous_fn(false)
        .set_fail_on_invalid_map_property(true)
        .set_max_strings_interned(0);
    all_numbers_are_floats(&mut engine);
    operators::register(&mut engine);
    functions::register(&mut engine);
    engine
}

/// What expressions over series and `.rhai` files run in: with what a series can be asked.
pub(super) fn for_series(limits: Limits) -> Engine {
    let mut engine = for_rows(limits);
    questions::register(&mut engine);
    engine
}

/// What expressions over the measures of all datasets run in.
pub(super) fn for_figures(limits: Limits) -> Engine {
    let mut engine = for_rows(limits);
    known::register(&mut engine);
    engine
}

#[expect(deprecated, reason = "Rhai marks what may change between releases as deprecated")]
fn all_numbers_are_floats(engine: &mut Engine) {
    engine.on_parse_token(|token, _, _| match token {
        Token::IntegerConstant(whole) => {
            let real = whole as f64;
            Token::FloatConstant(Box::new((real.into(), real.to_string().into())))
        }
        token => token,
    });
}

/// What is registered, read from the engine itself, so that no list can fall behind it.
pub(super) fn arities(engine: &Engine) -> Arities {
    let functions = engine.collect_fn_metadata(
        None,
        |function| Some((function.metadata.name.to_string(), function.metadata.num_params)),
        true,
    );
    let mut arities = Arities::new();
    for (name, count) in functions {
        arities.entry(name).or_default().insert(count);
    }
    arities
}

/// Parses one expression.
pub(super) fn parse(engine: &Engine, text: &str, origin: &Origin) -> Result<rhai::AST, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new(origin.at(rhai::Position::NONE, ""), "an expression is needed here"));
    }
    engine.compile_expression(text).map_err(|error| origin.refused(&error))
}

/// Text as the interpreter has it.
pub(super) fn text(text: &str) -> Dynamic {
    Dynamic::from(text.to_owned())
}
