//! A pattern as it is asked: whether it matches a folded block, and which words.
//!
//! Most runs ask few of the patterns, and most of those whether they match at all. So a pattern is compiled when it is
//! first asked, and first to an automaton that runs forward only: half of what a regular expression needs in time and
//! memory, which counts as there are hundreds, each with a cache. For texts of ASCII, which most are, it is one that knows
//! no other characters; most texts that have others go through it too, as patterns know few of them.

use super::ascii::{AsciiForm, STAND_INS, ascii_form};
use regex::{Regex, RegexBuilder};
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Anchored, Input};
use regex_syntax::{ParserBuilder, is_word_character};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// A pattern that was checked with its pack.
pub struct Pattern {
    source: String,
    max_compiled_bytes: usize,
    ascii: OnceLock<AsciiForm>,
    automaton: OnceLock<Box<Automaton>>,
    ascii_automaton: OnceLock<Box<Automaton>>,
    regex: OnceLock<Regex>,
}

struct Automaton {
    dfa: DFA,
    /// What no thread searches with. As two rarely ask one pattern at a time there is mostly one: a cache for each thread would
    /// fill as long as there is a pair of a pattern and a thread that did not meet.
    caches: Mutex<Vec<Cache>>,
    anchored: Anchored,
}

/// Levels that a pattern may have when it is asked. That a pack's patterns have 250 at most was checked with it; a form for
/// ASCII is written with more brackets, and is no deeper once it is read.
const MAX_DEPTH: u32 = 1_000;

/// Bytes that a cache may have beyond those it cannot do without; one that is full begins anew. Most patterns stay below
/// it. With more, the others grow for as long as a run goes on, and what they hold lies between the data of the pages, so that
/// the memory of these is not given back.
const CACHE_BYTES: usize = 12 << 10;

/// Why a pattern that is asked compiles.
const CHECKED: &str = "packs are compiled when they are checked";

impl Pattern {
    /// A pattern whose compiled form has at most so many bytes; its form for ASCII is made when it is asked, unless known.
    pub fn new(source: String, ascii: Option<AsciiForm>, max_compiled_bytes: usize) -> Pattern {
        Pattern {
            source,
            max_compiled_bytes,
            ascii: ascii.map_or_else(OnceLock::new, OnceLock::from),
            automaton: OnceLock::new(),
            ascii_automaton: OnceLock::new(),
            regex: OnceLock::new(),
        }
    }

    /// True when it matches somewhere in the folded text.
    pub fn is_match(&self, text: &str) -> bool {
        let end = match text.is_ascii() {
            true => self.ascii_automaton().end(text, true),
            false => match with_stand_ins(text, &self.ascii().known) {
                Some(text) => self.ascii_automaton().end(&text, true),
                None => self.automaton().end(text, true),
            },
        };
        match end {
            Some(end) => end.is_some(),
            None => self.regex().is_match(text),
        }
    }

    /// The first match in the folded text.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let automaton = if text.is_ascii() { self.ascii_automaton() } else { self.automaton() };
        // Of a match that may begin anywhere the automaton does not know the beginning.
        let end = if automaton.anchored == Anchored::Yes { automaton.end(text, false) } else { None };
        match end {
            Some(end) => end.map(|end| &text[..end]),
            None => self.regex().find(text).map(|found| found.as_str()),
        }
    }

    fn ascii(&self) -> &AsciiForm {
        self.ascii.get_or_init(|| ascii_form(&self.source).expect(CHECKED))
    }

    /// The automaton for texts of ASCII.
    fn ascii_automaton(&self) -> &Automaton {
        self.ascii_automaton.get_or_init(|| self.compiled(&self.ascii().source))
    }

    /// The automaton for any text.
    fn automaton(&self) -> &Automaton {
        self.automaton.get_or_init(|| self.compiled(&self.source))
    }

    fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| compile(&self.source, self.max_compiled_bytes).expect(CHECKED))
    }

    fn compiled(&self, source: &str) -> Box<Automaton> {
        let limits =
            thompson::Config::new().nfa_size_limit(Some(self.max_compiled_bytes)).which_captures(WhichCaptures::None);
        let config = DFA::config().unicode_word_boundary(true);
        // What speaks of bytes could match half a character, if a text of ASCII had one.
        let hir = ParserBuilder::new().utf8(false).nest_limit(MAX_DEPTH).build().parse(source).expect(CHECKED);
        let nfa = thompson::Compiler::new().configure(limits).build_from_hir(&hir).expect(CHECKED);
        let anchored = if nfa.is_always_start_anchored() { Anchored::Yes } else { Anchored::No };
        let least = config.get_minimum_cache_capacity(&nfa).expect(CHECKED);
        let config = config.cache_capacity(least + CACHE_BYTES);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).expect(CHECKED);
        Box::new(Automaton { dfa, caches: Mutex::default(), anchored })
    }
}

impl Automaton {
    /// Where a match ends, the `earliest` or the first; `None` when it cannot tell: at a word boundary beside a character
    /// that is not ASCII it does not know what to say.
    fn end(&self, text: &str, earliest: bool) -> Option<Option<usize>> {
        let input = Input::new(text).earliest(earliest).anchored(self.anchored);
        let free = self.caches().pop();
        let mut cache = free.unwrap_or_else(|| self.dfa.create_cache());
        let found = self.dfa.try_search_fwd(&mut cache, &input);
        self.caches().push(cache);
        Some(found.ok()?.map(|found| found.offset()))
    }

    fn caches(&self) -> MutexGuard<'_, Vec<Cache>> {
        self.caches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The text with a stand-in for each character beyond ASCII; none when white space or one of the `known` ranges is among
/// them.
fn with_stand_ins(text: &str, known: &str) -> Option<String> {
    let [word, other] = STAND_INS;
    let is_known = |c: char| {
        let mut bounds = known.chars();
        std::iter::from_fn(|| bounds.next().zip(bounds.next())).any(|(first, last)| (first..=last).contains(&c))
    };
    let stand_in = |c: char| match c {
        c if c.is_ascii() => Some(c),
        c if c.is_whitespace() || is_known(c) => None,
        c if is_word_character(c) => Some(word),
        _ => Some(other),
    };
    text.chars().map(stand_in).collect()
}

/// Compiles a pattern within a bound of bytes; the error says what is wrong with it.
pub fn compile(source: &str, max_bytes: usize) -> Result<Regex, String> {
    RegexBuilder::new(source).size_limit(max_bytes).build().map_err(|source| source.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_as_deep_as_may_be_matches() {
        let source = |levels: usize| format!("^log{}{}", "(?: in|s+ on".repeat(levels), ")?".repeat(levels));
        let deepest = (1..).take_while(|levels| compile(&source(*levels), 1 << 20).is_ok()).last().unwrap();
        assert!(pattern(&source(deepest)).is_match("log in"));
    }

    fn pattern(source: &str) -> Pattern {
        Pattern::new(source.to_owned(), None, 1 << 20)
    }

    #[test]
    fn it_matches_what_a_regular_expression_matches() {
        for (source, text, matches) in [
            ("^log in", "log in here", true),
            ("^log in", "please log in", false),
            ("log in$", "please log in", true),
            (r"log\b.{0,3}in\b", "étude: log é in", true),
            (r"log\b", "logé", false),
            (r"^(?:log|login|[^a-y]\w+)", "login now", true),
            (r"^[^a-y]\w+ é?", "zoë é ", true),
            (r"^[^a-yé]\w+ é?", "zoo e", true),
            (r"in\b|é", "login", true),
            (r"^(?:a|b)\b", "a", true),
            (r"^é(?:a|b)\b", "a", false),
            (r"log\b.in$", "log–in", true),
            (r"log\b.in$", "logéin", false),
            (r"log\B.in$", "logéin", true),
            (r"log.{2}in$", "log½íin", true),
            (r"log\W\win$", "log½íin", true),
            (r"log\w{2}in$", "log½íin", false),
            (r"log\s", "log\u{a0}in", true),
            (r"log\d", "log\u{663}", true),
            (r"log[0-9]", "log\u{663}", false),
        ] {
            assert_eq!(pattern(source).is_match(text), matches, "{source} {text}");
            let found = compile(source, 1 << 20).unwrap().find(text).map(|found| found.as_str());
            assert_eq!(pattern(source).find(text), found, "{source} {text}");
            assert_eq!(found.is_some(), matches, "{source} {text}");
        }
    }
}
