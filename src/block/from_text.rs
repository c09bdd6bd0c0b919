//! Plain text to blocks: lines, paragraphs of hard-wrapped lines, and the pieces of glued lines.
//!
//! Spans are bytes of the decoded input and together hold every character that is not white space. A line whose
//! sentences were glued together by an extractor (`logged inPlease refresh`) is cut at the joint; pieces that are
//! both kept come out joined again, exactly as they were.

use super::outline::Outline;
use super::{Block, Blocks, Gap, Marker, words};
use crate::article::{BlockKind, Degraded, Format};
use crate::limits::Limits;
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
        item.words = words::count(&text[item.range()]) as u32;
    }
    Blocks { format: Format::Text, text, items, outline: Outline::default(), degraded }
}

/// A line that is not blank.
struct Line {
    start: usize,
    end: usize,
    gap: Gap,
}

fn block(start: usize, end: usize, gap: Gap) -> Block {
    Block {
        start: start as u32,
        end: end as u32,
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
fn lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let (mut start, mut gap) = (0, Gap::Paragraph);
    let mut push = |start: usize, end: usize| {
        let line = &text[start..end];
        let content = line.trim_end_matches(|c: char| c.is_whitespace() || is_invisible(c));
        if content.is_empty() {
            gap = Gap::Paragraph;
        } else {
            lines.push(Line { start, end: start + content.len(), gap });
            gap = Gap::Line;
        }
    };
    while start < bytes.len() {
        let rest = &bytes[start..];
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
        let separator = memchr::memmem::find(&rest[..end], b"\xe2\x80\xa8")
            .or_else(|| memchr::memmem::find(&rest[..end], b"\xe2\x80\xa9"));
        if let Some(at) = separator {
            push(start, start + at);
            start += at + 3;
            continue;
        }
        push(start, start + end);
        let is_crlf = rest[end..].starts_with(b"\r\n");
        start += end + 1 + usize::from(is_crlf);
    }
    lines
}

fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{2060}')
}

/// Words that a piece must have: names such as `iPhone` and `McDonald` are no joints.
const PIECE_WORDS: usize = 2;

fn push_pieces(items: &mut Vec<Block>, text: &str, line: &Line) {
    let (mut start, mut gap) = (line.start, line.gap);
    for joint in joints(&text[line.start..line.end]) {
        let at = line.start + joint;
        if has_words(&text[start..at]) && has_words(&text[at..line.end]) {
            items.push(block(start, at, gap));
            (start, gap) = (at, Gap::Joined);
        }
    }
    items.push(block(start, line.end, gap));
}

fn has_words(piece: &str) -> bool {
    piece.split_whitespace().nth(PIECE_WORDS - 1).is_some()
}

/// Where sentences may be glued in a line: the end of a small word, or an end mark with perhaps a closing quote, and
/// at once a capital that begins a word. `iPhone`, `eBay`, `McDonald` and `YouTube` are no joints: their first part is
/// one letter, or begins with a capital and is short.
fn joints(line: &str) -> impl Iterator<Item = usize> + '_ {
    let mut before = (' ', ' ');
    let (mut small_letters, mut in_small_word) = (0, false);
    let mut after_capital = false;
    let mut chars = line.char_indices().peekable();
    std::iter::from_fn(move || {
        while let Some((at, c)) = chars.next() {
            let (earlier, last) = before;
            before = (last, c);
            let closes = matches!(last, '”' | '"' | '’' | ')' | '»') && words::ends_sentence(earlier);
            let least = if after_capital { 6 } else { 2 };
            let ends = in_small_word && small_letters >= least || matches!(last, '.' | '!' | '?' | '…' | ':') || closes;
            let begins = c.is_uppercase()
                && chars.peek().is_some_and(|&(_, next)| next.is_lowercase() || next == ' ' || next == '\'');
            in_small_word = c.is_lowercase() && (in_small_word || last.is_uppercase() || !last.is_alphanumeric());
            after_capital = in_small_word && (after_capital || last.is_uppercase());
            small_letters = if in_small_word { small_letters + 1 } else { 0 };
            if ends && begins {
                return Some(at);
            }
        }
        None
    })
}

/// Lengths of a line, in characters, that a program wraps at.
const WRAP_CHARS: std::ops::RangeInclusive<usize> = 50..=100;
/// Line pairs that must be seen before a page can be called hard-wrapped.
const WRAP_PAIRS: usize = 6;

/// True when most lines that have a neighbour below were broken in the middle of a sentence.
///
/// Verse, lists and headers break at the end of a thought: their lines differ more in length, and the next begins
/// with a capital.
fn is_hard_wrapped(text: &str, lines: &[Line]) -> bool {
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
}
