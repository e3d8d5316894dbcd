//! How commands end.

use std::{fmt::Display, io, path::Path, process::ExitCode};

use crate::yaml::Problems;

/// The documented exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// All is well.
    Fine = 0,
    /// There are findings, or tests failed.
    Findings = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// The disk, the store or the network failed.
    Trouble = 3,
    /// Another process is at work on the home, or none is where one is needed.
    Busy = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that could not do its work.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    /// Why, for people.
    message: String,
}

impl Failure {
    /// Ends with this code, for this reason.
    #[must_use]
    pub(super) fn of(exit: Exit, why: impl Display) -> Self {
        Self { exit, message: format!("bellwether: {why}") }
    }

    /// The command line asks for what cannot be done.
    #[must_use]
    pub(super) fn usage(why: impl Display) -> Self {
        Self::of(Exit::Usage, why)
    }

    /// A file that the command line names cannot be read or written: `doing` is "read" or "written".
    #[must_use]
    pub(super) fn of_file(path: &Path, doing: &str, error: &io::Error) -> Self {
        Self::usage(format!("{} cannot be {doing}: {error}", path.display()))
    }

    /// The disk, the store or the network failed.
    #[must_use]
    pub(super) fn trouble(error: impl Display) -> Self {
        Self::of(Exit::Trouble, error)
    }

    /// The configuration is wrong: every mistake, with the lines themselves.
    #[must_use]
    pub(super) fn configuration(problems: Problems) -> Self {
        let colour = !matches!(anstream::AutoStream::choice(&io::stderr()), anstream::ColorChoice::Never);
        let problems = problems.sorted();
        let count = match problems.len() {
            1 => "1 mistake".to_owned(),
            n => format!("{n} mistakes"),
        };
        let rendered: Vec<String> = problems.iter().map(|problem| problem.render(colour)).collect();
        Self { exit: Exit::Usage, message: format!("{}\n\n{count} in the configuration", rendered.join("\n\n")) }
    }

    /// Says why on standard error.
    #[must_use]
    pub(super) fn end(&self) -> ExitCode {
        anstream::eprintln!("{}", self.message.trim_end());
        self.exit.into()
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::trouble(error)
    }
}

impl From<crate::store::StoreError> for Failure {
    fn from(error: crate::store::StoreError) -> Self {
        Self::trouble(error)
    }
}
