//! The lines of a page that are still there, and what stands around each: neighbours, windows, statistics of the whole.

use super::super::columns::Columns;
use super::copies::Copies;
use super::{Line, Lines, MANY, NAMES, is, means, prefix};

/// Lines at either end of a page that its statistics look at.
const END_LINES: usize = 10;

/// The lines that are there, in order, with the sums that windows are made of.
pub(super) struct Page<'l> {
    pub(super) lines: &'l Lines,
    pub(super) alive: &'l [u32],
    pub(super) words: Vec<f32>,
    sentence_words: Vec<f32>,
    ended: Vec<f32>,
    short: Vec<f32>,
}

impl<'l> Page<'l> {
    pub(super) fn new(lines: &'l Lines, alive: &'l [u32]) -> Self {
        let items = || alive.iter().map(|&at| &lines.items[at as usize]);
        Page {
            words: prefix(items().map(|line| line.words as f32)),
            sentence_words: prefix(items().map(|line| line.sentence_words() as f32)),
            ended: prefix(items().map(|line| is(line.shape.ended))),
            short: prefix(items().map(|line| is(line.is_short()))),
            lines,
            alive,
        }
    }

    pub(super) fn line(&self, at: usize) -> &'l Line {
        &self.lines.items[self.alive[at] as usize]
    }

    pub(super) fn items(&self) -> impl ExactSizeIterator<Item = &'l Line> + '_ {
        self.alive.iter().map(|&at| &self.lines.items[at as usize])
    }

    /// Adds the columns from `before-2-words` to `after-2-ended`, which are those of the lines alone moved.
    pub(super) fn push_neighbours(&self, rows: &mut Columns) {
        let column = |name: &str| NAMES.iter().position(|other| *other == name).expect("a feature of the line alone");
        let [words, ended, titles, digits] = ["words", "ended", "title-words", "digits"].map(column);
        for step in [-2isize, -1, 1, 2] {
            let values: &[usize] = if step.abs() == 1 { &[words, ended, titles, digits] } else { &[words, ended] };
            values.iter().for_each(|&column| rows.push_neighbour(column, step, -1.0));
        }
    }

    /// Adds the columns from `words-near-3` to `short-near-20`.
    pub(super) fn push_windows(&self, rows: &mut Columns) {
        let mut push = |sums: &[f32], windows: &[(isize, isize)]| {
            windows.iter().for_each(|&(from, to)| rows.push(means(sums, from, to)));
        };
        push(&self.words, &[(-3, 3), (-8, 8), (-20, 20)]);
        push(&self.sentence_words, &[(-3, 3), (-8, 8), (-20, 20), (-5, -1), (1, 5), (-20, -1), (1, 20)]);
        push(&self.ended, &[(-3, 3), (-8, 8)]);
        push(&self.short, &[(-3, 3), (-8, 8), (-20, 20)]);
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

    /// The row of the page: its statistics, and what its ends are like.
    pub(super) fn row(&self, statistics: &[f32]) -> Vec<f32> {
        [statistics, &self.ends()].concat()
    }

    /// What the page is like before its first and after its last long line, and at its ends.
    fn ends(&self) -> [f32; 9] {
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
