//! Which patterns could match a folded block, told by the literals that they begin with.
//!
//! Branches of patterns that begin at the start of the block are found by its first bytes, the others by four
//! bytes of theirs that few texts hold, of most of them beside a space; then one of the words that they require must stand
//! in it too. A pattern whose beginnings cannot be listed is refused, so that none runs on every block.

use super::beginnings::{Beginning, branches};
use super::floating::Hit;
use super::parts::Part;
use super::reach::{Asked, Words};
use super::starting::Begun;
use super::table::{Fit, Table, Way, ways};
use crate::error::{Error, ErrorKind};
use crate::stride::{STRIDE, places, places_of};
use fearless_simd::{Level, Simd, dispatch};

/// The table that the build script wrote of the built-in patterns.
static BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/beginnings.bin"));

pub struct Prefilter {
    /// The built-in patterns, and those of the user's packs.
    tables: Vec<Known>,
}

/// A table, and the patterns of this run that its patterns are, [`UNASKED`] for those that are none.
struct Known {
    table: Table,
    patterns: Vec<u32>,
}

const UNASKED: u32 = u32::MAX;

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

impl Prefilter {
    /// A prefilter for the patterns of rules and of guards, by their index in both.
    pub fn new<'a>(rules: &[Filtered<'a>], guards: &[Filtered<'a>]) -> Result<Prefilter, Error> {
        let (mut built_in, mut own, mut own_branches) = (Vec::new(), Vec::new(), Vec::new());
        for (index, pattern) in (0..).zip(rules.iter().chain(guards)) {
            let Some(source) = pattern.source else { continue };
            if let Some(number) = pattern.built_in {
                let number = number as usize;
                built_in.resize(built_in.len().max(number + 1), UNASKED);
                built_in[number] = index;
            } else {
                let refused = |why| Error::new(ErrorKind::Rules, format!("rule {}: {why}", pattern.id));
                let words = Words::new(pattern.max_words, index as usize >= rules.len());
                own_branches.push((branches(source).map_err(refused)?, words));
                own.push(index);
            }
        }
        let mut tables = vec![Known { table: Table::read(BUILT_IN), patterns: built_in }];
        if !own.is_empty() {
            let table = Table::build(own_branches.iter().map(|(branches, words)| (branches.as_slice(), *words)));
            tables.push(Known { table, patterns: own });
        }
        Ok(Prefilter { tables })
    }

    /// True when `test` accepts one of the patterns that could match one of the parts, folded blocks of one text, which it is given by
    /// their places: it is asked once for each part and pattern until it does, and never for those that look at fewer words or are
    /// not `asked`. It is told whether the pattern is known to match.
    pub fn any(
        &self,
        text: &str,
        parts: &[Part],
        asked: Asked,
        mut test: impl FnMut(usize, usize, bool) -> bool,
    ) -> bool {
        let text = text.as_bytes();
        let mut begun = Vec::with_capacity(parts.len());
        for (at, part) in (0..).zip(parts) {
            let (bytes, words) = (&text[part.range()], part.words);
            begun.push(Begun { at, beginning: Beginning::of(bytes), words });
            begun.extend(Beginning::of_year(bytes).map(|beginning| Begun { at, beginning, words }));
        }
        self.tables.iter().any(|known| {
            let begun = known.table.starting.find(&begun, asked);
            let floating = known.table.floating.find(text, parts, asked);
            let (mut begun, mut floating) = (&begun[..], &floating[..]);
            let mut tried: Vec<u32> = Vec::new();
            // Most parts begin with nothing and hold nothing that is known.
            while let Some(at) = first_part(begun, floating) {
                let part = &parts[at as usize];
                let bytes = &text[part.range()];
                // Half of the words that patterns require stand in no text of ASCII.
                let holds = |word: &[u8]| {
                    (word[0].is_ascii() || !part.is_ascii) && dispatch!(Level::new(), simd => holds(simd, bytes, word))
                };
                tried.clear();
                let mut ask = |way: Way<'_>| {
                    let pattern = known.patterns.get(way.pattern as usize).copied().unwrap_or(UNASKED);
                    let is_out_of_reach = part.words > way.max_words(asked) || way.is_beyond_ascii && part.is_ascii;
                    if is_out_of_reach || pattern == UNASKED || tried.contains(&pattern) {
                        return false;
                    }
                    let fit = known.table.fits(&way, bytes, holds);
                    if fit == Fit::No {
                        return false;
                    }
                    tried.push(pattern);
                    test(at as usize, pattern as usize, fit == Fit::Sure)
                };
                let begun = split_while(&mut begun, |(part, _)| *part == at);
                let floating = split_while(&mut floating, |hit| hit.part == at);
                if begun.iter().any(|(_, listed)| ways(listed).any(&mut ask))
                    || floating.iter().any(|hit| ask(known.table.way(hit.branch)))
                {
                    return true;
                }
            }
            false
        })
    }
}

/// The first part of which something is listed.
fn first_part(begun: &[(u32, &[u8])], floating: &[Hit]) -> Option<u32> {
    let (begun, floating) = (begun.first().map(|(part, _)| *part), floating.first().map(|hit| hit.part));
    begun.into_iter().chain(floating).min()
}

/// Takes off a list what stands first and is accepted.
fn split_while<'l, T>(list: &mut &'l [T], is_accepted: impl Fn(&T) -> bool) -> &'l [T] {
    let count = list.iter().take_while(|entry| is_accepted(entry)).count();
    list.split_off(..count).unwrap_or_default()
}

/// True when a word, which is not empty, stands in a text.
// Nothing but loops and functions that are always inlined: what the compiler keeps apart has no vector instructions.
#[inline(always)]
fn holds<S: Simd>(simd: S, text: &[u8], word: &[u8]) -> bool {
    let last = word.len() - 1;
    let mut begin = 0;
    while begin + last < text.len() {
        let both = places_of(simd, text, begin, word[0]) & places_of(simd, text, begin + last, word[last]);
        if places(both).any(|at| text[begin + at..].starts_with(word)) {
            return true;
        }
        begin += STRIDE;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    fn filter(patterns: &[&str]) -> Prefilter {
        let filtered = |source| Filtered { id: source, source: Some(source), built_in: None, max_words: 20 };
        let filtered: Vec<Filtered> = patterns.iter().map(|source| filtered(source)).collect();
        Prefilter::new(&filtered, &[]).expect("builds")
    }

    fn asked(filter: &Prefilter, text: &str) -> Vec<usize> {
        let mut asked = Vec::new();
        filter.any(text, &[Part::new(0..text.len(), 1, text.is_ascii())], Asked::Rules, |_, at, _| {
            asked.push(at);
            false
        });
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
        let text = "be logged in";
        let stands = |words| filter.any(text, &[Part::new(0..text.len(), words, true)], Asked::Rules, |_, _, _| true);
        assert!(stands(20) && !stands(21));
    }

    #[test]
    fn words_are_found_wherever_they_stand() {
        let stands =
            |text: &str, word: &str| dispatch!(Level::new(), simd => holds(simd, text.as_bytes(), word.as_bytes()));
        for before in 0..150 {
            let text = format!("{}mail{}", "mai".repeat(before), "m".repeat(before % 5));
            assert!(stands(&text, "mail") && stands(&text, "l") && !stands(&text, "mailx"));
            assert!(!stands(&text[..text.len() - 1 - before % 5], "mail"));
        }
        assert!(!stands("", "mail"));
    }

    proptest! {
        #[test]
        fn literals_are_found_where_an_automaton_finds_them_and_in_its_order(text in "[abc ]{0,40}|[abc /é]{0,20}") {
            const WORDS: [&str; 13] = [
                "abca", "bca", "cab", "abcab", "ca b", "aaaa", "bca", "a bca", "cb a bca", "abc ", "/abcab", "caéb", "ab cé",
            ];
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
