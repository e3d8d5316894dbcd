//! `bellwether links`.

use clap::Subcommand;

use crate::app::{home::Home, links};

use super::{Exit, Failure, output};

#[derive(Debug, Subcommand)]
pub(super) enum LinksAction {
    /// Make a new key: every link that was sent so far works no more
    Rotate,
}

pub(super) fn run(home: &Home, action: &LinksAction) -> Result<Exit, Failure> {
    match action {
        LinksAction::Rotate => {
            links::rotate(home).map_err(Failure::trouble)?;
            output::say("links are signed with a new key: those that were sent so far work no more")?;
            Ok(Exit::Fine)
        }
    }
}
