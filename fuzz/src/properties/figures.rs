//! Cells and periods.

use bellwether::{
    model::{Cell, ColumnKind, Granularity, Missing, Period},
    tables::{PeriodProblem, read_cell, read_period},
};

use super::sections::text;

const KINDS: [ColumnKind; 7] = [
    ColumnKind::Text,
    ColumnKind::Number,
    ColumnKind::Percent,
    ColumnKind::Duration,
    ColumnKind::Period,
    ColumnKind::Figure,
    ColumnKind::Target,
];

/// A cell of each kind.
pub fn cells(bytes: &[u8]) {
    let text = text(bytes);
    for kind in KINDS {
        let cell = read_cell(kind, &text);
        assert_eq!(cell, read_cell(kind, &format!(" \u{a0}{text}\t")), "space around {text:?} matters, {kind:?}");
        match cell {
            Cell::Number(number) => {
                assert!(number.is_finite(), "{text:?} is {number}, {kind:?}");
                let again = if number == 0.0 { Cell::Number(0.0) } else { cell };
                let written = format!("{}", if number == 0.0 { 0.0 } else { number });
                assert_eq!(read_cell(ColumnKind::Number, &written), again, "{text:?} as {written}");
            }
            Cell::Period(period) => assert_eq!(read_cell(kind, &period.to_string()), cell, "{text:?}"),
            Cell::Text => assert_eq!(kind, ColumnKind::Text),
            Cell::Missing(missing) => {
                let blank = read_cell(ColumnKind::Text, &text) == Cell::Missing(Missing::Blank);
                assert_eq!(missing == Missing::Blank, blank, "{text:?}, {kind:?}");
            }
        }
    }
    // A figure is a target without a bound; both have the unit that they are printed in.
    if let figure @ Cell::Number(_) = read_cell(ColumnKind::Figure, &text) {
        assert_eq!(read_cell(ColumnKind::Target, &text), figure, "{text:?}");
    }
    // What the standard library takes for a number, signs and digits and a point, is that number.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    if let Some(number) = text.parse::<f64>().ok().filter(|_| plain) {
        let expected = if number.is_finite() { Cell::Number(number) } else { Cell::Missing(Missing::Unreadable) };
        assert_eq!(read_cell(ColumnKind::Number, &text), expected, "{text:?}");
    }
}

/// A period, in any financial year.
pub fn periods(bytes: &[u8]) {
    let text = text(bytes);
    for year in [None, Some(2025), Some(1900), Some(2200), Some(0), Some(-1), Some(i32::MAX), Some(i32::MIN)] {
        match read_period(&text, year) {
            Ok(period) => {
                sound(period);
                let bare = read_period(&text, None);
                assert!(year.is_some() || bare == Ok(period));
                assert_eq!(read_period(&format!(" {text}\u{a0}"), year), Ok(period), "space around {text:?} matters");
            }
            Err(problem) => {
                assert!(!problem.to_string().is_empty());
                if let PeriodProblem::Ambiguous { readings, .. } = problem {
                    assert!(readings.len() > 1, "{text:?} can mean one thing only");
                    readings.into_iter().for_each(sound);
                }
            }
        }
    }
    if let Ok(period) = text.parse::<Period>() {
        sound(period);
        assert_eq!(period.to_string(), text, "a period is written in one way");
    }
}

/// What holds of every period.
fn sound(period: Period) {
    let written = period.to_string();
    assert_eq!(read_period(&written, None), Ok(period), "{written}");
    assert_eq!(written.parse(), Ok(period), "{written}");
    assert!(period.start() <= period.end(), "{written}");
    assert_eq!(Period::containing(period.granularity(), period.start()), Some(period), "{written}");
    assert_eq!(Period::containing(period.granularity(), period.end()), Some(period), "{written}");
    assert_eq!(period.previous().next(), period, "{written}");
    assert_eq!(period.since(period.previous()), Some(1), "{written}");
    assert!(period.same_period_last_year() < period, "{written}");
    if period.granularity() != Granularity::CalendarYear {
        assert!(period.first_of_financial_year() <= period, "{written}");
    }
    assert!(!period.label().is_empty(), "{written}");
}
