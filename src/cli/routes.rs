//! `bellwether routes`: the tree, and who would be told of something.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    app::{
        home::Home,
        routes::{self, Explanation, Manner, Other, PlannedStep, Policy, Route, explain},
    },
    config::Config,
    model::{AlertSeverity, Labels},
    store::Store,
};

use super::{Exit, Failure, Format, output};

#[derive(Debug, Args)]
pub(super) struct RoutesArguments {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// Draw the tree
    Show(ShowArguments),
    /// Tell who would receive an alert, through which branch, and why not the others
    Test(TestArguments),
}

#[derive(Debug, Args)]
struct ShowArguments {
    /// Another file than the home's, in the same form or in Alertmanager's; its names are not looked up
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Args)]
struct TestArguments {
    /// What the alert has: severity=critical dataset=les-activity contract=Dementia. Of a rule that is named, dataset and
    /// severity are known
    #[arg(value_name = "LABEL=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// Another file than the home's, in the same form or in Alertmanager's; its names are not looked up
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// When it is told: 2025-12-25T10:00:00Z; left out: now. It decides which silences and time intervals hold
    #[arg(long, value_name = "TIME", conflicts_with = "file")]
    at: Option<Timestamp>,
    /// Who is expected, in this order; otherwise the command ends with 1
    #[arg(long, value_name = "GROUP,…", value_delimiter = ',')]
    expect: Option<Vec<String>>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// `contract=Dementia`, the value in double quotes or not.
fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write label=value")?;
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    if name.is_empty() { Err("write label=value".to_owned()) } else { Ok((name.to_owned(), bare.to_owned())) }
}

pub(super) async fn routes(home: &Home, options: &RoutesArguments) -> Result<Exit, Failure> {
    match &options.question {
        Question::Show(options) => show(home, options),
        Question::Test(options) => test(home, options).await,
    }
}

fn show(home: &Home, options: &ShowArguments) -> Result<Exit, Failure> {
    let policy = match &options.file {
        Some(file) => routes::tried(file).map_err(Failure::configuration)?,
        None => Config::load(home.root()).map_err(Failure::configuration)?.policy,
    };
    match options.format {
        Format::Json => output::print_json(&Drawn::of(&policy.route))?,
        Format::Table => {
            output::say(format!(
                "{}{}",
                output::strong(&policy.route.manner.to.join(", ")),
                asides(&policy.route, None)
            ))?;
            draw(&policy.route, "")?;
        }
    }
    Ok(Exit::Fine)
}

/// The branches below one, each with a line of its own.
fn draw(route: &Route, before: &str) -> std::io::Result<()> {
    let last = route.routes.len().saturating_sub(1);
    for (at, branch) in route.routes.iter().enumerate() {
        let (turn, below) = if at == last { ("└─", "   ") } else { ("├─", "│  ") };
        let to = output::strong(&output::clean(&branch.manner.to.join(", ")));
        let key = output::clean(&branch.key());
        let asides = asides(branch, Some(&route.manner));
        output::say(format!("{before}{turn} {} {key} → {to}{asides}", branch.number))?;
        draw(branch, &format!("{before}{below}"))?;
    }
    Ok(())
}

/// How what ends at a branch is said, as far as it is not as at its parent.
fn asides(route: &Route, parent: Option<&Manner>) -> String {
    let mut said = if route.go_on { vec!["continue".to_owned()] } else { Vec::new() };
    let plain = Manner::default();
    said.extend(route.manner.differences(parent.unwrap_or(&plain)));
    if said.is_empty() { String::new() } else { output::faint(&format!(" ({})", output::clean(&said.join("; ")))) }
}

/// A branch as programs read it.
#[derive(Debug, Serialize)]
struct Drawn<'a> {
    number: &'a str,
    matchers: Vec<String>,
    #[serde(rename = "continue")]
    go_on: bool,
    #[serde(flatten)]
    manner: &'a Manner,
    routes: Vec<Drawn<'a>>,
}

impl<'a> Drawn<'a> {
    fn of(route: &'a Route) -> Self {
        Self {
            number: &route.number,
            matchers: route.matchers.iter().map(ToString::to_string).collect(),
            go_on: route.go_on,
            manner: &route.manner,
            routes: route.routes.iter().map(Drawn::of).collect(),
        }
    }
}

/// What a test finds, as programs read it.
#[derive(Debug, Serialize)]
struct Tested {
    labels: Labels,
    #[serde(flatten)]
    explanation: Explanation,
    /// Why nobody would be told now.
    muted: Option<String>,
    /// Which groups would be told later, because of the time, and why.
    waits: BTreeMap<String, String>,
    /// What would be done for a group about an alert that it is told of now and does not act on.
    escalations: BTreeMap<String, Vec<PlannedStep>>,
}

async fn test(home: &Home, options: &TestArguments) -> Result<Exit, Failure> {
    let mut labels: Labels = options.labels.iter().cloned().collect();
    let tested = if let Some(file) = &options.file {
        let policy = routes::tried(file).map_err(Failure::configuration)?;
        Tested {
            explanation: explain(&policy.route, &labels),
            labels,
            muted: None,
            waits: BTreeMap::new(),
            escalations: BTreeMap::new(),
        }
    } else {
        let config = Config::load(home.root()).map_err(Failure::configuration)?;
        complete(&mut labels, &config)?;
        let store = Store::open_read_only(&home.database(), &home.measures()).await?;
        let now = options.at.unwrap_or_else(Timestamp::now);
        let muted = routes::muted(store.as_ref(), &config.policy, &labels, now).await?;
        let explanation = with_unnamed(explain(&config.policy.route, &labels), &config, &config.policy);
        let waiting = explanation.receivers.iter().filter_map(|receiver| {
            let why = routes::waits(&config, &receiver.group, &receiver.manner, now)?;
            Some((receiver.group.clone(), why))
        });
        let waits = waiting.collect();
        let severity = labels.get("severity").and_then(AlertSeverity::from_code).unwrap_or_default();
        let escalating = explanation.receivers.iter().filter_map(|receiver| {
            let steps = routes::escalation(&config, &receiver.group, &receiver.manner, severity, now)?;
            Some((receiver.group.clone(), steps))
        });
        let escalations = escalating.collect();
        Tested { labels, explanation, muted, waits, escalations }
    };
    match options.format {
        Format::Json => output::print_json(&tested)?,
        Format::Table => print(&tested)?,
    }
    let found: Vec<&String> = tested.explanation.receivers.iter().map(|receiver| &receiver.group).collect();
    match &options.expect {
        Some(expected) if found != expected.iter().collect::<Vec<_>>() => {
            Err(Failure::of(Exit::Findings, format!("expected {}", output::clean(&expected.join(", ")))))
        }
        _ => Ok(Exit::Fine),
    }
}

/// Adds what is known of a rule that is named; a label that no dataset has is a slip.
fn complete(labels: &mut Labels, config: &Config) -> Result<(), Failure> {
    let refuse = |message: String| Err(Failure::usage(output::clean(&message)));
    let traits = ["rule", "dataset", "severity"];
    let known = |name: &str| {
        traits.contains(&name)
            || config.datasets.values().flat_map(|dataset| dataset.labels()).any(|label| label == name)
    };
    if let Some((name, _)) = labels.iter().find(|(name, _)| !known(name)) {
        return refuse(format!("no dataset has a label `{name}`"));
    }
    let rule = labels.get("rule").and_then(|id| config.rules.get(id)).cloned();
    if let Some(rule) = rule {
        for (name, value) in [("dataset", rule.dataset()), ("severity", rule.severity().code())] {
            if labels.get(name).is_none() {
                labels.insert(name, value);
            }
        }
    }
    Ok(())
}

/// Names the groups that no branch does.
fn with_unnamed(mut explanation: Explanation, config: &Config, policy: &Policy) -> Explanation {
    let named = |group: &String| policy.route.walk().any(|route| route.manner.to.contains(group));
    let unnamed = config.groups.keys().filter(|group| !named(group));
    let why = || vec!["no branch names it".to_owned()];
    explanation.others.extend(unnamed.map(|group| Other { group: group.clone(), why: why() }));
    explanation
}

fn print(tested: &Tested) -> std::io::Result<()> {
    let Tested { labels, explanation, muted, waits, escalations } = tested;
    output::say(output::clean(&labels.to_string()))?;
    output::say(format!("\n{}", output::strong("Receives it")))?;
    for receiver in &explanation.receivers {
        let through =
            if receiver.through.is_empty() { "the top".to_owned() } else { format!("branch {}", receiver.through) };
        let group = output::good(&output::clean(&receiver.group));
        output::say(format!("  {group}  through {through}: {}", output::clean(&receiver.route)))?;
        for said in receiver.manner.differences(&Manner::default()) {
            output::say(format!("      {}", output::clean(&said)))?;
        }
        for step in escalations.get(&receiver.group).into_iter().flatten() {
            let at = step.at.map_or(String::new(), |at| format!(": {}", output::when(&at.to_string())));
            output::say(format!("        {}", output::clean(&format!("{}, to {}{at}", step.after, step.to))))?;
        }
        if let Some(why) = waits.get(&receiver.group) {
            output::say(format!("      {}", output::doubtful(&output::clean(why))))?;
        }
    }
    if let Some(by) = muted {
        output::say(format!("  {}", output::doubtful(&output::clean(&format!("not told of now: {by}")))))?;
    }
    output::say(format!("\n{}", output::strong("Does not")))?;
    for Other { group, why } in &explanation.others {
        output::say(format!("  {}  {}", output::clean(group), output::clean(&why.join("; "))))?;
    }
    Ok(())
}
