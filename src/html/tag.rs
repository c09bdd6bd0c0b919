//! What an element means to the segmentation: its role, told by its name alone, and what its attributes say.

use super::tree::Element;
use html5ever::{LocalName, local_name as name};

/// The value of an attribute. Names are compared as atoms; to look one up by its letters costs a hash each time.
pub fn attribute<'t>(element: Element<'t>, name: &LocalName) -> Option<&'t str> {
    let found = element.attributes.iter().find(|other| other.name == *name);
    found.map(|attribute| &*attribute.value)
}

/// The role of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs inside a line of text: `a`, `span`, `em`.
    Inline,
    /// Begins and ends a block: `p`, `div`, and every name that HTML does not know (custom elements).
    Block,
    /// A line break.
    Break,
    /// Nothing inside it is text of the page: `script`, `svg`.
    Dropped,
}

/// The role of the element called `tag`.
pub fn role(tag: &LocalName) -> Role {
    match *tag {
        name!("a")
        | name!("abbr")
        | name!("acronym")
        | name!("b")
        | name!("bdi")
        | name!("bdo")
        | name!("big")
        | name!("cite")
        | name!("code")
        | name!("data")
        | name!("del")
        | name!("dfn")
        | name!("em")
        | name!("font")
        | name!("i")
        | name!("ins")
        | name!("kbd")
        | name!("label")
        | name!("mark")
        | name!("nobr")
        | name!("output")
        | name!("picture")
        | name!("q")
        | name!("rp")
        | name!("rt")
        | name!("ruby")
        | name!("s")
        | name!("samp")
        | name!("small")
        | name!("span")
        | name!("strike")
        | name!("strong")
        | name!("sub")
        | name!("sup")
        | name!("time")
        | name!("tt")
        | name!("u")
        | name!("var")
        | name!("wbr")
        | name!("img")
        | name!("slot") => Role::Inline,
        name!("br") | name!("hr") => Role::Break,
        name!("script")
        | name!("style")
        | name!("template")
        | name!("svg")
        | name!("math")
        | name!("canvas")
        | name!("object")
        | name!("embed")
        | name!("audio")
        | name!("video")
        | name!("map")
        | name!("head")
        | name!("iframe")
        | name!("title")
        | name!("textarea")
        | name!("datalist")
        | name!("noframes")
        | name!("applet")
        | name!("param")
        | name!("meta")
        | name!("link")
        | name!("base")
        | name!("col")
        | name!("colgroup")
        | name!("input") => Role::Dropped,
        _ => Role::Block,
    }
}

/// True for elements that never hold anything.
pub fn is_void(tag: &LocalName) -> bool {
    matches!(
        *tag,
        name!("area")
            | name!("base")
            | name!("br")
            | name!("col")
            | name!("embed")
            | name!("hr")
            | name!("img")
            | name!("input")
            | name!("link")
            | name!("meta")
            | name!("param")
            | name!("source")
            | name!("track")
            | name!("wbr")
    )
}

/// True for elements whose content the tokenizer reads as text until their own end tag.
pub fn is_raw_text(tag: &LocalName) -> bool {
    matches!(
        *tag,
        name!("script")
            | name!("style")
            | name!("textarea")
            | name!("title")
            | name!("xmp")
            | name!("iframe")
            | name!("noembed")
            | name!("noframes")
            | name!("noscript")
            | name!("plaintext")
    )
}
