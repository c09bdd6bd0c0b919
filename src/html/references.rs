//! Character references in text that no HTML parser reads: residues such as `&amp;` and the text of a flat page.

use super::tokenize::references::{Reference, resolve};
use std::borrow::Cow;

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
}
