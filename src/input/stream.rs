//! A file of many records as one stream of unpacked bytes, and where in the file each of them stands.
//!
//! gzip and zstd are opened on the way, as many levels as the bound says, all members and all frames. Memory is that of a
//! few blocks, whatever the file. A [`Position`] finds the way back: to the member of a gzip file at once, elsewhere by
//! unpacking what lies before it.

use super::unpack::{GZIP, ZSTD, corrupt, is_packed, wrong_with};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use flate2::bufread::GzDecoder;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Bytes that are asked of a decoder at once.
const BLOCK: usize = 1 << 16;
/// Places that look like the first bytes of a gzip member and are none, at most, before nothing is looked for any more.
const MAX_LOOKALIKES: usize = 1000;
/// Packed bytes that are read once more to find whole members, at most, for all of a file: what is damaged may have been unpacked
/// to far behind its neighbours.
const MAX_AGAIN: u64 = 1 << 28;
/// Bytes that one packed byte unpacks to at most, as the format of deflate has it (258 for each two bits).
const MAX_RATIO: u64 = 1032;
/// Bytes that are trusted to come when more are asked for; memory for the others is taken when these have come.
const STEP: usize = 1 << 20;

/// A place between two records, from which reading can go on in another run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Unpacked bytes before it; for formats that count rows, rows.
    pub offset: u64,
    /// Where the gzip member begins that starts here, in bytes of the file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<u64>,
}

impl Position {
    /// Where what stands here begins: see [`Raw::offset`](super::Raw::offset).
    pub fn begin(self) -> u64 {
        self.member.unwrap_or(self.offset)
    }
}

/// The bytes of an input, as they lie there.
pub enum Bytes {
    /// A file that can be entered anywhere.
    File(File),
    /// A pipe, or the inside of another packing.
    Pipe(Box<dyn Read + Send>),
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::File(file) => file.read(buffer),
            Bytes::Pipe(pipe) => pipe.read(buffer),
        }
    }
}

/// Counts what is consumed, so that the start of a gzip member is known to the byte.
struct Counted {
    inner: BufReader<Bytes>,
    consumed: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.consumed += read as u64;
        Ok(read)
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.consumed += bytes as u64;
        self.inner.consume(bytes);
    }
}

enum Layer {
    Plain(Counted),
    Gzip(Box<GzDecoder<Counted>>),
    Zstd(zstd::stream::read::Decoder<'static, Counted>),
    /// Between two gzip members, and where the decoder was taken apart for good.
    Ended(Counted),
    Taken,
}

impl Layer {
    /// Unpacks up to as many bytes as there is space for; none at the end of a gzip member and of the input.
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match self {
                Layer::Plain(plain) => plain.read(space),
                Layer::Gzip(gzip) => gzip.read(space),
                Layer::Zstd(zstd) => zstd.read(space),
                Layer::Ended(_) | Layer::Taken => Ok(0),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

/// Unpacked bytes of one input, with a buffer that can be looked into ahead.
pub struct Stream {
    layer: Layer,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are filled; those after them are set to zero once and not for each block.
    filled: usize,
    /// Bytes of the buffer that are consumed.
    at: usize,
    /// Unpacked bytes before `buffer[at]`.
    offset: u64,
    /// Unpacked and packed starts of gzip members that are not passed yet.
    members: VecDeque<(u64, u64)>,
    /// The same of the member that is being unpacked.
    member: (u64, u64),
    /// Packed bytes that were read once more.
    again: u64,
    /// Whether these stand in another packed stream, where nothing can be read from one of them on.
    is_inner: bool,
    /// Set once bytes that are no gzip member followed the last one.
    trailing: bool,
    ended: bool,
    /// Why it ended, when it broke off.
    fault: Option<io::Error>,
}

impl Stream {
    /// Opens `bytes` at `from`, unpacking as they ask for.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Corrupt`].
    pub fn open(mut bytes: Bytes, from: Position, limits: &Limits) -> Result<Stream, Error> {
        let mut seeked = 0;
        if let (Bytes::File(file), Some(member)) = (&mut bytes, from.member) {
            seeked = file.seek(SeekFrom::Start(member)).map_err(|e| failed(&e))?;
        }
        let mut stream = Stream::over(bytes, seeked)?;
        if seeked > 0 {
            stream.offset = from.offset;
            stream.members.clear();
            stream.begin_member(seeked);
        }
        let mut levels = usize::from(stream.is_packed());
        while levels > 0 {
            let head = stream.peek(GZIP.len().max(ZSTD.len())).map_err(|e| failed(&e))?;
            if !is_packed(head) {
                break;
            }
            if levels == limits.max_packing_levels {
                return Err(Error::new(ErrorKind::Binary, format!("packed more than {levels} times over")));
            }
            stream = Stream { is_inner: true, ..Stream::over(Bytes::Pipe(Box::new(stream)), 0)? };
            levels += 1;
        }
        while stream.offset < from.offset {
            let ahead = from.offset - stream.offset;
            match stream.peek(1).map(<[u8]>::len) {
                Ok(0) => return Err(Error::new(ErrorKind::Io, "shorter than when it was read before")),
                Ok(ready) => stream.consume(ready.min(usize::try_from(ahead).unwrap_or(usize::MAX))),
                Err(fault) if !stream.recover().map_err(|e| failed(&e))? => return Err(failed(&fault)),
                Err(_) => {}
            }
        }
        Ok(stream)
    }

    /// One level of packing over `bytes`, of which `seeked` lie before the first.
    fn over(bytes: Bytes, seeked: u64) -> Result<Stream, Error> {
        let mut counted = Counted { inner: BufReader::with_capacity(BLOCK, bytes), consumed: seeked };
        let head = peek_head(&mut counted).map_err(|e| failed(&e))?;
        let is_gzip = head.starts_with(GZIP);
        let layer = if is_gzip {
            Layer::Gzip(Box::new(GzDecoder::new(counted)))
        } else if head.starts_with(ZSTD) {
            // The decoder's own window bound (128 MiB) stays.
            Layer::Zstd(zstd::stream::read::Decoder::with_buffer(counted).map_err(|e| corrupt("zstd", e))?)
        } else {
            Layer::Plain(counted)
        };
        let mut stream = Stream {
            layer,
            buffer: Vec::new(),
            filled: 0,
            at: 0,
            offset: 0,
            members: VecDeque::new(),
            member: (0, 0),
            again: 0,
            is_inner: false,
            trailing: false,
            ended: false,
            fault: None,
        };
        if is_gzip {
            stream.begin_member(seeked);
        }
        Ok(stream)
    }

    /// Notes that a gzip member begins behind what was unpacked, at the byte `packed` of the file.
    fn begin_member(&mut self, packed: u64) {
        let unpacked = self.offset + (self.filled - self.at) as u64;
        // Of empty members in a row the last is where the next record begins.
        if self.members.back().is_some_and(|(last, _)| *last == unpacked) {
            self.members.pop_back();
        }
        self.member = (unpacked, packed);
        self.members.push_back(self.member);
    }

    fn is_packed(&self) -> bool {
        !matches!(self.layer, Layer::Plain(_))
    }

    /// The next bytes: at least `wanted` of them unless the input ends, or breaks off, before.
    ///
    /// # Errors
    /// What reading gave, once all is consumed that was unpacked before.
    pub fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        self.look(wanted);
        if self.at == self.filled {
            self.check()?;
        }
        Ok(self.ready())
    }

    /// The same, and nothing where reading broke off.
    pub fn look(&mut self, wanted: usize) -> &[u8] {
        while self.filled - self.at < wanted && !self.ended {
            if let Err(fault) = self.fill() {
                self.fault = Some(fault);
                self.ended = true;
            }
        }
        self.ready()
    }

    /// The next bytes as far as they were unpacked to be looked at.
    pub fn ready(&self) -> &[u8] {
        &self.buffer[self.at..self.filled]
    }

    /// Fails where the bytes that were looked at last are all that there is because reading broke off.
    ///
    /// # Errors
    /// What reading gave; once only.
    pub fn check(&mut self) -> io::Result<()> {
        self.fault.take().map_or(Ok(()), Err)
    }

    /// Leaves bytes behind that were looked at.
    pub fn consume(&mut self, bytes: usize) {
        debug_assert!(self.at + bytes <= self.filled);
        self.at += bytes;
        self.offset += bytes as u64;
    }

    /// Consumes up to `count` bytes and puts them behind those of `bytes`, fewer only at the end. What is not unpacked yet is
    /// unpacked to where it belongs.
    ///
    /// # Errors
    /// What reading gave, before so many bytes came.
    pub fn append(&mut self, bytes: &mut Vec<u8>, count: usize) -> io::Result<()> {
        let end = bytes.len() + count;
        let ready = count.min(self.filled - self.at);
        bytes.reserve_exact(count.min(STEP));
        bytes.extend_from_slice(&self.buffer[self.at..self.at + ready]);
        self.consume(ready);
        while bytes.len() < end && !self.ended {
            let mut begin = bytes.len();
            let space = begin + (end - begin).min(STEP);
            if bytes.capacity() < space {
                bytes.reserve_exact(end - begin);
            }
            bytes.resize(space, 0);
            while begin < space && !self.ended {
                let went = match self.layer.read(&mut bytes[begin..]) {
                    Ok(0) => self.next_member(),
                    Ok(read) => {
                        begin += read;
                        self.offset += read as u64;
                        Ok(())
                    }
                    Err(fault) => Err(fault),
                };
                if let Err(fault) = went {
                    bytes.truncate(begin);
                    self.ended = true;
                    return Err(fault);
                }
            }
            bytes.truncate(begin);
        }
        // The fault of an earlier look ahead.
        if bytes.len() < end { self.check() } else { Ok(()) }
    }

    /// Puts back what was consumed last: `bytes`, from the one at `from` on. They are not copied.
    pub fn unread(&mut self, mut bytes: Vec<u8>, from: usize) {
        self.offset -= (bytes.len() - from) as u64;
        bytes.extend_from_slice(self.ready());
        (self.filled, self.at) = (bytes.len(), from);
        self.buffer = bytes;
    }

    /// Whether what was unpacked up to `ahead` bytes from here is known to be whole: where reading broke off, only what lies
    /// before the member in which it did.
    pub fn is_sound(&self, ahead: usize) -> bool {
        let end = self.offset + ahead as u64;
        self.fault.is_none() || self.members.back().is_some_and(|(start, _)| *start >= end)
    }

    /// Where the stream stands.
    pub fn position(&mut self) -> Position {
        while self.members.front().is_some_and(|(unpacked, _)| *unpacked < self.offset) {
            self.members.pop_front();
        }
        let here = self.members.front().filter(|(unpacked, _)| *unpacked == self.offset && !self.is_inner);
        Position { offset: self.offset, member: here.map(|(_, packed)| *packed) }
    }

    /// Bytes of the file that were consumed so far, packed as they lie there.
    pub fn packed(&self) -> u64 {
        match &self.layer {
            Layer::Plain(from) | Layer::Ended(from) => from.consumed,
            Layer::Gzip(gzip) => gzip.get_ref().consumed,
            Layer::Zstd(zstd) => zstd.get_ref().consumed,
            Layer::Taken => 0,
        }
    }

    /// True when bytes that belong to no gzip member followed the last one; they are left out.
    pub fn has_trailing(&self) -> bool {
        self.trailing
    }

    /// Unpacks one more block, or finds the end.
    fn fill(&mut self) -> io::Result<()> {
        // What is left is moved once no less is consumed before it: a byte moves at most as often as one is consumed.
        if self.at >= self.filled - self.at {
            self.buffer.copy_within(self.at..self.filled, 0);
            (self.filled, self.at) = (self.filled - self.at, 0);
        }
        let end = self.filled + BLOCK;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        match self.layer.read(&mut self.buffer[self.filled..end])? {
            0 => self.next_member(),
            read => {
                self.filled += read;
                Ok(())
            }
        }
    }

    /// Goes on to the next gzip member; every other end is the end.
    fn next_member(&mut self) -> io::Result<()> {
        let gzip = match std::mem::replace(&mut self.layer, Layer::Taken) {
            Layer::Gzip(gzip) => gzip,
            layer => {
                self.layer = layer;
                self.ended = true;
                return Ok(());
            }
        };
        let mut counted = gzip.into_inner();
        let start = counted.consumed;
        let head = peek_head(&mut counted)?;
        if head.starts_with(GZIP) {
            self.begin_member(start);
            self.layer = Layer::Gzip(Box::new(GzDecoder::new(counted)));
            return Ok(());
        }
        let is_cut = !head.is_empty() && GZIP.starts_with(&head);
        let holds_member = !is_cut && holds_member(&mut counted)?;
        let is_damaged = is_cut || holds_member;
        if is_damaged {
            self.begin_member(start);
        }
        self.trailing = !head.is_empty() && !is_damaged;
        self.layer = Layer::Ended(counted);
        self.ended = true;
        match (is_cut, holds_member) {
            (true, _) => Err(io::ErrorKind::UnexpectedEof.into()),
            (_, true) => Err(io::Error::new(io::ErrorKind::InvalidData, "bytes between gzip members belong to none")),
            _ => Ok(()),
        }
    }

    /// After an error: goes on at the next gzip member of the file that is sound at its beginning; what was unpacked and not consumed
    /// is lost with the damaged one. False where there is none, and for what is no file of gzip members.
    ///
    /// The offset goes on behind all that the damaged member can hold, so that it is the same however much of it was unpacked.
    ///
    /// # Errors
    /// What reading the file gave.
    pub fn recover(&mut self) -> io::Result<bool> {
        if self.is_inner {
            return Ok(false);
        }
        let counted = match std::mem::replace(&mut self.layer, Layer::Taken) {
            Layer::Gzip(gzip) => gzip.into_inner(),
            Layer::Ended(counted) => counted,
            _ => return Ok(false),
        };
        let passed = counted.consumed;
        let Bytes::File(mut file) = counted.inner.into_inner() else { return Ok(false) };
        let (unpacked, begin) = self.member;
        // A wrong checksum is found at the end of its member.
        let is_next = passed > begin && begins_member(&mut file, passed)?;
        let found = if is_next { Some(passed) } else { find_member(&mut file, begin + 1)? };
        let Some(found) = found else { return Ok(false) };
        self.again += passed.saturating_sub(found);
        if self.again > MAX_AGAIN {
            return Ok(false);
        }
        file.seek(SeekFrom::Start(found))?;
        self.offset = unpacked + MAX_RATIO * file.metadata()?.len();
        (self.filled, self.at, self.ended, self.fault) = (0, 0, false, None);
        self.members.clear();
        self.begin_member(found);
        let inner = BufReader::with_capacity(BLOCK, Bytes::File(file));
        self.layer = Layer::Gzip(Box::new(GzDecoder::new(Counted { inner, consumed: found })));
        Ok(true)
    }
}

/// Where the next gzip member begins, not before the byte `from`.
fn find_member(file: &mut File, mut from: u64) -> io::Result<Option<u64>> {
    let mut window = Vec::with_capacity(BLOCK);
    for _ in 0..MAX_LOOKALIKES {
        let place = loop {
            window.clear();
            file.seek(SeekFrom::Start(from))?;
            file.take(BLOCK as u64).read_to_end(&mut window)?;
            match memmem::find(&window, GZIP) {
                Some(place) => break from + place as u64,
                None if window.len() < BLOCK => return Ok(None),
                // One may begin at the end of the window.
                None => from += (BLOCK - GZIP.len() + 1) as u64,
            }
        };
        if begins_member(file, place)? {
            return Ok(Some(place));
        }
        from = place + 1;
    }
    Ok(None)
}

/// Whether a gzip member begins at a byte of a file: its head is sound and what follows can be unpacked.
fn begins_member(file: &mut File, at: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(at))?;
    Ok(GzDecoder::new(BufReader::new(file)).read(&mut [0; 512]).is_ok())
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = self.peek(1)?;
        let bytes = ahead.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&ahead[..bytes]);
        self.consume(bytes);
        Ok(bytes)
    }
}

/// The first bytes of what is left, which stay there; fewer than four only at the end.
fn peek_head(counted: &mut Counted) -> io::Result<Vec<u8>> {
    let head = counted.fill_buf()?;
    if head.len() >= ZSTD.len() || head.is_empty() {
        return Ok(head[..head.len().min(ZSTD.len())].to_vec());
    }
    // The buffer ends within them: what is there is set before what is still to come.
    let mut head = Vec::new();
    (&mut counted.inner).take(ZSTD.len() as u64).read_to_end(&mut head)?;
    let rest = std::mem::replace(&mut counted.inner, BufReader::new(Bytes::Pipe(Box::new(io::empty()))));
    let chained = io::Cursor::new(head.clone()).chain(rest);
    counted.inner = BufReader::with_capacity(BLOCK, Bytes::Pipe(Box::new(chained)));
    Ok(head)
}

/// Reads on until a gzip member begins, and says whether one does: what stands before it is no padding then but a member whose
/// first bytes are damaged.
fn holds_member(rest: &mut impl BufRead) -> io::Result<bool> {
    let mut last = Vec::new();
    loop {
        let window = rest.fill_buf()?;
        if window.is_empty() {
            return Ok(false);
        }
        // One may begin at the end of a window and end in the next one.
        last.extend_from_slice(&window[..window.len().min(GZIP.len())]);
        if memmem::find(&last, GZIP).is_some() || memmem::find(window, GZIP).is_some() {
            return Ok(true);
        }
        last.clear();
        last.extend_from_slice(&window[window.len().saturating_sub(GZIP.len() - 1)..]);
        let passed = window.len();
        rest.consume(passed);
    }
}

/// The error for a stream that broke off: what the system refused is named so, all else is a damaged file.
pub(super) fn failed(error: &io::Error) -> Error {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>());
    match inner.or(Some(error)).filter(|error| error.raw_os_error().is_some()) {
        Some(system) => Error::new(ErrorKind::Io, format!("cannot read: {system}")),
        None => Error::new(ErrorKind::Corrupt, format!("{}: {error}", wrong_with("packed", error))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::unpack::tests::{gzip, zstd};
    use super::*;

    fn open(bytes: Vec<u8>) -> Stream {
        Stream::open(Bytes::Pipe(Box::new(io::Cursor::new(bytes))), Position::default(), &Limits::default()).unwrap()
    }

    fn all(mut stream: Stream) -> io::Result<String> {
        let mut text = String::new();
        stream.read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn every_packing_gives_the_same_bytes() {
        let members = [gzip(b"one "), gzip(b""), gzip(b"two")].concat();
        let frames = [zstd(b"one "), zstd(b"two")].concat();
        for bytes in [b"one two".to_vec(), members, frames, zstd(&gzip(b"one two")), gzip(&gzip(b"one two"))] {
            assert_eq!(all(open(bytes)).unwrap(), "one two");
        }
        assert_eq!(all(open(Vec::new())).unwrap(), "");
    }

    #[test]
    fn a_window_that_is_too_large_is_no_damage() {
        // The head of a frame with a window of 256 MiB, and an empty last block.
        let frame = [&b"\x28\xb5\x2f\xfd\x00\x90"[..], b"\x01\x00\x00"].concat();
        let bytes = Bytes::Pipe(Box::new(io::Cursor::new(frame)));
        let opened = Stream::open(bytes, Position::default(), &Limits::default());
        let error = opened.err().expect("its window is too large").to_string();
        assert!(error.starts_with("the zstd data asks for a window of more than 128 MiB"), "{error}");
    }

    #[test]
    fn a_member_is_found_again_at_its_first_byte() {
        let first = gzip(b"one ");
        let file = [first.clone(), gzip(b"two ").clone(), gzip(b"three")].concat();
        let mut stream = open(file.clone());
        stream.peek(20).unwrap();
        stream.consume(4);
        let position = stream.position();
        assert_eq!(position, Position { offset: 4, member: Some(first.len() as u64) });
        stream.consume(2);
        assert_eq!(stream.position(), Position { offset: 6, member: None });

        let mut inner = open(gzip(&file));
        inner.peek(20).unwrap();
        inner.consume(4);
        assert_eq!(inner.position(), Position { offset: 4, member: None });

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, file).unwrap();
        for (position, rest) in [(position, "two three"), (Position { offset: 6, member: None }, "o three")] {
            let bytes = Bytes::File(File::open(&path).unwrap());
            let stream = Stream::open(bytes, position, &Limits::default()).unwrap();
            assert_eq!((stream.offset, all(stream).unwrap().as_str()), (position.offset, rest));
        }
    }

    #[test]
    fn a_file_goes_on_behind_a_damaged_member() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let opened =
            |from: Position| Stream::open(Bytes::File(File::open(&path).unwrap()), from, &Limits::default()).unwrap();
        let texts: Vec<Vec<u8>> = (0..3u32).map(|at| vec![b'a' + at as u8; 100_000]).collect();
        let members: Vec<Vec<u8>> = texts.iter().map(|text| gzip(text)).collect();
        // In its first bytes, in what it holds and in its checksum.
        let damaged = [0, 12, members[1].len() - 6].map(|at| {
            let mut member = members[1].clone();
            member[at] ^= 0x55;
            member
        });
        for damaged in damaged {
            std::fs::write(&path, [&members[0], &damaged, &members[2]].map(|member| &member[..]).concat()).unwrap();
            let mut stream = opened(Position::default());
            let mut text = Vec::new();
            assert_eq!(failed(&stream.read_to_end(&mut text).unwrap_err()).kind(), ErrorKind::Corrupt);
            assert!(text.starts_with(&texts[0]) && text.len() <= 200_000);
            assert!(stream.recover().unwrap());
            let begin = stream.position();
            assert_eq!(begin.member, Some((members[0].len() + damaged.len()) as u64));
            stream.peek(8).unwrap();
            stream.consume(7);
            let inside = stream.position();
            text.clear();
            stream.read_to_end(&mut text).unwrap();
            assert_eq!(text, texts[2][7..]);
            // Another run finds the same places.
            for (from, rest) in [(begin, &texts[2][..]), (inside, &texts[2][7..])] {
                text.clear();
                opened(from).read_to_end(&mut text).unwrap();
                assert_eq!(text, rest);
            }
            assert!(!stream.recover().unwrap(), "nothing is damaged behind it");
        }
    }

    #[test]
    fn what_was_put_back_is_read_again() {
        let mut stream = open(gzip(b"one two"));
        stream.peek(7).unwrap();
        stream.consume(5);
        stream.unread(b"one WO".to_vec(), 4);
        assert_eq!(stream.position().offset, 3);
        assert_eq!(all(stream).unwrap(), "WOwo");
    }

    #[test]
    fn what_is_consumed_in_small_steps_is_the_same_bytes() {
        let bytes: Vec<u8> = (0..5 * BLOCK + 7).map(|at| (at % 251) as u8).collect();
        let (mut stream, mut at) = (open(bytes.clone()), 0);
        while at < bytes.len() {
            // Far ahead at first, and then not at all.
            let window = stream.peek(if at < BLOCK { 3 * BLOCK } else { 1 }).unwrap();
            assert!(bytes[at..].starts_with(window));
            let step = window.len().min(1_000);
            stream.consume(step);
            at += step;
        }
        assert!(stream.peek(1).unwrap().is_empty());
    }

    #[test]
    fn a_cut_is_an_error_after_what_came_before_it() {
        let file = [gzip(b"one "), gzip(b"two")].concat();
        for cut in gzip(b"one ").len() + 1..file.len() {
            let mut stream = open(file[..cut].to_vec());
            assert_eq!(&stream.peek(4).unwrap()[..4], b"one ");
            assert_eq!(failed(&all(stream).unwrap_err()).kind(), ErrorKind::Corrupt, "{cut}");
        }
        let mut stream = open([file.clone(), vec![0; 9]].concat());
        assert_eq!(stream.peek(100).unwrap(), b"one two");
        assert!(stream.has_trailing());
        // A member behind what is no member was not padded away: its neighbour is damaged.
        for damage in [vec![0; 9], vec![0; 3 * BLOCK - 1], gzip(b"three")[1..].to_vec()] {
            let stream = open([&file[..], &damage, &gzip(b"four")].concat());
            assert_eq!(failed(&all(stream).unwrap_err()).kind(), ErrorKind::Corrupt);
        }
    }
}
