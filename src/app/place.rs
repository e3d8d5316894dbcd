//! Moving a decided file to where people find it.
//!
//! The decision is committed first, with the [`Placement`] that follows from it; the move is done after, and done again at
//! the next start if it was cut short. Each step can be repeated: as long as the file is still where it was claimed to,
//! it has not been moved; once it is gone from there, all is done.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    config::Config,
    intake,
    model::{Delivery, Override},
    store::{Move, Placement},
    tables::TidyError,
};

use super::{
    failing_rows,
    files::{Hashed, copy_file, remove_if_there, write_file},
    home::Home,
    publication,
    recognise::taken_by,
};

/// The names of the reports beside a file: for programs, and for people as text and as a page.
#[must_use]
pub fn report_names(file: &str) -> [String; 3] {
    ["json", "txt", "html"].map(|ending| format!("{file}.report.{ending}"))
}

/// A placement, and what is laid beside the file.
#[derive(Debug)]
pub struct Placing {
    /// Where the file is to go.
    pub placement: Placement,
    /// The contents of [`report_names`].
    pub reports: [String; 3],
    /// The delivery that they are about.
    pub reported: Option<Delivery>,
    /// The delivery, where this publishes it. Otherwise only the file and its reports are laid down.
    pub publishes: Option<Delivery>,
    /// Where the file itself is, where this publishes only its tables.
    pub withheld: Option<PathBuf>,
    /// The delivery, where this takes its publication back.
    pub withdraws: Option<Delivery>,
    /// The other published tables of a file, where this takes one of its tables back.
    pub others: Vec<Other>,
    /// What people decided of it.
    pub overrides: Vec<Override>,
}

/// Another published table of a file, beside which the file is not to lie any more.
#[derive(Debug)]
pub struct Other {
    /// The delivery that it is.
    pub delivery: Delivery,
    /// Where the file lies, if it was laid there.
    pub target: PathBuf,
    /// Where it is now.
    pub withheld: PathBuf,
    /// The contents of [`report_names`].
    pub reports: [String; 3],
}

/// Carries out the placements of one claimed file, or what is left of them: each delivery of the file gets it. Placements
/// without any target remove the file: its bytes are kept elsewhere.
///
/// # Errors
/// A file cannot be moved or written; the placements can be tried again.
pub fn place(home: &Home, config: &Arc<Config>, source: &Path, placings: &[Placing]) -> io::Result<()> {
    let claimed = home.root().join(source);
    for placing in placings {
        if let (Some(delivery), Some(to)) = (&placing.withdraws, placing.placement.targets.first()) {
            let below = |path: &Path| home.root().join(path);
            let restored = placing.placement.superseded.first();
            let restored = restored.map(|Move { from, to }| Move { from: below(from), to: below(to) });
            publication::withdraw(&claimed, &below(to), restored.as_ref(), delivery)?;
            return placing.others.iter().try_for_each(|other| withhold(home, other));
        }
    }
    if claimed.is_file() {
        for placing in placings {
            match &placing.publishes {
                Some(delivery) => publish(home, config, &claimed, placing, delivery)?,
                None => lay_down(home, config, &claimed, placing)?,
            }
        }
        fs::remove_file(&claimed)?;
    }
    if claimed.starts_with(home.claimed()) { intake::close(&claimed) } else { remove_reports(&claimed) }
}

/// Takes the file from beside the other tables that are published of it.
fn withhold(home: &Home, other: &Other) -> io::Result<()> {
    let (Some(folder), Some(name)) = (other.target.parent(), other.target.file_name()) else { return Ok(()) };
    let places = [Some(folder.to_owned()), publication::aside(folder, other.delivery.revision)];
    let mut places = places.into_iter().flatten().map(|folder| home.root().join(folder));
    let Some(folder) = places.find(|folder| publication::is_of(folder, &other.delivery)) else { return Ok(()) };
    let file = folder.join(name);
    if file.is_file() {
        write_reports(&file, &other.reports)?;
        publication::withhold(&folder, &name.to_string_lossy(), &other.withheld)?;
    }
    Ok(())
}

/// Removes the reports of a file that was held back and is not any more.
fn remove_reports(file: &Path) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut reports = report_names(&name).into_iter().chain([failing_rows::name(&name)]);
    reports.try_for_each(|report| remove_if_there(&file.with_file_name(report)))
}

/// Lays the file and its reports down.
fn lay_down(home: &Home, config: &Config, claimed: &Path, placing: &Placing) -> io::Result<()> {
    for target in &placing.placement.targets {
        let target = home.root().join(target);
        write_reports(&target, &placing.reports)?;
        if let Some(delivery) = placing.reported.as_ref().filter(|delivery| failing_rows::has_any(delivery)) {
            failing_rows::write(config, claimed, delivery, &target)?;
        }
        copy_file(claimed, &target)?;
    }
    Ok(())
}

fn write_reports(file: &Path, reports: &[String; 3]) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    for (report, content) in report_names(&name).iter().zip(reports) {
        write_file(&file.with_file_name(report), content.as_bytes())?;
    }
    Ok(())
}

/// Publishes the file in its folder; what stood there goes aside.
fn publish(home: &Home, config: &Config, claimed: &Path, placing: &Placing, delivery: &Delivery) -> io::Result<()> {
    let Some(target) = placing.placement.targets.first() else { return Ok(()) };
    let target = home.root().join(target);
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else { return Ok(()) };
    let aside = placing.placement.superseded.first().map(|replaced| home.root().join(&replaced.to));
    if publication::is_of(folder, delivery) {
        return publication::finish(folder, aside.as_deref());
    }
    let next = publication::begin(folder)?;
    let file = next.join(name);
    write_reports(&file, &placing.reports)?;
    let (name, mut files) = (name.to_string_lossy(), Vec::new());
    if placing.withheld.is_none() {
        copy_file(claimed, &file)?;
        files.push(Hashed { name: name.clone().into_owned(), hash: delivery.hash.clone(), bytes: delivery.size });
    }
    for report in report_names(&name) {
        files.push(Hashed::of(&next, &report)?);
    }
    if failing_rows::has_any(delivery) {
        failing_rows::write(config, claimed, delivery, &file)?;
        files.push(Hashed::of(&next, &failing_rows::name(&name))?);
    }
    files.extend(tidy(config, claimed, &next, delivery)?);
    let dataset = delivery.dataset.as_ref().and_then(|dataset| config.datasets.get(dataset));
    let manifest = publication::manifest(
        delivery,
        dataset.map(Arc::as_ref),
        &files,
        placing.withheld.as_deref(),
        &placing.overrides,
    );
    publication::put_in_place(folder, &manifest, aside.as_deref())
}

/// The accepted tables in tidy form. A definition that has changed since the decision may not read the file any more: then
/// there is none.
fn tidy(config: &Config, claimed: &Path, folder: &Path, delivery: &Delivery) -> io::Result<Vec<Hashed>> {
    let Ok(Some(taken)) = taken_by(config, claimed, delivery) else { return Ok(Vec::new()) };
    match publication::write_tidy_files(folder, &taken.dataset, &taken.sources(claimed)) {
        Ok(files) => Ok(files),
        Err(TidyError::Write(error)) => Err(error),
        Err(error) => {
            tracing::warn!(file = delivery.file, %error, "published without the tidy table");
            publication::TIDY.iter().try_for_each(|name| remove_if_there(&folder.join(name)))?;
            Ok(Vec::new())
        }
    }
}
