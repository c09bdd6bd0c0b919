//! How far a line of a page is from its ends, its long lines, its sentences and its dates.

use super::super::columns::Columns;
use super::page::Page;
use super::threads::Stamps;
use super::{FAR, Line, Lines, MANY, is, prefix};

/// Lines from each line to the mark before it, or after it, that is nearest.
fn steps(count: usize, is_mark: impl Fn(usize) -> bool, backward: bool) -> Vec<f32> {
    let mut found = vec![FAR; count];
    let mut distance = FAR;
    let mut step = |at: usize| {
        found[at] = distance;
        distance = if is_mark(at) { 1.0 } else { (distance + 1.0).min(FAR) };
    };
    match backward {
        true => (0..count).rev().for_each(&mut step),
        false => (0..count).for_each(&mut step),
    }
    found
}

/// The lines that say when something was written: posts of a thread have them, and so have lists of links.
pub(super) struct Dated {
    in_thread: Vec<bool>,
    in_thread_share: f32,
    count: f32,
    share: f32,
    since: Vec<f32>,
    until: Vec<f32>,
}

impl Dated {
    pub(super) fn new(lines: &Lines, alive: &[u32]) -> Self {
        let Stamps { is_stamp, in_thread } = Stamps::of(lines, alive);
        let of_page = |marks: &[bool]| marks.iter().filter(|mark| **mark).count() as f32 / marks.len().max(1) as f32;
        Dated {
            in_thread_share: of_page(&in_thread),
            count: (is_stamp.iter().filter(|is_stamp| **is_stamp).count() as f32).min(MANY),
            share: of_page(&is_stamp),
            since: steps(is_stamp.len(), |at| is_stamp[at], false),
            until: steps(is_stamp.len(), |at| is_stamp[at], true),
            in_thread,
        }
    }

    /// Adds the columns from `in-thread` to `until-stamp`.
    pub(super) fn push(&self, rows: &mut Columns) {
        rows.push(self.in_thread.iter().map(|in_thread| is(*in_thread)));
        rows.push_same(self.in_thread_share);
        rows.push_same(self.count);
        rows.push_same(self.share);
        rows.push(self.since.iter().copied());
        rows.push(self.until.iter().copied());
    }
}

/// Lines to the next long line and the next sentence on either side.
pub(super) struct Distances {
    since_long: Vec<f32>,
    until_long: Vec<f32>,
    since_sentence: Vec<f32>,
    until_sentence: Vec<f32>,
    words_since_long: Vec<f32>,
    /// Words of long lines before each place.
    long_words: Vec<f32>,
}

impl Distances {
    pub(super) fn new(page: &Page<'_>) -> Self {
        let walk =
            |is_mark: fn(&Line) -> bool, backward: bool| steps(page.alive.len(), |at| is_mark(page.line(at)), backward);
        let mut since = 0.0;
        let words_since_long = page.items().map(|line| {
            let before = since;
            since = if line.is_long() { 0.0 } else { since + line.words as f32 };
            before
        });
        Distances {
            words_since_long: words_since_long.collect(),
            since_long: walk(Line::is_long, false),
            until_long: walk(Line::is_long, true),
            since_sentence: walk(Line::is_sentence, false),
            until_sentence: walk(Line::is_sentence, true),
            long_words: prefix(page.items().map(|line| if line.is_long() { line.words as f32 } else { 0.0 })),
        }
    }

    /// Adds the columns from `place` to `words-since-long`.
    pub(super) fn push(&self, page: &Page<'_>, rows: &mut Columns) {
        let count = page.alive.len();
        let (all_words, all_long) = (page.words[count].max(1.0), self.long_words[count].max(1.0));
        rows.push((0..count).map(|at| at as f32 / count as f32));
        rows.push(page.words[..count].iter().map(|words| words / all_words));
        rows.push((0..count).map(|at| (at as f32).min(MANY)));
        rows.push((0..count).map(|at| ((count - 1 - at) as f32).min(MANY)));
        for steps in [&self.since_long, &self.until_long, &self.since_sentence, &self.until_sentence] {
            rows.push(steps.iter().copied());
        }
        rows.push(self.long_words[..count].iter().map(|before| before / all_long));
        rows.push(self.long_words[1..].iter().map(|before| (self.long_words[count] - before) / all_long));
        rows.push(self.words_since_long.iter().copied());
    }
}
