//! Moving a decided file to where people find it.
//!
//! The decision is committed first, with the [`Placement`] that follows from it; the move is done after, and done again at
//! the next start if it was cut short. Each step can be repeated: as long as the file is still where it was claimed to,
//! it has not been moved; once it is gone from there, all is done.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{
    intake,
    store::{Move, Placement},
};

use super::home::Home;

/// The names of the two reports beside a file: for programs and for people.
#[must_use]
pub fn report_names(file: &str) -> [String; 2] {
    [format!("{file}.report.json"), format!("{file}.report.txt")]
}

/// A placement with the contents of [`report_names`], which are laid beside the file.
pub type Placing = (Placement, [String; 2]);

/// Carries out the placements of one claimed file, or what is left of them: several deliveries of one file get a copy
/// each. Placements without any target remove the file: its bytes are kept elsewhere.
///
/// # Errors
/// A file cannot be moved or written; the placements can be tried again.
pub fn place(home: &Home, source: &Path, placings: &[Placing]) -> io::Result<()> {
    let claimed = home.root().join(source);
    if claimed.is_file() {
        for (placement, reports) in placings {
            make_room(home, &placement.superseded)?;
            for target in &placement.targets {
                let target = home.root().join(target);
                let name = target.file_name().unwrap_or_default().to_string_lossy();
                for (report, content) in report_names(&name).iter().zip(reports) {
                    write_file(&target.with_file_name(report), content.as_bytes())?;
                }
            }
        }
        let targets = placings.iter().flat_map(|(placement, _)| &placement.targets);
        let targets: Vec<PathBuf> = targets.map(|target| home.root().join(target)).collect();
        match targets.split_last() {
            None => fs::remove_file(&claimed)?,
            Some((last, others)) => {
                others.iter().try_for_each(|other| copy_file(&claimed, other))?;
                move_file(&claimed, last)?;
            }
        }
    }
    intake::close(&claimed)
}

/// Moves files of earlier revisions out of the way.
fn make_room(home: &Home, superseded: &[Move]) -> io::Result<()> {
    for Move { from, to } in superseded {
        let (from, to) = (home.root().join(from), home.root().join(to));
        // What stands at `to` was moved there before this was cut short; what is at `from` now is new.
        if from.is_file() && !to.exists() {
            move_file(&from, &to)?;
        }
    }
    Ok(())
}

/// Copies a file, over another one if need be, so that a reader sees the one or the other.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    write_whole(to, |file| io::copy(&mut File::open(from)?, file).map(drop))?;
    readable(to)?;
    sync_folder(folder)
}

/// Moves a file, over another one if need be, so that a reader sees the one or the other and a power cut loses neither.
fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            write_whole(to, |file| io::copy(&mut File::open(from)?, file).map(drop))?;
            fs::remove_file(from)?;
        }
        other => other?,
    }
    readable(to)?;
    sync_folder(folder)
}

/// Writes a small file.
fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    write_whole(path, |file| file.write_all(content))?;
    readable(path)
}

/// Writes a file under a hidden name and gives it its own when it is whole, so that a reader never sees half of it. The
/// hidden name is the same each time: doing it again after a crash leaves nothing behind.
fn write_whole(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = path.with_file_name(format!(".{name}.partial"));
    let mut file = File::create(&partial)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(partial, path)
}

/// Those who read the folder are not always the daemon's own user.
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DeliveryId;

    #[test]
    fn a_placement_that_was_cut_short_is_finished_by_doing_it_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path()).expect("a home");
        let delivery = DeliveryId::new();
        let published = Path::new("published/les/2025-10");
        let aside = published.join("superseded/revision-1");
        let moves = ["a.csv", "a.csv.report.txt"].map(|name| Move { from: published.join(name), to: aside.join(name) });
        let placement = Placement {
            delivery,
            source: format!("state/claimed/{delivery}/a.csv").into(),
            targets: vec![published.join("a.csv")],
            superseded: moves.into(),
        };
        let write = |path: &Path, text: &str| write_file(&home.root().join(path), text.as_bytes()).expect("written");
        let read = |path: &Path| fs::read_to_string(home.root().join(path)).expect("there");
        write(&published.join("a.csv"), "old");
        write(&published.join("a.csv.report.txt"), "old report");
        write(&placement.source, "new");
        // Killed after the old files were moved aside and one new report was written.
        for Move { from, to } in &placement.superseded {
            move_file(&home.root().join(from), &home.root().join(to)).expect("moved");
        }
        write(&published.join("a.csv.report.txt"), "new report");
        for _ in 0..2 {
            let placings = [(placement.clone(), ["{}", "new report"].map(str::to_owned))];
            place(&home, &placement.source, &placings).expect("placed");
            assert_eq!(read(&published.join("a.csv")), "new");
            assert_eq!(read(&published.join("a.csv.report.txt")), "new report");
            assert_eq!(read(&aside.join("a.csv")), "old");
            assert_eq!(read(&aside.join("a.csv.report.txt")), "old report");
        }
        assert!(!home.root().join(&placement.source).parent().expect("a folder").exists());
    }
}
