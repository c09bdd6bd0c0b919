//! The hidden command `dehusk line-features`: rows of the lines of texts, for `scripts/train`.
//!
//! Training reads the rows that serving computes, so the two cannot differ. Texts come as JSON lines `{"id", "text"}`
//! on standard input; PREFIX.jsonl gets a line a text (id, byte spans of its lines), PREFIX.rows the
//! rows as f32, PREFIX.tokens the hashes of each line's tokens as u32, their number first, PREFIX.dirt, when a forest
//! judges the lines, the rows that say whether a text is a whole page and whether there is husk in it.

use super::Verdict;
use super::args::LineFeaturesArgs;
use anyhow::Context;
use dehusk::Cleaner;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufWriter, Write};
use std::path::PathBuf;

#[derive(serde::Deserialize)]
struct Text {
    id: String,
    text: String,
}

/// Writes the rows of each text.
pub(super) fn run(args: LineFeaturesArgs) -> anyhow::Result<Verdict> {
    let cleaner = Cleaner::builder().untrained().build()?;
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let tables: Vec<Vec<u8>> = args.tokens.iter().flatten().map(read).collect::<anyhow::Result<_>>()?;
    let tables = match &tables[..] {
        [text, page] => Some([&text[..], &page[..]]),
        _ => None,
    };
    let forest = args.forest.as_ref().map(read).transpose()?;
    let create = |ending: &str| {
        let mut path = OsString::from(&args.prefix);
        path.push(ending);
        File::create(&path).map(BufWriter::new).with_context(|| format!("cannot write {}", path.display()))
    };
    let (mut spans, mut rows) = (create(".jsonl")?, create(".rows")?);
    let (mut tokens, mut dirt) = (create(".tokens")?, create(".dirt")?);
    let header = serde_json::json!({"names": dehusk::line_feature_names(), "dirt_names": dehusk::dirt_feature_names()});
    writeln!(spans, "{header}")?;
    for line in std::io::stdin().lock().lines() {
        let text: Text = serde_json::from_str(&line?)?;
        let lines = cleaner.line_rows(&text.text, tables, forest.as_deref(), !args.raw)?;
        writeln!(spans, "{}", serde_json::json!({"id": text.id, "spans": lines.spans}))?;
        for (file, values) in [(&mut rows, &lines.rows), (&mut dirt, &lines.dirt)] {
            for value in values {
                file.write_all(&value.to_le_bytes())?;
            }
        }
        if tables.is_none() {
            for line in &lines.tokens {
                tokens.write_all(&(line.len() as u32).to_le_bytes())?;
                for token in line {
                    tokens.write_all(&token.to_le_bytes())?;
                }
            }
        }
    }
    for mut file in [spans, rows, tokens, dirt] {
        file.flush()?;
    }
    Ok(Verdict::Clean)
}
