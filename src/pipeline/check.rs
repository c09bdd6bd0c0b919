//! The check: a list of inputs in, what would be removed from each out, in the order of the inputs.
//!
//! Workers take the inputs by the batch, read and inspect them; the calling thread hears of those that have findings or
//! could not be read, and of nothing else, so that a clean corpus costs what reading it costs. A worker holds one input
//! at a time. What it found does not depend on the number of threads.

use super::record::quietly;
use crate::article::Format;
use crate::check::{Finding, PageName, findings};
use crate::cleaner::Cleaner;
use crate::error::{Error, ErrorKind};
use crate::input::{self, Inputs, Looking, ReadOptions, Reading, Record, Refused, label};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Inputs that a worker takes at a time.
const BATCH: usize = 32;

/// What a check does with its inputs.
pub struct CheckPlan<'a> {
    /// The inputs, of which `entries` are read.
    pub inputs: &'a Inputs,
    /// The entries, and for each the index of its cleaner.
    pub entries: &'a [(usize, usize)],
    /// What inspects them.
    pub cleaners: &'a [Cleaner],
    /// The folder that fingerprints name inputs from, without links.
    pub project: &'a Path,
    /// How the inputs are read.
    pub reading: Reading,
    /// Whether words are counted.
    pub counts_words: bool,
    /// Threads that inspect; 0 stands for one a core.
    pub jobs: usize,
}

/// An input with findings, or one that failed.
#[derive(Debug)]
pub struct Checked {
    /// Which of the plan's inputs it is.
    pub entry: usize,
    /// Which of the plan's cleaners inspected it.
    pub cleaner: usize,
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
    /// The input decoded to UTF-8.
    pub text: String,
}

/// Counts of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckCounts {
    /// Inputs that were looked at.
    pub files: u64,
    /// Inputs that are no text, or no files.
    pub skipped: u64,
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
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .thread_name(|index| format!("worker {index}"))
        .build()
        .map_err(|e| Error::with_source(ErrorKind::Io, "cannot start the worker threads", e))?;
    let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    let mut counts = CheckCounts::default();
    let result = pool.in_place_scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            let (next, stopped, sender) = (&next, &stopped, sender.clone());
            scope.spawn(move |_| {
                loop {
                    let batch = next.fetch_add(1, Ordering::Relaxed);
                    let Some(entries) = plan.entries.chunks(BATCH).nth(batch) else { return };
                    let done = Batch::of(plan, entries);
                    if stopped.load(Ordering::Relaxed) || sender.send((batch, done)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let (mut waiting, mut head) = (BTreeMap::new(), 0);
        for (batch, done) in &receiver {
            waiting.insert(batch, done);
            while let Some(done) = waiting.remove(&head) {
                head += 1;
                counts.files += done.counts.files;
                counts.skipped += done.counts.skipped;
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

/// What a worker says about the inputs that it took.
#[derive(Default)]
struct Batch {
    counts: CheckCounts,
    checked: Vec<Checked>,
}

impl Batch {
    fn of(plan: &CheckPlan<'_>, entries: &[(usize, usize)]) -> Batch {
        let mut batch = Batch::default();
        let options = ReadOptions::default();
        for &(entry, number) in entries {
            let cleaner = &plan.cleaners[number];
            let looking = Looking { reading: plan.reading, options: &options, limits: cleaner.limits() };
            plan.inputs.each_page(entry, looking, &mut |page, record| {
                let found = match record {
                    Ok(record) => quietly(|| batch.look(plan, entry, cleaner, page, &record)),
                    Err(Refused::Skip(..)) => {
                        batch.counts.skipped += 1;
                        return ControlFlow::Continue(());
                    }
                    Err(Refused::Fail(error)) => Ok(Err(error)),
                };
                let found = match found {
                    Ok(Ok(None)) => return ControlFlow::Continue(()),
                    Ok(Ok(Some(found))) => Ok(found),
                    Ok(Err(error)) if matches!(error.kind(), ErrorKind::TooLarge | ErrorKind::Binary) => {
                        batch.counts.skipped += 1;
                        return ControlFlow::Continue(());
                    }
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(panic) => Err(panic),
                };
                batch.checked.push(Checked { entry, cleaner: number, name: page.name.clone(), found });
                ControlFlow::Continue(())
            });
        }
        batch
    }

    fn look(
        &mut self,
        plan: &CheckPlan<'_>,
        entry: usize,
        cleaner: &Cleaner,
        page: &input::PageName,
        record: &Record,
    ) -> Result<Option<Found>, Error> {
        let inspection = cleaner.inspect(&record.bytes, &record.hints)?;
        self.counts.files += 1;
        if plan.counts_words {
            self.counts.words += inspection.words() as u64;
        }
        if inspection.removals.is_empty() {
            return Ok(None);
        }
        let project_path = label(&project_path(plan.inputs, plan.project, entry), page.origin.as_ref());
        let name = PageName { path: &page.name, project_path: &project_path };
        let findings = findings(cleaner, &inspection, name);
        let found = Found { findings, format: inspection.format, text: inspection.text.into_owned() };
        Ok(Some(found).filter(|found| !found.findings.is_empty()))
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
