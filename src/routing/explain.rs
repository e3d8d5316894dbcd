//! Who receives something, through which branch, and why not the others.

use serde::Serialize;

use crate::model::matcher::Labelled;

use super::{Route, manner::Manner};

/// What the tree makes of one alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Who receives it.
    pub receivers: Vec<Receiver>,
    /// Who else the tree names, and why they do not.
    pub others: Vec<Other>,
    /// Every branch, in the order in which they are written.
    pub branches: Vec<Branch>,
}

/// A group that receives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receiver {
    /// The group.
    pub group: String,
    /// The number of the branch that leads there: `2.1`; empty for the top.
    pub through: String,
    /// What leads there, from the top: `{} / {dataset="les-activity"}`.
    pub route: String,
    /// How it is said.
    pub manner: Manner,
}

/// A group that does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Other {
    /// The group.
    pub group: String,
    /// Why, for each branch that names it.
    pub why: Vec<String>,
}

/// A branch, and what became of the alert there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// Its number; empty for the top.
    pub number: String,
    /// How many branches are above it.
    pub depth: usize,
    /// What an alert must have to come here.
    pub key: String,
    /// The groups that receive what ends here.
    pub to: Vec<String>,
    /// What became of the alert.
    pub outcome: Outcome,
}

/// What became of an alert at a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It ends here.
    Ends,
    /// It matches, and a branch below takes it.
    HandedDown,
    /// It does not match: what is asked for, and what it has.
    Differs(Vec<String>),
    /// The branch of this number took it before, and does not say `continue`.
    TakenBefore(String),
    /// The branch above does not match.
    Above,
}

impl Outcome {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Ends => "receives it".to_owned(),
            Self::HandedDown => "matches, and a branch below takes it".to_owned(),
            Self::Differs(what) => what.join(", "),
            Self::TakenBefore(number) => format!("branch {number} took it before, and does not say `continue`"),
            Self::Above => "the branch above does not match".to_owned(),
        }
    }
}

/// Follows an alert through a tree.
#[must_use]
pub fn explain(route: &Route, labelled: &impl Labelled) -> Explanation {
    let mut explanation = Explanation { receivers: Vec::new(), others: Vec::new(), branches: Vec::new() };
    explanation.follow(route, labelled, &[], None);
    let received = |group: &String, explanation: &Explanation| {
        explanation.receivers.iter().any(|receiver| receiver.group == *group)
    };
    let mut others: Vec<Other> = Vec::new();
    for branch in &explanation.branches {
        for group in branch.to.iter().filter(|group| !received(group, &explanation)) {
            let place =
                if branch.number.is_empty() { "the top".to_owned() } else { format!("branch {}", branch.number) };
            let why = format!("{place}: {}", branch.outcome.words());
            match others.iter_mut().find(|other| other.group == *group) {
                Some(other) => other.why.push(why),
                None => others.push(Other { group: group.clone(), why: vec![why] }),
            }
        }
    }
    explanation.others = others;
    explanation
}

impl Explanation {
    /// Follows it into a branch; whether it was taken there. `settled` says why it is not looked into.
    fn follow(&mut self, route: &Route, labelled: &impl Labelled, above: &[String], settled: Option<Outcome>) -> bool {
        let differing = || -> Vec<String> {
            let differs = route.matchers.iter().filter(|matcher| !matcher.takes(labelled));
            differs
                .map(|matcher| match labelled.label(&matcher.label) {
                    "" => format!("{matcher} is asked for, and there is no {}", matcher.label),
                    found => format!("{matcher} is asked for, and it is {found:?}"),
                })
                .collect()
        };
        // That it does not match says more than that it was not looked into.
        let refused = match settled {
            Some(Outcome::Above) => Some(Outcome::Above),
            settled => Some(differing()).filter(|what| !what.is_empty()).map(Outcome::Differs).or(settled),
        };
        let at = self.branches.len();
        self.branches.push(Branch {
            number: route.number.clone(),
            depth: above.len(),
            key: route.key(),
            to: route.manner.to.clone(),
            outcome: refused.clone().unwrap_or(Outcome::HandedDown),
        });
        let path: Vec<String> = above.iter().cloned().chain([route.key()]).collect();
        let (mut taken, mut by) = (false, None);
        for branch in &route.routes {
            let settled = match (&refused, &by) {
                (Some(Outcome::TakenBefore(number)), _) => Some(Outcome::TakenBefore(number.clone())),
                (Some(_), _) => Some(Outcome::Above),
                (None, Some(number)) => Some(Outcome::TakenBefore(String::clone(number))),
                (None, None) => None,
            };
            let ends_there = self.follow(branch, labelled, &path, settled);
            taken |= ends_there;
            if ends_there && !branch.go_on && by.is_none() {
                by = Some(branch.number.clone());
            }
        }
        if refused.is_some() {
            return false;
        }
        if !taken {
            self.end(at, route, &path);
        }
        true
    }

    fn end(&mut self, at: usize, route: &Route, path: &[String]) {
        if let Some(branch) = self.branches.get_mut(at) {
            branch.outcome = Outcome::Ends;
        }
        for group in &route.manner.to {
            if !self.receivers.iter().any(|receiver| receiver.group == *group) {
                self.receivers.push(Receiver {
                    group: group.clone(),
                    through: route.number.clone(),
                    route: path.join(" / "),
                    manner: route.manner.clone(),
                });
            }
        }
    }
}
