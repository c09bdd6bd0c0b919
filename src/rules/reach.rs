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

/// Which hashes literals have, a bit for each.
///
/// Most hashes that are asked for no literal has. The bits tell them, which stay in the nearest cache of the processor, where
/// what else is known of the literals would take turns with the text and with other tables.
pub struct Hashes<const ROWS: usize>(Array<8, ROWS>);

/// Hashes whose bits are one number.
const ROW: usize = u64::BITS as usize;

/// The rows of so many hashes.
pub const fn rows(count: usize) -> usize {
    count / ROW
}

impl<const ROWS: usize> Hashes<ROWS> {
    /// Those of no literal.
    pub fn new() -> Self {
        Hashes(Array::new())
    }

    /// Those that were written.
    pub fn read(from: &mut &'static [u8]) -> Self {
        Hashes(Array::take(from))
    }

    /// Writes them for a run.
    pub fn write(&self, to: &mut Vec<u8>) {
        self.0.push(to);
    }

    /// Whether there is a literal with this hash.
    #[inline(always)]
    pub fn has(&self, hash: usize) -> bool {
        u64::from_le_bytes(self.0[hash / ROW]) >> (hash % ROW) & 1 == 1
    }

    /// Adds that of a literal.
    pub fn add(&mut self, hash: usize) {
        let row = &mut self.0.made()[hash / ROW];
        *row = (u64::from_le_bytes(*row) | 1 << (hash % ROW)).to_le_bytes();
    }
}

/// For each hash of literals the most words of a block that one of them is looked for in, in the first two bytes of its entry, and
/// behind them what else is known of them.
pub struct Reach<const BYTES: usize, const COUNT: usize, const ROWS: usize> {
    hashes: Hashes<ROWS>,
    entries: Array<BYTES, COUNT>,
}

impl<const BYTES: usize, const COUNT: usize, const ROWS: usize> Reach<BYTES, COUNT, ROWS> {
    /// That of no literal.
    pub fn new() -> Self {
        Reach { hashes: Hashes::new(), entries: Array::new() }
    }

    /// One that was written.
    pub fn read(from: &mut &'static [u8]) -> Self {
        Reach { hashes: Hashes::read(from), entries: Array::take(from) }
    }

    /// Writes it for a run.
    pub fn write(&self, to: &mut Vec<u8>) {
        self.hashes.write(to);
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
        self.hashes.has(hash)
    }

    /// Adds a literal with this hash, which is looked for in blocks of so many words; back comes the entry of those that have it.
    pub fn raise(&mut self, hash: usize, words: Words) -> &mut [u8; BYTES] {
        self.hashes.add(hash);
        let entry = &mut self.entries.made()[hash];
        let mut reach = Words([entry[0], entry[1]]);
        reach.raise(words);
        entry[..2].copy_from_slice(&reach.0);
        entry
    }
}
