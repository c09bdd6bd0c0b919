//! A line of text read once: the hashes of its words, and what its characters say about it.
//!
//! Everything that depends on the line alone is here; [`line_features`](super) puts lines into their
//! page. Quotation marks, apostrophes and bullets leave no trace, since they tell where a text comes from and not what
//! it says. At most [`MAX_BYTES`] of a line are read.

use crate::block::{fnv, words};

/// Words of a line that are hashed.
const MAX_WORDS: usize = 48;
/// Bytes of a line that are read; a longer line is no label.
const MAX_BYTES: usize = 2_000;
/// Letters from which a word counts as one that carries meaning, in scripts with spaces.
const MEANING_LETTERS: u32 = 4;

/// The bit of a word's hash that says that it carries meaning.
pub const MEANING: u32 = 1;

/// Stand for the start and the end of a line in pairs of words.
const START: u32 = 0x5bd1_e995;
const END: u32 = 0x1b87_3593;

/// The hash of a pair of words that follow each other.
pub fn pair(first: u32, second: u32) -> u32 {
    (first.rotate_left(7) ^ second).wrapping_mul(fnv::PRIME)
}

/// The hashes that stand for a line in a token table: each word, and each pair, ends of the line included.
pub fn tokens(words: &[u32], mut each: impl FnMut(u32)) {
    let mut before = START;
    for &word in words {
        each(word);
        each(pair(before, word));
        before = word;
    }
    each(pair(before, END));
}

/// What the characters of a line say about it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shape {
    /// Hash of its letters and digits in lower case, the same for equal lines.
    pub hash: u32,
    /// The same with every digit made equal: `Page 1 of 9` is like `Page 2 of 9`.
    pub form: u32,
    /// Hash of its first two words.
    pub opening: u32,
    /// Characters that are no white space, quotation mark, dash or bullet.
    pub chars: u32,
    /// Words as its white space divides them.
    pub tokens: u32,
    pub letters: u32,
    pub capitals: u32,
    pub digits: u32,
    pub dense: u32,
    /// Letters and digits of its longest word.
    pub longest: u32,
    /// Words of at most three letters.
    pub short: u32,
    /// Words that begin with a capital.
    pub titles: u32,
    /// Words of two letters or more that are all capitals.
    pub uppers: u32,
    /// Words that hold a digit.
    pub numbers: u32,
    /// Years of our time.
    pub years: u32,
    /// A colon between digits.
    pub times: u32,
    /// Sentence ends before white space or the end.
    pub sentences: u32,
    pub questions: u32,
    pub exclaims: u32,
    pub commas: u32,
    pub colons: u32,
    pub brackets: u32,
    /// Bars, arrows, slashes and middle dots.
    pub separators: u32,
    /// Addresses of the web and of mail.
    pub addresses: u32,
    pub currency: u32,
    pub signs: u32,
    pub copyright: u32,
    pub begins: Begins,
    pub ended: bool,
    pub ends_colon: bool,
    pub ends_ellipsis: bool,
}

/// What a line begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Begins {
    /// A letter of a script without cases, or nothing.
    #[default]
    Other,
    Capital,
    Small,
    Digit,
    Mark,
}

/// A word that is being read.
struct Word {
    hash: u32,
    chars: u32,
    letters: u32,
    capitals: u32,
    digits: u32,
    begins_capital: bool,
    /// The digits so far, for years.
    value: u32,
}

impl Word {
    const EMPTY: Word =
        Word { hash: fnv::EMPTY, chars: 0, letters: 0, capitals: 0, digits: 0, begins_capital: false, value: 0 };

    fn push(&mut self, byte: u8) {
        self.hash = fnv::and(self.hash, byte);
    }
}

/// Reads a line: appends the hashes of its words and returns its shape.
pub fn read(text: &str, hashes: &mut Vec<u32>) -> Shape {
    let first = hashes.len();
    let head = match text.len() > MAX_BYTES {
        true => &text[..text.floor_char_boundary(MAX_BYTES)],
        false => text,
    };
    let mut reader = Reader { shape: Shape::default(), word: Word::EMPTY, dense: None, hashes, first };
    reader.shape.hash = fnv::EMPTY;
    let (mut before, mut begun, mut rest) = (' ', None, head);
    loop {
        // Most of a line are words of ASCII, and spaces between them.
        let (word, after) = rest.split_at(reader.ascii(rest.as_bytes()));
        if let [first, .., last] | [first @ last] = word.as_bytes() {
            begun.get_or_insert_with(|| begins(char::from(*first)));
            before = char::from(*last);
        }
        if let Some(after) = after.strip_prefix(' ') {
            reader.dense = None;
            reader.end_word();
            (before, rest) = (' ', after);
            continue;
        }
        let mut chars = after.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        if !c.is_whitespace() && !is_silent(c) {
            begun.get_or_insert_with(|| begins(c));
        }
        reader.character(c, before, rest.chars().next().unwrap_or(' '));
        before = c;
    }
    reader.end_word();
    let Reader { mut shape, hashes, .. } = reader;
    shape.begins = begun.unwrap_or_default();
    let words = &hashes[first..];
    shape.form = words.iter().fold(fnv::EMPTY, |hash, &word| pair(hash, word));
    shape.opening = words.iter().take(2).fold(START, |hash, &word| pair(hash, word));
    let end = text.trim_end();
    shape.ended = words::is_ended(end);
    shape.ends_colon = end.ends_with([':', '：']);
    shape.ends_ellipsis = end.ends_with('…') || end.ends_with("...");
    shape
}

fn begins(c: char) -> Begins {
    match c {
        c if c.is_numeric() => Begins::Digit,
        c if c.is_uppercase() => Begins::Capital,
        c if c.is_lowercase() => Begins::Small,
        c if c.is_alphabetic() => Begins::Other,
        _ => Begins::Mark,
    }
}

/// True for quotation marks, apostrophes, dashes and bullets.
fn is_silent(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '´' | '‘'..='‟' | '«' | '»' | '-' | '‐'..='―' | '•' | '▪' | '●' | '*' | '◦' | '■'
    )
}

struct Reader<'h> {
    shape: Shape,
    word: Word,
    /// The letter before in a script without spaces.
    dense: Option<char>,
    hashes: &'h mut Vec<u32>,
    first: usize,
}

impl Reader<'_> {
    /// Reads a character that is no letter or digit of ASCII.
    fn character(&mut self, c: char, before: char, next: char) {
        if c.is_whitespace() {
            self.dense = None;
            self.end_word();
            return;
        }
        self.shape.chars += u32::from(!is_silent(c));
        if words::is_dense(c) {
            self.end_word();
            self.dense(c);
        } else if c.is_alphanumeric() {
            self.dense = None;
            self.letter(c);
        } else if matches!(c, '\'' | '’' | '‘' | '`') {
            // An apostrophe is part of its word and says nothing.
        } else {
            self.dense = None;
            self.mark(c, before, next);
        }
    }

    /// Reads the letters and digits of ASCII that a text begins with; returns how many.
    fn ascii(&mut self, text: &[u8]) -> usize {
        let (mut line_hash, mut word_hash) = (self.shape.hash, self.word.hash);
        let (mut count, mut capitals, mut digits) = (0, 0, 0);
        for &byte in text {
            if !byte.is_ascii_alphanumeric() {
                break;
            }
            // Of digits too: they have this bit.
            let lower = byte | b' ';
            line_hash = fnv::and(line_hash, lower);
            count += 1;
            if byte.is_ascii_digit() {
                digits += 1;
                let word = &mut self.word;
                word.value = word.value.wrapping_mul(10).wrapping_add(u32::from(byte - b'0'));
                // The length of a number says what it is, up to the four digits of a year.
                if word.digits + digits <= 5 {
                    word_hash = fnv::and(word_hash, b'0');
                }
            } else {
                capitals += u32::from(byte != lower);
                word_hash = fnv::and(word_hash, lower);
            }
        }
        if count > 0 {
            self.dense = None;
            let (shape, word) = (&mut self.shape, &mut self.word);
            word.begins_capital |= word.chars == 0 && text[0].is_ascii_uppercase();
            word.chars += count;
            word.letters += count - digits;
            word.capitals += capitals;
            word.digits += digits;
            shape.chars += count;
            shape.digits += digits;
            (shape.hash, word.hash) = (line_hash, word_hash);
        }
        count as usize
    }

    fn letter(&mut self, c: char) {
        let mut bytes = [0; 4];
        let is_capital = c.is_uppercase();
        {
            let word = &mut self.word;
            word.chars += 1;
            word.begins_capital |= is_capital && word.chars == 1;
            word.letters += 1;
            word.capitals += u32::from(is_capital);
        }
        for lower in c.to_lowercase() {
            for &byte in lower.encode_utf8(&mut bytes).as_bytes() {
                self.word.push(byte);
                self.shape.hash = fnv::and(self.shape.hash, byte);
            }
        }
    }

    /// Two letters in a row make a word.
    fn dense(&mut self, c: char) {
        self.shape.dense += 1;
        self.shape.letters += 1;
        let mut bytes = [0; 4];
        let hash = |hash: u32, c: char, bytes: &mut [u8; 4]| {
            let bytes = c.encode_utf8(bytes).as_bytes();
            bytes.iter().copied().fold(hash, fnv::and)
        };
        self.shape.hash = hash(self.shape.hash, c, &mut bytes);
        if let Some(before) = self.dense {
            let both = hash(hash(fnv::EMPTY, before, &mut bytes), c, &mut bytes);
            self.push_hash(both | MEANING);
            self.shape.tokens += u32::from(self.shape.dense.is_multiple_of(2));
        }
        self.dense = Some(c);
    }

    fn mark(&mut self, c: char, before: char, next: char) {
        let shape = &mut self.shape;
        match c {
            '.' if before.is_alphanumeric() && next.is_ascii_alphabetic() && before.is_ascii() => {
                shape.addresses += u32::from(next.is_ascii_lowercase());
            }
            ':' if before.is_ascii_digit() && next.is_ascii_digit() => shape.times += 1,
            ':' if next == '/' => shape.addresses += 1,
            '@' => {
                shape.addresses += u32::from(before.is_alphanumeric());
                shape.signs += 1;
            }
            '#' => shape.signs += 1,
            ':' | '：' => shape.colons += 1,
            ',' | '、' | '，' | '،' => shape.commas += 1,
            '?' | '？' | '؟' => shape.questions += 1,
            '!' | '！' => shape.exclaims += 1,
            '(' | '[' | '（' | '【' => shape.brackets += 1,
            '|' | '·' | '›' | '←' | '→' | '>' | '<' | '/' | '»' | '«' | '+' | '▼' | '▾' | '×' => {
                shape.separators += 1
            }
            '$' | '€' | '£' | '¥' | '₹' | '%' => shape.currency += 1,
            '©' | '®' | '™' => shape.copyright += 1,
            _ => {}
        }
        if words::ends_sentence(c) && (next.is_whitespace() || !c.is_ascii()) {
            shape.sentences += 1;
        }
        self.end_word();
    }

    fn push_hash(&mut self, hash: u32) {
        if self.hashes.len() - self.first < MAX_WORDS {
            self.hashes.push(hash);
        }
    }

    fn end_word(&mut self) {
        let word = std::mem::replace(&mut self.word, Word::EMPTY);
        if word.chars == 0 {
            return;
        }
        let shape = &mut self.shape;
        shape.tokens += 1;
        shape.letters += word.letters;
        shape.capitals += word.capitals;
        shape.longest = shape.longest.max(word.chars);
        shape.short += u32::from(word.chars <= 3);
        shape.titles += u32::from(word.begins_capital);
        shape.uppers += u32::from(word.letters >= 2 && word.capitals == word.letters);
        shape.numbers += u32::from(word.digits > 0);
        shape.years += u32::from(word.digits == 4 && word.letters == 0 && (1900..2100).contains(&word.value));
        let carries_meaning = word.letters >= MEANING_LETTERS;
        self.push_hash(word.hash & !MEANING | u32::from(carries_meaning));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<u32> {
        let mut hashes = Vec::new();
        read(text, &mut hashes);
        hashes
    }

    #[test]
    fn case_quotes_and_digits_leave_no_trace_in_a_word() {
        assert_eq!(hashes("“It’s 12 May”"), hashes("- it's 34 MAY"));
        assert_ne!(hashes("12 May"), hashes("2012 May"));
    }

    #[test]
    fn scripts_without_spaces_are_read_in_pairs_of_letters() {
        assert_eq!(hashes("请刷新页面").len(), 4);
        assert_eq!(read("请刷新页面", &mut Vec::new()).tokens, 2);
    }

    #[test]
    fn a_line_has_a_shape() {
        let shape = read("By Ann SMITH | 12:30, 4 May 2024 | ann@example.com", &mut Vec::new());
        assert_eq!((shape.separators, shape.times, shape.years, shape.uppers), (2, 1, 1, 1));
        assert_eq!((shape.addresses, shape.titles, shape.begins), (2, 4, Begins::Capital));
        assert!(!shape.ended && read("It is done.”", &mut Vec::new()).ended);
    }

    #[test]
    fn long_lines_are_read_in_part() {
        let text = "é".repeat(1 << 20);
        let mut hashes = Vec::new();
        assert!(read(&text, &mut hashes).letters <= 2_000);
        hashes.clear();
        assert!(read(&"a b ".repeat(1 << 18), &mut hashes).tokens <= 2_000 && hashes.len() <= MAX_WORDS);
    }
}
