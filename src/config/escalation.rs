//! Whom the steps of an escalation policy reach, group by group.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::Recipient,
    routing::{Escalation, Policy, Step, TargetGroup},
    yaml::{Problem, Problems},
};

use super::{Config, Group, Hears};

/// Why a step reaches nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unreached {
    #[error("`{0}` does not say `escalates_to`: there is no group above it")]
    NoParent(String),
    #[error("`{0}` does not hear of escalations")]
    DoesNotHear(String),
    #[error("`{group}` names no {role} with an email address")]
    Nobody { group: String, role: String },
}

/// Refuses policies that would reach nobody for a group that a branch leads to.
pub(super) fn check(policy: &Policy, groups: &BTreeMap<String, Group>, problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for branch in policy.route.walk() {
        let Some(escalation) = policy.escalation(&branch.manner) else { continue };
        for group in branch.manner.to.iter().filter(|group| seen.insert((&escalation.name, *group))) {
            check_for(escalation, group, groups, problems);
        }
    }
}

fn check_for(policy: &Escalation, group: &str, groups: &BTreeMap<String, Group>, problems: &mut Problems) {
    for step in &policy.steps {
        if let Err(why) = recipient(step, group, groups) {
            let message = format!("a step of `{}` would reach nobody for what `{group}` is told: {why}", policy.name);
            let hint = match why {
                Unreached::NoParent(_) => {
                    "add `escalates_to:` to the group, or give its branch another policy, or `none`"
                }
                Unreached::DoesNotHear(_) => "add `escalations` to its `hears:`, or name another group",
                Unreached::Nobody { .. } => "add the person with an email address to the group, or name another role",
            };
            problems.push(Problem::new(step.place.clone(), message).hint(hint));
        }
    }
}

/// Whom a step goes to that is taken for a group.
fn recipient(step: &Step, of: &str, groups: &BTreeMap<String, Group>) -> Result<Recipient, Unreached> {
    let id = match &step.to.group {
        TargetGroup::Own => of.to_owned(),
        TargetGroup::Named(id) => id.clone(),
        TargetGroup::Parent => {
            let parent = groups.get(of).and_then(|group| group.escalates_to.as_ref());
            parent.map(|parent| parent.value.clone()).ok_or_else(|| Unreached::NoParent(of.to_owned()))?
        }
    };
    let recipient = Recipient { group: id, role: step.to.role.clone() };
    // That a group is there is checked where it is named.
    let Some(group) = groups.get(&recipient.group) else { return Ok(recipient) };
    if recipient.group != of && !group.hears(Hears::Escalations) {
        return Err(Unreached::DoesNotHear(recipient.group));
    }
    match &recipient.role {
        Some(role) if group.addresses(role).is_empty() => {
            Err(Unreached::Nobody { role: role.replace('_', " "), group: recipient.group })
        }
        _ => Ok(recipient),
    }
}

impl Group {
    /// The email addresses of the people in a role: `chair`, `sro`, `clinical_lead`, `secretary`, `members`.
    #[must_use]
    pub fn addresses(&self, role: &str) -> Vec<&str> {
        let role = if role == "members" { "member" } else { role };
        let of_role = self.people().filter(|(known, _)| *known == role);
        of_role.filter_map(|(_, person)| Some(person.email.as_ref()?.as_str())).collect()
    }
}

impl Config {
    /// Whom a step of an escalation policy goes to that is taken for a group; none where that group has changed since.
    #[must_use]
    pub fn recipient(&self, step: &Step, of: &str) -> Option<Recipient> {
        recipient(step, of, &self.groups).ok()
    }

    /// A recipient as people read it: `Primary Care Quality Group (chair)`.
    #[must_use]
    pub fn in_words(&self, recipient: &Recipient) -> String {
        let name = self.name_of(&recipient.group);
        let role = recipient.role.as_ref();
        role.map_or_else(|| name.to_owned(), |role| format!("{name} ({})", role.replace('_', " ")))
    }

    /// The name of a group for people; its id where there is no such group any more.
    #[must_use]
    pub fn name_of<'a>(&'a self, group: &'a str) -> &'a str {
        self.groups.get(group).map_or(group, |group| &group.name)
    }
}
