//! The sequence of all records of a run: entries of the list in, one [`Step`] after the other out.
//!
//! Workers come here for work, one at a time. A page that is a file is opened here and its head read, by which it is told
//! from a container; a container is split here, and what is split off is parsed and cleaned by who took it. So splitting one
//! large file goes on while others clean, with no thread of its own, and every record has its number in the order of the
//! inputs.

use super::Plan;
use super::budget::Budget;
use super::ledger::Retry;
use super::record::quietly;
use crate::error::{Error, ErrorKind};
use crate::input::{InputFormat, Inputs, Loss, OpenPage, Opened, Origin, Position, Raw, Reading, Row, Split};
use crate::limits::Limits;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

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
    state: Mutex<State>,
}

struct State {
    number: usize,
    at: At,
    open: Option<Open>,
}

struct Open {
    format: &'static InputFormat,
    split: Box<dyn Split>,
    is_over: bool,
}

impl<'a> Feed<'a> {
    pub fn new(plan: &'a Plan<'a>, budget: &'a Budget, at: At) -> Feed<'a> {
        let Plan { corpus, retry, .. } = plan;
        let (inputs, reading) = (corpus.inputs, corpus.reading);
        let (limits, retry) = (corpus.cleaners[0].limits(), retry.as_ref());
        Feed { inputs, reading, limits, budget, retry, state: Mutex::new(State { number: 0, at, open: None }) }
    }

    /// The next step; `None` at the end of the list or when the run was stopped.
    ///
    /// The budget is taken under the lock: steps get it in their order, so that the one that the writer waits for is
    /// never behind one that waits for the budget.
    pub fn next(&self) -> Option<Step<'a>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.open.is_none() {
            let mut source = state.at.source;
            let is_wanted = |source| self.retry.is_none_or(|retry| retry.has_file(&self.inputs.name(source)));
            while source < self.inputs.len() && !is_wanted(source) {
                source += 1;
                state.at = At { source, ..At::default() };
            }
            if source == self.inputs.len() {
                return None;
            }
            let opened = match self.inputs.refusal(source) {
                // What was refused when the list was made is not opened.
                Some(_) => Err(Error::new(ErrorKind::Io, "not a page")),
                None => quietly(|| self.inputs.open(source, state.at.position, self.reading, self.limits))
                    .unwrap_or_else(|panic| Err(Error::new(ErrorKind::Panic, panic))),
            };
            match opened {
                Ok(Opened::Container(format, split)) => state.open = Some(Open { format, split, is_over: false }),
                Ok(Opened::Page(page)) => return self.page(&mut state, Ok(page)),
                Err(error) => return self.page(&mut state, Err(error)),
            }
        }
        self.record(&mut state)
    }

    fn page(&self, state: &mut State, page: Result<OpenPage<'a>, Error>) -> Option<Step<'a>> {
        let source = state.at.source;
        let bytes = self.inputs.size(source);
        let held = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.limits.max_document_bytes);
        state.at = At { source: source + 1, ..At::default() };
        self.step(state, source, None, bytes, held, Task::Page(page))
    }

    fn record(&self, state: &mut State) -> Option<Step<'a>> {
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
                open.is_over = loss.is_rest;
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
        Loss { offset: 0, error: Error::new(kind, message), is_rest: true }
    }

    fn step(
        &self,
        state: &mut State,
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
