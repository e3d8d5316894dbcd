//! The condition that a rule writes out itself: `when: value < share * plan`.

use super::RuleSettings;
use crate::{
    expr::{Names, Scripts, SeriesExpression, Template, Truth},
    model::{Period, Series, Signal},
    yaml::{Problems, SourceFile},
};

/// A condition and its message, compiled.
#[derive(Debug, Clone)]
pub(super) struct When {
    condition: SeriesExpression,
    message: Template,
}

impl When {
    pub(super) fn compile(settings: &RuleSettings, names: &Names, scripts: &Scripts) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let condition = problems.take(SeriesExpression::compile(&settings.when, names, scripts));
        let message = problems.take(Template::compile(&settings.message, names, scripts));
        match (condition, message) {
            (Some(condition), Some(message)) => Ok(Self { condition, message }),
            _ => Err(problems),
        }
    }

    pub(super) fn signal(&self, series: &Series, period: Period) -> Signal {
        match self.condition.evaluate(series, period) {
            Truth::True => Signal::Breach(self.describe(series, period)),
            Truth::False => Signal::Clear,
            Truth::CannotTell(reason) => Signal::CannotTell(reason),
            Truth::Failed(words) => Signal::Failed(words),
        }
    }

    /// The message for these figures, whatever the condition says of them.
    pub(super) fn describe(&self, series: &Series, period: Period) -> String {
        self.message.render(series, period)
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
