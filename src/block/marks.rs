//! What every byte of a text is asked, told of all of them at once.
//!
//! Most lines are plain, glue no sentences and are as long as they look, and vector code sees it of many bytes in the time that
//! one takes alone. So the whole text is marked once, some bits for each byte of it, and its lines are asked for by their
//! ranges. A mark says that a line must be looked at; without one there is nothing to see.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, mask8x64, u8x64};
use std::ops::Range;

/// Bytes whose marks stand together.
const STRIDE: usize = 64;

/// The marks of so many bytes in a row, the first of them in the lowest bits.
#[derive(Clone, Copy, Default)]
struct Stride {
    /// The byte may begin a sentence that is glued to what stands before.
    glued: u64,
    /// The byte begins a word, by all looks.
    begun: u64,
    /// The byte begins a character of which two may make a word.
    dense: u64,
    /// Folding makes something else of the byte than its small letter.
    other: u64,
    /// The byte is white space of ASCII.
    space: u64,
    /// The byte is a letter or digit of ASCII.
    letter: u64,
    /// The byte is of a character beyond ASCII that may be more than a dash or a quotation mark.
    high: u64,
}

/// The marks of a text.
pub struct Marks<'t> {
    text: &'t str,
    strides: Vec<Stride>,
}

/// What the marks of a range say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked {
    /// Words that it has at least: those that begin with a letter of ASCII, Latin or Cyrillic after a space, and half of most
    /// Chinese characters.
    pub least_words: usize,
    /// True when folding makes its letters small and no more, but for a space or a bullet at its start and a space at its
    /// end.
    pub is_plain: bool,
}

impl<'t> Marks<'t> {
    /// Marks a text.
    pub fn of(text: &'t str) -> Marks<'t> {
        let mut strides = vec![Stride::default(); text.len().div_ceil(STRIDE)];
        dispatch!(Level::new(), simd => mark(simd, text.as_bytes(), &mut strides));
        Marks { text, strides }
    }

    /// The text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Says what the marks of a line, or of a part of one, say.
    pub fn in_range(&self, range: Range<usize>) -> Marked {
        // The first byte has no neighbour before it.
        let (mut other, mut words, mut dense) = (0, 0, 0);
        for (stride, mask, _) in self.strides(range.start + 1..range.end) {
            other |= stride.other & mask;
            words += (stride.begun & mask).count_ones();
            dense += (stride.dense & mask).count_ones();
        }
        let first = self.text.as_bytes().get(range.start).copied().unwrap_or_default();
        Marked {
            least_words: (words + dense / 2) as usize,
            is_plain: other == 0 && !range.is_empty() && !is_other(first),
        }
    }

    /// The bytes of the range at which a sentence may be glued to what stands before, from the range's second byte on.
    pub fn glued(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        self.strides(range.start + 1..range.end).flat_map(|(stride, mask, start)| {
            let mut left = stride.glued & mask;
            std::iter::from_fn(move || {
                let at = (left != 0).then(|| start + left.trailing_zeros() as usize);
                left &= left.wrapping_sub(1);
                at
            })
        })
    }

    /// The words of a range of ASCII, dashes and quotation marks; `None` for other ranges.
    pub fn plain_words(&self, range: Range<usize>) -> Option<usize> {
        let mut counter = WordCounter::default();
        self.strides(range).for_each(|(stride, mask, _)| counter.add(stride, mask));
        counter.words()
    }

    /// The strides that a range reaches into, each with the bits that are of the range and its first byte.
    fn strides(&self, range: Range<usize>) -> impl Iterator<Item = (&Stride, u64, usize)> {
        let Range { start, end } = range;
        let first = start / STRIDE;
        let strides = self.strides.get(first..end.div_ceil(STRIDE)).unwrap_or_default();
        strides.iter().zip(first..).map(move |(stride, at)| {
            let begin = at * STRIDE;
            let from = u64::MAX << start.saturating_sub(begin).min(STRIDE - 1);
            let until = u64::MAX >> (begin + STRIDE).saturating_sub(end).min(STRIDE - 1);
            (stride, from & until, begin)
        })
    }
}

// Nothing but loops and functions that are always inlined: what the compiler keeps apart has no vector instructions.
#[inline(always)]
fn mark<S: Simd>(simd: S, text: &[u8], strides: &mut [Stride]) {
    let mut window = Window::new(text);
    for stride in strides {
        *stride = window.next(simd).marks();
    }
}

#[inline(always)]
fn count<S: Simd>(simd: S, text: &[u8]) -> Option<usize> {
    let mut counter = WordCounter::default();
    let (mut window, mut left) = (Window::new(text), text.len());
    while left > 0 {
        let (space, letter, high) = window.next(simd).classes();
        let mask = u64::MAX >> STRIDE.saturating_sub(left).min(STRIDE - 1);
        counter.add(&Stride { space, letter, high, ..Stride::default() }, mask);
        left = left.saturating_sub(STRIDE);
    }
    counter.words()
}

/// Counts words by the marks of a text's strides, one after the other.
struct WordCounter {
    words: u32,
    /// The bytes of characters that must be looked at one by one.
    high: u64,
    /// 1 when a word may begin with the next byte: after white space, or marks behind it.
    is_open: u64,
}

impl Default for WordCounter {
    fn default() -> Self {
        WordCounter { words: 0, high: 0, is_open: 1 }
    }
}

impl WordCounter {
    /// Adds those of a stride's bytes that are in the mask, which are in a row; only the first stride has others before them,
    /// and the last others behind.
    #[inline(always)]
    fn add(&mut self, stride: &Stride, mask: u64) {
        let before = !mask & mask.wrapping_sub(1);
        let space = stride.space & mask | before;
        let is_mark = mask & !(stride.space | stride.letter);
        let open = space << 1 | self.is_open;
        // The sum carries what is open to the end of the marks that follow.
        let (sum, carried) = is_mark.overflowing_add(open & is_mark);
        let open_after_marks = sum & !is_mark;
        self.words += (stride.letter & mask & (open | open_after_marks)).count_ones();
        self.high |= stride.high & mask;
        self.is_open = space >> 63 | u64::from(carried);
    }

    #[inline(always)]
    fn words(&self) -> Option<usize> {
        (self.high == 0).then_some(self.words as usize)
    }
}

/// The words of a text of ASCII, dashes and quotation marks; `None` for other texts.
pub fn plain_words(text: &str) -> Option<usize> {
    dispatch!(Level::new(), simd => count(simd, text.as_bytes()))
}

/// Neighbours of a byte that are looked at, on either side.
const REACH: usize = 2;

/// The bytes of a text by strides, each with its neighbours; none are zero.
struct Window<'t> {
    text: &'t [u8],
    /// Where the next stride begins.
    begin: usize,
    bytes: [u8; REACH + STRIDE + REACH],
}

impl<'t> Window<'t> {
    #[inline(always)]
    fn new(text: &'t [u8]) -> Self {
        Window { text, begin: 0, bytes: [0; REACH + STRIDE + REACH] }
    }

    #[inline(always)]
    fn next<S: Simd>(&mut self, simd: S) -> Bytes<S> {
        let (before, rest) = self.bytes.split_at_mut(REACH);
        before.copy_from_slice(&rest[STRIDE - REACH..STRIDE]);
        match self.text.get(self.begin..self.begin + STRIDE + REACH) {
            Some(text) => rest.copy_from_slice(text),
            None => {
                let text = &self.text[self.begin..];
                rest[..text.len()].copy_from_slice(text);
                rest[text.len()..].fill(0);
            }
        }
        self.begin += STRIDE;
        let at = &self.bytes;
        Bytes([
            u8x64::from_slice(simd, &at[0..STRIDE]),
            u8x64::from_slice(simd, &at[1..1 + STRIDE]),
            u8x64::from_slice(simd, &at[2..2 + STRIDE]),
            u8x64::from_slice(simd, &at[3..3 + STRIDE]),
            u8x64::from_slice(simd, &at[4..4 + STRIDE]),
        ])
    }
}

/// The bytes of a stride and their neighbours, from those two places before to those two places after.
struct Bytes<S: Simd>([u8x64<S>; 2 * REACH + 1]);

#[inline(always)]
fn is<S: Simd>(bytes: u8x64<S>, byte: u8) -> mask8x64<S> {
    bytes.simd_eq(byte)
}

#[inline(always)]
fn within<S: Simd>(bytes: u8x64<S>, first: u8, last: u8) -> mask8x64<S> {
    (bytes - first).simd_le(last - first)
}

impl<S: Simd> Bytes<S> {
    /// The white space and the letters and digits of ASCII, and the bytes of other characters that may be letters.
    #[inline(always)]
    fn classes(&self) -> (u64, u64, u64) {
        let [far, before, at, after, far_after] = self.0;
        let space = is(at, b' ') | within(at, b'\t', b'\n') | within(at, 0x0c, b'\r');
        let letter = within(at | 0x20, b'a', b'z') | within(at, b'0', b'9');
        // U+2010 to U+2027, dashes, quotation marks and dots: E2 80 90 to E2 80 A7.
        let mark = is(at, 0xe2) & is(after, 0x80) & within(far_after, 0x90, 0xa7)
            | is(before, 0xe2) & is(at, 0x80) & within(after, 0x90, 0xa7)
            | is(far, 0xe2) & is(before, 0x80) & within(at, 0x90, 0xa7);
        let high = at.simd_ge(0x80) & !mark;
        (space.to_bitmask(), letter.to_bitmask(), high.to_bitmask())
    }

    /// All marks.
    #[inline(always)]
    fn marks(&self) -> Stride {
        let [_, before, at, after, _] = self.0;
        let small = within(before, b'a', b'z');
        let closes = is(before, b'.') | is(before, b'!') | is(before, b'?') | is(before, b':');
        let closes = closes | is(before, b'"') | is(before, b')');
        let may_end = small | closes | !within(before, b' ', 0x7e);
        // First bytes of Hebrew to Thai, of Chinese, Japanese and Korean, and of private use: without capitals.
        let has_no_capitals = within(at, 0xd7, 0xe0) | within(at, 0xe3, 0xe9) | within(at, 0xeb, 0xee);
        // The small letters of Latin-1 and of Cyrillic, all but a few.
        let is_small = is(at, 0xc3) & after.simd_ge(0x9f)
            | is(at, 0xd0) & after.simd_ge(0xb0)
            | is(at, 0xd1) & after.simd_lt(0xa0);
        let may_begin = within(at, b'A', b'Z') | at.simd_ge(0xc3) & !has_no_capitals & !is_small;
        let may_be_letter = within(at | 0x20, b'a', b'z') | within(at, 0xc4, 0xc9) | is(at | 1, 0xd1);
        let after_space = is(before, b' ');
        let other = !within(at, b' ', 0x7e) | is(at, b'`') | is(at, b'&') | after_space & is(at, b' ');
        let (space, letter, high) = self.classes();
        Stride {
            glued: (may_end & may_begin).to_bitmask(),
            begun: (after_space & may_be_letter).to_bitmask(),
            dense: within(at, 0xe5, 0xe8).to_bitmask(),
            other: other.to_bitmask(),
            space,
            letter,
            high,
        }
    }
}

fn is_other(byte: u8) -> bool {
    !(b' '..0x7f).contains(&byte) || matches!(byte, b'`' | b'&')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::words;
    use proptest::prelude::*;

    #[test]
    fn a_range_is_asked_without_what_stands_around_it() {
        let text = "a\u{a0}Be it so. And\tso";
        let marks = Marks::of(text);
        assert_eq!(marks.in_range(3..12), Marked { least_words: 2, is_plain: true });
        assert_eq!(marks.in_range(0..12), Marked { least_words: 2, is_plain: false });
        assert_eq!(marks.glued(0..12).collect::<Vec<_>>(), [3]);
        assert_eq!(marks.glued(3..12).count(), 0);
        assert!(!marks.in_range(12..text.len()).is_plain && !marks.in_range(5..5).is_plain);
    }

    #[test]
    fn what_one_byte_cannot_count_is_counted() {
        let text = "a ".repeat(1_000);
        assert_eq!(Marks::of(&text).in_range(0..text.len()).least_words, 999);
    }

    proptest! {
        #[test]
        fn words_are_those_that_characters_tell(
            before in "[a-z .é]{0,70}",
            line in "([a-z]{1,9}|[ .(\n\u{b}“’–-]{0,3}|[0-9]{60}|[….]{30}|é|\u{2028}|\u{200b}){0,40}",
        ) {
            let text = format!("{before}{line}x y");
            let counted = Marks::of(&text).plain_words(before.len()..before.len() + line.len());
            prop_assert_eq!(counted, plain_words(&line));
            prop_assert!(counted.is_none_or(|counted| (counted, 0) == words::count_any(&line)));
            let is_other = line.contains(['é', '\u{2028}', '\u{200b}']);
            prop_assert!(counted.is_some() || is_other);
        }

        #[test]
        fn no_more_words_are_counted_than_there_are(line in "(\\PC| [a-zäжÉ中国]){0,40}") {
            prop_assert!(Marks::of(&line).in_range(0..line.len()).least_words <= words::count(&line));
        }

        #[test]
        fn what_is_plain_folds_to_its_small_letters(line in "([A-Ca-c.`&\u{7f}\t-]|  ?|é){0,12}") {
            let said = line.trim_matches([' ', '-']);
            let begin = line.len() - line.trim_start_matches([' ', '-']).len();
            if Marks::of(&line).in_range(begin..begin + said.len()).is_plain {
                prop_assert_eq!(words::fold(said), said.to_ascii_lowercase());
            }
        }
    }
}
