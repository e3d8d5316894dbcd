//! `bellwether run` and `bellwether demo`.

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::app::{
    daemon::{Daemon, DaemonError},
    demo,
    home::Home,
    lock::LockError,
    once::Done,
};

use super::{Exit, Failure, findings, output};

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// Handle all that is waiting, send what is due, and exit
    #[arg(long)]
    once: bool,
}

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// The folder for the demonstration's home, which must not exist yet [default: a new folder for temporary files]
    #[arg(long, value_name = "DIR")]
    keep: Option<std::path::PathBuf>,
}

pub(super) async fn run(home: Home, options: &RunArguments) -> Result<Exit, Failure> {
    let stop = stop_on_signals()?;
    let daemon = Daemon::start(home).await.map_err(failure)?;
    if options.once {
        return summarise(&daemon.once(&stop).await.map_err(failure)?);
    }
    daemon.run(stop).await.map_err(failure)?;
    Ok(Exit::Fine)
}

pub(super) async fn demo(options: &DemoArguments) -> Result<Exit, Failure> {
    let stop = stop_on_signals()?;
    let colour = output::colour();
    let shown = demo::run(options.keep.as_deref(), &stop, &|line| drop(output::say(line))).await.map_err(failure)?;
    output::say(shown.picture(colour))?;
    output::say(shown.summary())?;
    Ok(Exit::Fine)
}

/// SIGTERM and SIGINT ask for a graceful stop.
fn stop_on_signals() -> Result<CancellationToken, Failure> {
    let stop = CancellationToken::new();
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let (mut signals, stop) = (signal(kind)?, stop.clone());
        tokio::spawn(async move {
            signals.recv().await;
            stop.cancel();
        });
    }
    Ok(stop)
}

pub(super) fn failure(error: DaemonError) -> Failure {
    match error {
        DaemonError::Configuration(problems) => Failure::configuration(problems),
        DaemonError::Lock(LockError::Held { .. }) => Failure::of(Exit::Busy, error),
        other => Failure::trouble(other),
    }
}

fn summarise(done: &Done) -> Result<Exit, Failure> {
    for delivery in &done.deliveries {
        let verdict = delivery.verdict.words();
        let file = output::file(&delivery.file, delivery.table.as_deref());
        output::say(format!("{}: {verdict}", output::clean(&file)))?;
        findings::say(&delivery.findings)?;
    }
    for trouble in &done.troubles {
        output::say(format!("{}: {}", output::bad("not done"), output::clean(trouble)))?;
    }
    // A file may bring several deliveries.
    let files = done.deliveries.iter().filter(|delivery| delivery.id == delivery.id.of_file(0)).count();
    let messages = &done.messages;
    let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    output::say(format!(
        "{} handled, {} sent, {} to be tried again, {} given up",
        count(files, "file"),
        count(usize::try_from(messages.sent).unwrap_or(usize::MAX), "message"),
        messages.again,
        messages.dead
    ))?;
    let held_back = done.deliveries.iter().any(|delivery| delivery.verdict == crate::model::Verdict::Quarantined);
    if !done.troubles.is_empty() {
        return Ok(Exit::Trouble);
    }
    Ok(if held_back || messages.dead > 0 { Exit::Findings } else { Exit::Fine })
}
