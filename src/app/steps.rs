//! What a daemon does at its beginning and between two files, whatever drives it: the clock of the machine, or a simulation's.

use std::{collections::BTreeSet, io};

use crate::{
    config::Config,
    intake::{Claimed, recover},
    yaml::Problems,
};

use super::{App, daemon::DaemonError, error::CycleError, health::Part, reconsider};

/// Goes on where the process before this one ended, and answers with the claimed files whose work is not finished.
///
/// # Errors
/// The store or the disk fails.
pub async fn begin(app: &App) -> Result<Vec<Claimed>, DaemonError> {
    app.store.end_leases().await?;
    app.finish_placements().await?;
    let folder = app.home.claimed();
    let claimed = tokio::task::spawn_blocking(move || recover(&folder)).await;
    Ok(claimed.map_err(io::Error::other)??)
}

/// Evaluates datasets whose rules have changed. One that cannot be is tried again at the next reload or start.
pub async fn reevaluate(app: &App) {
    for dataset in app.config().datasets.values() {
        if let Err(error) = reconsider::reevaluate(app, dataset).await {
            tracing::error!(dataset = dataset.id, %error, "the changed rules could not be evaluated over the history");
        }
    }
    if let Err(error) = reconsider::abandon(app).await {
        tracing::error!(%error, "alerts of datasets that are no longer there could not be closed");
    }
}

/// Whether a file speaks for the history of its dataset: no file that waits behind it may belong to the same.
#[must_use]
pub fn speaks<'a>(config: &Config, file: &str, mut behind: impl Iterator<Item = &'a str>) -> bool {
    let of = |name: &str| -> BTreeSet<&str> {
        config.datasets.values().filter(|dataset| dataset.takes_name(name)).map(|dataset| dataset.id.as_str()).collect()
    };
    let own = of(file);
    behind.all(|name| own.is_disjoint(&of(name)))
}

/// Speaks for datasets whose history was loaded and whose last file had nothing to say itself.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn introduce_rest(app: &App) -> Result<(), CycleError> {
    for dataset in app.config().datasets.values() {
        reconsider::introduce(app, dataset).await?;
    }
    Ok(())
}

/// Says loudly that a new configuration is broken, and that the old one stays in force.
pub async fn refuse_configuration(app: &App, problems: Problems) {
    let lines: Vec<String> = problems.sorted().iter().map(ToString::to_string).collect();
    // Whoever reads it in the log finds it on the status page.
    let trouble = format!("the configuration is broken, an older one is in force: {}", lines.join("; "));
    app.health.trouble(Part::Configuration, trouble);
    for problem in &lines {
        tracing::error!("the new configuration is broken, the old one stays in force: {problem}");
    }
    let title = "The new configuration is broken; the old one stays in force".to_owned();
    if let Err(error) = app.tell_operator(title, lines).await {
        tracing::error!(%error, "the operator could not be told");
    }
}
