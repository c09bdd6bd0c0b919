//! Where a block stands on the page: in its order, between long blocks, under a heading, and what is near it.

use super::sums::{FAR, PageSums, over};
use crate::article::BlockKind;
use crate::block::outline::{CUES, Cues};
use crate::block::{Block, Blocks};
use std::ops::Range;

/// The bit of the cue with this name.
pub(super) fn cue(name: &str) -> u32 {
    CUES.iter().position(|other| *other == name).expect("the cues are a fixed list") as u32
}

/// Names of the features of a place.
pub(super) const NAMES: [&str; 43] = [
    "position",
    "sentence-position",
    "before-first-long",
    "after-last-long",
    "steps-to-last-long",
    "steps-to-next-long",
    "steps-to-last-image",
    "steps-since-h1",
    "steps-until-h1",
    "steps-since-title",
    "steps-until-title",
    "steps-since-nav",
    "steps-until-nav",
    "steps-until-footer",
    "steps-since-comment",
    "steps-until-comment",
    "words-before",
    "words-after",
    "density-before",
    "density-after",
    "sentences-1",
    "sentences-before-3",
    "sentences-after-3",
    "sentences-before-8",
    "sentences-after-8",
    "sentences-before-20",
    "sentences-after-20",
    "words-near-3",
    "words-near-8",
    "density-before-3",
    "density-after-3",
    "density-before-8",
    "density-after-8",
    "density-near-20",
    "images-near-3",
    "controls-near-3",
    "section-steps",
    "section-level",
    "section-words",
    "section-sentences",
    "section-density",
    "section-blocks",
    "heading-density",
];

/// What places are told from; made once a page.
pub(super) struct Places {
    long: (Vec<f32>, Vec<f32>),
    image: Vec<f32>,
    h1: (Vec<f32>, Vec<f32>),
    title: (Vec<f32>, Vec<f32>),
    nav: (Vec<f32>, Vec<f32>),
    footer: Vec<f32>,
    comment: (Vec<f32>, Vec<f32>),
    heading: (Vec<f32>, Vec<f32>),
}

impl Places {
    /// `is_title` says for a block whether it is like the title, `parts` are those of each element.
    pub(super) fn new(blocks: &Blocks<'_>, page: &PageSums, parts: &[Cues], is_title: impl Fn(usize) -> bool) -> Self {
        let items = &blocks.items;
        let stands_in = |cue: u32| move |at: usize| parts[items[at].element as usize].has(cue);
        let [nav, footer, comment] = [cue("nav"), cue("footer"), cue("comment")];
        let is_heading = |at: usize| matches!(items[at].kind, BlockKind::Heading(_));
        Places {
            long: page.steps(|at| page.is_long(at)),
            image: page.steps(|at| over(&page.images, at..at + 1) > 0.0).0,
            h1: page.steps(|at| items[at].kind == BlockKind::Heading(1)),
            title: page.steps(is_title),
            nav: page.steps(stands_in(nav)),
            footer: page.steps(stands_in(footer)).1,
            comment: page.steps(stands_in(comment)),
            heading: page.steps(is_heading),
        }
    }

    /// The values of [`NAMES`].
    pub(super) fn values(&self, at: usize, blocks: &[Block], page: &PageSums) -> [f32; NAMES.len()] {
        let count = page.count();
        let neighbour = |step: isize| at.checked_add_signed(step).and_then(|at| blocks.get(at));
        let density = |block: &Block| block.link_words as f32 / block.words.max(1) as f32;
        let before = |reach: usize| at.saturating_sub(reach)..at;
        let after = |reach: usize| (at + 1).min(count)..(at + 1 + reach).min(count);
        let near = |reach: usize| at.saturating_sub(reach)..(at + 1 + reach).min(count);
        let is = |yes: bool| f32::from(u8::from(yes));
        let section = self.section(at, count);
        let heading = &blocks[section.start];
        let is_headed = matches!(heading.kind, BlockKind::Heading(_));
        [
            at as f32 / count as f32,
            page.share(0..at),
            is(self.long.0[at] == FAR),
            is(self.long.1[at] == FAR),
            self.long.0[at],
            self.long.1[at],
            self.image[at],
            self.h1.0[at],
            self.h1.1[at],
            self.title.0[at],
            self.title.1[at],
            self.nav.0[at],
            self.nav.1[at],
            self.footer[at],
            self.comment.0[at],
            self.comment.1[at],
            neighbour(-1).map_or(0.0, |block| block.words as f32),
            neighbour(1).map_or(0.0, |block| block.words as f32),
            neighbour(-1).map_or(1.0, density),
            neighbour(1).map_or(1.0, density),
            page.sentence_words(near(1)),
            page.sentence_words(before(3)),
            page.sentence_words(after(3)),
            page.sentence_words(before(8)),
            page.sentence_words(after(8)),
            page.sentence_words(before(20)),
            page.sentence_words(after(20)),
            page.words(near(3)),
            page.words(near(8)),
            page.density(before(3)),
            page.density(after(3)),
            page.density(before(8)),
            page.density(after(8)),
            page.density(near(20)),
            over(&page.images, near(3)),
            over(&page.controls, near(3)),
            self.heading.0[at],
            if let BlockKind::Heading(level) = heading.kind { f32::from(level) } else { 0.0 },
            page.words(section.clone()),
            page.sentence_words(section.clone()),
            page.density(section.clone()),
            section.len() as f32,
            if is_headed { density(heading) } else { -1.0 },
        ]
    }

    /// The blocks from the last heading, or the begin of the page, to the next.
    fn section(&self, at: usize, count: usize) -> Range<usize> {
        let start = if self.heading.0[at] == FAR { 0 } else { at - self.heading.0[at] as usize };
        let next = self.heading.1.get(at + 1).filter(|steps| **steps < FAR);
        let end = next.map_or(count, |steps| at + 1 + *steps as usize);
        start..end
    }
}
