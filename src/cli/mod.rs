//! The command line.

mod act;
mod alert_history;
mod alerts;
mod ask;
mod backtest;
mod check;
mod deliveries;
mod exit;
mod expected;
mod explain;
mod explain_alert;
mod findings;
mod infer;
mod init;
mod junit;
mod links;
mod log;
mod named;
mod notices;
mod outbox;
mod output;
mod overrule;
mod preview;
mod progress;
mod reload;
mod report;
mod routes;
mod run;
mod schema;
mod send_test;
mod silences;
mod simulate;
mod status;
mod sweep;
mod test;
mod test_junit;
mod unjudged;
mod validate;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::app::home::Home;

use exit::{Exit, Failure};
use output::Format;

/// Watches drop folders for monthly figures, holds back what is not fit to publish, and tells the group responsible when
/// a measure needs attention.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, disable_help_subcommand = true, after_long_help = EXIT_CODES)]
struct Arguments {
    /// The home folder: configuration, rules, drop folder and everything the daemon keeps
    #[arg(long, global = true, env = "BELLWETHER_HOME", default_value = ".", value_name = "DIR", help_heading = GLOBAL)]
    home: PathBuf,

    /// How log lines are written to standard error
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT", help_heading = GLOBAL)]
    log_format: log::Format,

    #[command(subcommand)]
    command: Command,
}

const GLOBAL: &str = "Options of every command";

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  findings: a file would be held back, a rule's test failed, a message could not be sent
  2  the command line or the configuration is wrong
  3  the disk, the store or the network failed
  4  another bellwether is at work on this home (or none is, where one is needed)

Logging is set by RUST_LOG, for example RUST_LOG=bellwether=debug.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch the drop folders until told to stop (SIGTERM, Ctrl-C); SIGHUP reloads the configuration
    Run(run::RunArguments),
    /// Show the whole on seven months of real figures, in a home of its own
    Demo(run::DemoArguments),
    /// Write a working configuration with rules into a folder
    Init(init::InitArguments),
    /// Propose a dataset definition from a sample file, commented, on standard output
    Infer(infer::InferArguments),
    /// Check configuration and rules, without network
    Check(check::CheckArguments),
    /// Run the tests that stand inside the rule files, and recorded cases
    Test(test::TestArguments),
    /// Tell what rules would have said on the history that is there; send and keep nothing
    Backtest(backtest::BacktestArguments),
    /// Play a year of one's own policy in virtual time, and print who would be told what, and why not
    Simulate(simulate::SimulateArguments),
    /// Tell what an alert rests on, or what a rule means, in figures
    Explain(explain::ExplainArguments),
    /// Tell what the gate makes of files, and change nothing
    Validate(validate::ValidateArguments),
    /// List what arrived and what became of it, newest first; or tell all of one delivery
    Deliveries(deliveries::DeliveriesArguments),
    /// List what is expected of each dataset, by when, and what has come of it
    Expected(expected::ExpectedArguments),
    /// List alerts and where they stand; acknowledge, comment, assign them, set a review date
    Alerts(alerts::AlertsArguments),
    /// List what groups were told, newest first
    Notices(notices::NoticesArguments),
    /// Write the exception report of a group for a period, as HTML, PDF, Word, Markdown, workbook or JSON
    Report(report::ReportArguments),
    /// Draw the routes, or tell who would be told of something, and why not the others
    Routes(routes::RoutesArguments),
    /// Mute alerts for a while, and list, end or try silences
    Silences(silences::SilencesArguments),
    /// Links in messages, by which people act on alerts
    #[command(subcommand)]
    Links(links::LinksAction),
    /// Render the message that a group would get, to files, and send nothing
    Preview(preview::PreviewArguments),
    /// List messages and where they are, newest first; send dead letters again, call receivers again
    Outbox(outbox::OutboxArguments),
    /// Tell at a glance how things stand
    Status(status::StatusArguments),
    /// Make the running daemon read its configuration again
    Reload,
    /// Print the JSON Schema of a YAML file, for editors
    Schema(schema::SchemaArguments),
}

impl Command {
    /// How grave what is logged must be. The daemon says what it does; a command that answers on standard output says only
    /// what goes wrong; and what goes wrong in a simulation stands in its ledger.
    fn says(&self) -> &'static str {
        match self {
            Self::Run(_) => "info",
            Self::Simulate(_) => "off",
            _ => "warn",
        }
    }

    /// Whether it goes on until it is told to stop. Any other answers and ends, which is sooner with few threads.
    fn serves(&self) -> bool {
        matches!(self, Self::Run(_) | Self::Demo(_))
    }
}

/// Runs the command that the arguments of this process name.
#[must_use]
pub fn main() -> ExitCode {
    // clap answers --help and --version with 0, and wrong usage with 2.
    let arguments = Arguments::parse();
    log::set_up(arguments.log_format, arguments.command.says());
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if !arguments.command.serves() {
        runtime.worker_threads(1);
    }
    let runtime = match runtime.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::trouble(format!("the program cannot start: {error}")).end(),
    };
    let exit = runtime.block_on(dispatch(arguments));
    // A file that is still being read in the background does not hold up the end of the process.
    runtime.shutdown_background();
    match exit {
        Ok(exit) => exit.into(),
        Err(failure) => failure.end(),
    }
}

async fn dispatch(arguments: Arguments) -> Result<Exit, Failure> {
    let home = Home::at(&arguments.home).map_err(Failure::trouble)?;
    match arguments.command {
        Command::Run(options) => run::run(home, &options).await,
        Command::Demo(options) => run::demo(&options).await,
        Command::Init(options) => init::init(&options),
        Command::Infer(options) => infer::infer(&home, &options),
        Command::Check(options) => check::check(&home, &options).await,
        Command::Test(options) => test::test(&home, &options),
        Command::Backtest(options) => backtest::backtest(&home, &options).await,
        Command::Simulate(options) => simulate::simulate(&home, &options).await,
        Command::Explain(options) => explain::explain(&home, &options).await,
        Command::Validate(options) => validate::validate(&home, &options).await,
        Command::Deliveries(options) => deliveries::list(&home, &options).await,
        Command::Expected(options) => expected::list(&home, &options).await,
        Command::Alerts(options) => alerts::list(&home, &options).await,
        Command::Notices(options) => notices::list(&home, &options).await,
        Command::Report(options) => report::report(&home, &options).await,
        Command::Routes(options) => routes::routes(&home, &options).await,
        Command::Silences(options) => silences::silences(&home, &options).await,
        Command::Links(action) => links::run(&home, &action),
        Command::Preview(options) => preview::preview(&home, &options).await,
        Command::Outbox(options) => outbox::outbox(&home, &options).await,
        Command::Status(options) => status::status(&home, &options).await,
        Command::Reload => reload::reload(&home),
        Command::Schema(options) => schema::schema(&options),
    }
}
