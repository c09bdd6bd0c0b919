//! In which blocks a literal is looked for: in those of no more words than its pattern looks at, and for some who ask in none.

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
pub struct Words([u8; 2]);

impl Words {
    /// Those of a pattern.
    pub fn new(words: u32, is_guard: bool) -> Words {
        let words = u8::try_from(words).unwrap_or(u8::MAX);
        Words([if is_guard { 0 } else { words }, words])
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

/// For each hash of literals the most words of a block that one of them is looked for in, and what else is known of them.
///
/// Most hashes that are asked for no literal has. A bit for each tells them: the bits stay in the nearest cache of the
/// processor, where the rest would take turns with the text and with other tables.
pub struct Reach<const ROWS: usize, T = ()> {
    has_any: Box<[u64; ROWS]>,
    entries: Box<[[(Words, T); ROW]; ROWS]>,
}

/// Hashes whose bits are one number.
const ROW: usize = u64::BITS as usize;

/// The rows of hashes of so many bits.
pub const fn rows(bits: u32) -> usize {
    (1 << bits) / ROW
}

impl<const ROWS: usize, T: Copy + Default> Reach<ROWS, T> {
    /// That of no literal.
    pub fn new() -> Self {
        let entries = vec![[Default::default(); ROW]; ROWS].try_into();
        Reach { has_any: Box::new([0; ROWS]), entries: entries.ok().expect("as long as the array") }
    }

    /// What is known of the literals with this hash, if one is looked for in blocks of so many words, at least one.
    #[inline(always)]
    pub fn get(&self, hash: usize, words: u8, asked: Asked) -> Option<&T> {
        let (reach, known) = self.has_any(hash).then(|| &self.entries[hash / ROW][hash % ROW])?;
        (reach.of(asked) >= words).then_some(known)
    }

    /// Whether there is a literal with this hash.
    #[inline(always)]
    pub fn has_any(&self, hash: usize) -> bool {
        self.has_any[hash / ROW] >> (hash % ROW) & 1 == 1
    }

    /// Adds a literal with this hash, which is looked for in blocks of so many words; back comes what is known of those that have
    /// it.
    pub fn raise(&mut self, hash: usize, words: Words) -> &mut T {
        self.has_any[hash / ROW] |= 1 << (hash % ROW);
        let (reach, known) = &mut self.entries[hash / ROW][hash % ROW];
        reach.raise(words);
        known
    }
}
