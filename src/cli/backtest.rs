//! `bellwether backtest`.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;

use crate::{
    app::{
        backtest::{self, Backtest, Hindsight, OfRule, Range, Reason, Stretch},
        home::Home,
        memory::Memory,
        record::{self, Histories},
    },
    config::{Config, Tried, TriedSetting},
    model::{Period, Value},
    rules::Rule,
    store::Store,
};

use super::{Exit, Failure, named, output, sweep};

const LONG: &str = "\
Tell what rules would have said on the history that is there; send and keep nothing

The accepted figures of each dataset are taken as if its periods arrived one after another, and the rules are evaluated after \
each of them, in the same way as the daemon does it. Figures that were restated count as they stand now. Without a RULE, every \
rule is tried. --rules FILE takes the rules of a file that need not be in the home: they use the datasets, functions and route \
of the home, and may stand for rules of the same id.

  bellwether backtest les-deterioration --from 2025-06
  bellwether backtest --rules draft.yaml --sweep share=50%,60%,70%
  bellwether backtest les-deterioration --record cases/les.yaml

--sweep tries several values of one setting: one of the rule's `settings`, or another such as `for`. A percentage may be written \
for a share: 60% is 0.6.

--record writes the figures and what the rules say of them as a case for `bellwether test`.

Exit codes: 0 when it was done, whatever would have fired; 2 when a rule, a setting or the configuration is wrong; 3 when the \
store cannot be read.";

#[derive(Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct BacktestArguments {
    /// Only these rules
    #[arg(value_name = "RULE")]
    wanted: Vec<String>,
    /// The rules of this file instead of the home's
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The first period that is told of: 2025-04, 2025/26-Q2, 2025/26
    #[arg(long, value_name = "PERIOD")]
    from: Option<Period>,
    /// The last period that is told of
    #[arg(long, value_name = "PERIOD")]
    to: Option<Period>,
    /// Try several values of a setting
    #[arg(long, value_name = "NAME=VALUE,…", conflicts_with = "record")]
    sweep: Option<sweep::Sweep>,
    /// Write the figures and what the rules say of them as a case for `bellwether test`
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    record: Option<PathBuf>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: BacktestFormat,
}

/// What a backtest is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum BacktestFormat {
    /// Tables for people.
    #[default]
    #[value(alias = "table")]
    Text,
    /// One JSON document for programs.
    Json,
    /// A line for each rule and period, or for each value of a sweep.
    Csv,
}

pub(super) async fn backtest(home: &Home, options: &BacktestArguments) -> Result<Exit, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    let range = Range { from: options.from, to: options.to };
    if let Some((from, to)) = range.from.zip(range.to).filter(|(from, to)| from.start() > to.end()) {
        return Err(Failure::usage(format!("{from} is after {to}: nothing is left to tell of")));
    }
    let tried = Tried { file: options.rules.as_deref(), setting: None };
    let trying = config.trying(home.root(), &tried).map_err(Failure::configuration)?;
    let rules = |setting: Option<TriedSetting<'_>>| -> Result<Vec<Arc<Rule>>, Failure> {
        let tried = Tried { file: options.rules.as_deref(), setting };
        let known = config.trying(home.root(), &tried).map_err(Failure::configuration)?.rules;
        match setting {
            // Rules without the setting are not swept.
            Some(_) if options.wanted.is_empty() => Ok(known.into_values().collect()),
            Some(_) => Ok(options.wanted.iter().filter_map(|id| known.get(id).cloned()).collect()),
            None => named::rules(&known, &options.wanted),
        }
    };
    let written = rules(None)?;
    let histories = histories(home, &trying, &written).await?;
    let run = |rules: &[Arc<Rule>]| -> Vec<Backtest> {
        let run = |dataset: &String| {
            let rules: Vec<_> = rules.iter().filter(|rule| rule.dataset() == dataset).cloned().collect();
            let hindsight = Hindsight { config: &trying, dataset, rules: &rules, histories: &histories, range };
            (!rules.is_empty()).then(|| backtest::backtest(hindsight))
        };
        histories.keys().filter_map(run).collect()
    };
    if let Some(file) = &options.record {
        return recorded(&trying, file, &written, &histories, range);
    }
    if let Some(sweep) = &options.sweep {
        return sweep.run(&rules, &run, options.format);
    }
    let tests = run(&written);
    match options.format {
        BacktestFormat::Json => output::print_json(&tests)?,
        BacktestFormat::Csv => output::print_csv(HEADERS, rows(&tests))?,
        BacktestFormat::Text => tests.iter().try_for_each(print)?,
    }
    Ok(Exit::Fine)
}

/// What is known of the datasets of rules.
async fn histories(home: &Home, config: &Config, rules: &[Arc<Rule>]) -> Result<Histories, Failure> {
    let store = Store::open_read_only(&home.database(), &home.measures()).await?;
    let mut histories = Memory::of(store).histories(&config.needs_of(rules)).await?;
    for rule in rules {
        if histories.get(rule.dataset()).is_none_or(|history| history.periods.is_empty()) {
            histories.remove(rule.dataset());
            anstream::eprintln!("nothing is known of {} yet: {} says nothing", rule.dataset(), rule.id());
        }
    }
    Ok(histories)
}

fn recorded(
    config: &Config,
    file: &Path,
    rules: &[Arc<Rule>],
    histories: &Histories,
    range: Range,
) -> Result<Exit, Failure> {
    let known: BTreeSet<&str> = rules.iter().map(|rule| rule.dataset()).collect();
    let known: Vec<&str> = known.into_iter().filter(|dataset| histories.contains_key(*dataset)).collect();
    let &[dataset] = known.as_slice() else {
        let message = match known.as_slice() {
            [] => "there are no figures to record".to_owned(),
            several => format!("a case is about one dataset, and these rules are on {}: name some", several.join(", ")),
        };
        return Err(Failure::usage(message));
    };
    let rules: Vec<_> = rules.iter().filter(|rule| rule.dataset() == dataset).cloned().collect();
    let name = format!("{dataset} as accepted");
    let text = record::record(&name, Hindsight { config, dataset, rules: &rules, histories, range });
    let mut target = std::fs::OpenOptions::new().write(true).create_new(true).open(file).map_err(|error| {
        Failure::usage(format!("{}: {error}: a recorded case is not written over another file", file.display()))
    })?;
    std::io::Write::write_all(&mut target, text.as_bytes())?;
    output::say(format!("{}: run it with `bellwether test {0}`", file.display()))?;
    Ok(Exit::Fine)
}

const HEADERS: &[&str] = &["dataset", "rule", "period", "new", "continuing", "resolved", "cannot_tell", "failed"];

fn rows(tests: &[Backtest]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for test in tests {
        for rule in &test.rules {
            rows.extend(rule.periods.iter().map(|of| {
                let counts = [of.new, of.continuing, of.resolved, of.cannot_tell, of.failed];
                let names = [test.dataset.clone(), rule.rule.clone(), of.period.to_string()];
                names.into_iter().chain(counts.map(|count| count.to_string())).collect()
            }));
        }
    }
    rows
}

fn print(test: &Backtest) -> std::io::Result<()> {
    let noun = period_noun(test);
    for rule in &test.rules {
        output::say(output::strong(&format!("{}: {}", rule.rule, rule.summary)))?;
        let series = match rule.series {
            0 => "no series that the rule looks at".to_owned(),
            series => format!("{series} series"),
        };
        output::say(format!("{}, {series}, {}", test.dataset, periods(test)))?;
        let counted = rule.periods.iter().map(|of| {
            let counts = [of.new, of.continuing, of.resolved, of.cannot_tell, of.failed];
            let cell = |count: usize| if count == 0 { "·".to_owned() } else { count.to_string() };
            std::iter::once(of.period.to_string()).chain(counts.map(cell)).map(Into::into).collect()
        });
        let headers = ["period", "new", "continuing", "resolved", "cannot tell", "failed"];
        output::say(format!("\n{}\n", output::table(&headers, counted)))?;
        output::say(summary(test, rule, noun))?;
        for line in reasons(rule) {
            output::say(line)?;
        }
        if !rule.alerts.is_empty() {
            let rows = rule.alerts.iter().map(|alert| cells(alert).map(Into::into).to_vec());
            let headers = ["series", "since", "until", "periods", "last message", "figures", "goes to"];
            output::say(format!("\n{}", output::table(&headers, rows)))?;
        }
        output::say("")?;
    }
    for group in &test.groups {
        let each = test.a_period(group.messages);
        let (notices, messages) = (counted(group.notices, "notice"), counted(group.messages, "message"));
        output::say(format!("{}: {notices}, {messages} ({each:.1} a {noun}) from these rules", group.group))?;
    }
    output::say("")
}

/// How many reasons are told of each rule.
const REASONS: usize = 3;

/// `cannot tell: division by zero (101 times, first in April 2025, Dementia · capitated)`
fn reasons(rule: &OfRule) -> Vec<String> {
    let line = |reason: &Reason| {
        let Reason { failed, reason, count, period, labels } = reason;
        let what = if *failed { "failed" } else { "cannot tell" };
        let often = if *count == 1 { "once, in".to_owned() } else { format!("{count} times, first in") };
        format!("{what}: {reason} ({often} {}, {})", period.label(), labels.values())
    };
    let mut lines: Vec<String> = rule.reasons.iter().take(REASONS).map(line).collect();
    let more: usize = rule.reasons.iter().skip(REASONS).map(|reason| reason.count).sum();
    if more > 0 {
        lines.push(format!("and {more} more times for {} other reasons", rule.reasons.len() - REASONS));
    }
    lines
}

fn cells(alert: &Stretch) -> [String; 7] {
    let figure = |(_, value): &(Period, Value)| match value.get() {
        Some(_) => value.to_string(),
        None => "–".to_owned(),
    };
    let figures: Vec<String> = alert.figures.iter().map(figure).collect();
    [
        alert.labels.values(),
        alert.since.to_string(),
        alert.until.map_or_else(|| "still firing".to_owned(), |until| until.to_string()),
        alert.periods.to_string(),
        alert.message.clone(),
        figures.join(" "),
        alert.groups.join(", "),
    ]
}

/// `1 notice`, `2 notices`.
fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// `2.0 alerts a month, 14 in all, at most 6 at once`.
pub(super) fn summary(test: &Backtest, rule: &OfRule, noun: &str) -> String {
    let new: usize = rule.periods.iter().map(|of| of.new).sum();
    format!("{:.1} alerts a {noun}, {new} in all, at most {} at once", test.a_period(new), rule.most_at_once())
}

/// What a period of a backtest is called: month.
pub(super) fn period_noun(test: &Backtest) -> &'static str {
    test.periods.last().map_or("period", |period| period.granularity().noun(1))
}

fn periods(test: &Backtest) -> String {
    match (test.periods.first(), test.periods.last()) {
        (Some(first), Some(last)) if first == last => first.label(),
        (Some(first), Some(last)) => {
            let count = test.periods.len();
            format!("{count} {} from {} to {}", last.granularity().noun(count), first.label(), last.label())
        }
        _ => "no period is known in this range".to_owned(),
    }
}
