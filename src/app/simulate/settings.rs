//! A scenario as it is written.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Deserializer, de};

use crate::{
    model::{ActKind, Action, Period, matcher::Condition, written_as},
    outbox::FriendlyDuration,
    routing::Length,
    rules::Figures,
    yaml::{Entries, Located},
};

/// What happens in a simulation, and what must come of it.
///
/// Times are London's: a day (nine in the morning) or a day and a time, as the clock of the machine shows it then.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// When it begins: `2025-04-01`, or `2025-04-01 08:30`.
    pub starts: Located<Moment>,
    /// When it ends. Without it, with the last event.
    #[serde(default)]
    pub ends: Option<Located<Moment>>,
    /// Files made of a text and figures, one a month.
    #[serde(default)]
    pub months: Vec<MonthsSettings>,
    /// What happens, in this order.
    #[serde(default)]
    pub events: Vec<Located<EventSettings>>,
    /// What the ledger must say.
    #[serde(default)]
    pub expect: ExpectSettings,
}

/// Files made of a text and figures, one a month.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthsSettings {
    /// The first month: `2025-04`.
    pub from: Located<Period>,
    /// The name of each file; `{month}` stands for `2025-04`.
    pub name: Located<String>,
    /// What stands in each file: `{month}`, and `{NAME}` for the month's figure of that name.
    pub text: Located<String>,
    /// The figures of each name, a month after the other, as in the tests of rules: `61 59 _ 60`, `100x5`.
    pub values: Entries<Located<Figures>>,
    /// How long after its end each month's file is dropped: `12 days` (at nine), `10 working days`.
    pub arrives: Located<Length>,
    /// Months whose file is dropped at another time, or `never`.
    #[serde(default)]
    pub but: Entries<Located<Arrival>>,
}

/// One thing that happens.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EventSettings {
    /// When. An event without `at` and `after` happens together with the one before it.
    pub at: Option<Located<Moment>>,
    /// How long after the event before it: `2h`, `3 days`, `3 working days` (at nine).
    pub after: Option<Located<Length>>,
    /// A file is dropped: its path, from the folder of the scenario; or its name, where `text` says what is in it. Files
    /// that are dropped one after another at the same moment are found together.
    pub drop: Option<Located<String>>,
    /// The name that the dropped file has, if it is not its own.
    #[serde(rename = "as")]
    pub named: Option<Located<String>>,
    /// What stands in the dropped file.
    pub text: Option<Located<String>>,
    /// Somebody silences alerts.
    pub silence: Option<SilenceSettings>,
    /// Somebody ends a silence, which has this name.
    pub expire: Option<Located<String>>,
    /// Somebody acknowledges alerts.
    pub acknowledge: Option<ActSettings>,
    /// Somebody says something of alerts.
    pub comment: Option<ActSettings>,
    /// Somebody gives alerts to somebody.
    pub assign: Option<ActSettings>,
    /// Somebody sets the day on which alerts are to be looked at again.
    pub review: Option<ActSettings>,
    /// Somebody releases a file that was held back.
    pub release: Option<OverruleSettings>,
    /// Somebody takes a published file back.
    pub withdraw: Option<OverruleSettings>,
    /// Receivers answer otherwise from now on.
    pub receivers: Option<ReceiversSettings>,
    /// The process ends or begins.
    pub process: Option<Process>,
    /// The clock of the machine is set.
    pub clock: Option<ClockSettings>,
    /// A file of the configuration or rules changes, and the configuration is read again.
    pub change: Option<ChangeSettings>,
}

/// A silence that somebody asks for.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SilenceSettings {
    /// What the alerts have, all of it: `contract="Dementia"`.
    pub matchers: Vec<String>,
    /// Until when; a day belongs to it as a whole.
    pub until: Located<Moment>,
    /// From when, if not at once.
    #[serde(default)]
    pub from: Option<Located<Moment>>,
    /// Who asks for it.
    pub by: String,
    /// Why.
    pub comment: String,
    /// What it is called when it is ended (`expire`).
    #[serde(default)]
    pub name: Option<Located<String>>,
}

/// What somebody does about alerts.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActSettings {
    /// Which: what alerts that fire have, all of it (`rule="below"`, `site="North"`); or ids.
    pub alerts: Vec<String>,
    /// Who does it.
    pub by: String,
    /// What is said with it.
    #[serde(default)]
    pub comment: String,
    /// Whom they are given to.
    #[serde(default)]
    pub to: Option<String>,
    /// When they are to be looked at again.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub review: Option<Date>,
}

/// What somebody decides over the gate.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverruleSettings {
    /// The name of the file; the newest delivery of that name.
    pub file: Located<String>,
    /// Of which of its tables, where it has several.
    #[serde(default)]
    pub table: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decides.
    pub by: String,
}

/// How receivers answer.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiversSettings {
    /// Which: addresses or URLs, `*` for any text. All when left out.
    #[serde(default)]
    pub who: Option<Condition>,
    /// How they answer.
    pub are: Answering,
}

/// How a receiver answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answering {
    /// It takes what comes.
    Up,
    /// It cannot be reached.
    Down,
    /// It is there and fails (500).
    Failing,
    /// It asks to be left alone for an hour (429).
    Busy,
    /// It refuses for good (an address that is not known).
    Refusing,
    /// It is gone for good (410).
    Gone,
    /// It takes the message, and its answer is lost.
    Forgetful,
}

/// What happens to the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Process {
    /// It is stopped, and begins again at once.
    Restarted,
    /// It ends without goodbye, and begins again at once.
    Killed,
    /// It is stopped.
    Stopped,
    /// It begins again.
    Started,
}

/// How far the clock is set.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockSettings {
    /// Forward: `31 days`. Nothing happens in between: the moments were never there.
    Forward(Located<FriendlyDuration>),
    /// Back.
    Back(Located<FriendlyDuration>),
}

/// A file that changes.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSettings {
    /// The file, from the home: `rules/les.yaml`.
    pub file: Located<String>,
    /// What it says from now on; without any of these it is gone.
    #[serde(default)]
    pub text: Option<String>,
    /// A text that stands in it once.
    #[serde(default)]
    pub replace: Option<Located<String>>,
    /// What stands there instead.
    #[serde(default, rename = "with")]
    pub by: Option<String>,
}

/// What the ledger must say. Its lines are those that the table shows; how far the words stand apart does not matter, `*`
/// stands for any text, and a line that begins with `#` is a remark.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectSettings {
    /// Lines that are there, in this order.
    pub ledger: Option<Located<String>>,
    /// Kinds of line (`alert`, `told`, …) of which `ledger` names every one.
    pub complete: Vec<Located<String>>,
    /// Lines that are not there.
    pub never: Option<Located<String>>,
}

/// A moment as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day, and the time: nine in the morning when none is given.
    pub time: DateTime,
    /// Whether a day alone is written.
    pub is_day: bool,
}

/// When a month's file comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// At this time.
    At(Moment),
    /// Never.
    Never,
}

impl std::str::FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no moment: write a day (2025-05-12) or a day and a time (2025-05-12 10:00)");
        let is_day = text.len() == 10;
        let day: jiff::civil::Date = text.get(..10).and_then(|day| day.parse().ok()).ok_or_else(wrong)?;
        if is_day {
            return Ok(Self { time: day.at(9, 0, 0, 0), is_day });
        }
        let time = text.get(10..).and_then(|rest| rest.strip_prefix([' ', 'T'])).ok_or_else(wrong)?;
        let time: jiff::civil::Time = time.trim_start().parse().map_err(|_| wrong())?;
        Ok(Self { time: day.to_datetime(time), is_day })
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Arrival {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "never" {
            return Ok(Self::Never);
        }
        text.parse().map(Self::At).map_err(|why| de::Error::custom(format!("{why}, or `never`")))
    }
}

written_as! { Moment, {
    "type": "string",
    "pattern": "^\\d{4}-\\d{2}-\\d{2}([ T]+\\d{2}:\\d{2}(:\\d{2})?)?$",
    "description": "A day (2025-05-12: nine in the morning) or a day and a time (2025-05-12 10:00), in London"
} }

written_as! { Arrival, {
    "type": "string",
    "pattern": "^(never|\\d{4}-\\d{2}-\\d{2}([ T]+\\d{2}:\\d{2}(:\\d{2})?)?)$",
    "description": "A day or a day and a time, in London; or never"
} }

impl ClockSettings {
    /// How far, and whether forward.
    #[must_use]
    pub fn jump(&self) -> (Duration, bool) {
        match self {
            Self::Forward(length) => (length.value.get(), true),
            Self::Back(length) => (length.value.get(), false),
        }
    }
}

impl EventSettings {
    /// What happens: the setting's name for each that is given.
    pub(super) fn named_things(&self) -> Vec<&'static str> {
        [
            ("drop", self.drop.is_some()),
            ("silence", self.silence.is_some()),
            ("expire", self.expire.is_some()),
            ("acknowledge", self.acknowledge.is_some()),
            ("comment", self.comment.is_some()),
            ("assign", self.assign.is_some()),
            ("review", self.review.is_some()),
            ("release", self.release.is_some()),
            ("withdraw", self.withdraw.is_some()),
            ("receivers", self.receivers.is_some()),
            ("process", self.process.is_some()),
            ("clock", self.clock.is_some()),
            ("change", self.change.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }

    /// What is done about alerts, if anything is.
    pub(super) fn act(&self) -> Option<(ActKind, &ActSettings)> {
        [
            (ActKind::Acknowledged, &self.acknowledge),
            (ActKind::Commented, &self.comment),
            (ActKind::Assigned, &self.assign),
            (ActKind::ReviewSet, &self.review),
        ]
        .into_iter()
        .find_map(|(kind, settings)| Some((kind, settings.as_ref()?)))
    }

    /// What is decided over the gate, if anything is.
    pub(super) fn overruling(&self) -> Option<(Action, &OverruleSettings)> {
        let release = self.release.as_ref().map(|settings| (Action::Release, settings));
        release.or_else(|| self.withdraw.as_ref().map(|settings| (Action::Withdraw, settings)))
    }
}
