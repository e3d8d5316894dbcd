//! `bellwether infer`.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    app::{
        home::Home,
        infer::{self, Proposal, Steward},
    },
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
    /// The sheet of a workbook
    #[arg(long, value_name = "NAME", conflicts_with = "output")]
    sheet: Option<String>,
    /// Write the definitions into this folder, one file for each sheet with a table; files that are there are left alone
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn infer(home: &Home, options: &InferArguments) -> Result<Exit, Failure> {
    fs::File::open(&options.file).map_err(|error| Failure::of_file(&options.file, "read", &error))?;
    let config = Config::load(home.root()).ok();
    let steward = steward(config.as_ref(), options.steward.as_deref());
    let proposals = infer::infer(&options.file, &steward, options.sheet.as_deref())
        .map_err(|error| Failure::of(Exit::Findings, output::clean(&error.to_string())))?;
    match (proposals.as_slice(), &options.output) {
        (several, Some(folder)) => write_all(folder, several)?,
        ([only], None) => {
            output::say(only.yaml.trim_end())?;
            ask(only, false);
        }
        (several, None) => return Err(Failure::of(Exit::Findings, which_sheet(several))),
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

fn which_sheet(proposals: &[Proposal]) -> String {
    let sheets = proposals.iter().filter_map(|one| one.sheet.as_deref());
    let sheets: Vec<String> = sheets.map(|name| format!("`{}`", output::clean(name))).collect();
    format!(
        "which sheet? Those that are not hidden and hold a table are {}. Name one with --sheet, or have a definition of \
         each written with --output DIR",
        sheets.join(", ")
    )
}

fn write_all(folder: &Path, proposals: &[Proposal]) -> Result<(), Failure> {
    let several = proposals.len() > 1;
    for proposal in proposals {
        output::say(write(folder, proposal)?.display().to_string())?;
        ask(proposal, several);
    }
    if several {
        anstream::eprintln!(
            "{}: each sheet is a dataset of its own; keep the definitions of those that are wanted, and delete the others.",
            output::doubtful("note")
        );
    }
    Ok(())
}

fn steward(config: Option<&Config>, named: Option<&str>) -> Steward {
    let operator = || config.map(|config| config.daemon.operator.value.clone());
    let group = named.map(str::to_owned).or_else(operator).unwrap_or_else(|| STEWARD.to_owned());
    let is_known = config.is_some_and(|config| config.groups.contains_key(&group));
    Steward { group, is_known }
}

/// Puts a definition into a file of its own; one that is there already is never overwritten.
fn write(folder: &Path, proposal: &Proposal) -> Result<PathBuf, Failure> {
    let path = folder.join(format!("{}.yaml", proposal.id));
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::File::create_new(&path))
        .and_then(|mut file| file.write_all(proposal.yaml.as_bytes()));
    written.map_err(|error| Failure::of_file(&path, "written", &error))?;
    Ok(path)
}

fn ask(proposal: &Proposal, named: bool) {
    let of = if named { format!(" ({})", proposal.id) } else { String::new() };
    for question in &proposal.questions {
        let mark = if question.ends_with('?') { "" } else { "." };
        anstream::eprintln!("{}{of}: {}{mark}", output::doubtful("question"), output::clean(question));
    }
}
