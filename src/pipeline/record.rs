//! One record, from its path to the bytes that the writer puts down. Runs in the workers.
//!
//! Whatever happens in here (a file that cannot be read, a page that is no page, a panic) ends as one
//! [`Outcome`]; nothing gets out but through [`Done`].

use super::budget::Budget;
use super::report;
use crate::article::{Article, Degraded, Format};
use crate::cleaner::Hints;
use crate::error::{Error, ErrorKind};
use crate::input::{Inputs, Refusal};
use crate::limits::Limits;
use crate::output::{Names, OutputFormat, Page};
use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::Once;
use std::time::{Duration, Instant};

/// What became of a record: each has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// An article was made of it.
    Written,
    /// Its text was an article already, byte for byte.
    Unchanged,
    /// Nothing of it was kept, or there was nothing in it.
    Empty,
    /// It is no page, for the reason that is named.
    Skipped(&'static str),
    /// It could not be read or cleaned, for the reason that is named.
    Failed(&'static str),
}

impl Outcome {
    /// The outcome without its reason.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Written => "written",
            Outcome::Unchanged => "unchanged",
            Outcome::Empty => "empty",
            Outcome::Skipped(_) => "skipped",
            Outcome::Failed(_) => "failed",
        }
    }

    fn of(article: &Article) -> Outcome {
        if article.is_empty() {
            Outcome::Empty
        } else if article.unchanged {
            Outcome::Unchanged
        } else {
            Outcome::Written
        }
    }
}

/// A record that went through, as an observer of the run sees it.
#[derive(Debug)]
pub struct Finished {
    /// The name of its input, safe to print.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was skipped or failed, in a sentence; empty for the others.
    pub message: String,
    /// Bytes of its input on the disk.
    pub bytes: u64,
    /// How long a worker had it.
    pub time: Duration,
    /// Words of the page and of the article.
    pub words: (usize, usize),
    /// Pieces that were removed, by family.
    pub removals: BTreeMap<String, u64>,
    /// Bounds that it passed.
    pub degraded: Vec<Degraded>,
    /// True when bytes after the last gzip member were left out.
    pub trailing: bool,
}

/// A finished record with what the writer needs.
pub(super) struct Done {
    pub(super) finished: Finished,
    /// The page, for an outcome that has one.
    pub(super) page: Option<Vec<u8>>,
    /// Where it goes, when each page has a file.
    pub(super) target: Option<PathBuf>,
    /// Lines for the report.
    pub(super) report: Vec<u8>,
    /// Bytes of the budget that it holds.
    pub(super) held: usize,
}

/// What all records of a run have in common.
pub(super) struct Work<'a, F> {
    pub(super) inputs: &'a Inputs,
    pub(super) limits: &'a Limits,
    pub(super) clean: F,
    pub(super) format: Option<Format>,
    pub(super) output: &'static OutputFormat,
    pub(super) with_title: bool,
    pub(super) names: Option<&'a Names>,
    /// Whether pages are written at all.
    pub(super) writes: bool,
    pub(super) reports: bool,
    pub(super) budget: &'a Budget,
}

impl<F> Work<'_, F>
where
    F: Fn(usize, &[u8], &Hints) -> Result<Article, Error>,
{
    /// Takes record `index` through, holding `held` bytes of the budget; `None` when the run was stopped.
    pub(super) fn run(&self, index: usize, mut held: usize) -> Option<Done> {
        let start = Instant::now();
        let mut done = Done {
            finished: Finished {
                name: String::new(),
                outcome: Outcome::Empty,
                message: String::new(),
                bytes: self.inputs.size(index),
                time: Duration::ZERO,
                words: (0, 0),
                removals: BTreeMap::new(),
                degraded: Vec::new(),
                trailing: false,
            },
            page: None,
            target: None,
            report: Vec::new(),
            held: 0,
        };
        let result = quietly(|| self.make(index, &mut held, &mut done)).unwrap_or_else(|panic| {
            done.page = None;
            done.report.clear();
            Err(Stop::Error(Error::new(ErrorKind::Panic, panic)))
        });
        let finished = &mut done.finished;
        match result {
            Ok(()) => {}
            Err(Stop::Run) => return None,
            Err(Stop::Refused(outcome, message)) => {
                (finished.outcome, finished.message) = (outcome, message);
            }
            Err(Stop::Error(error)) => {
                finished.message = error.to_string();
                finished.outcome = match error.kind() {
                    kind @ (ErrorKind::TooLarge | ErrorKind::Binary) => Outcome::Skipped(kind.name()),
                    kind => Outcome::Failed(kind.name()),
                };
            }
        }
        if finished.name.is_empty() {
            finished.name = self.inputs.origin(index).name;
        }
        finished.time = start.elapsed();
        // From here on it holds what waits for the writer, and no longer the page that it was made from.
        done.held = (done.page.as_ref().map_or(0, Vec::len) + done.report.len()).min(held);
        self.budget.give(held - done.held);
        Some(done)
    }

    fn make(&self, index: usize, held: &mut usize, done: &mut Done) -> Result<(), Stop> {
        if let Some(refusal) = self.inputs.refusal(index) {
            return Err(match refusal {
                Refusal::Skip(skip) => Stop::Refused(Outcome::Skipped(skip.name()), skip.name().to_owned()),
                Refusal::Fail(why) => Stop::Refused(Outcome::Failed(ErrorKind::Io.name()), why.clone()),
            });
        }
        let record = self.inputs.read(index, self.limits, self.format)?;
        done.finished.trailing = record.trailing;
        self.hold(index, record.bytes.len(), held)?;
        let article = (self.clean)(index, &record.bytes, &record.hints)?;
        drop(record.bytes);

        let outcome = Outcome::of(&article);
        if self.writes {
            let mut page = Vec::new();
            let from = Page {
                article: &article,
                path: &record.origin.name,
                outcome: outcome.name(),
                with_title: self.with_title,
            };
            (self.output.write)(&from, &mut page);
            done.page = Some(page);
            done.target = self.names.map(|names| names.get(index, &record.origin.relative));
        }
        if self.reports {
            report::write(&record.origin.name, &article, &mut done.report);
        }
        let waiting = done.page.as_ref().map_or(0, Vec::len) + done.report.len();
        self.hold(index, waiting, held)?;
        let finished = &mut done.finished;
        for removal in &article.removals {
            let family = removal.reason.family();
            match finished.removals.get_mut(family) {
                Some(count) => *count += 1,
                None => drop(finished.removals.insert(family.to_owned(), 1)),
            }
        }
        finished.name = record.origin.name;
        finished.outcome = outcome;
        finished.words = (article.words_in, article.words_out);
        finished.degraded = article.degraded;
        Ok(())
    }

    /// Holds at least `bytes` of the budget; a page unpacks to more than lay on the disk.
    fn hold(&self, index: usize, bytes: usize, held: &mut usize) -> Result<(), Stop> {
        if bytes > *held {
            if !self.budget.take(index, bytes - *held) {
                return Err(Stop::Run);
            }
            *held = bytes;
        }
        Ok(())
    }
}

/// Why a record did not get to its end.
enum Stop {
    Error(Error),
    Refused(Outcome, String),
    Run,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic becomes its message and prints nothing.
///
/// The hook is the process's only one, so it is wrapped once and asks the thread whether to keep quiet.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static WRAP: Once = Once::new();
    WRAP.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                hook(info);
            }
        }));
    });
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    result.map_err(|payload| message(&*payload))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    // The message may quote the page.
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    format!("the program failed on this page: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_one_line() {
        let result = quietly(|| panic!("at {}\nof the page", 7));
        assert_eq!(result, Err::<(), _>("the program failed on this page: at 7 of the page".to_owned()));
    }
}
