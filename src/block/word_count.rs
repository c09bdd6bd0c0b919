//! Words counted by many bytes at once.
//!
//! The words of most lines can be told by classes of bytes, and vector code sees those in the time that one byte takes alone.

use crate::stride::{self, STRIDE, Window, bits, is, shifted, within};
use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, mask8x64, u8x64};

/// The words of a text of ASCII, Latin and Cyrillic letters, dashes, quotation marks and common signs; `None` for other texts.
pub fn plain_words(text: &str) -> Option<usize> {
    dispatch!(Level::new(), simd => count(simd, text.as_bytes()))
}

// Nothing but loops and functions that are always inlined: what the compiler keeps apart has no vector instructions. Two loops
// and no branch in one: what both ways ask of a stride would be asked of each before it is known which way it goes.
#[inline(always)]
fn count<S: Simd>(simd: S, text: &[u8]) -> Option<usize> {
    let mut starts = WordStarts::default();
    let (mut begin, mut words) = (0, 0);
    if text.is_ascii() {
        while begin < text.len() {
            let classes = Classes::of_ascii(u8x64::from_slice(simd, stride::from(text, begin, &mut [0; STRIDE])));
            words += starts.next(classes, text.len() - begin).count_ones();
            begin += STRIDE;
        }
    } else {
        while begin < text.len() {
            let (classes, is_known) = Classes::of_any(simd, stride::window(text, begin, &mut [0; _]));
            if !is_known {
                return None;
            }
            words += starts.next(classes, text.len() - begin).count_ones();
            begin += STRIDE;
        }
    }
    Some(words as usize)
}

/// What the bytes of a stride are, a bit for each, the first in the lowest.
#[derive(Clone, Copy)]
pub struct Classes {
    /// White space of ASCII, and the space that does not break.
    pub space: u64,
    /// Bytes of letters and digits.
    letter: u64,
}

impl Classes {
    /// The classes of bytes of ASCII.
    #[inline(always)]
    pub fn of_ascii<S: Simd>(at: u8x64<S>) -> Classes {
        Classes { space: bits(space(at)), letter: bits(letter(at)) }
    }

    /// The classes of any bytes that others stand around; false when characters are in it that only their tables tell.
    #[inline(always)]
    pub fn of_any<S: Simd>(simd: S, window: &Window) -> (Classes, bool) {
        let (far, before, at) = (shifted(simd, window, -2), shifted(simd, window, -1), shifted(simd, window, 0));
        let (after, far_after) = (shifted(simd, window, 1), shifted(simd, window, 2));
        // U+2010 to U+2027, dashes, quotation marks and dots: E2 80 90 to E2 80 A7.
        let mark = is(at, 0xe2) & is(after, 0x80) & within(far_after, 0x90, 0xa7)
            | is(before, 0xe2) & is(at, 0x80) & within(after, 0x90, 0xa7)
            | is(far, 0xe2) & is(before, 0x80) & within(at, 0x90, 0xa7);
        let mark = mark | is(at, 0xc2) & follows_in_sign(after) | is(before, 0xc2) & follows_in_sign(at);
        let letter = letter(at) | begins_letter(at, after) | begins_letter(before, at);
        let hard_space = is(at, 0xc2) & is(after, 0xa0) | is(before, 0xc2) & is(at, 0xa0);
        let is_known = !(at.simd_ge(0x80) & !mark & !letter & !hard_space).any_true();
        (Classes { space: bits(space(at) | hard_space), letter: bits(letter) }, is_known)
    }
}

/// White space of ASCII.
#[inline(always)]
fn space<S: Simd>(at: u8x64<S>) -> mask8x64<S> {
    is(at, b' ') | within(at, b'\t', b'\n') | within(at, 0x0c, b'\r')
}

/// Letters and digits of ASCII.
#[inline(always)]
fn letter<S: Simd>(at: u8x64<S>) -> mask8x64<S> {
    within(at | 0x20, b'a', b'z') | within(at, b'0', b'9')
}

/// The second bytes of signs from U+00A1 to U+00BF that are no letters and no digits, those that most texts hold.
#[inline(always)]
fn follows_in_sign<S: Simd>(at: u8x64<S>) -> mask8x64<S> {
    within(at, 0xa1, 0xa9) | within(at, 0xab, 0xb1) | is(at, 0xbb) | is(at, 0xbf)
}

/// The first bytes of letters from U+00C0 to U+00FF, without the signs of multiplication and division, and from U+0100 to U+027F
/// and U+0400 to U+047F.
#[inline(always)]
fn begins_letter<S: Simd>(at: u8x64<S>, after: u8x64<S>) -> mask8x64<S> {
    is(at, 0xc3) & !is(after, 0x97) & !is(after, 0xb7) | within(at, 0xc4, 0xc9) | within(at, 0xd0, 0xd1)
}

/// Finds where words begin by the classes of a text's strides, one after the other.
pub struct WordStarts {
    /// 1 when a word may begin with the next byte: after white space, or marks behind it.
    is_open: u64,
}

impl Default for WordStarts {
    fn default() -> WordStarts {
        WordStarts { is_open: 1 }
    }
}

impl WordStarts {
    /// The bytes of a stride that words begin with; it has `left` bytes when these are fewer.
    #[inline(always)]
    pub fn next(&mut self, Classes { space, letter }: Classes, left: usize) -> u64 {
        let mask = u64::MAX >> STRIDE.saturating_sub(left);
        let is_mark = mask & !(space | letter);
        let open = space << 1 | self.is_open;
        // The sum carries what is open to the end of the marks that follow.
        let (sum, carried) = is_mark.overflowing_add(open & is_mark);
        let open_after_marks = sum & !is_mark;
        self.is_open = space >> 63 | u64::from(carried);
        letter & mask & (open | open_after_marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::words;
    use proptest::prelude::*;

    #[test]
    fn letters_that_are_known_are_letters() {
        for c in '\u{80}'..='\u{7ff}' {
            let counted = plain_words(&format!("a {c} b"));
            assert!(counted.is_none_or(|words| words == 2 + usize::from(c.is_alphanumeric())), "{c}");
        }
        assert_eq!(plain_words("à la forêt – øst, Łódź, дом"), Some(6));
        assert_eq!(plain_words("2 × 3"), None);
    }

    proptest! {
        #[test]
        fn words_are_those_that_characters_tell(
            line in "([a-z]{1,9}|[ .(\n\u{b}“’–-]{0,3}|[0-9]{60}|[….]{30}|[éЖśя×«°\u{a0}]|\u{2028}|\u{200b}){0,40}",
        ) {
            let counted = plain_words(&line);
            prop_assert!(counted.is_none_or(|counted| (counted, 0) == words::count_any(&line)));
            let is_other = line.contains(['×', '\u{2028}', '\u{200b}']);
            prop_assert!(counted.is_some() || is_other);
        }
    }
}
