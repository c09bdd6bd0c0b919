//! One step of the feed, from what was opened or split off to the bytes that the writer puts down. Runs in the workers.
//!
//! Whatever happens in here (a file that cannot be read, a page that is no page, a panic) ends as one
//! [`Outcome`]; nothing gets out but through [`Done`].

use super::feed::{At, Feed, Step, Task};
use super::filter::{Filters, Fingerprint, fingerprint};
use super::report;
use super::target::Targets;
use crate::article::{Article, Degraded};
use crate::cleaner::Hints;
use crate::error::{Error, ErrorKind};
use crate::input::{InputFormat, Origin, Read, ReadOptions, Record, Refusal, Refused, Row, label};
use crate::output::{OutputFormat, Page};
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

    /// That of a page of which no article could be made.
    pub(super) fn without_article(error: &Error) -> Outcome {
        match error.kind() {
            kind @ (ErrorKind::TooLarge | ErrorKind::Binary) => Outcome::Skipped(kind.name()),
            kind => Outcome::Failed(kind.name()),
        }
    }

    pub(super) fn of(article: &Article) -> Outcome {
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
    /// The name of its input, safe to print; of a record in a container with its place there.
    pub name: String,
    /// The name of the file that it came from, safe to print.
    pub file: String,
    /// Where it stood in its container, if it stood in one.
    pub origin: Option<Origin>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was skipped or failed, in a sentence; empty for the others.
    pub message: String,
    /// True when what follows in its container was lost with it, up to the next record that came.
    pub is_rest: bool,
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
}

/// A finished step with what the writer needs.
pub(super) struct Done {
    pub(super) number: usize,
    /// The record; nothing for the end of a container.
    pub(super) finished: Option<Finished>,
    /// Bytes of the disk that it stands for, and whether others were left out after them.
    pub(super) bytes: u64,
    pub(super) trailing: bool,
    pub(super) container: Option<&'static InputFormat>,
    pub(super) source: usize,
    pub(super) next: At,
    /// The page, for an outcome that has one.
    pub(super) page: Option<Vec<u8>>,
    /// The row that the page stood in, where the output carries its other columns along.
    pub(super) row: Option<Row>,
    /// Where it goes, when it has a file or a shard.
    pub(super) target: Option<PathBuf>,
    /// Lines for the report.
    pub(super) report: Vec<u8>,
    /// The text, when only the first of equal ones is kept.
    pub(super) text: Option<Fingerprint>,
    /// Bytes of the budget that it holds.
    pub(super) held: usize,
}

impl Done {
    /// Bytes that it holds until it is written.
    pub(super) fn size(&self) -> usize {
        self.page.as_ref().map_or(0, Vec::len) + self.report.len() + self.row.as_ref().map_or(0, Row::size)
    }

    /// Takes the article back: its text came before.
    pub(super) fn drop_duplicate(&mut self) {
        (self.page, self.row) = (None, None);
        self.report.clear();
        if let Some(finished) = &mut self.finished {
            finished.outcome = Outcome::Skipped("duplicate text");
            finished.message = "another page before has the same text".to_owned();
            finished.words = (0, 0);
            finished.removals.clear();
            finished.degraded.clear();
        }
    }
}

/// What all records of a run have in common.
pub(super) struct Work<'a, F> {
    pub(super) feed: &'a Feed<'a>,
    pub(super) options: &'a ReadOptions,
    pub(super) clean: F,
    pub(super) output: &'static OutputFormat,
    pub(super) with_title: bool,
    pub(super) targets: &'a Targets<'a>,
    pub(super) filters: &'a Filters,
    /// Whether pages are written at all.
    pub(super) writes: bool,
    pub(super) reports: bool,
}

impl<F> Work<'_, F>
where
    F: Fn(usize, &[u8], &Hints) -> Result<Article, Error>,
{
    /// Takes one step; `None` when the run was stopped.
    pub(super) fn run(&self, step: Step<'_>) -> Option<Done> {
        let start = Instant::now();
        let Step { number, source, container, bytes, mut held, next, task } = step;
        let mut done = Done {
            number,
            finished: None,
            bytes,
            trailing: false,
            container,
            source,
            next,
            page: None,
            row: None,
            target: None,
            report: Vec::new(),
            text: None,
            held: 0,
        };
        if let Task::End(end) = task {
            (done.trailing, done.row) = (end.trailing, end.blank);
            done.target = self.targets.shard(source);
            self.feed.budget.give(held);
            return Some(done);
        }
        let mut finished = Finished {
            name: String::new(),
            file: self.feed.inputs.name(source),
            origin: None,
            outcome: Outcome::Empty,
            message: String::new(),
            is_rest: false,
            bytes,
            time: Duration::ZERO,
            words: (0, 0),
            removals: BTreeMap::new(),
            degraded: Vec::new(),
        };
        let result = quietly(|| self.make(task, &mut held, &mut done, &mut finished)).unwrap_or_else(|panic| {
            (done.page, done.row, done.text) = (None, None, None);
            done.report.clear();
            Err(Stop::Error(Error::new(ErrorKind::Panic, panic)))
        });
        match result {
            Ok(()) => {}
            Err(Stop::Run) => return None,
            Err(Stop::Refused(outcome, message)) => {
                (finished.outcome, finished.message) = (outcome, message);
            }
            Err(Stop::Error(error)) => {
                finished.message = error.to_string();
                finished.outcome = Outcome::without_article(&error);
            }
        }
        if finished.name.is_empty() {
            finished.name = label(&finished.file, finished.origin.as_ref());
        }
        finished.time = start.elapsed();
        done.finished = Some(finished);
        // From here on it holds what waits for the writer, and no longer the page that it was made from.
        done.held = done.size().min(held);
        self.feed.budget.give(held - done.held);
        Some(done)
    }

    /// Reads the page of a task, and what is known of its place into `finished`.
    fn read(&self, task: Task<'_>, done: &Done, finished: &mut Finished) -> Result<Record, Stop> {
        let Feed { inputs, reading, limits, .. } = self.feed;
        match task {
            Task::Page(page) => {
                if let Some(refusal) = inputs.refusal(done.source) {
                    return Err(match refusal {
                        Refusal::Skip(skip) => Stop::Refused(Outcome::Skipped(skip.name()), skip.name().to_owned()),
                        Refusal::Fail(why) => Stop::Refused(Outcome::Failed(ErrorKind::Io.name()), why.clone()),
                    });
                }
                Ok(page?.read(*reading, limits)?)
            }
            Task::Record(raw, origin) => {
                let Some(format) = done.container else {
                    return Err(Error::new(ErrorKind::Panic, "a record without a container").into());
                };
                let origin = finished.origin.insert(origin);
                format.parse(raw, origin, &Read { options: self.options, limits }).map_err(|refused| match refused {
                    Refused::Skip(skip, why) => Stop::Refused(Outcome::Skipped(skip.name()), why),
                    Refused::Fail(error) => Stop::Error(error),
                })
            }
            Task::Lost(loss, origin) => {
                finished.origin = Some(origin);
                finished.is_rest = loss.is_rest;
                Err(loss.error.into())
            }
            Task::End(_) => Err(Error::new(ErrorKind::Panic, "the end of a container is no record").into()),
        }
    }

    fn make(&self, task: Task<'_>, held: &mut usize, done: &mut Done, finished: &mut Finished) -> Result<(), Stop> {
        let record = self.read(task, done, finished)?;
        done.trailing = record.trailing;
        let row = record.row.as_ref().map_or(0, Row::size);
        self.hold(done.number, record.bytes.len() + row, held)?;
        let article = (self.clean)(done.source, &record.bytes, &record.hints)?;
        drop(record.bytes);

        let outcome = Outcome::of(&article);
        finished.name = label(&finished.file, finished.origin.as_ref());
        if let Some((outcome, why)) = self.filters.refuse(&article) {
            return Err(Stop::Refused(outcome, why));
        }
        done.text = (self.filters.dedup && !article.is_empty()).then(|| fingerprint(&article.text));
        if self.writes {
            let mut page = Vec::new();
            let from = Page {
                article: &article,
                path: &finished.name,
                origin: finished.origin.as_ref(),
                row: record.row.as_ref(),
                outcome: outcome.name(),
                with_title: self.with_title,
            };
            (self.output.write)(&from, &mut page);
            done.page = Some(page);
            done.target = self.targets.of(done.source, finished.origin.as_ref());
        }
        if self.reports {
            report::write(&finished.name, &article, &mut done.report);
        }
        if self.output.is_table() {
            done.row = record.row.filter(Row::is_table);
        }
        self.hold(done.number, done.size(), held)?;
        for removal in &article.removals {
            let family = removal.reason.family();
            match finished.removals.get_mut(family) {
                Some(count) => *count += 1,
                None => drop(finished.removals.insert(family.to_owned(), 1)),
            }
        }
        finished.outcome = outcome;
        finished.words = (article.words_in, article.words_out);
        finished.degraded = article.degraded;
        Ok(())
    }

    /// Holds at least `bytes` of the budget; a page unpacks to more than lay on the disk.
    fn hold(&self, number: usize, bytes: usize, held: &mut usize) -> Result<(), Stop> {
        if bytes > *held {
            if !self.feed.budget.take(number, bytes - *held) {
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
    let before = QUIET.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
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
