//! The lines of a page that are still there, and what stands around each: neighbours, windows, statistics of the whole.

use super::copies::Copies;
use super::{Line, Lines, MANY, Weighed, is, mean, prefix, share};

/// Lines at either end of a page that its statistics look at.
const END_LINES: usize = 10;

/// The lines that are there, in order, with the sums that windows are made of.
pub(super) struct Page<'l> {
    pub(super) lines: &'l Lines,
    pub(super) alive: &'l [u32],
    weighed: &'l [Weighed],
    pub(super) words: Vec<f32>,
    sentence_words: Vec<f32>,
    ended: Vec<f32>,
    short: Vec<f32>,
    scores: Vec<f32>,
    /// The mean score of the lines, and of the words.
    mean_score: f32,
    mean_word_score: f32,
    /// The share of lines that score below zero.
    low_scores: f32,
}

impl<'l> Page<'l> {
    pub(super) fn new(lines: &'l Lines, alive: &'l [u32], weighed: &'l [Weighed]) -> Self {
        let items = || alive.iter().map(|&at| &lines.items[at as usize]);
        let score = |at: &u32| weighed.get(*at as usize).map_or(0.0, |weighed| weighed.score);
        let scores = prefix(alive.iter().map(score));
        let words = prefix(items().map(|line| line.words as f32));
        let by_words = prefix(alive.iter().map(|at| score(at) * lines.items[*at as usize].words as f32));
        let count = alive.len().max(1) as f32;
        let low = alive.iter().filter(|at| score(at) < 0.0).count();
        Page {
            mean_score: scores[alive.len()] / count,
            mean_word_score: by_words[alive.len()] / words[alive.len()].max(1.0),
            low_scores: low as f32 / count,
            sentence_words: prefix(items().map(|line| line.sentence_words() as f32)),
            ended: prefix(items().map(|line| is(line.shape.ended))),
            short: prefix(items().map(|line| is(line.is_short()))),
            lines,
            alive,
            weighed,
            words,
            scores,
        }
    }

    pub(super) fn line(&self, at: usize) -> &'l Line {
        &self.lines.items[self.alive[at] as usize]
    }

    pub(super) fn weighed(&self, at: usize) -> Weighed {
        self.weighed.get(self.alive[at] as usize).copied().unwrap_or_default()
    }

    pub(super) fn items(&self) -> impl DoubleEndedIterator<Item = &'l Line> + '_ {
        self.alive.iter().map(|&at| &self.lines.items[at as usize])
    }

    pub(super) fn neighbours(&self, at: usize) -> [f32; 16] {
        let mut row = [0.0; 16];
        let mut next = row.iter_mut();
        for step in [-2isize, -1, 1, 2] {
            let place = at.checked_add_signed(step).filter(|&place| place < self.alive.len());
            let line = place.map(|place| self.line(place));
            let mut push = |value: Option<f32>, absent: f32| {
                *next.next().expect("two far neighbours have three values, two near ones five") =
                    value.unwrap_or(absent);
            };
            push(line.map(|line| line.words as f32), -1.0);
            push(line.map(|line| is(line.shape.ended)), -1.0);
            push(place.map(|place| self.weighed(place).score), 0.0);
            if step.abs() == 1 {
                push(line.map(|line| share(line.shape.titles, line.shape.tokens)), -1.0);
                push(line.map(|line| share(line.shape.digits, line.shape.letters + line.shape.digits)), -1.0);
            }
        }
        row
    }

    pub(super) fn windows(&self, at: usize) -> [f32; 15] {
        // A window on one side does not hold the line itself.
        let before = |sums: &[f32], reach: usize| if at == 0 { 0.0 } else { mean(sums, at - 1, reach - 1, 0) };
        let after = |sums: &[f32], reach: usize| {
            if at + 1 < self.alive.len() { mean(sums, at + 1, 0, reach - 1) } else { 0.0 }
        };
        [
            mean(&self.words, at, 3, 3),
            mean(&self.words, at, 8, 8),
            mean(&self.words, at, 20, 20),
            mean(&self.sentence_words, at, 3, 3),
            mean(&self.sentence_words, at, 8, 8),
            mean(&self.sentence_words, at, 20, 20),
            before(&self.sentence_words, 5),
            after(&self.sentence_words, 5),
            before(&self.sentence_words, 20),
            after(&self.sentence_words, 20),
            mean(&self.ended, at, 3, 3),
            mean(&self.ended, at, 8, 8),
            mean(&self.short, at, 3, 3),
            mean(&self.short, at, 8, 8),
            mean(&self.short, at, 20, 20),
        ]
    }

    pub(super) fn tokens(&self, at: usize) -> [f32; 13] {
        let own = self.weighed(at);
        let before = |reach: usize| if at == 0 { 0.0 } else { mean(&self.scores, at - 1, reach - 1, 0) };
        let after = |reach: usize| {
            if at + 1 < self.alive.len() { mean(&self.scores, at + 1, 0, reach - 1) } else { 0.0 }
        };
        [
            own.score,
            own.size,
            mean(&self.scores, at, 1, 1),
            mean(&self.scores, at, 3, 3),
            mean(&self.scores, at, 8, 8),
            before(5),
            after(5),
            before(20),
            after(20),
            self.mean_score,
            self.mean_word_score,
            own.score - self.mean_score,
            self.low_scores,
        ]
    }

    pub(super) fn statistics(&self, copies: &Copies) -> [f32; 17] {
        let count = self.alive.len();
        let whole = count.max(1) as f32;
        let sum = |value: fn(&Line) -> u32| self.items().map(|line| f64::from(value(line))).sum::<f64>() as f32;
        let words = self.words[count];
        let tokens = sum(|line| line.shape.tokens).max(1.0);
        let letters = sum(|line| line.shape.letters + line.shape.digits).max(1.0);
        let sentences = |from: usize, to: usize| {
            (self.sentence_words[to] - self.sentence_words[from]) / (self.words[to] - self.words[from]).max(1.0)
        };
        [
            whole.min(MANY),
            words,
            words / whole,
            sentences(0, count),
            self.short[count] / whole,
            sum(|line| u32::from(line.is_long())),
            self.ended[count] / whole,
            copies.share(),
            sum(|line| line.shape.digits) / letters,
            sum(|line| line.shape.titles) / tokens,
            sum(|line| line.shape.dense) / letters,
            sum(|line| line.shape.separators) / tokens,
            sum(|line| line.shape.questions) / whole,
            self.items().map(|line| line.words).max().unwrap_or_default() as f32,
            sentences(0, END_LINES.min(count)),
            sentences(count.saturating_sub(END_LINES), count),
            sum(|line| if line.is_long() { line.words } else { 0 }) / words.max(1.0),
        ]
    }

    /// What the page is like before its first and after its last long line, and at its ends.
    pub(super) fn ends(&self) -> [f32; 9] {
        let count = self.alive.len();
        let first = (0..count).find(|&at| self.line(at).is_long()).unwrap_or(count);
        let last = (0..count).rev().find(|&at| self.line(at).is_long()).map_or(count, |at| at + 1);
        let (mut run, mut longest, mut in_runs) = (0usize, 0usize, 0usize);
        const RUN: usize = 5;
        for line in self.items() {
            run = if line.is_short() { run + 1 } else { 0 };
            longest = longest.max(run);
            in_runs += match run {
                RUN => RUN,
                run if run > RUN => 1,
                _ => 0,
            };
        }
        let whole = count.max(1) as f32;
        let tail = count.saturating_sub(END_LINES);
        let head = END_LINES.min(count);
        [
            (longest as f32).min(MANY),
            in_runs as f32 / whole,
            (first as f32).min(MANY),
            ((count - last) as f32).min(MANY),
            self.words[first] / self.words[count].max(1.0),
            (self.words[count] - self.words[last]) / self.words[count].max(1.0),
            self.short[head] / head.max(1) as f32,
            (self.short[count] - self.short[tail]) / (count - tail).max(1) as f32,
            (self.words[count] - self.words[tail]) / (count - tail).max(1) as f32,
        ]
    }
}
