//! A pattern as it is asked: whether it matches a folded block, and which words.
//!
//! Most runs ask few of the patterns, and most of those only a few times. So a pattern is compiled when it is first asked, and
//! to a form that is searched as it stands: an automaton that is made on the way is faster for the few that are asked
//! often, but each has a cache, and a bounded one is made anew more often than it is used. For texts of ASCII, which most
//! are, the form is one that knows no other characters; most texts that have others go through it too, as patterns know few
//! of them, and the rest through one that knows these few only.

use super::forms::{Forms, STAND_INS, forms};
use super::pack::Text;
use super::stored;
use regex::{Regex, RegexBuilder};
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;
use regex_syntax::is_word_character;
use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::OnceLock;

/// A pattern that was checked with its pack.
pub struct Pattern {
    source: Text,
    max_compiled_bytes: usize,
    forms: OnceLock<Forms>,
    alphabet: OnceLock<Vec<[char; 2]>>,
    of_ascii: OnceLock<Box<Compiled>>,
    of_known: OnceLock<Option<Box<Compiled>>>,
    of_any: OnceLock<Box<Compiled>>,
}

/// A pattern in the form in which it is searched for.
struct Compiled {
    /// For most texts; it remembers where it was, a bit for each state and byte, and so takes no more time than these are.
    backtracker: BoundedBacktracker,
    /// For texts that are so long that this would be too much to remember.
    simulation: PikeVM,
    anchored: Anchored,
}

thread_local! {
    /// What a search remembers; each begins it anew.
    static REMEMBERED: RefCell<Option<backtrack::Cache>> = const { RefCell::new(None) };
}

/// Why a pattern that is asked compiles.
const CHECKED: &str = "packs are compiled when they are checked";

impl Pattern {
    /// A pattern whose compiled form has at most so many bytes; its forms are made when it is asked, unless known.
    pub fn new(source: Text, forms: Option<Forms>, max_compiled_bytes: usize) -> Pattern {
        Pattern {
            source,
            max_compiled_bytes,
            forms: forms.map_or_else(OnceLock::new, OnceLock::from),
            alphabet: OnceLock::new(),
            of_ascii: OnceLock::new(),
            of_known: OnceLock::new(),
            of_any: OnceLock::new(),
        }
    }

    /// True when it matches somewhere in the folded text.
    pub fn is_match(&self, text: &str) -> bool {
        let (seen, form) = self.form_for(text);
        form.is_match(&seen)
    }

    /// The first match in the folded text.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (seen, form) = self.form_for(text);
        // Each character has one for it.
        let place = |at: usize| {
            let passed = seen[..at].chars().count();
            text.char_indices().nth(passed).map_or(text.len(), |(at, _)| at)
        };
        let found = form.find(&seen)?;
        Some(&text[place(found.start)..place(found.end)])
    }

    /// The smallest form that can be asked about a text, and the text as it sees it.
    fn form_for<'t>(&self, text: &'t str) -> (Cow<'t, str>, &Compiled) {
        if text.is_ascii() {
            return (text.into(), self.of_ascii());
        }
        match with_stand_ins(text, self.alphabet()) {
            Some(seen) if seen.is_ascii() => (seen.into(), self.of_ascii()),
            Some(seen) => (seen.into(), self.of_known()),
            None => (text.into(), self.of_any()),
        }
    }

    fn forms(&self) -> &Forms {
        self.forms.get_or_init(|| forms(&self.source).expect(CHECKED))
    }

    /// The first and last of each range of characters that the pattern knows beyond ASCII, sorted.
    fn alphabet(&self) -> &[[char; 2]] {
        self.alphabet.get_or_init(|| {
            let bounds: Vec<char> = self.forms().alphabet.chars().collect();
            bounds.as_chunks().0.to_vec()
        })
    }

    /// The form for texts of ASCII.
    fn of_ascii(&self) -> &Compiled {
        self.of_ascii.get_or_init(|| {
            let form = stored::read(&self.forms().ascii).expect(CHECKED);
            self.compiled(&form).expect(CHECKED)
        })
    }

    /// The form for texts of ASCII and of what the pattern knows beyond; that for any text, should it be larger than the bound.
    fn of_known(&self) -> &Compiled {
        let form = || self.compiled(&stored::read(&self.forms().known).expect(CHECKED));
        match self.of_known.get_or_init(form) {
            Some(compiled) => compiled,
            None => self.of_any(),
        }
    }

    /// The form for any text.
    fn of_any(&self) -> &Compiled {
        self.of_any.get_or_init(|| {
            let whole = regex_syntax::parse(&self.source).expect(CHECKED);
            self.compiled(&whole).expect(CHECKED)
        })
    }

    /// An expression in the form that is searched for; none when it is larger than the bound.
    fn compiled(&self, hir: &Hir) -> Option<Box<Compiled>> {
        let limits = thompson::Config::new()
            .nfa_size_limit(Some(self.max_compiled_bytes))
            .which_captures(WhichCaptures::Implicit);
        let nfa = thompson::Compiler::new().configure(limits).build_from_hir(hir).ok()?;
        let anchored = if nfa.is_always_start_anchored() { Anchored::Yes } else { Anchored::No };
        let backtracker = BoundedBacktracker::new_from_nfa(nfa.clone()).ok()?;
        let simulation = PikeVM::new_from_nfa(nfa).ok()?;
        Some(Box::new(Compiled { backtracker, simulation, anchored }))
    }
}

impl Compiled {
    fn is_match(&self, text: &str) -> bool {
        let input = Input::new(text).anchored(self.anchored);
        self.remembering(|cache| self.backtracker.try_is_match(cache, input.clone()).ok())
            .unwrap_or_else(|| self.simulation.is_match(&mut self.simulation.create_cache(), input))
    }

    fn find(&self, text: &str) -> Option<Range<usize>> {
        let input = Input::new(text).anchored(self.anchored);
        let found = self
            .remembering(|cache| self.backtracker.try_find(cache, input.clone()).ok())
            .unwrap_or_else(|| self.simulation.find(&mut self.simulation.create_cache(), input));
        found.map(|found| found.range())
    }

    fn remembering<T>(&self, search: impl FnOnce(&mut backtrack::Cache) -> T) -> T {
        REMEMBERED.with_borrow_mut(|remembered| {
            let cache = remembered.get_or_insert_with(|| self.backtracker.create_cache());
            self.backtracker.reset_cache(cache);
            search(cache)
        })
    }
}

/// The text with a stand-in for each character beyond ASCII that is not of the alphabet, which is sorted; none when white
/// space is among them.
fn with_stand_ins(text: &str, alphabet: &[[char; 2]]) -> Option<String> {
    let [word, other] = STAND_INS;
    let is_known = |c: char| {
        let after = alphabet.partition_point(|[first, _]| *first <= c);
        after > 0 && c <= alphabet[after - 1][1]
    };
    let stand_in = |c: char| match c {
        c if c.is_ascii() => Some(c),
        c if c.is_whitespace() => None,
        c if is_known(c) => Some(c),
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
        Pattern::new(Text::from(source.to_owned()), None, 1 << 20)
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
            (r"größe\b.*é$", "größe: ñandú → é", true),
            (r"größe\b.*é$", "größenwahn é", false),
            (r"^[^。é]{1,9}語\b", "日本の言語 x", true),
            (r"^[^。é]{1,9}語\b", "日。言語 x", false),
            (r"ж.ж$", "ä ж→ж", true),
            (r"é\s?in", "é\u{a0}in", true),
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
