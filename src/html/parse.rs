//! html5ever's tree builder into a [`Tree`], with a budget of nodes and the place of each node in the source.
//!
//! [`parse`] answers a [`Page`] or the bound that the page would break; the caller then reads it flat.
//! Everything here is linear in the source: html5ever's own squares (stack scans, attribute lists, formatting
//! elements that are opened again for each paragraph) end at a bound.

use super::guard::Guard;
use super::select::Selectable;
use super::tag::attribute;
use super::tokenize;
use super::tree::{LentName, NodeId, NodeRef, Tree};
use crate::article::Degraded;
use crate::limits::Limits;
use foldhash::{HashMap, HashSet};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, QualName, local_name};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::Range;

/// A parsed page.
pub struct Page {
    /// The tree. A text stands in the source from its first byte that is no white space to its last.
    pub tree: Tree,
    /// The source line of each element, at the place of its node; empty where lines were not counted.
    lines: Vec<u32>,
    /// True when elements past the depth bound were taken as siblings.
    pub flattened: bool,
    /// The tree again, where selectors will be asked.
    pub selectable: Option<Selectable>,
}

impl Page {
    /// The source line, from 1, where the tag ends that opened the element, or where the text begins that made the
    /// tree builder add it; 0 where lines were not counted.
    pub fn line(&self, element: NodeId) -> u32 {
        self.lines.get(element.index()).copied().unwrap_or_default()
    }

    /// True for a piece of a page: it has no doctype, and no tag of their own opened the page, its head and its body.
    pub fn is_fragment(&self, source: &str) -> bool {
        if begins_with_doctype(source) {
            return false;
        }
        let tag_of = |node: NodeRef<'_>| {
            let tag = source.get(node.source().start as usize..)?.strip_prefix('<')?;
            tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()
        };
        let is_stated = |node: NodeRef<'_>| {
            let name = node.name().map(|name| &**name);
            let name = name.filter(|name| matches!(*name, "html" | "head" | "body"));
            name.zip(tag_of(node)).is_some_and(|(name, tag)| tag.eq_ignore_ascii_case(name))
        };
        let root = self.tree.root();
        !root.children().chain(root.children().flat_map(NodeRef::children)).any(is_stated)
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

/// Bytes of source to one node, in pages of many nodes; more memory than that is asked for when it is needed.
const BYTES_A_NODE: usize = 64;

/// Parses a page; `selects` keeps what only a user's selector could ask for, `counts_lines` says whether [`Page::line`] will be
/// asked.
///
/// # Errors
/// The bound that the tree would break: [`Degraded::Nodes`] or [`Degraded::Attributes`].
pub fn parse(source: &str, limits: &Limits, selects: bool, counts_lines: bool) -> Result<Page, Degraded> {
    if source.len() > tokenize::MAX_SOURCE {
        return Err(Degraded::Nodes);
    }
    let sink = BoundedSink::new(limits.max_nodes(source.len()), source.len() / BYTES_A_NODE);
    // `noscript` is read as a browser with scripts does: an unclosed iframe inside it would swallow the page.
    let options = TreeBuilderOpts { scripting_enabled: true, drop_doctype: true, ..TreeBuilderOpts::default() };
    let guard = Guard::new(TreeBuilder::new(sink, options), limits, selects);
    tokenize::tokenize(source, &guard)?;
    Ok(guard.builder.sink.into_page(source, selects, counts_lines))
}

/// The line of each element of a tree that was made in the order of the source, at the place of its node.
fn count_lines(tree: &Tree, source: &str) -> Vec<u32> {
    let bytes = source.as_bytes();
    let has_cr = memchr::memchr(b'\r', bytes).is_some();
    let (mut line, mut counted) = (1, 0);
    let line_of = |node: NodeRef<'_>| {
        if node.name().is_none() {
            return 0;
        }
        let Range { start, end } = node.source();
        let token = &bytes[start as usize..end as usize];
        // A tag counts where it ends, text where it begins.
        let at = match token.ends_with(b">") {
            true => end as usize,
            false => start as usize + token.iter().take_while(|byte| byte.is_ascii_whitespace()).count(),
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
        u32::try_from(line).unwrap_or(u32::MAX)
    };
    tree.nodes().map(line_of).collect()
}

/// Takes white space off the ends of the texts.
fn trim(tree: &mut Tree, source: &str) {
    for (start, end) in tree.text_sources() {
        let text = &source.as_bytes()[*start as usize..*end as usize];
        let blank = text.len() - text.trim_ascii_start().len();
        if blank < text.len() {
            *start += blank as u32;
            *end -= (text.len() - text.trim_ascii_end().len()) as u32;
        }
    }
}

/// A tree with the depth of its open elements, and the token that it grows by.
pub struct BoundedSink {
    tree: RefCell<Tree>,
    max_nodes: usize,
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
    /// The emptied list of attributes of the tag before.
    spare: Cell<Vec<Attribute>>,
    /// Templates that are the shadow of an element, each with the element; and these elements.
    shadows: RefCell<HashMap<NodeId, NodeId>>,
    hosts: RefCell<HashSet<NodeId>>,
}

impl BoundedSink {
    fn new(max_nodes: usize, expected_nodes: usize) -> Self {
        BoundedSink {
            tree: RefCell::new(Tree::with_capacity(expected_nodes)),
            max_nodes,
            token: Cell::new((0, 0)),
            text: Cell::new((0, 0)),
            follows_text: Cell::new(false),
            current: Cell::new(NodeId::ROOT),
            open: Cell::new(0),
            at_bound: Cell::new(false),
            flattened: Cell::new(false),
            ends_with_break: Cell::new(false),
            spare: Cell::default(),
            shadows: RefCell::default(),
            hosts: RefCell::default(),
        }
    }

    /// True for an element to which a shadow may be attached: <https://dom.spec.whatwg.org/#dom-element-attachshadow>.
    fn can_have_shadow(&self, element: NodeId) -> bool {
        let tree = self.tree.borrow();
        tree.node(element).element().is_some_and(|element| {
            element.is_html()
                && (matches!(
                    &**element.name,
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
                ) || element.name.contains('-'))
        })
    }

    /// The emptied list of attributes of a tag before, if it is still here.
    pub fn spare_list(&self) -> Vec<Attribute> {
        self.spare.take()
    }

    /// True when the tree holds as many nodes as the page may have.
    pub fn is_over_budget(&self) -> bool {
        self.tree.borrow().count() > self.max_nodes
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
        let depth = self.tree.borrow().node(self.current.get()).ancestors().count() + 1;
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

    /// The bytes of the text that is being put down.
    fn text_source(&self) -> Range<u32> {
        // A token of text that is not held back is put down at once.
        let (start, end) = if self.follows_text.get() { self.token.get() } else { self.text.get() };
        start..end
    }

    /// The tree of that source, complete.
    fn into_page(self, source: &str, selects: bool, counts_lines: bool) -> Page {
        let mut tree = self.tree.into_inner();
        let lines = if counts_lines { count_lines(&tree, source) } else { Vec::new() };
        trim(&mut tree, source);
        let selectable = selects.then(|| Selectable::new(&tree));
        Page { tree, lines, flattened: self.flattened.get(), selectable }
    }

    /// True when the last thing in the tree is a `<br>`.
    pub fn ends_with_break(&self) -> bool {
        self.ends_with_break.get()
    }

    fn appended(&self, parent: NodeId, child: &NodeOrText<NodeId>) {
        let (current, is_break) = match child {
            NodeOrText::AppendText(_) => (parent, false),
            NodeOrText::AppendNode(id) => {
                let tree = self.tree.borrow();
                let name = tree.node(*id).name();
                let is_void = name.is_none_or(super::tag::is_void);
                (if is_void { parent } else { *id }, name == Some(&local_name!("br")))
            }
        };
        self.current.set(current);
        self.ends_with_break.set(is_break);
    }

    /// The node that is to be put behind `before`; none for text that goes on in it.
    fn node_behind(&self, before: Option<NodeId>, child: NodeOrText<NodeId>, tree: &mut Tree) -> Option<NodeId> {
        match child {
            NodeOrText::AppendNode(child) => Some(child),
            NodeOrText::AppendText(text) => {
                let goes_on = tree.extend_text(before, &text, self.text_source());
                (!goes_on).then(|| tree.add_text(text, self.text_source()))
            }
        }
    }
}

impl TreeSink for BoundedSink {
    type Handle = NodeId;
    type Output = Tree;
    type ElemName<'a> = LentName<'a>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn create_element(&self, name: QualName, mut attributes: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        let is_void = super::tag::is_void(&name.local);
        let (start, end) = self.token.get();
        let mut tree = self.tree.borrow_mut();
        let id = tree.add_element(name, attributes.drain(..), start..end);
        // An element without attributes leaves the list that is there.
        if attributes.capacity() > 0 {
            self.spare.set(attributes);
        }
        if flags.template {
            let content = tree.add_other();
            tree.append(id, content);
        }
        if !is_void {
            self.open.set(self.open.get() + 1);
            self.at_bound.set(false);
        }
        id
    }

    fn pop(&self, node: &NodeId) {
        self.open.set(self.open.get().saturating_sub(1));
        self.at_bound.set(false);
        if let Some(parent) = self.tree.borrow().node(*node).parent() {
            self.current.set(parent.id());
        }
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.appended(*parent, &child);
        let mut tree = self.tree.borrow_mut();
        let last = tree.node(*parent).last_child().map(NodeRef::id);
        if let Some(child) = self.node_behind(last, child, &mut tree) {
            tree.append(*parent, child);
        }
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.appended(*sibling, &child);
        let mut tree = self.tree.borrow_mut();
        if let NodeOrText::AppendNode(child) = child {
            tree.detach(child);
        }
        if tree.node(*sibling).parent().is_none() {
            return;
        }
        let before = tree.node(*sibling).previous_sibling().map(NodeRef::id);
        if let Some(child) = self.node_behind(before, child, &mut tree) {
            tree.insert_before(*sibling, child);
        }
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        let has_parent = self.tree.borrow().node(*element).parent().is_some();
        match has_parent {
            true => self.append_before_sibling(element, child),
            false => self.append(previous, child),
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, element: &NodeId) -> bool {
        let tree = self.tree.borrow();
        tree.node(*element).element().is_some_and(|element| {
            element.is_math_ml()
                && *element.name == local_name!("annotation-xml")
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
        NodeId::ROOT
    }

    #[inline]
    fn elem_name<'a>(&'a self, target: &'a NodeId) -> LentName<'a> {
        LentName::new(self.tree.borrow(), *target)
    }

    fn create_comment(&self, _text: StrTendril) -> NodeId {
        self.tree.borrow_mut().add_other()
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> NodeId {
        self.tree.borrow_mut().add_other()
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public: StrTendril, _system: StrTendril) {}

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        let shadow = self.shadows.borrow().get(target).copied();
        let content = || self.tree.borrow().node(*target).first_child().map(NodeRef::id);
        shadow.or_else(content).expect("a template is made with what it holds")
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        self.tree.borrow_mut().add_attributes(*target, attributes);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.tree.borrow_mut().move_children(*node, *new_parent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::tree::Value;

    fn is(node: NodeRef<'_>, name: &str) -> bool {
        node.name().is_some_and(|own| &**own == name)
    }

    /// The source line and the text of each `<p>`.
    fn paragraphs(source: &str) -> Vec<(u32, String)> {
        let page = parse(source, &Limits::default(), false, true).unwrap_or_else(|bound| panic!("{bound:?}"));
        let paragraphs = page.tree.nodes().filter(|node| is(*node, "p"));
        let text = |node: NodeRef<'_>| node.descendants().filter_map(NodeRef::text).collect();
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
    fn a_tag_has_its_own_attributes_and_none_of_the_tag_whose_list_it_took_over() {
        // Lists that grow and shrink, end tags between them, and tags that the tree builder opens again or adds to.
        let source = "<body id=1><p id=2 class=a href=b rel=c lang=d>x</p id=3><p>y<i class=e>z<p role=f><br><p class=g class=h>\
                      <body id=4 lang=i><b id=5><div></b><img name=j data-k=l>";
        let page = parse(source, &Limits::default(), false, false).unwrap_or_else(|bound| panic!("{bound:?}"));
        let shown = |node: NodeRef<'_>| {
            let element = node.element().filter(|element| !matches!(&**element.name, "html" | "head"))?;
            let attributes = element.attributes.iter().map(|it| format!(" {}={}", &*it.name, &*it.value));
            Some(format!("{}{}", &**element.name, attributes.collect::<String>()))
        };
        let elements: Vec<String> = page.tree.root().descendants().filter_map(shown).collect();
        let wanted = [
            "body id=1 lang=i",
            "p id=2 class=a href=b rel=c lang=d",
            "p",
            "i class=e",
            "p role=f",
            "i class=e",
            "br",
            "p class=g",
            "i class=e",
            "b id=5",
            // It ends the paragraph, and `</b>` ends what would be opened again in it.
            "div",
            "i class=e",
            "img name=j",
        ];
        assert_eq!(elements, wanted);
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
        let body = page.tree.nodes().find(|node| is(*node, "body"));
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
            page.tree.root().descendants().filter_map(NodeRef::text).collect::<String>()
        };
        assert_eq!(text("<body><div><template shadowrootmode=closed>a<b>c</template>d</div>e"), "acde");
        assert_eq!(text(&"<div><template shadowrootmode=open>x".repeat(3)), "xxx");
        let hidden = |source: &str| {
            let page = parse(source, &Limits::default(), false, false).unwrap_or_else(|bound| panic!("{bound:?}"));
            let paragraph = page.tree.root().descendants().find(|node| is(*node, "p"));
            paragraph.is_some_and(|node| node.ancestors().any(|above| is(above, "template")))
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
        assert!(page.tree.nodes().any(|node| node.text() == Some("x")));
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
        let depth = page.tree.nodes().map(|node| node.ancestors().count()).max();
        assert!(depth.is_some_and(|depth| depth < 530), "{depth:?}");
    }

    /// An element with its namespace and attributes, sorted; those of other namespaces no tree of ours holds.
    fn tag<'a>(
        name: &str,
        namespace: &str,
        attributes: impl Iterator<Item = (&'a QualName, &'a StrTendril)>,
    ) -> String {
        let plain = attributes.filter(|(name, _)| name.ns == html5ever::ns!());
        let mut plain: Vec<_> = plain.map(|(name, value)| format!(" {}={:?}", name.local, &**value)).collect();
        plain.sort();
        format!("<{name} of {namespace}{}>", plain.concat())
    }

    /// Tags and texts in the order of the page, each with its depth; what scripts and styles hold is left out.
    fn shape(nodes: impl Iterator<Item = (usize, String)>) -> String {
        let mut unread = usize::MAX;
        let mut shape: Vec<(usize, String)> = Vec::new();
        for (depth, said) in nodes {
            if depth > unread {
                continue;
            }
            let is_unread = said.starts_with("<script ") || said.starts_with("<style ");
            unread = if is_unread { depth } else { usize::MAX };
            let is_text = |said: &str| said.starts_with('"');
            match shape.last_mut() {
                // A comment stood between them, which no tree of ours holds.
                Some((before, text)) if *before == depth && is_text(text) && is_text(&said) => {
                    text.pop();
                    text.push_str(&said[1..]);
                }
                _ => shape.push((depth, said)),
            }
        }
        shape.into_iter().map(|(depth, said)| format!("{depth} {said}\n")).collect()
    }

    fn shape_of_ours(source: &str) -> String {
        let page = parse(source, &Limits::default(), true, false).unwrap_or_else(|bound| panic!("{bound:?}"));
        let said = |node: NodeRef<'_>| match node.value() {
            Value::Text(text) => Some(format!("{:?}", &**text)),
            Value::Element(element) => {
                let names: Vec<_> = element.attributes.iter().map(|attribute| &attribute.name).collect();
                let names = names.iter().map(|name| QualName::new(None, html5ever::ns!(), (*name).clone()));
                let names: Vec<_> = names.collect();
                let values = element.attributes.iter().map(|attribute| &attribute.value);
                Some(tag(element.name, element.namespace(), names.iter().zip(values)))
            }
            Value::Other => None,
        };
        let nodes = page.tree.root().descendants();
        shape(nodes.filter_map(|node| Some((node.ancestors().count(), said(node)?))))
    }

    /// The shape of scraper's tree, by html5ever's own tokenizer.
    fn shape_of_scrapers(source: &str) -> String {
        let html = scrapers(source);
        let said = |node: ego_tree::NodeRef<'_, scraper::Node>| match node.value() {
            scraper::Node::Text(text) => Some(format!("{:?}", &**text)),
            scraper::Node::Element(element) => {
                let attributes = element.attrs.iter().map(|(name, value)| (name, value));
                Some(tag(element.name(), &element.name.ns, attributes))
            }
            _ => None,
        };
        let nodes = html.tree.root().descendants();
        shape(nodes.filter_map(|node| Some((node.ancestors().count(), said(node)?))))
    }

    fn scrapers(source: &str) -> scraper::Html {
        use html5ever::driver::ParseOpts;
        use html5ever::tendril::TendrilSink;
        let tree_builder =
            TreeBuilderOpts { scripting_enabled: true, drop_doctype: true, ..TreeBuilderOpts::default() };
        let sink = scraper::HtmlTreeSink::new(scraper::Html::new_document());
        html5ever::parse_document(sink, ParseOpts { tree_builder, ..ParseOpts::default() }).one(source)
    }

    const MISNESTED: [&str; 19] = [
        "<table>a<tr>b<td>c</td>d</table>e",
        "<table><p>a<tr><td><b>c</table>d</b>e",
        "<table>x<b>y<i>z<tr><td>t</table>",
        "<b class=x>a<p>b</b>c</p>d",
        "<a href=1>x<p>y<a href=2>z</a>t</p>u",
        "<b><i><u><p>x</b>y</i>z",
        "<b><b><b><b>x<p>y</b></b>z<div></b>t</div>",
        "<select><option>a<optgroup><option>b<table><tr><td>c</select>d",
        "<p>a<table><caption>b<p>c<tr><td>d",
        "<body class=a>x</body>y<body class=b id=c>z<html lang=en>t",
        "<html lang=de><body id=a><html lang=en class=b><body class=c id=d><body title=e>x",
        "<div><template>a<p>b</template>c</div>",
        "<svg viewbox=1 xlink:href=2><g>a<p>b</svg>c<math><mi>d<annotation-xml encoding='text/html'><p>e</math>f",
        "<svg><foreignobject><p>a</foreignobject><a class=x href=y>b</svg><style>c</style><noscript><p>d</noscript>",
        "<frameset><frame><noframes>a</noframes></frameset>b",
        "<ul><li>a<li>b<ul><li>c</ul>d<dl><dt>e<dd>f<dt>g",
        "<form>a<form>b</form>c<button>d<button>e",
        "<ruby>a<rt>b<rp>c<h1>d<h2>e</h1>f",
        "a<!-- b -->c<table>d<!-- e -->f<td>g<!-- h -->i</table>",
    ];

    fn corpus() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pages/html");
        let pages = std::fs::read_dir(folder).expect("the corpus has pages");
        let pages = pages.filter_map(|page| std::fs::read_to_string(page.expect("an entry").path()).ok());
        let pages: Vec<String> = pages.collect();
        assert!(pages.len() > 10);
        pages
    }

    #[test]
    fn the_tree_is_that_of_scraper() {
        for source in MISNESTED.map(str::to_owned).into_iter().chain(corpus()) {
            assert_eq!(shape_of_ours(&source), shape_of_scrapers(&source), "{source}");
        }
    }

    #[test]
    fn selectors_find_what_they_find_in_the_tree_of_scraper() {
        let selectors =
            ["p, b", "[class]", "div > a[href]", "a + p", "body :not(p)", "li ~ li", ":has(> a)", "#a", "svg *"];
        for source in MISNESTED.map(str::to_owned).into_iter().chain(corpus()) {
            if source.contains("<template") {
                continue;
            }
            let page = parse(&source, &Limits::default(), true, false).unwrap_or_else(|bound| panic!("{bound:?}"));
            let selectable = page.selectable.expect("selectors are asked for");
            let html = scrapers(&source);
            for selector in selectors {
                let parsed = scraper::Selector::parse(selector).expect("a selector");
                let said = |name: &str, attributes: [Option<&str>; 3]| format!("{name} {attributes:?}");
                let found = selectable.select(&parsed).filter_map(|id| page.tree.node(id).element());
                let found = found.map(|element| {
                    let names = [local_name!("class"), local_name!("id"), local_name!("href")];
                    said(element.name, names.each_ref().map(|name| attribute(element, name)))
                });
                let wanted = html.tree.root().descendants().filter_map(scraper::ElementRef::wrap);
                let wanted = wanted.filter(|element| parsed.matches(element)).map(|element| element.value());
                let wanted =
                    wanted.map(|element| said(element.name(), ["class", "id", "href"].map(|name| element.attr(name))));
                assert_eq!(found.collect::<Vec<_>>(), wanted.collect::<Vec<_>>(), "{selector} {source}");
            }
        }
    }

    #[test]
    fn selectors_find_nothing_in_templates_but_what_a_declared_shadow_shows() {
        let source = "<div><template><p>a</template><p>b</div><x-a><template shadowrootmode=open><p>c</template></x-a>";
        let page = parse(source, &Limits::default(), true, false).unwrap_or_else(|bound| panic!("{bound:?}"));
        let selectable = page.selectable.expect("selectors are asked for");
        let paragraphs = scraper::Selector::parse("p").expect("a selector");
        let found = selectable.select(&paragraphs).map(|id| page.tree.node(id));
        let texts: Vec<String> = found.map(|node| node.descendants().filter_map(NodeRef::text).collect()).collect();
        assert_eq!(texts, ["b", "c"]);
    }
}
