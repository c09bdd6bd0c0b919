//! The hidden command `dehusk features`: feature rows of labelled pages, for `scripts/train`.
//!
//! Training reads the rows that serving computes, so the two cannot differ.

use super::Verdict;
use super::args::FeaturesArgs;
use anyhow::Context;
use dehusk::{Cleaner, Hints};
use std::io::{BufWriter, Write};

/// Prints a header of feature names, then a line a block: page, text as JSON, values; divided by tabs.
pub(super) fn run(args: FeaturesArgs) -> anyhow::Result<Verdict> {
    let cleaner = Cleaner::builder().build()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "page\ttext\t{}", dehusk::feature_names().join("\t"))?;
    let folder = std::fs::read_dir(&args.folder).with_context(|| format!("cannot read {}", args.folder.display()))?;
    let mut pages = folder.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    pages.sort();
    for page in pages {
        let bytes = std::fs::read(&page).with_context(|| format!("cannot read {}", page.display()))?;
        let id = page.file_stem().unwrap_or_default().to_string_lossy();
        for (text, row) in cleaner.feature_rows(&bytes, &Hints::default())? {
            write!(out, "{id}\t{}", serde_json::to_string(&text)?)?;
            for value in row {
                write!(out, "\t{value}")?;
            }
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(Verdict::Clean)
}
