//! Which patterns could match a folded block, told by the literals that they begin with.
//!
//! Branches of patterns that begin at the start of the block are found by its first bytes in a table, the others by an
//! Aho-Corasick automaton; then one of the words that they require must stand in it too. A pattern whose beginnings
//! cannot be listed is refused, so that none runs on every block.

use super::beginnings::{Branch, Literals, MAX_ANCHORED_BYTES, branches};
use crate::error::{Error, ErrorKind};
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

pub struct Prefilter {
    /// Where the branches of `anchored` stand that begin with a key.
    keys: HashMap<u64, Range<u32>, BuildHasherDefault<KeyHasher>>,
    anchored: Vec<u32>,
    floating: AhoCorasick,
    /// The branch of each literal of the automaton.
    floating_branches: Vec<u32>,
    branches: Vec<Way>,
}

/// A branch of a pattern.
struct Way {
    pattern: u32,
    /// One of these stands in what it matches, if there are any.
    required: Literals,
}

/// One multiplication: the keys of the table are those of the packs, so that no page can make them collide.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, key: u64) {
        let product = u128::from(self.0 ^ key) * 0x9e37_79b9_7f4a_7c15;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A literal, or the first bytes of a block, as a number; a folded text holds no NUL, so lengths cannot be confused.
fn key(bytes: &[u8]) -> u64 {
    let mut key = [0; MAX_ANCHORED_BYTES];
    key[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(key)
}

impl Prefilter {
    /// A prefilter for patterns by their index, each with the id of its rule; no pattern is one that is never asked.
    pub fn new<'a>(patterns: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Result<Prefilter, Error> {
        let (mut branches, mut anchored) = (Vec::new(), Vec::new());
        let (mut floating, mut floating_branches) = (Vec::new(), Vec::new());
        for (pattern, (id, source)) in patterns.enumerate() {
            let Some(source) = source else { continue };
            let found = beginnings(source).map_err(|why| Error::new(ErrorKind::Rules, format!("rule {id}: {why}")))?;
            for branch in found {
                let at = branches.len() as u32;
                for literal in &branch.literals {
                    if branch.anchored {
                        anchored.push((key(literal), at));
                    } else {
                        floating.push(literal.to_vec());
                        floating_branches.push(at);
                    }
                }
                branches.push(Way { pattern: pattern as u32, required: branch.required });
            }
        }
        let floating = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&floating)
            .map_err(|source| Error::with_source(ErrorKind::Rules, "too many rules to compile", source))?;
        anchored.sort_unstable();
        let mut keys: HashMap<u64, Range<u32>, _> = HashMap::default();
        for (at, (key, _)) in anchored.iter().enumerate() {
            let at = at as u32;
            keys.entry(*key).or_insert(at..at).end = at + 1;
        }
        let anchored = anchored.into_iter().map(|(_, branch)| branch).collect();
        Ok(Prefilter { keys, anchored, floating, floating_branches, branches })
    }

    /// The branches that begin as the block does.
    fn anchored<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = u32> + 'a {
        let lengths = 1..=bytes.len().min(MAX_ANCHORED_BYTES);
        lengths.flat_map(|length| {
            let range = self.keys.get(&key(&bytes[..length])).cloned().unwrap_or_default();
            self.anchored[range.start as usize..range.end as usize].iter().copied()
        })
    }

    /// The patterns that may begin anywhere in a block.
    pub fn floating(&self) -> impl Iterator<Item = usize> + '_ {
        self.floating_branches.iter().map(|branch| self.branches[*branch as usize].pattern as usize)
    }

    /// True when a pattern that `test` accepts begins as a block does whose first bytes are these.
    pub fn begins(&self, bytes: &[u8], test: impl Fn(usize) -> bool) -> bool {
        self.anchored(bytes).any(|branch| test(self.branches[branch as usize].pattern as usize))
    }

    /// True when `test` accepts one of the patterns that could match; it is asked once for each until it does, and never for
    /// those that `admits` leaves out, which is cheap and comes first.
    pub fn any(&self, folded: &str, admits: impl Fn(usize) -> bool, mut test: impl FnMut(usize) -> bool) -> bool {
        let bytes = folded.as_bytes();
        let anchored = self.anchored(bytes);
        let floating = self.floating.find_overlapping_iter(folded);
        let floating = floating.map(|hit| self.floating_branches[hit.pattern().as_usize()]);
        let mut asked: Vec<u32> = Vec::new();
        anchored.chain(floating).any(|branch| {
            let branch = &self.branches[branch as usize];
            if !admits(branch.pattern as usize) || asked.contains(&branch.pattern) {
                return false;
            }
            let mut required = branch.required.iter();
            if !branch.required.is_empty() && !required.any(|word| memmem::find(bytes, word).is_some()) {
                return false;
            }
            asked.push(branch.pattern);
            test(branch.pattern as usize)
        })
    }
}

/// The branches of a pattern: those that the build script wrote down, or for a user's pattern its own.
fn beginnings(pattern: &str) -> Result<Vec<Branch>, String> {
    match BUILT_IN.get(pattern.as_bytes()) {
        Some(written) => Ok(read_branches(written)),
        None => branches(pattern),
    }
}

/// What the build script wrote of each built-in pattern.
type BuiltIn = HashMap<&'static [u8], &'static [u8]>;

/// The table of the build script: patterns and their branches in turn, each after its length in four bytes. A branch is one
/// byte for the anchor, then two lists of literals, each after its count in two bytes, each literal after its length in one.
static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/beginnings.bin"));

/// The places of the table, found when the first pattern is asked for and once for a process.
static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| {
    let mut rest = TABLE;
    let mut table = BuiltIn::new();
    while !rest.is_empty() {
        let pattern = take_counted::<4>(&mut rest);
        table.insert(pattern, take_counted::<4>(&mut rest));
    }
    table
});

fn read_branches(mut written: &'static [u8]) -> Vec<Branch> {
    let mut branches = Vec::new();
    while let Some((anchored, rest)) = written.split_first() {
        written = rest;
        let mut literals = || -> Literals {
            let count = take_number::<2>(&mut written);
            (0..count).map(|_| Cow::Borrowed(take_counted::<1>(&mut written))).collect()
        };
        branches.push(Branch { anchored: *anchored == 1, literals: literals(), required: literals() });
    }
    branches
}

/// Takes a number of so many bytes off, little-endian.
fn take_number<const BYTES: usize>(from: &mut &'static [u8]) -> usize {
    let (number, rest) = from.split_at(BYTES);
    *from = rest;
    number.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

/// Takes a number of so many bytes off, and as many bytes as it says.
fn take_counted<const BYTES: usize>(from: &mut &'static [u8]) -> &'static [u8] {
    let count = take_number::<BYTES>(from);
    let (taken, rest) = from.split_at(count);
    *from = rest;
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_patterns_whose_beginning_is_there_are_asked() {
        let patterns = ["^(join|enter) the forum", "logged in", "^©", "^[0-9]+ (comment|repl)"];
        let filter = Prefilter::new(patterns.iter().map(|p| (*p, Some(*p)))).expect("builds");
        let asked = |text: &str| {
            let mut asked = Vec::new();
            filter.any(
                text,
                |_| true,
                |at| {
                    asked.push(at);
                    false
                },
            );
            asked
        };
        assert_eq!(asked("join the forum"), [0]);
        assert_eq!(asked("to join the forum, be logged in"), [1]);
        assert_eq!(asked("© 2024"), [2]);
        assert!(asked("3 men").is_empty());
        assert_eq!(asked("3 replies"), [3]);
    }
}
