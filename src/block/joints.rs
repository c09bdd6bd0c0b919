//! Where an extractor glued sentences together: `logged inPlease refresh`.
//!
//! A joint is the end of a small word, or an end mark with perhaps a closing quote, and at once a capital that begins a
//! word. Few bytes of a text look like that, and a [`Scan`](super::scan::Scan) finds them in all of it at once; of those only
//! what stands around them is read.

use super::words;
use crate::normalize::is_dropped;
use crate::stride::{is, within};
use fearless_simd::prelude::*;
use fearless_simd::{Simd, mask8x64, u8x64};
use std::ops::Range;
use std::sync::LazyLock;

/// Letters of a small word before a joint, at least.
const MIN_SMALL_LETTERS: usize = 2;
/// The same after a capital.
const MIN_CAPITAL_LETTERS: usize = 6;

/// The places of a text that are joints where the pieces beside them have words enough.
pub struct Joints<'s> {
    text: &'s str,
    places: Vec<u32>,
    /// How many of them stand before the end of the last line that was asked for.
    passed: usize,
}

impl<'s> Joints<'s> {
    /// The joints of a text, of the places in it that may be some by the bytes beside them; words are not counted yet.
    pub fn new(text: &'s str, places: &[u32]) -> Joints<'s> {
        let places = places.iter().copied().filter(|at| is_joint(text, *at as usize));
        Joints { text, places: places.collect(), passed: 0 }
    }

    /// True when there are none for sure.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where sentences are glued in a line, in bytes of the text; lines are asked for in their order. `iPhone`, `eBay`,
    /// `McDonald` and `YouTube` are no joints: their first part is one letter, or begins with a capital and is short. Each piece
    /// has two words or more.
    pub fn in_line(&mut self, line: Range<usize>) -> Vec<usize> {
        let here = &self.places[self.passed..];
        let here = &here[..here.iter().take_while(|at| (**at as usize) < line.end).count()];
        self.passed += here.len();
        let text = &self.text[line.clone()];
        // Where the second word of a piece begins and the last of the line: looked for once there is a joint.
        let (mut next_word, mut last_word) = (None, None);
        let mut joints = Vec::new();
        for at in here.iter().map(|at| *at as usize - line.start) {
            let piece = joints.last().copied().unwrap_or(0);
            // The word that a joint cuts counts on both sides.
            let has_words_before = *next_word.get_or_insert_with(|| piece + second_word(&text[piece..])) < at;
            if has_words_before && at < *last_word.get_or_insert_with(|| last_of_words(text)) {
                joints.push(at);
                next_word = None;
            }
        }
        joints.iter_mut().for_each(|joint| *joint += line.start);
        joints
    }
}

/// Where the second word of a text begins; its end if it has none.
fn second_word(text: &str) -> usize {
    let mut chars = text.char_indices().filter(|(_, c)| !is_dropped(*c)).skip_while(|(_, c)| c.is_whitespace());
    chars.find(|(_, c)| c.is_whitespace());
    chars.find(|(_, c)| !c.is_whitespace()).map_or(text.len(), |(at, _)| at)
}

/// Where the last word of a text begins if there is one before it, or else 0.
fn last_of_words(text: &str) -> usize {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || is_dropped(c));
    text.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8())
}

/// True when what stands before and behind a place of a text is the end of a sentence or of a small word and the beginning of
/// another.
fn is_joint(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let shown = |traits: &Traits| !traits.has(Traits::DROPPED);
    let mut after = after.chars().map(Traits::of).filter(shown);
    let mut before = before.chars().rev().map(Traits::of).filter(shown);
    let is_begin = after.next().is_some_and(|first| first.has(Traits::CAPITAL))
        && after.next().is_some_and(|second| second.has(Traits::GOES_ON));
    if !is_begin {
        return false;
    }
    let Some(last) = before.next() else { return false };
    if !last.has(Traits::SMALL) {
        let closes = last.has(Traits::CLOSING) && before.next().is_some_and(|end| end.has(Traits::SENTENCE_END));
        return last.has(Traits::END) || closes;
    }
    let (mut letters, mut earlier) = (1, before.next());
    while earlier.is_some_and(|traits| traits.has(Traits::SMALL)) {
        letters += 1;
        earlier = before.next();
    }
    match earlier {
        Some(capital) if capital.has(Traits::CAPITAL) => letters >= MIN_CAPITAL_LETTERS,
        Some(other) if other.has(Traits::ALPHANUMERIC) => false,
        _ => letters >= MIN_SMALL_LETTERS,
    }
}

/// Bytes that may begin a capital.
#[inline(always)]
pub fn may_be_capital<S: Simd>(at: u8x64<S>) -> mask8x64<S> {
    within(at, b'A', b'Z') | at.simd_ge(0xc3)
}

/// Of bytes that may begin a capital and are not first in a word those that may be joints, by the bytes beside them.
#[inline(always)]
pub fn may_be_joint<S: Simd>(before: u8x64<S>, at: u8x64<S>, after: u8x64<S>) -> mask8x64<S> {
    let closes = is(before, b'.') | is(before, b'!') | is(before, b'?') | is(before, b':') | is(before, b'"');
    let may_end = within(before, b'a', b'z') | closes | is(before, b')') | !within(before, b' ', b'~');
    // First bytes of Hebrew to Thai, of Chinese, Japanese and Korean, and of private use: without capitals.
    let has_no_capitals = within(at, 0xd7, 0xe0) | within(at, 0xe3, 0xe9) | within(at, 0xeb, 0xee);
    // Dashes, quotation marks and dots; the small letters of Latin-1 and of Cyrillic, all but a few.
    let is_no_capital = is(at, 0xe2) & is(after, 0x80)
        | is(at, 0xc3) & after.simd_ge(0x9f)
        | is(at, 0xd0) & after.simd_ge(0xb0)
        | is(at, 0xd1) & after.simd_lt(0xa0);
    may_end & !has_no_capitals & !is_no_capital
}

/// What is asked of a character where sentences may be glued.
#[derive(Clone, Copy)]
struct Traits(u16);

/// Those of ASCII, which most characters are: the tables of Unicode take longer.
static ASCII_TRAITS: LazyLock<[Traits; 128]> =
    LazyLock::new(|| std::array::from_fn(|byte| Traits::of_any(char::from(byte as u8))));

impl Traits {
    const SPACE: Traits = Traits(1);
    const SMALL: Traits = Traits(1 << 1);
    const CAPITAL: Traits = Traits(1 << 2);
    const ALPHANUMERIC: Traits = Traits(1 << 3);
    /// It closes a quotation or a bracket.
    const CLOSING: Traits = Traits(1 << 4);
    const SENTENCE_END: Traits = Traits(1 << 5);
    /// A sentence or a part of one ends with it.
    const END: Traits = Traits(1 << 6);
    /// A sentence goes on with it after its first capital; a reference that an extractor left may be a space.
    const GOES_ON: Traits = Traits(1 << 7);
    const DROPPED: Traits = Traits(1 << 8);

    fn of(c: char) -> Traits {
        ASCII_TRAITS.get(c as usize).copied().unwrap_or_else(|| Traits::of_any(c))
    }

    fn of_any(c: char) -> Traits {
        let traits = [
            (Traits::SPACE, c.is_whitespace()),
            (Traits::SMALL, c.is_lowercase()),
            (Traits::CAPITAL, c.is_uppercase()),
            (Traits::ALPHANUMERIC, c.is_alphanumeric()),
            (Traits::CLOSING, matches!(c, '”' | '"' | '’' | ')' | '»')),
            (Traits::SENTENCE_END, words::ends_sentence(c)),
            (Traits::END, matches!(c, '.' | '!' | '?' | '…' | ':')),
            (Traits::GOES_ON, c.is_lowercase() || c.is_whitespace() || matches!(c, '\'' | '&')),
            (Traits::DROPPED, is_dropped(c)),
        ];
        traits.into_iter().filter(|(_, has)| *has).fold(Traits(0), |all, (one, _)| Traits(all.0 | one.0))
    }

    fn has(self, one: Traits) -> bool {
        self.0 & one.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::scan::Scan;
    use proptest::prelude::*;

    /// The joints of a line, whose characters it reads one by one.
    fn joints(line: &str) -> Vec<usize> {
        let mut candidates = Vec::new();
        // A capital after an end, which is a candidate if what comes next says so.
        let mut capital_after_end = None;
        // Words begun so far; the letters of a small word, which may begin with a capital.
        let (mut words, mut letters, mut capital) = (0, 0, false);
        let (mut earlier, mut last) = (Traits::SPACE, Traits::SPACE);
        for (at, c) in line.char_indices() {
            let now = Traits::of(c);
            if now.has(Traits::DROPPED) {
                continue;
            }
            candidates.extend(capital_after_end.take().filter(|_| now.has(Traits::GOES_ON)));
            let small_word = letters >= if capital { MIN_CAPITAL_LETTERS } else { MIN_SMALL_LETTERS };
            let closes = last.has(Traits::CLOSING) && earlier.has(Traits::SENTENCE_END);
            if now.has(Traits::CAPITAL) && (small_word || last.has(Traits::END) || closes) {
                capital_after_end = Some((at, words));
            }
            words += usize::from(!now.has(Traits::SPACE) && last.has(Traits::SPACE));
            let goes_on =
                now.has(Traits::SMALL) && (letters > 0 || last.has(Traits::CAPITAL) || !last.has(Traits::ALPHANUMERIC));
            capital = goes_on && (capital || last.has(Traits::CAPITAL));
            letters = if goes_on { letters + 1 } else { 0 };
            (earlier, last) = (last, now);
        }
        // The word that a joint cuts counts on both sides.
        let mut before = 0;
        candidates.retain(|&(_, here)| {
            let fits = here - before >= 2 && words + 1 - here >= 2;
            before = if fits { here - 1 } else { before };
            fits
        });
        candidates.into_iter().map(|(at, _)| at).collect()
    }

    /// The joints of a line of a text, without those that are not looked for.
    fn found(line: &str) -> Vec<usize> {
        let text = format!("one.\n{line}\nA");
        let scan = Scan::of(&text);
        let mut joints = scan.joints();
        assert!(joints.in_line(0..4).is_empty());
        joints.in_line(5..5 + line.len()).into_iter().map(|at| at - 5).collect()
    }

    #[test]
    fn sentences_that_are_glued_are_found() {
        for (line, joint) in [
            ("logged inPlease refresh", "Please"),
            ("One is here.Two is there", "Two"),
            ("“It is done.”Sign up now", "Sign"),
            ("it was GermanyPlease refresh", "Please"),
            ("fin du moisÉtat de siège", "État"),
            ("идёт дождьСегодня снова", "Сегодня"),
        ] {
            assert_eq!(found(line), [line.find(joint).unwrap()], "{line}");
        }
    }

    #[test]
    fn most_lines_are_not_read() {
        let text =
            "The café “Orion” – in the USA (Ohio) – opens. O’Neill said: “No.” L’État, McDonald, YouTube and NaCl.";
        let scan = Scan::of(text);
        assert!(scan.joints().is_empty());
    }

    #[test]
    fn every_capital_is_looked_at() {
        for c in '\0'..=char::MAX {
            let text = format!("ab{c}é");
            let is_found = Scan::of(&text).joints().places == [2];
            assert_eq!(is_found, c.is_uppercase(), "{c}");
        }
    }

    proptest! {
        #[test]
        fn every_joint_is_found(line in "[ab A-CéÉßдДёѢ.!:\"”’)»…&'\u{200b}\u{1}0 –]{0,24}[ab A-CéÉ.]{0,40}") {
            prop_assert_eq!(found(&line), joints(&line));
        }
    }
}
