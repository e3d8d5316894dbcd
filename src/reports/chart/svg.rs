//! The drawing: icons at the top, the plot, what its marks and lines mean below.

use std::fmt::Write as _;

use super::{icons, icons::Icons, key, picture, plot::Plot, scale::Scale};
use crate::model::{ChartPoint, Period, Unit};

/// The width of every chart, in its own units.
pub(super) const WIDTH: f64 = 400.0;
/// Large enough to be read when a phone shows the whole at 340 pixels.
pub(super) const FONT_SIZE: f64 = 15.0;
/// Text, axes, and the mean.
pub(super) const INK: &str = "#17222d";
/// White around it, where a page is dark.
const EDGE: f64 = 6.0;
/// The height of the plot itself.
const PLOT: f64 = 140.0;

/// What is to be drawn.
pub(super) struct Drawing<'a> {
    /// Consecutive periods, oldest first.
    pub(super) points: &'a [ChartPoint],
    /// Periods at which limits begin anew.
    pub(super) breaks: &'a [Period],
    pub(super) icons: Icons,
    pub(super) unit: Unit,
    /// The plan, where it is one for all periods.
    pub(super) plan: Option<f64>,
}

/// Lets a drawing fit a page that has no style of its own for it.
pub(super) const FITS: &str = r#" style="width:100%;max-width:480px;height:auto""#;

impl Drawing<'_> {
    /// None with fewer than two points, or numbers that cannot be drawn.
    pub(super) fn svg(&self, alternative: &str) -> Option<String> {
        let scale = Scale::of(self.points, self.unit).filter(|_| self.points.len() > 1)?;
        let top = if self.icons.any() { icons::HEIGHT } else { 0.0 };
        let mut body = String::new();
        self.icons.draw(&mut body);
        let bottom = Plot::new(self, &scale, top, PLOT).draw(&mut body);
        let height = key::draw(&mut body, self, bottom);
        let (left, wide, high) = (-EDGE, WIDTH + 2.0 * EDGE, height + 2.0 * EDGE);
        let (label, font) = (escape(alternative), picture::FONT);
        Some(format!(
            r##"<svg role="img" aria-label="{label}" width="{wide}" height="{high:.0}" viewBox="{left} {left} {wide} {high:.0}" font-family="{font}, Arial, sans-serif" font-size="{FONT_SIZE}"{FITS}><rect x="{left}" y="{left}" width="{wide}" height="{high:.0}" fill="#ffffff"/>{body}</svg>"##
        ))
    }
}

/// Writes a line of text; `style` is made of attributes.
pub(super) fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, style: &str, words: &str) {
    // Writing to a string cannot fail.
    let _ = write!(svg, r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" {style}>{}</text>"#, escape(words));
}

/// About how wide a text is, in the font that is built in.
pub(super) fn width_of(words: &str) -> f64 {
    let width = |c: char| match c {
        ' ' | ',' | '.' | ':' | 'i' | 'l' => 0.32,
        '%' | 'm' | 'w' => 0.96,
        c if c.is_lowercase() => 0.59,
        _ => 0.68,
    };
    words.chars().map(width).sum::<f64>() * FONT_SIZE
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
