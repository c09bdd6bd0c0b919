//! The finish of an HTML article: small furniture that stands around or inside it and weighs too little to be judged.
//!
//! Comes after the block judgement and sees only what that kept. Two observations, both about structure and neither
//! about one site: a small box that holds a sign-up call, a login notice or a comment prompt is furniture as a whole;
//! and beside a sound article, short blocks in parts called byline, tags, share bar, aside or footer are not of it.
//! Prose is never touched.

use crate::block::outline::{CUES, Cues};
use crate::block::{Block, Blocks, words};

/// Words that a box of furniture holds at most; a longer one has something to say.
const MAX_BOX_WORDS: u32 = 90;
/// Share of the page's words that a box holds at most: on a tiny page the box may be the article.
const MAX_BOX_SHARE: f32 = 0.2;
/// Words of prose that make an article sound.
const MIN_PROSE_WORDS: u32 = 100;
/// Share of prose in the kept words of a sound article; lists and shops have less.
const MIN_PROSE_SHARE: f32 = 0.5;

/// Parts whose short blocks are no part of a sound article.
const FURNITURE: [&str; 7] = ["footer", "aside", "byline", "share", "tags", "nav", "consent"];
/// Families of rules that mark the box around them: its other lines explain the call.
const BOX_FAMILIES: [&str; 6] = ["comments", "newsletter", "login", "apps", "paywall", "cookies"];

/// A block that goes with the finish, and why.
#[derive(Debug, PartialEq)]
pub struct Finished {
    /// Index of the block.
    pub block: usize,
    /// What it stands in.
    pub evidence: String,
}

/// True when what stands in one box with a block that a rule of this family removed goes with it.
pub fn takes_its_box(family: &str) -> bool {
    BOX_FAMILIES.contains(&family)
}

/// Blocks that stand in one box with a call: `calls` are the blocks that such rules removed.
pub fn boxes(
    blocks: &Blocks<'_>,
    calls: impl Iterator<Item = usize>,
    is_kept: impl Fn(usize) -> bool,
) -> Vec<Finished> {
    let sums = word_sums(blocks);
    let total = sums[blocks.items.len()].max(1) as f32;
    let mut found = Vec::new();
    for call in calls {
        let Some(around) = box_around(blocks, call, &sums, total) else { continue };
        let entry = &blocks.outline.elements[around];
        for at in (entry.blocks.start as usize..entry.blocks.end as usize).filter(|&at| is_kept(at)) {
            found.push(Finished { block: at, evidence: format!("in one box with block {}", call + 1) });
        }
    }
    found
}

/// The largest element around a block that is still a box: few words, and no long paragraph.
fn box_around(blocks: &Blocks<'_>, call: usize, sums: &[u32], total: f32) -> Option<usize> {
    let elements = &blocks.outline.elements;
    let mut best = None;
    let mut at = blocks.items[call].element as usize;
    while at != 0 {
        let range = &elements[at].blocks;
        let words = sums[range.end as usize] - sums[range.start as usize];
        if words > MAX_BOX_WORDS || words as f32 > MAX_BOX_SHARE * total {
            break;
        }
        best = Some(at);
        at = elements[at].parent as usize;
    }
    best
}

/// Words of the first `n` blocks at place `n`.
fn word_sums(blocks: &Blocks<'_>) -> Vec<u32> {
    let mut sums = vec![0];
    let mut sum = 0;
    for block in &blocks.items {
        sum += block.words;
        sums.push(sum);
    }
    sums
}

/// Short blocks beside a sound article that stand in a part of furniture; `parts` are those of each element.
pub fn furniture(blocks: &Blocks<'_>, parts: &[Cues], is_kept: impl Fn(usize) -> bool) -> Vec<Finished> {
    let kept: Vec<usize> = (0..blocks.items.len()).filter(|&at| is_kept(at)).collect();
    let is_prose = |block: &Block| words::is_prose(blocks.text_of(block), block.words as usize);
    let sum = |prose_only: bool| -> u32 {
        let items = kept.iter().map(|&at| &blocks.items[at]);
        items.filter(|block| !prose_only || is_prose(block)).map(|block| block.words).sum()
    };
    let prose = sum(true);
    if prose < MIN_PROSE_WORDS || (prose as f32) < MIN_PROSE_SHARE * sum(false) as f32 {
        return Vec::new();
    }
    let bits: Vec<(u32, &str)> = (0..).zip(CUES).filter(|(_, name)| FURNITURE.contains(name)).collect();
    let found = kept.into_iter().filter_map(|at| {
        let block = &blocks.items[at];
        let part = bits.iter().find(|(bit, _)| parts[block.element as usize].has(*bit))?;
        (!is_prose(block)).then(|| Finished { block: at, evidence: format!("in a part called {}", part.1) })
    });
    found.collect()
}
