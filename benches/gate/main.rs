//! The gate's speed, as a user has it: `bellwether validate` on two million rows of appointments with twelve checks and
//! planted defects, beside a plain read of the same bytes by all cores, and beside `DuckDB` where `python3` (or the program
//! that `BELLWETHER_BENCH_PYTHON` names) has it. All take turns, so that the ratios hold on a busy machine; the file is in
//! the page cache. Every count is held against what was planted.
//!
//! `cargo bench --bench gate`

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Each measured so many times.
const ROUNDS: usize = 7;
const PRACTICES: usize = 6500;
/// Practices that should report and do not.
const SILENT: usize = 4;
const KINDS: [&str; 5] = ["GP", "Other Practice staff", "Nurse", "Pharmacist", "Unknown"];
/// Rows at the end that stand there a second time.
const TWICE: usize = 200;

const DATASET: &str = "
title: Appointments
steward: performance-team
files: ['appointments-*.csv']
period: { column: month }
columns:
  month: { kind: period }
  day: { kind: period }
  practice: {}
  name: {}
  supplier: {}
  pcn: {}
  sub_icb: {}
  type: {}
  booked: { kind: number }
  attended: { kind: number }
checks:
  - row_count: { min: 2000000, max: 2100000 }
  - not_null: { name: not_null, columns: [practice, type, booked] }
  - unique: { name: unique, columns: [day, practice, type] }
  - allowed_values: { name: kind, column: type, values: [GP, Other Practice staff, Nurse, Pharmacist, Unknown] }
  - pattern: { name: pattern, column: practice, matches: '[A-Z][0-9]{5}' }
  - range: { name: booked_range, column: booked, min: 0, max: 5000 }
  - range: { name: attended_range, column: attended, min: 0, max: 5000 }
  - row_expression: { name: more, expression: attended <= booked }
  - reference: { name: reference, column: practice, reference: { file: config/reference/practices.csv, column: code } }
  - freshness: { column: day, at_least: 2025-06-21 }
  - aggregate: { column: booked, of: sum, min: 1 }
  - complete: { column: practice, by: [month], reference: { file: config/reference/expected.csv, column: code } }
";

const GROUPS: &str = "
groups:
  performance-team:
    name: Performance team
    channels:
      - email: { to: [performance@example.org] }
route:
  to: [performance-team]
";

/// How many rows each check is to find.
type Counts = BTreeMap<String, u64>;

fn main() {
    // Other runs of all targets only want to know that it compiles.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    let planted = set_up(home.path());
    let file = home.path().join("appointments-2025.csv");
    let size = file.metadata().expect("the file").len();
    let python = env::var_os("BELLWETHER_BENCH_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let has_duckdb = Command::new(&python).args(["-c", "import duckdb"]).stderr(Stdio::null()).status();
    let has_duckdb = has_duckdb.is_ok_and(|status| status.success());
    let (mut reads, mut own, mut peers) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        reads.push(timed(|| read(&file, size)));
        own.push(timed(|| assert_eq!(validate(home.path(), &file), planted, "bellwether")));
        if has_duckdb {
            peers.push(timed(|| assert_eq!(duckdb(&python, home.path(), &file), planted, "DuckDB")));
        }
    }
    println!("{} MB, {} rounds, medians", size >> 20, ROUNDS);
    println!("plain read by all cores  {:>8.3} s", median(&reads));
    println!("bellwether validate      {:>8.3} s  {:.1} times the read", median(&own), ratio(&own, &reads));
    if has_duckdb {
        println!("DuckDB, best query       {:>8.3} s  {:.1} times bellwether", median(&peers), ratio(&peers, &own));
    } else {
        println!("DuckDB is not found: BELLWETHER_BENCH_PYTHON names a Python that has it");
    }
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().max(Duration::from_nanos(1)).as_secs_f64()
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The median of the ratios of each round.
fn ratio(times: &[f64], others: &[f64]) -> f64 {
    median(&times.iter().zip(others).map(|(time, other)| time / other).collect::<Vec<_>>())
}

fn read(file: &Path, size: u64) {
    const PIECE: usize = 1 << 20;
    let (file, next) = (File::open(file).expect("the file"), AtomicU64::new(0));
    let work = || {
        let mut bytes = vec![0; PIECE];
        loop {
            let at = next.fetch_add(PIECE as u64, Ordering::Relaxed);
            if at >= size || file.read_at(&mut bytes, at).expect("a read") == 0 {
                break;
            }
        }
    };
    thread::scope(|scope| {
        (0..thread::available_parallelism().map_or(1, usize::from)).for_each(|_| _ = scope.spawn(work));
    });
}

fn validate(home: &Path, file: &Path) -> Counts {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    let output =
        command.args(["validate", "--format", "json", "--home"]).args([home, file]).output().expect("bellwether");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("an answer");
    let findings = answer[0]["findings"].as_array().expect("findings").iter();
    let defects = findings.filter(|finding| finding["severity"] == "error" && finding["check"] != "complete");
    let counts = defects
        .map(|finding| (finding["check"].as_str().unwrap_or("").to_owned(), finding["count"].as_u64().unwrap_or(0)));
    counts.collect()
}

fn duckdb(python: &Path, home: &Path, file: &Path) -> Counts {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/gate/peer_duckdb.py");
    let lists = home.join("config/reference");
    let mut command = Command::new(python);
    let output = command.args([&script, file, &lists.join("practices.csv"), &lists.join("expected.csv")]).output();
    let output = output.expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("an answer")
}

/// Writes a home and a file with planted defects; answers with their counts.
fn set_up(home: &Path) -> Counts {
    let config = home.join("config");
    for folder in ["config/datasets", "config/reference", "rules"] {
        fs::create_dir_all(home.join(folder)).expect("a folder");
    }
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/bellwether.yaml");
    fs::copy(shipped, config.join("bellwether.yaml")).expect("a copy");
    fs::write(config.join("groups.yaml"), GROUPS).expect("the groups");
    fs::write(config.join("datasets/appointments.yaml"), DATASET).expect("a dataset");
    let codes: Vec<String> = (0..PRACTICES + SILENT).map(code).collect();
    let list = |codes: &[String]| format!("code\n{}\n", codes.join("\n"));
    fs::write(config.join("reference/practices.csv"), list(&codes[..PRACTICES])).expect("a list");
    fs::write(config.join("reference/expected.csv"), list(&codes)).expect("a list");
    let (text, planted) = appointments(&codes);
    fs::write(home.join("appointments-2025.csv"), text).expect("the file");
    planted
}

fn code(practice: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(practice / 300).expect("a letter"));
    format!("{letter}{:05}", 81_000 + practice * 7 % 9000)
}

/// 63 days of 6,500 practices and five kinds of staff; defects stand in different rows, so that their counts are known.
fn appointments(codes: &[String]) -> (String, Counts) {
    let mut text = "month,day,practice,name,supplier,pcn,sub_icb,type,booked,attended\n".to_owned();
    let (mut planted, mut first, mut row) = (Counts::new(), Vec::new(), 0_usize);
    let mut plant = |check: &str, rows: u64| *planted.entry(check.to_owned()).or_default() += rows;
    for day in 0..63 {
        let month = 4 + day / 21;
        for (at, code) in codes[..PRACTICES].iter().enumerate() {
            for kind in KINDS {
                row += 1;
                let (mut code, mut kind) = (code.clone(), kind);
                let booked = 10 + row * 7 % 50;
                let (mut booked, mut attended) = (booked.to_string(), (booked - row % 10).to_string());
                match row % 100_000 {
                    17 | 20_017 | 60_017 => {
                        booked.clear();
                        plant("not_null", 1);
                    }
                    23 => {
                        kind = "Agency";
                        plant("kind", 1);
                    }
                    31 | 50_031 => {
                        code.make_ascii_lowercase();
                        plant("pattern", 1);
                        plant("reference", 1);
                    }
                    41 => {
                        "99999".clone_into(&mut booked);
                        plant("booked_range", 1);
                    }
                    53 | 30_053 => {
                        "-1".clone_into(&mut attended);
                        plant("attended_range", 1);
                    }
                    61 => {
                        "77".clone_into(&mut attended);
                        plant("more", 1);
                    }
                    71 | 80_071 => {
                        code = format!("Z9{:04}", row % 9973);
                        plant("reference", 1);
                    }
                    _ => {}
                }
                let start = text.len();
                let _ = writeln!(
                    text,
                    "2025-{month:02},2025-{month:02}-{:02},{code},\"SURGERY {at}, THE\",{},U{:05},NHS ICB - {:02}Q,{kind},{booked},{attended}",
                    day % 21 + 1,
                    if at % 3 == 0 { "EMIS" } else { "TPP" },
                    at / 6,
                    at / 150,
                );
                if row % 100 == 1 && first.len() < TWICE {
                    first.push(start..text.len());
                }
            }
        }
    }
    for row in first {
        let again = text[row].to_owned();
        text.push_str(&again);
        plant("unique", 2);
    }
    (text, planted)
}
