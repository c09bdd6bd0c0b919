//! The hidden command `dehusk line-features`: rows of the lines of texts, for `scripts/train`.
//!
//! Training reads the rows that serving computes, so the two cannot differ. Texts come as JSON lines `{"id", "text"}`
//! on standard input; PREFIX.jsonl gets a line a text (id, byte spans of its lines), PREFIX.rows and PREFIX.pages the
//! rows as f32, PREFIX.tokens the hashes of each line's tokens as u32, their number first.

use super::Verdict;
use super::args::LineFeaturesArgs;
use anyhow::Context;
use dehusk::Cleaner;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufWriter, Write};

#[derive(serde::Deserialize)]
struct Text {
    id: String,
    text: String,
}

/// Writes the rows of each text.
pub(super) fn run(args: LineFeaturesArgs) -> anyhow::Result<Verdict> {
    let cleaner = Cleaner::builder().untrained().build()?;
    let table = match &args.tokens {
        Some(path) => Some(std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?),
        None => None,
    };
    let create = |ending: &str| {
        let mut path = OsString::from(&args.prefix);
        path.push(ending);
        File::create(&path).map(BufWriter::new).with_context(|| format!("cannot write {}", path.display()))
    };
    let (mut spans, mut rows, mut pages) = (create(".jsonl")?, create(".rows")?, create(".pages")?);
    let mut tokens = create(".tokens")?;
    let header = serde_json::json!({"names": dehusk::line_feature_names(), "page_names": dehusk::page_feature_names()});
    writeln!(spans, "{header}")?;
    for line in std::io::stdin().lock().lines() {
        let text: Text = serde_json::from_str(&line?)?;
        let lines = cleaner.line_rows(&text.text, table.as_deref(), !args.raw)?;
        writeln!(spans, "{}", serde_json::json!({"id": text.id, "spans": lines.spans}))?;
        for value in &lines.rows {
            rows.write_all(&value.to_le_bytes())?;
        }
        for value in &lines.page {
            pages.write_all(&value.to_le_bytes())?;
        }
        if table.is_none() {
            for line in &lines.tokens {
                tokens.write_all(&(line.len() as u32).to_le_bytes())?;
                for token in line {
                    tokens.write_all(&token.to_le_bytes())?;
                }
            }
        }
    }
    for mut file in [spans, rows, pages, tokens] {
        file.flush()?;
    }
    Ok(Verdict::Clean)
}
