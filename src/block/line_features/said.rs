//! What the words of the lines of a page say by one table of weights: a line's own, its neighbours', the whole page's.

use super::super::columns::Columns;
use super::page::Page;
use super::{TABLES, Weighed, means, prefix};

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

    /// Adds the columns of its table, from `tokens` to `tokens-low-page`.
    pub(super) fn push(&self, rows: &mut Columns) {
        let own = rows.columns();
        rows.push(self.lines.iter().map(|own| own.score));
        rows.push(self.lines.iter().map(|own| own.size));
        [-2, -1, 1, 2].into_iter().for_each(|step| rows.push_neighbour(own, step, 0.0));
        for (from, to) in [(-1, 1), (-3, 3), (-8, 8), (-5, -1), (1, 5), (-20, -1), (1, 20)] {
            rows.push(means(&self.scores, from, to));
        }
        rows.push_same(self.mean_score);
        rows.push_same(self.mean_word_score);
        rows.push(self.lines.iter().map(|own| own.score - self.mean_score));
        rows.push_same(self.low_scores);
    }
}
