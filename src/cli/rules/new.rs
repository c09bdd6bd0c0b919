//! `dehusk rules new`: a pack to begin with.

use super::super::Verdict;
use super::super::args::RulesNewArgs;
use anyhow::{Context, bail};
use dehusk::input::printable;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// It loads as it stands; a test says so.
const SKELETON: &str = include_str!("skeleton.toml");

/// Runs the command; a file that is there stays as it is.
pub(super) fn run(args: RulesNewArgs) -> anyhow::Result<Verdict> {
    if args.file == Path::new("-") {
        io::stdout().write_all(SKELETON.as_bytes())?;
        return Ok(Verdict::Clean);
    }
    let name = printable(&args.file);
    if args.file.extension().is_none_or(|ending| ending != "toml") {
        bail!("`{name}` is no name of a pack, which ends in `.toml`: `dehusk rules new {name}.toml`");
    }
    let mut file = match OpenOptions::new().write(true).create_new(true).open(&args.file) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!("{name} is there already: name a new file"),
        Err(error) => return Err(error).with_context(|| format!("cannot write {name}")),
    };
    if let Err(error) = file.write_all(SKELETON.as_bytes()) {
        // A pack that is cut would stand in the way of the next try.
        let _ = std::fs::remove_file(&args.file);
        return Err(error).with_context(|| format!("cannot write {name}"));
    }
    writeln!(io::stderr(), "{name} is written: edit it, then `dehusk rules test {name} PAGES`")?;
    Ok(Verdict::Clean)
}
