//! A scenario, checked: every event with its moment.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::DateTime};

use crate::{
    model::{ActKind, Action, Calendar, calendar::london, matcher::Condition},
    yaml::{Located, Place, Problem, Problems, SourceFile, decode, parse},
};

use super::{
    expected::Expected,
    months::together,
    settings::{
        ActSettings, Answering, ChangeSettings, EventSettings, Moment, OverruleSettings, Process, ScenarioFile,
        SilenceSettings,
    },
};

/// A larger file is none that somebody drops in a scenario.
const LARGEST: u64 = 1 << 30;
/// The longest stretch of time that is played.
const LONGEST: SignedDuration = SignedDuration::from_hours(20 * 366 * 24);

/// What happens, in order, and what must come of it.
#[derive(Debug)]
pub struct Scenario {
    /// When it begins.
    pub starts: Timestamp,
    /// When it ends, by the clock as it stands then.
    pub ends: Timestamp,
    /// What happens.
    pub events: Vec<Event>,
    /// What the ledger must say.
    pub expected: Expected,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub struct Event {
    /// When, by the clock as it stands then.
    pub at: Timestamp,
    /// Where it is written.
    pub place: Place,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Debug, Clone)]
pub enum What {
    /// A file is dropped.
    Drop {
        /// Its name.
        name: String,
        /// What is in it.
        content: Content,
    },
    /// Somebody silences alerts.
    Silence(SilenceSettings),
    /// Somebody ends the silence of this name.
    Expire(Located<String>),
    /// Somebody does something about alerts.
    Act(ActKind, ActSettings),
    /// Somebody decides over the gate.
    Overrule(Action, OverruleSettings),
    /// Receivers answer otherwise from now on.
    Receivers(Option<Condition>, Answering),
    /// The process ends or begins.
    Process(Process),
    /// The clock is set to this moment.
    Clock(Timestamp),
    /// A file of the home changes, and the configuration is read again.
    Change(ChangeSettings),
}

/// What is in a file that is dropped.
#[derive(Debug, Clone)]
pub enum Content {
    /// What this file has.
    Of(PathBuf),
    /// This text.
    Text(Arc<str>),
}

/// Reads a scenario. `calendar` says which days are worked.
///
/// # Errors
/// The file cannot be read, or every mistake in it.
pub fn load(path: &Path, calendar: &Calendar) -> Result<Scenario, Problems> {
    let text = fs::read_to_string(path);
    let file = |text| Arc::new(SourceFile { path: path.to_owned(), text });
    let text = text.map_err(|error| {
        Problems::from(Problem::new(Place::start_of(&file(String::new())), format!("it cannot be read: {error}")))
    })?;
    let settings: ScenarioFile = decode(&parse(&file(text))?)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
    Checking { folder, calendar, runs: true, problems: Problems::default() }.scenario(settings)
}

pub(super) struct Checking<'a> {
    folder: PathBuf,
    pub(super) calendar: &'a Calendar,
    /// Whether the process runs at the event that is read.
    runs: bool,
    problems: Problems,
}

impl Checking<'_> {
    fn scenario(mut self, settings: ScenarioFile) -> Result<Scenario, Problems> {
        let starts = self.moment(&settings.starts);
        let events = self.events(settings.events, starts);
        let months: Vec<Event> = settings.months.iter().flat_map(|months| self.months(months)).collect();
        let events = together(events, months);
        if let Some(early) = events.first().filter(|event| event.at < starts) {
            self.problem(&early.place, "this is before the scenario begins");
        }
        let last = events.last().map_or(starts, Event::ends);
        let ends = settings.ends.as_ref().map_or(last, |ends| self.moment(ends));
        if let Some(written) = settings.ends.as_ref().filter(|_| ends < last) {
            self.problem(&written.place, "the last event is later than this");
        }
        if ends.duration_since(starts) > LONGEST {
            self.problem(&settings.starts.place, "more than twenty years are not played");
        }
        let expected = self.problems.take(Expected::check(settings.expect));
        match expected {
            Some(expected) if self.problems.is_empty() => Ok(Scenario { starts, ends, events, expected }),
            _ => Err(self.problems),
        }
    }

    pub(super) fn problem(&mut self, place: &Place, message: impl Into<String>) {
        self.problems.push(Problem::new(place.clone(), message));
    }

    /// The moment that is written, in London.
    fn moment(&mut self, written: &Located<Moment>) -> Timestamp {
        in_london(written.time).unwrap_or_else(|| {
            self.problem(&written.place, "no calendar goes so far");
            Timestamp::UNIX_EPOCH
        })
    }

    fn events(&mut self, settings: Vec<Located<EventSettings>>, starts: Timestamp) -> Vec<Event> {
        let (mut events, mut now) = (Vec::new(), starts);
        for written in settings {
            let at = match (&written.at, &written.after) {
                (Some(at), None) => self.moment(at),
                (None, Some(length)) => length.after(now, self.calendar),
                (None, None) => now,
                (Some(_), Some(after)) => {
                    self.problem(&after.place, "`at` or `after`, not both");
                    now
                }
            };
            if at < now {
                self.problem(&written.place, "this is before the event above it; events stand in their order");
            }
            if let Some(what) = self.what(&written, at) {
                let event = Event { at, place: written.place.clone(), what };
                now = event.ends();
                events.push(event);
            }
        }
        events
    }

    fn what(&mut self, written: &Located<EventSettings>, at: Timestamp) -> Option<What> {
        let event = &written.value;
        let things = event.named_things();
        let [_] = things.as_slice() else {
            let message = match things.as_slice() {
                [] => {
                    "nothing happens here: an event says one of drop, silence, expire, release, withdraw, receivers, \
                       process, clock and change"
                        .to_owned()
                }
                several => format!("{} do not happen at once: an event of its own for each", several.join(" and ")),
            };
            self.problem(&written.place, message);
            return None;
        };
        for alone in [&event.named, &event.text].into_iter().flatten().filter(|_| event.drop.is_none()) {
            self.problem(&alone.place, "only a file that is dropped has a name and a text");
        }
        if let Some(drop) = &event.drop {
            return self.drop(drop, event);
        }
        if let Some(silence) = &event.silence {
            return Some(What::Silence(silence.clone()));
        }
        if let Some((kind, settings)) = event.act() {
            return Some(What::Act(kind, settings.clone()));
        }
        if let Some((action, settings)) = event.overruling() {
            return Some(What::Overrule(action, settings.clone()));
        }
        if let Some(clock) = &event.clock {
            return Some(What::Clock(self.set(clock.jump(), at, &written.place)));
        }
        if let Some(receivers) = &event.receivers {
            return Some(What::Receivers(receivers.who.clone(), receivers.are));
        }
        if let Some(change) = &event.change {
            return self.change(change);
        }
        if let Some(process) = event.process {
            self.process(process, &written.place);
        }
        let expire = event.expire.clone().map(What::Expire);
        expire.or_else(|| event.process.map(What::Process))
    }

    fn process(&mut self, process: Process, place: &Place) {
        if self.runs == (process == Process::Started) {
            let stands = if self.runs { "runs already" } else { "does not run" };
            self.problem(place, format!("the process {stands} here"));
        }
        self.runs = process != Process::Stopped;
    }

    fn drop(&mut self, drop: &Located<String>, event: &EventSettings) -> Option<What> {
        let name = event.named.as_ref().unwrap_or(drop);
        let own = Path::new(name.as_str()).file_name().and_then(|name| name.to_str());
        let Some(own) = own.filter(|own| event.named.is_none() || *own == name.as_str()) else {
            self.problem(&name.place, "this is no name of a file");
            return None;
        };
        let content = match &event.text {
            Some(text) => Content::Text(text.as_str().into()),
            None => Content::Of(self.folder.join(drop.as_str())),
        };
        if let Content::Of(path) = &content {
            let metadata = fs::metadata(path);
            let wrong = match &metadata {
                Err(error) => Some(format!("there is no such file: {} ({error})", path.display())),
                Ok(metadata) if !metadata.is_file() => Some(format!("{} is no file", path.display())),
                Ok(metadata) if metadata.len() > LARGEST => Some(format!("{} is too large", path.display())),
                Ok(_) => None,
            };
            if let Some(wrong) = wrong {
                self.problem(&drop.place, wrong);
                return None;
            }
        }
        Some(What::Drop { name: own.to_owned(), content })
    }

    fn set(&mut self, (length, forward): (std::time::Duration, bool), at: Timestamp, place: &Place) -> Timestamp {
        let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
        let set = if forward { at.checked_add(length) } else { at.checked_sub(length) };
        set.unwrap_or_else(|_| {
            self.problem(place, "no calendar goes so far");
            at
        })
    }

    fn change(&mut self, change: &ChangeSettings) -> Option<What> {
        let path = Path::new(change.file.as_str());
        let inside = path.components().all(|part| matches!(part, std::path::Component::Normal(_)))
            && ["config", "rules"].iter().any(|folder| path.starts_with(folder));
        if !inside {
            self.problem(&change.file.place, "only files of `config/` and `rules/` change: rules/les.yaml");
        }
        let fits = match (&change.text, &change.replace, &change.by) {
            (Some(_) | None, None, None) | (None, Some(_), Some(_)) => true,
            _ => {
                self.problem(
                    &change.file.place,
                    "either `text`, or `replace` and `with`, or (of a file that goes) none of them",
                );
                false
            }
        };
        (inside && fits).then(|| What::Change(change.clone()))
    }
}

impl Event {
    /// What the clock shows when it has happened.
    pub(super) fn ends(&self) -> Timestamp {
        if let What::Clock(set) = self.what { set } else { self.at }
    }
}

/// The moment at which a clock in London shows this.
#[must_use]
pub fn in_london(time: DateTime) -> Option<Timestamp> {
    time.to_zoned(london()).ok().map(|zoned| zoned.timestamp())
}

/// The last moment of a day that is written without a time; the moment otherwise.
#[must_use]
pub fn end_of(moment: Moment) -> Option<Timestamp> {
    if !moment.is_day {
        return in_london(moment.time);
    }
    let next = moment.time.date().checked_add(1.day()).ok()?;
    in_london(next.at(0, 0, 0, 0))?.checked_sub(SignedDuration::from_millis(1)).ok()
}

/// The first moment of a day that is written without a time; the moment otherwise.
#[must_use]
pub fn beginning_of(moment: Moment) -> Option<Timestamp> {
    let time = if moment.is_day { moment.time.date().at(0, 0, 0, 0) } else { moment.time };
    in_london(time)
}
