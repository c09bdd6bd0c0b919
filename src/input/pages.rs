//! All pages of one entry of the list, one after the other: the page that a file is, or the records of a container.
//!
//! For commands that look at pages and write none; a run that writes takes containers apart across its workers instead.

use super::{
    InputFormat, Inputs, Opened, Origin, Position, Raw, Read, ReadOptions, Reading, Record, Refusal, Refused, Split,
    printable,
};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// What a page of an entry is called, worked out when somebody asks: of most pages of a check nobody does.
#[derive(Clone, Debug)]
pub struct PageName<'i> {
    inputs: &'i Inputs,
    index: usize,
    /// Where it stood in its container, if it stood in one.
    pub origin: Option<Origin>,
}

impl PageName<'_> {
    /// Its name for people, safe to print; see [`label`].
    pub fn name(&self) -> String {
        label(&self.inputs.name(self.index), self.origin.as_ref())
    }

    /// Its path below what the user named; of a record that of its container, and its own path there if it has one.
    pub fn relative(&self) -> PathBuf {
        let file = self.inputs.relative(self.index);
        match self.origin.as_ref().and_then(|origin| origin.path.as_ref()) {
            Some(path) => file.join(path),
            None => file,
        }
    }
}

/// Hears of each page, or why it is none, and breaks off when it has enough.
pub type PageVisitor<'v> = dyn FnMut(&PageName<'_>, Result<Record, Refused>) -> ControlFlow<()> + 'v;

/// How pages are found.
#[derive(Clone, Copy)]
pub struct Looking<'a> {
    /// What the inputs are.
    pub reading: Reading,
    /// Which records of a container are pages.
    pub options: &'a ReadOptions,
    /// The bounds of a page.
    pub limits: &'a Limits,
}

impl Inputs {
    /// Calls `found` for each page of entry `index` until it breaks off; once with the reason for an entry that is not read.
    pub fn each_page(&self, index: usize, looking: Looking<'_>, found: &mut PageVisitor<'_>) {
        match self.pages(index, looking) {
            Pages::Whole(record) => _ = found(&self.page_name(index, None), record),
            Pages::Records(records) => {
                for record in records {
                    let (page, record) = self.parsed(index, looking, record);
                    if found(&page, record).is_break() {
                        break;
                    }
                }
            }
        }
    }

    /// Begins to read entry `index`.
    pub(crate) fn pages(&self, index: usize, looking: Looking<'_>) -> Pages {
        let Looking { reading, limits, .. } = looking;
        let opened = match self.refusal(index) {
            Some(Refusal::Skip(skip)) => Err(Refused::Skip(*skip, skip.name().to_owned())),
            Some(Refusal::Fail(why)) => Err(Error::new(ErrorKind::Io, why.clone()).into()),
            None => self.open(index, Position::default(), reading, limits).map_err(Refused::from),
        };
        match opened {
            Ok(Opened::Page(page)) => Pages::Whole(page.read(reading, limits).map_err(Refused::from)),
            Ok(Opened::Container(format, split)) => {
                Pages::Records(Records { format, split, number: 0, is_over: false })
            }
            Err(refused) => Pages::Whole(Err(refused)),
        }
    }

    /// What a page of entry `index` is called.
    pub(crate) fn page_name(&self, index: usize, origin: Option<Origin>) -> PageName<'_> {
        PageName { inputs: self, index, origin }
    }

    /// A record that was split off entry `index`, as a page.
    pub(crate) fn parsed(
        &self,
        index: usize,
        looking: Looking<'_>,
        record: SplitOff,
    ) -> (PageName<'_>, Result<Record, Refused>) {
        let Looking { options, limits, .. } = looking;
        let SplitOff { format, mut origin, raw } = record;
        let record = match raw {
            Ok(raw) => format.parse(raw, &mut origin, &Read { options, limits }),
            Err(error) => Err(Refused::Fail(error)),
        };
        (self.page_name(index, Some(origin)), record)
    }
}

/// What an entry holds.
pub(crate) enum Pages {
    /// One page, or why there is none.
    Whole(Result<Record, Refused>),
    /// Those of a container.
    Records(Records),
}

/// The records of a container; an iterator.
pub(crate) struct Records {
    format: &'static InputFormat,
    split: Box<dyn Split>,
    number: u64,
    /// What comes next is lost.
    is_over: bool,
}

/// A record that was split off, or why it could not be.
pub(crate) struct SplitOff {
    format: &'static InputFormat,
    origin: Origin,
    raw: Result<Raw, Error>,
}

impl SplitOff {
    /// Where it stood.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Bytes that it holds.
    pub(crate) fn size(&self) -> usize {
        self.raw.as_ref().map_or(0, Raw::size)
    }
}

impl Iterator for Records {
    type Item = SplitOff;

    fn next(&mut self) -> Option<SplitOff> {
        if self.is_over {
            return None;
        }
        let (offset, raw) = match self.split.next()? {
            Ok(raw) => (raw.offset, Ok(raw)),
            Err(loss) => {
                self.is_over = loss.is_end;
                (loss.offset, Err(loss.error))
            }
        };
        let origin = Origin { index: self.number, offset, ..Origin::default() };
        self.number += 1;
        Some(SplitOff { format: self.format, origin, raw })
    }
}

/// The name of a page for people: its file, and its path or its offset there.
pub fn label(file: &str, origin: Option<&Origin>) -> String {
    match origin {
        None => file.to_owned(),
        Some(Origin { path: Some(path), .. }) => format!("{file}/{}", printable(path)),
        Some(origin) => format!("{file}@{}", origin.offset),
    }
}
