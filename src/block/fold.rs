//! The form in which rules and repeats compare texts.
//!
//! Folding takes out what spelling, layout and extractors vary: two lines that say the same fold to the same bytes.

use crate::normalize::{is_inert, normalize, printable_prefix};
use crate::stride::{self, STRIDE, bits, is, within};
use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, mask8x64, u8x64};
use std::ops::{Index, Range};

/// A text in the form that rules and repeats compare: normalized, lower case, white space squeezed to one space, quotes
/// and dashes made straight, three dots for an ellipsis, no list bullet.
///
/// Folding a folded text changes nothing, and a text folds as its normalized form does.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_onto(text, &mut folded);
    folded
}

/// Puts the folded form of a text to the end of `folded`.
pub fn fold_onto(text: &str, folded: &mut String) {
    let bytes = text.as_bytes();
    dispatch!(Level::new(), simd => fold_by(text, folded, |at| plain_prefix(simd, &bytes[at..])));
}

/// The folded texts of blocks, one behind the other in one text.
#[derive(Default)]
pub struct FoldedTexts {
    text: String,
    ranges: Vec<Range<usize>>,
}

impl FoldedTexts {
    /// Adds the folded form of a text.
    pub fn push(&mut self, text: &str) {
        let start = self.text.len();
        fold_onto(text, &mut self.text);
        self.ranges.push(start..self.text.len());
    }

    /// All of them.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where one stands among all.
    pub fn range(&self, at: usize) -> Range<usize> {
        self.ranges[at].clone()
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().map(|range| &self.text[range.clone()])
    }
}

impl Index<usize> for FoldedTexts {
    type Output = str;

    fn index(&self, at: usize) -> &str {
        &self.text[self.range(at)]
    }
}

/// The same of a text of which `plain` says how many bytes from a place on are plain, in it or beyond its end.
// Inlined, or the vector code of `plain` is compiled apart and has no vector instructions.
#[inline(always)]
pub fn fold_by(text: &str, folded: &mut String, plain: impl Fn(usize) -> usize) {
    let start = folded.len();
    if !fold_simple(text, folded, plain) {
        folded.truncate(start);
        folded.push_str(&fold_any(text));
    }
}

/// Folds what most lines are: printable ASCII and white space, and characters that are normal wherever they stand. False
/// for others, of which a part may have been folded.
#[inline(always)]
fn fold_simple(text: &str, folded: &mut String, plain: impl Fn(usize) -> usize) -> bool {
    let start = folded.len();
    // Asked at the first `&`, and once: a text may be full of them.
    let mut has_semicolon = None;
    let mut at = text.len() - text.trim_start_matches(' ').len();
    let text = text.trim_end_matches(' ');
    while at < text.len() {
        let end = text.len().min(at + plain(at));
        folded.push_str(&text[at..end]);
        let Some(c) = text[end..].chars().next() else { break };
        match c {
            '`' => folded.push('\''),
            ' ' | '\t' | '\n' | '\r' | '\u{a0}' => {
                if folded.len() > start && !folded.ends_with(' ') {
                    folded.push(' ');
                }
                let rest = &text[end + c.len_utf8()..];
                at = text.len() - rest.trim_start_matches(' ').len();
                continue;
            }
            // A reference ends in a semicolon.
            '&' if *has_semicolon.get_or_insert_with(|| memchr::memchr(b';', &text.as_bytes()[end..]).is_some()) => {
                return false;
            }
            '&' => folded.push('&'),
            _ => match straight(c) {
                Some(straight) => folded.push_str(straight),
                None if !is_inert(c) => return false,
                None if has_no_capital(c) => folded.push(c),
                None => folded.extend(c.to_lowercase()),
            },
        }
        at = end + c.len_utf8();
    }
    let end = start + folded[start..].trim_end_matches(' ').len();
    folded.truncate(end);
    folded[start..].make_ascii_lowercase();
    drop_bullet(folded, start);
    true
}

/// How many bytes at the beginning of a text are plain: printable ASCII that folding only makes small, without two spaces in a
/// row.
#[inline(always)]
fn plain_prefix<S: Simd>(simd: S, text: &[u8]) -> usize {
    let (mut passed, mut after_space) = (0, 0);
    loop {
        // The zeros behind the end are not plain.
        let bytes = u8x64::from_slice(simd, stride::from(text, passed, &mut [0; STRIDE]));
        let spaces = bits(is(bytes, b' '));
        let stop = bits(is_not_plain(bytes)) | spaces & (spaces << 1 | after_space);
        if stop != 0 {
            return passed + stop.trailing_zeros() as usize;
        }
        passed += STRIDE;
        after_space = spaces >> (STRIDE - 1);
    }
}

/// Bytes of which folding makes something else than the small letter.
#[inline(always)]
pub fn is_not_plain<S: Simd>(bytes: u8x64<S>) -> mask8x64<S> {
    !within(bytes, b' ', b'~') | is(bytes, b'`') | is(bytes, b'&')
}

/// Where the folded form of a text stands in its small letters, when its bytes are all plain and no two of them spaces in a row.
pub fn folded_plain(small: &[u8]) -> Range<usize> {
    let start = usize::from(small.first() == Some(&b' '));
    let end = small.len() - usize::from(small.len() > start && small.last() == Some(&b' '));
    let has_bullet = end - start > 1 && small[start..].starts_with(b"- ");
    start + 2 * usize::from(has_bullet)..end
}

/// A text with the letters of ASCII made small, and space for a quarter more behind it.
pub fn in_small_letters(text: &str) -> String {
    let mut small = String::with_capacity(text.len() + text.len() / 4);
    small.push_str(text);
    // Vector code for this processor takes half of the time.
    dispatch!(Level::new(), _simd => small.make_ascii_lowercase());
    small
}

/// What folding makes of a quotation mark, a dash or an ellipsis.
fn straight(c: char) -> Option<&'static str> {
    Some(match c {
        '’' | '‘' | 'ʼ' => "'",
        '“' | '”' | '„' | '«' | '»' | '″' => "\"",
        '–' | '—' | '‑' | '−' => "-",
        '…' => "...",
        _ => return None,
    })
}

/// Folds any text.
fn fold_any(text: &str) -> String {
    let text = normalize(text, true);
    let mut folded = String::with_capacity(text.len());
    let mut space = true;
    let mut rest = &*text;
    loop {
        let (plain, other) = rest.split_at(printable_prefix(rest.as_bytes()));
        space = push_plain(&mut folded, plain, space);
        let Some(c) = other.chars().next() else { break };
        rest = &other[c.len_utf8()..];
        match c {
            c if straight(c).is_some() => folded.extend(straight(c)),
            c if has_no_capital(c) => folded.push(c),
            c if c.is_whitespace() || c.is_control() => {
                if !space {
                    folded.push(' ');
                }
                space = true;
                continue;
            }
            c => folded.extend(c.to_lowercase()),
        }
        space = false;
    }
    folded.truncate(folded.trim_end().len());
    drop_bullet(&mut folded, 0);
    folded
}

/// Drops the bullet of a list at a place of a folded text, and the space after it.
fn drop_bullet(folded: &mut String, start: usize) {
    let line = &folded[start..];
    // What the bullets begin with.
    if !matches!(line.as_bytes().first(), Some(b'-' | 0xe2)) {
        return;
    }
    let bulleted = ["- ", "• ", "▪ ", "● "].iter().find_map(|bullet| line.strip_prefix(bullet));
    if let Some(rest) = bulleted {
        let end = folded.len() - rest.trim_start().len();
        folded.drain(start..end);
    }
}

/// Letters and marks beyond ASCII that are their own lower case, those that most texts hold.
fn has_no_capital(c: char) -> bool {
    matches!(
        c,
        '\u{df}'..='\u{ff}' | '\u{430}'..='\u{45f}' | '\u{5d0}'..='\u{64a}' | '\u{900}'..='\u{dff}'
            | '\u{2010}'..='\u{2027}' | '\u{20a0}'..='\u{20bf}' | '\u{3001}'..='\u{a63f}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{ff01}'..='\u{ff20}'
    )
}

/// Puts the folded form of printable ASCII to the end; `space` says whether white space stands before, and so does what it returns.
fn push_plain(folded: &mut String, text: &str, mut space: bool) -> bool {
    let has_other = text.bytes().fold(false, |other, byte| other | (byte == b'`'));
    if !(has_other || space && text.starts_with(' ') || has_double_space(text.as_bytes())) {
        let start = folded.len();
        folded.push_str(text);
        folded[start..].make_ascii_lowercase();
        return if text.is_empty() { space } else { text.ends_with(' ') };
    }
    for byte in text.bytes() {
        match byte {
            b' ' if space => {}
            b'`' => folded.push('\''),
            byte => folded.push(byte.to_ascii_lowercase().into()),
        }
        space = byte == b' ';
    }
    space
}

fn has_double_space(bytes: &[u8]) -> bool {
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    pairs.fold(false, |double, (before, at)| double | (*before == b' ') & (*at == b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_makes_quotes_and_spaces_plain() {
        assert_eq!(fold("  He said\u{a0}“STOP”…\n"), "he said \"stop\"...");
        assert_eq!(fold("- Share"), "share");
        assert_eq!(fold("Cafe\u{301}"), "café");
        assert_eq!(fold("\u{200b}É\u{ad}"), "é");
    }

    #[test]
    fn letters_without_a_capital_are_their_own_lower_case() {
        let letters = ('\u{80}'..=char::MAX).filter(|c| has_no_capital(*c));
        for c in letters {
            assert!(c.to_lowercase().eq([c]) && !c.is_whitespace() && !c.is_control(), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn runs_of_text_fold_as_its_characters(text in "[A-Ca-c\"'`. \\t\\n\u{7f}\u{1}’“–…«ÉßЖжИ́中カ\u{3000}\u{a0}İΣ●•-]{0,40}") {
            prop_assert_eq!(fold(&text), fold_one_by_one(&text));
        }
    }

    fn fold_one_by_one(text: &str) -> String {
        let mut folded = String::new();
        for c in normalize(text, true).chars() {
            match c {
                '’' | '‘' | 'ʼ' | '`' => folded.push('\''),
                '“' | '”' | '„' | '«' | '»' | '″' => folded.push('"'),
                '–' | '—' | '‑' | '−' => folded.push('-'),
                '…' => folded.push_str("..."),
                c if c.is_whitespace() || c.is_control() => {
                    if !folded.is_empty() && !folded.ends_with(' ') {
                        folded.push(' ');
                    }
                }
                c => folded.extend(c.to_lowercase()),
            }
        }
        let folded = folded.trim_end();
        let bullet = ["- ", "• ", "▪ ", "● "].iter().find(|bullet| folded.starts_with(**bullet));
        bullet.map_or(folded, |bullet| folded[bullet.len()..].trim_start()).to_owned()
    }
}
