//! `bellwether deliveries release` and `bellwether deliveries withdraw`.

use clap::Args;

use crate::{
    app::{home::Home, overrule, requests::Request},
    model::Action,
};

use super::{Exit, Failure, ask::ask, named, output};

#[derive(Debug, Args)]
pub(super) struct OverruleArguments {
    /// The delivery; the end of its id will do that no other has
    #[arg(value_name = "ID")]
    id: String,
    /// Why, for everybody who reads a report that rests on it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    by: String,
}

pub(super) async fn decide(home: &Home, options: &OverruleArguments, action: Action) -> Result<Exit, Failure> {
    let delivery = named::delivery(home, &options.id).await?;
    let (reason, by) = (options.reason.clone(), options.by.clone());
    let request = overrule::Request { delivery, action, reason, by };
    let verdict = ask(home, &Request::Overrule(request)).await?;
    output::say(format!("delivery {delivery}: {verdict}"))?;
    Ok(Exit::Fine)
}
