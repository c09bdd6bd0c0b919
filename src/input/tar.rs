//! tar: a page a member, one after the other, in a file or through a pipe, packed or not.
//!
//! Headers of GNU and POSIX archives are read, long names with them. Where a header is damaged, the splitting goes on at the
//! next block that is one, and what lies between is one [`Loss`](super::Loss).

use super::container::{Raw, Source, Split, Told};
use super::member;
use super::stream::Stream;
use super::unpack::too_large;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use std::io;
use tar::{EntryType, Header, PaxExtensions};

const BLOCK: usize = 512;
/// Bytes of a member that no disk holds; a header that says more is none.
const MAX_SIZE: u64 = 1 << 56;

pub(super) fn detect(head: &[u8]) -> Told {
    // A checksum stands in it.
    if head.get(..BLOCK).is_some_and(|block| header(block).is_some()) { Told::Surely } else { Told::No }
}

/// The header that a block is, if it is one: its checksum says so.
fn header(block: &[u8]) -> Option<&Header> {
    let header = Header::from_byte_slice(block.get(..BLOCK)?);
    // Of most files that are no archive it is no number, octal or with a mark of its own.
    let is_number = |byte: &u8| matches!(byte, b'0'..=b'7' | b' ' | 0);
    if block[148] < 0x80 && !block[148..156].iter().all(is_number) {
        return None;
    }
    let stated = header.cksum().ok()?;
    let bytes = block[..BLOCK].iter().enumerate();
    let sum: u32 = bytes
        .map(|(at, byte)| match at {
            // The checksum counts itself as spaces.
            148..156 => u32::from(b' '),
            _ => u32::from(*byte),
        })
        .sum();
    let is_header = block[0] != 0 && stated == sum && header.entry_size().is_ok_and(|size| size <= MAX_SIZE);
    is_header.then_some(header)
}

pub(super) fn open(source: Source<'_>) -> Result<Box<dyn Split>, Error> {
    source.split(false, |stream, limits, _| Members { stream, limits }.member())
}

struct Members<'a> {
    stream: &'a mut Stream,
    limits: &'a Limits,
}

/// What headers say of the member behind them.
#[derive(Default)]
struct Extended {
    path: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Members<'_> {
    /// Splits off one member with the headers before it.
    fn member(&mut self) -> io::Result<Option<Result<Raw, Error>>> {
        let mut extended = Extended::default();
        loop {
            let window = self.stream.peek(BLOCK)?;
            if window.is_empty() {
                return Ok(None);
            }
            if window.len() < BLOCK {
                return Err(cut());
            }
            if window[..BLOCK].iter().all(|byte| *byte == 0) {
                // The end of an archive; others may be appended to it.
                self.stream.consume(BLOCK);
                continue;
            }
            let Some(header) = header(window) else {
                self.stream.check()?;
                let lost = self.resync()?;
                let message = format!("{lost} bytes are no member and were left out");
                return Ok(Some(Err(Error::new(ErrorKind::Malformed, message))));
            };
            let kind = header.entry_type();
            let own_size = header.entry_size().unwrap_or(0);
            let own_path = header.path_bytes().into_owned();
            self.stream.consume(BLOCK);
            if let EntryType::GNULongName | EntryType::XHeader = kind {
                let Some(bytes) = self.content(own_size, self.limits.max_header_bytes)? else {
                    return Ok(Some(Err(too_large(self.limits.max_header_bytes))));
                };
                extended.read(kind, bytes);
                continue;
            }
            if let EntryType::GNULongLink | EntryType::XGlobalHeader = kind {
                self.content(own_size, 0)?;
                continue;
            }
            let path = extended.path.take().unwrap_or(own_path);
            let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous) && !path.ends_with(b"/");
            // Only what is or may be a file has content.
            let size = match kind {
                EntryType::Link | EntryType::Symlink | EntryType::Char => 0,
                EntryType::Block | EntryType::Directory | EntryType::Fifo => 0,
                EntryType::GNUSparse => own_size,
                _ => extended.size.unwrap_or(own_size),
            };
            let limit = if is_file { self.limits.max_document_bytes } else { 0 };
            let content = self.content(size, limit)?;
            return Ok(Some(match content {
                _ if !is_file => Ok(member::no_file(&path)),
                Some(content) => Ok(member::raw(&path, &content)),
                None => Err(member::named(&path, &too_large(limit))),
            }));
        }
    }

    /// Reads what stands behind a header; nothing when it is larger than `limit`, and left behind.
    fn content(&mut self, size: u64, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let mut content = Vec::new();
        let kept = usize::try_from(size).ok().filter(|size| *size <= limit);
        let read = match kept {
            Some(size) => {
                self.stream.append(&mut content, size)?;
                content.len() as u64
            }
            None => self.pass(size)?,
        };
        if read < size {
            return Err(cut());
        }
        // What fills the last block may be missing at the end of a file.
        self.pass(size.next_multiple_of(BLOCK as u64) - size)?;
        Ok(kept.map(|_| content))
    }

    /// Leaves up to so many bytes behind; says how many there were.
    fn pass(&mut self, bytes: u64) -> io::Result<u64> {
        let mut left = bytes;
        while left > 0 {
            let window = self.stream.peek(1)?;
            if window.is_empty() {
                break;
            }
            let step = window.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.stream.consume(step);
            left -= step as u64;
        }
        Ok(bytes - left)
    }

    /// Goes to the next block that is a header, or to the end, and says how many bytes lay before it.
    fn resync(&mut self) -> io::Result<u64> {
        let mut lost = 0;
        loop {
            let window = self.stream.peek(BLOCK)?;
            if window.len() >= BLOCK && header(window).is_some() {
                return Ok(lost);
            }
            let step = window.len().min(BLOCK);
            if step == 0 {
                return Ok(lost);
            }
            self.stream.consume(step);
            lost += step as u64;
        }
    }
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the archive ends within a member")
}

impl Extended {
    fn read(&mut self, kind: EntryType, bytes: Vec<u8>) {
        if kind == EntryType::GNULongName {
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            self.path = Some(bytes[..end].to_vec());
            return;
        }
        for extension in PaxExtensions::new(&bytes).flatten() {
            match extension.key_bytes() {
                b"path" => self.path = Some(extension.value_bytes().to_vec()),
                b"size" => {
                    self.size =
                        extension.value().ok().and_then(|size| size.parse().ok()).filter(|size| *size <= MAX_SIZE)
                }
                _ => {}
            }
        }
    }
}
