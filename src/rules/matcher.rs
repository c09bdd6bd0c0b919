//! A pattern as it is asked: whether it matches a folded block, and which words.
//!
//! Most runs ask few of the patterns, and most of those whether they match at all. So a pattern is compiled when it is
//! first asked, and first to an automaton that runs forward only: half of what a regular expression needs in time and
//! memory, which counts as there are hundreds, each with a cache. For texts of ASCII, which most are, it is one that knows
//! no other characters: classes such as `\w` have hundreds of ranges beyond.

use regex::{Regex, RegexBuilder};
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// A pattern that was checked with its pack.
pub struct Pattern {
    source: String,
    max_compiled_bytes: usize,
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

/// Why a pattern that is asked compiles.
const CHECKED: &str = "packs are compiled when they are checked";

impl Pattern {
    /// A pattern whose compiled form has at most so many bytes.
    pub fn new(source: String, max_compiled_bytes: usize) -> Pattern {
        Pattern {
            source,
            max_compiled_bytes,
            automaton: OnceLock::new(),
            ascii_automaton: OnceLock::new(),
            regex: OnceLock::new(),
        }
    }

    /// True when it matches somewhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        let automaton = self.automaton(text);
        match automaton.end(text, true) {
            Some(end) => end.is_some(),
            None => self.regex().is_match(text),
        }
    }

    /// The first match in the text.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let automaton = self.automaton(text);
        // Of a match that may begin anywhere the automaton does not know the beginning.
        let end = if automaton.anchored == Anchored::Yes { automaton.end(text, false) } else { None };
        match end {
            Some(end) => end.map(|end| &text[..end]),
            None => self.regex().find(text).map(|found| found.as_str()),
        }
    }

    /// The automaton for the text.
    fn automaton(&self, text: &str) -> &Automaton {
        match text.is_ascii() {
            true => self.ascii_automaton.get_or_init(|| Box::new(self.compiled(only_ascii))),
            false => self.automaton.get_or_init(|| Box::new(self.compiled(|hir| hir))),
        }
    }

    fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| compile(&self.source, self.max_compiled_bytes).expect(CHECKED))
    }

    fn compiled(&self, form: impl Fn(Hir) -> Hir) -> Automaton {
        let limits =
            thompson::Config::new().nfa_size_limit(Some(self.max_compiled_bytes)).which_captures(WhichCaptures::None);
        let config = DFA::config().unicode_word_boundary(true).skip_cache_capacity_check(true);
        let hir = form(regex_syntax::parse(&self.source).expect(CHECKED));
        let nfa = thompson::Compiler::new().configure(limits).build_from_hir(&hir).expect(CHECKED);
        let anchored = if nfa.is_always_start_anchored() { Anchored::Yes } else { Anchored::No };
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).expect(CHECKED);
        Automaton { dfa, caches: Mutex::default(), anchored }
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

/// What an expression says about texts of ASCII: the parser bounds how deep it is.
fn only_ascii(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.is_ascii() => Hir::literal(literal.0),
        HirKind::Literal(_) => Hir::fail(),
        HirKind::Class(Class::Unicode(mut class)) => {
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
            let bytes = class.to_byte_class();
            Hir::class(bytes.map_or(Class::Unicode(class), Class::Bytes))
        }
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordUnicodeNegate => Look::WordAsciiNegate,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
            Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
            look => look,
        }),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(only_ascii(*repetition.sub));
            Hir::repetition(Repetition { sub, ..repetition })
        }
        HirKind::Capture(capture) => only_ascii(*capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(only_ascii).collect()),
        HirKind::Alternation(choices) => Hir::alternation(choices.into_iter().map(only_ascii).collect()),
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
            (r"^(?:log|login|[^a-y]\w+)", "login now", true),
            (r"^[^a-y]\w+ é?", "zoë é ", true),
            (r"^[^a-yé]\w+ é?", "zoo e", true),
            (r"in\b|é", "login", true),
            (r"^(?:a|b)\b", "a", true),
        ] {
            assert_eq!(pattern(source).is_match(text), matches, "{source} {text}");
            let found = compile(source, 1 << 20).unwrap().find(text).map(|found| found.as_str());
            assert_eq!(pattern(source).find(text), found, "{source} {text}");
            assert_eq!(found.is_some(), matches, "{source} {text}");
        }
    }
}
