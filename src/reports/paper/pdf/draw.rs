//! Shapes to PDF.

use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Accessibility, ConfigurationBuilder, PdfVersion},
    geom::{PathBuilder, Point as At, Transform},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    outline::Outline,
    page::PageSettings,
    paint::{Fill, LineCap, LineJoin, Stroke, StrokeDash},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TagGroup, TagTree},
};
use resvg::{
    tiny_skia::PathSegment,
    usvg::{self, Paint},
};

use super::{
    SMALL,
    page::{BOTTOM, Child, Colour, MARGIN, PAGE, Pages, Shape, Tagged, WIDTH},
};
use crate::reports::{
    RenderError,
    chart::Drawn,
    paper::{Paper, typeset::Face},
};

/// Why no PDF could be made: a fault of the program, not of the data.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(in crate::reports) struct PdfError(pub(super) String);

impl From<PdfError> for RenderError {
    fn from(error: PdfError) -> Self {
        Self::File { what: "PDF", reason: error.0 }
    }
}

/// Draws the pages, and ties what is on them to their tags.
pub(super) fn write(paper: &Paper, pages: Pages, outline: Outline) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_version(PdfVersion::Pdf17)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let fonts = Fonts::load()?;
    let Pages { done: pages, tags, top, leaves, .. } = pages;
    let mut places: Vec<Option<Identifier>> = vec![None; leaves];
    let count = pages.len();
    for (at, shapes) in pages.into_iter().enumerate() {
        let settings =
            PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| PdfError("a page has no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for shape in shapes {
            let (leaf, tag) = match &shape {
                Shape::Text { leaf: Some(leaf), face, text, .. } => {
                    let is_as_drawn = face.shown(text) == *text;
                    let actual = (!is_as_drawn).then_some(text.as_str());
                    (Some(*leaf), ContentTag::Span(SpanTag::empty().with_actual_text(actual)))
                }
                Shape::Drawing { leaf, .. } => (Some(*leaf), ContentTag::Other),
                Shape::Text { .. } | Shape::Rule { .. } => {
                    (None, ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)))
                }
            };
            let place = surface.start_tagged(tag);
            draw(&mut surface, &fonts, &shape);
            surface.end_tagged();
            if let Some(known) = leaf.and_then(|leaf| places.get_mut(leaf)) {
                *known = Some(place);
            }
        }
        foot(&mut surface, &fonts, &paper.foot, &format!("Page {} of {count}", at + 1));
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some("en-GB".to_owned()));
    for tag in top {
        if let Some(group) = group(&tags, tag, &places) {
            tree.push(group);
        }
    }
    document.set_tag_tree(tree);
    document.set_outline(outline);
    document.set_metadata(metadata(paper));
    document.finish().map_err(|error| PdfError(format!("{error:?}")))
}

fn metadata(paper: &Paper) -> Metadata {
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(paper.date.year()).unwrap_or(1970);
    Metadata::new()
        .title(format!("{}: {}", paper.title, paper.subtitle))
        .language("en-GB".to_owned())
        .creator("bellwether".to_owned())
        .creation_date(DateTime::new(year).month(part(paper.date.month())).day(part(paper.date.day())))
}

fn group(tags: &[Tagged], tag: usize, places: &[Option<Identifier>]) -> Option<TagGroup> {
    let tagged = tags.get(tag)?;
    let children = tagged.children.iter().filter_map(|child| match *child {
        // A tag stands below one that was made before it: this ends.
        Child::Tag(below) => group(tags, below, places).map(Node::Group),
        Child::Leaf(leaf) => places.get(leaf).copied().flatten().map(Node::Leaf),
    });
    let children: Vec<Node> = children.collect();
    (!children.is_empty()).then(|| TagGroup::with_children(tagged.kind.clone(), children))
}

struct Fonts {
    regular: krilla::text::Font,
    bold: krilla::text::Font,
}

impl Fonts {
    fn load() -> Result<Self, PdfError> {
        let font = |face: Face| face.font().ok_or_else(|| PdfError("a font cannot be read".to_owned()));
        Ok(Self { regular: font(Face::Regular)?, bold: font(Face::Bold)? })
    }
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, shape: &Shape) {
    match shape {
        Shape::Text { at, face, size, colour, text, .. } => {
            write_text(surface, fonts, (*face, *size, *colour), *at, text);
        }
        Shape::Rule { from, to, width, colour } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: ink(*colour).into(), width: *width, ..Stroke::default() }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Shape::Drawing { drawn, at, width, .. } => chart(surface, drawn, *at, *width),
    }
}

fn write_text(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    (face, size, colour): (Face, f32, Colour),
    at: (f32, f32),
    text: &str,
) {
    let font = match face {
        Face::Regular => &fonts.regular,
        Face::Bold => &fonts.bold,
    };
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: ink(colour).into(), ..Fill::default() }));
    let shown = face.shown(text);
    surface.draw_glyphs(At::from_xy(at.0, at.1), &face.glyphs(&shown), font.clone(), &shown, size, false);
}

fn foot(surface: &mut Surface<'_>, fonts: &Fonts, left: &str, right: &str) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
    let y = BOTTOM + 26.0;
    let set = (Face::Regular, SMALL, Colour::Soft);
    let room = WIDTH - Face::Regular.width(right, SMALL) - 12.0;
    let mut left = left.to_owned();
    while Face::Regular.width(&left, SMALL) > room {
        left.truncate(left.char_indices().rev().nth(1).map_or(0, |(at, _)| at));
        left.push('…');
    }
    write_text(surface, fonts, set, (MARGIN, y), &left);
    write_text(surface, fonts, set, (MARGIN + WIDTH - Face::Regular.width(right, SMALL), y), right);
    surface.end_tagged();
}

fn ink(colour: Colour) -> rgb::Color {
    match colour {
        Colour::Ink => rgb::Color::new(0x17, 0x22, 0x2d),
        Colour::Soft => rgb::Color::new(0x4d, 0x5a, 0x66),
        Colour::Line => rgb::Color::new(0xc9, 0xd1, 0xd8),
        Colour::Grave => rgb::Color::new(0x8a, 0x10, 0x22),
    }
}

fn chart(surface: &mut Surface<'_>, Drawn { tree }: &Drawn, (x, y): (f32, f32), width: f32) {
    let scale = width / tree.size().width();
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, x, y));
    paint(surface, tree.root());
    surface.pop();
}

/// The paths of a drawing, those of its text among them. Charts have no others parts, no gradients and nothing transparent.
fn paint(surface: &mut Surface<'_>, group: &usvg::Group) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => paint(surface, group),
            usvg::Node::Text(text) => paint(surface, text.flattened()),
            usvg::Node::Path(path) => {
                let t = path.abs_transform();
                surface.push_transform(&Transform::from_row(t.sx, t.ky, t.kx, t.sy, t.tx, t.ty));
                surface.set_fill(path.fill().and_then(|fill| {
                    let paint = colour(fill.paint())?.into();
                    Some(Fill { paint, opacity: NormalizedF32::ONE, ..Fill::default() })
                }));
                surface.set_stroke(path.stroke().and_then(stroke));
                if let Some(path) = outline(path.data()) {
                    surface.draw_path(&path);
                }
                surface.pop();
            }
            usvg::Node::Image(_) => {}
        }
    }
}

fn outline(path: &resvg::tiny_skia::Path) -> Option<krilla::geom::Path> {
    let mut built = PathBuilder::new();
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(to) => built.move_to(to.x, to.y),
            PathSegment::LineTo(to) => built.line_to(to.x, to.y),
            PathSegment::QuadTo(by, to) => built.quad_to(by.x, by.y, to.x, to.y),
            PathSegment::CubicTo(a, b, to) => built.cubic_to(a.x, a.y, b.x, b.y, to.x, to.y),
            PathSegment::Close => built.close(),
        }
    }
    built.finish()
}

fn colour(paint: &Paint) -> Option<rgb::Color> {
    match paint {
        Paint::Color(colour) => Some(rgb::Color::new(colour.red, colour.green, colour.blue)),
        _ => None,
    }
}

fn stroke(stroke: &usvg::Stroke) -> Option<Stroke> {
    Some(Stroke {
        paint: colour(stroke.paint())?.into(),
        width: stroke.width().get(),
        line_cap: match stroke.linecap() {
            usvg::LineCap::Butt => LineCap::Butt,
            usvg::LineCap::Round => LineCap::Round,
            usvg::LineCap::Square => LineCap::Square,
        },
        line_join: match stroke.linejoin() {
            usvg::LineJoin::Round => LineJoin::Round,
            usvg::LineJoin::Bevel => LineJoin::Bevel,
            _ => LineJoin::Miter,
        },
        dash: stroke.dasharray().map(|array| StrokeDash { array: array.to_vec(), offset: stroke.dashoffset() }),
        ..Stroke::default()
    })
}
