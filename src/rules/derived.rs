//! Measures of one's own: worked out of accepted ones, never stored, and followed like any other.
//!
//! ```yaml
//! measures:
//!   practices-at-target:
//!     dataset: quality-contract
//!     from: achievement
//!     share_of: value >= plan
//!     by: [sub_icb]
//!   cost:
//!     dataset: les-activity
//!     from: activity
//!     formula: value * in_force("les-prices/price")
//!     plan: plan * in_force("les-prices/price")
//!     unit: GBP
//! ```
//!
//! | setting | meaning |
//! |---|---|
//! | `formula` | a number for each series and period |
//! | `share_of`, `count_of` | the share or number of series of which a condition holds |
//! | `sum_of`, `mean_of` | the sum or mean over the series, as `sum_of: value` |
//! | `plan` | the same of plans, for `formula`, `sum_of` and `mean_of` |
//! | `by` | the labels that are kept: one figure for each combination of their values; without it, one in all |
//! | `where` | which series count, as in a rule |
//! | `known` | for `share_of` and `mean_of`: from which share of the series on, those that are known speak for all |
//! | `better`, `unit`, `counted` | as in a dataset's measures; `formula`, `sum_of` and `mean_of` take them from the measure they are of |
//!
//! A series counts from its first figure to the period after its last one: what stops coming is missing once, and gone
//! then. What is missing leaves a figure open: a rule on it answers where every value that it may have gives the same
//! answer, and cannot tell otherwise, with how many are known.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Catalog, MeasureEntry, Only, Plans, fingerprint, rule_test::unknown_labels, share::Share};
use crate::{
    expr::{Formula, Names, Scripts, SeriesExpression},
    model::{Better, Unit},
    yaml::{Located, Problem, Problems},
};

/// A measure of one's own, as it is written.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DerivedSettings {
    /// What it is, for people.
    #[serde(default)]
    pub doc: String,
    /// The dataset that it belongs to.
    pub dataset: Located<String>,
    /// The measure of the dataset that it is worked out of.
    pub from: Located<String>,
    /// Which series count.
    #[serde(default, rename = "where")]
    pub only: Only,
    /// A number for each series.
    #[serde(default)]
    pub formula: Option<Located<String>>,
    /// The share of series of which this holds.
    #[serde(default)]
    pub share_of: Option<Located<String>>,
    /// The number of series of which this holds.
    #[serde(default)]
    pub count_of: Option<Located<String>>,
    /// The sum over the series.
    #[serde(default)]
    pub sum_of: Option<Located<String>>,
    /// The mean over the series.
    #[serde(default)]
    pub mean_of: Option<Located<String>>,
    /// The plan, likewise.
    #[serde(default)]
    pub plan: Option<Located<String>>,
    /// The labels that are kept.
    #[serde(default)]
    pub by: Option<Vec<Located<String>>>,
    /// From which share of the series on, those that are known speak for all.
    #[serde(default)]
    pub known: Option<Located<Share>>,
    /// The direction that is good.
    #[serde(default)]
    pub better: Option<Better>,
    /// The unit: `number`, `percent`, `duration`, or a currency.
    #[serde(default)]
    pub unit: Option<Located<String>>,
    /// What is counted, for people.
    #[serde(default)]
    pub counted: Option<String>,
}

/// How it is worked out.
#[derive(Debug, Clone)]
pub(super) enum How {
    Formula(Formula),
    Share(SeriesExpression),
    Count(SeriesExpression),
    Sum(Formula),
    Mean(Formula),
}

/// A measure of one's own that names only what there is.
#[derive(Debug, Clone)]
pub struct Derived {
    pub(super) name: String,
    pub(super) settings: DerivedSettings,
    pub(super) entry: MeasureEntry,
    pub(super) how: How,
    pub(super) plan: Option<Formula>,
    fingerprint: String,
}

impl DerivedSettings {
    /// What rules may know of it, from what is known of the measure that it is worked out of.
    ///
    /// # Errors
    /// Not one way of working it out, labels and units that are not there.
    pub fn entry(&self, place: &Located<String>, from: &MeasureEntry) -> Result<MeasureEntry, Problems> {
        let mut problems = Problems::default();
        let ways = [&self.formula, &self.share_of, &self.count_of, &self.sum_of, &self.mean_of];
        if ways.into_iter().flatten().count() != 1 {
            let problem = Problem::new(place.place.clone(), format!("`{}` is worked out in one way", place.value));
            problems.push(problem.hint("write one of `formula`, `share_of`, `count_of`, `sum_of` and `mean_of`"));
        }
        unknown_labels(&self.only, &from.labels, &mut problems);
        for label in self.by.iter().flatten().filter(|label| !from.labels.contains(&label.value)) {
            let known = from.labels.iter().map(String::as_str);
            problems.push(Problem::unknown(label.place.clone(), "label", label, known));
        }
        if let (Some(_), Some(by)) = (&self.formula, self.by.as_ref().and_then(|by| by.first())) {
            let problem = Problem::new(by.place.clone(), "a formula is of each series, and keeps all labels");
            problems.push(problem.hint("`sum_of` and `mean_of` put series together"));
        }
        let counts = self.share_of.is_some() || self.count_of.is_some();
        if let Some(plan) = self.plan.as_ref().filter(|_| counts) {
            problems.push(Problem::new(plan.place.clone(), "a share or number of series has no plan"));
        }
        if let Some(known) = self.known.as_ref().filter(|_| self.share_of.is_none() && self.mean_of.is_none()) {
            let problem = Problem::new(known.place.clone(), "those that are known cannot speak for all here");
            problems.push(problem.hint("`known` is for `share_of` and `mean_of`"));
        }
        let unit = problems.take(self.unit_of(from)).unwrap_or_default();
        problems.into_result()?;
        let labels = match (&self.formula, &self.by) {
            (Some(_), _) => from.labels.clone(),
            (None, by) => by.iter().flatten().map(|label| label.value.clone()).collect(),
        };
        Ok(MeasureEntry {
            labels,
            plans: if self.plan.is_some() { Plans::Figures } else { Plans::None },
            better: self.better.unwrap_or(if counts { Better::Neither } else { from.better }),
            unit,
            counted: self.counted.clone().or_else(|| from.counted.clone().filter(|_| !counts)),
            ..MeasureEntry::default()
        })
    }

    fn unit_of(&self, from: &MeasureEntry) -> Result<Unit, Problems> {
        let Some(unit) = &self.unit else {
            return Ok(match (&self.share_of, &self.count_of) {
                (Some(_), _) => Unit::Percent,
                (None, Some(_)) => Unit::Number,
                (None, None) => from.unit,
            });
        };
        Unit::from_code(unit).or_else(|| Unit::currency(unit)).ok_or_else(|| {
            let known = ["number", "percent", "duration", "GBP", "EUR", "USD"];
            Problem::unknown(unit.place.clone(), "unit", unit, known).into()
        })
    }
}

impl Derived {
    /// Compiles it; `catalog` holds the measures that it may name, others of this kind among them.
    ///
    /// # Errors
    /// Every name that is not there, with the nearest one.
    pub fn compile(
        name: &Located<String>,
        settings: DerivedSettings,
        catalog: &Catalog,
        scripts: &Scripts,
    ) -> Result<Self, Problems> {
        let from = catalog.measure(&settings.dataset, &settings.from).map_err(Problems::from)?;
        let entry = settings.entry(name, from)?;
        let names = Names {
            labels: from.labels.clone(),
            has_plan: from.has_plan(),
            settings: BTreeMap::new(),
            suppressed_below: from.suppressed_below,
            measures: catalog.measures_beside(&settings.dataset),
            charting: std::sync::Arc::clone(&from.charting),
        };
        let formula = |text: &Located<String>| Formula::compile(text, &names, scripts);
        let condition = |text: &Located<String>| SeriesExpression::compile(text, &names, scripts);
        let how = match (&settings.formula, &settings.share_of, &settings.count_of, &settings.sum_of, &settings.mean_of)
        {
            (Some(text), ..) => formula(text).map(How::Formula),
            (_, Some(text), ..) => condition(text).map(How::Share),
            (_, _, Some(text), ..) => condition(text).map(How::Count),
            (.., Some(text), _) => formula(text).map(How::Sum),
            (.., Some(text)) => formula(text).map(How::Mean),
            _ => Err(Problem::new(name.place.clone(), "it is worked out in no way").into()),
        }?;
        let plan = settings.plan.as_ref().map(formula).transpose()?;
        let fingerprint = fingerprint::of_derived(&name.value, &settings, &entry, &scripts_of(&how, plan.as_ref()));
        Ok(Self { name: name.value.clone(), entry, how, plan, fingerprint, settings })
    }

    /// Its name among the measures of its dataset.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What rules may know of it.
    #[must_use]
    pub fn entry(&self) -> &MeasureEntry {
        &self.entry
    }

    /// The measure whose figures it is made of; none where it counts series.
    #[must_use]
    pub fn of_figures(&self) -> Option<&str> {
        match self.how {
            How::Formula(_) | How::Sum(_) | How::Mean(_) => Some(&self.settings.from),
            How::Share(_) | How::Count(_) => None,
        }
    }

    /// The dataset that it belongs to.
    #[must_use]
    pub fn dataset(&self) -> &str {
        &self.settings.dataset
    }

    /// The measures that must be there before it is worked out, as `dataset/measure`.
    #[must_use]
    pub fn needs(&self) -> Vec<String> {
        let dataset = self.dataset();
        let measures: Vec<&str> = match &self.how {
            How::Formula(formula) | How::Sum(formula) | How::Mean(formula) => formula.measures().collect(),
            How::Share(condition) | How::Count(condition) => condition.measures().collect(),
        };
        let named = measures.into_iter().chain(self.plan.iter().flat_map(Formula::measures));
        let whole = |name: &str| if name.contains('/') { name.to_owned() } else { format!("{dataset}/{name}") };
        named.chain([self.settings.from.as_str()]).map(whole).collect()
    }

    /// A hash of its definition: another one means that rules on it must look at their history again.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

fn scripts_of<'a>(how: &'a How, plan: Option<&'a Formula>) -> Vec<&'a crate::yaml::SourceFile> {
    let of_how = match how {
        How::Formula(formula) | How::Sum(formula) | How::Mean(formula) => formula.scripts(),
        How::Share(condition) | How::Count(condition) => condition.scripts(),
    };
    of_how.into_iter().chain(plan.into_iter().flat_map(Formula::scripts)).map(|file| &**file).collect()
}
