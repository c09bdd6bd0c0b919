//! The command line: arguments in, a run and what it says to people out.
//!
//! What was typed ([`args`]) and what was built from it ([`job`]) are two types. Errors go up to `main`,
//! which prints them.

mod args;
mod clean;
mod cleaner;
mod features;
mod glob;
mod job;
mod line_features;
mod refuse;
mod settings;
#[cfg(unix)]
mod signals;

use anyhow::Context;
use args::{Cli, Command};
use clap::Parser;

/// How a command that finished went.
pub enum Verdict {
    /// Nothing failed.
    Clean,
    /// Some inputs failed; each was named.
    Failures,
}

/// Reads the arguments and runs the command.
///
/// Ends the process itself for `--help`, `--version` and arguments that clap refuses (exit code 2).
pub fn run() -> anyhow::Result<Verdict> {
    let command = Cli::parse().command;
    #[cfg(unix)]
    signals::handle().context("cannot listen to signals")?;
    match command {
        Command::Clean(args) => clean::run(*args),
        Command::Features(args) => features::run(args),
        Command::LineFeatures(args) => line_features::run(args),
    }
}
