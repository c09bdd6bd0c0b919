//! Captions and lines that stand more than once on one page.
//!
//! An extractor prints a caption for each size of a photo and for the gallery behind it. [`find`] names the copies to
//! drop; the first stays. The danger is text that repeats on purpose: refrains, answers in a dialogue, list headings
//! such as "Pros" and "Cons". So a copy counts only when it is long enough, near or known as a caption, and no verse
//! or speech.

use crate::article::{BlockKind, Format};
use crate::block::{Block, Blocks, Gap, words};
use std::collections::HashMap;

/// A copy that goes, with the block that stays in its stead.
#[derive(Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Index of the copy.
    pub copy: usize,
    /// Index of the first of its kind.
    pub first: usize,
}

/// Words that a copy must have; below it are headings and list items.
const MIN_WORDS: u32 = 6;
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
    /// Words above which no line is a caption.
    pub const MAX_WORDS: u32 = 60;

    /// Loads the word list that is built in.
    pub fn builtin() -> Self {
        let words = include_str!("rules/packs/captions.toml");
        RepeatFinder { words: toml::from_str(words).expect("a test loads the built-in word list") }
    }

    /// Finds the copies of captions; `folded` holds the folded text of each block, empty where it was not needed, and
    /// blocks that are `gone` do not count.
    pub fn find(&self, blocks: &Blocks<'_>, folded: &[String], gone: impl Fn(usize) -> bool) -> Vec<Repeat> {
        let mut copies: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, block) in blocks.items.iter().enumerate() {
            if !gone(at) && ((MIN_WORDS..=Self::MAX_WORDS).contains(&block.words) || block.kind == BlockKind::Caption) {
                copies.entry(&folded[at]).or_default().push(at);
            }
        }
        copies.remove("");
        let body = first_prose(blocks);
        let mut found = Vec::new();
        for (text, places) in &copies {
            let captions = places.iter().filter(|&&at| blocks.items[at].kind == BlockKind::Caption).count();
            // More than one caption element with the same words needs no further proof.
            let is_caption = captions > 0 || self.has_caption_words(text);
            if places.len() < 2 || (places.len() > MAX_COPIES && captions < 2) || is_speech(text) {
                continue;
            }
            let first =
                places.iter().copied().find(|&at| blocks.items[at].kind != BlockKind::Heading(1)).unwrap_or(places[0]);
            for &copy in places.iter().filter(|&&at| at > first) {
                let is_near = copy - first <= if copy < body { NEAR_BLOCKS } else { 1 };
                if is_caption || (is_near && is_running_line(blocks, first, copy) && !is_verse(blocks, copy, body)) {
                    found.push(Repeat { copy, first });
                }
            }
        }
        found.sort_by_key(|repeat| repeat.copy);
        found
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

fn first_prose(blocks: &Blocks<'_>) -> usize {
    let is_prose = |block: &Block| words::is_prose(blocks.text_of(block), block.words as usize);
    blocks.items.iter().position(is_prose).unwrap_or(blocks.items.len())
}

/// True when both are lines of text and nothing that repeats by nature: cells, code and items do.
fn is_running_line(blocks: &Blocks<'_>, first: usize, copy: usize) -> bool {
    let is_line = |at: usize| {
        let block = &blocks.items[at];
        // A cell or the rest of a list begins with a digit or a small letter, a caption does not.
        let first = blocks.text_of(block).chars().find(|c| c.is_alphanumeric());
        first.is_some_and(|first| !first.is_lowercase() && !first.is_numeric())
            && matches!(
                block.kind,
                BlockKind::Paragraph | BlockKind::Caption | BlockKind::Quote | BlockKind::Heading(_)
            )
            && block.gap != Gap::Joined
    };
    is_line(first) && is_line(copy)
}

/// True for a line that somebody says: an answer may come twice.
fn is_speech(folded: &str) -> bool {
    folded.starts_with(['"', '\'', '-', '—', '「', '『', '“'])
}

/// True for a line in a run of short lines inside the body, where a refrain stands.
///
/// Before the first prose such a run is a header: headline, byline, date, caption.
fn is_verse(blocks: &Blocks<'_>, at: usize, first_prose: usize) -> bool {
    if blocks.format == Format::Text && at < first_prose && first_prose < blocks.items.len() {
        return false;
    }
    let is_verse_line = |block: &Block| (2..=14).contains(&block.words) && block.kind == BlockKind::Paragraph;
    let joined = |at: usize| blocks.items[at].gap == Gap::Line && is_verse_line(&blocks.items[at]);
    let before = (1..=at).rev().take_while(|&at| joined(at)).take(VERSE_LINES).count();
    let after = (at + 1..blocks.items.len()).take_while(|&at| joined(at)).take(VERSE_LINES).count();
    before + after + 1 >= VERSE_LINES
}
