//! `bellwether explain`.

use clap::Args;
use jiff::Timestamp;

use crate::{
    app::{
        explain::{AtPeriod, Known, RuleExplained, RuleWords, explain_alert, explain_rule},
        home::Home,
    },
    config::Config,
    model::{Alert, Labels, Missing, Unit, Value},
    store::Store,
    yaml::nearest,
};

use super::{Exit, Failure, explain_alert as alert_text, named, output};

const LONG: &str = "\
Tell what an alert rests on, or what a rule means, in figures

An ALERT is an id as `bellwether alerts` lists it, or the beginning of one; or a rule and --label, as many as single it out. \
Told are: the condition with the figures filled in, the figures over time, the deliveries that they come from with the checks \
they went through and what people decided of them, every step of the alert, and who was told when.

Of a RULE: what it means, its condition with the newest figures of each series filled in, how each series stands, and which \
groups it goes to.

  bellwether explain les-deterioration
  bellwether explain les-deterioration --label contract=Diabetes
  bellwether explain 3f2a

In a condition with figures, every name and call is replaced by its value: `value < share * plan` is \
`694 < 0.6 * 1332 = 799.2`. `?` stands where there is no figure.

Exit codes: 0 when it was explained, 2 when there is no such alert or rule, 3 when the store cannot be read.";

#[derive(Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct ExplainArguments {
    /// The id of an alert (or its beginning), or a rule
    #[arg(value_name = "ALERT|RULE")]
    what: String,
    /// With a rule: only the series with this label
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ExplainFormat,
}

/// What an explanation is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum ExplainFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON document for programs.
    Json,
}

fn label(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("write the label and its value, as in contract=Dementia")?;
    Ok((pair.0.trim().to_owned(), pair.1.trim().to_owned()))
}

pub(super) async fn explain(home: &Home, options: &ExplainArguments) -> Result<Exit, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    let store = Store::open_read_only(&home.database(), &home.measures()).await?;
    let alerts = match &store {
        Some(store) => store.alerts(None).await?,
        None => Vec::new(),
    };
    let wanted: Labels = options.labels.iter().cloned().collect();
    let found = match config.rules.get(&options.what) {
        Some(rule) => {
            let of_rule = |alert: &&Alert| alert.rule == rule.id() && alert.labels.contains(&wanted);
            let mut found: Vec<&Alert> = alerts.iter().filter(of_rule).collect();
            if wanted.is_empty() || found.len() != 1 {
                let known = match &store {
                    Some(store) => Known::of(&config, store, rule).await?,
                    None => Known::default(),
                };
                let explained = explain_rule(&config, rule, &known, &alerts, &wanted);
                return print_rule(&explained, options.format);
            }
            found.pop()
        }
        None => Some(named::alert(&alerts, &options.what)?.ok_or_else(|| unknown(&config, &options.what))?),
    };
    let (Some(alert), Some(store)) = (found, &store) else { return Err(unknown(&config, &options.what)) };
    let explained = explain_alert(&config, store, alert.clone(), Timestamp::now()).await?;
    match options.format {
        ExplainFormat::Json => output::print_json(&explained)?,
        ExplainFormat::Text => alert_text::say(&explained)?,
    }
    Ok(Exit::Fine)
}

fn unknown(config: &Config, what: &str) -> Failure {
    let near = nearest(what, config.rules.keys().map(String::as_str));
    let hint = near.map_or_else(
        || "`bellwether alerts` lists the alerts with their ids".to_owned(),
        |near| format!("did you mean the rule `{near}`?"),
    );
    Failure::usage(format!("there is no alert or rule `{what}`: {hint}"))
}

fn print_rule(explained: &RuleExplained, format: ExplainFormat) -> Result<Exit, Failure> {
    if format == ExplainFormat::Json {
        output::print_json(explained)?;
        return Ok(Exit::Fine);
    }
    say_rule(&explained.rule)?;
    output::say(format!("  goes to     {}", explained.groups.join(", ")))?;
    if explained.series.is_empty() {
        output::say("\nNo figures of such a series are known yet.")?;
        return Ok(Exit::Fine);
    }
    let rows = explained.series.iter().map(|series| {
        let now = &series.now;
        let state = match (series.state, series.since) {
            (Some(state), Some(since)) => format!("{state} (since {since})"),
            _ => "–".to_owned(),
        };
        vec![
            series.labels.values().into(),
            now.period.to_string().into(),
            answer(now),
            filled(now).into(),
            state.into(),
        ]
    });
    output::say(format!("\n{}", output::table(&["series", "period", "answer", "in figures", "alert"], rows)))?;
    Ok(Exit::Fine)
}

/// What a rule is, line by line.
pub(super) fn say_rule(rule: &RuleWords) -> std::io::Result<()> {
    output::say(format!("{}: {}", output::strong(&rule.id), rule.summary))?;
    for line in rule.doc.trim().lines() {
        output::say(format!("  {}", output::faint(line)))?;
    }
    let settings: Vec<String> =
        rule.settings.iter().map(|(name, value)| format!("{name} = {}", serde_json::json!(value))).collect();
    let runs = |n: u32| if n == 1 { "1 period".to_owned() } else { format!("{n} consecutive periods") };
    let breach = match rule.of_last {
        of_last if of_last == rule.for_periods => runs(rule.for_periods),
        of_last => format!("{} of {of_last} periods", rule.for_periods),
    };
    let unjudged = rule
        .cannot_tell_for
        .map_or_else(String::new, |periods| format!(", or {} that cannot be judged", runs(periods)));
    let clear = match rule.resolve_after {
        1 => "1 clear period".to_owned(),
        n => format!("{n} consecutive clear periods"),
    };
    let life = format!("{breach} in breach{unjudged}, and is resolved by {clear}");
    let only: Vec<String> = rule.only.iter().map(|(name, what)| format!("{name}: {what}")).collect();
    for (name, text) in [
        ("condition", rule.condition.trim().to_owned()),
        ("settings", settings.join(", ")),
        ("looks at", format!("{} of {}", rule.measure, rule.dataset)),
        ("where", only.join(", ")),
        ("severity", rule.severity.to_string()),
        ("fires after", life),
        ("message", rule.message.clone()),
    ] {
        if !text.is_empty() {
            output::say(format!("  {name:<12}{text}"))?;
        }
    }
    Ok(())
}

/// The answer with the tone that it has.
pub(super) fn answer(at: &AtPeriod) -> output::Cell {
    let tone = match at.answer {
        "clear" => output::Tone::Good,
        "breach" | "failed" => output::Tone::Bad,
        _ => output::Tone::Doubtful,
    };
    output::Cell::toned(at.answer, tone)
}

/// The condition in figures, and why there is no answer.
pub(super) fn filled(at: &AtPeriod) -> String {
    match &at.reason {
        Some(reason) => format!("{} ({reason})", at.filled),
        None => at.filled.clone(),
    }
}

/// A figure in its unit.
pub(super) fn figure(value: Value, unit: Unit) -> String {
    match value {
        Value::Number(number) => unit.write(number),
        Value::Missing { missing: Missing::Absent } => "–".to_owned(),
        Value::Missing { missing } => missing.reason().to_owned(),
        Value::Bound(bound) => bound.write(|end| unit.write(end)),
    }
}
