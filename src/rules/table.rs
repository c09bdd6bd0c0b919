//! The beginnings of many patterns in one table of bytes, which the build script writes for the built-in packs.
//!
//! In go the [`Branch`]es of patterns in their order, out comes a [`Table`] that is asked where it lies: the program
//! holds the one of the built-in packs, so that little is built at the start of a run.

use super::beginnings::{Branch, Bytes, Extent, MAX_ANCHORED_BYTES};
use std::borrow::Cow;
use std::ops::Range;

/// A table; of a user's packs it is made at run time.
pub struct Table {
    bytes: Cow<'static, [u8]>,
    /// The beginnings at the start of a text, sorted: eight bytes of each, and how many of them are its own.
    keys: Range<usize>,
    lengths: Range<usize>,
    /// Where the branches of each begin in `starting`, and one past the last.
    ends: Range<usize>,
    /// Branches by their beginning.
    starting: Range<usize>,
    branches: Vec<Entry>,
    /// Literals that may stand anywhere: branch as u32, length as a byte, and the bytes, one after the other.
    floating: Range<usize>,
    /// Lists of words of the branches: how many lists in a byte, [`WHOLE`] added to it where the heads are all that the branch
    /// matches, then of each how many words in a byte, and each word after its length in a byte. The first list is of heads, the
    /// others of required words.
    words: Range<usize>,
    /// The sets of bytes that extents name.
    sets: Vec<Bytes>,
}

/// A branch in the table: three numbers of four bytes.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The pattern that it is one of.
    pub pattern: u32,
    /// Where its lists begin in `words`.
    words: u32,
    /// The most bytes of its extent, [`NO_EXTENT`] when it has none, and where its trailing bytes stand in `sets`.
    max_bytes: u16,
    set: u16,
}

const NO_EXTENT: u16 = u16::MAX;
/// What is added to the number of a branch's lists where its heads are all that it matches but for what may follow.
const WHOLE: u8 = 0x80;

/// What a table says about a text and a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The branch does not match it.
    No,
    /// It may.
    Maybe,
    /// It does.
    Sure,
}

/// The bytes of a [`Entry`].
const ENTRY_BYTES: usize = 12;

/// The parts of a table as it is written, each of whose lengths stands at its start in four bytes: those of [`Table`] in their
/// order.
const PARTS: usize = 8;

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
                let lists = byte(1 + branch.required.len());
                let is_whole = branch.is_whole && max_bytes != NO_EXTENT;
                words.push(if is_whole { lists | WHOLE } else { lists });
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
        let [keys, lengths, ends, starting] = starts(&keys);
        Table::join([keys, lengths, ends, starting, branches, floating, words, sets.concat()])
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
        let [keys, lengths, ends, starting, branches, floating, words, sets] = std::array::from_fn(|part| {
            let start = end;
            end += number(&bytes, part) as usize;
            start..end
        });
        let numbers = |part: Range<usize>| -> Vec<u32> {
            let part = &bytes[part];
            (0..part.len() / 4).map(|at| number(part, at)).collect()
        };
        let entry = |branch: &[u32]| Entry {
            pattern: branch[0],
            words: branch[1],
            max_bytes: branch[2] as u16,
            set: (branch[2] >> 16) as u16,
        };
        let branches = numbers(branches).chunks_exact(ENTRY_BYTES / 4).map(entry).collect();
        let sets = bytes[sets].as_chunks().0.to_vec();
        Table { bytes, keys, lengths, ends, starting, branches, floating, words, sets }
    }

    /// The table as it is written.
    #[allow(dead_code, reason = "the build script writes, the program reads")]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The beginnings at the start of a text, each as its bytes, how many they are, and its branches.
    pub fn starting(&self) -> impl Iterator<Item = ([u8; MAX_ANCHORED_BYTES], u8, impl Iterator<Item = u32>)> + '_ {
        let keys = self.bytes[self.keys.clone()].as_chunks().0.iter().zip(&self.bytes[self.lengths.clone()]);
        let numbers = |part: &Range<usize>| self.bytes[part.clone()].as_chunks().0;
        let (ends, starting) = (numbers(&self.ends), numbers(&self.starting));
        keys.zip(ends.windows(2)).map(move |((key, length), ends)| {
            let branches = &starting[u32::from_le_bytes(ends[0]) as usize..u32::from_le_bytes(ends[1]) as usize];
            (*key, *length, branches.iter().map(|branch| u32::from_le_bytes(*branch)))
        })
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

    /// The branches, in their order.
    pub fn branches(&self) -> &[Entry] {
        &self.branches
    }

    /// Says whether a text is what a branch of the table matches. If it may be so, it is within its extent, it begins with one of the
    /// heads, and of each list of required words one is in it, as `holds` says.
    pub fn fits(&self, branch: &Entry, text: &[u8], mut holds: impl FnMut(&[u8]) -> bool) -> Fit {
        let max_bytes = usize::from(branch.max_bytes);
        let may_trail = |rest: &[u8]| {
            let set = &self.sets[usize::from(branch.set)];
            rest.iter().rev().all(|byte| set[usize::from(byte / 8)] >> (byte % 8) & 1 == 1)
        };
        if branch.max_bytes != NO_EXTENT && text.len() > max_bytes && !may_trail(&text[max_bytes..]) {
            return Fit::No;
        }
        let words = &self.bytes[self.words.clone()];
        let (lists, mut rest) = words[branch.words as usize..].split_first().expect(COUNTED);
        if lists & WHOLE != 0 {
            let count = rest.split_off_first().expect(COUNTED);
            let mut fit = Fit::No;
            for _ in 0..*count {
                let word = take_counted(&mut rest);
                if begins_with(text, word) && may_trail(&text[word.len()..]) {
                    // Characters beyond ASCII are not told apart.
                    if text[word.len()..].is_ascii() {
                        return Fit::Sure;
                    }
                    fit = Fit::Maybe;
                }
            }
            return fit;
        }
        let may_match = (0..*lists).all(|list| {
            let (count, words) = rest.split_first().expect(COUNTED);
            rest = words;
            let mut found = *count == 0;
            for _ in 0..*count {
                let word = take_counted(&mut rest);
                found = found || if list == 0 { begins_with(text, word) } else { holds(word) };
            }
            found
        });
        if may_match { Fit::Maybe } else { Fit::No }
    }
}

/// True when a text begins with a word, which is not empty. The last byte first: the first ones are those of many words.
fn begins_with(text: &[u8], word: &[u8]) -> bool {
    text.get(word.len() - 1) == word.last() && text.starts_with(word)
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

/// The beginnings of sorted keys: bytes, lengths, ends, and branches.
fn starts(keys: &[(&[u8], u32)]) -> [Vec<u8>; 4] {
    let [mut bytes, mut lengths, mut ends, mut starting] = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for same in keys.chunk_by(|one, other| one.0 == other.0) {
        let mut key = same[0].0.to_vec();
        lengths.push(byte(key.len()));
        key.resize(MAX_ANCHORED_BYTES, 0);
        bytes.extend(key);
        ends.extend((starting.len() as u32 / 4).to_le_bytes());
        same.iter().for_each(|(_, branch)| starting.extend(branch.to_le_bytes()));
    }
    ends.extend((starting.len() as u32 / 4).to_le_bytes());
    [bytes, lengths, ends, starting]
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
