//! Figures in words.

use crate::model::{Cause, Missing, Period, Severity, Value, value::format_number};

/// From here on a figure is written with an exponent: nobody reads more digits, and a table does not hold them.
const LARGEST_IN_FULL: f64 = 1e15;

/// A figure as people write it, or the reason why there is none.
pub(super) fn figure(value: Value) -> String {
    value.get().map_or_else(|| value.to_string(), number)
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

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The figure as a share of its plan; none without a plan above zero.
pub(super) fn share_of_plan(value: Value, plan: Value) -> Option<String> {
    let (value, plan) = (value.get()?, plan.get().filter(|plan| *plan > 0.0)?);
    Some(percent(value / plan))
}

/// `down 119 (14.6%)`, `up 3`, `unchanged`; none where one of the two has no figure.
pub(super) fn change(value: Value, previous: Value) -> Option<String> {
    let (value, previous) = (value.get()?, previous.get()?);
    let difference = value - previous;
    let size = number(difference.abs());
    if size == "0" {
        return Some("unchanged".to_owned());
    }
    let direction = if difference < 0.0 { "down" } else { "up" };
    let share = (previous > 0.0).then(|| format!(" ({})", percent(difference.abs() / previous)));
    Some(format!("{direction} {size}{}", share.unwrap_or_default()))
}

/// `813 in September 2025`, `no figure for September 2025: suppressed`.
pub(super) fn figure_of(value: Value, period: Period) -> String {
    match value {
        Value::Number(figure) => format!("{} in {}", number(figure), period.label()),
        Value::Missing { missing: Missing::Absent } => format!("no figure for {}", period.label()),
        Value::Missing { missing } => format!("no figure for {}: {}", period.label(), missing.reason()),
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
        Cause::RuleChanged => format!("{label}, rules changed"),
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
        assert_eq!(change(n(694.0), n(813.0)).as_deref(), Some("down 119 (14.6%)"));
        assert_eq!(change(n(5.0), n(3.0)).as_deref(), Some("up 2 (66.7%)"));
        assert_eq!(change(n(5.0), n(0.0)).as_deref(), Some("up 5"));
        assert_eq!(change(n(0.3), n(0.1 + 0.2)).as_deref(), Some("unchanged"));
        assert_eq!(change(n(5.0), Value::missing(Missing::Suppressed)), None);
    }

    #[test]
    fn a_share_needs_a_plan_above_zero() {
        assert_eq!(share_of_plan(Value::number(72.0), Value::number(254.0)).as_deref(), Some("28.3%"));
        assert_eq!(share_of_plan(Value::number(72.0), Value::number(0.0)), None);
        assert_eq!(share_of_plan(Value::ABSENT, Value::number(254.0)), None);
    }

    #[test]
    fn huge_figures_stay_short() {
        assert_eq!(figure(Value::number(1e300)), "1.000e300");
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
