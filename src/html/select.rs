//! A page as scraper has it, for rules that name a CSS selector.
//!
//! In goes the tree of the page, out come the nodes of that tree that a selector finds. Made only when a rule has one: it is
//! a copy.

use super::tree::{Edge, NodeId, Tree, Value};
use foldhash::HashMap;
use html5ever::interface::{ElementFlags, NodeOrText, TreeSink};
use html5ever::{Attribute, QualName, ns};
use scraper::{Html, HtmlTreeSink, Selector};

/// A page in which elements are found by selectors.
pub struct Selectable {
    html: Html,
    /// Our node for each of scraper's.
    nodes: HashMap<ego_tree::NodeId, NodeId>,
}

impl Selectable {
    /// A copy of the tree; what templates hold is no part of the page.
    pub fn new(tree: &Tree) -> Self {
        let sink = HtmlTreeSink::new(Html::new_document());
        let mut nodes = HashMap::default();
        let mut open = vec![sink.get_document()];
        let mut walk = tree.root().walk();
        walk.next();
        while let Some(edge) = walk.next() {
            let Some(parent) = open.last() else { break };
            match edge {
                Edge::Close(node) if node.name().is_some() => drop(open.pop()),
                Edge::Close(_) => {}
                Edge::Open(node) => match node.value() {
                    Value::Text(text) => sink.append(parent, NodeOrText::AppendText(text.clone())),
                    Value::Element(element) => {
                        let name = QualName::new(None, element.namespace().clone(), element.name.clone());
                        let attributes = element.attributes.iter().map(|attribute| Attribute {
                            name: QualName::new(None, ns!(), attribute.name.clone()),
                            value: attribute.value.clone(),
                        });
                        let copy = sink.create_element(name, attributes.collect(), ElementFlags::default());
                        sink.append(parent, NodeOrText::AppendNode(copy));
                        nodes.insert(copy, node.id());
                        open.push(copy);
                    }
                    Value::Other => walk.skip_inside(),
                },
            }
        }
        Selectable { html: sink.finish(), nodes }
    }

    /// The elements that the selector finds, outer ones before those in them.
    pub fn select(&self, selector: &Selector) -> impl Iterator<Item = NodeId> {
        self.html.select(selector).filter_map(|element| self.nodes.get(&element.id()).copied())
    }
}
