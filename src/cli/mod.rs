//! The command line: arguments in, a run and what it says to people out.
//!
//! What was typed ([`args`]) and what was built from it ([`job`]) are two types. Errors go up to `main`,
//! which prints them.

mod args;
mod changed;
mod check;
mod clean;
mod cleaner;
mod completions;
mod config;
mod eval;
mod explain;
mod features;
mod glob;
mod job;
mod line_features;
mod patch;
mod reading;
mod refuse;
mod rules;
mod settings;
mod sheet;
#[cfg(unix)]
mod signals;
mod stats;
mod values;

use anyhow::Context;
use args::{Cli, Command};
use clap::Parser;
use std::fmt::Display;

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
        Command::Check(args) => check::run(*args),
        Command::Explain(args) => explain::run(args),
        Command::Stats(args) => stats::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Eval(args) => eval::run(*args),
        Command::Completions(args) => completions::completions(args),
        Command::Man(args) => completions::man(args),
        Command::Features(args) => features::run(args),
        Command::LineFeatures(args) => line_features::run(args),
    }
}

/// Says something on standard error; nobody is left to be told when that is gone.
fn say(text: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
}

/// A count with its noun: `1 page`, `2 pages`.
fn plural<N: Display + From<u8> + PartialEq>(count: N, one: &str) -> String {
    format!("{count} {one}{}", if count == N::from(1) { "" } else { "s" })
}
