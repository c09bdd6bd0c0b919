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

/// For each hash of literals the most words of a block that one of them is looked for in, by who is asked; 0 for a hash that none
/// has.
pub struct Reach<const HASHES: usize>([Box<[u8; HASHES]>; 2]);

impl<const HASHES: usize> Reach<HASHES> {
    /// That of no literal.
    pub fn new() -> Self {
        let empty = || vec![0; HASHES].try_into().expect("as long as the array");
        Reach([empty(), empty()])
    }

    /// By the hash, for those who ask.
    #[inline(always)]
    pub fn of(&self, asked: Asked) -> &[u8; HASHES] {
        &self.0[asked as usize]
    }

    /// Adds a literal with this hash.
    pub fn raise(&mut self, hash: usize, words: Words) {
        for (reach, asked) in self.0.iter_mut().zip([Asked::Rules, Asked::All]) {
            reach[hash] = reach[hash].max(words.of(asked));
        }
    }
}
