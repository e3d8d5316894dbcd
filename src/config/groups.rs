//! `config/groups.yaml`: who is told, and the tree that says of what.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    model::Calendar,
    outbox::ChannelSettings,
    routing::{
        EscalationSettings, Flapping, InhibitSettings, Length, NamedIntervalSettings, Names, PARENT, Policy,
        PolicySettings, RouteSettings,
    },
    yaml::{Entries, Located, Node, Problem, Problems, SourceFile},
};

use super::{Daemon, Dataset, Decoded, DigestSettings, Files, check_id, decode_file, escalation};

/// A committee, group or team.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name for people.
    pub name: String,
    /// What it is.
    #[serde(default)]
    pub kind: GroupKind,
    /// The group that hears of what this one does not act on.
    #[serde(default)]
    pub escalates_to: Option<Located<String>>,
    /// Who chairs it.
    #[serde(default)]
    pub chair: Option<Person>,
    /// Its senior responsible owner.
    #[serde(default)]
    pub sro: Option<Person>,
    /// Its clinical lead.
    #[serde(default)]
    pub clinical_lead: Option<Person>,
    /// Who keeps its papers.
    #[serde(default)]
    pub secretary: Option<Person>,
    /// Who else belongs to it.
    #[serde(default)]
    pub members: Vec<Person>,
    /// What it hears of beside the exceptions that the route leads to it.
    #[serde(default = "escalations")]
    pub hears: Vec<Hears>,
    /// How long after the first delivery of a month its summary in three As waits for the others: ten working days where
    /// left out.
    #[serde(default)]
    pub three_as_after: Option<Located<Length>>,
    /// When it has the exception report, before its papers are due.
    #[serde(default)]
    pub digest: Option<DigestSettings>,
    /// The days on which it does not work, beside weekends and the holidays of the home: a date, and why.
    #[serde(default)]
    pub closed: Entries<Located<String>>,
    /// In which words it reads dates.
    #[serde(default)]
    pub language: Language,
    /// How it is reached. A group without channels is told nothing, which is a mistake.
    #[serde(default)]
    pub channels: Vec<ChannelSettings>,
}

/// What a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// A group or team that looks after measures.
    #[default]
    Group,
    /// A committee to which groups report.
    Committee,
}

/// What a group hears of beside the exceptions that the route leads to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hears {
    /// What groups below escalate to it.
    Escalations,
    /// A summary of what other groups are alerted to, advised of and assured about.
    ThreeAs,
}

/// In which words dates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
pub enum Language {
    /// `3 December 2025`.
    #[default]
    #[serde(rename = "en-GB")]
    BritishEnglish,
}

/// Someone with a role in a group.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The address.
    #[serde(default)]
    pub email: Option<Located<String>>,
}

impl Group {
    /// Its roles with the people in them: `chair`, `sro`, `clinical_lead`, `secretary`, `member`.
    pub fn people(&self) -> impl Iterator<Item = (&'static str, &Person)> {
        let roles = [
            ("chair", &self.chair),
            ("sro", &self.sro),
            ("clinical_lead", &self.clinical_lead),
            ("secretary", &self.secretary),
        ];
        let named = roles.into_iter().filter_map(|(role, person)| Some((role, person.as_ref()?)));
        named.chain(self.members.iter().map(|member| ("member", member)))
    }

    /// Whether it hears of something.
    #[must_use]
    pub fn hears(&self, what: Hears) -> bool {
        self.hears.contains(&what)
    }

    /// How long its summary of a month waits for deliveries, after the first.
    #[must_use]
    pub fn three_as_after(&self) -> Length {
        self.three_as_after.as_ref().map_or(Length::WorkingDays(10), |length| length.value)
    }

    /// The days on which it works.
    fn calendar(&self, home: &Calendar, problems: &mut Problems) -> Option<Calendar> {
        let mut calendar = (!self.closed.0.is_empty()).then(|| home.clone())?;
        for (day, why) in self.closed.iter() {
            if let Ok(date) = day.parse::<Date>() {
                calendar.close(date, why);
            } else {
                let problem = Problem::new(day.place.clone(), format!("`{}` is not a day", day.value));
                problems.push(problem.hint("write the day and why it is closed: 2026-12-24: Christmas Eve"));
            }
        }
        Some(calendar)
    }

    fn check(&self, problems: &mut Problems) {
        if let Some(digest) = &self.digest {
            digest.check(problems);
        }
        if let Some(after) = self.three_as_after.as_ref().filter(|_| !self.hears(Hears::ThreeAs)) {
            let problem = Problem::new(after.place.clone(), "this group is given no summary that could wait");
            problems.push(problem.hint("say `hears: [three_as, escalations]`"));
        }
        for (nth, channel) in self.channels.iter().enumerate() {
            problems.extend(channel.check());
            let before = self.channels.iter().take(nth).filter(|other| other.kind() == channel.kind());
            let named: Vec<String> = before.flat_map(ChannelSettings::recipients).collect();
            if let Some(place) = channel.place()
                && channel.recipients().iter().any(|recipient| named.contains(recipient))
            {
                problems.push(Problem::new(place.clone(), "this channel is listed before: it would be told twice"));
            }
        }
        for email in self.people().filter_map(|(_, person)| person.email.as_ref()) {
            if let Err(error) = email.parse::<crate::outbox::EmailAddress>() {
                problems.push(Problem::new(email.place.clone(), error.to_string()));
            }
        }
    }
}

fn escalations() -> Vec<Hears> {
    vec![Hears::Escalations]
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupsFile {
    groups: Entries<Group>,
    route: Located<RouteSettings>,
    #[serde(default)]
    time_intervals: Vec<NamedIntervalSettings>,
    #[serde(default)]
    inhibit_rules: Vec<InhibitSettings>,
    #[serde(default)]
    escalation_policies: Vec<EscalationSettings>,
    #[serde(default)]
    flapping: Flapping,
}

/// The file, as far as it can be understood.
pub(super) struct Groups {
    pub(super) by_id: BTreeMap<String, Group>,
    /// The ids of all groups, also of those with mistakes.
    ids: BTreeSet<String>,
    policy: PolicySettings,
}

pub(super) fn load(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Groups> {
    let Decoded { node, settings, whole } = decode_file::<GroupsFile>(file, problems)?;
    let GroupsFile { groups: listed, route, time_intervals, inhibit_rules, escalation_policies, flapping } = settings;
    let ids = node.get("groups").map(Node::keys).unwrap_or_default().into_iter().collect();
    let mut groups = BTreeMap::new();
    for (id, group) in listed.0 {
        check_id(&id, "group", problems);
        if *id.value == *PARENT {
            let message = "`parent` cannot be the id of a group: escalation policies call the group above so";
            problems.push(Problem::new(id.place.clone(), message));
        }
        if group.channels.is_empty() && whole {
            let message = format!("the group `{}` has no channels: nobody would be told", id.value);
            let hint = "add `channels:` with an email or a webhook";
            problems.push(Problem::new(id.place.clone(), message).hint(hint));
        }
        group.check(problems);
        groups.insert(id.value, group);
    }
    let policy = PolicySettings { route, time_intervals, inhibit_rules, escalation_policies, flapping };
    let loaded = Groups { by_id: groups, ids, policy };
    for target in loaded.by_id.values().filter_map(|group| group.escalates_to.as_ref()) {
        loaded.check_name(target, problems);
    }
    Some(loaded)
}

impl Groups {
    /// Messages must go where the daemon's settings let them.
    pub(super) fn check_targets(&self, daemon: &Daemon, problems: &mut Problems) {
        for channel in self.by_id.values().flat_map(|group| &group.channels) {
            problems.extend(channel.check_outbound(&daemon.outbound));
            if let Some(folder) = channel.folder() {
                daemon.check_folder(folder, problems);
            }
        }
    }

    /// A group that is named must be there.
    pub(super) fn check_name(&self, name: &Located<String>, problems: &mut Problems) {
        if !self.ids.contains(&name.value) {
            let known = self.ids.iter().map(String::as_str);
            problems.push(Problem::unknown(name.place.clone(), "group", name, known));
        }
    }

    /// Who is told what, if it names only what there is. A matcher on a rule, dataset or label that does not exist would
    /// never match, and nobody would notice.
    pub(super) fn policy(
        &self,
        files: &Files,
        datasets: &BTreeMap<String, Arc<Dataset>>,
        problems: &mut Problems,
    ) -> Option<Policy> {
        let names = Names {
            groups: self.ids.clone(),
            labels: datasets.values().flat_map(|dataset| dataset.labels()).map(str::to_owned).collect(),
            // A rule or dataset with mistakes of its own is there all the same.
            rules: files.rule_ids(),
            datasets: files.dataset_ids(),
            ..Names::default()
        };
        let policy = problems.take(Policy::compile(&self.policy, names))?;
        escalation::check(&policy, &self.by_id, problems);
        Some(policy)
    }

    /// The calendars of groups that have one of their own.
    pub(super) fn calendars(&self, home: &Calendar, problems: &mut Problems) -> BTreeMap<String, Calendar> {
        let own = self.by_id.iter().filter_map(|(id, group)| Some((id.clone(), group.calendar(home, problems)?)));
        own.collect()
    }
}
