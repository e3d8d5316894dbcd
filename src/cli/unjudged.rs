//! `bellwether alerts --unjudged`: the series that rules could not judge.

use serde::Serialize;

use crate::{
    model::{Labels, Period},
    store::{Store, UnknownRecord},
};

use super::{
    Exit, Failure, Format,
    output::{self, Listing, Tone},
};

/// Lists those of a rule, or of all.
pub(super) async fn unjudged(store: &Store, rule: Option<&str>, format: Format) -> Result<Exit, Failure> {
    let records = store.unjudged().await?.into_iter();
    let wanted = records.filter(|record| rule.is_none_or(|rule| record.rule == rule));
    output::print::<Unjudged>(&wanted.map(Unknown::from).collect::<Vec<_>>(), format)?;
    Ok(Exit::Fine)
}

/// A series without an answer, as programs read it.
#[derive(Debug, Serialize)]
struct Unknown {
    rule: String,
    kind: &'static str,
    dataset: String,
    labels: Labels,
    period: Period,
    reason: String,
    firing_since: Option<Period>,
}

impl From<UnknownRecord> for Unknown {
    fn from(record: UnknownRecord) -> Self {
        Self {
            rule: record.rule,
            kind: record.kind.code(),
            dataset: record.dataset,
            labels: record.labels,
            period: record.period,
            reason: record.reason,
            firing_since: record.firing_since,
        }
    }
}

struct Unjudged;

impl Listing for Unjudged {
    type Entry = Unknown;
    const HEADERS: &'static [&'static str] = &["kind", "rule", "series", "period", "why"];
    const EMPTY: &'static str = "Every rule could judge every series.";

    fn cells(entry: &Unknown) -> Vec<output::Cell> {
        let tone = if entry.kind == "failed" { Tone::Bad } else { Tone::Doubtful };
        vec![
            output::Cell::toned(entry.kind.replace('_', " "), tone),
            entry.rule.clone().into(),
            entry.labels.values().into(),
            entry.period.to_string().into(),
            entry.reason.clone().into(),
        ]
    }
}
