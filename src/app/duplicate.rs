//! The same bytes again: they change nothing, and are thrown away only where they are kept already.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    config::Config,
    intake::{self, Claimed},
    model::{Delivery, Finding, Period, Severity, Verdict},
    store::{KeptDelivery, Placement},
};

use super::{
    App,
    away::away,
    error::CycleError,
    family,
    home::Home,
    plan, publication,
    recognise::{Address, addresses},
};

/// BLAKE3 of a file in hexadecimal, read away from the runtime's own threads.
///
/// # Errors
/// The file cannot be read.
pub async fn fingerprint(path: &Path) -> Result<String, CycleError> {
    let path = path.to_owned();
    let hash = away("reading the file", move || intake::fingerprint(&path)).await??;
    Ok(hash.to_hex().to_string())
}

/// What is known of a file's bytes.
#[derive(Debug)]
pub enum Known {
    /// Nothing that decides them.
    New,
    /// This delivery decided them.
    Decided(Box<Delivery>),
    /// They were published for another period than the file's name says now: an old file under a new name.
    Stale(Finding),
}

/// Looks for the delivery that decided these bytes. One that was published decides them under any name, unless the name
/// says another period. One that was held back decides them only under the same name and the same definitions of datasets:
/// another of either may be the mend. Bytes that hold tables of several datasets are decided when each of these is.
///
/// # Errors
/// The store fails, or a part of the program ends.
pub async fn known(app: &App, config: &Arc<Config>, claimed: &Claimed, hash: &str) -> Result<Known, CycleError> {
    let same = app.store.same_bytes(hash).await?;
    if same.is_empty() {
        return Ok(Known::New);
    }
    let (settings, path, name) = (Arc::clone(config), claimed.path.clone(), claimed.file_name.clone());
    let addresses = away("recognising the file", move || addresses(&settings, &path, &name)).await?;
    let mut known: Vec<Known> =
        addresses.iter().map(|address| known_as(config, claimed, &same, Some(address))).collect();
    if known.is_empty() {
        known.push(known_as(config, claimed, &same, None));
    }
    // Whatever is not decided outweighs what is, and an old file under a new name outweighs all.
    let weight = |known: &Known| match known {
        Known::Decided(_) => 0,
        Known::New => 1,
        Known::Stale(_) => 2,
    };
    Ok(known
        .into_iter()
        .reduce(|one, other| if weight(&other) > weight(&one) { other } else { one })
        .unwrap_or(Known::New))
}

/// What is known of these bytes as one dataset's; as any dataset's, where none takes them now.
fn known_as(config: &Config, claimed: &Claimed, same: &[KeptDelivery], address: Option<&Address>) -> Known {
    let named = address.and_then(|address| address.period);
    let of_dataset = |kept: &&KeptDelivery| {
        address.is_none_or(|address| kept.delivery.dataset.as_ref().is_none_or(|dataset| *dataset == address.dataset))
    };
    let (published, held_back): (Vec<&KeptDelivery>, Vec<&KeptDelivery>) =
        same.iter().filter(of_dataset).partition(|kept| kept.delivery.verdict.is_published());
    let stale = published.first().zip(named).map(|(earlier, named)| stale(config, &earlier.delivery, named));
    // What somebody took back does not return under another name; what the gate held back may be right under another.
    let is_same_attempt = |kept: &&&KeptDelivery| {
        let again = kept.delivery.file == claimed.file_name && kept.settings == config.datasets_fingerprint;
        kept.delivery.verdict == Verdict::Withdrawn || again
    };
    let of_period = |kept: &&&KeptDelivery| named.is_none_or(|named| kept.delivery.periods == [named]);
    let decided = published.iter().find(of_period).or_else(|| held_back.iter().find(is_same_attempt));
    match (decided, stale) {
        (Some(earlier), _) => Known::Decided(Box::new(earlier.delivery.clone())),
        (None, Some(finding)) => Known::Stale(finding),
        (None, None) => Known::New,
    }
}

fn stale(config: &Config, earlier: &Delivery, named: Period) -> Finding {
    let dataset = earlier.dataset.as_ref().and_then(|id| config.datasets.get(id));
    let title = dataset.map_or("", |dataset| dataset.title.as_str());
    let periods: Vec<String> = earlier.periods.iter().map(|period| period.label()).collect();
    let message = format!(
        "the name says {0}, and these are the very bytes of `{1}`, published as {title} for {2} (delivery {3}): an old file \
         under a new name. Drop the file of {0}",
        named.label(),
        earlier.file,
        periods.join(", "),
        earlier.id,
    );
    Finding::of_file("stale_content", Severity::Error, message)
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
    let family = family::of(&app.store, earlier.id).await?;
    // The file of several tables may lie with another of them, and only where what is held back may be read.
    let whole = family.iter().all(|(member, _)| member.verdict.is_published());
    let may_hold = |member: &Delivery| whole || !member.verdict.is_published();
    let others = family.iter().filter(|(other, _)| other.id != earlier.id && may_hold(other));
    let own = may_hold(&earlier).then(|| places(&app.home, claimed, &earlier, newest, first.as_ref()));
    let others = others.map(|(other, first)| places(&app.home, claimed, other, other.revision, first.as_ref()));
    let places: Vec<PathBuf> = own.into_iter().chain(others).flatten().collect();
    let underway = first.map(|placement| placement.source);
    let (home, wanted) = (app.home.clone(), earlier.clone());
    let looking = move || missing_from(&home, &places, underway.as_deref(), &wanted);
    let missing = away("looking for the earlier file", looking).await?;
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
    if earlier.verdict == Verdict::Withdrawn {
        // A whole publication was taken away.
        places = places
            .iter()
            .map(|place| place.join(plan::stored_name(claimed)))
            .chain(places.iter().map(|place| place.join(&earlier.file)))
            .collect();
    }
    if earlier.verdict.is_published() {
        let aside: Vec<PathBuf> = places.iter().filter_map(|place| aside(place, earlier.revision)).collect();
        places = if newest > earlier.revision { aside } else { [places, aside].concat() };
    }
    if places.is_empty() {
        // What the store knows no place of goes where it is seen.
        places.push(plan::quarantine_target(home, earlier.dataset.as_deref(), &plan::stored_name(claimed), &[]));
    }
    places
}

/// Where a published file is when a later revision has taken its place.
fn aside(place: &Path, revision: u32) -> Option<PathBuf> {
    Some(publication::aside(place.parent()?, revision)?.join(place.file_name()?))
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
    let what = match earlier.verdict {
        Verdict::Withdrawn => "withdrawn",
        verdict if verdict.is_published() => "published",
        _ => "held back",
    };
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
        format!("the same bytes were {what} before, as delivery {}{replaced}{kept}: nothing changes", earlier.id);
    Finding::of_file("duplicate", severity, message)
}
