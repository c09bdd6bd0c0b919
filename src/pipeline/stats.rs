//! The statistics of a run that writes nothing: a list of inputs in, [`Stats`] out.
//!
//! Workers clean pages and count each by itself; the counts are added up in the order of the pages, so that all but the
//! times is the same whatever the number of threads. Those of a batch of files or of a chunk of records wait to be added; what is
//! kept of the pages is bounded: sites, repeated lines and pages that are named have a most.

use super::corpus::Corpus;
use super::frequent::{Frequent, hash};
use super::pages::{map_page, map_pages};
use super::record::Outcome;
use super::tally::{Amount, Tally};
use super::workers;
use crate::error::Error;
use crate::input::{Inputs, PageName, Record, Refused};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Pages that are counted before their counts are added up.
const BATCH: usize = 256;
/// Sites that are told apart; what comes after counts as one.
const MAX_SITES: usize = 20_000;
/// Failures that are kept by name.
const MAX_FAILURES: usize = 1_000;
/// Words that a page must have to be among those that are cut most.
const MIN_WORDS: u64 = 50;

/// What is counted.
pub struct StatsPlan<'a> {
    /// The pages; what cleans them must account for its cuts.
    pub corpus: Corpus<'a>,
    /// Read so many of the inputs only, chosen by their names.
    pub sample: Option<usize>,
    /// Rows of each list, at most.
    pub top: usize,
}

/// What a corpus is made of and what cleaning takes from it.
#[derive(Clone, Debug, Serialize)]
pub struct Stats {
    /// Inputs that were found, refused ones included.
    pub inputs: u64,
    /// Those that were read, or refused: all, or those of the sample.
    pub read: u64,
    /// Their pages; a container has many.
    pub pages: u64,
    /// Pages by their outcome.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// What could not be read or cleaned, in the order of the inputs; at most 1,000.
    pub failures: Vec<PageFailure>,
    /// What the pages say.
    pub total: Amount,
    /// What of it is removed.
    pub removed: Amount,
    /// What is removed, by family, the most words first.
    pub families: Vec<Part>,
    /// The same by rule or stage.
    pub rules: Vec<Part>,
    /// What is removed on each site, those with most words first; a site is the host of the address, or the folder.
    pub sites: Vec<Site>,
    /// What is removed in each language that pages state.
    pub languages: Vec<Site>,
    /// The lines that stand on most pages, kept or removed.
    pub repeated: Vec<Repeated>,
    /// Pages on which a repeated line may stand besides those that are counted; 0 on all but large corpora.
    pub repeated_missed: u64,
    /// The pages that lose the largest share of at least 50 words.
    pub most_cut: Vec<CutPage>,
    /// The emptied pages that had most words.
    pub emptied: Vec<CutPage>,
    /// How long it took, and how long all would.
    pub time: Time,
}

/// A part of what is removed.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// The family or rule.
    pub name: String,
    /// Pages on which it removes something.
    pub pages: u64,
    /// What it removes.
    #[serde(flatten)]
    pub removed: Amount,
}

/// The pages of one site or language.
#[derive(Clone, Debug, Serialize)]
pub struct Site {
    /// The host, folder or language.
    pub name: String,
    /// Its pages.
    pub pages: u64,
    /// What they say.
    pub total: Amount,
    /// What of it is removed.
    pub removed: Amount,
}

/// A line that stands on several pages.
#[derive(Clone, Debug, Serialize)]
pub struct Repeated {
    /// The line, at most its first 160 characters.
    pub text: String,
    /// Pages on which it stands.
    pub pages: u64,
    /// Pages on which it is removed.
    pub removed: u64,
    /// The rule or stage that removes it, if any.
    pub rule: Option<String>,
}

/// A page that loses much.
#[derive(Clone, Debug, Serialize)]
pub struct CutPage {
    /// The name of its input, safe to print.
    pub path: String,
    /// Its words.
    pub words: u64,
    /// Those that are removed.
    pub removed: u64,
}

impl CutPage {
    fn share(&self) -> f64 {
        self.removed as f64 / self.words.max(1) as f64
    }
}

/// A page that could not be read or cleaned.
#[derive(Clone, Debug, Serialize)]
pub struct PageFailure {
    /// The name of its input, safe to print.
    pub path: String,
    /// Why, in a sentence.
    pub message: String,
}

/// Times and sizes.
#[derive(Clone, Debug, Serialize)]
pub struct Time {
    /// Bytes of the inputs that were read, as they lie on the disk; of standard input those of its pages.
    pub bytes_read: u64,
    /// Bytes of all inputs.
    pub bytes: u64,
    /// Wall-clock time of the run.
    pub seconds: f64,
    /// What cleaning all inputs is likely to take with as many threads: the time of the run in proportion to the bytes.
    pub estimated_seconds: f64,
}

/// Counts what `plan` names; `observe` is called on this thread now and then with the inputs that are done and their bytes.
///
/// # Errors
///
/// [`ErrorKind::Io`](crate::ErrorKind::Io) when threads cannot be started. Inputs that fail are no error: they are counted and named.
pub fn stats(plan: &StatsPlan<'_>, observe: &mut dyn FnMut(usize, u64)) -> Result<Stats, Error> {
    let start = Instant::now();
    let pool = workers(plan.corpus.jobs)?;
    let chosen = match plan.sample {
        Some(size) if size < plan.corpus.inputs.len() => sample(plan.corpus.inputs, size),
        _ => (0..plan.corpus.inputs.len()).collect(),
    };
    let mut sums = Sums::default();
    let (mut read, mut bytes_read) = (0, 0);
    let (corpus, piped) = (&plan.corpus, AtomicU64::new(0));
    let tally = |index: usize, page: &PageName<'_>, record: Record| {
        if corpus.inputs.size(index) == 0 {
            piped.fetch_add(record.bytes.len() as u64, Ordering::Relaxed);
        }
        let article = corpus.cleaner(index).clean(&record.bytes, &record.hints)?;
        Ok(Tally::of(&article, record.hints.url.as_deref(), page))
    };
    for batch in chosen.chunks(BATCH) {
        // What cannot be opened again is counted as a container is.
        let whole = |index: usize| match corpus.inputs.size(index) {
            0 => None,
            _ => map_page(corpus, index, |page, record| tally(index, page, record)),
        };
        let counted: Vec<_> = pool.install(|| batch.par_iter().map(|&index| whole(index)).collect());
        for (&index, counted) in batch.iter().zip(counted) {
            let mut add = |page: &PageName<'_>, counted| sums.add(plan, page.name(), counted);
            match counted {
                Some((page, counted)) => add(&page, counted),
                None => pool.install(|| map_pages(corpus, index, |page, record| tally(index, page, record), &mut add)),
            }
            bytes_read += corpus.inputs.size(index);
        }
        read += batch.len();
        observe(read, bytes_read + piped.load(Ordering::Relaxed));
    }
    let piped = piped.into_inner();
    let seconds = start.elapsed().as_secs_f64();
    let bytes = plan.corpus.inputs.bytes();
    let part = if bytes_read == 0 { 1.0 } else { bytes as f64 / bytes_read as f64 };
    let (bytes_read, bytes) = (bytes_read + piped, bytes + piped);
    let time = Time { bytes_read, bytes, seconds, estimated_seconds: seconds * part.max(1.0) };
    Ok(sums.finish(plan, read as u64, time))
}

/// So many inputs, those whose names have the smallest hashes, in the order of the list: the same names give the same
/// sample, whatever else the list holds of larger ones.
fn sample(inputs: &Inputs, size: usize) -> Vec<usize> {
    let mut smallest = BinaryHeap::with_capacity(size + 1);
    for index in 0..inputs.len() {
        let name = inputs.relative(index);
        smallest.push((hash(name.as_os_str().as_encoded_bytes()), index));
        if smallest.len() > size {
            smallest.pop();
        }
    }
    let mut chosen: Vec<usize> = smallest.into_iter().map(|(_, index)| index).collect();
    chosen.sort_unstable();
    chosen
}

/// A name with pages, what they say, and what of it is removed.
type Counts = BTreeMap<String, (u64, Amount, Amount)>;

#[derive(Default)]
struct Sums {
    pages: u64,
    outcomes: BTreeMap<&'static str, u64>,
    failures: Vec<PageFailure>,
    total: Amount,
    removed: Amount,
    families: Counts,
    rules: Counts,
    sites: Counts,
    languages: Counts,
    lines: Frequent,
    most_cut: Vec<CutPage>,
    emptied: Vec<CutPage>,
}

impl Sums {
    fn add(&mut self, plan: &StatsPlan<'_>, path: String, counted: Result<Tally, Refused>) {
        self.pages += 1;
        let (outcome, message) = match counted {
            Ok(tally) => return self.add_page(plan, path, tally),
            Err(Refused::Skip(skip, _)) => (Outcome::Skipped(skip.name()), String::new()),
            Err(Refused::Fail(error)) => (Outcome::without_article(&error), error.to_string()),
        };
        *self.outcomes.entry(outcome.name()).or_default() += 1;
        if matches!(outcome, Outcome::Failed(_)) && self.failures.len() < MAX_FAILURES {
            self.failures.push(PageFailure { path, message });
        }
    }

    fn add_page(&mut self, plan: &StatsPlan<'_>, path: String, tally: Tally) {
        *self.outcomes.entry(tally.outcome.name()).or_default() += 1;
        let mut total = tally.kept;
        total.add(tally.removed);
        self.total.add(total);
        self.removed.add(tally.removed);
        let mut families: BTreeMap<&str, Amount> = BTreeMap::new();
        for (rule, amount) in &tally.rules {
            families.entry(rule.split('/').next().unwrap_or_default()).or_default().add(*amount);
            count(&mut self.rules, rule, Amount::default(), *amount);
        }
        for (family, amount) in families {
            count(&mut self.families, family, Amount::default(), amount);
        }
        let is_full = self.sites.len() >= MAX_SITES && !self.sites.contains_key(&tally.site);
        count(&mut self.sites, if is_full { "(other sites)" } else { &tally.site }, total, tally.removed);
        let is_full = self.languages.len() >= MAX_SITES && !self.languages.contains_key(&tally.language);
        count(&mut self.languages, if is_full { "(other)" } else { &tally.language }, total, tally.removed);
        self.lines.add(tally.lines);
        let page = CutPage { path, words: total.words, removed: tally.removed.words };
        if tally.outcome == Outcome::Empty {
            keep_first(&mut self.emptied, page, plan.top, |page| page.words as f64);
        } else if total.words >= MIN_WORDS && page.removed > 0 {
            keep_first(&mut self.most_cut, page, plan.top, CutPage::share);
        }
    }

    fn finish(self, plan: &StatsPlan<'_>, read: u64, time: Time) -> Stats {
        let top = plan.top;
        let (repeated_missed, lines) = (self.lines.missed, self.lines.most(top));
        let repeated = lines.into_iter().map(|line| Repeated {
            text: line.shown,
            pages: line.pages,
            removed: line.removed,
            rule: line.rule,
        });
        Stats {
            inputs: plan.corpus.inputs.len() as u64,
            read,
            pages: self.pages,
            outcomes: self.outcomes,
            failures: self.failures,
            total: self.total,
            removed: self.removed,
            families: parts(self.families, usize::MAX),
            rules: parts(self.rules, top),
            sites: sites(self.sites, top),
            languages: sites(self.languages, top),
            repeated: repeated.collect(),
            repeated_missed,
            most_cut: self.most_cut,
            emptied: self.emptied,
            time,
        }
    }
}

fn count(counts: &mut Counts, name: &str, total: Amount, removed: Amount) {
    if !counts.contains_key(name) {
        counts.insert(name.to_owned(), Default::default());
    }
    let entry = counts.get_mut(name).expect("it was put there");
    entry.0 += 1;
    entry.1.add(total);
    entry.2.add(removed);
}

/// Keeps the `most` pages with the largest `key`, of equals the earlier.
fn keep_first(pages: &mut Vec<CutPage>, page: CutPage, most: usize, key: impl Fn(&CutPage) -> f64) {
    let place = pages.partition_point(|other| key(other) >= key(&page));
    if place < most {
        pages.insert(place, page);
        pages.truncate(most);
    }
}

fn parts(counts: Counts, most: usize) -> Vec<Part> {
    let mut parts: Vec<Part> =
        counts.into_iter().map(|(name, (pages, _, removed))| Part { name, pages, removed }).collect();
    // By name already, and the sort is stable.
    parts.sort_by_key(|part| std::cmp::Reverse((part.removed.words, part.removed.blocks)));
    parts.truncate(most);
    parts
}

fn sites(counts: Counts, most: usize) -> Vec<Site> {
    let mut sites: Vec<Site> =
        counts.into_iter().map(|(name, (pages, total, removed))| Site { name, pages, total, removed }).collect();
    sites.sort_by_key(|site| std::cmp::Reverse(site.total.words));
    sites.truncate(most);
    sites
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_pages_that_are_cut_alike_the_earlier_are_named() {
        let mut pages = Vec::new();
        for (path, removed) in [("a", 5), ("b", 9), ("c", 5), ("d", 1), ("e", 9)] {
            let page = CutPage { path: path.to_owned(), words: 10, removed };
            keep_first(&mut pages, page, 3, CutPage::share);
        }
        assert_eq!(pages.iter().map(|page| page.path.as_str()).collect::<Vec<_>>(), ["b", "e", "a"]);
    }
}
