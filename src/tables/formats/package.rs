//! The parts of a workbook (a ZIP archive of XML), looked through before a reader that trusts them sees any.
//!
//! Every part is unpacked once and forgotten as it passes: so its checksum is known to be right, its true size is held
//! against the limits, and no piece of XML in it is longer than a reader may hold in memory. This costs about a tenth of
//! the time that reading the cells takes.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
};

use zip::ZipArchive;

use super::{
    super::{ReadError, error::Limits},
    input::{megabytes, swells, swollen},
};

/// No workbook has more parts.
const PARTS: usize = 10_000;
/// The longest piece of XML: a cell holds at most 32,767 characters, each of up to ten bytes as XML.
const PIECE: usize = 1 << 20;
/// Elements within elements: no part of a workbook comes near it, and readers remember each that is open.
const DEPTH: usize = 256;
/// A part that is no XML (a picture) may be so large; a reader that takes it for XML has it in memory.
const FOREIGN: u64 = 64 << 20;
/// Parts that are held in memory as they are, by the end of their names: texts, and formats, which grow manifold.
const HELD: [(&str, u64); 2] = [("sharedstrings.xml", 512 << 20), ("styles.xml", 8 << 20)];

/// Opens the archive that a workbook is.
pub(super) fn open(file: &File, name: &str, what: &'static str) -> Result<ZipArchive<BufReader<File>>, ReadError> {
    let again = file.try_clone().and_then(|mut again| again.rewind().map(|()| again));
    let again = again.map_err(|source| ReadError::Open { file: name.to_owned(), source })?;
    ZipArchive::new(BufReader::new(again)).map_err(|error| ReadError::damaged(name, what, &error))
}

/// A part in which elements say whether they are hidden, or that they have no height or width.
#[derive(Debug)]
pub(super) struct Hiding {
    pub(super) part: String,
    /// Whether others than columns do.
    pub(super) rows: bool,
}

/// Looks through all parts. Answers with those in which anything may be hidden.
pub(super) fn inspect(
    archive: &mut ZipArchive<BufReader<File>>,
    file: &File,
    name: &str,
    what: &'static str,
    limits: &Limits,
) -> Result<Vec<Hiding>, ReadError> {
    let refused = |reason: String| ReadError::TooLarge { file: name.to_owned(), reason };
    if archive.len() > PARTS {
        return Err(refused(format!("it has more than {PARTS} parts")));
    }
    let packed = file.metadata().map_err(|source| ReadError::Open { file: name.to_owned(), source })?.len();
    let mut left = limits.unpacked_bytes;
    let mut hiding = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(reason) if reason.contains("assword") => {
                ReadError::Protected { file: name.to_owned(), what }
            }
            error => ReadError::damaged(name, what, &error),
        })?;
        let title = part.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        let most =
            HELD.iter().find(|(end, _)| title.to_ascii_lowercase().ends_with(end)).map_or(left, |(_, most)| *most);
        let mut pieces = Pieces::default();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read =
                part.read(&mut buffer).map_err(|error| ReadError::damaged(name, what, format!("{title}: {error}")))?;
            if read == 0 {
                break;
            }
            pieces.feed(buffer.get(..read).unwrap_or_default());
            if pieces.size > left {
                return Err(refused(format!("it unpacks to more than {}", megabytes(limits.unpacked_bytes))));
            }
            if swells(limits.unpacked_bytes - left + pieces.size, packed) {
                return Err(refused(swollen()));
            }
            if pieces.size > most {
                return Err(refused(format!("{title} in it unpacks to more than {}", megabytes(most))));
            }
            if let Some(reason) = pieces.excess() {
                return Err(refused(format!("{title} in it {reason}")));
            }
        }
        if pieces.claim > pieces.size {
            return Err(ReadError::damaged(name, what, format!("{title} claims more texts than it has bytes")));
        }
        left = left.saturating_sub(pieces.size);
        let rows = pieces.hides_rows;
        hiding.extend((rows || pieces.hides_columns).then_some(Hiding { part: title, rows }));
    }
    Ok(hiding)
}

/// The ends of what was read of a tag, before the heights of rows and the widths of columns.
const SIZES: [&[u8]; 5] = [b"=ht=", b"rowht=", b"RowHeight=", b"=width=", b"colwidth="];

/// Where in XML a byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    /// A tag; the quotation mark that an attribute in it is open with.
    Tag(Option<u8>),
    /// A comment or CDATA section, up to these three bytes.
    Section([u8; 3]),
}

/// Measures the pieces of XML as they pass: texts, tags, comments.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Pieces {
    within: Within,
    /// The bytes of the open piece so far.
    piece: usize,
    longest: usize,
    size: u64,
    xml: bool,
    /// How many elements are open, and the most there ever were; the first and the last sign of the open tag.
    depth: usize,
    deepest: usize,
    first: u8,
    before: u8,
    /// The last bytes, for what stretches over two reads.
    last: [u8; 12],
    /// The highest `uniqueCount` that a tag claims: room is made for so many texts, whether they follow or not.
    claim: u64,
    digits: Option<u64>,
    /// Whether the open value is one of a height or width, and nought so far.
    nought: bool,
    /// Whether a tag has an attribute `hidden`, or no height or width: that of a column, and any other.
    hides_columns: bool,
    hides_rows: bool,
}

impl Default for Pieces {
    fn default() -> Self {
        Self {
            within: Within::Text,
            piece: 0,
            longest: 0,
            size: 0,
            xml: false,
            depth: 0,
            deepest: 0,
            first: 0,
            before: 0,
            last: [0; 12],
            claim: 0,
            digits: None,
            nought: false,
            hides_columns: false,
            hides_rows: false,
        }
    }
}

impl Pieces {
    fn feed(&mut self, bytes: &[u8]) {
        if self.size == 0 {
            let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
            self.xml = start.first() == Some(&b'<');
        }
        self.size += bytes.len() as u64;
        if self.xml {
            for byte in bytes {
                self.take(*byte);
            }
        }
    }

    fn take(&mut self, byte: u8) {
        self.piece += 1;
        match (self.within, byte) {
            (Within::Text, b'<') => self.begin(Within::Tag(None)),
            (Within::Text, _) => {}
            (Within::Tag(None), b'>') => {
                self.close_tag();
                self.begin(Within::Text);
            }
            (Within::Tag(None), b'"' | b'\'') => {
                self.before = byte;
                self.within = Within::Tag(Some(byte));
                if self.last.ends_with(b"uniqueCount=") {
                    self.digits = Some(0);
                }
                // Most attributes are told apart by their last letters.
                let may_be_size = self.last.ends_with(b"ht=") || self.last.ends_with(b"th=");
                self.nought = may_be_size && SIZES.iter().any(|name| self.last.ends_with(name));
                if self.last.ends_with(b"hidden=") {
                    self.hide();
                }
            }
            (Within::Tag(None), _) => {
                if self.piece == 1 {
                    self.first = byte;
                }
                self.before = byte;
                self.remember(byte);
            }
            (Within::Tag(Some(quote)), _) if byte == quote => {
                self.within = Within::Tag(None);
                if std::mem::take(&mut self.nought) {
                    self.hide();
                }
                self.claim = self.claim.max(self.digits.take().unwrap_or(0));
            }
            (Within::Tag(Some(_)), _) => {
                self.nought &= matches!(byte, b'0' | b'.');
                if let (Some(digits), b'0'..=b'9') = (self.digits, byte) {
                    self.digits = Some(digits.saturating_mul(10).saturating_add(u64::from(byte - b'0')));
                }
            }
            (Within::Section(end), _) => {
                self.push_last(byte);
                if self.last.ends_with(&end) {
                    self.begin(Within::Text);
                }
            }
        }
        self.longest = self.longest.max(self.piece);
    }

    /// Notes that the element of the open tag may be hidden.
    fn hide(&mut self) {
        // Of all that can be hidden, columns alone begin with this letter: `<col>`.
        if self.first == b'c' { self.hides_columns = true } else { self.hides_rows = true }
    }

    /// Counts the element that a tag opens or closes.
    fn close_tag(&mut self) {
        match (self.first, self.before) {
            (b'/', _) => self.depth = self.depth.saturating_sub(1),
            // Declarations, and elements that close themselves.
            (b'?' | b'!', _) | (_, b'/') => {}
            _ => self.depth += 1,
        }
        self.deepest = self.deepest.max(self.depth);
    }

    /// Remembers the letters of a tag outside its values, white space left out, and finds out whether it is a section.
    fn remember(&mut self, byte: u8) {
        if byte.is_ascii_whitespace() {
            return;
        }
        self.push_last(byte);
        if self.piece == 3 && self.last.ends_with(b"!--") {
            self.section(*b"-->");
        } else if self.piece == 8 && self.last.ends_with(b"![CDATA[") {
            self.section(*b"]]>");
        }
    }

    fn section(&mut self, end: [u8; 3]) {
        self.last = [0; 12];
        self.within = Within::Section(end);
    }

    fn begin(&mut self, within: Within) {
        self.within = within;
        self.piece = 0;
        self.last = [0; 12];
    }

    fn push_last(&mut self, byte: u8) {
        self.last.rotate_left(1);
        if let Some(end) = self.last.last_mut() {
            *end = byte;
        }
    }

    fn excess(&self) -> Option<String> {
        if self.longest > PIECE {
            Some(format!("has a piece of XML longer than {}, as no workbook has", megabytes(PIECE as u64)))
        } else if self.deepest > DEPTH {
            Some(format!("nests its XML deeper than {DEPTH} elements, as no workbook does"))
        } else if !self.xml && self.size > FOREIGN {
            Some(format!("is larger than {}", megabytes(FOREIGN)))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(xml: &str) -> Pieces {
        let mut pieces = Pieces::default();
        // Byte by byte, so that nothing depends on where a read ends.
        for byte in xml.as_bytes().chunks(1) {
            pieces.feed(byte);
        }
        pieces
    }

    #[test]
    fn the_longest_piece_is_found_wherever_it_hides() {
        let filler = "<><'>".repeat(100);
        let quoted = filler.replace('\'', "");
        for (xml, longest) in [
            ("<a>text</a>".to_owned(), 4),
            (format!("<a>{}</a>", ">".repeat(500)), 500),
            (format!("<a b=\"{filler}\"/>"), 500),
            (format!("<a b='{quoted}'/>"), 400),
            (format!("<a><!--{filler}--></a>"), 500),
            (format!("<a><![CDATA[{filler}]]></a>"), 500),
            (format!("<?xml {}?>", "a".repeat(500)), 500),
        ] {
            let found = measured(&xml).longest;
            // Whether a piece counts the signs that it begins and ends with makes no difference.
            assert!((longest..longest + 12).contains(&found), "{found} {xml}");
        }
    }

    #[test]
    fn the_deepest_element_is_found() {
        for (xml, deepest) in [
            ("<?xml version='1.0'?><a><b/><c d='/'><e f='>'/></c><!-- <x><y><z> --><![CDATA[<x><y>]]></a>", 2),
            ("<a><b><c></c></b><b></b></a>", 3),
            ("<a b='</a>'><c /></a>", 1),
        ] {
            assert_eq!(measured(xml).deepest, deepest, "{xml}");
        }
    }

    #[test]
    fn claims_of_texts_are_read_from_tags_only() {
        assert_eq!(measured("<sst uniqueCount=\"99999999999\" count='3'><si/></sst>").claim, 99_999_999_999);
        assert_eq!(measured("<sst uniqueCount = '12'/>").claim, 12);
        assert_eq!(measured("<si>uniqueCount=\"99\"</si>").claim, 0);
    }

    #[test]
    fn what_says_that_it_is_hidden_is_seen() {
        for xml in
            ["<row r='1' hidden='1'/>", "<row ht='0.00'/>", "<sheetFormatPr defaultRowHeight='0'/>", "<row hidden='0'>"]
        {
            let found = measured(xml);
            assert!(found.hides_rows && !found.hides_columns, "{xml}");
        }
        for xml in ["<col\nhidden = \"true\"></col>", "<col min='1' width='0'/>"] {
            let found = measured(xml);
            assert!(found.hides_columns && !found.hides_rows, "{xml}");
        }
        for xml in [
            "<row r='1'>hidden='1'</row>",
            "<c v=' hidden='/>",
            "<!-- <row hidden='1'/> -->",
            "<row ht='10' customHeight='0'/>",
            "<col width='0.5'/>",
        ] {
            let found = measured(xml);
            assert!(!found.hides_rows && !found.hides_columns, "{xml}");
        }
    }
}
