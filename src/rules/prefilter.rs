//! Which patterns could match a folded block, told by the literals that they begin with.
//!
//! Branches of patterns that begin at the start of the block are found by its first bytes in a trie, the others by four
//! bytes of theirs that few texts hold; then one of the words that they require must stand in it too. A pattern whose
//! beginnings cannot be listed is refused, so that none runs on every block.

use super::beginnings::{Beginning, branches};
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
        self.anchored(&Beginning::of(bytes), &mut ask) || self.floating.find(bytes, words).into_iter().any(ask)
    }
}

/// Literals that may stand anywhere in a block.
///
/// A block is looked at by four bytes at every second place, and a literal is known by four bytes of its own wherever it begins.
struct Floating {
    /// For each hash of four bytes the most words of a block that a literal with such bytes is looked for in.
    reach: Box<[u8; 1 << HASH_BITS]>,
    /// The same for all literals.
    max_words: u8,
    literals: Vec<Literal>,
    /// What literals are found by, by the hash of the four bytes.
    grams: Vec<Gram>,
    /// Where the grams of a hash begin.
    firsts: Box<[u16; 1 << HASH_BITS]>,
    /// Literals that are too short for it, by the byte of theirs that few texts hold.
    shorts: BTreeMap<u8, Vec<u32>>,
    /// These bytes, by as many as are looked for at once: those of ASCII, and the others.
    short_bytes: [Vec<[u8; 3]>; 2],
}

struct Literal {
    bytes: Box<[u8]>,
    way: Way,
    /// Of one that is found by a byte, its bytes after that.
    rest: u32,
}

/// Four bytes of a literal.
struct Gram {
    bytes: u32,
    literal: u32,
    /// The bytes of the literal after them.
    rest: u32,
}

const HASH_BITS: u32 = 15;
const GRAM: usize = 4;
/// Bytes from one place of a block that is looked at to the next.
const STEP: usize = 2;
/// How much rarer a gram must be than those that there are to be one more.
const NEW_GRAM: usize = 16;

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
            short_bytes: Default::default(),
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
        floating.grams.sort_unstable_by_key(|gram| (place(gram.bytes), gram.bytes, gram.literal, gram.rest));
        for (at, gram) in floating.grams.iter().enumerate().rev() {
            floating.firsts[place(gram.bytes)] = u16::try_from(at).unwrap_or(u16::MAX);
        }
        let (ascii, others): (Vec<u8>, Vec<u8>) = floating.shorts.keys().partition(|byte| byte.is_ascii());
        let or_first = |bytes: &[u8], at| *bytes.get(at).unwrap_or(&bytes[0]);
        let by_three = |bytes: &[u8]| [bytes[0], or_first(bytes, 1), or_first(bytes, 2)];
        floating.short_bytes = [ascii, others].map(|bytes| bytes.chunks(3).map(by_three).collect());
        floating
    }

    fn add(&mut self, way: Way, bytes: &[u8], words: u8) {
        let number = self.literals.len() as u32;
        self.max_words = self.max_words.max(words);
        let reach = &mut self.reach;
        // The fewer grams there are, the fewer blocks are looked at for nothing.
        let cost = |window: &[u8]| {
            let new = window.windows(GRAM).filter(|bytes| reach[place(gram(bytes))] == 0).count();
            commonness(window) + NEW_GRAM * new
        };
        let rarest = |length: usize| {
            let windows = bytes.windows(length).enumerate();
            windows.min_by_key(|(_, window)| cost(window)).map_or(0, |(at, _)| at)
        };
        let mut rest = 0;
        if bytes.len() < GRAM + STEP - 1 {
            let at = rarest(1);
            self.shorts.entry(bytes[at]).or_default().push(number);
            rest = bytes.len() - at - 1;
        } else {
            // However it stands, one of the grams in a row begins at a place that is looked at.
            let first = rarest(GRAM + STEP - 1);
            for (at, window) in bytes.windows(GRAM).enumerate().skip(first).take(STEP) {
                let gram = gram(window);
                let rest = bytes.len() - at - GRAM;
                self.grams.push(Gram { bytes: gram, literal: number, rest: rest as u32 });
                let reach = &mut reach[place(gram)];
                *reach = words.max(*reach);
            }
        }
        self.literals.push(Literal { bytes: bytes.into(), way, rest: rest as u32 });
    }

    /// The next place from `at` on, by steps, whose four bytes may be known; blocks have `least` words or more.
    fn next_known(&self, bytes: &[u8], mut at: usize, least: u8) -> Option<usize> {
        const STEPS: usize = 4;
        let is_known = |gram: u32| self.reach[place(gram)] >= least;
        // Some steps at a time, which takes a third of the time.
        while let Some(window) = bytes.get(at..at + STEPS * STEP + GRAM - STEP) {
            let first = u64::from_le_bytes(*window.first_chunk().expect("it is longer"));
            let last = u32::from_le_bytes(*window.last_chunk().expect("it is longer"));
            if is_known(first as u32)
                || is_known((first >> 16) as u32)
                || is_known((first >> 32) as u32)
                || is_known(last)
            {
                break;
            }
            at += STEPS * STEP;
        }
        let rest = bytes.get(at..)?.windows(GRAM).step_by(STEP).position(|window| is_known(gram(window)))?;
        Some(at + rest * STEP)
    }

    /// The branches of the literals that stand in a block of so many words or more: by where they end, of those that end
    /// together the longest first.
    fn find(&self, bytes: &[u8], words: u32) -> Vec<Way> {
        if words > u32::from(self.max_words) {
            return Vec::new();
        }
        let least = words.max(1) as u8;
        let mut found: Vec<(usize, Reverse<usize>, u32)> = Vec::new();
        // Of a literal that ends at a place if it stands there.
        let mut look = |end: usize, number: u32| {
            let literal = &self.literals[number as usize];
            if bytes.get(..end).is_some_and(|before| before.ends_with(&literal.bytes)) {
                found.push((end, Reverse(literal.bytes.len()), number));
            }
        };
        let mut at = 0;
        while let Some(next) = self.next_known(bytes, at, least) {
            let gram = gram(&bytes[next..next + GRAM]);
            let kin = self.grams[usize::from(self.firsts[place(gram)])..].iter();
            let kin = kin.skip_while(|known| place(known.bytes) < place(gram));
            let kin = kin.take_while(|known| place(known.bytes) == place(gram));
            kin.filter(|known| known.bytes == gram)
                .for_each(|known| look(next + GRAM + known.rest as usize, known.literal));
            at = next + STEP;
        }
        let wanted = if bytes.is_ascii() { &self.short_bytes[..1] } else { &self.short_bytes };
        for [one, two, three] in wanted.iter().flatten() {
            for at in memchr::memchr3_iter(*one, *two, *three, bytes) {
                for number in &self.shorts[&bytes[at]] {
                    look(at + 1 + self.literals[*number as usize].rest as usize, *number);
                }
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(.., number)| self.literals[number as usize].way).collect()
    }
}

/// How often these bytes stand in texts, roughly: letters that are common in many languages, and spaces, count most; signs
/// count least.
fn commonness(window: &[u8]) -> usize {
    const COMMON: &[u8] = b"|/z\xb7jxq\xa2kvwybpgf:mcuhdl,rsoniat.e ";
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
        let bit = |three: u32| {
            let hash = three.wrapping_mul(0x9e37_79b1) >> 20;
            (hash as usize / 64, 1 << (hash % 64))
        };
        let of_three = |three: &[u8; 3]| u32::from_le_bytes([three[0], three[1], three[2], 0]);
        if word.len() >= 3 {
            let sieve = self.sieve.get_or_insert_with(|| {
                let mut sieve = [0u64; SIEVE_WORDS];
                // By fours, which are read at once.
                let threes = self.bytes.windows(4).map(|four| gram(four) & 0xff_ffff);
                let last = self.bytes.last_chunk().map(of_three);
                for (at, bit) in threes.chain(last).map(bit) {
                    sieve[at] |= bit;
                }
                sieve
            });
            let (at, begin) = bit(of_three(word.first_chunk().expect("it is longer")));
            let (end_at, end) = bit(of_three(word.last_chunk().expect("it is longer")));
            if sieve[at] & begin == 0 || sieve[end_at] & end == 0 {
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
        assert!(filter.any("be logged in", 20, |_| true, |_| true));
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
