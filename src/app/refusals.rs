//! Files that stay in a drop folder: said to the operator once each, however often the program starts.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use jiff::Timestamp;

use crate::{
    intake::Refused,
    model::{Content, Notice},
    store::StoreError,
};

use super::App;

/// How many of the latest notices are looked through for word of a file.
const LOOKED_THROUGH: u32 = 500;

/// Says of each file why it is not taken, to the log and, unless that was done before, to the operator. Returns the
/// reasons.
pub async fn tell(app: &App, refused: &[Refused]) -> Vec<String> {
    let troubles: Vec<String> =
        refused.iter().map(|refused| format!("{}: {}", refused.path.display(), refused.reason)).collect();
    for trouble in &troubles {
        tracing::warn!("not taken: {trouble}");
    }
    match untold(app, refused, &troubles).await {
        Ok(untold) if untold.is_empty() => {}
        Ok(untold) => {
            let title = match untold.len() {
                1 => "A file in the drop folder is not taken".to_owned(),
                n => format!("{n} files in the drop folder are not taken"),
            };
            if let Err(error) = app.tell_operator(title, untold).await {
                tracing::error!(%error, "the operator could not be told");
            }
        }
        Err(error) => tracing::error!(%error, "the operator could not be told"),
    }
    troubles
}

async fn untold(app: &App, refused: &[Refused], troubles: &[String]) -> Result<Vec<String>, StoreError> {
    if troubles.is_empty() {
        return Ok(Vec::new());
    }
    let notices = app.store.notices(Some(LOOKED_THROUGH)).await?;
    let is_told = |path: &Path, trouble: &String| {
        let said = notices.iter().map(|kept| &kept.notice).find(|notice| says(notice, trouble));
        said.is_some_and(|said| stands_since_before(path, said.created))
    };
    let pairs = refused.iter().zip(troubles);
    Ok(pairs
        .filter(|(refused, trouble)| !is_told(&refused.path, trouble))
        .map(|(_, trouble)| trouble.clone())
        .collect())
}

fn says(notice: &Notice, trouble: &String) -> bool {
    matches!(&notice.content, Content::Operator(report) if report.paragraphs.contains(trouble))
}

/// Whether a file has not changed, nor been put where it is, since then.
fn stands_since_before(path: &Path, then: Timestamp) -> bool {
    let Ok(metadata) = fs::symlink_metadata(path) else { return false };
    Timestamp::new(metadata.ctime(), i32::try_from(metadata.ctime_nsec()).unwrap_or(0))
        .is_ok_and(|changed| changed <= then)
}
