//! A YAML document as a tree whose nodes know where they stand.

use std::{fmt, path::PathBuf, sync::Arc};

use serde_saphyr::granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};

use super::{Problem, Problems};

/// A configuration or rule file: more than this is no hand-written YAML.
const MAX_BYTES: usize = 4 << 20;
const MAX_DEPTH: usize = 64;
const MAX_NODES: usize = 500_000;

/// The text of a file, for messages that show the line itself.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// As people find it: relative to the home folder.
    pub path: PathBuf,
    /// Its content.
    pub text: String,
}

/// A stretch of one line of a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// Byte range in the file's text.
    pub span: std::ops::Range<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.path.display(), self.line, self.column)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Place {
    /// The beginning of a file.
    #[must_use]
    pub fn start_of(file: &Arc<SourceFile>) -> Self {
        Self { file: Arc::clone(file), line: 1, column: 1, span: 0..0 }
    }

    /// A whole line of a file, from 1.
    #[must_use]
    pub fn of_line(file: &Arc<SourceFile>, line: usize) -> Self {
        let mut before = file.text.split_inclusive('\n');
        let start: usize = before.by_ref().take(line.saturating_sub(1)).map(str::len).sum();
        let length = before.next().map_or(0, |text| text.trim_end().len());
        Self { file: Arc::clone(file), line, column: 1, span: start..start + length }
    }

    /// A place `line` lines and `column` characters (both from 1) into a text that is written out here, as the errors of
    /// an expression count them. Exact for plain and quoted scalars of one line and for literal blocks (`|`).
    #[must_use]
    pub fn within(&self, line: usize, column: usize) -> Self {
        let written = self.file.text.get(self.span.clone()).unwrap_or("");
        let quoted = written.len() > 1 && ['"', '\''].iter().any(|q| written.starts_with(*q) && written.ends_with(*q));
        // The span of a block begins with its first line, whose indentation all its lines have.
        let before = match (quoted, line) {
            (true, 1) => self.column,
            (true, _) => 0,
            (false, _) => self.column - 1,
        };
        self.at_line(self.line + line - 1, before + column.max(1))
    }

    fn at_line(&self, line: usize, column: usize) -> Self {
        let text = &self.file.text;
        let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let written = text[start..].lines().next().unwrap_or("");
        let offset = written.char_indices().nth(column - 1).map_or(written.len(), |(at, _)| at);
        let at = start + offset;
        let end = text[at..].chars().next().filter(|c| *c != '\n').map_or(at, |c| at + c.len_utf8());
        Self { file: Arc::clone(&self.file), line, column, span: at..end }
    }
}

/// A node of the tree.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands.
    pub place: Place,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Scalar {
        text: String,
        quoted: bool,
    },
    Sequence(Vec<Node>),
    /// Keys are scalars.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The node under a key of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Mapping(entries) => entries.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, node)| node),
            _ => None,
        }
    }

    /// Keys and values of a mapping; nothing for other nodes.
    pub fn entries(&self) -> impl Iterator<Item = (&Node, &Node)> {
        let entries = match &self.kind {
            Kind::Mapping(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, value)| (key, value))
    }

    /// The keys of a mapping as text; nothing for other nodes.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.entries().filter_map(|(key, _)| key.text().map(str::to_owned)).collect()
    }

    /// Takes an entry out of a mapping, so that the rest can be decoded as one kind of thing and it as another.
    pub fn take(&mut self, key: &str) -> Option<Node> {
        match &mut self.kind {
            Kind::Mapping(entries) => {
                let at = entries.iter().position(|(name, _)| name.text() == Some(key))?;
                Some(entries.remove(at).1)
            }
            _ => None,
        }
    }

    /// Puts another scalar in the place of the one under a key, here or else in the mappings below, those under the keys
    /// `apart` left out; `to` makes it of the one that is there. Whether there was one.
    pub fn replace(&mut self, key: &str, apart: &[&str], to: &impl Fn(&str) -> String) -> bool {
        let Kind::Mapping(entries) = &mut self.kind else { return false };
        if let Some((_, node)) = entries.iter_mut().find(|(name, _)| name.text() == Some(key))
            && let Kind::Scalar { text, .. } = &mut node.kind
        {
            *text = to(text);
            return true;
        }
        let mut below = entries.iter_mut().filter(|(name, _)| name.text().is_none_or(|name| !apart.contains(&name)));
        below.any(|(_, node)| node.replace(key, apart, to))
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, quoted: false } if matches!(text.as_str(), "" | "~" | "null"))
    }
}

/// Reads one document. Anchors, aliases, tags, duplicate keys and second documents are refused: a configuration that
/// means something else than it seems to say is worse than a longer one.
///
/// # Errors
/// The first place that is not YAML, or all places that use what is refused.
pub fn parse(file: &Arc<SourceFile>) -> Result<Node, Problems> {
    if file.text.len() > MAX_BYTES {
        let message = format!("the file is larger than {} MB", MAX_BYTES >> 20);
        return Err(Problem::new(Place::start_of(file), message).into());
    }
    let mut tree =
        Builder { file, open: Vec::new(), root: None, problems: Problems::default(), nodes: 0, documents: 0 };
    for event in Parser::new_from_str(&file.text) {
        let (event, span) = event.map_err(|error| tree.no_yaml(&error))?;
        tree.event(&event, span).map_err(Problems::from)?;
    }
    let Builder { root, problems, .. } = tree;
    problems.into_result()?;
    root.ok_or_else(|| Problem::new(Place::start_of(file), "the file is empty").into())
}

struct Builder<'a> {
    file: &'a Arc<SourceFile>,
    open: Vec<Open>,
    root: Option<Node>,
    problems: Problems,
    nodes: usize,
    documents: usize,
}

/// A collection that is being read; a mapping holds a key while its value is read.
struct Open {
    node: Node,
    key: Option<Node>,
}

impl Builder<'_> {
    fn event(&mut self, event: &Event<'_>, span: Span) -> Result<(), Problem> {
        let place = self.place_at(&span.start, &span.end);
        if event.anchor_id().is_some() {
            self.problems.push(Problem::new(place.clone(), "anchors (&…) are not supported here: write it out"));
        }
        if event.tag().is_some() {
            self.problems.push(Problem::new(place.clone(), "tags (!…) are not supported here"));
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Problem::new(place, "a second document (---) is not supported: use a file of its own"));
                }
            }
            Event::Scalar(text, style, ..) => {
                let kind = Kind::Scalar { text: text.clone().into_owned(), quoted: *style != ScalarStyle::Plain };
                self.add(Node { place, kind })?;
            }
            Event::SequenceStart(..) => self.open(place, Kind::Sequence(Vec::new()))?,
            Event::MappingStart(..) => self.open(place, Kind::Mapping(Vec::new()))?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(closed) = self.open.pop() {
                    self.add(closed.node)?;
                }
            }
            Event::Alias(..) => return Err(Problem::new(place, "aliases (*…) are not supported here: write it out")),
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, place: Place, kind: Kind) -> Result<(), Problem> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Problem::new(place, format!("more than {MAX_DEPTH} levels deep")));
        }
        self.open.push(Open { node: Node { place, kind }, key: None });
        Ok(())
    }

    fn add(&mut self, node: Node) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Problem::new(node.place, format!("more than {MAX_NODES} entries in one file")));
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut parent.node.kind {
            Kind::Sequence(items) => items.push(node),
            Kind::Mapping(entries) => match parent.key.take() {
                Some(key) => entries.push((key, node)),
                None if node.text().is_none() => {
                    return Err(Problem::new(node.place, "a key must be a single word or text"));
                }
                None => {
                    let twin = entries.iter().find(|(key, _)| key.text() == node.text());
                    if let Some((first, _)) = twin {
                        let message = format!(
                            "`{}` stands here twice (first on line {})",
                            node.text().unwrap_or(""),
                            first.place.line
                        );
                        self.problems.push(Problem::new(node.place.clone(), message));
                    }
                    parent.key = Some(node);
                }
            },
            Kind::Scalar { .. } => {}
        }
        Ok(())
    }

    /// What the parser refuses, in the words of whoever writes the file.
    fn no_yaml(&self, error: &ScanError) -> Problem {
        let place = self.place_at(error.marker(), error.marker());
        let words = error.info();
        if words.contains("tab") || words.contains("cannot start any token") {
            // The parser stops before the line that is at fault, or within it.
            let tab = (place.line..=place.line + 1).find_map(|line| self.tab_before(line));
            if let Some(place) = tab {
                let problem = Problem::new(place, "this is not YAML: a tab stands where the line is indented");
                return problem.hint("indent with spaces");
            }
        }
        let problem = Problem::new(place, format!("this is not YAML: {words}"));
        if words.contains("mapping values are not allowed") {
            return problem.hint("indent the line as the one before it; a text that has `: ` in it stands in quotes");
        }
        if words.contains("did not find expected key") || words.contains("did not find expected '-'") {
            return problem.hint("what stands side by side is indented alike");
        }
        problem
    }

    /// The first tab in the white space before a line, from 1.
    fn tab_before(&self, line: usize) -> Option<Place> {
        let (before, mut lines) = (line.checked_sub(1)?, self.file.text.split_inclusive('\n'));
        let start: usize = lines.by_ref().take(before).map(str::len).sum();
        let written = lines.next()?;
        let tab = written.len() - written.trim_start_matches(' ').len();
        written.get(tab..)?.starts_with('\t').then_some(())?;
        Some(Place { file: Arc::clone(self.file), line, column: tab + 1, span: start + tab..start + tab + 1 })
    }

    fn place_at(&self, start: &Marker, end: &Marker) -> Place {
        let len = self.file.text.len();
        let from = start.byte_offset().unwrap_or(0).min(len);
        let to = end.byte_offset().unwrap_or(from).clamp(from, len);
        Place { file: Arc::clone(self.file), line: start.line(), column: start.col() + 1, span: from..to }
    }
}

/// Nodes are told apart by where they stand in memory: the tree does not move while it is decoded.
pub(super) type NodeKey = usize;

pub(super) fn key_of(node: &Node) -> NodeKey {
    std::ptr::from_ref(node) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_within_a_text_are_where_it_is_written() {
        for (text, line, column, at) in [
            ("a: one two\n", 1, 5, "two"),
            ("a: \"one two\"\n", 1, 5, "two"),
            ("a: |\n  one\n    two\n", 2, 3, "two"),
            ("a: |\n  \"one\" two\n", 1, 7, "two"),
            ("a: >-\n  one two\n", 1, 5, "two"),
        ] {
            let file = Arc::new(SourceFile { path: "a.yaml".into(), text: text.to_owned() });
            let place = parse(&file).expect(text).get("a").expect(text).place.within(line, column);
            assert_eq!(text.find(at), Some(place.span.start), "{text}");
            let before = &text[..place.span.start];
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            assert_eq!((place.line, place.column), (before.matches('\n').count() + 1, before.len() - line_start + 1));
        }
    }
}
