//! Columns that hold figures or periods but for some cells: a plan in words, a footnote mark, a word for what is missing.

use regex::Regex;

use crate::model::{ColumnKind, Granularity, Period};

use super::{
    super::{column_settings::Pattern, periods::meanings},
    columns::{Column, reads_like_period, says_period},
    heading::is_figure,
    key::is_plan,
    names::{expression, quoted, scalar, shown},
    questions::Question,
    sample::Reading,
    shape::{certain_period, starts_like},
    spec, totals,
};

/// A column holds figures or periods if at least so many of a hundred cells do.
const MOST: usize = 60;
/// So many exceptions are named.
const SHOWN: usize = 3;
/// More columns than this with exceptions are one question.
const MOST_ODD: usize = 4;
/// The part of a cell before the mark of a footnote, or of a figure that is provisional, where it has one: `Dec-2011` of
/// `Dec-2011 (1)`.
const BEFORE_A_MARK: &str = r"^(?<value>.+?) *[(\[](?:\d{1,2}|[a-z])[)\]]$";
/// What such a question says.
const HOLDS: &str = "holds figures but for some cells";

/// Settles, or asks, what a text column is that nearly holds something else.
pub(super) fn settle(
    column: &mut Column,
    periods: Option<&Reading>,
    figures: Option<&Reading>,
    targets: Option<&Reading>,
    questions: &mut Vec<Question>,
) {
    if column.kind != ColumnKind::Text {
        return;
    }
    let name = scalar(&column.printed.name);
    let may_be_period = says_period(column) || reads_like_period(column);
    if let Some(read) = periods.filter(|periods| may_be_period && periods.nearly(MOST)).and_then(|_| unmarked(column)) {
        column.extra = format!(", part: {}", expression(BEFORE_A_MARK));
        (column.kind, column.reading) = (ColumnKind::Period, read);
        return;
    }
    if let Some(periods) = periods.filter(|periods| says_period(column) && periods.nearly(MOST)) {
        if are_days(periods) {
            column.extra.push_str(", granularity: day");
            (column.kind, column.reading) = (ColumnKind::Period, periods.clone());
            return;
        }
        let reasons: Vec<String> = periods.strange.keys().map(|text| quoted(&starts_like(text))).collect();
        (column.kind, column.reading) = (ColumnKind::Period, periods.clone());
        if periods.strange.keys().all(|text| totals::whole(text)) {
            column.extra = format!(", reasons: {{ not_applicable: [{}] }}", reasons.join(", "));
            return;
        }
        questions.push(Question::new(&format!(
            "In `{name}` stand words that are no period ({}). Do they mean that there is none yet? They are read so; a \
             row without a period is left out",
            exceptions(periods)
        )));
        column.extra = format!(", reasons: {{ not_available: [{}] }}", reasons.join(", "));
        return;
    }
    if let Some(rank) = rank(column) {
        questions.push(rank);
        return;
    }
    let marked = figures.is_some_and(|figures| figures.strange.keys().any(|text| is_marked(text)))
        && column.seen.keys().filter(|text| is_figure(text) || is_marked(text)).count() * 100
            >= column.seen.len() * MOST;
    let nearly = figures.filter(|figures| figures.nearly(MOST));
    let wide = targets.filter(|targets| targets.values > 0 && (targets.fits() || targets.nearly(MOST)));
    let kind = if is_plan(column) { "target" } else { "figure" };
    if marked {
        questions.push(
            Question::new(&format!(
                "What does the asterisk in `{name}` mean (`{}`)? The column is read as text until then; if the figure counts \
                 without it",
                column.seen.keys().find(|text| is_marked(text)).map_or(String::new(), |text| shown(text))
            ))
            .or("under `columns`", &line(column, &name, kind, &format!(", part: {}", expression(r"^(?<value>.+)\*$")))),
        );
    } else if let Some(targets) = wide.filter(|_| is_plan(column)) {
        (column.kind, column.reading) = (ColumnKind::Target, targets.clone());
    } else if let Some(figures) = nearly {
        // One row among many may begin another table; many cells are something else.
        let few = figures.unreadable * 10 <= figures.values;
        let words: Vec<String> = figures.strange.keys().map(|text| quoted(&starts_like(text))).collect();
        // What many publications print for a confidential number; in brackets it is known.
        let confidential = figures.strange.keys().all(|text| text.trim().eq_ignore_ascii_case("c"));
        let reason = if confidential { "suppressed" } else { "not_applicable" };
        let reasons = format!(", reasons: {{ {reason}: [{}] }}", words.join(", "));
        let question = Question::new(&format!(
            "`{name}` {HOLDS} ({}), so it is read as text. Do these mean that there is no figure",
            exceptions(figures)
        ))
        .or("if so, under `columns`", &line(column, &name, "figure", &reasons));
        questions.push(if few {
            question.or(
                "or, if such a row is the header of another table, under `table` (with `section: { kind: text }` as a column)",
                "blocks: { title: section, title_in: header }",
            )
        } else {
            question
        });
    }
}

/// The periods of a column some of whose cells refer to a footnote; none unless all of them are periods then.
fn unmarked(column: &Column) -> Option<Reading> {
    // As the reader takes the part of a cell.
    let part = Pattern(Regex::new(BEFORE_A_MARK).ok()?);
    let texts = column.printed.texts.iter().filter(|text| !text.is_empty());
    let period = |text: &String| certain_period(part.find(text, "value").unwrap_or(text));
    let periods: Vec<Period> = texts.map(period).collect::<Option<_>>()?;
    let length = periods.first()?.granularity();
    let alike = periods.iter().all(|period| period.granularity() == length);
    let periods: Vec<String> = periods.iter().map(ToString::to_string).collect();
    alike.then(|| Reading { values: periods.len(), periods, ..Reading::default() })
}

/// Whether what is read are days, and what is not could be: of a first of the month alone it cannot be told whether the
/// month is meant.
fn are_days(periods: &Reading) -> bool {
    let day = |period: &Period| period.granularity() == Granularity::Day;
    let read = periods.periods.iter().all(|text| text.parse().is_ok_and(|period| day(&period)));
    read && periods.strange.keys().all(|text| meanings(text, None).iter().any(day))
}

/// One question in place of many alike: where most columns are odd, the header is elsewhere.
pub(super) fn gather(questions: Vec<Question>) -> Vec<Question> {
    let (mut odd, mut others): (Vec<_>, Vec<_>) =
        questions.into_iter().partition(|question| question.text.contains(HOLDS));
    if odd.len() > MOST_ODD {
        let open = Question::open(&format!(
            "Is this the header? {} columns hold figures but for some cells, and are read as text: rows of another \
             header, or of notes, may stand among the data. Take them out of the file, or name them under `skip_rows`",
            odd.len()
        ));
        odd = vec![open];
    }
    others.append(&mut odd);
    others
}

fn line(column: &Column, name: &str, kind: &str, more: &str) -> String {
    format!("{name}: {{ kind: {kind}{}{more} }}", spec::column(&column.printed))
}

/// `39/42`: a place among so many.
fn rank(column: &Column) -> Option<Question> {
    let parts: Vec<(&str, &str)> = column.seen.keys().map(|text| text.split_once('/')).collect::<Option<_>>()?;
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let (_, of) = parts.first()?;
    let all = parts.iter().all(|(rank, among)| digits(rank) && among == of && digits(among));
    let name = scalar(&column.printed.name);
    let part = format!(", part: {}", expression(&format!(r"^(?<value>\d+)/{of}$")));
    all.then(|| {
        Question::new(&format!(
            "Is `{name}` a place among {of}? It is read as text until then; if it is to be followed"
        ))
        .or("under `columns`", &line(column, &name, "number", &part))
    })
}

fn is_marked(text: &str) -> bool {
    text.strip_suffix('*').is_some_and(|figure| is_figure(figure.trim_end()))
}

/// "`£` in row 10 and 2 more".
fn exceptions(reading: &Reading) -> String {
    let named: Vec<String> =
        reading.strange.iter().take(SHOWN).map(|(text, row)| format!("`{}` in row {row}", shown(text))).collect();
    let more = reading.strange.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}
