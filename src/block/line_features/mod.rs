//! What tells the lines of an article from the lines around them: one row of numbers for each line of a text.
//!
//! One definition for training and serving: [`NAMES`] gives the order, [`Lines::look`] the values. [`Lines::read`]
//! looks at each character once; rows are made of the lines that are still there, so that a page is judged again as it
//! will be written. Linear in the lines; windows are differences of prefix sums. Values are counts, shares and means:
//! a tree asks only which is larger.

mod copies;
mod distances;
mod overlap;
mod page;
mod said;
mod threads;
pub mod tokens;

use super::Blocks;
use super::columns::Columns;
use copies::Copies;
use distances::{Dated, Distances};
use page::Page;
use said::Said;
use tokens::{Begins, Shape};

/// Features of a line.
pub const COUNT: usize = NAMES.len();

/// The names of the values in a row, in order.
pub const NAMES: [&str; 138] = [
    // The line alone.
    "words",
    "chars",
    "word-length",
    "longest-word",
    "short-words",
    "distinct-words",
    "ended",
    "ends-colon",
    "ends-ellipsis",
    "questions",
    "exclaims",
    "sentences",
    "commas",
    "begins-capital",
    "begins-small",
    "begins-digit",
    "begins-mark",
    "capitals",
    "title-words",
    "upper-words",
    "digits",
    "numbers",
    "separators",
    "addresses",
    "currency",
    "brackets",
    "colons",
    "signs",
    "copyright",
    "years",
    "times",
    "dense",
    // The same line, form or opening elsewhere on the page.
    "copies",
    "is-copy",
    "copy-distance",
    "form-copies",
    "opening-copies",
    // Its words elsewhere on the page.
    "in-body",
    "in-body-all",
    "in-page",
    "in-head",
    "body-count",
    "in-body-near-3",
    // Its place.
    "place",
    "place-words",
    "from-start",
    "from-end",
    "since-long",
    "until-long",
    "since-sentence",
    "until-sentence",
    "long-before",
    "long-after",
    "words-since-long",
    // Lines that say when something was written, as between the posts of a thread.
    "in-thread",
    "in-thread-page",
    "stamps",
    "stamps-page",
    "since-stamp",
    "until-stamp",
    // Its neighbours.
    "before-2-words",
    "before-2-ended",
    "before-1-words",
    "before-1-ended",
    "before-1-titles",
    "before-1-digits",
    "after-1-words",
    "after-1-ended",
    "after-1-titles",
    "after-1-digits",
    "after-2-words",
    "after-2-ended",
    // Windows.
    "words-near-3",
    "words-near-8",
    "words-near-20",
    "sentences-near-3",
    "sentences-near-8",
    "sentences-near-20",
    "sentences-before-5",
    "sentences-after-5",
    "sentences-before-20",
    "sentences-after-20",
    "ended-near-3",
    "ended-near-8",
    "short-near-3",
    "short-near-8",
    "short-near-20",
    // What its words say, by the table of texts that went through an extractor.
    "tokens",
    "tokens-weight",
    "before-2-tokens",
    "before-1-tokens",
    "after-1-tokens",
    "after-2-tokens",
    "tokens-near-1",
    "tokens-near-3",
    "tokens-near-8",
    "tokens-before-5",
    "tokens-after-5",
    "tokens-before-20",
    "tokens-after-20",
    "tokens-page",
    "tokens-page-words",
    "tokens-over-page",
    "tokens-low-page",
    // The same by the table of whole pages.
    "whole-tokens",
    "whole-tokens-weight",
    "whole-before-2-tokens",
    "whole-before-1-tokens",
    "whole-after-1-tokens",
    "whole-after-2-tokens",
    "whole-tokens-near-1",
    "whole-tokens-near-3",
    "whole-tokens-near-8",
    "whole-tokens-before-5",
    "whole-tokens-after-5",
    "whole-tokens-before-20",
    "whole-tokens-after-20",
    "whole-tokens-page",
    "whole-tokens-page-words",
    "whole-tokens-over-page",
    "whole-tokens-low-page",
    // The page.
    "page-lines",
    "page-words",
    "page-mean-words",
    "page-sentences",
    "page-short",
    "page-long",
    "page-ended",
    "page-copies",
    "page-digits",
    "page-titles",
    "page-dense",
    "page-separators",
    "page-questions",
    "page-longest",
    "page-head-sentences",
    "page-tail-sentences",
    "page-body-share",
];

/// The names of the values that [`Lines::page`] gives, in order.
pub const PAGE_NAMES: [&str; 26] = [
    "lines",
    "words",
    "mean-words",
    "sentences",
    "short",
    "long",
    "ended",
    "copies",
    "digits",
    "titles",
    "dense",
    "separators",
    "questions",
    "longest",
    "head-sentences",
    "tail-sentences",
    "body-share",
    "short-run",
    "short-runs",
    "lines-before-long",
    "lines-after-long",
    "words-before-long",
    "words-after-long",
    "head-short",
    "tail-short",
    "tail-words",
];

/// Tables of weights that the words of a line are looked up in: that of texts that went through an extractor, and that of
/// whole pages.
pub const TABLES: usize = 2;

/// Words from which a line with a sentence end in it counts as a long one.
const LONG_WORDS: u32 = 15;
/// Words from which a sentence end makes a sentence and not a label.
const SENTENCE_WORDS: u32 = 6;
/// Words up to which a line is short.
const SHORT_WORDS: u32 = 4;
/// Stands for a distance to something that is not there.
const FAR: f32 = 1_000.0;
/// Copies, counts and distances past this are the same.
const MANY: f32 = 1_000.0;

/// The lines of a text, read once.
pub struct Lines {
    items: Vec<Line>,
    hashes: Vec<u32>,
    /// What each line says alone.
    alone: Columns,
}

/// The features of the lines that are left of a page.
#[derive(Default)]
pub struct Look {
    /// A row for each line, [`COUNT`] values in the order of [`NAMES`].
    pub rows: Columns,
    /// Statistics of the page, in the order of [`PAGE_NAMES`].
    pub page: Vec<f32>,
}

struct Line {
    shape: Shape,
    words: u32,
    /// Its part of the hashes.
    first: u32,
    end: u32,
    distinct: u32,
}

impl Line {
    fn is_long(&self) -> bool {
        self.words >= LONG_WORDS && (self.shape.sentences > 0 || self.shape.ended)
    }

    fn is_sentence(&self) -> bool {
        self.words >= SENTENCE_WORDS && self.shape.ended
    }

    fn is_short(&self) -> bool {
        self.words <= SHORT_WORDS
    }

    /// Its words if it has sentences.
    fn sentence_words(&self) -> u32 {
        if self.is_sentence() || self.is_long() { self.words } else { 0 }
    }
}

impl Lines {
    /// Reads the blocks of a text.
    pub fn read(blocks: &Blocks<'_>) -> Lines {
        let mut hashes = Vec::with_capacity(blocks.text.len() / 5);
        let mut items: Vec<Line> = Vec::with_capacity(blocks.items.len());
        // Which line saw a word last, by a part of its hash: enough to tell new words from old ones.
        let mut seen = [u32::MAX; 256];
        for (at, block) in blocks.items.iter().enumerate() {
            let first = hashes.len();
            let shape = tokens::read(blocks.text_of(block), &mut hashes);
            let mut distinct = 0;
            for hash in &hashes[first..] {
                let place = (hash >> 8 & 255) as usize;
                distinct += u32::from(seen[place] != at as u32);
                seen[place] = at as u32;
            }
            items.push(Line { shape, words: block.words, first: first as u32, end: hashes.len() as u32, distinct });
        }
        let alone = alone(&items);
        Lines { items, hashes, alone }
    }

    /// The hashes of the words of a line.
    pub fn words_of(&self, at: usize) -> &[u32] {
        let line = &self.items[at];
        &self.hashes[line.first as usize..line.end as usize]
    }

    /// True for a line of many words with a sentence end in it.
    pub fn is_long(&self, at: usize) -> bool {
        self.items[at].is_long()
    }

    /// What the words of each line say by tables of weights, which are times `scales`: for each the score and the mean size of a
    /// weight.
    pub fn weigh(&self, scales: [f32; TABLES], weights: impl Fn(u32) -> [i8; TABLES]) -> Vec<[Weighed; TABLES]> {
        let mut tokens = Vec::new();
        let mut weighed = |at: usize| {
            tokens.clear();
            tokens::tokens(self.words_of(at), |token| tokens.push(token));
            // Apart from the hashing, so that the processor waits for many weights at once: they are far away.
            let mut weighed = [Weighed::default(); TABLES];
            for &token in &tokens {
                let weights = weights(token);
                for table in 0..TABLES {
                    let weight = f32::from(weights[table]) * scales[table];
                    weighed[table].score += weight;
                    weighed[table].size += weight.abs();
                }
            }
            // A longer line has more evidence, and its words are not independent.
            let count = tokens.len() as f32;
            weighed.map(|Weighed { score, size }| Weighed { score: score / count.sqrt(), size: size / count })
        };
        (0..self.items.len()).map(&mut weighed).collect()
    }

    /// Statistics of the page that the lines `alive` make.
    pub fn page(&self, alive: &[u32]) -> Vec<f32> {
        let page = Page::new(self, alive);
        page.row(&page.statistics(&Copies::new(&page)))
    }

    /// The features of the lines `alive`, which stand in order. `weighed` holds a value for each line that was read.
    pub fn look(&self, alive: &[u32], weighed: &[[Weighed; TABLES]]) -> Look {
        let page = Page::new(self, alive);
        let copies = Copies::new(&page);
        let statistics = page.statistics(&copies);
        let mut rows = Columns::new(alive.len(), COUNT);
        rows.push_picked(&self.alone, alive);
        copies.push(&mut rows);
        overlap::push(&page, &mut rows);
        Distances::new(&page).push(&page, &mut rows);
        Dated::new(self, alive).push(&mut rows);
        page.push_neighbours(&mut rows);
        page.push_windows(&mut rows);
        (0..TABLES).for_each(|table| Said::new(&page, weighed, table).push(&mut rows));
        statistics.into_iter().for_each(|value| rows.push_same(value));
        Look { rows, page: page.row(&statistics) }
    }
}

/// What a token table says about a line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weighed {
    /// Above zero when its words are those of articles.
    pub score: f32,
    /// The mean size of a weight: how much the table knows.
    pub size: f32,
}

fn is(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

fn share(part: u32, whole: u32) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// What each line says alone, in the order of [`NAMES`].
fn alone(lines: &[Line]) -> Columns {
    const COUNT: usize = 32;
    let values = lines.iter().flat_map(|line| -> [f32; COUNT] {
        let shape = &line.shape;
        let begins = |what: Begins| is(shape.begins == what);
        [
            line.words as f32,
            shape.chars as f32,
            share(shape.letters + shape.digits, shape.tokens),
            shape.longest as f32,
            share(shape.short, shape.tokens),
            share(line.distinct, line.end - line.first),
            is(shape.ended),
            is(shape.ends_colon),
            is(shape.ends_ellipsis),
            shape.questions as f32,
            shape.exclaims as f32,
            shape.sentences as f32,
            share(shape.commas, shape.tokens),
            begins(Begins::Capital),
            begins(Begins::Small),
            begins(Begins::Digit),
            begins(Begins::Mark),
            share(shape.capitals, shape.letters),
            share(shape.titles, shape.tokens),
            share(shape.uppers, shape.tokens),
            share(shape.digits, shape.letters + shape.digits),
            share(shape.numbers, shape.tokens),
            share(shape.separators, shape.tokens),
            shape.addresses as f32,
            shape.currency as f32,
            share(shape.brackets, shape.tokens),
            shape.colons as f32,
            shape.signs as f32,
            shape.copyright as f32,
            shape.years as f32,
            shape.times as f32,
            share(shape.dense, shape.letters),
        ]
    });
    Columns::of_rows(&values.collect::<Vec<f32>>(), COUNT)
}

/// Sums over the lines before each place.
fn prefix(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut sum = 0.0f64;
    let sums = values.map(|value| {
        sum += f64::from(value);
        sum as f32
    });
    std::iter::once(0.0).chain(sums).collect()
}

/// For each line the mean of the values of the lines from `from` to `to` lines on, of those that there are.
fn means(sums: &[f32], from: isize, to: isize) -> impl Iterator<Item = f32> {
    let count = sums.len() - 1;
    let mean = move |at: usize| {
        let place = |step: isize| at.saturating_add_signed(step).min(count);
        let (from, to) = (place(from), place(to + 1));
        if to > from { (sums[to] - sums[from]) / (to - from) as f32 } else { 0.0 }
    };
    // Where all of them are there it is vector code.
    let inner = from.min(0).unsigned_abs().min(count)..count.saturating_sub(to.max(0) as usize);
    let inner = inner.start..inner.end.max(inner.start);
    let window = (to - from + 1) as f32;
    let sums_from = |step: isize| &sums[inner.start.saturating_add_signed(step).min(count)..];
    let inner_means = sums_from(to + 1).iter().zip(sums_from(from)).take(inner.len());
    let inner_means = inner_means.map(move |(to, from)| (to - from) / window);
    (0..inner.start).map(mean).chain(inner_means).chain((inner.end..count).map(mean))
}

#[cfg(test)]
mod tests {
    use super::super::from_text::segment;
    use super::*;
    use crate::limits::Limits;
    use std::borrow::Cow;

    fn rows(text: &str) -> Vec<Vec<f32>> {
        let blocks = segment(Cow::Borrowed(text), &Limits::default());
        let lines = Lines::read(&blocks);
        let alive: Vec<u32> = (0..blocks.items.len() as u32).collect();
        let weighed = lines.weigh([0.5, 2.0], |token| [7, 5].map(|weights| (token % weights) as i8 - 3));
        let look = lines.look(&alive, &weighed);
        assert_eq!((look.rows.columns(), look.page.len()), (COUNT, PAGE_NAMES.len()));
        assert_eq!(look.page, lines.page(&alive));
        (0..alive.len()).map(|at| look.rows.row(at)).collect()
    }

    fn value(row: &[f32], name: &str) -> f32 {
        row[NAMES.iter().position(|other| *other == name).expect("a feature")]
    }

    const BODY: &str =
        "The council voted on Monday to reopen the ferry, tied up since the old bridge was built in 1987.";

    #[test]
    fn every_feature_has_a_name_of_its_own() {
        let mut names = NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COUNT);
        assert_eq!(rows("one line")[0].len(), COUNT);
    }

    #[test]
    fn a_line_knows_its_neighbours_and_the_body() {
        let rows = rows(&format!("Menu\nFerry council news\n{BODY}\nShare\nShare\n"));
        assert_eq!(value(&rows[1], "in-body"), 2.0 / 3.0);
        assert_eq!((value(&rows[1], "until-long"), value(&rows[1], "since-long")), (1.0, FAR));
        assert_eq!(
            (value(&rows[3], "copies"), value(&rows[3], "is-copy"), value(&rows[4], "is-copy")),
            (2.0, 0.0, 1.0)
        );
        assert_eq!(value(&rows[2], "before-1-words"), 3.0);
        assert_eq!(value(&rows[0], "before-1-words"), -1.0);
        assert_eq!(value(&rows[4], "from-end"), 0.0);
    }

    #[test]
    fn blank_lines_bullets_and_the_form_of_quotes_change_nothing() {
        let plain = rows(&format!("“News” of the day\n{BODY}\nIt’s done\n"));
        assert_eq!(plain, rows(&format!("• \"News\" of the day\n\n\n{BODY}\n\n- It's done\n")));
    }

    #[test]
    fn values_are_numbers_on_any_text() {
        for text in ["", "\u{feff}", "...", "请刷新页面。\nการ", "&&\n\n||\n", &"x\n".repeat(3000)] {
            assert!(rows(text).iter().flatten().all(|value| value.is_finite()), "{text:?}");
        }
    }
}
