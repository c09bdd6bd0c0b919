//! The command line: arguments in, a run and what it says to people out.
//!
//! What was typed ([`args`]) and what was built from it ([`job`]) are two types. Errors go up to `main`,
//! which prints them.

mod args;
mod changed;
mod check;
mod clean;
mod cleaner;
mod config;
mod features;
mod glob;
mod job;
mod line_features;
mod patch;

use args::{Cli, Command};
use clap::Parser;

/// How a command that finished went.
pub enum Verdict {
    /// Nothing failed and nothing was found.
    Clean,
    /// Some inputs failed, or a check found something; each was named.
    Failures,
}

/// Reads the arguments and runs the command.
///
/// Ends the process itself for `--help`, `--version` and arguments that clap refuses (exit code 2).
pub fn run() -> anyhow::Result<Verdict> {
    match Cli::parse().command {
        Command::Clean(args) => clean::run(args),
        Command::Check(args) => check::run(args),
        Command::Features(args) => features::run(args),
        Command::LineFeatures(args) => line_features::run(args),
    }
}
