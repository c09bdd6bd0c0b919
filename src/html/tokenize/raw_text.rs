//! Text in which no tag counts but the end tag of its element: RCDATA, RAWTEXT and scripts.

use super::tag::ends_name;
use super::{Content, Reading, Sink, Tokenizer};
use crate::article::Degraded;
use html5ever::LocalName;
use html5ever::tokenizer::states::RawKind;
use memchr::memmem;

impl<'s, S: Sink> Tokenizer<'s, S> {
    /// The text from here to its end tag, and that tag.
    pub(super) fn raw_text(&mut self, kind: RawKind) -> Result<(), Degraded> {
        let (bytes, start) = (self.bytes(), self.at);
        let end = self.last_start_tag.as_ref().and_then(|name| match kind {
            RawKind::ScriptData => script_end(bytes, start, name),
            _ => end_tag(bytes, start, name),
        });
        let text_end = end.unwrap_or(bytes.len());
        if self.sink.reads_raw_text() {
            let references = kind == RawKind::Rcdata && memchr::memchr(b'&', &bytes[start..text_end]).is_some();
            self.text(start..text_end, Reading { references, nul_tokens: false });
        }
        self.at = text_end;
        self.content = Content::Data;
        match end {
            Some(open) => self.tag(open),
            None => Ok(()),
        }
    }
}

/// True when the end tag `</name` begins at `open`.
fn is_end_tag(bytes: &[u8], open: usize, name: &LocalName) -> bool {
    let tag = &bytes[open + 2..];
    tag.get(name.len()).is_some_and(|next| ends_name(*next)) && tag[..name.len()].eq_ignore_ascii_case(name.as_bytes())
}

/// The place of the next end tag of that name at `from` or later.
fn end_tag(bytes: &[u8], from: usize, name: &LocalName) -> Option<usize> {
    memmem::find_iter(&bytes[from..], b"</").map(|offset| from + offset).find(|open| is_end_tag(bytes, *open, name))
}

/// Where a script ends: at its end tag, unless that stands inside `<!--` and after another `<script`.
fn script_end(bytes: &[u8], from: usize, name: &LocalName) -> Option<usize> {
    let mut end = end_tag(bytes, from, name)?;
    let mut at = from;
    loop {
        let Some(offset) = memmem::find(&bytes[at..end], b"<!--") else { return Some(end) };
        match escaped(bytes, at + offset + 2, name) {
            Escaped::Ends(open) => return Some(open),
            Escaped::Unfinished => return None,
            Escaped::Left(after) => at = after,
        }
        if end < at {
            end = end_tag(bytes, at, name)?;
        }
    }
}

/// How the escaped text of a script goes on.
enum Escaped {
    /// With `-->`, at this place: back in the script.
    Left(usize),
    /// With the end tag of the script, at this place.
    Ends(usize),
    /// To the end of the source.
    Unfinished,
}

/// The script data escaped and double escaped states; `--` stands at `from`.
fn escaped(bytes: &[u8], from: usize, name: &LocalName) -> Escaped {
    let mut at = from;
    let mut is_double = false;
    loop {
        let Some(offset) = memchr::memchr2(b'-', b'<', &bytes[at..]) else { return Escaped::Unfinished };
        at += offset;
        if bytes[at] == b'-' {
            let dashes = bytes[at..].iter().take_while(|byte| **byte == b'-').count();
            at += dashes;
            if dashes >= 2 && bytes.get(at) == Some(&b'>') {
                return Escaped::Left(at + 1);
            }
            continue;
        }
        let is_end = bytes.get(at + 1) == Some(&b'/');
        if is_end && !is_double {
            if is_end_tag(bytes, at, name) {
                return Escaped::Ends(at);
            }
            at += 2;
            continue;
        }
        at += 1 + usize::from(is_end);
        // `<script` begins the inner script, `</script` ends it.
        if is_end == is_double {
            let letters = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            let is_script = bytes[at..at + letters].eq_ignore_ascii_case(b"script");
            at += letters;
            if is_script && bytes.get(at).is_some_and(|next| ends_name(*next)) {
                is_double = !is_double;
                // A `>` here ends the name and no comment.
                at += 1;
            }
        }
    }
}
