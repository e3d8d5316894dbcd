//! The settings of a measure's charts.

use std::sync::Arc;

use crate::{
    model::Labels,
    spc::{ChartSettings, Charting, Settings},
    yaml::{Located, Place, Problems, SourceFile, decode, parse},
};

/// The settings of a measure with the label `contract`, or every mistake in them.
fn read(text: &str) -> Result<Charting, Vec<String>> {
    let file = Arc::new(SourceFile { path: "d.yaml".into(), text: text.to_owned() });
    let labels = [Located { value: "contract".to_owned(), place: Place::start_of(&file) }];
    let settings = parse(&file).and_then(|node| decode::<ChartSettings>(&node));
    let checked = settings.and_then(|settings| settings.check(&labels).map(|()| settings.charting()));
    checked.map_err(Problems::lines)
}

#[test]
fn nothing_said_is_as_the_nhs_reads_charts() {
    assert_eq!(read("{}"), Ok(Charting { settings: Settings::default(), least_points: 13, rebases: vec![] }));
}

#[test]
fn a_rebase_starts_where_it_says_in_the_series_that_it_is_about() {
    let text = "rebase:
  - { from: 2025-03, approved_by: Chair, comment: merger, where: { contract: Dementia } }
  - { from: 2024-12, approved_by: Chair, comment: new scanner }";
    let charting = read(text).expect("settings");
    let starts = |contract: &str| {
        let labels = Labels::from_iter([("contract", contract)]);
        charting.starts(&labels, "2025-01".parse().expect("a month")).collect::<Vec<_>>()
    };
    // A month before the first figure starts nothing.
    assert_eq!((starts("Dementia"), starts("ECGs")), (vec![2], vec![]));
}

#[test]
fn mistakes_are_named_where_they_stand() {
    for (text, problem) in [
        ("baseline: 11", "d.yaml:1:11: limits cannot be fixed after 11 figures: give 12 or more"),
        ("shift: 8", "d.yaml:1:8: a run of 8 points is not one that is used: give 6 or 7"),
        ("least_points: 1", "d.yaml:1:15: a number of points from 2 to 100 is expected here"),
        ("rebase: [{ from: 2025-04, approved_by: Chair }]", "d.yaml:1:10: the setting `comment` is missing"),
        ("rebase: [{ from: 2025-04, comment: merger }]", "d.yaml:1:10: the setting `approved_by` is missing"),
        (
            "rebase: [{ from: 2025-04, approved_by: ' ', comment: merger }]",
            "d.yaml:1:40: a rebase needs to say who approved it",
        ),
        (
            "rebase: [{ from: 2025-04, approved_by: Chair, comment: merger, where: { contrct: ECGs } }]",
            "d.yaml:1:73: there is no label `contrct` (did you mean `contract`?)",
        ),
    ] {
        assert_eq!(read(text), Err(vec![problem.to_owned()]), "{text}");
    }
}
