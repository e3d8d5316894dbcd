//! `config/bellwether.yaml`: the daemon's own settings.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use serde::Deserialize;

use crate::{
    expr::Limits,
    outbox::{EmailSettings, FriendlyDuration, RetrySettings},
    yaml::{Located, Problem, Problems, SourceFile},
};

use super::{Decoded, decode_file};

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
    /// How often and how long a message is tried.
    pub retry: RetrySettings,
    /// What scripts may use.
    pub scripts: Limits,
}

/// Where the status pages are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// Nowhere.
    Off,
    /// On this address.
    On(SocketAddr),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DaemonFile {
    #[serde(default)]
    drop: Option<Vec<PathBuf>>,
    #[serde(default)]
    settle: Option<Located<FriendlyDuration>>,
    #[serde(default)]
    rescan: Option<Located<FriendlyDuration>>,
    #[serde(default)]
    max_file_size_mb: Option<u64>,
    operator: Located<String>,
    #[serde(default)]
    listen: Option<Located<String>>,
    #[serde(default)]
    email: EmailSettings,
    #[serde(default)]
    retry: RetrySettings,
    #[serde(default)]
    scripts: ScriptSettings,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ScriptSettings {
    #[serde(default)]
    operations: Option<u64>,
    #[serde(default)]
    time: Option<FriendlyDuration>,
}

const MEGABYTE: u64 = 1 << 20;
const SETTLE: Duration = Duration::from_secs(2);
const RESCAN: Duration = Duration::from_secs(30);
const LISTEN: ([u8; 4], u16) = ([127, 0, 0, 1], 8321);

pub(super) fn load(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Daemon> {
    let Decoded { settings, .. } = decode_file::<DaemonFile>(file, problems)?;
    problems.extend(settings.email.check());
    let settle = at_least(settings.settle, SETTLE, Duration::from_millis(20), problems);
    let rescan = at_least(settings.rescan, RESCAN, Duration::from_secs(1), problems);
    let listen = settings.listen.map_or(Ok(Listen::On(LISTEN.into())), |text| listen(&text));
    let limits = Limits::default();
    Some(Daemon {
        drop: settings.drop.unwrap_or_else(|| vec![PathBuf::from("drop")]),
        settle,
        rescan,
        max_bytes: settings.max_file_size_mb.unwrap_or(4096).saturating_mul(MEGABYTE),
        operator: settings.operator,
        listen: problems.take(listen).unwrap_or(Listen::Off),
        email: settings.email,
        retry: settings.retry,
        scripts: Limits {
            operations: settings.scripts.operations.unwrap_or(limits.operations),
            time: settings.scripts.time.map_or(limits.time, FriendlyDuration::get),
        },
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

fn listen(text: &Located<String>) -> Result<Listen, Problems> {
    if text.value == "off" {
        return Ok(Listen::Off);
    }
    text.parse().map(Listen::On).map_err(|_| {
        let message = format!("`{}` is not an address with a port", text.value);
        Problem::new(text.place.clone(), message).hint("write 127.0.0.1:8321, or off").into()
    })
}
