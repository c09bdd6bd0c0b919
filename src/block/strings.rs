//! Strings of a page, each once and all in one piece of memory.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Strings that are known by their numbers, in the order in which they came.
#[derive(Default)]
pub struct Strings {
    text: String,
    /// Where each ends in `text`.
    ends: Vec<u32>,
    numbers: HashTable<u32>,
    hasher: RandomState,
}

impl Strings {
    /// The number of a string, and whether it is new.
    ///
    /// # Panics
    /// When all of them have more than 4 GiB.
    pub fn number(&mut self, string: &str) -> (u32, bool) {
        let Strings { text, ends, numbers, hasher } = self;
        let known = |number: u32| get(text, ends, number);
        let hash = hasher.hash_one(string);
        if let Some(&number) = numbers.find(hash, |&number| known(number) == string) {
            return (number, false);
        }
        let number = ends.len() as u32;
        numbers.insert_unique(hash, number, |&number| hasher.hash_one(known(number)));
        text.push_str(string);
        ends.push(u32::try_from(text.len()).expect("the strings of a page are shorter than its source"));
        (number, true)
    }

    /// The string of a number.
    pub fn get(&self, number: u32) -> &str {
        get(&self.text, &self.ends, number)
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|number| self.get(number as u32))
    }
}

fn get<'t>(text: &'t str, ends: &[u32], number: u32) -> &'t str {
    let start = number.checked_sub(1).map_or(0, |before| ends[before as usize]);
    &text[start as usize..ends[number as usize] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_string_has_one_number() {
        let mut strings = Strings::default();
        let all: Vec<String> = (0..1_000).map(|at| "é".repeat(at % 7) + &(at / 2).to_string()).collect();
        let mut wanted: Vec<&str> = Vec::new();
        for string in all.iter().chain(&all) {
            let at = wanted.iter().position(|known| known == string);
            assert_eq!(strings.number(string), (at.unwrap_or(wanted.len()) as u32, at.is_none()), "{string}");
            if at.is_none() {
                wanted.push(string);
            }
        }
        assert!(strings.iter().eq(wanted.iter().copied()));
        assert_eq!(strings.get(7), wanted[7]);
    }
}
