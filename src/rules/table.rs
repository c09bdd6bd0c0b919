//! The beginnings of many patterns in one table of bytes, which the build script writes for the built-in packs.
//!
//! In go the [`Branch`]es of patterns in their order, out comes a [`Table`] that is asked where it lies: the program
//! holds the one of the built-in packs, so that nothing is built at the start of a run. Beginnings at the start of a text are
//! a trie whose nodes stand level by level, so that the children of a node follow each other.

use super::beginnings::{Branch, Bytes, Extent, MAX_ANCHORED_BYTES};
use std::borrow::Cow;
use std::ops::Range;

/// A table; of a user's packs it is made at run time.
pub struct Table {
    bytes: Cow<'static, [u8]>,
    /// The byte that leads to each node of the trie.
    labels: Range<usize>,
    /// The first child of each node, and one past the last node.
    children: Vec<u32>,
    /// Where the branches that end at a node begin in `ending`, and one past the last.
    ends: Vec<u32>,
    /// Branches by the node that they end at.
    ending: Vec<u32>,
    /// What can be said without the trie, as most texts have no beginning in it.
    firsts: Firsts,
    branches: Vec<Entry>,
    /// Literals that may stand anywhere: branch as u32, length as a byte, and the bytes, one after the other.
    floating: Range<usize>,
    /// Lists of words of the branches: how many lists in a byte, then of each how many words in a byte, and each word after
    /// its length in a byte. The first list is of heads, the others of required words.
    words: Range<usize>,
    /// The sets of bytes that extents name.
    sets: Vec<Bytes>,
}

/// A branch in the table: three numbers of four bytes.
struct Entry {
    pattern: u32,
    /// Where its lists begin in `words`.
    words: u32,
    /// The most bytes of its extent, [`NO_EXTENT`] when it has none, and where its trailing bytes stand in `sets`.
    max_bytes: u16,
    set: u16,
}

const NO_EXTENT: u16 = u16::MAX;

/// The bytes of a [`Entry`].
const ENTRY_BYTES: usize = 12;

/// The parts of a table as it is written, each of whose lengths stands at its start in four bytes: those of [`Table`] in the
/// order labels, children, ends, ending, branches, floating, words, sets.
const PARTS: usize = 8;

/// A set of the first four bytes of beginnings, of all bytes of shorter ones; a few others are taken to be in it.
struct Firsts(Box<[u64; 1 << (FIRSTS_BITS - 6)]>);

const FIRSTS_BITS: u32 = 15;

impl Firsts {
    fn new() -> Firsts {
        Firsts(vec![0; 1 << (FIRSTS_BITS - 6)].try_into().expect("as long as the array"))
    }

    /// Where the bit of so many first bytes stands.
    fn place(bytes: u32, count: u32) -> (usize, u64) {
        let first = bytes << (32 - 8 * count);
        let hash = (first ^ count).wrapping_mul(0x9e37_79b1) >> (32 - FIRSTS_BITS);
        (hash as usize / 64, 1 << (hash % 64))
    }

    fn insert(&mut self, bytes: u32, count: u32) {
        let (place, bit) = Firsts::place(bytes, count);
        self.0[place] |= bit;
    }

    /// True when a beginning may be among the first of these bytes.
    fn has(&self, four: [u8; 4]) -> bool {
        let bytes = u32::from_le_bytes(four);
        (1..=4).any(|count| {
            let (place, bit) = Firsts::place(bytes, count);
            self.0[place] & bit != 0
        })
    }
}

/// A node of the trie.
#[derive(Clone, Copy)]
pub struct Node(u32);

/// Where a text begins.
pub const ROOT: Node = Node(0);

impl Table {
    /// The table of the branches of patterns, in their order.
    pub fn build<'a>(patterns: impl Iterator<Item = &'a [Branch]>) -> Table {
        let (mut keys, mut branches, mut words, mut floating) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut sets: Vec<Bytes> = Vec::new();
        for (pattern, found) in patterns.enumerate() {
            for branch in found {
                let at = (branches.len() / ENTRY_BYTES) as u32;
                branches.extend((pattern as u32).to_le_bytes());
                branches.extend((words.len() as u32).to_le_bytes());
                // Of more sets than can be named the others say nothing.
                let (max_bytes, set) = match &branch.extent {
                    None => (NO_EXTENT, 0),
                    Some(Extent { max_bytes, trailing }) => match u16::try_from(place_in(&mut sets, trailing)) {
                        Ok(set) => (*max_bytes, set),
                        Err(_) => (NO_EXTENT, 0),
                    },
                };
                branches.extend(max_bytes.to_le_bytes());
                branches.extend(set.to_le_bytes());
                words.push(byte(1 + branch.required.len()));
                for list in std::iter::once(&branch.heads).chain(&branch.required) {
                    words.push(byte(list.len()));
                    list.iter().for_each(|word| push_counted(&mut words, word));
                }
                for literal in &branch.literals {
                    if branch.anchored {
                        keys.push((&**literal, at));
                    } else {
                        floating.extend(at.to_le_bytes());
                        push_counted(&mut floating, literal);
                    }
                }
            }
        }
        keys.sort_unstable();
        let [labels, children, ends, ending] = trie(&keys);
        Table::join([labels, children, ends, ending, branches, floating, words, sets.concat()])
    }

    fn join(parts: [Vec<u8>; PARTS]) -> Table {
        let mut bytes = Vec::new();
        parts.iter().for_each(|part| bytes.extend((part.len() as u32).to_le_bytes()));
        parts.iter().for_each(|part| bytes.extend(part));
        Table::read(Cow::Owned(bytes))
    }

    /// A table that was written before.
    pub fn read(bytes: Cow<'static, [u8]>) -> Table {
        let mut end = 4 * PARTS;
        let [labels, children, ends, ending, branches, floating, words, sets] = std::array::from_fn(|part| {
            let start = end;
            end += number(&bytes, part) as usize;
            start..end
        });
        let numbers = |part: Range<usize>| -> Vec<u32> {
            let part = &bytes[part];
            (0..part.len() / 4).map(|at| number(part, at)).collect()
        };
        let (children, ends, ending) = (numbers(children), numbers(ends), numbers(ending));
        let entry = |branch: &[u32]| Entry {
            pattern: branch[0],
            words: branch[1],
            max_bytes: branch[2] as u16,
            set: (branch[2] >> 16) as u16,
        };
        let branches = numbers(branches).chunks_exact(ENTRY_BYTES / 4).map(entry).collect();
        let sets = bytes[sets].as_chunks().0.to_vec();
        let firsts = Firsts::new();
        let mut table = Table { bytes, labels, children, ends, ending, firsts, branches, floating, words, sets };
        table.read_firsts();
        table
    }

    /// Puts the first bytes of the beginnings in the trie into the set of them.
    fn read_firsts(&mut self) {
        let mut level = vec![(ROOT, 0)];
        for depth in 1..=4 {
            let mut next = Vec::new();
            for (node, bytes) in level {
                for child in self.children[node.0 as usize]..self.children[node.0 as usize + 1] {
                    let label = u32::from(self.bytes[self.labels.start + child as usize]);
                    let bytes = bytes | label << (8 * (depth - 1));
                    if depth == 4 || !self.ending(Node(child)).is_empty() {
                        self.firsts.insert(bytes, depth);
                    }
                    next.push((Node(child), bytes));
                }
            }
            level = next;
        }
    }

    /// The table as it is written.
    #[allow(dead_code, reason = "the build script writes, the program reads")]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// False when a text with these first bytes has none of the beginnings.
    pub fn may_begin(&self, bytes: &[u8]) -> bool {
        bytes.first_chunk().is_none_or(|four| self.firsts.has(*four))
    }

    /// The node that a byte leads to.
    pub fn child(&self, node: Node, byte: u8) -> Option<Node> {
        let node = node.0 as usize;
        let (first, end) = (self.children[node], self.children[node + 1]);
        let labels = &self.bytes[self.labels.start + first as usize..self.labels.start + end as usize];
        let place = labels.binary_search(&byte).ok()?;
        Some(Node(first + place as u32))
    }

    /// The branches of which a beginning ends at the node.
    pub fn ending(&self, node: Node) -> &[u32] {
        let node = node.0 as usize;
        &self.ending[self.ends[node] as usize..self.ends[node + 1] as usize]
    }

    /// The literals that may stand anywhere, each with its branch.
    pub fn floating(&self) -> impl Iterator<Item = (u32, &[u8])> + '_ {
        let mut rest = &self.bytes[self.floating.clone()];
        std::iter::from_fn(move || {
            let (branch, literal) = rest.split_at_checked(4)?;
            let branch = number(branch, 0);
            rest = literal;
            Some((branch, take_counted(&mut rest)))
        })
    }

    /// The pattern that a branch is one of.
    pub fn pattern(&self, branch: u32) -> usize {
        self.branches[branch as usize].pattern as usize
    }

    /// Says whether a text could be what the branch matches: it is within its extent, it begins with one of the heads, and of
    /// each list of required words one is in it, as `holds` says.
    pub fn admits(&self, branch: u32, text: &[u8], mut holds: impl FnMut(&[u8]) -> bool) -> bool {
        let branch = &self.branches[branch as usize];
        let max_bytes = usize::from(branch.max_bytes);
        if branch.max_bytes != NO_EXTENT && text.len() > max_bytes {
            let set = &self.sets[usize::from(branch.set)];
            if !text[max_bytes..].iter().rev().all(|byte| set[usize::from(byte / 8)] >> (byte % 8) & 1 == 1) {
                return false;
            }
        }
        let words = &self.bytes[self.words.clone()];
        let (lists, mut rest) = words[branch.words as usize..].split_first().expect(COUNTED);
        (0..*lists).all(|list| {
            let (count, words) = rest.split_first().expect(COUNTED);
            rest = words;
            let mut found = *count == 0;
            for _ in 0..*count {
                let word = take_counted(&mut rest);
                found = found || if list == 0 { text.starts_with(word) } else { holds(word) };
            }
            found
        })
    }
}

/// Where a set stands in a list, at the end of it when it is new.
fn place_in(sets: &mut Vec<Bytes>, set: &Bytes) -> usize {
    sets.iter().position(|known| known == set).unwrap_or_else(|| {
        sets.push(*set);
        sets.len() - 1
    })
}

/// Why a count is there.
const COUNTED: &str = "each list stands after its length";

/// The trie of sorted keys: labels, children, ends and ending.
fn trie(keys: &[(&[u8], u32)]) -> [Vec<u8>; 4] {
    let [mut labels, mut children, mut ends, mut ending] = [vec![0], Vec::new(), Vec::new(), Vec::new()];
    // The keys below each node, and their bytes that lead there.
    let mut nodes = vec![(0..keys.len(), 0)];
    let mut at = 0;
    while at < nodes.len() {
        let (mut below, depth) = nodes[at].clone();
        at += 1;
        ends.extend((ending.len() as u32 / 4).to_le_bytes());
        while below.start < below.end && keys[below.start].0.len() == depth {
            ending.extend(keys[below.start].1.to_le_bytes());
            below.start += 1;
        }
        children.extend((nodes.len() as u32).to_le_bytes());
        while below.start < below.end {
            let label = keys[below.start].0[depth];
            let count = keys[below.clone()].iter().take_while(|(key, _)| key[depth] == label).count();
            labels.push(label);
            nodes.push((below.start..below.start + count, depth + 1));
            below.start += count;
        }
    }
    children.extend((nodes.len() as u32).to_le_bytes());
    ends.extend((ending.len() as u32 / 4).to_le_bytes());
    debug_assert!(nodes.iter().all(|(_, depth)| *depth <= MAX_ANCHORED_BYTES));
    [labels, children, ends, ending]
}

/// The number at a place of a list of u32, little-endian.
fn number(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes[4 * at..4 * at + 4].try_into().expect("four bytes");
    u32::from_le_bytes(bytes)
}

fn byte(count: usize) -> u8 {
    u8::try_from(count).expect("beginnings keeps lists and literals short")
}

fn push_counted(to: &mut Vec<u8>, bytes: &[u8]) {
    to.push(byte(bytes.len()));
    to.extend_from_slice(bytes);
}

fn take_counted<'a>(from: &mut &'a [u8]) -> &'a [u8] {
    let (count, rest) = from.split_first().expect(COUNTED);
    let (taken, rest) = rest.split_at(usize::from(*count));
    *from = rest;
    taken
}
