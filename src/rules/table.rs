//! What many patterns begin with, and what is asked of a text that begins so, in lists that the build script writes for the
//! built-in packs.
//!
//! In go the [`Branch`]es of patterns in their order, out comes a [`Table`] that is asked where it lies: the program
//! holds the one of the built-in packs, so that nothing of it is built at the start of a run.

use super::beginnings::{Branch, Bytes, Extent, MAX_ANCHORED_BYTES};
use super::floating::Floating;
use super::lists::{List, entry, number, push, short, take};
use super::reach::{Asked, Words};
use super::starting::Starting;

/// A table; of a user's packs it is made at run time.
pub struct Table {
    /// The literals that branches begin with at the start of a text.
    pub starting: Starting,
    /// Those that branches begin with anywhere.
    pub floating: Floating,
    /// The pattern of each branch, where its lists begin in `words`, the most bytes of its extent, [`NO_EXTENT`] when it has none,
    /// where its trailing bytes stand in `sets`, and the words of the texts that its pattern looks at.
    branches: List<ENTRY_BYTES>,
    /// Lists of words of the branches: how many lists in a byte, [`WHOLE`] added to it where the heads are all that the branch
    /// matches, then of each how many words in a byte, and each word after its length in a byte. The first list is of heads, the
    /// others of required words.
    words: List<1>,
    /// The sets of bytes that extents name.
    sets: List<{ size_of::<Bytes>() }>,
}

/// What is known of a branch.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The pattern that it is one of.
    pub pattern: u32,
    words: u32,
    max_bytes: u16,
    set: u16,
    max_words: Words,
}

/// Bytes of an [`Entry`] in the list: with two more than they have, so that none lies in two lines of a cache.
const ENTRY_BYTES: usize = 16;

impl Entry {
    #[inline(always)]
    fn read(listed: &[u8; ENTRY_BYTES]) -> Entry {
        Entry {
            pattern: number(listed, 0),
            words: number(listed, 4),
            max_bytes: short(listed, 8),
            set: short(listed, 10),
            max_words: Words([listed[12], listed[13]]),
        }
    }

    fn listed(&self) -> [u8; ENTRY_BYTES] {
        let (max_bytes, set) = (self.max_bytes.to_le_bytes(), self.set.to_le_bytes());
        entry(&[&self.pattern.to_le_bytes(), &self.words.to_le_bytes(), &max_bytes, &set, &self.max_words.0, &[0; 2]])
    }

    /// Words of the texts that it is asked about, at most.
    pub fn max_words(&self, asked: Asked) -> u8 {
        self.max_words.of(asked)
    }
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

impl Table {
    /// The table of the branches of patterns, in their order, each with the words of the texts that it looks at.
    pub fn build<'a>(patterns: impl Iterator<Item = (&'a [Branch], Words)>) -> Table {
        let (mut keys, mut floating) = (Vec::new(), Vec::new());
        let (mut branches, mut words, mut sets) = (Vec::<Entry>::new(), Vec::new(), Vec::new());
        for (pattern, (found, max_words)) in patterns.enumerate() {
            for branch in found {
                let at = branches.len() as u32;
                // Of more sets than can be named the others say nothing.
                let (max_bytes, set) = match &branch.extent {
                    None => (NO_EXTENT, 0),
                    Some(Extent { max_bytes, trailing }) => match u16::try_from(place_in(&mut sets, trailing)) {
                        Ok(set) => (*max_bytes, set),
                        Err(_) => (NO_EXTENT, 0),
                    },
                };
                branches.push(Entry { pattern: pattern as u32, words: words.len() as u32, max_bytes, set, max_words });
                let lists = byte(1 + branch.required.len());
                let is_whole = branch.is_whole && max_bytes != NO_EXTENT;
                words.push(if is_whole { lists | WHOLE } else { lists });
                for list in std::iter::once(&branch.heads).chain(&branch.required) {
                    words.push(byte(list.len()));
                    list.iter().for_each(|word| push_counted(&mut words, word));
                }
                for literal in &branch.literals {
                    match branch.anchored {
                        true => keys.push((&**literal, at)),
                        false => floating.push((&**literal, at, max_words)),
                    }
                }
            }
        }
        keys.sort_unstable();
        let starting = keys.chunk_by(|one, other| one.0 == other.0).map(|same| {
            let mut bytes = [0; MAX_ANCHORED_BYTES];
            bytes[..same[0].0.len()].copy_from_slice(same[0].0);
            (bytes, byte(same[0].0.len()), same.iter().map(|(_, branch)| *branch))
        });
        Table {
            starting: Starting::new(starting, |branch| branches[branch as usize].max_words),
            floating: Floating::new(floating.into_iter()),
            branches: branches.iter().map(Entry::listed).collect(),
            words: words.into_iter().map(|byte| [byte]).collect(),
            sets: sets.into(),
        }
    }

    /// One that was written.
    pub fn read(mut from: &'static [u8]) -> Table {
        let from = &mut from;
        let (starting, floating) = (Starting::read(from), Floating::read(from));
        Table { starting, floating, branches: take(from), words: take(from), sets: take(from) }
    }

    /// It as a run reads it.
    #[allow(dead_code, reason = "the build script writes, the program reads")]
    pub fn written(&self) -> Vec<u8> {
        let mut to = Vec::new();
        self.starting.write(&mut to);
        self.floating.write(&mut to);
        push(&self.branches, &mut to);
        push(&self.words, &mut to);
        push(&self.sets, &mut to);
        to
    }

    /// What is known of a branch.
    #[inline(always)]
    pub fn branch(&self, at: u32) -> Entry {
        Entry::read(&self.branches[at as usize])
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
        let words = self.words.as_flattened();
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
