//! The parts of a Word file beside its text (ECMA-376), which are always the same but for the foot and the properties.

use super::{Paper, escape};

pub(super) const CONTENT_TYPES: &str = include_str!("ooxml/content-types.xml");
pub(super) const RELATIONS: &str = include_str!("ooxml/relations.xml");
pub(super) const STYLES: &str = include_str!("ooxml/styles.xml");
pub(super) const NUMBERING: &str = include_str!("ooxml/numbering.xml");
pub(super) const SETTINGS: &str = include_str!("ooxml/settings.xml");

/// The name spaces that texts use.
pub(super) const SPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
     xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
     xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
     xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"";

pub(super) const HEADER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Text as XML holds it; what XML cannot hold is left out.
pub(super) fn text(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !matches!(c, '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')).collect();
    escape(&kept)
}

/// The relations of the text to its parts and to so many pictures.
pub(super) fn text_relations(pictures: usize) -> String {
    const BASE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let parts = [
        ("styles", "styles.xml"),
        ("numbering", "numbering.xml"),
        ("settings", "settings.xml"),
        ("footer", "footer1.xml"),
    ];
    let parts = parts.iter().map(|(kind, target)| relation(kind, &format!("{BASE}/{kind}"), target));
    let pictures = (1..=pictures)
        .map(|n| relation(&format!("picture{n}"), &format!("{BASE}/image"), &format!("media/chart{n}.png")));
    format!(
        "{HEADER}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{}{}</Relationships>",
        parts.collect::<String>(),
        pictures.collect::<String>()
    )
}

fn relation(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
}

/// The foot of every page: whose it is, and which page of how many.
pub(super) fn footer(paper: &Paper) -> String {
    let field = |name: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> {name} </w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
        )
    };
    format!(
        "{HEADER}<w:ftr {SPACES}><w:p><w:pPr><w:pStyle w:val=\"Footer\"/></w:pPr><w:r><w:t>{}</w:t></w:r><w:r><w:tab/></w:r>\
         <w:r><w:t xml:space=\"preserve\">Page </w:t></w:r>{}<w:r><w:t xml:space=\"preserve\"> of </w:t></w:r>{}</w:p></w:ftr>",
        text(&paper.foot),
        field("PAGE"),
        field("NUMPAGES")
    )
}

/// Title, language and day.
pub(super) fn properties(paper: &Paper) -> String {
    format!(
        "{HEADER}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:creator>bellwether</dc:creator>\
         <dc:language>en-GB</dc:language><dcterms:created xsi:type=\"dcterms:W3CDTF\">{}T00:00:00Z</dcterms:created>\
         </cp:coreProperties>",
        text(&format!("{}: {}", paper.title, paper.subtitle)),
        paper.date
    )
}
