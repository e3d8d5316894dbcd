//! `config/datasets/*.yaml`: the contract for one kind of file.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
    path::Path,
    sync::Arc,
};

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use crate::{
    checks::{self, CheckSettings, Checks, Followed, References},
    model::{ColumnKind, Due, Schema, Unit},
    rules::Plans,
    tables::{ColumnSettings, MeasureSettings, PeriodSource, TableSettings, TableSpec},
    yaml::{Entries, Located, Place, Problem, Problems, SourceFile},
};

use super::{Decoded, check_id, decode_file, due::DueSettings, files};

/// The contract for one kind of file.
#[derive(Debug)]
pub struct Dataset {
    /// The file's name without its extension.
    pub id: String,
    /// Its title for people.
    pub title: String,
    /// The group that answers for its data.
    pub steward: Located<String>,
    names: GlobSet,
    /// When it is expected; none when nobody waits for it.
    pub due: Option<Due>,
    /// The group that is told of what does not arrive: the steward unless `due` names another.
    pub owner: Located<String>,
    /// Where the reporting period stands.
    pub period: PeriodSource,
    /// How the file is read.
    pub table: TableSpec,
    /// What makes a file fit to publish.
    pub checks: Checks,
    /// What is followed over time, by name.
    pub measures: Entries<MeasureSettings>,
    /// Measures with mistakes of their own: rules on them would only echo these.
    pub(super) mistaken: BTreeSet<String>,
    /// A hash of the definition, to tell whether a file that comes again would be judged the same.
    pub fingerprint: String,
}

impl Dataset {
    /// Whether a file of this name may belong to the dataset. Upper and lower case are the same.
    #[must_use]
    pub fn takes_name(&self, file: &str) -> bool {
        self.names.is_match(file.to_lowercase())
    }

    /// The labels of all its measures.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.measures.iter().flat_map(|(_, measure)| measure.labels.iter().map(|label| label.value.as_str()))
    }
}

impl Dataset {
    /// The unit of a measure's figures, as far as its column and its own setting say it.
    #[must_use]
    pub fn unit_of(&self, measure: &MeasureSettings) -> Unit {
        if let Some(categories) = &measure.categories {
            return Unit::Category(categories.value);
        }
        match self.table.columns.get(&measure.value.value).map(|column| column.kind) {
            Some(ColumnKind::Percent) => Unit::Percent,
            Some(ColumnKind::Duration) => Unit::Duration,
            _ => measure.unit.as_ref().and_then(|unit| Unit::currency(unit)).unwrap_or_default(),
        }
    }

    /// Whether each figure of a measure is in the unit that it is printed in.
    #[must_use]
    pub fn has_mixed_units(&self, measure: &MeasureSettings) -> bool {
        let kind = self.table.columns.get(&measure.value.value).map(|column| column.kind);
        matches!(kind, Some(ColumnKind::Figure | ColumnKind::Target))
    }

    /// What a measure has as plans.
    #[must_use]
    pub fn plans_of(&self, measure: &MeasureSettings) -> Plans {
        match measure.plan.as_ref().map(|plan| self.table.columns.get(&plan.value).map(|column| column.kind)) {
            None => Plans::None,
            Some(Some(ColumnKind::Target)) => Plans::Targets,
            Some(_) => Plans::Figures,
        }
    }
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DatasetFile {
    title: String,
    steward: Located<String>,
    files: Located<Vec<Located<String>>>,
    #[serde(default)]
    due: Option<DueSettings>,
    period: PeriodSource,
    #[serde(default)]
    table: TableSettings,
    columns: Entries<ColumnSettings>,
    #[serde(default)]
    checks: Vec<CheckSettings>,
    #[serde(default)]
    measures: Entries<MeasureSettings>,
}

pub(super) fn load_all(
    home: &Path,
    files: &[Arc<SourceFile>],
    problems: &mut Problems,
) -> BTreeMap<String, Arc<Dataset>> {
    let (mut datasets, mut references) = (BTreeMap::new(), References::default());
    for file in files {
        let stem = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let id = Located { value: stem, place: Place::start_of(file) };
        check_id(&id, "dataset", problems);
        if let Some(dataset) = load(&id.value, file, &mut FromHome { home, references: &mut references }, problems) {
            datasets.insert(id.value, Arc::new(dataset));
        }
    }
    datasets
}

/// A dataset with mistakes is answered as far as it can be understood, so that what names it can be checked.
fn load(id: &str, file: &Arc<SourceFile>, from: &mut FromHome<'_>, problems: &mut Problems) -> Option<Dataset> {
    let Decoded { settings, whole, .. } = decode_file::<DatasetFile>(file, problems)?;
    let table = TableSpec { table: settings.table, columns: settings.columns };
    let schema = table.schema();
    let mut own = Problems::default();
    own.take(table.check());
    check_period(&settings.period, &schema, &mut own);
    let mut mistaken = BTreeSet::new();
    for (name, measure) in settings.measures.iter() {
        let mut found = Problems::default();
        check_measure(measure, &schema, &mut found);
        if !found.is_empty() || !whole {
            mistaken.insert(name.value.clone());
        }
        own.extend(found);
    }
    let due = settings.due.as_ref().and_then(|due| own.take(due.compile()));
    let references = from.read(&settings.checks);
    let checks = own.take(checks::build(&settings.checks, &schema, &followed(&settings.measures), references));
    // Where something was left out, what names it would only echo the mistake.
    if whole {
        problems.extend(own);
    }
    let names = problems.take(names(&settings.files)).unwrap_or_default();
    let checks = checks.or_else(|| checks::build(&[], &schema, &[], references).ok())?;
    Some(Dataset {
        id: id.to_owned(),
        title: settings.title,
        owner: settings.due.and_then(|due| due.owner).unwrap_or_else(|| settings.steward.clone()),
        steward: settings.steward,
        names,
        due,
        period: settings.period,
        table,
        checks,
        measures: settings.measures,
        mistaken,
        fingerprint: fingerprint(&file.text, &settings.checks, references),
    })
}

/// The reference tables of all datasets; each is read once.
struct FromHome<'a> {
    home: &'a Path,
    references: &'a mut References,
}

impl FromHome<'_> {
    /// Those that checks name, and others.
    fn read(&mut self, checks: &[CheckSettings]) -> &References {
        for path in checks.iter().flat_map(CheckSettings::files) {
            if !self.references.has(path) {
                self.references.insert(path, files::read_reference(self.home, path));
            }
        }
        self.references
    }
}

/// A hash of a definition and of the reference tables that it rests on.
fn fingerprint(text: &str, checks: &[CheckSettings], references: &References) -> String {
    let tables: BTreeSet<&str> = checks.iter().flat_map(CheckSettings::files).map(|path| path.as_str()).collect();
    let mut hasher = blake3::Hasher::new();
    hasher.update(text.as_bytes());
    for table in tables {
        hasher.update(blake3::hash(references.get(table).unwrap_or_default()).as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn followed(measures: &Entries<MeasureSettings>) -> Vec<Followed> {
    let followed = |(name, measure): (&Located<String>, &MeasureSettings)| Followed {
        name: name.value.clone(),
        labels: measure.labels.iter().map(|label| label.value.clone()).collect(),
        column: measure.value.value.clone(),
    };
    measures.iter().map(followed).collect()
}

/// Holds what checks ask of other datasets against those that there are.
pub(super) fn check_needs(datasets: &BTreeMap<String, Arc<Dataset>>, problems: &mut Problems) {
    for need in datasets.values().flat_map(|dataset| dataset.checks.needs()) {
        let Some(dataset) = datasets.get(&need.dataset.value) else {
            let known = datasets.keys().map(String::as_str);
            problems.push(Problem::unknown(need.dataset.place.clone(), "dataset", &need.dataset, known));
            continue;
        };
        let Some(measure) = dataset.measures.get(&need.measure) else {
            let known = dataset.measures.keys().map(|name| name.value.as_str());
            problems.push(Problem::unknown(need.measure.place.clone(), "measure", &need.measure, known));
            continue;
        };
        // What is wrong with it was said; what names it would only echo that.
        if dataset.mistaken.contains(&need.measure.value) {
            continue;
        }
        let labels = || measure.labels.iter().map(|label| label.value.as_str());
        for label in need.labels.iter().filter(|label| !labels().any(|known| known == label.value)) {
            problems.push(Problem::unknown(label.place.clone(), "label", label, labels()));
        }
    }
}

fn names(patterns: &Located<Vec<Located<String>>>) -> Result<GlobSet, Problems> {
    if patterns.is_empty() {
        return Err(
            Problem::new(patterns.place.clone(), "at least one name pattern is needed, such as \"les-*.csv\"").into()
        );
    }
    let mut set = GlobSetBuilder::new();
    let mut problems = Problems::default();
    for pattern in &patterns.value {
        match Glob::new(&pattern.to_lowercase()) {
            Ok(glob) => _ = set.add(glob),
            Err(error) => problems.push(Problem::new(pattern.place.clone(), error.kind().to_string())),
        }
    }
    problems.into_result()?;
    set.build().map_err(|error| Problem::new(patterns.place.clone(), error.to_string()).into())
}

fn check_period(period: &PeriodSource, schema: &Schema, problems: &mut Problems) {
    if let PeriodSource::Column(column, _) = period {
        check_column(column, &[ColumnKind::Period], schema, problems);
    }
}

const FIGURES: &[ColumnKind] =
    &[ColumnKind::Number, ColumnKind::Percent, ColumnKind::Duration, ColumnKind::Figure, ColumnKind::Target];

fn check_measure(measure: &MeasureSettings, schema: &Schema, problems: &mut Problems) {
    let kinds = if measure.categories.is_some() { &[ColumnKind::Text] } else { FIGURES };
    for column in iter::once(&measure.value).chain(&measure.plan) {
        check_column(column, kinds, schema, problems);
    }
    if let (Some(_), Some(unit)) = (&measure.categories, &measure.unit) {
        let problem = Problem::new(unit.place.clone(), "categories are their own unit");
        problems.push(problem.hint("leave out `unit`"));
    }
    if let Some(unit) = measure.unit.as_ref().filter(|unit| ["%", "percent", "per cent"].contains(&unit.trim())) {
        let kind = schema.columns.iter().find(|column| column.name == measure.value.value).map(|column| column.kind);
        if !matches!(kind, Some(ColumnKind::Percent | ColumnKind::Figure) | None) {
            let message = format!("`{}` is no unit of a column of plain numbers", unit.value);
            let hint = "give the column `kind: percent`; `percent: points` where 73.5 is 73.5%";
            problems.push(Problem::new(unit.place.clone(), message).hint(hint));
        }
    }
    if let Some(below) = measure.suppressed_below.as_ref().filter(|below| !(2..=100).contains(&below.value)) {
        let problem = Problem::new(below.place.clone(), "a threshold from 2 to 100 is expected here");
        problems.push(problem.hint("the least count that is published, such as 5: 1 to 4 are withheld"));
    }
    for label in measure.better.labels().filter(|label| !measure.labels.iter().any(|known| known.value == label.value))
    {
        let known = measure.labels.iter().map(|label| label.value.as_str());
        problems.push(Problem::unknown(label.place.clone(), "label", label, known));
    }
    if let Some(spc) = &measure.spc {
        problems.take(spc.check(&measure.labels));
    }
    for label in &measure.labels {
        check_column(label, &[ColumnKind::Text], schema, problems);
    }
}

fn check_column(column: &Located<String>, kinds: &[ColumnKind], schema: &Schema, problems: &mut Problems) {
    match schema.columns.iter().find(|known| known.name == column.value) {
        None => problems.push(Problem::unknown(column.place.clone(), "column", column, schema.names())),
        Some(known) if !kinds.contains(&known.kind) => {
            let message = format!("the column `{}` is declared as {:?}", column.value, known.kind).to_lowercase();
            let wanted: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            problems.push(
                Problem::new(column.place.clone(), message).hint(format!("it must be {} here", wanted.join(" or "))),
            );
        }
        Some(_) => {}
    }
}
