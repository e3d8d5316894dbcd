//! Charts whose places are worked out by hand.

use super::*;
use crate::model::{Assurance, ChartRebase, Variation};

/// Mean 10 and limits 2 to 18 over four months; the third is missing, the last of concern.
fn control() -> ControlChart {
    let first: Period = "2025-01".parse().expect("a month");
    let figures = [Some(10.0), Some(9.0), None, Some(1.0)];
    let points = (0..).zip(figures).map(|(at, value)| ChartPoint {
        period: first.minus(-at),
        value,
        plan: Some(12.0),
        lines: Some([2.0, 10.0, 18.0]),
        mark: if at == 3 { ChartMark::Concern } else { ChartMark::CommonCause },
    });
    ControlChart {
        points: points.collect(),
        rebases: vec![],
        suggested_rebase: None,
        variation: Some(Variation::ConcerningLow),
        assurance: Some(Assurance::HitOrMiss),
    }
}

fn trail(figures: &[Option<f64>]) -> Vec<(Period, Value)> {
    let first: Period = "2025-05".parse().expect("a month");
    (0..).zip(figures).map(|(at, figure)| (first.minus(-at), figure.map_or(Value::ABSENT, Value::number))).collect()
}

/// The places of all elements of a kind, as (x, y).
fn places(svg: &str, element: &str) -> Vec<(f64, f64)> {
    let number = |text: &str, name: &str| -> f64 {
        let (_, rest) = text.split_once(&format!(" {name}=\"")).expect("an attribute");
        rest.split('"').next().expect("a value").parse().expect("a number")
    };
    svg.split(&format!("<{element} "))
        .skip(1)
        .map(|rest| format!(" {rest}"))
        .map(|rest| (number(&rest, "cx"), number(&rest, "cy")))
        .collect()
}

#[test]
fn a_point_stands_where_its_figure_is() {
    let chart = Chart::run(&trail(&[Some(0.0), None, Some(30.0), Some(15.0)]), Value::number(30.0), Unit::Number);
    let svg = chart.expect("a chart").svg;
    let points = places(&svg, "circle");
    let [(x0, y0), (x2, y2), (x3, y3)] = points.as_slice() else { panic!("three points, not {points:?}") };
    // Four months at even distances, the second without a figure; 15 lies half-way between 0 and 30.
    assert!((x2 - x0 - 2.0 * (x3 - x2)).abs() < 0.11, "{points:?}");
    assert!((y3 - f64::midpoint(*y0, *y2)).abs() < 0.11 && y2 < y0, "{points:?}");
    // The line of figures ends before the gap and begins anew after it: two strokes of the pen.
    let line = svg.split("<path d=\"").find(|path| path.contains("stroke-linejoin")).expect("a line");
    let d = line.split('"').next().expect("its points");
    assert_eq!((d.matches('M').count(), d.matches('L').count()), (2, 1), "{d}");
    for text in [">0</text>", ">10</text>", ">30</text>", ">May 2025</text>", ">August 2025</text>", ">plan 30</text>"]
    {
        assert!(svg.contains(text), "{text} in {svg}");
    }
}

#[test]
fn shapes_and_letters_tell_without_colour() {
    let svg = Chart::control(&control(), Unit::Number).expect("a chart").svg;
    // Two circles of chance, and the rings of two icons; the point of concern is a triangle, and the key has one.
    assert_eq!(places(&svg, "circle").len(), 4, "{svg}");
    assert_eq!(svg.matches(r##"Z" fill="#e46c0a" stroke="#17222d""##).count(), 2, "{svg}");
    for text in [
        ">L</text>",
        ">Concerning, low</text>",
        ">?</text>",
        ">Hit or miss</text>",
        ">limits</text>",
        ">concern</text>",
    ] {
        assert!(svg.contains(text), "{text} in {svg}");
    }
    assert!(!svg.contains(">improvement</text>"), "what is not in the chart is not in its key: {svg}");
}

#[test]
fn limits_that_were_set_anew_are_lines_of_their_own() {
    let approved =
        ChartRebase { from: "2025-03".parse().expect("a month"), approved_by: String::new(), comment: String::new() };
    let before = Chart::control(&control(), Unit::Number).expect("a chart").svg;
    let after =
        Chart::control(&ControlChart { rebases: vec![approved], ..control() }, Unit::Number).expect("a chart").svg;
    // Mean and two limits are interrupted once each, and the plan is not.
    let strokes = |svg: &str| {
        svg.split("<path d=\"")
            .skip(1)
            .filter_map(|path| path.split('"').next())
            .map(|d| d.matches('M').count())
            .sum::<usize>()
    };
    assert_eq!(strokes(&after), strokes(&before) + 3);
}

#[test]
fn words_say_what_the_picture_shows() {
    let first: Period = "2025-01".parse().expect("a month");
    let approved = ChartRebase { from: first, approved_by: "Ann <b>".to_owned(), comment: "new\nclinic".to_owned() };
    let chart = ControlChart { rebases: vec![approved], suggested_rebase: Some(first.minus(-1)), ..control() };
    let chart = Chart::control(&chart, Unit::Number).expect("a chart");
    assert_eq!(
        chart.words,
        [
            "Control chart: mean 10, limits 2 to 18.",
            "Of 4 points 1 of concern (filled triangles).",
            "Limits set anew from January 2025, approved by Ann <b>: new clinic.",
            "The level has held since February 2025: if it is known what changed, the limits could be set anew from \
             there.",
            "Variation: concerning, low.",
            "Assurance: hit or miss against the plan.",
            "Lines: mean full, limits dashed, plan dotted.",
        ]
    );
    assert!(chart.svg.contains("Ann &lt;b&gt;") && !chart.svg.contains("<b>"));
    let chart = Chart::run(&trail(&[Some(66.0), Some(151.0), None, Some(72.0)]), Value::number(100.0), Unit::Number);
    assert_eq!(
        chart.expect("a chart").words,
        [
            "Run chart, May 2025 to August 2025: lowest 66, highest 151, newest 72.",
            "Below the plan of 100 in 2 of the 3 months with a figure."
        ]
    );
}

#[test]
fn what_cannot_be_drawn_is_not() {
    let one = ControlChart { points: control().points[..1].to_vec(), ..control() };
    assert!(Chart::control(&one, Unit::Number).is_none());
    let mut huge = control();
    huge.points[0].value = Some(f64::MAX);
    huge.points[1].value = Some(f64::MIN);
    assert!(Chart::control(&huge, Unit::Number).is_none());
    for figures in [&[][..], &[Some(1.0)], &[None, None], &[Some(0.0), Some(0.0)], &[Some(f64::MAX), Some(f64::MIN)]] {
        assert!(Chart::run(&trail(figures), Value::ABSENT, Unit::Number).is_none(), "{figures:?}");
    }
    assert!(Chart::run(&trail(&[Some(5.0), Some(5.0)]), Value::ABSENT, Unit::Number).is_some(), "a level is a chart");
}

#[test]
fn a_picture_is_a_small_png_twice_as_dense_as_it_is_shown() {
    for chart in [
        Chart::control(&control(), Unit::Percent),
        Chart::run(&trail(&[Some(66.0), Some(151.0)]), Value::number(1e12), Unit::Pounds),
    ] {
        let png = chart.expect("a chart").png().expect("a picture");
        // PNG, 5.2 and 11.2.2: the signature, then the header with the width in its first four bytes.
        assert_eq!(png[..8], [137, 80, 78, 71, 13, 10, 26, 10]);
        assert_eq!(png[16..20], 960_u32.to_be_bytes());
        assert!(png.len() < 60_000, "{} bytes", png.len());
    }
}

/// Whether the letters of the font are there: a picture with text has more ink than the same without.
#[test]
fn the_font_is_built_in() {
    let chart = Chart::run(&trail(&[Some(66.0), Some(151.0)]), Value::number(100.0), Unit::Number).expect("a chart");
    let silent = Chart { svg: chart.svg.replace("<text ", "<desc ").replace("</text>", "</desc>"), words: vec![] };
    assert!(chart.png().expect("a picture").len() > silent.png().expect("a picture").len() + 1000);
}
