//! An expression over the columns of one row.

use std::sync::LazyLock;

use rhai::{AST, Dynamic, Engine, Scope};

use super::{
    Limits, Truth,
    columns::{self, Truths, Variables, Work},
    engine::{self, Arities},
    failure::{self, truth},
    lowered::{self, Program},
    names::{Known, condition, names_of},
    origin::Origin,
};
use crate::{
    model::{Batch, Cell, Schema},
    yaml::{Located, Problems},
};

static ENGINE: LazyLock<(Engine, Arities)> = LazyLock::new(|| {
    let engine = engine::for_rows(Limits::default());
    let arities = engine::arities(&engine);
    (engine, arities)
});

/// A condition on one row, compiled: `delivered <= 10 * planned`.
///
/// Columns are variables: numbers, percentages and durations are numbers, text is text, a period is its own notation
/// as text (`2025-10`).
#[derive(Debug, Clone)]
pub struct RowExpression {
    ast: AST,
    origin: Origin,
    names: Vec<String>,
    columns: Vec<usize>,
    /// For each of the columns, whether it is declared as text.
    texts: Vec<bool>,
    program: Option<Program<usize>>,
}

impl RowExpression {
    /// Compiles an expression over declared columns.
    ///
    /// # Errors
    /// What is not an expression, and every column and function that is not there.
    pub fn compile(text: &Located<String>, schema: &Schema) -> Result<Self, Problems> {
        let (engine, native) = &*ENGINE;
        let origin = Origin::of(text);
        let ast = engine::parse(engine, text, &origin)?;
        let scripts = Arities::new();
        let variables = Some(schema.names().collect());
        let known =
            Known { what: "column", variables, labels: None, absent: &[], measures: None, native, scripts: &scripts };
        let used = names_of(&ast, &known, &origin)?;
        condition(&ast, &origin)?;
        let columns: Vec<usize> = used.variables.iter().filter_map(|name| schema.position(name)).collect();
        let declared = columns.iter().filter_map(|place| schema.columns.get(*place));
        let texts = declared.map(|column| columns::is_text(column.kind)).collect();
        let program = lowered::lower(&ast, &Variables(schema));
        Ok(Self { ast, origin, names: used.variables.into_iter().collect(), columns, texts, program })
    }

    /// Where the columns that it names stand in the schema, each once.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Whether it holds for a row of a batch (from 0). A cell that it names and that holds no value makes the answer
    /// "cannot tell": "delivered is left blank".
    #[must_use]
    pub fn evaluate(&self, batch: &Batch, row: usize) -> Truth {
        let mut scope = Scope::new();
        for (name, column) in self.names.iter().zip(&self.columns) {
            let Some(cells) = batch.columns.get(*column) else {
                return Truth::CannotTell(format!("there is no column {name}"));
            };
            let value = match cells.cell(row) {
                Cell::Number(number) => Dynamic::from_float(number),
                Cell::Text => engine::text(cells.text(row)),
                Cell::Period(period) => engine::text(&period.to_string()),
                Cell::Missing(missing) => return Truth::CannotTell(format!("{name} is {}", missing.reason())),
            };
            scope.push_constant_dynamic(name.as_str(), value);
        }
        let result = ENGINE.0.eval_ast_with_scope::<Dynamic>(&mut scope, &self.ast);
        truth(result.map_err(|error| failure::stopped(&error, |_, position| self.origin.at(position, "").to_string())))
    }

    /// The answers of [`RowExpression::evaluate`] to every row of a batch, by operations over whole columns where the
    /// expression allows it.
    #[must_use]
    pub fn evaluate_all<'a>(&'a self, batch: &'a Batch, work: &'a mut Work) -> Truths<'a> {
        columns::evaluate_all(self, batch, work)
    }

    /// What is evaluated without the interpreter, if it can be.
    pub(super) fn program(&self) -> Option<&Program<usize>> {
        self.program.as_ref()
    }

    /// The columns that it names, and whether each is declared as text.
    pub(super) fn declared(&self) -> impl Iterator<Item = (usize, bool)> {
        self.columns.iter().copied().zip(self.texts.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        model::{Column, ColumnDef, ColumnKind, Missing},
        yaml::{Place, SourceFile},
    };

    fn located(text: &str) -> Located<String> {
        let file = Arc::new(SourceFile { path: "les.yaml".into(), text: text.to_owned() });
        let place = Place { span: 0..text.len(), ..Place::start_of(&file) };
        Located { value: text.to_owned(), place }
    }

    fn schema() -> Schema {
        let column = |name: &str, kind| ColumnDef { name: name.to_owned(), kind, required: true };
        Schema {
            columns: vec![
                column("period", ColumnKind::Period),
                column("contract", ColumnKind::Text),
                column("planned", ColumnKind::Number),
                column("delivered", ColumnKind::Number),
            ],
        }
    }

    /// One row: October 2025, Dementia.
    fn row(planned: Cell, delivered: Cell) -> Batch {
        let column = |text: &str, cell| {
            let mut column = Column::default();
            column.push(text, cell);
            column
        };
        let period = "2025-10".parse().expect("a period");
        let columns = vec![
            column("Oct-25", Cell::Period(period)),
            column("Dementia", Cell::Text),
            column("", planned),
            column("", delivered),
        ];
        Batch { sheet: None, rows: vec![2], columns }
    }

    fn evaluate(text: &str, planned: f64, delivered: f64) -> Truth {
        let expression = RowExpression::compile(&located(text), &schema()).unwrap_or_else(|e| panic!("{text}: {e}"));
        expression.evaluate(&row(Cell::Number(planned), Cell::Number(delivered)), 0)
    }

    fn problems(text: &str) -> Vec<String> {
        let problems = RowExpression::compile(&located(text), &schema()).expect_err(text);
        problems.into_iter().map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn conditions_over_columns() {
        for (text, truth) in [
            ("delivered <= 10 * planned", true),
            ("delivered > planned", false),
            ("delivered / planned < 0.6", true),
            ("contract == \"Dementia\" && period >= \"2025-04\"", true),
            ("contract in [\"ECGs\", \"Wound Care\"]", false),
            ("contract !in [\"ECGs\"]", true),
            ("contract.starts_with(\"Dem\") && len(contract) == 8", true),
            ("1 / 2 == 0.5 && 7 % 4 == 3 && 2 ** 3 == 8 && -planned < 0", true),
            ("if planned > 1000 { delivered > 500 } else { delivered > 5 }", true),
            ("max(planned, delivered) == 1332 && min(3, 4) == 3 && abs(-2) == 2", true),
            ("round(delivered / planned, 3) == 0.521 && round(2.5) == 3 && floor(2.5) == 2 && ceil(2.1) == 3", true),
        ] {
            assert_eq!(evaluate(text, 1332.0, 694.0), if truth { Truth::True } else { Truth::False }, "{text}");
        }
    }

    #[test]
    fn comparison_is_exact() {
        assert_eq!(evaluate("planned < delivered", 60.0, 60.000_000_01), Truth::True);
        assert_eq!(evaluate("planned < delivered", 60.0, 60.0_f64.next_up()), Truth::True);
        assert_eq!(evaluate("planned == delivered", 60.0, 60.0_f64.next_up()), Truth::False);
        assert_eq!(evaluate("0.1 + 0.2 == 0.3", 0.0, 0.0), Truth::False);
        assert_eq!(evaluate("planned == delivered", 0.0, -0.0), Truth::True);
    }

    #[test]
    fn a_cell_without_a_value_cannot_tell() {
        let expression = RowExpression::compile(&located("planned > 0 || delivered > 0"), &schema()).expect("valid");
        assert_eq!(expression.columns(), [3, 2]);
        for (missing, reason) in [(Missing::Blank, "left blank"), (Missing::Suppressed, "suppressed")] {
            let batch = row(Cell::Number(1.0), Cell::Missing(missing));
            assert_eq!(expression.evaluate(&batch, 0), Truth::CannotTell(format!("delivered is {reason}")));
        }
        let beyond = expression.evaluate(&row(Cell::Number(1.0), Cell::Number(1.0)), 7);
        assert_eq!(beyond, Truth::CannotTell("delivered is not reported".to_owned()));
    }

    #[test]
    fn what_goes_wrong_is_said() {
        for (text, words) in [
            ("delivered / planned > 1", "division by zero (les.yaml:1:11)"),
            ("delivered % planned > 1", "division by zero (les.yaml:1:11)"),
            ("1e308 * 10 > delivered", "the result is too large, or no number at all (les.yaml:1:7)"),
            ("(-8) ** 0.5 > 1", "the result is too large, or no number at all (les.yaml:1:6)"),
            ("contract > 3", "text cannot be compared with a number (les.yaml:1:10)"),
            ("contract == 3", "text cannot be compared with a number (les.yaml:1:10)"),
            ("() != 3", "nothing cannot be compared with a number (les.yaml:1:4)"),
            ("contract + 3 == \"x\"", "`+` does not work on text and a number (les.yaml:1:10)"),
            ("true && delivered", "true or false is needed here, and this is a number (les.yaml:1:9)"),
            ("abs(contract) > 1", "`abs` does not work on text (les.yaml:1:1)"),
            ("round(planned, 0.5) > 1", "a whole number from 0 to 10 is needed here, not 0.5 (les.yaml:1:1)"),
            ("contract in [1, 2]", "a number cannot be compared with text (les.yaml:1:10)"),
        ] {
            assert_eq!(evaluate(text, 0.0, 5.0), Truth::Failed(words.to_owned()), "{text}");
        }
        assert_eq!(
            evaluate("contract", 0.0, 5.0),
            Truth::Failed("true or false is needed, and this is text".to_owned())
        );
    }

    #[test]
    fn unknown_names_are_found_at_load_all_of_them() {
        assert_eq!(
            problems("deliverd > 2 && round(planed) < abss(1)"),
            [
                "les.yaml:1:1: there is no column `deliverd` (did you mean `delivered`?)",
                "les.yaml:1:23: there is no column `planed` (did you mean `planned`?)",
                "les.yaml:1:33: there is no function `abss` (did you mean `abs`?)",
            ]
        );
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for (text, problem) in [
            ("", "les.yaml:1:1: an expression is needed here"),
            ("delivered >", "les.yaml:1:12: this is not Rhai"),
            ("delivered + planned", "les.yaml:1:11: this does not answer true or false"),
            ("delivered = planned", "this is not Rhai"),
            ("contract == 'Dementia'", "text is written in double quotes"),
            ("contract == 'D'", "text is written in double quotes"),
            ("eval(\"1 > 0\")", "there is no function `eval`"),
            ("sleep(10) == 1", "there is no function `sleep`"),
            ("type_of(1) == \"i64\"", "there is no function `type_of`"),
            ("round(1, 2, 3) > 1", "`round` takes 1 or 2 arguments, not 3"),
            ("planned << 2 > 1", "there is no operator `<<` here"),
            ("planned > 1e999", "this number is too large"),
            ("(planned ?? 3) > 1", "`??` is not available here"),
            ("previous() > 1", "there is no function `previous`"),
        ] {
            let problems = problems(text);
            assert!(problems[0].contains(problem), "{text}: {problems:?}");
        }
    }

    #[test]
    fn deep_and_long_expressions_are_refused_not_run() {
        for text in [
            format!("{}1{} > 0", "(".repeat(100_000), ")".repeat(100_000)),
            format!("{} true", "!".repeat(100_000)),
            format!("{}1 > 0", "1 + ".repeat(100_000)),
            format!("{}1 > 0", "-".repeat(100_000)),
            format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)),
            format!("planned{} > 0", ".abs()".repeat(100_000)),
        ] {
            let problems = problems(&text);
            assert!(problems[0].contains("maximum complexity") || problems[0].contains("not Rhai"), "{problems:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            if let Ok(expression) = RowExpression::compile(&located(&text), &schema()) {
                let _ = expression.evaluate(&row(Cell::Number(0.0), Cell::Number(-1.5)), 0);
            }
        }

        #[test]
        fn no_expression_panics(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "planned", "delivered", "contract", "period", "1", "0", "0.5", "1e308", "\"x\"", "()", "true", "[", "]",
                    "(", ")", "{", "}", "#{", "a:", ",", ";", ".", "..", "..=", "?", "??", "+", "-", "*", "/", "%", "**",
                    "<", "==", "!=", "&&", "||", "!", "&", "|", "in", "if", "else", "switch", "=>", "_", "let",
                    "x", "=", "+=", "fn", "|x|", "for", "loop", "while", "break", "return", "throw", "round", "abs", "len",
                    "contains", "push", "`${", "}`", "'c'", "!in", "this", "Fn", "call", "curry", "eval", "is_def_var", "print",
                ]),
                0..14,
            )
        ) {
            let text = parts.join(" ");
            if let Ok(expression) = RowExpression::compile(&located(&text), &schema()) {
                let _ = expression.evaluate(&row(Cell::Number(0.0), Cell::Number(-1.5)), 0);
            }
        }
    }
}
