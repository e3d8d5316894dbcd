//! `bellwether simulate`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::app::{
    home::Home,
    simulate::{self, Difference, Line, Playing, SimulateError, Simulated, Wrong},
};

use super::{
    Exit, Failure,
    output::{self, Format},
};

const LONG: &str = "\
Play a year of one's own policy in virtual time, and print who would be told what, and why not

A scenario is a YAML file: files that are dropped, days that pass, people who silence alerts and decide over the gate, receivers \
that are down, processes that are killed, clocks that jump. It is played through the same code as the daemon's, on a copy of the \
home's configuration and rules, in a moment. Nothing of the home's data is read, nothing is kept, and nobody is told.

  starts: 2025-05-01
  events:
    - at: 2025-05-12 10:00
      drop: files/les-activity-2025-04.csv
    - after: 3 working days
      silence: { matchers: ['contract=\"Dementia\"'], until: 2025-06-30, by: Jo Bell, comment: the clinic moves }
  ends: 2026-03-31
  expect:
    ledger: |
      2025-05-12 10:00  told  primary-care-medical-services: new les-below-60-percent-of-plan{*}

The ledger has a line for each file, verdict, step of an alert, notice, alert that a group is told of or not told of, message, \
request and answer. `bellwether schema scenario` describes the file.

Exit codes: 0 when it was played, and the ledger says what the scenario expects; 1 when it does not; 2 when the scenario or the \
configuration is wrong; 3 when the disk fails.";

#[derive(Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct SimulateArguments {
    /// The scenario
    #[arg(value_name = "SCENARIO.yaml")]
    scenario: PathBuf,
    /// Keep the simulation's home here, for `alerts`, `notices`, `explain` and the others with --home
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Print as well why the route does not lead to other groups; JSON always says it
    #[arg(long)]
    others: bool,
    /// Kill the process after each of its steps: the ledger must be the same
    #[arg(long)]
    kill_each_step: bool,
    /// How the ledger is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// What is printed for programs.
#[derive(Debug, Serialize)]
struct Printed<'a> {
    ledger: &'a [Line],
    differences: Vec<String>,
}

pub(super) async fn simulate(home: &Home, options: &SimulateArguments) -> Result<Exit, Failure> {
    let playing = Playing { keep: options.keep.as_deref(), killed: options.kill_each_step };
    let simulated = simulate::simulate(home, &options.scenario, playing).await.map_err(failure)?;
    let differences: Vec<String> = simulated.differences.iter().map(in_words).collect();
    match options.format {
        Format::Json => output::print_json(&Printed { ledger: &simulated.ledger, differences: differences.clone() })?,
        Format::Table => {
            let mut shown = simulated.ledger.iter().filter(|line| options.others || line.kind() != "others");
            shown.try_for_each(|line| output::say(output::clean(&line.to_string())))?;
        }
    }
    Ok(verdict(&simulated, &differences))
}

fn failure(error: SimulateError) -> Failure {
    match error {
        SimulateError::Configuration(problems) => Failure::configuration(problems),
        SimulateError::NotEmpty(_) => Failure::usage(error),
        other => Failure::trouble(other),
    }
}

fn verdict(simulated: &Simulated, differences: &[String]) -> Exit {
    if !simulated.expects {
        return Exit::Fine;
    }
    for difference in differences {
        anstream::eprintln!("{}", output::clean(difference));
    }
    match differences.len() {
        0 => anstream::eprintln!("the ledger says what is expected"),
        1 => anstream::eprintln!("1 line differs from what is expected"),
        n => anstream::eprintln!("{n} lines differ from what is expected"),
    }
    if differences.is_empty() { Exit::Fine } else { Exit::Findings }
}

/// As differences are written: `-` for what is not there, `+` for what nobody expected, `!` for what must not be.
fn in_words(difference: &Difference) -> String {
    let Difference { place, line, what } = difference;
    let sign = match what {
        Wrong::Missing => '-',
        Wrong::Unexpected => '+',
        Wrong::Forbidden => '!',
    };
    match place {
        Some(place) => format!("{sign} {line}  ({place})"),
        None => format!("{sign} {line}"),
    }
}
