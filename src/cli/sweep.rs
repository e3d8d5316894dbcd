//! Several values of one setting, tried one after another: `--sweep share=50%,60%,70%`.

use std::{str::FromStr, sync::Arc};

use serde::Serialize;

use crate::{
    app::backtest::{Backtest, OfRule},
    config::TriedSetting,
    rules::Rule,
};

use super::{
    Exit, Failure,
    backtest::{BacktestFormat, period_noun, summary},
    output,
};

/// A setting and the values that are tried for it.
#[derive(Debug, Clone)]
pub(super) struct Sweep {
    name: String,
    values: Vec<String>,
}

impl FromStr for Sweep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "write the setting and its values, as in share=50%,60%,70%";
        let (name, values) = text.split_once('=').ok_or(example)?;
        let values: Vec<String> = values.split(',').map(|value| value.trim().to_owned()).collect();
        if name.trim().is_empty() || values.iter().any(String::is_empty) {
            return Err(example.to_owned());
        }
        Ok(Self { name: name.trim().to_owned(), values })
    }
}

/// What came of one value.
#[derive(Debug, Serialize)]
struct Tried {
    setting: String,
    value: String,
    backtests: Vec<Backtest>,
}

/// Compiles the rules with a setting.
type Rules<'a> = dyn Fn(Option<TriedSetting<'_>>) -> Result<Vec<Arc<Rule>>, Failure> + 'a;

impl Sweep {
    /// Runs the rules that have the setting with each of its values.
    pub(super) fn run(
        &self,
        rules: &Rules<'_>,
        backtest: &dyn Fn(&[Arc<Rule>]) -> Vec<Backtest>,
        format: BacktestFormat,
    ) -> Result<Exit, Failure> {
        let mut tried = Vec::new();
        for value in &self.values {
            let rules = rules(Some(TriedSetting { name: &self.name, value }))?;
            if rules.is_empty() {
                return Err(Failure::usage(format!("none of these rules has a setting `{}`", self.name)));
            }
            let (setting, value) = (self.name.clone(), value.clone());
            tried.push(Tried { setting, value, backtests: backtest(&rules) });
        }
        match format {
            BacktestFormat::Json => output::print_json(&tried)?,
            BacktestFormat::Csv => output::print_csv(HEADERS, tried.iter().flat_map(rows))?,
            BacktestFormat::Text => print(&tried)?,
        }
        Ok(Exit::Fine)
    }
}

const HEADERS: &[&str] = &["setting", "value", "dataset", "rule", "periods", "alerts", "most_at_once", "messages"];

fn rows(tried: &Tried) -> Vec<Vec<String>> {
    let row = |test: &Backtest, rule: &OfRule| {
        let new: usize = rule.periods.iter().map(|of| of.new).sum();
        let counts = [test.periods.len(), new, rule.most_at_once(), test.messages()].map(|count| count.to_string());
        let names = [tried.setting.clone(), tried.value.clone(), test.dataset.clone(), rule.rule.clone()];
        names.into_iter().chain(counts).collect()
    };
    tried.backtests.iter().flat_map(|test| test.rules.iter().map(move |rule| row(test, rule))).collect()
}

/// Each rule with a line for each value.
fn print(tried: &[Tried]) -> std::io::Result<()> {
    let ids: Vec<&str> =
        tried.first().into_iter().flat_map(|one| rules(one).map(|(_, rule)| rule.rule.as_str())).collect();
    for id in ids {
        let setting = tried.first().map_or("", |one| one.setting.as_str());
        output::say(format!("{}, {setting}", output::strong(id)))?;
        let width = tried.iter().map(|one| one.value.chars().count()).max().unwrap_or(0);
        for one in tried {
            for (test, rule) in rules(one).filter(|(_, rule)| rule.rule == id) {
                let noun = period_noun(test);
                let messages = test.a_period(test.messages());
                output::say(format!(
                    "  at {:>width$}: {}; {messages:.1} messages a {noun}",
                    one.value,
                    summary(test, rule, noun),
                ))?;
            }
        }
    }
    Ok(())
}

fn rules(tried: &Tried) -> impl Iterator<Item = (&Backtest, &OfRule)> {
    tried.backtests.iter().flat_map(|test| test.rules.iter().map(move |rule| (test, rule)))
}
