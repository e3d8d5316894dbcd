//! A document as PDF: A4, tagged for those who hear it read (PDF/UA-1), searchable, with its fonts and drawn charts in it.

mod draw;
mod page;

use std::num::NonZeroU16;

use krilla::{
    destination::XyzDestination,
    geom::Point as At,
    outline::{Outline, OutlineNode},
    tagging::{ListNumbering, TableHeaderScope, Tag},
};

use self::page::{Colour, MARGIN, Pages, WIDTH};
use super::{
    Block, Fact, Matter, Paper, Point, Table,
    typeset::{Line, Run, lines, number_of},
};
use crate::reports::chart::{Chart, Drawn};

pub(in crate::reports) use draw::PdfError;

/// Sizes in points.
const BODY: f32 = 9.5;
const SMALL: f32 = 8.5;
const TITLE: f32 = 11.0;
/// The distance of lines, in sizes.
const LEADING: f32 = 1.36;
/// The room between columns of a table, and beside a chart.
const GUTTER: f32 = 8.0;
/// How far the text of an alert and of a point stands in.
const INDENT: f32 = 11.0;
/// The names of facts.
const NAMES: f32 = 78.0;

/// The same document always gives the same bytes.
pub(in crate::reports) fn pdf(paper: &Paper) -> Result<Vec<u8>, PdfError> {
    let mut setter = Setter { pages: Pages::new(), outline: Outline::new() };
    setter.title(paper);
    for (at, block) in paper.blocks.iter().enumerate() {
        setter.block(block, paper.blocks.get(at + 1))?;
    }
    setter.numbered();
    draw::write(paper, setter.pages, setter.outline)
}

struct Setter {
    pages: Pages,
    outline: Outline,
}

impl Setter {
    fn title(&mut self, paper: &Paper) {
        let pages = &mut self.pages;
        let kind = pages.tag(None, Tag::P);
        pages.lines(&lines(&[Run::bold(&paper.title)], 11.0, WIDTH), 11.0, (MARGIN, Colour::Soft), kind);
        let heading = pages.tag(None, Tag::Hn(level(1), Some(format!("{}: {}", paper.title, paper.subtitle))));
        pages.lines(&lines(&[Run::bold(&paper.subtitle)], 17.0, WIDTH), 17.0, (MARGIN, Colour::Ink), heading);
        pages.down(4.0);
        self.facts(&paper.facts, (MARGIN, WIDTH), BODY, None);
        self.pages.across(4.0, 1.5, Colour::Ink);
        self.pages.down(14.0);
    }

    /// A heading stays with the block after it.
    fn block(&mut self, block: &Block, next: Option<&Block>) -> Result<(), PdfError> {
        let follows = match next {
            Some(Block::Matter(matter)) => Setting::of(matter)?.whole,
            _ => 60.0,
        };
        match block {
            Block::Heading(1, text) => self.section(text, follows),
            Block::Heading(_, text) => {
                self.pages.room(follows + 24.0);
                self.pages.down(6.0);
                let heading = self.pages.tag(None, Tag::Hn(level(3), Some(text.clone())));
                self.pages.lines(&lines(&[Run::bold(text)], 10.5, WIDTH), 10.5, (MARGIN, Colour::Ink), heading);
                self.pages.down(2.0);
            }
            Block::Text(text) => self.paragraph(text, BODY),
            Block::Lead(text) => self.paragraph(text, 11.0),
            Block::List(points) => self.list(points),
            Block::Table(table) => self.table(table),
            Block::Matter(matter) => self.matter(matter)?,
        }
        Ok(())
    }

    fn section(&mut self, text: &str, follows: f32) {
        self.pages.room(follows + 46.0);
        self.pages.down(12.0);
        let at = At::from_xy(MARGIN, self.pages.y());
        let heading = self.pages.tag(None, Tag::Hn(level(2), Some(text.to_owned())));
        self.pages.lines(&lines(&[Run::bold(text)], 14.0, WIDTH), 14.0, (MARGIN, Colour::Ink), heading);
        self.outline.push_child(OutlineNode::new(text.to_owned(), XyzDestination::new(self.pages.current(), at)));
        self.pages.across(1.0, 0.6, Colour::Line);
        self.pages.down(7.0);
    }

    fn paragraph(&mut self, text: &str, size: f32) {
        let paragraph = self.pages.tag(None, Tag::P);
        self.pages.lines(&lines(&[Run::regular(text)], size, WIDTH), size, (MARGIN, Colour::Ink), paragraph);
        self.pages.down(5.0);
    }

    /// What is said once of characters that are drawn as their numbers.
    fn numbered(&mut self) {
        if let Some(first) = self.pages.lacking() {
            let number = number_of(first);
            let note = format!(
                "Characters that the letters of this paper do not have are shown as their numbers in Unicode, such as \
                 {number}. Copied or searched for, they are themselves; the report in Word and as a page shows them."
            );
            self.pages.down(8.0);
            self.paragraph(&note, SMALL);
        }
    }

    fn list(&mut self, points: &[Point]) {
        let list = self.pages.tag(None, Tag::L(ListNumbering::Disc));
        for Point { head, text } in points {
            let set = lines(&[Run::bold(head), Run::regular(text)], BODY, WIDTH - INDENT);
            // A point stays together: it is a few lines long.
            self.pages.room(height(&set, BODY).min(120.0));
            let item = self.pages.tag(Some(list), Tag::LI);
            let label = self.pages.tag(Some(item), Tag::Lbl);
            let y = self.pages.y();
            self.pages.line(&vec![Run::regular("•")], BODY, (MARGIN, y, Colour::Ink), Some(label));
            let body = self.pages.tag(Some(item), Tag::LBody);
            self.pages.lines(&set, BODY, (MARGIN + INDENT, Colour::Ink), body);
            self.pages.down(3.0);
        }
        self.pages.down(3.0);
    }

    /// Names and texts in two columns.
    fn facts(&mut self, facts: &[Fact], (x, width): (f32, f32), size: f32, parent: Option<usize>) {
        let list = self.pages.tag(parent, Tag::L(ListNumbering::None));
        for Fact { name, text } in facts {
            self.pages.room(size * LEADING);
            let item = self.pages.tag(Some(list), Tag::LI);
            let label = self.pages.tag(Some(item), Tag::Lbl);
            let y = self.pages.y();
            self.pages.line(&vec![Run::regular(format!("{name} "))], size, (x, y, Colour::Soft), Some(label));
            let body = self.pages.tag(Some(item), Tag::LBody);
            let set = lines(&[Run::regular(text)], size, width - NAMES);
            self.pages.lines(&set, size, (x + NAMES, Colour::Ink), body);
        }
    }

    /// An alert stays on one page, unless it is longer than a page.
    fn matter(&mut self, matter: &Matter) -> Result<(), PdfError> {
        let Setting { title, tag, text, drawn, beside, chart, whole } = Setting::of(matter)?;
        self.pages.room(whole);
        let (x, top, page) = (MARGIN + INDENT, self.pages.y(), self.pages.current());
        let section = self.pages.tag(None, Tag::Section);
        let heading = self.pages.tag(Some(section), Tag::Hn(level(3), Some(matter.title.clone())));
        self.pages.lines(&title, TITLE, (x, Colour::Ink), heading);
        let tagged = self.pages.tag(Some(section), Tag::P);
        let colour = if matter.is_grave { Colour::Grave } else { Colour::Soft };
        self.pages.lines(&tag, SMALL, (x, colour), tagged);
        let paragraph = self.pages.tag(Some(section), Tag::P);
        self.pages.lines(&text, BODY, (x, Colour::Ink), paragraph);
        self.pages.down(3.0);

        let below = self.pages.y();
        self.facts(&matter.facts, (x, beside), SMALL, Some(section));
        if let (Some(drawn), Some(picture)) = (drawn, &matter.chart) {
            let figure = self.pages.tag(Some(section), Tag::Figure(Some(picture.words.join(" "))));
            self.pages.drawing(page, drawn, (x + beside + 2.0 * GUTTER, below), beside, figure);
        }
        let mut bottom = page::BOTTOM;
        if self.pages.current() == page {
            bottom = self.pages.y().max(below + chart);
            self.pages.down(bottom - self.pages.y());
        }
        let bar = if matter.is_grave { Colour::Grave } else { Colour::Line };
        let x = MARGIN + 2.0;
        self.pages.rule(page, (x, top + 1.0), (x, bottom), (2.5, bar));
        self.pages.down(13.0);
        Ok(())
    }

    fn table(&mut self, table: &Table) {
        let widths: Vec<f32> = table.columns.iter().map(|column| WIDTH * f32::from(column.width) / 100.0).collect();
        let tag = self.pages.tag(None, Tag::Table.with_summary(Some(table.caption.clone())));
        let head = self.pages.tag(Some(tag), Tag::THead);
        let body = self.pages.tag(Some(tag), Tag::TBody);
        let titles: Vec<Vec<Line>> = table
            .columns
            .iter()
            .zip(&widths)
            .map(|(column, width)| lines(&[Run::bold(column.title)], SMALL, width - GUTTER))
            .collect();
        let mut headed = None;
        for row in &table.rows {
            let cells: Vec<Vec<Line>> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| lines(&[Run::regular(cell)], SMALL, width - GUTTER))
                .collect();
            let tall = tallest(&cells);
            self.pages.room(tall + if headed.is_none() { tallest(&titles) } else { 0.0 });
            // The header stands on every page; it is read once.
            if headed != Some(self.pages.current()) {
                let first = headed.is_none().then(|| self.pages.tag(Some(head), Tag::TR));
                self.row(table, &widths, &titles, first, &|_| Kind::Header);
                self.pages.across(0.0, 1.0, Colour::Ink);
                self.pages.down(3.0);
                headed = Some(self.pages.current());
            }
            let row = self.pages.tag(Some(body), Tag::TR);
            self.row(table, &widths, &cells, Some(row), &|at| if at == 0 { Kind::About } else { Kind::Cell });
            self.pages.across(0.0, 0.4, Colour::Line);
            self.pages.down(3.0);
        }
        self.pages.down(6.0);
    }

    /// A row of cells; without a tag it is not read.
    fn row(
        &mut self,
        table: &Table,
        widths: &[f32],
        cells: &[Vec<Line>],
        row: Option<usize>,
        kind: &dyn Fn(usize) -> Kind,
    ) {
        let (top, mut x) = (self.pages.y(), MARGIN);
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let tag = row.map(|row| match kind(at) {
                Kind::Header => self.pages.tag(Some(row), Tag::TH(TableHeaderScope::Column)),
                Kind::About => self.pages.tag(Some(row), Tag::TH(TableHeaderScope::Row)),
                Kind::Cell => self.pages.tag(Some(row), Tag::TD),
            });
            let is_number = table.columns.get(at).is_some_and(|column| column.is_number);
            let mut y = top;
            for line in cell {
                let wide: f32 = line.iter().map(|run| run.face.width(run.text.trim_end(), SMALL)).sum();
                let left = if is_number { x + width - GUTTER - wide } else { x };
                self.pages.line(line, SMALL, (left, y, Colour::Ink), tag);
                y += SMALL * LEADING;
            }
            x += width;
        }
        self.pages.down(tallest(cells));
    }
}

/// An alert, set in lines.
struct Setting {
    title: Vec<Line>,
    tag: Vec<Line>,
    text: Vec<Line>,
    drawn: Option<Drawn>,
    /// The width of the facts, and of the chart beside them.
    beside: f32,
    /// The height of the chart.
    chart: f32,
    /// The height of all of it.
    whole: f32,
}

impl Setting {
    fn of(matter: &Matter) -> Result<Self, PdfError> {
        let width = WIDTH - INDENT;
        let drawn = matter.chart.as_ref().map(Chart::drawn).transpose();
        let drawn = drawn.map_err(|error| PdfError(error.to_string()))?;
        let beside = if drawn.is_some() { (width - 2.0 * GUTTER) / 2.0 } else { width };
        let chart = drawn.as_ref().map_or(0.0, |drawn| beside * drawn.ratio());
        let title = lines(&[Run::bold(&matter.title)], TITLE, width);
        let tag = lines(&[Run::bold(&matter.tag)], SMALL, width);
        let text = lines(&[Run::regular(&matter.text)], BODY, width);
        let fact = |fact: &Fact| height(&lines(&[Run::regular(&fact.text)], SMALL, beside - NAMES), SMALL);
        let facts: f32 = matter.facts.iter().map(fact).sum();
        let whole = height(&title, TITLE) + height(&tag, SMALL) + height(&text, BODY) + facts.max(chart) + 3.0;
        Ok(Self { title, tag, text, drawn, beside, chart, whole })
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Header,
    About,
    Cell,
}

fn tallest(cells: &[Vec<Line>]) -> f32 {
    cells.iter().map(|cell| height(cell, SMALL)).fold(SMALL * LEADING, f32::max) + 2.0
}

fn height(lines: &[Line], size: f32) -> f32 {
    lines.len() as f32 * size * LEADING
}

fn level(level: u16) -> NonZeroU16 {
    NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN)
}
