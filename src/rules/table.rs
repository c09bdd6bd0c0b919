//! What many patterns begin with, and what is asked of a text that begins so, in lists that the build script writes for the
//! built-in packs.
//!
//! In go the [`Branch`]es of patterns in their order, out comes a [`Table`] that is asked where it lies: the program
//! holds the one of the built-in packs, so that nothing of it is built at the start of a run.

use super::beginnings::{Branch, Bytes, Extent, Literals, NUMBER, WORD_END, YEAR};
use super::floating::Floating;
use super::lists::{List, entry, number, push, short, take};
use super::reach::{Asked, Words};
use super::starting::Starting;
use std::borrow::Cow;
use std::collections::HashMap;

/// A table; of a user's packs it is made at run time.
pub struct Table {
    /// The literals that branches begin with at the start of a text, each with the ways that it leads to.
    pub starting: Starting,
    /// Those that branches begin with anywhere.
    pub floating: Floating,
    /// The ways of the literals that may stand anywhere, by the number that they have there: without heads.
    ways: List<ENTRY_BYTES>,
    /// Lists of required words, those that many branches share once: of each list how many words in a byte, and each word after its
    /// length in a byte.
    required: List<1>,
    /// The sets of bytes that extents name.
    sets: List<{ size_of::<Bytes>() }>,
}

/// A branch as one of its literals leads to it.
///
/// It stands behind the literal, with all that tells most texts that it does not match: what lies elsewhere is in no near cache
/// of the processor, and takes longer to come than to compare.
#[derive(Clone, Copy)]
pub struct Way<'t> {
    /// The pattern that the branch is one of.
    pub pattern: u32,
    max_words: Words,
    /// The most bytes of its extent, [`NO_EXTENT`] when it has none.
    max_bytes: u16,
    /// Where its trailing bytes stand among the sets.
    set: u16,
    /// Whether its heads are all that the branch matches but for what may follow.
    is_whole: bool,
    /// The longer beginnings of which a text has one, those that begin as the literal does, each after its length in a byte and without
    /// the bytes that are passed over; when there are none, all that can be said is known.
    heads: &'t [u8],
    /// Bytes of the literal that stand before the heads: all of a text that is asked about begin so.
    passed: u8,
    /// Where its lists of required words stand, and how many there are.
    required: u32,
    lists: u8,
    /// Whether no word of one of these lists is of ASCII, and so no text that the branch matches.
    pub is_beyond_ascii: bool,
}

/// Bytes of a way without its heads in a list.
const ENTRY_BYTES: usize = 18;
/// What is added to the number of a way's lists when it is whole, and when it is beyond ASCII.
const WHOLE: u8 = 0x80;
const BEYOND_ASCII: u8 = 0x40;
const NO_EXTENT: u16 = u16::MAX;

impl<'t> Way<'t> {
    /// The way that stands first.
    #[inline(always)]
    fn read(from: &'t [u8]) -> (Way<'t>, &'t [u8]) {
        let (listed, rest) = from.split_first_chunk::<ENTRY_BYTES>().expect("ways stand whole");
        let (heads, rest) = rest.split_at(usize::from(short(listed, 16)));
        let way = Way {
            pattern: number(listed, 0),
            required: number(listed, 4),
            max_bytes: short(listed, 8),
            set: short(listed, 10),
            max_words: Words([listed[12], listed[13]]),
            lists: listed[14] & !(WHOLE | BEYOND_ASCII),
            is_whole: listed[14] & WHOLE != 0,
            is_beyond_ascii: listed[14] & BEYOND_ASCII != 0,
            passed: listed[15],
            heads,
        };
        (way, rest)
    }

    fn listed(&self) -> [u8; ENTRY_BYTES] {
        let (max_bytes, set) = (self.max_bytes.to_le_bytes(), self.set.to_le_bytes());
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        let lists = self.lists | flag(self.is_whole, WHOLE) | flag(self.is_beyond_ascii, BEYOND_ASCII);
        let heads = u16::try_from(self.heads.len()).expect("beginnings keeps heads short and few").to_le_bytes();
        let numbers = [self.pattern.to_le_bytes(), self.required.to_le_bytes()];
        entry(&[numbers.as_flattened(), &max_bytes, &set, &self.max_words.0, &[lists, self.passed], &heads])
    }

    /// Words of the texts that it is asked about, at most.
    pub fn max_words(&self, asked: Asked) -> u8 {
        self.max_words.of(asked)
    }

    /// What its heads say about a text that begins with the literal that led here.
    fn fits_heads(&self, text: &[u8], may_trail: impl Fn(&[u8]) -> bool) -> Fit {
        if !self.is_whole {
            let text = &text[usize::from(self.passed)..];
            let fits = self.heads.is_empty() || counted(self.heads).any(|head| begins_with(text, head));
            return if fits { Fit::Maybe } else { Fit::No };
        }
        let mut fit = Fit::No;
        for head in counted(self.heads) {
            if begins_with(text, head) && may_trail(&text[head.len()..]) {
                // Characters beyond ASCII are not told apart.
                if text[head.len()..].is_ascii() {
                    return Fit::Sure;
                }
                fit = Fit::Maybe;
            }
        }
        fit
    }
}

/// The ways that stand behind a literal.
#[inline(always)]
pub fn ways(mut listed: &[u8]) -> impl Iterator<Item = Way<'_>> {
    std::iter::from_fn(move || {
        let (way, rest) = (!listed.is_empty()).then(|| Way::read(listed))?;
        listed = rest;
        Some(way)
    })
}

/// What a table says about a text and a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The branch does not match it.
    No,
    /// It may.
    Maybe,
    /// It does.
    Sure,
}

impl Table {
    /// The table of the branches of patterns, in their order, each with the words of the texts that it looks at.
    pub fn build<'a>(patterns: impl Iterator<Item = (&'a [Branch], Words)>) -> Table {
        let (mut starting, mut floating, mut ways) = (Vec::new(), Vec::new(), Vec::new());
        let (mut lists, mut sets) = (Lists::default(), Vec::new());
        for (pattern, (branches, max_words)) in patterns.enumerate() {
            for branch in branches {
                // Of more sets than can be named the others say nothing.
                let (max_bytes, set) = match &branch.extent {
                    None => (NO_EXTENT, 0),
                    Some(Extent { max_bytes, trailing }) => match u16::try_from(place_in(&mut sets, trailing)) {
                        Ok(set) => (*max_bytes, set),
                        Err(_) => (NO_EXTENT, 0),
                    },
                };
                let way = Way {
                    pattern: pattern as u32,
                    max_words,
                    max_bytes,
                    set,
                    is_whole: branch.is_whole && max_bytes != NO_EXTENT,
                    heads: &[],
                    passed: 0,
                    required: lists.place_of(&branch.required),
                    lists: byte(branch.required.len()),
                    is_beyond_ascii: branch.required.iter().any(|words| !words.iter().any(|word| word.is_ascii())),
                };
                if branch.anchored {
                    starting.extend(branch.literals.iter().map(|literal| (&**literal, way, &branch.heads)));
                } else {
                    let at = ways.len() as u32;
                    ways.push(way.listed());
                    floating.extend(branch.literals.iter().map(|literal| (&**literal, at, max_words)));
                }
            }
        }
        // Those of a literal stay in their order.
        starting.sort_by_key(|(literal, ..)| *literal);
        let starting = starting.chunk_by(|one, other| one.0 == other.0).map(|same| {
            let literal = same[0].0;
            let (mut listed, mut words) = (Vec::new(), Words::default());
            for (_, way, heads) in same {
                let Some((passed, heads)) = heads_behind(literal, way.is_whole, heads) else { continue };
                listed.extend(Way { heads: &heads, passed, ..*way }.listed());
                listed.extend(heads);
                words.raise(way.max_words);
            }
            (literal, words, listed)
        });
        Table {
            starting: Starting::new(starting),
            floating: Floating::new(floating.into_iter()),
            ways: ways.into(),
            required: lists.bytes.into_iter().map(|byte| [byte]).collect(),
            sets: sets.into(),
        }
    }

    /// One that was written.
    pub fn read(mut from: &'static [u8]) -> Table {
        let from = &mut from;
        let (starting, floating) = (Starting::read(from), Floating::read(from));
        Table { starting, floating, ways: take(from), required: take(from), sets: take(from) }
    }

    /// It as a run reads it.
    #[allow(dead_code, reason = "the build script writes, the program reads")]
    pub fn written(&self) -> Vec<u8> {
        let mut to = Vec::new();
        self.starting.write(&mut to);
        self.floating.write(&mut to);
        push(&self.ways, &mut to);
        push(&self.required, &mut to);
        push(&self.sets, &mut to);
        to
    }

    /// The way of a literal that may stand anywhere.
    #[inline(always)]
    pub fn way(&self, at: u32) -> Way<'_> {
        Way::read(&self.ways[at as usize]).0
    }

    /// Says whether a text is what a branch of the table matches. If it may be so, it is within its extent, it begins with one of the
    /// heads, and of each list of required words one is in it, as `holds` says.
    pub fn fits(&self, way: &Way<'_>, text: &[u8], mut holds: impl FnMut(&[u8]) -> bool) -> Fit {
        let max_bytes = usize::from(way.max_bytes);
        let may_trail = |rest: &[u8]| {
            let set = &self.sets[usize::from(way.set)];
            rest.iter().rev().all(|byte| set[usize::from(byte / 8)] >> (byte % 8) & 1 == 1)
        };
        if way.max_bytes != NO_EXTENT && text.len() > max_bytes && !may_trail(&text[max_bytes..]) {
            return Fit::No;
        }
        let fit = way.fits_heads(text, may_trail);
        if fit != Fit::Maybe {
            return fit;
        }
        let mut rest = &self.required.as_flattened()[way.required as usize..];
        let may_match = (0..way.lists).all(|_| {
            let count = rest.split_off_first().expect(COUNTED);
            let mut found = false;
            for _ in 0..*count {
                let word = take_counted(&mut rest);
                found = found || holds(word);
            }
            found
        });
        if may_match { Fit::Maybe } else { Fit::No }
    }
}

/// How many bytes of a literal heads are listed without, and the heads of a branch that a text may begin with that begins with the
/// literal, each after its length: none when the literal says as much, nothing when there are heads and such a text begins with
/// none of them.
fn heads_behind(literal: &[u8], are_whole: bool, heads: &Literals) -> Option<(u8, Vec<u8>)> {
    let own = literal.strip_suffix(&[WORD_END]).unwrap_or(literal);
    // Texts that begin with a number need not begin as what stands for it does.
    let own = if [NUMBER, YEAR].contains(&literal[0]) { &[] } else { own };
    let says_as_much = |head: &Cow<'_, [u8]>| own.starts_with(head);
    let may_follow = |head: &&Cow<'_, [u8]>| head.starts_with(own) || says_as_much(head);
    let passed = if are_whole { 0 } else { own.len() };
    let mut listed = Vec::new();
    if heads.is_empty() || !are_whole && heads.iter().any(says_as_much) {
        return Some((0, listed));
    }
    heads.iter().filter(may_follow).for_each(|head| push_counted(&mut listed, &head[passed..]));
    (!listed.is_empty()).then_some((byte(passed), listed))
}

/// Lists of required words as they are put one behind the other.
#[derive(Default)]
struct Lists {
    bytes: Vec<u8>,
    /// Where the lists of a branch begin that has as many and the same.
    places: HashMap<Vec<u8>, u32>,
}

impl Lists {
    /// Where the lists of a branch stand from now on.
    fn place_of(&mut self, lists: &[Literals]) -> u32 {
        let mut listed = Vec::new();
        for list in lists {
            listed.push(byte(list.len()));
            list.iter().for_each(|word| push_counted(&mut listed, word));
        }
        let place = self.bytes.len() as u32;
        *self.places.entry(listed).or_insert_with_key(|listed| {
            self.bytes.extend(listed);
            place
        })
    }
}

/// True when a text begins with a word, which is not empty. The last byte first: the first ones are those of many words.
fn begins_with(text: &[u8], word: &[u8]) -> bool {
    text.get(word.len() - 1) == word.last() && text.starts_with(word)
}

/// Where a set stands in a list, at the end of it when it is new.
fn place_in(sets: &mut Vec<Bytes>, set: &Bytes) -> usize {
    sets.iter().position(|known| known == set).unwrap_or_else(|| {
        sets.push(*set);
        sets.len() - 1
    })
}

/// Why a count is there.
const COUNTED: &str = "each list stands after its length";

fn byte(count: usize) -> u8 {
    u8::try_from(count).expect("beginnings keeps lists and literals short")
}

fn push_counted(to: &mut Vec<u8>, bytes: &[u8]) {
    to.push(byte(bytes.len()));
    to.extend_from_slice(bytes);
}

fn counted(mut from: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || (!from.is_empty()).then(|| take_counted(&mut from)))
}

fn take_counted<'a>(from: &mut &'a [u8]) -> &'a [u8] {
    let (count, rest) = from.split_first().expect(COUNTED);
    let (taken, rest) = rest.split_at(usize::from(*count));
    *from = rest;
    taken
}
