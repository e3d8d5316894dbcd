//! `bellwether check`.

use clap::Args;

use crate::{
    app::{advice, home::Home},
    config::Config,
    store::Store,
};

use super::{Exit, Failure, output};

const LONG: &str = "\
Check configuration and rules, without network

Every mistake of every file is told at once, with its place, the line itself and the nearest known name. Rules and their tests \
are compiled: unknown datasets, measures, labels, variables and functions are found, a plan where there is none, and what is no \
expression.

Notes are told besides, which change nothing unless --strict is given: settings and functions that nothing uses, settings with \
the name of a function, two rules with the same condition on the same measure, rules that no branch of the route takes, and (from \
the figures that are known, if there are any) labels in `where` that no series has.

Exit codes: 0 when all is in order, 1 with --strict when there are notes or rules without a test, 2 when there are mistakes.";

#[derive(Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct CheckArguments {
    /// Notes, and rules without a test, end with 1
    #[arg(long)]
    strict: bool,
}

pub(super) async fn check(home: &Home, options: &CheckArguments) -> Result<Exit, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    let count = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let found = [
        count(config.datasets.len(), "dataset"),
        count(config.rules.len(), "rule"),
        count(config.groups.len(), "group"),
    ];
    output::say(format!("{}: {}", output::good("configuration and rules are in order"), found.join(", ")))?;
    let mut notes = config.notes.clone();
    match Store::open_read_only(&home.database(), &home.measures()).await {
        Ok(Some(store)) => notes.extend(advice::unseen_labels(&config, &store).await?),
        Ok(None) => {}
        // What is known is of no matter to the configuration.
        Err(error) => output::say(format!("{}: {error}", output::doubtful("the known figures were not looked at")))?,
    }
    for note in &notes {
        output::say(format!("{}: {}", output::doubtful("note"), output::clean(&note.to_string())))?;
    }
    let untested: Vec<&str> =
        config.rules.values().filter(|rule| rule.tests().is_empty()).map(|rule| rule.id()).collect();
    if !untested.is_empty() {
        output::say(format!("{}: {}", output::doubtful("rules without a test"), untested.join(", ")))?;
    }
    let all_well = !options.strict || notes.is_empty() && untested.is_empty();
    Ok(if all_well { Exit::Fine } else { Exit::Findings })
}
