//! `bellwether schema`.

use clap::{Args, ValueEnum};

use crate::{
    app::{home::shipped, simulate::ScenarioFile},
    config::{self, SchemaOf},
};

use super::{Exit, Failure, output};

const LONG: &str = "\
Print the JSON Schema of a YAML file, for editors, or of JSON that programs read

A home that `bellwether init` wrote has them in config/schemas, and each of its YAML files names its own in the first line:

  # yaml-language-server: $schema=../config/schemas/rules.json

Editors with the YAML language server (VS Code, Neovim, Emacs, …) then complete settings and mark what is not known. Names of \
datasets, measures and columns, and expressions, are checked by `bellwether check`.";

#[derive(Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct SchemaArguments {
    /// Of which file
    #[arg(value_enum, value_name = "FILE")]
    of: Of,
}

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// config/datasets/*.yaml
    Dataset,
    /// rules/*.yaml
    Rules,
    /// config/groups.yaml
    Groups,
    /// config/bellwether.yaml
    Bellwether,
    /// Recorded cases, for `bellwether test FILE`
    Case,
    /// Scenarios, for `bellwether simulate FILE`
    Scenario,
    /// The JSON of `bellwether report`
    Report,
    /// The bodies of webhooks, and the JSON left in folders
    Webhook,
}

pub(super) fn schema(options: &SchemaArguments) -> Result<Exit, Failure> {
    let schema = match options.of {
        Of::Dataset => config::schema(SchemaOf::Dataset),
        Of::Rules => config::schema(SchemaOf::Rules),
        Of::Groups => config::schema(SchemaOf::Groups),
        Of::Bellwether => config::schema(SchemaOf::Bellwether),
        Of::Case => config::schema(SchemaOf::Case),
        Of::Scenario => config::schema_for::<ScenarioFile>("Scenarios of bellwether"),
        // What programs read is written down once, and held against what they get by a test.
        Of::Report => return kept("report"),
        Of::Webhook => return kept("webhook"),
    };
    output::print_json(&schema)?;
    Ok(Exit::Fine)
}

/// Prints a schema that is kept.
fn kept(name: &str) -> Result<Exit, Failure> {
    output::say(shipped(&format!("config/schemas/{name}.json")).unwrap_or_default().trim_end())?;
    Ok(Exit::Fine)
}
