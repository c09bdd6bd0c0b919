//! Opens one entry of the list: a path in, a page or a container out, told by its first bytes.
//!
//! Opening is cheap and reads the head only; a page is read whole by [`OpenPage::read`], within the bound of one
//! document, a container record by record.

use super::container::{HEAD, InputFormat, Source, Split};
use super::stream::{Bytes, Position};
use super::unpack::{self, too_large, unpack};
use super::{Inputs, Kind, Record};
use crate::article::Format;
use crate::cleaner::Hints;
use crate::decode::says_text;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use std::borrow::Cow;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes that are read first: most pages have fewer, and are read at once.
const FIRST_READ: u64 = 1 << 16;
/// The least time that a file's time of change can tell: Linux writes the one of its clock's last tick.
const TICK: Duration = Duration::from_millis(1);
/// Of a zstd frame nothing is known before its first block is there, which may be as large as this.
const ZSTD_BLOCK: usize = 1 << 17;

/// What an entry of the list turned out to be.
pub enum Opened<'a> {
    /// One page.
    Page(OpenPage<'a>),
    /// Many, in this format.
    Container(&'static InputFormat, Box<dyn Split>),
}

/// A page of which the first bytes are read.
pub struct OpenPage<'a> {
    bytes: Vec<u8>,
    rest: Rest<'a>,
    /// Whether all of it is read.
    is_whole: bool,
    /// Whether that took one call and no longer than a [`TICK`], and the file was as long as before it.
    is_at_once: bool,
}

enum Rest<'a> {
    File(File, Stamp, &'a Path),
    Stdin,
}

/// What a file is known by while it is read: half an old page and half a new one is a page that never was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    pub bytes: u64,
    /// Time of the last change in nanoseconds since 1970, 0 where the system does not know.
    pub modified: u64,
}

impl Stamp {
    pub fn of(metadata: &Metadata) -> Stamp {
        let since = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        Stamp { bytes: metadata.len(), modified: since.map_or(0, |since| since.as_nanos() as u64) }
    }
}

/// What the caller says that inputs are.
#[derive(Clone, Copy, Debug, Default)]
pub enum Reading {
    /// Whatever their first bytes say.
    #[default]
    Detected,
    /// Pages of this format, whatever they look like.
    Pages(Format),
    /// Containers of this format.
    Containers(&'static InputFormat),
}

impl Inputs {
    /// Opens entry `index`, a container at the position `from`.
    ///
    /// Standard input is read once and from its start.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] for what cannot be opened or read, or was refused when the list was made; what the format of a
    /// container says.
    pub fn open(&self, index: usize, from: Position, reading: Reading, limits: &Limits) -> Result<Opened<'_>, Error> {
        let source = &self.sources[index];
        let mut file = None;
        let mut page = match &source.kind {
            Kind::File => {
                let opened = File::open(&source.path).map_err(unreadable)?;
                let before = opened.metadata().map_err(unreadable)?;
                if !before.is_file() {
                    return Err(Error::new(ErrorKind::Io, "no longer a regular file"));
                }
                let stamp = Stamp::of(&before);
                source.stamp.get_or_init(|| stamp);
                file = Some(&source.path);
                OpenPage::begun(Rest::File(opened, stamp, &source.path), limits)?
            }
            Kind::Stdin => OpenPage::begun(Rest::Stdin, limits)?,
            Kind::Refused(_) => return Err(Error::new(ErrorKind::Io, "not a page")),
        };
        if page.bytes.starts_with(unpack::ZSTD) {
            page.take(ZSTD_BLOCK as u64)?;
        }
        let format = match reading {
            Reading::Pages(_) => None,
            Reading::Containers(format) => Some(format),
            Reading::Detected => {
                let levels = limits.max_packing_levels;
                let name = file.and_then(|path| page_name(path, levels));
                // Of such nothing else should be thought that may be one.
                let is_text = name.as_deref().is_some_and(says_text);
                let head = unpack::head(&page.bytes, HEAD, levels);
                // A damaged beginning makes no page of many records.
                let said = || name.as_deref().filter(|_| !head.is_empty()).and_then(InputFormat::by_ending);
                InputFormat::of(&head, is_text).or_else(said)
            }
        };
        let Some(format) = format else {
            return Ok(Opened::Page(page));
        };
        let bytes = match file {
            Some(path) => Bytes::File(File::open(path).map_err(unreadable)?),
            None => Bytes::Pipe(Box::new(io::Cursor::new(page.bytes).chain(io::stdin()))),
        };
        Ok(Opened::Container(format, (format.open)(Source { bytes, from, limits })?))
    }

    /// Whether entry `index` is as it was when its size was asked for or it was opened, as far as size and time of change can tell.
    pub fn is_as_found(&self, index: usize) -> bool {
        let source = &self.sources[index];
        source.kind != Kind::File || fs::metadata(&source.path).is_ok_and(|now| Stamp::of(&now) == self.stamp(index))
    }
}

impl<'a> OpenPage<'a> {
    /// Reads the first bytes; all of a short file, in one call.
    fn begun(rest: Rest<'a>, limits: &Limits) -> Result<OpenPage<'a>, Error> {
        let mut page = OpenPage { bytes: Vec::new(), rest, is_whole: false, is_at_once: false };
        if let Rest::File(file, stamp, _) = &mut page.rest {
            let length = stamp.bytes.min(limits.max_document_bytes as u64) as usize;
            if stamp.bytes < FIRST_READ {
                // One byte more, which there is if it grew.
                page.bytes = vec![0; length + 1];
                let begin = Instant::now();
                let read = match file.read(&mut page.bytes) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => None,
                    read => Some(read.map_err(unreadable)?),
                };
                page.bytes.truncate(read.unwrap_or(0));
                page.is_whole = read.is_some_and(|read| read as u64 == stamp.bytes);
                page.is_at_once = page.is_whole && begin.elapsed() < TICK;
            } else {
                page.bytes.reserve_exact(length);
            }
        }
        page.take(FIRST_READ.saturating_sub(page.bytes.len() as u64))?;
        Ok(page)
    }
}

impl OpenPage<'_> {
    /// Reads the rest and unpacks it.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] (found before it is read whole), [`ErrorKind::Corrupt`] and [`ErrorKind::Binary`] as
    /// [`unpack()`] says; [`ErrorKind::Io`] for what cannot be read or changed meanwhile.
    pub fn read(mut self, reading: Reading, limits: &Limits) -> Result<Record, Error> {
        let limit = limits.max_document_bytes;
        if let Rest::File(_, before, _) = &self.rest
            && before.bytes > limit as u64
        {
            return Err(too_large(limit));
        }
        self.take((limit + 1).saturating_sub(self.bytes.len()) as u64)?;
        if self.bytes.len() > limit {
            return Err(too_large(limit));
        }
        let mut name = None;
        if let Rest::File(file, before, path) = &self.rest {
            // A file that changed within a tick has the same time all the same.
            if !self.is_at_once && *before != Stamp::of(&file.metadata().map_err(unreadable)?) {
                return Err(Error::new(ErrorKind::Io, "changed while it was read"));
            }
            name = Some(*path);
        }
        let page = unpack(self.bytes, limits)?;
        let format = match reading {
            Reading::Pages(format) => Some(format),
            _ => None,
        };
        let name = name.and_then(|path| page_name(path, page.levels)).map(Cow::into_owned);
        Ok(Record {
            bytes: page.bytes,
            hints: Hints { name, format, ..Hints::default() },
            trailing: page.trailing,
            row: None,
        })
    }

    /// Reads up to `bytes` more.
    fn take(&mut self, bytes: u64) -> Result<(), Error> {
        if self.is_whole {
            return Ok(());
        }
        let read = match &mut self.rest {
            Rest::File(file, stamp, _) => {
                // Whether it goes on behind its end nobody asks: its size is compared when it is read.
                let left = stamp.bytes.saturating_sub(self.bytes.len() as u64);
                file.take(if left > 0 { bytes.min(left) } else { bytes }).read_to_end(&mut self.bytes)
            }
            Rest::Stdin => io::stdin().lock().take(bytes).read_to_end(&mut self.bytes),
        };
        self.is_whole = (read.map_err(unreadable)? as u64) < bytes;
        Ok(())
    }
}

fn unreadable(error: io::Error) -> Error {
    Error::with_source(ErrorKind::Io, "cannot read", error)
}

/// The file's name without the endings of the packing that was opened.
pub(super) fn page_name(path: &Path, levels: usize) -> Option<Cow<'_, str>> {
    let name = path.file_name()?.to_string_lossy();
    let mut page = &*name;
    for _ in 0..levels {
        let Some((stem, ending)) = page.rsplit_once('.') else {
            break;
        };
        if !["gz", "gzip", "zst", "zstd"].contains(&ending) {
            break;
        }
        page = stem;
    }
    let length = page.len();
    Some(match name {
        Cow::Borrowed(name) => name[..length].into(),
        Cow::Owned(name) => name[..length].to_owned().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::discover::Input;
    use super::*;

    #[test]
    fn a_file_that_changed_since_it_was_listed_is_read_as_it_is_now() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.txt");
        let limits = Limits { max_document_bytes: 100_000, ..Limits::default() };
        let long = "word ".repeat(19_000);
        for (before, after) in [("one", "another"), ("another", "one"), ("one", ""), ("", "one"), ("one", &long)] {
            fs::write(&path, before).unwrap();
            let inputs = Inputs::discover(vec![Input::Path(path.clone())], &[]);
            let read = || {
                let opened = inputs.open(0, Position::default(), Reading::default(), &limits).unwrap();
                let Opened::Page(page) = opened else { panic!("no page") };
                page.read(Reading::default(), &limits)
            };
            assert_eq!(read().unwrap().bytes, before.as_bytes());
            fs::write(&path, after).unwrap();
            assert_eq!(read().unwrap().bytes, after.as_bytes());
            fs::write(&path, long.repeat(2)).unwrap();
            assert_eq!(read().unwrap_err().kind(), ErrorKind::TooLarge);
        }
    }
}
