//! Templates of a group's own, in the place of the program's.
//!
//! They come from others: they see the view of a notice and nothing else, include only what is in their set, and have an
//! end ([`environment`]'s fuel) and a bound. One that fails is told of once, and the program's own takes its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as _,
    io,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use minijinja::{Environment, Error, value::Serde};
use serde::Serialize;
use serde_json::Value as Json;

use super::{
    clean,
    sample::samples,
    template::{self, RenderError, TEMPLATES, environment},
    variables,
};
use crate::model::{Content, Notice};

/// The line of a message's subject, of exceptions.
const SUBJECT: &str = "subject.txt";
/// An Adaptive Card, of exceptions.
const CARD: &str = "card.json";
/// The longest subject, in columns.
const SUBJECT_WIDTH: usize = 110;
/// The largest page, in bytes: mail programs cut far smaller ones.
const LARGEST: usize = 4 << 20;
/// The largest card, in bytes: Teams takes 28 KB, after it has expanded it.
const LARGEST_CARD: usize = 20_000;
/// What an expression may name beside the view.
const SPECIAL: [&str; 4] = ["loop", "self", "super", "caller"];

/// The templates that a group's messages are made with: the program's, some of them replaced.
#[derive(Debug, Default)]
pub struct TemplateSet {
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    environment: Environment<'static>,
    names: BTreeSet<String>,
    fault: OnceLock<RenderError>,
    is_told: AtomicBool,
}

impl TemplateSet {
    /// The names of the templates that can be replaced.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TEMPLATES.iter().map(|(name, _)| *name).chain([SUBJECT, CARD])
    }

    /// The set in which these templates, by name, take the place of the program's. Each is tried on samples.
    ///
    /// # Errors
    /// Everything that is wrong with them ([`RenderError::Own`]): syntax, names that the view does not have.
    pub fn of(sources: &BTreeMap<String, String>) -> Result<Self, Vec<RenderError>> {
        if sources.is_empty() {
            return Ok(Self::default());
        }
        let mut environment = environment().map_err(|error| vec![error])?;
        let mut faults = Vec::new();
        for (name, source) in sources {
            if let Err(error) = environment.add_template_owned(name.clone(), source.clone()) {
                faults.push(fault(name, &error));
            }
        }
        let names = sources.keys().cloned().collect();
        let own = Own { environment, names, fault: OnceLock::new(), is_told: AtomicBool::new(false) };
        if faults.is_empty() {
            faults = own.tried(sources)?;
        }
        if faults.is_empty() { Ok(Self { own: Some(own) }) } else { Err(faults) }
    }

    /// The first failure of a template, the first time that it is asked for.
    #[must_use]
    pub fn untold_fault(&self) -> Option<&RenderError> {
        let own = self.own.as_ref()?;
        let fault = own.fault.get()?;
        (!own.is_told.swap(true, Ordering::Relaxed)).then_some(fault)
    }

    /// Fills in a template: the group's, or else, also where that fails, the program's.
    pub(super) fn fill(&self, name: &'static str, view: &impl Serialize) -> Result<String, RenderError> {
        match self.own.as_ref().and_then(|own| own.fill(name, view)) {
            Some(text) => Ok(text),
            None => template::fill(name, view),
        }
    }

    /// The subject by the group's own template, if there is one and it makes one.
    pub(super) fn subject(&self, view: &impl Serialize) -> Option<String> {
        let own = self.own.as_ref().filter(|own| own.names.contains(SUBJECT))?;
        let subject = clean::line(own.fill(SUBJECT, view)?.trim(), SUBJECT_WIDTH);
        (!subject.is_empty()).then_some(subject)
    }

    /// The card by the group's own template: the message that Teams takes. None where the program's cards are to be sent.
    #[must_use]
    pub fn card(&self, notice: &Notice) -> Option<Json> {
        let own = self.own.as_ref().filter(|own| own.names.contains(CARD))?;
        let Content::Exceptions(_) = &notice.content else { return None };
        let view = variables(notice).ok()?;
        match own.card(&view) {
            Ok(card) => Some(card),
            Err(error) => own.failed(error),
        }
    }
}

impl Own {
    fn fill(&self, name: &str, view: &impl Serialize) -> Option<String> {
        self.render(name, view).map_err(|error| self.failed::<String>(error)).ok()
    }

    /// Keeps the first failure.
    fn failed<T>(&self, error: RenderError) -> Option<T> {
        tracing::error!(%error, "a template of a group's own is not used");
        let _ = self.fault.set(error);
        None
    }

    fn render(&self, name: &str, view: &impl Serialize) -> Result<String, RenderError> {
        let mut bounded = Bounded(Vec::new());
        let template = self.environment.get_template(name).map_err(|error| fault(name, &error))?;
        template.render_captured_to(Serde(view), &mut bounded).map_err(|error| fault(name, &error))?;
        String::from_utf8(bounded.0).map_err(|error| unusable(name, &error.to_string()))
    }

    fn card(&self, view: &Json) -> Result<Json, RenderError> {
        let text = self.render(CARD, view)?;
        let card: Json =
            serde_json::from_str(&text).map_err(|error| unusable(CARD, &format!("it makes no JSON: {error}")))?;
        if card.get("type").and_then(Json::as_str) != Some("AdaptiveCard") {
            return Err(unusable(CARD, "it makes no object with the type AdaptiveCard"));
        }
        let size = card.to_string().encode_utf16().map(|unit| if unit < 0x80 { 1 } else { 6 }).sum::<usize>();
        if size > LARGEST_CARD {
            return Err(unusable(CARD, &format!("it makes a card of {size} bytes; Teams takes {LARGEST_CARD}")));
        }
        Ok(serde_json::json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": card,
            }],
        }))
    }

    /// What is wrong with the templates, as far as samples show it.
    fn tried(&self, sources: &BTreeMap<String, String>) -> Result<Vec<RenderError>, Vec<RenderError>> {
        let mut faults = Vec::new();
        for notice in samples().map_err(|error| vec![error])? {
            let view = variables(&notice).map_err(|error| vec![error])?;
            for name in roots(&notice).iter().copied() {
                if let Some(source) = sources.get(name) {
                    faults.extend(self.unknown_names(name, source, &view));
                }
                let made = match name {
                    CARD if self.names.contains(CARD) => self.card(&view).map(|_| ()),
                    SUBJECT | CARD if !self.names.contains(name) => Ok(()),
                    _ => self.render(name, &view).map(|_| ()),
                };
                faults.extend(made.err());
            }
        }
        Ok(faults)
    }

    /// The names that a template uses, in branches too that samples do not reach, and that its view does not have.
    fn unknown_names(&self, name: &str, source: &str, view: &Json) -> Vec<RenderError> {
        let Ok(template) = self.environment.get_template(name) else { return Vec::new() };
        let globals: BTreeSet<String> = self.environment.globals().map(|(name, _)| name.to_string()).collect();
        let is_known =
            |used: &String| view.get(used).is_some() || globals.contains(used) || SPECIAL.contains(&used.as_str());
        let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        unknown.retain(|used| !is_known(used));
        unknown.sort();
        let line_of = |used: &str| {
            let mut lines = source.lines().map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
            lines.position(|mut words| words.any(|word| word == used)).map(|line| line + 1)
        };
        let fault = |used: String| RenderError::Own {
            template: name.to_owned(),
            line: line_of(&used),
            reason: format!("there is no variable `{used}`"),
        };
        unknown.into_iter().map(fault).collect()
    }
}

/// The templates that a notice begins with.
fn roots(notice: &Notice) -> &'static [&'static str] {
    match &notice.content {
        Content::Exceptions(_) => &["exceptions.html", "exceptions.txt", SUBJECT, CARD],
        Content::Gate(_) => &["gate.html", "gate.txt"],
        Content::Operator(_) | Content::Silence(_) => &["operator.html", "operator.txt"],
        Content::Escalation(_) => &["escalation.html", "escalation.txt"],
        Content::ThreeAs(_) => &["three_as.html", "three_as.txt"],
        Content::Digest(_) => &["digest.html", "digest.txt"],
    }
}

fn unusable(template: &str, reason: &str) -> RenderError {
    RenderError::Own { template: template.to_owned(), line: None, reason: reason.to_owned() }
}

/// What the engine says, at the place where it went wrong: that may be in an included template.
fn fault(template: &str, error: &Error) -> RenderError {
    let mut deepest = error;
    let mut source = error.source();
    while let Some(cause) = source {
        deepest = cause.downcast_ref::<Error>().unwrap_or(deepest);
        source = cause.source();
    }
    let reason = match deepest.detail() {
        Some(detail) => format!("{}: {detail}", deepest.kind()),
        None => deepest.kind().to_string(),
    };
    RenderError::Own { template: deepest.name().unwrap_or(template).to_owned(), line: deepest.line(), reason }
}

/// A page with a bound.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST {
            return Err(io::Error::other(format!("it makes more than {} MB", LARGEST >> 20)));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
