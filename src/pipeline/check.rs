//! The check: a list of inputs in, what would be removed from each out, in the order of the inputs.
//!
//! Workers take the inputs by the batch, read and inspect them; the calling thread hears of those that have findings or
//! could not be read, and of nothing else, so that a clean corpus costs what reading it costs. A worker holds one page at a
//! time, or a chunk of the records of a container, in which workers without a batch of their own help. What it found does not
//! depend on the number of threads.

use super::corpus::Corpus;
use super::pages::map_pages;
use super::workers;
use crate::article::Format;
use crate::check::{Finding, PageName, findings, number};
use crate::cleaner::Cleaner;
use crate::error::{Error, ErrorKind};
use crate::input::{self, Inputs, Record, Refused};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Inputs that a worker takes at a time, at most: each batch wakes the calling thread.
const MAX_BATCH: usize = 256;
/// Into how many batches for each worker what is left is divided, of which one is taken: so they become smaller towards the
/// end, and no worker waits long for the last of another.
const SHARES: usize = 4;

/// What a check does with its inputs.
pub struct CheckPlan<'a> {
    /// The inputs, of which `entries` are read.
    pub corpus: Corpus<'a>,
    /// The numbers of the inputs that are read.
    pub entries: &'a [usize],
    /// The folder that fingerprints name inputs from, without links.
    pub project: &'a Path,
    /// Whether words are counted.
    pub counts_words: bool,
    /// Whether what is found comes with the text of a page that is a file.
    pub keeps_texts: bool,
}

/// An input with findings, or one that failed.
#[derive(Debug)]
pub struct Checked {
    /// Which of the plan's inputs it is.
    pub entry: usize,
    /// Its name, safe to print.
    pub name: String,
    /// What was found, with the text in which the places are; or why it could not be read.
    pub found: Result<Found, String>,
}

/// What was found in an input.
#[derive(Debug)]
pub struct Found {
    /// The findings, at least one, in reading order.
    pub findings: Vec<Finding>,
    /// How it was read.
    pub format: Format,
    /// The input decoded to UTF-8, when it is wanted and a page of its own.
    pub text: Option<String>,
}

/// Counts of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckCounts {
    /// Inputs that were looked at.
    pub files: u64,
    /// Inputs that were not looked at, by the reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Words of those that were looked at, when they were counted.
    pub words: u64,
}

/// Runs `plan`; `observe` is called on this thread.
///
/// # Errors
///
/// What `observe` gives, which ends the run; [`ErrorKind::Io`] when threads cannot be started.
pub fn check(
    plan: &CheckPlan<'_>,
    observe: &mut dyn FnMut(Checked) -> Result<(), Error>,
) -> Result<CheckCounts, Error> {
    let pool = workers(plan.corpus.jobs)?;
    let batches = batches(plan.entries, pool.current_num_threads());
    let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    let mut counts = CheckCounts::default();
    let result = pool.in_place_scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            let (next, stopped, batches, sender) = (&next, &stopped, &batches, sender.clone());
            scope.spawn(move |_| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(entries) = batches.get(number) else { return };
                    let done = Batch::of(plan, entries);
                    if stopped.load(Ordering::Relaxed) || sender.send((number, done)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let (mut waiting, mut head) = (BTreeMap::new(), 0);
        for (number, done) in &receiver {
            waiting.insert(number, done);
            while let Some(done) = waiting.remove(&head) {
                head += 1;
                counts.files += done.counts.files;
                for (why, count) in done.counts.skipped {
                    *counts.skipped.entry(why).or_default() += count;
                }
                counts.words += done.counts.words;
                for checked in done.checked {
                    observe(checked).inspect_err(|_| stopped.store(true, Ordering::Relaxed))?;
                }
            }
        }
        Ok(())
    });
    result.map(|()| counts)
}

/// The entries as so many workers take them, in their order.
fn batches<T>(mut entries: &[T], workers: usize) -> Vec<&[T]> {
    let mut batches = Vec::new();
    while !entries.is_empty() {
        let (batch, rest) = entries.split_at((entries.len() / (SHARES * workers)).clamp(1, MAX_BATCH));
        batches.push(batch);
        entries = rest;
    }
    batches
}

/// What a worker says about the inputs that it took.
#[derive(Default)]
struct Batch {
    counts: CheckCounts,
    checked: Vec<Checked>,
}

impl Batch {
    fn of(plan: &CheckPlan<'_>, entries: &[usize]) -> Batch {
        let mut batch = Batch::default();
        entries.iter().for_each(|&entry| batch.look(plan, entry));
        batch
    }

    /// Looks at every page of an input.
    fn look(&mut self, plan: &CheckPlan<'_>, entry: usize) {
        let file = File { plan, entry, cleaner: plan.corpus.cleaner(entry), project_path: OnceLock::new() };
        let mut numbers = HashMap::new();
        map_pages(&plan.corpus, entry, |page, record| file.inspect(page, &record), &mut |page, seen| {
            let found = match seen {
                Ok(Seen { words, found }) => {
                    self.counts.files += 1;
                    self.counts.words += words;
                    found.map(|mut found| {
                        number(&mut found.findings, &mut numbers);
                        Ok(found)
                    })
                }
                Err(Refused::Skip(skip, _)) => {
                    *self.counts.skipped.entry(skip.name()).or_default() += 1;
                    None
                }
                // What is too large was not looked at, and a gate must not pass over it in silence.
                Err(Refused::Fail(error)) if error.kind() == ErrorKind::Binary => {
                    *self.counts.skipped.entry(error.kind().name()).or_default() += 1;
                    None
                }
                Err(Refused::Fail(error)) => Some(Err(error.to_string())),
            };
            let checked = |found| Checked { entry, name: page.name(), found };
            self.checked.extend(found.map(checked));
        });
    }
}

/// The pages of one input. Fingerprints name the file and not the record, which moves within it.
struct File<'p> {
    plan: &'p CheckPlan<'p>,
    entry: usize,
    cleaner: &'p Cleaner,
    /// Worked out when something is found.
    project_path: OnceLock<String>,
}

/// What was seen of a page.
struct Seen {
    /// Its words, when they are counted.
    words: u64,
    found: Option<Found>,
}

impl File<'_> {
    fn inspect(&self, page: &input::PageName<'_>, record: &Record) -> Result<Seen, Error> {
        let inspection = self.cleaner.inspect(&record.bytes, &record.hints)?;
        let words = if self.plan.counts_words { inspection.words() as u64 } else { 0 };
        if inspection.removals.is_empty() {
            return Ok(Seen { words, found: None });
        }
        let path = || project_path(self.plan.corpus.inputs, self.plan.project, self.entry);
        let page = PageName {
            path: &page.name(),
            project_path: self.project_path.get_or_init(path),
            is_record: page.origin.is_some(),
        };
        let findings = findings(self.cleaner, &inspection, page);
        let text = (self.plan.keeps_texts && !page.is_record).then(|| inspection.text.into_owned());
        let found = Found { findings, format: inspection.format, text };
        Ok(Seen { words, found: Some(found).filter(|found| !found.findings.is_empty()) })
    }
}

/// The path of an input below the project, with `/`; the name of what lies elsewhere.
pub fn project_path(inputs: &Inputs, project: &Path, entry: usize) -> String {
    match inputs.real_path(entry).strip_prefix(project) {
        Ok(below) if !below.as_os_str().is_empty() => {
            let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
            parts.collect::<Vec<_>>().join("/")
        }
        _ => inputs.name(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_every_entry_in_order_and_become_small() {
        for (entries, workers) in [(0, 1), (1, 8), (7, 2), (10_000, 2), (100_000, 64)] {
            let entries: Vec<usize> = (0..entries).collect();
            let batches = batches(&entries, workers);
            assert_eq!(batches.concat(), entries);
            assert!(batches.iter().all(|batch| (1..=MAX_BATCH).contains(&batch.len())));
            assert!(batches.last().is_none_or(|batch| batch.len() == 1));
        }
    }
}
