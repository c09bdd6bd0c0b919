//! A glance at a text: could a rule or a repeat act in it at all?
//!
//! Most texts of a clean corpus hold no line that a rule may remove where it stands and no line twice, and need not be judged
//! to know that nothing goes. What passes the sieve has no finding; what stays in it is judged as ever and may have none
//! either. Guards and topics only ever spare a line, so they have no part here.

use crate::block::fold::{fold_by, folded_plain, in_small_letters};
use crate::block::from_text::{self, Piece};
use crate::block::scan::Scan;
use crate::block::{Gap, words};
use crate::judge::{HEAD_BLOCKS, Judge, TAIL_BLOCKS, WEAK_RUN};
use crate::limits::Limits;
use crate::repeats::RepeatFinder;
use crate::rules::{Part, RuleSet, Where};
use foldhash::{HashMap, HashMapExt};
use std::ops::Range;

/// True when neither rules nor repeats of the judge can take anything from the text.
pub fn is_calm(text: &str, judge: &Judge, limits: &Limits) -> bool {
    let scan = Scan::of(text);
    let (pieces, is_full) = from_text::pieces(&scan, limits.max_blocks);
    if is_full {
        return false;
    }
    let mut look = Look {
        rules: &judge.rules,
        repeats: &judge.repeats,
        max_bytes: judge.max_rule_block_bytes,
        text,
        scan: &scan,
        folded: in_small_letters(text),
        blocks: Vec::with_capacity(pieces.len()),
        asked: Vec::with_capacity(pieces.len()),
        parts: Vec::with_capacity(pieces.len()),
    };
    for line in pieces.chunk_by(|_, next| next.gap == Gap::Joined) {
        let first = look.blocks.len();
        line.iter().for_each(|piece| look.add_block(piece));
        if line.len() > 1 {
            look.add_joined(first..look.blocks.len());
        }
    }
    !look.acts() && !look.has_repeats()
}

struct Look<'t> {
    rules: &'t RuleSet,
    repeats: &'t RepeatFinder,
    max_bytes: usize,
    text: &'t str,
    scan: &'t Scan<'t>,
    /// The text in small letters, in which most blocks are folded, and behind it the folded form of the others.
    folded: String,
    blocks: Vec<Seen>,
    /// What rules are asked about, blocks and lines that some were cut from: of each the blocks, and its place in the folded text.
    asked: Vec<Range<usize>>,
    parts: Vec<Part>,
}

/// A block that was looked at.
struct Seen {
    range: Range<usize>,
    /// Its place in the folded text; empty when it is too long for any rule and for the repeats.
    folded: Range<usize>,
    words: u32,
}

impl Look<'_> {
    /// Adds the next block.
    fn add_block(&mut self, piece: &Piece) {
        let (range, words) = (piece.range(), piece.words);
        let is_too_long = range.len() > self.max_bytes;
        let is_asked = !is_too_long && self.rules.reaches(words);
        let folded = match is_asked || !is_too_long && RepeatFinder::WORDS.contains(&words) {
            true => self.fold(range.clone()),
            false => 0..0,
        };
        let here = self.blocks.len();
        if is_asked {
            self.ask(here..here + 1, folded.clone(), words);
        }
        self.blocks.push(Seen { range, folded, words });
    }

    /// Adds the line that some blocks were cut from.
    fn add_joined(&mut self, blocks: Range<usize>) {
        let pieces = &self.blocks[blocks.clone()];
        let range = pieces[0].range.start..pieces[pieces.len() - 1].range.end;
        let words = pieces.iter().map(|block| block.words).sum();
        if range.len() <= self.max_bytes && self.rules.reaches(words) {
            let folded = self.fold(range);
            self.ask(blocks, folded, words);
        }
    }

    #[inline(always)]
    fn ask(&mut self, blocks: Range<usize>, folded: Range<usize>, words: u32) {
        self.asked.push(blocks);
        // What is folded where it stands is of ASCII.
        let is_ascii = folded.start < self.text.len() || self.folded[folded.clone()].is_ascii();
        self.parts.push(Part::new(folded, words, is_ascii));
    }

    /// Where the folded form of a part of the text stands.
    fn fold(&mut self, range: Range<usize>) -> Range<usize> {
        if self.scan.is_even(range.clone()) {
            let folded = folded_plain(&self.folded.as_bytes()[range.clone()]);
            return range.start + folded.start..range.start + folded.end;
        }
        let start = self.folded.len();
        fold_by(&self.text[range.clone()], &mut self.folded, |at| self.scan.even_bytes(range.start + at));
        start..self.folded.len()
    }

    /// True when a rule acts on a block where it stands. Nothing is removed yet, so the edges of the page are those that it has.
    fn acts(&self) -> bool {
        // The rules that act in some places only or not alone, with the blocks that they match.
        let mut stirred: Vec<(Range<usize>, usize)> = Vec::new();
        let acts_anywhere = self.rules.stirs(&self.folded, &self.parts, |at, number, rule| {
            let acts = rule.place == Where::Any && rule.alone;
            if !acts {
                stirred.push((self.asked[at].clone(), number));
            }
            acts
        });
        if acts_anywhere || stirred.is_empty() {
            return acts_anywhere;
        }
        let count = self.blocks.len();
        let mut is_stirred = vec![false; count];
        stirred.iter().for_each(|(blocks, _)| is_stirred[blocks.clone()].fill(true));
        let is_prose = |at: &usize| {
            let Seen { range, words, .. } = &self.blocks[*at];
            !is_stirred[*at] && words::is_prose(&self.text[range.clone()], *words as usize)
        };
        let first_prose = (0..count).find(is_prose);
        let last_prose = (0..count).rev().find(is_prose);
        let is_head = |at: usize| at < HEAD_BLOCKS || first_prose.is_some_and(|first| at < first);
        let is_tail = |at: usize| count - 1 - at < TAIL_BLOCKS || last_prose.is_some_and(|last| at > last);
        let is_in_run = |at: usize| {
            let before = is_stirred[..at].iter().rev().take_while(|is_stirred| **is_stirred).take(WEAK_RUN).count();
            let after = is_stirred[at..].iter().take_while(|is_stirred| **is_stirred).take(WEAK_RUN).count();
            before + after >= WEAK_RUN
        };
        stirred.iter().any(|(blocks, rule)| {
            let rule = &self.rules.rules()[*rule];
            let in_place = |at: usize| match rule.place {
                Where::Any => true,
                Where::Edge => is_head(at) || is_tail(at),
                Where::Tail => is_tail(at),
            };
            blocks.clone().any(|at| in_place(at) && (rule.alone || is_in_run(at)))
        })
    }

    /// True when one of two blocks that say the same may go.
    fn has_repeats(&self) -> bool {
        let is_long = |block: &Seen| RepeatFinder::WORDS.contains(&block.words) && !block.folded.is_empty();
        let long = self.blocks.iter().enumerate().filter(|(_, block)| is_long(block));
        let mut long = long.map(|(at, block)| (at, &self.folded[block.folded.clone()]));
        let mut sketch = Sketch::default();
        if !long.clone().any(|(_, folded)| sketch.knows(folded)) {
            return false;
        }
        let mut firsts = HashMap::with_capacity(self.blocks.len());
        long.any(|(at, folded)| {
            let first = *firsts.entry(folded).or_insert(at);
            first < at && self.repeats.may_go(folded, at - first)
        })
    }
}

/// Which texts there were, told by their lengths and edges: most pages have no two that are alike in these.
struct Sketch([u64; 1 << (SKETCH_BITS - 6)]);

const SKETCH_BITS: u32 = 14;

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch([0; _])
    }
}

impl Sketch {
    /// True when there may have been the same text before; from now on there was.
    fn knows(&mut self, text: &str) -> bool {
        let edge = |chunk: Option<&[u8; 8]>| chunk.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let edges = edge(text.as_bytes().first_chunk()) ^ edge(text.as_bytes().last_chunk()).rotate_left(29);
        let hash = (edges ^ text.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SKETCH_BITS);
        let (word, bit) = (&mut self.0[(hash / 64) as usize], 1 << (hash % 64));
        let is_known = *word & bit != 0;
        *word |= bit;
        is_known
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
        let verdicts = cleaner.judge.ruled(&blocks);
        verdicts.iter().any(|verdict| *verdict != crate::judge::Verdict::Keep)
    }

    fn agree(cleaner: &Cleaner, text: &str) {
        let is_calm = is_calm(text, &cleaner.judge, cleaner.limits());
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

    static LINES: LazyLock<(Cleaner, Vec<String>)> = LazyLock::new(|| (cleaner(), lines()));

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_order_of_lines_hides_a_finding(picks in prop::collection::vec((0..6u8, any::<prop::sample::Index>()), 1..40)) {
            let (cleaner, lines) = &*LINES;
            let mut text = String::new();
            for (at, (kind, index)) in picks.iter().enumerate() {
                match kind {
                    0 => text += index.get::<String>(lines).as_str(),
                    1 => text += &format!("Mill {at} stood by the river"),
                    2 => text += ["The mill below the town at dusk", "Photo: the mill below the town"][index.index(2)],
                    _ => text += &format!(
                        "In the year {at} the council met on Tuesday, and after two hours of talk all but one of them agreed on the \
                         bridge. Nobody had asked the ferryman about it."
                    ),
                }
                text += if at % 3 == 0 { "\n" } else { "\n\n" };
            }
            agree(cleaner, &text);
        }

        #[test]
        fn nor_does_a_paragraph_that_a_program_wrapped(picks in prop::collection::vec((0..6u8, any::<prop::sample::Index>()), 1..40)) {
            const LINE: &str = "the council met on a Tuesday evening and talked of the bridge for\n";
            let (cleaner, lines) = &*LINES;
            let mut text = LINE.repeat(12);
            for (kind, index) in &picks {
                match kind {
                    0 => text += &format!("\n{}\n\n", index.get::<String>(lines)),
                    1 => text += &format!("{}\n", index.get::<String>(lines)),
                    _ => text += LINE,
                }
            }
            agree(cleaner, &text);
        }
    }

    #[test]
    fn prose_passes_and_copies_do_not() {
        let cleaner = cleaner();
        let calm = |text: &str| is_calm(text, &cleaner.judge, cleaner.limits());
        let line = "The ferry at its landing stage below the mill";
        assert!(calm(&format!(
            "{line}\n\nThe “council” voted – at last – on Monday to reopen the café.\n\nPros\n\nPros\n"
        )));
        assert!(!calm(&format!("{line}\n{line}\n")));
        assert!(!calm(&format!("{line} – it’s new\n{} - IT'S NEW\n", line.to_uppercase())));
        // Speech comes twice, and so does what stands far apart unless it is a caption.
        assert!(calm(&format!("“{line}”\n\"{line}\"\n")));
        let apart = |line: &str| format!("{line}\n\n{}{line}\n", "Pros\n\n".repeat(4));
        assert!(calm(&apart(line)) && !calm(&apart(&format!("Photo: {line}"))));
    }

    #[test]
    fn prose_that_a_program_wrapped_passes() {
        let cleaner = cleaner();
        let prose = "the council met on a Tuesday evening and talked of the bridge for\n".repeat(12);
        let calm = |text: &str| is_calm(text, &cleaner.judge, cleaner.limits());
        assert!(calm(&prose));
        assert!(calm(&format!("{prose}\n{prose}advertisement\n")));
        assert!(!calm(&format!("{prose}\nadvertisement\n\n{prose}")));
    }
}
