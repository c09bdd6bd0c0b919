//! What tells the lines of an article from the lines around them: one row of numbers for each line of a text.
//!
//! One definition for training and serving: [`NAMES`] gives the order, [`Lines::rows`] the values. [`Lines::read`]
//! looks at each character once; rows are made of the lines that are still there, so that a page is judged again as it
//! will be written. Linear in the lines; windows are differences of prefix sums. Values are counts, shares and means:
//! a tree asks only which is larger.

use super::Blocks;
use super::line_tokens::{self, Begins, Shape};
use super::overlap::overlaps;
use super::threads::Stamps;

/// Features of a line.
pub const COUNT: usize = NAMES.len();

/// The names of the values in a row, in order.
pub const NAMES: [&str; 121] = [
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
    "before-2-tokens",
    "before-1-words",
    "before-1-ended",
    "before-1-tokens",
    "before-1-titles",
    "before-1-digits",
    "after-1-words",
    "after-1-ended",
    "after-1-tokens",
    "after-1-titles",
    "after-1-digits",
    "after-2-words",
    "after-2-ended",
    "after-2-tokens",
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
    // What its words say, by the token table.
    "tokens",
    "tokens-weight",
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

/// Words from which a line with a sentence end in it counts as a long one.
const LONG_WORDS: u32 = 15;
/// Words from which a sentence end makes a sentence and not a label.
const SENTENCE_WORDS: u32 = 6;
/// Words up to which a line is short.
const SHORT_WORDS: u32 = 4;
/// Stands for a distance to something that is not there.
const FAR: f32 = 1_000.0;
/// Lines at either end of a page that its statistics look at.
const END_LINES: usize = 10;
/// Copies, counts and distances past this are the same.
const MANY: f32 = 1_000.0;

/// The lines of a text, read once.
pub struct Lines {
    pub(super) items: Vec<Line>,
    hashes: Vec<u32>,
}

pub(super) struct Line {
    pub(super) shape: Shape,
    pub(super) words: u32,
    /// Its part of the hashes.
    first: u32,
    end: u32,
    distinct: u32,
}

impl Line {
    pub(super) fn is_long(&self) -> bool {
        self.words >= LONG_WORDS && (self.shape.sentences > 0 || self.shape.ended)
    }

    pub(super) fn is_sentence(&self) -> bool {
        self.words >= SENTENCE_WORDS && self.shape.ended
    }

    fn is_short(&self) -> bool {
        self.words <= SHORT_WORDS
    }

    /// Its words if it has sentences.
    pub(super) fn sentence_words(&self) -> u32 {
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
            let shape = line_tokens::read(blocks.text_of(block), &mut hashes);
            let mut distinct = 0;
            for hash in &hashes[first..] {
                let place = (hash >> 8 & 255) as usize;
                distinct += u32::from(seen[place] != at as u32);
                seen[place] = at as u32;
            }
            items.push(Line { shape, words: block.words, first: first as u32, end: hashes.len() as u32, distinct });
        }
        Lines { items, hashes }
    }

    /// The hashes of the words of a line.
    pub fn words_of(&self, at: usize) -> &[u32] {
        let line = &self.items[at];
        &self.hashes[line.first as usize..line.end as usize]
    }

    /// What the words of each line say by a table of weights: the score and the mean size of a weight.
    pub fn weigh(&self, weight: impl Fn(u32) -> f32) -> Vec<Weighed> {
        let lines = 0..self.items.len();
        lines
            .map(|at| {
                let (mut sum, mut size, mut count) = (0.0, 0.0, 0);
                line_tokens::tokens(self.words_of(at), |token| {
                    let weight = weight(token);
                    sum += weight;
                    size += weight.abs();
                    count += 1;
                });
                // A longer line has more evidence, and its words are not independent.
                Weighed { score: sum / (count as f32).sqrt(), size: size / count as f32 }
            })
            .collect()
    }

    /// Statistics of the page that the lines `alive` make.
    pub fn page(&self, alive: &[u32]) -> Vec<f32> {
        let page = Page::new(self, alive, &[]);
        let mut row = page.statistics(&Copies::new(&page)).to_vec();
        row.extend(page.ends());
        row
    }

    /// The feature rows of the lines `alive`, which stand in order, [`COUNT`] values a line. `weighed` holds a value for
    /// each line that was read.
    pub fn rows(&self, alive: &[u32], weighed: &[Weighed]) -> Vec<f32> {
        let page = Page::new(self, alive, weighed);
        let copies = Copies::new(&page);
        let overlaps = overlaps(&page);
        let distances = Distances::new(&page);
        let dated = Dated::new(self, alive);
        let statistics = page.statistics(&copies);
        let near_body: Vec<f32> = prefix(overlaps.iter().map(|overlap| overlap.body));
        let mut rows = Vec::with_capacity(alive.len() * COUNT);
        for (at, overlap) in overlaps.iter().enumerate() {
            rows.extend_from_slice(&alone(page.line(at)));
            rows.extend_from_slice(&copies.of(at));
            rows.extend_from_slice(&overlap.values());
            rows.push(mean(&near_body, at, 3, 3));
            rows.extend_from_slice(&distances.of(&page, at));
            rows.extend_from_slice(&dated.of(at));
            rows.extend_from_slice(&page.neighbours(at));
            rows.extend_from_slice(&page.windows(at));
            rows.extend_from_slice(&page.tokens(at));
            rows.extend_from_slice(&statistics);
        }
        rows
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

pub(super) fn share(part: u32, whole: u32) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// What a line says alone.
fn alone(line: &Line) -> [f32; 32] {
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

/// The mean of the values from `before` lines before a place to `after` lines after it.
fn mean(sums: &[f32], at: usize, before: usize, after: usize) -> f32 {
    let (from, to) = (at.saturating_sub(before), (at + after + 1).min(sums.len() - 1));
    if to > from { (sums[to] - sums[from]) / (to - from) as f32 } else { 0.0 }
}

/// The lines that are there, in order, with the sums that windows are made of.
pub(super) struct Page<'l> {
    pub(super) lines: &'l Lines,
    pub(super) alive: &'l [u32],
    weighed: &'l [Weighed],
    words: Vec<f32>,
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
    fn new(lines: &'l Lines, alive: &'l [u32], weighed: &'l [Weighed]) -> Self {
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

    fn weighed(&self, at: usize) -> Weighed {
        self.weighed.get(self.alive[at] as usize).copied().unwrap_or_default()
    }

    fn items(&self) -> impl DoubleEndedIterator<Item = &'l Line> + '_ {
        self.alive.iter().map(|&at| &self.lines.items[at as usize])
    }

    fn neighbours(&self, at: usize) -> [f32; 16] {
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

    fn windows(&self, at: usize) -> [f32; 15] {
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

    fn tokens(&self, at: usize) -> [f32; 13] {
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

    fn statistics(&self, copies: &Copies) -> [f32; 17] {
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

/// Equal lines, forms and openings on the page.
struct Copies {
    lines: Alike,
    forms: Alike,
    openings: Alike,
}

impl Copies {
    fn new(page: &Page<'_>) -> Self {
        Copies {
            lines: Alike::new(page.items().map(|line| line.shape.hash)),
            forms: Alike::new(page.items().map(|line| line.shape.form)),
            openings: Alike::new(page.items().map(|line| line.shape.opening)),
        }
    }

    /// The share of lines that stood before.
    fn share(&self) -> f32 {
        let copies = self.lines.earlier.iter().filter(|earlier| earlier.is_some()).count();
        copies as f32 / self.lines.counts.len().max(1) as f32
    }

    fn of(&self, at: usize) -> [f32; 5] {
        let count = |alike: &Alike| (alike.counts[at] as f32).min(MANY);
        let earlier = self.lines.earlier[at];
        [
            count(&self.lines),
            is(earlier.is_some()),
            earlier.map_or(FAR, |earlier| ((at as u32 - earlier) as f32).min(FAR)),
            count(&self.forms),
            count(&self.openings),
        ]
    }
}

/// For each line how many have its hash, and which was the last before it. Found by sorting, so that no choice of
/// hashes makes it slow.
struct Alike {
    counts: Vec<u32>,
    earlier: Vec<Option<u32>>,
}

impl Alike {
    fn new(hashes: impl Iterator<Item = u32>) -> Self {
        let mut sorted: Vec<u64> = hashes.enumerate().map(|(at, hash)| u64::from(hash) << 32 | at as u64).collect();
        sorted.sort_unstable();
        let (mut counts, mut earlier) = (vec![0; sorted.len()], vec![None; sorted.len()]);
        for group in sorted.chunk_by(|a, b| a >> 32 == b >> 32) {
            let mut before = None;
            for &entry in group {
                let at = entry as u32;
                counts[at as usize] = group.len() as u32;
                earlier[at as usize] = before.replace(at);
            }
        }
        Alike { counts, earlier }
    }
}

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
struct Dated {
    in_thread: Vec<bool>,
    in_thread_share: f32,
    count: f32,
    share: f32,
    since: Vec<f32>,
    until: Vec<f32>,
}

impl Dated {
    fn new(lines: &Lines, alive: &[u32]) -> Self {
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

    fn of(&self, at: usize) -> [f32; 6] {
        let in_thread = is(self.in_thread[at]);
        [in_thread, self.in_thread_share, self.count, self.share, self.since[at], self.until[at]]
    }
}

/// Lines to the next long line and the next sentence on either side.
struct Distances {
    since_long: Vec<f32>,
    until_long: Vec<f32>,
    since_sentence: Vec<f32>,
    until_sentence: Vec<f32>,
    words_since_long: Vec<f32>,
    /// Words of long lines before each place.
    long_words: Vec<f32>,
}

impl Distances {
    fn new(page: &Page<'_>) -> Self {
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

    fn of(&self, page: &Page<'_>, at: usize) -> [f32; 11] {
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
        let weighed = lines.weigh(|token| (token % 7) as f32 - 3.0);
        let rows = lines.rows(&alive, &weighed);
        assert_eq!(lines.page(&alive).len(), PAGE_NAMES.len());
        rows.chunks(COUNT).map(<[f32]>::to_vec).collect()
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
