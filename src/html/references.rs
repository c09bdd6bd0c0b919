//! Character references, by the table that html5ever ships: for the tokenizer, for the text of a flat page, and for residues such
//! as `&amp;` in text that no HTML parser reads.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use std::borrow::Cow;

/// What a reference stands for.
#[derive(Debug, PartialEq)]
pub struct Reference {
    /// The character, or the first of two.
    pub first: char,
    /// The second, of the few names that stand for two.
    pub second: Option<char>,
    /// Bytes of the reference, from `&` to its `;` if it has one.
    pub length: usize,
}

/// Longest name in the table, without its `;`.
const MAX_NAME: usize = 32;
/// Longest name that needs no `;`.
const MAX_BARE_NAME: usize = 6;

/// The reference at the beginning of `text`, which begins with `&`; `None` where that is a mere ampersand.
pub fn resolve(text: &str, in_attribute: bool) -> Option<Reference> {
    let bytes = &text.as_bytes()[1..];
    match bytes.first()? {
        b'#' => numeric(&bytes[1..]),
        byte if byte.is_ascii_alphanumeric() => named(&text[1..], in_attribute),
        _ => None,
    }
}

/// The numeric character reference states; `text` follows `&#`.
fn numeric(text: &[u8]) -> Option<Reference> {
    let (radix, marker) = if matches!(text.first(), Some(b'x' | b'X')) { (16, 1) } else { (10, 0) };
    let mut code: u32 = 0;
    let mut at = marker;
    while let Some(digit) = text.get(at).and_then(|byte| char::from(*byte).to_digit(radix)) {
        code = code.saturating_mul(radix).saturating_add(digit);
        at += 1;
    }
    if at == marker {
        return None;
    }
    let length = 2 + at + usize::from(text.get(at) == Some(&b';'));
    let first = match code {
        0 => char::REPLACEMENT_CHARACTER,
        // What a writer of windows-1252 meant.
        0x80..=0x9f => C1_REPLACEMENTS[(code - 0x80) as usize].or(char::from_u32(code)).expect("C1 are characters"),
        code => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    Some(Reference { first, second: None, length })
}

/// The named character reference state; `text` follows `&`. The longest name in the table wins.
fn named(text: &str, in_attribute: bool) -> Option<Reference> {
    let bytes = text.as_bytes();
    let name = bytes.iter().take(MAX_NAME + 1).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    // A name with its `;` is longer than any before it.
    if bytes.get(name) == Some(&b';')
        && let Some(found) = entry(&text[..name + 1])
    {
        return Some(found);
    }
    let found = (2..=name.min(MAX_BARE_NAME)).rev().find_map(|length| entry(&text[..length]))?;
    // In an attribute `&copy=1` is a parameter of an address.
    let next = bytes.get(found.length - 1);
    let is_parameter = in_attribute && next.is_some_and(|next| *next == b'=' || next.is_ascii_alphanumeric());
    (!is_parameter).then_some(found)
}

/// The entry of the table for exactly this name; the beginnings of names that it holds too are none.
fn entry(name: &str) -> Option<Reference> {
    let known = match name {
        "amp;" => Some('&'),
        "nbsp;" => Some('\u{a0}'),
        "quot;" => Some('"'),
        "lt;" => Some('<'),
        "gt;" => Some('>'),
        _ => None,
    };
    let length = 1 + name.len();
    if let Some(first) = known {
        return Some(Reference { first, second: None, length });
    }
    let &(first, second) = NAMED_ENTITIES.get(name)?;
    let character = |code| char::from_u32(code).filter(|c| *c != '\0');
    Some(Reference { first: character(first)?, second: character(second), length })
}

/// Decodes every reference once, as the tokenizer does in text.
pub fn decode(text: &str) -> Cow<'_, str> {
    replace(text, |_, _| true, false)
}

/// Decodes the residues that an extractor leaves in plain text, layer by layer (`&amp;amp;` is one `&`).
///
/// `&lt;` and `&gt;` stay in a text that shows tags with them: it must not turn into tags. So does a reference to white
/// space other than the no-break space, or to a control character.
pub fn decode_residues(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let opens_tag =
        |at: usize| bytes.get(at + 3).is_some_and(|next| next.is_ascii_alphabetic() || b"/!?".contains(next));
    let shows_tags = memchr::memmem::find_iter(bytes, b"lt;").any(opens_tag);
    // A name without its `;` may be one of the text's own: `R&D`, `a&lt`, the parameters of an address.
    let is_residue = |reference: &str, c: char| match c {
        _ if !reference.ends_with(';') => false,
        '<' | '>' => !shows_tags,
        char::REPLACEMENT_CHARACTER => false,
        c => !c.is_control() && (!c.is_whitespace() || c == '\u{a0}'),
    };
    replace(text, is_residue, true)
}

/// Replaces the references that are `wanted`, as they are written and by what they stand for; `layered` reads the rest of the
/// text after a decoded `&` as if that were its own.
fn replace(text: &str, wanted: impl Fn(&str, char) -> bool, layered: bool) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    for at in memchr::memchr_iter(b'&', text.as_bytes()) {
        if at < copied {
            continue;
        }
        // What `&` and the name so far have been decoded to, and where the text after it goes on.
        let mut decoded: Option<Reference> = None;
        let mut rest = at;
        while decoded.is_none() || layered && decoded.as_ref().is_some_and(|found| found.first == '&') {
            // Behind a decoded `&` the `;` of its reference stands in its place.
            let begin = if decoded.is_none() { rest } else { rest - 1 };
            let Some(found) = resolve(&text[begin..], false) else { break };
            let end = begin + found.length;
            if !wanted(&text[begin..end], found.first) {
                break;
            }
            decoded = Some(found);
            rest = end;
        }
        let Some(Reference { first, second, .. }) = decoded else { continue };
        out.push_str(&text[copied..at]);
        out.push(first);
        out.extend(second);
        copied = rest;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_once() {
        assert_eq!(
            decode("a &lt;b&gt; &amp;amp; &#233;&#xE9; &copy 2024 &nosuch; &"),
            "a <b> &amp; éé © 2024 &nosuch; &"
        );
    }

    #[test]
    fn residues_are_decoded_until_none_is_left() {
        assert_eq!(
            decode_residues("AT&amp;amp;T&nbsp;&#39;s &lt;p&gt; &amp;lt; &Tab;"),
            "AT&T\u{a0}'s &lt;p&gt; &lt; &Tab;"
        );
        assert_eq!(decode_residues("more than &gt;30% and &lt; 5"), "more than >30% and < 5");
        assert_eq!(decode_residues("1990&#150;1999"), "1990–1999");
        assert!(matches!(decode_residues("R&D; a & b &copy 2024 &#0; &#xfffe0000; &#+39;"), Cow::Borrowed(_)));
    }

    fn shown(text: &str, in_attribute: bool) -> Option<(String, usize)> {
        resolve(text, in_attribute).map(|found| {
            (found.second.into_iter().fold(found.first.to_string(), |text, c| text + &c.to_string()), found.length)
        })
    }

    #[test]
    fn the_longest_name_wins() {
        assert_eq!(shown("&notin;x", false), Some(("\u{2209}".into(), 7)));
        assert_eq!(shown("&notit;", false), Some(("\u{ac}".into(), 4)));
        assert_eq!(shown("&NotEqualTilde;", false), Some(("\u{2242}\u{338}".into(), 15)));
        assert_eq!(shown("&CounterClockwiseContourIntegral;", false), Some(("\u{2233}".into(), 33)));
        assert_eq!(shown("&nosuch;", false), None);
    }

    #[test]
    fn the_longest_names_of_the_table_are_looked_for() {
        let bare = NAMED_ENTITIES.entries().filter(|(name, value)| value.0 != 0 && !name.ends_with(';'));
        assert_eq!(bare.map(|(name, _)| name.len()).max(), Some(MAX_BARE_NAME));
        let all = NAMED_ENTITIES.entries().filter(|(_, value)| value.0 != 0);
        assert!(all.map(|(name, _)| name.len()).max().is_some_and(|longest| longest <= MAX_NAME + 1));
    }

    #[test]
    fn a_parameter_of_an_address_is_no_reference() {
        assert_eq!(shown("&copy=1", true), None);
        assert_eq!(shown("&copy=1", false), Some(("\u{a9}".into(), 5)));
        assert_eq!(shown("&copy;=1", true), Some(("\u{a9}".into(), 6)));
        assert_eq!(shown("&copy", true), Some(("\u{a9}".into(), 5)));
    }

    #[test]
    fn numbers_outside_of_unicode_are_replaced() {
        assert_eq!(shown("&#x80;", false), Some(("\u{20ac}".into(), 6)));
        assert_eq!(shown("&#x81;", false), Some(("\u{81}".into(), 6)));
        assert_eq!(shown("&#0", false), Some(("\u{fffd}".into(), 3)));
        assert_eq!(shown("&#xD800;", false), Some(("\u{fffd}".into(), 8)));
        assert_eq!(shown("&#99999999999999;", false), Some(("\u{fffd}".into(), 17)));
        assert_eq!(shown("&#x;", false), None);
    }
}
