//! The `bellwether` program: parse the command line, run the command, exit with a documented code.

use std::process::ExitCode;

fn main() -> ExitCode {
    bellwether::cli::main()
}
