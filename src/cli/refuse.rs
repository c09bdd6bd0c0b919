//! What a run must not do to the files that it reads or writes: found before any of them is touched.

use super::glob::holds;
use anyhow::bail;
use dehusk::input::{Input, printable};
use dehusk::output::is_ours;
use std::path::{Path, PathBuf};

/// The last to be written would replace the others.
pub(super) fn refuse_equal(outputs: &[PathBuf]) -> anyhow::Result<()> {
    let places: Vec<PathBuf> = outputs.iter().map(|path| place(path)).collect();
    for (index, path) in outputs.iter().enumerate() {
        if path != Path::new("-") && places[..index].contains(&places[index]) {
            bail!("two outputs would go to {}: name different files", printable(path));
        }
    }
    Ok(())
}

/// The path without links and detours, whether anything stands there or not.
fn place(path: &Path) -> PathBuf {
    let real = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(real).unwrap_or_else(|| path.to_owned())
}

/// JSON and a file that was asked for beside it cannot be one stream; `option` names the file, `what` says what it holds.
pub(super) fn refuse_beside_json(json: bool, option: &str, file: Option<&Path>, what: &str) -> anyhow::Result<()> {
    if json && file == Some(Path::new("-")) {
        bail!("`--json` and `{option} -` cannot both go to standard output: name a file for the {what}");
    }
    Ok(())
}

/// What an output would replace must be left by an earlier run, when it stands among what is read.
pub(super) fn refuse_among_pages<'f>(
    named: &[Input],
    files: impl IntoIterator<Item = &'f PathBuf>,
) -> anyhow::Result<()> {
    for file in files {
        let Some(real) = file.canonicalize().ok().filter(|real| real.is_file()) else { continue };
        let is_input = named.iter().any(|input| matches!(input, Input::Path(path) if place(path) == real));
        if is_input || named.iter().any(|input| holds(input)(&real)) && !is_ours(&real) {
            let file = printable(file);
            bail!("{file} stands among the pages: the output would replace the input, so write to another place");
        }
    }
    Ok(())
}

/// A report among the articles must not be named as an article may be.
pub(super) fn refuse_among_articles(folder: &Path, ending: &str, files: &[PathBuf]) -> anyhow::Result<()> {
    for file in files.iter().filter(|file| *file != Path::new("-")) {
        let is_among = file.starts_with(folder) || folder.is_dir() && place(file).starts_with(place(folder));
        if is_among && file.extension().is_some_and(|other| other == ending) {
            bail!("{} could be the name of an article: name a file elsewhere", printable(file));
        }
    }
    Ok(())
}

/// With the articles among the pages the next run would read them.
pub(super) fn refuse_input_folder(named: &[Input], output: &Path) -> anyhow::Result<()> {
    let Ok(real) = output.canonicalize() else {
        return Ok(());
    };
    for input in named {
        if let Input::Path(path) = input
            && path.is_dir()
            && path.canonicalize().is_ok_and(|path| path == real)
        {
            bail!("`-o {}` is the input folder itself: name another one", printable(output));
        }
    }
    Ok(())
}
