//! When a rebase is suggested.

use super::{all, chart, periods};
use crate::spc::{Chart, Settings};

const OLD: &str = "9 11 9 11 9 11 9 11 9 11 9 11 9";
const NEW: &str = "21 19 21 19 21 19 21 19 21 19 21 19 21";

fn suggested(text: &str) -> Option<usize> {
    chart(&periods(text)).suggested_rebase()
}

#[test]
fn from_the_start_of_a_shift_that_has_established_itself() {
    // All 26 have a mean of (129 + 261) / 26 = 15, so the shift up starts at period 13, with 13 figures on either side.
    assert_eq!(suggested(&format!("{OLD} {NEW}")), Some(13));
    assert_eq!(suggested(&format!("{OLD} {NEW} 19 21 19 19")), Some(13));
}

#[test]
fn a_fall_as_well() {
    assert_eq!(suggested(&format!("{NEW} 9 11 9 11 9 11 9 11 9 11 9 11 9")), Some(13));
}

#[test]
fn not_before_it_has_thirteen_figures() {
    assert_eq!(suggested(&format!("{OLD} {}", &NEW[..35])), None);
    // A gap is no figure, and the shift starts anew after it: eleven are left.
    assert_eq!(suggested(&format!("{OLD} 21 19 - 21 19 21 19 21 19 21 19 21 19 21")), None);
}

#[test]
fn not_where_the_old_limits_had_too_few() {
    assert_eq!(suggested(&format!("{} {NEW}", &OLD[2..])), None);
}

#[test]
fn not_while_it_may_be_turning_back() {
    // Against candidate limits around 259 / 13 = 19.92 the last 19 is the first on the other side.
    let waiting = format!("{OLD} 19 21 19 21 19 21 19 21 19 21 19 21 19");
    assert_eq!(suggested(&waiting), None);
    assert_eq!(suggested(&format!("{waiting} 21")), Some(13));
}

#[test]
fn not_where_a_shift_back_followed() {
    // The level went up for seven periods and came back for eight: candidate limits around 201 / 13 = 15.46 see the shift back.
    let back = format!("{OLD} 21 19 21 19 21 19 21 9 11 9 11 9 11 9 11");
    assert_eq!(suggested(&back), None);
    assert_eq!(suggested(&format!("{back} 21 21 21")), None);
}

#[test]
fn none_for_chance_alone() {
    assert_eq!(suggested(&format!("{OLD} 11 {OLD} 11")), None);
}

#[test]
fn only_in_the_newest_segment_and_counted_in_the_whole_chart() {
    let figures = periods(&format!("50 60 50 {OLD} {NEW}"));
    assert_eq!(Chart::of(&figures, &[3], &Settings::default()).suggested_rebase(), Some(16));
    assert_eq!(Chart::of(&figures, &[3, 16], &Settings::default()).suggested_rebase(), None);
}

#[test]
fn not_yet_for_nine_months_after_a_merger() {
    // A&E breaches of RRK (NHS England, Open Government Licence v3.0): two trusts became one in July 2018, period 27.
    let figures = [
        1195., 1843., 1397., 1333., 1771., 1751., 2013., 1759., 2179., 2585., 1654., 1543., 1632., 1558., 1190., 1357.,
        1279., 1683., 2190., 1804., 986., 2181., 2048., 2154., 1759., 1637., 1488., 6499., 5983., 6599., 7089., 8120.,
        8981., 12502., 11376., 10670.,
    ];
    assert_eq!(chart(&all(&figures)).suggested_rebase(), None);
}
