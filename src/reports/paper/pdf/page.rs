//! Pages as lists of shapes, and the tree of tags that says what they are.

use krilla::tagging::TagKind;

use super::{Drawn, LEADING};
use crate::reports::paper::typeset::{Face, Line};

/// A4 in points, and what of it is written on.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const MARGIN: f32 = 51.0;
pub(super) const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
const TOP: f32 = 51.0;
pub(super) const BOTTOM: f32 = PAGE.1 - 62.0;

/// Ink, for text and lines; all of them can be read in grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    Ink,
    Soft,
    Line,
    Grave,
}

/// Something on a page; y goes down from its top.
pub(super) enum Shape {
    /// Text from a point on its base line.
    Text { at: (f32, f32), face: Face, size: f32, colour: Colour, text: String, leaf: Option<usize> },
    /// A line that says nothing.
    Rule { from: (f32, f32), to: (f32, f32), width: f32, colour: Colour },
    /// A chart from its upper left corner.
    Drawing { drawn: Box<Drawn>, at: (f32, f32), width: f32, leaf: usize },
}

/// A tag and what it holds, in the order in which it is read.
pub(super) struct Tagged {
    pub(super) kind: TagKind,
    pub(super) children: Vec<Child>,
}

/// A part of what a tag holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Child {
    /// Another tag.
    Tag(usize),
    /// Something on a page, by its number.
    Leaf(usize),
}

/// What was written so far.
pub(super) struct Pages {
    /// The pages, each as what is on it.
    pub(super) done: Vec<Vec<Shape>>,
    pub(super) tags: Vec<Tagged>,
    /// The tags that stand in no other.
    pub(super) top: Vec<usize>,
    /// How many shapes have a number.
    pub(super) leaves: usize,
    y: f32,
}

impl Pages {
    pub(super) fn new() -> Self {
        Self { done: vec![Vec::new()], tags: Vec::new(), top: Vec::new(), leaves: 0, y: TOP }
    }

    /// How far down the page is written.
    pub(super) fn y(&self) -> f32 {
        self.y
    }

    /// The page that is written on, from 0.
    pub(super) fn current(&self) -> usize {
        self.done.len() - 1
    }

    pub(super) fn down(&mut self, points: f32) {
        self.y += points;
    }

    /// Turns the page where so much does not fit; what is higher than a page begins on a new one.
    pub(super) fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.done.push(Vec::new());
            self.y = TOP;
        }
    }

    /// A line that says nothing, on a page.
    pub(super) fn rule(&mut self, page: usize, from: (f32, f32), to: (f32, f32), (width, colour): (f32, Colour)) {
        self.put(page, Shape::Rule { from, to, width, colour });
    }

    /// A line that says nothing, across the page.
    pub(super) fn across(&mut self, below: f32, width: f32, colour: Colour) {
        let y = self.y + below;
        self.rule(self.current(), (MARGIN, y), (MARGIN + WIDTH, y), (width, colour));
    }

    /// A chart with its upper left corner at a point of a page.
    pub(super) fn drawing(&mut self, page: usize, drawn: Drawn, at: (f32, f32), width: f32, tag: usize) {
        let leaf = self.leaf(tag);
        self.put(page, Shape::Drawing { drawn: Box::new(drawn), at, width, leaf });
    }

    /// Lines of text from where the page is written to, and further down; pages are turned where they end.
    pub(super) fn lines(&mut self, lines: &[Line], size: f32, (x, colour): (f32, Colour), tag: usize) {
        for line in lines {
            self.room(size * LEADING);
            self.line(line, size, (x, self.y, colour), Some(tag));
            self.y += size * LEADING;
        }
    }

    /// One line with its upper left corner at a point; without a tag it is not read.
    pub(super) fn line(&mut self, line: &Line, size: f32, (x, y, colour): (f32, f32, Colour), tag: Option<usize>) {
        let mut x = x;
        for run in line {
            let leaf = tag.map(|tag| self.leaf(tag));
            let at = (x, y + size * 0.98);
            let text = run.text.clone();
            self.put(self.current(), Shape::Text { at, face: run.face, size, colour, text, leaf });
            x += run.face.width(&run.text, size);
        }
    }

    /// The first character that is drawn as its number, if there is any.
    pub(super) fn lacking(&self) -> Option<char> {
        self.done.iter().flatten().find_map(|shape| match shape {
            Shape::Text { face, text, .. } => text.chars().find(|c| face.lacks(*c)),
            Shape::Rule { .. } | Shape::Drawing { .. } => None,
        })
    }

    fn put(&mut self, page: usize, shape: Shape) {
        if let Some(on) = self.done.get_mut(page) {
            on.push(shape);
        }
    }

    /// A new tag below another, or at the top.
    pub(super) fn tag(&mut self, parent: Option<usize>, kind: impl Into<TagKind>) -> usize {
        let tag = self.tags.len();
        self.tags.push(Tagged { kind: kind.into(), children: Vec::new() });
        match parent.and_then(|parent| self.tags.get_mut(parent)) {
            Some(parent) => parent.children.push(Child::Tag(tag)),
            None => self.top.push(tag),
        }
        tag
    }

    fn leaf(&mut self, tag: usize) -> usize {
        let leaf = self.leaves;
        self.leaves += 1;
        if let Some(tag) = self.tags.get_mut(tag) {
            tag.children.push(Child::Leaf(leaf));
        }
        leaf
    }
}
