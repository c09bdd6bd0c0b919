//! `dehusk rules`: the catalogue of rules, and what writers of packs need.

mod docs;
mod list;
mod new;
mod show;
mod test;

use super::Verdict;
use super::args::{RulesArgs, RulesCommand};
use super::cleaner::read_text;
use dehusk::input::printable;
use dehusk::{Catalogue, Limits};
use std::io::{self, Write};
use std::path::PathBuf;

/// Runs the command.
pub(super) fn run(args: RulesArgs) -> anyhow::Result<Verdict> {
    match args.command {
        RulesCommand::List(args) => list::run(args),
        RulesCommand::Show(args) => show::run(args),
        RulesCommand::Test(args) => test::run(args),
        RulesCommand::New(args) => new::run(args),
        RulesCommand::Docs(args) => docs::run(args),
    }
}

/// The built-in rules and those of the user's packs.
fn catalogue(packs: &[PathBuf]) -> anyhow::Result<Catalogue> {
    let mut catalogue = Catalogue::builtin();
    for path in packs {
        catalogue.extend(Catalogue::read(&printable(path), &read_text(path, "rule pack")?, &Limits::default())?);
    }
    Ok(catalogue)
}

/// Standard output, with colour where it is a terminal that wants some.
fn stdout() -> impl Write {
    anstream::AutoStream::auto(io::stdout()).lock()
}
