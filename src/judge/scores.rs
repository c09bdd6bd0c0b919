//! The scores of the block judgement, evened out over blocks that belong together.

use super::State;
use crate::article::BlockKind;
use crate::block::{Block, Gap};
use foldhash::{HashMap, HashMapExt};

/// How far the score of a block is drawn to the mean of its kind; 0.3 to 0.6 score alike with the domains of a page held out.
const KIND_PULL: f32 = 0.4;

impl State<'_> {
    /// Calls prose as likely as not, whatever the model says: on a page of more blocks than it has ever seen, or that passed a
    /// bound, it knows no place.
    pub(super) fn trust_prose(&self, scores: &mut [f32]) {
        const LIKELY: f32 = 0.6;
        for (at, block) in self.blocks.items.iter().enumerate() {
            if self.prose[at] && !block.hidden && self.verdicts[at].is_none() {
                scores[at] = scores[at].max(LIKELY);
            }
        }
    }

    /// Draws the score of each block towards the mean, by words, of the blocks in elements of the same names inside parents of
    /// the same names: posts, cards and paragraphs of one kind mostly belong together. Blocks that went before have no part.
    pub(super) fn even_out_kinds(&self, scores: &mut [f32]) {
        let outline = &self.blocks.outline;
        let kind = |block: &Block| {
            let element = &outline.elements[block.element as usize];
            [element.kind, outline.elements[element.parent as usize].kind]
        };
        let mut sums: HashMap<[u32; 2], (f32, f32)> = HashMap::new();
        // A block without words counts a little, so that no mean is empty.
        let weight = |block: &Block| block.words as f32 + 0.5;
        let is_open = |(at, _): &(usize, &Block)| self.verdicts[*at].is_none();
        for (at, block) in self.blocks.items.iter().enumerate().filter(is_open) {
            let sum = sums.entry(kind(block)).or_default();
            *sum = (sum.0 + weight(block) * scores[at], sum.1 + weight(block));
        }
        for (at, block) in self.blocks.items.iter().enumerate().filter(is_open) {
            let (sum, words) = sums[&kind(block)];
            scores[at] += KIND_PULL * (sum / words - scores[at]);
        }
    }

    /// Gives the rows of a table one score, their mean by words, and so the lines of one element that only `<br>` divides: a table
    /// or a stanza is kept as a whole or not at all.
    pub(super) fn even_out_runs(&self, scores: &mut [f32]) {
        let items = &self.blocks.items;
        let is_row = |at: usize| items[at].kind == BlockKind::TableRow;
        let is_line = |at: usize| items[at].kind == BlockKind::Paragraph && items[at].gap == Gap::Line;
        let goes_on = |at: usize| {
            let is_run = is_row(at) && is_row(at - 1) || is_line(at) && items[at].element == items[at - 1].element;
            is_run && self.verdicts[at].is_none() && self.verdicts[at - 1].is_none()
        };
        let mut at = 0;
        while at < items.len() {
            let end = (at + 1..items.len()).find(|&at| !goes_on(at)).unwrap_or(items.len());
            let words: f32 = items[at..end].iter().map(|block| block.words as f32).sum();
            let sum: f32 = items[at..end].iter().zip(&scores[at..end]).map(|(block, p)| block.words as f32 * p).sum();
            if end - at > 1 {
                scores[at..end].fill(sum / words.max(1.0));
            }
            at = end;
        }
    }
}
