//! `bellwether infer`.

use std::path::PathBuf;

use clap::Args;

use crate::{
    app::{home::Home, infer},
    config::Config,
};

use super::{Exit, Failure, output};

/// The steward where there is no home to ask: the group that the shipped configuration has.
const STEWARD: &str = "performance-team";

#[derive(Debug, Args)]
pub(super) struct InferArguments {
    /// A file as it will be dropped
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The group that is to answer for the data; the operator's group of the home if there is one
    #[arg(long, value_name = "GROUP")]
    steward: Option<String>,
}

pub(super) fn infer(home: &Home, options: &InferArguments) -> Result<Exit, Failure> {
    std::fs::File::open(&options.file).map_err(|error| Failure {
        exit: Exit::Usage,
        message: format!("bellwether: {} cannot be read: {error}", options.file.display()),
    })?;
    let config = Config::load(home.root()).ok();
    let operator = || config.as_ref().map(|config| config.daemon.operator.value.clone());
    let steward = options.steward.clone().or_else(operator).unwrap_or_else(|| STEWARD.to_owned());
    let proposal = match infer::infer(&options.file, &steward) {
        Ok(proposal) => proposal,
        Err(error) => {
            anstream::eprintln!("bellwether: {}", output::clean(&error.to_string()));
            return Ok(Exit::Findings);
        }
    };
    output::say(proposal.yaml.trim_end())?;
    for question in &proposal.questions {
        anstream::eprintln!("{}: {question}.", output::doubtful("question"));
    }
    let name = options.file.file_name().unwrap_or_default().to_string_lossy();
    let takers = config.iter().flat_map(|config| config.datasets.values()).filter(|dataset| dataset.takes_name(&name));
    for dataset in takers {
        anstream::eprintln!(
            "{}: the dataset {} takes files of this name already",
            output::doubtful("note"),
            dataset.id
        );
    }
    Ok(Exit::Fine)
}
