//! How an evaluation ends: a value, "cannot tell", or an error in words.

use std::time::Duration;

use rhai::{Dynamic, EvalAltResult, Position};

/// The answer of a condition. There is no fifth: what cannot be answered never passes for true or false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// The condition holds.
    True,
    /// It does not hold.
    False,
    /// A value that it needs is not there, and why: "delivered is left blank".
    CannotTell(String),
    /// The expression itself went wrong, how and where: "division by zero (rules/les.yaml:12:20)".
    Failed(String),
}

impl Truth {
    /// True or false, if it is one of them.
    #[must_use]
    pub fn holds(&self) -> Option<bool> {
        match self {
            Self::True => Some(true),
            Self::False => Some(false),
            Self::CannotTell(_) | Self::Failed(_) => None,
        }
    }
}

/// Why an evaluation has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stopped {
    CannotTell(String),
    Failed(String),
}

impl From<Stopped> for Truth {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::CannotTell(reason) => Self::CannotTell(reason),
            Stopped::Failed(words) => Self::Failed(words),
        }
    }
}

/// The answer of a condition.
pub(super) fn truth(result: Result<Dynamic, Stopped>) -> Truth {
    match result {
        Ok(value) => match value.as_bool() {
            Ok(true) => Truth::True,
            Ok(false) => Truth::False,
            Err(_) => Truth::Failed(format!("true or false is needed, and this is {}", kind(&value))),
        },
        Err(stopped) => stopped.into(),
    }
}

/// What a native function hands through the interpreter to end an evaluation: nothing in a script can catch it.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    CannotTell(String),
    OutOfTime(Duration),
}

/// The result or error of a native function.
pub(super) type Outcome<T> = Result<T, Box<EvalAltResult>>;

/// An error of a native function, in words; the interpreter adds the place.
pub(super) fn wrong<T>(words: impl Into<String>) -> Outcome<T> {
    Err(EvalAltResult::ErrorArithmetic(words.into(), Position::NONE).into())
}

/// Ends the evaluation with "cannot tell".
pub(super) fn cannot_tell<T>(reason: impl Into<String>) -> Outcome<T> {
    let stop = Stop::CannotTell(reason.into());
    Err(EvalAltResult::ErrorTerminated(Dynamic::from(stop), Position::NONE).into())
}

/// What went wrong, in words; `place` says where a position of the innermost function (or of the expression) is.
pub(super) fn stopped(error: &EvalAltResult, place: impl Fn(Option<&str>, Position) -> String) -> Stopped {
    let (function, inner) = innermost(error);
    if let EvalAltResult::ErrorTerminated(token, _) = inner {
        match token.read_lock::<Stop>().as_deref() {
            Some(Stop::CannotTell(reason)) => return Stopped::CannotTell(reason.clone()),
            Some(Stop::OutOfTime(allowed)) => {
                return Stopped::Failed(format!("stopped after {} ms: does it ever end?", allowed.as_millis()));
            }
            None => {}
        }
    }
    Stopped::Failed(format!("{} ({})", words(inner), place(function, inner.position())))
}

/// The error itself, and the function of a `.rhai` file that it arose in.
fn innermost(error: &EvalAltResult) -> (Option<&str>, &EvalAltResult) {
    let (mut function, mut error) = (None, error);
    while let EvalAltResult::ErrorInFunctionCall(name, _, inner, _) = error {
        (function, error) = (Some(name.as_str()), inner);
    }
    (function, error)
}

fn words(error: &EvalAltResult) -> String {
    match error {
        EvalAltResult::ErrorArithmetic(words, _) => words.clone(),
        EvalAltResult::ErrorRuntime(thrown, _) => thrown.to_string(),
        EvalAltResult::ErrorTooManyOperations(_) => "stopped after too many operations: does it ever end?".to_owned(),
        EvalAltResult::ErrorStackOverflow(_) => "functions call each other too deep: do they ever end?".to_owned(),
        EvalAltResult::ErrorTooManyVariables(_) => "too many variables at once".to_owned(),
        EvalAltResult::ErrorDataTooLarge(..) => "a text or list grew too large".to_owned(),
        EvalAltResult::ErrorMismatchDataType(wanted, found, _) => {
            format!("{} is needed here, and this is {}", kind_name(wanted), kind_name(found))
        }
        EvalAltResult::ErrorFunctionNotFound(signature, _) => not_for_these(signature),
        EvalAltResult::ErrorPropertyNotFound(name, _) => format!("there is no `{name}` here"),
        EvalAltResult::ErrorFor(_) => "`for` needs a list or a range such as 1..=6".to_owned(),
        other => other.to_string(),
    }
}

/// `round (&str | ImmutableString | String)`: names are known beforehand, so it is the kinds that do not fit.
fn not_for_these(signature: &str) -> String {
    let (name, kinds) = signature.split_once(" (").unwrap_or((signature, ""));
    let kinds: Vec<&str> = kinds.trim_end_matches(')').split(", ").map(kind_name).collect();
    format!("`{name}` does not work on {}", kinds.join(" and "))
}

/// The kind of a value, for people.
pub(super) fn kind(value: &Dynamic) -> &'static str {
    kind_name(value.type_name())
}

fn kind_name(name: &str) -> &'static str {
    match name {
        "f64" | "i64" => "a number",
        "bool" => "true or false",
        "()" | "" => "nothing",
        "char" => "a character",
        name if name.contains("rray") || name.contains("Vec<") => "a list",
        name if name.contains("ap") && !name.contains("&str") => "a map",
        name if name.to_lowercase().contains("str") => "text",
        _ => "something else",
    }
}
