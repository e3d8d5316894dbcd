//! What people write in YAML: as such, as a dataset's layout with a file, as a whole home, and as `infer` proposes it.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use bellwether::{
    config::Config,
    expr::Setting,
    tables::{ColumnSettings, Extractor, MeasureSettings, PeriodSource, Proposal, Steward, TableSettings},
    yaml::{Entries, Located, Node, Problems, SourceFile, decode, decode_partly, parse},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    reading::{LIMITS, dropped, read_once, spec},
    sections::{sections, text},
};

/// All that a dataset's file may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is decoded, and no more")]
struct Everything {
    title: String,
    period: Option<PeriodSource>,
    files: Option<Located<Vec<Located<String>>>>,
    table: Option<TableSettings>,
    columns: Option<Entries<ColumnSettings>>,
    measures: Option<Entries<MeasureSettings>>,
    settings: Option<BTreeMap<String, Setting>>,
    number: Option<f64>,
    whole: Option<i64>,
    yes: Option<bool>,
}

/// YAML, decoded as several things: a mistake has a place, and is told.
pub fn yaml(bytes: &[u8]) {
    let file = source("t.yaml", &text(bytes));
    let node = match parse(&file) {
        Ok(node) => node,
        Err(problems) => return tell(problems),
    };
    places(&node, &file);
    decoded::<Everything>(&node);
    decoded::<BTreeMap<String, Setting>>(&node);
    decoded::<Vec<Located<String>>>(&node);
    decoded::<Entries<Entries<String>>>(&node);
    decoded::<Option<f64>>(&node);
}

fn decoded<T: DeserializeOwned>(node: &Node) {
    let whole = decode::<T>(node);
    let (part, problems) = decode_partly::<T>(node);
    assert_eq!(whole.is_ok(), problems.is_empty(), "what is decoded in part and as a whole differs");
    assert!(part.is_some() || !problems.is_empty(), "nothing is decoded, and nothing said");
    tell(problems);
}

/// Every place lies in the file. In YAML a carriage return alone ends a line too.
fn places(node: &Node, file: &SourceFile) {
    let lines = file.text.replace("\r\n", "\n").split(['\n', '\r']).count();
    assert!((1..=lines).contains(&node.place.line), "line {} of {lines}", node.place.line);
    for (key, value) in node.entries() {
        places(key, file);
        places(value, file);
    }
}

fn tell(problems: Problems) {
    for problem in problems.sorted() {
        assert!(!problem.render(false).is_empty());
        assert!(!problem.render(true).is_empty());
    }
}

fn source(name: &str, text: &str) -> Arc<SourceFile> {
    Arc::new(SourceFile { path: name.into(), text: text.to_owned() })
}

/// The sections of a dataset that say what its figures are.
#[derive(Deserialize)]
struct Figures {
    #[serde(default)]
    measures: Entries<MeasureSettings>,
    period: PeriodSource,
}

/// The sections of a dataset that say how it is read, and a text file that is read so. The file's section is its name.
pub fn layout(bytes: &[u8]) {
    let given = sections(bytes);
    let [(_, dataset), (name, table), ..] = given.as_slice() else { return };
    let dataset = text(dataset);
    let Some(spec) = spec(&dataset) else { return };
    // A name without folders, as a drop folder has it.
    let name: String = name.chars().filter(|c| !c.is_control() && *c != '/').take(50).collect();
    let name = if name.trim_matches('.').is_empty() { "t.csv" } else { &name };
    let file = dropped(name, table);
    let schema = spec.schema();
    let figures: Option<Figures> = parse(&source("t.yaml", &dataset)).and_then(|node| decode(&node)).ok();
    let period = figures.as_ref().and_then(|figures| figures.period.of_file(name).ok());
    let mut extractor =
        figures.zip(period).and_then(|(figures, period)| Extractor::new(&figures.measures, &schema, &period).ok());
    let once = read_once(&file.path, &spec, |batch| {
        if let Some(extractor) = &mut extractor {
            extractor.observe(batch);
        }
    });
    assert_eq!(once, read_once(&file.path, &spec, |_| {}), "a second reading differs");
    if let Some(extractor) = extractor {
        let figures = extractor.finish();
        for ((_, period), figure) in figures.figures {
            assert!(figures.periods.contains(&period));
            for number in [figure.value.get(), figure.plan.get()].into_iter().flatten() {
                assert!(number.is_finite());
            }
        }
    }
}

/// A home of the sections, which are its files; what is not given is there and in order.
pub fn config(bytes: &[u8]) {
    let home = home();
    for (name, content) in sections(bytes) {
        let wanted = ["config/bellwether.yaml", "config/groups.yaml", "config/datasets/", "rules/"];
        let leaf = name.rsplit('/').next().unwrap_or("");
        let plain = leaf.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) && leaf.len() < 50;
        if plain && !leaf.trim_matches('.').is_empty() && wanted.iter().any(|start| name.starts_with(start)) {
            let folder = if name.starts_with("rules/") { "rules" } else { "config" };
            let folder = if name.starts_with("config/datasets/") { "config/datasets" } else { folder };
            fs::write(home.path().join(folder).join(leaf), content).unwrap();
        }
    }
    if let Err(problems) = Config::load(home.path()) {
        assert!(!problems.is_empty(), "refused without a word");
        tell(problems);
    }
}

fn home() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    for folder in ["config/datasets", "rules"] {
        fs::create_dir_all(home.path().join(folder)).unwrap();
    }
    fs::write(home.path().join("config/bellwether.yaml"), "operator: team\n").unwrap();
    let groups = "groups:\n  team:\n    name: The team\n    channels:\n      - email: { to: [team@example.org] }\n\
                  route:\n  to: [team]\n";
    fs::write(home.path().join("config/groups.yaml"), groups).unwrap();
    home
}

/// A sample of any format: what is proposed from it is a sound definition, and reads it.
pub fn infer(bytes: &[u8]) {
    let file = dropped("sample-2025-10.csv", bytes);
    let steward = Steward { group: "team".to_owned(), is_known: true };
    let Ok(proposals) = bellwether::tables::infer(&file.path, &steward, None, &LIMITS) else { return };
    for proposal in proposals {
        proposed(&file.path, &proposal);
    }
}

fn proposed(path: &Path, proposal: &Proposal) {
    let home = home();
    fs::write(home.path().join(format!("config/datasets/{}.yaml", proposal.id)), &proposal.yaml).unwrap();
    let config = Config::load(home.path()).unwrap_or_else(|problems| {
        let problems: Vec<String> = problems.sorted().iter().map(|problem| problem.render(false)).collect();
        panic!("{}\n{}", problems.join("\n"), proposal.yaml)
    });
    let dataset = config.datasets.get(&proposal.id).expect("the dataset");
    if !proposal.questions.is_empty() {
        // Until somebody answers, the sample may be refused.
        return;
    }
    let content = read_once(path, &dataset.table, |_| {});
    assert!(content.is_ok(), "{content:?}\n{}", proposal.yaml);
}
