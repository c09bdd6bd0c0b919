//! The finish of an HTML article: small furniture that stands around or inside it and weighs too little to be judged.
//!
//! Comes after the block judgement and sees what that kept. A small box that holds a sign-up call, a login notice or a
//! comment prompt is furniture as a whole. Beside a sound article, short blocks in parts called byline, tags, share bar
//! or footer go, and so do lines of links and dates at its margins and what follows a label of comments; the captions
//! of the figures inside it come back. Nothing here looks at one site.

use crate::article::BlockKind;
use crate::block::outline::{CUES, Cues};
use crate::block::{Block, Blocks, words};
use foldhash::{HashMap, HashMapExt};
use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

/// Words that a box of furniture holds at most; a longer one has something to say.
const MAX_BOX_WORDS: u32 = 60;
/// Boxes with the same names on a page, at most; more are the cards of a list, each with its call to comment.
const MAX_BOX_COPIES: usize = 3;
/// Blocks that a box holds at most.
const MAX_BOX_BLOCKS: u32 = 8;
/// Share of the page's words that a box holds at most: on a tiny page the box may be the article.
const MAX_BOX_SHARE: f32 = 0.2;
/// Words in sentences that make an article sound.
const MIN_SENTENCE_WORDS: u32 = 60;
/// Share of sentences in the kept words of a sound article; lists and shops have less.
const MIN_SENTENCE_SHARE: f32 = 0.5;

/// Blocks and words of what a page says is its article, at least: a notice of an error has fewer.
const MIN_STATED_BLOCKS: usize = 3;
const MIN_STATED_WORDS: u32 = 10;

/// Words on a button, at most; a question of an FAQ that opens its answer has more.
const MAX_CONTROL_WORDS: u32 = 3;

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
        toml::from_str(include_str!("block/furniture.toml")).expect("a test loads the built-in lists");
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

/// Blocks that stand in one box with a call: `calls` are the blocks that such rules removed. Prose goes only with a box
/// whose name says what it is, and so do the rows of a table.
pub fn boxes(
    blocks: &Blocks<'_>,
    parts: &[Cues],
    calls: impl Iterator<Item = usize>,
    is_kept: impl Fn(usize) -> bool,
) -> Vec<Finished> {
    let sums = word_sums(blocks);
    let total = sums[blocks.items.len()].max(1) as f32;
    let named = LISTS.boxes;
    let mut found = Vec::new();
    let around: Vec<(usize, usize)> =
        calls.filter_map(|call| Some((call, box_around(blocks, call, &sums, total)?))).collect();
    let mut copies: HashMap<u32, usize> = HashMap::new();
    for (_, around) in &around {
        *copies.entry(blocks.outline.elements[*around].kind).or_default() += 1;
    }
    for (call, around) in around {
        let entry = &blocks.outline.elements[around];
        if copies[&entry.kind] > MAX_BOX_COPIES {
            continue;
        }
        let is_named = parts[around].meets(named);
        let goes = |at: &usize| {
            let block = &blocks.items[*at];
            let says_something =
                || block.kind == BlockKind::TableRow || words::is_prose(blocks.text_of(block), block.words as usize);
            is_kept(*at) && (is_named || !says_something())
        };
        for at in (entry.blocks.start as usize..entry.blocks.end as usize).filter(goes) {
            let evidence = format!("in one box with block {}", call + 1);
            found.push(Finished { block: at, sure_score: SURE_SCORE, evidence });
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
        let is_small =
            words <= MAX_BOX_WORDS && words as f32 <= MAX_BOX_SHARE * total && range.len() <= MAX_BOX_BLOCKS as usize;
        let has_headline = || {
            let inside = &blocks.items[range.start as usize..range.end as usize];
            inside.iter().any(|block| block.kind == BlockKind::Heading(1))
        };
        if !is_small || has_headline() {
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

/// Words on buttons: a control is no text, unless a choice is what the page has to say. Headings that open a section stay.
pub fn controls(blocks: &Blocks<'_>, parts: &[Cues], is_kept: impl Fn(usize) -> bool) -> Vec<Finished> {
    let control = cues(&["control"]);
    let on_button = |at: &usize| {
        let block = &blocks.items[*at];
        let in_control = parts[block.element as usize].meets(control) && block.words <= MAX_CONTROL_WORDS;
        in_control && !matches!(block.kind, BlockKind::Heading(_))
    };
    let words = |some: &[usize]| -> u32 { some.iter().map(|&at| blocks.items[at].words).sum() };
    let kept: Vec<usize> = (0..blocks.items.len()).filter(|&at| is_kept(at)).collect();
    let found: Vec<usize> = kept.iter().copied().filter(on_button).collect();
    if 2 * words(&found) > words(&kept) {
        return Vec::new();
    }
    let finished = |block| Finished { block, sure_score: LIKELY_SCORE, evidence: "on a button".to_owned() };
    found.into_iter().map(finished).collect()
}

/// Sentences in parts of comments that come back although they were dropped.
pub fn comments_back(blocks: &Blocks<'_>, parts: &[Cues], is_dropped: impl Fn(usize) -> bool) -> Vec<usize> {
    let comment = cues(&["comment"]);
    let is_sentence = |block: &Block| words::is_sentence(blocks.text_of(block), block.words as usize);
    let says_something = |block: &Block| parts[block.element as usize].meets(comment) && is_sentence(block);
    (0..blocks.items.len()).filter(|&at| is_dropped(at) && says_something(&blocks.items[at])).collect()
}

/// What a page says itself is its article, for a page of which the judgement leaves nothing and a very small one: a poem, a table
/// or a glossary is unlike most that it has seen. A page with one `<article>` says so; a piece of a page is what somebody
/// cut out of one; and a page without a link or a button has no furniture. Of what `is_open` there links, forms and
/// parts of furniture are none of it.
pub fn stated_article(blocks: &Blocks<'_>, parts: &[Cues], is_open: impl Fn(usize) -> bool) -> Vec<usize> {
    let (items, outline) = (&blocks.items, &blocks.outline);
    let is_plain = || outline.controls.is_empty() && items.iter().all(|block| block.link_words == 0);
    let whole = 0..items.len() as u32;
    let (range, is_piece) = match outline.outermost("article")[..] {
        [article] => (outline.elements[article].blocks.clone(), false),
        [] if outline.is_fragment => (whole, true),
        [] if is_plain() => (whole, false),
        _ => return Vec::new(),
    };
    let other = LISTS.furniture.with(cues(&["form", "control"]));
    let says_something = |at: &usize| {
        let block = &items[*at];
        let is_seen = !block.hidden && !block.noscript && !is_link(block);
        is_open(*at) && is_seen && !parts[block.element as usize].meets(other)
    };
    let found: Vec<usize> = (range.start as usize..range.end as usize).filter(says_something).collect();
    let words: u32 = found.iter().map(|&at| items[at].words).sum();
    let says_enough = match is_piece {
        true => found.iter().any(|&at| !matches!(items[at].kind, BlockKind::Heading(_))),
        false => found.len() >= MIN_STATED_BLOCKS && words >= MIN_STATED_WORDS,
    };
    if says_enough { found } else { Vec::new() }
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

    /// What follows a label of comments after most of the article: everything, where `is_stamped` finds the stamp of a
    /// comment right after the label, and else what stands in a part of comments. `labels` are the blocks that comment
    /// rules name. One stamp alone may be a line with a year after a line that sounds like a label: what stands side by
    /// side with the body's prose goes only where more follow.
    ///
    /// Not on a page whose words stand in posts: there they are what the page is for.
    pub fn comments(&self, labels: &[usize], parts: &[Cues], is_stamped: impl Fn(usize) -> bool) -> Vec<Finished> {
        if self.is_forum(parts) {
            return Vec::new();
        }
        // Words of the first `n` kept blocks at place `n`.
        let mut sums = vec![0];
        sums.extend(self.kept.iter().scan(0, |sum, &at| {
            *sum += self.blocks.items[at].words;
            Some(*sum)
        }));
        let all = sums[self.kept.len()];
        let posts = LISTS.posts;
        let in_post = |at: &&usize| parts[self.blocks.items[**at].element as usize].meets(posts);
        let is_late = |label: &usize| {
            let before = sums[self.kept.partition_point(|at| at < label)];
            before as f32 >= COMMENTS_AFTER * all as f32
        };
        let Some(label) = labels.iter().copied().filter(is_late).min() else { return Vec::new() };
        // Where such stamps stand in the body too the page is a thread or a list of cards, and the label counts the answers
        // to one of them.
        let body = self.head..self.kept.iter().copied().rfind(|at| *at < label).unwrap_or(label);
        let blocks = &self.blocks.items;
        let has_many_stamps = |among: Range<usize>| {
            let stamps = among.filter(|&at| is_stamped(at) && !is_stamped(at + 1));
            stamps.take(MIN_THREAD_STAMPS).count() == MIN_THREAD_STAMPS
        };
        let all = is_stamped(label) && !has_many_stamps(body);
        let is_thread = all && has_many_stamps(label..blocks.len());
        let parent = |at: usize| self.blocks.outline.elements[blocks[at].element as usize].parent;
        let prose = self.kept.iter().copied().rfind(|&at| at < label && self.prose[at]);
        let in_body = |at: usize| prose.is_some_and(|prose| parent(prose) == parent(at));
        let goes = |at: &&usize| all && (is_thread || !in_body(**at)) || in_post(at);
        let after = self.kept.iter().filter(|at| **at >= label).filter(goes);
        after
            .map(|&block| Finished {
                block,
                // Comments read as text does; only the label tells them from it.
                sure_score: ALWAYS,
                evidence: format!("after the label of comments in block {}", label + 1),
            })
            .collect()
    }

    /// Every kept block in a part of comments, unless most of the article stands there.
    pub fn comment_parts(&self, parts: &[Cues]) -> Vec<Finished> {
        let comment = cues(&["comment"]);
        let in_comment = |at: &usize| parts[self.blocks.items[*at].element as usize].meets(comment);
        let words = |at: usize| self.blocks.items[at].words;
        let found: Vec<usize> = self.kept.iter().copied().filter(in_comment).collect();
        let all: u32 = self.kept.iter().copied().map(words).sum();
        if 2 * found.iter().copied().map(words).sum::<u32>() > all {
            return Vec::new();
        }
        let finished = |block| Finished { block, sure_score: ALWAYS, evidence: "in a part called comment".to_owned() };
        found.into_iter().map(finished).collect()
    }

    /// True for a page whose words stand in posts.
    fn is_forum(&self, parts: &[Cues]) -> bool {
        let posts = LISTS.posts;
        let words = |at: &&usize| self.blocks.items[**at].words;
        let in_post = |at: &&usize| parts[self.blocks.items[**at].element as usize].meets(posts);
        let all: u32 = self.kept.iter().map(|at| words(&at)).sum();
        let in_posts: u32 = self.kept.iter().filter(in_post).map(|at| words(&at)).sum();
        in_posts as f32 >= POSTS_SHARE * all as f32
    }

    /// Blocks inside the body that come back although the judgement dropped them: the captions of its figures, items of lists and
    /// code that hold no link, headings right before these or a kept block, and sentences that have kept sentences on both
    /// sides in one element.
    /// Between `headline` and the body so does the lead, a sentence of its own.
    ///
    /// So does a short line right after the body that is as likely as not: `Yours, Ann`.
    ///
    /// `is_dropped` says which blocks the judgement dropped, `score` how likely they are all the same.
    pub fn rescued(
        &self,
        parts: &[Cues],
        headline: Option<usize>,
        is_dropped: impl Fn(usize) -> bool,
        score: impl Fn(usize) -> f32,
    ) -> Vec<usize> {
        let furniture = LISTS.furniture.with(cues(&["related", "promo", "comment", "ad"]));
        let element = |at: usize| &self.blocks.outline.elements[self.blocks.items[at].element as usize];
        let is_free = |at: usize| {
            let block = &self.blocks.items[at];
            // What a heading or caption itself is called does not matter inside the body.
            let part = match block.kind {
                BlockKind::Heading(_) | BlockKind::Caption => element(at).parent,
                _ => block.element,
            };
            !parts[part as usize].meets(furniture) && block.link_words * 2 <= block.words
        };
        let is_item = |at: usize| {
            let is_one = |block: &Block| {
                matches!(block.kind, BlockKind::ListItem | BlockKind::Code) && block.link_words == 0 && !block.hidden
            };
            let is_one = self.blocks.items.get(at).is_some_and(is_one);
            is_one && is_free(at) && is_dropped(at) && score(at) >= MIN_ITEM_SCORE
        };
        let belongs = |at: usize| {
            let block = &self.blocks.items[at];
            let place = self.kept.partition_point(|&kept| kept < at);
            let precedes = place.checked_sub(1).map(|place| self.kept[place]);
            let follows = self.kept.get(place).copied();
            let near = |other: Option<usize>| other.is_some_and(|other| element(other).parent == element(at).parent);
            is_free(at)
                && match block.kind {
                    BlockKind::Caption => score(at) >= MIN_CAPTION_SCORE,
                    BlockKind::Heading(_) => follows == Some(at + 1) || is_item(at + 1),
                    BlockKind::ListItem | BlockKind::Code => is_item(at),
                    BlockKind::Paragraph => self.is_sentence(at) && near(follows) && near(precedes),
                    _ => false,
                }
        };
        let is_lead = |at: &usize| {
            let block = &self.blocks.items[*at];
            is_free(*at) && block.words >= MIN_LEAD_WORDS && self.is_sentence(*at) && is_dropped(*at)
        };
        // What sums the article up below its headline often has no full stop.
        let is_standfirst = |at: &usize| {
            let block = &self.blocks.items[*at];
            let is_line = matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading(2..));
            let is_seen = !block.hidden && block.link_words == 0;
            let is_byline = || words::has_date(self.blocks.text_of(block));
            let is_open = is_free(*at) && is_dropped(*at);
            is_line && is_seen && is_open && block.words >= MIN_STANDFIRST_WORDS && !is_byline()
        };
        let first = *self.body.start();
        let lead = headline.filter(|&headline| headline < first && first - headline <= MAX_LEAD_STEPS);
        let standfirst = lead.map(|headline| headline + 1).filter(|at| *at < first).filter(is_standfirst);
        let lead = lead.and_then(|headline| (headline + 1..first).find(is_lead)).filter(|at| Some(*at) != standfirst);
        let body = self.body.clone().filter(|&at| is_dropped(at) && belongs(at));
        let (end, all) = (*self.body.end(), self.blocks.items.len());
        let over_table = |at: &usize| {
            let next = self.blocks.items.get(at + 1).map(|next| next.kind);
            let is_heading = matches!(self.blocks.items[*at].kind, BlockKind::Heading(_));
            is_heading && next == Some(BlockKind::TableRow) && is_dropped(*at) && belongs(*at)
        };
        let body = body.chain((end + 1..all.min(end + TABLE_STEPS)).filter(over_table));
        let is_closing = |at: &usize| {
            let block = &self.blocks.items[*at];
            let is_line =
                block.kind == BlockKind::Paragraph && block.words <= MAX_CLOSING_WORDS && block.link_words == 0;
            is_line && is_dropped(*at) && score(*at) >= MIN_CLOSING_SCORE && element(*at).parent == element(end).parent
        };
        let closing = Some(end + 1).filter(|at| *at < all).filter(is_closing);
        let tables = self.tables(parts, &is_dropped);
        standfirst
            .into_iter()
            .chain(lead)
            .chain(closing)
            .chain(body)
            .chain(tables)
            .chain(self.terms(&is_dropped))
            .collect()
    }

    /// Terms whose definition is kept: it makes no sense without them.
    fn terms(&self, is_dropped: impl Fn(usize) -> bool) -> Vec<usize> {
        let (items, outline) = (&self.blocks.items, &self.blocks.outline);
        let stands_in = |at: usize, tag: &str| outline.tag_of(items[at].element) == tag;
        let mut found = Vec::new();
        for at in self.kept.iter().copied().filter(|&at| stands_in(at, "dd")) {
            let terms = (0..at).rev().take_while(|&at| stands_in(at, "dt"));
            found.extend(terms.filter(|&at| is_dropped(at) && !items[at].hidden));
        }
        found
    }

    /// Rows of data tables inside the body or soon after it, with the heading or caption right before: specifications, figures.
    fn tables(&self, parts: &[Cues], is_dropped: impl Fn(usize) -> bool) -> Vec<usize> {
        let other = cues(&["nav", "footer", "related", "promo", "comment", "ad", "form", "consent"]);
        let items = &self.blocks.items;
        let is_row = |at: &usize| {
            let block = &items[*at];
            let is_free = !parts[block.element as usize].meets(other) && block.link_words == 0 && !block.hidden;
            block.kind == BlockKind::TableRow && is_free && is_dropped(*at)
        };
        let mut found = Vec::new();
        let end = items.len().min(*self.body.end() + TABLE_STEPS);
        let mut at = *self.body.start();
        while at < end {
            let rows = (at..items.len()).take_while(is_row).count();
            if rows >= MIN_TABLE_ROWS {
                let names_it = |at: &usize| matches!(items[*at].kind, BlockKind::Heading(_) | BlockKind::Caption);
                found.extend(at.checked_sub(1).filter(|at| names_it(at) && is_dropped(*at)));
                found.extend(at..at + rows);
            }
            at += rows + 1;
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

/// Probability below which a caption is of no figure in the article.
const MIN_CAPTION_SCORE: f32 = 0.05;
/// Probability from which an item of a list or code inside the body comes back: from 0.2 to 0.45 it makes no difference to the
/// score, with the domains of a page held out.
const MIN_ITEM_SCORE: f32 = 0.35;
/// Words of a closing line, at most, and the probability from which it closes the article.
const MAX_CLOSING_WORDS: u32 = 6;
const MIN_CLOSING_SCORE: f32 = 0.4;

/// Words of a lead at least.
const MIN_LEAD_WORDS: u32 = 10;
/// Words of a line right below the headline that sums the article up, at least: a byline and a date have fewer.
const MIN_STANDFIRST_WORDS: u32 = 8;
/// Blocks from the headline to the body, at most, between which a lead is looked for.
const MAX_LEAD_STEPS: usize = 12;

/// Rows of a table of data, at least.
const MIN_TABLE_ROWS: usize = 2;
/// Blocks after the body within which a table still belongs to it.
const TABLE_STEPS: usize = 6;

/// Share of the kept words in posts from which a page is a forum.
const POSTS_SHARE: f32 = 0.3;

/// Share of link words that makes a line one of links.
const LINK_SHARE: f32 = 0.75;
/// Lines with a date that a head has, at most: byline, date, update.
const MAX_DATELINES: usize = 3;
/// Words of a line that is a byline or dateline, at most.
const MAX_DATELINE_WORDS: u32 = 16;
/// Stamps of posts in a body from which it is a thread.
const MIN_THREAD_STAMPS: usize = 2;
/// Share of the kept words that stands before a label of comments; a label at the top is a link to them.
const COMMENTS_AFTER: f32 = 0.6;

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
        let lists: HashMap<String, Vec<String>> = toml::from_str(include_str!("block/furniture.toml")).expect("loads");
        let names = |list: &str| lists[list].iter().all(|name| CUES.contains(&name.as_str()));
        assert!(["furniture", "vague", "boxes", "posts"].into_iter().all(names));
        assert_eq!(LISTS.furniture.with(LISTS.vague), LISTS.furniture, "what is vague is furniture");
        assert!(takes_its_box("newsletter") && !takes_its_box("related"));
    }

    /// The blocks of a page, and for each element the hints of its own names.
    fn page(body: &str) -> (Blocks<'static>, Vec<Cues>) {
        piece(&format!("<!doctype html><body>{body}"))
    }

    fn piece(source: &str) -> (Blocks<'static>, Vec<Cues>) {
        let (finder, limits) = (CueFinder::builtin(), Limits::default());
        let page = parse::parse(source, &limits, false, false).unwrap_or_else(|_| panic!("within bounds"));
        let blocks = segment(&page, source, &finder, &limits);
        let parts = blocks.outline.elements.iter().map(|element| element.own_cues).collect();
        (blocks, parts)
    }

    #[test]
    fn items_of_a_list_inside_the_body_come_back_with_their_heading() {
        let list = "<h2>What to bring</h2><ul><li>A coat</li><li>Two crowns</li><li><a href=/x>All boats</a></li></ul>";
        let related = "<ul><li class=related>Mill sold again</li></ul>";
        let (blocks, parts) = page(&format!("<article>{STORY}{list}{related}<pre>dock --all</pre>{STORY}</article>"));
        let is_kept =
            |at: usize| words::is_sentence(blocks.text_of(&blocks.items[at]), blocks.items[at].words as usize);
        let sound = Sound::new(&blocks, false, is_kept).expect("sound");
        let back = |score: f32| -> Vec<&str> {
            let found = sound.rescued(&parts, None, |at| !is_kept(at), |_| score);
            found.into_iter().map(|at| blocks.text_of(&blocks.items[at])).collect()
        };
        assert_eq!(back(MIN_ITEM_SCORE), ["What to bring", "A coat", "Two crowns", "dock --all"]);
        assert!(back(MIN_ITEM_SCORE - 0.01).is_empty());
    }

    #[test]
    fn what_stands_below_the_headline_and_the_terms_of_definitions_come_back() {
        let sum = "What the board learned from nine years without a boat";
        let terms = "<dl><dt>Dock</dt><dd>Where the boat lies for the night, under the lamp.</dd><dt>Quay</dt><dd>Not</dd></dl>";
        let table = "<table><caption>Fares</caption><tr><td>Adult<td>2<tr><td>Child<td>1</table>";
        let (blocks, parts) = page(&format!(
            "<article><h1>Ferry</h1><h2 class=deck>{sum}</h2><p>Staff, 12 March 2024, at nine in the morning</p>{STORY}{terms}{table}"
        ));
        let is_kept =
            |at: usize| words::is_sentence(blocks.text_of(&blocks.items[at]), blocks.items[at].words as usize);
        let sound = Sound::new(&blocks, false, is_kept).expect("sound");
        let found = sound.rescued(&parts, Some(at(&blocks, "Ferry")), |at| !is_kept(at), |_| 0.0);
        let back: Vec<&str> = found.into_iter().map(|at| blocks.text_of(&blocks.items[at])).collect();
        assert_eq!(back, [sum, "Fares", "Adult | 2", "Child | 1", "Dock"]);
        // The same line is a byline when it has a date.
        let (blocks, parts) =
            page(&format!("<h1>Ferry</h1><p>Written down on 12 March 2024 by two of the clerks</p>{STORY}"));
        let is_kept =
            |at: usize| words::is_sentence(blocks.text_of(&blocks.items[at]), blocks.items[at].words as usize);
        let sound = Sound::new(&blocks, false, is_kept).expect("sound");
        assert!(sound.rescued(&parts, Some(0), |at| !is_kept(at), |_| 0.0).is_empty());
    }

    #[test]
    fn a_table_is_no_part_of_a_box() {
        let plans =
            "<div><p>Sign up for our newsletter</p><table><tr><td>Plan<td>Price<tr><td>Solo<td>Free</table></div>";
        let (blocks, parts) = page(&format!("{STORY}{plans}{STORY}"));
        let call = at(&blocks, "Sign up for our newsletter");
        assert!(boxes(&blocks, &parts, [call].into_iter(), |at| at != call).is_empty());
    }

    const LYRICS: &str =
        "<p>Row, row, across the bay<br>The tide is turning home<br>Pull, pull, the rope is strong</p>";

    #[test]
    fn one_article_and_a_page_without_links_say_what_they_are() {
        let said = |(blocks, parts): (Blocks, Vec<Cues>)| -> Vec<String> {
            let found = stated_article(&blocks, &parts, |_| true);
            found.into_iter().map(|at| blocks.text_of(&blocks.items[at]).to_owned()).collect()
        };
        let stated = |body: &str| said(page(body));
        let lines = ["Row, row, across the bay", "The tide is turning home", "Pull, pull, the rope is strong"];
        let menu = "<nav><a href=/>Home</a> <a href=/s>Songs</a></nav>";
        let inner = format!("{LYRICS}<p><a href=/x>All our songs</a></p><form><label>Your name</label></form>");
        assert_eq!(stated(&format!("{menu}<article>{inner}<article>{LYRICS}</article></article>"))[..3], lines);
        assert_eq!(stated(&format!("{menu}<article class=song>{inner}</article><article></article>")), lines);
        assert_eq!(stated(LYRICS), lines);
        // Two are a list, a link or a button makes no article, and a notice is short.
        for body in [
            format!("<article>{LYRICS}</article><article>{LYRICS}</article>"),
            format!("{menu}{LYRICS}"),
            format!("{LYRICS}<button>Play</button>"),
            format!("{menu}<article><p>Sorry, nothing matched your search here.</p><p>Try other words.</p></article>"),
            "<p>403</p><p>Forbidden</p><p>server</p>".to_owned(),
        ] {
            assert!(stated(&body).is_empty(), "{body}");
        }
        // What was cut out of a page is what somebody wanted of it.
        let note = "<p>Forbidden, says the sign. See <a href=/m>the map</a> for the way round.</p>";
        assert_eq!(said(piece(note)), ["Forbidden, says the sign. See the map for the way round."]);
        assert!(
            said(piece("<h1>Not found</h1>")).is_empty() && said(piece(menu)).is_empty() && stated(note).is_empty()
        );
    }

    /// The texts of the blocks that the finish takes.
    fn taken<'b>(blocks: &'b Blocks<'_>, found: &[Finished]) -> Vec<&'b str> {
        found.iter().map(|finished| blocks.text_of(&blocks.items[finished.block])).collect()
    }

    fn at(blocks: &Blocks<'_>, text: &str) -> usize {
        blocks.items.iter().position(|block| blocks.text_of(block) == text).expect("a block")
    }

    const STORY: &str = "<p>The harbour board reopened the old ferry line on Monday, nine years after the bridge was built, \
        and the first boat left with forty people and a dog on deck.</p><p>Tickets cost two crowns, as they did then, and \
        the board expects that most passengers will be walkers who want to see the islands without a car this \
        summer.</p><p>The boat sails each hour until dusk, and the last one waits for the train from the city.</p>";

    #[test]
    fn a_list_of_choices_stays_where_it_is_what_the_page_says() {
        const CHOICES: &str = "<select><option>Red</option><option>Green glass</option><option>Blue</option></select>";
        let (blocks, parts) = page(&format!("{STORY}{CHOICES}"));
        assert_eq!(taken(&blocks, &controls(&blocks, &parts, |_| true)), ["Red", "Green glass", "Blue"]);
        let (blocks, parts) = page(&format!("<p>Choose one</p>{CHOICES}"));
        assert!(controls(&blocks, &parts, |_| true).is_empty());
    }

    #[test]
    fn a_label_that_counts_the_answers_to_a_post_ends_no_thread() {
        let post = |name: &str| {
            format!(
                "<p>{name}</p><p>4 May 2024, 10:30</p><p>The {name} boat was late again today, and nobody said why it was.</p>"
            )
        };
        let comment = "<p>7 May 2024, 9:12</p><p>What a fine boat this is, says one of the readers.</p>";
        let after = |body: &str, comments: &str| {
            let (blocks, parts) = page(&format!("{body}{comments}"));
            let article = Sound::new(&blocks, false, |_| true).expect("a sound article");
            let is_stamp = |at: usize| blocks.items.get(at).is_some_and(|block| words::has_date(blocks.text_of(block)));
            let label = at(&blocks, "0 replies");
            let none = vec![Cues::default(); parts.len()];
            article.comments(&[label], &none, |at| is_stamp(at + 1)).len()
        };
        let apart = format!("<div><p>0 replies</p>{comment}</div>");
        assert_eq!(after(STORY, &apart), 3, "the label of a story's comments ends it");
        let thread: String = ["first", "second", "third", "fourth", "fifth", "sixth"].map(post).concat();
        assert_eq!(after(&thread, &apart), 0, "that of a post does not");
        assert_eq!(after(STORY, &format!("<p>0 replies</p>{comment}{comment}")), 5, "nor need they stand apart");
        assert_eq!(after(STORY, &format!("<p>0 replies</p>{comment}")), 0, "but the year of a story is no stamp");
    }

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
