//! Where a decided file is to go, and what makes room for it there.

use std::path::{Path, PathBuf};

use crate::{
    config::Config,
    intake::Claimed,
    model::{Delivery, GateReport, Period},
    reports::{self, RenderError},
    store::{Move, Placement},
};

use super::{App, error::CycleError, failing_rows, home::Home, place::report_names, publication};

/// The folder below `quarantine/` for files that no dataset recognises.
const UNRECOGNISED: &str = "unrecognised";

/// How a delivery's file is to be placed: published, with earlier revisions of the same periods moved aside, or held back.
///
/// # Errors
/// The store fails, or an earlier revision is still on its way to the same place.
pub async fn plan(app: &App, claimed: &Claimed, delivery: &Delivery) -> Result<Placement, CycleError> {
    let name = stored_name(claimed);
    let pending: Vec<PathBuf> =
        app.store.pending_placements().await?.into_iter().flat_map(|placement| placement.targets).collect();
    let (target, superseded) = match &delivery.dataset {
        Some(dataset) if delivery.verdict.is_published() => {
            let target = published_folder(dataset, &delivery.periods).join(name);
            if pending.iter().any(|other| other.parent() == target.parent()) {
                return Err(CycleError::PlaceTaken { place: target.display().to_string() });
            }
            let folder = published_folder(dataset, &delivery.periods);
            (target, earlier_revision(app, dataset, &delivery.periods, &folder).await?)
        }
        dataset => (quarantine_target(&app.home, dataset.as_deref(), &name, &pending), None),
    };
    let source = app.home.relative(&claimed.path).into();
    Ok(Placement { delivery: delivery.id, source, targets: vec![target], superseded: superseded.into_iter().collect() })
}

/// The name of a claimed file as it is stored: safe for a file system, where the name for display need not be.
#[must_use]
pub fn stored_name(claimed: &Claimed) -> String {
    claimed.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The folder of a published delivery: `published/<dataset>/<period>`, or `…/<first>_to_<last>` for a longer history.
#[must_use]
pub fn published_folder(dataset: &str, periods: &[Period]) -> PathBuf {
    // A financial year is written 2025/26: no folder of its own for the second half.
    let safe = |period: &Period| period.to_string().replace('/', "-");
    let name = match periods {
        [] => "no-period".to_owned(),
        [only] => safe(only),
        [first, .., last] => format!("{}_to_{}", safe(first), safe(last)),
    };
    Path::new("published").join(dataset).join(name)
}

/// Where a quarantined file goes: its own name, numbered if another file of that name is held back already, or is on its
/// way there (`pending`).
#[must_use]
pub fn quarantine_target(home: &Home, dataset: Option<&str>, file: &str, pending: &[PathBuf]) -> PathBuf {
    free_place(home, &Path::new("quarantine").join(dataset.unwrap_or(UNRECOGNISED)).join(file), pending)
}

/// The place itself, or with the first number at which neither the file nor its reports would overwrite anything.
#[must_use]
pub fn free_place(home: &Home, place: &Path, pending: &[PathBuf]) -> PathBuf {
    let file = place.file_name().unwrap_or_default().to_string_lossy();
    let is_free = |place: &PathBuf| {
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let beside = report_names(&name).into_iter().chain([failing_rows::name(&name)]);
        let with_reports: Vec<PathBuf> = beside.map(|report| place.with_file_name(report)).collect();
        !pending.contains(place)
            && std::iter::once(place).chain(&with_reports).all(|path| !home.root().join(path).exists())
    };
    (1..1_000_000)
        .map(|n| place.with_file_name(numbered(&file, n)))
        .find(is_free)
        .unwrap_or_else(|| place.with_file_name(format!("{}-{file}", uuid::Uuid::now_v7())))
}

/// `figures.csv`, `figures.2.csv`, `figures.3.csv`.
fn numbered(file: &str, n: u32) -> String {
    match (n, file.rsplit_once('.')) {
        (1, _) => file.to_owned(),
        (_, Some((stem, extension))) if !stem.is_empty() => format!("{stem}.{n}.{extension}"),
        _ => format!("{file}.{n}"),
    }
}

/// The move that takes the publication of an earlier revision of the same periods out of the way.
async fn earlier_revision(
    app: &App,
    dataset: &str,
    periods: &[Period],
    folder: &Path,
) -> Result<Option<Move>, CycleError> {
    for earlier in app.store.revisions(dataset, periods).await?.iter().rev() {
        let placement = app.store.placement(earlier.id).await?;
        let was_here = |placement: &Placement| placement.targets.iter().any(|target| target.parent() == Some(folder));
        if placement.as_ref().is_some_and(was_here) {
            return Ok(publication::replaced(folder, earlier.revision));
        }
    }
    Ok(None)
}

/// The gate's decision as people read it; `withheld` is where the file is, if not beside its published tables.
#[must_use]
pub fn gate_report(config: &Config, delivery: &Delivery, placement: &Placement, withheld: Option<&Path>) -> GateReport {
    let dataset = delivery.dataset.as_ref().and_then(|id| config.datasets.get(id));
    let place =
        placement.targets.first().and_then(|target| if withheld.is_some() { target.parent() } else { Some(target) });
    let placed = place
        .map_or_else(|| "removed: the same bytes are kept already".to_owned(), |place| place.display().to_string());
    GateReport {
        delivery: delivery.id,
        dataset_title: dataset.map(|dataset| dataset.title.clone()),
        file: delivery.file.clone(),
        table: delivery.table.clone(),
        periods: delivery.periods.clone(),
        verdict: delivery.verdict,
        placed,
        withheld: withheld.map(|place| place.display().to_string()),
        failing_rows: placement
            .targets
            .first()
            .filter(|_| delivery.duplicate_of.is_none() && failing_rows::has_any(delivery))
            .map(|target| failing_rows::name(&target.file_name().unwrap_or_default().to_string_lossy())),
        findings: delivery.findings.clone(),
        examination: delivery.examination.clone(),
    }
}

/// The reports that lie beside a delivery's file: for programs, and for people as text and as a page.
///
/// # Errors
/// The reports cannot be rendered.
pub fn reports_beside(
    config: &Config,
    delivery: &Delivery,
    placement: &Placement,
    withheld: Option<&Path>,
) -> Result<[String; 3], RenderError> {
    let files = reports::gate_report(&gate_report(config, delivery, placement, withheld))?;
    Ok([files.json, files.text, files.html])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_names() {
        let period = |text: &str| text.parse::<Period>().expect("a period");
        let folder = |periods: &[&str]| {
            let periods: Vec<Period> = periods.iter().map(|text| period(text)).collect();
            published_folder("les", &periods).display().to_string()
        };
        assert_eq!(folder(&["2025-10"]), "published/les/2025-10");
        assert_eq!(folder(&["2025/26-Q1"]), "published/les/2025-26-Q1");
        assert_eq!(folder(&["2025-04", "2025-05", "2025-10"]), "published/les/2025-04_to_2025-10");
        assert_eq!(
            [numbered("a.b.csv", 2), numbered("README", 3), numbered("a.csv", 1)],
            ["a.b.2.csv", "README.3", "a.csv"]
        );
    }
}
