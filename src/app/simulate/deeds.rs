//! What people do in a scenario: they ask for silences, decide over the gate, and change the configuration.

use std::{fs, sync::Arc};

use uuid::Uuid;

use crate::{
    app::{
        acts::ActRequest,
        overrule,
        requests::{self, Answer, Request},
        silences::{SilenceAsked, SilenceRequest},
        steps,
    },
    config::Config,
    model::{ActKind, Action, Delivery, DeliveryId, SilenceId},
    store::{DeliveryFilter, Store},
    yaml::{Located, Place, Problem},
};

use super::{
    SimulateError,
    ledger::Entry,
    player::Player,
    process::sender,
    scenario::{beginning_of, end_of},
    settings::{ActSettings, ChangeSettings, OverruleSettings, SilenceSettings},
};

impl Player {
    pub(super) async fn silence(&mut self, asked: &SilenceSettings) -> Result<(), SimulateError> {
        let out_of_range = |place: &Place| Problem::new(place.clone(), "no calendar goes so far");
        let ends = end_of(asked.until.value).ok_or_else(|| out_of_range(&asked.until.place))?;
        let starts = asked.from.as_ref().and_then(|from| beginning_of(from.value));
        let SilenceSettings { matchers, by, comment, .. } = asked.clone();
        let what = format!("{by} silences {}: {comment}", matchers.join(", "));
        let request = SilenceRequest { matchers, starts, ends, author: by, comment };
        let answer = self.ask(what, &Request::Silence(SilenceAsked::Add(request))).await?;
        if let Some(name) = &asked.name {
            let id = match &answer {
                Answer::Done(id) => id.parse().ok().map(SilenceId),
                Answer::Refused(_) => None,
            };
            self.silences.insert(name.value.clone(), id);
        }
        Ok(())
    }

    pub(super) async fn expire(&mut self, name: &Located<String>) -> Result<(), SimulateError> {
        let Some(known) = self.silences.get(&name.value) else {
            let known = self.silences.keys().map(String::as_str);
            return Err(Problem::unknown(name.place.clone(), "silence", name, known).into());
        };
        let what = format!("the silence {} ends", name.value);
        let Some(id) = *known else {
            self.note(Entry::Asked { what });
            self.note(Entry::Answer { done: false, what: "it was refused when it was asked for".to_owned() });
            return Ok(());
        };
        self.ask(what, &Request::Silence(SilenceAsked::Expire(id))).await.map(drop)
    }

    pub(super) async fn act(&mut self, kind: ActKind, asked: &ActSettings) -> Result<(), SimulateError> {
        let ActSettings { alerts, by, comment, to, review } = asked.clone();
        let does = match kind {
            ActKind::Acknowledged => "acknowledges",
            ActKind::Assigned => "assigns",
            ActKind::ReviewSet => "sets the review date of",
            ActKind::Commented | ActKind::Lapsed => "comments on",
        };
        let said = if comment.is_empty() { String::new() } else { format!(": {comment}") };
        let what = format!("{by} {does} {}{said}", alerts.join(", "));
        let id = Uuid::now_v7();
        let request = ActRequest { id, alerts, kind, by, comment, assignee: to, review, through: None };
        self.ask(what, &Request::Act(request)).await.map(drop)
    }

    pub(super) async fn overrule(&mut self, action: Action, asked: &OverruleSettings) -> Result<(), SimulateError> {
        let OverruleSettings { file, table, reason, by } = asked.clone();
        let does = match action {
            Action::Release => "releases",
            Action::Withdraw => "withdraws",
        };
        let what = format!("{by} {does} {}: {reason}", file.value);
        let Some(delivery) = self.delivery(&file, table.as_deref()).await? else {
            self.note(Entry::Asked { what });
            self.note(Entry::Answer { done: false, what: format!("no delivery of {} is known", file.value) });
            return Ok(());
        };
        let request = Request::Overrule(overrule::Request { delivery, action, reason, by });
        self.ask(what, &request).await.map(drop)
    }

    /// The newest delivery of a file.
    async fn delivery(&self, file: &str, table: Option<&str>) -> Result<Option<DeliveryId>, SimulateError> {
        let store = match &self.process {
            Some(running) => running.app.store.clone(),
            None => Store::open(&self.home.database(), &self.home.measures()).await?,
        };
        let kept = store.deliveries(&DeliveryFilter::default()).await?;
        let is_meant =
            |delivery: &Delivery| delivery.file == file && (table.is_none() || delivery.table.as_deref() == table);
        Ok(kept.into_iter().map(|kept| kept.delivery).find(is_meant).map(|delivery| delivery.id))
    }

    /// Has something done that people decide, as the commands do: by the process, or without one.
    async fn ask(&mut self, what: String, request: &Request) -> Result<Answer, SimulateError> {
        self.note(Entry::Asked { what });
        let answer = if let Some(running) = &self.process {
            let id = requests::ask(&self.home, request)?;
            requests::carry_out(&running.app).await;
            requests::answer(&self.home, id)?
        } else {
            let app = self.open().await?;
            let answer = requests::carry_out_one(&app, request).await;
            app.store.close().await;
            Some(answer)
        };
        self.record();
        let answer = answer.ok_or(SimulateError::NoAnswer)?;
        let (done, what) = match &answer {
            // Ids of silences are others in each run, and those of alerts stand in lines of their own.
            Answer::Done(_) if !matches!(request, Request::Overrule(_)) => (true, "done".to_owned()),
            Answer::Done(done) => (true, done.clone()),
            Answer::Refused(why) => (false, without_ids(why)),
        };
        self.note(Entry::Answer { done, what });
        Ok(answer)
    }

    pub(super) async fn change(&mut self, change: &ChangeSettings) -> Result<(), SimulateError> {
        let path = self.home.root().join(&change.file.value);
        match (&change.text, &change.replace, &change.by) {
            (Some(text), ..) => fs::write(&path, text)?,
            (None, Some(from), Some(by)) => {
                let text = fs::read_to_string(&path)
                    .map_err(|error| Problem::new(change.file.place.clone(), format!("it cannot be read: {error}")))?;
                let count = text.matches(from.as_str()).count();
                if count != 1 {
                    let message = format!("this stands {count} times in {}, not once", change.file.value);
                    return Err(Problem::new(from.place.clone(), message).into());
                }
                fs::write(&path, text.replace(from.as_str(), by))?;
            }
            _ => fs::remove_file(&path)
                .map_err(|error| Problem::new(change.file.place.clone(), format!("it cannot go: {error}")))?,
        }
        let done = if path.exists() { "is another" } else { "is gone" };
        let file = &change.file.value;
        if self.process.is_none() {
            self.note(Entry::Change { what: format!("{file} {done}") });
            return Ok(());
        }
        let config = Config::load(self.home.root());
        let what = match &config {
            Ok(_) => format!("{file} {done}: in force"),
            Err(problems) => {
                let first = problems.clone().sorted().first().map(ToString::to_string).unwrap_or_default();
                format!("{file} {done}: broken, the old configuration stays in force: {first}")
            }
        };
        self.note(Entry::Change { what });
        let Some(running) = &mut self.process else { return Ok(()) };
        match config {
            Ok(config) => {
                running.app.set_config(Arc::new(config));
                (running.sender, running.queue) = sender(&running.app, &self.receivers, &self.now);
                steps::reevaluate(&running.app).await;
            }
            Err(problems) => steps::refuse_configuration(&running.app, problems).await,
        }
        self.record();
        Ok(())
    }
}

/// A text without ids, which are others in each run.
fn without_ids(text: &str) -> String {
    let is_id = |word: &str| Uuid::try_parse(word.trim_matches(|c: char| !c.is_ascii_alphanumeric())).is_ok();
    let words = text.split(' ').map(|word| if is_id(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}
