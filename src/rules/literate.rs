//! Runs the cases of `tests/cases/rules/`; its README describes their format.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use serde::Deserialize;

use super::{
    Catalog, Derived, DerivedSettings, MeasureEntry, Plans, Rule, RuleSettings, kinds::KindSettings, with_derived,
};
use crate::{
    expr::{Lane, Limits, Scripts, View},
    model::{Better, Bound, Categories, Figure, History, Missing, Period, SeriesKey, Signal, Unit, Value},
    spc::ChartSettings,
    yaml::{
        Located, Node, Place, Problems, SourceFile, decode,
        literate::{Case, assert_said, pages, written},
        parse,
    },
};

/// Pages that are not about a kind.
const OTHERS: [&str; 5] = ["common", "measures", "when", LIVES, ROLL_UP];

/// The page about the lives of alerts, which are looked at where alerts live.
pub(crate) const LIVES: &str = "lives";

/// The page about alerts that are told as one of their parent, which is looked at there too.
pub(crate) const ROLL_UP: &str = "roll_up";

/// The measure that a case is about.
const MEASURE: &str = "activity";
/// The dataset that it belongs to.
const HERE: &str = "here";
/// The kinds of block that a case is made of.
pub(crate) const BLOCKS: [&str; 2] = ["csv", "yaml"];

/// What a dataset says of the measure.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measure {
    #[serde(default)]
    better: Better,
    #[serde(default)]
    unit: Option<String>,
    #[serde(default)]
    each_own_unit: bool,
    #[serde(default)]
    categories: Option<Categories>,
    #[serde(default)]
    suppressed_below: Option<u32>,
    #[serde(default)]
    spc: Option<ChartSettings>,
}

fn value(text: &str, unit: Unit) -> Value {
    match (text, unit) {
        ("", _) => Value::ABSENT,
        ("*", _) => Value::missing(Missing::Suppressed),
        (word, Unit::Category(categories)) => Value::Number(categories.place(word).expect("a category").into()),
        // A target that is a bound or a range: `0.85..0.9`, `..0.92`.
        (text, _) if text.contains("..") => {
            let end = |end: &str| (!end.is_empty()).then(|| end.parse().expect("a figure"));
            let (least, most) = text.split_once("..").expect("two ends");
            Value::Bound(Bound { at_least: end(least), at_most: end(most) })
        }
        (text, _) => text.replace(',', "").parse().map_or(Value::missing(Missing::Words), Value::Number),
    }
}

/// The figures of a table, and what rules may name of them.
fn history(dataset: &str, csv: &str, measure: &Measure, unit: Unit, catalog: &mut Catalog) -> History {
    let mut history = History::default();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let place = |name: &str| header.iter().position(|column| column == name);
    let fixed = ["period", "value", "plan", "measure", "better"];
    let labels: Vec<String> = header.iter().filter(|name| !fixed.contains(name)).map(str::to_owned).collect();
    for row in reader.records() {
        let row = row.expect("a row");
        let cell = |name: &str| place(name).and_then(|at| row.get(at));
        let name = cell("measure").unwrap_or(MEASURE).to_owned();
        let entry = MeasureEntry {
            labels: labels.clone(),
            plans: match place("plan") {
                None => Plans::None,
                Some(_) if csv.contains("..") => Plans::Targets,
                Some(_) => Plans::Figures,
            },
            better: measure.better,
            directions_vary: place("better").is_some(),
            unit,
            each_own_unit: measure.each_own_unit,
            counted: None,
            suppressed_below: measure.suppressed_below,
            charting: measure.spc.as_ref().map(|spc| Arc::new(spc.charting())).unwrap_or_default(),
        };
        catalog.add_measure(dataset, &name, entry);
        let period: Period = cell("period").expect("a period").parse().expect("a period");
        let of_row = labels.iter().filter_map(|name| Some((name.as_str(), cell(name)?)));
        let key = SeriesKey { measure: name, labels: of_row.collect() };
        let plan = cell("plan").map_or(Value::ABSENT, |plan| value(plan, unit));
        let figure = Figure { value: value(cell("value").expect("a value"), unit), plan, unit: Some(unit) };
        let better = match cell("better") {
            Some("higher") => Better::Higher,
            Some("lower") => Better::Lower,
            _ => measure.better,
        };
        history.insert(key, better, period, figure);
    }
    history
}

/// A rule of a case, and the figures by dataset.
pub(crate) struct Prepared {
    pub(crate) rule: Rule,
    histories: BTreeMap<String, Arc<History>>,
}

impl Prepared {
    /// The figures that the rule looks at.
    pub(crate) fn history(&self) -> &Arc<History> {
        &self.histories[HERE]
    }
}

fn run(case: &Case) -> String {
    match prepare(case) {
        Ok(prepared) => format!("{}\n{}", prepared.rule.condition(), said(&prepared)),
        Err(problems) => written(problems),
    }
}

/// The rule of a case, compiled.
///
/// # Errors
/// The mistakes of the rule.
pub(crate) fn prepare(case: &Case) -> Result<Prepared, Problems> {
    let file = Arc::new(SourceFile { path: "rule".into(), text: case.block("yaml").expect("a rule").to_owned() });
    let node = parse(&file).expect("yaml");
    let measure: Measure = node.get("measure").map_or_else(Measure::default, |node| decode(node).expect("a measure"));
    let category = measure.categories.map(Unit::Category);
    let unit = measure.unit.as_deref().map_or(category.unwrap_or_default(), |unit| match unit {
        "percent" => Unit::Percent,
        "duration" => Unit::Duration,
        unit => Unit::currency(unit).expect("a unit"),
    });
    let mut catalog = Catalog::default();
    let tables = case.blocks("csv").map(|(dataset, csv)| (dataset.unwrap_or(HERE), csv));
    let histories: BTreeMap<String, Arc<History>> = tables
        .map(|(dataset, csv)| (dataset.to_owned(), Arc::new(history(dataset, csv, &measure, unit, &mut catalog))))
        .collect();
    let scripts = Scripts::compile([], Limits::default()).expect("no scripts");
    let derived = measures(&node, &mut catalog, &scripts)?;
    let histories = with_derived(&derived, histories);
    let rule = node.get("rule").expect("a rule");
    let measure = if rule.get("measure").is_some() { String::new() } else { format!("  measure: {MEASURE}\n") };
    // What every rule has, so that a case need not say it; the rule stands last in the block.
    let text = format!("{}  summary: s\n  dataset: {HERE}\n{measure}", file.text);
    let whole = Arc::new(SourceFile { path: "rule".into(), text });
    let settings = parse(&whole).and_then(|node| decode::<RuleSettings>(node.get("rule").unwrap_or(rule)))?;
    let id = Located { value: "a-rule".to_owned(), place: Place::start_of(&whole) };
    Ok(Prepared { rule: Rule::compile(&id, settings, &catalog, &scripts)?, histories })
}

/// Measures of one's own, in the order in which the case has them.
fn measures(node: &Node, catalog: &mut Catalog, scripts: &Scripts) -> Result<Vec<Arc<Derived>>, Problems> {
    let mut derived = Vec::new();
    for (name, settings) in node.get("measures").into_iter().flat_map(Node::entries) {
        let name = Located { value: name.text().expect("a name").to_owned(), place: name.place.clone() };
        let one = Derived::compile(&name, decode::<DerivedSettings>(settings)?, catalog, scripts)?;
        catalog.add_measure(one.dataset(), one.name(), one.entry().clone());
        derived.push(Arc::new(one));
    }
    Ok(derived)
}

fn said(prepared: &Prepared) -> String {
    let (Prepared { rule, histories }, history) = (prepared, prepared.history());
    let looked_at = || history.series().filter(|series| rule.applies_to(series));
    let around = rule.around(history, histories);
    let (periods, mut text) = (history.periods.iter().copied().collect::<Vec<Period>>(), String::new());
    for series in looked_at() {
        let (mut lane, mut answers) = (Lane::new(series, &periods), Vec::new());
        rule.answers(&mut lane, &around, &mut answers);
        for (period, answer) in periods.iter().copied().zip(answers) {
            let signal = rule.signal(View { series, period, around: &around });
            let (holds, words) = match signal {
                Signal::Breach(message) => (Some(true), message),
                Signal::Clear => (Some(false), String::new()),
                Signal::CannotTell(reason) => (None, format!("cannot tell: {reason}")),
                Signal::Failed(words) => (None, format!("failed: {words}")),
            };
            assert_eq!(answer, holds, "{period}: over all periods at once it is otherwise");
            if holds != Some(false) {
                writeln!(text, "{period} {}: {words}", series.key.labels.values()).expect("memory");
            }
        }
    }
    text
}

#[test]
fn every_case_says_what_its_page_says() {
    assert_said(pages("rules").iter().filter(|(page, _)| ![LIVES, ROLL_UP].contains(&page.as_str())), &BLOCKS, run);
}

#[test]
fn every_kind_has_its_page() {
    let pages: Vec<String> = pages("rules").into_iter().map(|(kind, _)| kind).collect();
    for kind in KindSettings::KINDS {
        assert!(pages.iter().any(|page| page == kind), "{kind} has no page in tests/cases/rules");
    }
    for page in pages {
        let known = KindSettings::KINDS.contains(&page.as_str()) || OTHERS.contains(&page.as_str());
        assert!(known, "there is no kind `{page}`");
    }
}
