//! The tree of a page: nodes in one list, in the order in which the parser made them.
//!
//! Every stage waits for these nodes, so they are small (64 bytes each, less than half of scraper's) and hold what is
//! asked of them: links to their neighbours, where they stand in the source, a name with attributes or a text. Comments, doctypes
//! and prefixes of names are not kept. No operation recurses; each is constant in time but for the walks.

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::ElemName;
use html5ever::{Attribute, LocalName, Namespace, QualName, ns};
use std::cell::Ref;
use std::num::NonZero;
use std::ops::Range;

/// A node of a tree; in the order in which the nodes were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(NonZero<u32>);

impl NodeId {
    /// The node that stands for the document.
    pub const ROOT: NodeId = NodeId(NonZero::<u32>::MIN);

    fn of(index: usize) -> Self {
        let number = u32::try_from(index + 1).ok().and_then(NonZero::new);
        NodeId(number.expect("a source of at most 1 GiB makes fewer nodes"))
    }

    /// Its place in the list of all nodes.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// What a node is.
pub enum Value {
    /// An element.
    Element(Element),
    /// A text.
    Text(StrTendril),
    /// The document, what a template holds, and what nobody reads.
    Other,
}

/// An element.
pub struct Element {
    /// Its name, in small letters where it is one of HTML.
    pub name: LocalName,
    /// Those that are read, in the order of the source.
    pub attributes: Box<[Attribute]>,
    space: Space,
}

/// The languages that the parser tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Space {
    Html,
    Svg,
    MathMl,
}

static HTML: Namespace = ns!(html);
static SVG: Namespace = ns!(svg);
static MATH_ML: Namespace = ns!(mathml);

impl Element {
    /// An element of that name.
    pub fn new(name: QualName, attributes: Vec<Attribute>) -> Self {
        let space = match name.ns {
            ns!(svg) => Space::Svg,
            ns!(mathml) => Space::MathMl,
            _ => Space::Html,
        };
        Element { name: name.local, attributes: attributes.into_boxed_slice(), space }
    }

    /// True for an element of HTML, and of neither SVG nor MathML.
    pub fn is_html(&self) -> bool {
        self.space == Space::Html
    }

    /// True for an element of MathML.
    pub fn is_math_ml(&self) -> bool {
        self.space == Space::MathMl
    }

    /// Where the name is defined.
    pub fn namespace(&self) -> &'static Namespace {
        match self.space {
            Space::Html => &HTML,
            Space::Svg => &SVG,
            Space::MathMl => &MATH_ML,
        }
    }

    /// Takes the attributes that it does not have yet.
    pub fn add_missing(&mut self, attributes: Vec<Attribute>) {
        let mut all = std::mem::take(&mut self.attributes).into_vec();
        for attribute in attributes {
            if all.iter().all(|known| known.name != attribute.name) {
                all.push(attribute);
            }
        }
        self.attributes = all.into_boxed_slice();
    }
}

/// The name of an element of a tree that is being built.
#[derive(Debug)]
pub struct BorrowedName<'t> {
    name: Ref<'t, LocalName>,
    namespace: &'static Namespace,
}

impl<'t> BorrowedName<'t> {
    /// The name of an element of `tree`.
    ///
    /// # Panics
    /// When the node is no element.
    pub fn new(tree: Ref<'t, Tree>, id: NodeId) -> Self {
        let element = Ref::map(tree, |tree| tree.node(id).element().expect("the tree builder asks elements"));
        BorrowedName { namespace: element.namespace(), name: Ref::map(element, |element| &element.name) }
    }
}

impl ElemName for BorrowedName<'_> {
    fn ns(&self) -> &Namespace {
        self.namespace
    }

    fn local_name(&self) -> &LocalName {
        &self.name
    }
}

struct Slot {
    parent: Option<NodeId>,
    previous: Option<NodeId>,
    next: Option<NodeId>,
    first: Option<NodeId>,
    last: Option<NodeId>,
    start: u32,
    end: u32,
    value: Value,
}

/// A tree of nodes; those that the parser took out of it are still in the list.
pub struct Tree {
    slots: Vec<Slot>,
}

impl Tree {
    /// A tree of a document, with room for so many nodes.
    pub fn with_capacity(nodes: usize) -> Self {
        let mut tree = Tree { slots: Vec::with_capacity(nodes + 1) };
        tree.add(Value::Other, 0..0);
        tree
    }

    /// Adds a node that came from `source` and stands nowhere yet.
    pub fn add(&mut self, value: Value, source: Range<u32>) -> NodeId {
        let id = NodeId::of(self.slots.len());
        let (start, end) = (source.start, source.end);
        self.slots.push(Slot { parent: None, previous: None, next: None, first: None, last: None, start, end, value });
        id
    }

    /// The nodes that were made.
    pub fn count(&self) -> usize {
        self.slots.len()
    }

    /// A node with what stands around it.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    /// The document.
    pub fn root(&self) -> NodeRef<'_> {
        self.node(NodeId::ROOT)
    }

    /// All nodes in the order in which they were made, those that stand nowhere too.
    pub fn nodes(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.slots.len()).map(|index| self.node(NodeId::of(index)))
    }

    /// An element of the tree, to be changed; `None` for another node.
    pub fn element_mut(&mut self, id: NodeId) -> Option<&mut Element> {
        match &mut self.slot(id).value {
            Value::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The places of all texts in the source.
    pub fn text_sources(&mut self) -> impl Iterator<Item = (&mut u32, &mut u32)> {
        let texts = self.slots.iter_mut().filter(|slot| matches!(slot.value, Value::Text(_)));
        texts.map(|slot| (&mut slot.start, &mut slot.end))
    }

    fn slot(&mut self, id: NodeId) -> &mut Slot {
        &mut self.slots[id.index()]
    }

    /// Puts a node behind the children of another.
    pub fn append(&mut self, parent: NodeId, child: NodeId) {
        self.detach(child);
        let last = self.slot(parent).last.replace(child);
        let slot = self.slot(child);
        (slot.parent, slot.previous) = (Some(parent), last);
        match last {
            Some(last) => self.slot(last).next = Some(child),
            None => self.slot(parent).first = Some(child),
        }
    }

    /// Puts a node before another, which has a parent.
    pub fn insert_before(&mut self, sibling: NodeId, child: NodeId) {
        self.detach(child);
        let Slot { parent, previous, .. } = *self.slot(sibling);
        self.slot(sibling).previous = Some(child);
        let slot = self.slot(child);
        (slot.parent, slot.previous, slot.next) = (parent, previous, Some(sibling));
        match (previous, parent) {
            (Some(previous), _) => self.slot(previous).next = Some(child),
            (None, Some(parent)) => self.slot(parent).first = Some(child),
            (None, None) => {}
        }
    }

    /// Takes a node, with all below it, out of the tree.
    pub fn detach(&mut self, id: NodeId) {
        let slot = self.slot(id);
        let Some(parent) = slot.parent.take() else { return };
        let (previous, next) = (slot.previous.take(), slot.next.take());
        match previous {
            Some(previous) => self.slot(previous).next = next,
            None => self.slot(parent).first = next,
        }
        match next {
            Some(next) => self.slot(next).previous = previous,
            None => self.slot(parent).last = previous,
        }
    }

    /// Puts the children of one node behind those of another.
    pub fn move_children(&mut self, from: NodeId, to: NodeId) {
        while let Some(child) = self.slot(from).first {
            self.append(to, child);
        }
    }

    /// Adds text from `source` to the text node `before`, when it is one, and says whether it was.
    pub fn extend_text(&mut self, before: Option<NodeId>, text: &StrTendril, source: Range<u32>) -> bool {
        let Some(Slot { value: Value::Text(known), start, end, .. }) = before.map(|before| self.slot(before)) else {
            return false;
        };
        known.push_tendril(text);
        (*start, *end) = (source.start.min(*start), source.end.max(*end));
        true
    }
}

/// A node in its tree.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    id: NodeId,
}

impl<'t> NodeRef<'t> {
    fn slot(self) -> &'t Slot {
        &self.tree.slots[self.id.index()]
    }

    fn at(self, id: Option<NodeId>) -> Option<Self> {
        id.map(|id| self.tree.node(id))
    }

    /// Which node it is.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// What it is.
    pub fn value(self) -> &'t Value {
        &self.slot().value
    }

    /// The element that it is.
    pub fn element(self) -> Option<&'t Element> {
        match self.value() {
            Value::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The text that it is.
    pub fn text(self) -> Option<&'t str> {
        match self.value() {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes of the source that it came from: of an element its tag, or what stood where the parser added it.
    pub fn source(self) -> Range<u32> {
        self.slot().start..self.slot().end
    }

    /// The node around it.
    pub fn parent(self) -> Option<Self> {
        self.at(self.slot().parent)
    }

    /// The last node in it.
    pub fn last_child(self) -> Option<Self> {
        self.at(self.slot().last)
    }

    /// The first node in it.
    pub fn first_child(self) -> Option<Self> {
        self.at(self.slot().first)
    }

    /// The node before it in the same one.
    pub fn previous_sibling(self) -> Option<Self> {
        self.at(self.slot().previous)
    }

    /// The node behind it in the same one.
    pub fn next_sibling(self) -> Option<Self> {
        self.at(self.slot().next)
    }

    /// The nodes in it.
    pub fn children(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.first_child(), |child| child.next_sibling())
    }

    /// The nodes around it, the nearest first.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// It and all nodes below it, in the order of the page.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        self.walk().filter_map(|edge| match edge {
            Edge::Open(node) => Some(node),
            Edge::Close(_) => None,
        })
    }

    /// Where it and each node below it opens and closes, in the order of the page.
    pub fn walk(self) -> Walk<'t> {
        Walk { top: self, at: None }
    }
}

/// The beginning or the end of a node.
#[derive(Clone, Copy)]
pub enum Edge<'t> {
    /// What is in the node follows.
    Open(NodeRef<'t>),
    /// What was in the node came before.
    Close(NodeRef<'t>),
}

/// A walk over a node and all below it.
pub struct Walk<'t> {
    top: NodeRef<'t>,
    at: Option<Edge<'t>>,
}

impl Walk<'_> {
    /// Leaves out what is in the node that was just opened, and its end.
    pub fn skip_inside(&mut self) {
        if let Some(Edge::Open(node)) = self.at {
            self.at = Some(Edge::Close(node));
        }
    }
}

impl<'t> Iterator for Walk<'t> {
    type Item = Edge<'t>;

    fn next(&mut self) -> Option<Edge<'t>> {
        let next = match self.at {
            None => Edge::Open(self.top),
            Some(Edge::Open(node)) => node.first_child().map_or(Edge::Close(node), Edge::Open),
            Some(Edge::Close(node)) if node.id == self.top.id => return None,
            Some(Edge::Close(node)) => match node.next_sibling() {
                Some(next) => Edge::Open(next),
                None => Edge::Close(node.parent()?),
            },
        };
        self.at = Some(next);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_takes_one_line_of_a_cache() {
        assert_eq!(size_of::<Slot>(), 64);
    }

    fn text(tree: &mut Tree, text: &str) -> NodeId {
        tree.add(Value::Text(StrTendril::from_slice(text)), 0..0)
    }

    /// The texts of the tree in the order of the page, and those met from the last node backward.
    fn texts(tree: &Tree) -> (String, String) {
        let forward = tree.root().descendants().filter_map(|node| node.text()).collect();
        let last = std::iter::successors(tree.root().last_child(), |node| node.previous_sibling());
        (forward, last.filter_map(|node| node.text()).collect())
    }

    #[test]
    fn nodes_are_put_in_moved_and_taken_out() {
        let mut tree = Tree::with_capacity(0);
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|letter| text(&mut tree, letter));
        tree.append(NodeId::ROOT, a);
        tree.append(NodeId::ROOT, d);
        tree.insert_before(d, c);
        tree.insert_before(a, b);
        assert_eq!(texts(&tree), ("bacd".to_owned(), "dcab".to_owned()));
        tree.insert_before(c, b);
        assert_eq!(texts(&tree), ("abcd".to_owned(), "dcba".to_owned()));
        tree.detach(b);
        tree.detach(d);
        tree.detach(d);
        assert_eq!(texts(&tree), ("ac".to_owned(), "ca".to_owned()));
        let inner = tree.add(Value::Other, 0..0);
        tree.append(NodeId::ROOT, inner);
        tree.append(inner, d);
        tree.append(inner, b);
        assert_eq!(texts(&tree).0, "acdb");
        tree.move_children(inner, NodeId::ROOT);
        assert_eq!(texts(&tree).0, "acdb");
        assert!(tree.node(inner).first_child().is_none());
    }

    #[test]
    fn a_text_goes_on_in_the_one_before_it() {
        let mut tree = Tree::with_capacity(0);
        let known = tree.add(Value::Text(StrTendril::from_slice("a")), 3..4);
        let more = StrTendril::from_slice("b");
        assert!(tree.extend_text(Some(known), &more, 1..6));
        assert_eq!((tree.node(known).text(), tree.node(known).source()), (Some("ab"), 1..6));
        assert!(!tree.extend_text(Some(NodeId::ROOT), &more, 0..1) && !tree.extend_text(None, &more, 0..1));
    }

    #[test]
    fn a_walk_passes_over_what_it_skips() {
        let mut tree = Tree::with_capacity(0);
        let [outer, inner, after] = [(); 3].map(|()| tree.add(Value::Other, 0..0));
        let inside = text(&mut tree, "x");
        tree.append(NodeId::ROOT, outer);
        tree.append(outer, inner);
        tree.append(inner, inside);
        tree.append(outer, after);
        let mut walk = tree.node(outer).walk();
        let mut met = Vec::new();
        while let Some(edge) = walk.next() {
            match edge {
                Edge::Open(node) if node.id() == inner => walk.skip_inside(),
                Edge::Open(node) => met.push((node.id(), true)),
                Edge::Close(node) => met.push((node.id(), false)),
            }
        }
        assert_eq!(met, [(outer, true), (after, true), (after, false), (outer, false)]);
        assert!(walk.next().is_none());
    }
}
