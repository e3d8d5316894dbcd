use std::{
    env,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use super::*;

const HOME: &str = "BELLWETHER_TEST_STORE_HOME";

/// Not a test of its own: the process that [`what_was_committed_survives_a_kill`] kills. It commits without end and
/// says so of each delivery once it is committed.
#[tokio::test]
#[ignore = "run by another test"]
async fn commit_until_killed() {
    let Ok(home) = env::var(HOME) else { return };
    let home = PathBuf::from(home);
    let store = Store::open(&home.join("bellwether.db"), &home.join("measures")).await.unwrap();
    loop {
        let revision = store.next_revision("les", &[p("2025-10")]).await.unwrap();
        let delivery = delivery(revision, "2025-10");
        let alert = alert("Dementia");
        let key = SeriesKey { measure: "activity".to_owned(), labels: alert.labels.clone() };
        let figure = Figure { value: Value::number(f64::from(revision)), plan: Value::ABSENT, unit: None };
        let file = store.write_measures("les", p("2025-10"), vec![(key, Better::Higher, figure)]).await.unwrap();
        let notice = notice();
        let commit = Commit {
            measure_files: vec![file],
            transitions: vec![fired(&alert, Some(delivery.id))],
            alerts: vec![alert],
            messages: vec![message(&notice, "chair@example.org")],
            notices: vec![(notice, "Subject".to_owned())],
            ..of(&delivery)
        };
        store.commit(&commit).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "committed {}", delivery.id).unwrap();
        out.flush().unwrap();
    }
}

/// Kills a writer with SIGKILL after it has said that `commits` deliveries are committed; all that it has said.
fn kill_after(home: &Home, commits: usize) -> Vec<DeliveryId> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "store::tests::killing::commit_until_killed"])
        .env(HOME, home.0.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some((_, id)) = line.split_once("committed ") else { continue };
        said.push(DeliveryId(id.parse().unwrap()));
        if said.len() == commits {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(said.len() >= commits, "the writer died by itself");
    said
}

#[tokio::test]
async fn what_was_committed_survives_a_kill() {
    let home = Home::new();
    let mut said = Vec::new();
    for commits in [1, 2, 5] {
        said.extend(kill_after(&home, commits));
        // A listing command may come before the daemon is back, and finds the write-ahead log as the kill left it.
        let reader = home.reader().await.unwrap();
        assert!(reader.delivery(said[said.len() - 1]).await.unwrap().is_some());
        let store = home.store().await;
        for id in &said {
            assert!(store.delivery(*id).await.unwrap().is_some(), "{id} is lost");
        }
        // A delivery that was committed and never announced may be there; each stands whole.
        let kept = store.deliveries(&DeliveryFilter::default()).await.unwrap().len();
        assert!((said.len()..=said.len() + 3).contains(&kept), "{kept} of {}", said.len());
        assert_eq!(store.transitions(&alert("Dementia").id).await.unwrap().len(), kept);
        assert_eq!(store.outbox(&OutboxFilter::default()).await.unwrap().len(), kept);
        assert_eq!(store.notices(None).await.unwrap().len(), kept);
        let history = store.history("les").await.unwrap();
        let series = history.series().next().unwrap();
        assert_eq!(series.at(p("2025-10")).unwrap().value, Value::Number(kept as f64));
        store.close().await;
    }
}
