//! Prefix sums over the blocks of a page, so that a sum over any range or element is one difference.

use crate::block::{Blocks, words};
use std::ops::Range;

/// Words from which a block with a sentence end counts as a long one.
pub(super) const LONG_WORDS: f32 = 20.0;
/// Words from which a sentence end makes a sentence and not a label.
const SENTENCE_WORDS: u32 = 6;
/// Steps where there is no such block on that side.
pub(super) const FAR: f32 = 1000.0;

/// Prefix sums; entry `n` is the sum over the first `n` blocks.
pub(super) struct PageSums {
    /// Words outside links of blocks that hold a sentence.
    pub(super) sentence: Vec<f32>,
    pub(super) words: Vec<f32>,
    pub(super) link_words: Vec<f32>,
    pub(super) images: Vec<f32>,
    pub(super) controls: Vec<f32>,
}

impl PageSums {
    pub(super) fn new(blocks: &Blocks<'_>) -> PageSums {
        let count = blocks.items.len();
        let (mut sentence, mut words, mut link_words) = (sums(count), sums(count), sums(count));
        for block in &blocks.items {
            let is_sentence = block.words >= SENTENCE_WORDS && words::has_sentence_end(blocks.text_of(block));
            let free = block.words.saturating_sub(block.link_words) as f32;
            push(&mut sentence, if is_sentence { free } else { 0.0 });
            push(&mut words, block.words as f32);
            push(&mut link_words, block.link_words as f32);
        }
        let images = counts(&blocks.outline.images, count);
        let controls = counts(&blocks.outline.controls, count);
        PageSums { sentence, words, link_words, images, controls }
    }

    pub(super) fn count(&self) -> usize {
        self.sentence.len() - 1
    }

    pub(super) fn sentence_words(&self, range: Range<usize>) -> f32 {
        over(&self.sentence, range)
    }

    pub(super) fn words(&self, range: Range<usize>) -> f32 {
        over(&self.words, range)
    }

    pub(super) fn density(&self, range: Range<usize>) -> f32 {
        over(&self.link_words, range.clone()) / over(&self.words, range).max(1.0)
    }

    /// The share of the page's sentence words in a range of blocks.
    pub(super) fn share(&self, range: Range<usize>) -> f32 {
        self.sentence_words(range) / self.sentence_words(0..self.count()).max(1.0)
    }

    /// The same, and the share of its words where the page has no sentences.
    pub(super) fn part(&self, range: Range<usize>) -> f32 {
        match self.sentence_words(0..self.count()) {
            0.0 => self.words(range) / self.words(0..self.count()).max(1.0),
            _ => self.share(range),
        }
    }

    /// For each block the steps back and forth to a block that `is` says yes to, 0 when it is one itself.
    pub(super) fn steps(&self, is: impl Fn(usize) -> bool) -> (Vec<f32>, Vec<f32>) {
        let count = self.count();
        let (mut back, mut forth) = (vec![FAR; count], vec![FAR; count]);
        for at in 0..count {
            let before = if at == 0 { FAR } else { back[at - 1] };
            back[at] = if is(at) { 0.0 } else { (before + 1.0).min(FAR) };
        }
        for at in (0..count).rev() {
            let after = forth.get(at + 1).copied().unwrap_or(FAR);
            forth[at] = if is(at) { 0.0 } else { (after + 1.0).min(FAR) };
        }
        (back, forth)
    }

    /// True for a long block with sentences.
    pub(super) fn is_long(&self, at: usize) -> bool {
        self.sentence_words(at..at + 1) >= LONG_WORDS
    }
}

/// The sum of a range of blocks.
pub(super) fn over(sums: &[f32], range: Range<usize>) -> f32 {
    sums[range.end.max(range.start)] - sums[range.start]
}

/// An empty list of sums with room for `count` blocks.
pub(super) fn sums(count: usize) -> Vec<f32> {
    let mut sums = Vec::with_capacity(count + 1);
    sums.push(0.0);
    sums
}

/// Adds the value of the next block.
pub(super) fn push(sums: &mut Vec<f32>, value: f32) {
    sums.push(sums.last().copied().unwrap_or(0.0) + value);
}

/// Sums over things that stand before blocks: `places` holds the block that each stands before, in order.
fn counts(places: &[u32], count: usize) -> Vec<f32> {
    let mut counts = vec![0.0; count + 1];
    for &place in places {
        counts[(place as usize).min(count.saturating_sub(1)) + usize::from(count > 0)] += 1.0;
    }
    for at in 0..count {
        counts[at + 1] += counts[at];
    }
    counts
}
