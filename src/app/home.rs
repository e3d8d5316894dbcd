//! The home folder: what lies where, and what `init` writes into a new one.
//!
//! ```text
//! config/      bellwether.yaml, groups.yaml, datasets/*.yaml, and holidays.csv where there is one; schemas/*.json for editors
//! rules/       *.yaml, *.rhai
//! drop/        where files arrive
//! published/   <dataset>/<period>/   what is fit to publish, each file with its report
//! quarantine/  <dataset>/            what is held back, each file with the reasons
//! mail/        messages as .eml files, while no mail server is configured
//! state/       what the daemon keeps: database, history of measures, files being worked on, lock
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The paths of a home folder. All are absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// The home at `root`, made absolute without touching the disk.
    ///
    /// # Errors
    /// The current folder is not known.
    pub fn at(root: &Path) -> io::Result<Self> {
        Ok(Self { root: std::path::absolute(root)? })
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Published data, by dataset and period.
    #[must_use]
    pub fn published(&self) -> PathBuf {
        self.root.join("published")
    }

    /// Data that is held back, by dataset.
    #[must_use]
    pub fn quarantine(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// Messages as files.
    #[must_use]
    pub fn mail(&self) -> PathBuf {
        self.root.join("mail")
    }

    /// What the daemon keeps.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.state().join("bellwether.db")
    }

    /// The history of measures.
    #[must_use]
    pub fn measures(&self) -> PathBuf {
        self.state().join("measures")
    }

    /// Files taken from a drop folder whose work is not finished.
    #[must_use]
    pub fn claimed(&self) -> PathBuf {
        self.state().join("claimed")
    }

    /// Held while a daemon works on this home; holds its process id.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.state().join("lock")
    }

    /// A path as people read it: below the home where it is.
    #[must_use]
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// Creates the folders that the daemon writes to, for itself and its group only where they hold what is not published.
    ///
    /// # Errors
    /// A folder cannot be created.
    pub fn prepare(&self) -> io::Result<()> {
        for folder in [self.published(), self.quarantine(), self.measures(), self.claimed()] {
            fs::create_dir_all(folder)?;
        }
        restrict(&self.quarantine())?;
        restrict(&self.state())
    }
}

/// Files that are held back may hold what must not be read: others on the machine do not see them, nor the state.
fn restrict(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o750))
}

/// The shipped configuration and rules, as they stand in the repository.
pub const SHIPPED: &[(&str, &str)] = &[
    ("config/bellwether.yaml", include_str!("../../config/bellwether.yaml")),
    ("config/groups.yaml", include_str!("../../config/groups.yaml")),
    ("config/datasets/dental-activity.yaml", include_str!("../../config/datasets/dental-activity.yaml")),
    ("config/datasets/gp-appointments.yaml", include_str!("../../config/datasets/gp-appointments.yaml")),
    ("config/datasets/pharmacy-first.yaml", include_str!("../../config/datasets/pharmacy-first.yaml")),
    ("config/datasets/respiratory-hubs.yaml", include_str!("../../config/datasets/respiratory-hubs.yaml")),
    ("config/datasets/inspection-ratings.yaml", include_str!("../../config/datasets/inspection-ratings.yaml")),
    ("config/datasets/quality-contract.yaml", include_str!("../../config/datasets/quality-contract.yaml")),
    ("config/datasets/les-activity.yaml", include_str!("../../config/datasets/les-activity.yaml")),
    ("config/datasets/hha-achievement-bands.yaml", include_str!("../../config/datasets/hha-achievement-bands.yaml")),
    ("config/datasets/ipcpr-headline-claims.yaml", include_str!("../../config/datasets/ipcpr-headline-claims.yaml")),
    ("config/datasets/les-capitated.yaml", include_str!("../../config/datasets/les-capitated.yaml")),
    ("config/datasets/les-cost-and-volume.yaml", include_str!("../../config/datasets/les-cost-and-volume.yaml")),
    ("config/datasets/les-prices.yaml", include_str!("../../config/datasets/les-prices.yaml")),
    ("config/datasets/llr-finance-kpi.yaml", include_str!("../../config/datasets/llr-finance-kpi.yaml")),
    ("config/datasets/llr-measures-stacked.yaml", include_str!("../../config/datasets/llr-measures-stacked.yaml")),
    ("config/datasets/llr-measures-tidy.yaml", include_str!("../../config/datasets/llr-measures-tidy.yaml")),
    ("config/datasets/llr-priorities-detail.yaml", include_str!("../../config/datasets/llr-priorities-detail.yaml")),
    ("config/datasets/llr-priorities.yaml", include_str!("../../config/datasets/llr-priorities.yaml")),
    ("config/datasets/llr-talking-therapies.yaml", include_str!("../../config/datasets/llr-talking-therapies.yaml")),
    ("config/datasets/nhsof-highest-quartile.yaml", include_str!("../../config/datasets/nhsof-highest-quartile.yaml")),
    ("config/datasets/nhsof-lowest-quartile.yaml", include_str!("../../config/datasets/nhsof-lowest-quartile.yaml")),
    ("config/datasets/ae-providers.yaml", include_str!("../../config/datasets/ae-providers.yaml")),
    ("config/datasets/ae-providers-csv.yaml", include_str!("../../config/datasets/ae-providers-csv.yaml")),
    ("config/datasets/ae-systems.yaml", include_str!("../../config/datasets/ae-systems.yaml")),
    ("config/datasets/wales-waiting-times.yaml", include_str!("../../config/datasets/wales-waiting-times.yaml")),
    (
        "config/datasets/gp-appointments-coverage.yaml",
        include_str!("../../config/datasets/gp-appointments-coverage.yaml"),
    ),
    ("rules/les-money.yaml", include_str!("../../rules/les-money.yaml")),
    ("rules/finance.yaml", include_str!("../../rules/finance.yaml")),
    ("rules/leicester.yaml", include_str!("../../rules/leicester.yaml")),
    ("rules/oversight-framework.yaml", include_str!("../../rules/oversight-framework.yaml")),
    ("rules/quality.yaml", include_str!("../../rules/quality.yaml")),
    ("rules/appointments.yaml", include_str!("../../rules/appointments.yaml")),
    ("rules/dental.yaml", include_str!("../../rules/dental.yaml")),
    ("rules/pharmacy.yaml", include_str!("../../rules/pharmacy.yaml")),
    ("config/schemas/bellwether.json", include_str!("../../config/schemas/bellwether.json")),
    ("config/schemas/case.json", include_str!("../../config/schemas/case.json")),
    ("config/schemas/dataset.json", include_str!("../../config/schemas/dataset.json")),
    ("config/schemas/groups.json", include_str!("../../config/schemas/groups.json")),
    ("config/schemas/report.json", include_str!("../../config/schemas/report.json")),
    ("config/schemas/rules.json", include_str!("../../config/schemas/rules.json")),
    ("config/schemas/scenario.json", include_str!("../../config/schemas/scenario.json")),
    ("config/schemas/webhook.json", include_str!("../../config/schemas/webhook.json")),
    ("rules/les.yaml", include_str!("../../rules/les.yaml")),
    ("rules/hha.yaml", include_str!("../../rules/hha.yaml")),
    ("rules/change.rhai", include_str!("../../rules/change.rhai")),
];

/// A file of [`SHIPPED`], by its path.
#[must_use]
pub fn shipped(path: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// Writes the shipped configuration and rules and an empty drop folder. A file that is there already is left as it is.
///
/// # Errors
/// A file or folder cannot be written.
pub fn init(home: &Home) -> io::Result<Vec<(&'static str, Written)>> {
    fs::create_dir_all(home.root().join("drop"))?;
    let mut written = Vec::with_capacity(SHIPPED.len());
    for (path, text) in SHIPPED {
        let target = home.root().join(path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        let outcome = match fs::OpenOptions::new().write(true).create_new(true).open(&target) {
            Ok(mut file) => {
                io::Write::write_all(&mut file, text.as_bytes())?;
                Written::New
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Written::LeftAsItWas,
            Err(error) => return Err(error),
        };
        written.push((*path, outcome));
    }
    Ok(written)
}

/// What `init` did with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Written.
    New,
    /// It was there.
    LeftAsItWas,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every file below a folder, relative to the repository.
    fn files(root: &Path, folder: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for entry in fs::read_dir(root.join(folder)).expect("a folder of the repository") {
            let entry = entry.expect("an entry");
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                found.extend(files(root, &path));
            } else {
                found.insert(path);
            }
        }
        found
    }

    #[test]
    fn everything_in_config_and_rules_is_shipped() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let expected: BTreeSet<String> = files(root, "config").union(&files(root, "rules")).cloned().collect();
        assert_eq!(SHIPPED.iter().map(|(path, _)| (*path).to_owned()).collect::<BTreeSet<_>>(), expected);
    }

    #[test]
    fn only_what_is_published_is_for_everyone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path()).expect("a home");
        home.prepare().expect("made");
        let mode = |folder: &Path| fs::metadata(folder).expect("there").permissions().mode() & 0o777;
        assert_eq!([mode(&home.state()), mode(&home.quarantine())], [0o750, 0o750]);
    }

    #[test]
    fn init_leaves_what_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path()).expect("a home");
        assert!(init(&home).expect("written").iter().all(|(_, outcome)| *outcome == Written::New));
        let rules = folder.path().join("rules/les.yaml");
        fs::write(&rules, "rules: {}\n").expect("written");
        let again = init(&home).expect("written again");
        assert!(again.iter().all(|(_, outcome)| *outcome == Written::LeftAsItWas));
        assert_eq!(fs::read_to_string(rules).expect("there"), "rules: {}\n");
    }
}
