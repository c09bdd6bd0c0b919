//! What the words of the lines of a page say by one table of weights: a line's own, its neighbours', the whole page's.

use super::page::Page;
use super::{TABLES, Weighed, mean, mean_after, mean_before, prefix};

/// What the words say by one table.
pub(super) struct Said {
    lines: Vec<Weighed>,
    /// Sums of the scores before each line.
    scores: Vec<f32>,
    /// The mean score of the lines, and of the words.
    mean_score: f32,
    mean_word_score: f32,
    /// The share of lines that score below zero.
    low_scores: f32,
}

impl Said {
    /// What they say by the table with the number `table`.
    pub(super) fn new(page: &Page<'_>, weighed: &[[Weighed; TABLES]], table: usize) -> Said {
        let lines: Vec<Weighed> = page.alive.iter().map(|&at| weighed[at as usize][table]).collect();
        let scores = prefix(lines.iter().map(|weighed| weighed.score));
        let by_words = prefix(lines.iter().zip(page.items()).map(|(weighed, line)| weighed.score * line.words as f32));
        let count = lines.len();
        let low = lines.iter().filter(|weighed| weighed.score < 0.0).count();
        Said {
            mean_score: scores[count] / count.max(1) as f32,
            mean_word_score: by_words[count] / page.words[count].max(1.0),
            low_scores: low as f32 / count.max(1) as f32,
            lines,
            scores,
        }
    }

    pub(super) fn of(&self, at: usize) -> [f32; 17] {
        let own = self.lines[at];
        let neighbour = |step: isize| {
            let place = at.checked_add_signed(step);
            place.and_then(|place| self.lines.get(place)).map_or(0.0, |weighed| weighed.score)
        };
        [
            own.score,
            own.size,
            neighbour(-2),
            neighbour(-1),
            neighbour(1),
            neighbour(2),
            mean(&self.scores, at, 1, 1),
            mean(&self.scores, at, 3, 3),
            mean(&self.scores, at, 8, 8),
            mean_before(&self.scores, at, 5),
            mean_after(&self.scores, at, 5),
            mean_before(&self.scores, at, 20),
            mean_after(&self.scores, at, 20),
            self.mean_score,
            self.mean_word_score,
            own.score - self.mean_score,
            self.low_scores,
        ]
    }
}
