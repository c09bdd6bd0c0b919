//! What the judgement dropped and is of the article all the same.

use super::{LISTS, Sound, cues, is_link};
use crate::article::BlockKind;
use crate::block::outline::Cues;
use crate::block::{Block, Blocks, words};

/// Blocks and words of what a page says is its article, at least: a notice of an error has fewer.
const MIN_STATED_BLOCKS: usize = 3;
const MIN_STATED_WORDS: u32 = 10;
/// Words of a sentence that a page without furniture says, at least.
const MIN_SENTENCE_WORDS: u32 = 3;
/// Probability below which a caption is of no figure in the article.
const MIN_CAPTION_SCORE: f32 = 0.05;
/// Probability from which an item of a list or code inside the body comes back: from 0.2 to 0.45 it makes no difference to the
/// score, with the domains of a page held out.
const MIN_ITEM_SCORE: f32 = 0.25;
/// Probability from which what is tied to kept text beside it comes back: a heading to what it heads, code and items to the text right
/// before them. On 1,597 pages, with their domains held out, 147 of 180 such headings are in the gold and 7 of 18 of those below;
/// of 29 pieces of code and items more than 20, and 6 of 24.
const MIN_TIED_SCORE: f32 = 0.15;
/// Elements from a piece of code or an item to the one that the text before it stands in, at most.
const MAX_TIED_STEPS: usize = 4;
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

/// What a page says itself is its article, for a page of which the judgement leaves nothing and a very small one: a poem, a table
/// or a glossary is unlike most that it has seen. A page with one `<article>` says so; a piece of a page is what somebody
/// cut out of one; and a page without a link or a button has no furniture. Of what `is_open` there links, forms and
/// parts of furniture are none of it.
pub fn stated_article(blocks: &Blocks<'_>, parts: &[Cues], is_open: impl Fn(usize) -> bool) -> Vec<usize> {
    let (items, outline) = (&blocks.items, &blocks.outline);
    let is_plain = outline.controls.is_empty() && items.iter().all(|block| block.link_words == 0);
    let whole = 0..items.len() as u32;
    let articles = outline.outermost("article");
    let range = match articles[..] {
        [article] => outline.elements[article].blocks.clone(),
        [] if outline.is_fragment || is_plain => whole.clone(),
        _ => return Vec::new(),
    };
    let is_piece = outline.is_fragment && articles.is_empty();
    let is_alone = !is_piece && is_plain && range == whole;
    // Where nothing else stands a form may be all of the page, and no part of it.
    let called = is_alone.then(|| called(blocks));
    let parts = called.as_deref().unwrap_or(parts);
    let found: Vec<usize> = speaking(blocks, parts, is_open).filter(|&at| range.contains(&(at as u32))).collect();
    let words: u32 = found.iter().map(|&at| items[at].words).sum();
    let is_long = found.len() >= MIN_STATED_BLOCKS && words >= MIN_STATED_WORDS;
    let is_text = |at: &usize| !matches!(items[*at].kind, BlockKind::Heading(_));
    // `403 Forbidden`, a line and `server` are a notice.
    let says_enough = match is_piece {
        true => found.iter().any(is_text),
        false => {
            is_long || is_alone && found.iter().any(|at| is_text(at) && tells(blocks, &found, *at, MIN_SENTENCE_WORDS))
        }
    };
    if says_enough { found } else { Vec::new() }
}

/// What a very small page says outside its furniture, for one of which the judgement leaves nothing: from the first sentence,
/// list or table to the last, and the heading over them. Furniture is what anything around a block is called, however much of
/// the page that is: the foot of such a page may be half of it.
pub fn small_article(blocks: &Blocks<'_>, is_open: impl Fn(usize) -> bool) -> Vec<usize> {
    let found: Vec<usize> = speaking(blocks, &called(blocks), is_open).collect();
    let mut telling = (0..found.len()).filter(|&at| tells(blocks, &found, found[at], words::SENTENCE_WORDS as u32));
    let Some(first) = telling.next() else { return Vec::new() };
    let last = telling.next_back().unwrap_or(first);
    let is_heading = |at: &usize| matches!(blocks.items[found[*at]].kind, BlockKind::Heading(_));
    let headings = (0..first).rev().take_while(is_heading).count();
    found[first - headings..=last].to_vec()
}

/// True for a sentence of so many words, for code of several lines, and for an item or a row that is not the only one of the blocks
/// `among`: what is more than the label of a notice.
fn tells(blocks: &Blocks<'_>, among: &[usize], at: usize, min_words: u32) -> bool {
    let (block, text) = (&blocks.items[at], blocks.text_of(&blocks.items[at]));
    let is_sentence = block.words >= min_words && words::is_ended(text);
    let is_one_of_many = || among.iter().filter(|&&other| blocks.items[other].kind == block.kind).nth(1).is_some();
    match block.kind {
        BlockKind::ListItem | BlockKind::TableRow => is_sentence || is_one_of_many(),
        BlockKind::Code => text.trim().contains('\n'),
        _ => is_sentence,
    }
}

/// For each element the cues of all that it stands in, its own among them.
fn called(blocks: &Blocks<'_>) -> Vec<Cues> {
    blocks.outline.inherited_cues(|_, element| element.own_cues)
}

/// The blocks that say something: no link, form or part of furniture, and to be seen.
fn speaking(blocks: &Blocks<'_>, parts: &[Cues], is_open: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
    let other = LISTS.furniture.with(cues(&["form", "control"]));
    (0..blocks.items.len()).filter(move |&at| {
        let block = &blocks.items[at];
        let is_seen = !block.hidden && !block.noscript && !is_link(block);
        is_open(at) && is_seen && !parts[block.element as usize].meets(other)
    })
}

/// The items of lists and code right below kept headings that the judgement dropped, where no article is sound enough to
/// have a body: a heading heads something.
pub fn headed_items(
    blocks: &Blocks<'_>,
    parts: &[Cues],
    is_kept: impl Fn(usize) -> bool,
    is_dropped: impl Fn(usize) -> bool,
    score: impl Fn(usize) -> f32,
) -> Vec<usize> {
    let furniture = foreign(&["comment", "form", "control"]);
    let is_item = |at: &usize| {
        let block = &blocks.items[*at];
        let is_free = !parts[block.element as usize].meets(furniture);
        is_plain_item(block) && is_free && is_dropped(*at) && score(*at) >= MIN_ITEM_SCORE
    };
    let is_heading = |at: &usize| matches!(blocks.items[*at].kind, BlockKind::Heading(_)) && is_kept(*at);
    let count = blocks.items.len();
    (0..count).filter(is_heading).flat_map(|at| (at + 1..count).take_while(is_item)).collect()
}

/// Code and items of lists that the judgement dropped, of which it was not sure, right behind kept text of the same element:
/// what a post shows, and what the sentence before it leads to.
pub fn continued(
    blocks: &Blocks<'_>,
    parts: &[Cues],
    is_kept: impl Fn(usize) -> bool,
    is_dropped: impl Fn(usize) -> bool,
    score: impl Fn(usize) -> f32,
) -> Vec<usize> {
    let furniture = foreign(&["form", "control"]);
    let elements = &blocks.outline.elements;
    let mut found = Vec::new();
    // The element around the text that what follows may go on.
    let mut text_in = None;
    for (at, block) in blocks.items.iter().enumerate() {
        if is_kept(at) {
            text_in = match block.kind {
                BlockKind::Paragraph | BlockKind::Quote => Some(elements[block.element as usize].parent),
                BlockKind::ListItem | BlockKind::Code => text_in,
                _ => None,
            };
            continue;
        }
        let mut around = std::iter::successors(Some(block.element), |at| Some(elements[*at as usize].parent));
        let is_tied = text_in.is_some_and(|text_in| around.by_ref().take(MAX_TIED_STEPS + 1).any(|at| at == text_in));
        let is_free = !parts[block.element as usize].meets(furniture);
        if is_tied && is_plain_item(block) && is_free && is_dropped(at) && score(at) >= MIN_TIED_SCORE {
            found.push(at);
        } else {
            text_in = None;
        }
    }
    found
}

/// Headings right over what is kept that the judgement dropped, of which it was not sure: a heading belongs to what it
/// heads. Headlines are none of them, as a page has a title besides.
pub fn headings(
    blocks: &Blocks<'_>,
    parts: &[Cues],
    is_kept: impl Fn(usize) -> bool,
    is_dropped: impl Fn(usize) -> bool,
    score: impl Fn(usize) -> f32,
) -> Vec<usize> {
    let furniture = foreign(&["comment", "form", "control"]);
    let mut found = Vec::new();
    // From the end, for a heading may stand over another.
    for (at, block) in blocks.items.iter().enumerate().rev().skip(1) {
        let is_heading = matches!(block.kind, BlockKind::Heading(2..)) && block.link_words == 0 && !block.hidden;
        let is_over = || is_kept(at + 1) || found.last() == Some(&(at + 1));
        // What a heading itself is called does not matter.
        let is_free = || !parts[blocks.outline.elements[block.element as usize].parent as usize].meets(furniture);
        if is_heading && is_over() && is_free() && is_dropped(at) && score(at) >= MIN_TIED_SCORE {
            found.push(at);
        }
    }
    found
}

/// Parts of which nothing comes back: furniture, what is about other pages, and those that hint at one of `more`.
fn foreign(more: &[&str]) -> Cues {
    LISTS.furniture.with(cues(&["related", "promo", "ad"])).with(cues(more))
}

/// True for an item of a list and for code, without a link and to be seen.
fn is_plain_item(block: &Block) -> bool {
    matches!(block.kind, BlockKind::ListItem | BlockKind::Code) && block.link_words == 0 && !block.hidden
}

impl Sound<'_> {
    /// Blocks inside the body that come back although the judgement dropped them: the captions of its figures, items of lists and
    /// code that hold no link, headings right before these or a kept block, and sentences that have kept sentences on both
    /// sides in one element.
    /// Between `headline` and the body so do the line right below the headline that sums the article up, tables of data, and the
    /// lead, a sentence of its own. Terms come back whose definitions are kept.
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
        let furniture = foreign(&["comment"]);
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
            self.blocks.items.get(at).is_some_and(is_plain_item)
                && is_free(at)
                && is_dropped(at)
                && score(at) >= MIN_ITEM_SCORE
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
        let headline = headline.filter(|&headline| headline < first && first - headline <= MAX_LEAD_STEPS);
        let standfirst = headline.map(|headline| headline + 1).filter(|at| *at < first).filter(is_standfirst);
        let lead =
            headline.and_then(|headline| (headline + 1..first).find(is_lead)).filter(|at| Some(*at) != standfirst);
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
        let tables = self.tables(parts, headline.map_or(first, |headline| headline + 1), &is_dropped);
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

    /// Rows of data tables from the block `start` to soon after the body, with the heading or caption right before: specifications,
    /// figures.
    fn tables(&self, parts: &[Cues], start: usize, is_dropped: impl Fn(usize) -> bool) -> Vec<usize> {
        let other = cues(&["nav", "footer", "related", "promo", "comment", "ad", "form", "consent"]);
        let items = &self.blocks.items;
        let is_row = |at: &usize| {
            let block = &items[*at];
            let is_free = !parts[block.element as usize].meets(other) && block.link_words == 0 && !block.hidden;
            block.kind == BlockKind::TableRow && is_free && is_dropped(*at)
        };
        let mut found = Vec::new();
        let end = items.len().min(*self.body.end() + TABLE_STEPS);
        let mut at = start;
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
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::*;

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
    fn code_and_items_right_behind_kept_text_of_one_element_come_back() {
        let post = "<div class=post><p>Look who:</p><div><pre>ss -l\n</pre></div><ul><li>saw<li>axe</ul><p>Menu</p><pre>ls</pre></div>";
        let other = "<div><p>Then this.</p></div><pre>rm</pre><p>Or.</p><ul><li class=related>tin</ul><p>Or.</p><ul><li><a href=/1>oak</a></ul>";
        let (blocks, parts) = page(&format!("{post}{other}"));
        let is_kept = |at: usize| blocks.text_of(&blocks.items[at]).ends_with([':', '.']);
        let back = |score: f32| -> Vec<&str> {
            let found = continued(&blocks, &parts, is_kept, |at| !is_kept(at), |_| score);
            found.into_iter().map(|at| blocks.text_of(&blocks.items[at]).trim()).collect()
        };
        assert_eq!(back(MIN_TIED_SCORE), ["ss -l", "saw", "axe"]);
        assert!(back(MIN_TIED_SCORE - 0.01).is_empty());
    }

    #[test]
    fn a_heading_over_what_is_kept_comes_back_and_one_over_nothing_does_not() {
        let source = "<h1>Ferry</h1><h2>Questions</h2><h3>When?</h3><p>At nine.</p><h2>More</h2><p>Menu</p>\
            <div class=related><h2>News</h2><p>At noon.</p></div><h2><a href=/2>Other</a></h2><p>At one.</p><h2>Last</h2>";
        let (blocks, parts) = page(source);
        let is_kept = |at: usize| blocks.text_of(&blocks.items[at]).ends_with('.');
        let back = |score: f32| -> Vec<&str> {
            let found = headings(&blocks, &parts, is_kept, |at| !is_kept(at), |_| score);
            found.into_iter().map(|at| blocks.text_of(&blocks.items[at])).collect()
        };
        assert_eq!(back(MIN_TIED_SCORE), ["When?", "Questions"]);
        assert!(back(MIN_TIED_SCORE - 0.01).is_empty());
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
        // A table may stand over the text.
        let (blocks, parts) = page(&format!("<h1>Ferry</h1>{table}{STORY}"));
        let is_kept =
            |at: usize| words::is_sentence(blocks.text_of(&blocks.items[at]), blocks.items[at].words as usize);
        let sound = Sound::new(&blocks, false, is_kept).expect("sound");
        let found = sound.rescued(&parts, Some(0), |at| !is_kept(at), |_| 0.0);
        let back: Vec<&str> = found.into_iter().map(|at| blocks.text_of(&blocks.items[at])).collect();
        assert_eq!(back, ["Fares", "Adult | 2", "Child | 1"]);
        // The same line is a byline when it has a date.
        let (blocks, parts) =
            page(&format!("<h1>Ferry</h1><p>Written down on 12 March 2024 by two of the clerks</p>{STORY}"));
        let is_kept =
            |at: usize| words::is_sentence(blocks.text_of(&blocks.items[at]), blocks.items[at].words as usize);
        let sound = Sound::new(&blocks, false, is_kept).expect("sound");
        assert!(sound.rescued(&parts, Some(0), |at| !is_kept(at), |_| 0.0).is_empty());
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
            "<h1>Not found</h1>".to_owned(),
        ] {
            assert!(stated(&body).is_empty(), "{body}");
        }
        // A sentence, a list or a table is more than a notice has where nothing else stands.
        assert_eq!(stated("<h1>Note</h1><p>Call me back.</p><p>Ann</p>"), ["Note", "Call me back.", "Ann"]);
        assert_eq!(stated("<ul><li>Eggs<li>Milk</ul>"), ["Eggs", "Milk"]);
        assert_eq!(stated("<table><tr><td>Ann<td>4<tr><td>Bob<td>5</table>").len(), 2);
        assert_eq!(stated("<pre>one\ntwo</pre>").len(), 1);
        assert_eq!(stated("<article><p>The ferry sails at noon.</p></article>"), ["The ferry sails at noon."]);
        for notice in [
            "<pre>Cannot open it</pre>",
            "<h1>Error</h1><ul><li>Invalid request</li></ul>",
            "<form><p>Please type your name and your password.</p><input name=n><input name=p></form>",
            "<form><table><tr><td>User name:<td><input><tr><td>Password:<td><input></table></form>",
        ] {
            assert!(stated(notice).is_empty(), "{notice}");
        }
        // What was cut out of a page is what somebody wanted of it.
        let note = "<p>Forbidden, says the sign. See <a href=/m>the map</a> for the way round.</p>";
        assert_eq!(said(piece(note)), ["Forbidden, says the sign. See the map for the way round."]);
        assert!(
            said(piece("<h1>Not found</h1>")).is_empty() && said(piece(menu)).is_empty() && stated(note).is_empty()
        );
    }

    #[test]
    fn items_below_a_heading_that_stays_stay_with_it() {
        let (blocks, parts) = page(
            "<h3>Pros</h3><ul><li>Fast<li>Quiet</ul><h3>Cons</h3><ul><li>The lid is stiff</ul><p>It boils in three minutes.</p>\
             <h3>More</h3><ul><li><a href=/k>Kettles</a><li>Pans</ul><h3>Dropped</h3><ul><li>Pots</ul>",
        );
        let text = |at: usize| blocks.text_of(&blocks.items[at]);
        let is_kept = |at: usize| ["Pros", "Cons", "More"].contains(&text(at));
        let score = |at: usize| if text(at) == "Quiet" { 0.9 } else { 0.3 };
        let found = |score: &dyn Fn(usize) -> f32| -> Vec<&str> {
            let found = headed_items(&blocks, &parts, is_kept, |at| !is_kept(at), score);
            found.into_iter().map(text).collect()
        };
        assert_eq!(found(&score), ["Fast", "Quiet", "The lid is stiff"]);
        assert!(found(&|_| 0.2).is_empty());
    }

    #[test]
    fn a_very_small_page_says_what_stands_outside_its_furniture() {
        let said = |body: &str| -> Vec<String> {
            let (blocks, _) = page(body);
            let found = small_article(&blocks, |_| true);
            found.into_iter().map(|at| blocks.text_of(&blocks.items[at]).to_owned()).collect()
        };
        let menu = "<nav><a href=/>Home</a> <span>You are here.</span></nav>";
        let foot = "<footer><p>We are a small firm at the harbour.</p></footer>";
        let body =
            "<h1>Hello</h1><p>This is the first page of mine.</p><p>So far</p><p>More will be here by the spring.</p>";
        let expected = ["Hello", "This is the first page of mine.", "So far", "More will be here by the spring."];
        assert_eq!(said(&format!("{menu}<p>Welcome</p>{body}<p>Ann</p>{foot}")), expected);
        let list = "<h2>Tea</h2><ol><li>Boil water</li><li>Add tea</li></ol>";
        assert_eq!(said(&format!("{menu}{list}{foot}")), ["Tea", "Boil water", "Add tea"]);
        for body in ["<p>Please wait</p>", "<form><p>Tell us who you are, in a few words.</p><input></form>", ""] {
            assert!(said(&format!("{menu}{body}{foot}")).is_empty(), "{body}");
        }
    }
}
