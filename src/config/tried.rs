//! Rules that are tried before they are put in force, and cases that were recorded.

use std::path::Path;

use crate::{
    rules::{Case, CaseFile},
    yaml::{Node, Problems, decode, parse},
};

use super::{Config, Files, files, ruleset};

/// Which rules are tried.
#[derive(Debug, Clone, Default)]
pub struct Tried<'a> {
    /// A file of rules that need not be in the home; the home's own rules without it.
    pub file: Option<&'a Path>,
    /// A setting that is otherwise than it is written.
    pub setting: Option<TriedSetting<'a>>,
}

/// A setting of a rule, by its name, and what is tried for it: `share`, `50%`.
#[derive(Debug, Clone, Copy)]
pub struct TriedSetting<'a> {
    /// The name: of one of the rule's `settings`, or of a setting of the rule itself, such as `for`.
    pub name: &'a str,
    /// The value. A percentage is written as a number where the rule has a number.
    pub value: &'a str,
}

impl TriedSetting<'_> {
    /// Puts the value into a rule as it is written; whether the rule has such a setting.
    fn put_into(self, rule: &mut Node) -> bool {
        rule.replace(self.name, &NO_SETTINGS, &|written| {
            let share = self.value.strip_suffix('%').filter(|_| !written.ends_with('%'));
            match share.and_then(|percent| percent.trim().parse::<f64>().ok()) {
                // The nearest number that is written with as few digits: 58% is 0.58.
                Some(percent) => ((percent * 1e10).round() / 1e12).to_string(),
                None => self.value.to_owned(),
            }
        })
    }
}

/// Where a name stands for something else than a setting.
const NO_SETTINGS: [&str; 7] = ["tests", "labels", "where", "summary", "doc", "dataset", "measure"];

impl Config {
    /// This configuration with the rules that are tried in the place of its own, compiled with its datasets, measures and
    /// scripts. Only the rules that have the setting are there, or all when none is tried.
    ///
    /// # Errors
    /// Every mistake of the rules.
    pub fn trying(&self, home: &Path, tried: &Tried<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let files = Files::read(home, &mut problems);
        let file = tried.file.map(files::read_any).transpose()?;
        let keep = |rule: &mut Node| tried.setting.is_none_or(|setting| setting.put_into(rule));
        let limits = self.daemon.scripts;
        let loaded = ruleset::load(&files, file.as_ref(), &self.datasets, limits, keep, &mut problems);
        problems.into_result()?;
        Ok(Self { rules: loaded.rules, derived: loaded.derived, ..self.clone() })
    }

    /// Reads a file of recorded cases and holds it against the rules and datasets.
    ///
    /// # Errors
    /// What is not YAML or no case, and every name that is not there.
    pub fn load_cases(&self, path: &Path) -> Result<Vec<Case>, Problems> {
        let file: CaseFile = decode(&parse(&files::read_any(path)?)?)?;
        let mut catalog = ruleset::catalog(&self.datasets);
        for derived in &self.derived {
            catalog.add_measure(derived.dataset(), derived.name(), derived.entry().clone());
        }
        let mut problems = Problems::default();
        let cases: Vec<Case> = file
            .cases
            .into_iter()
            .filter_map(|case| problems.take(Case::compile(case, &self.rules, &catalog)))
            .collect();
        problems.into_result().map(|()| cases)
    }
}
