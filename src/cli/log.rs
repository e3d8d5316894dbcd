//! The log, on standard error.

use std::{fmt, io::IsTerminal};

use tracing_subscriber::{
    EnvFilter,
    fmt::{format::Writer, time::FormatTime},
};

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub(super) enum Format {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object a line, for collectors
    Json,
}

/// Without `RUST_LOG`, what is at least as grave as `default` is said.
pub(super) fn set_up(format: Format, default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match format {
        Format::Text if std::io::stderr().is_terminal() => lines.with_timer(TimeOfDay).init(),
        Format::Text => lines.with_ansi(false).init(),
        Format::Json => lines.json().flatten_event(true).init(),
    }
}

/// Somebody who watches knows which day it is; a file or a collector has the whole time in UTC.
struct TimeOfDay;

impl FormatTime for TimeOfDay {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", jiff::Zoned::now().strftime("%H:%M:%S"))
    }
}
