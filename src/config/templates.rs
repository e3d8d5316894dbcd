//! `config/templates/`: templates that take the place of the program's, for all groups or for one.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    reports::{RenderError, TemplateSet},
    yaml::{Place, Problem, Problems, SourceFile},
};

use super::files::read;

const FOLDER: &str = "config/templates";
/// The largest template, in bytes.
const LARGEST: u64 = 256 << 10;

/// The templates of every group.
#[derive(Debug, Default)]
pub struct Templates {
    all: TemplateSet,
    /// Of the groups that have some of their own.
    of: BTreeMap<String, TemplateSet>,
}

impl Templates {
    /// Those that a group's messages are made with.
    #[must_use]
    pub fn of(&self, group: &str) -> &TemplateSet {
        self.of.get(group).unwrap_or(&self.all)
    }
}

/// The files of a set, by name.
type Sources = BTreeMap<String, Arc<SourceFile>>;

/// Reads and tries them. There need be none.
pub(super) fn load<'a>(
    home: &Path,
    groups: &(impl Iterator<Item = &'a str> + Clone),
    problems: &mut Problems,
) -> Templates {
    let mut found = Found::default();
    if let Err(error) = found.look(home, Path::new(FOLDER), problems) {
        problems.push(Problem::new(start_of(Path::new(FOLDER)), format!("the folder cannot be read: {error}")));
    }
    let folders = std::mem::take(&mut found.folders);
    let all = compiled(&found.files, problems);
    let mut of = BTreeMap::new();
    for folder in folders {
        let group = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !groups.clone().any(|known| known == group) {
            problems.push(Problem::unknown(start_of(&folder), "group", &group, groups.clone()));
            continue;
        }
        let mut own = Found::default();
        if let Err(error) = own.look(home, &folder, problems) {
            problems.push(Problem::new(start_of(&folder), format!("the folder cannot be read: {error}")));
        }
        for below in own.folders {
            problems.push(Problem::new(start_of(&below), "templates of a group have no folders of their own"));
        }
        let mut files = found.files.clone();
        files.extend(own.files);
        of.insert(group, compiled(&files, problems));
    }
    Templates { all, of }
}

#[derive(Default)]
struct Found {
    files: Sources,
    folders: Vec<PathBuf>,
}

impl Found {
    fn look(&mut self, home: &Path, folder: &Path, problems: &mut Problems) -> io::Result<()> {
        let entries = match fs::read_dir(home.join(folder)) {
            Ok(entries) => entries.collect::<io::Result<Vec<_>>>()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let (path, about) = (folder.join(&name), fs::metadata(entry.path())?);
            if about.is_dir() {
                self.folders.push(path);
            } else if !TemplateSet::names().any(|known| known == name) {
                problems.push(Problem::unknown(start_of(&path), "template", &name, TemplateSet::names()));
            } else if about.len() > LARGEST {
                let message = format!("a template of more than {} KB", LARGEST >> 10);
                problems.push(Problem::new(start_of(&path), message));
            } else {
                self.files.insert(name, read(home, &path, problems));
            }
        }
        self.folders.sort();
        Ok(())
    }
}

fn compiled(files: &Sources, problems: &mut Problems) -> TemplateSet {
    let sources = files.iter().map(|(name, file)| (name.clone(), file.text.clone())).collect();
    TemplateSet::of(&sources).unwrap_or_else(|faults| {
        for fault in faults {
            problems.push_new(problem(&fault, files));
        }
        TemplateSet::default()
    })
}

fn problem(fault: &RenderError, files: &Sources) -> Problem {
    let hint = "bellwether preview --group GROUP --variables prints what templates may use";
    let RenderError::Own { template, line, reason } = fault else {
        return Problem::new(start_of(Path::new(FOLDER)), fault.to_string());
    };
    match (files.get(template), line) {
        (Some(file), Some(line)) => Problem::new(Place::of_line(file, *line), reason.clone()).hint(hint),
        (Some(file), None) => Problem::new(Place::start_of(file), reason.clone()).hint(hint),
        // A template of the program's that includes one of these.
        (None, _) => Problem::new(start_of(Path::new(FOLDER)), fault.to_string()).hint(hint),
    }
}

fn start_of(path: &Path) -> Place {
    Place::start_of(&Arc::new(SourceFile { path: path.to_owned(), text: String::new() }))
}
