//! The configuration is read again while the daemon works.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    intake::Intake,
    outbox::Sender,
    yaml::{Place, Problem, Problems, SourceFile},
};

use super::{
    daemon::{self, Daemon, Sending},
    health::Part,
    manager, receivers, send, steps,
};

impl Daemon {
    /// Reads the configuration again. A broken one leaves the old one in force, and says so loudly.
    pub(super) async fn reload(&mut self, stop: &CancellationToken, sending: &mut Sending) {
        manager::tell(&[sd_notify::NotifyState::Status("reading the configuration again")]);
        match self.next_configuration().await {
            Ok(next) => self.put_in_force(next, stop, sending).await,
            Err(problems) => steps::refuse_configuration(&self.app, problems).await,
        }
        manager::tell(&[sd_notify::NotifyState::Status("at work")]);
    }

    /// Nothing of the old configuration is touched before all of the new one is ready.
    async fn next_configuration(&self) -> Result<Next, Problems> {
        let home = self.app.home.clone();
        let whole_file = || {
            let settings = Arc::new(SourceFile { path: "config/bellwether.yaml".into(), text: String::new() });
            Place::start_of(&settings)
        };
        let (config, intake) = tokio::task::spawn_blocking(move || {
            let config = Config::load(home.root())?;
            let intake = Intake::new(daemon::intake_settings(&config, &home))
                .map_err(|error| Problem::new(whole_file(), error.to_string()))?;
            Ok::<_, Problems>((config, intake))
        })
        .await
        .unwrap_or_else(|fault| Err(Problem::new(whole_file(), format!("reading it failed: {fault}")).into()))?;
        let sender = daemon::sender(&config, &self.app, &self.dead)?;
        Ok(Next { config, intake, sender })
    }

    async fn put_in_force(&mut self, next: Next, stop: &CancellationToken, sending: &mut Sending) {
        let old = self.app.config();
        if old.daemon.listen != next.config.daemon.listen {
            tracing::warn!("`listen` has changed: it is put in force at the next start");
        }
        // What the old intake has claimed by now is worked on first; what it has seen moving, the new one sees again.
        self.waiting.extend(std::mem::replace(&mut self.intake, next.intake).stop().await.claimed);
        self.moving.clear();
        self.app.set_config(Arc::new(next.config));
        sending.stop.cancel();
        if let Err(error) = (&mut sending.task).await {
            tracing::error!(%error, "the sender broke off; its messages are sent again");
        }
        if let Err(error) = receivers::reconcile(&self.app, next.sender.channels()).await {
            tracing::error!(%error, "what waits for receivers with a new address goes out at the next start");
        }
        self.sender = Arc::new(next.sender);
        *sending = self.send(stop);
        steps::reevaluate(&self.app).await;
        self.schedule.hurry();
        self.app.health.well(Part::Configuration);
        tracing::info!("the configuration was read again and is in force");
    }
}

/// A configuration that is ready to be put in force.
struct Next {
    config: Config,
    intake: Intake,
    sender: Sender<send::StoreQueue>,
}
