//! Character references in text that no HTML parser reads: residues such as `&amp;` and the text of a flat page.

use html5ever::data::NAMED_ENTITIES;
use std::borrow::Cow;

/// Longest reference, `&` and `;` included, that is looked for; the longest name has 32 characters.
const MAX_REFERENCE: usize = 34;

/// Decodes every reference that ends in `;`, once.
pub fn decode(text: &str) -> Cow<'_, str> {
    replace(text, |_| true)
}

/// Decodes the residues that an extractor leaves in plain text, until none is left.
///
/// `&lt;` and `&gt;` stay: a text that shows tags must not turn into tags. So does a reference to white space other
/// than the no-break space, or to a control character.
pub fn decode_residues(text: &str) -> Cow<'_, str> {
    let is_residue = |c: char| !matches!(c, '<' | '>') && !c.is_control() && (!c.is_whitespace() || c == '\u{a0}');
    let mut decoded = replace(text, is_residue);
    // `&amp;amp;` loses a layer a round and gets shorter each time.
    while let Cow::Owned(again) = replace(&decoded, is_residue) {
        decoded = Cow::Owned(again);
    }
    decoded
}

fn replace(text: &str, wanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    for at in memchr::memchr_iter(b'&', text.as_bytes()) {
        let window = &text.as_bytes()[at..text.len().min(at + MAX_REFERENCE)];
        let Some(length) = memchr::memchr(b';', window) else {
            continue;
        };
        let Some((first, second)) = reference(&text[at + 1..at + length]) else {
            continue;
        };
        if at < copied || !wanted(first) {
            continue;
        }
        out.push_str(&text[copied..at]);
        out.push(first);
        out.extend(second);
        copied = at + length + 1;
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
        assert!(matches!(decode_residues("R&D; a & b"), Cow::Borrowed(_)));
    }
}
