//! The routing tree: depth first, the first matching branch wins unless it says `continue`, and a branch none of whose
//! own branches match speaks for itself, as in Prometheus Alertmanager.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;

use crate::{
    model::{AlertSeverity, Labels},
    yaml::{Entries, Located, Problem, Problems},
};

/// One branch as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// The groups that receive what ends here. A branch without any hands on what its parent has.
    #[serde(default)]
    pub to: Vec<Located<String>>,
    /// `rule`, `dataset`, `severity` or a label, and the text it must have; `*` stands for anything, `?` for one character.
    #[serde(default, rename = "match")]
    pub matches: Entries<Located<String>>,
    /// Whether the branches after this one are looked into as well.
    #[serde(default, rename = "continue")]
    pub go_on: bool,
    /// Branches looked into first.
    #[serde(default)]
    pub routes: Vec<RouteSettings>,
}

/// What a route looks at.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// The dataset's id.
    pub dataset: &'a str,
    /// The alert's severity.
    pub severity: AlertSeverity,
    /// The alert's labels.
    pub labels: &'a Labels,
}

/// A routing tree that is ready for use.
#[derive(Debug, Clone)]
pub struct Route {
    to: Vec<String>,
    matches: Vec<(String, GlobMatcher)>,
    go_on: bool,
    routes: Vec<Route>,
}

impl Route {
    /// Checks the tree against the groups that there are.
    ///
    /// # Errors
    /// Every unknown group, bad pattern, and a top branch that has matchers or no group.
    pub fn compile(settings: &RouteSettings, groups: &BTreeSet<&str>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        if let Some(pattern) = settings.matches.iter().map(|(_, pattern)| pattern).next() {
            let message = "the top of the route takes what matches nothing else: it cannot have `match` itself";
            problems.push(Problem::new(pattern.place.clone(), message));
        }
        let route = Self::branch(settings, &[], groups, &mut problems);
        problems.into_result().map(|()| route)
    }

    fn branch(
        settings: &RouteSettings,
        inherited: &[String],
        groups: &BTreeSet<&str>,
        problems: &mut Problems,
    ) -> Self {
        for group in &settings.to {
            if !groups.contains(group.as_str()) {
                problems.push(Problem::unknown(group.place.clone(), "group", group, groups.iter().copied()));
            }
        }
        let own: Vec<String> = settings.to.iter().map(|group| group.value.clone()).collect();
        let to = if own.is_empty() { inherited.to_vec() } else { own };
        let mut matches = Vec::new();
        for (name, pattern) in settings.matches.iter() {
            match GlobBuilder::new(pattern).literal_separator(false).build() {
                Ok(glob) => matches.push((name.value.clone(), glob.compile_matcher())),
                Err(error) => problems.push(Problem::new(pattern.place.clone(), error.kind().to_string())),
            }
        }
        let routes = settings.routes.iter().map(|branch| Self::branch(branch, &to, groups, problems)).collect();
        Self { to, matches, go_on: settings.go_on, routes }
    }

    /// The groups that an alert goes to, each once, in the order of the tree.
    #[must_use]
    pub fn receivers(&self, traits: Traits<'_>) -> Vec<&str> {
        let mut found = Vec::new();
        self.collect(traits, &mut found);
        found
    }

    /// Whether a group hears of alerts of a rule, whatever their labels are: of what did not arrive they are not known.
    #[must_use]
    pub fn may_reach(&self, group: &str, rule: &str, dataset: &str, severity: AlertSeverity) -> bool {
        let labels = Labels::default();
        let traits = Traits { rule, dataset, severity, labels: &labels };
        let mut handled = false;
        for branch in self.routes.iter().filter(|branch| branch.may_match(traits)) {
            if branch.may_reach(group, rule, dataset, severity) {
                return true;
            }
            // What only some labels match leaves the others to the branches after it.
            if branch.matches.iter().all(|(name, _)| is_trait(name)) {
                handled = true;
                if !branch.go_on {
                    break;
                }
            }
        }
        !handled && self.to.iter().any(|known| known == group)
    }

    fn may_match(&self, traits: Traits<'_>) -> bool {
        self.matches.iter().filter(|(name, _)| is_trait(name)).all(|(name, pattern)| {
            pattern.is_match(match name.as_str() {
                "rule" => traits.rule,
                "dataset" => traits.dataset,
                _ => traits.severity.code(),
            })
        })
    }

    fn collect<'a>(&'a self, traits: Traits<'_>, found: &mut Vec<&'a str>) {
        let mut handled = false;
        for branch in self.routes.iter().filter(|branch| branch.matches(traits)) {
            branch.collect(traits, found);
            handled = true;
            if !branch.go_on {
                break;
            }
        }
        if !handled {
            for group in &self.to {
                if !found.contains(&group.as_str()) {
                    found.push(group);
                }
            }
        }
    }

    fn matches(&self, traits: Traits<'_>) -> bool {
        self.matches.iter().all(|(name, pattern)| {
            let text = match name.as_str() {
                "rule" => traits.rule,
                "dataset" => traits.dataset,
                "severity" => traits.severity.code(),
                label => traits.labels.get(label).unwrap_or(""),
            };
            pattern.is_match(text)
        })
    }
}

fn is_trait(name: &str) -> bool {
    matches!(name, "rule" | "dataset" | "severity")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::yaml::{SourceFile, decode, parse};

    fn route(text: &str) -> Result<Route, String> {
        let file = Arc::new(SourceFile { path: "groups.yaml".into(), text: text.to_owned() });
        parse(&file)
            .and_then(|node| decode::<RouteSettings>(&node))
            .and_then(|settings| Route::compile(&settings, &["team", "dental", "quality", "board"].into()))
            .map_err(|problems| problems.to_string())
    }

    fn receivers(route: &Route, rule: &str, severity: AlertSeverity, labels: &[(&str, &str)]) -> String {
        let labels = labels.iter().copied().collect();
        route.receivers(Traits { rule, dataset: "activity", severity, labels: &labels }).join(" ")
    }

    #[test]
    fn the_first_matching_branch_wins_unless_it_continues() {
        let tree = "
to: [team]
routes:
  - match: { severity: critical }
    to: [board]
    continue: true
  - match: { rule: dental-* }
    to: [dental]
    routes:
      - match: { area: North* }
        to: [quality]
  - match: { rule: '*' , area: South }
";
        let route = route(tree).expect("a valid tree");
        let warning = AlertSeverity::Warning;
        assert_eq!(receivers(&route, "dental-uda", warning, &[]), "dental");
        assert_eq!(receivers(&route, "dental-uda", warning, &[("area", "North West")]), "quality");
        assert_eq!(receivers(&route, "dental-uda", AlertSeverity::Critical, &[]), "board dental");
        assert_eq!(receivers(&route, "other", warning, &[]), "team");
        assert_eq!(
            receivers(&route, "other", warning, &[("area", "South")]),
            "team",
            "no group of its own: the parent's"
        );
        assert_eq!(receivers(&route, "other", AlertSeverity::Critical, &[]), "board");
    }

    #[test]
    fn a_group_may_hear_of_a_rule_through_any_label() {
        let tree = "
to: [team]
routes:
  - match: { rule: dental-*, area: North* }
    to: [quality]
  - match: { rule: dental-* }
    to: [dental]
  - match: { severity: critical }
    to: [board]
";
        let route = route(tree).expect("a valid tree");
        let warning = AlertSeverity::Warning;
        let may = |rule, severity| {
            let groups = ["team", "dental", "quality", "board"].into_iter();
            groups.filter(|group| route.may_reach(group, rule, "activity", severity)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(may("dental-uda", warning), "dental quality");
        assert_eq!(may("other", warning), "team");
        assert_eq!(may("other", AlertSeverity::Critical), "board");
    }

    #[test]
    fn a_group_that_is_not_there_is_an_error_with_the_nearest() {
        let error =
            route("to: [tem]\nroutes:\n  - match: { rule: 'x' }\n    to: [dentl]\n").expect_err("unknown groups");
        assert_eq!(
            error,
            "groups.yaml:1:6: there is no group `tem` (did you mean `team`?)\n\
             groups.yaml:4:10: there is no group `dentl` (did you mean `dental`?)"
        );
    }
}
