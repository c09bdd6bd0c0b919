//! The one form in which HTML and plain text meet: [`Blocks`].
//!
//! [`from_html`] and [`from_text`] make them; rules, repeats, judgement, report and output read them and are written
//! once. A block is a stretch of [`Blocks::text`] in reading order; blocks do not overlap.

pub mod code;
pub mod columns;
pub mod features;
pub mod fnv;
pub mod fold;
pub mod from_html;
pub mod from_text;
pub mod joints;
pub mod line_features;
pub mod outline;
pub mod scan;
mod strings;
mod word_count;
pub mod words;

use crate::article::{BlockKind, Degraded, Format};
use outline::Outline;
use std::borrow::Cow;
use std::ops::Range;

/// The blocks of a page.
pub struct Blocks<'a> {
    /// How the page was read.
    pub format: Format,
    /// The text that spans refer to: the decoded input of a text, the collapsed text of an HTML page.
    pub text: Cow<'a, str>,
    /// The blocks in reading order.
    pub items: Vec<Block>,
    /// The elements that the blocks stand in; empty for a text.
    pub outline: Outline,
    /// Bounds that the segmentation met.
    pub degraded: Vec<Degraded>,
}

impl Blocks<'_> {
    /// The text of a block, not normalized.
    pub fn text_of(&self, block: &Block) -> &str {
        &self.text[block.range()]
    }
}

/// A stretch of text that is kept or dropped as a whole.
#[derive(Clone, Debug)]
pub struct Block {
    /// First byte in [`Blocks::text`].
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The bytes of the source from the first to the last of the block's text; those of `start` and `end` for a text.
    pub source: Range<u32>,
    /// What the source says it is.
    pub kind: BlockKind,
    /// What divides it from the block before.
    pub gap: Gap,
    /// What an item of a list is marked with.
    pub marker: Marker,
    /// Levels of lists around the one that it stands in.
    pub indent: u8,
    /// Words, in the sense of [`words::count`].
    pub words: u32,
    /// Words inside links.
    pub link_words: u32,
    /// Not shown by a browser as served: `hidden`, `display:none`, `aria-hidden`. Evidence, not a verdict.
    pub hidden: bool,
    /// Stands in a `<noscript>`.
    pub noscript: bool,
    /// Index of its element in [`Blocks::outline`]; 0 for a text.
    pub element: u32,
}

impl Block {
    /// Its bytes of [`Blocks::text`].
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What divides a block from the one before it; the strongest of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nothing: the rest of a line that was cut at a joint.
    Joined,
    /// A space: the next line of a cell that is one phrase.
    Space,
    /// A bar: the next cell after such a line.
    Cell,
    /// A line end.
    Line,
    /// A blank line.
    Paragraph,
}

/// What divides the cells of a table row.
pub const CELL: &str = " | ";

/// What stands before an item of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// No item, or a further block of an item.
    None,
    /// `- `
    Bullet,
    /// `3. `
    Number(i32),
}
