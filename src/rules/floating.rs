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
/// Most hold a space and are known by the bytes beside it, for which each space of a block is looked at. Those with a sign that few
/// texts hold, and those that are short, are known by one byte; the others by four bytes of their own wherever they begin, for
/// which a block is looked at at every third place.
pub struct Floating {
    spaced: Grams,
    unspaced: Grams,
    /// Words of the blocks that those of `unspaced` are looked for in that are of ASCII, at most.
    ascii_words: Words,
    /// Those that are known by one of the signs, by another byte of ASCII, and by any other.
    singles: [Singles; 3],
    /// Where the bytes of each literal begin in `bytes`, and its branch.
    literals: List<8>,
    bytes: List<1>,
}

/// Literals that are known by one byte.
#[derive(Default)]
struct Singles {
    /// Words of the blocks that they are looked for in, at most.
    max_words: Words,
    /// What is known of each, behind the byte and the one that follows it, 0 at the end of the literal: in the order of these.
    known: List<{ 2 + KNOWN_BYTES }>,
    /// The bytes, by as many as are looked for at once.
    bytes: Vec<[u8; 3]>,
}

impl Singles {
    fn read(from: &mut &'static [u8]) -> Singles {
        Singles { max_words: Words::read(from), known: take(from), bytes: Vec::new() }.with_bytes()
    }

    fn write(&self, to: &mut Vec<u8>) {
        self.max_words.write(to);
        push(&self.known, to);
    }

    fn add(&mut self, bytes: [u8; 2], known: Known, words: Words) {
        self.known.to_mut().push(entry(&[&bytes, &known.listed()]));
        self.max_words.raise(words);
    }

    fn with_bytes(mut self) -> Singles {
        let mut bytes: Vec<u8> = self.known.iter().map(|known| known[0]).collect();
        bytes.dedup();
        let by_three = |bytes: &[u8]| std::array::from_fn(|at| *bytes.get(at).unwrap_or(&bytes[0]));
        self.bytes = bytes.chunks(3).map(by_three).collect();
        self
    }

    /// The places of the bytes in a text.
    #[inline(always)]
    fn places(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        self.bytes.iter().flat_map(move |[one, two, three]| memchr::memchr3_iter(*one, *two, *three, text))
    }

    /// What is known of the literals that may stand at one of these places.
    #[inline(always)]
    fn known_at(&self, text: &[u8], place: usize) -> impl Iterator<Item = Known> {
        let byte = text[place];
        let of_bytes = move |next: u8| {
            let bytes = [byte, next];
            let first = self.known.partition_point(|known| known[..2] < bytes[..]);
            self.known[first..].iter().take_while(move |known| known[..2] == bytes)
        };
        let next = text.get(place + 1).copied().filter(|next| *next != 0);
        let known = of_bytes(0).chain(next.into_iter().flat_map(of_bytes));
        known.map(|known| Known::read(&known[2..]))
    }
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

const HASH_BITS: u32 = 17;
const GRAM: usize = 4;
/// Bytes from one place of a block that is looked at to the next.
const STEP: usize = 3;
/// Bytes before a space that are looked at, and all with those behind it and itself.
const BEFORE_SPACE: usize = 3;
const AROUND_SPACE: usize = 8;
/// Signs by which literals are known: few texts hold them.
const SIGNS: &[u8] = b"|/*#@<>=+~^_";
/// How much rarer a gram must be than those that there are to be one more.
const NEW_GRAM: usize = 16;

#[inline(always)]
fn gram(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().expect("there are four of them"))
}

/// What a space is known by, of the bytes around it: the one before it and three behind it, and three before it with itself.
#[inline(always)]
fn space_grams(around: &[u8; AROUND_SPACE]) -> [u32; 2] {
    let around = u64::from_le_bytes(*around);
    let beside = (around >> (8 * BEFORE_SPACE)) as u32 & !0xff | (around >> (8 * (BEFORE_SPACE - 1))) as u32 & 0xff;
    [beside, around as u32]
}

/// The bytes around a space of a text, zeros where it has none.
fn around_space(text: &[u8], at: usize) -> [u8; AROUND_SPACE] {
    let byte = |offset: usize| (at + offset).checked_sub(BEFORE_SPACE).and_then(|at| text.get(at));
    std::array::from_fn(|offset| byte(offset).copied().unwrap_or(0))
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
            singles: Default::default(),
            literals: List::default(),
            bytes: List::default(),
        };
        literals.for_each(|(literal, branch, words)| floating.add(literal, branch, words));
        floating.spaced.sort();
        floating.unspaced.sort();
        for singles in &mut floating.singles {
            singles.known.to_mut().sort_unstable();
        }
        floating.singles = floating.singles.map(Singles::with_bytes);
        floating
    }

    /// One that was written.
    pub fn read(from: &mut &'static [u8]) -> Floating {
        let (spaced, unspaced) = (Grams::read(from), Grams::read(from));
        let (ascii_words, singles) = (Words::read(from), std::array::from_fn(|_| Singles::read(from)));
        Floating { spaced, unspaced, ascii_words, singles, literals: take(from), bytes: take(from) }
    }

    /// Writes it for a run.
    pub fn write(&self, to: &mut Vec<u8>) {
        self.spaced.write(to);
        self.unspaced.write(to);
        self.ascii_words.write(to);
        self.singles.iter().for_each(|singles| singles.write(to));
        push(&self.literals, to);
        push(&self.bytes, to);
    }

    fn add(&mut self, bytes: &[u8], branch: u32, words: Words) {
        let literal = self.literals.len() as u32;
        let known = |rest| Known::new(literal, bytes, rest);
        let spaces = memchr::memchr_iter(b' ', bytes).flat_map(|at| {
            let [beside, before] = space_grams(&around_space(bytes, at));
            let is_beside = at > 0 && at + GRAM <= bytes.len();
            [(at, beside, is_beside), (at, before, at >= BEFORE_SPACE)]
        });
        let spaces = spaces.filter(|(.., is_whole)| *is_whole);
        let rank = |at: &usize| commonness(&bytes[*at..=*at]);
        let sign = (0..bytes.len()).filter(|at| SIGNS.contains(&bytes[*at])).min_by_key(rank);
        if let Some((at, gram, _)) = spaces.min_by_key(|(_, gram, _)| self.spaced.cost(*gram)) {
            self.spaced.add(gram, known(bytes.len() - at - 1), words);
        } else if sign.is_none() && bytes.len() >= GRAM + STEP - 1 {
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
            let at = sign.or_else(|| (0..bytes.len()).min_by_key(rank)).unwrap_or(0);
            let kind = if sign.is_some() { 0 } else { 1 + usize::from(!bytes[at].is_ascii()) };
            let next = bytes.get(at + 1).copied().unwrap_or(0);
            self.singles[kind].add([bytes[at], next], known(bytes.len() - at - 1), words);
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
        let mut spaces = Vec::new();
        for stretch in Stretch::of(parts, |part| part.words <= self.spaced.max_words.of(asked)) {
            let is_known = |gram| self.spaced.reach.has_any(place(gram));
            dispatch!(Level::new(), simd => known_spaces(simd, is_known, text, stretch.range.clone(), &mut spaces));
            for space in spaces.drain(..) {
                let Some((at, part)) = stretch.part_at(space) else { continue };
                for gram in space_grams(&around_space(text, space)) {
                    self.spaced.each(gram, part.words, asked, |known| look(at, part, space + 1, known));
                }
            }
        }
        let max_words = |part: &Part| if part.is_ascii { self.ascii_words } else { self.unspaced.max_words };
        for stretch in Stretch::of(parts, |part| part.words <= max_words(part).of(asked)) {
            let bytes = &text[..stretch.range.end];
            let mut begin = stretch.range.start;
            while let Some(next) = self.unspaced.next_known(bytes, begin) {
                begin = next + STEP;
                let Some((at, part)) = stretch.part_at(next) else { continue };
                let found = |known| look(at, part, next + GRAM, known);
                self.unspaced.each(gram(&bytes[next..next + GRAM]), part.words, asked, found);
            }
        }
        let kinds = self.singles.iter().zip([true, true, false]);
        for (singles, are_ascii) in kinds.filter(|(singles, _)| !singles.bytes.is_empty()) {
            let is_wanted = |part: &Part| (are_ascii || !part.is_ascii) && part.words <= singles.max_words.of(asked);
            for stretch in Stretch::of(parts, is_wanted) {
                let (begin, bytes) = (stretch.range.start, &text[stretch.range.clone()]);
                for place in singles.places(bytes) {
                    let Some((at, part)) = stretch.part_at(begin + place) else { continue };
                    singles.known_at(bytes, place).for_each(|known| look(at, part, begin + place + 1, known));
                }
            }
        }
        hits.sort_unstable();
        hits
    }
}

/// Adds to `known` the places of the spaces in a part of a text by which a literal may be known.
// Nothing but loops and functions that are always inlined: what the compiler keeps apart has no vector instructions.
#[inline(always)]
fn known_spaces<S: Simd>(
    simd: S,
    is_known: impl Fn(u32) -> bool,
    text: &[u8],
    range: Range<usize>,
    known: &mut Vec<usize>,
) {
    let mut look = |space: usize, around: &[u8; AROUND_SPACE]| {
        let [beside, before] = space_grams(around);
        if is_known(beside) || is_known(before) {
            known.push(space);
        }
    };
    for begin in range.clone().step_by(STRIDE) {
        let behind_end = u64::MAX.unbounded_shl((range.end - begin).min(STRIDE) as u32);
        let spaces = places(places_of(simd, text, begin, b' ') & !behind_end);
        let first = begin.checked_sub(BEFORE_SPACE);
        match first.and_then(|first| text[first..].first_chunk::<{ STRIDE + AROUND_SPACE }>()) {
            Some(window) => spaces.for_each(|at| {
                let around = window[at % STRIDE..].first_chunk().expect("the window is longer than a stride");
                look(begin + at, around);
            }),
            None => spaces.for_each(|at| look(begin + at, &around_space(text, begin + at))),
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
