//! `bellwether reload`.

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    app::{home::Home, lock::HomeLock},
    config::Config,
};

use super::{Exit, Failure, output};

/// Checks the configuration here first, so that whoever asks is told what is wrong with it.
pub(super) fn reload(home: &Home) -> Result<Exit, Failure> {
    Config::load(home.root()).map_err(Failure::configuration)?;
    let running = HomeLock::running(home).and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    let Some(pid) = running else {
        return Err(Failure::of(Exit::Busy, "no bellwether is at work on this home: there is nothing to reload"));
    };
    kill_process(pid, Signal::HUP).map_err(|error| {
        Failure::trouble(format!("process {} cannot be told to reload: {error}", pid.as_raw_nonzero()))
    })?;
    output::say("the configuration is in order, and the daemon was told to read it again")?;
    Ok(Exit::Fine)
}
