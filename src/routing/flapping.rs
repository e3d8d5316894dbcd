//! Alerts that fire and end again and again: said once to be flapping, and no more of each turn until they are steady.

use serde::Deserialize;

use crate::model::{Alert, AlertLine, AlertState, FlappingLine, Period};

/// From when on an alert is said to be flapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Flapping {
    /// How often it has fired and ended; 0: no alert is ever said to be flapping.
    pub times: u32,
    /// In how many periods.
    pub within: u32,
    /// After how many periods without a turn it is steady again.
    pub steady: u32,
}

impl Default for Flapping {
    fn default() -> Self {
        Self { times: 3, within: 12, steady: 2 }
    }
}

/// How an alert stands at a period that is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steadiness {
    /// It does not flap.
    Steady,
    /// It flaps since this period; so often it has fired and ended.
    Begins(usize),
    /// It flapped before this period already.
    Flaps,
    /// It flapped until this period.
    Ends,
}

impl Flapping {
    /// How an alert stands at the newest period, by the stretches of its life.
    #[must_use]
    pub fn at(self, alert: &Alert, newest: Period) -> Steadiness {
        match (self.turns(alert, newest.previous()), self.turns(alert, newest)) {
            (None, None) => Steadiness::Steady,
            (None, Some(times)) => Steadiness::Begins(times),
            (Some(_), Some(_)) => Steadiness::Flaps,
            (Some(_), None) => Steadiness::Ends,
        }
    }

    /// What people read of an alert that begins to flap.
    pub(super) fn line(self, line: AlertLine, times: usize, alert: &Alert) -> FlappingLine {
        let noun = |count: u32| alert.since.granularity().noun(count as usize);
        let now = if alert.state == AlertState::Firing { "in breach" } else { "not in breach" };
        let words = format!(
            "fired and ended {times} times in the last {} {}, and is {now} now; each turn is not said any more until it has \
             been steady for {} {}",
            self.within,
            noun(self.within),
            self.steady,
            noun(self.steady)
        );
        FlappingLine { line, words }
    }

    /// How often it has fired and ended, if it flaps at a period.
    fn turns(self, alert: &Alert, at: Period) -> Option<usize> {
        let ago = |period: Period| at.since(period).and_then(|ago| u32::try_from(ago).ok());
        let fired = || alert.episodes.iter().filter(|episode| episode.fired.is_some());
        let ended = fired().filter_map(|episode| ago(episode.resolved.as_ref()?.period));
        let ended: Vec<u32> = ended.filter(|ago| *ago < self.within).collect();
        let began = fired().filter_map(|episode| ago(episode.fired?));
        let last = ended.iter().copied().chain(began).min()?;
        let times = ended.len();
        (self.times > 0 && times >= self.times as usize && last < self.steady).then_some(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AlertId, AlertSeverity, Episode, Labels, Reading, Unit, Value};

    fn month(number: i32) -> Period {
        Period::month(2025, 1).expect("a month").minus(1 - number)
    }

    /// `b` in breach, `c` clear, from January 2025 on; an alert fires at once, and one clear month ends it.
    fn alert(months: &str) -> Alert {
        let reading = |at| Reading {
            period: at,
            value: Value::ABSENT,
            plan: Value::ABSENT,
            unit: Unit::Number,
            message: String::new(),
        };
        let mut episodes: Vec<Episode> = Vec::new();
        for (at, answer) in (1..).map(month).zip(months.chars()) {
            let open = episodes.last_mut().filter(|episode| episode.resolved.is_none());
            match (answer, open) {
                ('b', Some(open)) => open.last = reading(at),
                ('b', None) => episodes.push(Episode {
                    since: at,
                    fired: Some(at),
                    resolved: None,
                    last: reading(at),
                    before: None,
                }),
                (_, Some(open)) => open.resolved = Some(reading(at)),
                (_, None) => {}
            }
        }
        Alert {
            id: AlertId("a".to_owned()),
            rule: "r".to_owned(),
            dataset: "d".to_owned(),
            severity: AlertSeverity::Warning,
            state: AlertState::Firing,
            labels: Labels::new(),
            since: month(1),
            reading: reading(month(1)),
            cannot_tell: None,
            episodes,
            withdrawn: None,
        }
    }

    /// How it stands month after month, as each of them is the newest: `.` steady, `+` begins, `~` flaps, `-` ends.
    fn course(flapping: Flapping, months: &str) -> String {
        let at = |upto: usize| {
            let newest = month(i32::try_from(upto).expect("few"));
            match flapping.at(&alert(&months[..upto]), newest) {
                Steadiness::Steady => '.',
                Steadiness::Begins(_) => '+',
                Steadiness::Flaps => '~',
                Steadiness::Ends => '-',
            }
        };
        (1..=months.len()).map(at).collect()
    }

    #[test]
    fn three_turns_in_a_year_are_flapping_until_two_months_without_one() {
        let flapping = Flapping::default();
        assert_eq!(course(flapping, "bcbcbcbcbbbb"), ".....+~~~~-.");
        assert_eq!(course(flapping, "bcbcbcccc"), ".....+~-.");
        assert_eq!(course(flapping, "bbcbbcbbccc"), "........+~-", "however long it fires each time");
        assert_eq!(course(flapping, "bcccccbcccccbc"), "..............", "the first turn is more than a year ago");
        assert_eq!(course(flapping, "bcbcbcccbbcc"), ".....+~-+~+~".replace("+~+~", "+~~~"), "steady, and again");
        assert_eq!(course(Flapping { times: 0, ..flapping }, "bcbcbcbcbc"), "..........");
        assert_eq!(course(Flapping { times: 2, within: 6, steady: 1 }, "bcbccb"), "...+-+");
    }
}
