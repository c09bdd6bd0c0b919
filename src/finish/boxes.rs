//! Small boxes around a call, and the words on buttons.

use super::{ALWAYS, Finished, LIKELY_SCORE, LISTS, SURE_SCORE, cues, word_sums};
use crate::article::BlockKind;
use crate::block::outline::Cues;
use crate::block::{Blocks, words};
use foldhash::{HashMap, HashMapExt};

/// Words that a box of furniture holds at most; a longer one has something to say.
const MAX_BOX_WORDS: u32 = 60;
/// Boxes with the same names on a page, at most; more are the cards of a list, each with its call to comment.
const MAX_BOX_COPIES: usize = 3;
/// Blocks that a box holds at most.
const MAX_BOX_BLOCKS: u32 = 8;
/// Share of the page's words that a box holds at most: on a tiny page the box may be the article.
const MAX_BOX_SHARE: f32 = 0.2;
/// Words on a button, at most; a question of an FAQ that opens its answer has more.
const MAX_CONTROL_WORDS: u32 = 3;

/// Blocks that stand in one box with a call: `calls` are the blocks that such rules removed. Prose goes only with a box
/// whose name says what it is, and so do the rows of a table; its other lines, as the heading over the call, go however
/// likely they are.
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
        for at in (entry.blocks.start as usize..entry.blocks.end as usize).filter(|&at| is_kept(at)) {
            let block = &blocks.items[at];
            let says_something =
                block.kind == BlockKind::TableRow || words::is_prose(blocks.text_of(block), block.words as usize);
            let sure_score = match (is_named, says_something) {
                (true, false) => ALWAYS,
                (false, true) => continue,
                _ => SURE_SCORE,
            };
            found.push(Finished { block: at, sure_score, evidence: format!("in one box with block {}", call + 1) });
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

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::*;

    #[test]
    fn the_heading_of_a_box_that_is_called_one_goes_however_likely_it_is() {
        let call = "<h3>Every morning the news of your island?</h3><p>Sign up for our newsletter</p>";
        for (name, sure_score) in [("newsletter-box", ALWAYS), ("island", SURE_SCORE)] {
            let (blocks, parts) = page(&format!("{STORY}<div class={name}>{call}</div>{STORY}"));
            let call = at(&blocks, "Sign up for our newsletter");
            let found = boxes(&blocks, &parts, [call].into_iter(), |at| at != call);
            assert_eq!(taken(&blocks, &found), ["Every morning the news of your island?"]);
            assert_eq!(found[0].sure_score, sure_score);
        }
    }

    #[test]
    fn a_table_is_no_part_of_a_box() {
        let plans =
            "<div><p>Sign up for our newsletter</p><table><tr><td>Plan<td>Price<tr><td>Solo<td>Free</table></div>";
        let (blocks, parts) = page(&format!("{STORY}{plans}{STORY}"));
        let call = at(&blocks, "Sign up for our newsletter");
        assert!(boxes(&blocks, &parts, [call].into_iter(), |at| at != call).is_empty());
    }

    #[test]
    fn a_list_of_choices_stays_where_it_is_what_the_page_says() {
        const CHOICES: &str = "<select><option>Red</option><option>Green glass</option><option>Blue</option></select>";
        let (blocks, parts) = page(&format!("{STORY}{CHOICES}"));
        assert_eq!(taken(&blocks, &controls(&blocks, &parts, |_| true)), ["Red", "Green glass", "Blue"]);
        let (blocks, parts) = page(&format!("<p>Choose one</p>{CHOICES}"));
        assert!(controls(&blocks, &parts, |_| true).is_empty());
    }
}
