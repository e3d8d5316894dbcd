//! `bellwether preview`.

use std::{fs, path::PathBuf, sync::Arc};

use clap::Args;
use jiff::Timestamp;

use crate::{
    app::{
        committee::CommitteeError,
        home::Home,
        specimen::{ChannelKind, Specimen, SpecimenError},
    },
    config::Config,
    model::NoticeKind,
    store::Store,
};

use super::{Exit, Failure, output};

const LONG: &str = "\
Render the message that a group would get, to files, and send nothing

It is the group's newest notice of exceptions (or of any kind, where there is none), rendered as each of its channels would send \
it now; for a group that was told nothing yet, a sample. With --kind it is the newest of that kind, or a sample of it; with \
--digest, the exception report for the group's next papers as it would be now. Emails are written as .eml, .html and .txt with \
what is attached, other channels as the JSON that they post. Nothing is signed, and no secret is read.";

#[derive(Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct PreviewArguments {
    /// The group's id
    #[arg(long, value_name = "GROUP")]
    group: String,
    /// By its channels of this kind alone: email, webhook, …
    #[arg(long, value_name = "CHANNEL", value_parser = channel)]
    channel: Option<ChannelKind>,
    /// Of this kind: exceptions, gate, operator, silence, escalation, `three_as`, digest
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<NoticeKind>,
    /// The folder that the files are written to
    #[arg(long, value_name = "DIR", default_value = "preview")]
    output: PathBuf,
    /// What it would have for its next papers if they were due now, as `digest:` of the group says
    #[arg(long, conflicts_with = "kind")]
    digest: bool,
    /// Print what templates below config/templates may use of it, as JSON, and write no files
    #[arg(long, conflicts_with_all = ["channel", "output"])]
    variables: bool,
}

/// A kind of channel, by its code.
pub(super) fn channel(text: &str) -> Result<ChannelKind, String> {
    let known = || ChannelKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
    ChannelKind::from_code(text).ok_or_else(|| format!("a channel is one of {}", known()))
}

fn kind(text: &str) -> Result<NoticeKind, String> {
    let known = || NoticeKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
    NoticeKind::from_code(text).ok_or_else(|| format!("a notice is one of {}", known()))
}

pub(super) async fn preview(home: &Home, options: &PreviewArguments) -> Result<Exit, Failure> {
    let config = Arc::new(Config::load(home.root()).map_err(Failure::configuration)?);
    let store = Store::open_read_only(&home.database(), &home.measures()).await?;
    let group = options.group.as_str();
    let specimen = if options.digest {
        Specimen::of_digest(&config, group, store.as_ref(), Timestamp::now()).await?
    } else {
        Specimen::of(&config, group, options.kind, store.as_ref()).await?
    };
    if options.variables {
        output::print_json(&specimen.variables(&config)?)?;
        return Ok(Exit::Fine);
    }
    let files = specimen.files(&config, options.channel)?;
    let notice = &specimen.notice;
    output::say(if specimen.is_kept {
        format!("Notice {} of {}:", notice.id, output::when(&notice.created.to_string()))
    } else if options.digest {
        output::clean(&specimen.subject())
    } else {
        let what = if options.kind.is_some() { "nothing of this kind" } else { "nothing" };
        format!("The group {} was told {what} yet. This is a sample:", options.group)
    })?;
    fs::create_dir_all(&options.output)?;
    for (name, bytes) in files {
        let path = options.output.join(name);
        fs::write(&path, bytes)?;
        output::say(path.display().to_string())?;
    }
    Ok(Exit::Fine)
}

impl From<SpecimenError> for Failure {
    fn from(error: SpecimenError) -> Self {
        match error {
            SpecimenError::Group(_)
            | SpecimenError::Channel { .. }
            | SpecimenError::NoDigest(_)
            | SpecimenError::NoDeadline(_)
            | SpecimenError::Report(CommitteeError::NoPeriod(_)) => Self::usage(error),
            _ => Self::trouble(error),
        }
    }
}
