//! zip: a page a member, found by the directory at the end of the file.
//!
//! Members are read in the order of the directory, each within the bound of a document. A file whose members lie upon each
//! other unpacks to more than its size allows and is refused. Documents of other programs that are zip files within
//! (spreadsheets, books, programs) are no archives of pages.

use super::container::{Loss, Raw, Source, Split, Told};
use super::member;
use super::stream::Position;
use super::unpack::too_large;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use std::fs::File;
use std::io::{self, BufReader, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// What a member begins with, and an archive that has none.
const MEMBER: &[u8] = b"PK\x03\x04";
const EMPTY: &[u8] = b"PK\x05\x06";

/// What is said behind the last member when names stand twice in the directory: the library keeps the last of each.
const TWICE: &str = "members of the zip archive have the same name, and all but the last of each are lost: unpack it with a \
    program that gives them other names";

/// The first members of files that are more than archives.
const DOCUMENTS: &[&[u8]] = &[b"[Content_Types].xml", b"mimetype", b"META-INF/", b"_rels/"];

pub(super) fn detect(head: &[u8]) -> Told {
    // The name of the first member stands behind 30 bytes of its head.
    let name = head.get(30..).unwrap_or_default();
    let is_document = DOCUMENTS.iter().any(|first| name.starts_with(first));
    match head.starts_with(EMPTY) || head.starts_with(MEMBER) && !is_document {
        true => Told::Surely,
        false => Told::No,
    }
}

pub(super) fn open(source: Source<'_>) -> Result<Box<dyn Split>, Error> {
    let (from, limits) = (source.from, source.limits.clone());
    let file = source.seekable("a zip archive", &[MEMBER, EMPTY])?;
    let bytes = file.metadata().map_err(|e| Error::with_source(ErrorKind::Io, "cannot read", e))?.len();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(failed)?;
    if archive.has_overlapping_files().map_err(failed)? {
        return Err(Error::new(ErrorKind::Malformed, "members of the zip archive lie upon each other"));
    }
    Ok(Box::new(Members { archive, at: from.offset as usize, bytes, packed: 0, limits }))
}

struct Members {
    archive: ZipArchive<BufReader<File>>,
    /// The next member of the directory.
    at: usize,
    /// Bytes of the file, and of the members that are behind.
    bytes: u64,
    packed: u64,
    limits: Limits,
}

impl Split for Members {
    fn next(&mut self) -> Option<Result<Raw, Loss>> {
        let offset = self.at as u64;
        if self.at == self.archive.len() && self.archive.has_duplicate_names() {
            self.at += 1;
            let error = Error::new(ErrorKind::Malformed, TWICE);
            return Some(Err(Loss { offset, error, is_rest: true, is_end: true }));
        }
        if self.at >= self.archive.len() {
            return None;
        }
        let member = self.member();
        self.at += 1;
        Some(Raw::begun(offset, member))
    }

    fn position(&mut self) -> Position {
        Position { offset: self.at as u64, member: None }
    }

    fn packed(&self) -> u64 {
        self.packed.min(self.bytes)
    }
}

impl Members {
    fn member(&mut self) -> Result<Raw, Error> {
        let limit = self.limits.max_document_bytes;
        let mut file = self.archive.by_index(self.at).map_err(failed)?;
        self.packed = self.packed.saturating_add(file.compressed_size());
        let path = file.name_raw().to_vec();
        if !file.is_file() {
            return Ok(member::no_file(&path));
        }
        let mut content = Vec::new();
        let read = (&mut file).take(limit as u64 + 1).read_to_end(&mut content);
        match read.map_err(|e| failed(e.into())) {
            Ok(_) if content.len() > limit => Err(member::named(&path, &too_large(limit))),
            Ok(_) => Ok(member::raw(&path, &content)),
            Err(error) => Err(member::named(&path, &error)),
        }
    }
}

fn failed(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => {
            Error::with_source(ErrorKind::Io, "cannot read", error)
        }
        ZipError::UnsupportedArchive(why) => Error::new(ErrorKind::Malformed, format!("cannot be unpacked: {why}")),
        error => {
            let error = io::Error::other(error);
            Error::new(ErrorKind::Corrupt, format!("the zip archive is cut or damaged: {error}"))
        }
    }
}
