//! A glance at a text: could a rule or a repeat act in it at all?
//!
//! Most texts of a clean corpus hold no line that a rule may remove where it stands and no line twice, and need not be judged
//! to know that nothing goes. What passes the sieve has no finding; what stays in it is judged as ever and may have none
//! either. Guards and topics only ever spare a line, so they have no part here.

use crate::block::fold::{fold_by, folded_plain};
use crate::block::scan::Scan;
use crate::block::{from_text, words};
use crate::judge::{HEAD_BLOCKS, TAIL_BLOCKS, WEAK_RUN};
use crate::limits::Limits;
use crate::rules::{RuleSet, Where};
use foldhash::{HashSet, HashSetExt};
use std::ops::Range;

/// Words of a line that the repeats look at.
const REPEAT_WORDS: std::ops::RangeInclusive<u32> = 6..=60;

/// True when neither rules nor repeats can take anything from the text.
pub fn is_calm(text: &str, rules: &RuleSet, limits: &Limits) -> bool {
    let scan = Scan::of(text);
    let lines = from_text::lines(&scan);
    if lines.len() >= limits.max_blocks || from_text::is_hard_wrapped(text, &lines) {
        return false;
    }
    let mut joints = scan.joints();
    let mut look = Look {
        rules,
        max_bytes: limits.max_rule_block_bytes,
        text,
        scan: &scan,
        folded: text.to_ascii_lowercase(),
        blocks: Vec::with_capacity(lines.len()),
        stirred: Vec::new(),
    };
    for line in &lines {
        let joints = joints.in_line(line.start..line.end);
        let first = look.blocks.len();
        let ends = joints.iter().copied().chain([line.end]);
        let starts = std::iter::once(line.start).chain(joints.iter().copied());
        if starts.zip(ends).any(|(start, end)| look.at_block(start..end)) {
            return false;
        }
        if !joints.is_empty() && look.at_joined(line.start..line.end, first..look.blocks.len()) {
            return false;
        }
    }
    !look.acts() && !look.has_repeats()
}

struct Look<'t> {
    rules: &'t RuleSet,
    max_bytes: usize,
    text: &'t str,
    scan: &'t Scan<'t>,
    /// The text in small letters, in which most blocks are folded, and behind it the folded form of the others.
    folded: String,
    blocks: Vec<Seen>,
    /// The rules that act in some places only or not alone, with the blocks that they match.
    stirred: Vec<(Range<usize>, usize)>,
}

/// A block that was looked at.
struct Seen {
    range: Range<usize>,
    /// Its place in the folded text; empty when it is too long for any rule and for the repeats.
    folded: Range<usize>,
    words: u32,
}

impl Look<'_> {
    /// Looks at the next block; true when a rule acts on it wherever it stands.
    fn at_block(&mut self, range: Range<usize>) -> bool {
        let words = self.scan.words(range.clone()) as u32;
        let is_asked = range.len() <= self.max_bytes && (self.rules.reaches(words) || REPEAT_WORDS.contains(&words));
        let folded = match is_asked {
            true => self.fold(range.clone()),
            false => 0..0,
        };
        let here = self.blocks.len();
        self.blocks.push(Seen { range, folded: folded.clone(), words });
        is_asked && self.stirs(folded, words, here..here + 1)
    }

    /// Looks at the text of some blocks that are one line; true when a rule acts on it wherever it stands.
    fn at_joined(&mut self, range: Range<usize>, blocks: Range<usize>) -> bool {
        let words = self.blocks[blocks.clone()].iter().map(|block| block.words).sum();
        if range.len() > self.max_bytes || !self.rules.reaches(words) {
            return false;
        }
        let folded = self.fold(range);
        self.stirs(folded, words, blocks)
    }

    /// Where the folded form of a part of the text stands.
    fn fold(&mut self, range: Range<usize>) -> Range<usize> {
        if self.scan.is_even(range.clone()) {
            let folded = folded_plain(&self.folded[range.clone()]);
            return range.start + folded.start..range.start + folded.end;
        }
        let start = self.folded.len();
        fold_by(&self.text[range.clone()], &mut self.folded, |at| self.scan.even_bytes(range.start + at));
        start..self.folded.len()
    }

    fn stirs(&mut self, folded: Range<usize>, words: u32, blocks: Range<usize>) -> bool {
        let stirred = &mut self.stirred;
        self.rules.stirs(&self.folded[folded], words, |at, rule| {
            let acts = rule.place == Where::Any && rule.alone;
            if !acts {
                stirred.push((blocks.clone(), at));
            }
            acts
        })
    }

    /// True when one of the rules that act in some places only, or not alone, may act where it stands. Nothing is removed yet, so
    /// the edges of the page are those that it has.
    fn acts(&self) -> bool {
        if self.stirred.is_empty() {
            return false;
        }
        let count = self.blocks.len();
        let mut is_stirred = vec![false; count];
        self.stirred.iter().for_each(|(blocks, _)| is_stirred[blocks.clone()].fill(true));
        let is_prose = |at: &usize| {
            let Seen { range, words, .. } = &self.blocks[*at];
            !is_stirred[*at] && words::is_prose(&self.text[range.clone()], *words as usize)
        };
        let first_prose = (0..count).find(is_prose);
        let last_prose = (0..count).rev().find(is_prose);
        let is_head = |at: usize| at < HEAD_BLOCKS || first_prose.is_some_and(|first| at < first);
        let is_tail = |at: usize| count - 1 - at < TAIL_BLOCKS || last_prose.is_some_and(|last| at > last);
        let may_run = is_stirred.iter().filter(|is_stirred| **is_stirred).count() >= WEAK_RUN;
        self.stirred.iter().any(|(blocks, rule)| {
            let rule = &self.rules.rules()[*rule];
            let in_place = |at: usize| match rule.place {
                Where::Any => true,
                Where::Edge => is_head(at) || is_tail(at),
                Where::Tail => is_tail(at),
            };
            (rule.alone || may_run) && blocks.clone().any(in_place)
        })
    }

    /// True when a block that is long enough stands twice.
    fn has_repeats(&self) -> bool {
        let is_long = |block: &&Seen| REPEAT_WORDS.contains(&block.words) && !block.folded.is_empty();
        let mut seen = HashSet::with_capacity(self.blocks.len());
        self.blocks.iter().filter(is_long).any(|block| !seen.insert(&self.folded[block.folded.clone()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cleaner, Hints};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    fn cleaner() -> Cleaner {
        Cleaner::builder().judgement(false).build().unwrap()
    }

    /// What the rules and repeats take when nobody looks through the sieve.
    fn finds(cleaner: &Cleaner, text: &str) -> bool {
        let blocks = from_text::segment(text.into(), cleaner.limits());
        let verdicts = cleaner.judge.ruled(&blocks, cleaner.limits().max_rule_block_bytes);
        verdicts.iter().any(|verdict| *verdict != crate::judge::Verdict::Keep)
    }

    fn agree(cleaner: &Cleaner, text: &str) {
        let is_calm = is_calm(text, &cleaner.judge.rules, cleaner.limits());
        assert!(!(is_calm && finds(cleaner, text)), "{text}");
        let inspection =
            cleaner.inspect(text.as_bytes(), &Hints { format: Some(crate::Format::Text), ..Hints::default() });
        assert_eq!(inspection.unwrap().removals.is_empty(), !finds(cleaner, text));
    }

    #[test]
    fn no_example_of_a_rule_passes() {
        let cleaner = cleaner();
        let prose = "The council met on Tuesday, and after two hours of talk all but one agreed on the bridge.";
        for (name, content) in crate::rules::PACKS {
            for rule in crate::rules::pack::parse(name, content).unwrap().rule {
                for line in &rule.get_ref().drops {
                    agree(&cleaner, &format!("{prose}\n\n{line}\n"));
                    agree(&cleaner, &format!("{line}\n{prose}{line}\n\n{prose}\n"));
                }
            }
        }
    }

    /// Lines that rules remove and spare, and prose of two lengths between them.
    fn lines() -> Vec<String> {
        let packs = crate::rules::PACKS.iter().map(|(name, content)| crate::rules::pack::parse(name, content).unwrap());
        let rules = packs.flat_map(|pack| pack.rule.into_iter().map(|rule| rule.into_inner()));
        let rules = rules.filter(|rule| rule.place != Where::Any || !rule.alone);
        rules.flat_map(|rule| rule.drops.into_iter().chain(rule.keeps)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_order_of_lines_hides_a_finding(picks in prop::collection::vec((0..4u8, any::<prop::sample::Index>()), 1..40)) {
            static LINES: LazyLock<(Cleaner, Vec<String>)> = LazyLock::new(|| (cleaner(), lines()));
            let (cleaner, lines) = &*LINES;
            let mut text = String::new();
            for (at, (kind, index)) in picks.iter().enumerate() {
                match kind {
                    0 => text += index.get::<String>(lines).as_str(),
                    1 => text += &format!("Mill {at} stood by the river"),
                    _ => text += &format!(
                        "In the year {at} the council met on Tuesday, and after two hours of talk all but one of them agreed on the \
                         bridge. Nobody had asked the ferryman about it."
                    ),
                }
                text += if at % 3 == 0 { "\n" } else { "\n\n" };
            }
            agree(cleaner, &text);
        }
    }

    #[test]
    fn prose_passes_and_copies_do_not() {
        let cleaner = cleaner();
        let calm = |text: &str| is_calm(text, &cleaner.judge.rules, cleaner.limits());
        let line = "The ferry at its landing stage below the mill";
        assert!(calm(&format!(
            "{line}\n\nThe “council” voted – at last – on Monday to reopen the café.\n\nPros\n\nPros\n"
        )));
        assert!(!calm(&format!("{line}\n{line}\n")));
        assert!(!calm(&format!("“{line}”\n\"{}\"\n", line.to_uppercase())));
    }
}
