//! The picture as SVG. Firing, pending, clear and missing differ in lightness and by a mark, so that no one has to tell
//! two colours apart; the colours themselves are told apart with every common kind of colour blindness.

use std::fmt::Write as _;

use super::{CellState, Shown};
use crate::reports::clean;

const CELL: usize = 62;
const ROW: usize = 30;
const LABEL: usize = 270;
const MARGIN: usize = 20;
const TOP: usize = 112;
/// The widest label and cell, in characters that fit their places.
const LABEL_COLUMNS: usize = 36;
const CELL_COLUMNS: usize = 7;
/// The width of a letter of the legend, generously; and the least width of a picture, so that the legend fits.
const LETTER: usize = 8;
const LEAST: usize = 620;

/// Fill, stroke and ink of a cell.
struct Paint {
    fill: &'static str,
    ink: &'static str,
}

fn paint(state: Option<CellState>) -> Paint {
    match state {
        Some(CellState::Firing) => Paint { fill: "#9c2f10", ink: "#ffffff" },
        Some(CellState::Pending) => Paint { fill: "url(#pending)", ink: "#17222d" },
        Some(CellState::Clear) => Paint { fill: "#d9e8f3", ink: "#17222d" },
        Some(CellState::Unknown) => Paint { fill: "url(#unknown)", ink: "#17222d" },
        None => Paint { fill: "#ffffff", ink: "#4d5a66" },
    }
}

pub(super) fn draw(shown: &Shown<'_>) -> String {
    let width = (LABEL + shown.headers.len() * CELL).max(LEAST) + 2 * MARGIN;
    let bottom = TOP + shown.rows.len() * ROW;
    let height = bottom + 58 + shown.notes.len() * 20;
    let mut svg = opening(shown, width, height);
    for (column, (first, second)) in shown.headers.iter().enumerate() {
        let x = MARGIN + LABEL + column * CELL + CELL / 2;
        text(&mut svg, (x, TOP - 26), "middle", "#17222d", "13", first);
        text(&mut svg, (x, TOP - 10), "middle", "#4d5a66", "12", second);
    }
    for (i, (name, cells)) in shown.rows.iter().enumerate() {
        let y = TOP + i * ROW;
        text(&mut svg, (MARGIN + LABEL - 10, y + 20), "end", "#17222d", "14", &label(name));
        for (column, cell) in cells.iter().enumerate() {
            let figure = cell.map_or_else(|| "–".to_owned(), |cell| clean::line(&cell.text, CELL_COLUMNS));
            draw_cell(&mut svg, (MARGIN + LABEL + column * CELL, y), CELL, cell.map(|cell| cell.state), &figure);
        }
    }
    draw_legend(&mut svg, bottom + 20);
    for (i, note) in shown.notes.iter().enumerate() {
        text(&mut svg, (MARGIN, bottom + 68 + i * 20), "start", "#4d5a66", "13", note);
    }
    svg.push_str("</svg>\n");
    svg
}

fn opening(shown: &Shown<'_>, width: usize, height: usize) -> String {
    let (title, summary) = (escape(&shown.title), escape(&shown.summary));
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" xml:lang="en-GB" role="img" aria-labelledby="title desc" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif">
<title id="title">{title}</title>
<desc id="desc">{summary}</desc>
<defs>
<pattern id="pending" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="#f6cf7a"/><path d="M0 8L8 0" stroke="#e0aa3c" stroke-width="1.4"/></pattern>
<pattern id="unknown" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#ffffff"/><circle cx="3" cy="3" r="0.8" fill="#8895a1"/></pattern>
</defs>
<rect width="{width}" height="{height}" fill="#ffffff"/>
"##
    );
    text(&mut svg, (MARGIN, 30), "start", "#17222d", "18", &shown.title);
    text(&mut svg, (MARGIN, 52), "start", "#4d5a66", "13", &shown.summary);
    svg
}

/// As much of a row's name as fits its place, by the widths that the letters have in most fonts.
fn label(name: &str) -> String {
    let name = clean::line(name, LABEL_COLUMNS);
    let mut used = 0;
    let fitting: String = name
        .chars()
        .take_while(|c| {
            used += pixels(*c);
            used <= LABEL - 10
        })
        .collect();
    if fitting.len() == name.len() { name } else { format!("{fitting}…") }
}

/// The width of a letter of 14 pixels.
fn pixels(c: char) -> usize {
    match c {
        'M' | 'W' => 14,
        'm' | 'w' => 12,
        c if c.is_uppercase() => 11,
        c => 7 * clean::width(c),
    }
}

/// A cell with its figure; a firing one has a corner cut out, so that it is found without colour.
fn draw_cell(svg: &mut String, (x, y): (usize, usize), width: usize, state: Option<CellState>, figure: &str) {
    let Paint { fill, ink } = paint(state);
    let (inner, height) = (width - 2, ROW - 2);
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        r##"<rect x="{x}" y="{y}" width="{inner}" height="{height}" fill="{fill}" stroke="#8895a1" stroke-width="0.6"/>"##
    );
    if state == Some(CellState::Firing) {
        let (right, low) = (x + inner, y + 10);
        let left = right - 10;
        let _ = writeln!(svg, r##"<path d="M{left} {y}L{right} {y}L{right} {low}Z" fill="#ffffff"/>"##);
    }
    let weight = if state == Some(CellState::Firing) { "700" } else { "400" };
    let (middle, base) = (x + inner / 2, y + 19);
    let _ = writeln!(
        svg,
        r#"<text x="{middle}" y="{base}" text-anchor="middle" font-size="14" font-weight="{weight}" fill="{ink}">{}</text>"#,
        escape(figure)
    );
}

fn draw_legend(svg: &mut String, y: usize) {
    let states = CellState::ALL.map(|state| (Some(state), state.word()));
    let mut x = MARGIN;
    for (state, word) in states.into_iter().chain([(None, "no figure")]) {
        let mark = if state.is_none() { "–" } else { "" };
        draw_cell(svg, (x, y), ROW, state, mark);
        text(svg, (x + ROW + 8, y + 19), "start", "#17222d", "13", word);
        x += ROW + 8 + word.len() * LETTER + MARGIN;
    }
}

fn text(svg: &mut String, (x, y): (usize, usize), anchor: &str, ink: &str, size: &str, content: &str) {
    let content = escape(content);
    let _ = writeln!(
        svg,
        r#"<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="{ink}">{content}</text>"#
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use crate::reports::overview::{Overview, OverviewRow, overview, tests::two_contracts};

    #[test]
    fn title_description_and_every_figure_are_there() {
        let svg = overview(&two_contracts());
        assert!(svg.contains("<title id=\"title\">Local Enhanced Services: share of plan</title>"));
        assert!(svg.contains("<desc id=\"desc\">2 series over 3 periods. October 2025: 1 firing, 1 clear.</desc>"));
        for figure in ["57%", "61%", "52%", "59%", "62%", "Dementia", "Wound Care", "no figure", "could not be judged"]
        {
            assert!(svg.contains(&format!(">{figure}</text>")), "{figure}");
        }
    }

    #[test]
    fn labels_cannot_become_markup_or_run_out_of_the_picture() {
        let label = format!("<script>alert('x')</script>&\u{202e}{}", "x".repeat(10_000));
        let rows = vec![OverviewRow { label, cells: Vec::new() }];
        let svg = overview(&Overview { rows, ..two_contracts() });
        assert!(!svg.contains("<script") && !svg.contains('\u{202e}') && svg.len() < 10_000, "{svg}");
        assert!(svg.contains("&lt;script&gt;"));
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let rows = (0..250).map(|i| OverviewRow { label: i.to_string(), cells: Vec::new() }).collect();
        let first = two_contracts().periods[0];
        let periods = (0..30).map(|i| first.minus(-i)).collect();
        let svg = overview(&Overview { title: "t".to_owned(), periods, rows });
        assert!(svg.contains("and 50 more series, not shown") && svg.contains("and 6 earlier periods, not shown"));
    }
}
