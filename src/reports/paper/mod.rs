//! What is written on paper: headings, paragraphs, lists, tables and alerts with their charts, one way for every format.
//!
//! A report is composed once, of these blocks; each format is one file here that knows nothing of alerts. Text in blocks is
//! already clean: one line each, without control characters, cut where it is too long.

mod docx;
mod html;
mod markdown;
mod ooxml;
mod pdf;
mod typeset;

use super::chart::Chart;

pub(super) use docx::docx;
pub(super) use html::html;
pub(super) use markdown::markdown;
pub(super) use pdf::pdf;

/// A document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Paper {
    /// What it is: "Exception report".
    pub(super) title: String,
    /// Whose and of when: "Dental Services Group, October 2025".
    pub(super) subtitle: String,
    /// What stands below the title, as name and text.
    pub(super) facts: Vec<Fact>,
    pub(super) blocks: Vec<Block>,
    /// What stands at the foot of each page, beside its number.
    pub(super) foot: String,
    /// The day of which it is.
    pub(super) date: jiff::civil::Date,
}

/// A name and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// A part of a document, from the top to the bottom.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// 1 is a section, 2 a part of one.
    Heading(u8, String),
    /// A paragraph.
    Text(String),
    /// A paragraph that carries the whole.
    Lead(String),
    /// Points, each a few words that carry it and the rest.
    List(Vec<Point>),
    Table(Table),
    /// One alert; it stays together on a page.
    Matter(Box<Matter>),
}

/// A point of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    /// May be empty.
    pub(super) head: String,
    pub(super) text: String,
}

/// A table with a header row, which is repeated on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// What it holds, for those who hear it read.
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    /// As many cells in each as there are columns.
    pub(super) rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) title: &'static str,
    /// Its share of the width, in hundredths.
    pub(super) width: u8,
    /// Whether it holds numbers.
    pub(super) is_number: bool,
}

/// One alert.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matter {
    pub(super) title: String,
    /// "Alert · critical".
    pub(super) tag: String,
    /// Whether it stands out.
    pub(super) is_grave: bool,
    pub(super) text: String,
    pub(super) facts: Vec<Fact>,
    pub(super) chart: Option<Chart>,
}

impl Column {
    pub(super) const fn text(title: &'static str, width: u8) -> Self {
        Self { title, width, is_number: false }
    }

    pub(super) const fn number(title: &'static str, width: u8) -> Self {
        Self { title, width, is_number: true }
    }
}

/// Text as XML and HTML hold it.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
