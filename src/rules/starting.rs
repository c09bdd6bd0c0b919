//! Literals that blocks begin with, and those that one begins with, each with what it leads to.
//!
//! There are tens of thousands, and most blocks begin with none. The first two bytes of a block tell what short ones it may begin
//! with, and the first four what long ones: how long these are, and in how many words a block may have to begin so. For each
//! length that is left the hash of so many bytes is looked up, and only where a literal has it one is compared.

use super::beginnings::{Beginning, MAX_ANCHORED_BYTES, WORD_END};
use super::lists::{List, entry, number, push, short, take};
use super::reach::{Asked, Hashes, Reach, Words, rows};
use crate::stride::places;

/// Literals by their hash, each with the ways that it leads to, which are bytes here.
pub struct Starting {
    hashes: Hashes<{ rows(1 << KEY_BITS) }>,
    /// Of the literals that have fewer bytes of their own than a stem, by the first two of a block that may begin with them.
    shorts: Openings<{ 1 << SHORT_BITS }, { rows(1 << SHORT_BITS) }>,
    /// Of the literals that have as many bytes or more, by the hash of their first ones.
    stems: Openings<{ 1 << STEM_BITS }, { rows(1 << STEM_BITS) }>,
    /// The literals, each in the first free slot from that of its hash on.
    slots: List<SLOT_BYTES>,
    /// Of each literal its bytes and how many they are, how many bytes its ways take, and these.
    records: List<1>,
}

/// How a block begins.
pub struct Begun {
    /// Its place among those that are asked about.
    pub at: u32,
    pub beginning: Beginning,
    /// Its words, at least one.
    pub words: u8,
}

const KEY_BITS: u32 = 19;
const STEM_BITS: u32 = 16;
const SHORT_BITS: u32 = 16;
/// Bytes of a slot: the words of the blocks that its literal is looked for in, its mark, and one more than the place of its record;
/// zeros when it is free.
const SLOT_BYTES: usize = 8;
/// Bytes by which most blocks are seen to begin with none that is as long.
const STEM: u8 = 4;

/// Literals that begin alike: in how many words a block may have to begin so, and what kinds of them there are, a bit of two bytes
/// for each.
type Openings<const COUNT: usize, const ROWS: usize> = Reach<4, COUNT, ROWS>;

/// Where the kinds stand in an entry, behind its words.
const KNOWN: usize = 2;

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

    /// The literal of a record, and what stands behind it.
    #[inline(always)]
    fn recorded(record: &[u8]) -> (Key, &[u8]) {
        let (bytes, rest) = record.split_first_chunk().expect(WHOLE_RECORD);
        let (length, rest) = rest.split_first().expect(WHOLE_RECORD);
        (Key { bytes: u64::from_le_bytes(*bytes), length: *length }, rest)
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

    /// What tells nearly all literals in slots beside one another apart: it is read in less time than a literal is compared.
    #[inline(always)]
    fn mark(self) -> u16 {
        (self.mix() >> 32) as u16
    }

    #[inline(always)]
    fn mix(self) -> u64 {
        (self.bytes ^ u64::from(self.length)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Starting {
    /// Literals of one to eight bytes, none of them twice, each with the words of the blocks that it is looked for in and its ways.
    pub fn new<'a>(literals: impl Iterator<Item = (&'a [u8], Words, Vec<u8>)>) -> Starting {
        let (mut hashes, mut shorts, mut stems) = (Hashes::new(), Reach::new(), Reach::new());
        let (mut keys, mut records) = (Vec::new(), Vec::new());
        for (literal, words, ways) in literals.filter(|(.., ways)| !ways.is_empty()) {
            let mut bytes = [0; MAX_ANCHORED_BYTES];
            bytes[..literal.len()].copy_from_slice(literal);
            let key = Key::new(u64::from_le_bytes(bytes), literal.len() as u8);
            hashes.add(key.hash(KEY_BITS));
            if key.own_bytes() >= STEM {
                add_kind(stems.raise(Key::new(key.bytes, STEM).hash(STEM_BITS), words), key);
            } else {
                shorts_of(key).for_each(|short| add_kind(shorts.raise(short, words), key));
            }
            keys.push((key, words, records.len() as u32));
            records.extend(bytes);
            records.push(key.length);
            records.extend((ways.len() as u32).to_le_bytes());
            records.extend(ways);
        }
        // Of four one is free at least, and there is one more.
        let count = (4 * keys.len() / 3 + 2).next_power_of_two();
        let mut slots = vec![[0; SLOT_BYTES]; count];
        for (key, words, record) in keys {
            let mut slot = key.hash(count.ilog2());
            while slots[slot] != [0; SLOT_BYTES] {
                slot = (slot + 1) % count;
            }
            slots[slot] = entry(&[&words.0, &key.mark().to_le_bytes(), &(record + 1).to_le_bytes()]);
        }
        let records = records.into_iter().map(|byte| [byte]).collect();
        Starting { hashes, shorts, stems, slots: slots.into(), records }
    }

    /// One that was written.
    pub fn read(from: &mut &'static [u8]) -> Starting {
        let (hashes, shorts, stems) = (Hashes::read(from), Reach::read(from), Reach::read(from));
        Starting { hashes, shorts, stems, slots: take(from), records: take(from) }
    }

    /// Writes it for a run.
    pub fn write(&self, to: &mut Vec<u8>) {
        self.hashes.write(to);
        self.shorts.write(to);
        self.stems.write(to);
        push(&self.slots, to);
        push(&self.records, to);
    }

    /// The ways of the literals that blocks begin with, each with the place of its block: in the order of the blocks, and of a block
    /// those of the shorter literals first.
    ///
    /// Each table is asked about all blocks before the next one is: the questions to it do not wait for one another, so that the
    /// processor fetches the answers of many at once, which lie in no near cache.
    pub fn find(&self, blocks: &[Begun], asked: Asked) -> Vec<(u32, &[u8])> {
        let kinds: Vec<u64> = blocks.iter().map(|block| self.kinds(block, asked)).collect();
        let mut records = Vec::with_capacity(blocks.len());
        for (block, kinds) in blocks.iter().zip(kinds) {
            for kind in places(kinds) {
                let Some(key) = Key::of_kind(kind as u8, block.beginning.number()) else { continue };
                self.each_record(key, block.words, asked, |record| records.push((block.at, key, record)));
            }
        }
        records.into_iter().filter_map(|(at, key, record)| Some((at, self.ways(key, record)?))).collect()
    }

    /// The kinds of the literals that a block may begin with, a bit for each.
    #[inline(always)]
    fn kinds(&self, block: &Begun, asked: Asked) -> u64 {
        let Begun { beginning, words, .. } = block;
        let (bytes, count) = (beginning.number(), beginning.bytes().len() as u8);
        let short = self.shorts.get(usize::from(bytes as u16), *words, asked);
        let stem = || self.stems.get(Key::new(bytes, STEM).hash(STEM_BITS), *words, asked);
        let stem = if count >= STEM { stem() } else { None };
        let kinds = |opening: Option<&[u8; 4]>| opening.map_or(0, kinds_of);
        // No literal is longer than the block.
        u64::from(kinds(short) | kinds(stem)) & !(u64::MAX << (2 * count))
    }

    /// Calls `found` with the places of the records that may be that of a literal, when it is looked for in blocks of so many words.
    #[inline(always)]
    fn each_record(&self, key: Key, words: u8, asked: Asked, mut found: impl FnMut(usize)) {
        if !self.hashes.has(key.hash(KEY_BITS)) {
            return;
        }
        let mut at = key.hash(self.slots.len().ilog2());
        while let slot = self.slots[at]
            && slot != [0; SLOT_BYTES]
        {
            if Words([slot[0], slot[1]]).of(asked) >= words && short(&slot, 2) == key.mark() {
                found(number(&slot, 4) as usize - 1);
            }
            at = (at + 1) % self.slots.len();
        }
    }

    /// The ways of a literal, if the record is its.
    fn ways(&self, key: Key, record: usize) -> Option<&[u8]> {
        let (recorded, rest) = Key::recorded(&self.records.as_flattened()[record..]);
        let (length, rest) = rest.split_first_chunk().expect(WHOLE_RECORD);
        (recorded == key).then(|| &rest[..u32::from_le_bytes(*length) as usize])
    }
}

/// Why there are bytes.
const WHOLE_RECORD: &str = "records stand whole";

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
    fn words(branch: u8) -> Words {
        Words::new(10 + u32::from(branch), branch % 2 == 1)
    }

    /// The table of these literals as it is made, and as it is read when it was written.
    static STARTING: LazyLock<(Starting, Starting)> = LazyLock::new(|| {
        let mut written = Vec::new();
        starting().write(&mut written);
        (starting(), Starting::read(&mut &*written.leak()))
    });

    fn starting() -> Starting {
        let branches = 0..LITERALS.len() as u8;
        Starting::new(LITERALS.iter().zip(branches).map(|(literal, branch)| (*literal, words(branch), vec![branch])))
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
                let begun = |at, words| Begun { at, beginning: Beginning::of(block.as_bytes()), words };
                let found = starting.find(&[begun(1, count), begun(2, 22), begun(3, count)], asked);
                let of = |number| found.iter().filter(move |(at, _)| *at == number).flat_map(|(_, ways)| *ways).copied();
                assert!(found.is_sorted_by_key(|(at, _)| *at) && of(1).eq(of(3)) && of(2).count() == 0);
                let mut found: Vec<u8> = of(1).collect();
                found.sort_unstable();
                found
            };
            let (made, read) = &*STARTING;
            for asked in [Asked::Rules, Asked::All] {
                let expected = (0u8..).zip(LITERALS).filter(|(branch, literal)| {
                    begins(block.as_bytes(), literal) && words(*branch).of(asked) >= count
                });
                let expected: Vec<u8> = expected.map(|(branch, _)| branch).collect();
                prop_assert_eq!(found(made, asked), &expected[..]);
                prop_assert_eq!(found(read, asked), expected);
            }
        }
    }
}
