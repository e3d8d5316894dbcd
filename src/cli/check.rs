//! `bellwether check`.

use crate::{app::home::Home, config::Config};

use super::{Exit, Failure, output};

pub(super) fn check(home: &Home) -> Result<Exit, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    let count = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let found = [
        count(config.datasets.len(), "dataset"),
        count(config.rules.len(), "rule"),
        count(config.groups.len(), "group"),
    ];
    output::say(format!("{}: {}", output::good("configuration and rules are in order"), found.join(", ")))?;
    let untested: Vec<&str> =
        config.rules.values().filter(|rule| rule.tests().is_empty()).map(|rule| rule.id()).collect();
    if !untested.is_empty() {
        output::say(format!("{}: {}", output::doubtful("rules without a test"), untested.join(", ")))?;
    }
    Ok(Exit::Fine)
}
