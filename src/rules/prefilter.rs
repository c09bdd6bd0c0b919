//! Which patterns could match a folded block, told by the literals that they begin with.
//!
//! Branches of patterns that begin at the start of the block are found by its first bytes in a trie, the others by four
//! bytes of theirs that few texts hold; then one of the words that they require must stand in it too. A pattern whose
//! beginnings cannot be listed is refused, so that none runs on every block.

use super::beginnings::{Beginning, MAX_ANCHORED_BYTES, branches};
use super::table::Table;
use crate::error::{Error, ErrorKind};
use memchr::memmem;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The table that the build script wrote of the built-in patterns.
static BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/beginnings.bin"));

pub struct Prefilter {
    /// The built-in patterns, and those of the user's packs.
    tables: Vec<Known>,
    floating: Floating,
}

/// A table and what its patterns are called here.
struct Known {
    table: Table,
    /// The index of each pattern of the table; [`ABSENT`] for those that are not asked.
    patterns: Vec<u32>,
}

const ABSENT: u32 = u32::MAX;

/// A pattern for the filter.
pub struct Filtered<'a> {
    /// The id of its rule, for errors.
    pub id: &'a str,
    /// Its source; none is a pattern that is never asked.
    pub source: Option<&'a str>,
    /// Its place among the built-in patterns, if it is one.
    pub built_in: Option<u32>,
    /// Words of the blocks that it looks at, at most.
    pub max_words: u32,
}

/// A branch of one of the tables.
#[derive(Clone, Copy)]
struct Way {
    table: usize,
    branch: u32,
}

impl Prefilter {
    /// A prefilter for patterns by their index.
    pub fn new<'a>(patterns: impl Iterator<Item = Filtered<'a>>) -> Result<Prefilter, Error> {
        let (mut built_in, mut own, mut own_branches, mut max_words) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (index, pattern) in patterns.enumerate() {
            max_words.push(pattern.max_words);
            let Some(source) = pattern.source else { continue };
            if let Some(number) = pattern.built_in {
                let number = number as usize;
                built_in.resize(built_in.len().max(number + 1), ABSENT);
                built_in[number] = index as u32;
            } else {
                let refused = |why| Error::new(ErrorKind::Rules, format!("rule {}: {why}", pattern.id));
                own_branches.push(branches(source).map_err(refused)?);
                own.push(index as u32);
            }
        }
        let mut tables = vec![Known { table: Table::read(Cow::Borrowed(BUILT_IN)), patterns: built_in }];
        if !own.is_empty() {
            let table = Table::build(own_branches.iter().map(Vec::as_slice));
            tables.push(Known { table, patterns: own });
        }
        let floating = Floating::new(&tables, &max_words);
        Ok(Prefilter { tables, floating })
    }

    /// Calls `found` with the branches that begin as the block does, shorter beginnings of a table first, until it says
    /// true.
    fn anchored(&self, beginning: &Beginning, mut found: impl FnMut(Way) -> bool) -> bool {
        self.tables.iter().enumerate().any(|(number, Known { table, .. })| {
            let mut bytes = beginning.bytes().iter();
            let mut node = bytes.next().and_then(|byte| table.root(*byte));
            while let Some(here) = node {
                if table.ending(here).iter().any(|&branch| found(Way { table: number, branch })) {
                    return true;
                }
                node = bytes.next().and_then(|byte| table.child(here, *byte));
            }
            false
        })
    }

    fn pattern(&self, way: Way) -> Option<usize> {
        let known = &self.tables[way.table];
        let pattern = known.patterns.get(known.table.pattern(way.branch)).copied()?;
        (pattern != ABSENT).then_some(pattern as usize)
    }

    /// True when a pattern that may begin anywhere looks at blocks of so many words.
    pub fn floats(&self, words: u32) -> bool {
        words <= u32::from(self.floating.max_words)
    }

    /// True when a pattern that `test` accepts may begin as a block does whose first bytes are these.
    pub fn begins(&self, bytes: &[u8], test: impl Fn(usize) -> bool) -> bool {
        let beginning = Beginning::of(bytes);
        // What comes after a longer number was not looked at.
        let is_number = beginning.bytes().len() < MAX_ANCHORED_BYTES.min(bytes.len());
        is_number || self.anchored(&beginning, |way| self.pattern(way).is_some_and(&test))
    }

    /// True when `test` accepts one of the patterns that could match; it is asked once for each until it does, and never for
    /// those that `admits` leaves out, which is cheap and comes first; it leaves out those that look at fewer words
    /// than `words`.
    pub fn any(
        &self,
        folded: &str,
        words: u32,
        admits: impl Fn(usize) -> bool,
        mut test: impl FnMut(usize) -> bool,
    ) -> bool {
        let bytes = folded.as_bytes();
        let mut held = Held { bytes, sieve: None };
        let mut asked: Vec<usize> = Vec::new();
        let mut ask = |way: Way| {
            let Some(pattern) = self.pattern(way) else { return false };
            let table = &self.tables[way.table].table;
            if !admits(pattern) || asked.contains(&pattern) || !table.admits(way.branch, bytes, |word| held.holds(word))
            {
                return false;
            }
            asked.push(pattern);
            test(pattern)
        };
        self.anchored(&Beginning::of(bytes), &mut ask)
            || self.floats(words) && self.floating.find(bytes, words).into_iter().any(ask)
    }
}

/// Literals that may stand anywhere in a block.
struct Floating {
    /// For each hash of four bytes the most words of a block that a literal with such bytes is looked for in.
    reach: Box<[u8; 1 << HASH_BITS]>,
    /// The same for all literals.
    max_words: u8,
    literals: Vec<Literal>,
    /// The four bytes that a literal is found by and the literal, by the hash of the four bytes.
    grams: Vec<(u32, u32)>,
    /// Where the grams of a hash begin.
    firsts: Box<[u16; 1 << HASH_BITS]>,
    /// Literals that are shorter than that, by the byte of theirs that few texts hold.
    shorts: BTreeMap<u8, Vec<u32>>,
}

struct Literal {
    bytes: Box<[u8]>,
    way: Way,
    /// Its bytes after those that it is found by.
    rest: u32,
}

const HASH_BITS: u32 = 14;
const GRAM: usize = 4;

fn gram(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().expect("there are four of them"))
}

/// The place of four bytes in a table.
fn place(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize
}

impl Floating {
    fn new(tables: &[Known], max_words: &[u32]) -> Floating {
        let mut floating = Floating {
            reach: vec![0; 1 << HASH_BITS].try_into().expect("as long as the array"),
            max_words: 0,
            literals: Vec::new(),
            grams: Vec::new(),
            firsts: vec![0; 1 << HASH_BITS].try_into().expect("as long as the array"),
            shorts: BTreeMap::new(),
        };
        for (table, known) in tables.iter().enumerate() {
            for (branch, literal) in known.table.floating() {
                match known.patterns.get(known.table.pattern(branch)) {
                    None | Some(&ABSENT) => {}
                    Some(&pattern) => {
                        let words = u8::try_from(max_words[pattern as usize]).unwrap_or(u8::MAX);
                        floating.add(Way { table, branch }, literal, words);
                    }
                }
            }
        }
        floating.grams.sort_unstable_by_key(|&(gram, number)| (place(gram), gram, number));
        for (at, &(gram, _)) in floating.grams.iter().enumerate().rev() {
            floating.firsts[place(gram)] = u16::try_from(at).unwrap_or(u16::MAX);
        }
        floating
    }

    fn add(&mut self, way: Way, bytes: &[u8], words: u8) {
        let number = self.literals.len() as u32;
        self.max_words = self.max_words.max(words);
        let rarest = |length: usize| {
            let windows = bytes.windows(length).enumerate();
            windows.min_by_key(|(_, window)| commonness(window)).map_or(0, |(at, _)| at)
        };
        let found_by = match bytes.len() < GRAM {
            true => {
                let at = rarest(1);
                self.shorts.entry(bytes[at]).or_default().push(number);
                at..at + 1
            }
            false => {
                let at = rarest(GRAM);
                let gram = gram(&bytes[at..at + GRAM]);
                self.grams.push((gram, number));
                let reach = &mut self.reach[place(gram)];
                *reach = words.max(*reach);
                at..at + GRAM
            }
        };
        let rest = bytes.len() - found_by.end;
        self.literals.push(Literal { bytes: bytes.into(), way, rest: rest as u32 });
    }

    /// The branches of the literals that stand in a block of so many words or more: by where they end, of those that end
    /// together the longest first.
    fn find(&self, bytes: &[u8], words: u32) -> Vec<Way> {
        let least = u8::try_from(words.max(1)).unwrap_or(u8::MAX);
        let mut found: Vec<(usize, Reverse<usize>, u32)> = Vec::new();
        // Of a literal that is found by the bytes before `end`.
        let mut look = |end: usize, number: u32| {
            let literal = &self.literals[number as usize];
            let end = end + literal.rest as usize;
            if bytes.get(..end).is_some_and(|before| before.ends_with(&literal.bytes)) {
                found.push((end, Reverse(literal.bytes.len()), number));
            }
        };
        for (at, window) in bytes.windows(GRAM).enumerate() {
            let gram = gram(window);
            let place_here = place(gram);
            if self.reach[place_here] >= least {
                let first = usize::from(self.firsts[place_here]);
                let kin = self.grams[first..].iter().skip_while(|(known, _)| place(*known) < place_here);
                let kin = kin.take_while(|(known, _)| place(*known) == place_here);
                kin.filter(|(known, _)| *known == gram).for_each(|(_, number)| look(at + GRAM, *number));
            }
        }
        for (byte, numbers) in &self.shorts {
            memchr::memchr_iter(*byte, bytes).for_each(|at| numbers.iter().for_each(|number| look(at + 1, *number)));
        }
        found.sort_unstable();
        found.into_iter().map(|(.., number)| self.literals[number as usize].way).collect()
    }
}

/// How often four bytes stand in texts, roughly: letters that are common in many languages, and spaces, count most.
fn commonness(window: &[u8]) -> usize {
    const COMMON: &[u8] = b"zjxqkvwybpgfmcuhdlrsoniate ";
    let rank = |byte: &u8| COMMON.iter().position(|other| other == byte).unwrap_or(COMMON.len() / 2);
    window.iter().map(rank).sum()
}

/// What stands in a block, for the words that are required of it.
struct Held<'t> {
    bytes: &'t [u8],
    /// A bit for each hash of three bytes in a row, made when it is first needed.
    sieve: Option<[u64; SIEVE_WORDS]>,
}

const SIEVE_WORDS: usize = 64;

impl Held<'_> {
    fn holds(&mut self, word: &[u8]) -> bool {
        let bit = |three: &[u8]| {
            let gram = u32::from(three[0]) | u32::from(three[1]) << 8 | u32::from(three[2]) << 16;
            let hash = gram.wrapping_mul(0x9e37_79b1) >> 20;
            (hash as usize / 64, 1 << (hash % 64))
        };
        if word.len() >= 3 {
            let sieve = self.sieve.get_or_insert_with(|| {
                let mut sieve = [0u64; SIEVE_WORDS];
                for three in self.bytes.windows(3) {
                    let (at, bit) = bit(three);
                    sieve[at] |= bit;
                }
                sieve
            });
            let ends = [&word[..3], &word[word.len() - 3..]];
            if ends.into_iter().any(|three| sieve[bit(three).0] & bit(three).1 == 0) {
                return false;
            }
        }
        memmem::find(self.bytes, word).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    fn filter(patterns: &[&str]) -> Prefilter {
        let filtered = |source| Filtered { id: source, source: Some(source), built_in: None, max_words: 20 };
        Prefilter::new(patterns.iter().map(|source| filtered(source))).expect("builds")
    }

    fn asked(filter: &Prefilter, text: &str) -> Vec<usize> {
        let mut asked = Vec::new();
        filter.any(
            text,
            1,
            |_| true,
            |at| {
                asked.push(at);
                false
            },
        );
        asked
    }

    #[test]
    fn only_patterns_whose_beginning_is_there_are_asked() {
        let filter = filter(&["^(join|enter) the forum", "logged in", "^©", "^[0-9]+ (comment|repl)"]);
        let asked = |text: &str| asked(&filter, text);
        assert_eq!(asked("join the forum"), [0]);
        assert_eq!(asked("to join the forum, be logged in"), [1]);
        assert_eq!(asked("© 2024"), [2]);
        assert!(asked("3 men").is_empty());
        assert_eq!(asked("3 replies"), [3]);
        assert_eq!(asked("20260 comments"), [3]);
        assert!(filter.begins(b"2026000000.00 m", |_| true) && !filter.begins(b"2026 men came", |_| true));
    }

    #[test]
    fn what_goes_on_after_all_that_a_pattern_matches_is_not_asked() {
        let filter = filter(&["^(home|home page)[ .…]*$"]);
        let is_asked = |text: &str| !asked(&filter, text).is_empty();
        assert!(["home", "home . .", "home page…", "home page ..."].into_iter().all(is_asked));
        assert!(!["home improvement", "home. page", "home page. now"].into_iter().any(is_asked));
    }

    #[test]
    fn longer_blocks_than_a_pattern_looks_at_are_not_searched() {
        let filter = filter(&["logged in"]);
        assert!(filter.floats(20) && !filter.floats(21));
        assert!(!filter.any("be logged in", 21, |_| true, |_| true));
    }

    proptest! {
        #[test]
        fn literals_are_found_where_an_automaton_finds_them_and_in_its_order(text in "[abc ]{0,40}") {
            const WORDS: [&str; 7] = ["abca", "bca", "cab", "abcab", "ca b", "aaaa", "bca"];
            let automaton = AhoCorasick::new(WORDS).unwrap();
            let mut expected = Vec::new();
            for hit in automaton.find_overlapping_iter(&text) {
                if !expected.contains(&hit.pattern().as_usize()) {
                    expected.push(hit.pattern().as_usize());
                }
            }
            prop_assert_eq!(asked(&filter(&WORDS), &text), expected);
        }
    }
}
