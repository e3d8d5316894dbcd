//! The settler in virtual time: instants are milliseconds after an arbitrary one.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::intake::{Look, Settler, Stamp};

const SETTLE: u64 = 1000;

struct Bench {
    settler: Settler,
    start: Instant,
}

impl Bench {
    fn new() -> Self {
        Self { settler: Settler::new(Duration::from_millis(SETTLE)), start: Instant::now() }
    }

    fn at(&self, milliseconds: u64) -> Instant {
        self.start + Duration::from_millis(milliseconds)
    }

    fn see(&mut self, name: &str, stamp: Stamp, milliseconds: u64) {
        self.see_from_to(name, stamp, milliseconds, milliseconds);
    }

    fn see_from_to(&mut self, name: &str, stamp: Stamp, began: u64, ended: u64) {
        let look = Look { began: self.at(began), ended: self.at(ended) };
        self.settler.see(PathBuf::from(name), stamp, look);
    }

    fn settled(&mut self) -> Vec<String> {
        let mut names: Vec<String> =
            self.settler.take_settled().into_iter().map(|file| file.path.display().to_string()).collect();
        names.sort();
        names
    }

    fn next_look(&self) -> Option<u64> {
        self.settler.next_look().map(|next| u64::try_from((next - self.start).as_millis()).unwrap())
    }
}

fn stamp(size: u64, modified_ns: i128, inode: u64) -> Stamp {
    Stamp { size, modified_ns, changed_ns: 0, device: 1, inode }
}

#[test]
fn settles_after_the_settle_time_and_not_before() {
    let mut bench = Bench::new();
    bench.see("a", stamp(1, 1, 1), 0);
    assert_eq!(bench.next_look(), Some(1000));
    bench.see("a", stamp(1, 1, 1), 999);
    assert!(bench.settled().is_empty());
    bench.see("a", stamp(1, 1, 1), 1000);
    assert_eq!(bench.settled(), ["a"]);
    assert!(bench.settled().is_empty(), "a file settles once");
    assert_eq!(bench.next_look(), None);
}

#[test]
fn one_look_never_settles_a_file_however_old_it_is() {
    let mut bench = Bench::new();
    bench.see("old", stamp(1, -1_000_000_000, 1), 0);
    bench.see("future", stamp(1, i128::from(u64::MAX), 2), 0);
    assert!(bench.settled().is_empty());
    bench.see("future", stamp(1, i128::from(u64::MAX), 2), 1000);
    assert_eq!(bench.settled(), ["future"]);
}

#[test]
fn every_kind_of_change_starts_anew() {
    let before = stamp(10, 500, 1);
    let changes = [
        ("grown", stamp(11, 500, 1)),
        ("written again, same size", stamp(10, 501, 1)),
        ("replaced by an older file", stamp(10, 400, 2)),
        ("replaced by a file that looks the same", stamp(10, 500, 2)),
        ("written again, time put back", Stamp { changed_ns: 7, ..before }),
    ];
    for (change, after) in changes {
        let mut bench = Bench::new();
        bench.see("a", before, 0);
        bench.see("a", after, 900);
        bench.see("a", after, 1800);
        assert!(bench.settled().is_empty(), "{change}");
        assert_eq!(bench.next_look(), Some(1900), "{change}");
        bench.see("a", after, 1900);
        assert_eq!(bench.settled(), ["a"], "{change}");
    }
}

#[test]
fn changed_and_changed_back_starts_anew() {
    let mut bench = Bench::new();
    bench.see("a", stamp(1, 1, 1), 0);
    bench.see("a", stamp(2, 2, 1), 500);
    bench.see("a", stamp(1, 1, 1), 600);
    bench.see("a", stamp(1, 1, 1), 1100);
    assert!(bench.settled().is_empty());
    bench.see("a", stamp(1, 1, 1), 1600);
    assert_eq!(bench.settled(), ["a"]);
}

#[test]
fn vanished_and_returned_starts_anew() {
    let mut bench = Bench::new();
    bench.see("a", stamp(1, 1, 1), 0);
    bench.settler.forget(Path::new("a"));
    assert_eq!(bench.next_look(), None);
    bench.see("a", stamp(1, 1, 1), 800);
    bench.see("a", stamp(1, 1, 1), 1200);
    assert!(bench.settled().is_empty());
    bench.see("a", stamp(1, 1, 1), 1800);
    assert_eq!(bench.settled(), ["a"]);
}

#[test]
fn slow_looks_count_from_the_end_of_the_first_to_the_beginning_of_the_last() {
    let mut bench = Bench::new();
    bench.see_from_to("a", stamp(1, 1, 1), 0, 600);
    assert_eq!(bench.next_look(), Some(1600));
    bench.see_from_to("a", stamp(1, 1, 1), 1500, 2500);
    assert!(bench.settled().is_empty());
    bench.see_from_to("a", stamp(1, 1, 1), 1600, 1601);
    assert_eq!(bench.settled(), ["a"]);
}

#[test]
fn files_due_at_nearly_the_same_time_are_looked_at_together() {
    let mut bench = Bench::new();
    bench.see("a", stamp(1, 1, 1), 0);
    bench.see("b", stamp(1, 1, 2), 40);
    bench.see("c", stamp(1, 1, 3), 100);
    bench.see("d", stamp(1, 1, 4), 101);
    assert_eq!(bench.next_look(), Some(1100), "a tenth of the settle time is waited for more, no longer");
    let mut due: Vec<String> =
        bench.settler.due(bench.at(1100)).iter().map(|path| path.display().to_string()).collect();
    due.sort();
    assert_eq!(due, ["a", "b", "c"]);
}

#[test]
fn thousands_at_once_settle_together_and_only_the_changed_one_stays() {
    let mut bench = Bench::new();
    for file in 0..5000 {
        bench.see(&format!("{file}"), stamp(1, 1, file), 0);
    }
    for file in 0..5000 {
        bench.see(&format!("{file}"), stamp(if file == 77 { 2 } else { 1 }, 1, file), 1000);
    }
    assert_eq!(bench.settled().len(), 4999);
    assert_eq!(bench.settler.waiting().collect::<Vec<_>>(), [Path::new("77")]);
}

#[test]
fn a_settle_time_without_end_neither_settles_nor_fails() {
    let mut bench = Bench { settler: Settler::new(Duration::MAX), start: Instant::now() };
    bench.see("a", stamp(1, 1, 1), 0);
    bench.see("a", stamp(1, 1, 1), 1_000_000);
    assert!(bench.settled().is_empty());
    assert_eq!(bench.next_look(), None);
}

#[derive(Debug, Clone)]
enum Happening {
    See { file: usize, version: u64 },
    Vanish { file: usize },
}

fn happenings() -> impl Strategy<Value = Vec<(u64, Happening)>> {
    let happening = prop_oneof![
        6 => (0..4_usize, 0..3_u64).prop_map(|(file, version)| Happening::See { file, version }),
        1 => (0..4_usize).prop_map(|file| Happening::Vanish { file }),
    ];
    proptest::collection::vec((0..700_u64, happening), 0..60)
}

proptest! {
    #[test]
    fn never_early_and_never_forgotten(happenings in happenings()) {
        let mut bench = Bench::new();
        let mut now = 0;
        // What anybody could tell from the looks alone: the present version of each file and since when it was seen.
        let mut known: HashMap<usize, (u64, u64)> = HashMap::new();
        for (pause, happening) in happenings {
            now += pause;
            match happening {
                Happening::See { file, version } => {
                    bench.see(&file.to_string(), stamp(version, 1, 1), now);
                    let (seen, since) = known.get(&file).copied().unwrap_or((version, now));
                    known.insert(file, if seen == version { (version, since) } else { (version, now) });
                }
                Happening::Vanish { file } => {
                    bench.settler.forget(Path::new(&file.to_string()));
                    known.remove(&file);
                }
            }
            for settled in bench.settler.take_settled() {
                let file: usize = settled.path.to_str().unwrap().parse().unwrap();
                let (version, since) = known.remove(&file).expect("only a file that is there settles");
                prop_assert_eq!(settled.stamp.size, version);
                prop_assert!(now - since >= SETTLE, "{} was unchanged for {} only", file, now - since);
            }
        }
        // From here on nothing changes: looking whenever the settler asks for it brings out every file that is left.
        let mut left: HashSet<usize> = known.keys().copied().collect();
        for _ in 0..20 {
            let Some(next) = bench.next_look() else { break };
            now = now.max(next);
            for path in bench.settler.due(bench.at(now)) {
                let file: usize = path.to_str().unwrap().parse().unwrap();
                bench.see(&file.to_string(), stamp(known[&file].0, 1, 1), now);
            }
            for settled in bench.settler.take_settled() {
                left.remove(&settled.path.to_str().unwrap().parse().unwrap());
            }
        }
        prop_assert!(left.is_empty(), "never settled: {left:?}");
        prop_assert_eq!(bench.next_look(), None);
    }
}
