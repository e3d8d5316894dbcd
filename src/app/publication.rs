//! What is published of a delivery: a folder with the file, its reports, the accepted table in tidy form, and a manifest.
//!
//! ```text
//! published/<dataset>/<period>/
//!     les-activity-2025-10.csv               the file as it was dropped, unless another table in it is held back
//!     les-activity-2025-10.csv.report.json   what the gate found, for programs and for people
//!     les-activity-2025-10.csv.report.txt    and .report.html, to open in a browser
//!     les-activity-2025-10.csv.failing-rows.csv   every failing row, where there are any
//!     tidy.csv, tidy.parquet                 the accepted table: one column a declared column
//!     manifest.json                          what all this is, with the hash of each file
//! published/<dataset>/superseded/<period>/revision-1/…
//! ```
//!
//! A reader of the folder sees one publication or the next and nothing between them: the next is made whole beside it, and
//! the two folders change places in one step.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::{Value, json};

use crate::{
    config::Dataset,
    model::{Action, Delivery, Override},
    store::Move,
    tables::{Limits, TableSource, TidyError, write_tidy},
};

use super::files::{Hashed, readable, remove_if_there, sync_folder, write_file};

/// The name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// The accepted table in tidy form.
pub const TIDY: [&str; 2] = ["tidy.csv", "tidy.parquet"];

/// What the manifest says of a delivery; `withheld` is where its file is, if not here.
#[must_use]
pub fn manifest(
    delivery: &Delivery,
    dataset: Option<&Dataset>,
    files: &[Hashed],
    withheld: Option<&Path>,
    overrides: &[Override],
) -> String {
    let files: Vec<Value> = files.iter().map(Hashed::in_manifest).collect();
    let manifest = json!({
        "manifest": 1,
        "delivery": delivery.id,
        "dataset": delivery.dataset,
        "title": dataset.map(|dataset| dataset.title.as_str()),
        "periods": delivery.periods,
        "revision": delivery.revision,
        "verdict": delivery.verdict,
        "received": delivery.received,
        "source": {
            "name": delivery.file,
            "table": delivery.table,
            "blake3": delivery.hash,
            "bytes": delivery.size,
            "withheld": withheld.map(|place| json!({
                "at": place,
                "because": HELD_BACK,
            })),
        },
        "released": overrides.iter().find(|one| one.action == Action::Release),
        "files": files,
        "checks": delivery.examination.checks_made(&delivery.findings),
        "findings": delivery.findings.iter().map(|finding| json!({
            "check": finding.check,
            "severity": finding.severity,
            "message": finding.message,
            "count": finding.count,
        })).collect::<Vec<_>>(),
    });
    format!("{manifest:#}\n")
}

const HELD_BACK: &str = "another table of the file is held back";

/// Takes the file out of a publication whose reports were written anew: first its manifest says so, then the file goes.
///
/// # Errors
/// The disk fails; it can be done again.
pub fn withhold(folder: &Path, file: &str, withheld: &Path) -> io::Result<()> {
    let mut manifest: Value = serde_json::from_slice(&fs::read(folder.join(MANIFEST))?).map_err(io::Error::other)?;
    if let Some(source) = manifest.get_mut("source").and_then(Value::as_object_mut) {
        source.insert("withheld".to_owned(), json!({ "at": withheld, "because": HELD_BACK }));
    }
    if let Some(files) = manifest.get_mut("files").and_then(Value::as_array_mut) {
        files.retain(|one| one["name"] != file);
        for one in files {
            let name = one["name"].as_str().unwrap_or_default().to_owned();
            *one = Hashed::of(folder, &name)?.in_manifest();
        }
    }
    write_file(&folder.join(MANIFEST), format!("{manifest:#}\n").as_bytes())?;
    remove_if_there(&folder.join(file))?;
    sync_folder(folder)
}

/// Writes the accepted tables of a delivery into a folder, in tidy form.
///
/// # Errors
/// The disk fails, or the file cannot be read any more as it was.
pub fn write_tidy_files(
    folder: &Path,
    dataset: &Dataset,
    sources: &[TableSource<'_>],
) -> Result<Vec<Hashed>, TidyError> {
    let [csv, parquet] = TIDY.map(|name| folder.join(name));
    write_tidy(sources, &dataset.table, &Limits::default(), &csv, &parquet)?;
    let mut files = Vec::with_capacity(TIDY.len());
    for name in TIDY {
        readable(&folder.join(name))?;
        files.push(Hashed::of(folder, name)?);
    }
    Ok(files)
}

/// Where a publication is made before it is seen.
#[must_use]
pub fn next(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.next"))
}

/// Whether a folder holds the publication of this delivery.
#[must_use]
pub fn is_of(folder: &Path, delivery: &Delivery) -> bool {
    let manifest = fs::read(folder.join(MANIFEST)).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    manifest.is_some_and(|manifest| manifest["delivery"] == json!(delivery.id))
}

/// Begins the next publication of a folder, without what an attempt that was cut short has left.
///
/// # Errors
/// The disk fails.
pub fn begin(folder: &Path) -> io::Result<PathBuf> {
    let next = next(folder);
    match fs::remove_dir_all(&next) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(&next)?,
    }
    readable_folder(&next)?;
    Ok(next)
}

/// Completes the next publication with its manifest and puts it in place; what was there goes aside.
///
/// # Errors
/// The disk fails; it can be done again.
pub fn put_in_place(folder: &Path, manifest: &str, aside: Option<&Path>) -> io::Result<()> {
    let next = next(folder);
    write_file(&next.join(MANIFEST), manifest.as_bytes())?;
    sync_folder(&next)?;
    if folder.exists() {
        exchange(&next, folder)?;
        finish(folder, aside)?;
    } else {
        fs::rename(&next, folder)?;
    }
    sync_folder(folder.parent().unwrap_or(Path::new(".")))
}

/// Moves what was published before out of the way, after the exchange. What no delivery answers for stays in the
/// publication's own folder, so that nothing that somebody laid there is lost.
///
/// # Errors
/// The disk fails; it can be done again.
pub fn finish(folder: &Path, aside: Option<&Path>) -> io::Result<()> {
    let before = next(folder);
    if !before.is_dir() {
        return Ok(());
    }
    let Some(aside) = aside else {
        for entry in fs::read_dir(&before)? {
            let entry = entry?;
            let kept = folder.join(entry.file_name());
            if !kept.exists() {
                fs::rename(entry.path(), kept)?;
            }
        }
        return fs::remove_dir_all(before);
    };
    let aside = free(aside);
    let place = aside.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(place)?;
    fs::rename(&before, &aside)?;
    sync_folder(place)
}

/// Takes the publication of a delivery away to another folder, wherever it is now; with `restored`, the one before comes
/// into its place in the same step.
///
/// # Errors
/// The disk fails; it can be done again.
pub fn withdraw(folder: &Path, to: &Path, restored: Option<&Move>, delivery: &Delivery) -> io::Result<()> {
    let mut places = vec![folder.to_owned()];
    if let Some(Move { from: before, to: folder }) = restored {
        if before.is_dir() && is_of(folder, delivery) {
            exchange(before, folder)?;
        }
        places.push(before.clone());
    }
    let Some(place) = places.into_iter().find(|place| is_of(place, delivery)) else { return Ok(()) };
    fs::create_dir_all(to.parent().unwrap_or(Path::new(".")))?;
    fs::rename(&place, free(to))?;
    sync_folder(to.parent().unwrap_or(Path::new(".")))
}

/// The folder itself, or with the first number at which there is none.
fn free(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut names = (2..).map(|n: u64| folder.with_file_name(format!("{name}.{n}")));
    let taken = |path: &PathBuf| path.exists();
    if taken(&folder.to_owned()) { names.find(|path| !taken(path)).unwrap_or_default() } else { folder.to_owned() }
}

/// The two folders change places in one step; on a file system that cannot do that, in two.
fn exchange(next: &Path, folder: &Path) -> io::Result<()> {
    use rustix::io::Errno;
    match renameat_with(CWD, next, CWD, folder, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            let between = next.with_extension("before");
            fs::rename(folder, &between)?;
            fs::rename(next, folder)?;
            fs::rename(between, next)
        }
        other => Ok(other?),
    }
}

fn readable_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Where a whole publication goes when a later revision takes its place:
/// `published/<dataset>/superseded/<period>/revision-<n>`.
#[must_use]
pub fn aside(folder: &Path, revision: u32) -> Option<PathBuf> {
    let (dataset, period) = (folder.parent()?, folder.file_name()?);
    Some(dataset.join("superseded").join(period).join(format!("revision-{revision}")))
}

/// The move of the publication that a revision replaces, if there is one.
#[must_use]
pub fn replaced(folder: &Path, revision: u32) -> Option<Move> {
    Some(Move { from: folder.to_owned(), to: aside(folder, revision)? })
}
