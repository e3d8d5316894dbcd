//! Seven months of real figures, dropped one after another into a home of their own: the daemon at work, to be looked at.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    model::{Alert, AlertState, NoticeKind},
    reports::{self, Overview, TextStyle},
    store::{DeliveryFilter, Store},
};

use super::{
    daemon::{Daemon, DaemonError},
    home::{self, Home},
    overview,
};

/// Planned and delivered activity of fourteen contracts, a file a month, as published; before the last of them two months
/// of practices by achievement band (the first of these constructed).
const FILES: &[(&str, &str)] = &[
    ("les-activity-2025-04.csv", include_str!("../../tests/data/les-activity/les-activity-2025-04.csv")),
    ("les-activity-2025-05.csv", include_str!("../../tests/data/les-activity/les-activity-2025-05.csv")),
    ("les-activity-2025-06.csv", include_str!("../../tests/data/les-activity/les-activity-2025-06.csv")),
    ("les-activity-2025-07.csv", include_str!("../../tests/data/les-activity/les-activity-2025-07.csv")),
    ("les-activity-2025-08.csv", include_str!("../../tests/data/les-activity/les-activity-2025-08.csv")),
    ("les-activity-2025-09.csv", include_str!("../../tests/data/les-activity/les-activity-2025-09.csv")),
    ("hha-achievement-bands-2025-09.csv", include_str!("../../tests/data/hha-bands/hha-achievement-bands-2025-09.csv")),
    ("hha-achievement-bands-2025-10.csv", include_str!("../../tests/data/hha-bands/hha-achievement-bands-2025-10.csv")),
    ("les-activity-2025-10.csv", include_str!("../../tests/data/les-activity/les-activity-2025-10.csv")),
];

/// The dataset and rule of the picture.
const PICTURE: (&str, &str) = ("les-activity", "les-below-60-percent-of-plan");

/// How long one file may take before the demonstration gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// What there is to see at the end.
#[derive(Debug)]
pub struct Shown {
    home: Home,
    overview: Overview,
    picture: PathBuf,
    firing: Vec<Alert>,
    last_mail: Option<PathBuf>,
}

impl Shown {
    /// The picture of the whole, for a terminal.
    #[must_use]
    pub fn picture(&self, colour: bool) -> String {
        reports::overview_text(&self.overview, TextStyle { ascii: false, colour })
    }

    /// What fires, and where to look.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut lines = vec![format!("Firing now ({}):", self.firing.len())];
        for alert in &self.firing {
            lines.push(format!("  {} (since {}, {})", alert.reading.message, alert.since.label(), alert.rule));
        }
        lines.push(String::new());
        if let Some(mail) = &self.last_mail {
            lines.push(format!("Last email:  {}", mail.display()));
        }
        lines.push(format!("Picture:     {}", self.picture.display()));
        let home = self.home.root().display();
        lines.push(format!("Home:        {home}"));
        lines.push(format!(
            "\nLook around: bellwether status --home {home}\n             bellwether alerts --home {home}"
        ));
        lines.join("\n")
    }
}

/// Runs the demonstration. The real daemon watches the home; `say` is given a line for each file.
///
/// # Errors
/// The home cannot be written, or the daemon fails.
pub async fn run(keep: Option<&Path>, stop: &CancellationToken, say: &dyn Fn(String)) -> Result<Shown, DaemonError> {
    let home = new_home(keep)?;
    let daemon = Daemon::start(home.clone()).await?;
    let store = daemon.app.store.clone();
    let stop = stop.child_token();
    let until = stop.clone();
    let running = tokio::spawn(async move { daemon.run(until).await });
    let progress = ProgressBar::new(FILES.len() as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
    progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    for (name, content) in FILES {
        progress.set_message(*name);
        drop_file(&home, name, content)?;
        let line = handled(&store, name, &stop).await?;
        progress.suspend(|| say(line));
        progress.inc(1);
    }
    sent(&store, &stop).await?;
    progress.finish_and_clear();
    let shown = show(home, &store).await;
    stop.cancel();
    running.await.map_err(io::Error::other)??;
    shown
}

/// A home with the shipped configuration, made quick and silent on the network.
fn new_home(keep: Option<&Path>) -> Result<Home, DaemonError> {
    let folder = match keep {
        Some(folder) => {
            fs::create_dir(folder)?;
            folder.to_owned()
        }
        None => tempfile::Builder::new().prefix("bellwether-demo-").tempdir()?.keep(),
    };
    let home = Home::at(&folder)?;
    home::init(&home)?;
    let settings = folder.join("config/bellwether.yaml");
    let text = fs::read_to_string(&settings)?;
    let text = text.replace("\nsettle: 2s", "\nsettle: 100ms").replace("\nlisten: 127.0.0.1:8321", "\nlisten: off");
    fs::write(settings, text)?;
    Ok(home)
}

/// As a careful program drops a file: under a temporary name first.
fn drop_file(home: &Home, name: &str, content: &str) -> io::Result<()> {
    let folder = home.root().join("drop");
    let part = folder.join(format!("{name}.part"));
    fs::write(&part, content)?;
    fs::rename(part, folder.join(name))
}

async fn handled(store: &Store, name: &str, stop: &CancellationToken) -> Result<String, DaemonError> {
    let filter = DeliveryFilter { dataset: None, limit: Some(1) };
    wait(stop, async || {
        let last = store.deliveries(&filter).await?.pop().filter(|kept| kept.delivery.file == name);
        let Some(kept) = last else { return Ok(None) };
        let firing = store.alerts(kept.delivery.dataset.as_deref()).await?;
        let firing = firing.iter().filter(|alert| alert.state == AlertState::Firing).count();
        let verdict = kept.delivery.verdict.words();
        let alerts = if firing == 1 { "alert" } else { "alerts" };
        Ok(Some(format!("{name}: {verdict}, {firing} {alerts} firing")))
    })
    .await
}

async fn sent(store: &Store, stop: &CancellationToken) -> Result<(), DaemonError> {
    wait(stop, async || Ok(store.counts().await?.waiting().eq(&0).then_some(()))).await
}

/// Asks again and again until there is an answer.
async fn wait<T>(
    stop: &CancellationToken,
    ask: impl AsyncFn() -> Result<Option<T>, DaemonError>,
) -> Result<T, DaemonError> {
    let asking = async {
        loop {
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => Err(io::Error::new(io::ErrorKind::Interrupted, "stopped before the end").into()),
        answer = tokio::time::timeout(PATIENCE, asking) => {
            answer.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the daemon did not answer within a minute"))?
        }
    }
}

async fn show(home: Home, store: &Store) -> Result<Shown, DaemonError> {
    let config = Config::load(home.root()).map_err(DaemonError::Configuration)?;
    let shipped =
        |what: &str| io::Error::other(format!("the shipped configuration has no {what}: a fault of the program"));
    let dataset = config.datasets.get(PICTURE.0).ok_or_else(|| shipped(PICTURE.0))?;
    let rule = config.rules.get(PICTURE.1).ok_or_else(|| shipped(PICTURE.1))?;
    let overview = overview::overview(dataset, rule, &store.history(PICTURE.0).await?);
    let picture = home.root().join("overview.svg");
    fs::write(&picture, reports::overview(&overview))?;
    let mut firing = store.alerts(None).await?;
    firing.retain(|alert| alert.state == AlertState::Firing);
    firing.sort_by(|a, b| (&a.rule, a.since, &a.labels).cmp(&(&b.rule, b.since, &b.labels)));
    let last_mail = last_mail(&home, store).await?;
    Ok(Shown { home, overview, picture, firing, last_mail })
}

/// The mail of the newest exception report; those of one second cannot be told apart by their names.
async fn last_mail(home: &Home, store: &Store) -> Result<Option<PathBuf>, DaemonError> {
    let notices = store.notices(None).await?.into_iter().map(|kept| kept.notice);
    let Some(last) = notices.into_iter().find(|notice| notice.kind() == NoticeKind::Exceptions) else {
        return Ok(None);
    };
    let mark = format!("Notice {}", last.id);
    let mut mails: Vec<PathBuf> = fs::read_dir(home.mail())?.flatten().map(|entry| entry.path()).collect();
    mails.sort();
    Ok(mails.into_iter().rfind(|mail| fs::read_to_string(mail).is_ok_and(|text| text.contains(&mark))))
}
