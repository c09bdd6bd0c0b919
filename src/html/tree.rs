//! The tree of a page: nodes in one list, in the order in which the parser made them.
//!
//! Every stage waits for these nodes, so they are small (56 bytes each, less than half of scraper's) and hold what is
//! asked of them: links to their neighbours, where they stand in the source, and a name with attributes, which stand in
//! one list too, or a text. What comments say, doctypes, prefixes of names and attributes of other namespaces are not
//! kept. Nothing recurses, and what changes a node takes no longer for a large tree.

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::ElemName;
use html5ever::{LocalName, Namespace, QualName, ns};
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
#[derive(Clone, Copy)]
pub enum Value<'t> {
    /// An element.
    Element(Element<'t>),
    /// A text.
    Text(&'t StrTendril),
    /// The document, what a template holds, and what nobody reads.
    Other,
}

/// An element.
#[derive(Clone, Copy)]
pub struct Element<'t> {
    /// Its name, in small letters where it is one of HTML.
    pub name: &'t LocalName,
    /// Those that are read and are in no namespace, in the order of the source.
    pub attributes: &'t [Attribute],
    space: Space,
}

/// An attribute.
#[derive(Clone)]
pub struct Attribute {
    /// Its name.
    pub name: LocalName,
    /// Its value.
    pub value: StrTendril,
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

impl Space {
    fn of(namespace: &Namespace) -> Self {
        match *namespace {
            ns!(svg) => Space::Svg,
            ns!(mathml) => Space::MathMl,
            _ => Space::Html,
        }
    }

    fn namespace(self) -> &'static Namespace {
        match self {
            Space::Html => &HTML,
            Space::Svg => &SVG,
            Space::MathMl => &MATH_ML,
        }
    }
}

impl Element<'_> {
    /// True for an element of HTML, and of neither SVG nor MathML.
    pub fn is_html(self) -> bool {
        self.space == Space::Html
    }

    /// True for an element of MathML.
    pub fn is_math_ml(self) -> bool {
        self.space == Space::MathMl
    }

    /// Where the name is defined.
    pub fn namespace(self) -> &'static Namespace {
        self.space.namespace()
    }
}

/// The name of an element in a tree that is being built. It is lent and not copied: copies of a name that html5ever does
/// not know beforehand are counted, for all threads in one place.
#[derive(Debug)]
pub struct LentName<'t> {
    name: Ref<'t, LocalName>,
    space: Space,
}

impl<'t> LentName<'t> {
    /// The name of an element of the tree.
    ///
    /// # Panics
    /// When the node is no element.
    pub fn new(tree: Ref<'t, Tree>, id: NodeId) -> Self {
        let space = tree.node(id).space();
        let name = Ref::map(tree, |tree| tree.node(id).name().expect("the tree builder asks elements"));
        LentName { name, space }
    }
}

impl ElemName for LentName<'_> {
    fn ns(&self) -> &Namespace {
        self.space.namespace()
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
    content: Content,
}

enum Content {
    /// The attributes are so many from the first on, in the list of all.
    Element {
        name: LocalName,
        first: u32,
        count: u32,
        space: Space,
    },
    Text(StrTendril),
    Other,
}

/// Attributes of an element from which another tag of its name, of which a page may have any number, adds no more.
const MAX_ADDED_TO: usize = 256;

/// A tree of nodes; those that the parser took out of it are still in the list.
pub struct Tree {
    slots: Vec<Slot>,
    attributes: Vec<Attribute>,
}

impl Tree {
    /// A tree of a document, with room for so many nodes.
    pub fn with_capacity(nodes: usize) -> Self {
        let mut tree = Tree { slots: Vec::with_capacity(nodes + 1), attributes: Vec::with_capacity(nodes / 2) };
        tree.add(Content::Other, 0..0);
        tree
    }

    /// Adds an element that came from `source` and stands nowhere yet.
    pub fn add_element(
        &mut self,
        name: QualName,
        attributes: impl IntoIterator<Item = html5ever::Attribute>,
        source: Range<u32>,
    ) -> NodeId {
        let first = self.attributes.len();
        self.attributes.extend(attributes.into_iter().filter_map(unspaced));
        let (count, first) = ((self.attributes.len() - first) as u32, first as u32);
        let space = Space::of(&name.ns);
        self.add(Content::Element { name: name.local, first, count, space }, source)
    }

    /// Adds a text that came from `source` and stands nowhere yet.
    pub fn add_text(&mut self, text: StrTendril, source: Range<u32>) -> NodeId {
        self.add(Content::Text(text), source)
    }

    /// Adds a node that nobody reads and that stands nowhere yet.
    pub fn add_other(&mut self) -> NodeId {
        self.add(Content::Other, 0..0)
    }

    fn add(&mut self, content: Content, source: Range<u32>) -> NodeId {
        let id = NodeId::of(self.slots.len());
        let (start, end) = (source.start, source.end);
        let slot = Slot { parent: None, previous: None, next: None, first: None, last: None, start, end, content };
        self.slots.push(slot);
        id
    }

    /// Gives an element the attributes that it does not have yet, as long as it has fewer than [`MAX_ADDED_TO`].
    pub fn add_attributes(&mut self, id: NodeId, attributes: Vec<html5ever::Attribute>) {
        let Some(element) = self.node(id).element() else { return };
        let mut added: Vec<Attribute> = Vec::new();
        for attribute in attributes.into_iter().filter_map(unspaced) {
            let is_known = |known: &Attribute| known.name == attribute.name;
            let is_full = element.attributes.len() + added.len() >= MAX_ADDED_TO;
            if !is_full && !element.attributes.iter().chain(&added).any(is_known) {
                added.push(attribute);
            }
        }
        if added.is_empty() {
            return;
        }
        // They stand together, so that those it has are copied.
        added.splice(..0, element.attributes.iter().cloned());
        let begin = self.attributes.len() as u32;
        if let Content::Element { first, count, .. } = &mut self.slot(id).content {
            (*first, *count) = (begin, added.len() as u32);
        }
        self.attributes.append(&mut added);
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

    /// The places of all texts in the source.
    pub fn text_sources(&mut self) -> impl Iterator<Item = (&mut u32, &mut u32)> {
        let texts = self.slots.iter_mut().filter(|slot| matches!(slot.content, Content::Text(_)));
        texts.map(|slot| (&mut slot.start, &mut slot.end))
    }

    fn slot(&mut self, id: NodeId) -> &mut Slot {
        &mut self.slots[id.index()]
    }

    /// Puts a node behind the children of another.
    pub fn append(&mut self, parent: NodeId, child: NodeId) {
        debug_assert_ne!(parent, child, "no node stands in itself");
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
        debug_assert_ne!(from, to, "they would be moved for ever");
        while let Some(child) = self.slot(from).first {
            self.append(to, child);
        }
    }

    /// Adds text from `source` to the text node `before`, when it is one, and says whether it was.
    pub fn extend_text(&mut self, before: Option<NodeId>, text: &StrTendril, source: Range<u32>) -> bool {
        let Some(Slot { content: Content::Text(known), start, end, .. }) = before.map(|before| self.slot(before))
        else {
            return false;
        };
        known.push_tendril(text);
        (*start, *end) = (source.start.min(*start), source.end.max(*end));
        true
    }
}

/// An attribute that is in no namespace.
fn unspaced(attribute: html5ever::Attribute) -> Option<Attribute> {
    let html5ever::Attribute { name, value } = attribute;
    (name.ns == ns!()).then_some(Attribute { name: name.local, value })
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
    pub fn value(self) -> Value<'t> {
        match &self.slot().content {
            Content::Element { name, first, count, space } => {
                let attributes = &self.tree.attributes[*first as usize..][..*count as usize];
                Value::Element(Element { name, attributes, space: *space })
            }
            Content::Text(text) => Value::Text(text),
            Content::Other => Value::Other,
        }
    }

    /// The element that it is.
    pub fn element(self) -> Option<Element<'t>> {
        match self.value() {
            Value::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The name of the element that it is.
    pub fn name(self) -> Option<&'t LocalName> {
        match &self.slot().content {
            Content::Element { name, .. } => Some(name),
            _ => None,
        }
    }

    fn space(self) -> Space {
        match self.slot().content {
            Content::Element { space, .. } => space,
            _ => Space::Html,
        }
    }

    /// The text that it is.
    pub fn text(self) -> Option<&'t str> {
        match &self.slot().content {
            Content::Text(text) => Some(text),
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
    #[cfg(target_pointer_width = "64")]
    fn a_node_is_small() {
        assert_eq!(size_of::<Slot>(), 56);
    }

    fn text(tree: &mut Tree, text: &str) -> NodeId {
        tree.add_text(StrTendril::from_slice(text), 0..0)
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
        let inner = tree.add_other();
        tree.append(NodeId::ROOT, inner);
        tree.append(inner, d);
        tree.append(inner, b);
        assert_eq!(texts(&tree).0, "acdb");
        tree.move_children(inner, NodeId::ROOT);
        assert_eq!(texts(&tree).0, "acdb");
        assert!(tree.node(inner).first_child().is_none());
    }

    #[test]
    fn an_element_is_given_what_it_lacks_and_no_more_than_it_may_have() {
        let attribute = |name: &str, value: &str| html5ever::Attribute {
            name: QualName::new(None, ns!(), LocalName::from(name)),
            value: StrTendril::from_slice(value),
        };
        let mut tree = Tree::with_capacity(0);
        let name = QualName::new(None, ns!(html), LocalName::from("body"));
        let body = tree.add_element(name, vec![attribute("class", "a")], 0..0);
        tree.add_attributes(body, vec![attribute("class", "b"), attribute("id", "c"), attribute("id", "d")]);
        let told = |tree: &Tree| {
            let attributes = tree.node(body).element().map_or(&[][..], |element| element.attributes);
            attributes.iter().map(|attribute| format!("{}={}", attribute.name, attribute.value)).collect::<Vec<_>>()
        };
        assert_eq!(told(&tree), ["class=a", "id=c"]);
        let stored = tree.attributes.len();
        tree.add_attributes(body, vec![attribute("id", "e")]);
        assert_eq!((told(&tree).len(), tree.attributes.len()), (2, stored), "nothing is copied for nothing");
        (0..1_000).for_each(|at| tree.add_attributes(body, vec![attribute(&format!("a{at}"), "")]));
        assert_eq!(told(&tree).len(), MAX_ADDED_TO);
    }

    #[test]
    fn a_text_goes_on_in_the_one_before_it() {
        let mut tree = Tree::with_capacity(0);
        let known = tree.add_text(StrTendril::from_slice("a"), 3..4);
        let more = StrTendril::from_slice("b");
        assert!(tree.extend_text(Some(known), &more, 1..6));
        assert_eq!((tree.node(known).text(), tree.node(known).source()), (Some("ab"), 1..6));
        assert!(!tree.extend_text(Some(NodeId::ROOT), &more, 0..1) && !tree.extend_text(None, &more, 0..1));
    }

    #[test]
    fn a_walk_passes_over_what_it_skips() {
        let mut tree = Tree::with_capacity(0);
        let [outer, inner, after] = [(); 3].map(|()| tree.add_other());
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
