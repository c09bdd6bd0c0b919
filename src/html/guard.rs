//! Between tokenizer and tree builder: bounds on depth and nodes, and nothing let through that no one reads.
//!
//! html5ever has no depth bound and scans its stack of open elements for each tag, so 500 KB of `<div>` take 15 s.
//! At the bound a start tag is not passed on and its end tag is counted off; a block-level one leaves a `<br>`, so
//! that the text after it is a block of its own. Comments, styles and scripts (JSON-LD excepted) end here too.

use super::parse::BoundedSink;
use super::tag::{self, Role};
use ego_tree::NodeId;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{LocalName, local_name};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// A token sink that lets through what the tree may hold.
pub struct Guard {
    pub builder: TreeBuilder<NodeId, BoundedSink>,
    max_depth: usize,
    every_attribute: bool,
    /// Start tags that were not passed on and whose end tags are still to come, by name.
    skipped: RefCell<HashMap<LocalName, usize>>,
    /// Inside a script or style whose text no one reads.
    in_dropped_raw_text: RefCell<Option<LocalName>>,
    /// Its start tag was the last token.
    raw_text_begins: Cell<bool>,
    /// Tokens so far; the parser watches it to notice a tag that does not end.
    pub tokens: Cell<u64>,
}

impl Guard {
    /// A guard before `builder`; `every_attribute` keeps those that only a user's selector could ask for.
    pub fn new(builder: TreeBuilder<NodeId, BoundedSink>, max_depth: usize, every_attribute: bool) -> Self {
        Guard {
            builder,
            max_depth,
            every_attribute,
            skipped: RefCell::default(),
            in_dropped_raw_text: RefCell::default(),
            raw_text_begins: Cell::new(false),
            tokens: Cell::new(0),
        }
    }

    fn start_tag(&self, mut tag: Tag, line: u64) -> TokenSinkResult<NodeId> {
        let passes_any_depth = tag::is_void(&tag.name) || tag::is_raw_text(&tag.name);
        if !passes_any_depth && self.builder.sink.is_deeper_than(self.max_depth) {
            let is_block = tag::role(&tag.name) == Role::Block;
            *self.skipped.borrow_mut().entry(tag.name).or_default() += 1;
            return self.boundary(is_block, line);
        }
        let is_data = tag.name == local_name!("script") && is_json_ld(&tag);
        if !self.every_attribute {
            tag.attrs.retain(|attribute| is_read(&attribute.name.local));
        }
        let is_unread = matches!(tag.name, local_name!("script") | local_name!("style")) && !is_data;
        let name = tag.name.clone();
        let result = self.builder.process_token(Token::TagToken(tag), line);
        // Inside SVG a style is no raw text: the tree builder's answer tells, not the name.
        let is_raw = matches!(result, TokenSinkResult::RawData(_) | TokenSinkResult::Script(_));
        if is_unread && is_raw {
            *self.in_dropped_raw_text.borrow_mut() = Some(name);
            self.raw_text_begins.set(true);
        }
        result
    }

    fn end_tag(&self, tag: Tag, line: u64) -> TokenSinkResult<NodeId> {
        self.in_dropped_raw_text.take();
        if let Some(count) = self.skipped.borrow_mut().get_mut(&tag.name)
            && *count > 0
        {
            *count -= 1;
            return self.boundary(tag::role(&tag.name) == Role::Block, line);
        }
        self.builder.process_token(Token::TagToken(tag), line)
    }

    /// The script or style at the beginning of whose text the tokenizer stands, when nobody reads it.
    pub fn dropped_raw_text(&self) -> Option<LocalName> {
        self.in_dropped_raw_text.borrow().clone().filter(|_| self.raw_text_begins.get())
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
        self.tokens.set(self.tokens.get() + 1);
        self.raw_text_begins.set(false);
        if self.builder.sink.is_over_budget() {
            return TokenSinkResult::Continue;
        }
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.start_tag(tag, line),
            Token::TagToken(tag) => self.end_tag(tag, line),
            Token::CommentToken(_) | Token::ParseError(_) => TokenSinkResult::Continue,
            Token::CharacterTokens(_) if self.in_dropped_raw_text.borrow().is_some() => TokenSinkResult::Continue,
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

fn is_json_ld(tag: &Tag) -> bool {
    tag.attrs.iter().any(|attribute| attribute.name.local == local_name!("type") && attribute.value.contains("ld+json"))
}

/// True for the attributes that the segmentation, the features or the metadata read.
fn is_read(attribute: &LocalName) -> bool {
    matches!(
        *attribute,
        local_name!("class")
            | local_name!("id")
            | local_name!("role")
            | local_name!("style")
            | local_name!("hidden")
            | local_name!("aria-hidden")
            | local_name!("href")
            | local_name!("rel")
            | local_name!("lang")
            | local_name!("name")
            | local_name!("content")
            | local_name!("datetime")
            | local_name!("start")
            | local_name!("type")
            | local_name!("color")
            | local_name!("size")
            | local_name!("face")
            | local_name!("encoding")
    ) || matches!(&**attribute, "property" | "itemprop")
}
