//! The icons of Making Data Count: what the newest point says of the process, and whether it meets its plan.

use std::fmt::Write as _;

use crate::model::{Assurance, Variation};

use super::svg::{INK, text};

const RADIUS: f64 = 13.0;
/// The room that the icons take at the top.
pub(super) const HEIGHT: f64 = 36.0;

/// Those of one chart.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Icons {
    pub(super) variation: Option<Variation>,
    pub(super) assurance: Option<Assurance>,
}

impl Icons {
    pub(super) fn any(self) -> bool {
        self.variation.is_some() || self.assurance.is_some()
    }

    pub(super) fn draw(self, svg: &mut String) {
        let mut x = 2.0;
        if let Some(variation) = self.variation {
            draw(svg, x, variation.colour(), letter(variation));
            text(svg, (x + 34.0, 21.0), "start", &format!("fill=\"{INK}\""), words(variation));
            x = 196.0;
        }
        if let Some(assurance) = self.assurance {
            let (colour, letter) = match assurance {
                Assurance::ConsistentlyPassing => ("#00b0f0", "P"),
                Assurance::ConsistentlyFailing => ("#e46c0a", "F"),
                Assurance::HitOrMiss => ("#a6a6a6", "?"),
            };
            draw(svg, x, colour, Some(letter));
            text(svg, (x + 34.0, 21.0), "start", &format!("fill=\"{INK}\""), assured(assurance));
        }
    }
}

/// A ring with a letter; without one the line of a process that only varies.
fn draw(svg: &mut String, left: f64, colour: &str, letter: Option<&str>) {
    let (x, y) = (left + RADIUS + 1.5, RADIUS + 3.0);
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        r##"<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="#ffffff" stroke="{colour}" stroke-width="3.5"/>"##
    );
    match letter {
        Some(letter) => {
            text(svg, (x, y + 5.0), "middle", &format!("font-weight=\"700\" fill=\"{INK}\""), letter);
        }
        None => {
            let _ = write!(
                svg,
                r#"<path d="M{} {}l4 -4l4 6l4 -5l4 3" fill="none" stroke="{INK}" stroke-width="1.6"/>"#,
                x - 8.0,
                y + 1.0
            );
        }
    }
}

fn letter(variation: Variation) -> Option<&'static str> {
    match variation {
        Variation::CommonCause => None,
        Variation::ImprovingHigh | Variation::ConcerningHigh | Variation::NeutralHigh => Some("H"),
        Variation::ImprovingLow | Variation::ConcerningLow | Variation::NeutralLow => Some("L"),
    }
}

/// What the icon of variation says.
pub(super) fn words(variation: Variation) -> &'static str {
    match variation {
        Variation::CommonCause => "Common cause",
        Variation::ImprovingHigh => "Improving, high",
        Variation::ImprovingLow => "Improving, low",
        Variation::ConcerningHigh => "Concerning, high",
        Variation::ConcerningLow => "Concerning, low",
        Variation::NeutralHigh => "Special cause, high",
        Variation::NeutralLow => "Special cause, low",
    }
}

/// What the icon of assurance says of the plan.
pub(super) fn assured(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::ConsistentlyPassing => "Consistently passing",
        Assurance::ConsistentlyFailing => "Consistently failing",
        Assurance::HitOrMiss => "Hit or miss",
    }
}
