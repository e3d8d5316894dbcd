//! The home's YAML files → one validated [`Config`]. Every mistake of every file is reported at once, each with its file,
//! line and column, the line itself, and the nearest known name. Nothing here touches anything but those files, so that
//! `bellwether check` works offline.

mod advice;
mod daemon;
mod dataset;
mod digest;
mod due;
mod escalation;
mod files;
mod groups;
mod links;
mod measures;
mod ruleset;
mod schema;
mod templates;
mod tried;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use serde::de::DeserializeOwned;

use crate::{
    model::{Better, Calendar, Labels, Unit},
    routing::Policy,
    rules::{Derived, Rule},
    yaml::{Located, Node, Problem, Problems, SourceFile, decode_partly, parse},
};

pub use daemon::{Daemon, Listen};
pub use dataset::Dataset;
pub use digest::DigestSettings;
pub use files::Files;
pub use groups::{Group, GroupKind, Hears, Language, Person};
pub use links::Links;
pub use schema::{SchemaOf, schema, schema_for};
pub use templates::Templates;
pub use tried::{Tried, TriedSetting};

/// All that a home says, checked and ready for use.
#[derive(Debug, Clone)]
pub struct Config {
    /// The daemon's own settings.
    pub daemon: Daemon,
    /// Groups and committees by id.
    pub groups: BTreeMap<String, Group>,
    /// Which group an alert goes to, when, and what is not said.
    pub policy: Policy,
    /// Datasets by id.
    pub datasets: BTreeMap<String, Arc<Dataset>>,
    /// Rules by id.
    pub rules: BTreeMap<String, Arc<Rule>>,
    /// Measures of one's own, each after those that it needs.
    pub derived: Vec<Arc<Derived>>,
    /// What is no mistake in the rules, and looks like one.
    pub notes: Vec<Problem>,
    /// Which days are worked: England's, with the holidays of `config/holidays.csv`.
    pub calendar: Calendar,
    /// The calendars of groups that close on other days as well.
    calendars: BTreeMap<String, Calendar>,
    /// A hash of all datasets' definitions: a file that was held back may be judged otherwise under another.
    pub datasets_fingerprint: String,
    /// What messages are made with.
    pub templates: Arc<Templates>,
}

impl Config {
    /// Reads and checks the configuration and rules below a home folder.
    ///
    /// # Errors
    /// Every mistake of every file.
    pub fn load(home: &Path) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let files = Files::read(home, &mut problems);
        let calendar = files.calendar(&mut problems);
        let daemon = daemon::load(&files.daemon, &mut problems);
        let groups = groups::load(&files.groups, &mut problems);
        if let (Some(daemon), Some(groups)) = (&daemon, &groups) {
            groups.check_targets(daemon, &mut problems);
        }
        let datasets = dataset::load_all(home, &files.datasets, &mut problems);
        dataset::check_needs(&datasets, &mut problems);
        let limits = daemon.as_ref().map(|daemon| daemon.scripts).unwrap_or_default();
        let ruleset::Loaded { rules, derived, scripts } = ruleset::load_all(&files, &datasets, limits, &mut problems);
        let calendars = groups.as_ref().map(|groups| groups.calendars(&calendar, &mut problems)).unwrap_or_default();
        let policy = groups.as_ref().and_then(|groups| {
            let stewards = datasets.values().map(|dataset| &dataset.steward);
            let owners = datasets.values().flat_map(|dataset| dataset.checks.owners());
            let own_owner = |dataset: &&Arc<Dataset>| dataset.owner.place != dataset.steward.place;
            let told_late = datasets.values().filter(own_owner).map(|dataset| &dataset.owner);
            for group in stewards.chain(owners).chain(told_late).chain(daemon.iter().map(|daemon| &daemon.operator)) {
                groups.check_name(group, &mut problems);
            }
            groups.policy(&files, &datasets, &mut problems)
        });
        let ids = groups.iter().flat_map(|groups| groups.by_id.keys()).map(String::as_str);
        let templates = Arc::new(templates::load(home, &ids, &mut problems));
        let (Some(daemon), Some(groups), Some(policy)) = (daemon, groups, policy) else { return Err(problems) };
        problems.into_result()?;
        let groups = groups.by_id;
        let datasets_fingerprint = hash(datasets.values().map(|dataset| dataset.fingerprint.as_str()));
        let notes = scripts.map_or_else(Vec::new, |scripts| advice::notes(&rules, &scripts, &policy.route));
        Ok(Self {
            daemon,
            groups,
            policy,
            datasets,
            rules,
            derived,
            notes,
            calendar,
            calendars,
            datasets_fingerprint,
            templates,
        })
    }

    /// The days on which a group works.
    #[must_use]
    pub fn calendar_of(&self, group: &str) -> &Calendar {
        self.calendars.get(group).unwrap_or(&self.calendar)
    }

    /// The rules on one dataset.
    pub fn rules_on<'a>(&'a self, dataset: &'a str) -> impl Iterator<Item = &'a Arc<Rule>> {
        self.rules.values().filter(move |rule| rule.dataset() == dataset)
    }

    /// The other datasets with checks that ask for figures of this one.
    pub fn naming<'a>(&'a self, dataset: &'a str) -> impl Iterator<Item = &'a Arc<Dataset>> {
        let others = self.datasets.values().filter(move |other| other.id != dataset);
        others.filter(move |other| other.checks.needs().any(|need| need.dataset.value == dataset))
    }

    /// The least count of a measure that is published; none where every figure is.
    #[must_use]
    pub fn suppressed_below(&self, dataset: &str, measure: &str) -> Option<u32> {
        let mut derived = self.derived.iter().filter(|derived| derived.dataset() == dataset);
        if let Some(derived) = derived.find(|derived| derived.name() == measure) {
            return derived.of_figures().and_then(|from| self.suppressed_below(dataset, from));
        }
        let mut measures = self.datasets.get(dataset)?.measures.iter();
        let (_, measure) = measures.find(|(name, _)| name.value == measure)?;
        measure.suppressed_below.as_ref().map(|below| below.value)
    }

    /// Which direction is good of a measure's series with these labels, and the unit of its figures; nothing known of a
    /// measure that is not there.
    #[must_use]
    pub fn measure_traits(&self, dataset: &str, measure: &str, labels: &Labels) -> (Better, Unit) {
        let mut derived = self.derived.iter().filter(|derived| derived.dataset() == dataset);
        if let Some(derived) = derived.find(|derived| derived.name() == measure) {
            return (derived.entry().better, derived.entry().unit);
        }
        let Some(dataset) = self.datasets.get(dataset) else { return Default::default() };
        let measure = dataset.measures.get(measure);
        measure.map(|measure| (measure.better.of(labels), dataset.unit_of(measure))).unwrap_or_default()
    }

    /// A hash of the rules on one dataset: another one means that its history must be evaluated again.
    #[must_use]
    pub fn rules_fingerprint(&self, dataset: &str) -> String {
        let rests_on = self.rests_on(dataset);
        let derived = self.derived.iter().filter(|derived| rests_on.contains(derived.dataset()));
        let rules = self.rules_on(dataset).map(|rule| rule.fingerprint());
        hash(rules.chain(derived.map(|derived| derived.fingerprint())))
    }

    /// The datasets whose figures the rules on one dataset ask for, by way of measures of one's own too; itself among them.
    #[must_use]
    pub fn rests_on(&self, dataset: &str) -> BTreeSet<String> {
        let mut all = BTreeSet::from([dataset.to_owned()]);
        let mut left: Vec<String> = self.rules_on(dataset).flat_map(|rule| rule.elsewhere()).collect();
        left.push(dataset.to_owned());
        while let Some(next) = left.pop() {
            for derived in self.derived.iter().filter(|derived| derived.dataset() == next) {
                left.extend(derived.needs().into_iter().filter_map(|need| {
                    let (of, _) = need.split_once('/')?;
                    (!all.contains(of)).then(|| of.to_owned())
                }));
            }
            all.insert(next);
        }
        all
    }

    /// The measures that rules ask for, by dataset, and those of one's own among them that must be worked out first, in
    /// this order.
    #[must_use]
    pub fn needs_of<'a>(&self, rules: impl IntoIterator<Item = &'a Arc<Rule>>) -> Needs {
        let mut names: BTreeSet<String> = rules.into_iter().flat_map(|rule| rule.needs()).collect();
        let mut derived = Vec::new();
        for one in self.derived.iter().rev() {
            if names.contains(&format!("{}/{}", one.dataset(), one.name())) {
                names.extend(one.needs());
                derived.insert(0, Arc::clone(one));
            }
        }
        let mut measures: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (dataset, measure) in names.iter().filter_map(|name| name.split_once('/')) {
            measures.entry(dataset.to_owned()).or_default().insert(measure.to_owned());
        }
        Needs { measures, derived }
    }

    /// The other datasets with rules that ask for figures of one of these.
    pub fn resting_on<'a>(&'a self, dataset: &'a str) -> impl Iterator<Item = &'a Arc<Dataset>> {
        let others = self.datasets.values().filter(move |other| other.id != dataset);
        others.filter(move |other| {
            self.rests_on(&other.id).contains(dataset) && self.rules_on(&other.id).next().is_some()
        })
    }
}

/// What must be known before rules can be evaluated.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// The measures by dataset.
    pub measures: BTreeMap<String, BTreeSet<String>>,
    /// Those of one's own among them, each after those that it needs.
    pub derived: Vec<Arc<Derived>>,
}

/// BLAKE3 over texts, each with its length, in hexadecimal.
fn hash<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// A file as far as it can be understood.
struct Decoded<T> {
    node: Node,
    settings: T,
    /// Whether nothing was left out because of a mistake. What was left out must not be missed as well.
    whole: bool,
}

/// What is left of a file when its mistakes are left out. An empty file could not be read, which is a problem already.
fn decode_file<T: DeserializeOwned>(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Decoded<T>> {
    if file.text.is_empty() {
        return None;
    }
    let node = problems.take(parse(file))?;
    let (settings, mistakes) = decode_partly(&node);
    let whole = mistakes.is_empty();
    problems.extend(mistakes);
    Some(Decoded { node, settings: settings?, whole })
}

/// Ids become folder names, links and metric labels: lower-case letters, digits and hyphens.
fn check_id(id: &Located<String>, what: &str, problems: &mut Problems) {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || id.len() > 80 || !id.chars().all(allowed) || id.starts_with('-') {
        let message = format!("`{}` cannot be the id of a {what}", id.value);
        let hint = "use at most 80 lower-case letters, digits and hyphens";
        problems.push(Problem::new(id.place.clone(), message).hint(hint));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Config;

    fn problems(spoil: impl Fn(&std::path::Path)) -> Vec<String> {
        let home = tempfile::tempdir().expect("a folder");
        // Without the branches of the route for datasets that this home does not have.
        let groups = include_str!("../../config/groups.yaml");
        let (groups, _) = groups.split_once("    - match: { dataset: gp-appointments }").expect("a route");
        let groups = &groups.replace("      escalation: standard\n", "");
        for (path, text) in [
            ("config/bellwether.yaml", include_str!("../../config/bellwether.yaml")),
            ("config/groups.yaml", groups),
            ("config/datasets/les-activity.yaml", include_str!("../../config/datasets/les-activity.yaml")),
            (
                "config/datasets/hha-achievement-bands.yaml",
                include_str!("../../config/datasets/hha-achievement-bands.yaml"),
            ),
            ("rules/les.yaml", include_str!("../../rules/les.yaml")),
            ("rules/change.rhai", include_str!("../../rules/change.rhai")),
        ] {
            let path = home.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        spoil(home.path());
        match Config::load(home.path()) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.lines(),
        }
    }

    #[test]
    fn what_is_said_of_due_days_is_checked() {
        let write = |path: &'static str, text: &'static str| {
            problems(move |home| fs::write(home.join(path), text).expect("written"))
        };
        assert_eq!(write("config/holidays.csv", "date,title\n2029-12-25,Christmas Day\n"), [""; 0]);
        assert_eq!(
            write("config/holidays.csv", "date,title\n2029-12-25,Christmas Day\n25/12/2030,Christmas Day\n"),
            [
                "config/holidays.csv:3:1: \"25/12/2030,Christmas Day\" is not a holiday: write a date and its name, such as \
                 2029-12-25,Christmas Day"
            ]
        );
        let with = |from: &str, to: &str| {
            problems(|home| {
                let file = home.join("config/datasets/les-activity.yaml");
                let text = fs::read_to_string(&file).expect("there");
                assert!(text.contains(from), "{text}");
                fs::write(file, text.replace(from, to)).expect("written");
            })
        };
        let owner = with("within: 15 working days }", "within: 15 working days, owner: medicine-safety }");
        assert_eq!(owner.len(), 1, "{owner:?}");
        assert!(
            owner[0].ends_with("there is no group `medicine-safety` (did you mean `medicines-safety`?)"),
            "{owner:?}"
        );
        assert_eq!(with("steward: performance-team", "steward: performence-team").len(), 1, "said once");
        let own = problems(|home| {
            let file = home.join("rules/les.yaml");
            let text = fs::read_to_string(&file).expect("there").replace("les-deterioration:", "late-delivery:");
            fs::write(file, text).expect("written");
        });
        assert!(own[0].contains("`late-delivery` is the program's own rule"), "{own:?}");
    }

    #[test]
    fn what_a_check_asks_of_other_datasets_must_be_there() {
        let found = problems(|home| {
            let path = home.join("config/datasets/les-activity.yaml");
            let text = fs::read_to_string(&path).expect("read");
            let checks = "checks:\n\
                          \x20 - agrees_with: { name: a, measure: activity, dataset: hha-achievement-band }\n\
                          \x20 - agrees_with: { name: b, measure: activity, dataset: hha-achievement-bands }\n\
                          \x20 - agrees_with: { name: c, measure: activity, dataset: hha-achievement-bands, other: practices, labels: \
                          { contract: icb } }\n";
            fs::write(&path, text.replacen("checks:\n", checks, 1)).expect("written");
        });
        let at = "config/datasets/les-activity.yaml";
        let expected = [
            format!("{at}:23:57: there is no dataset `hha-achievement-band` (did you mean `hha-achievement-bands`?)"),
            format!(
                "{at}:24:38: there is no measure `activity` (known: `low_achievers`, `practices`, `practices_11_25`, \
                 `practices_26_50`, `practices_51_75`, `practices_76_100`, `practices_over_100`)"
            ),
            format!("{at}:25:118: there is no label `icb` (did you mean `sub_icb`?)"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_configuration_that_is_missing_or_empty_is_never_read_as_one_that_says_nothing() {
        assert_eq!(problems(|_| ()), [""; 0]);
        let empty = problems(|home| fs::write(home.join("config/groups.yaml"), "\n").expect("written"));
        assert!(
            empty.iter().any(|problem| problem.starts_with("config/groups.yaml:1:1: the file is empty")),
            "{empty:?}"
        );
        for folder in ["rules", "config/datasets"] {
            let gone = problems(|home| fs::remove_dir_all(home.join(folder)).expect("removed"));
            let expected = format!("{folder}:1:1: the folder cannot be read: ");
            assert!(gone.iter().any(|problem| problem.starts_with(&expected)), "{gone:?}");
        }
    }
}
