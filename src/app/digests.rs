//! The exception report of a group, so many working days before its papers are due.
//!
//! A deadline is noted as awaited when it is the next one, and as given with the notice of its report, in one commit: so it is
//! given once, whatever becomes of the process, the clock or the settings. One that passed while it was awaited is over. A
//! report for a deadline that is none any more counts for the deadline in its place, if that one's report would have been made
//! before the old day was over.

use jiff::{Timestamp, ToSpan, civil::Date};

use crate::{
    config::{Config, DigestSettings},
    model::{
        Calendar, CommitteeReport, Content, Deadlines, Digest, Period,
        calendar::{MORNING, day_in_london, hour_in_london, in_words},
    },
    store::{Commit, DeadlineStep, KeptDeadline, Store, StoreError},
};

use super::{App, error::CycleError, reporting};

/// How many days a deadline is moved at most; one that is farther away is another.
const AROUND: i32 = 40;

/// The next report of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The day on which papers are due.
    pub due: Date,
    /// When the report is made.
    pub at: Timestamp,
}

/// Gives the groups whose papers are due soon the exception report. Answers with the next moment at which one is to be given.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn tell(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (config, now, kept) = (app.config(), app.now(), app.store.deadlines().await?);
    let (mut commit, mut next) = (Commit::at(now), None);
    for known in kept.iter().filter(|known| !known.given) {
        settle(&config, &kept, known, now, &mut commit);
    }
    let mut due_now = Vec::new();
    for (group, settings) in digests(&config) {
        let Some(planned) = Deadlined::of(&config, group, settings, &kept).next(now) else { continue };
        if !kept.iter().any(|known| known.group == group && known.due == planned.due) {
            commit.deadlines.push((group.to_owned(), planned.due, DeadlineStep::Awaited));
        }
        if planned.at > now {
            next = [next, Some(planned.at)].into_iter().flatten().min();
        } else {
            due_now.push((group, settings, planned.due));
        }
    }
    if !commit.deadlines.is_empty() {
        app.store.commit(&commit).await?;
    }
    for (group, settings, due) in due_now {
        let period = newest_month(&config, &app.store, group).await?;
        // Without figures it waits for them, until the deadline.
        let Some(report) = reporting::report(app, &config, group, period).await? else { continue };
        let period = report.period;
        let note = |commit: &mut Commit, notice| {
            commit.deadlines.push((group.to_owned(), due, DeadlineStep::Given(notice)));
        };
        reporting::say(app, &config, group, content(settings, due, report), note).await?;
        tracing::info!(group, %period, %due, "the exception report was sent, before papers are due");
    }
    Ok(next)
}

/// What is said to a group.
#[must_use]
pub fn content(settings: &DigestSettings, due: Date, report: CommitteeReport) -> Content {
    Content::Digest(Digest { due, attach: settings.attached(), not_made: Vec::new(), report })
}

/// The newest month that a group has figures of.
///
/// # Errors
/// The store fails.
pub async fn newest_month(config: &Config, store: &Store, group: &str) -> Result<Option<Period>, StoreError> {
    let months = reporting::months(config, store, group).await?;
    Ok(months.into_iter().flatten().map(|(period, _)| period).max())
}

/// The next report of each group that has one, by what is known now; none for a group whose days are all over.
#[must_use]
pub fn planned(config: &Config, kept: &[KeptDeadline], now: Timestamp) -> Vec<(String, Option<Planned>)> {
    let plan = |(group, settings): (&str, &DigestSettings)| {
        (group.to_owned(), Deadlined::of(config, group, settings, kept).next(now))
    };
    digests(config).map(plan).collect()
}

fn digests(config: &Config) -> impl Iterator<Item = (&str, &DigestSettings)> {
    config.groups.iter().filter_map(|(id, group)| Some((id.as_str(), group.digest.as_ref()?)))
}

/// What becomes of a deadline that was awaited and is over, or is none any more.
fn settle(config: &Config, kept: &[KeptDeadline], known: &KeptDeadline, now: Timestamp, commit: &mut Commit) {
    let group = known.group.as_str();
    let settings = config.groups.get(group).and_then(|group| group.digest.as_ref());
    let of_group = settings.map(|settings| Deadlined::of(config, group, settings, kept));
    match of_group {
        Some(of_group) if of_group.is_deadline(known.due) => {
            if !of_group.is_over(known.due, now) {
                return;
            }
            for due in of_group.missed(known.due, now).map(in_words) {
                tracing::warn!(
                    group,
                    "no exception report was sent for papers due on {due}: the deadline passed while nothing ran, or while \
                     there were no figures; `bellwether report --group {group}` makes one"
                );
            }
        }
        _ => tracing::info!(group, due = %known.due, "papers are not due then any more: no report is made for it"),
    }
    commit.deadlines.push((group.to_owned(), known.due, DeadlineStep::Over));
}

/// A group's deadlines, with what it was given.
struct Deadlined<'a> {
    deadlines: Deadlines,
    calendar: &'a Calendar,
    given: Vec<Date>,
}

impl<'a> Deadlined<'a> {
    fn of(config: &'a Config, group: &str, settings: &DigestSettings, kept: &[KeptDeadline]) -> Self {
        let given = kept.iter().filter(|known| known.group == group && known.given).map(|known| known.due).collect();
        Self { deadlines: settings.deadlines(), calendar: config.calendar_of(group), given }
    }

    fn is_deadline(&self, day: Date) -> bool {
        self.deadlines.is_one(day, self.calendar)
    }

    /// The next deadline that nothing was given for and that can still be kept.
    fn next(&self, now: Timestamp) -> Option<Planned> {
        let ahead = self.deadlines.from(day_in_london(now), self.calendar);
        let mut open = ahead.filter(|due| !self.is_served(*due));
        open.find_map(|due| {
            let at = self.at(due, now);
            (day_in_london(at) <= due).then_some(Planned { due, at })
        })
    }

    /// When the report for a deadline is to be made: nine o'clock on its day, or, where that is past, as soon as people work.
    fn at(&self, due: Date, now: Timestamp) -> Timestamp {
        let day = self.deadlines.made_on(due, self.calendar);
        let morning = hour_in_london(day, MORNING).unwrap_or(Timestamp::MAX);
        if morning > now { morning } else { self.calendar.at_work(now) }
    }

    /// Whether its report was given, or one for a day that was moved to it.
    fn is_served(&self, due: Date) -> bool {
        let moved = |given: Date| {
            !self.is_deadline(given)
                && self.deadlines.made_on(due, self.calendar) <= given
                && self.nearest(given) == Some(due)
        };
        self.given.iter().any(|given| *given == due || moved(*given))
    }

    /// The deadline that stands in the place of a day that is none any more.
    fn nearest(&self, gone: Date) -> Option<Date> {
        let around = self.deadlines.from(gone.saturating_sub(AROUND.days()), self.calendar);
        let around = around.take_while(|due| *due <= gone.saturating_add(AROUND.days()));
        around.filter(|due| !self.given.contains(due)).min_by_key(|due| due.duration_since(gone).abs())
    }

    fn is_over(&self, due: Date, now: Timestamp) -> bool {
        day_in_london(self.calendar.at_work(now)) > due
    }

    /// The deadlines from one on that are over and for which nothing was given.
    fn missed(&self, first: Date, now: Timestamp) -> impl Iterator<Item = Date> {
        let ahead = self.deadlines.from(first, self.calendar);
        ahead.take_while(move |due| self.is_over(*due, now)).filter(|due| !self.is_served(*due))
    }
}
