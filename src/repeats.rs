//! Captions and lines that stand more than once on one page.
//!
//! An extractor prints a caption for each size of a photo and for the gallery behind it. [`RepeatFinder::find`] names the copies to
//! drop; the first stays. The danger is text that repeats on purpose: refrains, answers in a dialogue, list headings
//! such as "Pros" and "Cons". So a copy counts only when it is long enough, near or known as a caption, and no verse
//! or speech.

use crate::article::{BlockKind, Format};
use crate::block::fold::FoldedTexts;
use crate::block::{Block, Blocks, Gap, words};
use foldhash::{HashMap, HashMapExt};
use std::ops::RangeInclusive;

/// A copy that goes, with the block that stays in its stead.
#[derive(Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Index of the copy.
    pub copy: usize,
    /// Index of the first of its kind.
    pub first: usize,
}

/// Steps between two copies that still count as neighbours in the header of a page: a caption, its credit, its counter.
/// In the body only a copy that follows at once does: a form repeats its lines in turn.
const NEAR_BLOCKS: usize = 3;
/// A line that stands more often is a heading or a refrain, not a caption.
const MAX_COPIES: usize = 3;
/// Lines without a blank one between them that make a verse.
const VERSE_LINES: usize = 4;

/// Knows captions by the words of `rules/packs/captions.toml`.
pub struct RepeatFinder {
    words: CaptionWords,
}

#[derive(serde::Deserialize)]
struct CaptionWords {
    /// Words that a caption or credit begins with, before a colon.
    begins: Vec<String>,
    /// Agencies that end a credit.
    agencies: Vec<String>,
}

impl RepeatFinder {
    /// Words that a copy must have: below it are headings and list items, above it no line is a caption.
    pub const WORDS: RangeInclusive<u32> = 6..=60;

    /// Loads the word list that is built in.
    pub fn builtin() -> Self {
        let words = include_str!("rules/packs/captions.toml");
        RepeatFinder { words: toml::from_str(words).expect("a test loads the built-in word list") }
    }

    /// The blocks that say the same and could be copies of captions, by what they say, each list in their order; `folded` holds the
    /// folded text of each block, empty where it was not needed.
    pub fn alike(blocks: &Blocks<'_>, folded: &FoldedTexts) -> Vec<Vec<usize>> {
        /// The first block that says something, and the list of those that do once there are more.
        type Seen = (usize, Option<usize>);
        let mut seen: HashMap<&str, Seen> = HashMap::with_capacity(blocks.items.len());
        let mut alike: Vec<Vec<usize>> = Vec::new();
        for (at, block) in blocks.items.iter().enumerate() {
            let fits = Self::WORDS.contains(&block.words) || block.kind == BlockKind::Caption;
            if !fits || folded[at].is_empty() {
                continue;
            }
            let (first, list) = seen.entry(&folded[at]).or_insert((at, None));
            if *first < at {
                let list = *list.get_or_insert_with(|| {
                    alike.push(vec![*first]);
                    alike.len() - 1
                });
                alike[list].push(at);
            }
        }
        alike
    }

    /// Finds the copies of captions among blocks that are [`alike`](RepeatFinder::alike). Blocks that are `gone` count for nothing:
    /// the page is looked at as it will be written.
    pub fn find(
        &self,
        blocks: &Blocks<'_>,
        folded: &FoldedTexts,
        alike: &[Vec<usize>],
        gone: impl Fn(usize) -> bool,
    ) -> Vec<Repeat> {
        if alike.is_empty() {
            return Vec::new();
        }
        let page = Written::new(blocks, gone);
        let mut found = Vec::new();
        for list in alike {
            let places: Vec<usize> = list.iter().filter_map(|at| page.blocks.binary_search(at).ok()).collect();
            if places.len() < 2 {
                continue;
            }
            let text = &folded[list[0]];
            let kind = |place: usize| page.block(place).kind;
            let captions = places.iter().filter(|&&place| kind(place) == BlockKind::Caption).count();
            // More than one caption element with the same words needs no further proof.
            if places.len() > MAX_COPIES && captions < 2 {
                continue;
            }
            let is_caption = captions > 0 || self.has_caption_words(text);
            if !is_caption && is_speech(text) {
                continue;
            }
            let is_headline = |place: &usize| kind(*place) == BlockKind::Heading(1);
            let first = places.iter().copied().find(|place| !is_headline(place)).unwrap_or(places[0]);
            for &copy in places.iter().filter(|&&place| place > first) {
                let near = if copy < page.body { NEAR_BLOCKS } else { 1 };
                let is_line = page.is_running_line(first) && page.is_running_line(copy);
                // A page without prose is a song, a play or a list: nothing but a caption repeats by accident there.
                let has_prose = page.body < page.blocks.len();
                if is_caption || has_prose && copy - first <= near && is_line && !page.is_verse(copy) {
                    found.push(Repeat { copy: page.blocks[copy], first: page.blocks[first] });
                }
            }
        }
        found.sort_by_key(|repeat| repeat.copy);
        found
    }

    /// True when a copy of a text's line that stands so many blocks behind it may go, for all that the two tell.
    pub fn may_go(&self, folded: &str, steps: usize) -> bool {
        steps <= NEAR_BLOCKS && !is_speech(folded) || self.has_caption_words(folded)
    }

    /// True for a line that begins as captions do or ends with the credit of an agency.
    pub fn has_caption_words(&self, folded: &str) -> bool {
        let begins = |text: &str| {
            let text = text.trim_start_matches(['(', '[']);
            self.words.begins.iter().any(|word| {
                text.strip_prefix(word.as_str())
                    .is_some_and(|rest| [":", "：", " by ", " of ", "/"].iter().any(|after| rest.starts_with(after)))
            })
        };
        let end = folded.trim_end_matches(['.', ')', ']', ' ']);
        let ends = self.words.agencies.iter().any(|agency| {
            end.strip_suffix(agency.as_str()).is_some_and(|rest| {
                ["(", "[", "/", "©", "|", "- ", "/ ", ": ", "© "].iter().any(|before| rest.ends_with(before))
            })
        });
        let credit = end
            .rsplit_once(['(', '['])
            .is_some_and(|(_, credit)| begins(credit) || self.words.begins.iter().any(|word| credit == word));
        begins(folded) || ends || credit
    }
}

/// True for a line that somebody says: an answer may come twice.
fn is_speech(folded: &str) -> bool {
    let speaker = folded.split_once(": ").map(|(speaker, _)| speaker);
    let has_speaker = speaker.is_some_and(|speaker| speaker.split(' ').count() <= 2);
    has_speaker || folded.starts_with(['"', '\'', '-', '—', '「', '『', '“'])
}

/// The page as it will be written: the blocks that are not gone, by their place in that order.
struct Written<'b> {
    page: &'b Blocks<'b>,
    blocks: Vec<usize>,
    /// What divides each from the one before, gone ones between them included.
    gaps: Vec<Gap>,
    /// The place of the first prose; the number of blocks when there is none.
    body: usize,
}

impl<'b> Written<'b> {
    fn new(page: &'b Blocks<'b>, gone: impl Fn(usize) -> bool) -> Self {
        let (mut blocks, mut gaps) = (Vec::new(), Vec::new());
        let mut gap = Gap::Paragraph;
        for (at, block) in page.items.iter().enumerate() {
            gap = gap.max(block.gap);
            if !gone(at) {
                blocks.push(at);
                gaps.push(gap);
                gap = Gap::Joined;
            }
        }
        let is_prose = |at: &usize| words::is_prose(page.text_of(&page.items[*at]), page.items[*at].words as usize);
        let body = blocks.iter().position(is_prose).unwrap_or(blocks.len());
        Written { page, blocks, gaps, body }
    }

    fn block(&self, place: usize) -> &'b Block {
        &self.page.items[self.blocks[place]]
    }

    /// True for a line of text and nothing that repeats by nature, as cells, code and items do. A cell or the rest of a
    /// list begins with a digit or a small letter, a caption does not.
    fn is_running_line(&self, place: usize) -> bool {
        let block = self.block(place);
        let first = self.page.text_of(block).chars().find(|c| c.is_alphanumeric());
        let is_text =
            matches!(block.kind, BlockKind::Paragraph | BlockKind::Caption | BlockKind::Quote | BlockKind::Heading(_));
        let is_whole = self.gaps[place] != Gap::Joined && self.gaps.get(place + 1) != Some(&Gap::Joined);
        is_text && is_whole && first.is_some_and(|first| !first.is_lowercase() && !first.is_numeric())
    }

    /// True for a line in a run of short lines inside the body, where a refrain stands.
    ///
    /// Before the first prose such a run is a header: headline, byline, date, caption.
    fn is_verse(&self, place: usize) -> bool {
        if self.page.format == Format::Text && place < self.body && self.body < self.blocks.len() {
            return false;
        }
        let is_verse_line = |block: &Block| (2..=14).contains(&block.words) && block.kind == BlockKind::Paragraph;
        let goes_on = |place: &usize| self.gaps[*place] == Gap::Line && is_verse_line(self.block(*place));
        let before = (1..=place).rev().take_while(goes_on).take(VERSE_LINES).count();
        let after = (place + 1..self.blocks.len()).take_while(goes_on).take(VERSE_LINES).count();
        before + after + 1 >= VERSE_LINES
    }
}
