//! What the bytes of a text are, told once for all of it.
//!
//! Vector code reads a text in strides and leaves a bit for each byte where a line may end, where a word begins and where folding
//! does more than to make letters small. What is asked of a line is then read off the bits, in less time than it takes to call
//! such code for it.

use super::fold::is_not_plain;
use super::joints::{Joints, may_be_capital, may_be_joint};
use super::word_count::{Classes, WordStarts};
use super::words;
use crate::stride::{STRIDE, Window, bits, is, places, shifted, window, within};
use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch};
use std::ops::Range;

/// A text and what its bytes are.
pub struct Scan<'t> {
    text: &'t str,
    strides: Vec<Bits>,
    ends: Vec<End>,
    /// Where joints may be.
    joints: Vec<u32>,
}

/// Where a line may end.
#[derive(Clone, Copy, Default)]
pub struct End {
    /// The byte: LF, CR, the first one of a separator of lines or paragraphs, or one past the last of the text.
    pub at: u32,
    /// The words before it.
    words: u32,
    /// Strides with characters whose words only their tables tell: those before its own, and those before it.
    strange: [u32; 2],
}

/// What the bytes of a stride are, a bit for each, the first in the lowest; and what stands before them.
#[derive(Default)]
struct Bits {
    /// The first bytes of words.
    word_starts: u64,
    /// Bytes that folding must look at: all but printable ASCII, some signs, and the second of two spaces.
    uneven: u64,
    before: Sums,
}

/// What stands before a place.
#[derive(Clone, Copy, Default)]
struct Sums {
    words: u32,
    uneven: u32,
    /// Strides with characters whose words only their tables tell.
    strange: u32,
}

impl<'t> Scan<'t> {
    /// Looks at a text.
    pub fn of(text: &'t str) -> Scan<'t> {
        let strides = text.len().div_ceil(STRIDE) + 1;
        let (strides, ends) = (Vec::with_capacity(strides), Vec::with_capacity(strides));
        let mut scan = Scan { text, strides, ends, joints: Vec::new() };
        dispatch!(Level::new(), simd => look(simd, text.as_bytes(), &mut scan));
        scan
    }

    /// The text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Where lines may end, and after them the end of the text. What ends a line right behind the end of another ends an empty one and
    /// is left out: a text may be full of them.
    pub fn ends(&self) -> &[End] {
        &self.ends
    }

    /// Where sentences are glued together.
    pub fn joints(&self) -> Joints<'_> {
        Joints::new(self.text, &self.joints)
    }

    /// The words between two ends of lines; none where only the tables of characters tell.
    pub fn words_between(&self, before: &End, end: &End) -> Option<u32> {
        (before.strange[0] == end.strange[1]).then(|| end.words - before.words)
    }

    /// The words of a part of the text that is not empty.
    pub fn words(&self, range: Range<usize>) -> u32 {
        // A part that begins with a letter begins a word, though it may go on with one where it stands.
        let begins_word = self.text.as_bytes()[range.start].is_ascii_alphanumeric();
        if !(begins_word && self.is_known(range.clone())) {
            return words::count(&self.text[range]) as u32;
        }
        let first = &self.strides[range.start / STRIDE];
        let is_within_word = first.word_starts >> (range.start % STRIDE) & 1 == 0;
        self.words_before(range.end) - self.words_before(range.start) + u32::from(is_within_word)
    }

    /// True when no stride that a part reaches into has characters whose words only their tables tell.
    fn is_known(&self, range: Range<usize>) -> bool {
        let strange = |stride: usize| self.strides[stride].before.strange;
        strange(range.start / STRIDE) == strange(range.end.div_ceil(STRIDE))
    }

    fn words_before(&self, at: usize) -> u32 {
        let stride = &self.strides[at / STRIDE];
        stride.before.words + (stride.word_starts & below(at)).count_ones()
    }

    /// True when folding makes the letters of a part of the text small and nothing else but what stands at its edges.
    pub fn is_even(&self, range: Range<usize>) -> bool {
        let (first, last) = (range.start / STRIDE, range.end / STRIDE);
        let (start, end) = (&self.strides[first], &self.strides[last]);
        if first == last {
            return start.uneven & !below(range.start) & below(range.end) == 0;
        }
        start.uneven & !below(range.start) == 0
            && self.strides[first + 1].before.uneven == end.before.uneven
            && end.uneven & below(range.end) == 0
    }

    /// How many bytes from a place on folding makes small and nothing else.
    pub fn even_bytes(&self, at: usize) -> usize {
        let mut uneven = self.strides[at / STRIDE].uneven & u64::MAX << (at % STRIDE);
        for stride in at / STRIDE.. {
            if uneven != 0 {
                return stride * STRIDE + uneven.trailing_zeros() as usize - at;
            }
            match self.strides.get(stride + 1) {
                Some(next) => uneven = next.uneven,
                None => break,
            }
        }
        self.text.len() - at
    }
}

/// The bits of a stride before a place in it.
#[inline(always)]
fn below(at: usize) -> u64 {
    !(u64::MAX << (at % STRIDE))
}

// Nothing but loops and functions that are always inlined: what the compiler keeps apart has no vector instructions. Two inner
// loops and no branch: what both ways ask of a stride would be asked of each before it is known which way it goes.
#[inline(always)]
fn look<S: Simd>(simd: S, text: &[u8], scan: &mut Scan<'_>) {
    let (word_starts, before) = (WordStarts::default(), Sums::default());
    let mut state = State { word_starts, after_white: 1, after_space: 0, after_end: 0, before };
    let mut padded = [0; _];
    let mut begin = 0;
    while begin < text.len() {
        while begin < text.len() {
            let window = window(text, begin, &mut padded);
            let at = shifted(simd, window, 0);
            if at.simd_ge(0x80).any_true() {
                break;
            }
            let line_ends = is(at, b'\n') | is(at, b'\r');
            let seen = Seen {
                classes: Classes::of_ascii(at),
                has_words: true,
                line_ends: bits(line_ends),
                capitals: bits(within(at, b'A', b'Z')),
            };
            state.add(simd, window, seen, text.len() - begin, scan);
            begin += STRIDE;
        }
        while begin < text.len() {
            let window = window(text, begin, &mut padded);
            let at = shifted(simd, window, 0);
            if !at.simd_ge(0x80).any_true() {
                break;
            }
            let after = shifted(simd, window, 1);
            let separators = is(at, 0xe2) & is(after, 0x80) & within(shifted(simd, window, 2), 0xa8, 0xa9);
            let line_ends = is(at, b'\n') | is(at, b'\r') | separators;
            let (classes, has_words) = Classes::of_any(simd, window);
            let seen = Seen { classes, has_words, line_ends: bits(line_ends), capitals: bits(may_be_capital(at)) };
            state.add(simd, window, seen, text.len() - begin, scan);
            begin += STRIDE;
        }
    }
    let Sums { words, strange, .. } = state.before;
    let before_last =
        scan.strides.last().filter(|_| !text.len().is_multiple_of(STRIDE)).map(|last| last.before.strange);
    scan.ends.push(End { at: text.len() as u32, words, strange: [before_last.unwrap_or(strange), strange] });
    // One more, for what stands before the end.
    scan.strides.push(Bits { before: state.before, ..Bits::default() });
}

/// What is seen of a stride in one way if it is ASCII and in another if not.
struct Seen {
    classes: Classes,
    has_words: bool,
    line_ends: u64,
    /// Bytes that may begin a capital.
    capitals: u64,
}

/// What a stride leaves to the next.
struct State {
    word_starts: WordStarts,
    /// 1 behind white space or the start of the text.
    after_white: u64,
    /// 1 behind a space.
    after_space: u64,
    /// 1 behind the end of a line.
    after_end: u64,
    before: Sums,
}

impl State {
    #[inline(always)]
    fn add<S: Simd>(&mut self, simd: S, window: &Window, seen: Seen, left: usize, scan: &mut Scan<'_>) {
        let Seen { classes, has_words, line_ends, capitals } = seen;
        let at = shifted(simd, window, 0);
        let inner_capitals = capitals & !(classes.space << 1 | self.after_white);
        if inner_capitals != 0 {
            let mask = may_be_joint(shifted(simd, window, -1), at, shifted(simd, window, 1));
            let begin = scan.strides.len() * STRIDE;
            scan.joints.extend(places(inner_capitals & bits(mask)).map(|at| (begin + at) as u32));
        }
        let spaces = bits(is(at, b' '));
        let uneven = bits(is_not_plain(at)) | spaces & (spaces << 1 | self.after_space);
        let word_starts = self.word_starts.next(classes, left);
        for at in places(line_ends & !(line_ends << 1 | self.after_end)) {
            let words = self.before.words + (word_starts & below(at)).count_ones();
            let strange_here = u32::from(!has_words && at > 0);
            let strange = [self.before.strange, self.before.strange + strange_here];
            scan.ends.push(End { at: (scan.strides.len() * STRIDE + at) as u32, words, strange });
        }
        scan.strides.push(Bits { word_starts, uneven, before: self.before });
        self.before.words += word_starts.count_ones();
        self.before.uneven += uneven.count_ones();
        self.before.strange += u32::from(!has_words);
        (self.after_white, self.after_space) = (classes.space >> (STRIDE - 1), spaces >> (STRIDE - 1));
        self.after_end = line_ends >> (STRIDE - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::fold::{fold, fold_by, folded_plain};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_part_is_as_it_is_alone(text in "([a-zA-Z]{1,9}|[ .\n\r–’&`]{0,3}|[0-9]{60}|[ é×Я\t\u{2028}\u{200b}中]){0,60}", cuts: [prop::sample::Index; 2]) {
            let scan = Scan::of(&text);
            let mut cuts = cuts.map(|cut| text.floor_char_boundary(cut.index(text.len() + 1)));
            cuts.sort_unstable();
            let all = scan.ends();
            let ends: Vec<usize> = all.iter().map(|end| end.at as usize).collect();
            let expected = text.char_indices().filter(|(_, c)| matches!(c, '\n' | '\r' | '\u{2028}')).map(|(at, _)| at);
            let expected = expected.filter(|at| !text[..*at].ends_with(['\n', '\r']));
            prop_assert_eq!(&ends, &expected.chain([text.len()]).collect::<Vec<_>>());
            for (at, pair) in all.windows(2).enumerate() {
                let words = scan.words_between(&pair[0], &pair[1]);
                let line = text.ceil_char_boundary(ends[at] + 1)..ends[at + 1];
                prop_assert!(words.is_none_or(|words| words as usize == words::count(&text[line.clone()])));
                prop_assert!(words.is_some() || !text.is_ascii());
            }
            let lines = ends.windows(2).map(|ends| ends[0] + 1..ends[1]).filter(|line| text.is_char_boundary(line.start));
            for range in lines.chain([cuts[0]..cuts[1], 0..text.len()]).filter(|range| !range.is_empty()) {
                let part = &text[range.clone()];
                prop_assert_eq!(scan.words(range.clone()) as usize, words::count(part));
                let mut folded = String::new();
                fold_by(part, &mut folded, |at| scan.even_bytes(range.start + at));
                prop_assert_eq!(&folded, &fold(part));
                if scan.is_even(range) {
                    let small = part.to_ascii_lowercase();
                    prop_assert_eq!(&small[folded_plain(small.as_bytes())], fold(part));
                } else {
                    let plain = |c: char| matches!(c, ' '..='~') && c != '`' && c != '&';
                    prop_assert!(!part.chars().all(plain) || part.contains("  ") || text[..cuts[0]].ends_with(' '));
                }
            }
        }
    }
}
