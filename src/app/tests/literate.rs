//! Runs the cases of `tests/cases/rules/lives.md`: what becomes of the alerts of a rule as periods arrive.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use crate::{
    app::evaluate::{Matter, evaluate},
    model::{Alert, AlertState, Cause, History, Labels},
    rules::literate::{BLOCKS, LIVES, Prepared, prepare},
    yaml::literate::{assert_said, pages, written},
};

/// How alerts stand after each period: one that ended is said once.
fn lives(prepared: &Prepared) -> String {
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
        known = evaluate(&matter, &known).alerts.into_iter().map(|told| told.alert).collect();
        known.sort_by(|a, b| a.labels.cmp(&b.labels));
        for alert in &known {
            let before = stood.insert(alert.labels.clone(), alert.state);
            let open = matches!(alert.state, AlertState::Pending | AlertState::Firing);
            if open || before != Some(alert.state) {
                writeln!(text, "{period} {}: {} since {}", alert.labels.values(), alert.state, alert.since)
                    .expect("memory");
            }
        }
    }
    text
}

#[test]
fn alerts_live_as_the_page_says() {
    let pages = pages("rules");
    let page = pages.iter().find(|(page, _)| page == LIVES).expect("the page");
    assert_said([page], &BLOCKS, |case| match prepare(case) {
        Ok(prepared) => format!("{}\n{}", prepared.rule.condition(), lives(&prepared)),
        Err(problems) => written(problems),
    });
}
