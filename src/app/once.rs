//! `run --once`: handle all that is waiting, send what is due, and end.

use tokio_util::sync::CancellationToken;

use crate::{model::Delivery, outbox::Counts};

use super::{
    daemon::{Daemon, DaemonError},
    receivers, refusals, send, steps, waiting,
};

/// What a one-shot run did.
#[derive(Debug, Default)]
pub struct Done {
    /// What was decided.
    pub deliveries: Vec<Delivery>,
    /// Files that stay in the drop folder or could not be worked on, and why.
    pub troubles: Vec<String>,
    /// What became of the messages that were due.
    pub messages: Counts,
}

impl Daemon {
    /// Handles all that is waiting, sends what is due, and ends.
    ///
    /// # Errors
    /// The store fails.
    pub async fn once(mut self, stop: &CancellationToken) -> Result<Done, DaemonError> {
        let mut done = Done::default();
        loop {
            let batch = tokio::select! {
                () = stop.cancelled() => break,
                batch = self.intake.sweep() => batch,
            };
            done.troubles.extend(refusals::tell(&self.app, &batch.refused).await);
            self.waiting.extend(batch.claimed);
            if self.waiting.is_empty() {
                break;
            }
            while let Some(claimed) = self.next_waiting(stop) {
                match self.work(&claimed, stop).await {
                    Ok(Some(deliveries)) => done.deliveries.extend(deliveries),
                    Ok(None) => done.troubles.push(format!("{}: told to stop before it was done", claimed.file_name)),
                    Err(error) => done.troubles.push(format!("{}: {error}", claimed.file_name)),
                }
            }
            steps::introduce_rest(&self.app).await?;
        }
        waiting::look(&self.app).await?;
        done.messages = self.sender.drain(stop).await;
        // What is said of it to the operator's group goes out as well.
        receivers::report(&self.app).await?;
        send::report_dead_letters(&self.app).await?;
        let more = self.sender.drain(stop).await;
        done.messages.sent += more.sent;
        done.messages.dead += more.dead;
        Ok(done)
    }
}
