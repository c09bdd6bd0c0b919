//! An explained page as one JSON object. The names of the fields are those of `--report` where they mean the same.

use super::{Explained, Share};
use dehusk::{AccountBlock, BlockKind, Degraded, Format, Metadata, Place};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Serialize)]
struct Document<'a> {
    path: &'a str,
    format: Format,
    encoding: &'a str,
    bytes: usize,
    metadata: &'a Metadata,
    confidence: f32,
    degraded: &'a [Degraded],
    /// Words of all blocks, and of those that went.
    words: usize,
    words_removed: usize,
    /// What went, by family.
    families: BTreeMap<&'a str, Share>,
    blocks: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    block: usize,
    verdict: &'a str,
    /// What decided: the id of a rule or guard, or the name of a stage.
    rule: &'a str,
    family: &'a str,
    score: f32,
    evidence: &'a str,
    passed_over: &'a [String],
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<u8>,
    #[serde(flatten)]
    place: &'a Place,
    hidden: bool,
    words: usize,
    text: &'a str,
}

/// Writes the object and a line end.
pub(super) fn write(explained: &Explained<'_>, out: &mut impl Write) -> io::Result<()> {
    let article = &explained.account.article;
    let document = Document {
        path: explained.path,
        format: article.format,
        encoding: article.encoding,
        bytes: explained.bytes,
        metadata: &article.metadata,
        confidence: article.confidence,
        degraded: &article.degraded,
        words: explained.words(),
        words_removed: explained.words_removed(),
        families: explained.families(),
        blocks: explained.account.blocks.iter().map(entry).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn entry(block: &AccountBlock) -> Entry<'_> {
    let (kind, level) = match block.kind {
        BlockKind::Paragraph => ("paragraph", None),
        BlockKind::Heading(level) => ("heading", Some(level)),
        BlockKind::ListItem => ("list-item", None),
        BlockKind::Quote => ("quote", None),
        BlockKind::Code => ("code", None),
        BlockKind::TableRow => ("table-row", None),
        BlockKind::Caption => ("caption", None),
    };
    Entry {
        block: block.number,
        verdict: if block.decision.is_kept() { "kept" } else { "removed" },
        rule: block.decision.id(),
        family: block.decision.family(),
        score: block.score,
        evidence: &block.evidence,
        passed_over: &block.passed_over,
        kind,
        level,
        place: &block.place,
        hidden: block.hidden,
        words: block.words,
        text: &block.text,
    }
}
