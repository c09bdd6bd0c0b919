//! What tells content from furniture: one row of numbers for each block of an HTML page.
//!
//! One definition for training and serving: [`NAMES`] gives the order, [`rows`] the values. Everything comes from a
//! few passes over blocks and elements, linear in both; sums over an element are differences of prefix sums.

use super::outline::{CUES, Cues, Outline};
use super::{Block, Blocks, words};
use crate::article::BlockKind;
use std::collections::HashMap;

/// Features that are not cues.
const PLAIN: [&str; 45] = [
    "words",
    "free-words",
    "link-density",
    "sentence-words",
    "ends-sentence",
    "heading",
    "item",
    "row",
    "quote",
    "code",
    "caption",
    "hidden",
    "noscript",
    "digits",
    "capitals",
    "seen-before",
    "like-title",
    "position",
    "before-first-long",
    "after-last-long",
    "steps-to-last-long",
    "steps-to-next-long",
    "words-before",
    "words-after",
    "density-before",
    "density-after",
    "sentences-near-1",
    "sentences-near-3",
    "sentences-near-8",
    "links-near-3",
    "core-40-across",
    "core-60-up",
    "core-60-across",
    "core-80-across",
    "inside-core-60",
    "inside-core-80",
    "share-of-element",
    "share-of-parent",
    "share-of-grandparent",
    "kind-share",
    "kind-count",
    "kind-density",
    "page-blocks",
    "page-sentence-words",
    "page-density",
];

/// Features of a block: the plain ones, then each cue of the [parts](parts) around it and of its own element.
pub const COUNT: usize = PLAIN.len() + 2 * CUES.len();

/// The name of a feature.
pub fn name(feature: usize) -> String {
    match feature.checked_sub(PLAIN.len()) {
        None => PLAIN[feature].to_owned(),
        Some(cue) if cue < CUES.len() => format!("in-{}", CUES[cue]),
        Some(cue) => format!("is-{}", CUES[cue - CUES.len()]),
    }
}

/// Words from which a block with a sentence end counts as a long one.
const LONG_WORDS: f32 = 20.0;
/// Words from which a sentence end makes a sentence and not a label.
const SENTENCE_WORDS: u32 = 6;

/// The feature rows of a page, `COUNT` values a block, blocks in order. `folded` holds the folded text of each block
/// (empty for long ones), `title` the folded title of the page.
pub fn rows(blocks: &Blocks<'_>, folded: &[String], title: &str) -> Vec<f32> {
    let page = PageSums::new(blocks);
    let kinds = Kinds::new(blocks, &page);
    let cores = [0.4, 0.6, 0.8].map(|share| Core::new(&blocks.outline, &page, share));
    let parts = parts(&blocks.outline, &page);
    let (last_long, next_long) = page.steps_to_long();
    let mut seen: HashMap<&str, ()> = HashMap::new();
    let mut rows = Vec::with_capacity(blocks.items.len() * COUNT);
    let count = blocks.items.len();
    for (at, block) in blocks.items.iter().enumerate() {
        let text = blocks.text_of(block);
        let element = &blocks.outline.elements[block.element as usize];
        let parent = &blocks.outline.elements[element.parent as usize];
        let grandparent = &blocks.outline.elements[parent.parent as usize];
        let shape = Shape::of(text);
        let again = !folded[at].is_empty() && seen.insert(&folded[at], ()).is_some();
        let near = |reach: usize| {
            page.sentence_words(at.saturating_sub(reach), (at + reach + 1).min(count)) / (2 * reach + 1) as f32
        };
        let neighbour = |step: isize| at.checked_add_signed(step).and_then(|at| blocks.items.get(at));
        let kind = kinds.of(block, blocks);
        let is = |yes: bool| f32::from(u8::from(yes));
        let first = rows.len();
        rows.extend([
            log(block.words as f32),
            log((block.words - block.link_words) as f32),
            density(block),
            log(page.sentence[at + 1] - page.sentence[at]),
            is(shape.ends_sentence),
            is(matches!(block.kind, BlockKind::Heading(_))),
            is(block.kind == BlockKind::ListItem),
            is(block.kind == BlockKind::TableRow),
            is(block.kind == BlockKind::Quote),
            is(block.kind == BlockKind::Code),
            is(block.kind == BlockKind::Caption),
            is(block.hidden),
            is(block.noscript),
            shape.digits,
            shape.capitals,
            is(again),
            is(is_like_title(&folded[at], title)),
            at as f32 / count as f32,
            is(last_long[at] == FAR),
            is(next_long[at] == FAR),
            log(last_long[at]),
            log(next_long[at]),
            neighbour(-1).map_or(0.0, |block| log(block.words as f32)),
            neighbour(1).map_or(0.0, |block| log(block.words as f32)),
            neighbour(-1).map_or(1.0, density),
            neighbour(1).map_or(1.0, density),
            log(near(1)),
            log(near(3)),
            log(near(8)),
            page.density(at.saturating_sub(3), (at + 4).min(count)),
            cores[0].across(block),
            cores[1].up(block, &blocks.outline),
            cores[1].across(block),
            cores[2].across(block),
            is(cores[1].across(block) == 0.0),
            is(cores[2].across(block) == 0.0),
            page.share(&element.blocks),
            page.share(&parent.blocks),
            page.share(&grandparent.blocks),
            kind.share,
            log(kind.count),
            kind.density,
            log(count as f32),
            log(page.sentence[count]),
            page.density(0, count),
        ]);
        rows.extend((0..CUES.len() as u32).map(|cue| is(parts[block.element as usize].has(cue))));
        rows.extend((0..CUES.len() as u32).map(|cue| is(element.own_cues.has(cue))));
        debug_assert_eq!(rows.len() - first, COUNT);
    }
    rows
}

/// Share of the page's sentence words from which an element is the page and no part of it.
const WHOLE_SHARE: f32 = 0.5;

/// The [`parts`] of a page.
pub fn page_parts(blocks: &Blocks<'_>) -> Vec<Cues> {
    parts(&blocks.outline, &PageSums::new(blocks))
}

/// For each element the cues of the parts of the page that it stands in, its own among them.
///
/// What `body` or the wrapper of the whole article is called says nothing about a block; only elements that hold less
/// than half of the page's sentence words count.
fn parts(outline: &Outline, page: &PageSums) -> Vec<Cues> {
    let mut parts = vec![Cues::default(); outline.elements.len()];
    for (at, element) in outline.elements.iter().enumerate().skip(1) {
        let own = if page.share(&element.blocks) < WHOLE_SHARE { element.own_cues } else { Cues::default() };
        parts[at] = parts[element.parent as usize].with(own);
    }
    parts
}

/// Steps where there is no long block on that side.
const FAR: f32 = 1000.0;

fn log(value: f32) -> f32 {
    value.ln_1p()
}

fn density(block: &Block) -> f32 {
    block.link_words as f32 / block.words.max(1) as f32
}

/// What the characters of a block say.
struct Shape {
    ends_sentence: bool,
    digits: f32,
    capitals: f32,
}

impl Shape {
    fn of(text: &str) -> Shape {
        /// Bytes that are looked at; the shares of a long block do not change after them.
        const SAMPLE: usize = 400;
        let sample = &text[..text.floor_char_boundary(SAMPLE)];
        let (mut letters, mut digits, mut capitals) = (0u32, 0u32, 0u32);
        for c in sample.chars() {
            if c.is_ascii_digit() {
                digits += 1;
            } else if c.is_alphabetic() {
                letters += 1;
                capitals += u32::from(c.is_uppercase());
            }
        }
        let last = text.chars().rev().find(|c| !matches!(c, '"' | '”' | '’' | '»' | ')' | '」'));
        Shape {
            ends_sentence: last.is_some_and(words::ends_sentence),
            digits: digits as f32 / (letters + digits).max(1) as f32,
            capitals: capitals as f32 / letters.max(1) as f32,
        }
    }
}

/// True for a line that the title holds or that holds the title.
fn is_like_title(folded: &str, title: &str) -> bool {
    /// Bytes below which a shared piece says nothing.
    const MIN: usize = 12;
    folded.len() >= MIN
        && title.len() >= MIN
        && (title.starts_with(folded) || folded.starts_with(title) || title.contains(folded))
}

/// Prefix sums over the blocks of a page; entry `n` is the sum over the first `n` blocks.
struct PageSums {
    sentence: Vec<f32>,
    words: Vec<f32>,
    link_words: Vec<f32>,
}

impl PageSums {
    fn new(blocks: &Blocks<'_>) -> PageSums {
        let mut sums = PageSums { sentence: vec![0.0], words: vec![0.0], link_words: vec![0.0] };
        let push = |sums: &mut Vec<f32>, value: f32| sums.push(sums.last().copied().unwrap_or(0.0) + value);
        for block in &blocks.items {
            let is_sentence = block.words >= SENTENCE_WORDS && blocks.text_of(block).chars().any(words::ends_sentence);
            let free = block.words.saturating_sub(block.link_words) as f32;
            push(&mut sums.sentence, if is_sentence { free } else { 0.0 });
            push(&mut sums.words, block.words as f32);
            push(&mut sums.link_words, block.link_words as f32);
        }
        sums
    }

    fn sentence_words(&self, from: usize, to: usize) -> f32 {
        self.sentence[to] - self.sentence[from]
    }

    fn density(&self, from: usize, to: usize) -> f32 {
        (self.link_words[to] - self.link_words[from]) / (self.words[to] - self.words[from]).max(1.0)
    }

    /// The share of the page's sentence words in a range of blocks.
    fn share(&self, range: &std::ops::Range<u32>) -> f32 {
        let total = self.sentence.last().copied().unwrap_or(0.0);
        self.sentence_words(range.start as usize, range.end.max(range.start) as usize) / total.max(1.0)
    }

    /// For each block the steps back and forth to a long sentence block, 0 when it is one itself.
    fn steps_to_long(&self) -> (Vec<f32>, Vec<f32>) {
        let count = self.sentence.len() - 1;
        let is_long = |at: usize| self.sentence_words(at, at + 1) >= LONG_WORDS;
        let (mut back, mut forth) = (vec![FAR; count], vec![FAR; count]);
        for at in 0..count {
            let before = if at == 0 { FAR } else { back[at - 1] };
            back[at] = if is_long(at) { 0.0 } else { (before + 1.0).min(FAR) };
        }
        for at in (0..count).rev() {
            let after = forth.get(at + 1).copied().unwrap_or(FAR);
            forth[at] = if is_long(at) { 0.0 } else { (after + 1.0).min(FAR) };
        }
        (back, forth)
    }
}

/// The deepest element that holds a share of the page's sentence words, and how far each element is from it.
struct Core {
    depth: u16,
    /// Depth of the nearest element that is around both the entry and the core.
    meeting: Vec<u16>,
}

impl Core {
    fn new(outline: &Outline, page: &PageSums, share: f32) -> Core {
        let elements = &outline.elements;
        // In document order the last element with the share is the deepest: two beside each other cannot both hold
        // more than a half, and below a half the later one is as good as any.
        let holds = |at: usize| page.share(&elements[at].blocks) >= share;
        let core = (0..elements.len()).rev().find(|&at| holds(at)).unwrap_or(0);
        let mut around = vec![false; elements.len()];
        let mut at = core;
        while at != 0 {
            around[at] = true;
            at = elements[at].parent as usize;
        }
        around[0] = true;
        let mut meeting = vec![0; elements.len()];
        for at in 1..elements.len() {
            let parent = elements[at].parent as usize;
            meeting[at] = if around[at] { elements[at].depth } else { meeting[parent] };
        }
        Core { depth: elements[core].depth, meeting }
    }

    /// Steps up from the block until the core is below.
    fn up(&self, block: &Block, outline: &Outline) -> f32 {
        log(f32::from(outline.elements[block.element as usize].depth - self.meeting[block.element as usize]))
    }

    /// Steps down from there to the core; 0 inside it.
    fn across(&self, block: &Block) -> f32 {
        log(f32::from(self.depth - self.meeting[block.element as usize].min(self.depth)))
    }
}

/// What blocks of the same tag and class have in common on this page.
struct Kinds<'b> {
    by_step: HashMap<&'b str, Kind>,
}

#[derive(Clone, Copy, Default)]
struct Kind {
    share: f32,
    count: f32,
    density: f32,
}

impl<'b> Kinds<'b> {
    fn new(blocks: &'b Blocks<'_>, page: &PageSums) -> Kinds<'b> {
        let mut by_step: HashMap<&str, Kind> = HashMap::new();
        let mut words: HashMap<&str, f32> = HashMap::new();
        for (at, block) in blocks.items.iter().enumerate() {
            let step: &str = &blocks.outline.elements[block.element as usize].step;
            let kind = by_step.entry(step).or_default();
            kind.share += page.sentence_words(at, at + 1);
            kind.count += 1.0;
            kind.density += block.link_words as f32;
            *words.entry(step).or_default() += block.words as f32;
        }
        let total = page.sentence.last().copied().unwrap_or(0.0).max(1.0);
        for (step, kind) in &mut by_step {
            kind.share /= total;
            kind.density /= words[step].max(1.0);
        }
        Kinds { by_step }
    }

    fn of(&self, block: &Block, blocks: &Blocks<'_>) -> Kind {
        let step: &str = &blocks.outline.elements[block.element as usize].step;
        self.by_step.get(step).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_distinct() {
        let names: HashSet<String> = (0..COUNT).map(name).collect();
        assert_eq!(names.len(), COUNT);
    }

    #[test]
    fn a_line_of_the_title_is_like_it() {
        assert!(is_like_title("a walk by the sea", "a walk by the sea - the daily"));
        assert!(!is_like_title("sea", "a walk by the sea - the daily"));
    }
}
