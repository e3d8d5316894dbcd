//! Where an expression or script stands in a file.

use rhai::{ParseError, Position};

use crate::yaml::{Located, Place, Problem};

/// What begins a statement, where an expression is expected.
const STATEMENTS: [&str; 9] = ["let", "const", "while", "loop", "for", "do", "return", "fn", ";"];

/// The place of a text, and where in that text an expression begins.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    place: Place,
    line: usize,
    column: usize,
}

impl Origin {
    /// An expression that is the whole of a text.
    pub(super) fn of(text: &Located<String>) -> Self {
        Self { place: text.place.clone(), line: 1, column: 1 }
    }

    /// An expression that begins at this byte of a text.
    pub(super) fn within(text: &Located<String>, at: usize) -> Self {
        let before = text.value.get(..at).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { place: text.place.clone(), line, column }
    }

    /// A file of its own.
    pub(super) fn file(place: Place) -> Self {
        Self { place, line: 1, column: 1 }
    }

    /// The place of a position, and of `name` if it is what stands there.
    pub(super) fn at(&self, position: Position, name: &str) -> Place {
        let (line, column) = (position.line().unwrap_or(1), position.position().unwrap_or(1).max(1));
        let mut place = match line {
            1 => self.place.within(self.line, self.column + column - 1),
            _ => self.place.within(self.line + line - 1, column),
        };
        let end = place.span.start + name.len();
        if place.file.text.get(place.span.start..end) == Some(name) && !name.is_empty() {
            place.span.end = end;
        }
        place
    }

    /// What the parser refuses.
    pub(super) fn refused(&self, error: &ParseError) -> Problem {
        let words = error.err_type().to_string();
        let problem = Problem::new(self.at(error.position(), ""), format!("this is not Rhai: {words}"));
        match words.as_str() {
            words if words.contains("Invalid character") => problem.hint("text is written in double quotes"),
            words if words.contains("maximum complexity") => {
                problem.hint("write a function in a .rhai file and call it here")
            }
            words if STATEMENTS.iter().any(|word| words.contains(&format!("'{word}'"))) => problem.hint(
                "a condition is one expression: what takes several statements is a function of a .rhai file, called here",
            ),
            words if words.contains("'='") || words.contains("Unexpected '='") => {
                problem.hint("two values are compared with `==`")
            }
            _ => problem,
        }
    }
}
