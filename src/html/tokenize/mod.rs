//! The tokenization stage of the HTML standard, by scanning: source in, tokens out to a [`Sink`].
//!
//! html5ever's tree builder takes tokens from anyone, and its own tokenizer goes through a tag one character at a
//! time, which is most of the time of a parse. Here the source is at hand as a whole, so that what a state of the
//! standard collects is found by search: text up to the next `<`, a value up to its quote, a script up to its end tag.
//! Text and values are shared pieces of windows of the source, so that a script that nobody reads is not even copied;
//! only what the standard replaces (character references, CR, NUL) is a copy of its own.
//!
//! Linear whatever the source: each search starts where the one before ended, and one that finds nothing ends the
//! source. Parse errors are not reported. References to the standard are to its section 13.2.5 of November 2026.

mod doctype;
mod raw_text;
mod tag;

use super::references;
use crate::article::Degraded;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult};
use html5ever::{Attribute, LocalName};
use memchr::memmem;
use std::ops::Range;

/// Takes the tokens and says what of them it reads.
pub trait Sink: TokenSink {
    /// Hears where the next token stands in the source, before it comes.
    fn token_at(&self, _range: Range<usize>) {}

    /// False for an attribute, by its name in lower case, that is to be left out of the tokens.
    fn reads_attribute(&self, _name: &str) -> bool {
        true
    }

    /// False when the text of the element that was just opened can be left out; asked where it is raw text.
    fn reads_raw_text(&self) -> bool {
        true
    }

    /// An empty list for the attributes of a tag: that of a tag before, whose memory is at hand.
    fn spare_list(&self) -> Vec<Attribute> {
        Vec::new()
    }

    /// The most attributes that a tag may have.
    fn max_attributes(&self) -> usize {
        usize::MAX
    }

    /// True when no more tokens are wanted.
    fn is_full(&self) -> bool {
        false
    }
}

/// How the text that comes next is read: the state of the tokenizer between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text, tags and comments.
    Data,
    /// Text to the end tag of the last start tag; RCDATA, RAWTEXT or a script.
    Raw(RawKind),
    /// Text to the end of the source.
    Plaintext,
    /// Text to `]]>`.
    Cdata,
}

/// What the standard replaces in a stretch of text, beside line ends.
#[derive(Clone, Copy)]
struct Reading {
    references: bool,
    /// NUL is a token of its own and not U+FFFD.
    nul_tokens: bool,
}

/// Feeds the tokens of a source to a sink, the end of the source included, a byte order mark excluded.
///
/// # Errors
/// [`Degraded::Nodes`] when the sink is full, [`Degraded::Attributes`] at a tag with more attributes than it takes.
///
/// # Panics
/// When the source has more than 1 GiB, the bound of what the tree keeps its text in.
pub fn tokenize<S: Sink>(source: &str, sink: &S) -> Result<(), Degraded> {
    let mut tokenizer = Tokenizer::new(source, sink);
    if source.starts_with('\u{feff}') {
        tokenizer.at = '\u{feff}'.len_utf8();
    }
    tokenizer.run()
}

/// The most bytes that a source may have.
pub const MAX_SOURCE: usize = 1 << 30;

/// Bytes of the source that are copied at once.
const WINDOW: usize = 16 << 10;
/// Bytes that a tendril holds in itself.
const UNSHARED: usize = 8;

/// A source on its way through the states of the standard.
pub struct Tokenizer<'s, S> {
    source: &'s str,
    /// A copy of the source from `window_start` on, for pieces of it that the tokens share.
    window: StrTendril,
    window_start: usize,
    sink: &'s S,
    /// All before this place is in a token.
    at: usize,
    content: Content,
    last_start_tag: Option<LocalName>,
    /// The first CR or NUL that is not known to lie behind.
    next_control: usize,
    tag_names: tag::Names<'s, LocalName>,
    /// None for those that are not read.
    attribute_names: tag::Names<'s, Option<LocalName>>,
}

impl<'s, S: Sink> Tokenizer<'s, S> {
    /// Starts before the first byte, in text.
    pub fn new(source: &'s str, sink: &'s S) -> Self {
        assert!(source.len() <= MAX_SOURCE, "the caller bounds its sources");
        Tokenizer {
            source,
            window: StrTendril::new(),
            window_start: 0,
            sink,
            at: 0,
            content: Content::Data,
            last_start_tag: None,
            next_control: find_control(source.as_bytes(), 0),
            tag_names: tag::Names::new(),
            attribute_names: tag::Names::new(),
        }
    }

    /// Starts as if inside an element, as the tests of the standard do.
    pub fn starting_in(mut self, content: Content, last_start_tag: Option<&str>) -> Self {
        self.content = content;
        self.last_start_tag = last_start_tag.map(LocalName::from);
        self
    }

    /// Reads to the end of the source.
    ///
    /// # Errors
    /// As [`tokenize`].
    pub fn run(mut self) -> Result<(), Degraded> {
        while self.at < self.source.len() {
            match self.content {
                Content::Data => self.data()?,
                Content::Raw(kind) => self.raw_text(kind)?,
                Content::Cdata => self.cdata(),
                Content::Plaintext => {
                    let end = self.source.len();
                    self.text(self.at..end, Reading { references: false, nul_tokens: false });
                    self.at = end;
                }
            }
            if self.sink.is_full() {
                return Err(Degraded::Nodes);
            }
        }
        let end = self.source.len();
        self.emit(end..end, Token::EOFToken);
        self.sink.end();
        Ok(())
    }

    fn bytes(&self) -> &'s [u8] {
        self.source.as_bytes()
    }

    /// The place of `byte` at or after `from`, or the end of the source.
    fn find(&self, byte: u8, from: usize) -> usize {
        let from = from.min(self.source.len());
        memchr::memchr(byte, &self.bytes()[from..]).map_or(self.source.len(), |offset| from + offset)
    }

    /// The source in `range`, shared; ranges come in order, so that every byte is copied twice at most.
    fn piece(&mut self, range: Range<usize>) -> StrTendril {
        if range.len() <= UNSHARED {
            return StrTendril::from_slice(&self.source[range]);
        }
        if range.start < self.window_start || range.end > self.window_start + self.window.len() {
            let end = self.source.floor_char_boundary(range.start + WINDOW).max(range.end);
            self.window = StrTendril::from_slice(&self.source[range.start..end]);
            self.window_start = range.start;
        }
        let position = |at| u32::try_from(at).expect("a source has at most 1 GiB");
        self.window.subtendril(position(range.start - self.window_start), position(range.len()))
    }

    /// True when a CR or a NUL stands in `range`; ranges come in order.
    fn has_control(&mut self, range: &Range<usize>) -> bool {
        if self.next_control < range.start {
            self.next_control = find_control(self.bytes(), range.start);
        }
        self.next_control < range.end
    }

    fn emit(&mut self, range: Range<usize>, token: Token) {
        self.sink.token_at(range);
        match self.sink.process_token(token, 1) {
            TokenSinkResult::Continue | TokenSinkResult::EncodingIndicator(_) | TokenSinkResult::Script(_) => {}
            TokenSinkResult::Plaintext => self.content = Content::Plaintext,
            TokenSinkResult::RawData(kind) => self.content = Content::Raw(kind),
        }
    }

    /// The data state and the tag open states: one stretch of text, if any, and the markup after it.
    fn data(&mut self) -> Result<(), Degraded> {
        let bytes = self.bytes();
        let start = self.at;
        let mut references = false;
        let mut at = start;
        let open = loop {
            let found = match references {
                false => memchr::memchr2(b'<', b'&', &bytes[at..]),
                true => memchr::memchr(b'<', &bytes[at..]),
            };
            let Some(offset) = found else { break bytes.len() };
            at += offset;
            match (bytes[at], bytes.get(at + 1)) {
                (b'&', _) => references = true,
                (_, Some(next)) if next.is_ascii_alphabetic() || matches!(next, b'!' | b'?') => break at,
                // Two bytes of text at the end of the source.
                (_, Some(b'/')) if at + 2 < bytes.len() => break at,
                _ => {}
            }
            at += 1;
        };
        if start < open {
            self.text(start..open, Reading { references, nul_tokens: true });
        }
        self.at = open;
        match (bytes.get(open + 1), bytes.get(open + 2)) {
            (None, _) => self.at = bytes.len(),
            (Some(b'!'), _) => self.markup_declaration(open),
            (Some(b'?'), _) => self.bogus_comment(open, open + 1),
            // `</>` is nothing at all.
            (Some(b'/'), Some(b'>')) => self.at = open + 3,
            (Some(b'/'), Some(next)) if !next.is_ascii_alphabetic() => self.bogus_comment(open, open + 2),
            _ => self.tag(open)?,
        }
        Ok(())
    }

    /// Emits a stretch of text, whole and shared where nothing in it is replaced.
    fn text(&mut self, range: Range<usize>, reading: Reading) {
        if range.is_empty() {
            return;
        }
        if !reading.references && !self.has_control(&range) {
            let text = self.piece(range.clone());
            return self.emit(range, Token::CharacterTokens(text));
        }
        let mut at = range.start;
        while at < range.end {
            let nul = if reading.nul_tokens { memchr::memchr(0, &self.bytes()[at..range.end]) } else { None };
            let until = nul.map_or(range.end, |offset| at + offset);
            if at < until {
                let text = self.replaced(at..until, reading.references, false);
                self.emit(at..until, Token::CharacterTokens(text));
            }
            if nul.is_some() {
                self.emit(until..until + 1, Token::NullCharacterToken);
            }
            at = until + 1;
        }
    }

    /// A copy of the source in `range` with what the standard replaces replaced.
    fn replaced(&self, range: Range<usize>, references: bool, in_attribute: bool) -> StrTendril {
        let source = &self.source[range.clone()];
        let bytes = source.as_bytes();
        let mut out = StrTendril::with_capacity(u32::try_from(source.len()).expect("a source has at most 1 GiB"));
        let mut copied = 0;
        let mut at = 0;
        loop {
            let found = match references {
                true => memchr::memchr3(b'&', b'\r', 0, &bytes[at..]),
                false => memchr::memchr2(b'\r', 0, &bytes[at..]),
            };
            let Some(offset) = found else { break };
            at += offset;
            match bytes[at] {
                b'&' => match references::resolve(&source[at..], in_attribute) {
                    Some(reference) => {
                        out.push_slice(&source[copied..at]);
                        out.push_char(reference.first);
                        if let Some(second) = reference.second {
                            out.push_char(second);
                        }
                        at += reference.length;
                        copied = at;
                    }
                    None => at += 1,
                },
                replaced => {
                    out.push_slice(&source[copied..at]);
                    match (replaced, bytes.get(at + 1)) {
                        (0, _) => out.push_char('\u{fffd}'),
                        // The LF that follows stands for both.
                        (_, Some(b'\n')) => {}
                        _ => out.push_char('\n'),
                    }
                    at += 1;
                    copied = at;
                }
            }
        }
        out.push_slice(&source[copied..]);
        out
    }

    /// What a comment or a doctype takes over: NUL and CR replaced, references not.
    fn verbatim(&mut self, range: Range<usize>) -> StrTendril {
        if self.has_control(&range) { self.replaced(range, false, false) } else { self.piece(range) }
    }

    /// The markup declaration open state; `<!` stands at `open`.
    fn markup_declaration(&mut self, open: usize) {
        let rest = &self.bytes()[open + 2..];
        if rest.starts_with(b"--") {
            self.comment(open);
        } else if rest.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) {
            self.doctype(open);
        } else if rest.starts_with(b"[CDATA[") && self.sink.adjusted_current_node_present_but_not_in_html_namespace() {
            self.at = open + 9;
            self.content = Content::Cdata;
        } else {
            self.bogus_comment(open, open + 2);
        }
    }

    /// The comment states; `<!--` stands at `open`.
    fn comment(&mut self, open: usize) {
        let bytes = self.bytes();
        let start = open + 4;
        let rest = &bytes[start..];
        let (data, end) = if rest.starts_with(b">") {
            (start..start, start + 1)
        } else if rest.starts_with(b"->") {
            (start..start, start + 2)
        } else {
            match comment_end(bytes, start) {
                Some((data_end, end)) => (start..data_end, end),
                None => (start..start + unfinished_comment(rest), bytes.len()),
            }
        };
        let text = self.verbatim(data);
        self.at = end;
        self.emit(open..end, Token::CommentToken(text));
    }

    /// The bogus comment state: all from `start` to the next `>`.
    fn bogus_comment(&mut self, open: usize, start: usize) {
        let data_end = self.find(b'>', start);
        let text = self.verbatim(start..data_end);
        self.at = (data_end + 1).min(self.source.len());
        self.emit(open..self.at, Token::CommentToken(text));
    }

    /// The CDATA section states.
    fn cdata(&mut self) {
        let start = self.at;
        let end = memmem::find(&self.bytes()[start..], b"]]>").map_or(self.source.len(), |offset| start + offset);
        self.text(start..end, Reading { references: false, nul_tokens: true });
        self.at = (end + 3).min(self.source.len());
        self.content = Content::Data;
    }
}

/// The first CR or NUL at or after `from`, or the end.
fn find_control(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\r', 0, &bytes[from..]).map_or(bytes.len(), |offset| from + offset)
}

/// Where the data of a comment ends and where the comment ends: at `-->` or `--!>`.
fn comment_end(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let mut at = start;
    loop {
        at += memmem::find(&bytes[at..], b"--")?;
        let run = bytes[at..].iter().take_while(|byte| **byte == b'-').count();
        at += run;
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'>'), _) => return Some((at - 2, at + 1)),
            (Some(b'!'), Some(b'>')) => return Some((at - 2, at + 2)),
            _ => {}
        }
    }
}

/// The length of the data of a comment that the source ends in: the beginning of an end is no part of it.
fn unfinished_comment(data: &[u8]) -> usize {
    if data.ends_with(b"--!") {
        return data.len() - 3;
    }
    let dashes = data.iter().rev().take(2).take_while(|byte| **byte == b'-').count();
    data.len() - dashes
}
