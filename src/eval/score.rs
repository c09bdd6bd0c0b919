//! One text against its gold: words, shingles and lines in common.
//!
//! Words are scored as WCXB does: multisets of lower-cased words, F1 of a page, mean over pages. Shingles are those of
//! Zyte's article-extraction-benchmark (`evaluate.py`): multisets of four words in a row with their case, a text of
//! fewer words being one shingle. A word is a run of letters, digits and `_`, as Python's `\w+` has it: marks that
//! combine with a letter end it.

use super::label::Label;
use super::lines;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::LazyLock;

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{L}\p{N}_]+").expect("the pattern is fixed"));

/// Words in a row that make a shingle.
const SHINGLE_WORDS: usize = 4;

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<&str> {
    WORD.find_iter(text).map(|word| word.as_str()).collect()
}

/// Two multisets: what they share and what each of them holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// What both hold, copies counted.
    pub shared: usize,
    /// What the text holds.
    pub found: usize,
    /// What the gold holds.
    pub wanted: usize,
}

impl Overlap {
    fn of<T: Eq + Hash>(found: impl Iterator<Item = T>, wanted: impl Iterator<Item = T>) -> Overlap {
        let mut counts: HashMap<T, usize> = HashMap::new();
        let mut overlap = Overlap::default();
        for item in wanted {
            overlap.wanted += 1;
            *counts.entry(item).or_default() += 1;
        }
        for item in found {
            overlap.found += 1;
            if let Some(count) = counts.get_mut(&item).filter(|count| **count > 0) {
                *count -= 1;
                overlap.shared += 1;
            }
        }
        overlap
    }

    /// The overlap in lower-cased words.
    pub fn of_words(text: &str, gold: &str) -> Overlap {
        let (text, gold) = (text.to_lowercase(), gold.to_lowercase());
        Overlap::of(words(&text).into_iter(), words(&gold).into_iter())
    }

    /// The overlap in shingles.
    pub fn of_shingles(text: &str, gold: &str) -> Overlap {
        let (text, gold) = (words(text), words(gold));
        Overlap::of(shingles(&text), shingles(&gold))
    }

    /// The share of what was found that is wanted; 1 when both are empty, 0 when one is.
    pub fn precision(self) -> f64 {
        self.share(self.found)
    }

    /// The share of what is wanted that was found; 1 when both are empty, 0 when one is.
    pub fn recall(self) -> f64 {
        self.share(self.wanted)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(self) -> f64 {
        match self.found + self.wanted {
            0 => 1.0,
            all => 2.0 * self.shared as f64 / all as f64,
        }
    }

    fn share(self, whole: usize) -> f64 {
        match (self.found, self.wanted) {
            (0, 0) => 1.0,
            (0, _) | (_, 0) => 0.0,
            _ => self.shared as f64 / whole as f64,
        }
    }
}

fn shingles<'a>(words: &'a [&'a str]) -> impl Iterator<Item = &'a [&'a str]> {
    let short = (1..SHINGLE_WORDS).contains(&words.len()).then_some(words);
    short.into_iter().chain(words.windows(SHINGLE_WORDS))
}

/// What was made of a page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Candidate<'a> {
    /// The text.
    pub text: &'a str,
    /// Pieces of the page that are not in the text, when they are known.
    pub removed: Option<&'a [String]>,
}

/// What the text of one page is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageScore {
    /// The id of the page in the gold.
    pub id: String,
    /// The page type, when the gold has one.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Word precision.
    pub precision: f64,
    /// Word recall.
    pub recall: f64,
    /// Word F1.
    pub f1: f64,
    /// The words that text and gold share.
    pub words: Overlap,
    /// The shingles that text and gold share.
    pub shingles: Overlap,
    /// Lines of the gold.
    pub lines: usize,
    /// Lines of the gold that the text holds neither as a line nor as a part of it.
    pub lines_lost: usize,
    /// Lines of the page that are husk, where the page or marks in the gold say which.
    pub husk: Option<usize>,
    /// Husk that the text still holds.
    pub husk_left: usize,
    /// True when there was no text for this page: it counts as empty.
    pub missing: bool,
}

impl PageScore {
    /// Scores what was made of the page `id`; `None` is a page of which nothing was made.
    pub fn new(id: &str, candidate: Option<Candidate<'_>>, label: &Label) -> PageScore {
        let missing = candidate.is_none();
        let candidate = candidate.unwrap_or_default();
        let words = Overlap::of_words(candidate.text, &label.text);
        let (husk, husk_left) = match &label.husk {
            Some(marked) => (Some(marked.len()), lines::marked_left(marked, &label.text, candidate.text)),
            None => lines::husk_left(candidate, &label.text),
        };
        PageScore {
            id: id.to_owned(),
            kind: label.kind.clone(),
            precision: words.precision(),
            recall: words.recall(),
            f1: words.f1(),
            words,
            shingles: Overlap::of_shingles(candidate.text, &label.text),
            lines: lines::count(&label.text),
            lines_lost: lines::lost(&label.text, candidate.text),
            husk,
            husk_left,
            missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_with_their_copies_and_without_their_case() {
        // Found: the, cat, the; wanted: The, dog, the, CAT, sat. Shared: the twice, cat once.
        let overlap = Overlap::of_words("the cat, the", "The dog the CAT sat");
        assert_eq!(overlap, Overlap { shared: 3, found: 3, wanted: 5 });
        assert_eq!((overlap.precision(), overlap.recall(), overlap.f1()), (1.0, 0.6, 0.75));
    }

    #[test]
    fn two_empty_texts_agree_and_one_does_not() {
        assert_eq!(Overlap::of_words("", "...").f1(), 1.0);
        for (text, gold) in [("", "word"), ("word", "")] {
            let overlap = Overlap::of_words(text, gold);
            assert_eq!((overlap.precision(), overlap.recall(), overlap.f1()), (0.0, 0.0, 0.0));
        }
    }

    #[test]
    fn a_word_is_letters_digits_and_underscores() {
        assert_eq!(words("don't x_1 naïve-2² 東京。"), ["don", "t", "x_1", "naïve", "2²", "東京"]);
        // As in Python: a vowel sign is a mark and no letter.
        assert_eq!(words("कि"), ["क"]);
    }

    #[test]
    fn shingles_are_four_words_with_their_case() {
        // Found: a-b-c-d, b-c-d-e; wanted: a-b-c-d, b-c-d-E.
        let overlap = Overlap::of_shingles("a b c d e", "a b, c d E");
        assert_eq!(overlap, Overlap { shared: 1, found: 2, wanted: 2 });
    }

    #[test]
    fn a_text_of_fewer_words_is_one_shingle() {
        assert_eq!(Overlap::of_shingles("a b", "a b"), Overlap { shared: 1, found: 1, wanted: 1 });
        assert_eq!(Overlap::of_shingles("", "a b c d e"), Overlap { shared: 0, found: 0, wanted: 2 });
    }

    #[test]
    fn a_page_without_a_text_counts_as_empty() {
        let score = PageScore::new("a", None, &Label::of_text("One line.\nAnother."));
        assert!(score.missing);
        assert_eq!((score.f1, score.lines, score.lines_lost, score.husk, score.husk_left), (0.0, 2, 2, None, 0));
    }
}
