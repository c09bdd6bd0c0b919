//! The stages of the flow one by one, for benchmarks and training; no part of the promise and free to change.
//!
//! In goes what the stage before gave out, as the cleaner does it for HTML.

use crate::article::Metadata;
use crate::block::{Blocks, from_html};
use crate::cleaner::Cleaner;
use crate::html::parse::{self, Page};

pub use crate::model::forest::{Forest, features_hash};
pub use crate::model::tokens::TokenTable;

/// A page as a tree, with its source.
pub struct Tree<'s>(Page, &'s str);

/// A page as blocks.
pub struct Segments(Blocks<'static>);

/// Decoded source to a tree; `None` when a bound forbids it.
pub fn parse<'s>(cleaner: &Cleaner, source: &'s str) -> Option<Tree<'s>> {
    parse::parse(source, &cleaner.limits, cleaner.judge.rules.has_selectors()).ok().map(|page| Tree(page, source))
}

/// A tree to blocks.
pub fn segment(cleaner: &Cleaner, tree: &Tree<'_>) -> Segments {
    Segments(from_html::segment(&tree.0, tree.1, cleaner.cues(), &cleaner.limits))
}

/// The feature rows of blocks, folding of their text included, of a page that states nothing.
pub fn features(cleaner: &Cleaner, segments: &Segments) -> Vec<f32> {
    cleaner.judge.feature_rows(&segments.0, &Metadata::default(), cleaner.limits.max_rule_block_bytes)
}

/// The probability of each row.
pub fn score(cleaner: &Cleaner, rows: &[f32]) -> Vec<f32> {
    cleaner.judge.model().score(rows)
}

/// Normalizes every block and says how many bytes come out.
pub fn normalize(segments: &Segments) -> usize {
    let blocks = &segments.0;
    blocks.items.iter().map(|block| crate::normalize::normalize(blocks.text_of(block), false).len()).sum()
}
