//! Runs the cases of `tests/cases/rules/lives.md` and `roll_up.md`: what becomes of the alerts of a rule as periods arrive.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use crate::{
    app::evaluate::{Matter, evaluate},
    model::{Alert, AlertState, Cause, History, Labels},
    routing::Told,
    rules::literate::{BLOCKS, LIVES, Prepared, ROLL_UP, prepare},
    yaml::literate::{assert_said, pages, written},
};

/// How alerts stand after each period, with what `more` says of each: one that ended is said once.
fn lives(prepared: &Prepared, more: impl Fn(&Told) -> String) -> String {
    let (all, rules) = (prepared.history(), [Arc::new(prepared.rule.clone())]);
    let (mut history, mut known, mut text) = (History::default(), Vec::<Alert>::new(), String::new());
    let mut stood: BTreeMap<Labels, AlertState> = BTreeMap::new();
    for period in &all.periods {
        history.periods.insert(*period);
        for series in all.series() {
            if let Some(figure) = series.at(*period) {
                history.insert(series.key.clone(), series.better, *period, figure);
            }
        }
        let matter = Matter {
            dataset: "here",
            rules: &rules,
            history: &Arc::new(history.clone()),
            elsewhere: &BTreeMap::new(),
            cause: Cause::New,
            delivery: None,
        };
        let mut told = evaluate(&matter, &known).alerts;
        told.sort_by(|a, b| a.alert.labels.cmp(&b.alert.labels));
        for one in &told {
            let alert = &one.alert;
            let before = stood.insert(alert.labels.clone(), alert.state);
            let open = matches!(alert.state, AlertState::Pending | AlertState::Firing);
            if open || before != Some(alert.state) {
                let (which, more) = (alert.labels.values(), more(one));
                writeln!(text, "{period} {which}: {} since {}{more}", alert.state, alert.since).expect("memory");
            }
        }
        known = told.into_iter().map(|told| told.alert).collect();
    }
    text
}

/// Who speaks for an alert, or else its message.
fn words(told: &Told) -> String {
    match &told.parent {
        Some(parent) => format!(", told with {}", parent.values()),
        None => format!(": {}", told.alert.reading.message),
    }
}

fn assert_lives(of: &str, more: impl Fn(&Told) -> String) {
    let pages = pages("rules");
    let page = pages.iter().find(|(page, _)| page == of).expect("the page");
    assert_said([page], &BLOCKS, |case| match prepare(case) {
        Ok(prepared) => format!("{}\n{}", prepared.rule.condition(), lives(&prepared, &more)),
        Err(problems) => written(problems),
    });
}

#[test]
fn alerts_live_as_the_page_says() {
    assert_lives(LIVES, |_| String::new());
}

#[test]
fn alerts_of_one_parent_are_told_as_the_page_says() {
    assert_lives(ROLL_UP, words);
}
