//! Reads one entry of the list: a path in, a [`Record`] out, within the bound of one document.

use super::unpack::{too_large, unpack};
use super::{Inputs, Kind, Record};
use crate::article::Format;
use crate::cleaner::Hints;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

impl Inputs {
    /// Reads and unpacks entry `index`; `format` is what the caller wants it read as, whatever it looks like.
    ///
    /// Standard input is read to its end, which it has only once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] (found before it is read whole), [`ErrorKind::Corrupt`] and
    /// [`ErrorKind::Binary`] as [`unpack`] says; [`ErrorKind::Io`] for what cannot be opened or read, changed
    /// meanwhile, or was refused when the list was made.
    pub fn read(&self, index: usize, limits: &Limits, format: Option<Format>) -> Result<Record, Error> {
        let limit = limits.max_document_bytes;
        let source = &self.sources[index];
        let packed = match &source.kind {
            Kind::File => read_file(&source.path, limit)?,
            Kind::Stdin => read_bounded(io::stdin().lock(), 0, limit)?,
            Kind::Refused(_) => return Err(Error::new(ErrorKind::Io, "not a page")),
        };
        let page = unpack(packed, limits)?;
        let name = (source.kind == Kind::File).then(|| page_name(&source.path, page.levels));
        Ok(Record {
            origin: self.origin(index),
            bytes: page.bytes,
            hints: Hints { name: name.flatten(), format, ..Hints::default() },
            trailing: page.trailing,
        })
    }
}

fn read_file(path: &Path, limit: usize) -> Result<Vec<u8>, Error> {
    let file = File::open(path).map_err(unreadable)?;
    let before = file.metadata().map_err(unreadable)?;
    if !before.is_file() {
        return Err(Error::new(ErrorKind::Io, "no longer a regular file"));
    }
    if before.len() > limit as u64 {
        return Err(too_large(limit));
    }
    let bytes = read_bounded(&file, before.len() as usize, limit)?;
    let after = file.metadata().map_err(unreadable)?;
    if changed(&before, &after) {
        return Err(Error::new(ErrorKind::Io, "changed while it was read"));
    }
    Ok(bytes)
}

/// Half an old page and half a new one is a page that never was.
fn changed(before: &Metadata, after: &Metadata) -> bool {
    before.len() != after.len() || before.modified().ok() != after.modified().ok()
}

fn read_bounded(from: impl Read, expected: usize, limit: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(expected);
    from.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > limit {
        return Err(too_large(limit));
    }
    Ok(bytes)
}

fn unreadable(error: io::Error) -> Error {
    Error::with_source(ErrorKind::Io, "cannot read", error)
}

/// The file's name without the endings of the packing that was opened.
fn page_name(path: &Path, levels: usize) -> Option<String> {
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
    Some(page.to_owned())
}
