//! Formats whose records stand one after the other in the bytes of a file: what is the same for all of them.

use super::container::{Loss, Raw, Source, Split};
use super::stream::{Position, Stream, failed};
use crate::error::Error;
use crate::limits::Limits;
use std::io;

/// Takes the next record off the stream; nothing at its end. The offset is that of the stream, which a format sets anew
/// where the record begins later. What cannot be split off is the inner error, the outer one is the end of the file.
pub(super) type Take = fn(&mut Stream, &Limits, offset: &mut u64) -> io::Result<Option<Result<Raw, Error>>>;

struct Streamed {
    stream: Stream,
    limits: Limits,
    take: Take,
    recovers: bool,
    is_over: bool,
}

impl Source<'_> {
    /// A file that `take` splits. It `recovers` when it finds a record wherever it is begun: reading goes on behind a damaged
    /// gzip member then.
    pub fn split(self, recovers: bool, take: Take) -> Result<Box<dyn Split>, Error> {
        let limits = self.limits.clone();
        let stream = Stream::open(self.bytes, self.from, &limits)?;
        Ok(Box::new(Streamed { stream, limits, take, recovers, is_over: false }))
    }
}

impl Split for Streamed {
    fn next(&mut self) -> Option<Result<Raw, Loss>> {
        if self.is_over {
            return None;
        }
        let mut offset = self.stream.position().begin();
        let taken = (self.take)(&mut self.stream, &self.limits, &mut offset);
        match taken {
            Ok(record) => {
                self.is_over = record.is_none();
                Some(Raw::begun(offset, record?))
            }
            Err(error) => {
                // What cannot be read once more is the loss that is told anyway.
                self.is_over = !(self.recovers && self.stream.recover().unwrap_or(false));
                Some(Err(Loss { offset, error: failed(&error), is_rest: true, is_end: self.is_over }))
            }
        }
    }

    fn position(&mut self) -> Position {
        self.stream.position()
    }

    fn packed(&self) -> u64 {
        self.stream.packed()
    }

    fn has_trailing(&self) -> bool {
        self.stream.has_trailing()
    }
}
