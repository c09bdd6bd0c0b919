//! Byte ranges to lines, columns and the piece of a line that people are shown.
//!
//! All bytes that are asked about are worked out in one pass over the text, since a page may be one long line with
//! thousands of findings. Columns are counted in characters for people and in UTF-16 units for the formats that want
//! them. A line that is longer than a screen shows is cut around the finding.

use std::ops::Range;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Column in UTF-16 units, from 1.
    pub utf16: u32,
}

/// A source line, or the part of it around a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line without its end.
    pub text: String,
    /// The bytes of `text` that belong to the finding.
    pub mark: Range<usize>,
    /// True when the line begins before `text`.
    pub cut_before: bool,
    /// True when the line goes on after `text`.
    pub cut_after: bool,
}

/// Bytes of a line that are shown before and after the start of a finding.
const BEFORE_BYTES: usize = 40;
const AFTER_BYTES: usize = 200;

/// The places of some bytes of a text.
pub(super) struct Places<'t> {
    text: &'t str,
    /// Bytes in order, each with its position and the first byte of its line.
    known: Vec<(usize, Position, usize)>,
}

impl<'t> Places<'t> {
    /// Works out the places of `bytes`, which stand on character boundaries.
    pub(super) fn new(text: &'t str, mut bytes: Vec<usize>) -> Places<'t> {
        bytes.sort_unstable();
        bytes.dedup();
        let mut known = Vec::with_capacity(bytes.len());
        let mut at = Position { line: 1, column: 1, utf16: 1 };
        let (mut from, mut start) = (0, 0);
        for byte in bytes {
            let passed = &text[from..byte];
            let lines = memchr::memchr_iter(b'\n', passed.as_bytes()).count();
            if let Some(end) = memchr::memrchr(b'\n', passed.as_bytes()) {
                start = from + end + 1;
                at = Position { line: at.line.saturating_add(number(lines)), column: 1, utf16: 1 };
            }
            let passed = &text[from.max(start)..byte];
            at.column = at.column.saturating_add(number(passed.chars().count()));
            at.utf16 = at.utf16.saturating_add(number(passed.chars().map(char::len_utf16).sum()));
            known.push((byte, at, start));
            from = byte;
        }
        Places { text, known }
    }

    fn get(&self, byte: usize) -> (Position, usize) {
        let at = self.known.partition_point(|(known, ..)| *known < byte);
        let (_, position, start) = self.known[at];
        (position, start)
    }

    /// Line and columns of a byte that was asked about.
    pub(super) fn position(&self, byte: usize) -> Position {
        self.get(byte).0
    }

    /// The line around the start of a range.
    pub(super) fn excerpt(&self, range: &Range<usize>) -> Excerpt {
        let line = self.get(range.start).1;
        let from = match range.start - line {
            0..=BEFORE_BYTES => line,
            _ => self.text.floor_char_boundary(range.start - BEFORE_BYTES),
        };
        let near = &self.text[range.start..self.text.floor_char_boundary(range.start + AFTER_BYTES)];
        let end = memchr::memchr(b'\n', near.as_bytes());
        let shown = end.map_or(near, |end| near[..end].trim_end_matches('\r'));
        let to = range.start + shown.len();
        Excerpt {
            text: self.text[from..to].to_owned(),
            mark: range.start - from..range.end.min(to) - from,
            cut_before: from > line,
            cut_after: end.is_none() && to < self.text.len(),
        }
    }
}

/// A count that does not wrap; documents are smaller.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_utf16_units() {
        let text = "one\n😀é two\r\nthree";
        let [two, three] = ["two", "three"].map(|word| text.find(word).unwrap());
        let places = Places::new(text, vec![text.len(), three, two, 1, two]);
        assert_eq!(places.position(two), Position { line: 2, column: 4, utf16: 5 });
        assert_eq!(places.position(three), Position { line: 3, column: 1, utf16: 1 });
        assert_eq!(places.position(1), Position { line: 1, column: 2, utf16: 2 });
        assert_eq!(places.position(text.len()), Position { line: 3, column: 6, utf16: 6 });
    }

    #[test]
    fn an_excerpt_is_the_line_and_of_a_long_one_what_is_near() {
        let text = format!("short\r\n{} husk {}\nlast", "é".repeat(100), "b".repeat(500));
        let excerpt = |word: &str| {
            let range = text.find(word).map(|at| at..at + word.len()).unwrap();
            Places::new(&text, vec![range.start, range.end]).excerpt(&range)
        };
        let whole = Excerpt { text: "short".to_owned(), mark: 0..5, cut_before: false, cut_after: false };
        assert_eq!(excerpt("short"), whole);
        assert_eq!(excerpt("last").text, "last");
        let husk = excerpt("husk");
        assert_eq!(&husk.text[husk.mark.clone()], "husk");
        assert!(husk.cut_before && husk.cut_after && husk.text.len() < 250);
    }
}
