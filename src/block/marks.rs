//! What every byte of a text is asked, told of all of them at once.
//!
//! Most lines are plain, glue no sentences and are as long as they look, and vector code sees it of many bytes in the time that
//! one takes alone. So the whole text is marked once, a byte for each byte of it, and its lines are asked for by their
//! ranges. A mark says that a line must be looked at; without one there is nothing to see.

use fearless_simd::{Level, dispatch};
use std::ops::Range;

/// The byte may begin a sentence that is glued to what stands before.
const GLUED: u8 = 1;
/// The byte begins a word, by all looks.
const BEGUN: u8 = 1 << 1;
/// The byte begins a character of which two may make a word.
const DENSE: u8 = 1 << 2;
/// Folding makes something else of the byte than its small letter.
const OTHER: u8 = 1 << 3;

/// The marks of a text.
pub struct Marks<'t> {
    text: &'t str,
    marks: Vec<u8>,
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
        let bytes = text.as_bytes();
        let mut marks = vec![0; bytes.len()];
        dispatch!(Level::new(), simd => {
            // No function of `simd` is called: within, the compiler's own vector code may use its instructions.
            let _ = simd;
            mark(bytes, &mut marks);
        });
        Marks { text, marks }
    }

    /// The text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Says what the marks of a line, or of a part of one, say.
    pub fn in_range(&self, range: Range<usize>) -> Marked {
        /// Marks that one byte can count.
        const STRIDE: usize = 128;
        // The first byte has no neighbour before it.
        let marks = self.marks.get(range.start + 1..range.end).unwrap_or_default();
        let (mut all, mut words, mut dense) = (0, 0, 0);
        for marks in marks.chunks(STRIDE) {
            let (mut begun, mut dense_here) = (0u8, 0u8);
            for mark in marks {
                all |= mark;
                begun += (mark & BEGUN) >> 1;
                dense_here += (mark & DENSE) >> 2;
            }
            words += usize::from(begun);
            dense += usize::from(dense_here);
        }
        let first = self.text.as_bytes().get(range.start).copied().unwrap_or_default();
        Marked { least_words: words + dense / 2, is_plain: all & OTHER == 0 && !range.is_empty() && !is_other(first) }
    }

    /// The bytes of the range at which a sentence may be glued to what stands before, from the range's second byte on.
    pub fn glued(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        const STRIDE: usize = 32;
        let begin = range.start + 1;
        let marks = self.marks.get(begin..range.end).unwrap_or_default();
        let strides = marks.chunks(STRIDE).zip((begin..).step_by(STRIDE));
        let strides = strides.filter(|(marks, _)| marks.iter().fold(0, |all, mark| all | mark) & GLUED != 0);
        strides.flat_map(|(marks, begin)| {
            let glued = marks.iter().enumerate().filter(|(_, mark)| *mark & GLUED != 0);
            glued.map(move |(at, _)| begin + at)
        })
    }
}

/// Comparisons put together by `|` and `&`: of `matches!` and `&&` the compiler makes no vector code.
#[inline(always)]
fn mark(text: &[u8], marks: &mut [u8]) {
    let pairs = text.iter().zip(text.get(1..).unwrap_or_default());
    for ((before, at), mark) in pairs.zip(marks.get_mut(1..).unwrap_or_default()) {
        let (before, at) = (*before, *at);
        let small = before.wrapping_sub(b'a') < 26;
        let closes = (before == b'.') | (before == b'!') | (before == b'?') | (before == b':');
        let closes = closes | (before == b'"') | (before == b')');
        let may_end = small | closes | (before.wrapping_sub(b' ') >= 0x5f);
        // First bytes of Hebrew to Thai, of Chinese, Japanese and Korean, and of private use: without capitals.
        let has_no_capitals =
            (at.wrapping_sub(0xd7) <= 9) | (at.wrapping_sub(0xe3) <= 6) | (at.wrapping_sub(0xeb) <= 3);
        let may_begin = (at.wrapping_sub(b'A') < 26) | (at >= 0xc3) & !has_no_capitals;
        let is_letter = ((at | 0x20).wrapping_sub(b'a') < 26) | (at.wrapping_sub(0xc4) <= 5) | (at | 1 == 0xd1);
        let after_space = before == b' ';
        let is_dense = at.wrapping_sub(0xe5) <= 3;
        let is_other = is_other(at) | after_space & (at == b' ');
        *mark = u8::from(may_end & may_begin)
            | u8::from(after_space & is_letter) << 1
            | u8::from(is_dense) << 2
            | u8::from(is_other) << 3;
    }
}

#[inline(always)]
fn is_other(byte: u8) -> bool {
    (byte.wrapping_sub(b' ') >= 0x5f) | (byte == b'`') | (byte == b'&')
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
