//! Lists of numbers as the build script writes them and a run asks them: where they lie in the program, so that a run copies
//! and makes none of them at its start.

use std::borrow::Cow;
use std::ops::Deref;

/// Entries of so many bytes: in the program for the built-in packs, made at run time for a user's.
pub type List<const BYTES: usize> = Cow<'static, [[u8; BYTES]]>;

/// As many entries as hashes have values: that none is asked for beyond its end is seen when it is compiled.
pub enum Array<const BYTES: usize, const COUNT: usize> {
    /// In the program.
    Lying(&'static [[u8; BYTES]; COUNT]),
    /// Made at run time.
    Made(Box<[[u8; BYTES]; COUNT]>),
}

impl<const BYTES: usize, const COUNT: usize> Array<BYTES, COUNT> {
    /// Zeros.
    pub fn new() -> Self {
        Array::Made(vec![[0; BYTES]; COUNT].try_into().expect("as long as the array"))
    }

    /// Takes one off that was written.
    pub fn take(from: &mut &'static [u8]) -> Self {
        let (array, rest) = from.split_at(BYTES * COUNT);
        *from = rest;
        Array::Lying(array.as_chunks().0.first_chunk().expect("it is as long"))
    }

    /// Writes it.
    pub fn push(&self, to: &mut Vec<u8>) {
        to.extend(self.as_flattened());
    }

    /// It where it can be changed: it was made.
    pub fn made(&mut self) -> &mut [[u8; BYTES]; COUNT] {
        match self {
            Array::Lying(_) => unreachable!("what is in the program is whole"),
            Array::Made(array) => array,
        }
    }
}

impl<const BYTES: usize, const COUNT: usize> Deref for Array<BYTES, COUNT> {
    type Target = [[u8; BYTES]; COUNT];

    #[inline(always)]
    fn deref(&self) -> &[[u8; BYTES]; COUNT] {
        match self {
            Array::Lying(array) => array,
            Array::Made(array) => array,
        }
    }
}

/// Writes a list, after the number of its entries in four bytes.
pub fn push<const BYTES: usize>(list: &[[u8; BYTES]], to: &mut Vec<u8>) {
    to.extend((list.len() as u32).to_le_bytes());
    to.extend(list.as_flattened());
}

/// Takes a list off that was written.
pub fn take<const BYTES: usize>(from: &mut &'static [u8]) -> List<BYTES> {
    let (count, rest) = from.split_first_chunk().expect("each list stands after its length");
    let (list, rest) = rest.split_at(BYTES * u32::from_le_bytes(*count) as usize);
    *from = rest;
    list.as_chunks().0.into()
}

/// The number that begins at a byte of an entry.
#[inline(always)]
pub fn number(entry: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(*entry[at..].first_chunk().expect("entries are as long as what is asked of them"))
}

/// The same of two bytes.
#[inline(always)]
pub fn short(entry: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(*entry[at..].first_chunk().expect("entries are as long as what is asked of them"))
}

/// An entry of the bytes of its parts, which are as many.
pub fn entry<const BYTES: usize>(parts: &[&[u8]]) -> [u8; BYTES] {
    parts.concat().try_into().expect("the parts are as long as the entry")
}
