//! A policy tried before it goes live: files dropped, days passing, people deciding, receivers down, clocks and processes
//! failing, in virtual time and through the real code.
//!
//! | file | what it is |
//! |---|---|
//! | `settings.rs`, `scenario.rs`, `months.rs` | a scenario as it is written, and checked: every event with its moment |
//! | `player.rs`, `deeds.rs` | what happens at each moment, and what people do |
//! | `process.rs` | the daemon's own steps at a moment, over a home of its own |
//! | `receivers.rs` | receivers that note what comes and answer as the scenario says |
//! | `recorder.rs`, `ledger.rs` | what was committed and sent, as lines |
//! | `expected.rs` | what the ledger must say, held against it |
//!
//! The simulation has a copy of the home's configuration and rules, and nothing else of it: not its data, not its drop
//! folders, not its receivers. Time stands still while the process works, and jumps from one moment to the next at which
//! something is due. Files count as settled when they are dropped; a message that is tried again waits for nine tenths of its
//! longest delay. So two runs write the same ledger.

mod deeds;
pub mod expected;
pub mod ledger;
mod months;
pub mod player;
mod process;
pub mod receivers;
pub mod recorder;
pub mod scenario;
pub mod settings;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::{
    config::Config,
    outbox::Queue,
    store::StoreError,
    yaml::{Problem, Problems},
};

use super::{daemon::DaemonError, error::CycleError, home::Home, send::StoreQueue};

pub use expected::{Difference, Wrong};
pub use ledger::{Entry, KINDS, Line, Message, Named};
pub use settings::ScenarioFile;

use player::Player;

/// What came of a scenario.
#[derive(Debug)]
pub struct Simulated {
    /// Everything that happened, in order.
    pub ledger: Vec<Line>,
    /// Where that differs from what the scenario expects.
    pub differences: Vec<Difference>,
    /// Whether it expects anything.
    pub expects: bool,
}

/// Why a scenario could not be played.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The configuration or the scenario is wrong.
    #[error("{0}")]
    Configuration(Problems),
    /// The process cannot begin.
    #[error(transparent)]
    Daemon(#[from] DaemonError),
    /// The process cannot go on.
    #[error(transparent)]
    Cycle(#[from] CycleError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The outbox does not answer.
    #[error(transparent)]
    Outbox(#[from] <StoreQueue as Queue>::Error),
    /// A file cannot be read or written.
    #[error("the simulation's home cannot be used: {0}")]
    Home(#[from] io::Error),
    /// The folder to keep it in is in use.
    #[error("{} is not empty: the simulation's home needs a folder of its own", .0.display())]
    NotEmpty(PathBuf),
    /// A request has no answer.
    #[error("a request was not answered; this is a fault of the program")]
    NoAnswer,
    /// The process is never done.
    #[error("at {0} the process asks again and again to be woken at once; this is a fault of the program")]
    Circles(Timestamp),
}

impl From<Problem> for SimulateError {
    fn from(problem: Problem) -> Self {
        Self::Configuration(problem.into())
    }
}

/// How a scenario is played.
#[derive(Debug, Clone, Copy, Default)]
pub struct Playing<'a> {
    /// Where the simulation's home is kept, to be looked at with other commands; a temporary folder otherwise.
    pub keep: Option<&'a Path>,
    /// Whether the process is killed after each of its steps, and begins again: the ledger is the same.
    pub killed: bool,
}

/// Plays a scenario over a copy of a home's configuration and rules.
///
/// # Errors
/// The configuration or the scenario is wrong, or the disk fails.
pub async fn simulate(home: &Home, scenario: &Path, playing: Playing<'_>) -> Result<Simulated, SimulateError> {
    let config = Config::load(home.root()).map_err(SimulateError::Configuration)?;
    let scenario = scenario::load(scenario, &config.calendar).map_err(SimulateError::Configuration)?;
    let temporary = tempfile::tempdir()?;
    let folder = playing.keep.unwrap_or_else(|| temporary.path());
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(SimulateError::NotEmpty(folder.to_owned()));
    }
    for part in ["config", "rules"] {
        copy(&home.root().join(part), &folder.join(part))?;
    }
    let mut player = Player::begin(Home::at(folder)?, scenario.starts, playing.killed).await?;
    for event in &scenario.events {
        player.pass(event.at).await?;
        player.happen(&event.what).await?;
    }
    player.pass(scenario.ends).await?;
    let ledger = player.end().await?;
    let differences = scenario.expected.differences(&ledger);
    Ok(Simulated { ledger, differences, expects: !scenario.expected.is_empty() })
}

/// Copies a folder and all below it; one that is not there is none.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    fs::create_dir_all(to)?;
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if fs::metadata(entry.path())?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
