//! A document as a Word file: headings, lists and tables as Word knows them, charts as pictures with words for those who see
//! none.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{
    Block, Fact, Matter, Paper, Point, Table,
    ooxml::{self, text},
};
use crate::reports::RenderError;

/// The width of the text, in twentieths of a point, and of half of it.
const WIDTH: usize = 9866;
const HALF: usize = WIDTH / 2;
/// The width of a chart in the units of drawings, of which 12,700 are a point.
const CHART: usize = 3_050_000;

/// The same document always gives the same bytes.
pub(in crate::reports) fn docx(paper: &Paper) -> Result<Vec<u8>, RenderError> {
    let mut written = Written { body: String::new(), pictures: Vec::new() };
    written.title(paper);
    for block in &paper.blocks {
        written.block(block)?;
    }
    written.pack(paper).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::File { what: "Word file", reason: error.to_string() }
}

struct Written {
    body: String,
    /// PNG.
    pictures: Vec<Vec<u8>>,
}

// Writing to a string cannot fail.
impl Written {
    fn title(&mut self, paper: &Paper) {
        self.body.push_str(&paragraph("Kind", "", &run(&paper.title, "")));
        self.body.push_str(&paragraph("Title", "", &run(&paper.subtitle, "")));
        for fact in &paper.facts {
            self.body.push_str(&self::fact(fact));
        }
    }

    fn block(&mut self, block: &Block) -> Result<(), RenderError> {
        match block {
            Block::Heading(level, words) => {
                let style = if *level == 1 { "Heading1" } else { "Heading2" };
                self.body.push_str(&paragraph(style, "", &run(words, "")));
            }
            Block::Text(words) => self.body.push_str(&paragraph("Normal", "", &run(words, ""))),
            Block::Lead(words) => self.body.push_str(&paragraph("Lead", "", &run(words, ""))),
            Block::List(points) => points.iter().for_each(|point| self.body.push_str(&self::point(point))),
            Block::Table(table) => self.table(table),
            Block::Matter(matter) => self.matter(matter)?,
        }
        Ok(())
    }

    fn table(&mut self, table: &Table) {
        self.body.push_str(&paragraph("Caption", "", &run(&table.caption, "")));
        let widths: Vec<usize> = table.columns.iter().map(|column| WIDTH * usize::from(column.width) / 100).collect();
        let mut grid = String::new();
        for width in &widths {
            let _ = write!(grid, "<w:gridCol w:w=\"{width}\"/>");
        }
        let _ = write!(
            self.body,
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"Listing\"/><w:tblW w:w=\"{WIDTH}\" w:type=\"dxa\"/>\
             <w:tblLayout w:type=\"fixed\"/><w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" \
             w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/><w:tblCaption w:val=\"{}\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>",
            text(&table.caption)
        );
        let titles: Vec<String> = table.columns.iter().map(|column| column.title.to_owned()).collect();
        let rows = std::iter::once((&titles, true)).chain(table.rows.iter().map(|row| (row, false)));
        for (cells, is_header) in rows {
            let header = if is_header { "<w:tblHeader/>" } else { "" };
            let _ = write!(self.body, "<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>");
            for ((cell, column), width) in cells.iter().zip(&table.columns).zip(&widths) {
                let side = if column.is_number { "<w:jc w:val=\"right\"/>" } else { "" };
                let bold = if is_header { "<w:b/>" } else { "" };
                let words = paragraph("Cell", side, &run(cell, bold));
                let _ =
                    write!(self.body, "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{words}</w:tc>");
            }
            self.body.push_str("</w:tr>");
        }
        self.body.push_str("</w:tbl>");
        self.body.push_str(&paragraph("Fact", "", ""));
    }

    /// The figures stand beside the chart.
    fn matter(&mut self, matter: &Matter) -> Result<(), RenderError> {
        let colour = if matter.is_grave { "<w:color w:val=\"8A1022\"/>" } else { "" };
        self.body.push_str(&paragraph("Heading2", "", &run(&matter.title, "")));
        self.body.push_str(&paragraph("Tag", "", &run(&matter.tag, colour)));
        self.body.push_str(&paragraph("Normal", "<w:keepNext/>", &run(&matter.text, "")));
        let facts: String = matter.facts.iter().map(fact).collect();
        let Some(chart) = &matter.chart else {
            self.body.push_str(&facts);
            return Ok(());
        };
        let picture = self.picture(chart.png().map_err(failed)?, &chart.words.join(" "));
        let cell =
            |content: &str| format!("<w:tc><w:tcPr><w:tcW w:w=\"{HALF}\" w:type=\"dxa\"/></w:tcPr>{content}</w:tc>");
        let _ = write!(
            self.body,
            "<w:tbl><w:tblPr><w:tblW w:w=\"{WIDTH}\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>\
             <w:gridCol w:w=\"{HALF}\"/><w:gridCol w:w=\"{HALF}\"/></w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>{}{}</w:tr></w:tbl>{}",
            cell(&facts),
            cell(&paragraph("Fact", "", &picture)),
            paragraph("Fact", "", "")
        );
        Ok(())
    }

    fn picture(&mut self, png: Vec<u8>, alternative: &str) -> String {
        let height = CHART * ratio(&png) / 1000;
        self.pictures.push(png);
        let number = self.pictures.len();
        format!(
            "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{CHART}\" cy=\"{height}\"/>\
             <wp:docPr id=\"{number}\" name=\"Chart {number}\" descr=\"{}\"/><a:graphic>\
             <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic><pic:nvPicPr>\
             <pic:cNvPr id=\"{number}\" name=\"Chart {number}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>\
             <a:blip r:embed=\"picture{number}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>\
             <a:off x=\"0\" y=\"0\"/><a:ext cx=\"{CHART}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>\
             </pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
            text(alternative)
        )
    }

    fn pack(self, paper: &Paper) -> Result<Vec<u8>, ZipError> {
        let document = format!(
            "{}<w:document {}><w:body>{}<w:sectPr><w:footerReference w:type=\"default\" r:id=\"footer\"/>\
             <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1020\" w:right=\"1020\" w:bottom=\"1134\" w:left=\"1020\" \
             w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
            ooxml::HEADER,
            ooxml::SPACES,
            self.body
        );
        let parts = [
            ("[Content_Types].xml", ooxml::CONTENT_TYPES.to_owned()),
            ("_rels/.rels", ooxml::RELATIONS.to_owned()),
            ("docProps/core.xml", ooxml::properties(paper)),
            ("word/document.xml", document),
            ("word/_rels/document.xml.rels", ooxml::text_relations(self.pictures.len())),
            ("word/styles.xml", ooxml::STYLES.to_owned()),
            ("word/numbering.xml", ooxml::NUMBERING.to_owned()),
            ("word/settings.xml", ooxml::SETTINGS.to_owned()),
            ("word/footer1.xml", ooxml::footer(paper)),
        ];
        let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
        // No time of day is in it.
        let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
        for (name, content) in parts {
            packed.start_file(name, options.compression_method(CompressionMethod::Deflated))?;
            packed.write_all(content.as_bytes())?;
        }
        for (number, picture) in (1..).zip(&self.pictures) {
            packed.start_file(
                format!("word/media/chart{number}.png"),
                options.compression_method(CompressionMethod::Stored),
            )?;
            packed.write_all(picture)?;
        }
        Ok(packed.finish()?.into_inner())
    }
}

fn paragraph(style: &str, properties: &str, content: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{properties}</w:pPr>{content}</w:p>")
}

fn run(words: &str, properties: &str) -> String {
    let properties = if properties.is_empty() { String::new() } else { format!("<w:rPr>{properties}</w:rPr>") };
    format!("<w:r>{properties}<w:t xml:space=\"preserve\">{}</w:t></w:r>", text(words))
}

fn point(point: &Point) -> String {
    let head = if point.head.is_empty() { String::new() } else { run(&format!("{} ", point.head), "<w:b/>") };
    paragraph("ListBullet", "", &format!("{head}{}", run(&point.text, "")))
}

fn fact(Fact { name, text }: &Fact) -> String {
    let name = run(&format!("{name}: "), "<w:color w:val=\"4D5A66\"/>");
    paragraph("Fact", "", &format!("{name}{}", run(text, "")))
}

/// How high a PNG is, in thousandths of its width: both stand at the beginning of the file.
fn ratio(png: &[u8]) -> usize {
    let number = |at: usize| {
        let bytes = png.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(1, u32::from_be_bytes);
        usize::try_from(bytes).unwrap_or(1).max(1)
    };
    number(20) * 1000 / number(16)
}
