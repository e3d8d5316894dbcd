//! Files made of a text and figures, one a month.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::{
    model::{Calendar, Granularity, Missing, Period, Value},
    routing::Length,
};

use super::{
    scenario::{Checking, Content, Event, What, in_london},
    settings::{Arrival, MonthsSettings},
};

impl Checking<'_> {
    /// The files of the months, each when it comes by the wall calendar.
    pub(super) fn months(&mut self, settings: &MonthsSettings) -> Vec<Event> {
        if settings.from.granularity() != Granularity::Month {
            self.problem(&settings.from.place, "write a month: 2025-04");
            return Vec::new();
        }
        if Path::new(settings.name.as_str()).file_name() != Some(settings.name.as_str().as_ref()) {
            self.problem(&settings.name.place, "this is no name of a file");
        }
        for (name, _) in settings.values.iter() {
            if !settings.text.contains(&format!("{{{}}}", name.value)) {
                self.problem(&name.place, format!("the text has no {{{}}}", name.value));
            }
        }
        let count = settings.values.iter().map(|(_, figures)| figures.0.len()).max().unwrap_or(0);
        if count == 0 {
            self.problem(&settings.from.place, "no month has a figure");
        }
        let mut but = settings.but.clone();
        let (mut events, mut month) = (Vec::new(), settings.from.value);
        for nth in 0..count {
            let name = month.to_string();
            let exception = but.0.iter().position(|(key, _)| key.value == name).map(|at| but.0.remove(at).1);
            let at = match exception.as_ref().map(|arrival| arrival.value) {
                Some(Arrival::Never) => None,
                Some(Arrival::At(moment)) => in_london(moment.time),
                None => arrives(settings.arrives.value, month, self.calendar),
            };
            if let Some(at) = at {
                let content = Content::Text(text(settings, month, nth).into());
                let what = What::Drop { name: settings.name.replace("{month}", &name), content };
                events.push(Event { at, place: settings.name.place.clone(), what });
            }
            month = month.next();
        }
        for (left, _) in but.iter() {
            self.problem(&left.place, format!("`{}` is not one of the {count} months", left.value));
        }
        events
    }
}

/// The events with the files of months among them. These come when the wall calendar says so, wherever the clock of the
/// machine stands then.
pub(super) fn together(events: Vec<Event>, mut months: Vec<Event>) -> Vec<Event> {
    months.sort_by_key(|month| month.at);
    let (mut months, mut all, mut ahead) = (months.into_iter().peekable(), Vec::new(), SignedDuration::ZERO);
    let shown = |month: Event, ahead| Event { at: month.at.saturating_add(ahead).unwrap_or(month.at), ..month };
    for event in events {
        let is_before = |month: &Event| event.at.duration_since(month.at) > ahead;
        while let Some(month) = months.next_if(is_before) {
            all.push(shown(month, ahead));
        }
        ahead += event.ends().duration_since(event.at);
        all.push(event);
    }
    all.extend(months.map(|month| shown(month, ahead)));
    all
}

/// A month's file, its figures put in.
fn text(settings: &MonthsSettings, month: Period, nth: usize) -> String {
    let mut text = settings.text.replace("{month}", &month.to_string());
    for (name, figures) in settings.values.iter() {
        let figure = match figures.0.get(nth) {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Missing { missing: Missing::Suppressed }) => "*".to_owned(),
            Some(Value::Bound(bound)) => bound.write(|end| end.to_string()),
            Some(Value::Missing { .. }) | None => String::new(),
        };
        text = text.replace(&format!("{{{}}}", name.value), &figure);
    }
    text
}

/// So long after the end of a month; days of the clock are counted from nine in the morning of its last day.
fn arrives(after: Length, month: Period, calendar: &Calendar) -> Option<Timestamp> {
    Some(after.after(in_london(month.end().at(9, 0, 0, 0))?, calendar))
}
