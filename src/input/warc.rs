//! WARC 1.0 and 1.1, WET with them: one record a page that was fetched, or the text of one.
//!
//! `Content-Length` is believed when a record or the end of the file follows where it says. Otherwise the splitting goes
//! on at the next line that begins with `WARC/1.`, and what lies between is one [`Loss`](super::Loss) that says how much it was.

use super::Skip;
use super::container::{Origin, Raw, Read, Record, Refused, Source, Split, Told};
use super::http::{Response, field, head_end, media_type, no_http};
use super::stream::Stream;
use super::unpack::{too_large, unpack};
use crate::article::Format;
use crate::cleaner::Hints;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::model::lines::TextKind;
use memchr::memmem;
use std::borrow::Cow;
use std::fmt::Display;
use std::io;

const MAGIC: &[u8] = b"WARC/1.";
/// The beginning of a record, in a line of its own.
const NEXT: &[u8] = b"\nWARC/1.";
/// Bytes that are looked through at once.
const BLOCK: usize = 1 << 16;
/// Line ends behind a record that are looked through for the next one.
const MAX_BLANK: usize = 1 << 10;

pub(super) fn detect(head: &[u8]) -> Told {
    let head = head.trim_ascii_start();
    if !head.starts_with(MAGIC) {
        return Told::No;
    }
    // A record names its type and its length, in lines of their own.
    let end = head_end(head, head.len()).unwrap_or(head.len());
    let has = |name| field(&head[..end], name).is_some();
    if has("WARC-Type") && has("Content-Length") { Told::Surely } else { Told::Likely }
}

pub(super) fn open(source: Source<'_>) -> Result<Box<dyn Split>, Error> {
    source.split(true, |stream, limits, offset| Warc { stream, limits }.record(offset))
}

/// What stands behind the length that a record says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Boundary {
    /// Another record, or the end of the file.
    Sure,
    /// Two line ends and then something else.
    Likely,
    None,
}

struct Warc<'a> {
    stream: &'a mut Stream,
    limits: &'a Limits,
}

impl Warc<'_> {
    /// Splits off one record and sets where it begins.
    fn record(&mut self, offset: &mut u64) -> io::Result<Option<Result<Raw, Error>>> {
        let begin = self.stream.position();
        let is_end = self.skip_blank();
        // What is lost begins there too when it cannot be read.
        let here = self.stream.position();
        *offset = here.member.unwrap_or(*offset + (here.offset - begin.offset));
        if is_end? {
            return Ok(None);
        }
        if !self.stream.peek(MAGIC.len())?.starts_with(MAGIC) {
            self.stream.check()?;
            let lost = self.resync()?;
            return Ok(Some(Err(malformed(format!("{lost} bytes are no record and were left out")))));
        }
        let Some(head) = self.head()? else {
            let lost = self.resync()?;
            return Ok(Some(Err(malformed(format!("the header does not end; {lost} bytes were left out")))));
        };
        self.stream.consume(head.len());
        let Some(length) = field(&head, "Content-Length").and_then(|length| length.parse::<u64>().ok()) else {
            let is_next = self.stream.peek(MAGIC.len())?.starts_with(MAGIC);
            let lost = head.len() as u64 + if is_next { 0 } else { self.resync()? };
            return Ok(Some(Err(malformed(format!("no length of the record; {lost} bytes were left out")))));
        };
        self.block(head, length).map(Some)
    }

    /// The header that the stream stands at, which ends within its bound and before the next record.
    fn head(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut wanted = 2048;
        loop {
            let window = self.stream.peek(wanted)?;
            let is_end = window.len() < wanted;
            let window = &window[..window.len().min(wanted)];
            let next = memmem::find(window, NEXT);
            let own = &window[..next.map_or(window.len(), |at| at + 1)];
            if let Some(end) = head_end(own, self.limits.max_header_bytes) {
                return Ok(Some(own[..end].to_vec()));
            }
            if next.is_some() || wanted >= self.limits.max_header_bytes {
                return Ok(None);
            }
            if is_end {
                self.stream.check()?;
                return Ok(None);
            }
            wanted = (wanted * 2).min(self.limits.max_header_bytes);
        }
    }

    /// Reads the block of a record, of which the header says `length` bytes.
    fn block(&mut self, head: Vec<u8>, length: u64) -> io::Result<Result<Raw, Error>> {
        let limit = self.limits.max_document_bytes + self.limits.max_header_bytes;
        if length > limit as u64 {
            return self.skip_block(length);
        }
        let (start, length) = (head.len(), length as usize);
        let mut bytes = head;
        // A length that passes over a record at hand is looked into before the block is taken: of many wrong lengths in a
        // row each would have all that follows copied.
        let ready = self.stream.ready();
        if let Some(at) = memmem::find(&ready[..ready.len().min(length)], NEXT) {
            let is_whole = self.stream.look(length).len() >= length;
            if !is_whole {
                self.stream.check()?;
            }
            if !is_whole || self.boundary(length)? != Boundary::Sure {
                self.stream.consume(at + 1);
                return Ok(Err(too_long(length, at + 1)));
            }
            self.stream.append(&mut bytes, length)?;
            return Ok(Ok(Raw { bytes, head: start, ..Raw::default() }));
        }
        self.stream.append(&mut bytes, length)?;
        let left = length - (bytes.len() - start);
        let boundary = if left == 0 { self.boundary(0)? } else { Boundary::None };
        let inside = match boundary {
            Boundary::Sure => None,
            _ => memmem::find(&bytes[start..], NEXT).map(|at| at + 1),
        };
        if boundary == Boundary::Sure || boundary == Boundary::Likely && inside.is_none() {
            return Ok(Ok(Raw { bytes, head: start, ..Raw::default() }));
        }
        // The length is wrong: too long when a record begins in the block, else too short, or the file is cut.
        if let Some(next) = inside {
            self.stream.unread(bytes, start + next);
            return Ok(Err(too_long(length, next)));
        }
        if left > 0 {
            let has = bytes.len() - start;
            return Ok(Err(Error::new(
                ErrorKind::Corrupt,
                format!("the file ends after {has} of {length} bytes of the record"),
            )));
        }
        let more = self.resync()?;
        Ok(Err(malformed(format!("the record says {length} bytes and the next one begins {more} bytes behind them"))))
    }

    /// Leaves a block behind that is too large, with an eye on records in it: the length may be wrong.
    fn skip_block(&mut self, length: u64) -> io::Result<Result<Raw, Error>> {
        let mut left = length;
        while left > 0 {
            let window = self.stream.peek(BLOCK)?;
            if window.is_empty() {
                let has = length - left;
                let message = format!("the file ends after {has} of {length} bytes of the record");
                return Ok(Err(Error::new(ErrorKind::Corrupt, message)));
            }
            let step = window.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if let Some(at) = memmem::find(&window[..step], b"\r\n\r\nWARC/1.") {
                self.stream.consume(at);
                return Ok(Err(too_long(length, length - left + at as u64)));
            }
            // A boundary may stand across two windows.
            let keep = if (step as u64) < left { MAGIC.len() + 4 } else { 0 };
            let step = step.saturating_sub(keep).max(1);
            self.stream.consume(step);
            left -= step as u64;
        }
        Ok(Err(too_large(self.limits.max_document_bytes)))
    }

    /// Whether the two line ends of a record stand `ahead` bytes from here, or the next record or the end of the file with or
    /// without them.
    ///
    /// Fails where the file breaks off in the member that the record stands in: its checksum was not seen then.
    fn boundary(&mut self, ahead: usize) -> io::Result<Boundary> {
        let mut wanted = ahead + MAGIC.len();
        loop {
            let behind = &self.stream.look(wanted)[ahead..];
            let blank = behind.iter().take(MAX_BLANK).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let next = &behind[blank..];
            let is_end = next.len() < MAGIC.len();
            if is_end && wanted < ahead + blank + MAGIC.len() {
                wanted = ahead + blank + MAGIC.len();
                continue;
            }
            // The file may break off within the first bytes of the next record, or before them.
            let follows = next.iter().zip(MAGIC).all(|(byte, magic)| byte == magic);
            let boundary = match follows {
                true => Boundary::Sure,
                false if behind.starts_with(b"\r\n\r\n") => Boundary::Likely,
                false => Boundary::None,
            };
            if boundary != Boundary::None && is_end && !self.stream.is_sound(ahead + blank) {
                self.stream.check()?;
            }
            return Ok(boundary);
        }
    }

    /// Passes over blank lines, and says whether the file ends behind them.
    fn skip_blank(&mut self) -> io::Result<bool> {
        loop {
            let window = self.stream.peek(1)?;
            let blank = window.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if blank == 0 {
                return Ok(window.is_empty());
            }
            self.stream.consume(blank);
        }
    }

    /// Goes to the next line that begins a record, or to the end, and says how many bytes lay before it.
    fn resync(&mut self) -> io::Result<u64> {
        let mut lost = 0;
        loop {
            let window = self.stream.peek(BLOCK)?;
            if let Some(at) = memmem::find(window, NEXT) {
                self.stream.consume(at + 1);
                return Ok(lost + at as u64 + 1);
            }
            let is_end = window.len() < BLOCK;
            let step = if is_end { window.len() } else { window.len() - MAGIC.len() };
            self.stream.consume(step);
            lost += step as u64;
            if is_end {
                return Ok(lost);
            }
        }
    }
}

fn too_long(length: impl Display, next: impl Display) -> Error {
    malformed(format!("the record says {length} bytes and the next one begins after {next}"))
}

fn malformed(message: String) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

pub(super) fn parse(raw: Raw, origin: &mut Origin, read: &Read<'_>) -> Result<Record, Refused> {
    let (head, block) = raw.bytes.split_at(raw.head);
    let bare = |value: String| value.trim_matches(['<', '>']).to_owned();
    origin.id = field(head, "WARC-Record-ID").map(bare);
    origin.url = field(head, "WARC-Target-URI").map(bare);
    origin.date = field(head, "WARC-Date");
    let content_type = field(head, "Content-Type");
    let kind = field(head, "WARC-Type").unwrap_or_default().to_ascii_lowercase();
    let (content_type, response) = match kind.as_str() {
        "response" => match Response::read(block, read.limits) {
            Some(response) => (field(response.head, "Content-Type"), Some(response)),
            None if content_type.as_ref().is_some_and(|said| !said.to_ascii_lowercase().contains("http")) => {
                return Err(Refused::Skip(Skip::NoResponse, "a response that is not HTTP".to_owned()));
            }
            None => return Err(no_http().into()),
        },
        "resource" | "conversion" => (content_type, None),
        "revisit" => return Err(Refused::Skip(Skip::Revisit, "the page is as at an earlier visit".to_owned())),
        _ => return Err(Refused::Skip(Skip::NoResponse, format!("a record of type {:?}", kind))),
    };
    if let Some(response) = response.as_ref().filter(|response| !read.options.statuses.contains(response.status)) {
        return Err(Refused::Skip(Skip::Status, format!("HTTP status {}", response.status)));
    }
    let (media_type, charset) = content_type.as_deref().map(media_type).unwrap_or_default();
    if !read.wants(Some(&media_type)) {
        return Err(Refused::Skip(Skip::MediaType, format!("media type {media_type:?}")));
    }
    let body = match &response {
        Some(response) => response.body(read.limits)?,
        None => Cow::Borrowed(block),
    };
    let bytes = match body {
        Cow::Owned(bytes) => bytes,
        // It ends with the record, which nobody needs any more.
        Cow::Borrowed(body) => {
            let begin = raw.bytes.len() - body.len();
            let mut bytes = raw.bytes;
            bytes.drain(..begin);
            unpack(bytes, read.limits)?.bytes
        }
    };
    let is_text = kind == "conversion";
    let hints = Hints {
        url: origin.url.clone(),
        // A media type speaks as the ending of a name does: when the content does not.
        name: if media_type.contains("html") { Some("page.html".to_owned()) } else { None },
        charset,
        format: is_text.then_some(Format::Text),
        text_kind: is_text.then_some(TextKind::Page),
    };
    Ok(Record { bytes, hints, ..Record::default() })
}

#[cfg(test)]
mod tests {
    use super::super::ReadOptions;
    use super::super::stream::{Bytes, Position};
    use super::super::unpack::tests::gzip;
    use super::*;

    fn record(kind: &str, length: Option<usize>, block: &str) -> String {
        let length = length.unwrap_or(block.len());
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: http://a.example/\r\n\
             Content-Type: application/http\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n"
        )
    }

    fn page(text: &str) -> String {
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{text}")
    }

    /// Splits and parses a file: the page of each record, or why there is none, and where it began.
    fn read(file: Vec<u8>) -> Vec<(u64, String)> {
        let limits = Limits { max_document_bytes: 100_000, ..Limits::default() };
        let bytes = Bytes::Pipe(Box::new(io::Cursor::new(file)));
        let mut split = match open(Source { bytes, from: Position::default(), limits: &limits }) {
            Ok(split) => split,
            Err(error) => return vec![(0, format!("{}: {error}", error.kind().name()))],
        };
        let options = ReadOptions::default();
        let read = Read { options: &options, limits: &limits };
        let mut records = Vec::new();
        while let Some(record) = split.next() {
            records.push(match record {
                Err(loss) => (loss.offset, format!("{}: {}", loss.error.kind().name(), loss.error)),
                Ok(raw) => match (raw.offset, parse(raw, &mut Origin::default(), &read)) {
                    (offset, Ok(record)) => (offset, String::from_utf8(record.bytes).unwrap()),
                    (offset, Err(Refused::Skip(skip, _))) => (offset, skip.name().to_owned()),
                    (offset, Err(Refused::Fail(error))) => (offset, error.kind().name().to_owned()),
                },
            });
        }
        records
    }

    fn texts(file: impl Into<Vec<u8>>) -> Vec<String> {
        read(file.into()).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn records_that_hold_no_page_are_skipped_with_a_reason() {
        let moved = page("gone").replace("200", "301");
        let image = page("gif").replace("text/html", "image/gif");
        let file = [
            record("warcinfo", None, "software: x"),
            record("request", None, "GET / HTTP/1.1"),
            record("response", None, &page("one")),
            record("revisit", None, ""),
            record("response", None, &moved),
            record("response", None, &image),
            record("resource", None, "<p>two").replace("application/http", "text/html"),
        ];
        let outcomes = ["no response", "no response", "one", "revisit", "status", "media type", "<p>two"];
        assert_eq!(texts(file.concat()), outcomes);
    }

    #[test]
    fn offsets_are_those_of_members_or_of_bytes() {
        let records = [page("one"), page("two")].map(|page| record("response", None, &page));
        let plain = read(records.concat().into_bytes());
        assert_eq!(plain, [(0, "one".to_owned()), (records[0].len() as u64, "two".to_owned())]);
        let members = records.clone().map(|record| gzip(record.as_bytes()));
        let packed = read(members.concat());
        assert_eq!(packed[1], (members[0].len() as u64, "two".to_owned()));
        let single = read(gzip(records.concat().as_bytes()));
        assert_eq!(single[1].0, records[0].len() as u64);
    }

    #[test]
    fn a_wrong_length_costs_one_record() {
        let good = |text: &str| record("response", None, &page(text));
        let mad = 9_000_000_000_000_000_000;
        for wrong in [1, 20, 70, 200, 400, 50_000, 200_000, mad] {
            let file = [good("one"), record("response", Some(wrong), &page("wrong")), good("three"), good("four")];
            let texts = texts(file.concat());
            assert_eq!(texts.len(), 4, "{wrong}: {texts:?}");
            assert_eq!((&*texts[0], &*texts[2], &*texts[3]), ("one", "three", "four"));
            assert!(texts[1].starts_with("malformed"), "{}", texts[1]);
        }
    }

    #[test]
    fn what_is_no_record_is_passed_over_and_counted() {
        let good = |text: &str| record("response", None, &page(text));
        let file =
            [good("one"), "noise\n".repeat(30_000), good("two"), "WARC/1.0\r\nX: y\r\n\r\n".to_owned(), good("three")];
        let texts = texts(file.concat());
        assert_eq!([&*texts[0], &*texts[2], &*texts[4]], ["one", "two", "three"]);
        assert!(texts[1].contains("180000 bytes"), "{}", texts[1]);
        let bare = [good("one").trim_end().to_owned(), good("two").trim_end().to_owned()].concat();
        assert_eq!(self::texts(bare), ["one", "two"]);
    }

    #[test]
    fn a_cut_file_keeps_its_whole_records() {
        let file = gzip([page("one"), page("two")].map(|page| record("response", None, &page)).concat().as_bytes());
        for cut in 4..file.len() {
            let texts = texts(&file[..cut]);
            assert!(texts.last().unwrap().starts_with("corrupt"), "{cut}: {texts:?}");
            assert!(texts.len() <= 3);
        }
    }
}
