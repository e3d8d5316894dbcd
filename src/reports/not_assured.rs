//! What could not be assured because it did not arrive: a line for each dataset, however many of its periods are missing.

use serde::Serialize;

use super::{
    alert::{LABEL, MESSAGE},
    clean, words,
};
use crate::model::{DueState, NotAssured, calendar::in_words};

/// Up to so many periods are named one by one.
const NAMED: usize = 3;

/// One dataset.
#[derive(Debug, Serialize)]
pub(super) struct NotAssuredView {
    pub(super) title: String,
    /// "October 2025, due 20 November 2025, not arrived".
    pub(super) text: String,
    /// "Measures: activity".
    pub(super) measures: String,
}

/// Lines of the same dataset together, in the order in which they are given.
pub(super) fn views(lines: &[NotAssured]) -> Vec<NotAssuredView> {
    lines.chunk_by(|one, next| one.dataset == next.dataset).filter_map(view).collect()
}

fn view(lines: &[NotAssured]) -> Option<NotAssuredView> {
    let (first, last) = (lines.first()?, lines.last()?);
    let (waiting, held): (Vec<&NotAssured>, Vec<&NotAssured>) =
        lines.iter().partition(|line| line.state != DueState::HeldBack);
    let mut parts: Vec<String> = match waiting.as_slice() {
        [] => Vec::new(),
        [one] => vec![one_period(one)],
        [one, .., newest] => {
            let which = if waiting.len() <= NAMED {
                words::list(&waiting.iter().map(|line| line.period.label()).collect::<Vec<_>>())
            } else {
                let count = words::count(waiting.len(), one.period.granularity().noun(1));
                format!("{count} from {} to {}", one.period.label(), newest.period.label())
            };
            vec![format!("{which}, the first due {}, {}", in_words(one.due), one.reason)]
        }
    };
    parts.extend(held.into_iter().map(one_period));
    let measures: Vec<String> = last.measures.iter().map(|measure| clean::line(measure, LABEL)).collect();
    Some(NotAssuredView {
        title: clean::line(&first.dataset_title, LABEL),
        text: clean::line(&parts.join("; "), MESSAGE),
        measures: format!("Measures: {}", clean::line(&words::list(&measures), MESSAGE)),
    })
}

fn one_period(line: &NotAssured) -> String {
    format!("{}, due {}, {}", line.period.label(), in_words(line.due), line.reason)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::reports::fixtures::period;

    fn line(dataset: &str, of: &str, held_back: bool) -> NotAssured {
        NotAssured {
            dataset: dataset.to_owned(),
            dataset_title: dataset.to_uppercase(),
            measures: vec!["beds".to_owned(), "staff".to_owned()],
            period: period(of),
            due: date(2025, 11, 20),
            state: if held_back { DueState::HeldBack } else { DueState::Late },
            reason: if held_back { "arrived on 3 December 2025 and was held back: 2 errors" } else { "not arrived" }
                .to_owned(),
        }
    }

    #[test]
    fn one_line_for_each_dataset() {
        let lines = [
            line("a", "2025-08", false),
            line("a", "2025-09", false),
            line("a", "2025-10", true),
            line("b", "2025-10", false),
        ];
        let views = views(&lines);
        let texts: Vec<(&str, &str)> = views.iter().map(|view| (view.title.as_str(), view.text.as_str())).collect();
        assert_eq!(
            texts,
            [
                (
                    "A",
                    "August 2025 and September 2025, the first due 20 November 2025, not arrived; October 2025, \
                     due 20 November 2025, arrived on 3 December 2025 and was held back: 2 errors"
                ),
                ("B", "October 2025, due 20 November 2025, not arrived"),
            ]
        );
        assert_eq!(views[0].measures, "Measures: beds and staff");
    }
}
