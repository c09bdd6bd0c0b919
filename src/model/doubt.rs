//! How the doubts of a text's lines are spread: what tells a text with husk in it from one that is clean.
//!
//! In go the probabilities of the lines of a text, out comes one row of numbers for the text. A clean text has lines that
//! could be husk too, a few and not very; one that holds husk has several that are nothing else, most of them at its ends.
//! Only counts, sums and quotients, so that the row is the same on every machine. Linear but for one sort.

/// The names of the values of a text, in order.
pub const NAMES: [&str; 31] = [
    "doubt",
    "doubt-words",
    "doubt-square",
    "below-5",
    "below-10",
    "below-20",
    "below-30",
    "below-50",
    "share-below-5",
    "share-below-10",
    "share-below-30",
    "share-below-50",
    "words-below-10",
    "words-below-30",
    "words-below-50",
    "lowest",
    "lowest-2",
    "lowest-3",
    "lowest-5",
    "lowest-9",
    "lowest-20th",
    "lowest-10th",
    "lowest-5th",
    "lowest-half",
    "run-below-30",
    "doubt-head",
    "doubt-tail",
    "doubt-inside",
    "ruled",
    "ruled-share",
    "judged",
];

/// Lines at the beginning and at the end of a text that are looked at apart.
const HEAD: usize = 5;
const TAIL: usize = 10;
/// Probability below which lines in a row make a run of husk.
const RUN_BELOW: f32 = 0.3;
/// Counts past this are the same.
const MANY: f32 = 1_000.0;

/// The row of a text whose lines have these probabilities and words, after rules removed so many lines of it.
pub fn row(scores: &[f32], words: &[u32], ruled: usize) -> [f32; NAMES.len()] {
    let count = scores.len().max(1) as f32;
    let all_words = words.iter().map(|&words| words as f32).sum::<f32>().max(1.0);
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let below = |bound: f32| sorted.partition_point(|score| *score < bound) as f32;
    let words_below = |bound: f32| {
        let low = scores.iter().zip(words).filter(|(score, _)| **score < bound);
        low.map(|(_, &words)| words as f32).sum::<f32>() / all_words
    };
    let lowest = |place: usize| sorted.get(place).copied().unwrap_or(1.0);
    let doubt = |scores: &[f32]| scores.iter().map(|p| 1.0 - p).sum::<f32>() / scores.len().max(1) as f32;
    let by_words = scores.iter().zip(words).map(|(p, &words)| (1.0 - p) * words as f32).sum::<f32>();
    let (mut run, mut longest) = (0usize, 0usize);
    for score in scores {
        run = if *score < RUN_BELOW { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let tail = scores.len().saturating_sub(TAIL);
    let inside = &scores[HEAD.min(tail)..tail];
    [
        doubt(scores),
        by_words / all_words,
        scores.iter().map(|p| (1.0 - p) * (1.0 - p)).sum::<f32>() / count,
        below(0.05).min(MANY),
        below(0.1).min(MANY),
        below(0.2).min(MANY),
        below(0.3).min(MANY),
        below(0.5).min(MANY),
        below(0.05) / count,
        below(0.1) / count,
        below(0.3) / count,
        below(0.5) / count,
        words_below(0.1),
        words_below(0.3),
        words_below(0.5),
        lowest(0),
        lowest(1),
        lowest(2),
        lowest(4),
        lowest(8),
        lowest(scores.len() / 20),
        lowest(scores.len() / 10),
        lowest(scores.len() / 5),
        lowest(scores.len() / 2),
        (longest as f32).min(MANY),
        doubt(&scores[..HEAD.min(scores.len())]),
        doubt(&scores[tail..]),
        doubt(inside),
        (ruled as f32).min(MANY),
        ruled as f32 / count,
        count.min(MANY),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(row: &[f32], name: &str) -> f32 {
        row[NAMES.iter().position(|other| *other == name).expect("a name of a value")]
    }

    #[test]
    fn husk_at_the_end_is_counted_weighed_and_found() {
        let mut scores = [0.9; 40];
        scores[36..].copy_from_slice(&[0.25, 0.04, 0.06, 0.2]);
        let row = row(&scores, &[10; 40], 2);
        assert_eq!((value(&row, "below-5"), value(&row, "below-10"), value(&row, "below-30")), (1.0, 2.0, 4.0));
        assert_eq!((value(&row, "share-below-10"), value(&row, "words-below-10")), (0.05, 0.05));
        assert_eq!((value(&row, "lowest"), value(&row, "lowest-2"), value(&row, "lowest-9")), (0.04, 0.06, 0.9));
        assert_eq!((value(&row, "run-below-30"), value(&row, "ruled"), value(&row, "ruled-share")), (4.0, 2.0, 0.05));
        assert!(value(&row, "doubt-tail") > 4.0 * value(&row, "doubt-head"));
        assert!((value(&row, "doubt-inside") - 0.1).abs() < 1e-6);
    }

    #[test]
    fn short_texts_have_numbers_too() {
        for count in 0..12 {
            assert!(row(&vec![0.5; count], &vec![0; count], 0).iter().all(|value| value.is_finite()));
        }
    }
}
