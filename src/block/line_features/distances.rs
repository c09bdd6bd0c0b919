//! How far a line of a page is from its ends, its long lines, its sentences and its dates.

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

    pub(super) fn of(&self, at: usize) -> [f32; 6] {
        let in_thread = is(self.in_thread[at]);
        [in_thread, self.in_thread_share, self.count, self.share, self.since[at], self.until[at]]
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

    pub(super) fn of(&self, page: &Page<'_>, at: usize) -> [f32; 11] {
        let count = page.alive.len();
        let all_long = self.long_words[count].max(1.0);
        [
            at as f32 / count as f32,
            page.words[at] / page.words[count].max(1.0),
            (at as f32).min(MANY),
            ((count - 1 - at) as f32).min(MANY),
            self.since_long[at],
            self.until_long[at],
            self.since_sentence[at],
            self.until_sentence[at],
            self.long_words[at] / all_long,
            (self.long_words[count] - self.long_words[at + 1]) / all_long,
            self.words_since_long[at],
        ]
    }
}
