//! Tokens in the form in which two tokenizers are compared, and a sink that collects them.

use dehusk::tokenizer::{self, Content, Tokenizer};
use html5ever::interface::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Tokenizer as Reference;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, TokenizerOpts};
use std::cell::{Cell, RefCell};
use std::ops::Range;

/// A token; neighbours of text are one, and an end tag has no attributes.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    Text(String),
    Start { name: String, attributes: Vec<(String, String)>, self_closing: bool },
    End(String),
    Comment(String),
    Doctype { name: Option<String>, public: Option<String>, system: Option<String>, force_quirks: bool },
    EndOfFile,
}

/// Collects tokens, and answers start tags by name as a tree builder without a tree would.
#[derive(Default)]
pub struct Collector {
    pub tokens: RefCell<Vec<Shown>>,
    /// Where each token stands that was announced.
    pub ranges: RefCell<Vec<Range<usize>>>,
    /// Leaves start tags without effect on what follows.
    pub is_passive: bool,
    /// The attributes that are read; all when empty.
    pub reads: &'static [&'static str],
    open_drawings: Cell<usize>,
}

impl Collector {
    fn push(&self, token: Shown) {
        let mut tokens = self.tokens.borrow_mut();
        match (tokens.last_mut(), token) {
            (Some(Shown::Text(text)), Shown::Text(more)) => text.push_str(&more),
            (_, token) => tokens.push(token),
        }
    }

    fn effect(&self, name: &str) -> TokenSinkResult<()> {
        if self.is_passive {
            return TokenSinkResult::Continue;
        }
        match name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noscript" => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            "svg" => {
                self.open_drawings.set(self.open_drawings.get() + 1);
                TokenSinkResult::Continue
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

impl TokenSink for Collector {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let text = |text: Option<StrTendril>| text.map(String::from);
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let attributes = tag.attrs.iter().map(|attribute| {
                    assert!(attribute.name.prefix.is_none() && attribute.name.ns.is_empty());
                    (attribute.name.local.to_string(), attribute.value.to_string())
                });
                let is_read =
                    |(name, _): &(String, String)| self.reads.is_empty() || self.reads.contains(&name.as_str());
                let attributes = attributes.filter(is_read).collect();
                self.push(Shown::Start { name: tag.name.to_string(), attributes, self_closing: tag.self_closing });
                return self.effect(&tag.name);
            }
            Token::TagToken(tag) => {
                self.open_drawings.set(self.open_drawings.get().saturating_sub(usize::from(&*tag.name == "svg")));
                self.push(Shown::End(tag.name.to_string()));
            }
            Token::CommentToken(data) => self.push(Shown::Comment(data.into())),
            Token::CharacterTokens(data) => {
                assert!(!data.contains('\0'), "a NUL is a token of its own");
                if !data.is_empty() {
                    self.push(Shown::Text(data.into()));
                }
            }
            Token::NullCharacterToken => self.push(Shown::Text("\0".to_owned())),
            Token::DoctypeToken(doctype) => self.push(Shown::Doctype {
                name: text(doctype.name),
                public: text(doctype.public_id),
                system: text(doctype.system_id),
                force_quirks: doctype.force_quirks,
            }),
            Token::EOFToken => self.push(Shown::EndOfFile),
            Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.open_drawings.get() > 0
    }
}

impl tokenizer::Sink for Collector {
    fn token_at(&self, range: Range<usize>) {
        self.ranges.borrow_mut().push(range);
    }

    fn reads_attribute(&self, name: &str) -> bool {
        self.reads.is_empty() || self.reads.contains(&name)
    }
}

/// The first difference between the two tokenizers, with the tokens around it.
pub fn difference(source: &str, reads: &'static [&'static str]) -> Option<String> {
    let (expected, found) = (reference(source, reads), scanned(source, reads));
    let at = (0..expected.len().max(found.len())).find(|at| expected.get(*at) != found.get(*at))?;
    let before = at.checked_sub(1).map(|before| &expected[before]);
    let (expected, found) = (expected.get(at), found.get(at));
    Some(format!("token {at} after {before:?}: expected {expected:?}, came {found:?}"))
}

/// The tokens by dehusk's tokenizer.
pub fn scanned(source: &str, reads: &'static [&'static str]) -> Vec<Shown> {
    let sink = Collector { reads, ..Collector::default() };
    tokenizer::tokenize(source, &sink).expect("the collector has no bound");
    check_ranges(source, &sink.ranges.borrow());
    sink.tokens.into_inner()
}

/// The tokens by dehusk's tokenizer, from inside an element on.
pub fn scanned_in(source: &str, content: Content, last_start_tag: Option<&str>) -> Vec<Shown> {
    let sink = Collector { is_passive: true, ..Collector::default() };
    Tokenizer::new(source, &sink).starting_in(content, last_start_tag).run().expect("the collector has no bound");
    sink.tokens.into_inner()
}

/// The tokens by html5ever's tokenizer.
pub fn reference(source: &str, reads: &'static [&'static str]) -> Vec<Shown> {
    let sink = Collector { reads, ..Collector::default() };
    let tokenizer = Reference::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(source));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.tokens.into_inner()
}

/// Tokens come in order and do not overlap; each but the end of the source has bytes.
fn check_ranges(source: &str, ranges: &[Range<usize>]) {
    let mut end = 0;
    for range in ranges {
        assert!(end <= range.start && range.start <= range.end, "{range:?} after {end}");
        assert!(source.get(range.clone()).is_some_and(|bytes| !bytes.is_empty() || range.end == source.len()));
        end = range.end;
    }
}
