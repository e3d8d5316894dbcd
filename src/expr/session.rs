//! The interpreter, at work on one expression over many periods: what it found out about the functions that are called is
//! kept from one evaluation to the next, and a series is looked at once for all of its periods.

use rhai::{Caches, Dynamic, GlobalRuntimeState, Scope};

use super::{code::Code, failure::Stopped, questions, variable::figure, view::View};
use crate::model::Series;

/// One expression, ready to be evaluated again and again.
pub(super) struct Session<'c, 's> {
    code: &'c Code,
    global: GlobalRuntimeState,
    caches: Caches,
    scope: Scope<'c>,
    /// The series whose figures the functions of this thread speak of.
    entered: Option<&'s Series>,
}

impl<'c, 's> Session<'c, 's> {
    pub(super) fn new(code: &'c Code) -> Self {
        let (global, caches) = begin(code);
        Self { code, global, caches, scope: Scope::new(), entered: None }
    }

    /// The value for a series at a period.
    pub(super) fn run(&mut self, view: View<'s>) -> Result<Dynamic, Stopped> {
        if self.code.asks() {
            match self.entered {
                Some(series) if std::ptr::eq(series, view.series) => questions::go_on(view.period),
                _ => self.code.enter(view),
            }
            self.entered = Some(view.series);
        }
        let figure = figure(view);
        self.code.check_figures(view.series, figure, view.period)?;
        self.scope.clear();
        self.code.push(&mut self.scope, view, figure);
        self.global.num_operations = 0;
        let (engine, statements) = (self.code.engine(), self.code.ast.statements());
        #[expect(
            deprecated,
            reason = "the only way to keep what was found out; Rhai marks its internals as deprecated"
        )]
        let result = engine.eval_statements_raw(&mut self.global, &mut self.caches, &mut self.scope, statements);
        result.map_err(|error| {
            // What ended an evaluation may have left it anywhere.
            (self.global, self.caches) = begin(self.code);
            self.code.stopped(&error)
        })
    }

    /// Says that the functions of this thread were made to speak of another series since.
    pub(super) fn disturbed(&mut self) {
        self.entered = None;
    }
}

fn begin(code: &Code) -> (GlobalRuntimeState, Caches) {
    let mut global = code.engine().new_global_runtime_state();
    global.lib.push(code.ast.shared_lib().clone());
    (global, Caches::new())
}
