//! JSONL: a JSON object a line, one field of which is the page.
//!
//! The field is the one that the caller names, or the first of [`FIELDS`] that is a string. A line past the bound is left
//! behind without being held.

use super::container::{Origin, Raw, Read, Record, Refused, Row, Source, Split, Told};
use super::json::Members;
use super::stream::Stream;
use super::{Skip, unpack};
use crate::article::Format;
use crate::cleaner::Hints;
use crate::error::{Error, ErrorKind};
use std::io;

/// Fields that hold a page, in the order in which they are tried, and what is known of it.
pub(super) const FIELDS: &[(&str, Option<Format>)] = &[
    ("html", Some(Format::Html)),
    ("raw_html", Some(Format::Html)),
    ("text", Some(Format::Text)),
    ("content", None),
    ("raw_content", None),
    ("body", None),
    ("document", None),
];

/// Fields that hold the id and the address of a page, in the order in which they are tried.
pub(super) const IDS: &[&str] = &[
    "id",
    "warc_record_id",
    "record_id",
    "doc_id",
    "metadata.warc_record_id",
    "metadata.WARC-Record-ID",
    "warc_headers.warc-record-id",
];
pub(super) const URLS: &[&str] = &[
    "url",
    "uri",
    "metadata.url",
    "meta.url",
    "metadata.WARC-Target-URI",
    "metadata.warc_url",
    "warc_headers.warc-target-uri",
];

pub(super) fn detect(head: &[u8]) -> Told {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let Some(inside) = head.strip_prefix(b"{") else {
        return Told::No;
    };
    // An object that is spread over lines is a document of its own.
    let blank = inside.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if !inside[blank..].starts_with(b"\"") {
        return Told::No;
    }
    // Text in another encoding is no reason to doubt that it is a line of JSON.
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    match lines.next().map(Members::read) {
        Some(Ok(members)) if holds_page(&members) && lines.all(|line| is_begun(&Members::read(line))) => Told::Surely,
        Some(Ok(_)) => Told::Likely,
        Some(Err(_)) if memchr::memchr(b'\n', head).is_some() => Told::No,
        // A line that is longer than what was read.
        Some(row) if is_begun(&row) => Told::Surely,
        _ => Told::Likely,
    }
}

/// True when a line is an object as far as it goes: the last that was read may go on.
fn is_begun(row: &Result<Members<'_>, serde_json::Error>) -> bool {
    row.as_ref().map_or_else(serde_json::Error::is_eof, |_| true)
}

fn holds_page(members: &Members<'_>) -> bool {
    FIELDS.iter().any(|(name, _)| members.text(name).is_some())
}

pub(super) fn open(source: Source<'_>) -> Result<Box<dyn Split>, Error> {
    source.split(true, |stream, limits, offset| Lines { stream, max_bytes: limits.max_line_bytes }.row(offset))
}

struct Lines<'a> {
    stream: &'a mut Stream,
    max_bytes: usize,
}

impl Lines<'_> {
    /// The next line that is not blank, and where it begins.
    fn row(&mut self, offset: &mut u64) -> io::Result<Option<Result<Raw, Error>>> {
        loop {
            // A gzip member that begins here is known once it is looked into.
            let looked = self.stream.peek(1).map(|_| ());
            *offset = self.stream.position().begin();
            looked?;
            match self.line()? {
                Some(Ok(bytes)) if bytes.iter().all(u8::is_ascii_whitespace) => {}
                line => return Ok(line.map(|line| line.map(|bytes| Raw { bytes, ..Raw::default() }))),
            }
        }
    }

    /// The next line without its end; nothing at the end of the file.
    fn line(&mut self) -> io::Result<Option<Result<Vec<u8>, Error>>> {
        let mut line = Vec::new();
        let mut length = 0;
        loop {
            let window = self.stream.peek(1)?;
            let end = memchr::memchr(b'\n', window);
            let part = &window[..end.unwrap_or(window.len())];
            if part.is_empty() && end.is_none() {
                // The end of the file; the last line need not end.
                return Ok((length > 0).then(|| self.bounded(line, length)));
            }
            length += part.len() as u64;
            if length <= self.max_bytes as u64 {
                line.extend_from_slice(part);
            } else {
                line = Vec::new();
            }
            let step = part.len() + usize::from(end.is_some());
            self.stream.consume(step);
            if end.is_some() {
                return Ok(Some(self.bounded(line, length)));
            }
        }
    }

    fn bounded(&self, line: Vec<u8>, length: u64) -> Result<Vec<u8>, Error> {
        if length <= self.max_bytes as u64 {
            return Ok(line);
        }
        let message = format!("a line of {length} bytes, more than the bound of {}", self.max_bytes);
        Err(Error::new(ErrorKind::TooLarge, message))
    }
}

pub(super) fn parse(raw: Raw, origin: &mut Origin, read: &Read<'_>) -> Result<Record, Refused> {
    let malformed = |message: String| Refused::Fail(Error::new(ErrorKind::Malformed, message));
    let bytes = raw.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&raw.bytes);
    let line = std::str::from_utf8(bytes).map_err(|_| malformed("the line is no UTF-8".to_owned()))?.trim();
    let members = Members::read(line).map_err(|error| malformed(format!("the line is no JSON object: {error}")))?;
    let first = |names: &[&str]| names.iter().find_map(|name| members.text(name));
    (origin.id, origin.url) = (first(IDS), first(URLS));
    let is_text = |name: &str| members.get(name).is_some_and(|value| value.get().starts_with('"'));
    let named = read
        .options
        .field
        .as_deref()
        .map(|name| (name, FIELDS.iter().find(|(known, _)| *known == name).and_then(|(_, format)| *format)));
    let (name, format) = match named.or_else(|| FIELDS.iter().find(|(name, _)| is_text(name)).copied()) {
        Some(field) => field,
        None if FIELDS.iter().any(|(name, _)| members.get(name).is_some_and(|value| value.get() == "null")) => {
            return Err(Refused::Skip(Skip::NoText, "the text of the line is null".to_owned()));
        }
        None => {
            let tried = FIELDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            return Err(malformed(format!(
                "no field of the line holds a page (looked for {tried}): name it with --field"
            )));
        }
    };
    let value = match members.get(name) {
        None => return Err(malformed(format!("the line has no field `{name}`"))),
        Some(value) if value.get() == "null" => {
            return Err(Refused::Skip(Skip::NoText, format!("the field `{name}` is null")));
        }
        Some(_) if members.is_in_account(name) => {
            let message =
                format!("the field `{name}` stands where the account of the article goes: give it another name");
            return Err(malformed(message));
        }
        Some(_) if members.count(name) > 1 => {
            return Err(malformed(format!("the field `{name}` stands in the line more than once")));
        }
        Some(value) => value.get(),
    };
    let text: String =
        serde_json::from_str(value).map_err(|error| malformed(format!("the field `{name}` is no text: {error}")))?;
    if text.len() > read.limits.max_document_bytes {
        return Err(unpack::too_large(read.limits.max_document_bytes).into());
    }
    let hints = Hints { url: origin.url.clone(), format, ..Hints::default() };
    let row = members.into_row(name).map(Row::Json);
    Ok(Record { bytes: text.into_bytes(), hints, trailing: false, row })
}

#[cfg(test)]
mod tests {
    use super::super::ReadOptions;
    use super::super::stream::{Bytes, Position};
    use super::*;
    use crate::limits::Limits;

    fn parse_line(line: &str, field: Option<&str>) -> Result<(String, Origin), String> {
        let options = ReadOptions { field: field.map(str::to_owned), ..ReadOptions::default() };
        let limits = Limits::default();
        let mut origin = Origin::default();
        let raw = Raw { bytes: line.as_bytes().to_vec(), ..Raw::default() };
        match parse(raw, &mut origin, &Read { options: &options, limits: &limits }) {
            Ok(record) => Ok((String::from_utf8(record.bytes).unwrap(), origin)),
            Err(Refused::Skip(skip, _)) => Err(skip.name().to_owned()),
            Err(Refused::Fail(error)) => Err(error.to_string()),
        }
    }

    #[test]
    fn lines_of_known_corpora_are_read_as_they_are() {
        let (url, id) = ("http://a.example/1", "<urn:uuid:1>");
        for (line, has_id) in [
            (format!(r#"{{"text":"T","timestamp":"2019-04-25T12:57:54Z","url":"{url}"}}"#), false),
            (format!(r#"{{"id":"{id}","text":"T","source":"cc","metadata":{{"url":"{url}"}}}}"#), true),
            (format!(r#"{{"text":"T","id":"{id}","dump":"CC","url":"{url}","token_count":4}}"#), true),
            (
                format!(
                    r#"{{"content":"T","warc_headers":{{"warc-record-id":"{id}","warc-target-uri":"{url}"}},"metadata":{{}}}}"#
                ),
                true,
            ),
            (format!(r#"{{"id":7,"text":"T","metadata":{{"WARC-Target-URI":"{url}"}}}}"#), true),
        ] {
            for end in ["", "\n"] {
                assert_eq!(detect(format!("{line}{end}").as_bytes()), Told::Surely, "{line}");
            }
            let (text, origin) = parse_line(&line, None).unwrap();
            assert_eq!((&*text, origin.url.as_deref()), ("T", Some(url)));
            assert_eq!(origin.id.is_some(), has_id);
        }
    }

    #[test]
    fn a_named_field_counts_and_html_comes_before_text() {
        let line = r#"{"text":"T","html":"H","own":"O","deep":{"page":"D"},"none":null,"n":1}"#;
        let text = |field| parse_line(line, field).map(|(text, _)| text);
        assert_eq!(text(None).unwrap(), "H");
        assert_eq!(text(Some("own")).unwrap(), "O");
        assert_eq!(text(Some("deep.page")).unwrap(), "D");
        assert_eq!(text(Some("none")).unwrap_err(), "no text");
        assert!(text(Some("n")).unwrap_err().contains("is no text"));
        assert!(text(Some("other")).unwrap_err().contains("no field `other`"));
    }

    #[test]
    fn a_page_does_not_stand_where_its_account_goes() {
        let line = r#"{"dehusk":{"page":"D"},"text":"T"}"#;
        assert!(parse_line(line, Some("dehusk.page")).unwrap_err().contains("account"));
        assert!(parse_line(r#"{"dehusk":"D"}"#, Some("dehusk")).unwrap_err().contains("account"));
        assert_eq!(parse_line(r#"{"dehusk.page":"D"}"#, Some("dehusk.page")).unwrap().0, "D");
        assert_eq!(parse_line(line, None).unwrap().0, "T");
    }

    #[test]
    fn a_line_that_cannot_be_used_says_why() {
        for (line, why) in [
            (r#"{"text":"a","text":"b"}"#, "more than once"),
            (r#"{"title":"a"}"#, "--field"),
            (r#"{"text":"a""#, "no JSON object"),
            (r#"{"text":"\ud800"}"#, "is no text"),
        ] {
            assert!(parse_line(line, None).unwrap_err().contains(why), "{line}");
        }
    }

    #[test]
    fn a_document_that_is_no_line_is_not_taken_for_one() {
        for text in ["{\n  \"a\": 1\n}\n", "{ curly }", "[1]\n", "text", "{\"a\" is a letter}\n", ""] {
            assert_eq!(detect(text.as_bytes()), Told::No, "{text}");
        }
    }

    #[test]
    fn a_text_that_begins_with_an_object_is_not_surely_a_file_of_lines() {
        let row = r#"{"text":"T","n":[1,2]}"#;
        let long = format!("{{\"text\":\"{}", "a ".repeat(2_000));
        for text in [
            "{\"a\":1}\nis an object, and this is a sentence about it.\n".to_owned(),
            format!("{row}\n\nis a row.\n"),
            format!("{row} is a row, and this is a sentence about it"),
            "{\"a\":1}\n".to_owned(),
            "{\"a\": the letter, in quotes".to_owned(),
        ] {
            assert_eq!(detect(text.as_bytes()), Told::Likely, "{text}");
        }
        for lines in
            [format!("{row}\n\n{row}\n"), format!("{row}\r\n{}", &row[..9]), long.clone(), format!("{row}\n{long}")]
        {
            assert_eq!(detect(lines.as_bytes()), Told::Surely, "{lines}");
        }
    }

    #[test]
    fn a_line_past_the_bound_costs_itself_alone() {
        let limits = Limits { max_line_bytes: 20, ..Limits::default() };
        let file = format!("one\n{}\n\r\n  \ntwo\n{}", "x".repeat(300_000), "y".repeat(21)).into_bytes();
        let bytes = Bytes::Pipe(Box::new(io::Cursor::new(file)));
        let mut split = open(Source { bytes, from: Position::default(), limits: &limits }).unwrap();
        let lines: Vec<_> = std::iter::from_fn(|| split.next())
            .map(|line| match line {
                Ok(raw) => (raw.offset, String::from_utf8(raw.bytes).unwrap()),
                Err(loss) => (loss.offset, loss.error.kind().name().to_owned()),
            })
            .collect();
        let large = "too large".to_owned();
        assert_eq!(lines, [(0, "one".to_owned()), (4, large.clone()), (300_010, "two".to_owned()), (300_014, large)]);
    }
}
