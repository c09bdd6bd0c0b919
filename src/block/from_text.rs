//! Plain text to blocks: lines, paragraphs of hard-wrapped lines, and the pieces of glued lines.
//!
//! Spans are bytes of the decoded input and together hold every character that is not white space. A line whose
//! sentences were glued together by an extractor (`logged inPlease refresh`) is cut at the joint; pieces that are
//! both kept come out joined again, exactly as they were.

use super::outline::Outline;
use super::{Block, Blocks, Gap, Marker, words};
use crate::article::{BlockKind, Degraded, Format};
use crate::limits::Limits;
use crate::normalize::is_dropped;
use std::borrow::Cow;

/// Segments a text.
pub fn segment<'a>(text: Cow<'a, str>, limits: &Limits) -> Blocks<'a> {
    let lines = lines(&text);
    let wrapped = is_hard_wrapped(&text, &lines);
    let mut items: Vec<Block> = Vec::with_capacity(lines.len().min(limits.max_blocks));
    let mut degraded = Vec::new();
    for line in &lines {
        let full = items.len() >= limits.max_blocks;
        if full && degraded.is_empty() {
            degraded.push(Degraded::Blocks);
        }
        match items.last_mut() {
            Some(last) if full || wrapped && line.gap == Gap::Line => last.end = line.end as u32,
            _ if wrapped => items.push(block(line.start, line.end, line.gap)),
            _ => push_pieces(&mut items, &text, line),
        }
    }
    for item in &mut items {
        item.source = item.start..item.end;
        item.words = words::count(&text[item.range()]) as u32;
    }
    Blocks { format: Format::Text, text, items, outline: Outline::default(), degraded }
}

/// A line that is not blank.
pub struct Line {
    /// Its first byte.
    pub start: usize,
    /// One past its last byte that is no white space.
    pub end: usize,
    gap: Gap,
}

fn block(start: usize, end: usize, gap: Gap) -> Block {
    Block {
        start: start as u32,
        end: end as u32,
        source: 0..0,
        kind: BlockKind::Paragraph,
        gap,
        marker: Marker::None,
        indent: 0,
        words: 0,
        link_words: 0,
        hidden: false,
        noscript: false,
        element: 0,
    }
}

/// The lines that hold more than white space; LF, CRLF and CR end a line, so does a line or paragraph separator.
pub fn lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let (mut start, mut gap) = (0, Gap::Paragraph);
    let mut push = |start: usize, end: usize| {
        let line = &text[start..end];
        let content = line.trim_end_matches(|c: char| c.is_whitespace() || is_dropped(c));
        if content.is_empty() {
            gap = Gap::Paragraph;
        } else {
            lines.push(Line { start, end: start + content.len(), gap });
            gap = Gap::Line;
        }
    };
    // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
    for at in memchr::memchr3_iter(b'\n', b'\r', 0xe2, bytes) {
        let length = match &bytes[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
            _ => 0,
        };
        if length > 0 && at >= start {
            push(start, at);
            start = at + length;
        }
    }
    push(start, bytes.len());
    lines
}

/// Words that a piece must have: names such as `iPhone` and `McDonald` are no joints.
const PIECE_WORDS: usize = 2;

fn push_pieces(items: &mut Vec<Block>, text: &str, line: &Line) {
    let (mut start, mut gap) = (line.start, line.gap);
    for joint in joints(&text[line.start..line.end]) {
        items.push(block(start, line.start + joint, gap));
        (start, gap) = (line.start + joint, Gap::Joined);
    }
    items.push(block(start, line.end, gap));
}

/// Where sentences are glued in a line: the end of a small word, or an end mark with perhaps a closing quote, and at
/// once a capital that begins a word. `iPhone`, `eBay`, `McDonald` and `YouTube` are no joints: their first part is
/// one letter, or begins with a capital and is short. Each piece has [`PIECE_WORDS`] or more.
pub fn joints(line: &str) -> Vec<usize> {
    if !may_be_glued(line.as_bytes()) {
        return Vec::new();
    }
    joints_of_glued(line)
}

fn joints_of_glued(line: &str) -> Vec<usize> {
    let mut candidates = Vec::new();
    // Words begun so far; the letters of a small word, which may begin with a capital.
    let (mut words, mut letters, mut capital) = (0, 0, false);
    let (mut earlier, mut last) = (' ', ' ');
    let mut chars = line.char_indices().filter(|&(_, c)| !is_dropped(c)).peekable();
    while let Some((at, c)) = chars.next() {
        let small_word = letters >= if capital { MIN_CAPITAL_LETTERS } else { MIN_SMALL_LETTERS };
        let closes = matches!(last, '”' | '"' | '’' | ')' | '»') && words::ends_sentence(earlier);
        let ends = small_word || matches!(last, '.' | '!' | '?' | '…' | ':') || closes;
        // A reference that an extractor left may be a space.
        let is_begun = |next: char| next.is_lowercase() || next.is_whitespace() || matches!(next, '\'' | '&');
        if ends && c.is_uppercase() && chars.peek().is_some_and(|&(_, next)| is_begun(next)) {
            candidates.push((at, words));
        }
        words += usize::from(!c.is_whitespace() && last.is_whitespace());
        let goes_on = c.is_lowercase() && (letters > 0 || last.is_uppercase() || !last.is_alphanumeric());
        capital = goes_on && (capital || last.is_uppercase());
        letters = if goes_on { letters + 1 } else { 0 };
        (earlier, last) = (last, c);
    }
    // The word that a joint cuts counts on both sides.
    let mut before = 0;
    candidates.retain(|&(_, here)| {
        let fits = here - before >= PIECE_WORDS && words + 1 - here >= PIECE_WORDS;
        before = if fits { here - 1 } else { before };
        fits
    });
    candidates.into_iter().map(|(at, _)| at).collect()
}

/// True when sentences may be glued in a line: a capital, or what may be one, follows at once on something that may end one.
fn may_be_glued(line: &[u8]) -> bool {
    const STRIDE: usize = 32;
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
    // Many bytes at once, which is vector code, are faster than one after the other.
    // Comparisons put together by `|`: of `matches!` on marks the compiler makes a test of bits, which is none.
    let is_suspect = |last: u8, at: u8| {
        let is_mark =
            (last == b'.') | (last == b'!') | (last == b'?') | (last == b':') | (last == b'"') | (last == b')');
        let may_close = last.is_ascii_lowercase() | !(b' '..0x7f).contains(&last) | is_mark;
        let has_no_capitals =
            (at.wrapping_sub(0xd7) <= 9) | (at.wrapping_sub(0xe3) <= 6) | (at.wrapping_sub(0xeb) <= 3);
        (at.is_ascii_uppercase() | (at >= 0xc3) & !has_no_capitals) & may_close
    };
    (1..line.len()).step_by(STRIDE).any(|from| {
        let end = line.len().min(from + STRIDE);
        let pairs = line[from - 1..end - 1].iter().zip(&line[from..end]);
        let is_suspected = pairs.fold(false, |suspected, (last, at)| suspected | is_suspect(*last, *at));
        is_suspected && (from..end).any(|at| may_be_capital(&line[at..]) && may_end(at))
    })
}

/// True for text that may begin with a capital; never false for one that does.
fn may_be_capital(text: &[u8]) -> bool {
    let next = text.get(1).copied().unwrap_or_default();
    match text[0] {
        b'A'..=b'Z' => true,
        // Small letters and marks of Latin-1.
        0xc3 => next < 0x9f,
        // Cyrillic.
        0xd0 => next < 0xb0,
        0xd1 => next >= 0xa0,
        // Hebrew to Thai; Chinese, Japanese and Korean; private use: without capitals.
        0xd7..=0xe0 | 0xe3..=0xe9 | 0xeb..=0xee => false,
        // Quotation marks and dashes.
        0xe2 => next != 0x80,
        byte => byte > 0xc3,
    }
}

/// Letters of a small word before a joint, at least.
const MIN_SMALL_LETTERS: usize = 2;
/// The same after a capital.
const MIN_CAPITAL_LETTERS: usize = 6;

/// Lengths of a line, in characters, that a program wraps at.
const WRAP_CHARS: std::ops::RangeInclusive<usize> = 50..=100;
/// Line pairs that must be seen before a page can be called hard-wrapped.
const WRAP_PAIRS: usize = 6;

/// True when most lines that have a neighbour below were broken in the middle of a sentence.
///
/// Verse, lists and headers break at the end of a thought: their lines differ more in length, and the next begins
/// with a capital.
pub fn is_hard_wrapped(text: &str, lines: &[Line]) -> bool {
    const SAMPLE: usize = 400;
    let (mut pairs, mut broken) = (0, 0);
    for pair in lines.windows(2).filter(|pair| pair[1].gap == Gap::Line).take(SAMPLE) {
        let (line, next) = (&text[pair[0].start..pair[0].end], &text[pair[1].start..pair[1].end]);
        let in_sentence = !line.ends_with(|c: char| words::ends_sentence(c) || c == ':');
        let goes_on = next.starts_with(|c: char| !c.is_uppercase());
        pairs += 1;
        let length = line.chars().count();
        broken += usize::from(WRAP_CHARS.contains(&length) && (in_sentence || goes_on));
    }
    pairs >= WRAP_PAIRS && broken * 10 >= pairs * 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    #[test]
    fn every_capital_may_be_one() {
        for capital in ('\0'..=char::MAX).filter(|c| c.is_uppercase()) {
            assert!(may_be_capital(capital.to_string().as_bytes()), "{capital}");
        }
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
            assert!(!joints_of_glued(line).is_empty(), "{line}");
            assert!(may_be_glued(line.as_bytes()), "{line}");
        }
        assert!(!may_be_glued("The café “Orion” – in the USA (Ohio) – opens. He said: “No.”".as_bytes()));
    }

    proptest! {
        #[test]
        fn what_may_not_be_glued_has_no_joints(line in "[ab A-CéÉßд.!:\"”’)»…&'\u{200b}\u{1}]{0,24}") {
            prop_assert!(may_be_glued(line.as_bytes()) || joints_of_glued(&line).is_empty());
        }
    }
}
