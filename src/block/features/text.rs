//! What the text of a block says by itself, in any language.

use crate::article::BlockKind;
use crate::block::{Block, words};

/// Names of the features of a text.
pub(super) const NAMES: [&str; 33] = [
    "words",
    "free-words",
    "link-density",
    "bytes-a-word",
    "ends-sentence",
    "ends-colon",
    "ends-question",
    "ends-ellipsis",
    "sentence-ends",
    "commas",
    "digits",
    "capitals",
    "capital-words",
    "short-words",
    "starts-small",
    "starts-digit",
    "has-date",
    "has-price",
    "has-address",
    "has-arrow",
    "has-bar",
    "has-copyright",
    "quotes",
    "brackets",
    "heading",
    "item",
    "row",
    "quote",
    "code",
    "caption",
    "indent",
    "hidden",
    "noscript",
];

/// Bytes that are looked at; the shares of a long block do not change after them.
const SAMPLE: usize = 600;

/// The values of [`NAMES`].
pub(super) fn values(block: &Block, text: &str) -> [f32; NAMES.len()] {
    let sample = &text[..text.floor_char_boundary(SAMPLE)];
    let shape = Shape::of(sample);
    let letters = shape.letters.max(1) as f32;
    let words = shape.words.max(1) as f32;
    let is = |yes: bool| f32::from(u8::from(yes));
    let closing = |c: &char| matches!(c, '"' | '”' | '’' | '»' | ')' | '」' | ' ');
    let last = text.chars().rev().find(|c| !closing(c)).unwrap_or(' ');
    let first = text.chars().next().unwrap_or(' ');
    let level = if let BlockKind::Heading(level) = block.kind { f32::from(level) } else { 0.0 };
    [
        block.words as f32,
        block.words.saturating_sub(block.link_words) as f32,
        block.link_words as f32 / block.words.max(1) as f32,
        text.len() as f32 / block.words.max(1) as f32,
        is(words::ends_sentence(last)),
        is(matches!(last, ':' | '：')),
        is(matches!(last, '?' | '？' | '؟')),
        is(last == '…' || text.ends_with("...")),
        shape.sentence_ends as f32,
        shape.commas as f32 / words,
        shape.digits as f32 / (shape.letters + shape.digits).max(1) as f32,
        shape.capitals as f32 / letters,
        shape.capital_words as f32 / words,
        shape.short_words as f32 / words,
        is(first.is_lowercase()),
        is(first.is_ascii_digit()),
        is(shape.digits >= 3 && words::has_date(sample)),
        is(shape.has_price && shape.digits > 0),
        is(shape.has_address),
        is(shape.has_arrow),
        is(shape.has_bar),
        is(shape.has_copyright),
        shape.quotes as f32,
        shape.brackets as f32,
        level,
        is(block.kind == BlockKind::ListItem),
        is(block.kind == BlockKind::TableRow),
        is(block.kind == BlockKind::Quote),
        is(block.kind == BlockKind::Code),
        is(block.kind == BlockKind::Caption),
        f32::from(block.indent),
        is(block.hidden),
        is(block.noscript),
    ]
}

/// Counts over the characters of a text.
#[derive(Default)]
struct Shape {
    letters: u32,
    digits: u32,
    capitals: u32,
    words: u32,
    capital_words: u32,
    short_words: u32,
    sentence_ends: u32,
    commas: u32,
    quotes: u32,
    brackets: u32,
    has_price: bool,
    has_address: bool,
    has_arrow: bool,
    has_bar: bool,
    has_copyright: bool,
}

impl Shape {
    fn of(text: &str) -> Shape {
        /// Letters of a short word, at most: articles, prepositions and pronouns in most languages.
        const SHORT: u32 = 3;
        let mut shape = Shape::default();
        let mut run = 0;
        for c in text.chars() {
            if c.is_ascii_lowercase() {
                shape.letters += 1;
                run += 1;
                continue;
            }
            if c.is_alphabetic() {
                let is_capital = c.is_uppercase();
                shape.letters += 1;
                shape.capitals += u32::from(is_capital);
                shape.capital_words += u32::from(is_capital && run == 0);
                run += 1;
                continue;
            }
            if run > 0 {
                shape.words += 1;
                shape.short_words += u32::from(run <= SHORT);
                run = 0;
            }
            shape.mark(c);
        }
        shape.words += u32::from(run > 0);
        shape.short_words += u32::from((1..=SHORT).contains(&run));
        shape
    }

    fn mark(&mut self, c: char) {
        match c {
            '0'..='9' => self.digits += 1,
            ',' | '、' | '，' | '،' | ';' => self.commas += 1,
            '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' => self.quotes += 1,
            '(' | '[' | '（' => self.brackets += 1,
            '$' | '€' | '£' | '¥' | '₹' | '₽' => self.has_price = true,
            '@' => self.has_address = true,
            '›' | '→' | '←' | '▸' | '▶' | '►' | '>' | '‹' | '↑' | '↓' | '▼' | '▾' => {
                self.has_arrow = true
            }
            '|' | '·' | '•' | '/' => self.has_bar = true,
            '©' | '®' => self.has_copyright = true,
            c if words::ends_sentence(c) => self.sentence_ends += 1,
            _ => {}
        }
    }
}
