//! `bellwether alerts --history`: every step of the life of an alert.

use serde::Serialize;

use crate::{
    model::{Period, Unit},
    store::{KeptTransition, Store},
};

use super::{
    Exit, Failure, Format,
    named::{alert, no_alert},
    output::{self, Listing, Tone},
};

/// Lists the steps of the alert that somebody means.
pub(super) async fn history(store: &Store, written: &str, format: Format) -> Result<Exit, Failure> {
    let alerts = store.alerts(None).await?;
    let meant = alert(&alerts, written)?.ok_or_else(|| no_alert(written))?;
    let steps = store.transitions(&meant.id).await?;
    output::print::<Steps>(&steps.into_iter().map(Step::from).collect::<Vec<_>>(), format)?;
    Ok(Exit::Fine)
}

/// A step of an alert's life, as programs read it.
#[derive(Debug, Serialize)]
struct Step {
    recorded: String,
    kind: &'static str,
    cause: &'static str,
    delivery: Option<String>,
    since: Period,
    period: Period,
    value: Option<f64>,
    plan: Option<f64>,
    message: String,
    unit: Unit,
}

impl From<KeptTransition> for Step {
    fn from(kept: KeptTransition) -> Self {
        let step = kept.transition;
        Self {
            recorded: kept.recorded.to_string(),
            kind: step.kind.code(),
            cause: step.cause.code(),
            delivery: step.delivery.map(|id| id.to_string()),
            since: step.since,
            period: step.reading.period,
            value: step.reading.value.get(),
            plan: step.reading.plan.get(),
            message: step.reading.message,
            unit: step.reading.unit,
        }
    }
}

struct Steps;

impl Listing for Steps {
    type Entry = Step;
    const HEADERS: &'static [&'static str] = &["recorded", "step", "because", "since", "period", "message", "delivery"];
    const EMPTY: &'static str = "Nothing has happened to it yet.";

    fn cells(entry: &Step) -> Vec<output::Cell> {
        vec![
            output::when(&entry.recorded).into(),
            entry.kind.into(),
            entry.cause.replace('_', " ").into(),
            entry.since.to_string().into(),
            entry.period.to_string().into(),
            entry.message.clone().into(),
            output::Cell::toned(entry.delivery.clone().unwrap_or_default(), Tone::Faint),
        ]
    }
}
