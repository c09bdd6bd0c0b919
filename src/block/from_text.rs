//! Plain text to blocks: lines, paragraphs of hard-wrapped lines, and the pieces of glued lines.
//!
//! Spans are bytes of the decoded input and together hold every character that is not white space. A line whose
//! sentences were glued together by an extractor (`logged inPlease refresh`) is cut at the joint; pieces that are
//! both kept come out joined again, exactly as they were.

use super::marks::Marks;
use super::outline::Outline;
use super::{Block, Blocks, Gap, Marker, words};
use crate::article::{BlockKind, Degraded, Format};
use crate::limits::Limits;
use crate::normalize::is_dropped;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// Segments a text.
pub fn segment<'a>(text: Cow<'a, str>, limits: &Limits) -> Blocks<'a> {
    let lines = lines(&text);
    let wrapped = is_hard_wrapped(&text, &lines);
    let marks = Marks::of(&text);
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
            _ => push_pieces(&mut items, &marks, line),
        }
    }
    for item in &mut items {
        item.source = item.start..item.end;
        item.words = words::count_in(&marks, item.range()) as u32;
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

fn push_pieces(items: &mut Vec<Block>, marks: &Marks<'_>, line: &Line) {
    let (mut start, mut gap) = (line.start, line.gap);
    for joint in joints(marks, line.start..line.end) {
        items.push(block(start, joint, gap));
        (start, gap) = (joint, Gap::Joined);
    }
    items.push(block(start, line.end, gap));
}

/// Where sentences are glued in a line: the end of a small word, or an end mark with perhaps a closing quote, and at
/// once a capital that begins a word. `iPhone`, `eBay`, `McDonald` and `YouTube` are no joints: their first part is
/// one letter, or begins with a capital and is short. Each piece has [`PIECE_WORDS`] or more. Bytes of the text.
pub fn joints(marks: &Marks<'_>, line: Range<usize>) -> Vec<usize> {
    if !may_be_glued(marks, line.clone()) {
        return Vec::new();
    }
    let mut joints = joints_of_glued(&marks.text()[line.clone()]);
    joints.iter_mut().for_each(|joint| *joint += line.start);
    joints
}

fn joints_of_glued(line: &str) -> Vec<usize> {
    let ascii = &*ASCII_TRAITS;
    let mut candidates = Vec::new();
    // A capital after an end, which is a candidate if what comes next says so.
    let mut capital_after_end = None;
    // Words begun so far; the letters of a small word, which may begin with a capital.
    let (mut words, mut letters, mut capital) = (0, 0, false);
    let (mut earlier, mut last) = (Traits::SPACE, Traits::SPACE);
    for (at, c) in line.char_indices() {
        let now = ascii.get(c as usize).copied().unwrap_or_else(|| Traits::of(c));
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
        let fits = here - before >= PIECE_WORDS && words + 1 - here >= PIECE_WORDS;
        before = if fits { here - 1 } else { before };
        fits
    });
    candidates.into_iter().map(|(at, _)| at).collect()
}

/// What is asked of a character where sentences may be glued.
#[derive(Clone, Copy)]
struct Traits(u16);

/// Those of ASCII, which most characters are: the tables of Unicode take longer.
static ASCII_TRAITS: LazyLock<[Traits; 128]> =
    LazyLock::new(|| std::array::from_fn(|byte| Traits::of(char::from(byte as u8))));

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

/// True when sentences may be glued in a line: a capital, or what may be one, follows at once on something that may end one.
fn may_be_glued(marks: &Marks<'_>, line: Range<usize>) -> bool {
    let text = marks.text().as_bytes();
    let start = line.start;
    let is_small = |byte: u8| byte.is_ascii_lowercase() || byte >= 0x80 || byte.is_ascii_control();
    let may_end = |at: usize| match text[at - 1] {
        // One small letter alone ends no word.
        b'a'..=b'z' => at > start + 1 && is_small(text[at - 2]),
        b'.' | b'!' | b'?' | b':' => true,
        b'"' | b')' => at > start + 1 && (matches!(text[at - 2], b'.' | b'!' | b'?') || is_small(text[at - 2])),
        // Dashes and opening quotation marks.
        0x93 | 0x94 | 0x98 | 0x9c | 0x9e => !text[start..at - 1].ends_with(&[0xe2, 0x80]),
        b'\t' => false,
        byte => byte >= 0x80 || byte.is_ascii_control(),
    };
    marks.glued(line).any(|at| may_begin(&marks.text()[at..]) && may_end(at))
}

/// True for text that begins with a capital and, for all that its first bytes say, goes on as a word or a sentence does.
fn may_begin(text: &str) -> bool {
    let bytes = text.as_bytes();
    let next = bytes.get(1).copied().unwrap_or_default();
    let (is_capital, next) = match bytes[0] {
        b'A'..=b'Z' => (true, next),
        _ => {
            let mut chars = text.chars();
            let is_capital = chars.next().is_some_and(char::is_uppercase);
            (is_capital, chars.as_str().bytes().next().unwrap_or_default())
        }
    };
    let goes_on = next.is_ascii_lowercase() || matches!(next, b' ' | b'\'' | b'&') || !(b' '..0x7f).contains(&next);
    is_capital && goes_on
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
    fn every_capital_is_one() {
        for capital in '\0'..=char::MAX {
            assert_eq!(may_begin(&format!("{capital}é")), capital.is_uppercase(), "{capital}");
        }
    }

    fn may_be_glued_in(line: &str) -> bool {
        may_be_glued(&Marks::of(line), 0..line.len())
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
            assert!(may_be_glued_in(line), "{line}");
        }
        assert!(!may_be_glued_in("The café “Orion” – in the USA (Ohio) – opens. He said: “No.”"));
    }

    proptest! {
        #[test]
        fn what_may_not_be_glued_has_no_joints(line in "[ab A-CéÉßдДёѢ.!:\"”’)»…&'\u{200b}\u{1}]{0,24}") {
            prop_assert!(may_be_glued_in(&line) || joints_of_glued(&line).is_empty());
            // What stands around a line is none of its business.
            let text = format!("one.\n{line}\nA");
            let joints: Vec<usize> = joints(&Marks::of(&text), 5..5 + line.len()).into_iter().map(|at| at - 5).collect();
            prop_assert_eq!(joints, joints_of_glued(&line));
        }
    }
}
