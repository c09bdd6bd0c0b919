//! HTML to blocks: text runs between block-level boundaries, in reading order.
//!
//! [`segment`] walks a tree, [`segment_flat`] the events of a page that has none; both drive one [`Builder`]. Inline
//! elements do not divide, `br` divides lines, a row of a data table is one block. What CSS or `hidden` hides and
//! the text of `<noscript>` are blocks too, marked as such.

use super::outline::{CueFinder, Outline};
use super::{Block, Blocks, CELL, Gap, Marker, words};
use crate::article::{BlockKind, Degraded, Format};
use crate::html::flat::{Event, Events};
use crate::html::parse::Page;
use crate::html::references;
use crate::html::tag::{Role, attribute, is_void, role};
use crate::html::tree::{Edge, Element, NodeId, NodeRef, Value};
use crate::limits::Limits;
use html5ever::{LocalName, local_name as name};
use std::borrow::Cow;
use std::ops::Range;

/// Segments the page that was parsed from `source`.
pub fn segment(page: &Page, source: &str, cues: &CueFinder, limits: &Limits) -> Blocks<'static> {
    let mut builder = Builder::new(cues, limits);
    builder.outline.is_fragment = page.is_fragment(source);
    let mut walk = page.tree.root().walk();
    while let Some(edge) = walk.next() {
        match edge {
            Edge::Open(node) => match node.value() {
                Value::Text(text) => builder.text(text, node.source()),
                Value::Element(element) if !element.is_html() => builder.open_foreign(element.name),
                Value::Element(element) if role(element.name) == Role::Dropped => walk.skip_inside(),
                Value::Element(element) if *element.name == name!("noscript") => {
                    builder.noscript(node, source);
                    walk.skip_inside();
                }
                Value::Element(element) => {
                    let line = page.line(node.id());
                    let holds = builder.look_into(element, node);
                    builder.open(element.name, Some((element, node.id())), line, holds);
                }
                Value::Other => {}
            },
            Edge::Close(node) => {
                if node.name().is_some() {
                    builder.close();
                }
            }
        }
    }
    builder.finish(page.flattened.then_some(Degraded::Depth))
}

/// Segments a page without a tree; `why` is the bound that it would break.
pub fn segment_flat(source: &str, why: Degraded, cues: &CueFinder, limits: &Limits) -> Blocks<'static> {
    let mut builder = Builder::new(cues, limits);
    builder.events(source, 0, limits.max_depth);
    builder.finish(Some(why))
}

/// An element that is open.
struct Frame {
    tag: LocalName,
    role: Role,
    /// Its entry of the outline, or that of the element around it.
    entry: u32,
    /// The state to come back to.
    before: State,
}

/// What the open elements make of text.
#[derive(Clone, Copy)]
struct State {
    kind: BlockKind,
    hidden: bool,
    noscript: bool,
    in_link: bool,
    list_depth: u8,
    /// None in an unordered list.
    numbering: Option<Numbering>,
    in_data_table: bool,
    /// In a cell of which all lines are one phrase.
    in_phrase: bool,
    /// Directly inside SVG or MathML, whose text is a drawing; HTML may stand in it again.
    foreign: bool,
}

/// How the items of a list are numbered.
#[derive(Clone, Copy)]
struct Numbering {
    next: i32,
    counts_down: bool,
}

/// What an element holds, where that matters when it is opened; only a tree tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Anything,
    /// A table of data.
    Data,
    /// A cell of such a table, all lines of which are one phrase.
    Phrase,
    /// So many items of a list that counts down.
    Items(usize),
}

struct Builder<'c> {
    cues: &'c CueFinder,
    limits: &'c Limits,
    text: String,
    items: Vec<Block>,
    outline: Outline,
    frames: Vec<Frame>,
    state: State,
    /// Where the current run begins in the text.
    start: usize,
    /// The entry that the whole run stands in, down to inline elements; none before its first word.
    run_entry: Option<u32>,
    /// Where the text of the run came from.
    source: Range<u32>,
    /// Where the open link begins in the text, and the source of the run before it.
    link_start: usize,
    link_source: Range<u32>,
    link_words: usize,
    gap: Gap,
    marker: Marker,
    merged: bool,
}

impl<'c> Builder<'c> {
    fn new(cues: &'c CueFinder, limits: &'c Limits) -> Self {
        Builder {
            cues,
            limits,
            text: String::new(),
            items: Vec::new(),
            outline: Outline::default(),
            frames: Vec::new(),
            state: State {
                kind: BlockKind::Paragraph,
                hidden: false,
                noscript: false,
                in_link: false,
                list_depth: 0,
                numbering: None,
                in_data_table: false,
                in_phrase: false,
                foreign: false,
            },
            start: 0,
            run_entry: None,
            source: NOWHERE,
            link_start: 0,
            link_source: NOWHERE,
            link_words: 0,
            gap: Gap::Paragraph,
            marker: Marker::None,
            merged: false,
        }
    }

    fn entry(&self) -> u32 {
        self.frames.last().map_or(0, |frame| frame.entry)
    }

    /// The entry of the innermost element that is not inline.
    fn block_entry(&self) -> u32 {
        self.frames.iter().rev().find(|frame| frame.role == Role::Block).map_or(0, |frame| frame.entry)
    }

    fn look_into(&self, element: Element<'_>, node: NodeRef<'_>) -> Holds {
        match *element.name {
            name!("table") if is_data_table(node) => Holds::Data,
            name!("td") | name!("th") if self.state.in_data_table && is_phrase(node) => Holds::Phrase,
            name!("ol") if attribute(element, &name!("reversed")).is_some() => {
                Holds::Items(node.children().filter(|child| child.name() == Some(&name!("li"))).count())
            }
            _ => Holds::Anything,
        }
    }

    fn open(&mut self, tag: &LocalName, element: Option<(Element<'_>, NodeId)>, line: u32, holds: Holds) {
        let role = role(tag);
        let before = self.state;
        self.boundary_at(tag, role, true);
        self.state.foreign = false;
        let mut entry = self.entry();
        if let Some((element, node)) = element
            && (role == Role::Block || is_named(element))
        {
            entry = self.outline_entry(element, node, line);
            if self.outline.elements[entry as usize].is_caption && self.state.kind != BlockKind::Code {
                self.state.kind = BlockKind::Caption;
            }
        }
        self.state.hidden |= element.is_some_and(|(element, _)| is_hidden(element));
        self.enter(tag, element.map(|(element, _)| element), holds);
        self.frames.push(Frame { tag: tag.clone(), role, entry, before });
    }

    /// Opens an element of SVG or MathML: a drawing in the line, with no text of its own.
    fn open_foreign(&mut self, tag: &LocalName) {
        let (before, entry) = (self.state, self.entry());
        self.state.foreign = true;
        self.frames.push(Frame { tag: tag.clone(), role: Role::Inline, entry, before });
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let (tag, role) = (frame.tag.clone(), frame.role);
        if self.state.in_link && !frame.before.in_link {
            self.leave_link();
        }
        // The run that ends here still stands in the element.
        self.boundary_at(&tag, role, false);
        let Some(frame) = self.frames.pop() else { return };
        let numbering = self.state.numbering;
        self.state = frame.before;
        if frame.tag == name!("li") {
            self.state.numbering = numbering;
        }
        if frame.tag == name!("li") && self.marker != Marker::None {
            self.marker = Marker::None;
        }
        if frame.entry != self.entry() {
            self.outline.elements[frame.entry as usize].blocks.end = self.items.len() as u32;
        }
    }

    fn outline_entry(&mut self, element: Element<'_>, node: NodeId, line: u32) -> u32 {
        self.outline.open(element, node, self.entry(), line, self.cues, self.items.len() as u32)
    }

    /// What the tag makes of the text inside it.
    fn enter(&mut self, tag: &LocalName, element: Option<Element<'_>>, holds: Holds) {
        let number_in = |name: &LocalName| element.and_then(|element| attribute(element, name)).and_then(integer);
        let state = &mut self.state;
        match *tag {
            name!("h1") | name!("h2") | name!("h3") | name!("h4") | name!("h5") | name!("h6") => {
                state.kind = BlockKind::Heading(tag.as_bytes()[1] - b'0');
            }
            name!("pre") => state.kind = BlockKind::Code,
            name!("blockquote") => state.kind = BlockKind::Quote,
            name!("figcaption") | name!("caption") => state.kind = BlockKind::Caption,
            name!("ul") | name!("menu") | name!("ol") => {
                state.list_depth = state.list_depth.saturating_add(1);
                let (first, counts_down) = match holds {
                    Holds::Items(items) => (items.try_into().unwrap_or(1), true),
                    _ => (1, false),
                };
                let next = || number_in(&name!("start")).unwrap_or(first);
                state.numbering = (*tag == name!("ol")).then(|| Numbering { next: next(), counts_down });
            }
            name!("li") => {
                state.kind = BlockKind::ListItem;
                self.marker = match &mut state.numbering {
                    Some(numbering) => {
                        let number = number_in(&name!("value")).unwrap_or(numbering.next);
                        numbering.next = number.saturating_add(if numbering.counts_down { -1 } else { 1 });
                        Marker::Number(number)
                    }
                    None => Marker::Bullet,
                };
            }
            name!("img") | name!("picture") => self.outline.images.push(self.items.len() as u32),
            name!("button") | name!("select") => self.outline.controls.push(self.items.len() as u32),
            name!("table") => state.in_data_table = holds == Holds::Data,
            name!("tr") if state.in_data_table => state.kind = BlockKind::TableRow,
            name!("td") | name!("th") if state.in_data_table => {
                state.in_phrase = holds == Holds::Phrase;
                if self.text.len() > self.start {
                    self.text.push_str(CELL);
                } else if self.gap == Gap::Space {
                    self.gap = Gap::Cell;
                }
            }
            name!("a")
                if !state.in_link && element.is_none_or(|element| attribute(element, &name!("href")).is_some()) =>
            {
                state.in_link = true;
                self.link_start = self.text.len();
                self.link_source = self.source.clone();
            }
            _ => {}
        }
    }

    fn leave_link(&mut self) {
        let from = self.link_start.max(self.start).min(self.text.len());
        let is_symbol = !self.text[from..].contains(char::is_alphanumeric);
        if is_symbol && matches!(self.state.kind, BlockKind::Heading(_)) {
            // The permalink of a heading: a pilcrow, a hash sign, a chain.
            self.text.truncate(from);
            self.source = self.link_source.clone();
            return;
        }
        self.link_words += words::count(&self.text[from..]);
    }

    /// Ends the run of text where a tag divides.
    fn boundary_at(&mut self, tag: &LocalName, role: Role, opens: bool) {
        match role {
            Role::Inline | Role::Dropped => {}
            _ if self.state.kind == BlockKind::Code && *tag != name!("pre") => {
                let line_is_open = self.text.len() > self.start && !self.text.ends_with('\n');
                if (*tag == name!("br") && opens) || (role == Role::Block && line_is_open) {
                    self.text.push('\n');
                }
            }
            Role::Break if !opens => {}
            Role::Break if *tag == name!("br") => {
                let again = self.is_run_empty() && !self.items.is_empty();
                let gap = if again { Gap::Paragraph } else { Gap::Line };
                self.boundary(match self.state {
                    // The model knows such lines as blocks of their own; the article has them in one line.
                    State { in_phrase: true, .. } => Gap::Space,
                    State { in_data_table: true, .. } => Gap::Line,
                    _ => gap,
                });
            }
            Role::Break => self.boundary(Gap::Paragraph),
            Role::Block if self.state.in_data_table => match *tag {
                name!("td") | name!("th") | name!("tbody") | name!("thead") | name!("tfoot") => {}
                name!("tr") => self.boundary(Gap::Line),
                name!("table") | name!("caption") => self.boundary(Gap::Paragraph),
                _ => self.space(),
            },
            Role::Block => self.boundary(self.gap_of(tag)),
        }
    }

    fn gap_of(&self, tag: &LocalName) -> Gap {
        match *tag {
            name!("li") | name!("dd") => Gap::Line,
            name!("ul") | name!("ol") | name!("menu") => {
                if self.state.list_depth > 1 || self.frames.last().is_some_and(|frame| frame.tag == name!("li")) {
                    Gap::Line
                } else {
                    Gap::Paragraph
                }
            }
            _ if self.state.kind == BlockKind::ListItem => Gap::Line,
            _ => Gap::Paragraph,
        }
    }

    /// True before the first text of a run that is more than white space; bars between empty cells are none.
    fn is_run_empty(&self) -> bool {
        self.source == NOWHERE
    }

    fn space(&mut self) {
        if self.text.len() > self.start && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Takes text that came from `source`.
    fn text(&mut self, text: &str, source: Range<u32>) {
        if self.state.foreign {
            return;
        }
        if !text.chars().all(char::is_whitespace) {
            let entry = self.entry();
            let whole = self.run_entry.is_none_or(|run| run == entry);
            self.run_entry = Some(if whole { entry } else { self.block_entry() });
            self.source = around(&self.source, &source);
        }
        if self.state.kind == BlockKind::Code {
            self.text.push_str(text);
            return;
        }
        // White space collapses as CSS does it; a run begins without.
        let mut rest = text;
        loop {
            let (piece, more) = rest.split_at(collapsed(rest.as_bytes()));
            self.text.push_str(piece);
            if more.is_empty() {
                return;
            }
            self.space();
            rest = more.trim_ascii_start();
        }
    }

    fn boundary(&mut self, gap: Gap) {
        if self.state.in_link && !self.is_run_empty() {
            self.leave_link();
        }
        // A permalink may have been all of it.
        if self.is_run_empty() {
            self.text.truncate(self.start);
            self.gap = self.gap.max(gap);
            return;
        }
        self.push_block();
        self.start = self.text.len();
        self.run_entry = None;
        self.source = NOWHERE;
        self.link_start = self.start;
        self.link_source = NOWHERE;
        self.link_words = 0;
        self.gap = gap;
        self.marker = Marker::None;
    }

    fn push_block(&mut self) {
        let run = &self.text[self.start..];
        let is_code = self.state.kind == BlockKind::Code;
        let run = if is_code { run.trim_end().trim_start_matches(['\n', '\r']) } else { run.trim() };
        let start = self.start + (run.as_ptr() as usize - self.text[self.start..].as_ptr() as usize);
        let (end, words) = (start + run.len(), words::count(run));
        let is_heading = matches!(self.state.kind, BlockKind::Heading(_));
        let block = Block {
            start: start as u32,
            end: end as u32,
            source: self.source.clone(),
            kind: self.state.kind,
            gap: if is_heading || is_code { Gap::Paragraph } else { self.gap },
            marker: if is_heading || is_code { Marker::None } else { self.marker },
            indent: self.state.list_depth.saturating_sub(1),
            words: words as u32,
            link_words: self.link_words.min(words) as u32,
            hidden: self.state.hidden,
            noscript: self.state.noscript,
            element: self.run_entry.unwrap_or_else(|| self.entry()),
        };
        // Past the bound short pieces share a block; long ones are few, since the text is bounded.
        const SHORT_WORDS: usize = 10;
        let full = self.items.len() >= self.limits.max_blocks && words < SHORT_WORDS;
        self.text.push('\n');
        match self.items.last_mut() {
            Some(last) if full && ((last.end - last.start) as usize) < self.limits.max_rule_block_bytes => {
                last.end = block.end;
                last.source = around(&last.source, &block.source);
                last.words += block.words;
                last.link_words += block.link_words;
                self.merged = true;
            }
            _ => self.items.push(block),
        }
    }

    /// The markup inside a `<noscript>`, which the tree holds as one text; it is read from the source, as it stands there.
    fn noscript(&mut self, node: NodeRef<'_>, source: &str) {
        let before = self.state;
        self.boundary(Gap::Paragraph);
        self.state.noscript = true;
        let open = self.frames.len();
        for text in node.children().filter(|child| child.text().is_some()) {
            let Range { start, end } = text.source();
            self.events(&source[start as usize..end as usize], start, self.limits.max_depth);
        }
        while self.frames.len() > open {
            self.close();
        }
        self.boundary(Gap::Paragraph);
        self.state = before;
    }

    /// Text and tags without a tree. End tags close the nearest open element of their name, or nothing.
    /// The source of the page has them from byte `first` on.
    fn events(&mut self, source: &str, first: u32, max_depth: usize) {
        /// Open elements that an end tag looks through; real nesting of one page part is less.
        const LOOK_BACK: usize = 64;
        let bottom = self.frames.len();
        let mut dropped: Option<LocalName> = None;
        let place_of = |text: &str, at: usize| {
            let start = first + (at + text.len() - text.trim_ascii_start().len()) as u32;
            start..start + text.trim_ascii().len() as u32
        };
        for event in Events::new(source) {
            match event {
                Event::End(tag) if dropped.as_ref() == Some(&tag) => dropped = None,
                _ if dropped.is_some() => {}
                Event::Text { text, at } => self.text(&references::decode(text), place_of(text, at)),
                Event::Start(tag) => match role(&tag) {
                    Role::Dropped if is_closed_pair(&tag) => dropped = Some(tag),
                    Role::Dropped => {}
                    role if is_void(&tag) || self.frames.len() - bottom >= max_depth => {
                        self.boundary_at(&tag, role, true);
                    }
                    _ => self.open(&tag, None, 0, Holds::Anything),
                },
                Event::End(tag) => {
                    let open = &self.frames[bottom.max(self.frames.len().saturating_sub(LOOK_BACK))..];
                    match open.iter().rev().position(|frame| frame.tag == tag) {
                        Some(above) => (0..=above).for_each(|_| self.close()),
                        None => self.boundary_at(&tag, role(&tag), false),
                    }
                }
            }
        }
    }

    fn finish(mut self, degraded: Option<Degraded>) -> Blocks<'static> {
        while !self.frames.is_empty() {
            self.close();
        }
        self.boundary(Gap::Paragraph);
        self.outline.elements[0].blocks = 0..self.items.len() as u32;
        let mut degraded: Vec<Degraded> = degraded.into_iter().collect();
        if self.merged {
            degraded.push(Degraded::Blocks);
        }
        Blocks { format: Format::Html, text: Cow::Owned(self.text), items: self.items, outline: self.outline, degraded }
    }
}

/// The source of a run that has no text yet: what is put [`around`] it and another stretch is the other.
const NOWHERE: Range<u32> = Range { start: u32::MAX, end: 0 };

/// The stretch of the source that holds both.
fn around(one: &Range<u32>, other: &Range<u32>) -> Range<u32> {
    one.start.min(other.start)..one.end.max(other.end)
}

/// Moves ranges of a source without its NULs to where they are in the one that has them.
pub fn count_nuls<'r>(ranges: impl Iterator<Item = &'r mut Range<u32>>, source: &[u8]) {
    let mut ranges: Vec<&mut Range<u32>> = ranges.collect();
    let mut places: Vec<&mut u32> = Vec::with_capacity(2 * ranges.len());
    for range in &mut ranges {
        // The end is moved with the last byte before it.
        range.end = range.end.saturating_sub(1);
        places.extend([&mut range.start, &mut range.end]);
    }
    places.sort_unstable();
    let mut nuls = memchr::memchr_iter(0, source).enumerate().peekable();
    let mut passed = 0;
    for place in places {
        while nuls.next_if(|(count, at)| at - count <= *place as usize).is_some() {
            passed += 1;
        }
        *place += passed;
    }
    for range in ranges {
        range.end += 1;
    }
}

/// The length of what is collapsed as it is: words with one space between them.
fn collapsed(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        if text[at].is_ascii_whitespace() {
            let is_single =
                at > 0 && text[at] == b' ' && text.get(at + 1).is_some_and(|next| !next.is_ascii_whitespace());
            if !is_single {
                break;
            }
        }
        at += 1;
    }
    at
}

/// Dropped elements whose end tag comes on any page that is worth reading.
fn is_closed_pair(tag: &LocalName) -> bool {
    matches!(*tag, name!("svg") | name!("math") | name!("video") | name!("audio") | name!("object") | name!("canvas"))
}

fn is_hidden(element: Element<'_>) -> bool {
    if attribute(element, &name!("hidden")).is_some() || attribute(element, &name!("aria-hidden")) == Some("true") {
        return true;
    }
    attribute(element, &name!("style")).is_some_and(|style| {
        let mut declarations = style.split(';').filter_map(|declaration| declaration.split_once(':'));
        declarations.any(|(property, value)| {
            let is = |a: &str, b: &str| property.trim().eq_ignore_ascii_case(a) && value.trim().eq_ignore_ascii_case(b);
            is("display", "none") || is("visibility", "hidden")
        })
    })
}

/// True for an inline element whose name says something: it has a class, or is a time.
fn is_named(element: Element<'_>) -> bool {
    *element.name == name!("time") || attribute(element, &name!("class")).is_some()
}

/// True for a table of data: two columns or more somewhere, and nothing in its cells but text and inline elements.
/// A table that lays out a page holds blocks, and its cells are blocks of their own.
fn is_data_table(table: NodeRef<'_>) -> bool {
    let mut columns = 0;
    let mut most = 0;
    for node in table.descendants().skip(1) {
        let Some(element) = node.element() else {
            continue;
        };
        match *element.name {
            name!("tr") => columns = 0,
            name!("td") | name!("th") => {
                columns += 1;
                most = most.max(columns);
            }
            name!("tbody") | name!("thead") | name!("tfoot") | name!("caption") | name!("p") => {}
            ref tag if role(tag) == Role::Block => return false,
            _ => {}
        }
    }
    most >= 2
}

/// True for a cell with a `<br>` whose few words are no paragraphs: the lines of an address, a figure and its unit.
fn is_phrase(cell: NodeRef<'_>) -> bool {
    const MAX_WORDS: usize = 12;
    // Cells stand in cells: what each of them looks into is bounded.
    const MAX_NODES: usize = 64;
    let (mut words, mut has_break, mut after_break) = (0, false, false);
    for (looked, node) in cell.descendants().skip(1).enumerate() {
        if let Some(text) = node.text() {
            words += words::count(text);
            after_break &= text.trim_ascii().is_empty();
        } else if node.name() == Some(&name!("br")) {
            if after_break {
                return false;
            }
            (has_break, after_break) = (true, true);
        }
        if words > MAX_WORDS || looked == MAX_NODES {
            return false;
        }
    }
    has_break
}

/// A whole number at the beginning of an attribute, as the HTML standard parses them; none where it is out of bounds.
fn integer(value: &str) -> Option<i32> {
    let value = value.trim_ascii_start();
    let sign = usize::from(value.starts_with(['-', '+']));
    let digits = value.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
    value[..sign + digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::parse;

    /// The marker and the text of each block.
    fn items(body: &str) -> Vec<(Marker, String)> {
        let (finder, limits) = (CueFinder::builtin(), Limits::default());
        let page = parse::parse(body, &limits, false, false).unwrap_or_else(|_| panic!("within bounds"));
        let blocks = segment(&page, body, &finder, &limits);
        blocks.items.iter().map(|block| (block.marker, blocks.text_of(block).to_owned())).collect()
    }

    /// The numbers of all items.
    fn numbers(body: &str) -> Vec<i32> {
        let number = |(marker, _)| match marker {
            Marker::Number(number) => number,
            _ => panic!("an item without a number"),
        };
        items(body).into_iter().map(number).collect()
    }

    #[test]
    fn items_have_the_numbers_that_a_browser_shows() {
        assert_eq!(numbers("<ol><li>a<li>b<li value=7>c<li>d</ol>"), [1, 2, 7, 8]);
        assert_eq!(numbers("<ol start=3><li>a<li>b</ol>"), [3, 4]);
        assert_eq!(numbers("<ol reversed><li>a<li>b<li>c</ol>"), [3, 2, 1]);
        assert_eq!(numbers("<ol reversed start=10><li>a<li value=5>b<li>c</ol>"), [10, 5, 4]);
        assert_eq!(numbers("<ol start=-1><li>a<li>b<li>c</ol>"), [-1, 0, 1]);
        assert_eq!(numbers("<ol reversed><li>a<ol><li>b<li value=9>c</ol><li>d</ol>"), [2, 1, 9, 1]);
        assert_eq!(items("<ul><li value=3>a</ul>")[0].0, Marker::Bullet);
    }

    #[test]
    fn numbers_that_are_none_or_out_of_bounds_are_passed_over() {
        assert_eq!(numbers("<ol start=9999999999><li>a<li value=x>b<li value='-'>c<li value=''>d</ol>"), [1, 2, 3, 4]);
        assert_eq!(numbers("<ol><li value=2147483647>a<li>b</ol>"), [i32::MAX, i32::MAX]);
        assert_eq!([" 7", "+7", "7.5", "7px"].map(integer), [Some(7); 4]);
    }
}
