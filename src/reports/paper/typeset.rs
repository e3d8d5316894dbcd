//! Lines of text as wide as they will be.
//!
//! Letters stand side by side, each as wide as its font says: what is measured is what is drawn. A letter and its marks are
//! one character where Unicode has it. A character that the fonts do not have is drawn as its number, `[U+6F22]`, and is
//! itself when the text is copied, searched or read aloud.

use std::{borrow::Cow, sync::LazyLock};

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{FontRef, MetadataProvider, instance::LocationRef, prelude::Size};
use unicode_normalization::UnicodeNormalization;

use crate::reports::fonts;

/// One of the fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
}

/// A stretch of text in one font.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) face: Face,
    pub(super) text: String,
}

/// A line, as its stretches; its words are apart by spaces, and so is it from the line after it.
pub(super) type Line = Vec<Run>;

struct Loaded {
    regular: Option<FontRef<'static>>,
    bold: Option<FontRef<'static>>,
}

static FONTS: LazyLock<Loaded> =
    LazyLock::new(|| Loaded { regular: FontRef::new(fonts::REGULAR).ok(), bold: FontRef::new(fonts::BOLD).ok() });

impl Face {
    /// The font as a PDF embeds it; none if it cannot be read, which a test tells.
    pub(super) fn font(self) -> Option<Font> {
        let bytes = match self {
            Self::Regular => fonts::REGULAR,
            Self::Bold => fonts::BOLD,
        };
        Font::new(bytes.into(), 0)
    }

    fn loaded(self) -> Option<&'static FontRef<'static>> {
        match self {
            Self::Regular => FONTS.regular.as_ref(),
            Self::Bold => FONTS.bold.as_ref(),
        }
    }

    /// A text as it is drawn: what the font lacks as numbers, and without what only says how its neighbours are drawn.
    pub(super) fn shown(self, text: &str) -> Cow<'_, str> {
        if !text.chars().any(|c| self.lacks(c) || is_unseen(c)) {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(2 * text.len());
        for c in text.chars().filter(|c| !is_unseen(*c)) {
            if self.lacks(c) { shown.push_str(&number_of(c)) } else { shown.push(c) }
        }
        Cow::Owned(shown)
    }

    /// The letters of a text as it is shown, each with its width in ems.
    pub(super) fn glyphs(self, shown: &str) -> Vec<KrillaGlyph> {
        let Some(font) = self.loaded() else { return Vec::new() };
        let (letters, metrics) = (font.charmap(), font.glyph_metrics(Size::new(1.0), LocationRef::default()));
        shown
            .char_indices()
            .map(|(at, c)| {
                let glyph = letters.map(c).unwrap_or_default();
                let width = metrics.advance_width(glyph).unwrap_or(0.5);
                KrillaGlyph::new(GlyphId::new(glyph.to_u32()), width, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
            })
            .collect()
    }

    /// Whether a character is drawn as its number.
    pub(super) fn lacks(self, c: char) -> bool {
        self.loaded().is_some_and(|font| font.charmap().map(c).is_none()) && !is_unseen(c)
    }

    /// How wide a text is at a size, in points.
    pub(super) fn width(self, text: &str, size: f32) -> f32 {
        self.glyphs(&self.shown(text)).iter().map(|glyph| glyph.x_advance).sum::<f32>() * size
    }
}

impl Run {
    pub(super) fn regular(text: impl AsRef<str>) -> Self {
        Self { face: Face::Regular, text: composed(text.as_ref()) }
    }

    pub(super) fn bold(text: impl AsRef<str>) -> Self {
        Self { face: Face::Bold, text: composed(text.as_ref()) }
    }
}

/// Letters and their marks as one character, where there is one: w and a circumflex as ŵ.
fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// How a character is shown that a font does not have: `[U+6F22]`.
pub(super) fn number_of(c: char) -> String {
    format!("[U+{:04X}]", u32::from(c))
}

/// What only says how its neighbours are drawn.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Text set in lines of at most this width, in points. A word that is wider than a line is broken, where it can be after one of
/// the signs that join the parts of names.
pub(super) fn lines(runs: &[Run], size: f32, width: f32) -> Vec<Line> {
    let mut lines = Lines { set: vec![Line::new()], used: 0.0, size, width };
    for Run { face, text } in runs {
        for word in text.split_whitespace() {
            lines.word(*face, word);
        }
    }
    lines.set.retain(|line| !line.is_empty());
    lines.set
}

struct Lines {
    set: Vec<Line>,
    /// How much of the last line is taken.
    used: f32,
    size: f32,
    width: f32,
}

impl Lines {
    fn word(&mut self, face: Face, word: &str) {
        let (wide, space) = (face.width(word, self.size), face.width(" ", self.size));
        if self.used > 0.0 && self.used + space + wide <= self.width {
            self.put(face, " ");
            return self.put(face, word);
        }
        if self.used > 0.0 {
            self.put(face, " ");
            self.set.push(Line::new());
            self.used = 0.0;
        }
        if wide <= self.width {
            return self.put(face, word);
        }
        for part in word.split_inclusive(['-', '_', '.', '/', ',', ':']) {
            if face.width(part, self.size) <= self.width {
                self.join(face, part);
            } else {
                part.char_indices().for_each(|(at, c)| self.join(face, &part[at..at + c.len_utf8()]));
            }
        }
    }

    /// Puts what belongs to the word before it, on a line of its own if it must.
    fn join(&mut self, face: Face, part: &str) {
        if self.used > 0.0 && self.used + face.width(part, self.size) > self.width {
            self.set.push(Line::new());
            self.used = 0.0;
        }
        self.put(face, part);
    }

    fn put(&mut self, face: Face, text: &str) {
        self.used += face.width(text, self.size);
        let Some(line) = self.set.last_mut() else { return };
        match line.last_mut() {
            Some(run) if run.face == face => run.text.push_str(text),
            _ => line.push(Run { face, text: text.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &Line) -> String {
        line.iter().map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn the_fonts_are_there_and_hold_what_reports_say() {
        for face in [Face::Regular, Face::Bold] {
            assert!(face.font().is_some());
            let font = face.loaded().expect("a font");
            let names = "Llŷn Ŵyn Łódź Świętokrzyskie Žďár Ελλάδα Київ Đà Nẵng Reykjavík Ștefan";
            for c in
                "abc XYZ 0,123.4% £€$₹ –—‘’“”…·•−×÷±äöüßéŵŷ ½⅓² ≤≥≈≠ ←→↑↓ ▲▼●○■◆ ▁█ ✓✗ №℃".chars().chain(names.chars())
            {
                assert!(font.charmap().map(c).is_some(), "{face:?} lacks {c:?}");
                assert!(!face.lacks(c));
            }
        }
    }

    #[test]
    fn what_the_fonts_lack_is_drawn_as_its_number() {
        assert!(Face::Regular.lacks('漢'));
        assert_eq!(Face::Regular.shown("a漢b"), "a[U+6F22]b");
        assert_eq!(Face::Regular.shown("\u{1f600}"), "[U+1F600]");
        assert_eq!(Face::Regular.glyphs("a[U+6F22]b").len(), 10);
        assert!((Face::Regular.width("漢", 9.0) - Face::Regular.width("[U+6F22]", 9.0)).abs() < 0.01);
        // An emoji's variation is no letter.
        assert_eq!(Face::Bold.shown("✓\u{fe0f}"), "✓");
        // As some keyboards write it: w, and a circumflex.
        assert_eq!(Run::regular("w\u{302}").text, "ŵ");
    }

    #[test]
    fn lines_are_as_wide_as_the_font_says() {
        // DejaVu Sans: the digits are 1,303 of 2,048 units wide each.
        let ten = Face::Regular.width("0123456789", 20.48);
        assert!((ten - 130.3).abs() < 0.01, "{ten}");
    }

    #[test]
    fn what_is_too_wide_is_broken() {
        let set = lines(&[Run::bold("ab"), Run::regular("0000000000 11")], 20.48, 66.0);
        let set: Vec<String> = set.iter().map(words).collect();
        assert_eq!(set, ["ab ", "00000", "00000 ", "11"]);
        let set: Vec<String> = lines(&[Run::regular("000-000.csv")], 20.48, 66.0).iter().map(words).collect();
        assert_eq!(set, ["000-", "000.", "csv"]);
    }
}
