//! Literals that may stand anywhere in a block, and which of them do.

use super::reach::{Asked, Reach, Words, rows};
use crate::stride::{STRIDE, places, places_of};
use fearless_simd::{Level, Simd, dispatch};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Literals that may stand anywhere in a block.
///
/// Most hold a space and are known by the bytes beside it, for which each space of a block is looked at; the others are known by
/// four bytes of their own wherever they begin, for which a block is looked at at every second place.
pub struct Floating {
    spaced: Grams,
    unspaced: Grams,
    /// Words of the blocks that `unspaced` ones of ASCII are looked for in, at most.
    ascii_words: Words,
    literals: Vec<Literal>,
    /// Literals that are too short for both, by the byte of theirs that few texts hold.
    shorts: BTreeMap<u8, Vec<u32>>,
    /// These bytes, by as many as are looked for at once: those of ASCII, and the others.
    short_bytes: [Vec<[u8; 3]>; 2],
    /// Words of the blocks that short literals are looked for in, at most.
    short_words: Words,
}

struct Literal {
    bytes: Box<[u8]>,
    /// Of one that is found by a byte, its bytes after that.
    rest: u32,
}

/// What literals are known by: four bytes of each.
struct Grams {
    /// By the hash of the four bytes.
    reach: Reach<{ rows(HASH_BITS) }>,
    /// The same for all literals.
    max_words: Words,
    /// By the hash of their bytes.
    grams: Vec<Gram>,
    /// Where the grams of a hash begin.
    firsts: Box<[u16; 1 << HASH_BITS]>,
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
/// A space with what makes it known: the byte before it and three behind it.
const SPACED: usize = 5;
/// How much rarer a gram must be than those that there are to be one more.
const NEW_GRAM: usize = 16;

#[inline(always)]
fn gram(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().expect("there are four of them"))
}

/// The bytes beside a space, of the bytes around it.
#[inline(always)]
fn beside_space(around: &[u8]) -> u32 {
    gram(&around[1..]) & !0xff | u32::from(around[0])
}

/// The place of four bytes in a table.
#[inline(always)]
fn place(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize
}

impl Grams {
    fn new() -> Grams {
        Grams {
            reach: Reach::new(),
            max_words: Words::default(),
            grams: Vec::new(),
            firsts: vec![0; 1 << HASH_BITS].try_into().expect("as long as the array"),
        }
    }

    fn add(&mut self, gram: Gram, words: Words) {
        self.reach.raise(place(gram.bytes), words);
        self.max_words.raise(words);
        self.grams.push(gram);
    }

    /// Puts the grams in their order.
    fn sort(&mut self) {
        self.grams.sort_unstable_by_key(|gram| (place(gram.bytes), gram.bytes, gram.literal, gram.rest));
        for (at, gram) in self.grams.iter().enumerate().rev() {
            self.firsts[place(gram.bytes)] = u16::try_from(at).unwrap_or(u16::MAX);
        }
    }

    /// The cost of one more literal with these bytes: the fewer grams there are, the fewer blocks are looked at for nothing.
    fn cost(&self, gram: u32) -> usize {
        let new = usize::from(!self.reach.has_any(place(gram)));
        commonness(&gram.to_le_bytes()) + NEW_GRAM * new
    }

    /// The grams of these bytes.
    fn of(&self, gram: u32) -> impl Iterator<Item = &Gram> {
        let kin = self.grams[usize::from(self.firsts[place(gram)])..].iter();
        let kin = kin.skip_while(move |known| place(known.bytes) < place(gram));
        let kin = kin.take_while(move |known| place(known.bytes) == place(gram));
        kin.filter(move |known| known.bytes == gram)
    }

    /// The next place from `at` on, by steps, whose four bytes may be known; blocks have so many words or more.
    fn next_known(&self, bytes: &[u8], mut at: usize, words: u8, asked: Asked) -> Option<usize> {
        const STEPS: usize = 4;
        let is_known = |gram: u32| self.reach.get(place(gram), words, asked).is_some();
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
}

impl Floating {
    /// Literals in their order, each with the words of the blocks that it is looked for in.
    pub fn new<'a>(literals: impl Iterator<Item = (&'a [u8], Words)>) -> Floating {
        let mut floating = Floating {
            spaced: Grams::new(),
            unspaced: Grams::new(),
            ascii_words: Words::default(),
            literals: Vec::new(),
            shorts: BTreeMap::new(),
            short_bytes: Default::default(),
            short_words: Words::default(),
        };
        literals.for_each(|(literal, words)| floating.add(literal, words));
        floating.spaced.sort();
        floating.unspaced.sort();
        let (ascii, others): (Vec<u8>, Vec<u8>) = floating.shorts.keys().partition(|byte| byte.is_ascii());
        let or_first = |bytes: &[u8], at| *bytes.get(at).unwrap_or(&bytes[0]);
        let by_three = |bytes: &[u8]| [bytes[0], or_first(bytes, 1), or_first(bytes, 2)];
        floating.short_bytes = [ascii, others].map(|bytes| bytes.chunks(3).map(by_three).collect());
        floating
    }

    fn add(&mut self, bytes: &[u8], words: Words) {
        let literal = self.literals.len() as u32;
        let spaces = bytes.windows(SPACED).enumerate().filter(|(_, around)| around[1] == b' ');
        let mut rest = 0;
        if let Some((at, around)) = spaces.min_by_key(|(_, around)| self.spaced.cost(beside_space(around))) {
            let rest = (bytes.len() - at - SPACED) as u32;
            self.spaced.add(Gram { bytes: beside_space(around), literal, rest }, words);
        } else if bytes.len() >= GRAM + STEP - 1 {
            if bytes.is_ascii() {
                self.ascii_words.raise(words);
            }
            // However it stands, one of the grams in a row begins at a place that is looked at.
            let grams =
                |window: &[u8]| window.windows(GRAM).map(|bytes| self.unspaced.cost(gram(bytes))).sum::<usize>();
            let windows = bytes.windows(GRAM + STEP - 1).enumerate();
            let first = windows.min_by_key(|(_, window)| grams(window)).map_or(0, |(at, _)| at);
            for (at, window) in bytes.windows(GRAM).enumerate().skip(first).take(STEP) {
                let rest = (bytes.len() - at - GRAM) as u32;
                self.unspaced.add(Gram { bytes: gram(window), literal, rest }, words);
            }
        } else {
            let rarest = bytes.iter().enumerate().min_by_key(|(_, byte)| commonness(&[**byte]));
            let at = rarest.map_or(0, |(at, _)| at);
            self.shorts.entry(bytes[at]).or_default().push(literal);
            self.short_words.raise(words);
            rest = (bytes.len() - at - 1) as u32;
        }
        self.literals.push(Literal { bytes: bytes.into(), rest });
    }

    /// The literals that stand in a block of so many words, at least one, by their number: in the order in which they end, of those
    /// that end together the longest first.
    pub fn find(&self, bytes: &[u8], words: u8, asked: Asked) -> impl Iterator<Item = u32> + use<> {
        let mut found = self.places(bytes, words, asked);
        found.sort_unstable();
        found.into_iter().map(|(.., number)| number)
    }

    /// Where literals end, and for each how long it is and its number.
    fn places(&self, bytes: &[u8], least: u8, asked: Asked) -> Vec<(usize, Reverse<usize>, u32)> {
        let mut found = Vec::new();
        // Of a literal that ends at a place if it stands there.
        let mut look = |end: usize, number: u32| {
            let literal = &self.literals[number as usize];
            if bytes.get(..end).is_some_and(|before| before.ends_with(&literal.bytes)) {
                found.push((end, Reverse(literal.bytes.len()), number));
            }
        };
        if least <= self.spaced.max_words.of(asked) {
            let mut places = Vec::new();
            let is_known = |gram| self.spaced.reach.get(place(gram), least, asked).is_some();
            dispatch!(Level::new(), simd => known_spaces(simd, is_known, bytes, &mut places));
            for around in places.into_iter().map(|at| at..at + SPACED) {
                let kin = self.spaced.of(beside_space(&bytes[around.clone()]));
                kin.for_each(|known| look(around.end + known.rest as usize, known.literal));
            }
        }
        if least > self.unspaced.max_words.of(asked).max(self.short_words.of(asked)) {
            return found;
        }
        let is_ascii = bytes.is_ascii();
        if least <= if is_ascii { self.ascii_words } else { self.unspaced.max_words }.of(asked) {
            let mut at = 0;
            while let Some(next) = self.unspaced.next_known(bytes, at, least, asked) {
                let kin = self.unspaced.of(gram(&bytes[next..next + GRAM]));
                kin.for_each(|known| look(next + GRAM + known.rest as usize, known.literal));
                at = next + STEP;
            }
        }
        if least <= self.short_words.of(asked) {
            let wanted = if is_ascii { &self.short_bytes[..1] } else { &self.short_bytes };
            for [one, two, three] in wanted.iter().flatten() {
                for at in memchr::memchr3_iter(*one, *two, *three, bytes) {
                    for number in &self.shorts[&bytes[at]] {
                        look(at + 1 + self.literals[*number as usize].rest as usize, *number);
                    }
                }
            }
        }
        found
    }
}

/// Adds to `known` the places before the spaces that have bytes beside them that are known.
// Nothing but loops and functions that are always inlined: what the compiler keeps apart has no vector instructions.
#[inline(always)]
fn known_spaces<S: Simd>(simd: S, is_known: impl Fn(u32) -> bool, bytes: &[u8], known: &mut Vec<usize>) {
    for begin in (0..bytes.len()).step_by(STRIDE) {
        for at in places(places_of(simd, bytes, begin, b' ')) {
            let before = (begin + at).wrapping_sub(1);
            let around = bytes.get(before..before.wrapping_add(SPACED));
            if around.is_some_and(|around| is_known(beside_space(around))) {
                known.push(before);
            }
        }
    }
}

/// How often these bytes stand in texts, roughly: letters that are common in many languages, and spaces, count most; signs
/// count least.
fn commonness(window: &[u8]) -> usize {
    const COMMON: &[u8] = b"|/z\xb7jxq\xa2kvwybpgf:mcuhdl,rsoniat.e ";
    let rank = |byte: &u8| COMMON.iter().position(|other| other == byte).unwrap_or(COMMON.len() / 2);
    window.iter().map(rank).sum()
}
