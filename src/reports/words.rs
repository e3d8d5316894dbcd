//! Figures in words.

use crate::model::{Cause, Missing, Period, Severity, Unit, Value, value::format_number};

/// From here on a figure is written with an exponent: nobody reads more digits, and a table does not hold them.
const LARGEST_IN_FULL: f64 = 1e15;

/// A figure as people write it, or the reason why there is none.
pub(super) fn figure(value: Value, unit: Unit) -> String {
    value.get().map_or_else(|| value.to_string(), |figure| quantity(figure, unit))
}

/// A number in its unit: `1,332`, `56.7%`, `1:05:37`, `£23,269`.
pub(super) fn quantity(figure: f64, unit: Unit) -> String {
    if figure.abs() < LARGEST_IN_FULL { unit.write(figure) } else { number(figure) }
}

/// As [`quantity`], with what is counted, as the measure has the word: `1,332 appointments`.
pub(super) fn counted(figure: f64, unit: Unit, counted: Option<&str>) -> String {
    let written = quantity(figure, unit);
    match counted.filter(|_| unit == Unit::Number) {
        None => written,
        Some(noun) => format!("{written} {noun}"),
    }
}

/// A number as people write it: `1,332`, `0.6`.
pub(super) fn number(number: f64) -> String {
    if number.abs() < LARGEST_IN_FULL { format_number(number) } else { format!("{number:.3e}") }
}

/// A share as a percentage with one decimal: `28.3%`.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent.abs() < LARGEST_IN_FULL { format!("{percent:.1}%") } else { format!("{percent:.3e}%") }
}

/// `1 alert`, `1,200 alerts`.
pub(super) fn count(n: usize, noun: &str) -> String {
    format!("{} {noun}{}", format_number(n as f64), if n == 1 { "" } else { "s" })
}

/// A sentence: it begins with a capital and ends in a full stop. Nothing of nothing.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let Some(first) = letters.next() else { return String::new() };
    let sentence: String = first.to_uppercase().chain(letters).collect();
    if sentence.ends_with(['.', '!', '?', '…']) { sentence } else { sentence + "." }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `28.3% of plan`, which needs a plan above zero; for shares, which have none of their own, `4.2 pp below plan`.
pub(super) fn against_plan(value: Value, plan: Value, unit: Unit) -> Option<String> {
    let (value, plan) = (value.get()?, plan.get()?);
    if unit.has_shares() {
        return (plan > 0.0).then(|| format!("{} of plan", percent(value / plan)));
    }
    let side = if value < plan { "below" } else { "above" };
    let apart = size(value - plan, unit).map(|points| format!("{points} {side} plan"));
    Some(apart.unwrap_or_else(|| "as planned".to_owned()))
}

/// How large a difference is, in words; none where nobody would see one.
fn size(difference: f64, unit: Unit) -> Option<String> {
    let size = difference.abs();
    let words = if size < LARGEST_IN_FULL { unit.write_difference(size) } else { number(size) };
    (words != unit.write_difference(0.0)).then_some(words)
}

/// `down 119 (14.6%)`, `up 3`, `down 4.2 pp`, `unchanged`; none where one of the two has no figure.
pub(super) fn change(value: Value, previous: Value, unit: Unit) -> Option<String> {
    let (value, previous) = (value.get()?, previous.get()?);
    let difference = value - previous;
    let Some(size) = size(difference, unit) else { return Some("unchanged".to_owned()) };
    let direction = if difference < 0.0 { "down" } else { "up" };
    // The share of a share would be taken for points.
    let share = (previous > 0.0 && unit.has_shares()).then(|| format!(" ({})", percent(difference.abs() / previous)));
    Some(format!("{direction} {size}{}", share.unwrap_or_default()))
}

/// `813 in September 2025`, `no figure for September 2025: suppressed`.
pub(super) fn figure_of(value: Value, unit: Unit, period: Period) -> String {
    match value {
        Value::Number(figure) => format!("{} in {}", quantity(figure, unit), period.label()),
        Value::Missing { missing: Missing::Absent } => format!("no figure for {}", period.label()),
        Value::Missing { missing } => format!("no figure for {}: {}", period.label(), missing.reason()),
        Value::Bound(bound) => format!("{} in {}", bound.write(|end| quantity(end, unit)), period.label()),
    }
}

/// `for 3 months, since August 2025`; the first period of a breach needs no length.
pub(super) fn how_long(periods: u32, since: Period) -> String {
    let since_label = since.label();
    match periods {
        0 | 1 => format!("since {since_label}"),
        n => {
            let noun = since.granularity().noun(n as usize);
            format!("for {} {noun}, since {since_label}", format_number(f64::from(n)))
        }
    }
}

/// What a notice says of its period, by why its alerts were looked at: `October 2025 restated`.
pub(super) fn occasion(period: Period, cause: Cause) -> String {
    let label = period.label();
    match cause {
        Cause::New => label,
        Cause::Restated => format!("{label} restated"),
        Cause::Late => format!("{label}, late figures"),
        Cause::Elsewhere => format!("{label}, with figures of another dataset"),
        Cause::RuleChanged => format!("{label}, rules changed"),
        Cause::TakenBack => format!("{label} taken back"),
        Cause::Due => "Late deliveries".to_owned(),
        Cause::Review => format!("{label}, to be looked at again"),
        Cause::Unmuted => format!("{label}, no longer muted"),
    }
}

/// The word for findings of this weight.
pub(super) fn finding_noun(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_read_as_people_say_them() {
        let n = Value::number;
        let plain = |value, previous| change(value, previous, Unit::Number);
        assert_eq!(plain(n(694.0), n(813.0)).as_deref(), Some("down 119 (14.6%)"));
        assert_eq!(plain(n(5.0), n(3.0)).as_deref(), Some("up 2 (66.7%)"));
        assert_eq!(plain(n(5.0), n(0.0)).as_deref(), Some("up 5"));
        assert_eq!(plain(n(0.3), n(0.1 + 0.2)).as_deref(), Some("unchanged"));
        assert_eq!(plain(n(5.0), Value::missing(Missing::Suppressed)), None);
        assert_eq!(change(n(0.52), n(0.562), Unit::Percent).as_deref(), Some("down 4.2 pp"));
        assert_eq!(change(n(0.562), n(0.562), Unit::Percent).as_deref(), Some("unchanged"));
        assert_eq!(change(n(3937.0), n(3600.0), Unit::Duration).as_deref(), Some("up 0:05:37 (9.4%)"));
        assert_eq!(change(n(-23_269.0), n(100.0), Unit::Pounds).as_deref(), Some("down £23,369 (23369.0%)"));
    }

    #[test]
    fn a_share_needs_a_plan_above_zero() {
        let n = Value::number;
        assert_eq!(against_plan(n(72.0), n(254.0), Unit::Number).as_deref(), Some("28.3% of plan"));
        assert_eq!(against_plan(n(72.0), n(0.0), Unit::Number), None);
        assert_eq!(against_plan(Value::ABSENT, n(254.0), Unit::Number), None);
        assert_eq!(against_plan(n(0.878), n(0.92), Unit::Percent).as_deref(), Some("4.2 pp below plan"));
        assert_eq!(against_plan(n(0.92), n(0.92), Unit::Percent).as_deref(), Some("as planned"));
    }

    #[test]
    fn huge_figures_stay_short() {
        assert_eq!(figure(Value::number(1e300), Unit::Pounds), "1.000e300");
        assert_eq!(percent(1e300), "1.000e302%");
    }

    #[test]
    fn lengths_are_in_the_periods_own_unit() {
        let of = |text: &str| text.parse().expect("a period");
        assert_eq!(how_long(3, of("2025-08")), "for 3 months, since August 2025");
        assert_eq!(how_long(2, of("2025/26-Q1")), "for 2 quarters, since Q1 2025/26");
        assert_eq!(how_long(1, of("2025-10")), "since October 2025");
    }
}
