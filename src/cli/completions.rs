//! `dehusk completions` and `dehusk man`: what a shell and `man` read, made from the same table of options as `--help`.
//!
//! Hidden commands and options are left out.

use super::Verdict;
use super::args::{Cli, CompletionsArgs, ManArgs};
use anyhow::Context;
use clap::{Command, CommandFactory};
use dehusk::input::printable;
use std::fs;
use std::io::{self, Write};

/// Writes the completions of a shell to standard output.
pub(super) fn completions(args: CompletionsArgs) -> anyhow::Result<Verdict> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut shown(&Cli::command()), "dehusk", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Verdict::Clean)
}

/// Writes a page for `dehusk` and for each command into a folder.
pub(super) fn man(args: ManArgs) -> anyhow::Result<Verdict> {
    let write = || -> io::Result<()> {
        fs::create_dir_all(&args.folder)?;
        clap_mangen::generate_to(shown(&Cli::command()), &args.folder)
    };
    write().with_context(|| format!("cannot write the pages to {}", printable(&args.folder)))?;
    Ok(Verdict::Clean)
}

/// The command without what is hidden; clap has no way to take a part out.
fn shown(command: &Command) -> Command {
    let mut shown = Command::new(command.get_name().to_owned());
    shown = shown.args(command.get_arguments().filter(|arg| !arg.is_hide_set()).cloned());
    shown = shown.subcommands(command.get_subcommands().filter(|sub| !sub.is_hide_set()).map(self::shown));
    if let Some(about) = command.get_about() {
        shown = shown.about(about.clone());
    }
    if let Some(about) = command.get_long_about() {
        shown = shown.long_about(about.clone());
    }
    if let Some(help) = command.get_after_long_help() {
        shown = shown.after_long_help(help.clone());
    }
    match command.get_version() {
        Some(version) => shown.version(version.to_owned()),
        None => shown.disable_version_flag(true),
    }
    .subcommand_required(command.is_subcommand_required_set())
}
