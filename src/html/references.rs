//! Character references in text that no HTML parser reads: residues such as `&amp;` and the text of a flat page.

use html5ever::data::NAMED_ENTITIES;
use std::borrow::Cow;

/// Longest name of a reference with its `;` that is looked for; the longest in the standard has 32 characters.
const MAX_REFERENCE: usize = 33;

/// Decodes every reference that ends in `;`, once.
pub fn decode(text: &str) -> Cow<'_, str> {
    replace(text, |_| true, false)
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
    let is_residue = |c: char| match c {
        '<' | '>' => !shows_tags,
        c => !c.is_control() && (!c.is_whitespace() || c == '\u{a0}'),
    };
    replace(text, is_residue, true)
}

/// Replaces the references that stand for `wanted` characters; `layered` reads the rest of the text after a decoded
/// `&` as if that were its own.
fn replace(text: &str, wanted: impl Fn(char) -> bool, layered: bool) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    for at in memchr::memchr_iter(b'&', text.as_bytes()) {
        if at < copied {
            continue;
        }
        // What `&` and the name so far have been decoded to, and where the text after it goes on.
        let mut decoded: Option<(char, Option<char>)> = None;
        let mut rest = at + 1;
        while decoded.is_none() || layered && decoded == Some(('&', None)) {
            let window = &text.as_bytes()[rest..text.len().min(rest + MAX_REFERENCE)];
            let Some(length) = memchr::memchr(b';', window) else { break };
            let Some(found) = reference(&text[rest..rest + length]).filter(|found| wanted(found.0)) else { break };
            decoded = Some(found);
            rest += length + 1;
        }
        let Some((first, second)) = decoded else { continue };
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

/// What a reference stands for; `name` is what stands between `&` and `;`.
fn reference(name: &str) -> Option<(char, Option<char>)> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32).filter(|c| *c != '\0').map(|c| (c, None));
    }
    let key = format!("{name};");
    let &(first, second) = NAMED_ENTITIES.get(key.as_str())?;
    let first = char::from_u32(first).filter(|c| *c != '\0')?;
    Some((first, char::from_u32(second).filter(|c| *c != '\0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_once() {
        assert_eq!(decode("a &lt;b&gt; &amp;amp; &#233;&#xE9; &nosuch; &"), "a <b> &amp; éé &nosuch; &");
    }

    #[test]
    fn residues_are_decoded_until_none_is_left() {
        assert_eq!(
            decode_residues("AT&amp;amp;T&nbsp;&#39;s &lt;p&gt; &amp;lt; &Tab;"),
            "AT&T\u{a0}'s &lt;p&gt; &lt; &Tab;"
        );
        assert_eq!(decode_residues("more than &gt;30% and &lt; 5"), "more than >30% and < 5");
        assert!(matches!(decode_residues("R&D; a & b"), Cow::Borrowed(_)));
    }
}
