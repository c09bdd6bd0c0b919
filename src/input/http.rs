//! Headers, and the bodies that they speak of, as servers and crawlers really write them.
//!
//! Nothing is believed that the bytes deny: a body is taken out of its chunks when it is in chunks, and unpacked when it
//! is packed, whatever the headers say.

use super::unpack::{is_packed, too_large, unpack};
use crate::decode::is_binary;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use std::borrow::Cow;
use std::io::Read;

/// Where the headers end: behind the empty line; `None` when there is none within `max_bytes`.
pub(super) fn head_end(bytes: &[u8], max_bytes: usize) -> Option<usize> {
    let window = &bytes[..bytes.len().min(max_bytes)];
    memchr::memchr_iter(b'\n', window).find_map(|at| match &window[at + 1..] {
        [b'\n', ..] => Some(at + 2),
        [b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })
}

/// The value of the header `name`, the first where it stands more than once; folded lines are put together.
pub(super) fn field(head: &[u8], name: &str) -> Option<String> {
    let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
    let value = lines.find_map(|line| {
        let (before, value) = line.split_at_checked(memchr::memchr(b':', line)?)?;
        before.trim_ascii().eq_ignore_ascii_case(name.as_bytes()).then_some(&value[1..])
    })?;
    let mut value = String::from_utf8_lossy(value.trim_ascii()).into_owned();
    for line in lines.take_while(|line| line.starts_with(b" ") || line.starts_with(b"\t")) {
        value.push(' ');
        value.push_str(&String::from_utf8_lossy(line.trim_ascii()));
    }
    Some(value)
}

/// A media type in lower case and the charset beside it, of a `Content-Type`.
pub(super) fn media_type(content_type: &str) -> (String, Option<String>) {
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    });
    (media_type, charset.filter(|charset| !charset.is_empty()))
}

/// An HTTP response.
pub(super) struct Response<'a> {
    pub status: u16,
    pub head: &'a [u8],
    body: &'a [u8],
}

impl<'a> Response<'a> {
    /// Reads the status line; a response whose headers never end has no body.
    pub fn read(bytes: &'a [u8], limits: &Limits) -> Option<Response<'a>> {
        let end = head_end(bytes, limits.max_header_bytes).unwrap_or(bytes.len());
        let (head, body) = bytes.split_at(end);
        let line = head.split(|&byte| byte == b'\n').next()?;
        let is_http = line.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"HTTP/"));
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
        let status = std::str::from_utf8(words.next()?).ok()?.parse().ok().filter(|_| is_http)?;
        Some(Response { status, head, body })
    }

    /// The body as the server meant it; borrowed, to the end of the response, when it stands there so.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`], and [`ErrorKind::Corrupt`] for a packed body that is cut or damaged.
    pub fn body(&self, limits: &Limits) -> Result<Cow<'a, [u8]>, Error> {
        let says = |name: &str, coding: &str| {
            field(self.head, name).is_some_and(|value| value.to_ascii_lowercase().contains(coding))
        };
        let body = match dechunk(self.body, says("Transfer-Encoding", "chunked")) {
            Some(whole) => Cow::Owned(whole),
            None => Cow::Borrowed(self.body),
        };
        for (coding, open) in [("br", unbrotli as fn(&[u8], usize) -> Option<Vec<u8>>), ("deflate", inflate)] {
            if !says("Content-Encoding", coding) {
                continue;
            }
            match open(&body, limits.max_document_bytes) {
                Some(opened) if opened.len() > limits.max_document_bytes => {
                    return Err(too_large(limits.max_document_bytes));
                }
                Some(opened) => return Ok(Cow::Owned(opened)),
                // Many crawlers store the body unpacked and the header as it came.
                None if !is_packed(&body) && is_binary(&body) => {
                    return Err(Error::new(ErrorKind::Corrupt, format!("the {coding} data is cut or damaged")));
                }
                None => {}
            }
        }
        match is_packed(&body) {
            true => unpack(body.into_owned(), limits).map(|page| Cow::Owned(page.bytes)),
            false => Ok(body),
        }
    }
}

/// True for what may stand behind the last chunk: nothing, or headers.
fn is_trailer(rest: &[u8]) -> bool {
    rest.split(|&byte| byte == b'\n').all(|line| line.trim_ascii().is_empty() || line.contains(&b':'))
}

/// The bytes of the chunks. Without a header that says so, only chunks that are right to the last byte are taken for
/// such; with it, the last may be cut.
fn dechunk(body: &[u8], is_said: bool) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    let mut rest = body;
    loop {
        let line = rest.get(..memchr::memchr(b'\n', &rest[..rest.len().min(1024)]).unwrap_or(0))?;
        let size = line.split(|&byte| byte == b';').next()?.trim_ascii();
        // More digits would pass every body, and a sign is no digit.
        let is_size = (1..=8).contains(&size.len()) && size.iter().all(u8::is_ascii_hexdigit);
        let size = std::str::from_utf8(size).ok().filter(|_| is_size);
        let Some(size) = size.and_then(|size| usize::from_str_radix(size, 16).ok()) else {
            return (is_said && rest.is_empty() && !whole.is_empty()).then_some(whole);
        };
        rest = &rest[line.len() + 1..];
        if size == 0 {
            return (is_said || !whole.is_empty() && is_trailer(rest)).then_some(whole);
        }
        let Some((chunk, after)) = rest.split_at_checked(size) else {
            whole.extend_from_slice(rest);
            return is_said.then_some(whole);
        };
        whole.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")).unwrap_or(after);
        if rest.is_empty() {
            return is_said.then_some(whole);
        }
    }
}

/// What the bytes unpack to, up to one more than `limit`; `None` when they are not packed so.
fn unbrotli(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    read_all(brotli_decompressor::Decompressor::new(bytes, 1 << 14), limit)
}

/// The same for `deflate`, by which some servers mean zlib and some do not.
fn inflate(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    read_all(flate2::bufread::ZlibDecoder::new(bytes), limit)
        .or_else(|| read_all(flate2::bufread::DeflateDecoder::new(bytes), limit))
}

fn read_all(from: impl Read, limit: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit as u64 + 1).read_to_end(&mut bytes).ok().map(|_| bytes)
}

/// The error for a response that is none.
pub(super) fn no_http() -> Error {
    Error::new(ErrorKind::Malformed, "the response does not begin with an HTTP status")
}

#[cfg(test)]
mod tests {
    use super::super::unpack::tests::{gzip, zstd};
    use super::*;
    use std::io::Write;

    fn body(headers: &str, body: &[u8]) -> String {
        let bytes = [format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes(), body].concat();
        let limits = Limits::default();
        let body = Response::read(&bytes, &limits).unwrap().body(&limits).unwrap();
        String::from_utf8(body.into_owned()).unwrap()
    }

    #[test]
    fn headers_are_found_however_they_are_written() {
        let head = b"HTTP/1.1 200\nCONTENT-type :  text/HTML;\r\n  Charset=\"utf-8\"\r\nX: y\r\n\r\n";
        assert_eq!(head_end(head, 1000), Some(head.len()));
        assert_eq!(head_end(head, 20), None);
        let value = field(head, "Content-Type").unwrap();
        assert_eq!(media_type(&value), ("text/html".to_owned(), Some("utf-8".to_owned())));
        assert_eq!(field(head, "Y"), None);
        let limits = Limits::default();
        assert_eq!(Response::read(head, &limits).unwrap().status, 200);
        assert!(Response::read(b"<html>", &limits).is_none());
    }

    #[test]
    fn chunks_are_put_together_whatever_the_header_says() {
        let chunks = b"4\r\nthe \r\n6;name=x\r\nbridge\r\n0\r\n\r\n";
        assert_eq!(body("Transfer-Encoding: chunked\r\n", chunks), "the bridge");
        assert_eq!(body("", chunks), "the bridge");
        assert_eq!(body("Transfer-Encoding: chunked\r\n", b"the bridge"), "the bridge");
        assert_eq!(body("Transfer-Encoding: chunked\r\n", b"4\r\nthe \r\n60\r\nbri"), "the bri");
        assert_eq!(body("", b"4\r\nand 4 more"), "4\r\nand 4 more");
        // A text that begins with a number is none.
        assert_eq!(body("", b"0\nis what is left of ten."), "0\nis what is left of ten.");
        assert_eq!(body("", b"4\r\nthe \r\n0\r\nand no more"), "4\r\nthe \r\n0\r\nand no more");
        assert_eq!(body("", b"4\r\nthe \r\n0\r\nX-Sum: 1\r\n\r\n"), "the ");
        assert_eq!(body("Transfer-Encoding: chunked\r\n", b""), "");
    }

    #[test]
    fn a_packed_body_that_does_not_open_is_damaged() {
        let text: String = (0..500).map(|at| format!("boat {at} ")).collect();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(text.as_bytes()).unwrap();
        let mut packed = zlib.finish().unwrap();
        packed.truncate(packed.len() / 2);
        for coding in ["deflate", "br"] {
            let response =
                [format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n").as_bytes(), &packed].concat();
            let limits = Limits::default();
            let error = Response::read(&response, &limits).unwrap().body(&limits).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{coding}");
        }
    }

    #[test]
    fn bodies_are_unpacked_whatever_the_header_says() {
        let text = b"the bridge";
        for packed in [gzip(text), zstd(text), text.to_vec()] {
            for said in ["", "Content-Encoding: gzip\r\n", "Content-Encoding: br\r\n", "Content-Encoding: deflate\r\n"]
            {
                assert_eq!(body(said, &packed), "the bridge", "{said}");
            }
        }
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(text).unwrap();
        let zlib = zlib.finish().unwrap();
        for deflated in [&zlib[..], &zlib[2..zlib.len() - 4]] {
            assert_eq!(body("Content-Encoding: deflate\r\n", deflated), "the bridge");
        }
        // An uncompressed meta-block, as RFC 7932 lays it out.
        let brotli = [&[0x8b, 0x04, 0x80][..], text, &[0x03]].concat();
        assert_eq!(body("Content-Encoding: br\r\n", &brotli), "the bridge");
    }
}
