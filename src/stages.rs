//! The stages of the flow one by one, for benchmarks and training; no part of the promise and free to change.
//!
//! In goes what the stage before gave out, as the cleaner does it for HTML. Each is a function of its own in the machine code
//! too, so that a profiler can be told where a stage begins and ends.

use crate::article::Metadata;
use crate::block::{Blocks, from_html};
use crate::cleaner::Cleaner;
use crate::decode::{self, Decoded};
use crate::html::parse::{self, Page};
use crate::html::tokenize::{self, Sink};
use crate::html::{guard, metadata};
use crate::judge::Verdict;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::{LocalName, local_name as name};
use std::cell::Cell;

pub use crate::block::columns::Columns;
pub use crate::model::forest::{Forest, features_hash};
pub use crate::model::tokens::TokenTable;

/// A page as a tree, with its source.
pub struct Tree<'s>(Page, &'s str);

/// A page as blocks, and what it states.
pub struct Segments(Blocks<'static>, Metadata);

/// Bytes to source; none for a page that is refused.
#[inline(never)]
pub fn decode<'b>(cleaner: &Cleaner, bytes: &'b [u8]) -> Option<Decoded<'b>> {
    decode::decode(bytes, None, &cleaner.limits).ok()
}

/// The number of tokens in a source.
#[inline(never)]
pub fn tokenize(source: &str) -> usize {
    let count = Count(Cell::new(0));
    // A sink without bounds is never full.
    tokenize::tokenize(source, &count).map_or(0, |()| count.0.get())
}

/// Counts tokens, with as much of a tree builder as the tokenizer needs: the elements whose content is raw text.
struct Count(Cell<usize>);

impl TokenSink for Count {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        self.0.set(self.0.get() + 1);
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                raw_kind(&tag.name).map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

impl Sink for Count {
    fn reads_attribute(&self, name: &str) -> bool {
        guard::is_read(name)
    }
}

fn raw_kind(tag: &LocalName) -> Option<RawKind> {
    match *tag {
        name!("title") | name!("textarea") => Some(RawKind::Rcdata),
        name!("script") => Some(RawKind::ScriptData),
        name!("style") | name!("xmp") | name!("iframe") | name!("noembed") | name!("noframes") | name!("noscript") => {
            Some(RawKind::Rawtext)
        }
        _ => None,
    }
}

/// Source to a tree, its tokens included; `None` when a bound forbids it.
#[inline(never)]
pub fn parse<'s>(cleaner: &Cleaner, source: &'s str) -> Option<Tree<'s>> {
    parse::parse(source, &cleaner.limits, cleaner.judge.rules.has_selectors(), cleaner.judge.explains)
        .ok()
        .map(|page| Tree(page, source))
}

/// What a page states about itself, as far as the cleaner asks.
#[inline(never)]
pub fn metadata(cleaner: &Cleaner, tree: &Tree<'_>) -> Metadata {
    metadata::read(&tree.0, None, cleaner.metadata).metadata
}

/// A tree to blocks, of a page that states `metadata`.
#[inline(never)]
pub fn segment(cleaner: &Cleaner, tree: &Tree<'_>, metadata: Metadata) -> Segments {
    Segments(from_html::segment(&tree.0, tree.1, cleaner.cues(), &cleaner.limits), metadata)
}

/// Rules and repeats on blocks, folding of their text included: how many blocks go.
#[inline(never)]
pub fn rules(cleaner: &Cleaner, segments: &Segments) -> usize {
    let verdicts = cleaner.judge.ruled(&segments.0);
    verdicts.iter().filter(|verdict| **verdict != Verdict::Keep).count()
}

/// The feature rows of blocks, folding of their text included.
#[inline(never)]
pub fn features(cleaner: &Cleaner, segments: &Segments) -> Vec<f32> {
    cleaner.judge.feature_rows(&segments.0, &segments.1)
}

/// The probability of each row.
#[inline(never)]
pub fn score(cleaner: &Cleaner, rows: &[f32]) -> Vec<f32> {
    cleaner.judge.model().score(&Columns::of_rows(rows, crate::block::features::COUNT))
}

/// Normalizes every block and says how many bytes come out.
#[inline(never)]
pub fn normalize(segments: &Segments) -> usize {
    let blocks = &segments.0;
    blocks.items.iter().map(|block| crate::normalize::normalize(blocks.text_of(block), false).len()).sum()
}
