//! Which patterns could match a folded block, told by the literals that they begin with.
//!
//! Patterns that begin at the start of the block are found by its first bytes in a table, the others by an
//! Aho-Corasick automaton. A pattern whose beginnings cannot be listed is refused, so that none runs on every block.

use crate::error::{Error, ErrorKind};
use aho_corasick::{AhoCorasick, MatchKind};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, Look};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

pub struct Prefilter {
    /// Patterns by the first bytes of what they begin with.
    anchored: HashMap<u64, Vec<Owner>, BuildHasherDefault<KeyHasher>>,
    floating: AhoCorasick,
    /// The pattern of each literal of the automaton.
    floating_patterns: Vec<u32>,
}

/// A pattern that begins with a key.
struct Owner {
    pattern: u32,
    /// What can follow the key.
    rests: Vec<Box<[u8]>>,
}

/// Bytes of an anchored literal that are looked up in the table.
const KEY_BYTES: usize = 8;

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

/// The first bytes of a literal as a number; a folded text holds no NUL, so lengths cannot be confused.
fn key(bytes: &[u8]) -> u64 {
    let mut key = [0; KEY_BYTES];
    key[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(key)
}

/// The literals that a pattern can begin with, and whether it begins at the start of the block only.
pub struct Beginnings {
    literals: Vec<Vec<u8>>,
    anchored: bool,
}

/// Bytes that a literal must have at least when it may stand anywhere; shorter ones find every block.
const MIN_FLOATING_BYTES: usize = 3;

/// Lists the beginnings of a pattern.
pub fn literals(source: &str) -> Result<Beginnings, String> {
    let hir: Hir = regex_syntax::parse(source).map_err(|why| why.to_string())?;
    let anchored = hir.properties().look_set_prefix().contains(Look::Start);
    let mut extractor = Extractor::new();
    extractor.kind(ExtractKind::Prefix).limit_total(400).limit_class(40);
    let mut found = extractor.extract(&hir);
    found.dedup();
    let refused = || {
        Err("the pattern must begin with a literal or an alternation of literals, such as '^(join|enter) the'"
            .to_owned())
    };
    let Some(literals) = found.literals() else {
        return refused();
    };
    let shortest = literals.iter().map(|literal| literal.len()).min().unwrap_or(0);
    let enough = if anchored { 1 } else { MIN_FLOATING_BYTES };
    if shortest < enough {
        return refused();
    }
    Ok(Beginnings { literals: literals.iter().map(|literal| literal.as_bytes().to_vec()).collect(), anchored })
}

impl Prefilter {
    /// A prefilter for patterns by their index, each with the id of its rule; no pattern is one that is never asked.
    pub fn new<'a>(patterns: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Result<Prefilter, Error> {
        let mut anchored: HashMap<u64, Vec<Owner>, _> = HashMap::default();
        let (mut floating, mut floating_patterns) = (Vec::new(), Vec::new());
        for (at, (id, pattern)) in patterns.enumerate() {
            let Some(pattern) = pattern else { continue };
            let found = literals(pattern).map_err(|why| Error::new(ErrorKind::Rules, format!("rule {id}: {why}")))?;
            for literal in found.literals {
                if found.anchored {
                    let (start, rest) = literal.split_at(literal.len().min(KEY_BYTES));
                    let owners = anchored.entry(key(start)).or_default();
                    if owners.last().is_none_or(|owner| owner.pattern != at as u32) {
                        owners.push(Owner { pattern: at as u32, rests: Vec::new() });
                    }
                    owners.last_mut().into_iter().for_each(|owner| owner.rests.push(rest.into()));
                } else {
                    floating.push(literal);
                    floating_patterns.push(at as u32);
                }
            }
        }
        let floating = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&floating)
            .map_err(|source| Error::with_source(ErrorKind::Rules, "too many rules to compile", source))?;
        Ok(Prefilter { anchored, floating, floating_patterns })
    }

    /// True when `test` accepts one of the patterns that could match; it is asked once for each until it does.
    pub fn any(&self, folded: &str, mut test: impl FnMut(usize) -> bool) -> bool {
        let bytes = folded.as_bytes();
        let lengths = 1..=bytes.len().min(KEY_BYTES);
        let anchored = lengths.flat_map(|length| {
            let owners = self.anchored.get(&key(&bytes[..length])).map_or(&[][..], Vec::as_slice);
            let goes_on = move |owner: &&Owner| owner.rests.iter().any(|rest| bytes[length..].starts_with(rest));
            owners.iter().filter(goes_on).map(|owner| owner.pattern)
        });
        let floating = self.floating.find_overlapping_iter(folded);
        let floating = floating.map(|hit| self.floating_patterns[hit.pattern().as_usize()]);
        let mut asked: Vec<u32> = Vec::new();
        anchored.chain(floating).any(|pattern| {
            if asked.contains(&pattern) {
                return false;
            }
            asked.push(pattern);
            test(pattern as usize)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_patterns_whose_beginning_is_there_are_asked() {
        let patterns = ["^(join|enter) the forum", "logged in", "^©"];
        let filter = Prefilter::new(patterns.iter().map(|p| (*p, Some(*p)))).expect("builds");
        let asked = |text: &str| {
            let mut asked = Vec::new();
            filter.any(text, |at| {
                asked.push(at);
                false
            });
            asked
        };
        assert_eq!(asked("join the forum"), [0]);
        assert_eq!(asked("to join the forum, be logged in"), [1]);
        assert_eq!(asked("© 2024"), [2]);
    }

    #[test]
    fn patterns_without_a_beginning_are_refused() {
        assert!(literals("^(a|b)?the").is_ok());
        for pattern in ["^.*login", r"\w+ forum", "(the )?", "^[^a]b"] {
            assert!(literals(pattern).is_err(), "{pattern}");
        }
    }
}
