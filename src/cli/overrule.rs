//! `bellwether deliveries release` and `bellwether deliveries withdraw`.

use std::time::{Duration, Instant};

use clap::Args;
use rustix::process::{Pid, Signal, kill_process};
use uuid::Uuid;

use crate::{
    app::{
        App,
        home::Home,
        lock::{HomeLock, LockError},
        overrule::{Request, overrule},
        requests::{self, Answer},
    },
    config::Config,
    model::{Action, DeliveryId},
};

use super::{Exit, Failure, output};

/// How long a command waits for the daemon, which may be reading a large file.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(50);

#[derive(Debug, Args)]
pub(super) struct OverruleArguments {
    /// The delivery
    #[arg(value_name = "ID")]
    id: Uuid,
    /// Why, for everybody who reads a report that rests on it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    by: String,
}

pub(super) async fn decide(home: &Home, options: &OverruleArguments, action: Action) -> Result<Exit, Failure> {
    let request =
        Request { delivery: DeliveryId(options.id), action, reason: options.reason.clone(), by: options.by.clone() };
    home.prepare().map_err(Failure::trouble)?;
    let answer = match HomeLock::take(home) {
        Ok(_lock) => directly(home, &request).await?,
        Err(LockError::Held { .. }) => through_daemon(home, &request).await?,
        Err(error) => return Err(Failure::trouble(error)),
    };
    match answer {
        Answer::Done(verdict) => {
            output::say(format!("delivery {}: {verdict}", options.id))?;
            Ok(Exit::Fine)
        }
        Answer::Refused(reason) => {
            Err(Failure { exit: Exit::Usage, message: format!("bellwether: {}", output::clean(&reason)) })
        }
    }
}

/// Without a daemon at work. What there is to tell is sent when it runs.
async fn directly(home: &Home, request: &Request) -> Result<Answer, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    let app = App::open(home.clone(), config).await.map_err(Failure::trouble)?;
    let done = overrule(&app, request).await;
    app.store.close().await;
    Ok(match done {
        Ok(delivery) => Answer::Done(delivery.verdict.code().to_owned()),
        Err(error) => Answer::Refused(error.to_string()),
    })
}

async fn through_daemon(home: &Home, request: &Request) -> Result<Answer, Failure> {
    let id = requests::ask(home, request).map_err(Failure::trouble)?;
    let running = HomeLock::running(home).and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    if let Some(pid) = running {
        kill_process(pid, Signal::USR1)
            .map_err(|error| Failure::trouble(format!("process {} cannot be told: {error}", pid.as_raw_nonzero())))?;
    }
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(answer) = requests::answer(home, id).map_err(Failure::trouble)? {
            return Ok(answer);
        }
        tokio::time::sleep(LOOK).await;
    }
    Err(Failure::trouble("the daemon has not answered yet; it carries the request out when it is free"))
}
