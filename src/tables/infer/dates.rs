//! Columns of dates such as `05/06/2024`: which number is the day.

use crate::model::{ColumnKind, Period};

use super::{
    super::date_order::DateOrder,
    columns::{Column, reads_like_period, says_period},
    names::{scalar, shown},
    questions::Question,
    sample::Reading,
    spec,
};

/// Has the definition say which number is the day. What no date of the column tells is asked, and taken as it is written in
/// Britain until then.
pub(super) fn settle(column: &mut Column, questions: &mut Vec<Question>) {
    let may_be = column.kind == ColumnKind::Period
        || column.kind == ColumnKind::Text && (says_period(column) || reads_like_period(column));
    if !may_be || column.seen.is_empty() {
        return;
    }
    let fits =
        |order: DateOrder| column.seen.keys().chain(&column.printed.beyond).all(|text| order.day(text).is_some());
    let (order, is_open, setting) = match (fits(DateOrder::DayFirst), fits(DateOrder::MonthFirst)) {
        (true, is_open) => (DateOrder::DayFirst, is_open, ", dates: day_first"),
        (false, true) => (DateOrder::MonthFirst, false, ", dates: month_first"),
        (false, false) => return,
    };
    let days = || column.printed.texts.iter().filter_map(|text| Some((text, order.day(text)?)));
    if let Some((text, day)) = days().next().filter(|_| is_open) {
        let name = scalar(&column.printed.name);
        let line = format!("{name}: {{ kind: period{}, dates: month_first }}", spec::column(&column.printed));
        questions.push(
            Question::new(&format!(
                "Does the day stand first in `{name}`, so that `{}` is {}? It is read so",
                shown(text),
                day.strftime("%-d %B %Y")
            ))
            .or("if the month stands first, under `columns`", &line),
        );
    }
    let periods: Vec<String> = days().filter_map(|(_, day)| Some(Period::day(day)?.to_string())).collect();
    column.reading = Reading { values: periods.len(), periods, ..Reading::default() };
    column.kind = ColumnKind::Period;
    column.extra.push_str(setting);
}
