//! A page as a sequence of tags and text, without a tree.
//!
//! For pages whose tree would break a bound and for the markup inside `<noscript>`. In goes source, out come
//! [`Event`]s. One forward scan, linear whatever the input: a search that found nothing is not made again.

use html5ever::LocalName;
use memchr::memmem;

/// A piece of the source.
#[derive(Debug, PartialEq)]
pub enum Event<'a> {
    /// Text with its character references still in it.
    Text {
        /// As it stands in the source.
        text: &'a str,
        /// Its first byte in the source.
        at: usize,
    },
    /// A start tag; attributes are not read.
    Start(LocalName),
    /// An end tag.
    End(LocalName),
}

/// Longest name that can be an element; a longer one is none.
const MAX_NAME: usize = 64;

/// The events of a source; an iterator.
pub struct Events<'a> {
    source: &'a str,
    at: usize,
    /// No such byte comes after this place; one for `"`, `'` and `>`.
    none_from: [usize; 3],
    no_comment_end: bool,
    /// Raw text elements that have no end tag in the rest of the source.
    unclosed: Vec<LocalName>,
}

impl<'a> Events<'a> {
    /// Starts before the first byte.
    pub fn new(source: &'a str) -> Self {
        Events { source, at: 0, none_from: [usize::MAX; 3], no_comment_end: false, unclosed: Vec::new() }
    }

    /// The next place of `byte` at or after `from`; asks the source at most once in vain.
    fn find(&mut self, byte: u8, from: usize) -> Option<usize> {
        let slot = match byte {
            b'"' => 0,
            b'\'' => 1,
            _ => 2,
        };
        if from >= self.none_from[slot] {
            return None;
        }
        let found = memchr::memchr(byte, self.source.as_bytes().get(from..)?);
        if found.is_none() {
            self.none_from[slot] = from;
        }
        found.map(|offset| from + offset)
    }

    /// The end of the tag whose name ends at `from`, one past its `>`.
    fn tag_end(&mut self, from: usize) -> usize {
        let bytes = self.source.as_bytes();
        let mut at = from;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'>' => return at + 1,
                // A quote opens a value only after `=`, as the tokenization stage of the standard has it.
                b'"' | b'\'' if bytes[..at].trim_ascii_end().ends_with(b"=") => match self.find(byte, at + 1) {
                    Some(end) => at = end + 1,
                    None => return self.find(b'>', at).map_or(bytes.len(), |end| end + 1),
                },
                _ => at += 1,
            }
        }
        bytes.len()
    }

    /// Skips a comment, doctype or processing instruction that starts at `at` with `<!`, `<?`.
    fn markup_end(&mut self, at: usize) -> usize {
        let rest = &self.source.as_bytes()[at..];
        if rest.starts_with(b"<!--") && !self.no_comment_end {
            match memmem::find(&rest[4..], b"-->") {
                Some(offset) => return at + 4 + offset + 3,
                None => self.no_comment_end = true,
            }
        }
        // An unclosed comment would swallow the page: it ends at its first `>` here.
        self.find(b'>', at).map_or(self.source.len(), |end| end + 1)
    }

    /// The place of the end tag of a raw text element, or of its first tag when there is none.
    fn raw_text_end(&mut self, name: &LocalName, from: usize) -> usize {
        if self.unclosed.contains(name) {
            return from;
        }
        raw_text_end(self.source, name, from).unwrap_or_else(|| {
            self.unclosed.push(name.clone());
            from
        })
    }
}

/// The place of the next end tag of that name at `from` or later.
fn raw_text_end(source: &str, name: &LocalName, from: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    let is_end = |at: &usize| {
        let tag = &bytes[at + 2..];
        tag.len() > name.len()
            && tag[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && b" \n\t\r\x0c/>".contains(&tag[name.len()])
    };
    memmem::find_iter(&bytes[from..], b"</").map(|offset| from + offset).find(is_end)
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        let bytes = self.source.as_bytes();
        loop {
            let at = self.at;
            let next = *bytes.get(at + 1).unwrap_or(&0);
            if at >= bytes.len() {
                return None;
            }
            if bytes[at] != b'<' || !(next.is_ascii_alphabetic() || b"/!?".contains(&next)) {
                let from = at + 1;
                let end = memchr::memchr(b'<', &bytes[from..]).map_or(bytes.len(), |offset| from + offset);
                self.at = end;
                return Some(Event::Text { text: &self.source[at..end], at });
            }
            if next == b'!' || next == b'?' {
                self.at = self.markup_end(at);
                continue;
            }
            let is_end = next == b'/';
            let name_at = at + 1 + usize::from(is_end);
            let length =
                bytes[name_at..].iter().position(|b| b" \n\t\r\x0c/>".contains(b)).unwrap_or(bytes.len() - name_at);
            self.at = self.tag_end(name_at + length);
            if length == 0 || length > MAX_NAME {
                continue;
            }
            let name = LocalName::from(self.source[name_at..name_at + length].to_ascii_lowercase());
            if is_end {
                return Some(Event::End(name));
            }
            if matches!(&*name, "script" | "style" | "textarea" | "title") {
                self.at = self.raw_text_end(&name, self.at);
                continue;
            }
            return Some(Event::Start(name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(source: &str) -> Vec<String> {
        Events::new(source)
            .map(|event| match event {
                Event::Text { text, .. } => text.to_owned(),
                Event::Start(name) => format!("<{name}>"),
                Event::End(name) => format!("</{name}>"),
            })
            .collect()
    }

    #[test]
    fn tags_and_text_come_in_order() {
        assert_eq!(shape("a<P class=\"x>y\">b</p>c"), ["a", "<p>", "b", "</p>", "c"]);
        assert_eq!(shape("1 < 2 <3"), ["1 ", "< 2 ", "<3"]);
    }

    #[test]
    fn scripts_and_comments_are_left_out() {
        assert_eq!(shape("<script>if (a</b)</script>x<!-- <p> -->y"), ["</script>", "x", "y"]);
        assert_eq!(shape("x<!-- never closed > y"), ["x", " y"]);
    }
}
