//! The templates, and the engine that fills them in.

use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use super::text;

/// More than the longest report takes, and an end to a loop that has none.
const FUEL: u64 = 5_000_000;

pub(super) const TEMPLATES: [(&str, &str); 18] = [
    ("parts.html", include_str!("templates/parts.html")),
    ("page.html", include_str!("templates/page.html")),
    ("exceptions.html", include_str!("templates/exceptions.html")),
    ("escalation.html", include_str!("templates/escalation.html")),
    ("escalation.txt", include_str!("templates/escalation.txt")),
    ("three_as.html", include_str!("templates/three_as.html")),
    ("three_as.txt", include_str!("templates/three_as.txt")),
    ("digest.html", include_str!("templates/digest.html")),
    ("digest.txt", include_str!("templates/digest.txt")),
    ("gate.html", include_str!("templates/gate.html")),
    ("act_page.html", include_str!("templates/act_page.html")),
    ("act.html", include_str!("templates/act.html")),
    ("act_plain.html", include_str!("templates/act_plain.html")),
    ("operator.html", include_str!("templates/operator.html")),
    ("exceptions.txt", include_str!("templates/exceptions.txt")),
    ("finding.txt", include_str!("templates/finding.txt")),
    ("gate.txt", include_str!("templates/gate.txt")),
    ("operator.txt", include_str!("templates/operator.txt")),
];

/// A report could not be made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RenderError {
    /// A template does not fit what it is to show: a fault of the program, not of the data.
    #[error(
        "the report could not be made from the template {template}: {reason}; the notice is kept, please report this"
    )]
    Template {
        /// The template's name.
        template: &'static str,
        /// What the template engine says, with the line.
        reason: String,
    },
    /// A template of a group's own does not fit what it is to show.
    #[error("the template {template}{} cannot be used: {reason}", .line.map(|line| format!(", line {line},")).unwrap_or_default())]
    Own {
        /// The file's name.
        template: String,
        /// The line, from 1, as far as it is known.
        line: Option<usize>,
        /// What the template engine says.
        reason: String,
    },
    /// The findings could not be written as JSON.
    #[error("the report of findings could not be written as JSON: {0}")]
    Json(String),
    /// A file could not be put together: a fault of the program, not of the data.
    #[error("the report could not be written as {what}: {reason}; please report this")]
    File {
        /// What it was to be: "PDF".
        what: &'static str,
        /// Why.
        reason: String,
    },
}

static ENVIRONMENT: LazyLock<Result<Environment<'static>, RenderError>> = LazyLock::new(environment);

/// The engine with the program's own templates.
pub(super) fn environment() -> Result<Environment<'static>, RenderError> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.map_err(|error| failed("", &error))?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| match name.rsplit('.').next() {
        Some("txt") => AutoEscape::None,
        Some("json") => AutoEscape::Json,
        _ => AutoEscape::Html,
    });
    environment.add_filter("wrap", |value: &str, indent: usize| text::wrap(value, indent));
    environment.add_filter("pad", |value: &str, width: usize| text::pad(value, width));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|error| failed(name, &error))?;
    }
    Ok(environment)
}

/// Fills in a template. Text from data is escaped in every `.html`.
pub(super) fn fill(template: &'static str, view: &impl Serialize) -> Result<String, RenderError> {
    let environment = ENVIRONMENT.as_ref().map_err(Clone::clone)?;
    let found = environment.get_template(template).map_err(|error| failed(template, &error))?;
    found.render(Serde(view)).map_err(|error| failed(template, &error))
}

fn failed(template: &'static str, error: &minijinja::Error) -> RenderError {
    let mut reason = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        reason = format!("{reason}: {cause}");
        source = cause.source();
    }
    RenderError::Template { template, reason }
}
