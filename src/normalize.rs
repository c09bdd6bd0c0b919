//! Characters of a block to characters of an article: NFC, plain spaces, no control and no zero-width characters.
//!
//! In goes the text of one block, out comes what the article shows of it. Words stay as they are; normalizing twice
//! changes nothing.

use crate::html::references;
use std::borrow::Cow;
use std::str::Chars;
use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

/// Normalizes the text of a block; line ends become LF, spaces at the end of a line go, a run
/// of blank lines becomes one.
///
/// `residues` says whether character references are residues of an extractor: they are in plain text, and in HTML
/// the parser has decoded them already.
pub fn normalize(text: &str, residues: bool) -> Cow<'_, str> {
    if is_plain(text.as_bytes(), residues) || is_settled(text, residues) {
        return Cow::Borrowed(text.trim_end());
    }
    let decoded = if residues { references::decode_residues(text) } else { Cow::Borrowed(text) };
    let mut out = String::with_capacity(decoded.len());
    let mut chars = decoded.chars();
    // The last character, when it is one that is looked at.
    let mut before = None;
    loop {
        // A text that is not plain is plain between its quotes and dashes.
        let rest = chars.as_str();
        let (run, rest) = rest.split_at(printable_prefix(rest.as_bytes()));
        if !run.is_empty() {
            out.push_str(run);
            (chars, before) = (rest.chars(), None);
        }
        let peek = |chars: &Chars<'_>| chars.clone().next();
        let Some(c) = chars.next() else { break };
        let c = match c {
            '\r' if chars.as_str().starts_with('\n') => continue,
            '\r' | '\u{2028}' | '\u{2029}' => '\n',
            '\u{0b}' | '\u{0c}' => ' ',
            '\u{80}'..='\u{9f}' => match windows_1252(c) {
                Some(c) => c,
                None => continue,
            },
            // A no-break space beside another space is a residue of layout; plain runs may be an indentation.
            c if is_exotic_space(c) => {
                while peek(&chars).is_some_and(|next| next == ' ' || is_exotic_space(next)) {
                    chars.next();
                }
                if out.ends_with(' ') {
                    continue;
                }
                ' '
            }
            // Between letters of Indic and Persian words, and in emoji, the joiners are spelling.
            '\u{200c}' | '\u{200d}' if before.is_some_and(joins) && peek(&chars).is_some_and(joins) => c,
            c if is_dropped(c) => {
                while out.ends_with(' ') && chars.as_str().starts_with(' ') {
                    chars.next();
                }
                continue;
            }
            c => c,
        };
        if c == '\n' {
            out.truncate(out.trim_end_matches([' ', '\t']).len());
            if out.ends_with("\n\n") {
                continue;
            }
        }
        out.push(c);
        before = Some(c);
    }
    out.truncate(out.trim_end().len());
    if is_nfc_quick(out.chars()) != unicode_normalization::IsNormalized::Yes {
        out = out.nfc().collect();
    }
    Cow::Owned(out)
}

/// True for an ASCII character that is no control.
fn is_printable(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte)
}

/// True for printable ASCII with inner line ends only, which most blocks are and which stays as it is.
fn is_plain(bytes: &[u8], residues: bool) -> bool {
    // All bytes at once are faster than one after the other, up to the first line end.
    let is_other = |byte: u8| !is_printable(byte) || residues && byte == b'&';
    if !bytes.iter().fold(false, |other, byte| other | is_other(*byte)) {
        return true;
    }
    bytes.iter().enumerate().all(|(at, &b)| match b {
        b'\n' => at > 0 && !matches!(bytes[at - 1], b' ' | b'\t') && !bytes[..at].ends_with(b"\n\n"),
        b'&' => !residues,
        b'\t' => true,
        b => is_printable(b),
    })
}

/// True for a line of printable ASCII and of characters that are normal wherever they stand, which most others are.
fn is_settled(text: &str, residues: bool) -> bool {
    let mut rest = text;
    loop {
        rest = &rest[printable_prefix(rest.as_bytes())..];
        let mut chars = rest.chars();
        match chars.next() {
            None => break,
            Some(c) if is_inert(c) => rest = chars.as_str(),
            Some(_) => return false,
        }
    }
    !(residues && text.contains('&'))
}

/// How many bytes at the beginning of a text are printable ASCII.
pub fn printable_prefix(bytes: &[u8]) -> usize {
    /// Bytes that are looked at together, which is faster than one after the other.
    const STRIDE: usize = 16;
    let (strides, rest) = bytes.as_chunks::<STRIDE>();
    let is_printable_all = |stride: &&[u8; STRIDE]| stride.iter().fold(true, |all, byte| all & is_printable(*byte));
    let passed = strides.iter().take_while(is_printable_all).count();
    let rest = strides.get(passed).map_or(rest, |stride| &stride[..]);
    passed * STRIDE + rest.iter().position(|byte| !is_printable(*byte)).unwrap_or(rest.len())
}

/// True for letters and marks that stay as they are whatever stands before and after them: no white space, none that is dropped, none
/// that NFC changes or puts together with another. Not all such, those that most texts hold.
pub fn is_inert(c: char) -> bool {
    matches!(
        c,
        '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{388}'..='\u{482}' | '\u{48a}'..='\u{52f}'
            | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}' | '\u{660}'..='\u{66a}' | '\u{904}'..='\u{939}'
            | '\u{e01}'..='\u{e30}' | '\u{1ea0}'..='\u{1ef9}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
            | '\u{20a0}'..='\u{20bf}' | '\u{2190}'..='\u{21ff}' | '\u{25a0}'..='\u{26ff}' | '\u{3001}'..='\u{3029}'
            | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff9d}'
    )
}

/// What a C1 control stands for on real pages: the windows-1252 character of its byte, as browsers read `&#146;`.
fn windows_1252(c: char) -> Option<char> {
    let byte = [c as u32 as u8];
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
    text.chars().next().filter(|c| !c.is_control())
}

fn is_exotic_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

fn joins(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !is_dropped(c)
}

/// True for characters that no article shows: controls, zero-width, bidirectional marks, tags, noncharacters.
pub fn is_dropped(c: char) -> bool {
    match c {
        '\n' | '\t' | '\r' | '\u{0b}' | '\u{0c}' => false,
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e007f}' => true,
        '\u{80}'..='\u{9f}' => windows_1252(c).is_none(),
        c => c.is_control() || (c as u32) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spaces_become_plain_and_controls_go() {
        assert_eq!(normalize("a\u{a0}b\u{ad}c\u{200b}\u{1b}[2J\u{202e} \u{3000}d  ", true), "a bc[2J d");
        assert_eq!(normalize("one \r\ntwo\rthree\t", true), "one\ntwo\nthree");
        assert_eq!(normalize("Cafe\u{301} AT&amp;T", true), "Café AT&T");
        assert_eq!(normalize("R&amp;D", false), "R&amp;D");
        assert_eq!(normalize("it\u{92}s \u{9d}here", true), "it’s here");
    }

    #[test]
    fn joiners_stay_where_they_spell() {
        let family = "👨\u{200d}👩";
        assert_eq!(normalize(family, true), family);
        assert_eq!(normalize("می\u{200c}خواهم a\u{200c}b", true), "می\u{200c}خواهم ab");
    }

    #[test]
    fn inert_characters_are_normal_whatever_stands_beside_them() {
        let inert = ('\u{80}'..=char::MAX).filter(|c| is_inert(*c));
        for c in inert {
            assert!(!c.is_whitespace() && !is_dropped(c) && !is_exotic_space(c), "{c:?}");
            assert_eq!(is_nfc_quick([c].into_iter()), unicode_normalization::IsNormalized::Yes, "{c:?}");
            assert_eq!(unicode_normalization::char::canonical_combining_class(c), 0, "{c:?}");
            assert!(!unicode_normalization::char::is_combining_mark(c), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing(text in "(\\PC|[\\r\\n\\t &;\u{a0}\u{ad}\u{200b}\u{200d}\u{301}\u{3000}]|&amp;|&nbsp;|&#39;){0,60}") {
            for residues in [false, true] {
                let once = normalize(&text, residues).into_owned();
                prop_assert_eq!(normalize(&once, residues).into_owned(), once);
            }
        }
    }
}
