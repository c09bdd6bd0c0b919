//! Plain text to blocks: lines, paragraphs of hard-wrapped lines, and the pieces of glued lines.
//!
//! Spans are bytes of the decoded input and together hold every character that is not white space. A line whose
//! sentences were glued together by an extractor (`logged inPlease refresh`) is cut at the joint, unless it is code; pieces
//! that are both kept come out joined again, exactly as they were.

use super::code::is_code;
use super::joints::Joints;
use super::outline::Outline;
use super::scan::{End, Scan};
use super::{Block, Blocks, Gap, Marker, words};
use crate::article::{BlockKind, Degraded, Format};
use crate::limits::Limits;
use crate::normalize::is_dropped;
use std::borrow::Cow;
use std::ops::Range;

/// Segments a text.
pub fn segment<'a>(text: Cow<'a, str>, limits: &Limits) -> Blocks<'a> {
    let scan = Scan::of(&text);
    let (pieces, is_full) = pieces(&scan, limits.max_blocks);
    let items = pieces.into_iter().map(|piece| {
        let (start, end) = (piece.start as u32, piece.end as u32);
        Block {
            start,
            end,
            source: start..end,
            kind: BlockKind::Paragraph,
            gap: piece.gap,
            marker: Marker::None,
            indent: 0,
            words: piece.words,
            link_words: 0,
            hidden: false,
            noscript: false,
            element: 0,
        }
    });
    let items = items.collect();
    let degraded = if is_full { vec![Degraded::Blocks] } else { Vec::new() };
    Blocks { format: Format::Text, text, items, outline: Outline::default(), degraded }
}

/// A part of a text that is one block.
pub struct Piece {
    /// Its first byte.
    start: usize,
    /// One past its last byte that is no white space.
    end: usize,
    /// What divides it from the one before.
    pub gap: Gap,
    /// Its words.
    pub words: u32,
}

impl Piece {
    /// Its bytes.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The lines of a text, the paragraphs of one whose lines a program wrapped, and what stands between the joints of glued lines.
/// With `max` of them it is full, which is said, and the last holds the rest.
pub fn pieces(scan: &Scan<'_>, max: usize) -> (Vec<Piece>, bool) {
    let lines = lines(scan);
    let wrapped = is_hard_wrapped(scan.text(), &lines);
    let mut joints = scan.joints();
    if !wrapped && joints.is_empty() && lines.len() <= max {
        return (lines, false);
    }
    let mut pieces: Vec<Piece> = Vec::with_capacity(lines.len().min(max));
    let mut is_full = false;
    for line in lines {
        is_full |= pieces.len() >= max;
        match pieces.last_mut() {
            Some(last) if is_full || wrapped && line.gap == Gap::Line => {
                last.end = line.end;
                last.words += line.words;
            }
            _ if wrapped => pieces.push(line),
            _ => push_pieces(&mut pieces, &mut joints, line, scan),
        }
    }
    (pieces, is_full)
}

/// The lines that hold more than white space; LF, CRLF and CR end a line, so does a line or paragraph separator.
fn lines(scan: &Scan<'_>) -> Vec<Piece> {
    let text = scan.text();
    let bytes = text.as_bytes();
    let mut lines = Vec::with_capacity(scan.ends().len());
    let (mut start, mut gap, mut before) = (0, Gap::Paragraph, &End::default());
    for after in scan.ends() {
        let line_end = after.at as usize;
        // It ends an empty line that was passed.
        if line_end < start {
            continue;
        }
        let is_ended = bytes[start..line_end].last().is_some_and(u8::is_ascii_graphic);
        let end = if is_ended { line_end } else { start + trimmed(&text[start..line_end]).len() };
        if start == end {
            gap = Gap::Paragraph;
        } else {
            let known = scan.words_between(before, after);
            let words = known.unwrap_or_else(|| words::count(&text[start..end]) as u32);
            lines.push(Piece { start, end, gap, words });
            gap = Gap::Line;
        }
        before = after;
        start = line_end + line_break(bytes, line_end);
        while let more = line_break(bytes, start)
            && more > 0
        {
            gap = Gap::Paragraph;
            start += more;
        }
    }
    lines
}

/// Bytes of what ends a line at a place of a text; none when nothing does.
fn line_break(text: &[u8], at: usize) -> usize {
    match text.get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
        _ => 0,
    }
}

/// A line without white space and characters that no article shows at its end.
fn trimmed(line: &str) -> &str {
    line.trim_end_matches(|c: char| c.is_whitespace() || is_dropped(c))
}

fn push_pieces(pieces: &mut Vec<Piece>, joints: &mut Joints<'_>, line: Piece, scan: &Scan<'_>) {
    let inner = joints.in_line(line.range());
    // In code a capital inside of a word is a part of its name.
    if inner.is_empty() || is_code(&scan.text()[line.range()]) {
        return pieces.push(line);
    }
    let (mut start, mut gap) = (line.start, line.gap);
    for end in inner.into_iter().chain([line.end]) {
        pieces.push(Piece { start, end, gap, words: scan.words(start..end) });
        (start, gap) = (end, Gap::Joined);
    }
}

/// Lengths of a line, in characters, that a program wraps at.
const WRAP_CHARS: std::ops::RangeInclusive<usize> = 50..=100;
/// Line pairs that must be seen before a page can be called hard-wrapped.
const WRAP_PAIRS: usize = 6;

/// True when most lines that have a neighbour below were broken in the middle of a sentence.
///
/// Verse, lists and headers break at the end of a thought: their lines differ more in length, and the next begins
/// with a capital.
fn is_hard_wrapped(text: &str, lines: &[Piece]) -> bool {
    const SAMPLE: usize = 400;
    // A character has up to four bytes.
    let may_be_long = |line: &str| (*WRAP_CHARS.start()..=4 * WRAP_CHARS.end()).contains(&line.len());
    let (mut pairs, mut broken) = (0, 0);
    for pair in lines.windows(2).filter(|pair| pair[1].gap == Gap::Line).take(SAMPLE) {
        let (line, next) = (&text[pair[0].range()], &text[pair[1].range()]);
        let in_sentence = || !line.ends_with(|c: char| words::ends_sentence(c) || c == ':');
        let goes_on = || next.starts_with(|c: char| !c.is_uppercase());
        let is_long = || WRAP_CHARS.contains(&line.chars().count());
        pairs += 1;
        broken += usize::from(may_be_long(line) && (in_sentence() || goes_on()) && is_long());
    }
    pairs >= WRAP_PAIRS && broken * 10 >= pairs * 7
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        let blocks = segment(Cow::Borrowed(text), &Limits::default());
        blocks.items.iter().map(|block| &text[block.range()]).collect()
    }

    #[test]
    fn glued_sentences_are_cut_at_the_joint() {
        assert_eq!(pieces("to be logged inPlease refresh it"), ["to be logged in", "Please refresh it"]);
        assert_eq!(pieces("One is here.Two is there"), ["One is here.", "Two is there"]);
        assert_eq!(pieces("“It is done.”Sign up now"), ["“It is done.”", "Sign up now"]);
    }

    #[test]
    fn names_with_inner_capitals_are_no_joints() {
        for line in ["He has an iPhone now", "the McDonald family", "eBay and YouTube are sites", "NaCl"] {
            assert_eq!(pieces(line), [line]);
        }
    }

    #[test]
    fn names_of_code_are_no_joints() {
        for line in [
            "import { useState } from 'react';",
            "<div className={ferryClass}>",
            "crossing = sheet.appendRow(lastFare)",
        ] {
            assert_eq!(pieces(line), [line]);
        }
    }

    #[test]
    fn every_kind_of_line_end_divides() {
        assert_eq!(pieces("a\r\nb\rc\nd\u{2028}e\n\n \u{a0}\nf"), ["a", "b", "c", "d", "e", "f"]);
    }

    #[test]
    fn wrapped_paragraphs_are_one_block() {
        let line = "a line of words that a program broke in the middle of a sentence as\n";
        let text = format!("{}end here.\n\n{}end here.\n", line.repeat(4), line.repeat(4));
        assert_eq!(pieces(&text).len(), 2);
    }

    #[test]
    fn verse_is_not_taken_for_wrapped_text() {
        let text = "The road goes up, the road goes down again\nAnd nobody can say where it will end,\n".repeat(8);
        assert_eq!(pieces(&text).len(), 16);
    }
}
