//! What a run must not do to the files that it reads or writes: found before any of them is touched.

use anyhow::bail;
use dehusk::input::{Input, printable};
use std::path::{Path, PathBuf};

/// The last to be written would replace the others.
pub(super) fn refuse_equal(outputs: &[PathBuf]) -> anyhow::Result<()> {
    for (index, path) in outputs.iter().enumerate() {
        if path != Path::new("-") && outputs[..index].contains(path) {
            bail!("two outputs would go to {}: name different files", printable(path));
        }
    }
    Ok(())
}

/// Endings of files that are pages rather than reports.
const PAGE_ENDINGS: [&str; 14] =
    ["html", "htm", "xhtml", "txt", "text", "md", "gz", "zst", "warc", "wet", "parquet", "zip", "tar", "tgz"];

/// A report that stands in an input folder already may be one of its pages, and one among the articles may be named as
/// an article is.
pub(super) fn refuse_among_pages(
    named: &[Input],
    articles: Option<&Path>,
    ending: &str,
    files: &[PathBuf],
) -> anyhow::Result<()> {
    let folder_of = |file: &Path| {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent.unwrap_or(Path::new(".")).canonicalize().ok()
    };
    for file in files.iter().filter(|file| *file != Path::new("-")) {
        let folder = folder_of(file);
        let is_around = |root: &Path| {
            let (folder, root) = (folder.as_ref(), root.canonicalize().ok().filter(|_| root.is_dir()));
            folder.zip(root).is_some_and(|(folder, root)| folder.starts_with(root))
        };
        // What an earlier run left there ends in `json` or `jsonl` and may be replaced.
        let is_page = file.extension().is_some_and(|ending| PAGE_ENDINGS.iter().any(|page| ending == *page));
        let is_among_pages = named.iter().any(|input| matches!(input, Input::Path(path) if is_around(path)));
        if is_page && is_among_pages && file.exists() {
            bail!("{} stands among the pages: name a file elsewhere, or one that ends in .jsonl", printable(file));
        }
        let is_article = articles.is_some_and(|root| file.starts_with(root) || is_around(root));
        if is_article && file.extension().is_some_and(|other| other == ending) {
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
