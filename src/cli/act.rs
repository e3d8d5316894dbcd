//! `bellwether alerts acknowledge`, `comment`, `assign` and `review`.

use clap::{Args, Subcommand};
use jiff::civil::Date;
use uuid::Uuid;

use crate::{
    app::{acts::ActRequest, home::Home, requests::Request},
    model::ActKind,
};

use super::{Exit, Failure, ask::ask, output};

/// What people do about alerts.
#[derive(Debug, Subcommand)]
pub(super) enum Doing {
    /// Say that you look after alerts: they are quiet until they worsen, or their review date passes
    Acknowledge(AcknowledgeArguments),
    /// Say something of alerts, for everybody who reads of them
    Comment(CommentArguments),
    /// Give alerts to somebody
    Assign(AssignArguments),
    /// Set the day on which alerts are to be looked at again; their groups are told on the morning after it
    Review(ReviewArguments),
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// Ids of alerts (or their beginnings); or what alerts that fire have, all of it: contract="Dementia" 'rule=~"les-.*"'
    #[arg(value_name = "ALERT|MATCHER", required = true)]
    alerts: Vec<String>,
    /// Who does this
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(Debug, Args)]
pub(super) struct AcknowledgeArguments {
    #[command(flatten)]
    which: Which,
    /// What is being done
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
    /// Who is to see to it
    #[arg(long = "to", value_name = "NAME")]
    assignee: Option<String>,
    /// When it is to be looked at again: 2026-01-31
    #[arg(long, value_name = "DAY")]
    review: Option<Date>,
}

#[derive(Debug, Args)]
pub(super) struct CommentArguments {
    #[command(flatten)]
    which: Which,
    /// What is to be said
    #[arg(long, value_name = "TEXT")]
    comment: String,
}

#[derive(Debug, Args)]
pub(super) struct AssignArguments {
    #[command(flatten)]
    which: Which,
    /// Who is to see to it
    #[arg(long = "to", value_name = "NAME")]
    assignee: String,
    /// What is to be said with it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(super) struct ReviewArguments {
    #[command(flatten)]
    which: Which,
    /// When it is to be looked at again: 2026-01-31
    #[arg(long = "on", value_name = "DAY")]
    review: Date,
    /// What is to be said with it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

/// Has something done about alerts.
pub(super) async fn act(home: &Home, doing: &Doing) -> Result<Exit, Failure> {
    let (which, kind, comment, assignee, review) = match doing {
        Doing::Acknowledge(of) => (&of.which, ActKind::Acknowledged, &of.comment, of.assignee.clone(), of.review),
        Doing::Comment(of) => (&of.which, ActKind::Commented, &of.comment, None, None),
        Doing::Assign(of) => (&of.which, ActKind::Assigned, &of.comment, Some(of.assignee.clone()), None),
        Doing::Review(of) => (&of.which, ActKind::ReviewSet, &of.comment, None, Some(of.review)),
    };
    let request = ActRequest {
        id: Uuid::now_v7(),
        alerts: which.alerts.clone(),
        kind,
        by: which.by.clone(),
        comment: comment.clone(),
        assignee,
        review,
        through: None,
    };
    let done = ask(home, &Request::Act(request)).await?;
    output::say(format!("{}: {done}", kind.code().replace('_', " ")))?;
    Ok(Exit::Fine)
}
