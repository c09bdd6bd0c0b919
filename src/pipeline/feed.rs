//! The sequence of all records of a run: entries of the list in, one [`Step`] after the other out.
//!
//! Workers come here for work, one at a time. An entry is opened by the worker who finds that the next one is not open yet, and
//! its head read, by which a page is told from a container: many at once, so that nobody waits for somebody else's disk. A
//! container is split here, and what is split off is parsed and cleaned by who took it. So splitting one large file goes on
//! while others clean, with no thread of its own, and every record has its number in the order of the inputs.

use super::Corpus;
use super::budget::Budget;
use super::ledger::Retry;
use super::record::quietly;
use crate::error::{Error, ErrorKind};
use crate::input::{InputFormat, Inputs, Loss, OpenPage, Opened, Origin, Position, Raw, Reading, Row, Split};
use crate::limits::Limits;
use parking_lot::{Condvar, Mutex};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A place in the sequence, from which a later run can go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct At {
    /// The entry of the list.
    pub source: usize,
    /// Records of its container that are behind.
    pub record: u64,
    /// Where the next of them begins.
    pub position: Position,
    /// Bytes of the entry on the disk that were counted.
    pub counted: u64,
}

/// One piece of work.
pub(super) struct Step<'a> {
    /// Its place among the steps of this run.
    pub number: usize,
    /// The entry that it comes from.
    pub source: usize,
    /// The format of the entry, when it is a container.
    pub container: Option<&'static InputFormat>,
    /// Bytes of the disk that it stands for.
    pub bytes: u64,
    /// Bytes of the budget that it holds.
    pub held: usize,
    /// Where the sequence goes on.
    pub next: At,
    pub task: Task<'a>,
}

pub(super) enum Task<'a> {
    /// A file of its own, or something that is no file.
    Page(Result<OpenPage<'a>, Error>),
    /// A record that was split off.
    Record(Raw, Origin),
    /// One that could not be.
    Lost(Loss, Origin),
    /// The end of a container.
    End(End),
}

/// What is known of a container at its end.
pub(super) struct End {
    /// True when bytes after its last gzip member were left out.
    pub trailing: bool,
    /// A row that holds nothing and shows the columns of its rows.
    pub blank: Option<Row>,
}

/// Hands out the steps.
pub(super) struct Feed<'a> {
    pub inputs: &'a Inputs,
    pub reading: Reading,
    pub limits: &'a Limits,
    pub budget: &'a Budget,
    /// The records that are read, when it is not all of them.
    retry: Option<&'a Retry>,
    /// Where the run begins.
    begin: At,
    /// Entries that are opened before it is their turn, at most: each holds a file and what was read of it.
    max_ahead: usize,
    state: Mutex<State<'a>>,
    /// Told of each entry that was opened.
    opened: Condvar,
}

struct State<'a> {
    number: usize,
    at: At,
    /// The container that is being split.
    open: Option<Open>,
    /// The entries that come next, those that are being opened among them, in order.
    ahead: VecDeque<Ahead<'a>>,
    /// The first entry that nobody opens yet.
    unopened: usize,
}

struct Ahead<'a> {
    source: usize,
    /// None while somebody opens it.
    opened: Option<Result<Opened<'a>, Error>>,
}

struct Open {
    format: &'static InputFormat,
    split: Box<dyn Split>,
    is_over: bool,
}

/// The next entry, if it is open.
fn take_opened<'a>(ahead: &mut VecDeque<Ahead<'a>>) -> Option<(usize, Result<Opened<'a>, Error>)> {
    let Ahead { source, opened } = ahead.front_mut()?;
    let next = (*source, opened.take()?);
    ahead.pop_front();
    Some(next)
}

impl<'a> Feed<'a> {
    /// The steps of a corpus from `at` on, for so many workers; of the records that `retry` names, when it names any.
    pub fn new(
        corpus: &'a Corpus<'a>,
        retry: Option<&'a Retry>,
        budget: &'a Budget,
        at: At,
        workers: usize,
    ) -> Feed<'a> {
        let (inputs, reading, limits) = (corpus.inputs, corpus.reading, corpus.cleaners[0].limits());
        let state = State { number: 0, at, open: None, ahead: VecDeque::new(), unopened: at.source };
        Feed {
            inputs,
            reading,
            limits,
            budget,
            retry,
            begin: at,
            max_ahead: workers,
            state: Mutex::new(state),
            opened: Condvar::new(),
        }
    }

    /// The next step; `None` at the end of the list or when the run was stopped.
    ///
    /// The budget is taken under the lock: steps get it in their order, so that the one that the writer waits for is
    /// never behind one that waits for the budget.
    pub fn next(&self) -> Option<Step<'a>> {
        let mut state = self.state.lock();
        loop {
            if state.open.is_some() {
                return self.record(&mut state);
            }
            if let Some((source, opened)) = take_opened(&mut state.ahead) {
                if state.at.source != source {
                    state.at = At { source, ..At::default() };
                }
                match opened {
                    Ok(Opened::Container(format, split)) => state.open = Some(Open { format, split, is_over: false }),
                    Ok(Opened::Page(page)) => return self.page(&mut state, Ok(page)),
                    Err(error) => return self.page(&mut state, Err(error)),
                }
            } else if let Some(source) = self.claim(&mut state) {
                drop(state);
                let opened = self.open(source);
                state = self.state.lock();
                if let Some(ahead) = state.ahead.iter_mut().find(|ahead| ahead.source == source) {
                    ahead.opened = Some(opened);
                }
                self.opened.notify_all();
            } else if state.ahead.is_empty() {
                return None;
            } else {
                // Who opens an entry says so in any case.
                self.opened.wait(&mut state);
            }
        }
    }

    /// Takes an entry to open it, if one is left and not too many are open.
    fn claim(&self, state: &mut State<'a>) -> Option<usize> {
        let is_wanted = |source: &usize| self.retry.is_none_or(|retry| retry.has_file(&self.inputs.name(*source)));
        if state.ahead.len() >= self.max_ahead {
            return None;
        }
        let source = (state.unopened..self.inputs.len()).find(is_wanted);
        state.unopened = source.map_or(self.inputs.len(), |source| source + 1);
        let source = source?;
        state.ahead.push_back(Ahead { source, opened: None });
        Some(source)
    }

    fn open(&self, source: usize) -> Result<Opened<'a>, Error> {
        let position = if source == self.begin.source { self.begin.position } else { Position::default() };
        match self.inputs.refusal(source) {
            // What was refused when the list was made is not opened.
            Some(_) => Err(Error::new(ErrorKind::Io, "not a page")),
            None => quietly(|| self.inputs.open(source, position, self.reading, self.limits))
                .unwrap_or_else(|panic| Err(Error::new(ErrorKind::Panic, panic))),
        }
    }

    fn page(&self, state: &mut State<'a>, page: Result<OpenPage<'a>, Error>) -> Option<Step<'a>> {
        let source = state.at.source;
        let bytes = self.inputs.size(source);
        let held = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.limits.max_document_bytes);
        state.at = At { source: source + 1, ..At::default() };
        self.step(state, source, None, bytes, held, Task::Page(page))
    }

    fn record(&self, state: &mut State<'a>) -> Option<Step<'a>> {
        let At { source, record, counted, .. } = state.at;
        let open = state.open.as_mut()?;
        let split = &mut open.split;
        let mut record = record;
        let file = self.inputs.name(source);
        let mut next = loop {
            let begin = split.position().begin();
            let next = match open.is_over {
                true => None,
                false => {
                    quietly(|| split.next()).unwrap_or_else(|panic| Some(Err(self.broken(ErrorKind::Panic, &panic))))
                }
            };
            let is_wanted = self.retry.is_none_or(|retry| match &next {
                Some(Ok(raw)) => retry.has_record(&file, raw.offset),
                Some(Err(loss)) => retry.has_loss(&file, loss),
                None => {
                    retry.meet_end(&file, begin..=split.position().offset);
                    true
                }
            });
            if is_wanted {
                break next;
            }
            record += 1;
        };
        if next.is_none() && !open.is_over && !self.inputs.is_as_found(source) {
            next = Some(Err(self.broken(ErrorKind::Io, "changed while it was read")));
        }
        let size = self.inputs.size(source);
        let Some(next) = next else {
            let end = End { trailing: open.split.has_trailing(), blank: open.split.blank() };
            let format = open.format;
            state.open = None;
            state.at = At { source: source + 1, ..At::default() };
            return self.step(state, source, Some(format), size.saturating_sub(counted), 0, Task::End(end));
        };
        let packed = open.split.packed().clamp(counted, size.max(counted));
        let bytes = packed - counted;
        let mut at = At { source, record: record + 1, position: Position::default(), counted: packed };
        let origin = |offset| Origin { index: record, offset, ..Origin::default() };
        let (held, task) = match next {
            Ok(raw) => {
                let origin = origin(raw.offset);
                (raw.size(), Task::Record(raw, origin))
            }
            Err(loss) => {
                open.is_over = loss.is_end;
                let origin = origin(loss.offset);
                (0, Task::Lost(loss, origin))
            }
        };
        at.position = open.split.position();
        state.at = at;
        let format = open.format;
        self.step(state, source, Some(format), bytes, held, task)
    }

    fn broken(&self, kind: ErrorKind, message: &str) -> Loss {
        Loss { offset: 0, error: Error::new(kind, message), is_rest: true, is_end: true }
    }

    fn step(
        &self,
        state: &mut State<'a>,
        source: usize,
        container: Option<&'static InputFormat>,
        bytes: u64,
        held: usize,
        task: Task<'a>,
    ) -> Option<Step<'a>> {
        let number = state.number;
        if !self.budget.take(number, held) {
            return None;
        }
        state.number += 1;
        Some(Step { number, source, container, bytes, held, next: state.at, task })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cleaner;
    use crate::input::{Input, ReadOptions};
    use std::fs;

    /// All steps of a folder of pages with a container among them, taken by so many threads: number, entry, what it is.
    fn steps(folder: &std::path::Path, threads: usize) -> Vec<(usize, usize, &'static str)> {
        let inputs = Inputs::discover(vec![Input::Path(folder.to_owned())], &[]);
        let cleaners = [Cleaner::builder().build().unwrap()];
        let budget = Budget::new(usize::MAX, usize::MAX);
        let corpus = Corpus {
            inputs: &inputs,
            cleaners: &cleaners,
            cleaner_of: &[],
            reading: Reading::Detected,
            options: ReadOptions::default(),
            jobs: threads,
        };
        let feed = Feed::new(&corpus, None, &budget, At::default(), threads);
        let taken = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(step) = feed.next() {
                        let what = match step.task {
                            Task::Page(_) => "page",
                            Task::Record(..) => "record",
                            Task::Lost(..) => "lost",
                            Task::End(_) => "end",
                        };
                        taken.lock().push((step.number, step.source, what));
                    }
                });
            }
        });
        let mut taken = taken.into_inner();
        taken.sort_unstable();
        taken
    }

    #[test]
    fn steps_have_the_order_of_the_entries_however_many_open_them() {
        let folder = tempfile::tempdir().unwrap();
        for at in 0..200 {
            fs::write(folder.path().join(format!("{at:03}.txt")), format!("Page {at}\n")).unwrap();
        }
        fs::write(folder.path().join("100a.jsonl"), "{\"text\":\"one\"}\n{\"text\":\"two\"}\n").unwrap();
        let alone = steps(folder.path(), 1);
        assert_eq!(alone.len(), 203);
        assert_eq!(alone.iter().map(|(number, ..)| *number).collect::<Vec<_>>(), (0..203).collect::<Vec<_>>());
        assert!(alone.is_sorted_by_key(|(_, source, _)| *source));
        assert_eq!(alone[101..104].iter().map(|(.., what)| *what).collect::<Vec<_>>(), ["record", "record", "end"]);
        assert_eq!(steps(folder.path(), 8), alone);
    }
}
