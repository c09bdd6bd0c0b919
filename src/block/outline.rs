//! The elements of a page that blocks stand in, with what their names and attributes hint at.
//!
//! One entry an element in document order, each with the range of blocks under it, so that any sum over an element
//! is a difference of two prefix sums. Cues are hints: they weigh in the judgement and decide nothing.

use super::fnv;
use super::strings::Strings;
use crate::html::tag::attribute;
use crate::html::tree::{Attribute, Element, NodeId};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use html5ever::local_name as name;
use std::ops::Range;

/// The elements of a page; the first entry stands for the whole page.
pub struct Outline {
    /// The elements in document order.
    pub elements: Vec<Entry>,
    /// True for a piece of a page, such as a field of a feed holds.
    pub is_fragment: bool,
    /// For each image the block that it stands before, in order.
    pub images: Vec<u32>,
    /// The same for buttons and lists of choices.
    pub controls: Vec<u32>,
    /// Hashes of the names that elements have; see [`names_of`](Outline::names_of).
    names: Vec<u32>,
    steps: Strings,
    /// What elements were read from; see [`write_key`].
    keys: Strings,
    /// What was read from each of the keys, by its number.
    called: Vec<Called>,
    scratch: String,
}

/// What the name and the attributes of an element say.
#[derive(Clone)]
struct Called {
    step: u32,
    own_cues: Cues,
    names: Range<u32>,
    kind: u32,
    is_caption: bool,
}

/// An element of the [`Outline`].
pub struct Entry {
    /// Its node in the tree; none for the page itself and on a page that was read flat.
    pub node: Option<NodeId>,
    /// Index of the element around it; the page is its own parent.
    pub parent: u32,
    /// Levels below the page.
    pub depth: u16,
    /// Source line of its start tag; 0 when no tag opened it.
    pub line: u32,
    /// Its step of an element path (name, id or first class), in the list of the outline.
    pub step: u32,
    /// What it hints at by itself.
    pub own_cues: Cues,
    /// Blocks below it: indexes of [`Blocks::items`](super::Blocks).
    pub blocks: Range<u32>,
    /// Its names, in the list of the outline.
    names: Range<u32>,
    /// A hash of all its names: elements with the same names are of one kind.
    pub kind: u32,
    /// Its class says that it is the caption of a picture.
    pub is_caption: bool,
}

impl Outline {
    /// Opens an element inside `parent` before the block `block`, and returns its index.
    pub fn open(
        &mut self,
        element: Element<'_>,
        node: NodeId,
        parent: u32,
        line: u32,
        finder: &CueFinder,
        block: u32,
    ) -> u32 {
        let depth = self.elements[parent as usize].depth + 1;
        let Called { step, own_cues, names, kind, is_caption } = self.called(element, finder);
        let blocks = block..block;
        let node = Some(node);
        self.elements.push(Entry { node, parent, depth, line, step, own_cues, blocks, names, kind, is_caption });
        (self.elements.len() - 1) as u32
    }

    /// What the attributes of an element say; read once for all elements with the same ones.
    fn called(&mut self, element: Element<'_>, finder: &CueFinder) -> Called {
        let repeats = write_key(element, &mut self.scratch);
        if repeats && let (known, false) = self.keys.number(&self.scratch) {
            return self.called[known as usize].clone();
        }
        let step = self.step(element);
        let first = self.names.len() as u32;
        hash_names(element, &mut self.names);
        let own_cues = finder.find(element, &mut self.scratch);
        let mix = |kind: u32, name: &u32| kind.rotate_left(5) ^ name.wrapping_mul(SPREAD);
        let kind = self.names[first as usize..].iter().fold(1, mix);
        let is_caption = is_caption(element);
        let called = Called { step, own_cues, names: first..self.names.len() as u32, kind, is_caption };
        if repeats {
            // At the number of the key, which is new.
            self.called.push(called.clone());
        }
        called
    }

    /// The index of an element's step of a path.
    fn step(&mut self, element: Element<'_>) -> u32 {
        let class = attribute(element, &name!("class"));
        let step = &mut self.scratch;
        step.clear();
        step.push_str(element.name);
        match (attribute(element, &name!("id")), class.and_then(|class| class.split_ascii_whitespace().next())) {
            (Some(id), _) if !id.is_empty() => {
                step.push('#');
                step.push_str(cut(id, MAX_STEP_NAME));
            }
            (_, Some(class)) => {
                step.push('.');
                step.push_str(cut(class, MAX_STEP_NAME));
            }
            _ => {}
        }
        self.steps.number(step).0
    }

    /// The steps of element paths, each once; [`Entry::step`] counts in them. The first is that of the page, empty.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = &str> {
        self.steps.iter()
    }

    /// Hashes of what an element is called: its tag, the words of its classes, id, role and itemprop, whole and in parts.
    /// A name has another hash, [`inherited`](Outline::inherited), where it speaks for what stands deeper.
    pub fn names_of(&self, entry: &Entry) -> &[u32] {
        &self.names[entry.names.start as usize..entry.names.end as usize]
    }

    /// The tag of the element of an index; that of the page is empty.
    pub fn tag_of(&self, element: u32) -> &str {
        self.elements.get(element as usize).map_or("", |entry| self.tag(entry))
    }

    /// The tag of an element; that of the page is empty.
    fn tag(&self, entry: &Entry) -> &str {
        let step = self.steps.get(entry.step);
        step.split(['#', '.']).next().unwrap_or_default()
    }

    /// The elements of a tag that stand in no other of it and that blocks stand in.
    pub fn outermost(&self, tag: &str) -> Vec<usize> {
        let mut inside = vec![false; self.elements.len()];
        let mut found = Vec::new();
        for (at, entry) in self.elements.iter().enumerate() {
            let around = inside[entry.parent as usize];
            inside[at] = around || self.tag(entry) == tag;
            if inside[at] && !around && !entry.blocks.is_empty() {
                found.push(at);
            }
        }
        found
    }

    /// For each element the cues `own` of it and of all that it stands in.
    pub fn inherited_cues(&self, own: impl Fn(usize, &Entry) -> Cues) -> Vec<Cues> {
        let mut cues = vec![Cues::default(); self.elements.len()];
        for (at, element) in self.elements.iter().enumerate().skip(1) {
            cues[at] = cues[element.parent as usize].with(own(at, element));
        }
        cues
    }

    /// The names in the list of all.
    pub fn names_count(&self) -> usize {
        self.names.len()
    }

    /// The place of an element's first name in the list of all; elements with one place have the same names.
    pub fn first_name(&self, entry: &Entry) -> usize {
        entry.names.start as usize
    }

    /// The hash of a name of an element around another.
    pub fn inherited(name: u32) -> u32 {
        name.rotate_left(16)
    }

    /// The path of an element from below the page, steps divided by `>`; at most the last twelve steps.
    pub fn path(&self, element: u32) -> String {
        const MAX_STEPS: usize = 12;
        let mut steps = Vec::with_capacity(MAX_STEPS);
        let mut at = element;
        while let Some(entry) = self.elements.get(at as usize).filter(|_| at != 0) {
            if steps.len() == MAX_STEPS {
                steps.push("…");
                break;
            }
            steps.push(self.steps.get(entry.step));
            at = entry.parent;
        }
        steps.reverse();
        steps.join(">")
    }

    /// The source line of an element.
    pub fn line(&self, element: u32) -> u32 {
        self.elements.get(element as usize).map_or(0, |entry| entry.line)
    }
}

impl Default for Outline {
    fn default() -> Self {
        let page = Entry {
            node: None,
            parent: 0,
            depth: 0,
            line: 0,
            step: 0,
            own_cues: Cues::default(),
            blocks: 0..0,
            names: 0..0,
            kind: 0,
            is_caption: false,
        };
        let mut steps = Strings::default();
        steps.number("");
        Outline {
            elements: vec![page],
            is_fragment: false,
            images: Vec::new(),
            controls: Vec::new(),
            names: Vec::new(),
            steps,
            keys: Strings::default(),
            called: Vec::new(),
            scratch: String::new(),
        }
    }
}

fn is_caption(element: Element<'_>) -> bool {
    attribute(element, &name!("class"))
        .is_some_and(|class| class.contains("caption") && !class.contains("caption-container"))
}

/// Bytes of an id or class that a path shows.
const MAX_STEP_NAME: usize = 40;

fn cut(name: &str, bytes: usize) -> &str {
    &name[..name.floor_char_boundary(bytes)]
}

/// Writes all that a step, names and cues are read from; false for an element that hardly has its like: one with an id,
/// or with more in an attribute than is looked at.
fn write_key(element: Element<'_>, key: &mut String) -> bool {
    key.clear();
    key.push_str(element.name);
    for Attribute { name, value } in element.attributes {
        let kind = match *name {
            name!("class") => '.',
            name!("role") => '@',
            name!("itemprop") => '=',
            name!("rel") => '~',
            name!("id") => return false,
            _ => continue,
        };
        if value.len() > MAX_VALUE {
            return false;
        }
        // A page holds no NUL.
        key.push('\0');
        key.push(kind);
        key.push_str(value);
    }
    true
}

/// An odd number with as many ones as zeros (2^32 by the golden ratio; Knuth, The Art of Computer Programming, 6.4).
const SPREAD: u32 = 0x9e37_79b9;

/// Names of one element that are hashed, at most; utility classes come by the dozen and say little.
const MAX_NAMES: usize = 24;

/// What a byte is to the parts of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    Small,
    Capital,
    /// It ends a part: `main-nav`.
    Divider,
    /// Numbers are of the page and not of the site.
    Digit,
    Other,
}

/// For each byte what it is, looked up because names are gone through byte by byte.
static LETTERS: [Letter; 256] = {
    let mut table = [Letter::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' => Letter::Small,
            b'A'..=b'Z' => Letter::Capital,
            b'0'..=b'9' => Letter::Digit,
            b'-' | b'_' | b':' | b'.' => Letter::Divider,
            _ => Letter::Other,
        };
        byte += 1;
    }
    table
};

/// Pushes the hashes of an element's tag and of the words of its classes, id, role and itemprop.
fn hash_names(element: Element<'_>, names: &mut Vec<u32>) {
    let first = names.len();
    let mut push = |hash: u32| {
        let hash = hash ^ (hash >> 15);
        if names.len() - first < MAX_NAMES && !names[first..].contains(&hash) {
            names.push(hash);
        }
    };
    push(element.name.bytes().fold(fnv::and(fnv::EMPTY, b'<'), fnv::and));
    for (name, kind) in [(name!("class"), b'.'), (name!("id"), b'#'), (name!("itemprop"), b'='), (name!("role"), b'@')]
    {
        let words = attribute(element, &name).map_or("", |value| cut(value, MAX_VALUE));
        words.split_ascii_whitespace().for_each(|word| hash_name(kind, word, &mut push));
    }
}

/// Pushes the hashes of a word of an attribute, of its parts and of the whole.
fn hash_name(kind: u8, word: &str, push: &mut impl FnMut(u32)) {
    const PART: u32 = fnv::and(fnv::EMPTY, b'_');
    let mut whole = fnv::and(fnv::EMPTY, kind);
    let (mut part, mut length) = (PART, 0);
    let mut before = Letter::Other;
    for byte in word.bytes() {
        let letter = LETTERS[byte as usize];
        let divides = letter == Letter::Divider || letter == Letter::Capital && before == Letter::Small;
        before = letter;
        if divides && length > 0 {
            push(part);
            (part, length) = (PART, 0);
        }
        if letter == Letter::Digit {
            continue;
        }
        let byte = byte.to_ascii_lowercase();
        whole = fnv::and(whole, byte);
        if letter != Letter::Divider {
            (part, length) = (fnv::and(part, byte), length + 1);
        }
    }
    push(whole);
    if length > 0 {
        push(part);
    }
}

/// A set of hints, one bit for each entry of `cues.toml`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cues(pub u32);

impl Cues {
    /// True when a hint of the set is here.
    pub fn has(self, cue: u32) -> bool {
        self.0 & (1 << cue) != 0
    }

    /// True when the sets have a hint in common.
    pub fn meets(self, other: Cues) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets.
    pub fn with(self, other: Cues) -> Cues {
        Cues(self.0 | other.0)
    }
}

/// Names of the hints, in the order of their bits: those of `cues.toml`.
pub const CUES: [&str; 19] = [
    "nav", "header", "footer", "aside", "form", "article", "main", "content", "comment", "related", "share", "promo",
    "consent", "byline", "tags", "widget", "forum", "ad", "control",
];

/// Finds hints in tag names, classes, ids and roles.
pub struct CueFinder {
    words: AhoCorasick,
    /// The hint of each word, and whether it must be a whole part of a name.
    cues: Vec<(u32, bool)>,
}

#[derive(serde::Deserialize)]
struct CueFile {
    cue: Vec<CueEntry>,
}

#[derive(serde::Deserialize)]
struct CueEntry {
    name: String,
    tags: Vec<String>,
    /// Words that stand anywhere in a class, id or role.
    inside: Vec<String>,
    /// Words that stand as a part of their own, between hyphens, underscores, case changes or spaces.
    whole: Vec<String>,
}

impl CueFinder {
    /// Loads the word list that is built in.
    pub fn builtin() -> Self {
        let file: CueFile = toml::from_str(include_str!("cues.toml")).expect("a test loads the built-in word list");
        let (mut words, mut cues) = (Vec::new(), Vec::new());
        for entry in &file.cue {
            let bit = CUES.iter().position(|name| *name == entry.name).expect("a test compares the names") as u32;
            let all = entry.inside.iter().map(|word| (word.clone(), false));
            let all = all.chain(entry.whole.iter().map(|word| (word.clone(), true)));
            // A tag's name is looked up between markers that no class holds.
            let all = all.chain(entry.tags.iter().map(|tag| (format!("<{tag}>"), false)));
            for (word, whole) in all {
                words.push(word);
                cues.push((bit, whole));
            }
        }
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            // The list is short; its table takes a few hundred KB.
            .kind(Some(AhoCorasickKind::DFA))
            .build(words)
            .expect("a short word list always compiles");
        CueFinder { words, cues }
    }

    /// The hints of an element by itself.
    pub fn find(&self, element: Element<'_>, scratch: &mut String) -> Cues {
        scratch.clear();
        scratch.push('<');
        scratch.push_str(element.name);
        scratch.push('>');
        for Attribute { name, value } in element.attributes {
            // The id of a section or heading is made of its words.
            let speaks = match *name {
                name!("id") => !matches!(&**element.name, "section" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"),
                ref name => matches!(*name, name!("class") | name!("role") | name!("itemprop") | name!("rel")),
            };
            if speaks {
                scratch.push(' ');
                scratch.push_str(&value[..value.floor_char_boundary(MAX_VALUE)]);
            }
        }
        let mut found = Cues::default();
        for hit in self.words.find_overlapping_iter(&*scratch) {
            let (cue, whole) = self.cues[hit.pattern().as_usize()];
            if !whole || is_whole(scratch.as_bytes(), hit.range()) {
                found = found.with(Cues(1 << cue));
            }
        }
        found
    }
}

/// Bytes of an attribute that are looked at; a longer list of classes says nothing more.
const MAX_VALUE: usize = 256;

/// True when the word is a part of its own in a name such as `main-nav`, `mainNav` or `nav2`.
fn is_whole(text: &[u8], range: Range<usize>) -> bool {
    let first = text[range.start];
    let starts = range.start == 0
        || !text[range.start - 1].is_ascii_alphabetic()
        || first.is_ascii_uppercase() && text[range.start - 1].is_ascii_lowercase();
    let ends = text.get(range.end).is_none_or(|next| {
        !next.is_ascii_lowercase() && (!next.is_ascii_uppercase() || text[range.end - 1].is_ascii_lowercase())
    });
    starts && ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cue_of_the_list_has_a_bit() {
        let file: CueFile = toml::from_str(include_str!("cues.toml")).expect("loads");
        let names: Vec<_> = file.cue.iter().map(|cue| cue.name.as_str()).collect();
        assert_eq!(names, CUES);
    }

    #[test]
    fn words_count_as_whole_parts_of_names() {
        let finds = |text: &str, word: &str| {
            let at = text.find(word).expect("the word is there");
            is_whole(text.as_bytes(), at..at + word.len())
        };
        assert!(finds("main-nav", "nav") && finds("mainNav", "Nav") && finds("nav_2", "nav"));
        assert!(!finds("navy", "nav") && !finds("canav", "nav") && !finds("shareholder", "share"));
    }
}
