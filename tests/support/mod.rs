//! What the tests of the whole program share: a home folder of its own, the real program, and what it tells.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each test file is a program of its own and uses a part of this"
)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod daemon;
mod home;
mod told;

pub use daemon::Daemon;
pub use home::{Home, Ran, program};
pub use told::Told;

use std::{path::Path, process::Command};

use serde_json::Value;

/// The months of the published figures, in order.
pub const MONTHS: [&str; 7] = ["2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10"];

/// The rules of the shipped configuration.
pub const BELOW: &str = "les-below-60-percent-of-plan";
pub const DETERIORATION: &str = "les-deterioration";
pub const HHA: &str = "hha-low-achievers-rising";

/// The name that a month's file is dropped with.
pub fn les_name(month: &str) -> String {
    format!("les-activity-{month}.csv")
}

/// A month of Local Enhanced Services as published.
pub fn les(month: &str) -> String {
    data(&format!("les-activity/{}", les_name(month)))
}

/// A month of the achievement bands: 2025-10 as published, 2025-09 constructed.
pub fn bands(month: &str) -> String {
    data(&format!("hha-bands/hha-achievement-bands-{month}.csv"))
}

fn data(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `text` with one place changed, which must be there once.
pub fn changed(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} must stand once in\n{text}");
    text.replace(from, to)
}

/// What other programs find in a paper: `docx`, `xlsx` or `pdf`.
pub fn paper(format: &str, file: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("tests/.venv/bin/python");
    assert!(python.exists(), "the Python packages are missing: run tests/run once");
    let ran = Command::new(python).arg(root.join("tests/support/papers.py")).args([format, file]).output();
    let ran = ran.expect("Python starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).expect("JSON")
}
