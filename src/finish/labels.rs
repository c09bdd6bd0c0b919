//! Labels: short lines of one kind, each right over something that is kept. Speakers, signatures of functions, questions on
//! buttons that open their answers.

use super::cues;
use crate::block::Blocks;
use crate::block::outline::Cues;
use foldhash::{HashMap, HashMapExt};

/// Words of a label, at most.
const MAX_LABEL_WORDS: u32 = 16;
/// Labels of one kind on a page, at least.
const MIN_LABELS: usize = 2;
/// Share of the lines of a kind that stand over something kept, at least; from 0.5 on it makes no difference to the score, with
/// the domains of a page held out, and lower values bring bylines of teasers back.
const MIN_OVER_SHARE: f32 = 0.6;
/// Share of the lines of a kind that say the same, at most: two speakers take turns, and what stands over everything is a button
/// or a word about ads.
const MAX_SAME_SHARE: f32 = 0.6;
/// Probability below which a line is furniture all the same; from 0.08 to 0.25 it makes no difference to the score.
const MIN_LABEL_SCORE: f32 = 0.15;

/// Lines that were dropped and come back as labels of what is kept. An element is a label's when it holds nothing else, and the
/// next block is kept and stands in the element around it.
///
/// `is_dropped` says which blocks may come back, `score` how likely they are.
pub fn labels(
    blocks: &Blocks<'_>,
    parts: &[Cues],
    is_kept: impl Fn(usize) -> bool,
    is_dropped: impl Fn(usize) -> bool,
    score: impl Fn(usize) -> f32,
) -> Vec<usize> {
    let (items, elements) = (&blocks.items, &blocks.outline.elements);
    let other =
        cues(&["nav", "header", "footer", "aside", "related", "promo", "ad", "consent", "share", "tags", "comment"]);
    let mut stays: Vec<bool> = (0..items.len()).map(&is_kept).collect();
    let mut kinds: HashMap<(u32, u32), Vec<(usize, bool)>> = HashMap::new();
    // From the end, for a label may stand over another.
    for at in (0..items.len()).rev() {
        let (block, element) = (&items[at], &elements[items[at].element as usize]);
        let around = &elements[element.parent as usize];
        let is_line = block.words <= MAX_LABEL_WORDS && block.link_words == 0 && element.blocks.len() == 1;
        if !is_line || block.hidden || parts[block.element as usize].meets(other) {
            continue;
        }
        let is_over = stays.get(at + 1) == Some(&true) && around.blocks.contains(&(at as u32 + 1));
        kinds.entry((element.kind, around.kind)).or_default().push((at, is_over));
        stays[at] |= is_over && is_dropped(at) && score(at) >= MIN_LABEL_SCORE;
    }
    let is_label = |lines: &&Vec<(usize, bool)>| {
        let over = lines.iter().filter(|(_, is_over)| *is_over).count();
        let mut same: HashMap<&str, usize> = HashMap::new();
        lines.iter().for_each(|(at, _)| *same.entry(blocks.text_of(&items[*at])).or_default() += 1);
        let most = same.values().copied().max().unwrap_or_default();
        over >= MIN_LABELS
            && over as f32 >= MIN_OVER_SHARE * lines.len() as f32
            && most as f32 <= MAX_SAME_SHARE * lines.len() as f32
    };
    let found = kinds.values().filter(is_label).flatten().filter(|(_, is_over)| *is_over).map(|(at, _)| *at);
    let mut found: Vec<usize> = found.filter(|&at| stays[at] && !is_kept(at)).collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::*;

    /// The labels of a page of which the sentences are kept.
    fn found(body: &str) -> Vec<String> {
        let (blocks, parts) = page(body);
        let is_kept = |at: usize| blocks.text_of(&blocks.items[at]).ends_with('.');
        let found = labels(&blocks, &parts, is_kept, |at| !is_kept(at), |_| 0.3);
        found.into_iter().map(|at| blocks.text_of(&blocks.items[at]).to_owned()).collect()
    }

    fn items(labels: &[&str], class: &str) -> String {
        let item = |label: &&str| {
            format!("<div class=item><div class={class}>{label}</div><p>The boat sails again.</p></div>")
        };
        labels.iter().map(item).collect()
    }

    #[test]
    fn lines_of_one_kind_over_kept_text_come_back() {
        assert_eq!(
            found(&items(&["Ann Weir", "Mayor", "Ann Weir", "Mayor"], "who")),
            ["Ann Weir", "Mayor", "Ann Weir", "Mayor"]
        );
        assert_eq!(found(&items(&["dock(boat)", "wait(seconds)"], "call")), ["dock(boat)", "wait(seconds)"]);
        // One over another: the time, and who says it.
        let said = |time: &str, who: &str| {
            format!("<div class=turn><p class=time>{time}</p><p class=who>{who}</p><p>Row.</p></div>")
        };
        let turns = [said("10:05", "Ann"), said("10:07", "Mayor")].concat();
        assert_eq!(found(&turns), ["10:05", "Ann", "10:07", "Mayor"]);
    }

    #[test]
    fn what_stands_over_everything_alike_or_over_nothing_kept_stays_away() {
        assert!(found(&items(&["Advertisement", "Advertisement", "Advertisement"], "who")).is_empty());
        assert!(found(&items(&["Ann", "Mayor"], "share-bar")).is_empty(), "a part of furniture");
        assert!(found(&items(&["Dock"], "call")).is_empty(), "one alone");
        let tails = "<div class=item><p>The boat sails again.</p><div class=more>Open the map</div></div>";
        assert!(found(&tails.repeat(2).replacen("Open", "Show", 1)).is_empty(), "below the text");
        let links = ["<a href=/1>Ferry one</a>", "<a href=/2>Ferry two</a>"];
        assert!(found(&items(&links, "who")).is_empty());
    }
}
