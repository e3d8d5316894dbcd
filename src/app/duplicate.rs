//! The same bytes again: they change nothing, and are thrown away only where they are kept already.

use std::path::{Path, PathBuf};

use crate::{
    config::Config,
    intake::{self, Claimed},
    model::{Delivery, Finding, Severity, Verdict},
    store::Placement,
};

use super::{App, error::CycleError, home::Home, plan};

/// BLAKE3 of a file in hexadecimal, read away from the runtime's own threads.
///
/// # Errors
/// The file cannot be read.
pub async fn fingerprint(path: &Path) -> Result<String, CycleError> {
    let path = path.to_owned();
    let hash = tokio::task::spawn_blocking(move || intake::fingerprint(&path)).await;
    Ok(hash.map_err(|_| CycleError::Ended("reading the file"))??.to_hex().to_string())
}

/// The delivery that decided these bytes: one that was published, or one that was held back under the same datasets (a
/// definition that was mended since may judge otherwise).
///
/// # Errors
/// The store fails.
pub async fn decided_before(app: &App, config: &Config, hash: &str) -> Result<Option<Delivery>, CycleError> {
    let same = app.store.same_bytes(hash).await?;
    let stands = same
        .into_iter()
        .find(|kept| kept.delivery.verdict.is_published() || kept.settings == config.datasets_fingerprint);
    Ok(stands.map(|kept| kept.delivery))
}

/// The delivery that a file is whose bytes `earlier` had, and where it goes: away, or to the place of the earlier one
/// when that is missing from there.
///
/// # Errors
/// The store or the disk fails.
pub async fn of(app: &App, claimed: &Claimed, earlier: Delivery) -> Result<(Delivery, Placement), CycleError> {
    let first = app.store.placement(earlier.id).await?;
    let newest = match &earlier.dataset {
        Some(dataset) if earlier.verdict.is_published() => {
            app.store.next_revision(dataset, &earlier.periods).await?.saturating_sub(1)
        }
        _ => earlier.revision,
    };
    let places = places(&app.home, claimed, &earlier, newest, first.as_ref());
    let underway = first.map(|placement| placement.source);
    let (home, wanted) = (app.home.clone(), earlier.clone());
    let missing = tokio::task::spawn_blocking(move || missing_from(&home, &places, underway.as_deref(), &wanted)).await;
    let missing = missing.map_err(|_| CycleError::Ended("looking for the earlier file"))?;
    let finding = finding(&earlier, newest, missing.as_deref());
    let placement = Placement {
        delivery: claimed.id,
        source: app.home.relative(&claimed.path).into(),
        targets: missing.into_iter().collect(),
        superseded: Vec::new(),
    };
    let delivery = Delivery {
        id: claimed.id,
        file: claimed.file_name.clone(),
        verdict: Verdict::Duplicate,
        findings: vec![finding],
        received: claimed.received,
        duplicate_of: Some(earlier.id),
        ..earlier
    };
    Ok((delivery, placement))
}

/// Where the bytes of an earlier delivery should be, below the home, the likeliest place first.
fn places(home: &Home, claimed: &Claimed, earlier: &Delivery, newest: u32, first: Option<&Placement>) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = first.map(|placement| placement.targets.clone()).unwrap_or_default();
    if earlier.verdict.is_published() {
        let aside: Vec<PathBuf> = places.iter().filter_map(|place| plan::aside(place, earlier.revision)).collect();
        places = if newest > earlier.revision { aside } else { [places, aside].concat() };
    }
    if places.is_empty() {
        // What the store knows no place of goes where it is seen.
        places.push(plan::quarantine_target(home, earlier.dataset.as_deref(), &plan::stored_name(claimed), &[]));
    }
    places
}

/// Where the bytes of an earlier delivery are to be put because they are in none of `places`, nor still `underway` to
/// them; `None` while they are there.
fn missing_from(home: &Home, places: &[PathBuf], underway: Option<&Path>, earlier: &Delivery) -> Option<PathBuf> {
    let is_it = |place: &Path| {
        let path = home.root().join(place);
        let size = path.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
        size == Some(earlier.size)
            && intake::fingerprint(&path).is_ok_and(|hash| hash.to_hex().as_str() == earlier.hash)
    };
    if places.iter().map(PathBuf::as_path).chain(underway).any(is_it) {
        return None;
    }
    let empty = places.iter().find(|place| !home.root().join(place).exists());
    empty.cloned().or_else(|| Some(plan::free_place(home, places.first()?, &[])))
}

fn finding(earlier: &Delivery, newest: u32, missing: Option<&Path>) -> Finding {
    let what = if earlier.verdict.is_published() { "published" } else { "held back" };
    let replaced = match newest {
        newer if newer > earlier.revision => {
            format!("; revision {newer} has replaced them since and stays in force")
        }
        _ => String::new(),
    };
    let kept = missing.map_or(String::new(), |place| {
        format!("; that file was missing, and these bytes are kept at {} in its stead", place.display())
    });
    // Nobody need be told of a file that was only sent twice.
    let severity = if replaced.is_empty() && kept.is_empty() { Severity::Note } else { Severity::Warning };
    let message =
        format!("the same bytes were {what} before, as delivery {}{replaced}{kept}: no figure changes", earlier.id);
    Finding::of_file("duplicate", severity, message)
}
