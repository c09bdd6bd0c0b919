//! Literals that may stand anywhere in a block, and which of them do.

use super::lists::{Array, List, entry, number, push, take};
use super::parts::{Part, Stretch};
use super::reach::{Asked, Reach, Words, rows};
use crate::stride::{STRIDE, places, places_of};
use fearless_simd::{Level, Simd, dispatch};
use std::cmp::Reverse;
use std::ops::Range;

/// Literals that may stand anywhere in a block.
///
/// Most hold a space and are known by the bytes beside it, for which each space of a block is looked at; the others are known by
/// four bytes of their own wherever they begin, for which a block is looked at at every third place.
pub struct Floating {
    spaced: Grams,
    unspaced: Grams,
    /// Words of the blocks that literals are looked for in, at most: those of `unspaced` that are of ASCII, and those of `shorts`.
    ascii_words: Words,
    short_words: Words,
    /// Literals that are too short for both, after the byte of theirs that few texts hold, in the order of these.
    shorts: List<{ 1 + KNOWN_BYTES }>,
    /// These bytes, by as many as are looked for at once: those of ASCII, and the others.
    short_bytes: [Vec<[u8; 3]>; 2],
    /// Where the bytes of each literal begin in `bytes`, and its branch.
    literals: List<8>,
    bytes: List<1>,
}

/// What stands of a literal behind the bytes by which it is found. Its edges tell most texts that it does not stand there, for less
/// than it takes to fetch the rest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    literal: u32,
    /// The bytes that follow those by which it is found.
    rest: u8,
    length: u8,
    first: u8,
    last: u8,
}

/// Bytes of a [`Known`] in a list.
const KNOWN_BYTES: usize = 8;

impl Known {
    fn new(literal: u32, bytes: &[u8], rest: usize) -> Known {
        let [rest, length] = [rest, bytes.len()].map(|count| u8::try_from(count).expect("literals are short"));
        Known { literal, rest, length, first: bytes[0], last: bytes[bytes.len() - 1] }
    }

    #[inline(always)]
    fn read(from: &[u8]) -> Known {
        let [rest, length, first, last] = number(from, 4).to_le_bytes();
        Known { literal: number(from, 0), rest, length, first, last }
    }

    fn listed(&self) -> [u8; KNOWN_BYTES] {
        entry(&[&self.literal.to_le_bytes(), &[self.rest, self.length, self.first, self.last]])
    }

    /// Where it stands in a part of a text, if its edges do: the bytes by which it is found end at a place.
    #[inline(always)]
    fn place(&self, text: &[u8], part: &Part, found: usize) -> Option<Range<usize>> {
        let within = part.range();
        let end = found + usize::from(self.rest);
        let start = end.checked_sub(usize::from(self.length)).filter(|start| *start >= within.start)?;
        (end <= within.end && text[start] == self.first && text[end - 1] == self.last).then_some(start..end)
    }
}

/// What literals are known by: four bytes of each.
struct Grams {
    /// By the hash of the four bytes.
    reach: Reach<2, { 1 << HASH_BITS }, { rows(1 << HASH_BITS) }>,
    /// The same for all literals.
    max_words: Words,
    /// Four bytes of a literal and what is known of it, by the hash of the four bytes.
    grams: List<{ GRAM + KNOWN_BYTES }>,
    /// Where the grams of a hash begin.
    firsts: Array<2, { 1 << HASH_BITS }>,
}

const HASH_BITS: u32 = 15;
const GRAM: usize = 4;
/// Bytes from one place of a block that is looked at to the next.
const STEP: usize = 3;
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
        Grams { reach: Reach::new(), max_words: Words::default(), grams: List::default(), firsts: Array::new() }
    }

    fn read(from: &mut &'static [u8]) -> Grams {
        let reach = Reach::read(from);
        Grams { reach, max_words: Words::read(from), grams: take(from), firsts: Array::take(from) }
    }

    fn write(&self, to: &mut Vec<u8>) {
        self.reach.write(to);
        self.max_words.write(to);
        push(&self.grams, to);
        self.firsts.push(to);
    }

    fn add(&mut self, gram: u32, known: Known, words: Words) {
        self.reach.raise(place(gram), words);
        self.max_words.raise(words);
        self.grams.to_mut().push(entry(&[&gram.to_le_bytes(), &known.listed()]));
    }

    /// Puts the grams in their order.
    fn sort(&mut self) {
        let grams = self.grams.to_mut();
        grams.sort_unstable_by_key(|gram| (place(number(gram, 0)), number(gram, 0), Known::read(&gram[GRAM..])));
        for (at, gram) in grams.iter().enumerate().rev() {
            let first = u16::try_from(at).unwrap_or(u16::MAX);
            self.firsts.made()[place(number(gram, 0))] = first.to_le_bytes();
        }
    }

    /// The cost of one more literal with these bytes: the fewer grams there are, the fewer blocks are looked at for nothing.
    fn cost(&self, gram: u32) -> usize {
        let new = usize::from(!self.reach.has_any(place(gram)));
        commonness(&gram.to_le_bytes()) + NEW_GRAM * new
    }

    /// Calls `found` with each literal of these bytes, if one is looked for in blocks of so many words.
    #[inline(always)]
    fn each(&self, gram: u32, words: u8, asked: Asked, mut found: impl FnMut(Known)) {
        if self.reach.get(place(gram), words, asked).is_none() {
            return;
        }
        let first = usize::from(u16::from_le_bytes(self.firsts[place(gram)]));
        for known in self.grams.get(first..).into_iter().flatten() {
            let bytes = number(known, 0);
            if bytes == gram {
                found(Known::read(&known[GRAM..]));
            } else if place(bytes) > place(gram) {
                break;
            }
        }
    }

    /// The next place from `at` on, by steps, whose four bytes may be known.
    #[inline(always)]
    fn next_known(&self, bytes: &[u8], mut at: usize) -> Option<usize> {
        const STEPS: usize = 4;
        let is_known = |gram: u32| self.reach.has_any(place(gram));
        // Some steps at a time, which takes a third of the time.
        while let Some(window) = bytes.get(at..at + (STEPS - 1) * STEP + GRAM) {
            let first = u64::from_le_bytes(*window.first_chunk().expect("it is longer"));
            let last = u64::from_le_bytes(*window.last_chunk().expect("it is longer"));
            if is_known(first as u32)
                || is_known((first >> (8 * STEP)) as u32)
                || is_known((last >> (32 - 8 * STEP)) as u32)
                || is_known((last >> 32) as u32)
            {
                break;
            }
            at += STEPS * STEP;
        }
        let rest = bytes.get(at..)?.windows(GRAM).step_by(STEP).position(|window| is_known(gram(window)))?;
        Some(at + rest * STEP)
    }
}

/// A literal that stands in a part of a text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// The place of the part among all.
    pub part: u32,
    /// Where it ends, and how long it is.
    end: usize,
    length: Reverse<usize>,
    literal: u32,
    /// What it leads to.
    pub branch: u32,
}

impl Floating {
    /// Literals in their order, each with its branch and the words of the blocks that it is looked for in.
    pub fn new<'a>(literals: impl Iterator<Item = (&'a [u8], u32, Words)>) -> Floating {
        let mut floating = Floating {
            spaced: Grams::new(),
            unspaced: Grams::new(),
            ascii_words: Words::default(),
            short_words: Words::default(),
            shorts: List::default(),
            short_bytes: Default::default(),
            literals: List::default(),
            bytes: List::default(),
        };
        literals.for_each(|(literal, branch, words)| floating.add(literal, branch, words));
        floating.spaced.sort();
        floating.unspaced.sort();
        floating.shorts.to_mut().sort_unstable();
        floating.with_short_bytes()
    }

    /// One that was written.
    pub fn read(from: &mut &'static [u8]) -> Floating {
        let (spaced, unspaced) = (Grams::read(from), Grams::read(from));
        let (ascii_words, short_words) = (Words::read(from), Words::read(from));
        let (shorts, literals, bytes) = (take(from), take(from), take(from));
        let short_bytes = Default::default();
        Floating { spaced, unspaced, ascii_words, short_words, shorts, short_bytes, literals, bytes }.with_short_bytes()
    }

    /// Writes it for a run.
    pub fn write(&self, to: &mut Vec<u8>) {
        self.spaced.write(to);
        self.unspaced.write(to);
        self.ascii_words.write(to);
        self.short_words.write(to);
        push(&self.shorts, to);
        push(&self.literals, to);
        push(&self.bytes, to);
    }

    fn with_short_bytes(mut self) -> Floating {
        let mut bytes: Vec<u8> = self.shorts.iter().map(|short| short[0]).collect();
        bytes.dedup();
        let (ascii, others): (Vec<u8>, Vec<u8>) = bytes.into_iter().partition(u8::is_ascii);
        let or_first = |bytes: &[u8], at| *bytes.get(at).unwrap_or(&bytes[0]);
        let by_three = |bytes: &[u8]| [bytes[0], or_first(bytes, 1), or_first(bytes, 2)];
        self.short_bytes = [ascii, others].map(|bytes| bytes.chunks(3).map(by_three).collect());
        self
    }

    fn add(&mut self, bytes: &[u8], branch: u32, words: Words) {
        let literal = self.literals.len() as u32;
        let known = |rest| Known::new(literal, bytes, rest);
        let spaces = bytes.windows(SPACED).enumerate().filter(|(_, around)| around[1] == b' ');
        if let Some((at, around)) = spaces.min_by_key(|(_, around)| self.spaced.cost(beside_space(around))) {
            self.spaced.add(beside_space(around), known(bytes.len() - at - SPACED), words);
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
                self.unspaced.add(gram(window), known(bytes.len() - at - GRAM), words);
            }
        } else {
            let rarest = bytes.iter().enumerate().min_by_key(|(_, byte)| commonness(&[**byte]));
            let at = rarest.map_or(0, |(at, _)| at);
            self.shorts.to_mut().push(entry(&[&[bytes[at]], &known(bytes.len() - at - 1).listed()]));
            self.short_words.raise(words);
        }
        let begin = (self.bytes.len() as u32).to_le_bytes();
        self.literals.to_mut().push(entry(&[&begin, &branch.to_le_bytes()]));
        self.bytes.to_mut().extend(bytes.iter().map(|byte| [*byte]));
    }

    /// The literals that stand in parts of a text: in the order of the parts, in each in the order in which they end, of those that end
    /// together the longest first.
    pub fn find(&self, text: &[u8], parts: &[Part], asked: Asked) -> Vec<Hit> {
        let mut hits = Vec::new();
        // Of a literal if it stands in a part where the bytes by which it is found end.
        let mut look = |at: u32, part: Part, found: usize, known: Known| {
            let Some(range) = known.place(text, &part, found) else { return };
            let (literal, end, length) = (known.literal, range.end, range.len());
            let listed = &self.literals[literal as usize];
            let bytes = &self.bytes.as_flattened()[number(listed, 0) as usize..][..length];
            if text[range] == *bytes {
                hits.push(Hit { part: at, end, length: Reverse(length), literal, branch: number(listed, 4) });
            }
        };
        let mut places = Vec::new();
        for mut stretch in Stretch::of(parts, |part| part.words <= self.spaced.max_words.of(asked)) {
            let begin = stretch.range.start;
            let is_known = |gram| self.spaced.reach.has_any(place(gram));
            dispatch!(Level::new(), simd => known_spaces(simd, is_known, &text[stretch.range.clone()], &mut places));
            for around in places.drain(..).map(|at| begin + at..begin + at + SPACED) {
                let Some((at, part)) = stretch.part_of(&around) else { continue };
                let found = |known| look(at, part, around.end, known);
                self.spaced.each(beside_space(&text[around.clone()]), part.words, asked, found);
            }
        }
        let max_words = |part: &Part| if part.is_ascii { self.ascii_words } else { self.unspaced.max_words };
        for mut stretch in Stretch::of(parts, |part| part.words <= max_words(part).of(asked)) {
            let bytes = &text[..stretch.range.end];
            let mut begin = stretch.range.start;
            while let Some(next) = self.unspaced.next_known(bytes, begin) {
                begin = next + STEP;
                let Some((at, part)) = stretch.part_of(&(next..next + GRAM)) else { continue };
                let found = |known| look(at, part, next + GRAM, known);
                self.unspaced.each(gram(&bytes[next..next + GRAM]), part.words, asked, found);
            }
        }
        for stretch in Stretch::of(parts, |part| part.words <= self.short_words.of(asked)) {
            let wanted = if stretch.is_ascii() { &self.short_bytes[..1] } else { &self.short_bytes };
            for [one, two, three] in wanted.iter().flatten() {
                let mut stretch = stretch.clone();
                let begin = stretch.range.start;
                for place in memchr::memchr3_iter(*one, *two, *three, &text[stretch.range.clone()]) {
                    let place = begin + place;
                    let Some((at, part)) = stretch.part_of(&(place..place + 1)) else { continue };
                    let first = self.shorts.partition_point(|short| short[0] < text[place]);
                    for short in self.shorts[first..].iter().take_while(|short| short[0] == text[place]) {
                        look(at, part, place + 1, Known::read(&short[1..]));
                    }
                }
            }
        }
        hits.sort_unstable();
        hits
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
