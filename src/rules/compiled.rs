//! A condition and its message, ready to be evaluated.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    expr::{Around, Explained, Lane, Names, Scripts, SeriesExpression, Template, Truth, View},
    model::Signal,
    yaml::{Located, Problems, SourceFile},
};

/// A condition and its message, compiled.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    condition: SeriesExpression,
    message: Template,
}

impl Compiled {
    pub(super) fn compile(
        condition: &Located<String>,
        message: &Located<String>,
        names: &Names,
        scripts: &Scripts,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let condition = problems.take(SeriesExpression::compile(condition, names, scripts));
        let message = problems.take(Template::compile(message, names, scripts));
        match (condition, message) {
            (Some(condition), Some(message)) => Ok(Self { condition, message }),
            _ => Err(problems),
        }
    }

    pub(super) fn signal(&self, view: View<'_>) -> Signal {
        match self.condition.evaluate(view) {
            Truth::True => Signal::Breach(self.describe(view)),
            Truth::False => Signal::Clear,
            Truth::CannotTell(reason) => Signal::CannotTell(reason),
            Truth::Failed(words) => Signal::Failed(words),
        }
    }

    /// Whether the condition holds in each period of a lane; none where [`Compiled::signal`] has the reason.
    pub(super) fn answers(&self, lane: &mut Lane<'_>, around: &Arc<Around>, answers: &mut Vec<Option<bool>>) {
        self.condition.evaluate_all(lane, around, answers);
    }

    /// The other datasets that condition or message ask for figures of.
    pub(super) fn datasets(&self) -> BTreeSet<String> {
        self.condition.datasets().chain(self.message.datasets()).map(str::to_owned).collect()
    }

    /// The other measures that they ask for: `cost`, `les-prices/price`.
    pub(super) fn measures(&self) -> impl Iterator<Item = &str> {
        self.condition.measures().chain(self.message.measures())
    }

    /// Whether condition or message ask about more than the series itself.
    pub(super) fn asks_around(&self) -> bool {
        self.condition.asks_around() || self.message.asks_around()
    }

    /// Whether condition or message ask about the control chart of the series.
    pub(super) fn asks_chart(&self) -> bool {
        self.condition.asks_chart() || self.message.asks_chart()
    }

    /// The condition with these figures filled in.
    pub(super) fn explain(&self, view: View<'_>) -> Explained {
        self.condition.explain(view)
    }

    /// The message for these figures, whatever the condition says of them.
    pub(super) fn describe(&self, view: View<'_>) -> String {
        self.message.render(view)
    }

    /// The `.rhai` files that condition and message can come to call, in the order of their paths, each once.
    pub(super) fn scripts(&self) -> Vec<&SourceFile> {
        let files = self.condition.scripts().into_iter().chain(self.message.scripts());
        let mut files: Vec<&SourceFile> = files.map(|file| &**file).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        files
    }
}
