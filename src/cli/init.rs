//! `bellwether init`.

use std::path::PathBuf;

use clap::Args;

use crate::app::home::{self, Home, Written};

use super::{Exit, Failure, output};

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The folder that becomes a home; it is created if need be
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn init(options: &InitArguments) -> Result<Exit, Failure> {
    let home = Home::at(&options.folder)?;
    for (path, outcome) in home::init(&home)? {
        match outcome {
            Written::New => output::say(format!("wrote  {path}"))?,
            Written::LeftAsItWas => output::say(format!("kept   {path} (it was there already)"))?,
        }
    }
    let shown = options.folder.display();
    output::say(format!(
        "\n{shown} is ready. Next:\n  bellwether check --home {shown}\n  bellwether run --home {shown}\nand drop files into {shown}/drop."
    ))?;
    Ok(Exit::Fine)
}
