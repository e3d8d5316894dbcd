//! A compiled expression over a series, of any kind of value, and what it takes to run it.

use std::{collections::BTreeSet, sync::Arc};

use rhai::{AST, ASTNode, Dynamic, Engine, EvalAltResult, Expr, Scope};

use super::{
    engine,
    failure::{self, Stopped},
    names::{Known, names_of},
    operators::DIVISION_BY_ZERO,
    origin::Origin,
    questions,
    scripts::Scripts,
    series::{Names, SERIES_VARIABLES},
    session::Session,
    variable::{Variable, figure, variables},
    view::View,
};
use crate::{
    model::{Figure, Period, Series},
    spc::Charting,
    yaml::{Problem, Problems, SourceFile},
};

/// A compiled expression of any kind of value.
#[derive(Debug, Clone)]
pub(super) struct Code {
    scripts: Scripts,
    pub(super) ast: AST,
    pub(super) origin: Origin,
    pub(super) variables: Vec<Variable>,
    reachable: BTreeSet<String>,
    asks: bool,
    asks_around: bool,
    /// How control charts are read, if it asks for one.
    charting: Option<Arc<Charting>>,
    /// The other measures that it can come to ask for, as they are named.
    measures: BTreeSet<String>,
}

impl Code {
    pub(super) fn compile(text: &str, origin: Origin, names: &Names, scripts: &Scripts) -> Result<Self, Problems> {
        let ast = engine::parse(scripts.engine(), text, &origin)?;
        let used = names_of(&ast, &known(names, scripts), &origin)?;
        let reachable = scripts.reachable(&used.functions);
        let mut measures: BTreeSet<String> = scripts.measures(&reachable).into_iter().cloned().collect();
        let mut problems = Problems::default();
        for measure in measures.difference(&names.measures) {
            let place = origin.at(rhai::Position::NONE, "");
            let what = "measure for a function that this calls, named";
            problems.push(Problem::unknown(place, what, measure, names.measures.iter().map(String::as_str)));
        }
        for label in scripts.labels(&reachable).into_iter().filter(|label| !names.labels.contains(label)) {
            let place = origin.at(rhai::Position::NONE, "");
            let what = "label for a function that this calls, named";
            problems.push(Problem::unknown(place, what, label, names.labels.iter().map(String::as_str)));
        }
        problems.into_result()?;
        measures.extend(used.measures.iter().cloned());
        Ok(Self {
            measures,
            ast: scripts.with_functions(&ast),
            origin,
            variables: variables(&used, names),
            asks: reachable.iter().any(|name| questions::asks(name)),
            asks_around: reachable.iter().any(|name| questions::asks_around(name)),
            charting: reachable.iter().any(|name| questions::asks_chart(name)).then(|| Arc::clone(&names.charting)),
            reachable,
            scripts: scripts.clone(),
        })
    }

    pub(super) fn run(&self, view: View<'_>) -> Result<Dynamic, Stopped> {
        Session::new(self).run(view)
    }

    /// The value of a part of the expression: only what the part itself names must be there.
    pub(super) fn run_part(&self, part: &Expr, view: View<'_>) -> Result<Dynamic, Stopped> {
        let statement = rhai::Stmt::Expr(Box::new(part.clone()));
        let tree = AST::new([statement], self.ast.shared_lib().clone());
        let mut named = BTreeSet::new();
        part.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Expr(Expr::Variable(variable, ..))) = path.last() {
                named.insert(variable.1.to_string());
            }
            true
        });
        let (mut scope, figure) = (Scope::new(), figure(view));
        if self.asks {
            self.enter(view);
        }
        for variable in self.variables.iter().filter(|variable| named.contains(variable.name())) {
            variable.check_figure(view.series, figure, view.period)?;
        }
        self.push(&mut scope, view, figure);
        let result = self.engine().eval_ast_with_scope::<Dynamic>(&mut scope, &tree);
        result.map_err(|error| self.stopped(&error))
    }

    /// Whether it asks by functions.
    pub(super) fn asks(&self) -> bool {
        self.asks
    }

    /// Makes what is looked at that of which its functions speak.
    pub(super) fn enter(&self, view: View<'_>) {
        questions::enter(view, self.asks_around, self.charting.as_ref());
    }

    pub(super) fn engine(&self) -> &Engine {
        self.scripts.engine()
    }

    /// Adds its variables to a scope.
    pub(super) fn push<'c>(&'c self, scope: &mut Scope<'c>, view: View<'_>, figure: Figure) {
        for variable in &self.variables {
            scope.push_constant_dynamic(variable.name(), variable.value(view, figure));
        }
    }

    /// Why an evaluation ended, in words.
    pub(super) fn stopped(&self, error: &EvalAltResult) -> Stopped {
        let stopped = failure::stopped(error, |function, position| {
            let place = function.and_then(|function| self.scripts.at(function, position));
            place.unwrap_or_else(|| self.origin.at(position, "")).to_string()
        });
        match stopped {
            // A plan of nought is a matter of the figures: the rule is not wrong for it.
            Stopped::Failed(words) if words.starts_with(DIVISION_BY_ZERO) => {
                Stopped::CannotTell(DIVISION_BY_ZERO.to_owned())
            }
            stopped => stopped,
        }
    }

    pub(super) fn asks_around(&self) -> bool {
        self.asks_around
    }

    /// The other measures that it can come to ask, as they are named.
    pub(super) fn measures(&self) -> impl Iterator<Item = &str> {
        self.measures.iter().map(String::as_str)
    }

    pub(super) fn asks_chart(&self) -> bool {
        self.charting.is_some()
    }

    /// The other datasets that it can come to ask.
    pub(super) fn datasets(&self) -> impl Iterator<Item = &str> {
        self.measures.iter().filter_map(|measure| measure.split_once('/')).map(|(dataset, _)| dataset)
    }

    /// Whether the figures of this period that it names are there.
    pub(super) fn check_figures(&self, series: &Series, figure: Figure, period: Period) -> Result<(), Stopped> {
        questions::note_open(None);
        self.variables.iter().try_for_each(|variable| variable.check_figure(series, figure, period))
    }

    pub(super) fn files(&self) -> Vec<&Arc<SourceFile>> {
        self.scripts.files(&self.reachable)
    }
}

fn known<'a>(names: &'a Names, scripts: &'a Scripts) -> Known<'a> {
    let fixed = SERIES_VARIABLES.into_iter().filter(|name| names.has_plan || *name != "plan");
    Known {
        what: "variable",
        variables: Some(fixed.chain(names.settings.keys().map(String::as_str)).collect()),
        labels: Some(&names.labels),
        absent: if names.has_plan { &[] } else { questions::ASKS_FOR_PLAN },
        measures: Some(&names.measures),
        native: scripts.native(),
        scripts: scripts.arities(),
    }
}
