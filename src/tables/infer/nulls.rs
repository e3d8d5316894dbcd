//! What programs write into a column of figures where there is none.

use super::{columns::Column, names::quoted, sample::Reading};

/// Statistical programs, databases, and what exports from them. `None` is not among them: from people it is nought.
const NULLS: [&str; 8] = ["NaN", "nan", "NULL", "null", "(null)", "<NA>", "<null>", "\\N"];

/// Whether a cell says, as a program says it, that there is no value.
fn is_null(text: &str) -> bool {
    NULLS.contains(&text)
}

/// What a column was read as, if all that could not be read are nulls, which are remembered as [`Reading::strange`].
pub(super) fn without(reading: &Reading) -> Option<Reading> {
    let fits = reading.values > 0 && reading.strange.keys().all(|text| is_null(text));
    fits.then(|| Reading { unreadable: 0, placeholders: reading.placeholders + reading.unreadable, ..reading.clone() })
}

/// Has the definition say that the nulls of a column of figures are none.
pub(super) fn settle(column: &mut Column) {
    let nulls: Vec<String> = column.reading.strange.keys().map(|text| quoted(text)).collect();
    if !nulls.is_empty() {
        column.extra = format!(", reasons: {{ not_applicable: [{}] }}", nulls.join(", "));
    }
}
