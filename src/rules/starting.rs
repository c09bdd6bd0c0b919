//! Literals that blocks begin with, and those that one begins with.
//!
//! There are tens of thousands, and most blocks begin with none. The first two bytes of a block tell what short ones it may begin
//! with, and the first four what long ones: how long these are, and in how many words a block may have to begin so. For each
//! length that is left a hash of so many bytes is asked the same, and only where it passes one of the literals is compared.

use super::beginnings::{Beginning, MAX_ANCHORED_BYTES, WORD_END};
use super::lists::{List, entry, number, push, short, take};
use super::reach::{Asked, Reach, Words, rows};
use crate::stride::places;

/// Literals by their hash, each with the branches that begin with it.
pub struct Starting {
    /// With the mark of the literal that has a hash, [`ANY_MARK`] where there are several: a mark is read in less time than a literal
    /// is compared.
    marks: Reach<3, { 1 << KEY_BITS }, { rows(1 << KEY_BITS) }>,
    /// Of the literals that have fewer bytes of their own than a stem, by the first two of a block that may begin with them.
    shorts: Openings<{ 1 << SHORT_BITS }, { rows(1 << SHORT_BITS) }>,
    /// Of the literals that have as many bytes or more, by the hash of their first ones.
    stems: Openings<{ 1 << STEM_BITS }, { rows(1 << STEM_BITS) }>,
    /// One more than the place of a literal, in the first free slot from that of its hash on; 0 in those that stay free.
    slots: List<4>,
    /// The literals, each as its bytes and how many they are, and where its branches begin in `branches`; one more shows where the
    /// last one's end.
    keys: List<{ KEY_BYTES + 4 }>,
    branches: List<4>,
}

const KEY_BITS: u32 = 17;
const STEM_BITS: u32 = 16;
const SHORT_BITS: u32 = 16;
/// The mark of no literal.
const ANY_MARK: u8 = 0;
/// Bytes by which most blocks are seen to begin with none that is as long.
const STEM: u8 = 4;

/// Literals that begin alike: in how many words a block may have to begin so, and what kinds of them there are, a bit of two bytes
/// for each.
type Openings<const COUNT: usize, const ROWS: usize> = Reach<4, COUNT, ROWS>;

/// Where the mark or the kinds stand in an entry, behind its words.
const KNOWN: usize = 2;
/// Bytes of a key in a list.
const KEY_BYTES: usize = MAX_ANCHORED_BYTES + 1;

/// A literal: its bytes as a number, the first in the lowest, and how many they are.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    bytes: u64,
    length: u8,
}

impl Key {
    /// The first bytes of a number, as many as there are in it or fewer, but at least one.
    #[inline(always)]
    fn new(bytes: u64, length: u8) -> Key {
        Key { bytes: bytes & u64::MAX >> (64 - 8 * u32::from(length)), length }
    }

    /// The literal in an entry of the list.
    #[inline(always)]
    fn listed(entry: &[u8; KEY_BYTES + 4]) -> Key {
        let [bytes @ .., length, _, _, _, _] = *entry;
        Key { bytes: u64::from_le_bytes(bytes), length }
    }

    /// How many bytes it has without the end of a word.
    fn own_bytes(self) -> u8 {
        let last = (self.bytes >> (8 * (self.length - 1))) as u8;
        self.length - u8::from(last == WORD_END)
    }

    /// Its own bytes, and whether the end of a word stands behind them, as one number below 16.
    fn kind(self) -> u8 {
        2 * (self.own_bytes() - 1) + u8::from(self.own_bytes() < self.length)
    }

    /// The literal of this kind that a block begins with, if it does with one.
    #[inline(always)]
    fn of_kind(kind: u8, bytes: u64) -> Option<Key> {
        let key = Key::new(bytes, kind / 2 + 1);
        match kind % 2 {
            0 => Some(key),
            _ => may_end_word(bytes, key.length).then(|| key.with_word_end()),
        }
    }

    /// The same with the end of a word behind it.
    #[inline(always)]
    fn with_word_end(self) -> Key {
        Key { bytes: self.bytes | u64::from(WORD_END) << (8 * self.length), length: self.length + 1 }
    }

    #[inline(always)]
    fn hash(self, bits: u32) -> usize {
        (self.mix() >> (64 - bits)) as usize
    }

    /// What tells most of the literals with the same hash apart.
    #[inline(always)]
    fn mark(self) -> u8 {
        ((self.mix() >> (64 - KEY_BITS - u8::BITS)) as u8).max(ANY_MARK + 1)
    }

    #[inline(always)]
    fn mix(self) -> u64 {
        (self.bytes ^ u64::from(self.length)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Starting {
    /// Literals of one to eight bytes, none of them twice, each with its branches; `words` tells for a branch in which blocks it is
    /// looked for.
    pub fn new(
        literals: impl Iterator<Item = ([u8; MAX_ANCHORED_BYTES], u8, impl Iterator<Item = u32>)>,
        words: impl Fn(u32) -> Words,
    ) -> Starting {
        let mut starting = Starting {
            marks: Reach::new(),
            shorts: Reach::new(),
            stems: Reach::new(),
            slots: List::default(),
            keys: List::default(),
            branches: List::default(),
        };
        let (mut keys, mut ends, mut listed) = (Vec::new(), Vec::new(), Vec::new());
        for (bytes, length, branches) in literals {
            let key = Key::new(u64::from_le_bytes(bytes), length);
            ends.push(listed.len() as u32);
            let mut reach = Words::default();
            for branch in branches {
                reach.raise(words(branch));
                listed.push(branch.to_le_bytes());
            }
            let hash = key.hash(KEY_BITS);
            let is_first = !starting.marks.has_any(hash);
            starting.marks.raise(hash, reach)[KNOWN] = if is_first { key.mark() } else { ANY_MARK };
            if key.own_bytes() >= STEM {
                add_kind(starting.stems.raise(Key::new(key.bytes, STEM).hash(STEM_BITS), reach), key);
            } else {
                shorts_of(key).for_each(|short| add_kind(starting.shorts.raise(short, reach), key));
            }
            keys.push(key);
        }
        let count = (2 * keys.len()).next_power_of_two().max(1 << KEY_BITS);
        let mut slots = vec![[0; 4]; count];
        for (at, key) in keys.iter().enumerate() {
            let mut slot = key.hash(count.ilog2());
            while slots[slot] != [0; 4] {
                slot = (slot + 1) % count;
            }
            slots[slot] = (at as u32 + 1).to_le_bytes();
        }
        keys.push(Key { bytes: 0, length: 0 });
        ends.push(listed.len() as u32);
        let listed_key =
            |(key, end): (&Key, &u32)| entry(&[&key.bytes.to_le_bytes(), &[key.length], &end.to_le_bytes()]);
        starting.keys = keys.iter().zip(&ends).map(listed_key).collect();
        starting.slots = slots.into();
        starting.branches = listed.into();
        starting
    }

    /// One that was written.
    pub fn read(from: &mut &'static [u8]) -> Starting {
        let (marks, shorts, stems) = (Reach::read(from), Reach::read(from), Reach::read(from));
        Starting { marks, shorts, stems, slots: take(from), keys: take(from), branches: take(from) }
    }

    /// Writes it for a run.
    pub fn write(&self, to: &mut Vec<u8>) {
        self.marks.write(to);
        self.shorts.write(to);
        self.stems.write(to);
        push(&self.slots, to);
        push(&self.keys, to);
        push(&self.branches, to);
    }

    /// Calls `found` with the branches that begin as a block of so many words does, those of shorter literals first, until it says
    /// true.
    pub fn find(&self, block: &Beginning, words: u8, asked: Asked, mut found: impl FnMut(u32) -> bool) -> bool {
        let (bytes, count) = (block.number(), block.bytes().len() as u8);
        let mut begins = |key: Key| {
            let mark = self.marks.get(key.hash(KEY_BITS), words, asked);
            mark.is_some_and(|mark| [ANY_MARK, key.mark()].contains(&mark[KNOWN]))
                && self.branches(key).iter().any(|branch| found(u32::from_le_bytes(*branch)))
        };
        let short = self.shorts.get(usize::from(bytes as u16), words, asked);
        let stem = || self.stems.get(Key::new(bytes, STEM).hash(STEM_BITS), words, asked);
        let stem = if count >= STEM { stem() } else { None };
        let kinds = |opening: Option<&[u8; 4]>| opening.map_or(0, kinds_of);
        let kinds = u64::from(kinds(short) | kinds(stem));
        // No literal is longer than the block.
        let kinds = kinds & !(u64::MAX << (2 * count));
        places(kinds).any(|kind| Key::of_kind(kind as u8, bytes).is_some_and(&mut begins))
    }

    /// The branches that begin with a literal.
    fn branches(&self, key: Key) -> &[[u8; 4]] {
        let mut slot = key.hash(self.slots.len().ilog2());
        loop {
            let Some(at) = (u32::from_le_bytes(self.slots[slot]) as usize).checked_sub(1) else { return &[] };
            if Key::listed(&self.keys[at]) == key {
                let end = |at: usize| number(&self.keys[at], KEY_BYTES) as usize;
                return &self.branches[end(at)..end(at + 1)];
            }
            slot = (slot + 1) % self.slots.len();
        }
    }
}

/// The kinds of the literals of an opening, a bit for each.
#[inline(always)]
fn kinds_of(opening: &[u8; 4]) -> u16 {
    short(opening, KNOWN)
}

fn add_kind(opening: &mut [u8; 4], key: Key) {
    let kinds = kinds_of(opening) | 1 << key.kind();
    opening[KNOWN..].copy_from_slice(&kinds.to_le_bytes());
}

/// The first two bytes of blocks that may begin with a short literal, as a number: any second one behind a literal of one byte.
fn shorts_of(key: Key) -> impl Iterator<Item = usize> {
    let first = usize::from(key.bytes as u8);
    let second = (key.bytes >> 8) as u8;
    let seconds = if key.own_bytes() == 1 { 0..=u8::MAX } else { second..=second };
    seconds.map(move |second| first | usize::from(second) << 8)
}

/// True when a word may end behind so many bytes of a number: what comes next is no letter, digit or underscore of ASCII.
#[inline(always)]
fn may_end_word(bytes: u64, length: u8) -> bool {
    let next = (bytes >> (8 * length)) as u8;
    !(next.is_ascii_alphanumeric() || next == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    const LITERALS: [&[u8]; 10] =
        [b"a", b"ab", b"abc\xff", b"abcd", b"abcde\xff", b"abcdefgh", b"b\xff", b"b a", b"\xc3\xa9\xff", b"\xc3\xa9a"];

    /// As many words as a block may have that begins with a literal, by its place.
    fn words(branch: u32) -> Words {
        Words::new(10 + branch, branch % 2 == 1)
    }

    /// The table of these literals as it is made, and as it is read when it was written.
    static STARTING: LazyLock<(Starting, Starting)> = LazyLock::new(|| {
        let mut written = Vec::new();
        starting().write(&mut written);
        (starting(), Starting::read(&mut &*written.leak()))
    });

    fn starting() -> Starting {
        let branches: [u32; LITERALS.len()] = std::array::from_fn(|at| at as u32);
        let literals = LITERALS.iter().zip(branches).map(|(literal, branch)| {
            let mut bytes = [0; MAX_ANCHORED_BYTES];
            bytes[..literal.len()].copy_from_slice(literal);
            (bytes, literal.len() as u8, std::iter::once(branch))
        });
        Starting::new(literals, words)
    }

    fn begins(block: &[u8], literal: &[u8]) -> bool {
        match literal.split_last() {
            Some((&WORD_END, word)) => {
                block.starts_with(word) && !block.get(word.len()).is_some_and(u8::is_ascii_alphanumeric)
            }
            _ => block.starts_with(literal),
        }
    }

    proptest! {
        #[test]
        fn all_that_a_block_begins_with_are_found(block in "[ab]{0,2}[abé]c?(defgh|de|d)?[ a]{0,2}", count in 1..22u8) {
            let found = |starting: &Starting, asked| {
                let mut found = Vec::new();
                starting.find(&Beginning::of(block.as_bytes()), count, asked, |branch| {
                    found.push(branch);
                    false
                });
                found.sort_unstable();
                found
            };
            let (made, read) = &*STARTING;
            for asked in [Asked::Rules, Asked::All] {
                let expected = (0u32..).zip(LITERALS).filter(|(branch, literal)| {
                    begins(block.as_bytes(), literal) && words(*branch).of(asked) >= count
                });
                let expected: Vec<u32> = expected.map(|(branch, _)| branch).collect();
                prop_assert_eq!(found(made, asked), &expected[..]);
                prop_assert_eq!(found(read, asked), expected);
            }
        }
    }
}
