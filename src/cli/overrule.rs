//! `bellwether deliveries release` and `bellwether deliveries withdraw`.

use clap::Args;
use uuid::Uuid;

use crate::{
    app::{home::Home, overrule, requests::Request},
    model::{Action, DeliveryId},
};

use super::{Exit, Failure, ask::ask, output};

#[derive(Debug, Args)]
pub(super) struct OverruleArguments {
    /// The delivery
    #[arg(value_name = "ID")]
    id: Uuid,
    /// Why, for everybody who reads a report that rests on it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    by: String,
}

pub(super) async fn decide(home: &Home, options: &OverruleArguments, action: Action) -> Result<Exit, Failure> {
    let (reason, by) = (options.reason.clone(), options.by.clone());
    let request = overrule::Request { delivery: DeliveryId(options.id), action, reason, by };
    let verdict = ask(home, &Request::Overrule(request)).await?;
    output::say(format!("delivery {}: {verdict}", options.id))?;
    Ok(Exit::Fine)
}
