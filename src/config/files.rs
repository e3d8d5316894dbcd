//! Which files make up a configuration.

use std::{
    collections::BTreeSet,
    fs,
    io::Read,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use crate::{
    checks::MAX_REFERENCE_BYTES,
    model::{Calendar, LATE_DELIVERY},
    yaml::{Node, Place, Problem, Problems, SourceFile, parse},
};

/// The configuration files of a home, as text.
#[derive(Debug)]
pub struct Files {
    /// `config/bellwether.yaml`.
    pub daemon: Arc<SourceFile>,
    /// `config/groups.yaml`.
    pub groups: Arc<SourceFile>,
    /// `config/datasets/*.yaml`, by name.
    pub datasets: Vec<Arc<SourceFile>>,
    /// `rules/*.yaml`, by name.
    pub rules: Vec<Arc<SourceFile>>,
    /// `rules/*.rhai`, by name.
    pub scripts: Vec<Arc<SourceFile>>,
    /// `config/holidays.csv`, where there is one.
    holidays: Option<Arc<SourceFile>>,
}

impl Files {
    /// Reads them. What cannot be read is a problem, and stands as an empty file in the result.
    pub fn read(home: &Path, problems: &mut Problems) -> Self {
        let daemon = read(home, Path::new("config/bellwether.yaml"), problems);
        let groups = read(home, Path::new("config/groups.yaml"), problems);
        let datasets = read_all(home, Path::new("config/datasets"), &["yaml"], problems);
        let rules = read_all(home, Path::new("rules"), &["yaml", "rhai"], problems);
        let (scripts, rules) = rules.into_iter().partition(|file| file.path.extension().is_some_and(|e| e == "rhai"));
        let holidays = Path::new("config/holidays.csv");
        let holidays = home.join(holidays).exists().then(|| read(home, holidays, problems));
        Self { daemon, groups, datasets, rules, scripts, holidays }
    }

    /// England's working days with the home's own holidays.
    pub(super) fn calendar(&self, problems: &mut Problems) -> Calendar {
        let mut calendar = Calendar::england();
        if let Some(file) = &self.holidays {
            for error in calendar.extend(&file.text).err().unwrap_or_default() {
                problems.push(Problem::new(Place::of_line(file, error.line), error.to_string()));
            }
        }
        calendar
    }

    /// The ids of all datasets, also of those with mistakes.
    #[must_use]
    pub fn dataset_ids(&self) -> BTreeSet<String> {
        let stem = |file: &Arc<SourceFile>| file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.datasets.iter().map(stem).collect()
    }

    /// The ids of all rules, also of those with mistakes, and of the one that is the program's own.
    #[must_use]
    pub fn rule_ids(&self) -> BTreeSet<String> {
        let files = self.rules.iter().filter_map(|file| parse(file).ok());
        let own = [LATE_DELIVERY.to_owned()];
        files.flat_map(|node| node.get("rules").map(Node::keys).unwrap_or_default()).chain(own).collect()
    }
}

pub(super) fn read(home: &Path, path: &Path, problems: &mut Problems) -> Arc<SourceFile> {
    let holding = |text: String| Arc::new(SourceFile { path: path.to_owned(), text });
    match fs::read(home.join(path)) {
        Ok(bytes) => match String::from_utf8(bytes) {
            // An empty file would read as if it were not there.
            Ok(text) if text.trim().is_empty() && is_yaml(path) => {
                let file = holding(String::new());
                let problem = Problem::new(Place::start_of(&file), "the file is empty");
                problems.push(problem.hint("remove it and `bellwether init` writes the shipped one again"));
                file
            }
            Ok(text) => holding(text),
            Err(error) => {
                let line = error.as_bytes()[..error.utf8_error().valid_up_to()].split(|b| *b == b'\n').count();
                let file = holding(String::new());
                let message = format!("the file is not UTF-8: line {line} holds other bytes; save it as UTF-8");
                problems.push(Problem::new(Place::start_of(&file), message));
                file
            }
        },
        Err(error) => {
            let file = holding(String::new());
            let mut problem = Problem::new(Place::start_of(&file), format!("the file cannot be read: {error}"));
            if error.kind() == std::io::ErrorKind::NotFound {
                problem = problem.hint("`bellwether init` writes a working set; --home DIR says where the home is");
            }
            problems.push(problem);
            file
        }
    }
}

/// A YAML file that need not be in the home.
pub(super) fn read_any(path: &Path) -> Result<Arc<SourceFile>, Problems> {
    let failed = |error: std::io::Error| {
        let file = Arc::new(SourceFile { path: path.to_owned(), text: String::new() });
        Problem::new(Place::start_of(&file), format!("the file cannot be read: {error}"))
    };
    let text = fs::read_to_string(path).map_err(failed)?;
    Ok(Arc::new(SourceFile { path: path.to_owned(), text }))
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml")
}

/// The files of a folder with one of the extensions, by name. A folder that cannot be listed is a problem: taken for empty,
/// a share that is away for a moment would be a configuration without rules, and every alert would be withdrawn.
fn read_all(home: &Path, folder: &Path, extensions: &[&str], problems: &mut Problems) -> Vec<Arc<SourceFile>> {
    let listed = fs::read_dir(home.join(folder)).and_then(|entries| {
        entries.map(|entry| Ok(PathBuf::from(entry?.file_name()))).collect::<std::io::Result<Vec<PathBuf>>>()
    });
    let mut names = listed.unwrap_or_else(|error| {
        let file = Arc::new(SourceFile { path: folder.to_owned(), text: String::new() });
        let problem = Problem::new(Place::start_of(&file), format!("the folder cannot be read: {error}"));
        problems.push(problem.hint("an empty folder is fine; `bellwether init` writes a working set"));
        Vec::new()
    });
    names.sort();
    let mut files = Vec::new();
    for name in names {
        let path = folder.join(&name);
        let extension = name.extension().and_then(|e| e.to_str()).unwrap_or("").to_lowercase();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if extensions.contains(&extension.as_str()) {
            files.push(read(home, &path, problems));
        } else if extension == "yml" {
            // Left out in silence it would be the rule that nobody notices is not there.
            let file = Arc::new(SourceFile { path, text: String::new() });
            problems.push(Problem::new(Place::start_of(&file), "the name ends in .yml: rename it to .yaml"));
        }
    }
    files
}

/// A reference table that a check names: a file below the home. The error is for people, after "cannot be read: ".
pub(super) fn read_reference(home: &Path, path: &str) -> Result<Vec<u8>, String> {
    let relative = Path::new(path);
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) || path.is_empty() {
        return Err("name it from the home folder, such as config/reference/practices.csv".to_owned());
    }
    let file = home.join(relative);
    let size = file.metadata().map_err(|error| error.to_string())?;
    if !size.is_file() {
        return Err("it is no file".to_owned());
    }
    let mut bytes = Vec::new();
    let opened = fs::File::open(&file).map_err(|error| error.to_string())?;
    opened.take(MAX_REFERENCE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_REFERENCE_BYTES {
        return Err(format!("it is larger than {} MB", MAX_REFERENCE_BYTES >> 20));
    }
    Ok(bytes)
}
