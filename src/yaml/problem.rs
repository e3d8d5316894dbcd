//! What is wrong in a file, where, and what to do.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::Place;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do, such as the nearest known name.
    pub hint: Option<String>,
}

impl Problem {
    /// A mistake at a place.
    #[must_use]
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), hint: None }
    }

    /// With what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A name that is not among those that are known: "there is no dataset `les`", with the nearest one.
    #[must_use]
    pub fn unknown<'a>(place: Place, what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let problem = Self::new(place, format!("there is no {what} `{name}`"));
        match suggest(name, known) {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }

    /// The message with its file, line and column, the line itself, and the hint; coloured for a terminal if asked.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let file = &self.place.file;
        let path = file.path.display().to_string();
        let title = Level::ERROR.primary_title(self.message.as_str()).element(
            Snippet::source(file.text.as_str())
                .path(path)
                .annotation(AnnotationKind::Primary.span(self.first_line_of_span())),
        );
        let mut report = vec![title];
        if let Some(hint) = &self.hint {
            report.push(
                Level::HELP
                    .secondary_title(hint.as_str())
                    .elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new()),
            );
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&report)
    }

    /// A long block is pointed at by its first line only.
    fn first_line_of_span(&self) -> std::ops::Range<usize> {
        let span = self.place.span.clone();
        let written = self.place.file.text.get(span.clone()).unwrap_or("");
        span.start..span.start + written.lines().next().map_or(0, |line| line.trim_end().len())
    }
}

impl fmt::Display for Problem {
    /// One line: `rules/les.yaml:12:9: there is no dataset `les` (did you mean `les-activity`?)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// All mistakes of all files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds all of another list.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Adds one unless it is there.
    pub fn push_new(&mut self, problem: Problem) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// Keeps the value, or the mistakes of a result.
    pub fn take<T>(&mut self, result: Result<T, Problems>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(problems) => {
                self.0.extend(problems.0);
                None
            }
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mistakes in the order of files and lines.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Problem> {
        self.0.sort_by(|a, b| {
            let key = |p: &Problem| (p.place.file.path.clone(), p.place.line, p.place.column);
            key(a).cmp(&key(b))
        });
        self.0
    }

    /// The mistakes in the order of files and lines, as people read them.
    #[must_use]
    pub fn lines(self) -> Vec<String> {
        self.sorted().iter().map(ToString::to_string).collect()
    }

    /// `Ok` if there is none.
    ///
    /// # Errors
    /// The mistakes.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// The known name that is most like this one, if any is like it at all.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            let other = candidate.to_lowercase();
            let likeness = strsim::normalized_damerau_levenshtein(&folded, &other);
            let part = folded.len() >= 3 && other.contains(&folded) || other.len() >= 3 && folded.contains(&other);
            (if part { likeness.max(0.75) } else { likeness }, candidate)
        })
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// "did you mean `x`?", or the known names if they are few.
pub(super) fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = nearest(name, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let list = || known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match known.len() {
        0 => Some("there are none yet".to_owned()),
        1..=12 => Some(format!("known: {}", list())),
        _ => None,
    }
}
