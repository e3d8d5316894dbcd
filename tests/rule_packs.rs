//! The shipped rules on the real tables of the reports, as an analyst drops them.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::Home;

/// Drops copies of real tables and lets the program take them all.
fn take(files: &[&str]) -> Home {
    let home = Home::new();
    for file in files {
        let name = file.rsplit('/').next().expect("a name");
        let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
        std::fs::copy(&from, home.path("drop").join(name))
            .unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
    home.run(&["run", "--once"]);
    home
}

#[test]
fn october_costs_of_dementia_reviews_follow_from_activity_and_price() {
    // 694 of 1,332 reviews at £34.20: £23,734.80 of £45,554.40, 52.1%.
    let home = take(&["as-published/les-cost-and-volume-2025-10.csv", "as-published/les-prices-2025-26.csv"]);
    let alerts = home.alerts();
    let cost =
        alerts.iter().find(|alert| alert["rule"] == "les-dementia-cost").unwrap_or_else(|| panic!("{alerts:#?}"));
    assert_eq!(cost["state"], "firing");
    let message = cost["message"].as_str().expect("a message");
    assert!(message.contains("23,73") && message.contains("45,554") && message.contains("52.1%"), "{message}");
}
