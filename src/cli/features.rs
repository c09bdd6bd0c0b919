//! The hidden command `dehusk features`: what the judgement sees of labelled pages, for `scripts/train`.
//!
//! Training reads the rows that serving computes, so the two cannot differ.

use super::Verdict;
use super::args::FeaturesArgs;
use super::cleaner::read_models;
use anyhow::Context;
use dehusk::{Cleaner, FeatureRows, Hints};
use serde::Serialize;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};

/// A line of `pages.jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    page: &'a str,
    #[serde(flatten)]
    rows: &'a FeatureRows,
}

/// Runs the command; pages go in the order of their names.
pub(super) fn run(args: FeaturesArgs) -> anyhow::Result<Verdict> {
    let mut builder = Cleaner::builder();
    if let Some(folder) = &args.models {
        builder = builder.models(read_models(folder)?);
    }
    let cleaner = builder.build()?;
    let only =
        args.only.map(|path| fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display())));
    let only = only.transpose()?;
    let only: Option<HashSet<&str>> = only.as_deref().map(|list| list.split_whitespace().collect());
    fs::create_dir_all(&args.output)?;
    fs::write(args.output.join("features.txt"), dehusk::feature_names().join("\n") + "\n")?;
    let mut rows = BufWriter::new(File::create(args.output.join("rows.f32"))?);
    let mut lines = BufWriter::new(File::create(args.output.join("pages.jsonl"))?);
    let folder = fs::read_dir(&args.folder).with_context(|| format!("cannot read {}", args.folder.display()))?;
    let mut pages = folder.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    pages.sort();
    for path in pages {
        let page = path.file_stem().unwrap_or_default().to_string_lossy();
        if only.as_ref().is_some_and(|only| !only.contains(&*page)) {
            continue;
        }
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let found = cleaner.feature_rows(&bytes, &Hints::default())?;
        for value in &found.rows {
            rows.write_all(&value.to_le_bytes())?;
        }
        serde_json::to_writer(&mut lines, &Line { page: &page, rows: &found })?;
        lines.write_all(b"\n")?;
    }
    rows.flush()?;
    lines.flush()?;
    Ok(Verdict::Clean)
}
