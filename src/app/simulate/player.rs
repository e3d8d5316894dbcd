//! What happens at each moment of the simulation's clock, over a home of its own.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use crate::{
    app::home::Home,
    model::{SilenceId, matcher::Condition},
    store::Commit,
};

use super::{
    SimulateError,
    ledger::{Entry, Line},
    process::Running,
    receivers::Receivers,
    recorder::Recorder,
    scenario::{Content, What},
    settings::{Answering, Process},
};

/// The folder of the home into which files are dropped, whatever the configuration says: a simulation touches no other.
pub(super) const DROP: &str = "drop";
/// A process that asks to be woken so often at one moment goes round in circles.
const OFTEN: u32 = 1000;

/// A home that is played.
pub struct Player {
    pub(super) home: Home,
    pub(super) now: Arc<Mutex<Timestamp>>,
    pub(super) receivers: Receivers,
    pub(super) commits: Arc<Mutex<Vec<Commit>>>,
    pub(super) recorder: Recorder,
    /// The process, while it runs.
    pub(super) process: Option<Running>,
    /// Whether the process is killed after each of its steps.
    pub(super) killed: bool,
    /// Files were dropped that nobody has looked at.
    dropped: bool,
    /// How many files were claimed.
    pub(super) claims: u64,
    /// Silences by the names that the scenario gives them; none of those that were refused.
    pub(super) silences: BTreeMap<String, Option<SilenceId>>,
}

impl Player {
    /// A home in which nothing has happened yet.
    ///
    /// # Errors
    /// The home cannot be used.
    pub async fn begin(home: Home, starts: Timestamp, killed: bool) -> Result<Self, SimulateError> {
        let mut player = Self {
            home,
            now: Arc::new(Mutex::new(starts)),
            receivers: Receivers::default(),
            commits: Arc::default(),
            recorder: Recorder::default(),
            process: None,
            killed,
            dropped: false,
            claims: 0,
            silences: BTreeMap::new(),
        };
        fs::create_dir_all(player.home.root().join(DROP))?;
        player.start().await?;
        player.work().await?;
        Ok(player)
    }

    /// Lets time pass until a moment, waking the process whenever it asks for it.
    ///
    /// # Errors
    /// The process fails, or goes round in circles.
    pub async fn pass(&mut self, until: Timestamp) -> Result<(), SimulateError> {
        if until > self.now() {
            self.settle().await?;
        }
        let mut often = 0;
        while let Some(next) = self.next().await?.filter(|next| *next <= until) {
            often = if next > self.now() { 0 } else { often + 1 };
            if often > OFTEN {
                return Err(SimulateError::Circles(self.now()));
            }
            self.set(next.max(self.now()));
            self.work().await?;
        }
        self.set(until.max(self.now()));
        Ok(())
    }

    /// Looks at what was dropped.
    ///
    /// # Errors
    /// The process fails.
    pub async fn settle(&mut self) -> Result<(), SimulateError> {
        if std::mem::take(&mut self.dropped) { self.work().await } else { Ok(()) }
    }

    /// The end: the ledger.
    ///
    /// # Errors
    /// The process fails.
    pub async fn end(mut self) -> Result<Vec<Line>, SimulateError> {
        self.settle().await?;
        self.stop().await;
        Ok(self.recorder.lines())
    }

    /// Lets something happen now.
    ///
    /// # Errors
    /// It cannot, or the process fails.
    pub async fn happen(&mut self, what: &What) -> Result<(), SimulateError> {
        if !matches!(what, What::Drop { .. }) {
            self.settle().await?;
        }
        match what {
            What::Drop { name, content } => return self.drop(name, content),
            What::Silence(asked) => self.silence(asked).await?,
            What::Expire(name) => self.expire(name).await?,
            What::Act(kind, asked) => self.act(*kind, asked).await?,
            What::Overrule(action, asked) => self.overrule(*action, asked).await?,
            What::Receivers(who, how) => self.answer(who.as_ref().map(ToString::to_string), *how, who.clone()),
            What::Process(process) => self.process(*process).await?,
            What::Clock(set) => {
                let before = self.now();
                self.set(*set);
                self.note(Entry::Clock { before });
            }
            What::Change(change) => self.change(change).await?,
        }
        self.work().await
    }

    pub(super) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, moment: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }

    pub(super) fn note(&mut self, entry: Entry) {
        self.recorder.note(self.now(), entry);
    }

    fn drop(&mut self, name: &str, content: &Content) -> Result<(), SimulateError> {
        let place = self.home.root().join(DROP).join(name);
        match content {
            Content::Of(path) => drop(fs::copy(path, place)?),
            Content::Text(text) => fs::write(place, text.as_bytes())?,
        }
        self.note(Entry::Drop { file: name.to_owned() });
        self.dropped = true;
        Ok(())
    }

    fn answer(&mut self, who: Option<String>, how: Answering, condition: Option<Condition>) {
        let who = who.map_or_else(|| "all".to_owned(), |who| who.trim_start_matches('=').trim_matches('"').to_owned());
        self.note(Entry::Receivers { what: format!("{who}: {}", how.word()) });
        self.receivers.answer(condition, how);
    }

    async fn process(&mut self, process: Process) -> Result<(), SimulateError> {
        let what = match process {
            Process::Restarted => "restarted",
            Process::Killed => "killed, and started",
            Process::Stopped => "stopped",
            Process::Started => "started",
        };
        self.note(Entry::Process { what });
        match process {
            Process::Restarted => {
                self.stop().await;
                self.start().await
            }
            Process::Killed => {
                self.process = None;
                self.start().await
            }
            Process::Stopped => {
                self.stop().await;
                Ok(())
            }
            Process::Started => self.start().await,
        }
    }
}
