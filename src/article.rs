//! The article and the record of every cut: what one page became.
//!
//! An [`Article`] is made by [`Cleaner::clean`](crate::Cleaner::clean). Its text is normalized; its
//! removals say where each piece stood, what it said and why it went.

use serde::Serialize;
use std::ops::Range;

/// How a page was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A page as served, with tags.
    Html,
    /// Lines of text that an extractor left.
    Text,
}

/// What a page became: its text, what it says about itself, and what was taken away.
#[derive(Clone, Debug)]
pub struct Article {
    /// How the page was read.
    pub format: Format,
    /// The name of the encoding that the bytes were decoded from, as the Encoding Standard spells it.
    pub encoding: &'static str,
    /// Bounds that the page passed and faults that it has, in the order in which they were met; mostly empty.
    pub degraded: Vec<Degraded>,
    /// What the page states about itself, as far as [`CleanerBuilder::metadata`](crate::CleanerBuilder::metadata) asks for it.
    pub metadata: Metadata,
    /// The normalized text: UTF-8, NFC, LF, paragraphs divided by one blank line, one line end at the end;
    /// empty when nothing was kept.
    pub text: String,
    /// The kept blocks in reading order; their ranges do not overlap.
    pub blocks: Vec<KeptBlock>,
    /// What was taken away, in reading order.
    pub removals: Vec<Removal>,
    /// The word F1 that is expected of the text, 0 to 1, by what the model thinks of each block: 1 where it does not doubt that
    /// all of the article was kept and nothing else; 0 when nothing was kept.
    pub confidence: f32,
    /// Words of the page before any cut, hidden text included.
    pub words_in: usize,
    /// Words of the kept blocks, counted as `words_in` are: numbers that a list puts before its items are none.
    pub words_out: usize,
    /// True when the text equals the input, byte for byte.
    pub unchanged: bool,
}

impl Article {
    /// True when nothing was kept.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// A kept block of an [`Article`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBlock {
    /// Bytes of [`Article::text`].
    pub range: Range<usize>,
    /// Bytes at the beginning of the range that stand for the lists around it: the indentation and the marker of an item,
    /// the indentation of what follows in it.
    pub lead: usize,
    /// What the block is.
    pub kind: BlockKind,
    /// Where it stood in the source.
    pub place: Place,
}

/// What a block is, as far as its source says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockKind {
    /// Running text, or a line of a plain-text input.
    Paragraph,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// An item of a list, with its marker in the text.
    ListItem,
    /// A quotation set apart.
    Quote,
    /// Preformatted text; its indentation is kept.
    Code,
    /// A row of a table, cells divided by ` | `, or a piece of one: pieces that stand in one line of the text are one row.
    TableRow,
    /// The caption of a figure or a table.
    Caption,
}

/// Where a block stood in its source: a byte range of the input decoded to UTF-8 (for a UTF-8 file without a byte order
/// mark: of the file).
///
/// Of an HTML page it goes from the first to the last byte of the block's text, inline tags between them included. Where
/// the parser moved text to another place of the page, as out of a table that may not hold it, ranges can overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The element, for an HTML page that was parsed and accounts for its cuts.
    #[serde(flatten)]
    pub element: Option<ElementPlace>,
}

/// The element of an HTML page that a block stood in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ElementPlace {
    /// Line of the tag that opened the element, from 1.
    pub line: u32,
    /// Element names from `html` down with `#id` or `.class`, divided by `>`.
    #[serde(rename = "element")]
    pub path: String,
}

/// A piece of the page that is not in the article.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Removal {
    /// Where it stood.
    #[serde(flatten)]
    pub place: Place,
    /// What it said, normalized as the article's text is.
    pub text: String,
    /// Why it went.
    pub reason: Reason,
    /// What decided: the words that a rule matched, the copy that was kept, the features that weighed most.
    pub evidence: String,
    /// How sure the decision is, from 0 to 1; rules and repeats are sure.
    pub score: f32,
}

/// Why a block went.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A rule, by its id (`family/slug`).
    Rule(String),
    /// A second copy of a caption or line on the same page.
    Repeat,
    /// A caption, where the caller wants none.
    Caption,
    /// The headline, which is kept as the title.
    Headline,
    /// The block judgement found furniture.
    Judgement,
    /// Small furniture around a sound article.
    Finish,
}

impl Reason {
    /// The id that stands in reports and that a keep list may name.
    pub fn id(&self) -> &str {
        match self {
            Reason::Rule(id) => id,
            Reason::Repeat => "repeat",
            Reason::Caption => "caption",
            Reason::Headline => "headline",
            Reason::Judgement => "judgement",
            Reason::Finish => "finish",
        }
    }

    /// The family that a summary counts it under: the part of a rule's id before the slash.
    pub fn family(&self) -> &str {
        self.id().split('/').next().unwrap_or_default()
    }
}

/// A bound that a page passed, or a fault that it has; the page was cleaned all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Degraded {
    /// Bytes that are no text in the page's encoding were replaced.
    Replaced,
    /// Elements nested deeper than the bound were taken as siblings.
    Depth,
    /// The tree would have grown past its bound: the page was read as a flat sequence of tags.
    Nodes,
    /// A tag has more attributes than the bound: the page was read as a flat sequence of tags.
    Attributes,
    /// More blocks than the bound: short pieces share a block.
    Blocks,
    /// It is a text, and nothing of it was left.
    Emptied,
    /// Nothing of what the page shows was kept: the text is what it states in JSON-LD that its article, its post or its
    /// product says. Places in it are those of the script.
    Stated,
}

/// What a page states about itself; nothing is guessed. A field is `None` where the page states nothing, and where it was not
/// asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// The headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is about, in a sentence or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The canonical address, or the one that the caller knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The author or authors, divided by commas, without "by" and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When it was published: `YYYY-MM-DD`, and `Thh:mm:ss` with the offset (`Z`, `+02:00`) behind it when the page says so.
    /// The first ten bytes always are the day, as the page counts it. Where a page prints the day of its last change and no
    /// other, it is that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The name of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The language, as a BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}
