//! html5ever's tree builder into one scraper tree, with a budget of nodes and the place of each element in the source.
//!
//! [`parse`] answers a [`Page`] or the bound that the page would break; the caller then reads it flat.
//! Everything here is linear in the source: html5ever's own squares (stack scans, attribute lists, formatting
//! elements that are opened again for each paragraph) end at a bound.

use super::guard::Guard;
use super::tag::attribute;
use super::tokenize;
use crate::article::Degraded;
use crate::limits::Limits;
use ego_tree::{NodeId, NodeRef, Tree};
use foldhash::{HashMap, HashSet};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, QualName, expanded_name, local_name, ns};
use scraper::{Html, HtmlTreeSink, Node};
use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::ops::Range;

/// A parsed page.
pub struct Page {
    /// The tree.
    pub html: Html,
    /// Where each element stands, in the order of the node ids.
    places: Vec<Place>,
    /// Where each text stands, in the order of the node ids.
    texts: Vec<TextPlace>,
    next_place: Cell<usize>,
    next_text: Cell<usize>,
    /// True when elements past the depth bound were taken as siblings.
    pub flattened: bool,
}

/// Where an element stands in the source.
#[derive(Clone, Copy)]
struct Place {
    element: NodeId,
    /// The bytes of the tag or text that it came from.
    start: u32,
    end: u32,
    line: u32,
}

/// Where a text stands in the source.
struct TextPlace {
    node: NodeId,
    /// From its first byte that is no white space to its last.
    range: Range<u32>,
}

impl Page {
    /// The source line, from 1, where the tag ends that opened the element, or where the text begins that made the
    /// tree builder add it; 0 for what no token opened, and where lines were not counted.
    pub fn line(&self, element: NodeId) -> u32 {
        find(&self.places, &self.next_place, element, |place| place.element).map_or(0, |place| place.line)
    }

    /// True for a piece of a page: it has no doctype, and no tag of their own opened the page, its head and its body.
    pub fn is_fragment(&self, source: &str) -> bool {
        if begins_with_doctype(source) {
            return false;
        }
        let tag_of = |node: NodeRef<'_, Node>| {
            let at = self.places.binary_search_by_key(&node.id(), |place| place.element).ok()?;
            let tag = source.get(self.places[at].start as usize..)?.strip_prefix('<')?;
            tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()
        };
        let is_stated = |node: NodeRef<'_, Node>| {
            let name = node.value().as_element().map(|element| element.name());
            let name = name.filter(|name| matches!(*name, "html" | "head" | "body"));
            name.zip(tag_of(node)).is_some_and(|(name, tag)| tag.eq_ignore_ascii_case(name))
        };
        let root = self.html.tree.root();
        !root.children().chain(root.children().flat_map(|page| page.children())).any(is_stated)
    }

    /// The bytes of the source that a text came from, without white space at its ends.
    pub fn text_range(&self, text: NodeId) -> Range<u32> {
        find(&self.texts, &self.next_text, text, |place| place.node).map_or(0..0, |place| place.range.clone())
    }
}

/// True for a source whose first markup is a doctype, but for comments and the declaration of XML.
fn begins_with_doctype(source: &str) -> bool {
    const DOCTYPE: &str = "<!doctype";
    let mut rest = source.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => ">",
            _ => return rest.get(..DOCTYPE.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(DOCTYPE)),
        };
        let Some((_, behind)) = rest.split_once(end) else { return false };
        rest = behind.trim_start();
    }
}

/// The place of a node among those in the order of the node ids. Who asks in the order of the page most often asks for
/// the `next` one.
fn find<'p, T>(places: &'p [T], next: &Cell<usize>, node: NodeId, id: impl Fn(&T) -> NodeId) -> Option<&'p T> {
    let is_next = places.get(next.get()).is_some_and(|place| id(place) == node);
    let at = if is_next { next.get() } else { places.binary_search_by_key(&node, &id).ok()? };
    next.set(at + 1);
    Some(&places[at])
}

/// Bytes of source to one node, in pages of many nodes; more memory than that is asked for when it is needed.
const BYTES_A_NODE: usize = 64;

/// Parses a page; `every_attribute` keeps those that only a user's selector could ask for, `counts_lines` says whether
/// [`Page::line`] will be asked.
///
/// # Errors
/// The bound that the tree would break: [`Degraded::Nodes`] or [`Degraded::Attributes`].
pub fn parse(source: &str, limits: &Limits, every_attribute: bool, counts_lines: bool) -> Result<Page, Degraded> {
    if source.len() > tokenize::MAX_SOURCE {
        return Err(Degraded::Nodes);
    }
    let sink = BoundedSink::new(limits.max_nodes(source.len()), source.len() / BYTES_A_NODE);
    // `noscript` is read as a browser with scripts does: an unclosed iframe inside it would swallow the page.
    let options = TreeBuilderOpts { scripting_enabled: true, drop_doctype: true, ..TreeBuilderOpts::default() };
    let guard = Guard::new(TreeBuilder::new(sink, options), limits, every_attribute);
    tokenize::tokenize(source, &guard)?;
    Ok(guard.builder.sink.into_page(source, counts_lines))
}

/// Fills in the lines of places that come in the order of the source.
fn count_lines(places: &mut [Place], source: &str) {
    let bytes = source.as_bytes();
    let has_cr = memchr::memchr(b'\r', bytes).is_some();
    let (mut line, mut counted) = (1, 0);
    for place in places {
        let token = &bytes[place.start as usize..place.end as usize];
        // A tag counts where it ends, text where it begins.
        let at = match token.ends_with(b">") {
            true => place.end as usize,
            false => place.start as usize + token.iter().take_while(|byte| byte.is_ascii_whitespace()).count(),
        };
        if at > counted {
            line += memchr::memchr_iter(b'\n', &bytes[counted..at]).count();
            if has_cr {
                line += memchr::memchr_iter(b'\r', &bytes[counted..at])
                    .filter(|offset| bytes.get(counted + offset + 1) != Some(&b'\n'))
                    .count();
            }
            counted = at;
        }
        place.line = u32::try_from(line).unwrap_or(u32::MAX);
    }
}

/// Takes white space off the ends of the texts.
fn trim(texts: &mut [TextPlace], source: &str) {
    for TextPlace { range, .. } in texts {
        let text = &source.as_bytes()[range.start as usize..range.end as usize];
        let blank = text.len() - text.trim_ascii_start().len();
        if blank < text.len() {
            range.start += blank as u32;
            range.end -= (text.len() - text.trim_ascii_end().len()) as u32;
        }
    }
}

/// scraper's tree with a count of its nodes, the depth of the open elements and where in the source they stand.
pub struct BoundedSink {
    tree: HtmlTreeSink,
    max_nodes: usize,
    /// Nodes that the calls of the tree builder may have made: at least as many as there are.
    made: Cell<usize>,
    places: RefCell<Vec<Place>>,
    texts: RefCell<Vec<TextPlace>>,
    /// The bytes of the token that is being processed.
    token: Cell<(u32, u32)>,
    /// The bytes of the text tokens that came last, one after the other: the tree builder may hold text in a table back
    /// until the next tag.
    text: Cell<(u32, u32)>,
    /// That the token before was text.
    follows_text: Cell<bool>,
    /// The element that the next text would go into, as far as the calls of the tree builder show.
    current: Cell<NodeId>,
    /// Elements created less elements popped: at least the depth, since html5ever does not report every pop.
    open: Cell<usize>,
    /// The depth was measured at the bound, and nothing was opened or closed since.
    at_bound: Cell<bool>,
    flattened: Cell<bool>,
    ends_with_break: Cell<bool>,
    /// Templates that are the shadow of an element, each with the element; and these elements.
    shadows: RefCell<HashMap<NodeId, NodeId>>,
    hosts: RefCell<HashSet<NodeId>>,
}

impl BoundedSink {
    fn new(max_nodes: usize, expected_nodes: usize) -> Self {
        let mut html = Html::new_document();
        html.tree = Tree::with_capacity(Node::Document, expected_nodes);
        let root = html.tree.root().id();
        BoundedSink {
            tree: HtmlTreeSink::new(html),
            max_nodes,
            made: Cell::new(0),
            places: RefCell::new(Vec::with_capacity(expected_nodes / 2)),
            texts: RefCell::new(Vec::with_capacity(expected_nodes / 2)),
            token: Cell::new((0, 0)),
            text: Cell::new((0, 0)),
            follows_text: Cell::new(false),
            current: Cell::new(root),
            open: Cell::new(0),
            at_bound: Cell::new(false),
            flattened: Cell::new(false),
            ends_with_break: Cell::new(false),
            shadows: RefCell::default(),
            hosts: RefCell::default(),
        }
    }

    /// True for an element to which a shadow may be attached: <https://dom.spec.whatwg.org/#dom-element-attachshadow>.
    fn can_have_shadow(&self, element: NodeId) -> bool {
        let tree = self.tree.0.borrow();
        let element = tree.tree.get(element).and_then(|node| node.value().as_element());
        element.is_some_and(|element| {
            let is_custom = || element.name().contains('-');
            element.name.ns == ns!(html)
                && (matches!(
                    element.name(),
                    "article"
                        | "aside"
                        | "blockquote"
                        | "body"
                        | "div"
                        | "footer"
                        | "h1"
                        | "h2"
                        | "h3"
                        | "h4"
                        | "h5"
                        | "h6"
                        | "header"
                        | "main"
                        | "nav"
                        | "p"
                        | "section"
                        | "span"
                ) || is_custom())
        })
    }

    /// True when the tree holds as many nodes as the page may have.
    pub fn is_over_budget(&self) -> bool {
        self.made.get() > self.max_nodes && self.tree.0.borrow().tree.values().len() > self.max_nodes
    }

    /// Counts a node, and that of what a template holds.
    fn made_node(&self) {
        self.made.set(self.made.get() + 2);
    }

    /// True when the open elements are `max` deep or more.
    ///
    /// The count of open elements is an upper bound that drifts, so at the bound the path to the root is walked;
    /// a walk is paid for by the `max` elements that were opened since the one before.
    pub fn is_deeper_than(&self, max: usize) -> bool {
        if self.open.get() < max {
            return false;
        }
        if self.at_bound.get() {
            return true;
        }
        let tree = self.tree.0.borrow();
        let depth = tree.tree.get(self.current.get()).map_or(0, |node| node.ancestors().count() + 1);
        self.open.set(depth);
        self.at_bound.set(depth >= max);
        self.flattened.set(self.flattened.get() | (depth >= max));
        depth >= max
    }

    /// Hears which bytes of the source the next token stands for.
    pub fn token_at(&self, range: Range<usize>) {
        let position = |at| u32::try_from(at).expect("a source has at most 1 GiB");
        self.token.set((position(range.start), position(range.end)));
    }

    /// Hears whether that token is text.
    pub fn token_is_text(&self, is_text: bool) {
        if is_text {
            let (start, end) = self.token.get();
            self.text.set((if self.follows_text.get() { self.text.get().0 } else { start }, end));
        }
        self.follows_text.set(is_text);
    }

    /// Notes where the text stands that was just put into `node`.
    fn text_added(&self, node: Option<NodeId>) {
        let Some(node) = node else { return };
        // A token of text that is not held back is put down at once.
        let (start, end) = if self.follows_text.get() { self.token.get() } else { self.text.get() };
        let mut texts = self.texts.borrow_mut();
        let at = match texts.last() {
            Some(last) if last.node < node => Err(texts.len()),
            Some(last) if last.node == node => Ok(texts.len() - 1),
            _ => texts.binary_search_by_key(&node, |place| place.node),
        };
        match at {
            Ok(at) => {
                let range = &mut texts[at].range;
                *range = range.start.min(start)..range.end.max(end);
            }
            Err(at) => texts.insert(at, TextPlace { node, range: start..end }),
        }
    }

    /// The tree of that source, complete.
    fn into_page(self, source: &str, counts_lines: bool) -> Page {
        let mut places = self.places.into_inner();
        if counts_lines {
            count_lines(&mut places, source);
        }
        let mut texts = self.texts.into_inner();
        trim(&mut texts, source);
        Page {
            html: self.tree.finish(),
            places,
            texts,
            next_place: Cell::default(),
            next_text: Cell::default(),
            flattened: self.flattened.get(),
        }
    }

    /// True when the last thing in the tree is a `<br>`.
    pub fn ends_with_break(&self) -> bool {
        self.ends_with_break.get()
    }

    /// What `to` finds from a node of the tree.
    fn node(&self, from: NodeId, to: impl Fn(NodeRef<'_, Node>) -> Option<NodeRef<'_, Node>>) -> Option<NodeId> {
        self.tree.0.borrow().tree.get(from).and_then(to).map(|node| node.id())
    }

    fn appended(&self, parent: NodeId, child: &NodeOrText<NodeId>) {
        let (current, is_break) = match child {
            NodeOrText::AppendText(_) => {
                self.made_node();
                (parent, false)
            }
            NodeOrText::AppendNode(id) => {
                let tree = self.tree.0.borrow();
                let name =
                    tree.tree.get(*id).and_then(|node| node.value().as_element()).map(|element| &element.name.local);
                let is_void = name.is_none_or(super::tag::is_void);
                let is_break = name == Some(&local_name!("br"));
                (if is_void { parent } else { *id }, is_break)
            }
        };
        self.current.set(current);
        self.ends_with_break.set(is_break);
    }
}

impl TreeSink for BoundedSink {
    type Handle = NodeId;
    type Output = Html;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Html {
        self.tree.finish()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        let is_void = super::tag::is_void(&name.local);
        self.made_node();
        let id = self.tree.create_element(name, attributes, flags);
        let (start, end) = self.token.get();
        self.places.borrow_mut().push(Place { element: id, start, end, line: 0 });
        if !is_void {
            self.open.set(self.open.get() + 1);
            self.at_bound.set(false);
        }
        id
    }

    fn pop(&self, node: &NodeId) {
        self.open.set(self.open.get().saturating_sub(1));
        self.at_bound.set(false);
        let tree = self.tree.0.borrow();
        if let Some(parent) = tree.tree.get(*node).and_then(|node| node.parent()) {
            self.current.set(parent.id());
        }
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.appended(*parent, &child);
        let is_text = matches!(child, NodeOrText::AppendText(_));
        self.tree.append(parent, child);
        if is_text {
            self.text_added(self.node(*parent, |parent| parent.last_child()));
        }
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.appended(*sibling, &child);
        let is_text = matches!(child, NodeOrText::AppendText(_));
        self.tree.append_before_sibling(sibling, child);
        if is_text {
            self.text_added(self.node(*sibling, |sibling| sibling.prev_sibling()));
        }
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        match self.node(*element, |element| element.parent()) {
            Some(_) => self.append_before_sibling(element, child),
            None => self.append(previous, child),
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, element: &NodeId) -> bool {
        let tree = self.tree.0.borrow();
        let element = tree.tree.get(*element).and_then(|node| node.value().as_element());
        element.is_some_and(|element| {
            element.name.expanded() == expanded_name!(mathml "annotation-xml")
                && attribute(element, &local_name!("encoding"))
                    .is_some_and(|encoding| encoding.eq_ignore_ascii_case("text/html"))
        })
    }

    /// A browser shows what such a template holds in the place of what its element holds, and that where a slot is. Here it stands
    /// before it, so that none of both is lost.
    fn attach_declarative_shadow(&self, host: &NodeId, template: &NodeId, _attributes: &[Attribute]) -> bool {
        let is_attached = self.can_have_shadow(*host) && self.hosts.borrow_mut().insert(*host);
        if is_attached {
            self.shadows.borrow_mut().insert(*template, *host);
        }
        is_attached
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.tree.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.tree.elem_name(target)
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.made_node();
        self.tree.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.made_node();
        self.tree.create_pi(target, data)
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.tree.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        let shadow = self.shadows.borrow().get(target).copied();
        shadow.unwrap_or_else(|| self.tree.get_template_contents(target))
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.tree.set_quirks_mode(mode);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        self.tree.add_attrs_if_missing(target, attributes);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.tree.reparent_children(node, new_parent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The source line and the text of each `<p>`.
    fn paragraphs(source: &str) -> Vec<(u32, String)> {
        let page = parse(source, &Limits::default(), false, true).unwrap_or_else(|bound| panic!("{bound:?}"));
        let nodes = page.html.tree.nodes();
        let paragraphs = nodes.filter(|node| node.value().as_element().is_some_and(|element| element.name() == "p"));
        let text = |node: ego_tree::NodeRef<'_, scraper::Node>| {
            node.descendants().filter_map(|node| node.value().as_text().map(|text| text.to_string())).collect()
        };
        paragraphs.map(|node| (page.line(node.id()), text(node))).collect()
    }

    fn one(line: u32, text: &str) -> Vec<(u32, String)> {
        vec![(line, text.to_owned())]
    }

    #[test]
    fn lines_count_through_scripts_and_styles_that_are_left_out() {
        assert_eq!(paragraphs("<script>\nif (a<b)\n</script>\n<style>\n</style><p>x"), one(5, "x"));
        assert_eq!(paragraphs("<script>\n\n</script><p>x"), one(3, "x"));
    }

    #[test]
    fn a_line_ends_at_lf_cr_or_both() {
        assert_eq!(paragraphs("\r\n\r\r\n\n<p\nid=a>x"), one(6, "x"));
    }

    #[test]
    fn a_piece_of_a_page_says_nothing_of_the_page() {
        let is_piece = |source: &str| {
            let page = parse(source, &Limits::default(), false, false).unwrap_or_else(|bound| panic!("{bound:?}"));
            page.is_fragment(source)
        };
        assert!(
            ["<p>x", "x", "<!-- c --> <div>x</div>", "<header>x</header>", "<title>y</title><p>x", ""]
                .into_iter()
                .all(is_piece)
        );
        let pages = [
            "<!doctype html><p>x",
            "<HTML><p>x",
            "\n<html lang=en>x",
            "<head><p>x",
            "<body class=a>x",
            "<!-- c --><body>x",
        ];
        assert!(!pages.into_iter().any(is_piece));
    }

    #[test]
    fn what_text_opens_stands_where_the_text_begins() {
        let page =
            parse("<head>\n\nx\n\ny", &Limits::default(), false, true).unwrap_or_else(|bound| panic!("{bound:?}"));
        let body = page
            .html
            .tree
            .nodes()
            .find(|node| node.value().as_element().is_some_and(|element| element.name() == "body"));
        assert_eq!(body.map(|body| page.line(body.id())), Some(3));
    }

    #[test]
    fn a_script_ends_where_the_tokenizer_ends_it() {
        assert_eq!(paragraphs("<script>'<p>no</p>' </scripts></script ><p>x"), one(1, "x"));
        assert_eq!(paragraphs("<script><!-- <script> </script> <p>no --></script><p>x"), one(1, "x"));
        assert_eq!(paragraphs("<p title=\"<script>\">x</p><!-- <script> -->"), one(1, "x"));
        assert_eq!(paragraphs("<textarea><script></textarea><p>x"), one(1, "x"));
        assert_eq!(paragraphs("<script>never closed <p>no"), []);
    }

    #[test]
    fn what_a_declared_shadow_holds_is_shown_and_an_ordinary_template_is_not() {
        let shown = |source: &str| paragraphs(source).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        let shadow = "<x-a><template shadowrootmode=open><p>in</template><p>beside</x-a><p>behind";
        assert_eq!(shown(shadow), ["in", "beside", "behind"]);
        let text = |source: &str| {
            let page = parse(source, &Limits::default(), false, false).unwrap_or_else(|bound| panic!("{bound:?}"));
            let texts = page.html.tree.root().descendants().filter_map(|node| node.value().as_text());
            texts.map(|text| text.to_string()).collect::<String>()
        };
        assert_eq!(text("<body><div><template shadowrootmode=closed>a<b>c</template>d</div>e"), "acde");
        assert_eq!(text(&"<div><template shadowrootmode=open>x".repeat(3)), "xxx");
        let hidden = |source: &str| {
            let page = parse(source, &Limits::default(), false, false).unwrap_or_else(|bound| panic!("{bound:?}"));
            let paragraph = page
                .html
                .tree
                .root()
                .descendants()
                .find(|node| node.value().as_element().is_some_and(|element| element.name() == "p"));
            paragraph.is_some_and(|node| {
                node.ancestors().any(|node| node.value().as_element().is_some_and(|above| above.name() == "template"))
            })
        };
        assert!(hidden("<body><div><template><p>x</template></div>"));
        assert!(hidden("<body><pre><template shadowrootmode=open><p>x</template></pre>"), "but no element of its kind");
        let twice =
            "<body><div><template shadowrootmode=open>a</template><template shadowrootmode=open><p>b</template></div>";
        assert!(hidden(twice), "but an element has one");
    }

    #[test]
    fn a_meta_charset_does_not_stop_the_tokenizer() {
        let page = parse("<meta charset=utf-8><p>x", &Limits::default(), true, true)
            .unwrap_or_else(|bound| panic!("{bound:?}"));
        assert!(page.html.tree.nodes().any(|node| node.value().as_text().is_some_and(|text| &**text == "x")));
    }

    #[test]
    fn what_a_drawing_calls_style_is_no_raw_text() {
        assert_eq!(paragraphs("<svg><style><g></style></svg><p>x"), one(1, "x"));
    }

    #[test]
    fn deep_nesting_is_flattened_and_text_stays() {
        let page = parse(&("<div>".repeat(2000) + "<p>x"), &Limits::default(), false, true)
            .unwrap_or_else(|bound| panic!("{bound:?}"));
        assert!(page.flattened);
        let depth = page.html.tree.nodes().map(|node| node.ancestors().count()).max();
        assert!(depth.is_some_and(|depth| depth < 530), "{depth:?}");
    }
}
