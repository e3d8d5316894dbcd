//! `config/bellwether.yaml`: the daemon's own settings.

use std::{
    net::SocketAddr,
    path::{Component, Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde::Deserialize;

use crate::{
    expr::Limits,
    outbox::{EmailSettings, FriendlyDuration, OutboundSettings, RetrySettings},
    yaml::{Located, Problem, Problems, SourceFile},
};

use super::{
    Decoded, decode_file,
    links::{Links, LinksSettings},
};

/// The daemon's settings.
#[derive(Debug, Clone)]
pub struct Daemon {
    /// The folders that are watched; relative ones lie below the home.
    pub drop: Vec<PathBuf>,
    /// How long a file must stand still before it is taken.
    pub settle: Duration,
    /// How often folders are listed, whatever the operating system reports.
    pub rescan: Duration,
    /// The largest file that is taken, in bytes.
    pub max_bytes: u64,
    /// The group that hears of what an operator must see to.
    pub operator: Located<String>,
    /// Where `/healthz`, `/readyz` and `/metrics` are served.
    pub listen: Listen,
    /// How email leaves.
    pub email: EmailSettings,
    /// Where messages may go.
    pub outbound: OutboundSettings,
    /// How often and how long a message is tried.
    pub retry: RetrySettings,
    /// How long what a message said is kept after it was sent.
    pub keep_sent: Duration,
    /// What scripts may use.
    pub scripts: Limits,
    /// Where links in messages lead; none: there are none.
    pub links: Option<Links>,
}

/// Where the status pages are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// Nowhere.
    Off,
    /// On this address.
    On(SocketAddr),
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DaemonFile {
    #[serde(default)]
    drop: Option<Located<Vec<Located<PathBuf>>>>,
    #[serde(default)]
    settle: Option<Located<FriendlyDuration>>,
    #[serde(default)]
    rescan: Option<Located<FriendlyDuration>>,
    #[serde(default)]
    max_file_size_mb: Option<Located<u64>>,
    operator: Located<String>,
    #[serde(default)]
    listen: Option<Located<String>>,
    #[serde(default)]
    email: EmailSettings,
    #[serde(default)]
    outbound: OutboundSettings,
    #[serde(default)]
    retry: RetrySettings,
    /// How long what a message said is kept after it was sent: 90 days where left out.
    #[serde(default)]
    keep_sent: Option<Located<FriendlyDuration>>,
    #[serde(default)]
    scripts: ScriptSettings,
    #[serde(default)]
    links: Option<LinksSettings>,
}

#[derive(Deserialize, Default, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct ScriptSettings {
    #[serde(default)]
    operations: Option<Located<u64>>,
    #[serde(default)]
    time: Option<Located<FriendlyDuration>>,
}

const MEGABYTE: u64 = 1 << 20;
const SETTLE: Duration = Duration::from_secs(2);
const RESCAN: Duration = Duration::from_secs(30);
const KEEP_SENT: Duration = Duration::from_hours(90 * 24);
const LISTEN: ([u8; 4], u16) = ([127, 0, 0, 1], 8321);

pub(super) fn load(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Daemon> {
    let Decoded { settings, .. } = decode_file::<DaemonFile>(file, problems)?;
    problems.extend(settings.email.check());
    let settle = at_least(settings.settle, SETTLE, Duration::from_millis(20), problems);
    let rescan = at_least(settings.rescan, RESCAN, Duration::from_secs(1), problems);
    let keep_sent = at_least(settings.keep_sent, KEEP_SENT, Duration::ZERO, problems);
    let drop = match settings.drop {
        Some(folders) => drop_folders(folders, problems),
        None => vec![PathBuf::from("drop")],
    };
    let megabytes = not_zero(settings.max_file_size_mb, 4096, problems);
    let listen = settings.listen.map_or(Ok(Listen::On(LISTEN.into())), |text| listen(&text));
    let limits = Limits::default();
    let scripts = Limits {
        operations: not_zero(settings.scripts.operations, limits.operations, problems),
        time: at_least(settings.scripts.time, limits.time, Duration::from_millis(1), problems),
    };
    let listen = problems.take(listen).unwrap_or(Listen::Off);
    let links = settings.links.as_ref().and_then(|links| links.read(problems));
    if let Some(asked) = settings.links.as_ref().filter(|_| listen == Listen::Off) {
        let message = "links would lead to pages that are not served";
        problems.push(Problem::new(asked.place().place.clone(), message).hint("say `listen: 127.0.0.1:8321`"));
    }
    Some(Daemon {
        drop,
        settle,
        rescan,
        max_bytes: megabytes.saturating_mul(MEGABYTE),
        operator: settings.operator,
        listen,
        email: settings.email,
        outbound: settings.outbound,
        retry: settings.retry,
        keep_sent,
        scripts,
        links,
    })
}

fn at_least(
    duration: Option<Located<FriendlyDuration>>,
    default: Duration,
    least: Duration,
    problems: &mut Problems,
) -> Duration {
    let Some(duration) = duration else { return default };
    if duration.value.get() < least {
        problems.push(Problem::new(duration.place.clone(), format!("at least {least:?} is needed here")));
    }
    duration.value.get()
}

fn not_zero(number: Option<Located<u64>>, default: u64, problems: &mut Problems) -> u64 {
    let Some(number) = number else { return default };
    if number.value == 0 {
        problems.push(Problem::new(number.place.clone(), "at least 1 is needed here"));
    }
    number.value
}

/// What bellwether itself writes or reads below the home. Dropped files would be mixed with these, or these be taken in.
const OWN: &[&str] = &["config", "rules", "published", "quarantine", "mail", "state"];

fn drop_folders(folders: Located<Vec<Located<PathBuf>>>, problems: &mut Problems) -> Vec<PathBuf> {
    if folders.value.is_empty() {
        problems.push(Problem::new(folders.place, "no folder would be watched").hint("write drop: [drop]"));
    }
    for folder in &folders.value {
        let mut parts = folder.components().filter(|part| *part != Component::CurDir);
        let problem = match parts.next() {
            None => "the home itself cannot be a drop folder",
            Some(Component::Normal(first)) if OWN.iter().any(|own| first == *own) => {
                "this folder is bellwether's own: files cannot be dropped here"
            }
            Some(_) => continue,
        };
        problems.push(Problem::new(folder.place.clone(), problem).hint("use a folder of its own, such as drop"));
    }
    folders.value.into_iter().map(|folder| folder.value).collect()
}

impl Daemon {
    /// Reports must not be left where files are dropped, nor among what is bellwether's own.
    pub(super) fn check_folder(&self, folder: &Located<PathBuf>, problems: &mut Problems) {
        let parts = |path: &Path| path.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
        let path = parts(folder);
        let own = OWN.iter().any(|own| path.starts_with(own));
        if own || self.drop.iter().any(|drop| path.starts_with(parts(drop))) {
            let problem =
                Problem::new(folder.place.clone(), "reports cannot be left in this folder: it has another use");
            problems.push(problem.hint("use a folder of its own, such as reports"));
        }
    }
}

fn listen(text: &Located<String>) -> Result<Listen, Problems> {
    if text.value == "off" {
        return Ok(Listen::Off);
    }
    text.parse().map(Listen::On).map_err(|_| {
        let message = format!("`{}` is not an address with a port", text.value);
        Problem::new(text.place.clone(), message).hint("write 127.0.0.1:8321, or off").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> String {
        let file = Arc::new(SourceFile { path: "bellwether.yaml".into(), text: format!("operator: team\n{text}\n") });
        let mut problems = Problems::default();
        load(&file, &mut problems);
        problems.to_string()
    }

    #[test]
    fn settings_with_which_nothing_would_be_taken_are_refused() {
        assert_eq!(problems("drop: []"), "bellwether.yaml:2:7: no folder would be watched (write drop: [drop])");
        for (folder, problem) in [
            ("published", "this folder is bellwether's own: files cannot be dropped here"),
            ("./state/claimed", "this folder is bellwether's own: files cannot be dropped here"),
            (".", "the home itself cannot be a drop folder"),
        ] {
            let expected = format!("bellwether.yaml:2:8: {problem} (use a folder of its own, such as drop)");
            assert_eq!(problems(&format!("drop: [{folder}]")), expected);
        }
        for setting in ["max_file_size_mb: 0", "scripts: { operations: 0 }"] {
            assert!(problems(setting).ends_with("at least 1 is needed here"), "{}", problems(setting));
        }
        assert!(problems("scripts: { time: 0s }").ends_with("at least 1ms is needed here"));
    }
}
