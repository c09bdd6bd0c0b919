//! Lines: which of the gold's are lost, which husk is left.
//!
//! Lines are compared after white space is squeezed, and counted: a second copy of a line is a line of its own. A line
//! that a text holds as a part of it is held, so that joining lines is no loss. Every part is looked for in one pass.

use super::label::Husk;
use super::score::{Candidate, words};
use aho_corasick::AhoCorasick;
use std::collections::HashMap;

/// Words from which half of a glued line is enough to say that it is left.
const MIN_HALF_WORDS: usize = 3;

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines of a text that are not blank, squeezed.
fn squeezed_lines(text: &str) -> impl Iterator<Item = String> {
    text.split('\n').map(squeeze).filter(|line| !line.is_empty())
}

/// The lines of a text that are not blank.
pub(super) fn count(text: &str) -> usize {
    text.split('\n').filter(|line| !line.trim().is_empty()).count()
}

fn counts(lines: impl Iterator<Item = String>) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for line in lines {
        *counts.entry(line).or_default() += 1;
    }
    counts
}

/// How often each part stands in a text, copies that overlap counted once.
fn occurrences(parts: &[&str], text: &str) -> Vec<usize> {
    let mut found = vec![(0, 0); parts.len()];
    // Parts that are too many to build an automaton of are as good as absent.
    if let Ok(automaton) = AhoCorasick::new(parts) {
        for hit in automaton.find_overlapping_iter(text) {
            let (count, free_from) = &mut found[hit.pattern().as_usize()];
            if hit.start() >= *free_from {
                *count += 1;
                *free_from = hit.end();
            }
        }
    }
    found.into_iter().map(|(count, _)| count).collect()
}

/// Lines of the gold that the text holds neither as a line nor as a part of it.
pub(super) fn lost(gold: &str, text: &str) -> usize {
    let have = counts(squeezed_lines(text));
    let wanted = counts(squeezed_lines(gold));
    let missing: Vec<(&str, usize, usize)> = wanted
        .iter()
        .map(|(line, &wanted)| (line.as_str(), wanted, wanted.saturating_sub(have.get(line).copied().unwrap_or(0))))
        .filter(|(_, _, missing)| *missing > 0)
        .collect();
    let parts: Vec<&str> = missing.iter().map(|(line, _, _)| *line).collect();
    let stands = occurrences(&parts, &squeeze(text));
    missing.iter().zip(stands).map(|((_, wanted, missing), stands)| (*missing).min(wanted.saturating_sub(stands))).sum()
}

/// Marked husk that the text still holds, copies beyond those of the gold counted. Of a glued line one half is enough.
pub(super) fn marked_left(husk: &[Husk], gold: &str, text: &str) -> usize {
    let mut have = counts(squeezed_lines(text));
    for line in squeezed_lines(gold) {
        if let Some(count) = have.get_mut(&line) {
            *count = count.saturating_sub(1);
        }
    }
    let flat = squeeze(text);
    let kept: Vec<String> = squeezed_lines(gold).collect();
    let kept = kept.join("\n");
    let half_stands = |half: &String| {
        let half = squeeze(half);
        words(&half).len() >= MIN_HALF_WORDS && flat.contains(&half) && !kept.contains(&half)
    };
    let mut is_left = |line: &Husk| {
        let text = squeeze(&line.text);
        if let Some(count) = have.get_mut(&text).filter(|count| **count > 0) {
            *count -= 1;
            return true;
        }
        !line.glued.is_empty() && (flat.contains(&text) || line.glued.iter().any(half_stands))
    };
    husk.iter().map(|line| usize::from(is_left(line))).sum()
}

/// Husk of the page and husk that is left, where the gold marks none: lines with words that the gold does not hold.
/// Without the pieces that were removed nobody knows how much husk there was.
pub(super) fn husk_left(candidate: Candidate<'_>, gold: &str) -> (Option<usize>, usize) {
    let with_words = |line: &String| !words(line).is_empty();
    let kept: Vec<String> = squeezed_lines(candidate.text).filter(with_words).collect();
    let removed = candidate.removed.unwrap_or_default();
    let removed: Vec<String> = removed.iter().flat_map(|piece| squeezed_lines(piece)).filter(with_words).collect();
    let mut stands: HashMap<&str, usize> = HashMap::new();
    let mut parts: Vec<&str> = kept.iter().chain(&removed).map(String::as_str).collect();
    parts.sort_unstable();
    parts.dedup();
    stands.extend(parts.iter().copied().zip(occurrences(&parts, &squeeze(gold))));
    // What the text has of the gold is taken first; a removed line that is left over then is a line lost and no husk.
    let mut is_husk = |line: &&String| match stands.get_mut(line.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    let left = kept.iter().filter(&mut is_husk).count();
    let gone = removed.iter().filter(&mut is_husk).count();
    (candidate.removed.map(|_| left + gone), left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_joined_to_another_is_not_lost() {
        let gold = "One.\nTwo  words.\n\nThree.";
        assert_eq!(lost(gold, "One. Two words.\nThree."), 0);
        assert_eq!(lost(gold, "One.\nThree."), 1);
        assert_eq!(lost(gold, ""), 3);
    }

    #[test]
    fn a_copy_that_went_is_lost() {
        assert_eq!(lost("Pros\na\nPros\nb", "Pros\na\nb"), 1);
        assert_eq!(lost("Pros\na\nPros\nb", "Pros a Pros b"), 0);
    }

    #[test]
    fn parts_that_overlap_count_once() {
        assert_eq!(occurrences(&["aa", "b"], "aaa b aa"), [2, 1]);
    }

    fn marked(text: &str, glued: &[&str]) -> Husk {
        Husk { text: text.to_owned(), glued: glued.iter().map(|half| (*half).to_owned()).collect() }
    }

    #[test]
    fn marked_husk_is_left_when_its_line_is() {
        let husk = [marked("Share", &[]), marked("Menu", &[]), marked("Text", &[])];
        // "Text" is a line of the gold too: one copy is the gold's.
        assert_eq!(marked_left(&husk, "Text", "Text\nShare"), 1);
        assert_eq!(marked_left(&husk, "Text", "Text\nText\nShare"), 2);
        assert_eq!(marked_left(&husk, "Text", "Text, share"), 0);
    }

    #[test]
    fn a_glued_line_is_left_when_one_half_is() {
        let glued = ["Please log in now", "Refresh"];
        let husk = [marked("Please log in nowRefresh", &glued)];
        assert_eq!(marked_left(&husk, "Text", "Text\nPlease log in now"), 1);
        // One word may stand anywhere.
        assert_eq!(marked_left(&husk, "Text", "Text\nRefresh"), 0);
        assert_eq!(marked_left(&husk, "Please log in now, she said", "Please log in now, she said"), 0);
    }

    #[test]
    fn unmarked_husk_is_what_the_gold_does_not_hold() {
        let removed = ["Menu\nShare".to_owned(), "Last line.".to_owned()];
        let candidate = Candidate { text: "First line.\nSubscribe\n* * *\n", removed: Some(&removed) };
        // "Last line." is lost and no husk; "* * *" has no word.
        assert_eq!(husk_left(candidate, "First line. Last line."), (Some(3), 1));
        assert_eq!(husk_left(Candidate { removed: None, ..candidate }, "First line."), (None, 1));
    }

    #[test]
    fn a_second_copy_of_a_line_is_husk() {
        let candidate = Candidate { text: "Photo: Jane\nText.\nPhoto: Jane", removed: Some(&[]) };
        assert_eq!(husk_left(candidate, "Photo: Jane\nText."), (Some(1), 1));
    }
}
