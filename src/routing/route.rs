//! The routing tree: depth first, the first matching branch wins unless it says `continue`, and a branch none of whose
//! own branches match speaks for itself, as in Prometheus Alertmanager.

use crate::{
    model::{
        AlertSeverity, Labels,
        matcher::{Condition, Labelled, Matcher, all_take},
    },
    yaml::{Located, Place, Problem, Problems},
};

use super::{
    manner::Manner,
    names::Names,
    settings::RouteSettings,
    traits::{Traits, is_trait},
};

/// A routing tree that is ready for use: the branch at its top.
#[derive(Debug, Clone)]
pub struct Route {
    /// Which branch of which branch it is, counted from 1: `2.1`; empty for the top.
    pub number: String,
    /// What an alert must have to come here.
    pub matchers: Vec<Matcher>,
    /// Whether the branches after it are looked into as well.
    pub go_on: bool,
    /// How what ends here is said.
    pub manner: Manner,
    /// The branches that are looked into first.
    pub routes: Vec<Route>,
}

impl Route {
    /// Checks the tree against the names that there are. `top` is where the tree is written.
    ///
    /// # Errors
    /// Every name that is not there, every matcher that cannot be read, and a top branch that leaves something out.
    pub fn compile(settings: &RouteSettings, top: &Place, names: &Names) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        settings.check_top(top, &mut problems);
        let route = Self::branch(settings, String::new(), &Manner::default(), names, &mut problems);
        problems.into_result().map(|()| route)
    }

    fn branch(
        settings: &RouteSettings,
        number: String,
        parent: &Manner,
        names: &Names,
        problems: &mut Problems,
    ) -> Self {
        let manner = Manner::of(settings, parent, names, problems);
        let matchers = settings.own_matchers(names, problems);
        let numbered = |at: usize| if number.is_empty() { format!("{at}") } else { format!("{number}.{at}") };
        let routes = settings.routes.iter().zip(1..);
        let routes = routes.map(|(branch, at)| Self::branch(branch, numbered(at), &manner, names, problems)).collect();
        let go_on = settings.go_on.as_ref().is_some_and(|go_on| go_on.value);
        Self { number, matchers, go_on, manner, routes }
    }

    /// The branches at which something ends, in the order of the tree; the top alone when no other takes it.
    #[must_use]
    pub fn ends(&self, labelled: &impl Labelled) -> Vec<&Self> {
        let mut ends = Vec::new();
        for branch in self.routes.iter().filter(|branch| all_take(&branch.matchers, labelled)) {
            ends.extend(branch.ends(labelled));
            if !branch.go_on {
                break;
            }
        }
        if ends.is_empty() {
            ends.push(self);
        }
        ends
    }

    /// The groups that an alert goes to, each once and in the manner of the first branch that names it, in the order of the
    /// tree.
    #[must_use]
    pub fn receivers(&self, labelled: &impl Labelled) -> Vec<(&str, &Manner)> {
        let mut found: Vec<(&str, &Manner)> = Vec::new();
        for end in self.ends(labelled) {
            for group in &end.manner.to {
                if !found.iter().any(|(known, _)| known == group) {
                    found.push((group, &end.manner));
                }
            }
        }
        found
    }

    /// Whether a group hears of alerts of a rule, whatever their labels are: of what did not arrive they are not known.
    #[must_use]
    pub fn may_reach(&self, group: &str, rule: &str, dataset: &str, severity: AlertSeverity) -> bool {
        let labels = Labels::default();
        self.may_reach_with(group, Traits { rule, dataset, severity, labels: &labels })
    }

    fn may_reach_with(&self, group: &str, traits: Traits<'_>) -> bool {
        let mut handled = false;
        for branch in self.routes.iter().filter(|branch| branch.may_match(traits)) {
            if branch.may_reach_with(group, traits) {
                return true;
            }
            // What only some labels match leaves the others to the branches after it.
            if branch.matchers.iter().all(|matcher| is_trait(&matcher.label)) {
                handled = true;
                if !branch.go_on {
                    break;
                }
            }
        }
        !handled && self.manner.to.iter().any(|known| known == group)
    }

    /// Whether no branch takes alerts of a rule, whatever their labels are, so that they go to those at the top.
    #[must_use]
    pub fn names_nobody_for(&self, rule: &str, dataset: &str, severity: AlertSeverity) -> bool {
        let labels = Labels::default();
        !self.routes.iter().any(|branch| branch.may_match(Traits { rule, dataset, severity, labels: &labels }))
    }

    /// The groups that take what no branch does.
    #[must_use]
    pub fn top(&self) -> &[String] {
        &self.manner.to
    }

    fn may_match(&self, traits: Traits<'_>) -> bool {
        self.matchers.iter().filter(|matcher| is_trait(&matcher.label)).all(|matcher| matcher.takes(&traits))
    }

    /// Every branch below and this one before them, in the order in which they are written.
    pub fn walk(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        Box::new(std::iter::once(self).chain(self.routes.iter().flat_map(Self::walk)))
    }

    /// What leads here from its parent: `{severity="critical"}`, or `{}` for everything.
    #[must_use]
    pub fn key(&self) -> String {
        let mut matchers: Vec<String> = self.matchers.iter().map(ToString::to_string).collect();
        matchers.sort();
        format!("{{{}}}", matchers.join(","))
    }
}

impl RouteSettings {
    /// The top takes what matches nothing else, at any time.
    fn check_top(&self, top: &Place, problems: &mut Problems) {
        let mut refuse = |place: &Place, what: &str| {
            let message =
                format!("the top of the route takes what matches nothing else: it cannot have `{what}` itself");
            problems.push(Problem::new(place.clone(), message));
        };
        let places = [
            ("match", self.matches.iter().map(|(_, condition)| &condition.place).next()),
            ("match_re", self.match_re.iter().map(|(_, text)| &text.place).next()),
            ("matchers", self.matchers.first().map(|text| &text.place)),
            ("continue", self.go_on.as_ref().filter(|go_on| go_on.value).map(|go_on| &go_on.place)),
            ("mute_time_intervals", self.mute_time_intervals.first().map(|name| &name.place)),
            ("active_time_intervals", self.active_time_intervals.first().map(|name| &name.place)),
        ];
        for (what, place) in places {
            if let Some(place) = place {
                refuse(place, what);
            }
        }
        if self.to.is_empty() && self.receiver.is_none() {
            let problem =
                Problem::new(top.clone(), "the top of the route names no group: what matches nothing is lost");
            problems.push(problem.hint("say `to: [performance-team]`"));
        }
    }

    fn own_matchers(&self, names: &Names, problems: &mut Problems) -> Vec<Matcher> {
        let mut matchers = Vec::new();
        let mut add = |name: &Located<String>, is: Condition, value: &Place, problems: &mut Problems| {
            let matcher = Matcher { label: name.value.clone(), is };
            names.check(&matcher, &name.place, value, problems);
            matchers.push(matcher);
        };
        for (name, condition) in self.matches.iter() {
            add(name, condition.value.clone(), &condition.place, problems);
        }
        for (name, text) in self.match_re.iter() {
            match Condition::regex(text, false) {
                Ok(condition) => add(name, condition, &text.place, problems),
                Err(why) => {
                    let message = format!("`{}` is not a regular expression: {why}", text.value);
                    problems.push(Problem::new(text.place.clone(), message));
                }
            }
        }
        matchers.extend(names.matchers(&self.matchers, problems));
        matchers
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::yaml::{SourceFile, decode, parse};

    fn route(text: &str) -> Result<Route, String> {
        let file = Arc::new(SourceFile { path: "groups.yaml".into(), text: text.to_owned() });
        let names = Names {
            groups: ["team", "dental", "quality", "board"].map(str::to_owned).into(),
            labels: ["area".to_owned()].into(),
            rules: ["dental-uda".to_owned()].into(),
            ..Names::default()
        };
        parse(&file)
            .and_then(|node| decode::<RouteSettings>(&node))
            .and_then(|settings| Route::compile(&settings, &Place::start_of(&file), &names))
            .map_err(|problems| problems.to_string())
    }

    fn receivers(route: &Route, rule: &str, severity: AlertSeverity, labels: &[(&str, &str)]) -> String {
        let labels = labels.iter().copied().collect();
        let receivers = route.receivers(&Traits { rule, dataset: "activity", severity, labels: &labels });
        receivers.iter().map(|(group, _)| *group).collect::<Vec<_>>().join(" ")
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
            route("to: [tem]\nroutes:\n  - match: { rule: 'x*' }\n    to: [dentl]\n").expect_err("unknown groups");
        assert_eq!(
            error,
            "groups.yaml:1:6: there is no group `tem` (did you mean `team`?)\n\
             groups.yaml:4:10: there is no group `dentl` (did you mean `dental`?)"
        );
    }
}
