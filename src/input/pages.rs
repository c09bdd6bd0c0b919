//! All pages of one entry of the list, one after the other: the page that a file is, or the records of a container.
//!
//! For commands that look at pages and write none; a run that writes takes containers apart across its workers instead.

use super::{Inputs, Opened, Origin, Position, Read, ReadOptions, Reading, Record, Refusal, Refused, printable};
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
        let Looking { reading, options, limits } = looking;
        let named = |origin| PageName { inputs: self, index, origin };
        let whole = named(None);
        let opened = match self.refusal(index) {
            Some(Refusal::Skip(skip)) => Err(Refused::Skip(*skip, skip.name().to_owned())),
            Some(Refusal::Fail(why)) => Err(Error::new(ErrorKind::Io, why.clone()).into()),
            None => self.open(index, Position::default(), reading, limits).map_err(Refused::from),
        };
        let (format, mut split) = match opened {
            Ok(Opened::Page(page)) => {
                let _ = found(&whole, page.read(reading, limits).map_err(Refused::from));
                return;
            }
            Ok(Opened::Container(format, split)) => (format, split),
            Err(refused) => {
                let _ = found(&whole, Err(refused));
                return;
            }
        };
        let mut number = 0;
        while let Some(next) = split.next() {
            let (offset, next) = match next {
                Ok(raw) => (raw.offset, Ok(raw)),
                Err(loss) => (loss.offset, Err(loss)),
            };
            let mut origin = Origin { index: number, offset, ..Origin::default() };
            number += 1;
            let (record, is_rest) = match next {
                Ok(raw) => (format.parse(raw, &mut origin, &Read { options, limits }), false),
                Err(loss) => (Err(Refused::Fail(loss.error)), loss.is_rest),
            };
            if found(&named(Some(origin)), record).is_break() || is_rest {
                break;
            }
        }
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
