//! A glance at a text: could a rule or a repeat act in it at all?
//!
//! Most texts of a clean corpus hold no line that a rule has words for and no line twice, and need not be judged to
//! know that nothing goes. What passes the sieve has no finding; what stays in it is judged as ever and mostly has none
//! either. Guards, places and neighbours only ever spare a line, so they have no part here.

use crate::block::{from_text, words};
use crate::limits::Limits;
use crate::rules::RuleSet;

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
    let mut look = Look { rules, max_bytes: limits.max_rule_block_bytes, seen: Vec::with_capacity(lines.len()) };
    for line in &lines {
        let line = &text[line.start..line.end];
        let joints = if may_be_glued(line.as_bytes()) { from_text::joints(line) } else { Vec::new() };
        if look.stirs(line, joints.is_empty()) {
            return false;
        }
        let ends = joints.iter().copied().chain([line.len()]);
        let starts = std::iter::once(0).chain(joints.iter().copied());
        if !joints.is_empty() && starts.zip(ends).any(|(start, end)| look.stirs(&line[start..end], true)) {
            return false;
        }
    }
    !look.has_repeats()
}

struct Look<'t> {
    rules: &'t RuleSet,
    max_bytes: usize,
    /// The blocks that may be copies, each with how it begins.
    seen: Vec<([u8; KEY_BYTES], &'t str)>,
}

impl<'t> Look<'t> {
    /// True when a rule has words for a line or a piece of one; what is a block is remembered.
    fn stirs(&mut self, said: &'t str, is_block: bool) -> bool {
        let least = least_words(said.as_bytes());
        let head = Head::of(said);
        if is_block && least <= *REPEAT_WORDS.end() && said.len() >= MIN_REPEAT_BYTES {
            self.seen.push((head.key, said));
        }
        if said.len() > self.max_bytes || !self.rules.may_stir(head.bytes(), least as u32) {
            return false;
        }
        self.rules.stirs(&head.whole.unwrap_or_else(|| words::fold(said)), least as u32, || words::count(said) as u32)
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
struct Head {
    key: [u8; KEY_BYTES],
    length: usize,
    /// The folded line, when it was needed.
    whole: Option<String>,
}

impl Head {
    fn of(said: &str) -> Head {
        let start = words::fold(&said[..said.floor_char_boundary(HEAD_BYTES)]);
        // Spaces and invisible characters may take most of the first bytes.
        let is_whole = said.len() <= HEAD_BYTES;
        let folded = if is_whole || start.len() >= 2 * KEY_BYTES { start } else { words::fold(said) };
        let length = folded.len().min(KEY_BYTES);
        let mut key = [0; KEY_BYTES];
        key[..length].copy_from_slice(&folded.as_bytes()[..length]);
        Head { key, length, whole: is_whole.then_some(folded) }
    }

    fn bytes(&self) -> &[u8] {
        &self.key[..self.length]
    }
}

/// Words that begin with a letter of ASCII after a space: no more than the text has.
fn least_words(bytes: &[u8]) -> usize {
    let after = bytes.get(1..).unwrap_or_default();
    let is_start = |(before, at): (&u8, &u8)| *before == b' ' && at.is_ascii_alphabetic();
    bytes.iter().zip(after).map(|pair| usize::from(is_start(pair))).sum()
}

/// True when sentences may be glued in a line: a capital, or what may be one, follows at once on something that may end one.
fn may_be_glued(line: &[u8]) -> bool {
    let may_be_capital = |at: usize| match line[at] {
        b'A'..=b'Z' => true,
        // Small letters and marks of Latin-1, and the quotation marks and dashes of U+20xx.
        0xc3 => !matches!(line.get(at + 1), Some(0x9f..)),
        0xe2 => line.get(at + 1) != Some(&0x80),
        byte => byte > 0xc3,
    };
    let is_small = |byte: u8| byte.is_ascii_lowercase() || byte >= 0x80 || byte.is_ascii_control();
    let may_end = |at: usize| match line[at - 1] {
        // One small letter alone ends no word.
        b'a'..=b'z' => at > 1 && is_small(line[at - 2]),
        b'.' | b'!' | b'?' | b':' => true,
        b'"' | b')' => at > 1 && (matches!(line[at - 2], b'.' | b'!' | b'?') || is_small(line[at - 2])),
        // Dashes and opening quotation marks.
        0x93 | 0x94 | 0x98 | 0x9c | 0x9e => !line[..at - 1].ends_with(&[0xe2, 0x80]),
        b'\t' => false,
        byte => byte >= 0x80 || byte.is_ascii_control(),
    };
    (1..line.len()).any(|at| may_be_capital(at) && may_end(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cleaner, Hints};
    use proptest::prelude::*;

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

    #[test]
    fn glue_is_suspected_wherever_it_is_found() {
        for line in [
            "logged inPlease refresh",
            "One is here.Two is there",
            "“It is done.”Sign up now",
            "fin du moisÉtat de siège",
            "идёт дождьСегодня снова",
        ] {
            assert!(!from_text::joints(line).is_empty(), "{line}");
            assert!(may_be_glued(line.as_bytes()), "{line}");
        }
        assert!(!may_be_glued("The café “Orion” – in the USA (Ohio) – opens. He said: “No.”".as_bytes()));
    }

    proptest! {
        #[test]
        fn what_may_not_be_glued_has_no_joints(line in "[ab A-CéÉßд.!:\"”’)»…&'\u{200b}\u{1}]{0,24}") {
            prop_assert!(may_be_glued(line.as_bytes()) || from_text::joints(&line).is_empty());
        }

        #[test]
        fn no_more_words_are_counted_than_there_are(line in "\\PC{0,40}") {
            prop_assert!(least_words(line.as_bytes()) <= words::count(&line));
        }
    }
}
