//! `bellwether test`.

use clap::Args;
use serde::Serialize;

use crate::{
    app::{
        home::Home,
        rule_tests::{self, Outcome},
    },
    config::Config,
};

use super::{Exit, Failure, Format, output};

#[derive(Debug, Args)]
pub(super) struct TestArguments {
    /// Only the tests of these rules
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// A test as programs read it.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    rule: &'a str,
    test: &'a str,
    passed: bool,
    differences: &'a [String],
}

pub(super) fn test(home: &Home, options: &TestArguments) -> Result<Exit, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    if let Some(wanted) = options.rules.iter().find(|id| !config.rules.contains_key(*id)) {
        let near = crate::yaml::nearest(wanted, config.rules.keys().map(String::as_str));
        let hint = near.map_or(String::new(), |near| format!(": did you mean `{near}`?"));
        return Err(Failure { exit: Exit::Usage, message: format!("there is no rule `{wanted}`{hint}") });
    }
    let wanted = |id: &String| options.rules.is_empty() || options.rules.contains(id);
    let rules: Vec<_> = config.rules.iter().filter(|(id, _)| wanted(id)).map(|(_, rule)| rule).collect();
    let outcomes: Vec<Outcome> = rules.iter().flat_map(|rule| rule_tests::run(rule)).collect();
    let failed = outcomes.iter().filter(|outcome| !outcome.differences.is_empty()).count();
    match options.format {
        Format::Json => {
            let entries: Vec<Entry<'_>> = outcomes
                .iter()
                .map(|outcome| Entry {
                    rule: &outcome.rule,
                    test: &outcome.test,
                    passed: outcome.differences.is_empty(),
                    differences: &outcome.differences,
                })
                .collect();
            output::print_json(&entries)?;
        }
        Format::Table => {
            for outcome in &outcomes {
                let mark = if outcome.differences.is_empty() { output::good("ok    ") } else { output::bad("FAILED") };
                output::say(format!("{mark}  {}: {}", outcome.rule, outcome.test))?;
                for difference in &outcome.differences {
                    output::say(format!("          {difference}"))?;
                }
            }
            for rule in rules.iter().filter(|rule| rule.tests().is_empty()) {
                output::say(format!("{}  {}", output::doubtful("no test"), rule.id()))?;
            }
            output::say(format!("\n{} passed, {failed} failed", outcomes.len() - failed))?;
        }
    }
    Ok(if failed == 0 { Exit::Fine } else { Exit::Findings })
}
