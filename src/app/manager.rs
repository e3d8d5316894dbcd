//! What the service manager is told, where there is one: that the daemon is ready, alive, stopping.

use tokio_util::sync::CancellationToken;

/// Tells the service manager that the runtime is alive, twice as often as it asks; returns at once without one.
pub async fn watchdog(stop: CancellationToken) {
    let Some(period) = sd_notify::watchdog_enabled() else { return };
    let mut ticks = tokio::time::interval(period / 2);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => tell(&[sd_notify::NotifyState::Watchdog]),
        }
    }
}

/// Tells the service manager how things stand.
pub fn tell(state: &[sd_notify::NotifyState<'_>]) {
    // Without a service manager there is nobody to tell.
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}
