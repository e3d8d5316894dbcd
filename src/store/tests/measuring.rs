use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::*;
use crate::model::History;

fn key(measure: &str, labels: &[(&str, &str)]) -> SeriesKey {
    SeriesKey { measure: measure.to_owned(), labels: labels.iter().copied().collect() }
}

fn figure(value: f64, plan: f64) -> Figure {
    Figure { value: Value::Number(value), plan: Value::Number(plan), unit: None }
}

/// Writes the figures of a period and commits them.
async fn publish(store: &Store, revision: u32, period: &str, figures: Vec<(SeriesKey, Better, Figure)>) -> MeasureFile {
    let file = store.write_measures("les", p(period), figures).await.unwrap();
    let commit = Commit { measure_files: vec![file.clone()], ..of(&delivery(revision, period)) };
    assert_eq!(store.commit(&commit).await.unwrap(), Committed::Now);
    file
}

/// Every reason, every direction, and whatever a label can hold.
fn odd_figures() -> Vec<(SeriesKey, Better, Figure)> {
    let reasons = [
        Missing::Blank,
        Missing::Suppressed,
        Missing::NotAvailable,
        Missing::NotApplicable,
        Missing::Unreadable,
        Missing::Absent,
    ];
    let mut figures: Vec<_> = reasons
        .into_iter()
        .map(|reason| {
            let figure = Figure { value: Value::missing(reason), plan: Value::Number(12.5), unit: Some(Unit::Pounds) };
            (key("activity", &[("reason", reason.code())]), Better::Higher, figure)
        })
        .collect();
    let labels = ["", " ", "Wound Care – “complex”", "日本 😀", "a\"b\\c\n\t\u{1}", "100%", "null", "e\u{301}"];
    for (n, label) in labels.into_iter().enumerate() {
        let figure =
            Figure { value: Value::Number(n as f64), plan: Value::missing(Missing::Absent), unit: Some(Unit::Percent) };
        figures.push((key("größe", &[("label", label), ("ünit", "x")]), Better::Lower, figure));
    }
    for (name, number) in [("tiny", 5e-324), ("largest", f64::MAX), ("third", 1.0 / 3.0), ("negative", -23_269.0)] {
        figures.push((key(name, &[]), Better::Neither, figure(number, 0.0)));
    }
    figures
}

#[tokio::test]
async fn every_figure_comes_back_as_it_was() {
    let home = Home::new();
    let store = home.store().await;
    let mut expected = History::default();
    for period in ["2025-10", "2025-11"] {
        for (key, better, figure) in odd_figures() {
            expected.insert(key, better, p(period), figure);
        }
        publish(&store, 1, period, odd_figures()).await;
    }
    assert_eq!(store.history("les").await.unwrap(), expected);
    assert_eq!(store.history("hha").await.unwrap(), History::default());
    // A listing command reads it just so.
    assert_eq!(home.reader().await.unwrap().history("les").await.unwrap(), expected);
}

#[tokio::test]
async fn the_same_figures_make_the_same_file_in_any_order() {
    let home = Home::new();
    let store = home.store().await;
    let forwards = store.write_measures("les", p("2025/26"), odd_figures()).await.unwrap();
    let mut figures = odd_figures();
    figures.reverse();
    let backwards = store.write_measures("les", p("2025/26"), figures).await.unwrap();
    assert_eq!(forwards, backwards);
    assert_eq!(forwards.path, format!("les/2025%2F26/{}.parquet", forwards.hash));
    assert_eq!(forwards.figures, 18);

    let folder = home.measures().join("les/2025%2F26");
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [format!("{}.parquet", forwards.hash).as_str()], "and no temporary file is left");
    let file = home.measures().join(&forwards.path);
    assert_eq!(blake3::hash(&fs::read(&file).unwrap()).to_hex().as_str(), forwards.hash);
    assert_ne!(fs::metadata(&file).unwrap().permissions().mode() & 0o044, 0, "others may read it");
}

#[tokio::test]
async fn a_restatement_counts_and_the_old_file_stays() {
    let home = Home::new();
    let store = home.store().await;
    let series = key("activity", &[("contract", "Dementia")]);
    let gone = key("activity", &[("contract", "Gone")]);
    let rows = |value| vec![(series.clone(), Better::Higher, figure(value, 100.0))];
    let with_gone = [rows(40.0), vec![(gone.clone(), Better::Higher, figure(1.0, 1.0))]].concat();
    let first = publish(&store, 1, "2025-10", with_gone).await;
    publish(&store, 1, "2025-09", rows(70.0)).await;
    publish(&store, 2, "2025-10", rows(61.0)).await;

    let history = store.history("les").await.unwrap();
    let known: Vec<_> = history.get(&series).unwrap().iter().collect();
    assert_eq!(known, [(p("2025-09"), figure(70.0, 100.0)), (p("2025-10"), figure(61.0, 100.0))]);
    assert!(history.get(&gone).is_none(), "a series that the restatement leaves out is out");
    assert!(home.measures().join(first.path).exists());
}

#[tokio::test]
async fn the_newest_period_says_which_direction_is_good() {
    let home = Home::new();
    let store = home.store().await;
    let series = key("waits", &[]);
    publish(&store, 1, "2025-10", vec![(series.clone(), Better::Lower, figure(1.0, 1.0))]).await;
    publish(&store, 1, "2025-09", vec![(series.clone(), Better::Higher, figure(1.0, 1.0))]).await;
    assert_eq!(store.history("les").await.unwrap().get(&series).unwrap().better, Better::Lower);
}

#[tokio::test]
async fn an_accepted_period_without_figures_is_known() {
    let home = Home::new();
    let store = home.store().await;
    store.commit(&of(&delivery(1, "2025-10"))).await.unwrap();
    publish(&store, 1, "2025-11", Vec::new()).await;
    let history = store.history("les").await.unwrap();
    assert_eq!(history.periods.into_iter().collect::<Vec<_>>(), [p("2025-10"), p("2025-11")]);
}

#[tokio::test]
async fn a_damaged_file_is_named() {
    let home = Home::new();
    let store = home.store().await;
    let file = publish(&store, 1, "2025-10", odd_figures()).await;
    let path = home.measures().join(&file.path);
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [flipped, whole[..whole.len() - 1].to_vec(), Vec::new()] {
        fs::write(&path, damaged).unwrap();
        let error = store.history("les").await.unwrap_err();
        assert!(matches!(&error, StoreError::DamagedMeasures { path: named, .. } if *named == path), "{error}");
        assert!(error.to_string().contains(&file.hash), "{error}");
    }
    fs::remove_file(&path).unwrap();
    let error = store.history("les").await.unwrap_err();
    assert!(matches!(error, StoreError::File { doing: "read", .. }), "{error}");

    // Writing the same figures again mends it.
    store.write_measures("les", p("2025-10"), odd_figures()).await.unwrap();
    assert_eq!(store.history("les").await.unwrap().series().count(), 18);
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_damaged_though_its_hash_is_right() {
    let home = Home::new();
    let store = home.store().await;
    let file = publish(&store, 1, "2025-10", odd_figures()).await;
    let bytes = b"PAR1 this is no Parquet file PAR1";
    let hash = blake3::hash(bytes).to_hex().to_string();
    fs::write(home.measures().join(&file.path), bytes).unwrap();
    let mut tx = store.begin("test").await.unwrap();
    sqlx::query("UPDATE measure_files SET hash = $1").bind(hash).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let error = store.history("les").await.unwrap_err();
    assert!(matches!(error, StoreError::DamagedMeasures { .. }), "{error}");
}

#[tokio::test]
async fn two_figures_for_one_series_are_refused() {
    let home = Home::new();
    let store = home.store().await;
    let series = key("activity", &[("contract", "Dementia")]);
    let twice = vec![(series.clone(), Better::Higher, figure(1.0, 1.0)), (series, Better::Higher, figure(2.0, 1.0))];
    let error = store.write_measures("les", p("2025-10"), twice).await.unwrap_err();
    assert!(error.to_string().contains("contract=\"Dementia\""), "{error}");
    assert!(!home.measures().exists());
}

#[tokio::test]
async fn measures_need_the_delivery_that_publishes_them() {
    let home = Home::new();
    let store = home.store().await;
    let file = store.write_measures("les", p("2025-10"), odd_figures()).await.unwrap();
    let quarantined = Delivery { verdict: Verdict::Quarantined, ..delivery(0, "2025-10") };
    for commit in [Commit::at(at(0)), of(&quarantined), of(&delivery(1, "2025-09"))] {
        let commit = Commit { measure_files: vec![file.clone()], ..commit };
        let error = store.commit(&commit).await.unwrap_err();
        assert!(matches!(error, StoreError::MeasuresWithoutDelivery { .. }), "{error}");
    }
    assert!(store.deliveries(&DeliveryFilter::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let home = Home::new();
    let store = home.store().await;
    fs::write(home.measures(), "a file where the folder should be").unwrap();
    let error = store.write_measures("les", p("2025-10"), odd_figures()).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains(Path::new("measures").to_str().unwrap()), "{message}");
}
