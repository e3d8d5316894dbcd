//! How a command asks the daemon at work on a home for what people decide: by a file in `state/requests/` and a signal
//! (SIGUSR1), and the answer beside it. Who may write into the home's state may ask.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    App,
    acts::{self, ActRequest},
    files::write_file,
    home::Home,
    overrule::{self, overrule},
    receivers, send,
    silences::{self, SilenceAsked},
    specimen,
};

/// How long an answer waits for whoever asked: they wait a minute.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// What somebody decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Over the gate.
    Overrule(overrule::Request),
    /// That alerts are not told of for a while.
    Silence(SilenceAsked),
    /// Something is done about alerts.
    Act(ActRequest),
    /// That receivers are called again which asked not to be: those of a group, or one by its name.
    Enable(String),
    /// That dead letters are sent again: one by its id, or those of a group.
    Resend(String),
    /// That a test message is sent to a group.
    SendTest(specimen::TestAsked),
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It was carried out: a delivery's verdict now, a silence's id, the ids of alerts.
    Done(String),
    /// It was not, for this reason.
    Refused(String),
}

/// Leaves a request for the daemon.
///
/// # Errors
/// The home's state cannot be written to.
pub fn ask(home: &Home, request: &Request) -> io::Result<Uuid> {
    let id = Uuid::now_v7();
    let text = serde_json::to_vec(request)?;
    write_file(&folder(home).join(format!("{id}.json")), &text)?;
    Ok(id)
}

/// The answer to a request, once there is one; it is taken away.
///
/// # Errors
/// The home's state cannot be read.
pub fn answer(home: &Home, id: Uuid) -> io::Result<Option<Answer>> {
    let path = folder(home).join(format!("{id}.answer"));
    match fs::read(&path) {
        Ok(text) => {
            fs::remove_file(path)?;
            Ok(Some(serde_json::from_slice(&text)?))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Carries out what was asked for, in the order of asking.
pub async fn carry_out(app: &App) {
    forget(&folder(&app.home), app.now());
    for path in left(&folder(&app.home), "json") {
        let answer = match read(&path) {
            Ok(request) => carry_out_one(app, &request).await,
            Err(error) => Answer::Refused(format!("the request cannot be read: {error}")),
        };
        if let Answer::Refused(reason) = &answer {
            tracing::warn!(request = %path.display(), reason, "a request is refused");
        }
        // The answer first: a request that is still there is carried out again, and refused then as done already.
        let kept = serde_json::to_vec(&answer)
            .map_err(io::Error::other)
            .and_then(|text| write_file(&path.with_extension("answer"), &text))
            .and_then(|()| fs::remove_file(&path));
        if let Err(error) = kept {
            tracing::error!(request = %path.display(), %error, "a request is carried out, and the answer cannot be kept");
        }
    }
}

/// Carries out one request.
pub async fn carry_out_one(app: &App, request: &Request) -> Answer {
    let done = match request {
        Request::Overrule(asked) => {
            let done = overrule(app, asked).await;
            done.map(|delivery| delivery.verdict.code().to_owned()).map_err(|error| error.to_string())
        }
        Request::Silence(asked) => {
            let done = silences::carry_out(app, asked).await;
            done.map(|silence| silence.id.to_string()).map_err(|error| error.to_string())
        }
        Request::Act(asked) => {
            let done = acts::carry_out(app, asked).await.map_err(|error| error.to_string());
            done.map(|alerts| alerts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        Request::Enable(name) => {
            let done = receivers::enable(app, name).await;
            done.map(|enabled| enabled.join(", ")).map_err(|error| error.to_string())
        }
        Request::Resend(which) => {
            let done = send::resend(app, which).await;
            done.map(|count| count.to_string()).map_err(|error| error.to_string())
        }
        Request::SendTest(asked) => {
            let done = specimen::send_test(app, asked).await;
            done.map(|notice| notice.to_string()).map_err(|error| error.to_string())
        }
    };
    done.map_or_else(Answer::Refused, Answer::Done)
}

fn read(path: &Path) -> io::Result<Request> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// Takes away answers that nobody waits for any more: whoever asked gave up, or was ended.
fn forget(folder: &Path, now: Timestamp) {
    for path in left(folder, "answer") {
        let written = fs::metadata(&path).and_then(|answer| answer.modified()).ok();
        let written = written.and_then(|written| Timestamp::try_from(written).ok());
        if written.is_some_and(|written| now.duration_since(written) > KEPT)
            && let Err(error) = fs::remove_file(&path)
        {
            tracing::warn!(answer = %path.display(), %error, "an answer that nobody took cannot be removed");
        }
    }
}

/// What was left in the folder, requests or answers, the oldest request first.
fn left(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|known| known == extension))
        .collect();
    paths.sort();
    paths
}

fn folder(home: &Home) -> PathBuf {
    home.state().join("requests")
}
