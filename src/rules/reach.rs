//! In which blocks a literal is looked for: in those of no more words than its pattern looks at, and for some who ask in none.

use super::lists::Array;

/// Words of the blocks that a rule looks at, at most, when it does not say.
pub const RULE_WORDS: u32 = 20;
/// The same of a guard.
pub const GUARD_WORDS: u32 = 60;

/// Whose patterns are asked.
#[derive(Clone, Copy)]
pub enum Asked {
    /// Those of rules.
    Rules,
    /// Those of rules and guards.
    All,
}

/// Words of a block, at most, by who is asked.
#[derive(Clone, Copy, Default)]
pub struct Words(pub [u8; 2]);

impl Words {
    /// Those of a pattern.
    pub fn new(words: u32, is_guard: bool) -> Words {
        let words = u8::try_from(words).unwrap_or(u8::MAX);
        Words([if is_guard { 0 } else { words }, words])
    }

    /// Those that were written.
    pub fn read(from: &mut &'static [u8]) -> Words {
        let (words, rest) = from.split_first_chunk().expect("they were written");
        *from = rest;
        Words(*words)
    }

    /// Writes them for a run.
    pub fn write(self, to: &mut Vec<u8>) {
        to.extend(self.0);
    }

    /// Those of the patterns that are asked.
    #[inline(always)]
    pub fn of(self, asked: Asked) -> u8 {
        self.0[asked as usize]
    }

    /// Makes them no fewer than others.
    pub fn raise(&mut self, other: Words) {
        self.0 = std::array::from_fn(|asked| self.0[asked].max(other.0[asked]));
    }
}

/// For each hash of literals the most words of a block that one of them is looked for in, in the first two bytes of its entry, and
/// behind them what else is known of them.
///
/// Most hashes that are asked for no literal has. A bit for each tells them: the bits stay in the nearest cache of the
/// processor, where the rest would take turns with the text and with other tables.
pub struct Reach<const BYTES: usize, const COUNT: usize, const ROWS: usize> {
    has_any: Array<8, ROWS>,
    entries: Array<BYTES, COUNT>,
}

/// Hashes whose bits are one number.
const ROW: usize = u64::BITS as usize;

/// The rows of so many hashes.
pub const fn rows(count: usize) -> usize {
    count / ROW
}

impl<const BYTES: usize, const COUNT: usize, const ROWS: usize> Reach<BYTES, COUNT, ROWS> {
    /// That of no literal.
    pub fn new() -> Self {
        Reach { has_any: Array::new(), entries: Array::new() }
    }

    /// One that was written.
    pub fn read(from: &mut &'static [u8]) -> Self {
        Reach { has_any: Array::take(from), entries: Array::take(from) }
    }

    /// Writes it for a run.
    pub fn write(&self, to: &mut Vec<u8>) {
        self.has_any.push(to);
        self.entries.push(to);
    }

    /// The entry of the literals with this hash, if one is looked for in blocks of so many words, at least one.
    #[inline(always)]
    pub fn get(&self, hash: usize, words: u8, asked: Asked) -> Option<&[u8; BYTES]> {
        let entry = self.has_any(hash).then(|| &self.entries[hash])?;
        (entry[asked as usize] >= words).then_some(entry)
    }

    /// Whether there is a literal with this hash.
    #[inline(always)]
    pub fn has_any(&self, hash: usize) -> bool {
        u64::from_le_bytes(self.has_any[hash / ROW]) >> (hash % ROW) & 1 == 1
    }

    /// Adds a literal with this hash, which is looked for in blocks of so many words; back comes the entry of those that have it.
    pub fn raise(&mut self, hash: usize, words: Words) -> &mut [u8; BYTES] {
        let row = &mut self.has_any.made()[hash / ROW];
        *row = (u64::from_le_bytes(*row) | 1 << (hash % ROW)).to_le_bytes();
        let entry = &mut self.entries.made()[hash];
        let mut reach = Words([entry[0], entry[1]]);
        reach.raise(words);
        entry[..2].copy_from_slice(&reach.0);
        entry
    }
}
