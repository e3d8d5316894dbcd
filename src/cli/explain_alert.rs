//! An alert explained, for people.

use crate::{
    app::{
        explain::{AlertExplained, AtPeriod, Rest, Told},
        unattended::Escalates,
    },
    model::{Action, Severity},
};

use super::{
    explain::{answer, figure, filled, say_rule},
    output,
};

/// Prints all that is known of an alert.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn say(alert: &AlertExplained) -> std::io::Result<()> {
    output::say(output::strong(&output::clean(&alert.message)))?;
    output::say(format!(
        "{} since {}, decided by the figures of {} ({}, alert {})",
        alert.state,
        alert.since.label(),
        alert.period.label(),
        alert.severity,
        alert.id
    ))?;
    output::say(output::clean(&format!("{} on {}: {}", alert.rule_id, alert.dataset, alert.labels)))?;
    if let Some(reason) = &alert.cannot_tell {
        output::say(output::doubtful(&format!("since then it could not be judged: {}", output::clean(reason))))?;
    }
    if let Some(at) = alert.figures.iter().find(|at| at.period == alert.period) {
        heading(&format!("The condition in {}", at.period.label()))?;
        say_condition(at)?;
    }
    if !alert.handling.is_empty() {
        output::say(output::clean(&alert.handling.words()))?;
    }
    heading("The rule")?;
    match &alert.rule {
        Some(rule) => say_rule(rule)?,
        None => output::say(format!("  `{}` is not among the rules of this home", alert.rule_id))?,
    }
    if !alert.figures.is_empty() {
        heading("The figures, as they are known now")?;
        let rows = alert.figures.iter().map(|at| {
            let (value, plan) = (figure(at.value, at.unit), figure(at.plan, at.unit));
            vec![at.period.to_string().into(), value.into(), plan.into(), answer(at), filled(at).into()]
        });
        output::say(output::table(&["period", "figure", "plan", "answer", "in figures"], rows))?;
    }
    heading("What they rest on")?;
    alert.rests_on.iter().try_for_each(say_rest)?;
    heading("What became of it")?;
    let steps = alert.steps.iter().map(|step| {
        let delivery = step.delivery.map_or(String::new(), |id| id.to_string());
        vec![
            output::when(&step.recorded.to_string()).into(),
            step.kind.to_string().into(),
            step.cause.to_string().replace('_', " ").into(),
            step.period.to_string().into(),
            step.message.clone().into(),
            output::Cell::toned(delivery, output::Tone::Faint),
        ]
    });
    output::say(output::table(&["recorded", "step", "because", "period", "message", "delivery"], steps))?;
    if !alert.acts.is_empty() {
        heading("What people did")?;
        let acts = alert.acts.iter().map(|act| {
            vec![
                output::when(&act.at.to_string()).into(),
                act.kind.code().replace('_', " ").into(),
                act.by.clone().into(),
                act.since.to_string().into(),
                act.assignee.clone().unwrap_or_default().into(),
                act.review.map_or(String::new(), |day| day.to_string()).into(),
                act.comment.clone().into(),
            ]
        });
        output::say(output::table(&["recorded", "act", "by", "since", "given to", "review", "comment"], acts))?;
    }
    heading("Who was told")?;
    if alert.told.is_empty() {
        output::say("  nobody")?;
    }
    alert.told.iter().try_for_each(say_told)?;
    say_escalations(alert)
}

/// Whom it was taken to because nobody looked after it, and what comes next.
fn say_escalations(alert: &AlertExplained) -> std::io::Result<()> {
    if alert.escalations.is_empty() && alert.escalates.is_empty() {
        return Ok(());
    }
    heading("Whom it was taken to")?;
    for step in &alert.escalations {
        let when = output::when(&step.at.to_string());
        let line =
            format!("  {when}  {} (step {} of `{}` for {}): {}", step.to, step.step, step.policy, step.group, step.why);
        output::say(output::clean(&line))?;
    }
    for escalates in &alert.escalates {
        output::say(output::clean(&format!("  {}: {}", escalates.group, next(escalates))))?;
    }
    Ok(())
}

/// What comes next of an escalation, in words.
pub(super) fn next(escalates: &Escalates) -> String {
    match (&escalates.paused, &escalates.next) {
        (Some(why), _) => format!("not taken further now: {why}"),
        (None, Some(next)) => format!("next to {} on {}", next.to, output::when(&next.at.to_string())),
        (None, None) => format!("nothing more in `{}` that hangs on time alone", escalates.policy),
    }
}

fn heading(text: &str) -> std::io::Result<()> {
    output::say(format!("\n{}", output::strong(text)))
}

/// The condition with its values, and what stands for what.
fn say_condition(at: &AtPeriod) -> std::io::Result<()> {
    output::say(format!("  {}: {}", filled(at), at.answer))?;
    for named in &at.values {
        output::say(format!("  {} is {}", named.written, output::clean(&named.value)))?;
    }
    Ok(())
}

fn say_rest(rest: &Rest) -> std::io::Result<()> {
    output::say(format!(
        "  {}: {}, revision {}, {}, received {}; {} checks passed",
        output::periods(&rest.periods),
        output::clean(&output::file(&rest.file, rest.table.as_deref())),
        rest.revision,
        rest.verdict.words(),
        output::when(&rest.received.to_string()),
        rest.passed
    ))?;
    output::say(format!("    {}", output::faint(&format!("delivery {}", rest.delivery))))?;
    for (check, severity, message) in &rest.found {
        let severity = match severity {
            Severity::Error => output::bad("error"),
            Severity::Warning => output::doubtful("warning"),
            Severity::Note => output::faint("note"),
        };
        output::say(format!("    {severity} {check}: {}", output::clean(message)))?;
    }
    for decision in &rest.overrides {
        let done = match decision.action {
            Action::Release => "released",
            Action::Withdraw => "withdrawn",
        };
        let when = output::when(&decision.at.to_string());
        output::say(output::clean(&format!("    {done} by {} on {when}: {}", decision.by, decision.reason)))?;
    }
    Ok(())
}

fn say_told(told: &Told) -> std::io::Result<()> {
    let when = output::when(&told.created.to_string());
    let listed = match told.listed_as.code() {
        "firing" => "new",
        other => other,
    };
    output::say(output::clean(&format!("  {when}  {} ({listed}): {}", told.group, told.subject)))?;
    for message in &told.messages {
        let attempts =
            if message.attempts == 1 { "1 attempt".to_owned() } else { format!("{} attempts", message.attempts) };
        let sent = message.sent.map_or(String::new(), |sent| format!(" on {}", output::when(&sent.to_string())));
        let error = message.last_error.as_ref().map_or(String::new(), |error| format!(": {error}"));
        let line = format!(
            "    {} to {}: {}{sent} after {attempts}{error}",
            message.channel, message.recipient, message.state
        );
        output::say(output::clean(&line))?;
    }
    Ok(())
}
