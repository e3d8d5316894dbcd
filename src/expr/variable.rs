//! The variables of expressions over a series, and the figures that they stand for.

use rhai::{Dynamic, Map};

use super::{engine::text, failure::Stopped, names::Used, questions, series::Names, view::View};
use crate::model::{Better, Figure, Missing, Period, Series, Value};

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Variable {
    Value,
    Plan,
    Period,
    Labels,
    Subject,
    Direction,
    Setting(String, Dynamic),
}

impl Variable {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Value => "value",
            Self::Plan => "plan",
            Self::Period => "period",
            Self::Labels => "labels",
            Self::Direction => "better",
            Self::Subject => "subject",
            Self::Setting(name, _) => name,
        }
    }

    /// What it stands for; a figure that is not there is no number.
    pub(super) fn value(&self, view: View<'_>, figure: Figure) -> Dynamic {
        match self {
            Self::Value => Dynamic::from_float(figure.value.get().unwrap_or(f64::NAN)),
            Self::Plan => Dynamic::from_float(figure.plan.get().unwrap_or(f64::NAN)),
            Self::Period => text(&view.period.to_string()),
            Self::Labels => labels(view.series),
            Self::Direction => Dynamic::from_float(direction(view.series).unwrap_or(f64::NAN)),
            Self::Subject => text(&view.series.key.labels.values()),
            Self::Setting(_, value) => value.clone(),
        }
    }

    /// Whether the figure that it stands for is there.
    pub(super) fn check_figure(&self, series: &Series, figure: Figure, period: Period) -> Result<(), Stopped> {
        match self {
            Self::Value => {
                note_if_open(period, figure.value);
                match series.unsure(period).filter(|_| figure.value == Value::missing(Missing::Unsure)) {
                    Some(unsure) => {
                        Err(Stopped::CannotTell(format!("no figure for {}: {}", period.label(), unsure.why)))
                    }
                    None => there("figure", period, figure.value),
                }
            }
            Self::Plan => there("plan", period, figure.plan),
            Self::Direction if direction(series).is_none() => {
                Err(Stopped::CannotTell("no direction of this measure is good".to_owned()))
            }
            Self::Direction | Self::Period | Self::Labels | Self::Subject | Self::Setting(..) => Ok(()),
        }
    }
}

/// The variables that an expression names.
pub(super) fn variables(used: &Used, names: &Names) -> Vec<Variable> {
    let variable = |name: &String| match name.as_str() {
        "value" => Some(Variable::Value),
        "plan" => Some(Variable::Plan),
        "period" => Some(Variable::Period),
        "labels" => Some(Variable::Labels),
        "subject" => Some(Variable::Subject),
        "better" => Some(Variable::Direction),
        _ => names.settings.get(name).map(|setting| Variable::Setting(name.clone(), setting.dynamic())),
    };
    used.variables.iter().filter_map(variable).collect()
}

/// The figure that is looked at.
pub(super) fn figure(view: View<'_>) -> Figure {
    view.series.at(view.period).unwrap_or(Figure::ABSENT)
}

/// 1 where more is better, -1 where less is.
pub(super) fn direction(series: &Series) -> Option<f64> {
    match series.better {
        Better::Higher => Some(1.0),
        Better::Lower => Some(-1.0),
        Better::Neither => None,
    }
}

fn there(name: &'static str, period: Period, value: Value) -> Result<(), Stopped> {
    match value {
        Value::Number(_) => Ok(()),
        Value::Missing { missing } => Err(Stopped::CannotTell(questions::none(name, period, missing))),
        Value::Bound(bound) if bound.only_end().is_some() => Ok(()),
        Value::Bound(_) => Err(Stopped::CannotTell(questions::no_single_figure(name, period))),
    }
}

fn note_if_open(period: Period, value: Value) {
    if matches!(value, Value::Missing { missing: Missing::Suppressed | Missing::Unsure }) {
        questions::note_open(Some(period));
    }
}

fn labels(series: &Series) -> Dynamic {
    let labels = series.key.labels.iter();
    Dynamic::from_map(labels.map(|(name, value)| (name.into(), text(value))).collect::<Map>())
}
