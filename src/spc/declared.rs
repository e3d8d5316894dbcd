//! What a measure says of its charts: `spc` in a dataset's file.

use serde::Deserialize;

use super::{Baseline, ENOUGH, RunLength, Settings};
use crate::{
    model::{Labels, Period},
    yaml::{Entries, Located, Problem, Problems},
};

/// `spc` of a measure, as it is written. Rules, and the charts of reports, read it alike.
///
/// | setting | meaning |
/// |---|---|
/// | `baseline` | the limits come from the first so many figures after a rebase, 12 or more; without it from all |
/// | `trend`, `shift` | how many points make one: 6 or 7 (7 unless it is said) |
/// | `screen_outliers` | `true` leaves moving ranges beyond their own limit out of the limits, once |
/// | `least_points` | with fewer figures since the last rebase nothing can be told; 13 unless it is said |
/// | `rebase` | periods from which the limits are set anew, each with who approved it and why |
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartSettings {
    #[serde(default)]
    baseline: Option<Baseline>,
    #[serde(default)]
    trend: RunLength,
    #[serde(default)]
    shift: RunLength,
    #[serde(default)]
    screen_outliers: bool,
    #[serde(default)]
    least_points: Option<Located<usize>>,
    #[serde(default)]
    rebase: Vec<RebaseSettings>,
}

/// `{ from: 2024-04, approved_by: "Chair of the board", comment: "New contract", where: { contract: ECGs } }`
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RebaseSettings {
    from: Period,
    approved_by: Located<String>,
    comment: Located<String>,
    #[serde(default, rename = "where")]
    only: Entries<String>,
}

/// How the charts of a measure are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charting {
    /// How each chart is read.
    pub settings: Settings,
    /// The fewest figures since the last rebase on which anything is said.
    pub least_points: usize,
    /// Where limits are set anew.
    pub rebases: Vec<Rebase>,
}

/// A period from which limits are set anew, because people know what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebase {
    /// The first period of the new limits.
    pub from: Period,
    /// Who decided it.
    pub approved_by: String,
    /// What changed.
    pub comment: String,
    /// The series that it is about have these labels; all have none.
    pub only: Labels,
}

impl Default for Charting {
    fn default() -> Self {
        Self { settings: Settings::default(), least_points: ENOUGH, rebases: Vec::new() }
    }
}

impl ChartSettings {
    /// Reports what contradicts a measure with these labels.
    ///
    /// # Errors
    /// A rebase without a name or a comment, or for a label that the measure does not have; a least number of points on
    /// which there are no limits.
    pub fn check(&self, labels: &[Located<String>]) -> Result<(), Problems> {
        let mut problems = Problems::default();
        if let Some(least) = self.least_points.as_ref().filter(|least| !(2..=100).contains(&least.value)) {
            problems.push(Problem::new(least.place.clone(), "a number of points from 2 to 100 is expected here"));
        }
        for rebase in &self.rebase {
            for (text, what) in [(&rebase.approved_by, "who approved it"), (&rebase.comment, "what changed")] {
                if text.trim().is_empty() {
                    problems.push(Problem::new(text.place.clone(), format!("a rebase needs to say {what}")));
                }
            }
            for name in rebase.only.keys().filter(|name| labels.iter().all(|label| label.value != name.value)) {
                let known = labels.iter().map(|label| label.value.as_str());
                problems.push(Problem::unknown(name.place.clone(), "label", name, known));
            }
        }
        problems.into_result()
    }

    /// The settings without their places.
    #[must_use]
    pub fn charting(&self) -> Charting {
        let rebase = |rebase: &RebaseSettings| Rebase {
            from: rebase.from,
            approved_by: rebase.approved_by.value.clone(),
            comment: rebase.comment.value.clone(),
            only: rebase.only.labels(),
        };
        Charting {
            settings: Settings {
                baseline: self.baseline,
                trend: self.trend,
                shift: self.shift,
                screen_outliers: self.screen_outliers,
            },
            least_points: self.least_points.as_ref().map_or(ENOUGH, |least| least.value),
            rebases: self.rebase.iter().map(rebase).collect(),
        }
    }
}

impl Charting {
    /// The rebases of a series with these labels.
    pub fn rebases_of(&self, labels: &Labels) -> impl Iterator<Item = &Rebase> {
        self.rebases.iter().filter(|rebase| labels.contains(&rebase.only))
    }

    /// The same as places among consecutive periods, counted from 0 at `first`.
    pub fn starts(&self, labels: &Labels, first: Period) -> impl Iterator<Item = usize> {
        let place = move |rebase: &Rebase| rebase.from.since(first).and_then(|place| usize::try_from(place).ok());
        self.rebases_of(labels).filter_map(place)
    }

    /// All that bears upon what is said, in one line for a fingerprint; no two settings have the same.
    #[must_use]
    pub fn written(&self) -> String {
        let Settings { baseline, trend, shift, screen_outliers } = self.settings;
        let rebases = self.rebases.iter().map(|rebase| format!("{} {}", rebase.from, rebase.only));
        format!(
            "baseline {} trend {} shift {} screen {screen_outliers} least {} rebase {:?}",
            baseline.map_or(0, Baseline::figures),
            trend.points(),
            shift.points(),
            self.least_points,
            rebases.collect::<Vec<_>>(),
        )
    }
}
