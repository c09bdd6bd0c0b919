//! Between tokenizer and tree builder: bounds on depth and nodes, and nothing let through that no one reads.
//!
//! html5ever has no depth bound and scans its stack of open elements for each tag, so 500 KB of `<div>` take 15 s.
//! At the bound a start tag is not passed on and its end tag is counted off; a block-level one leaves a `<br>`, so
//! that the text after it is a block of its own. Comments, styles and scripts (JSON-LD excepted) end here too.

use super::parse::BoundedSink;
use super::tag::{self, Role};
use super::tokenize;
use super::tree::NodeId;
use crate::limits::Limits;
use foldhash::HashMap;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{Attribute, LocalName, local_name};
use std::cell::{Cell, RefCell};
use std::ops::Range;

/// A token sink that lets through what the tree may hold.
pub struct Guard {
    pub builder: TreeBuilder<NodeId, BoundedSink>,
    max_depth: usize,
    max_attributes: usize,
    every_attribute: bool,
    /// Start tags that were not passed on and whose end tags are still to come, by name.
    skipped: RefCell<HashMap<LocalName, usize>>,
    /// The last start tag opened a script or style whose text no one reads.
    drops_raw_text: Cell<bool>,
}

impl Guard {
    /// A guard before `builder`; `every_attribute` keeps those that only a user's selector could ask for.
    pub fn new(builder: TreeBuilder<NodeId, BoundedSink>, limits: &Limits, every_attribute: bool) -> Self {
        Guard {
            builder,
            max_depth: limits.max_depth,
            max_attributes: limits.max_tag_attributes,
            every_attribute,
            skipped: RefCell::default(),
            drops_raw_text: Cell::new(false),
        }
    }

    fn start_tag(&self, tag: Tag, line: u64) -> TokenSinkResult<NodeId> {
        self.drops_raw_text.set(false);
        let passes_any_depth = tag::is_void(&tag.name) || tag::is_raw_text(&tag.name);
        if !passes_any_depth && self.builder.sink.is_deeper_than(self.max_depth) {
            let is_block = tag::role(&tag.name) == Role::Block;
            *self.skipped.borrow_mut().entry(tag.name).or_default() += 1;
            return self.boundary(is_block, line);
        }
        let is_unread = match tag.name {
            local_name!("script") => !is_json_ld(&tag),
            ref name => *name == local_name!("style"),
        };
        let result = self.builder.process_token(Token::TagToken(tag), line);
        // Inside SVG a style is no raw text: the tree builder's answer tells, not the name.
        self.drops_raw_text.set(is_unread && matches!(result, TokenSinkResult::RawData(_)));
        result
    }

    fn end_tag(&self, tag: Tag, line: u64) -> TokenSinkResult<NodeId> {
        if let Some(count) = self.skipped.borrow_mut().get_mut(&tag.name)
            && *count > 0
        {
            *count -= 1;
            return self.boundary(tag::role(&tag.name) == Role::Block, line);
        }
        self.builder.process_token(Token::TagToken(tag), line)
    }

    /// Leaves a `<br>` where a block-level tag was left out.
    fn boundary(&self, is_block: bool, line: u64) -> TokenSinkResult<NodeId> {
        if !is_block || self.builder.sink.ends_with_break() {
            return TokenSinkResult::Continue;
        }
        let tag = Tag {
            kind: TagKind::StartTag,
            name: local_name!("br"),
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        };
        self.builder.process_token(Token::TagToken(tag), line)
    }
}

impl TokenSink for Guard {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        if self.builder.sink.is_over_budget() {
            return TokenSinkResult::Continue;
        }
        self.builder.sink.token_is_text(matches!(token, Token::CharacterTokens(_)));
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.start_tag(tag, line),
            Token::TagToken(tag) => self.end_tag(tag, line),
            Token::CommentToken(_) | Token::ParseError(_) => TokenSinkResult::Continue,
            token => self.builder.process_token(token, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

impl tokenize::Sink for Guard {
    fn token_at(&self, range: Range<usize>) {
        self.builder.sink.token_at(range);
    }

    fn reads_attribute(&self, name: &str) -> bool {
        self.every_attribute || is_read(name)
    }

    fn reads_raw_text(&self) -> bool {
        !self.drops_raw_text.get()
    }

    fn spare_list(&self) -> Vec<Attribute> {
        self.builder.sink.spare_list()
    }

    fn max_attributes(&self) -> usize {
        self.max_attributes
    }

    fn is_full(&self) -> bool {
        self.builder.sink.is_over_budget()
    }
}

fn is_json_ld(tag: &Tag) -> bool {
    tag.attrs.iter().any(|attribute| attribute.name.local == local_name!("type") && attribute.value.contains("ld+json"))
}

/// True for the attributes that the segmentation, the features, the metadata or the tree builder read.
pub fn is_read(attribute: &str) -> bool {
    matches!(
        attribute,
        "class"
            | "id"
            | "role"
            | "style"
            | "hidden"
            | "aria-hidden"
            | "href"
            | "rel"
            | "lang"
            | "name"
            | "content"
            | "property"
            | "itemprop"
            | "datetime"
            | "start"
            | "reversed"
            | "value"
            | "type"
            | "color"
            | "size"
            | "face"
            | "encoding"
            | "shadowrootmode"
    )
}
