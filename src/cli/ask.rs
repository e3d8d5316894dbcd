//! How a command has something done that people decide: here, or by the daemon at work on the home.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    app::{
        App,
        home::Home,
        lock::{HomeLock, LockError},
        requests::{self, Answer, Request},
    },
    config::Config,
};

use super::{Failure, output};

/// How long a command waits for the daemon, which may be reading a large file.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(50);

/// Has a request carried out; answers with what was done.
pub(super) async fn ask(home: &Home, request: &Request) -> Result<String, Failure> {
    home.prepare().map_err(Failure::trouble)?;
    let answer = match HomeLock::take(home) {
        Ok(_lock) => directly(home, request).await?,
        Err(LockError::Held { .. }) => through_daemon(home, request).await?,
        Err(error) => return Err(Failure::trouble(error)),
    };
    match answer {
        Answer::Done(done) => Ok(done),
        Answer::Refused(reason) => Err(Failure::usage(output::clean(&reason))),
    }
}

/// Without a daemon at work. What there is to tell is sent when it runs.
async fn directly(home: &Home, request: &Request) -> Result<Answer, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    let app = App::open(home.clone(), config).await.map_err(Failure::trouble)?;
    let answer = requests::carry_out_one(&app, request).await;
    app.store.close().await;
    Ok(answer)
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
