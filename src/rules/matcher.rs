//! A pattern as it is asked: whether it matches a folded block, and which words.
//!
//! Most runs ask few of the patterns, and most of those whether they match at all. So a pattern is compiled when it is
//! first asked, and first to an automaton that runs forward only: half of what a regular expression needs in time and
//! memory, which counts as there are hundreds, each with a cache in each thread.

use regex::{Regex, RegexBuilder};
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input};
use std::sync::OnceLock;

/// A pattern that was checked with its pack.
pub struct Pattern {
    source: String,
    max_compiled_bytes: usize,
    automaton: OnceLock<Box<Automaton>>,
    regex: OnceLock<Regex>,
}

struct Automaton {
    dfa: DFA,
    caches: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync>>,
    anchored: Anchored,
}

/// Why a pattern that is asked compiles.
const CHECKED: &str = "packs are compiled when they are checked";

impl Pattern {
    /// A pattern whose compiled form has at most so many bytes.
    pub fn new(source: String, max_compiled_bytes: usize) -> Pattern {
        Pattern { source, max_compiled_bytes, automaton: OnceLock::new(), regex: OnceLock::new() }
    }

    /// True when it matches somewhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        let automaton = self.automaton.get_or_init(|| Box::new(self.automaton()));
        let input = Input::new(text).earliest(true).anchored(automaton.anchored);
        let mut cache = automaton.caches.get();
        match automaton.dfa.try_search_fwd(&mut cache, &input) {
            Ok(found) => found.is_some(),
            // At a word boundary beside a character that is not ASCII the automaton does not know what to say.
            Err(_) => self.regex().is_match(text),
        }
    }

    /// The first match in the text.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.regex().find(text).map(|found| found.as_str())
    }

    fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| compile(&self.source, self.max_compiled_bytes).expect(CHECKED))
    }

    fn automaton(&self) -> Automaton {
        let limits =
            thompson::Config::new().nfa_size_limit(Some(self.max_compiled_bytes)).which_captures(WhichCaptures::None);
        let config = DFA::config().unicode_word_boundary(true).skip_cache_capacity_check(true);
        let dfa = DFA::builder().thompson(limits).configure(config).build(&self.source).expect(CHECKED);
        let anchored = if dfa.get_nfa().is_always_start_anchored() { Anchored::Yes } else { Anchored::No };
        let of = dfa.clone();
        Automaton { dfa, caches: Pool::new(Box::new(move || of.create_cache())), anchored }
    }
}

/// Compiles a pattern within a bound of bytes; the error says what is wrong with it.
pub fn compile(source: &str, max_bytes: usize) -> Result<Regex, String> {
    RegexBuilder::new(source).size_limit(max_bytes).build().map_err(|source| source.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_matches_what_a_regular_expression_matches() {
        let pattern = |source: &str| Pattern::new(source.to_owned(), 1 << 20);
        for (source, text, matches) in [
            ("^log in", "log in here", true),
            ("^log in", "please log in", false),
            ("log in$", "please log in", true),
            (r"log\b.{0,3}in\b", "étude: log é in", true),
            (r"log\b", "logé", false),
            (r"^(?:a|b)\b", "a", true),
        ] {
            assert_eq!(pattern(source).is_match(text), matches, "{source} {text}");
            assert_eq!(pattern(source).find(text).is_some(), matches, "{source} {text}");
        }
    }
}
