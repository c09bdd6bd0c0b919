//! The finish of an HTML article: small furniture that stands around or inside it and weighs too little to be judged.
//!
//! Comes after the block judgement and sees what that kept. A small box that holds a sign-up call, a login notice or a
//! comment prompt is furniture as a whole. Beside a sound article, short blocks in parts called byline, tags, share bar
//! or footer go, and so do lines of links and dates at its margins and what follows a label of comments; the captions
//! of the figures inside it come back. Nothing here looks at one site.

mod boxes;
mod comments;
mod labels;
mod rescue;

pub use boxes::{boxes, controls};
pub use comments::comments_back;
pub use labels::labels;
pub use rescue::{continued, headed_items, headings, small_article, stated_article};

use crate::article::BlockKind;
use crate::block::outline::{CUES, Cues};
use crate::block::{Block, Blocks, words};
use foldhash::HashMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// Words in sentences that make an article sound.
const MIN_SENTENCE_WORDS: u32 = 60;
/// Share of sentences in the kept words of a sound article; lists and shops have less.
const MIN_SENTENCE_SHARE: f32 = 0.5;

/// Probability from which a block stays although it looks like furniture.
const SURE_SCORE: f32 = 0.7;
/// The same where the looks say little.
const LIKELY_SCORE: f32 = 0.45;

/// Above every probability.
const ALWAYS: f32 = 2.0;

/// The lists of `block/furniture.toml`.
struct Lists {
    furniture: Cues,
    vague: Cues,
    boxes: Cues,
    posts: Cues,
    box_families: Vec<String>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut lists: HashMap<String, Vec<String>> =
        toml::from_str(include_str!("../block/furniture.toml")).expect("a test loads the built-in lists");
    let mut list = |name: &str| lists.remove(name).expect("a test loads the built-in lists");
    let mut set = |name: &str| {
        let names = list(name);
        cues(&names.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let (furniture, vague, boxes, posts) = (set("furniture"), set("vague"), set("boxes"), set("posts"));
    Lists { furniture, vague, boxes, posts, box_families: list("box_families") }
});

/// A block that goes with the finish, and why.
#[derive(Debug, PartialEq)]
pub struct Finished {
    /// Index of the block.
    pub block: usize,
    /// Probability from which it stays all the same.
    pub sure_score: f32,
    /// What it stands in.
    pub evidence: String,
}

/// True when what stands in one box with a block that a rule of this family removed goes with it.
pub fn takes_its_box(family: &str) -> bool {
    LISTS.box_families.iter().any(|marking| marking == family)
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

/// A sound article: enough prose, and prose for the most part.
pub struct Sound<'b> {
    blocks: &'b Blocks<'b>,
    /// The kept blocks in order.
    kept: Vec<usize>,
    prose: Vec<bool>,
    /// First and last kept sentence.
    body: RangeInclusive<usize>,
    /// The block at which the head ends: the second kept prose, since a lead may stand over the byline.
    head: usize,
}

impl<'b> Sound<'b> {
    /// The article that the judgement kept, when it is sound. Of a page that is dated the links count for nothing: a
    /// story may stand over a long list of others; the links of other pages may be what they are for.
    pub fn new(blocks: &'b Blocks<'b>, is_dated: bool, is_kept: impl Fn(usize) -> bool) -> Option<Sound<'b>> {
        let kept: Vec<usize> = (0..blocks.items.len()).filter(|&at| is_kept(at)).collect();
        let is_prose = |block: &Block| words::is_prose(blocks.text_of(block), block.words as usize);
        let prose: Vec<bool> = blocks.items.iter().map(is_prose).collect();
        // A teaser that links to another page is no sentence of this one.
        let is_sentence = |at: &usize| {
            let block = &blocks.items[*at];
            !(is_dated && is_link(block)) && words::is_sentence(blocks.text_of(block), block.words as usize)
        };
        let sentences: Vec<usize> = kept.iter().copied().filter(is_sentence).collect();
        let sum = |some: &[usize]| -> u32 {
            let words =
                |block: &Block| if is_dated { block.words - block.link_words.min(block.words) } else { block.words };
            some.iter().map(|&at| words(&blocks.items[at])).sum()
        };
        let (sentence_words, all_words) = (sum(&sentences), sum(&kept));
        if sentence_words < MIN_SENTENCE_WORDS || (sentence_words as f32) < MIN_SENTENCE_SHARE * all_words as f32 {
            return None;
        }
        let (first, last) = (*sentences.first()?, *sentences.last()?);
        let head = kept.iter().copied().filter(|&at| prose[at]).nth(1).unwrap_or(first);
        Some(Sound { blocks, kept, prose, body: first..=last, head })
    }

    /// Short kept blocks that stand in a part of furniture and that the model is not sure of; `parts` are those of each
    /// element.
    ///
    /// On a forum the names and dates over the posts are no furniture.
    pub fn furniture(&self, parts: &[Cues]) -> Vec<Finished> {
        let is_forum = self.is_forum(parts);
        let bits: Vec<(u32, &str)> = (0..).zip(CUES).filter(|(bit, _)| LISTS.furniture.has(*bit)).collect();
        self.short(|at, block| {
            let part = bits.iter().find(|(bit, _)| parts[block.element as usize].has(*bit))?;
            // Inside the body a heading heads a section and a sentence says something, whatever the part is called; but
            // small headings name the author of a post, and sentences in a byline are about the author.
            let is_heading = matches!(block.kind, BlockKind::Heading(1..=3));
            let says_something = is_heading || part.1 != "byline" && self.is_sentence(at);
            let names_poster = is_forum && part.1 == "byline" && !self.is_sentence(at);
            if names_poster || at >= self.head && self.body.contains(&at) && says_something {
                return None;
            }
            let sure_score = if LISTS.vague.has(part.0) { LIKELY_SCORE } else { SURE_SCORE };
            Some((sure_score, format!("in a part called {}", part.1)))
        })
    }

    /// Lines of links before and after the body, links that `is_hinted` finds in it, and lines with a date at its head:
    /// menus, teasers, bylines.
    ///
    /// A head has a line or two with a date; more are a timeline and stay.
    pub fn margins(&self, is_hinted: impl Fn(usize) -> bool) -> Vec<Finished> {
        let dated = self.kept.iter().filter(|at| self.is_dated(**at)).count();
        self.short(|at, block| {
            let is_outside = !self.body.contains(&at);
            if is_link(block) && is_outside {
                return Some((SURE_SCORE, "a line of links beside the body".to_owned()));
            }
            if is_link(block) && is_hinted(at) {
                return Some((SURE_SCORE, "a link with the words of a teaser".to_owned()));
            }
            (dated <= MAX_DATELINES && self.is_dated(at))
                .then(|| (SURE_SCORE, "a line with a date at the head".to_owned()))
        })
    }

    /// True for a short line at the head that has a date and is no sentence.
    fn is_dated(&self, at: usize) -> bool {
        let block = &self.blocks.items[at];
        let text = self.blocks.text_of(block);
        let is_line = block.kind == BlockKind::Paragraph && block.words <= MAX_DATELINE_WORDS && !words::is_ended(text);
        // `1920: Reopened` and `09:30 The first boat` are entries of a timeline.
        let entry = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':').trim_start();
        let is_entry = entry.len() < text.len() && entry.chars().filter(|c| c.is_alphabetic()).count() > 20;
        at < self.head && is_line && !is_entry && words::has_date(text)
    }

    /// Headings after the body that head nothing that is kept.
    pub fn orphans(&self) -> Vec<Finished> {
        let mut heads_something = false;
        let mut found = Vec::new();
        for &at in self.kept.iter().rev().take_while(|at| **at > *self.body.end()) {
            if matches!(self.blocks.items[at].kind, BlockKind::Heading(_)) && !heads_something {
                let evidence = "a heading that heads nothing".to_owned();
                found.push(Finished { block: at, sure_score: LIKELY_SCORE, evidence });
            } else {
                heads_something = true;
            }
        }
        found
    }

    fn is_sentence(&self, at: usize) -> bool {
        let block = &self.blocks.items[at];
        words::is_sentence(self.blocks.text_of(block), block.words as usize)
    }

    /// The kept blocks that are no prose and for which `why` has a reason, with the probability from which they stay.
    fn short(&self, why: impl Fn(usize, &Block) -> Option<(f32, String)>) -> Vec<Finished> {
        let short = self.kept.iter().filter(|at| !self.prose[**at]);
        let finished = |&block: &usize| {
            let (sure_score, evidence) = why(block, &self.blocks.items[block])?;
            Some(Finished { block, sure_score, evidence })
        };
        short.filter_map(finished).collect()
    }
}

/// Share of link words that makes a line one of links.
const LINK_SHARE: f32 = 0.75;
/// Lines with a date that a head has, at most: byline, date, update.
const MAX_DATELINES: usize = 3;
/// Words of a line that is a byline or dateline, at most.
const MAX_DATELINE_WORDS: u32 = 16;
/// True for a block most of whose words are links.
fn is_link(block: &Block) -> bool {
    block.link_words > 0 && block.link_words as f32 >= LINK_SHARE * block.words as f32
}

/// The set of the cues with these names.
fn cues(names: &[&str]) -> Cues {
    let bits = (0u32..).zip(CUES).filter(|(_, name)| names.contains(name));
    bits.fold(Cues::default(), |set, (bit, _)| set.with(Cues(1 << bit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::from_html::segment;
    use crate::block::outline::CueFinder;
    use crate::html::parse;
    use crate::limits::Limits;

    #[test]
    fn the_lists_name_hints_that_exist() {
        let lists: HashMap<String, Vec<String>> =
            toml::from_str(include_str!("../block/furniture.toml")).expect("loads");
        let names = |list: &str| lists[list].iter().all(|name| CUES.contains(&name.as_str()));
        assert!(["furniture", "vague", "boxes", "posts"].into_iter().all(names));
        assert_eq!(LISTS.furniture.with(LISTS.vague), LISTS.furniture, "what is vague is furniture");
        assert!(takes_its_box("newsletter") && !takes_its_box("related"));
    }

    /// The blocks of a page, and for each element the hints of its own names.
    pub(super) fn page(body: &str) -> (Blocks<'static>, Vec<Cues>) {
        piece(&format!("<!doctype html><body>{body}"))
    }

    pub(super) fn piece(source: &str) -> (Blocks<'static>, Vec<Cues>) {
        let (finder, limits) = (CueFinder::builtin(), Limits::default());
        let page = parse::parse(source, &limits, false, false).unwrap_or_else(|_| panic!("within bounds"));
        let blocks = segment(&page, source, &finder, &limits);
        let parts = blocks.outline.elements.iter().map(|element| element.own_cues).collect();
        (blocks, parts)
    }

    /// The texts of the blocks that the finish takes.
    pub(super) fn taken<'b>(blocks: &'b Blocks<'_>, found: &[Finished]) -> Vec<&'b str> {
        found.iter().map(|finished| blocks.text_of(&blocks.items[finished.block])).collect()
    }

    pub(super) fn at(blocks: &Blocks<'_>, text: &str) -> usize {
        blocks.items.iter().position(|block| blocks.text_of(block) == text).expect("a block")
    }

    pub(super) const STORY: &str = "<p>The harbour board reopened the old ferry line on Monday, nine years after the bridge was built, \
        and the first boat left with forty people and a dog on deck.</p><p>Tickets cost two crowns, as they did then, and \
        the board expects that most passengers will be walkers who want to see the islands without a car this \
        summer.</p><p>The boat sails each hour until dusk, and the last one waits for the train from the city.</p>";

    #[test]
    fn a_dated_story_is_sound_over_a_long_list_of_teasers() {
        let teaser = |n: usize| {
            format!("<p><a href=\"/{n}\">Ferry {n} of the northern islands is repaired and sails again.</a></p>")
        };
        let teasers: String = (1..40).map(teaser).collect();
        let (blocks, _) = page(&format!("{STORY}{teasers}"));
        let article = Sound::new(&blocks, true, |_| true).expect("the links of a dated page count for nothing");
        assert_eq!(article.margins(|_| false).len(), 39);
        // Of a page without a date they may be what it is for: its body reaches to the last of them.
        let article = Sound::new(&blocks, false, |_| true).expect("sentences");
        assert!(article.margins(|_| false).is_empty());
    }
}
