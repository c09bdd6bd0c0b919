//! A glance at a text: could a rule or a repeat act in it at all?
//!
//! Most texts of a clean corpus hold no line that a rule may remove where it stands and no line twice, and need not be judged
//! to know that nothing goes. What passes the sieve has no finding; what stays in it is judged as ever and may have none
//! either. Guards and topics only ever spare a line, so they have no part here.

use crate::block::marks::Marks;
use crate::block::{from_text, words};
use crate::judge::{HEAD_BLOCKS, TAIL_BLOCKS, WEAK_RUN};
use crate::limits::Limits;
use crate::rules::{RuleSet, Where};
use std::borrow::Cow;
use std::ops::Range;

/// Words of a line that the repeats look at.
const REPEAT_WORDS: std::ops::RangeInclusive<usize> = 6..=60;
/// Bytes that so many words have at least.
const MIN_REPEAT_BYTES: usize = 11;

/// Bytes of a line that are folded to know how it begins, and bytes of the folded line that are looked at: a cut in the
/// middle of a reference or before a combining mark changes nothing that far ahead of it.
const HEAD_BYTES: usize = 128;
const KEY_BYTES: usize = 32;

/// True when neither rules nor repeats can take anything from the text.
pub fn is_calm(text: &str, rules: &RuleSet, limits: &Limits) -> bool {
    let lines = from_text::lines(text);
    if lines.len() >= limits.max_blocks || from_text::is_hard_wrapped(text, &lines) {
        return false;
    }
    let small = text.to_ascii_lowercase();
    let mut look = Look {
        rules,
        max_bytes: limits.max_rule_block_bytes,
        marks: Marks::of(text),
        small: &small,
        blocks: Vec::with_capacity(lines.len()),
        seen: Vec::with_capacity(lines.len()),
        stirred: Vec::new(),
    };
    for line in &lines {
        let first = look.blocks.len();
        let joints = from_text::joints(&look.marks, line.start..line.end);
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
    marks: Marks<'t>,
    /// The text with small letters for its capitals of ASCII, which is how most lines are folded.
    small: &'t str,
    blocks: Vec<&'t str>,
    /// The blocks that may be copies, each with how it begins.
    seen: Vec<([u8; KEY_BYTES], &'t str)>,
    /// The rules that act in some places only or not alone, with the blocks that they match.
    stirred: Vec<(Range<usize>, usize)>,
}

impl<'t> Look<'t> {
    /// Looks at the next block; true when a rule acts on it wherever it stands.
    fn at_block(&mut self, range: Range<usize>) -> bool {
        let said = &self.marks.text()[range.clone()];
        let (head, least) = self.head(range.clone());
        if said.len() >= MIN_REPEAT_BYTES && least <= *REPEAT_WORDS.end() {
            self.seen.push((head.key, said));
        }
        self.blocks.push(said);
        self.at(range, least as u32, &head, self.blocks.len() - 1..self.blocks.len())
    }

    /// Looks at the text of some blocks that are one line; true when a rule acts on it wherever it stands.
    fn at_joined(&mut self, range: Range<usize>, blocks: Range<usize>) -> bool {
        let (head, least) = self.head(range.clone());
        self.at(range, least as u32, &head, blocks)
    }

    /// How a block or line begins when it is folded, and the words that it has at least.
    fn head(&self, range: Range<usize>) -> (Head<'t>, usize) {
        let marked = self.marks.in_range(range.clone());
        (Head::of(&self.marks, self.small, range, marked.is_plain), marked.least_words)
    }

    fn at(&mut self, range: Range<usize>, least: u32, head: &Head<'t>, blocks: Range<usize>) -> bool {
        if range.len() > self.max_bytes || !self.rules.may_stir(head.bytes(), least) {
            return false;
        }
        let said = &self.marks.text()[range.clone()];
        let whole = head.whole.clone().unwrap_or_else(|| words::fold(said).into());
        let (marks, stirred) = (&self.marks, &mut self.stirred);
        self.rules.stirs(
            &whole,
            least,
            || words::count_in(marks, range.clone()) as u32,
            |at, rule| {
                let acts = rule.place == Where::Any && rule.alone;
                if !acts {
                    stirred.push((blocks.clone(), at));
                }
                acts
            },
        )
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
            let said = self.blocks[*at];
            !is_stirred[*at] && words::is_prose(said, words::count(said))
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
    fn has_repeats(mut self) -> bool {
        self.seen.sort_unstable();
        let is_long = |said: &str| REPEAT_WORDS.contains(&words::count(said));
        let kin = self.seen.chunk_by(|one, next| one.0 == next.0).filter(|kin| kin.len() > 1);
        kin.into_iter().any(|kin| {
            let mut folded: Vec<String> =
                kin.iter().filter(|(_, said)| is_long(said)).map(|(_, s)| words::fold(s)).collect();
            folded.sort_unstable();
            folded.windows(2).any(|pair| pair[0] == pair[1])
        })
    }
}

/// How a folded line begins.
struct Head<'t> {
    key: [u8; KEY_BYTES],
    length: usize,
    /// The folded line, where it is known already.
    whole: Option<Cow<'t, str>>,
}

impl<'t> Head<'t> {
    /// Folds the beginning of a line; `small` is the text with small letters, `is_plain` what the marks say of the line.
    fn of(marks: &Marks<'_>, small: &'t str, range: Range<usize>, is_plain: bool) -> Head<'t> {
        let said = &marks.text()[range.clone()];
        // The first may be the bullet of a list.
        let begins_plain = !said.starts_with([' ', '-']);
        if begins_plain && is_plain && !said.ends_with(' ') {
            return Head::begin_of(small[range].into());
        }
        let start = range.start..range.start + PLAIN_BYTES;
        if begins_plain && said.len() >= PLAIN_BYTES && marks.in_range(start.clone()).is_plain {
            let key = small.as_bytes()[start].first_chunk().copied().expect("it is longer");
            return Head { key, length: KEY_BYTES, whole: None };
        }
        let start = words::fold(&said[..said.floor_char_boundary(HEAD_BYTES)]);
        // Spaces and invisible characters may take most of the first bytes.
        let is_whole = said.len() <= HEAD_BYTES;
        let folded = if is_whole || start.len() >= 2 * KEY_BYTES { start } else { words::fold(said) };
        let head = Head::begin_of(folded.into());
        if is_whole { head } else { Head { whole: None, ..head } }
    }

    fn begin_of(whole: Cow<'t, str>) -> Head<'t> {
        let length = whole.len().min(KEY_BYTES);
        let mut key = [0; KEY_BYTES];
        key[..length].copy_from_slice(&whole.as_bytes()[..length]);
        Head { key, length, whole: Some(whole) }
    }

    fn bytes(&self) -> &[u8] {
        &self.key[..self.length]
    }
}

/// Bytes of a line that are looked at before it is folded: a mark that belongs to the last byte of its key may follow.
const PLAIN_BYTES: usize = KEY_BYTES + 8;

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

    proptest! {
        #[test]
        fn lines_begin_as_they_are_folded(line in "[ A-Ca-c`&.-]{0,2}[A-Ca-c ,.]{30,60}[a-z&\u{301}é“ -]{0,4}") {
            let line = line.trim_end();
            let folded = words::fold(line);
            let length = folded.len().min(KEY_BYTES);
            let text = format!("One.\n{line}\nTwo.");
            let (marks, small, range) = (Marks::of(&text), text.to_ascii_lowercase(), 5..5 + line.len());
            let head = Head::of(&marks, &small, range.clone(), marks.in_range(range).is_plain);
            prop_assert_eq!(head.bytes(), &folded.as_bytes()[..length]);
            prop_assert!(head.whole.is_none_or(|whole| *whole == *folded));
        }
    }
}
